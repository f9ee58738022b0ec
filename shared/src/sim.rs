//! The rules: [`step`] takes a [`World`] one tick further. Pure and deterministic; knows nothing of protocol,
//! rooms, lag or drawing.

pub mod checksum;
pub mod command;
pub mod contact;
mod damage;
pub mod decoys;
pub mod events;
mod gifts;
pub mod golden;
pub mod grid;
pub mod helm;
pub mod hits;
pub mod hyperspace;
pub mod layout;
mod mending;
pub mod movement;
pub mod pickups;
pub mod prey;
pub mod rays;
pub mod rocks;
pub mod round;
pub mod rules;
pub mod scratch;
pub mod shots;
pub mod sky;
pub mod solids;
mod spawn;
mod special;
mod stage;
pub mod torus;
pub mod tow;
mod war;
pub mod wells;
pub mod world;
pub mod wormhole;

pub use checksum::checksum;
pub use command::{Buttons, Command};
pub use events::{Cause, Event, ShotHit};
pub use hits::{HitQuery, Now};
pub use layout::Layout;
pub use movement::Kinematics;
pub use round::{Round, RoundPhase};
pub use rules::{Order, Tally};
pub use sky::Sky;
pub use tow::Hook;
pub use wells::{Well, WellKind};
pub use world::{BeltRock, Death, Decoy, Edge, LooseRock, Pickup, Pilot, Ship, Shot, World};

use crate::{
    defs::{Barrel, Defs, Mount, Special},
    ids::PlayerId,
};
use hits::Late;
use scratch::Scratch;
use solids::{Solids, Stones};
use stage::Stage;
use world::READY_TICKS_MAX;

/// Takes `world` one tick further.
///
/// `orders` are applied first, in their order. `commands` must be sorted by player, at most one each; a ship
/// without one coasts. `hits` answers what shots ask about lag; [`Now`] is a world without any. What happened is
/// appended to `events`.
pub fn step(
    world: &mut World,
    orders: &[Order],
    commands: &[(PlayerId, Command)],
    defs: &Defs,
    hits: &dyn HitQuery,
    events: &mut Vec<Event>,
) {
    debug_assert!(commands.is_sorted_by_key(|(player, _)| *player), "commands must be sorted by player");
    world.tick = world.tick.next();
    let sky = Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
    let mut scratch = std::mem::take(&mut world.scratch);
    let stage = &mut Stage { world, defs, sky, events };
    for &order in orders {
        rules::apply(stage, order);
    }
    stage.world.edge.target = rules::edge_target(stage.world.population(), &defs.arena);
    rules::move_edge(&mut stage.world.edge, &defs.arena);
    wells::forget(&mut stage.world.wells, stage.world.tick);
    fly_ships(stage, commands, hits, &mut scratch);
    hyperspace::resolve(stage, &mut scratch);
    rocks::resolve(stage);
    let layout = std::sync::Arc::clone(&stage.world.layout);
    let solids = standing_solids(stage.world, &layout, std::mem::take(&mut scratch.stones));
    let quiet = stage.events.len();
    shots::resolve(stage, &solids, &mut scratch);
    rays::resolve(stage, hits, &solids, &mut scratch);
    // A shot starts at the muzzle at the end of its tick and flies from the next. Rocks chipped away in this very
    // tick stop neither a late one nor ships.
    let broke = |event: &Event| matches!(event, Event::BeltBroken { .. } | Event::LooseBroken { .. });
    let solids = if stage.events[quiet..].iter().any(broke) {
        standing_solids(stage.world, &layout, solids.into_stones())
    } else {
        solids
    };
    shots::add_all(stage, &solids, &mut scratch);
    contact::resolve(stage, &solids, &mut scratch);
    decoys::touch(stage, &solids, &mut scratch.near);
    tow::resolve(stage, &solids, &mut scratch);
    damage::surroundings(stage);
    mending::resolve(stage);
    pickups::resolve(stage, &mut scratch);
    pickups::float(stage);
    war::resolve(stage);
    round::resolve(stage);
    scratch.stones = solids.into_stones();
    stage.world.scratch = scratch;
}

/// The rocks of `world` at its tick.
fn standing_solids<'a>(world: &World, layout: &'a Layout, stones: Stones) -> Solids<'a> {
    Solids::of(layout, world.tick, |slot| world.belt[slot].regrow.is_none(), world.rocks.iter(), stones)
}

/// Flies every ship by its command; what leaves their barrels waits in `scratch`, and where they were and are as targets.
fn fly_ships(stage: &mut Stage<'_>, commands: &[(PlayerId, Command)], hits: &dyn HitQuery, scratch: &mut Scratch) {
    let (edge, tick, defs) = (stage.world.edge.radius_u(), stage.world.tick, stage.defs);
    let Scratch { targets, bolts, rays, mines, places, lost, casters, .. } = scratch;
    targets.clear(defs.arena.wrap_half);
    bolts.clear();
    rays.clear();
    mines.clear();
    lost.clear();
    casters.clear();
    let mut commands = commands.iter().copied().peekable();
    for (slot, pilot) in stage.world.pilots.iter_mut().enumerate() {
        let player = PlayerId(slot as u16);
        while commands.peek().is_some_and(|(other, _)| *other < player) {
            commands.next();
        }
        let given = commands.peek().filter(|(other, _)| *other == player).map(|(_, command)| *command);
        let Some(ship) = pilot.as_mut().and_then(|pilot| pilot.ship.as_mut()) else { continue };
        let before = ship.body.pos.to_vec2();
        let command = given.unwrap_or(ship.controls.neutral());
        let ready = (1 - ship.cooldown).clamp(0, READY_TICKS_MAX).unsigned_abs();
        let triggers = helm::fly(ship, command, defs, &stage.sky, edge);
        if triggers.special && defs.ship(ship.class).special.kind == Special::Well {
            let _ = wells::begin(&mut stage.world.wells, WellKind::Star, ship.body.pos, tick);
        }
        if triggers.special && matches!(defs.ship(ship.class).special.kind, Special::Repair(_)) {
            casters.push(player);
        }
        if triggers.special && hyperspace::breaks(ship, defs, stage.world.secret, tick) {
            lost.push(player);
        }
        for mount in triggers.mounts() {
            let Some(kind) = defs.ship(ship.class).weapon(mount) else { continue };
            match defs.weapon(kind).barrel {
                Barrel::Ray(_) => rays.extend(rays::launch(ship, defs)),
                Barrel::Mine(_) => mines.push((player, kind)),
                Barrel::Bolt(_) => {
                    let late = if mount == Mount::Primary {
                        catch_up(ship, hits.late(player), ready)
                    } else {
                        Late::default()
                    };
                    bolts.extend(shots::volley(ship, mount, tick, defs).map(|shot| (shot, late)));
                }
            }
        }
        let (now, radius) = (ship.body.pos.to_vec2(), defs.ship(ship.class).radius);
        let before = wormhole::start(before, now, ship.body.vel.to_vec2());
        targets.push(hits::Target { id: ship.id, before, now, radius });
    }
    decoys::fly(stage, targets);
    targets.index(places);
}

/// How late a trigger counts as. Nobody fires before the weapon is ready, however late the trigger comes; and the rest
/// counts from when it was pulled, so that being late costs no later shot.
fn catch_up(ship: &mut Ship, late: Late, ready: u8) -> Late {
    let late = Late { ticks: late.ticks.min(ready), ..late };
    ship.cooldown -= late.ticks.cast_signed();
    late
}
