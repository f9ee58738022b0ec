//! Shots: launch, fall, first touch. Bullets are formulas; only what they hit is news.

use glam::Vec2;

use super::{
    damage::{self, Hurt},
    decoys,
    events::{Cause, Event, ShotHit},
    grid::Grid,
    hits::{CATCH_UP_TICKS_MAX, Late, Target},
    movement::Kinematics,
    rocks,
    scratch::Scratch,
    sky::Sky,
    solids::{Near, Solids},
    stage::Stage,
    torus, war,
    world::{MILLI, Ship, Shot},
    wormhole,
};
use crate::{
    defs::{BoltDef, Defs, ModeDef, Mount, Pattern, ShipClass, ShipDef, Team, WeaponDef, WeaponKind, pickup},
    ids::{PlayerId, ShotKey},
    limits::SHOTS_MAX,
    math,
    quantize::{Angle, Lattice},
    tick::Tick,
};

/// Room between hull and muzzle, u, so that a shot never starts inside its own ship.
const MUZZLE_GAP: f32 = 4.0;

/// The shots that leave a mount of `ship` at `tick`, if its weapon fires bolts: position and heading after the ship's move,
/// velocity inherited.
pub fn volley(ship: &Ship, mount: Mount, tick: Tick, defs: &Defs) -> impl Iterator<Item = Shot> {
    let def = defs.ship(ship.class);
    let parts = |mount| def.weapon(mount).map_or(0, |kind| defs.weapon(kind).parts());
    let first: u8 = Mount::ALL.into_iter().take_while(|earlier| *earlier != mount).map(parts).sum();
    let (id, class, body, aim) = (ship.id, ship.class, ship.body, ship.controls.aim);
    let more = if ship.multi_left > 0 && mount == Mount::Primary { pickup::MULTI_PARTS } else { 0 };
    let last = self::parts(class, defs) as u8;
    let numbers = (first..first + parts(mount)).chain(last..last + more);
    numbers.filter_map(move |part| leave_barrel(id.player, class, body, aim, tick, part, defs))
}

/// The shot between those that `ship`'s first weapon would fire at `tick`, if it fires bolts: where the aim goes.
#[must_use]
pub fn middle(ship: &Ship, tick: Tick, defs: &Defs) -> Option<Shot> {
    let def = defs.ship(ship.class);
    let bolt = defs.weapon(def.primary).bolt()?;
    let along = if let Pattern::Turrets(_) = bolt.pattern { ship.controls.aim } else { ship.body.heading };
    let (offset, way) = barrel(Pattern::Single, 0, along, along, def.radius);
    Some(Shot {
        key: ShotKey { owner: ship.id.player, tick: tick.0 as u8, part: 0 },
        weapon: def.primary,
        pos: Lattice::nearest(ship.body.pos.to_vec2() + offset),
        vel: Lattice::nearest(ship.body.vel.to_vec2() + way * bolt.speed),
        age: 0,
    })
}

/// How many shots all the mounts of a class may fire in one tick; those of a multi-fire have the numbers after them.
#[must_use]
pub fn parts(class: ShipClass, defs: &Defs) -> usize {
    let weapons = Mount::ALL.into_iter().filter_map(|mount| defs.ship(class).weapon(mount));
    weapons.map(|kind| usize::from(defs.weapon(kind).parts())).sum()
}

/// Shot number `part` of a ship, from what anyone who sees the ship knows of it.
#[must_use]
pub fn leave_barrel(
    owner: PlayerId,
    class: ShipClass,
    body: Kinematics,
    aim: Angle,
    tick: Tick,
    part: u8,
    defs: &Defs,
) -> Option<Shot> {
    let def = defs.ship(class);
    let (weapon, bolt, number) = gun(def, part, defs)?;
    let (offset, way) = match number {
        Number::Own(number) => barrel(bolt.pattern, number, body.heading, aim, def.radius),
        Number::More(number) => one_more(bolt.pattern, number, body.heading, aim, def.radius),
    };
    Some(Shot {
        key: ShotKey { owner, tick: tick.0 as u8, part },
        weapon,
        pos: Lattice::nearest(body.pos.to_vec2() + offset),
        vel: Lattice::nearest(body.vel.to_vec2() + way * bolt.speed),
        age: 0,
    })
}

