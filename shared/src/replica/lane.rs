//! The second uplink lane: another connection to the same server on which every batch of commands goes out as well.
//! One lost segment holds up everything behind it, but hardly ever on two connections at once, and whichever copy is
//! first counts. Invariant: at most one lane, wanted only after commands came late on this line; without one everything
//! is as it always was.
//!
//! No sockets here: the shell is told to open or close a lane and says what became of it.

use std::collections::VecDeque;

use super::Replica;
use crate::protocol::{LaneKey, Opening, codec};

/// A lane is wanted this long after commands came late last, µs.
const WANTED_US: u64 = 300_000_000;
/// One that has not opened by then is given up, µs.
const OPEN_MAX_US: u64 = 8_000_000;
/// First and longest pause before another try, µs.
const PAUSE_US: (u64, u64) = (2_000_000, 120_000_000);
/// After one for which the line was too thin: the least pause, µs.
const THIN_PAUSE_US: u64 = 60_000_000;
/// One that lived this long starts the pauses over, µs.
const STEADY_US: u64 = 30_000_000;

/// What the shell must do about the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneStep {
    /// Open a second connection to the same server, for a lane.
    Open,
    /// Close it, open or not; nothing more is to be said about it.
    Close,
}

/// The lane.
#[derive(Debug, Default)]
pub struct Lane {
    state: State,
    /// Tries that failed in a row.
    failed: u32,
    step: Option<LaneStep>,
    outbox: VecDeque<Vec<u8>>,
    /// The socket takes no more: copies are left out meanwhile.
    blocked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// None; the next try is not before this moment, µs.
    Shut { until_us: u64 },
    /// Asked for.
    Opening { since_us: u64 },
    /// There.
    Open { since_us: u64 },
}

impl Default for State {
    fn default() -> State {
        State::Shut { until_us: 0 }
    }
}

impl Lane {
    /// Whether commands go out on it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Time passed, and a lane is `wanted` or not.
    pub fn tend(&mut self, wanted: bool, now_us: u64) {
        match self.state {
            State::Shut { until_us } if wanted && now_us >= until_us => {
                self.state = State::Opening { since_us: now_us };
                self.step = Some(LaneStep::Open);
            }
            State::Opening { since_us } if now_us.saturating_sub(since_us) > OPEN_MAX_US => {
                self.step = Some(LaneStep::Close);
                self.fail(now_us);
            }
            State::Opening { .. } | State::Open { .. } if !wanted => {
                self.step = Some(LaneStep::Close);
                self.shut(now_us);
            }
            _ => {}
        }
    }

    /// The line does not carry what is sent: a lane doubles that, so it is given up for a good while.
    pub fn give_way(&mut self, now_us: u64) {
        if !matches!(self.state, State::Shut { .. }) {
            self.step = Some(LaneStep::Close);
            self.fail(now_us);
        }
        let State::Shut { until_us } = self.state else { return };
        self.state = State::Shut { until_us: until_us.max(now_us + THIN_PAUSE_US) };
    }

    /// The next thing for the shell to do.
    pub fn poll_step(&mut self) -> Option<LaneStep> {
        self.step.take()
    }

    /// The next message for the lane's socket.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    /// Its socket opened; the first message says whose it is.
    pub fn opened(&mut self, key: LaneKey, now_us: u64) {
        if matches!(self.state, State::Opening { .. }) {
            self.state = State::Open { since_us: now_us };
            self.blocked = false;
            self.outbox.push_back(codec::encode_opening(&Opening::Lane(key)));
        }
    }

    /// Its socket closed, or could not be opened.
    pub fn closed(&mut self, now_us: u64) {
        match self.state {
            State::Shut { .. } => {}
            State::Open { since_us } if now_us.saturating_sub(since_us) > STEADY_US => self.shut(now_us),
            State::Opening { .. } | State::Open { .. } => self.fail(now_us),
        }
    }

    /// Its socket takes no more for now, or takes again.
    pub fn set_blocked(&mut self, blocked: bool) {
        self.blocked = blocked;
    }

    /// Sends a copy of `bytes`; whether there was a lane to take it.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        let takes = self.is_open() && !self.blocked;
        if takes {
            self.outbox.push_back(bytes.to_vec());
        }
        takes
    }

    fn fail(&mut self, now_us: u64) {
        let pause_us = PAUSE_US.0.saturating_mul(1 << self.failed.min(10)).min(PAUSE_US.1);
        self.failed = self.failed.saturating_add(1);
        self.state = State::Shut { until_us: now_us + pause_us };
        self.outbox.clear();
    }

    fn shut(&mut self, now_us: u64) {
        self.failed = 0;
        self.state = State::Shut { until_us: now_us + PAUSE_US.0 };
        self.outbox.clear();
    }
}

impl Replica {
    /// What the shell must do about the second lane; drain after `frame` and `handle_bytes`, as all that is polled.
    pub fn poll_lane(&mut self) -> Option<LaneStep> {
        self.lane.poll_step()
    }

