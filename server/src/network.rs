//! What the machine around the server looks like: its address in the local network, its file limit. Nothing here
//! sends a packet.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// Files a full server may have open (`limits.connections_max`, and room to spare).
const FILES_WANTED: u64 = 8_192;

/// Raises the soft limit of open files towards the hard one; many systems start at 1,024.
pub fn raise_file_limit() {
    match rlimit::increase_nofile_limit(FILES_WANTED) {
        Ok(files) if files < FILES_WANTED => {
            tracing::info!(files, "the system allows few open files; with more players, raise `ulimit -n`");
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "cannot raise the limit of open files"),
    }
}

/// What is printed at the start: where to play, and how to stop.
#[must_use]
pub fn banner(address: SocketAddr, is_encrypted: bool) -> String {
    banner_for(address, local_address(), if is_encrypted { "https" } else { "http" })
}

fn banner_for(address: SocketAddr, local: Option<IpAddr>, scheme: &str) -> String {
    let port = address.port();
    let mut text = format!("Perihelion {} is up.\n", env!("CARGO_PKG_VERSION"));
    let ip = address.ip();
    if ip.is_unspecified() || ip.is_loopback() {
        // Only 127.0.0.1 and ::1 are what `localhost` means.
        let host = if ip.is_unspecified() || ip == Ipv4Addr::LOCALHOST || ip.is_ipv6() {
            "localhost".to_owned()
        } else {
            ip.to_string()
        };
        text.push_str(&format!("  Play here:       {scheme}://{host}:{port}/\n"));
    } else {
        text.push_str(&format!("  Play here:       {scheme}://{address}/\n"));
    }
    if let Some(local) = local.filter(|_| ip.is_unspecified()) {
        text.push_str(&format!("  In your network: {scheme}://{}/\n", SocketAddr::new(local, port)));
    }
    text.push_str("  Press ctrl-c to stop.\n");
    text
}

/// The address this machine would use to reach the outside: connecting a UDP socket chooses a route and sends
/// nothing. The target is TEST-NET-1 (RFC 5737), which belongs to nobody.
fn local_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then_some(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_names_what_works_from_where() {
        let lan = Some(IpAddr::from([192, 168, 1, 7]));
        for (address, here, network) in [
            ("[::]:8080", "http://localhost:8080/", Some("http://192.168.1.7:8080/")),
            ("0.0.0.0:81", "http://localhost:81/", Some("http://192.168.1.7:81/")),
            ("127.0.0.1:8080", "http://localhost:8080/", None),
            ("127.0.0.9:8080", "http://127.0.0.9:8080/", None),
            ("192.168.1.7:8080", "http://192.168.1.7:8080/", None),
            ("[fe80::1]:8080", "http://[fe80::1]:8080/", None),
        ] {
            let text = banner_for(address.parse().unwrap(), lan, "http");
            assert!(text.contains(&format!("Play here:       {here}\n")), "{text}");
            match network {
                Some(url) => assert!(text.contains(&format!("In your network: {url}\n")), "{text}"),
                None => assert!(!text.contains("In your network"), "{text}"),
            }
        }
    }
}
