//! The server's limits: every timeout and maximum that is not a rule of the game (those are in
//! `shared::limits`). Invariant: nothing here is unlimited. What a host may set is `[limits]` of the settings; tests
//! shorten timeouts.

use std::time::Duration;

use ipnet::IpNet;
use shared::room::RoomBounds;

use crate::{
    address::AddressKey,
    config::{
        kind::{list, network, seconds, whole, yes_no},
        setting::settings,
    },
};

/// Bytes of one WebSocket message or frame from a client. Longer: close 4002, nothing is allocated for it.
pub const MESSAGE_BYTES_MAX: usize = shared::limits::CLIENT_MESSAGE_BYTES_MAX;
/// tungstenite's read buffer. It is zeroed before every read: at the default 128 KiB a 24-byte message costs
/// 14 µs and each connection 130 KiB, at 4 KiB 0.2 µs and 8 KiB (measured).
pub const READ_BUFFER_BYTES: usize = 4_096;
/// Bytes gathered before a write reaches the socket; one tick's messages are flushed together anyway.
pub const WRITE_BUFFER_BYTES: usize = 4_096;
/// Bytes tungstenite may hold back for a socket that does not drain. Full: the write waits, then times out.
pub const WRITE_BUFFER_BYTES_MAX: usize = 65_536;
/// Bytes of one request head. Longer: 431.
pub const HEAD_BYTES_MAX: usize = 16_384;
/// Events waiting for a room: eight ticks of 2,000 clients that send 30 messages a second, so that a stall of 100 ms
/// loses nothing. Full: a message is dropped and counted.
pub const MAILBOX_MAX: usize = 8_192;
/// Messages waiting for one client besides the snapshot (Nakama's 64). Full: close 4008.
pub const RELIABLE_MAX: usize = 64;
/// Addresses remembered for rate limits. Full of busy ones: a new address is refused.
pub const ADDRESSES_MAX: usize = 50_000;

const _: () = assert!(WRITE_BUFFER_BYTES_MAX > WRITE_BUFFER_BYTES, "tungstenite asserts this at run time");

