//! The simulation's unit of time. Invariant: one tick is exactly 1/60 s, on both ends, always.

use serde::{Deserialize, Serialize};

/// Simulation rate. 60 Hz because responsiveness below 40 Hz is visible and a ship at 500 u/s moves half its
/// radius per tick.
pub const TICK_HZ: u32 = 60;
/// Length of one tick, s.
pub const DT: f32 = 1.0 / TICK_HZ as f32;
/// Length of one tick, µs, rounded down (error 0.7 µs per tick; only shells use it, with their own carry).
pub const TICK_US: u64 = 1_000_000 / TICK_HZ as u64;

/// A moment of simulated time. Wraps after 2.2 years; all comparisons go through [`Tick::since`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct Tick(pub u32);

impl Tick {
    /// Signed number of ticks from `earlier` to `self`, right across the wrap for distances below 2^31.
    #[must_use]
    pub fn since(self, earlier: Tick) -> i32 {
        self.0.wrapping_sub(earlier.0).cast_signed()
    }

    /// The tick `ticks` later (earlier when negative).
    #[must_use]
    pub fn plus(self, ticks: i32) -> Tick {
        Tick(self.0.wrapping_add_signed(ticks))
    }

    /// The following tick.
    #[must_use]
    pub fn next(self) -> Tick {
        self.plus(1)
    }

    /// Whether `self` lies strictly after `other`.
    #[must_use]
    pub fn is_after(self, other: Tick) -> bool {
        self.since(other) > 0
    }
}

/// Whole ticks in `seconds`, rounded to nearest.
#[must_use]
pub const fn ticks(seconds: f32) -> u16 {
    (seconds * TICK_HZ as f32 + 0.5) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_the_wrap() {
        let late = Tick(u32::MAX - 3);
        assert!(late.plus(10).is_after(late));
        assert_eq!(late.plus(10).since(late), 10);
        assert_eq!(late.since(late.plus(10)), -10);
    }
}
