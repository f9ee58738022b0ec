//! Which connection a packet belongs to. Invariant: any bytes give an answer, never a panic; what is no IPv4 has none
//! and is not carried (IPv6 has no business in the lab).

/// The client's end of a connection: address and port (zero where there are no ports).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowKey(pub [u8; 4], pub u16);

/// Which way a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// From players to the server.
    Up,
    /// From the server to players.
    Down,
}

/// Length of an IPv4 header without options.
const HEADER_BYTES: usize = 20;
/// Protocol number of TCP.
const TCP: u8 = 6;

/// The client's end, by the packet's header (RFC 791, RFC 9293).
pub fn flow(packet: &[u8], way: Way) -> Option<FlowKey> {
    let header = packet.first_chunk::<HEADER_BYTES>()?;
    if header[0] >> 4 != 4 {
        return None;
    }
    let ports = packet.get(usize::from(header[0] & 0x0f) * 4..).and_then(<[u8]>::first_chunk::<4>);
    let ports = ports.filter(|_| header[9] == TCP).copied().unwrap_or_default();
    let port = |at: usize| u16::from_be_bytes([ports[at], ports[at + 1]]);
    let address = |at: usize| [header[at], header[at + 1], header[at + 2], header[at + 3]];
    Some(match way {
        Way::Up => FlowKey(address(12), port(0)),
        Way::Down => FlowKey(address(16), port(2)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        rng::{Keyed, Purpose},
        tick::Tick,
    };

    fn packet(from: ([u8; 4], u16), to: ([u8; 4], u16), options: usize) -> Vec<u8> {
        let mut packet = vec![0; HEADER_BYTES + options];
        packet[0] = 0x40 | ((HEADER_BYTES + options) / 4) as u8;
        packet[9] = TCP;
        packet[12..16].copy_from_slice(&from.0);
        packet[16..20].copy_from_slice(&to.0);
        packet.extend(from.1.to_be_bytes().into_iter().chain(to.1.to_be_bytes()));
        packet
    }

    #[test]
    fn both_ways_of_a_connection_are_one_flow() {
        let (client, server) = (([10, 77, 1, 3], 40_000), ([10, 77, 0, 2], 8_080));
        for options in [0, 4, 40] {
            let up = flow(&packet(client, server, options), Way::Up);
            assert_eq!(up, Some(FlowKey(client.0, client.1)));
            assert_eq!(up, flow(&packet(server, client, options), Way::Down));
        }
    }

    #[test]
    fn rubbish_has_no_flow_or_any_but_no_panic() {
        assert_eq!(flow(&[], Way::Up), None);
        assert_eq!(flow(&[0x60; 60], Way::Up), None, "IPv6");
        let mut keyed = Keyed::new(1, Tick(0), 0, Purpose::Test);
        for _ in 0..10_000 {
            let bytes: Vec<u8> = (0..keyed.below(64)).map(|_| keyed.bits() as u8).collect();
            let _ = flow(&bytes, Way::Down);
        }
    }
}
