//! How much one client may say: four token buckets, and a judgement of who keeps overflowing them. Pure: time is an
//! argument.
//!
//! Invariant: over any stretch of time a client gets no more through than rate × time + burst. Commands over the
//! limit are dropped (a network stall delivers a burst of them, all but the last of which are too late anyway);
//! only who overflows for 3 s, or grossly, is closed.

use crate::{
    bucket::{Bucket, Rate},
    limits::Limits,
};

/// Messages other than commands, per second and at once: a join sends three, a window being resized a few.
const CONTROLS: Rate = Rate { per_s: 5, burst: 32 };
/// Lines of chat per second and at once: more than the room repeats, so that it is the room that says so. Whoever says
/// more is not heard; that alone never ends a connection.
const CHAT: Rate = Rate { per_s: 3, burst: 16 };
/// Overflowing for this long ends the connection.
const OVERFLOW_MAX_US: u64 = 3_000_000;
/// This long without overflow, and it is forgotten.
const OVERFLOW_PAUSE_US: u64 = 1_000_000;
/// Dropped in one overflow, this many end the connection at once: more than a 12 s stall (then the socket is
/// dead anyway) can hold back at 60 a second.
const DROPPED_MAX: u32 = 1_000;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Commands, or a WebSocket ping or pong.
    Frequent,
    /// Something to say to others.
    Chat,
    /// Anything else.
    Control,
}

/// What to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Handle it.
    Pass,
    /// Forget it.
    Drop,
    /// End the connection.
    Close,
}

/// One client's budget.
#[derive(Debug)]
pub struct Budget {
    messages: Bucket,
    bytes: Bucket,
    controls: Bucket,
    chat: Bucket,
    overflow: Option<Overflow>,
}

#[derive(Debug)]
struct Overflow {
    began_us: u64,
    last_us: u64,
    dropped: u32,
}

impl Budget {
    /// Full buckets.
    #[must_use]
    pub fn new(limits: &Limits, now_us: u64) -> Budget {
        let messages = Rate { per_s: limits.messages_per_second, burst: limits.messages_burst };
        let bytes = Rate { per_s: limits.bytes_per_second, burst: limits.bytes_burst };
        Budget {
            messages: Bucket::new(messages, now_us),
            bytes: Bucket::new(bytes, now_us),
            controls: Bucket::new(CONTROLS, now_us),
            chat: Bucket::new(CHAT, now_us),
            overflow: None,
        }
    }

    /// Judges a message of `bytes` that came at `now_us`.
    pub fn judge(&mut self, kind: Kind, bytes: usize, now_us: u64) -> Verdict {
        let bytes = bytes as u64;
        for bucket in [&mut self.messages, &mut self.bytes, &mut self.controls, &mut self.chat] {
            bucket.fill(now_us);
        }
        let is_control = kind == Kind::Control;
        if !self.messages.holds(1) || !self.bytes.holds(bytes) || (is_control && !self.controls.holds(1)) {
            return self.overflow(now_us);
        }
        self.messages.take(1);
        self.bytes.take(bytes);
        if is_control {
            self.controls.take(1);
        }
        if kind == Kind::Chat {
            if !self.chat.holds(1) {
                return Verdict::Drop;
            }
            self.chat.take(1);
        }
        Verdict::Pass
    }

    fn overflow(&mut self, now_us: u64) -> Verdict {
        let overflow = match &mut self.overflow {
            Some(overflow) if now_us.saturating_sub(overflow.last_us) < OVERFLOW_PAUSE_US => overflow,
            other => other.insert(Overflow { began_us: now_us, last_us: now_us, dropped: 0 }),
        };
        overflow.last_us = now_us;
        overflow.dropped += 1;
        if overflow.dropped >= DROPPED_MAX || now_us.saturating_sub(overflow.began_us) >= OVERFLOW_MAX_US {
            Verdict::Close
        } else {
            Verdict::Drop
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `per_s` messages of `bytes` evenly for `seconds`: how many pass, and when it is closed (ms).
    fn send(kind: Kind, per_s: u64, bytes: usize, seconds: u64) -> (u64, Option<u64>) {
        let mut budget = Budget::new(&Limits::default(), 0);
        let mut passed = 0;
        for n in 0..per_s * seconds {
            let now_us = n * 1_000_000 / per_s;
            match budget.judge(kind, bytes, now_us) {
                Verdict::Pass => passed += 1,
                Verdict::Drop => {}
                Verdict::Close => return (passed, Some(now_us / 1_000)),
            }
        }
        (passed, None)
    }

    #[test]
    fn an_honest_client_never_meets_the_limit() {
        assert_eq!(send(Kind::Frequent, 60, 40, 60), (3_600, None));
        assert_eq!(send(Kind::Frequent, 75, 40, 60), (4_500, None));
    }

    #[test]
    fn overflow_is_dropped_for_three_seconds_then_closed() {
        let (passed, closed) = send(Kind::Frequent, 150, 10, 60);
        let closed = closed.expect("twice the rate is too much");
        assert!((3_000..4_000).contains(&closed), "{closed}");
        assert!(passed <= 75 * closed / 1_000 + 33, "{passed} in {closed} ms");
        let (_, closed) = send(Kind::Frequent, 60, 200, 60);
        assert!(closed.is_some(), "12 KB a second in honest numbers is too much");
        let (_, closed) = send(Kind::Control, 20, 10, 60);
        assert!(closed.is_some(), "twenty joins a second are too many");
    }

    #[test]
    fn whoever_talks_too_much_is_not_heard_but_stays() {
        let (passed, closed) = send(Kind::Chat, 20, 40, 60);
        assert_eq!(closed, None);
        assert!(passed <= 3 * 60 + 16, "{passed}");
    }

    #[test]
    fn a_gross_flood_is_closed_within_a_second() {
        let (_, closed) = send(Kind::Frequent, 10_000, 20, 10);
        assert!(closed.expect("closed") < 1_000, "{closed:?}");
    }

    #[test]
    fn what_a_stalled_line_delivers_at_once_is_forgiven() {
        let mut budget = Budget::new(&Limits::default(), 0);
        let mut verdicts = Vec::new();
        for second in 0..60 {
            let now_us = second * 4_000_000;
            // Four seconds of commands at once, again and again.
            verdicts.extend((0..240).map(|_| budget.judge(Kind::Frequent, 20, now_us)));
        }
        assert!(!verdicts.contains(&Verdict::Close));
        assert!(verdicts.contains(&Verdict::Drop));
    }
}