/// Which of a weapon's bolts.
enum Number {
    /// One that it always fires.
    Own(u8),
    /// One of a multi-fire.
    More(u8),
}

/// The weapon that fires shot number `part`, and which of its bolts that is.
fn gun<'a>(def: &ShipDef, mut part: u8, defs: &'a Defs) -> Option<(WeaponKind, &'a BoltDef, Number)> {
    for kind in Mount::ALL.into_iter().filter_map(|mount| def.weapon(mount)) {
        let parts = defs.weapon(kind).parts();
        if part < parts {
            return defs.weapon(kind).bolt().map(|bolt| (kind, bolt, Number::Own(part)));
        }
        part -= parts;
    }
    let primary = defs.weapon(def.primary).bolt().filter(|_| part < pickup::MULTI_PARTS);
    primary.map(|bolt| (def.primary, bolt, Number::More(part)))
}

/// Where a bolt of a multi-fire leaves a ship, from its centre, u, and which way: beside the weapon's own.
fn one_more(pattern: Pattern, number: u8, heading: Angle, aim: Angle, radius: f32) -> (Vec2, Vec2) {
    let along = if let Pattern::Turrets(_) = pattern { aim } else { heading };
    let spread = if let Pattern::Fan(_, degrees) = pattern { degrees * 0.5 } else { 0.0 };
    let turn = (spread + pickup::MULTI_DEGREES) * if number == 0 { 1.0 } else { -1.0 };
    let way = turned(along, turn).unit();
    (way * (radius + MUZZLE_GAP), way)
}

fn turned(angle: Angle, degrees: f32) -> Angle {
    Angle(angle.0.wrapping_add_signed((degrees / 360.0 * 65_536.0) as i16))
}

/// Where bolt number `number` of a pattern leaves a ship of this radius, from its centre, u, and which way.
fn barrel(pattern: Pattern, number: u8, heading: Angle, aim: Angle, radius: f32) -> (Vec2, Vec2) {
    let (nose, gap) = (heading.unit(), radius + MUZZLE_GAP);
    let sign = if number.is_multiple_of(2) { 1.0 } else { -1.0 };
    match pattern {
        Pattern::Single => (nose * gap, nose),
        Pattern::Pair(aside) => (nose * gap + nose.perp() * (aside * sign), nose),
        Pattern::Fan(parts, degrees) => {
            let turn = degrees * (f32::from(number) / f32::from((parts - 1).max(1)) - 0.5);
            (nose * gap, turned(heading, turn).unit())
        }
        Pattern::Turrets(aside) => {
            let way = aim.unit();
            (nose.perp() * (aside * sign) + way * (radius * 0.5), way)
        }
        Pattern::Sides(parts, apart) => {
            let (side, place) = (number / parts, f32::from(number % parts) - f32::from(parts - 1) * 0.5);
            let way = nose.perp() * if side == 0 { 1.0 } else { -1.0 };
            (way * gap + nose * (apart * place), way)
        }
    }
}

/// Where the shots of a ship begin.
#[must_use]
pub fn muzzle(class: ShipClass, body: Kinematics, defs: &Defs) -> Lattice {
    let gap = defs.ship(class).radius + MUZZLE_GAP;
    Lattice::nearest(body.pos.to_vec2() + body.heading.unit() * gap)
}

/// Moves a shot by one tick; returns where its way began, or `None` if its time is up.
pub fn advance(shot: &mut Shot, sky: &Sky<'_>, defs: &Defs) -> Option<Vec2> {
    let start = shot.pos.to_vec2();
    shot.age += 1;
    if shot.age > defs.weapon(shot.weapon).life_ticks() {
        return None;
    }
    sky.fall(&mut shot.pos, &mut shot.vel);
    // Where space comes round, the way of a shot that did begins on this side.
    Some(wormhole::start(start, shot.pos.to_vec2(), shot.vel.to_vec2()))
}

