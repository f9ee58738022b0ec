//! How single things are drawn between two ticks: what the scribe of a connection and the projector of a recording
//! share. Invariant: pure functions of exact states; `shown` is the earlier tick, `alpha` how far into the next.

use glam::Vec2;

use super::view::{
    BeamKind, BeamView, CoreView, FORECAST_POINTS, FORECAST_STRIDE, Gauges, MouthView, PickupView, RockId, RockView,
    ShipView, ShotView, View, blend_heading,
};
use crate::{
    defs::{Defs, Special, Team, mode::TEAMS, tow},
    ids::PlayerId,
    math,
    protocol::{entity_state::PublicShip, reckon::Reckoner},
    sim::{Hook, Kinematics, Layout, LooseRock, Pickup, Ship, Shot, Sky, helm, world::MILLI, wormhole},
    tick::{DT, TICK_HZ, Tick},
};

/// Pickups blink in their last seconds.
const FADING_TICKS: u16 = 3 * TICK_HZ as u16;

/// Where something is between two ticks: position, velocity and direction of the nose.
pub type Drawn = (Vec2, Vec2, f32);

/// Between two states of one ship; who went through the wormhole is on this side of it.
#[must_use]
pub fn between(before: Kinematics, now: Kinematics, alpha: f32) -> Drawn {
    let (end, vel) = (now.pos.to_vec2(), now.vel.to_vec2());
    let pos = wormhole::start(before.pos.to_vec2(), end, vel).lerp(end, alpha);
    (pos, vel, blend_heading(before.heading, now.heading, alpha))
}

/// The wormhole at `tick`, into `view`.
pub fn wormhole(layout: &Layout, defs: &Defs, tick: Tick, view: &mut View) {
    view.mouths = None;
    if defs.arena.wormhole.radius <= 0.0 {
        return;
    }
    let (mouths, coming) = (layout.wormhole.mouths(tick), layout.wormhole.coming(tick));
    view.mouths = Some(core::array::from_fn(|end| MouthView {
        pos: mouths[end],
        coming: coming[end].map(|coming| (coming.pos, coming.ticks as f32 * DT)),
    }));
}

/// The teams' cores at `tick` and `alpha` past it, into `view`, whose round is up to date.
pub fn cores(layout: &Layout, defs: &Defs, tick: Tick, alpha: f32, view: &mut View) {
    let full = f32::from(defs.mode.terms.core_hull).max(1.0);
    let hulls = view.round.map_or([0; TEAMS], |round| round.cores);
    view.cores = layout.cores(tick, alpha).map(|cores| {
        Team::ALL.map(|team| {
            let hull = f32::from(hulls[team as usize]) / full;
            CoreView { team, pos: cores[team as usize].0, hull }
        })
    });
}

/// A ship that is known exactly.
#[must_use]
pub fn ship(ship: &Ship, defs: &Defs, (pos, vel, heading_rad): Drawn, own: bool) -> ShipView {
    let def = defs.ship(ship.class);
    let share = |value: i32, full: u16| value as f32 / (f32::from(full) * MILLI as f32).max(1.0);
    ShipView {
        id: ship.id,
        class: ship.class,
        pos,
        vel,
        heading_rad,
        buttons: ship.controls.buttons,
        hull: share(ship.hull, def.hull),
        shield: share(ship.shield, def.shield).min(1.0),
        protected: ship.protection > 0,
        charging: ship.charge > 0,
        special: ship.special_left > 0,
        over: ship.shield > i32::from(def.shield) * MILLI,
        multi: ship.multi_left > 0,
        line: ship.line,
        own,
        stale: false,
    }
}

