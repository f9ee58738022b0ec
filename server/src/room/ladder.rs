//! The ladder that a room climbs down while its ticks take too long, and up again when they do not. Sans-io: ticks go in by
//! how long they took, and out comes what the room is to do from now on.
//!
//! Invariants: it goes down a rung after a second of ticks of which more than one in twenty took longer than 12 ms, and up one
//! only after ten seconds in a row in which at most one in twenty took longer than 8 ms, so that what just fits is not
//! disturbed again; hence two steps are never less than a second of ticks apart, and a step up never less than ten after any other.

use shared::{
    room::{Relief, SNAPSHOT_TICKS_MAX},
    tick::TICK_HZ,
};

/// A tick that takes longer is too long, µs: of the 16.7 ms there are, the rest is the sockets'.
const LONG_US: u64 = 12_000;
/// One that takes longer is no reason to do more, µs.
const BUSY_US: u64 = 8_000;
/// One tick in so many may take longer: the 95th percentile counts.
const ONE_IN: u32 = 20;
/// Seconds of short ticks before a step up.
const GOOD_SECONDS: u32 = 10;

/// Where on it a room stands.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// Ticks from one snapshot to the next where all is well.
    usual: u32,
    /// Steps down from there.
    rung: u32,
    ticks: u32,
    long: u32,
    busy: u32,
    /// Good seconds in a row.
    good: u32,
}

impl Ladder {
    /// At its top, for a room that sends a snapshot every `usual` ticks.
    #[must_use]
    pub fn new(usual: u32) -> Ladder {
        Ladder { usual: usual.clamp(1, SNAPSHOT_TICKS_MAX), rung: 0, ticks: 0, long: 0, busy: 0, good: 0 }
    }

    /// Back at its top, for a room that rested.
    pub fn reset(&mut self) {
        *self = Ladder::new(self.usual);
    }

    /// Steps down from the top.
    #[must_use]
    pub fn rung(&self) -> u32 {
        self.rung
    }

    /// What the room is to do where it stands.
    #[must_use]
    pub fn relief(&self) -> Relief {
        let snapshot_ticks = self.usual + self.rung;
        let is_closed = snapshot_ticks > SNAPSHOT_TICKS_MAX;
        Relief { snapshot_ticks: snapshot_ticks.min(SNAPSHOT_TICKS_MAX), is_closed }
    }

    /// A tick took so long: whether the room is to do something else from now on.
    pub fn note(&mut self, time_us: u64) -> bool {
        self.ticks += 1;
        self.long += u32::from(time_us > LONG_US);
        self.busy += u32::from(time_us > BUSY_US);
        if self.ticks < TICK_HZ {
            return false;
        }
        let (ticks, long, busy) = (self.ticks, self.long, self.busy);
        (self.ticks, self.long, self.busy) = (0, 0, 0);
        let too_many = |count: u32| count * ONE_IN > ticks;
        let before = self.rung;
        if too_many(long) {
            (self.rung, self.good) = ((self.rung + 1).min(self.last()), 0);
        } else if too_many(busy) {
            self.good = 0;
        } else {
            self.good += 1;
            if self.good >= GOOD_SECONDS {
                (self.rung, self.good) = (self.rung.saturating_sub(1), 0);
            }
        }
        self.rung != before
    }

    /// The lowest rung: as few snapshots as there may be, and closed.
    fn last(&self) -> u32 {
        SNAPSHOT_TICKS_MAX - self.usual + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds of ticks that take so long each: after which second it stood on which rung.
    fn climb(ladder: &mut Ladder, seconds: &[(u32, u64)]) -> Vec<(u32, u32)> {
        let (mut steps, mut second) = (Vec::new(), 0);
        for &(length, time_us) in seconds {
            for _ in 0..length {
                second += 1;
                for tick in 1..=TICK_HZ {
                    if ladder.note(time_us) {
                        assert_eq!(tick, TICK_HZ, "a step in the middle of a second");
                        steps.push((second, ladder.rung()));
                    }
                }
            }
        }
        steps
    }

    #[test]
    fn a_room_that_is_too_slow_does_less_step_by_step_and_climbs_back_after_ten_good_seconds_each() {
        let mut ladder = Ladder::new(2);
        let steps = climb(&mut ladder, &[(5, 3_000), (6, 20_000), (40, 3_000)]);
        assert_eq!(steps, [(6, 1), (7, 2), (8, 3), (21, 2), (31, 1), (41, 0)]);
        assert_eq!(ladder.relief(), Relief { snapshot_ticks: 2, is_closed: false });
    }

    #[test]
    fn it_sends_less_and_less_often_and_then_closes() {
        for (usual, expected) in [(1, [1, 2, 3, 4, 4].as_slice()), (2, &[2, 3, 4, 4]), (4, &[4, 4])] {
            let mut ladder = Ladder::new(usual);
            let mut told = vec![ladder.relief()];
            while !climb(&mut ladder, &[(1, 13_000)]).is_empty() {
                told.push(ladder.relief());
            }
            assert_eq!(told.iter().map(|relief| relief.snapshot_ticks).collect::<Vec<_>>(), expected);
            assert!(told.iter().rev().skip(1).all(|relief| !relief.is_closed) && ladder.relief().is_closed);
            ladder.reset();
            assert_eq!(ladder.relief(), told[0]);
        }
    }

    #[test]
    fn what_just_fits_is_left_alone_and_a_load_that_comes_and_goes_does_not_rock_it() {
        let mut ladder = Ladder::new(2);
        assert_eq!(climb(&mut ladder, &[(1, 14_000), (120, 10_000)]), [(1, 1)], "between short and long: it stays");
        let mut ladder = Ladder::new(2);
        // Too much at the top, easy a rung below: a step up takes ten seconds, whatever comes of it.
        let (mut steps, mut last) = (0, 0);
        for second in 0..110 {
            let time_us = if ladder.rung() == 0 { 14_000 } else { 5_000 };
            if !climb(&mut ladder, &[(1, time_us)]).is_empty() {
                assert!(ladder.rung() == 1 || second - last >= 10, "second {second}");
                (steps, last) = (steps + 1, second);
            }
        }
        assert_eq!(steps, 20);
    }

    #[test]
    fn a_tick_that_is_long_now_and_then_is_no_load() {
        let mut ladder = Ladder::new(2);
        for tick in 0..6_000 {
            assert!(!ladder.note(if tick % 20 == 0 { 50_000 } else { 2_000 }), "tick {tick}");
        }
        assert_eq!(ladder.rung(), 0);
    }
}
