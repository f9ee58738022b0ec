//! Everything hard that is not a ship or a planet, at one tick: belt rocks and loose rocks. Derived each tick.
//!
//! Belts are asked where they are only near what may touch them (their orbits are formulas), so a tick costs nothing
//! for rocks that nobody is near, on the server as in prediction, which runs several ticks for every snapshot.

use glam::Vec2;

use super::{events::ShotHit, grid::Grid, layout::Layout, world::LooseRock};
use crate::{limits::BELT_SLOTS_MAX, math, tick::Tick};

/// A hard, immovable circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solid {
    /// What a shot would report.
    pub hit: ShotHit,
    /// Centre, u.
    pub centre: Vec2,
    /// Velocity, u/s.
    pub velocity: Vec2,
    /// Radius, u.
    pub radius: f32,
}

/// The hard circles of one tick.
#[derive(Debug)]
pub struct Solids<'a> {
    layout: &'a Layout,
    tick: Tick,
    standing: [u64; BELT_SLOTS_MAX / 64],
    stones: Stones,
}

/// The loose rocks of a tick, and the memory they lie in.
#[derive(Debug, Default)]
pub struct Stones {
    all: Vec<Solid>,
    centres: Vec<Vec2>,
    /// Over all of them; of use only when they are many.
    grid: Grid,
}

/// Radius of the largest rock, u.
const RADIUS_MAX: f32 = 60.0;
/// Loose rocks up to this many are looked at one by one: building a grid would cost more.
const FEW: usize = 24;

impl<'a> Solids<'a> {
    /// Standing belt rocks (`stands` by slot) and loose rocks, in the order given.
    #[must_use]
    pub fn new<'b>(
        layout: &'a Layout,
        tick: Tick,
        stands: impl Fn(usize) -> bool,
        loose: impl Iterator<Item = &'b LooseRock>,
    ) -> Solids<'a> {
        Solids::of(layout, tick, stands, loose, Stones::default())
    }

    /// The same in memory that was used before.
    #[must_use]
    pub fn of<'b>(
        layout: &'a Layout,
        tick: Tick,
        stands: impl Fn(usize) -> bool,
        loose: impl Iterator<Item = &'b LooseRock>,
        mut stones: Stones,
    ) -> Solids<'a> {
        let mut standing = [0; BELT_SLOTS_MAX / 64];
        for slot in (0..layout.slots.len()).filter(|&slot| stands(slot)) {
            standing[slot / 64] |= 1 << (slot % 64);
        }
        stones.all.clear();
        stones.all.extend(loose.map(|rock| Solid {
            hit: ShotHit::Loose(rock.id),
            centre: rock.pos.to_vec2(),
            velocity: rock.vel.to_vec2(),
            radius: rock.size.def().radius,
        }));
        if stones.all.len() > FEW {
            stones.centres.clear();
            stones.centres.extend(stones.all.iter().map(|solid| solid.centre));
            stones.grid.rebuild(&stones.centres);
        }
        Solids { layout, tick, standing, stones }
    }

    /// Gives the memory back.
    #[must_use]
    pub fn into_stones(self) -> Stones {
        self.stones
    }

    /// Solids whose circle could touch one of `radius` at `pos`, into `near`, in a fixed order: belts by slot, then
    /// loose rocks.
    pub fn near(&self, pos: Vec2, radius: f32, near: &mut Near) {
        self.within(pos, pos, radius, near);
    }

    /// First solid that a shot moving from `start` to `end` touches, and when in the tick.
    #[must_use]
    pub fn touch(&self, start: Vec2, end: Vec2, radius: f32, near: &mut Near) -> Option<(f32, ShotHit)> {
        self.within(start, end, radius, near);
        math::earliest(near.solids.iter().filter_map(|solid| {
            math::sweep_circle(start - solid.centre, end - start, solid.radius + radius).map(|t| (t, solid.hit))
        }))
    }

    fn within(&self, start: Vec2, end: Vec2, radius: f32, near: &mut Near) {
        near.solids.clear();
        near.found.clear();
        let (middle, reach) = ((start + end) * 0.5, RADIUS_MAX + radius + (end - start).length() * 0.5);
        self.layout.belt_near(middle, reach, self.tick, &mut near.found);
        near.found.sort_unstable();
        let standing = near.found.iter().map(|&slot| usize::from(slot)).filter(|&slot| self.stands(slot));
        near.solids.extend(standing.map(|slot| self.belt_rock(slot)));
        let Stones { all, grid, .. } = &self.stones;
        if all.len() > FEW {
            let reach = Vec2::splat(RADIUS_MAX + radius);
            grid.near(start.min(end) - reach, start.max(end) + reach, &mut near.found);
            near.solids.extend(near.found.iter().map(|&i| all[usize::from(i)]));
        } else {
            near.solids.extend_from_slice(all);
        }
    }

    fn stands(&self, slot: usize) -> bool {
        self.standing[slot / 64] >> (slot % 64) & 1 == 1
    }

    fn belt_rock(&self, slot: usize) -> Solid {
        Solid {
            hit: ShotHit::Belt(slot as u16),
            centre: self.layout.rock(slot, self.tick, 0.0),
            velocity: self.layout.rock_velocity(slot, self.tick),
            radius: self.layout.slots[slot].size.def().radius,
        }
    }
}

/// Memory for queries, to be used again and again.
#[derive(Debug, Clone, Default)]
pub struct Near {
    found: Vec<u16>,
    /// What was found last.
    pub solids: Vec<Solid>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{ArenaDef, RockSize},
        ids::BodyId,
        quantize::Lattice,
        rng::{Keyed, Purpose},
    };

    fn loose(count: u16, keyed: &mut Keyed) -> Vec<LooseRock> {
        let mut place = || Lattice::nearest(math::unit(keyed.angle()) * keyed.range(0.0, 1_500.0));
        (0..count)
            .map(|i| LooseRock {
                id: BodyId(i),
                size: RockSize::Large,
                pos: place(),
                vel: Lattice::ZERO,
                hull: 1,
                life: 9,
                flung: None,
            })
            .collect()
    }

    /// The same question asked of every rock there is.
    fn slow(solids: &Solids<'_>, start: Vec2, end: Vec2, radius: f32) -> Option<(f32, ShotHit)> {
        let belt =
            (0..solids.layout.slots.len()).filter(|&slot| solids.stands(slot)).map(|slot| solids.belt_rock(slot));
        let all = belt.chain(solids.stones.all.iter().copied());
        let hits = all.filter_map(|solid| {
            let t = math::sweep_circle(start - solid.centre, end - start, solid.radius + radius)?;
            Some((t, solid.hit))
        });
        math::earliest(hits)
    }

    #[test]
    fn a_shot_meets_what_it_would_meet_if_every_rock_were_asked() {
        let (mut keyed, mut near, mut hits) = (Keyed::new(1, Tick(0), 0, Purpose::Test), Near::default(), 0);
        for round in 0..4_000 {
            let layout = Layout::new(round % 7, &ArenaDef::STANDARD);
            let rocks = loose([0, 5, 60][round as usize % 3], &mut keyed);
            let solids = Solids::new(&layout, Tick(keyed.bits()), |slot| slot % 5 != 0, rocks.iter());
            let start = math::unit(keyed.angle()) * keyed.range(0.0, 2_200.0);
            let end = start + math::unit(keyed.angle()) * keyed.range(0.0, 40.0);
            let found = solids.touch(start, end, 3.0, &mut near);
            assert_eq!(found, slow(&solids, start, end, 3.0), "round {round}");
            hits += u32::from(found.is_some());
        }
        assert!(hits > 100, "only {hits} hits");
    }
}
