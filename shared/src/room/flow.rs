//! Flow control of one connection by the client's acknowledgements. Invariant: whether to send is decided before
//! anything is encoded, so nothing encoded is ever dropped and a slow line gets newer news, not more of it.
//!
//! Socket buffers hide megabytes, so only the other end's word counts. Measured on a 12,000 B/s line: 5.7 s of
//! stale picture when skipping on an unwritable socket, 0.26 s with this window.

use std::collections::VecDeque;

use crate::{limits::SNAPSHOTS_UNACKED_MAX, tick::Tick};

/// Snapshots may be this much older than the best round trip before the next is skipped, µs.
const SLACK_US: u64 = 100_000;
/// Skipping this long means a thin line: smaller and fewer snapshots, µs.
const THIN_AFTER_US: u64 = 1_000_000;
/// Ticks between two snapshots on a thin line: 10 Hz.
const THIN_TICKS: i32 = 6;
/// No progress for this long: stop sending, µs.
const STOP_AFTER_US: u64 = 5_000_000;
/// …and for this long: give the connection up, µs.
const CLOSE_AFTER_US: u64 = 12_000_000;
/// A client that has acknowledged something within this time is awake, µs.
const AWAKE_US: u64 = 2_000_000;
/// The best round trip is forgotten after this long, µs, so that a changed route is learnt.
const RTT_WINDOW_US: u64 = 10_000_000;

/// What to do with a client at its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Encode and send.
    Send,
    /// Encode little and send: the line is thin.
    SendThin,
    /// Not this time: the client is behind.
    Skip,
    /// Not this time: a thin line gets few.
    Wait,
    /// The line is dead.
    Close,
}

/// Flow control state.
#[derive(Debug, Clone)]
pub struct Flow {
    unacked: VecDeque<(Tick, u64)>,
    rtt_min_us: Option<(u64, u64)>,
    skipping_since_us: Option<u64>,
    progress_us: u64,
    thin_until_us: u64,
    last_sent: Option<Tick>,
}

impl Flow {
    /// A fresh connection.
    #[must_use]
    pub fn new(now_us: u64) -> Flow {
        Flow {
            unacked: VecDeque::new(),
            rtt_min_us: None,
            skipping_since_us: None,
            progress_us: now_us,
            thin_until_us: 0,
            last_sent: None,
        }
    }

    /// The client has decoded the snapshot of `tick`.
    pub fn ack(&mut self, tick: Tick, now_us: u64) {
        while let Some(&(sent, sent_us)) = self.unacked.front() {
            if sent.is_after(tick) {
                break;
            }
            self.unacked.pop_front();
            self.progress_us = now_us;
            if sent == tick {
                self.note_rtt(now_us.saturating_sub(sent_us), now_us);
            }
        }
    }

    fn note_rtt(&mut self, rtt_us: u64, now_us: u64) {
        match self.rtt_min_us {
            Some((least, at)) if least < rtt_us && now_us.saturating_sub(at) < RTT_WINDOW_US => {}
            _ => self.rtt_min_us = Some((rtt_us, now_us)),
        }
    }

    /// The least round trip of the last seconds, µs; 0 until measured.
    #[must_use]
    pub fn rtt_us(&self) -> u64 {
        self.rtt_min_us.map_or(0, |(least, _)| least)
    }

    /// Decides about the snapshot of `tick`. `writable`: the writer has handed over the last one.
    pub fn turn(&mut self, tick: Tick, now_us: u64, writable: bool) -> Turn {
        if self.unacked.is_empty() {
            self.progress_us = now_us;
        }
        let stuck_us = now_us.saturating_sub(self.progress_us);
        if stuck_us > CLOSE_AFTER_US {
            return Turn::Close;
        }
        let oldest_us = self.unacked.front().map_or(0, |&(_, sent_us)| now_us.saturating_sub(sent_us));
        // Until the first ack there is no round trip to compare with: allow a second.
        let allowed_us = self.rtt_min_us.map_or(1_000_000, |(least, _)| least + SLACK_US);
        if !writable
            || oldest_us > allowed_us
            || stuck_us > STOP_AFTER_US
            || self.unacked.len() >= SNAPSHOTS_UNACKED_MAX
        {
            let since = *self.skipping_since_us.get_or_insert(now_us);
            if now_us.saturating_sub(since) > THIN_AFTER_US {
                self.thin_until_us = now_us + 2 * THIN_AFTER_US;
            }
            return Turn::Skip;
        }
        let thin = now_us < self.thin_until_us;
        if thin && self.last_sent.is_some_and(|last| tick.since(last) < THIN_TICKS) {
            return Turn::Wait;
        }
        self.skipping_since_us = None;
        if thin { Turn::SendThin } else { Turn::Send }
    }

