//! What a bot does for its team: bring ore home, defend the own core, break the other one. Where cores are is public, and
//! so is what they still take.

use glam::Vec2;

use super::{
    brain::around_star,
    helm,
    sight::{ShipSight, Sight},
};
use crate::{
    quantize::Angle,
    sim::{Buttons, Command},
};

/// A core, as every pilot knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoreSight {
    /// Position, u.
    pub pos: Vec2,
    /// Velocity, u/s.
    pub vel: Vec2,
    /// Radius, u.
    pub radius: f32,
    /// What it still takes, 0..=1.
    pub hull: f32,
}

/// Both cores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct War {
    /// The own one.
    pub home: CoreSight,
    /// The enemy's.
    pub foe: CoreSight,
    /// The second half of the round, in which ore mends nothing: time to attack.
    pub late: bool,
}

/// Nearer than this to the own core an enemy is everybody's business, u.
const GUARD_U: f32 = 700.0;
/// Of the hold, so much is worth the way home.
const WORTH_THE_WAY: f32 = 0.6;
/// Who is this near home with anything in the hold unloads it on the way, u.
const ON_THE_WAY_U: f32 = 600.0;

/// Whether an enemy at `pos` threatens the own core.
#[must_use]
pub fn threatens(war: &War, pos: Vec2) -> bool {
    pos.distance(war.home.pos) < GUARD_U
}

/// Whether to break off for an enemy ship: next to the enemy's core the core comes first, unless that ship is close.
#[must_use]
pub fn is_worth_a_fight(sight: &Sight<'_>, war: &War, enemy: &ShipSight) -> bool {
    let at = sight.own.body.pos.to_vec2();
    let sieging = at.distance(war.foe.pos) < war.foe.radius + helm::reach_u(sight);
    !sieging || at.distance(enemy.pos) < 200.0
}

/// Home with the ore, if it is worth it.
#[must_use]
pub fn deliver(sight: &Sight<'_>, war: &War) -> Option<Command> {
    let (cargo, hold) = (f32::from(sight.own.cargo), f32::from(helm::own_def(sight).hold));
    let at = sight.own.body.pos.to_vec2();
    let near = at.distance(war.home.pos) < ON_THE_WAY_U;
    if cargo == 0.0 || (cargo < hold * WORTH_THE_WAY && !near) {
        return None;
    }
    Some(go_to(sight, &war.home, war.home.radius + 60.0))
}

/// To the enemy's core, and at it.
#[must_use]
pub fn assault(sight: &Sight<'_>, war: &War, patient: bool) -> Command {
    let at = sight.own.body.pos.to_vec2();
    let foe = &war.foe;
    let reach = helm::reach_u(sight);
    let gap = foe.radius + (reach * 0.45).clamp(40.0, 220.0);
    let distance = at.distance(foe.pos);
    if distance > gap + 260.0 {
        return go_to(sight, foe, gap);
    }
    let aim = Angle::of(helm::lead(sight, foe.pos, foe.vel));
    let error = f32::from(sight.own.body.heading.to(aim).unsigned_abs()) / 65_536.0 * 360.0;
    // As wide as it looks from here.
    let tolerance = (foe.radius * 0.7 / distance.max(1.0)).min(0.6).to_degrees();
    let in_reach = distance - foe.radius < reach * 0.9;
    let trigger = in_reach && error < tolerance && sight.own.energy > 15_000 && patient;
    let round = if sight.own.id.player.0 % 4 < 2 { 60.0 } else { -60.0 };
    let side = (foe.pos - at).perp().normalize_or_zero() * round;
    let wanted = helm::approach(sight, foe.pos, foe.vel, gap) + side;
    let nose = sight.own.body.heading.unit();
    Command::new(helm::drift_buttons(sight, wanted, nose).with(Buttons::FIRE, trigger), aim)
}

fn go_to(sight: &Sight<'_>, core: &CoreSight, gap: f32) -> Command {
    let at = sight.own.body.pos.to_vec2();
    let goal = around_star(sight, at, core.pos);
    if goal != core.pos {
        return helm::match_velocity(sight, helm::approach(sight, goal, Vec2::ZERO, 0.0));
    }
    helm::match_velocity(sight, helm::approach(sight, core.pos, core.vel, gap))
}
