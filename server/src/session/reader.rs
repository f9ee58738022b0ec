//! The reading half: bytes to messages to the room's mailbox.
//!
//! Which messages are legal is a matter of two phases: first exactly one opening, then client messages, and on a second
//! lane commands alone. Invariant:
//! the first thing that makes no sense ends the session with 4002; versions match exactly, so it is a bug or an
//! attack and never a newer client.

use std::{io, sync::Arc, time::Duration};

use futures_util::StreamExt;
use shared::protocol::{ClientMessage, CloseCode, Opening, OpeningError, codec};
use tokio::{
    sync::Notify,
    time::{Instant, Interval, MissedTickBehavior, interval_at, timeout},
};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, error::ProtocolError};

use super::{
    End, Stream,
    limits::{Budget, Kind, Verdict},
    meter::Meter,
};
use crate::{
    address::LoggedAddress, limits::Limits, moderation::words::LiveWords, room::Voice, staff::console::Console,
};

/// Header and mask of a client's control frame.
const CONTROL_FRAME_BYTES: u64 = 6;
/// How often a reader looks at its clocks, at least.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// Bytes of a message that made no sense which the log shows.
const LOGGED_BYTES: usize = 64;

/// The reading half of one session.
pub(super) struct Reader<'a> {
    stream: &'a mut Stream,
    meter: Arc<Meter>,
    limits: &'a Limits,
    heard_nothing: &'a Notify,
    peer: LoggedAddress,
    began: Instant,
    heard: Instant,
    pinged: bool,
    pending_since: Option<Instant>,
    budget: Budget,
    /// One timer for the whole session: one for each wait would cost more than the waiting.
    looks: Interval,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        stream: &'a mut Stream,
        meter: Arc<Meter>,
        limits: &'a Limits,
        heard_nothing: &'a Notify,
        peer: LoggedAddress,
    ) -> Reader<'a> {
        let began = Instant::now();
        let budget = Budget::new(limits, 0);
        let check_every = CHECK_EVERY.min(limits.fragment_timeout / 4).min(limits.ping_after / 2);
        let mut looks = interval_at(began + check_every, check_every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Reader {
            stream,
            meter,
            limits,
            heard_nothing,
            peer,
            began,
            heard: began,
            pinged: false,
            pending_since: None,
            budget,
            looks,
        }
    }

    /// What it judges by.
    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Whose messages it reads.
    pub(super) fn peer(&self) -> LoggedAddress {
        self.peer
    }

    /// Told when a ping is due.
    pub(super) fn heard_nothing(&self) -> &'a Notify {
        self.heard_nothing
    }

    /// The first phase: one opening, in time, whatever else arrives.
    pub(super) async fn opening(&mut self) -> Result<Opening, End> {
        let in_time = timeout(self.limits.hello_timeout, self.data()).await;
        let bytes = in_time.unwrap_or(Err(End::Close(CloseCode::Protocol)))?;
        codec::decode_opening(&bytes).map_err(|error| {
            tracing::info!(peer = %self.peer, %error, "no hello");
            match error {
                OpeningError::Version { .. } => End::Close(CloseCode::Version),
                // Its bytes may hold a secret: none of them is logged.
                OpeningError::Decode(_) => End::Close(CloseCode::Protocol),
            }
        })
    }

    /// The second phase: everything after the hello goes to the room, until an end.
    pub(super) async fn messages(&mut self, voice: &Voice, console: &mut Console, words: &LiveWords) -> End {
        self.pass_on(voice, Some((console, words)), |_| true).await
    }

    /// The second phase on a second lane: commands go to the room, and anything else is an end.
    pub(super) async fn commands(&mut self, voice: &Voice) -> End {
        self.pass_on(voice, None, |message| matches!(message, ClientMessage::Commands(_))).await
    }

    async fn pass_on(
        &mut self,
        voice: &Voice,
        mut speech: Option<(&mut Console, &LiveWords)>,
        is_legal: fn(&ClientMessage) -> bool,
    ) -> End {
        loop {
            let bytes = match self.data().await {
                Ok(bytes) => bytes,
                Err(end) => return end,
            };
            let message = match codec::decode_client(&bytes) {
                Ok(message) if is_legal(&message) => message,
                Ok(_) => return self.nonsense(&bytes),
                Err(error) => {
                    tracing::info!(peer = %self.peer, %error, "a message makes no sense");
                    return self.nonsense(&bytes);
                }
            };
            let kind = match message {
                ClientMessage::Commands(_) => Kind::Frequent,
                ClientMessage::Say(_) | ClientMessage::Console(_) => Kind::Chat,
                _ => Kind::Control,
            };
            match self.judge(kind, bytes.len()) {
                Verdict::Pass => match (message, &mut speech) {
                    (ClientMessage::Console(line), Some((console, _))) => console.hear(line),
                    (message @ (ClientMessage::Say(_) | ClientMessage::Play { .. }), Some((_, words))) => {
                        let words = words.borrow().clone();
                        voice.say(words.sift(message), self.heard.into_std());
                    }
                    (message, _) => voice.say(message, self.heard.into_std()),
                },
                Verdict::Drop => {}
                Verdict::Close => return End::Close(CloseCode::Rate),
            }
        }
    }

    /// The next binary message.
    pub(super) async fn data(&mut self) -> Result<Bytes, End> {
        loop {
            let next = tokio::select! {
                biased;
                next = self.stream.next() => next,
                _ = self.looks.tick() => {
                    self.look_at_the_clocks()?;
                    continue;
                }
            };
            let message = next.ok_or(End::Gone)?.map_err(|error| self.failed(&error))?;
            self.heard = Instant::now();
            self.pinged = false;
            match message {
                Message::Binary(bytes) => {
                    self.meter.settle_all();
                    self.pending_since = None;
                    return Ok(bytes);
                }
                Message::Ping(payload) | Message::Pong(payload) => {
                    self.meter.settle(CONTROL_FRAME_BYTES + payload.len() as u64);
                    // tungstenite has answered; there is nothing to drop.
                    if self.judge(Kind::Frequent, payload.len()) == Verdict::Close {
                        return Err(End::Close(CloseCode::Rate));
                    }
                    self.look_at_the_clocks()?;
                }
                // `Frame` never comes out of reading.
                Message::Text(_) | Message::Frame(_) => return Err(End::Close(CloseCode::Protocol)),
                Message::Close(_) => return Err(End::Gone),
            }
        }
    }

    fn look_at_the_clocks(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let silence = now - self.heard;
        if silence >= self.limits.silence_timeout {
            return Err(End::Close(CloseCode::TooSlow));
        }
        if silence >= self.limits.ping_after && !self.pinged {
            self.pinged = true;
            self.heard_nothing.notify_one();
        }
        if !self.meter.is_pending() {
            self.pending_since = None;
        } else if now - *self.pending_since.get_or_insert(now) >= self.limits.fragment_timeout {
            return Err(End::Close(CloseCode::Protocol));
        }
        Ok(())
    }

    /// Judges what was heard last.
    pub(super) fn judge(&mut self, kind: Kind, bytes: usize) -> Verdict {
        let now_us = u64::try_from((self.heard - self.began).as_micros()).expect("younger than 584,000 years");
        self.budget.judge(kind, bytes, now_us)
    }

    fn failed(&self, error: &Error) -> End {
        match error {
            // The usual end of a tab or a machine that is switched off.
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Gone,
            Error::Protocol(_) | Error::Capacity(_) | Error::Utf8(_) => {
                tracing::info!(peer = %self.peer, %error, "broken WebSocket traffic");
                End::Close(CloseCode::Protocol)
            }
            Error::Io(error) if error.kind() == io::ErrorKind::QuotaExceeded => {
                tracing::info!(peer = %self.peer, %error, "broken WebSocket traffic");
                End::Close(CloseCode::Protocol)
            }
            // The socket broke or has ended; there is nobody to tell.
            _ => End::Gone,
        }
    }

    /// The start of what made no sense goes to the log of the curious only.
    fn nonsense(&self, bytes: &[u8]) -> End {
        tracing::debug!(peer = %self.peer, bytes = ?&bytes[..bytes.len().min(LOGGED_BYTES)], "nonsense");
        End::Close(CloseCode::Protocol)
    }
}
