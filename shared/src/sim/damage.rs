//! Losing shield and hull, and dying of it.

use super::{
    decoys,
    events::{Cause, Event},
    pickups, rules,
    stage::Stage,
    wells::{self, WellKind},
    world::{Death, HURTS_MAX, Hurts, MILLI, Ship},
};
use crate::{
    defs::{Defs, Special, WeaponKind},
    ids::PlayerId,
    math,
    order::sort_few,
    tick::{DT, Tick},
};

/// One blow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hurt {
    /// Milli-points, before protection.
    pub amount: i32,
    /// By whom.
    pub by: Option<PlayerId>,
    /// Of what.
    pub cause: Cause,
}

/// Takes a blow off the pilot's shield, then hull. Spawn protection swallows it all, and part of it while fading.
pub(super) fn hurt(stage: &mut Stage<'_>, player: PlayerId, hurt: Hurt) {
    let (tick, defs) = (stage.world.tick, stage.defs);
    if hurt.by.is_some_and(|by| by != player && defs.mode.spares(by, player)) {
        return;
    }
    let Some(pilot) = stage.world.pilot_mut(player) else { return };
    let Some(ship) = pilot.ship.as_mut() else { return };
    let amount = (hurt.amount as f32 * vulnerability(ship, hurt.cause, defs)) as i32;
    if amount <= 0 {
        return;
    }
    absorb(ship, amount, hurt.cause);
    // Heat goes past the shield, so it must not keep it down. Whoever stays beyond the edge has none before long: it grows back as
    // fast as the edge burns.
    if hurt.cause != Cause::Star {
        ship.shield_wait = defs.rules.shield_delay_ticks;
    }
    let (id, dead) = (ship.id, ship.hull <= 0);
    let given_in = ship.shield < i32::from(defs.ship(ship.class).shield) * MILLI / 2;
    let repels = !dead && ship.repel && given_in && hurt.by.is_some_and(|by| by != player);
    let at = ship.body.pos;
    if let Some(by) = hurt.by.filter(|&by| by != player) {
        pilot.blame = Some((by, tick));
        note(&mut pilot.hurts, by, amount, tick);
    }
    stage.events.push(Event::Damaged { ship: id, by: hurt.by, cause: hurt.cause, amount });
    if repels
        && wells::begin(&mut stage.world.wells, WellKind::Push, at, tick)
        && let Some(ship) = stage.world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut())
    {
        ship.repel = false;
    }
    if dead {
        destroy(stage, player, hurt);
    } else if matches!(hurt.cause, Cause::Shot(_)) && hurt.by.is_some_and(|by| by != player) {
        decoys::launch(stage, player);
    }
}

/// Adds to what `by` did lately; whoever did something longest ago makes room.
fn note(hurts: &mut Vec<Hurts>, by: PlayerId, amount: i32, tick: Tick) {
    match hurts.iter_mut().find(|hurts| hurts.by == by) {
        Some(known) => (known.amount, known.tick) = (known.amount.saturating_add(amount), tick),
        None => {
            if hurts.len() >= HURTS_MAX {
                sort_few(hurts, |a, b| tick.since(b.tick).cmp(&tick.since(a.tick)));
                hurts.remove(0);
            }
            hurts.push(Hurts { by, amount, tick });
        }
    }
}

/// How much of a blow gets through: 0 under protection, rising to 1 as it fades; less behind a ram shield.
fn vulnerability(ship: &Ship, cause: Cause, defs: &Defs) -> f32 {
    let fade = f32::from(defs.rules.protection_fade_ticks).max(1.0);
    let exposed = 1.0 - math::ramp(f32::from(ship.protection), 0.0, fade);
    match (ship.special(defs), cause) {
        (Some(Special::Ram(_)), Cause::Ram | Cause::Rock | Cause::Core) => 0.0,
        (Some(Special::Ram(share)), Cause::Shot(_)) => exposed * share,
        _ => exposed,
    }
}

/// Heat goes through shields; everything else meets them first.
fn absorb(ship: &mut Ship, amount: i32, cause: Cause) {
    let shielded = if cause == Cause::Star { 0 } else { amount.min(ship.shield) };
    ship.shield -= shielded;
    ship.hull -= amount - shielded;
}

/// Settles a pilot who goes away: with fresh blame the ship counts as destroyed by whoever did the damage.
pub(super) fn abandon(stage: &mut Stage<'_>, player: PlayerId) {
    if let Some(by) = blamed(stage, player) {
        // The weapon is not remembered; the first one stands for all.
        destroy(stage, player, Hurt { amount: 0, by: Some(by), cause: Cause::Shot(WeaponKind::default()) });
    }
}

/// Who did damage to a pilot lately.
fn blamed(stage: &Stage<'_>, player: PlayerId) -> Option<PlayerId> {
    let (tick, blame_ticks) = (stage.world.tick, i32::from(stage.defs.rules.blame_ticks));
    let blame = stage.world.pilot(player)?.blame;
    blame.filter(|(_, when)| tick.since(*when) <= blame_ticks).map(|(by, _)| by)
}

fn destroy(stage: &mut Stage<'_>, player: PlayerId, hurt: Hurt) {
    let (tick, recent) = (stage.world.tick, blamed(stage, player));
    let Some(pilot) = stage.world.pilot_mut(player) else { return };
    let Some(ship) = pilot.ship.take() else { return };
    let killer = hurt.by.filter(|&by| by != player).or(recent);
    pilot.deaths += 1;
    pilot.streak = 0;
    pilot.blame = None;
    pilot.death = Some(Death { tick, pos: ship.body.pos, killer, cause: hurt.cause });
    let points = rules::settle_kill(stage, player, killer);
    pickups::drop_cargo(stage, &ship);
    stage.events.push(Event::Destroyed { ship: ship.id, killer, cause: hurt.cause, points });
}

/// Heat of the star and the burn beyond the edge, for every ship.
pub(super) fn surroundings(stage: &mut Stage<'_>) {
    let edge = stage.world.edge.radius_u();
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        let Some(ship) = stage.world.ship(player) else { continue };
        let pos = ship.body.pos.to_vec2();
        let outside = if pos.length() > edge { stage.defs.arena.outside_damage_s } else { 0.0 };
        for (damage_s, cause) in [(stage.sky.heat(pos), Cause::Star), (outside, Cause::Edge)] {
            let amount = (damage_s * DT * MILLI as f32) as i32;
            if amount > 0 {
                hurt(stage, player, Hurt { amount, by: None, cause });
            }
        }
    }
}
