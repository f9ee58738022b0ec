//! How a bot flies its class: how near it fights, when it pulls the trigger, and what it does with the special.

use glam::Vec2;

use super::{
    helm,
    sight::{ShipSight, Sight},
};
use crate::{
    defs::{Barrel, Pattern, PickupKind, Special, tow::REACH},
    sim::{Buttons, Command, Hook, tow},
};

/// The distance at which the own weapon is best, u.
#[must_use]
pub fn fighting_gap(sight: &Sight<'_>, skill: f32) -> f32 {
    let reach = helm::reach_u(sight);
    match &sight.defs.weapon(helm::own_def(sight).primary).barrel {
        Barrel::Mine(_) => 230.0,
        Barrel::Ray(_) => reach * 0.5,
        Barrel::Bolt(_) => (reach * 0.3 + 90.0 * (1.0 - skill)).min(reach * 0.5),
    }
}

/// Whether a pull of the trigger may do something about an enemy at `distance`, with the nose `error` degrees off.
#[must_use]
pub fn has_shot(sight: &Sight<'_>, distance: f32, error: f32) -> bool {
    let tolerance = 4.0 + 60.0 * (14.0 / distance.max(40.0));
    match &sight.defs.weapon(helm::own_def(sight).primary).barrel {
        Barrel::Mine(_) => distance < 330.0 && error < tolerance + 6.0,
        Barrel::Bolt(bolt) if matches!(bolt.pattern, Pattern::Turrets(_)) => distance < helm::reach_u(sight) * 0.85,
        Barrel::Bolt(bolt) => {
            let spread = if let Pattern::Fan(_, degrees) = bolt.pattern { degrees * 0.4 } else { 0.0 };
            distance < helm::reach_u(sight) * 0.8 && error < tolerance + spread
        }
        Barrel::Ray(ray) if ray.is_beam() => distance < ray.range && error < tolerance,
        Barrel::Ray(_) => distance < helm::reach_u(sight) * 0.8 && error < tolerance,
    }
}

/// The command with the special, and what the boost button does on a ship without a boost, where they help.
#[must_use]
pub fn with_special(sight: &Sight<'_>, enemy: Option<&ShipSight>, fleeing: bool, command: Command) -> Command {
    let wants = wants_special(sight, enemy, fleeing);
    let mut buttons = command.buttons.with(Buttons::SPECIAL, wants);
    if helm::own_def(sight).second.is_some() {
        let aimed = enemy.is_some_and(|enemy| in_the_way(sight, enemy, 520.0, 0.98));
        buttons = buttons.with(Buttons::BOOST, aimed);
    }
    Command { buttons, ..command }
}

fn wants_special(sight: &Sight<'_>, enemy: Option<&ShipSight>, fleeing: bool) -> bool {
    let own = sight.own;
    let (at, def) = (own.body.pos.to_vec2(), helm::own_def(sight));
    let store = own.energy as f32 / (f32::from(def.energy) * 1_000.0);
    let distance = enemy.map(|enemy| at.distance(enemy.pos));
    let near = |reach: f32| distance.is_some_and(|distance| distance < reach);
    match def.special.kind {
        Special::Burn => {
            let away = own.body.heading.unit().dot(own.body.vel.to_vec2().normalize_or_zero()) > 0.7;
            store > 0.6
                && away
                && (fleeing || (def.special.ticks > 60 && distance.is_some_and(|distance| distance > 380.0)))
        }
        Special::Tractor(reach) => {
            let loose =
                |(pos, kind): &(Vec2, PickupKind)| *kind != PickupKind::Mine && at.distance(*pos) < reach * 0.95;
            store > 0.3 && sight.pickups.iter().any(loose)
        }
        Special::Ram(_) => enemy.is_some_and(|enemy| {
            let way = enemy.pos - at;
            let closing = (own.body.vel.to_vec2() - enemy.vel).dot(way.normalize_or_zero());
            near(170.0) && closing > 60.0
        }),
        // It is there for whoever coasts.
        Special::LongView(_) => false,
        Special::Cloak(_) => {
            let going = own.special_left > 0 && store > 0.12;
            (fleeing || distance.is_some_and(|distance| distance > 230.0)) && (going || store > 0.75)
        }
        Special::Repair(reach) => {
            let hurt = own.hull < i32::from(def.hull) * 950;
            let other = sight
                .ships
                .iter()
                .any(|ship| ship.hull < 0.9 && at.distance(ship.pos) < reach && Some(ship.player) != sight.attacker);
            let going = own.special_left > 0 && store > 0.1;
            let mends = own.line.is_none() && (hurt || other) && !near(260.0) && (going || store > 0.6);
            mends && (going || !aims_at_something(sight)) || wants_line(sight, enemy, store)
        }
        Special::Volley(_) => enemy.is_some_and(|enemy| {
            let side = own.body.heading.unit().dot((enemy.pos - at).normalize_or_zero()).abs();
            near(230.0) && side < 0.35
        }),
        Special::Well => near(230.0) && store > 0.5,
        // The last way out.
        Special::Hyperspace => fleeing && near(160.0),
    }
}

/// Whether a Tender wants its enemy on the line: one that gets away, as long as the store lasts.
fn wants_line(sight: &Sight<'_>, enemy: Option<&ShipSight>, store: f32) -> bool {
    let Some(enemy) = enemy else { return false };
    if sight.own.line == Some(Hook::Ship(enemy.player)) {
        return store > 0.25;
    }
    let way = enemy.pos - sight.own.body.pos.to_vec2();
    let parting = (enemy.vel - sight.own.body.vel.to_vec2()).dot(way.normalize_or_zero());
    let ready = sight.own.special_left == 0 && store > 0.7 && !enemy.protected;
    ready && way.length() > 150.0 && parting > 30.0 && in_the_way(sight, enemy, REACH, 0.97)
}

/// Whether a beam would take hold of something instead of mending.
fn aims_at_something(sight: &Sight<'_>) -> bool {
    let (at, nose) = (sight.own.body.pos.to_vec2(), sight.own.body.heading.unit());
    let ships = sight.ships.iter().map(|ship| (ship.pos, sight.defs.ship(ship.class).radius));
    let rocks = sight.rocks.iter().map(|rock| (rock.pos, rock.size.def().radius));
    ships.chain(rocks).any(|(pos, radius)| tow::aimed(at, nose, pos, radius).is_some())
}

/// Whether the enemy is within `reach` and this far (cosine) off the nose at most.
fn in_the_way(sight: &Sight<'_>, enemy: &ShipSight, reach: f32, cosine: f32) -> bool {
    let way = enemy.pos - sight.own.body.pos.to_vec2();
    way.length() < reach && sight.own.body.heading.unit().dot(way.normalize_or_zero()) > cosine
}
