//! The last seconds as they really were, for holding pictures and predictions against. Invariant: recorded once per
//! tick from the room's own world, never from what a client says.

use glam::Vec2;
use shared::{
    defs::Defs,
    ids::{PlayerId, ShipId},
    sim::{Layout, World, tow::Hook, wells, wormhole},
    tick::{DT, Tick},
};

/// Ticks kept: longer than any line is late.
const KEPT: usize = 1_024;
/// Things this near may have touched, u: a tick of motion and what client and room may differ by.
const TOUCH_U: f32 = 30.0;
/// …and ships that a client has guessed for long, because a frugal room left them out of its last messages or nothing
/// came at all: it believes in them where they no longer are…
const GUESSED_TOUCH_U: f32 = 150.0;
/// …after this long without news, ticks.
const GUESSED_TICKS: i32 = 20;
/// The edge may be elsewhere than a client on a bad line believes by this much, u: it moves some 20 u/s, either way.
const EDGE_U: f32 = 120.0;
/// A loose rock that broke, or a line that was let go, is still believed in by a client for this long, ticks.
const GHOST_TICKS: i32 = 90;

/// A disc at one tick.
#[derive(Debug, Clone, Copy)]
struct Disc {
    pos: Vec2,
    vel: Vec2,
    radius: f32,
}

#[derive(Debug, Clone, Default)]
struct Moment {
    tick: Tick,
    edge: f32,
    ships: Vec<(ShipId, Disc)>,
    loose: Vec<Disc>,
    /// Ships at either end of a tow line: the other end's pilot pulls too.
    tied: Vec<PlayerId>,
    /// Small stars whose pull a client may not know of yet, or no longer.
    wells: Vec<Vec2>,
}

/// The ring of moments.
#[derive(Debug)]
pub struct Truth {
    ring: Vec<Moment>,
    defs: Defs,
    /// Ships this near may have touched, u.
    touch_u: f32,
}

impl Truth {
    /// Of a room that has bytes enough, or of a frugal one.
    #[must_use]
    pub fn new(frugal: bool) -> Truth {
        let touch_u = if frugal { GUESSED_TOUCH_U } else { TOUCH_U };
        Truth { ring: vec![Moment::default(); KEPT], defs: Defs::standard(), touch_u }
    }

    /// Remembers `world` as it is.
    pub fn record(&mut self, world: &World) {
        let Truth { ring, defs, .. } = self;
        let moment = &mut ring[world.tick.0 as usize % KEPT];
        moment.tick = world.tick;
        moment.edge = world.edge.radius_u();
        moment.ships.clear();
        moment.ships.extend(world.shown_ships().map(|ship| {
            let radius = defs.ship(ship.class).radius;
            (ship.id, Disc { pos: ship.body.pos.to_vec2(), vel: ship.body.vel.to_vec2(), radius })
        }));
        moment.wells.clear();
        moment.wells.extend(world.wells.iter().map(|well| well.pos.to_vec2()));
        moment.tied.clear();
        for ship in world.ships() {
            match ship.line {
                Some(Hook::Ship(other)) => moment.tied.extend([ship.id.player, other]),
                Some(Hook::Rock(_)) => moment.tied.push(ship.id.player),
                None => {}
            }
        }
        moment.loose.clear();
        moment.loose.extend(world.rocks.iter().map(|rock| Disc {
            pos: rock.pos.to_vec2(),
            vel: rock.vel.to_vec2(),
            radius: rock.size.def().radius,
        }));
    }

    fn at(&self, tick: Tick) -> Option<&Moment> {
        Some(&self.ring[tick.0 as usize % KEPT]).filter(|moment| moment.tick == tick)
    }

    fn disc(&self, tick: Tick, id: ShipId) -> Option<Disc> {
        self.at(tick)?.ships.iter().find(|(ship, _)| *ship == id).map(|(_, disc)| *disc)
    }

    /// Whether `tick` has been recorded.
    #[must_use]
    pub fn has(&self, tick: Tick) -> bool {
        self.at(tick).is_some()
    }

    /// Where a ship was between `tick` and the next, u.
    #[must_use]
    pub fn place(&self, id: ShipId, tick: Tick, alpha: f32) -> Option<Vec2> {
        let (from, to) = (self.disc(tick, id)?, self.disc(tick.next(), id)?);
        Some(wormhole::start(from.pos, to.pos, to.vel).lerp(to.pos, alpha))
    }

    /// Whether the ship may have touched anything, or been where the edge pushes, in the ticks after `from` up to `to`;
    /// also when that is not remembered or the ship was not there throughout.
    #[must_use]
    pub fn may_have_touched(&self, id: ShipId, from: Tick, to: Tick, layout: &Layout) -> bool {
        let ticks = to.since(from);
        let ships_u = if ticks > GUESSED_TICKS { GUESSED_TOUCH_U } else { self.touch_u };
        (0..=ticks).any(|i| self.touches(id, from.plus(i), ships_u, layout))
    }

    fn touches(&self, id: ShipId, tick: Tick, ships_u: f32, layout: &Layout) -> bool {
        let (Some(own), Some(now)) = (self.disc(tick, id), self.at(tick)) else { return true };
        let near = |pos: Vec2, radius: f32| own.pos.distance(pos) < own.radius + radius + TOUCH_U;
        let star = &self.defs.arena.star;
        let mut planets = self.defs.arena.planets.iter().enumerate();
        let mut belt = (0..layout.slots.len()).map(|slot| (layout.rock(slot, tick, 0.0), layout.slots[slot].size));
        // The edge moves when somebody comes or goes, which a client learns late.
        own.pos.length() > now.edge - self.defs.arena.margin - EDGE_U
            || near(Vec2::ZERO, star.radius)
            || now.wells.iter().any(|&well| near(well, wells::REACH))
            || now.ships.iter().any(|(other, disc)| *other != id && near(disc.pos, disc.radius + ships_u - TOUCH_U))
            || planets.any(|(i, planet)| near(layout.planet(i, tick, 0.0), planet.radius))
            || belt.any(|(pos, size)| near(pos, size.def().radius))
            || (0..GHOST_TICKS).any(|age| self.at(tick.plus(-age)).is_some_and(|then| then.tied.contains(&id.player)))
            || (0..GHOST_TICKS).step_by(3).any(|age| {
                let passed_s = age as f32 * DT;
                let moment = self.at(tick.plus(-age));
                // Falling bends the way a little; the longer ago, the wider the berth.
                let berth = 60.0 * passed_s;
                moment.is_some_and(|moment| {
                    moment.loose.iter().any(|rock| near(rock.pos + rock.vel * passed_s, rock.radius + berth))
                })
            })
    }
}