    /// The snapshot of `tick` was handed to the writer.
    pub fn sent(&mut self, tick: Tick, now_us: u64) {
        self.last_sent = Some(tick);
        self.unacked.push_back((tick, now_us));
    }

    /// Snapshots handed over and not acknowledged.
    #[must_use]
    pub fn unacked(&self) -> usize {
        self.unacked.len()
    }

    /// Whether the other end has kept up lately: no tab that slept, no line that stood still.
    #[must_use]
    pub fn is_awake(&self, now_us: u64) -> bool {
        now_us.saturating_sub(self.progress_us) < AWAKE_US
    }

    /// Tick of the last snapshot handed over.
    #[must_use]
    pub fn last_sent(&self) -> Option<Tick> {
        self.last_sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000;

    /// Sends at 30 Hz for `secs`; acknowledgements come back after `rtt_ms(second)`, never while it is `None`.
    /// Returns how many were sent, skipped, and whether it closed.
    fn run(secs: u64, rtt_ms: impl Fn(u64) -> Option<u64>) -> (u32, u32, bool) {
        let mut flow = Flow::new(0);
        let mut acks: Vec<(u64, Tick)> = Vec::new();
        let (mut sent, mut skipped) = (0, 0);
        for i in 0..secs * 30 {
            let (tick, now) = (Tick(i as u32 * 2), i * 33_333);
            for (_, tick) in acks.extract_if(.., |(at, _)| *at <= now) {
                flow.ack(tick, now);
            }
            match flow.turn(tick, now, true) {
                Turn::Close => return (sent, skipped, true),
                Turn::Skip | Turn::Wait => skipped += 1,
                Turn::Send | Turn::SendThin => {
                    sent += 1;
                    flow.sent(tick, now);
                    if let Some(rtt) = rtt_ms(now / 1_000_000) {
                        acks.push((now + rtt * MS, tick));
                    }
                }
            }
        }
        (sent, skipped, false)
    }

    #[test]
    fn a_healthy_line_skips_nothing() {
        assert_eq!(run(10, |_| Some(80)), (300, 0, false));
    }

    #[test]
    fn a_line_that_backs_up_is_given_less() {
        let (sent, skipped, closed) = run(10, |second| Some(if second < 2 { 80 } else { 600 }));
        assert!(!closed && skipped > sent / 4, "{sent} sent, {skipped} skipped");
    }

    #[test]
    fn a_silent_line_is_stopped_and_then_closed() {
        let (sent, _, closed) = run(20, |second| (second < 2).then_some(50));
        assert!(closed && sent < 75, "{sent}");
    }

    #[test]
    fn an_acknowledgement_that_was_overtaken_takes_nothing_back() {
        let mut flow = Flow::new(0);
        (1..=4).for_each(|tick| flow.sent(Tick(tick), u64::from(tick) * 33 * MS));
        flow.ack(Tick(3), 180 * MS);
        flow.ack(Tick(1), 900 * MS);
        assert_eq!((flow.unacked(), flow.rtt_us()), (1, 81 * MS));
    }

    #[test]
    fn who_acknowledges_is_awake() {
        let mut flow = Flow::new(0);
        flow.sent(Tick(1), 100 * MS);
        flow.ack(Tick(1), 200 * MS);
        assert!(flow.is_awake(2_199 * MS) && !flow.is_awake(2_200 * MS));
    }

    #[test]
    fn a_busy_writer_means_skip() {
        assert_eq!(Flow::new(0).turn(Tick(0), 0, false), Turn::Skip);
    }
}
