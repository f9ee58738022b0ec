//! What a core is to its team and to the other: ore goes in, blows take off, and whoever is launched begins beside it.
//! Invariant: a core counts only while a round is fought, and nothing that its own team does harms it. Where cores are
//! and that they are solid is of the sky (both ends know it); what they still take is of the round.

use glam::Vec2;

use super::{
    movement::Kinematics,
    round::RoundPhase,
    stage::Stage,
    world::{MILLI, Pickup},
};
use crate::{
    defs::{PickupKind, Team, WeaponKind},
    ids::PlayerId,
    math,
    quantize::{Angle, Lattice},
    rng::Keyed,
};

/// A blow of `points` by `by` to the core of `team`; the own one takes none.
pub(super) fn strike(stage: &mut Stage<'_>, team: Team, by: PlayerId, points: u16) {
    let Some(core) = &stage.defs.arena.core else { return };
    let Some(round) = stage.world.round.as_mut().filter(|round| round.phase == RoundPhase::Play) else { return };
    let own = Team::of(by);
    if own == team || round.cores[team as usize] <= 0 {
        return;
    }
    let left = &mut round.cores[team as usize];
    let before = *left;
    *left = (before - i32::from(points) * MILLI).max(0);
    // Counted by what the core has lost, so that small blows add up to as much as large ones.
    let step = i32::from(core.score_damage) * MILLI;
    let score = (before.div_euclid(step) - left.div_euclid(step)).cast_unsigned();
    round.points[own as usize] += ((before - *left) / MILLI).cast_unsigned();
    if let Some(pilot) = stage.world.pilot_mut(by) {
        pilot.score += score;
    }
}

/// Ore is unloaded by whoever is slow beside the own core, and mines go off beside the enemy's.
pub(super) fn resolve(stage: &mut Stage<'_>) {
    let (Some(core), Some(cores)) = (&stage.defs.arena.core, stage.sky.cores) else { return };
    if stage.world.round.is_none_or(|round| round.phase != RoundPhase::Play) {
        return;
    }
    set_off_mines(stage, cores, core.radius);
    // In the second half of a round nothing is mended any more, so that most rounds end before their time.
    let rounds = stage.defs.mode.round_ticks();
    let full = i32::from(stage.defs.mode.terms.core_hull) * MILLI;
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        if !stage.world.tick.0.wrapping_add(u32::from(player.0)).is_multiple_of(core.dock_ticks) {
            continue;
        }
        let team = Team::of(player) as usize;
        let Some(pilot) = stage.world.pilot_mut(player) else { continue };
        let Some(ship) = pilot.ship.as_mut().filter(|ship| ship.cargo > 0) else { continue };
        if !docks(&ship.body, cores[team], core.dock_reach, core.dock_u_s) {
            continue;
        }
        ship.cargo -= 1;
        pilot.score += core.ore_score;
        if let Some(round) = &mut stage.world.round {
            round.points[team] += core.ore_points;
            let mends = if round.left * 2 > rounds { i32::from(core.mends) * MILLI } else { 0 };
            round.cores[team] = (round.cores[team] + mends).min(full);
        }
    }
}

/// Whether a ship is near and slow enough to unload.
fn docks(body: &Kinematics, (centre, vel): (Vec2, Vec2), reach: f32, slow_u_s: f32) -> bool {
    let near = body.pos.to_vec2().distance_squared(centre) < reach * reach;
    near && body.vel.to_vec2().distance_squared(vel) < slow_u_s * slow_u_s
}

fn set_off_mines(stage: &mut Stage<'_>, cores: [(Vec2, Vec2); 2], radius: f32) {
    let weapon = stage.defs.weapon(WeaponKind::Mine);
    let Some(mine) = weapon.mine() else { return };
    let reach = radius + mine.reach * 0.5;
    let damage = weapon.damage;
    let mut pickups = std::mem::take(&mut stage.world.pickups);
    pickups.retain(|pickup: &Pickup| {
        let Some(owner) = pickup.owner.filter(|_| pickup.kind == PickupKind::Mine) else { return true };
        let enemy = Team::of(owner).other();
        let armed = pickup.life + mine.arm_ticks <= mine.life_ticks;
        let (centre, _) = cores[enemy as usize];
        if !armed || pickup.pos.to_vec2().distance_squared(centre) > reach * reach {
            return true;
        }
        strike(stage, enemy, owner, damage);
        stage.events.push(super::Event::Collected { id: pickup.id, kind: PickupKind::Mine, by: owner });
        false
    });
    stage.world.pickups = pickups;
}

/// Places tried for a launch beside a core.
const TRIES: u32 = 6;
/// A launch keeps this far from the hull of its core, u: from and to.
const BERTH: (f32, f32) = (70.0, 230.0);

/// Where a pilot is launched beside the own core: at rest to it, nose outward, as clear of others as may be.
pub(super) fn berth(stage: &Stage<'_>, player: PlayerId, keyed: &mut Keyed) -> Option<Kinematics> {
    let (core, cores) = (stage.defs.arena.core.as_ref()?, stage.sky.cores?);
    let (centre, vel) = cores[Team::of(player) as usize];
    let room = |pos: Vec2| {
        let others = stage.world.ships().filter(|ship| ship.id.player != player);
        others.map(|ship| ship.body.pos.to_vec2().distance_squared(pos)).fold(f32::INFINITY, f32::min)
    };
    let mut draw = || centre + math::unit(keyed.angle()) * (core.radius + keyed.range(BERTH.0, BERTH.1));
    let mut pos = draw();
    for _ in 1..TRIES {
        let other = draw();
        if room(other) > room(pos) {
            pos = other;
        }
    }
    Some(Kinematics { pos: Lattice::nearest(pos), vel: Lattice::nearest(vel), heading: Angle::of(pos - centre) })
}
