//! Everything hard that is not a ship or a planet, at one tick: belt rocks and loose rocks. Derived each tick.

use glam::Vec2;

use super::{events::ShotHit, grid::Grid, layout::Layout, world::LooseRock};
use crate::{math, tick::Tick};

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
#[derive(Debug, Default)]
pub struct Solids {
    all: Vec<Solid>,
    grid: Grid,
}

/// Radius of the largest rock, u.
const RADIUS_MAX: f32 = 60.0;

impl Solids {
    /// Standing belt rocks (`stands` by slot), then loose rocks in the order given.
    #[must_use]
    pub fn new<'a>(
        layout: &Layout,
        tick: Tick,
        stands: impl Fn(usize) -> bool,
        loose: impl Iterator<Item = &'a LooseRock>,
    ) -> Solids {
        let belt = (0..layout.slots.len()).filter(|&slot| stands(slot)).map(|slot| Solid {
            hit: ShotHit::Belt(slot as u16),
            centre: layout.rock(slot, tick, 0.0),
            velocity: layout.rock_velocity(slot, tick),
            radius: layout.slots[slot].size.def().radius,
        });
        let loose = loose.map(|rock| Solid {
            hit: ShotHit::Loose(rock.id),
            centre: rock.pos.to_vec2(),
            velocity: rock.vel.to_vec2(),
            radius: rock.size.def().radius,
        });
        let all: Vec<Solid> = belt.chain(loose).collect();
        let centres: Vec<Vec2> = all.iter().map(|solid| solid.centre).collect();
        Solids { grid: Grid::new(&centres), all }
    }

    /// Solids whose circle could touch one of `radius` at `pos`, in a fixed order.
    pub fn near<'a>(&'a self, pos: Vec2, radius: f32, near: &'a mut Vec<u16>) -> impl Iterator<Item = &'a Solid> {
        let reach = Vec2::splat(radius + RADIUS_MAX);
        self.grid.near(pos - reach, pos + reach, near);
        near.iter().map(|&i| &self.all[usize::from(i)])
    }

    /// First solid that a shot moving from `start` to `end` touches, and when in the tick.
    #[must_use]
    pub fn touch(&self, start: Vec2, end: Vec2, radius: f32, near: &mut Vec<u16>) -> Option<(f32, ShotHit)> {
        let reach = Vec2::splat(RADIUS_MAX + radius);
        self.grid.near(start.min(end) - reach, start.max(end) + reach, near);
        let mut best: Option<(f32, ShotHit)> = None;
        for solid in near.iter().map(|&i| &self.all[usize::from(i)]) {
            if let Some(t) = math::sweep_circle(start - solid.centre, end - start, solid.radius + radius)
                && best.is_none_or(|(earlier, _)| t < earlier)
            {
                best = Some((t, solid.hit));
            }
        }
        best
    }
}
