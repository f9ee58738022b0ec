//! News for people who are not looking: reports, bans, flags and rooms that panicked, POSTed to an address of the host's.
//!
//! ```text
//! Herald::tell ─► queue (64) ─► run: what waits is one message ─► connect, TLS, POST, at most 5 s ─► pause
//! ```
//!
//! What is sent is JSON that Discord, Slack and their like take: `{"content": …, "text": …, "allowed_mentions": {"parse": []}}`, the
//! same lines twice (for Slack with `&`, `<` and `>` escaped, so that a name calls nobody).
//!
//! Invariants: nothing waits for it; what cannot be sent is dropped, said in the log once, and never sent again; there is one request
//! at a time, and a pause after it; the address, which is a secret, stands in no log.

use std::{fmt, io, sync::Arc, time::Duration};

use hyper::{Request, client::conn::http1::handshake};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use serde::Serialize;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::{mpsc, watch},
    time::{sleep, timeout},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring},
};
use warp::http::{StatusCode, Uri, header};

/// Lines that wait. Full: the newest is dropped.
const WAITING_MAX: usize = 64;
/// Bytes of one message; Discord takes 2,000 characters. What is more waits for the next one.
const MESSAGE_BYTES_MAX: usize = 1_800;
/// Bytes of one line. More: cut.
const LINE_BYTES_MAX: usize = 1_200;

/// How long things take.
#[derive(Debug, Clone, Copy)]
pub struct Tempo {
    /// From the connection to the answer, at most.
    pub patience: Duration,
    /// After a message that was taken.
    pub pause: Duration,
    /// After one that was not.
    pub pause_failed: Duration,
}

impl Default for Tempo {
    fn default() -> Tempo {
        // Discord allows some thirty in a minute.
        let seconds = Duration::from_secs;
        Tempo { patience: seconds(5), pause: seconds(2), pause_failed: seconds(30) }
    }
}

/// Where news go: an address that nobody else is to know.
#[derive(Clone, PartialEq, Eq)]
pub struct Hook(Uri);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

impl Hook {
    /// Of `https://…` or `http://…`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Hook> {
        let uri: Uri = text.parse().ok()?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        let authority = uri.authority()?;
        let named = !authority.host().is_empty() && !authority.as_str().contains('@');
        let is_secure = uri.scheme_str() == Some("https");
        // What TLS cannot name, it cannot trust.
        let can_be_named = !is_secure || server_name(authority.host()).is_some();
        (known && named && can_be_named).then_some(Hook(uri))
    }

    /// As it was written: for the settings alone.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    fn is_secure(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// Host, without the brackets of IPv6, and port.
    fn place(&self) -> (&str, u16) {
        let host = self.0.host().unwrap_or_default().trim_matches(['[', ']']);
        (host, self.0.port_u16().unwrap_or(if self.is_secure() { 443 } else { 80 }))
    }
}

fn server_name(host: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).ok()
}

/// Through whom news go out.
#[derive(Debug, Clone)]
pub struct Herald(mpsc::Sender<String>);

/// The news on their way.
#[derive(Debug)]
pub struct News(mpsc::Receiver<String>);

impl Herald {
    /// One, and the end where its news come out.
    #[must_use]
    pub fn new() -> (Herald, News) {
        let (news, waiting) = mpsc::channel(WAITING_MAX);
        (Herald(news), News(waiting))
    }

    /// Has a line told. Too many at once: it is not.
    pub fn tell(&self, line: &str) {
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let end = line.floor_char_boundary(LINE_BYTES_MAX);
        if self.0.try_send(line[..end].to_owned()).is_err() {
            tracing::debug!("too much news at once for the webhook");
        }
    }
}

/// Sends them until the server ends.
pub async fn run(
    mut news: News,
    hook: watch::Receiver<Option<Hook>>,
    tempo: Tempo,
    mut shutdown: watch::Receiver<bool>,
) {
    let sending = async {
        let (mut first, mut is_well) = (None, true);
        while let Some(line) = next(&mut first, &mut news).await {
            let message = gather(line, &mut first, &mut news);
            let Some(hook) = hook.borrow().clone() else { continue };
            let sent = timeout(tempo.patience, post(&hook, &message)).await.unwrap_or(Err(Failed::Late));
            match &sent {
                Ok(()) if !is_well => tracing::info!("the webhook is reached again"),
                Err(failed) if is_well => tracing::warn!(%failed, "the webhook was not told; its news are dropped"),
                Ok(()) | Err(_) => {}
            }
            is_well = sent.is_ok();
            sleep(if is_well { tempo.pause } else { tempo.pause_failed }).await;
        }
    };
    tokio::select! {
        () = sending => {}
        _ = shutdown.wait_for(|&stopping| stopping) => {}
    }
}

