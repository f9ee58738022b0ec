//! The listening socket and its options. Invariant: every option that Linux lets an accepted socket inherit is set
//! here once; nothing is set per connection except where inheritance is not promised (see `accept`).

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use socket2::{Domain, Protocol, SockAddr, Socket, TcpKeepalive, Type};
use tokio::net::TcpListener;

/// Connections the kernel completes before we accept them.
const BACKLOG: i32 = 1_024;
/// Caps what the kernel buffers for a slow reader (Linux doubles it): memory, and the age of what waits there.
const SEND_BUFFER_BYTES: usize = 32 * 1_024;
/// Unsent bytes above which the socket is not writable, so that waiting happens in our slot, where a newer
/// snapshot replaces an older one.
#[cfg(any(target_os = "linux", target_os = "android"))]
const NOTSENT_LOWAT_BYTES: u32 = 16 * 1_024;
/// Unacknowledged for this long: the peer is gone.
#[cfg(any(target_os = "linux", target_os = "android"))]
const USER_TIMEOUT: Duration = Duration::from_secs(12);
const KEEPALIVE: Duration = Duration::from_secs(10);
#[cfg(any(target_os = "linux", target_os = "android"))]
const KEEPALIVE_PROBES: u32 = 2;

/// Why there is nothing to listen on.
#[derive(Debug)]
pub enum ListenError {
    /// Another program has the port.
    PortInUse(SocketAddr),
    /// The port is for the administrator.
    Forbidden(SocketAddr),
    /// This machine has no such address.
    NoSuchAddress(SocketAddr),
    /// Anything else.
    Other(SocketAddr, io::Error),
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenError::PortInUse(address) => write!(
                f,
                "port {} is in use by another program (choose another with --port, or --port 0 for any free one)",
                address.port()
            ),
            ListenError::Forbidden(address) => {
                write!(
                    f,
                    "port {} needs more rights than this user has (choose one above 1023 with --port)",
                    address.port()
                )
            }
            ListenError::NoSuchAddress(address) => write!(f, "this machine has no address {} (--bind)", address.ip()),
            ListenError::Other(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for ListenError {}

/// Listens on `bind`, or on every address: IPv6 and IPv4 in one socket, IPv4 alone where there is no IPv6.
///
/// # Errors
/// See [`ListenError`].
pub fn listen(bind: Option<IpAddr>, port: u16) -> Result<TcpListener, ListenError> {
    match bind {
        Some(ip) => open(SocketAddr::new(ip, port)),
        None => match open(SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port)) {
            Err(ListenError::NoSuchAddress(_) | ListenError::Other(..)) => {
                open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port))
            }
            result => result,
        },
    }
}

fn open(address: SocketAddr) -> Result<TcpListener, ListenError> {
    try_open(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::PortInUse(address),
        io::ErrorKind::PermissionDenied => ListenError::Forbidden(address),
        io::ErrorKind::AddrNotAvailable => ListenError::NoSuchAddress(address),
        _ => ListenError::Other(address, error),
    })
}

fn try_open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    // A restart finds the port free although old connections linger. (On Windows it would mean sharing the port.)
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.set_tcp_keepalive(&keepalive())?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        socket.set_tcp_notsent_lowat(NOTSENT_LOWAT_BYTES)?;
        socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

fn keepalive() -> TcpKeepalive {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let keepalive = keepalive.with_interval(KEEPALIVE).with_retries(KEEPALIVE_PROBES);
    keepalive
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn everyone_is_reachable_on_both_families_by_default() {
        let listener = listen(None, 0).unwrap();
        let port = listener.local_addr().unwrap().port();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("IPv4");
        listener.accept().await.unwrap();
        if listener.local_addr().unwrap().is_ipv6() && std::net::TcpListener::bind("[::1]:0").is_ok() {
            TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.expect("IPv6");
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn accepted_sockets_inherit_the_options() {
        let listener = listen(Some(Ipv4Addr::LOCALHOST.into()), 0).unwrap();
        let _peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let socket = socket2::SockRef::from(&accepted);
        assert!(socket.tcp_nodelay().unwrap());
        assert_eq!(socket.send_buffer_size().unwrap(), 2 * SEND_BUFFER_BYTES);
        assert_eq!(socket.tcp_notsent_lowat().unwrap(), NOTSENT_LOWAT_BYTES);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(USER_TIMEOUT));
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE);
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), KEEPALIVE_PROBES);
    }

    #[tokio::test]
    async fn a_port_in_use_and_an_address_of_others_are_told_apart() {
        let first = listen(None, 0).unwrap();
        let port = first.local_addr().unwrap().port();
        let error = listen(None, port).unwrap_err();
        assert!(matches!(error, ListenError::PortInUse(_)), "{error}");
        assert!(error.to_string().contains(&port.to_string()), "{error}");
        let error = listen(Some([203, 0, 113, 1].into()), 0).unwrap_err();
        assert!(matches!(error, ListenError::NoSuchAddress(_)), "{error}");
    }
}
