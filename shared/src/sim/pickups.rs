//! Pickups: scattered by rocks and the dead, drifting to rest, collected by flying into them.

use glam::Vec2;

use super::{
    events::Event,
    scratch::Scratch,
    stage::Stage,
    world::{MILLI, Pickup, Ship},
};
use crate::{
    defs::{PickupKind, RockSize, pickup},
    ids::PlayerId,
    limits::PICKUPS_MAX,
    math,
    quantize::Lattice,
    rng::{Keyed, Purpose},
    tick::{DT, ticks},
};

/// Moves a pickup by one tick; false when its time is up.
pub fn advance(pickup: &mut Pickup) -> bool {
    pickup.life = pickup.life.saturating_sub(1);
    if pickup.vel != Lattice::ZERO {
        // Toward zero, so that drifting really ends on the lattice.
        let slower = |v: i32| (v as f32 * pickup::DRIFT_KEEP) as i32;
        pickup.vel = Lattice { x: slower(pickup.vel.x), y: slower(pickup.vel.y) };
        pickup.pos = Lattice::nearest(pickup.pos.to_vec2() + pickup.vel.to_vec2() * DT);
    }
    pickup.life > 0
}

/// Moves every pickup and hands out those that a ship touches; ties go to the lower slot.
pub(super) fn resolve(stage: &mut Stage<'_>, scratch: &mut Scratch) {
    let mut pickups = std::mem::take(&mut stage.world.pickups);
    pickups.retain_mut(advance);
    let Scratch { places, grid, found, .. } = scratch;
    places.clear();
    places.extend(pickups.iter().map(|pickup| pickup.pos.to_vec2()));
    grid.rebuild(places);
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        let Some(ship) = stage.world.ship(player) else { continue };
        let (at, reach) = (ship.body.pos.to_vec2(), stage.defs.ship(ship.class).radius + pickup::REACH);
        grid.near(at - Vec2::splat(reach), at + Vec2::splat(reach), found);
        for &i in found.iter() {
            let pickup = &mut pickups[usize::from(i)];
            if pickup.life > 0 && (pickup.pos.to_vec2() - at).length_squared() < reach * reach {
                collect(stage, player, *pickup);
                // Taken: nobody else gets it, and it goes away below.
                pickup.life = 0;
            }
        }
    }
    pickups.retain(|pickup| pickup.life > 0);
    // Whatever was scattered meanwhile comes after the older ones.
    pickups.append(&mut stage.world.pickups);
    stage.world.pickups = pickups;
}

fn collect(stage: &mut Stage<'_>, player: PlayerId, pickup: Pickup) {
    let bonus = stage.sky.bonus(pickup.pos.to_vec2());
    let defs = stage.defs;
    let Some(pilot) = stage.world.pilot_mut(player) else { return };
    let Some(ship) = pilot.ship.as_mut() else { return };
    let def = defs.ship(ship.class);
    match pickup.kind {
        PickupKind::Ore => {
            ship.cargo = (ship.cargo + u16::from(pickup.amount)).min(def.hold);
            pilot.score += (f32::from(pickup.amount) * bonus).round() as u32;
        }
        PickupKind::Repair => {
            ship.hull = (ship.hull + i32::from(pickup::REPAIR_HULL) * MILLI).min(i32::from(def.hull) * MILLI);
        }
        PickupKind::Charge => {
            ship.energy = (ship.energy + i32::from(pickup::CHARGE_ENERGY) * MILLI).min(i32::from(def.energy) * MILLI);
        }
    }
    stage.events.push(Event::Collected { id: pickup.id, kind: pickup.kind, by: player });
}

/// The contents of a broken rock.
pub(super) fn scatter(stage: &mut Stage<'_>, keyed: &mut Keyed, size: RockSize, pos: Vec2, vel: Vec2) {
    spill(stage, keyed, u16::from(size.def().ore), pos, vel, ticks(pickup::LIFE_S));
    if size == RockSize::Small {
        return;
    }
    for (kind, chance) in [(PickupKind::Repair, pickup::REPAIR_CHANCE), (PickupKind::Charge, pickup::CHARGE_CHANCE)] {
        if keyed.chance(chance) {
            add(stage, keyed, kind, 1, pos, vel, ticks(pickup::LIFE_S));
        }
    }
}

/// A share of the cargo of a ship that was just destroyed.
pub(super) fn drop_cargo(stage: &mut Stage<'_>, ship: &Ship) {
    let ore = (f32::from(ship.cargo) * stage.defs.rules.death_drops) as u16;
    let entity = u32::from(ship.id.player.0) | 0x2_0000;
    let mut keyed = Keyed::new(stage.world.secret, stage.world.tick, entity, Purpose::Debris);
    spill(stage, &mut keyed, ore, ship.body.pos.to_vec2(), ship.body.vel.to_vec2(), ticks(pickup::DROP_LIFE_S));
}

fn spill(stage: &mut Stage<'_>, keyed: &mut Keyed, mut ore: u16, pos: Vec2, vel: Vec2, life: u16) {
    while ore > 0 {
        let amount = ore.min(u16::from(pickup::ORE_MAX)).min(ore.div_ceil(2).max(3)).min(ore) as u8;
        ore -= u16::from(amount);
        add(stage, keyed, PickupKind::Ore, amount, pos, vel, life);
    }
}

fn add(stage: &mut Stage<'_>, keyed: &mut Keyed, kind: PickupKind, amount: u8, pos: Vec2, vel: Vec2, life: u16) {
    if stage.world.pickups.len() >= PICKUPS_MAX {
        stage.world.pickups.remove(0);
    }
    let away = math::unit(keyed.angle());
    let pickup = Pickup {
        id: stage.world.fresh_body(),
        kind,
        amount,
        pos: Lattice::nearest(pos + away * 6.0),
        vel: Lattice::nearest(vel * 0.5 + away * keyed.range(20.0, 90.0)),
        life,
    };
    stage.world.pickups.push(pickup);
}
