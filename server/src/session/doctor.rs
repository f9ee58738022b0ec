//! The connection doctor's WebSocket: it answers what it is asked and knows no room.
//!
//! | asked | answered |
//! |---|---|
//! | `1`, eight bytes | `1`, the same eight bytes, the server's time as microseconds since 1970 (u64, little-endian) |
//! | `2` | 64 messages of 4,096 bytes that begin with `2`, [`BURSTS_MAX`] times at most |
//!
//! Invariant: what it sends is bounded by the connection, the connection by its time.

use std::time::{Duration, SystemTime};

use futures_util::SinkExt;
use shared::protocol::CloseCode;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::{End, Sink, limits::Kind, limits::Verdict, reader::Reader};

const PING: u8 = 1;
const BURST: u8 = 2;
/// A burst: a quarter of a mebibyte, long enough to be timed on a fast line.
const BURST_MESSAGES: usize = 64;
const BURST_MESSAGE_BYTES: usize = 4_096;
const BURSTS_MAX: u32 = 3;
/// An examination takes some five seconds.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Answers until the peer leaves or its time is up.
pub(super) async fn examine(sink: &mut Sink, reader: Reader<'_>) -> End {
    timeout(TIME_MAX, converse(sink, reader)).await.unwrap_or(End::Close(CloseCode::Bye))
}

async fn converse(sink: &mut Sink, mut reader: Reader<'_>) -> End {
    let mut bursts = 0;
    loop {
        let asked = match reader.data().await {
            Ok(asked) => asked,
            Err(end) => return end,
        };
        match reader.judge(Kind::Frequent, asked.len()) {
            Verdict::Pass => {}
            Verdict::Drop => continue,
            Verdict::Close => return End::Close(CloseCode::Rate),
        }
        let sending = async {
            match *asked {
                [PING, ref marks @ ..] if marks.len() == 8 => sink.send(pong(marks)).await,
                [BURST] if bursts < BURSTS_MAX => {
                    bursts += 1;
                    send_burst(sink).await
                }
                _ => return Some(End::Close(CloseCode::Protocol)),
            }
            .err()
            .map(|_| End::Gone)
        };
        match timeout(reader.limits().write_timeout, sending).await {
            Ok(None) => {}
            Ok(Some(end)) => return end,
            Err(_) => return End::Close(CloseCode::TooSlow),
        }
    }
}

fn pong(marks: &[u8]) -> Message {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now_us = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
    Message::Binary([&[PING], marks, &now_us.to_le_bytes()].concat().into())
}

async fn send_burst(sink: &mut Sink) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    let bytes = Bytes::from(vec![BURST; BURST_MESSAGE_BYTES]);
    for _ in 0..BURST_MESSAGES {
        sink.feed(Message::Binary(bytes.clone())).await?;
    }
    sink.flush().await
}
