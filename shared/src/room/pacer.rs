//! When to tick: 60 times a second on an absolute schedule, so that lateness never adds up.
//!
//! Invariants: never more than two ticks without a pause, so that a late room does not starve its sockets; debt
//! above 100 ms is dropped, so that a stall makes the world late and never makes it race. Pure: time is an
//! argument.

use std::time::Duration;

use crate::tick::TICK_HZ;

/// Debt above this is forgotten.
const DEBT_MAX_US: u64 = 100_000;
/// Ticks in a row while catching up.
const BURST_MAX: u32 = 2;
/// The pause after a burst: a quarter of a tick, which still repays debt at four times real time.
const BREATH_US: u64 = 4_000;

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Run one tick, which was due this long ago, µs.
    Tick {
        /// Time since it was due.
        late_us: u64,
    },
    /// Nothing for this long.
    Sleep(Duration),
}

/// The schedule of one room.
#[derive(Debug)]
pub struct Pacer {
    /// Tick number `next` is due at `origin_us + next / TICK_HZ`; kept as a number so that no rounding adds up.
    origin_us: u64,
    next: u64,
    in_a_row: u32,
}

impl Pacer {
    /// A schedule whose first tick is due at `now_us`.
    #[must_use]
    pub fn new(now_us: u64) -> Pacer {
        Pacer { origin_us: now_us, next: 0, in_a_row: 0 }
    }

    /// Decides what to do at `now_us`; [`Pace::Tick`] counts as done.
    pub fn pace(&mut self, now_us: u64) -> Pace {
        let due_us = self.due_us();
        if now_us < due_us {
            self.in_a_row = 0;
            return Pace::Sleep(Duration::from_micros(due_us - now_us));
        }
        if now_us - due_us > DEBT_MAX_US {
            *self = Pacer { in_a_row: self.in_a_row, ..Pacer::new(now_us) };
        }
        if self.in_a_row == BURST_MAX {
            self.in_a_row = 0;
            return Pace::Sleep(Duration::from_micros(BREATH_US));
        }
        self.in_a_row += 1;
        self.next += 1;
        Pace::Tick { late_us: now_us - due_us }
    }

    fn due_us(&self) -> u64 {
        self.origin_us + self.next * 1_000_000 / u64::from(TICK_HZ)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs from 0 to `until_us` with ticks that take `cost(n)`; gives the number of ticks and the longest row.
    fn run(until_us: u64, cost_us: impl Fn(u64) -> u64) -> (u64, u32) {
        let (mut pacer, mut now, mut ticks, mut row, mut row_max) = (Pacer::new(0), 0, 0, 0, 0);
        while now < until_us {
            match pacer.pace(now) {
                Pace::Tick { .. } => {
                    now += cost_us(ticks);
                    ticks += 1;
                    row += 1;
                    row_max = row_max.max(row);
                }
                Pace::Sleep(time) => {
                    assert!(time > Duration::ZERO);
                    now += time.as_micros() as u64;
                    row = 0;
                }
            }
        }
        (ticks, row_max)
    }

    #[test]
    fn sixty_ticks_a_second_without_drift() {
        assert_eq!(run(3_600_000_000, |_| 500), (216_000, 1));
    }

    #[test]
    fn lateness_is_told_also_of_a_debt_that_is_forgotten() {
        let mut pacer = Pacer::new(0);
        for (now_us, late_us) in [(0, 0), (16_900, 234), (33_333, 0), (800_000, 750_000), (816_700, 33)] {
            // It breathes after two in a row.
            let pace =
                [pacer.pace(now_us), pacer.pace(now_us)].into_iter().find(|pace| matches!(pace, Pace::Tick { .. }));
            let Some(Pace::Tick { late_us: told }) = pace else { panic!("{pace:?} at {now_us}") };
            assert!(told.abs_diff(late_us) <= 1, "{told} at {now_us}");
        }
    }

    #[test]
    fn a_short_stall_is_caught_up_two_at_a_time() {
        let (ticks, row_max) = run(2_000_000, |n| if n == 30 { 80_000 } else { 500 });
        assert_eq!((ticks, row_max), (120, 2));
    }

    #[test]
    fn a_long_stall_is_forgotten() {
        let (ticks, row_max) = run(2_000_000, |n| if n == 30 { 1_000_000 } else { 500 });
        assert!((58..=66).contains(&ticks), "{ticks}");
        assert_eq!(row_max, 2);
    }

    #[test]
    fn ticks_that_cost_more_than_a_tick_still_leave_pauses() {
        let (ticks, row_max) = run(2_000_000, |_| 20_000);
        assert!(ticks > 80, "{ticks}");
        assert_eq!(row_max, 2);
    }
}
