//! Small stars that a ship leaves behind: each a function of where and when it began. Invariant: whoever knows the list
//! knows every pull in the arena, for any tick it still reaches back to.

use glam::Vec2;

use crate::{
    limits::HISTORY_TICKS,
    quantize::Lattice,
    tick::{TICK_HZ, Tick},
};

/// One small star.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Well {
    /// Where.
    pub pos: Lattice,
    /// It pulls from the tick after this one on.
    pub from: Tick,
}

/// How long one pulls, ticks.
pub const LIFE_TICKS: i32 = 3 * TICK_HZ as i32;
/// Its pull: `gm · r / (r² + softening²)^1.5`, u³/s². A Spark at 100 u from it just holds.
pub const GM: f32 = 2.0e6;
/// Keeps the pull finite at the centre, u.
pub const SOFTENING: f32 = 60.0;
/// The pull fades to nothing between 0.6 of this and this distance, u.
pub const REACH: f32 = 420.0;
/// How many pull at the same time; one more than that fizzles.
pub const AT_ONCE_MAX: usize = 6;
/// Kept for this long after they began: as far back as anything is reckoned.
const KEPT_TICKS: i32 = LIFE_TICKS + HISTORY_TICKS as i32;

impl Well {
    /// Whether it pulls at `tick`.
    #[must_use]
    pub fn pulls(&self, tick: Tick) -> bool {
        (1..=LIFE_TICKS).contains(&tick.since(self.from))
    }
}

/// Centres of those of `wells` that pull at `tick`.
#[must_use]
pub fn pulling(wells: &[Well], tick: Tick) -> [Option<Vec2>; AT_ONCE_MAX] {
    let mut centres = wells.iter().filter(|well| well.pulls(tick)).map(|well| well.pos.to_vec2());
    core::array::from_fn(|_| centres.next())
}

/// Lets one begin at the end of `tick`, if there is room; forgets those that are long over.
pub fn begin(wells: &mut Vec<Well>, pos: Lattice, tick: Tick) {
    forget(wells, tick);
    let next = tick.next();
    if wells.iter().filter(|well| well.pulls(next)).count() < AT_ONCE_MAX {
        wells.push(Well { pos, from: tick });
    }
}

/// Forgets those that nothing is reckoned with any more.
pub fn forget(wells: &mut Vec<Well>, tick: Tick) {
    wells.retain(|well| tick.since(well.from) <= KEPT_TICKS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_pulls_for_its_time_and_no_more_than_so_many_do() {
        let mut wells = Vec::new();
        (0..9).for_each(|i| begin(&mut wells, Lattice { x: i * 256, y: 0 }, Tick(100)));
        assert_eq!(wells.len(), AT_ONCE_MAX);
        let count = |tick| pulling(&wells, Tick(tick)).iter().flatten().count();
        assert_eq!([count(100), count(101), count(280), count(281)], [0, 6, 6, 0]);
        forget(&mut wells, Tick(100 + KEPT_TICKS as u32));
        assert_eq!(wells.len(), AT_ONCE_MAX);
        forget(&mut wells, Tick(101 + KEPT_TICKS as u32));
        assert!(wells.is_empty());
    }
}