/// When, in `[0, 1]` of this tick, a shot's path touches the star, a planet or a core, and which.
#[must_use]
pub fn touch_sky(start: Vec2, end: Vec2, radius: f32, sky: &Sky<'_>) -> Option<(f32, ShotHit)> {
    let star = math::sweep_circle(start, end - start, sky.arena.star.radius + radius).map(|t| (t, ShotHit::Star));
    let planets = sky.arena.planets.iter().zip(sky.planets).enumerate().filter_map(|(i, (planet, centre))| {
        let t = math::sweep_circle(start - centre, end - start, planet.radius + radius)?;
        Some((t, ShotHit::Planet(i as u8)))
    });
    let reach = sky.arena.core.as_ref().map_or(0.0, |core| core.radius) + radius;
    let cores = sky.cores.into_iter().flatten().zip(Team::ALL).filter_map(|((centre, _), team)| {
        Some((math::sweep_circle(start - centre, end - start, reach)?, ShotHit::Core(team)))
    });
    math::earliest(star.into_iter().chain(planets).chain(cores))
}

/// Ships as targets of this tick: where each was before it moved and where it is now.
#[derive(Debug, Default)]
pub struct Targets {
    all: Vec<Target>,
    grid: Grid,
    /// Where space comes round, u; 0: nowhere.
    wrap_half: f32,
}

impl Targets {
    /// Forgets all of them, keeps the memory; space comes round at `wrap_half`, u, or nowhere (0).
    pub fn clear(&mut self, wrap_half: f32) {
        self.all.clear();
        self.wrap_half = wrap_half;
    }

    /// One more, in order of slots; then [`Targets::index`].
    pub fn push(&mut self, target: Target) {
        self.all.push(target);
    }

    /// One more if there is one, likewise.
    pub fn extend(&mut self, target: Option<Target>) {
        self.all.extend(target);
    }

