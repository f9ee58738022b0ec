//! How single things are drawn between two ticks: what the scribe of a connection and the projector of a recording
//! share. Invariant: pure functions of exact states; `shown` is the earlier tick, `alpha` how far into the next.

use glam::Vec2;

use super::view::{
    FORECAST_POINTS, FORECAST_STRIDE, Gauges, PickupView, RockId, RockView, ShipView, ShotView, blend_heading,
};
use crate::{
    defs::Defs,
    protocol::{entity_state::PublicShip, reckon::Reckoner},
    sim::{Kinematics, Layout, LooseRock, Pickup, Ship, Shot, Sky, world::MILLI},
    tick::{DT, TICK_HZ, Tick},
};

/// Pickups blink in their last seconds.
const FADING_TICKS: u16 = 3 * TICK_HZ as u16;

/// Where something is between two ticks: position, velocity and direction of the nose.
pub type Drawn = (Vec2, Vec2, f32);

/// Between two states.
#[must_use]
pub fn between(before: Kinematics, now: Kinematics, alpha: f32) -> Drawn {
    let pos = before.pos.to_vec2().lerp(now.pos.to_vec2(), alpha);
    (pos, now.vel.to_vec2(), blend_heading(before.heading, now.heading, alpha))
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
        shield: share(ship.shield, def.shield),
        protected: ship.protection > 0,
        charging: ship.charge > 0,
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
        burning: at.length() < defs.arena.star.ring_radius,
        outside: at.length() > edge_radius,
    }
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
