//! What the server says of itself at `/status.json`. Invariant: missing or strange facts are `None`; the run goes on
//! without them, for another server may say other things.

use std::{io, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use crate::{socket::connect, target::Target};

/// For the whole answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer answers are not read.
const ANSWER_BYTES_MAX: u64 = 65_536;

/// The facts that a measurement needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Hash of the protocol it speaks.
    #[serde(with = "hex")]
    pub protocol: u64,
    /// People in ships.
    pub players: u32,
    /// Bots.
    pub bots: u32,
    /// People watching.
    pub spectators: u32,
    /// WebSockets open.
    pub connections: u32,
    /// Ticks so far.
    pub tick: u32,
    /// Time of a tick in the last ten seconds, µs: median…
    pub tick_us_p50: u32,
    /// …99th percentile…
    pub tick_us_p99: u32,
    /// …and the longest.
    pub tick_us_max: u32,
    /// How long after it was due a tick began in the last ten seconds, µs: median…
    pub tick_late_us_p50: u32,
    /// …and 99th percentile.
    pub tick_late_us_p99: u32,
    /// Ticks that began more than 2 ms late, so far, as everything below.
    pub ticks_late: u64,
    /// Ticks longer than half a tick…
    pub ticks_over_8ms: u64,
    /// …a whole one…
    pub ticks_over_16ms: u64,
    /// …and two.
    pub ticks_over_33ms: u64,
    /// Ticks of people's ships with the command sent for them…
    pub commands_used: u64,
    /// …with the last one again…
    pub commands_repeated: u64,
    /// …and with hands off.
    pub commands_neutral: u64,
    /// Commands that came after their tick.
    pub commands_late: u64,
    /// Snapshots sent.
    pub snapshots: u64,
    /// Left out because a client was behind.
    pub snapshots_skipped: u64,
    /// Bytes of those sent.
    pub snapshot_bytes: u64,
    /// Messages of clients that found the room's mailbox full.
    pub dropped_messages: u64,
    /// Rooms begun anew after a panic.
    pub room_restarts: u32,
}

mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{hash:016x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        u64::from_str_radix(&String::deserialize(deserializer)?, 16).map_err(D::Error::custom)
    }
}

/// Asks.
///
/// # Errors
/// Nobody answers there at all.
pub async fn ask(target: &Target) -> io::Result<Option<Facts>> {
    let asking = async {
        let mut stream = connect(target, None, None).await?;
        let head = format!("GET /status.json HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", target.authority);
        stream.write_all(head.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
        Ok(parse(&answer))
    };
    timeout(ANSWER_TIMEOUT, asking).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn parse(answer: &[u8]) -> Option<Facts> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let is_good = answer.starts_with(b"HTTP/1.1 200 ");
    is_good.then(|| serde_json::from_slice(&answer[end + 4..]).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"name":"Drift","protocol":"00f0000000000001","players":5,"bots":16,"spectators":1,"connections":6,"tick":99,"paused":false,
        "tick_us_p50":120,"tick_us_p99":410,"tick_us_max":9000,"tick_late_us_p50":60,"tick_late_us_p99":700,"ticks_late":1,
        "ticks_over_8ms":3,"ticks_over_16ms":2,"ticks_over_33ms":1,"commands_used":9,"commands_repeated":1,"commands_neutral":0,
        "commands_late":4,"snapshots":80,"snapshots_skipped":2,"snapshot_bytes":3000,"dropped_messages":2,"room_restarts":0}"#;

    #[test]
    fn facts_are_read_from_a_good_answer_only() {
        let facts = parse(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{BODY}").as_bytes());
        let facts = facts.expect("all there");
        assert_eq!((facts.players, facts.tick_us_p99, facts.dropped_messages), (5, 410, 2));
        assert_eq!(facts.protocol, 0x00f0_0000_0000_0001);
        assert!(serde_json::to_string(&facts).unwrap().contains("\"00f0000000000001\""));
        for broken in ["", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n{}", "HTTP/1.1 404 Not Found\r\n\r\n{}"] {
            assert_eq!(parse(broken.as_bytes()), None, "{broken:?}");
        }
    }
}