    /// All are there: makes them findable. `centres` is memory.
    pub fn index(&mut self, centres: &mut Vec<Vec2>) {
        centres.clear();
        centres.extend(self.all.iter().map(|target| target.now));
        self.grid.rebuild(centres);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Target> {
        self.all.iter().copied()
    }

    /// First ship that `owner` does not spare and a shot moving from `start` to `end` touches, in the ship's own frame.
    #[must_use]
    pub fn touch(
        &self,
        (owner, mode): (PlayerId, &ModeDef),
        start: Vec2,
        end: Vec2,
        radius: f32,
        near: &mut Vec<u16>,
    ) -> Option<(f32, ShotHit)> {
        self.first_near((owner, mode), start, end, near, |target| {
            let motion = (end - start) - (target.now - target.before);
            math::sweep_circle(start - target.before, motion, target.radius + radius)
        })
    }

    /// The same with every ship held where it is now, for a shot that catches up.
    #[must_use]
    pub fn touch_standing(
        &self,
        (owner, mode): (PlayerId, &ModeDef),
        start: Vec2,
        end: Vec2,
        radius: f32,
        near: &mut Vec<u16>,
    ) -> Option<(f32, ShotHit)> {
        self.first_near((owner, mode), start, end, near, |target| {
            math::sweep_circle(start - target.now, end - start, target.radius + radius)
        })
    }

    fn first_near(
        &self,
        (owner, mode): (PlayerId, &ModeDef),
        start: Vec2,
        end: Vec2,
        near: &mut Vec<u16>,
        meets: impl Fn(&Target) -> Option<f32>,
    ) -> Option<(f32, ShotHit)> {
        // Across the seam there is one ship at most: all are looked at.
        let reach = Vec2::splat(if self.wrap_half > 0.0 { f32::INFINITY } else { TARGET_REACH });
        self.grid.near(start.min(end) - reach, start.max(end) + reach, near);
        let others = near.iter().map(|&i| self.all[usize::from(i)]);
        let others = others.filter(|target| !mode.spares(owner, target.id.player)).map(|target| {
            let shift = torus::image_shift(target.now, end, self.wrap_half);
            Target { before: target.before + shift, now: target.now + shift, ..target }
        });
        math::earliest(others.filter_map(|target| Some((meets(&target)?, ShotHit::Ship(target.id.player)))))
    }
}

/// Largest ship radius plus its largest step in a tick, with room to spare, u.
const TARGET_REACH: f32 = 64.0;

/// Moves every shot and settles what it hits.
pub(super) fn resolve(stage: &mut Stage<'_>, solids: &Solids<'_>, scratch: &mut Scratch) {
    let mut shots = std::mem::take(&mut stage.world.shots);
    let Scratch { targets, found, near, .. } = scratch;
    shots.retain_mut(|shot| {
        let Some(start) = advance(shot, &stage.sky, stage.defs) else { return false };
        let (end, radius) = (shot.pos.to_vec2(), self::radius(shot, stage.defs));
        let ship = targets.touch((shot.key.owner, &stage.defs.mode), start, end, radius, found);
        settle(stage, shot, start, ship, solids, near)
    });
    stage.world.shots = shots;
}

/// Collision radius of a shot, u.
#[must_use]
pub fn radius(shot: &Shot, defs: &Defs) -> f32 {
    defs.weapon(shot.weapon).bolt().map_or(0.0, |bolt| bolt.radius)
}

/// Ends a shot that moved from `start` on the first thing it met; true when it flies on.
fn settle(
    stage: &mut Stage<'_>,
    shot: &Shot,
    start: Vec2,
    ship: Option<(f32, ShotHit)>,
    solids: &Solids<'_>,
    near: &mut Near,
) -> bool {
    let (end, radius) = (shot.pos.to_vec2(), self::radius(shot, stage.defs));
    let hits = [ship, solids.touch(start, end, radius, near), touch_sky(start, end, radius, &stage.sky)];
    let Some((t, hit)) = math::earliest(hits.into_iter().flatten()) else { return true };
    let pos = Lattice::nearest(start + (end - start) * t);
    stage.events.push(Event::ShotEnded { key: shot.key, hit, pos });
    strike(stage, shot.key.owner, shot.weapon, hit);
    false
}

/// What a shot or ray of `owner` does to what it hit.
pub(super) fn strike(stage: &mut Stage<'_>, owner: PlayerId, weapon: WeaponKind, hit: ShotHit) {
    let WeaponDef { damage: points, rock_damage, .. } = *stage.defs.weapon(weapon);
    match hit {
        ShotHit::Ship(player) if player.is_decoy() => decoys::dissolve(stage, player),
        ShotHit::Ship(player) => {
            let hurt = Hurt { amount: i32::from(points) * MILLI, by: Some(owner), cause: Cause::Shot(weapon) };
            damage::hurt(stage, player, hurt);
        }
        ShotHit::Belt(slot) => rocks::chip_belt(stage, slot, rock_damage),
        ShotHit::Loose(id) => rocks::chip_loose(stage, id, rock_damage),
        ShotHit::Core(team) => war::strike(stage, team, owner, points),
        ShotHit::Planet(_) | ShotHit::Star => {}
    }
}

/// Adds the shots of this tick.
pub(super) fn add_all(stage: &mut Stage<'_>, solids: &Solids<'_>, scratch: &mut Scratch) {
    let mut bolts = std::mem::take(&mut scratch.bolts);
    bolts.drain(..).for_each(|(shot, late)| add(stage, shot, late, solids, scratch));
    scratch.bolts = bolts;
}

/// Adds a shot of this tick whose trigger came late, or on time; in a full arena it fizzles.
///
/// A late shot is named and aged by the tick in which its pilot fired, so that the one on the pilot's screen is the
/// same shot. It catches up at once, against everything as it stands *now*: who has dodged meanwhile has dodged.
/// However little it catches up, it ends when it would have.
fn add(stage: &mut Stage<'_>, mut shot: Shot, late: Late, solids: &Solids<'_>, scratch: &mut Scratch) {
    let Scratch { targets, found, near, .. } = scratch;
    if stage.world.shots.len() >= SHOTS_MAX {
        return;
    }
    let catch_up = late.catch_up.min(CATCH_UP_TICKS_MAX).min(late.ticks);
    shot.key.tick = stage.world.tick.plus(-i32::from(late.ticks)).0 as u8;
    shot.age = u16::from(late.ticks - catch_up);
    for _ in 0..catch_up {
        let Some(start) = advance(&mut shot, &stage.sky, stage.defs) else { return };
        let (end, radius) = (shot.pos.to_vec2(), self::radius(&shot, stage.defs));
        let ship = targets.touch_standing((shot.key.owner, &stage.defs.mode), start, end, radius, found);
        if !settle(stage, &shot, start, ship, solids, near) {
            return;
        }
    }
    stage.world.shots.push(shot);
}