    /// The next message for the second lane's socket.
    pub fn poll_lane_transmit(&mut self) -> Option<Vec<u8>> {
        self.lane.poll_transmit()
    }

    /// The second lane's socket opened.
    pub fn handle_lane_open(&mut self, now_us: u64) {
        if let Some(welcome) = &self.welcome {
            self.lane.opened(welcome.lane, now_us);
        }
    }

    /// The second lane's socket closed, or could not be opened.
    pub fn handle_lane_close(&mut self, now_us: u64) {
        self.lane.closed(now_us);
    }

    /// The second lane's socket takes no more for now, or takes again: meanwhile it gets no copies.
    pub fn set_lane_blocked(&mut self, blocked: bool) {
        self.lane.set_blocked(blocked);
    }

    /// Wants a lane, or wants it no more.
    pub(super) fn tend_lane(&mut self, now_us: u64) {
        let Some(clock) = &self.clock else { return };
        if clock.is_clogged(now_us) {
            self.lane.give_way(now_us);
        }
        let late = clock.surprised_within(WANTED_US, now_us);
        self.lane.tend(late && self.player.is_some() && !self.idle, now_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000;
    const KEY: LaneKey = LaneKey([7; 16]);

    /// A lane that was asked for at once and opened after a second.
    fn open() -> Lane {
        let mut lane = Lane::default();
        lane.tend(true, 0);
        assert_eq!((lane.poll_step(), lane.poll_step()), (Some(LaneStep::Open), None));
        lane.opened(KEY, S);
        lane
    }

    #[test]
    fn the_key_goes_first_and_then_a_copy_of_everything_while_the_socket_takes_it() {
        let mut lane = Lane::default();
        lane.tend(false, 0);
        assert_eq!(lane.poll_step(), None, "nobody wants one");
        assert!(!lane.send(&[1]));
        let mut lane = open();
        assert!(lane.is_open() && lane.send(&[2]));
        lane.set_blocked(true);
        assert!(!lane.send(&[3]));
        lane.set_blocked(false);
        assert!(lane.send(&[4]));
        let sent: Vec<Vec<u8>> = core::iter::from_fn(|| lane.poll_transmit()).collect();
        assert_eq!(sent, [codec::encode_opening(&Opening::Lane(KEY)), vec![2], vec![4]]);
    }

    #[test]
    fn one_that_is_no_longer_wanted_is_closed_and_says_nothing_more() {
        let mut lane = open();
        lane.tend(true, 9 * S);
        assert_eq!(lane.poll_step(), None);
        lane.tend(false, 10 * S);
        assert_eq!((lane.poll_step(), lane.is_open(), lane.poll_transmit()), (Some(LaneStep::Close), false, None));
        // The socket's own word of it comes late and changes nothing.
        lane.closed(10 * S);
        lane.tend(true, 13 * S);
        assert_eq!(lane.poll_step(), Some(LaneStep::Open));
    }

    /// Seconds at which a lane that never lives is asked for, in ten minutes.
    fn tries(fail: impl Fn(&mut Lane, u64)) -> Vec<u64> {
        let mut lane = Lane::default();
        let mut tries = Vec::new();
        for second in 0..600 {
            lane.tend(true, second * S);
            if lane.poll_step() == Some(LaneStep::Open) {
                tries.push(second);
                fail(&mut lane, second * S);
            }
        }
        tries
    }

    #[test]
    fn what_cannot_be_opened_is_tried_ever_more_rarely() {
        let refused = tries(Lane::closed);
        assert_eq!(refused, [0, 2, 6, 14, 30, 62, 126, 246, 366, 486]);
        let thrown_out = tries(|lane, now_us| {
            lane.opened(KEY, now_us);
            lane.closed(now_us + S);
        });
        assert_eq!(thrown_out.len(), refused.len());
        let silent = tries(|_, _| {});
        assert_eq!(silent[..3], [0, 11, 24], "given up after eight seconds");
    }

    #[test]
    fn a_thin_line_is_left_in_peace_for_a_minute() {
        let mut lane = open();
        lane.give_way(50 * S);
        lane.give_way(51 * S);
        assert_eq!((lane.poll_step(), lane.is_open()), (Some(LaneStep::Close), false));
        lane.tend(true, 110 * S);
        assert_eq!(lane.poll_step(), None);
        lane.tend(true, 111 * S);
        assert_eq!(lane.poll_step(), Some(LaneStep::Open));
    }

    #[test]
    fn one_that_lived_is_soon_opened_again() {
        let mut lane = open();
        lane.closed(100 * S);
        lane.tend(true, 101 * S);
        assert_eq!(lane.poll_step(), None);
        lane.tend(true, 102 * S);
        assert_eq!(lane.poll_step(), Some(LaneStep::Open));
    }
}
