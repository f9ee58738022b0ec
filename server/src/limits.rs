//! The server's limits: every timeout and maximum that is not a rule of the game (those are in
//! `shared::limits`). Invariant: nothing here is unlimited. Tests shorten timeouts; players' defaults are
//! [`Limits::default`].

use std::time::Duration;

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

/// What a deployment or a test may set.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sockets open at once, HTTP and WebSocket together. Full: a new one is dropped at accept.
    pub connections_max: usize,
    /// HTTP connections open at once from one address (IPv4, or IPv6 /64). Full: dropped at accept.
    pub http_per_address: usize,
    /// WebSockets open at once from one address. Full: 429.
    pub sessions_per_address: usize,
    /// WebSockets opened from one address within [`Self::sessions_new_window`]. Full: 429.
    pub sessions_new_max: usize,
    /// See [`Self::sessions_new_max`].
    pub sessions_new_window: Duration,
    /// Second lanes open at once, of the sockets in [`Self::connections_max`]: a quarter, so that they crowd nobody out.
    /// Full: 503, and their clients play on with one.
    pub lanes_max: usize,
    /// Second lanes open at once from one address, besides its sessions: one for each. Full: 429.
    pub lanes_per_address: usize,
    /// Second lanes opened from one address within [`Self::sessions_new_window`]. Full: 429.
    pub lanes_new_max: usize,
    /// Loopback is a developer, a test or a proxy in front: no limit per address, only the global ones.
    pub loopback_exempt: bool,
    /// WebSockets that have not said hello yet. Full: 503.
    pub handshakes_max: usize,
    /// For a request head to be complete, counted from the end of the previous request; so it is the keep-alive
    /// idle time as well.
    pub header_timeout: Duration,
    /// An HTTP connection is asked to end after this long, however busy: a page loads in less.
    pub http_lifetime: Duration,
    /// From the upgrade to a complete hello. Later: close 4002.
    pub hello_timeout: Duration,
    /// For a message that has begun to be complete. Later: close 4002.
    pub fragment_timeout: Duration,
    /// Without anything heard the server pings: browsers answer that by themselves, even in a hidden tab.
    pub ping_after: Duration,
    /// Without anything heard the connection is dead: close 4008.
    pub silence_timeout: Duration,
    /// For one batch of messages to be taken by the socket. Later: close 4008.
    pub write_timeout: Duration,
    /// For our close frame to be sent, and again for the peer's to arrive.
    pub close_timeout: Duration,
    /// From the news that the server goes down until it does, for those who play. Whole seconds; 0: at once.
    pub drain: Duration,
    /// For everything to end after a signal; then the process exits anyway.
    pub shutdown_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            // A full room of 2,048 and as many who watch, load the page or have just left: 256 MiB at the 64 KiB that a
            // connection may cost, and half of the files that are asked for (`network`).
            connections_max: 4_096,
            http_per_address: 64,
            sessions_per_address: 8,
            sessions_new_max: 10,
            sessions_new_window: Duration::from_secs(10),
            lanes_max: 1_024,
            lanes_per_address: 8,
            lanes_new_max: 10,
            loopback_exempt: true,
            handshakes_max: 64,
            header_timeout: Duration::from_secs(5),
            http_lifetime: Duration::from_secs(60),
            hello_timeout: Duration::from_secs(3),
            fragment_timeout: Duration::from_secs(5),
            ping_after: Duration::from_secs(5),
            silence_timeout: Duration::from_secs(15),
            write_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(1),
            drain: Duration::from_secs(10),
            shutdown_timeout: Duration::from_millis(1_500),
        }
    }
}
