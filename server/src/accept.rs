//! The accept loop. warp's own has no timeout for half-sent requests (a socket was still held after 75 s), so the
//! sockets are accepted and served here, and warp answers the requests.
//!
//! Invariants: a socket costs a permit before it costs anything else; every TLS handshake and every HTTP connection ends,
//! by the header timeout or by its lifetime; an accept error never spins.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    address::AddressKey,
    complaint::Complaint,
    http::{Context, Part, Peer, Responding, site},
    limits::{HEAD_BYTES_MAX, Limits},
    permits::{Kind, Permit},
};

/// After an error that will not go away at once (no file descriptors, no memory).
const BACK_OFF: Duration = Duration::from_millis(100);

/// Accepts until the server is to end; with an acceptor, TLS and nothing else.
pub async fn run(listener: TcpListener, acceptor: Option<TlsAcceptor>, context: Arc<Context>, part: Part) {
    let site = site(Arc::clone(&context), part);
    let mut shutdown = context.shutdown.clone();
    let mut complaint = Complaint::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = shutdown.wait_for(|&stopping| stopping) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // A door of their own is the staff's alone.
            Err(error) if part == Part::Staff && context.spare.make_room(&error) => continue,
            Err(error) => {
                if let Some(pause) = pause_after(&error) {
                    complaint.log(|times| tracing::error!(%error, times, "cannot accept connections"));
                    sleep(pause).await;
                }
                continue;
            }
        };
        if part != Part::Staff && !context.spare.restore() {
            // That place is for staff who are on their way in.
            context.counters.turned_away.inc();
            continue;
        }
        let key = AddressKey::of(peer.ip());
        // A proxy's connections are anybody's.
        let counted = (!context.proxies.trusts(peer.ip())).then_some(key);
        match context.permits.acquire(Kind::Http, counted, std::time::Instant::now()) {
            Ok(permit) => {
                context.counters.accepted.inc();
                let greeting = greet(stream, peer, (permit, acceptor.clone()), Arc::clone(&context), site.clone());
                let spare = context.spare.clone();
                tokio::spawn(async move {
                    greeting.await;
                    spare.restore();
                });
            }
            Err(refusal) => {
                drop(stream);
                context.spare.restore();
                context.counters.turned_away.inc();
                let peer = key.logged();
                complaint.log(|times| tracing::warn!(%peer, ?refusal, times, "connections turned away"));
            }
        }
    }
}

/// A connection that broke before we took it is nothing; anything else needs time to heal.
fn pause_after(error: &io::Error) -> Option<Duration> {
    match error.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::Interrupted => None,
        _ => Some(BACK_OFF),
    }
}

/// From a socket to HTTP.
async fn greet<S>(
    stream: TcpStream,
    peer: SocketAddr,
    (permit, acceptor): (Permit, Option<TlsAcceptor>),
    context: Arc<Context>,
    site: S,
) where
    S: Fn(Request<Incoming>) -> Responding + Send + 'static,
{
    // Linux inherits it from the listener; others need not.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the peer left at once");
    }
    let Some(acceptor) = acceptor else { return serve(stream, peer.ip(), permit, context, site).await };
    match timeout(context.limits().header_timeout, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => serve(stream, peer.ip(), permit, context, site).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
        Err(_) => tracing::debug!("half a TLS handshake"),
    }
}

async fn serve<I, S>(stream: I, peer: IpAddr, permit: Permit, context: Arc<Context>, site: S)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Fn(Request<Incoming>) -> Responding + Send + 'static,
{
    let proxies = context.proxies.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let visitor = proxies.visitor(peer, request.headers());
        request.extensions_mut().insert(Peer(AddressKey::of(visitor)));
        site(request)
    });
    // Those of the moment it came: a reload is for who comes later.
    let limits = context.limits();
    let connection = builder(&limits).serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let mut shutdown = context.shutdown.clone();
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = end_of_life(&limits, &mut shutdown) => {
            connection.as_mut().graceful_shutdown();
            timeout(limits.header_timeout, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = result {
        // Timeouts, resets, nonsense: what the open internet is made of.
        tracing::debug!(%error, "HTTP connection ended");
    }
    drop(permit);
}

fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_buf_size(HEAD_BYTES_MAX);
    builder
}

async fn end_of_life(limits: &Limits, shutdown: &mut tokio::sync::watch::Receiver<bool>) {
    tokio::select! {
        () = sleep(limits.http_lifetime) => {}
        _ = shutdown.wait_for(|&stopping| stopping) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_of_files_pauses_and_a_broken_connection_does_not() {
        let too_many_files = io::Error::from_raw_os_error(24);
        assert_eq!(pause_after(&too_many_files), Some(BACK_OFF));
        assert_eq!(pause_after(&io::ErrorKind::OutOfMemory.into()), Some(BACK_OFF));
        assert_eq!(pause_after(&io::ErrorKind::ConnectionAborted.into()), None);
    }
}