async fn next(kept: &mut Option<String>, news: &mut News) -> Option<String> {
    match kept.take() {
        Some(line) => Some(line),
        None => news.0.recv().await,
    }
}

/// The line and those that wait behind it, as many as fit; one that does not is kept.
fn gather(mut message: String, kept: &mut Option<String>, news: &mut News) -> String {
    while let Ok(line) = news.0.try_recv() {
        if message.len() + 1 + line.len() > MESSAGE_BYTES_MAX {
            *kept = Some(line);
            break;
        }
        message.push('\n');
        message.push_str(&line);
    }
    message
}

/// Why a message was not taken.
#[derive(Debug)]
enum Failed {
    Late,
    Unreached(io::Error),
    Broken,
    Status(StatusCode),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Late => f.write_str("no answer in time"),
            // Of the system's word alone: no more of it than its kind, which names no host.
            Failed::Unreached(error) => write!(f, "no connection ({})", error.kind()),
            Failed::Broken => f.write_str("the connection broke"),
            Failed::Status(status) => write!(f, "the answer was {}", status.as_u16()),
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    content: &'a str,
    text: &'a str,
    allowed_mentions: Mentions,
}

/// Nobody is called by what a player is named.
#[derive(Serialize)]
struct Mentions {
    parse: [&'static str; 0],
}

fn body(message: &str) -> String {
    let text = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = Body { content: message, text: &text, allowed_mentions: Mentions { parse: [] } };
    serde_json::to_string(&body).expect("texts always serialise")
}

async fn post(hook: &Hook, message: &str) -> Result<(), Failed> {
    let (host, port) = hook.place();
    let stream = TcpStream::connect((host, port)).await.map_err(Failed::Unreached)?;
    if !hook.is_secure() {
        return send(stream, hook, message).await;
    }
    let name = server_name(host).ok_or(Failed::Broken)?;
    let stream = connector()?.connect(name, stream).await.map_err(Failed::Unreached)?;
    send(stream, hook, message).await
}

/// Trusts whom browsers trust.
fn connector() -> Result<TlsConnector, Failed> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| Failed::Broken)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    hook: &Hook,
    message: &str,
) -> Result<(), Failed> {
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| Failed::Broken)?;
    let host = hook.0.authority().map_or("", |authority| authority.as_str());
    let request = Request::post(hook.0.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("perihelion/", env!("CARGO_PKG_VERSION")))
        .body(body(message))
        .map_err(|_| Failed::Broken)?;
    let answer = sender.send_request(request);
    tokio::pin!(answer);
    let answer = tokio::select! {
        answer = &mut answer => answer,
        // It may have brought the answer as its last word.
        _ = connection => answer.await,
    };
    let answer = answer.map_err(|_| Failed::Broken)?;
    if answer.status().is_success() { Ok(()) } else { Err(Failed::Status(answer.status())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    const QUICK: Tempo =
        Tempo { patience: Duration::from_millis(300), pause: Duration::ZERO, pause_failed: Duration::ZERO };

    struct Bench {
        herald: Herald,
        hook: watch::Sender<Option<Hook>>,
        shutdown: watch::Sender<bool>,
        task: tokio::task::JoinHandle<()>,
    }

    impl Bench {
        fn new(hook: Option<Hook>) -> Bench {
            let (herald, news) = Herald::new();
            let (hook, hooks) = watch::channel(hook);
            let (shutdown, stopping) = watch::channel(false);
            Bench { herald, hook, shutdown, task: tokio::spawn(run(news, hooks, QUICK, stopping)) }
        }

        async fn end(self) {
            self.shutdown.send_replace(true);
            timeout(Duration::from_secs(5), self.task).await.expect("it ends with the server").unwrap();
        }
    }

    async fn listener() -> (TcpListener, Hook) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook = format!("http://{}/api/secret?wait=1", listener.local_addr().unwrap());
        (listener, Hook::parse(&hook).unwrap())
    }

    /// The head and the body of the next request, answered with `status`.
    async fn taken(listener: &TcpListener, status: u16) -> (String, Value) {
        let (mut stream, _) = timeout(Duration::from_secs(20), listener.accept()).await.expect("a request").unwrap();
        let mut bytes = Vec::new();
        loop {
            let mut buffer = [0; 4_096];
            let count = stream.read(&mut buffer).await.unwrap();
            bytes.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, rest)) = text.split_once("\r\n\r\n") else { continue };
            if let Ok(body) = serde_json::from_str(rest) {
                let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
                return (head.to_owned(), body);
            }
        }
    }

    #[tokio::test]
    async fn news_arrive_as_json_and_what_waited_comes_as_one() {
        let (listener, hook) = listener().await;
        let bench = Bench::new(Some(hook));
        bench.herald.tell("@everyone <b>Foo</b> & Bar\nis reported");
        let (head, body) = taken(&listener, 204).await;
        assert!(head.starts_with("POST /api/secret?wait=1 HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains("content-type: application/json"), "{head}");
        assert_eq!(body["content"], "@everyone <b>Foo</b> & Bar is reported");
        assert_eq!(body["text"], "@everyone &lt;b&gt;Foo&lt;/b&gt; &amp; Bar is reported");
        assert_eq!(body["allowed_mentions"]["parse"], serde_json::json!([]));
        // While one is refused the others gather, up to what a message holds, and none is sent again.
        bench.herald.tell("refused");
        let long = "x".repeat(1_000);
        let refused = async { taken(&listener, 500).await.1["content"].clone() };
        let (refused, ()) = tokio::join!(refused, async {
            ["one", "two", &long, &long].iter().for_each(|line| bench.herald.tell(line));
        });
        let mut rest = refused.as_str().unwrap().to_owned();
        while !rest.ends_with(&format!("{long}\n{long}")) {
            let (_, body) = taken(&listener, 200).await;
            let content = body["content"].as_str().unwrap();
            assert!(content.len() <= MESSAGE_BYTES_MAX && !content.contains("refused"), "{content}");
            rest = format!("{rest}\n{content}");
        }
        assert!(rest.starts_with("refused\none\ntwo\n"), "{rest}");
        bench.end().await;
    }

    #[tokio::test]
    async fn one_that_hangs_and_one_that_refuses_hold_nothing_up() {
        let (hangs, hook) = listener().await;
        let bench = Bench::new(Some(hook));
        bench.herald.tell("to one that hangs");
        let held = timeout(Duration::from_secs(20), hangs.accept()).await.expect("a request").unwrap();
        // Nobody waits for it, however much there is to tell.
        (0..10 * WAITING_MAX).for_each(|_| bench.herald.tell("more"));
        let (gone, hook) = listener().await;
        drop(gone);
        bench.hook.send_replace(Some(hook));
        let (works, hook) = listener().await;
        bench.hook.send_replace(Some(hook));
        let (_, body) = taken(&works, 200).await;
        assert!(body["content"].as_str().unwrap().starts_with("more\nmore"), "{body}");
        drop(held);
        // Without an address news are nobody's.
        bench.hook.send_replace(None);
        bench.herald.tell("lost");
        bench.end().await;
    }

    #[tokio::test]
    async fn why_it_failed_is_said_without_the_address() {
        let (gone, hook) = listener().await;
        drop(gone);
        for (hook, says) in
            [(hook, "no connection"), (Hook::parse("http://no-such-host.invalid/secret").unwrap(), "no connection")]
        {
            let failed =
                timeout(Duration::from_secs(20), post(&hook, "x")).await.expect("an end").unwrap_err().to_string();
            assert!(failed.starts_with(says) && !failed.contains("secret") && !failed.contains("host."), "{failed}");
        }
        let (listener, hook) = listener().await;
        let (failed, _) = tokio::join!(post(&hook, "x"), taken(&listener, 404));
        assert_eq!(failed.unwrap_err().to_string(), "the answer was 404");
    }

    #[test]
    fn an_address_is_one_or_none_and_is_never_shown() {
        for text in ["", "x", "ftp://a/b", "https://", "/a", "https://user:word@a/b", "http:///a"] {
            assert_eq!(Hook::parse(text), None, "{text}");
        }
        let hook = Hook::parse("https://hooks.example/a/secret").unwrap();
        assert_eq!((hook.place(), format!("{hook:?}").as_str()), (("hooks.example", 443), "Hook"));
        assert_eq!(Hook::parse("http://[::1]:8080/a").unwrap().place(), ("::1", 8080));
        assert!(connector().is_ok());
    }
}