settings! {
    /// What keeps one visitor, or a thousand, from taking the server from the others. The usual values are measured or
    /// reasoned; who changes them has a reason.
    pub struct Limits {
        /// Sockets open at once, HTTP and WebSocket together. Full: a new one is dropped at accept.
        // A full room of 2,048 and as many who watch, load the page or have just left: 256 MiB at the 64 KiB that a
        // connection may cost, and half of the files that are asked for (`network`).
        connections_max: usize = 4_096, whole(1..=65_536), [Live];
        /// HTTP connections open at once from one address (IPv4, or IPv6 /64). Full: dropped at accept.
        http_per_address: usize = 64, whole(1..=65_536), [Live];
        /// WebSockets opened from one address within `sessions_new_window`. Full: 429.
        sessions_new_max: usize = 10, whole(1..=10_000), [Live];
        /// Seconds that `sessions_new_max` and `lanes_new_max` look back.
        sessions_new_window: Duration = Duration::from_secs(10), seconds(0.0..=3_600.0), [Live];
        /// Second lanes open at once, of the sockets in `connections_max`: a quarter, so that they crowd nobody out.
        /// Full: 503, and their clients play on with one.
        lanes_max: usize = 1_024, whole(0..=65_536), [Live];
        /// Second lanes open at once from one address, besides its sessions: one for each. Full: 429.
        lanes_per_address: usize = 8, whole(0..=65_536), [Live];
        /// Second lanes opened from one address within `sessions_new_window`. Full: 429.
        lanes_new_max: usize = 10, whole(0..=10_000), [Live];
        /// Loopback is a developer, a test or a proxy in front: no limit per address, only the global ones.
        loopback_exempt: bool = true, yes_no(), [Live];
        /// Networks whose addresses no limit per address counts, only the global ones: a school or an office, where many play
        /// behind one address.
        exempt: Vec<IpNet> = Vec::new(), list(network()), [Live];
        /// Messages of one client in a second (60 commands, and a quarter)…
        messages_per_second: u64 = 75, whole(1..=10_000), [Live];
        /// …and at once. More are dropped; after three seconds of it, or 1,000: close 4005.
        messages_burst: u64 = 32, whole(1..=10_000), [Live];
        /// Bytes of one client's messages in a second…
        bytes_per_second: u64 = 4_096, whole(256..=10_000_000), [Live];
        /// …and at once; at least the longest message, or it could never be sent.
        bytes_burst: u64 = 16_384, whole(4_096..=10_000_000), [Live];
        /// Lines of chat that one client may say at once…
        chat_burst: u32 = 5, whole(1..=100), [];
        /// …and seconds for one more. Faster: not heard, and told so once.
        chat_seconds: u32 = 2, whole(1..=3_600), [];
        /// Seconds for which slot and score of who lost the line are kept.
        seat_seconds: u32 = 60, whole(1..=600), [];
        /// Seconds for which a ship stays in the arena after its pilot lost the line; half of it in duels.
        ship_seconds: u32 = 10, whole(0..=600), [];
        /// Wrong tries to sign in as one of the staff, of an address and for a name; then one more each three minutes.
        staff_tries: u64 = 5, whole(1..=100), [];
        /// Private rooms open at once. Full: 503, and none can be made until one closes.
        private_rooms_max: usize = 32, whole(0..=1_024), [Live];
        /// Private rooms made from one address in a minute. Full: 429.
        private_rooms_new_max: usize = 2, whole(0..=10_000), [Live];
        /// Seconds after which a private room without company closes.
        private_room_empty: Duration = Duration::from_secs(60), seconds(1.0..=86_400.0), [Live];
        /// WebSockets that have not said hello yet. Full: 503.
        handshakes_max: usize = 64, whole(1..=65_536), [Live];
        /// Seconds for a request head to be complete, counted from the end of the previous request; so it is the
        /// keep-alive idle time as well.
        header_timeout: Duration = Duration::from_secs(5), seconds(0.1..=600.0), [Live];
        /// An HTTP connection is asked to end after so many seconds, however busy: a page loads in less.
        http_lifetime: Duration = Duration::from_secs(60), seconds(1.0..=3_600.0), [Live];
        /// Seconds from the upgrade to a complete hello. Later: close 4002.
        hello_timeout: Duration = Duration::from_secs(3), seconds(0.1..=60.0), [Live];
        /// Seconds for a message that has begun to be complete. Later: close 4002.
        fragment_timeout: Duration = Duration::from_secs(5), seconds(0.1..=60.0), [Live];
        /// Seconds without anything heard until the server pings: browsers answer that by themselves, even in a hidden
        /// tab.
        ping_after: Duration = Duration::from_secs(5), seconds(0.1..=600.0), [Live];
        /// Seconds without anything heard until the connection is dead: close 4008.
        silence_timeout: Duration = Duration::from_secs(15), seconds(0.1..=600.0), [Live];
        /// Seconds for one batch of messages to be taken by the socket. Later: close 4008.
        write_timeout: Duration = Duration::from_secs(10), seconds(0.1..=60.0), [Live];
        /// Seconds for our close frame to be sent, and again for the peer's to arrive.
        close_timeout: Duration = Duration::from_secs(1), seconds(0.1..=60.0), [Live];
        /// Seconds for everything to end after a signal; then the process exits anyway.
        shutdown_timeout: Duration = Duration::from_millis(1_500), seconds(0.1..=600.0), [];
    }
    besides {
        /// WebSockets open at once, second lanes not counted; `server.max_players`. Full: 503.
        sessions_max: usize = 4_096;
        /// So many of them are for staff; `server.reserved_slots`.
        sessions_reserved: usize = 0;
        /// From the news that the server goes down until it does, for those who play; `server.drain_seconds`. Whole seconds;
        /// 0: at once.
        drain: Duration = Duration::from_secs(10);
        /// WebSockets open at once from one address; `server.per_ip`. Full: 429.
        sessions_per_address: usize = 8;
    }
}

impl Limits {
    /// How patient rooms are.
    #[must_use]
    pub fn of_rooms(&self) -> RoomBounds {
        RoomBounds {
            seat_s: self.seat_seconds,
            ship_s: self.ship_seconds,
            chat_burst: self.chat_burst,
            chat_s: self.chat_seconds,
        }
    }

    /// Whether nothing is counted for this address.
    #[must_use]
    pub fn exempts(&self, key: AddressKey) -> bool {
        (self.loopback_exempt && key.is_loopback()) || self.exempt.iter().any(|network| key.is_in(network))
    }

    /// WebSockets that there may be of players, without those that are kept for staff.
    #[must_use]
    pub fn sessions_of_players(&self) -> usize {
        self.sessions_max.saturating_sub(self.sessions_reserved)
    }

    /// [`AddressKey::household`]; 0 also where the host knows that many play behind one address.
    #[must_use]
    pub fn household(&self, key: AddressKey) -> u32 {
        if self.exempts(key) { 0 } else { key.household() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_host_leaves_alone_is_as_the_game_has_it() {
        assert_eq!(Limits::default().of_rooms(), RoomBounds::default());
    }

    #[test]
    fn whom_the_host_exempts_is_no_household() {
        let key = |text: &str| AddressKey::of(text.parse().unwrap());
        let limits = Limits { exempt: vec!["203.0.113.0/24".parse().unwrap()], ..Limits::default() };
        assert_eq!(limits.household(key("203.0.113.9")), 0);
        assert_eq!(limits.household(key("198.51.100.9")), key("198.51.100.9").household());
    }
}