/// What the pilot of `ship` reads.
#[must_use]
pub fn gauges(ship: &Ship, defs: &Defs, sky: &Sky<'_>, edge_radius: f32) -> Gauges {
    let def = defs.ship(ship.class);
    let points = |value: i32, full: u16| (value.max(0) as f32 / MILLI as f32, f32::from(full));
    let at = ship.body.pos.to_vec2();
    Gauges {
        hull: points(ship.hull, def.hull),
        shield: points(ship.shield, def.shield),
        energy: points(ship.energy, def.energy),
        cargo: (ship.cargo, def.hold),
        speed: ship.body.vel.to_vec2().length(),
        speed_cap: def.speed_cap,
        protection_s: f32::from(ship.protection) * DT,
        bonus: sky.bonus(at),
        orbiting: helm::orbits(ship, sky),
        burning: at.length() < defs.arena.star.ring_radius,
        outside: at.length() > edge_radius,
        special: special_ready(ship, defs),
        special_on: ship.special_left > 0,
        boost: boost_ready(ship, defs),
        over_s: over_s(ship, def.shield),
        multi_s: f32::from(ship.multi_left) * DT,
        repel: ship.repel,
        decoy: ship.decoy,
    }
}

/// Seconds until an over-shield has worn off, if nothing strikes it.
fn over_s(ship: &Ship, shield: u16) -> f32 {
    let full = i32::from(shield) * MILLI;
    (ship.shield - full).max(0) as f32 / helm::over_decay(full) as f32 * DT
}

/// How ready the special is, 0..=1: the lesser of its rest and of the energy that it needs.
fn special_ready(ship: &Ship, defs: &Defs) -> f32 {
    let def = &defs.ship(ship.class).special;
    if ship.special_left > 0 {
        return 1.0;
    }
    let rest = 1.0 - share(u32::from(ship.special_wait), u32::from(def.wait_ticks));
    rest.min(if let Special::LongView(_) = def.kind { 1.0 } else { affords(ship, def.energy_to_begin()) })
}

/// How ready the boost is, or the second weapon in its place, 0..=1.
fn boost_ready(ship: &Ship, defs: &Defs) -> f32 {
    let def = defs.ship(ship.class);
    match def.second.map(|kind| defs.weapon(kind)) {
        Some(weapon) => {
            let rest = 1.0 - share(u32::from(ship.second_wait), u32::from(weapon.period_ticks));
            rest.min(affords(ship, weapon.energy))
        }
        None if ship.boost_left > 0 => 1.0,
        None => affords(ship, def.boost_energy),
    }
}

fn affords(ship: &Ship, energy: u16) -> f32 {
    share((ship.energy.max(0) / MILLI).cast_unsigned(), u32::from(energy)).min(1.0)
}

fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { f32::from(u8::from(part > 0)) } else { part as f32 / whole as f32 }
}

/// The beams that are on in `view`, each as far as the first thing in its way, or to whom it mends.
pub fn beams(view: &mut View, defs: &Defs) {
    view.beams.clear();
    for ship in &view.ships {
        let def = defs.ship(ship.class);
        let nose = Vec2::from_angle(ship.heading_rad);
        if let Some(ray) = defs.weapon(def.primary).ray().filter(|ray| ship.charging && ray.is_beam()) {
            let from = ship.pos + nose * def.radius;
            let way = nose * ray.range;
            let rocks = view.rocks.iter().map(|rock| (rock.pos, rock.size.def().radius));
            let others = view.ships.iter().filter(|other| !defs.mode.spares(ship.id.player, other.id.player));
            let ships = others.map(|other| (other.pos, defs.ship(other.class).radius));
            let planets = view.planets.iter().zip(&defs.arena.planets).map(|(centre, planet)| (*centre, planet.radius));
            let met = rocks
                .chain(ships)
                .chain(planets)
                .filter_map(|(centre, radius)| math::sweep_circle(from - centre, way, radius));
            let end = met.fold(1.0, f32::min);
            view.beams.push(BeamView { from, to: from + way * end, kind: BeamKind::Cuts, strikes: end < 1.0 });
        }
        let Some(Special::Repair(reach)) = ship.special.then_some(def.special.kind) else { continue };
        if let Some(hook) = ship.line {
            view.beams.extend(tow_line(ship, hook, &view.ships, &view.rocks, defs));
        } else {
            let friend = |other: PlayerId| !defs.mode.teams || defs.mode.spares(ship.id.player, other);
            let hurt = |other: &&ShipView| other.id != ship.id && other.hull < 0.99 && friend(other.id.player);
            let others = view.ships.iter().filter(hurt);
            let near = others.map(|other| (other.pos.distance(ship.pos), other.pos));
            let to = math::earliest(near.filter(|(distance, _)| *distance < reach)).map_or(ship.pos, |(_, pos)| pos);
            view.beams.push(BeamView { from: ship.pos, to, kind: BeamKind::Mends, strikes: true });
        }
    }
}

