//! What the machine around the server looks like: its address in the local network, its file limit. Nothing here
//! sends a packet.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

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

/// The address this machine would use to reach the outside: connecting a UDP socket chooses a route and sends
/// nothing. The target is TEST-NET-1 (RFC 5737), which belongs to nobody.
#[must_use]
pub fn local_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then_some(ip)
}
