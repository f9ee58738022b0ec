//! Where everything is at one tick, by grid, for interest queries. Derived; rebuilt once per tick, read by all.

use glam::Vec2;

use crate::{
    ids::PlayerId,
    sim::{World, grid::Grid},
};

/// A rectangle of interest, axis-aligned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Its middle, u.
    pub centre: Vec2,
    /// Half extents, u.
    pub half: Vec2,
}

impl Area {
    /// Whether `pos` lies inside, the area grown by `grow` (1 = as it is).
    #[must_use]
    pub fn holds(&self, pos: Vec2, grow: f32) -> bool {
        (pos - self.centre).abs().cmple(self.half * grow).all()
    }
}

/// One kind of thing: where each is.
#[derive(Debug, Clone, Default)]
pub struct Places {
    at: Vec<Vec2>,
    grid: Grid,
}

impl Places {
    fn rebuild(&mut self, places: impl Iterator<Item = Vec2>) {
        self.at.clear();
        self.at.extend(places);
        self.grid.rebuild(&self.at);
    }

    /// Indices of the things inside `area` into `found`, in a fixed order.
    pub fn within(&self, area: &Area, found: &mut Vec<u16>) {
        self.grid.touched(area.centre - area.half, area.centre + area.half, found);
        found.retain(|&i| area.holds(self.at[usize::from(i)], 1.0));
    }

    /// Where thing `index` is.
    #[must_use]
    pub fn at(&self, index: usize) -> Vec2 {
        self.at[index]
    }
}

/// Everything, at one tick.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Names of the ships and decoys in `ships`, in the same order.
    pub players: Vec<PlayerId>,
    /// Ships.
    pub ships: Places,
    /// Shots, in the order of `World::shots`.
    pub shots: Places,
    /// Loose rocks, in the order of `World::rocks`.
    pub rocks: Places,
    /// Pickups, in the order of `World::pickups`.
    pub pickups: Places,
    /// Belt slots.
    pub belt: Places,
}

impl Index {
    /// Looks over `world` anew.
    pub fn rebuild(&mut self, world: &World) {
        self.players.clear();
        self.players.extend(world.shown_ships().map(|ship| ship.id.player));
        self.ships.rebuild(world.shown_ships().map(|ship| ship.body.pos.to_vec2()));
        self.shots.rebuild(world.shots.iter().map(|shot| shot.pos.to_vec2()));
        self.rocks.rebuild(world.rocks.iter().map(|rock| rock.pos.to_vec2()));
        self.pickups.rebuild(world.pickups.iter().map(|pickup| pickup.pos.to_vec2()));
        self.belt.rebuild((0..world.belt.len()).map(|slot| world.layout.rock(slot, world.tick, 0.0)));
    }
}
