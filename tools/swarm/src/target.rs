//! Where the server is, and whether it may be a target at all: a load tool pointed at somebody else's machine is
//! an attack.
//!
//! Invariant: a [`Target`] holds addresses that were judged, and only those are connected to; the name is not
//! looked up again. Without `--i-own-this-server` each of them is loopback.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
};

use tokio_tungstenite::tungstenite::http::Uri;

/// A server that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Host and port as written, for the `Host` header and the report.
    pub authority: String,
    /// Path of the WebSocket.
    pub path: String,
    /// Where it is, in order of preference; never empty.
    pub addresses: Vec<SocketAddr>,
}

/// Why a target is none.
#[derive(Debug)]
pub enum TargetError {
    /// Not a URL of a Perihelion server.
    Url(String),
    /// TLS is not spoken here.
    Tls(String),
    /// The name leads nowhere.
    Unknown(String, io::Error),
    /// It leads to another machine.
    Foreign {
        /// The name.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TargetError::Url(url) => write!(f, "{url:?} is no target: ws://HOST:PORT/ws or http://HOST:PORT/ is"),
            TargetError::Tls(url) => {
                write!(f, "{url:?}: no TLS here, use the port behind the proxy (ws:// or http://)")
            }
            TargetError::Unknown(host, error) => write!(f, "cannot find {host}: {error}"),
            TargetError::Foreign { host, address } => write!(
                f,
                "{host} is {address}, not this machine; if the server is yours, say so with --i-own-this-server"
            ),
        }
    }
}

impl std::error::Error for TargetError {}

/// The parts of a URL that matter.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    host: String,
    port: u16,
    path: String,
}

impl Target {
    /// Reads the URL, looks the host up once and judges where it leads.
    ///
    /// # Errors
    /// See [`TargetError`].
    pub fn find(url: &str, owned: bool) -> Result<Target, TargetError> {
        let Parts { host, port, path } = parse(url)?;
        let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let mut addresses = found.map_err(|error| TargetError::Unknown(host.clone(), error))?;
        if addresses.is_empty() {
            return Err(TargetError::Unknown(host, io::ErrorKind::NotFound.into()));
        }
        judge(&host, &addresses, owned)?;
        addresses.dedup();
        let shown = if host.contains(':') { format!("[{host}]") } else { host };
        Ok(Target { authority: format!("{shown}:{port}"), path, addresses })
    }

    /// The WebSocket's URL.
    pub fn url(&self) -> String {
        format!("ws://{}{}", self.authority, self.path)
    }

    /// The same server's door for second lanes.
    pub fn lane(&self) -> Target {
        Target { path: format!("{}?lane", self.path), ..self.clone() }
    }
}

fn parse(url: &str) -> Result<Parts, TargetError> {
    let refused = || TargetError::Url(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| refused())?;
    match uri.scheme_str() {
        Some("ws" | "http") => {}
        Some("wss" | "https") => return Err(TargetError::Tls(url.to_owned())),
        _ => return Err(refused()),
    }
    let authority = uri.authority().ok_or_else(refused)?;
    // No names before an `@`: they make a URL look as if it led elsewhere.
    if authority.as_str().contains('@') || uri.query().is_some() {
        return Err(refused());
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(refused());
    }
    // By hand: `Uri` takes a port that is none for no port at all.
    let port = match authority.as_str().strip_prefix(authority.host()).and_then(|rest| rest.strip_prefix(':')) {
        Some(digits) => digits.parse().ok().filter(|&port| port > 0).ok_or_else(refused)?,
        None => 80,
    };
    let path = if uri.path() == "/" { "/ws" } else { uri.path() };
    Ok(Parts { host: host.to_owned(), port, path: path.to_owned() })
}

/// All addresses must be this machine's own: a name that leads to two places is as good as its worse one.
fn judge(host: &str, addresses: &[SocketAddr], owned: bool) -> Result<(), TargetError> {
    let is_foreign = |address: &&SocketAddr| !address.ip().to_canonical().is_loopback();
    match addresses.iter().find(is_foreign) {
        Some(address) if !owned => Err(TargetError::Foreign { host: host.to_owned(), address: address.ip() }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lead_to_the_websocket() {
        for (url, host, port, path) in [
            ("ws://localhost:8080/ws", "localhost", 8080, "/ws"),
            ("http://localhost:8080/", "localhost", 8080, "/ws"),
            ("http://localhost:8080", "localhost", 8080, "/ws"),
            ("ws://127.0.0.1", "127.0.0.1", 80, "/ws"),
            ("ws://[::1]:9/ws", "::1", 9, "/ws"),
            ("ws://localhost/game/ws", "localhost", 80, "/game/ws"),
        ] {
            let parts = parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(parts, Parts { host: host.into(), port, path: path.into() }, "{url}");
        }
    }

    #[test]
    fn what_is_no_target_is_said_in_one_line() {
        for (url, words) in [
            ("", "is no target"),
            ("localhost:8080", "is no target"),
            ("/ws", "is no target"),
            ("ftp://localhost/", "is no target"),
            ("ws://localhost@evil.example/ws", "is no target"),
            ("ws://localhost:0/ws", "is no target"),
            ("ws://localhost:70000/ws", "is no target"),
            ("ws://localhost/ws?token=1", "is no target"),
            ("wss://localhost/ws", "no TLS"),
            ("https://localhost/", "no TLS"),
        ] {
            let line = parse(url).expect_err(url).to_string();
            assert!(line.contains(words) && !line.contains('\n'), "{url}: {line}");
        }
    }

    #[test]
    fn only_this_machine_is_a_target_unless_owned() {
        for (addresses, allowed) in [
            (&["127.0.0.1:1"][..], true),
            (&["127.9.8.7:1"], true),
            (&["[::1]:1"], true),
            (&["[::1]:1", "127.0.0.1:1"], true),
            (&["[::ffff:127.0.0.1]:1"], true),
            (&["10.0.0.1:1"], false),
            (&["192.168.1.7:1"], false),
            (&["203.0.113.9:1"], false),
            (&["0.0.0.0:1"], false),
            (&["[::]:1"], false),
            (&["[2001:db8::1]:1"], false),
            (&["[::ffff:203.0.113.9]:1"], false),
            (&["127.0.0.1:1", "203.0.113.9:1"], false),
        ] {
            let parsed: Vec<SocketAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            assert_eq!(judge("host", &parsed, false).is_ok(), allowed, "{addresses:?}");
            assert!(judge("host", &parsed, true).is_ok(), "{addresses:?}, owned");
        }
    }

    #[test]
    fn a_literal_address_needs_no_names() {
        let target = Target::find("http://127.0.0.1:8080/", false).unwrap();
        assert_eq!((target.url().as_str(), target.addresses.len()), ("ws://127.0.0.1:8080/ws", 1));
        let error = Target::find("ws://203.0.113.9/ws", false).unwrap_err().to_string();
        assert!(error.contains("--i-own-this-server"), "{error}");
    }
}
