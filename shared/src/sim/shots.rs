//! Shots: launch, fall, first touch. Bullets are formulas; only what they hit is news.

use glam::Vec2;

use super::{
    damage::{self, Hurt},
    events::{Cause, Event, ShotHit},
    grid::Grid,
    movement::Kinematics,
    rocks,
    sky::Sky,
    solids::{Near, Solids},
    stage::Stage,
    world::{MILLI, Ship, Shot},
};
use crate::{
    defs::{Defs, ShipClass},
    ids::{PlayerId, ShotKey},
    limits::SHOTS_MAX,
    math,
    quantize::Lattice,
    tick::Tick,
};

/// Room between hull and muzzle, u, so that a shot never starts inside its own ship.
const MUZZLE_GAP: f32 = 4.0;

/// The shot that leaves `ship`'s barrel at `tick`: position and heading after the ship's move, velocity inherited.
#[must_use]
pub fn launch(ship: &Ship, tick: Tick, defs: &Defs) -> Shot {
    leave_barrel(ship.id.player, ship.class, ship.body, tick, defs)
}

/// The same from what anyone who sees the ship knows of it.
#[must_use]
pub fn leave_barrel(owner: PlayerId, class: ShipClass, body: Kinematics, tick: Tick, defs: &Defs) -> Shot {
    let def = defs.ship(class);
    let nose = body.heading.unit();
    Shot {
        key: ShotKey { owner, tick: tick.0 as u8 },
        weapon: def.primary,
        pos: Lattice::nearest(body.pos.to_vec2() + nose * (def.radius + MUZZLE_GAP)),
        vel: Lattice::nearest(body.vel.to_vec2() + nose * defs.weapon(def.primary).speed),
        age: 0,
    }
}

/// Moves a shot by one tick; returns where it started, or `None` if its time is up.
pub fn advance(shot: &mut Shot, sky: &Sky<'_>, defs: &Defs) -> Option<Vec2> {
    let start = shot.pos.to_vec2();
    shot.age += 1;
    if shot.age > defs.weapon(shot.weapon).life_ticks {
        return None;
    }
    sky.fall(&mut shot.pos, &mut shot.vel);
    Some(start)
}

/// When, in `[0, 1]` of this tick, a shot's path touches the star or a planet, and which.
#[must_use]
pub fn touch_sky(start: Vec2, end: Vec2, radius: f32, sky: &Sky<'_>) -> Option<(f32, ShotHit)> {
    let star = math::sweep_circle(start, end - start, sky.arena.star.radius + radius).map(|t| (t, ShotHit::Star));
    let planets = sky.arena.planets.iter().zip(sky.planets).enumerate().filter_map(|(i, (planet, centre))| {
        let t = math::sweep_circle(start - centre, end - start, planet.radius + radius)?;
        Some((t, ShotHit::Planet(i as u8)))
    });
    first(star.into_iter().chain(planets))
}

fn first(hits: impl Iterator<Item = (f32, ShotHit)>) -> Option<(f32, ShotHit)> {
    hits.fold(None, |best, hit| match best {
        Some((t, _)) if t <= hit.0 => best,
        _ => Some(hit),
    })
}

/// Ships as targets of this tick: where each was before it moved and where it is now.
#[derive(Debug, Default)]
pub struct Targets {
    players: Vec<PlayerId>,
    before: Vec<Vec2>,
    now: Vec<Vec2>,
    radius: Vec<f32>,
    grid: Grid,
}

impl Targets {
    /// Targets from (player, position before, position now, radius), in order of slots.
    #[must_use]
    pub fn new(ships: impl Iterator<Item = (PlayerId, Vec2, Vec2, f32)>) -> Targets {
        let mut targets = Targets::default();
        for (player, before, now, radius) in ships {
            targets.players.push(player);
            targets.before.push(before);
            targets.now.push(now);
            targets.radius.push(radius);
        }
        targets.grid.rebuild(&targets.now);
        targets
    }

    /// First ship other than `owner` that a shot moving from `start` to `end` touches, in the ship's own frame.
    #[must_use]
    pub fn touch(
        &self,
        owner: PlayerId,
        start: Vec2,
        end: Vec2,
        radius: f32,
        near: &mut Vec<u16>,
    ) -> Option<(f32, ShotHit)> {
        let reach = Vec2::splat(TARGET_REACH);
        self.grid.near(start.min(end) - reach, start.max(end) + reach, near);
        first(near.iter().map(|&i| usize::from(i)).filter(|&i| self.players[i] != owner).filter_map(|i| {
            let motion = (end - start) - (self.now[i] - self.before[i]);
            let t = math::sweep_circle(start - self.before[i], motion, self.radius[i] + radius)?;
            Some((t, ShotHit::Ship(self.players[i])))
        }))
    }
}

/// Largest ship radius plus its largest step in a tick, with room to spare, u.
const TARGET_REACH: f32 = 64.0;

/// Moves every shot and settles what it hits.
pub(super) fn resolve(stage: &mut Stage<'_>, targets: &Targets, solids: &Solids<'_>) {
    let mut shots = std::mem::take(&mut stage.world.shots);
    let (mut near, mut rocks_near) = (Vec::new(), Near::default());
    shots.retain_mut(|shot| {
        let Some(start) = advance(shot, &stage.sky, stage.defs) else { return false };
        let end = shot.pos.to_vec2();
        let radius = stage.defs.weapon(shot.weapon).radius;
        let hits = [
            targets.touch(shot.key.owner, start, end, radius, &mut near),
            solids.touch(start, end, radius, &mut rocks_near),
            touch_sky(start, end, radius, &stage.sky),
        ];
        let Some((t, hit)) = first(hits.into_iter().flatten()) else { return true };
        strike(stage, shot, hit, Lattice::nearest(start + (end - start) * t));
        false
    });
    stage.world.shots = shots;
}

fn strike(stage: &mut Stage<'_>, shot: &Shot, hit: ShotHit, pos: Lattice) {
    let points = stage.defs.weapon(shot.weapon).damage;
    stage.events.push(Event::ShotEnded { key: shot.key, hit, pos });
    match hit {
        ShotHit::Ship(player) => {
            let hurt =
                Hurt { amount: i32::from(points) * MILLI, by: Some(shot.key.owner), cause: Cause::Shot(shot.weapon) };
            damage::hurt(stage, player, hurt);
        }
        ShotHit::Belt(slot) => rocks::chip_belt(stage, slot, points),
        ShotHit::Loose(id) => rocks::chip_loose(stage, id, points),
        ShotHit::Planet(_) | ShotHit::Star => {}
    }
}

/// Adds a shot of this tick; in a full arena it fizzles.
pub(super) fn add(stage: &mut Stage<'_>, shot: Shot) {
    if stage.world.shots.len() < SHOTS_MAX {
        stage.world.shots.push(shot);
    }
}