/// The tow line of `ship`, if what it holds is in sight.
fn tow_line(ship: &ShipView, hook: Hook, ships: &[ShipView], rocks: &[RockView], defs: &Defs) -> Option<BeamView> {
    let (to, radius) = match hook {
        Hook::Ship(player) => {
            let held = ships.iter().find(|held| held.id.player == player)?;
            (held.pos, defs.ship(held.class).radius)
        }
        Hook::Rock(id) => {
            let held = rocks.iter().find(|held| held.id == RockId::Loose(id))?;
            (held.pos, held.size.def().radius)
        }
    };
    let taut = ship.pos.distance(to) > tow::SLACK + defs.ship(ship.class).radius + radius;
    Some(BeamView { from: ship.pos, to, kind: BeamKind::Tows { taut }, strikes: true })
}

/// Where `ship` coasts to from `tick` on, by the same step function, into `points`.
pub fn forecast(ship: &Ship, defs: &Defs, mut tick: Tick, reckoner: &mut Reckoner<'_>, points: &mut Vec<Vec2>) {
    let mut ship = PublicShip::of(ship, defs);
    let coast = ship.controls.neutral();
    for _ in 0..FORECAST_POINTS {
        for _ in 0..FORECAST_STRIDE {
            tick = tick.next();
            reckoner.public(&mut ship, coast, tick);
        }
        points.push(ship.body.pos.to_vec2());
    }
}

/// A shot.
#[must_use]
pub fn shot(shot: &Shot, alpha: f32, opacity: f32, own: bool) -> ShotView {
    let vel = shot.vel.to_vec2();
    ShotView { key: shot.key, weapon: shot.weapon, pos: shot.pos.to_vec2() - vel * back_s(alpha), vel, opacity, own }
}

/// A rock of the belts; `hull` as a share of the whole.
#[must_use]
pub fn belt_rock(layout: &Layout, slot: usize, hull: f32, shown: Tick, alpha: f32) -> RockView {
    RockView {
        id: RockId::Belt(slot as u16),
        size: layout.slots[slot].size,
        pos: layout.rock(slot, shown, alpha),
        spin_rad: spin(slot as u32, shown, alpha),
        hull,
    }
}

/// A loose rock; `hull` as a share of the whole.
#[must_use]
pub fn loose_rock(rock: &LooseRock, hull: f32, shown: Tick, alpha: f32) -> RockView {
    RockView {
        id: RockId::Loose(rock.id),
        size: rock.size,
        pos: rock.pos.to_vec2() - rock.vel.to_vec2() * back_s(alpha),
        spin_rad: spin(u32::from(rock.id.0) + 7_919, shown, alpha) * 3.0,
        hull,
    }
}

/// A pickup.
#[must_use]
pub fn pickup(pickup: &Pickup, alpha: f32) -> PickupView {
    PickupView {
        id: pickup.id,
        kind: pickup.kind,
        pos: pickup.pos.to_vec2() - pickup.vel.to_vec2() * back_s(alpha),
        fading: pickup.life < FADING_TICKS,
        owner: pickup.owner,
    }
}

/// States are those of the later tick; the picture's moment lies this much before it, s.
fn back_s(alpha: f32) -> f32 {
    DT * (1.0 - alpha)
}

fn spin(seed: u32, shown: Tick, alpha: f32) -> f32 {
    let rate = ((seed.wrapping_mul(2_654_435_761) >> 8) % 1_000) as f32 / 1_000.0 - 0.5;
    let turns = rate * 0.25 * ((shown.0 % 864_000) as f32 + alpha) * DT;
    turns * crate::math::TAU
}
