//! Small stars that a ship leaves behind, and the push of a repel: each a function of where and when it began. Invariant:
//! whoever knows the list knows every pull in the arena, for any tick it still reaches back to.

use glam::Vec2;

use crate::{
    limits::HISTORY_TICKS,
    quantize::Lattice,
    tick::{TICK_HZ, Tick},
};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Well {
    /// Where.
    pub pos: Lattice,
    /// It pulls from the tick after this one on.
    pub from: Tick,
    /// Which way.
    pub kind: WellKind,
}

/// Which way it pulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WellKind {
    /// Toward it, for a while: a small star.
    Star,
    /// Away from it, for a moment: a repel.
    Push,
}

impl WellKind {
    /// How long it lasts, ticks.
    #[must_use]
    pub fn life_ticks(self) -> i32 {
        match self {
            WellKind::Star => LIFE_TICKS,
            WellKind::Push => TICK_HZ as i32 * 2 / 5,
        }
    }

    /// Its pull: `gm · r / (r² + softening²)^1.5`, u³/s². A Spark at 100 u from a small star just holds; a push throws
    /// whatever is at 150 u away with 240 u/s, ships and shots alike.
    #[must_use]
    pub fn gm(self) -> f32 {
        match self {
            WellKind::Star => 2.0e6,
            WellKind::Push => -16.0e6,
        }
    }
}

/// How long the longest pulls, ticks.
pub const LIFE_TICKS: i32 = 3 * TICK_HZ as i32;
/// Keeps the pull finite at the centre, u.
pub const SOFTENING: f32 = 60.0;
/// The pull fades to nothing between 0.6 of this and this distance, u.
pub const REACH: f32 = 420.0;
/// How many pull at the same time; one more than that fizzles.
pub const AT_ONCE_MAX: usize = 6;

impl Well {
    /// Whether it pulls at `tick`.
    #[must_use]
    pub fn pulls(&self, tick: Tick) -> bool {
        (1..=self.kind.life_ticks()).contains(&tick.since(self.from))
    }
}

/// Centres of those of `wells` that pull at `tick`, u, and how strongly, u³/s².
#[must_use]
pub fn pulling(wells: &[Well], tick: Tick) -> [Option<(Vec2, f32)>; AT_ONCE_MAX] {
    let mut centres = wells.iter().filter(|well| well.pulls(tick)).map(|well| (well.pos.to_vec2(), well.kind.gm()));
    core::array::from_fn(|_| centres.next())
}

/// Lets one begin at the end of `tick`, if there is room (then it is true); forgets those that are long over.
pub fn begin(wells: &mut Vec<Well>, kind: WellKind, pos: Lattice, tick: Tick) -> bool {
    forget(wells, tick);
    let next = tick.next();
    let room = wells.iter().filter(|well| well.pulls(next)).count() < AT_ONCE_MAX;
    if room {
        wells.push(Well { pos, from: tick, kind });
    }
    room
}

/// Forgets those that nothing is reckoned with any more: each is kept for as far back as anything is reckoned.
pub fn forget(wells: &mut Vec<Well>, tick: Tick) {
    wells.retain(|well| tick.since(well.from) <= well.kind.life_ticks() + HISTORY_TICKS as i32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_pulls_for_its_time_and_no_more_than_so_many_do() {
        let mut wells = Vec::new();
        let begun = (0..9).filter(|i| begin(&mut wells, WellKind::Star, Lattice { x: i * 256, y: 0 }, Tick(100)));
        assert_eq!(begun.count(), AT_ONCE_MAX);
        assert_eq!(wells.len(), AT_ONCE_MAX);
        let count = |tick| pulling(&wells, Tick(tick)).iter().flatten().count();
        assert_eq!([count(100), count(101), count(280), count(281)], [0, 6, 6, 0]);
        let kept = (LIFE_TICKS + HISTORY_TICKS as i32) as u32;
        forget(&mut wells, Tick(100 + kept));
        assert_eq!(wells.len(), AT_ONCE_MAX);
        forget(&mut wells, Tick(101 + kept));
        assert!(wells.is_empty());
        begin(&mut wells, WellKind::Push, Lattice::ZERO, Tick(100));
        let pulls = |tick| pulling(&wells, Tick(tick))[0].is_some_and(|(_, gm)| gm < 0.0);
        assert_eq!([pulls(100), pulls(101), pulls(124), pulls(125)], [false, true, true, false]);
    }
}
