//! Repair beams: hull given back, to others first. One that has taken something in tow mends nobody.

use super::{
    stage::Stage,
    world::{MILLI, Ship},
};
use crate::{
    defs::{Defs, Special},
    ids::PlayerId,
    math,
    tick::TICK_HZ,
};

/// Hull given to another ship, points/s.
const OTHER_HULL_S: i32 = 20;
/// …and to the own one, points/s.
const OWN_HULL_S: i32 = 10;

/// Every repair beam mends one ship. It earns no points: two friends would make them out of nothing.
pub(super) fn resolve(stage: &mut Stage<'_>) {
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        let Some(ship) = stage.world.ship(player) else { continue };
        let Some(Special::Repair(reach)) = ship.special(stage.defs).filter(|_| ship.line.is_none()) else { continue };
        let patient = patient(stage, ship, reach);
        mend(stage, patient.unwrap_or(player), if patient.is_some() { OTHER_HULL_S } else { OWN_HULL_S });
    }
}

/// The nearest damaged ship in reach that is at peace with the mender.
fn patient(stage: &Stage<'_>, mender: &Ship, reach: f32) -> Option<PlayerId> {
    let (world, at) = (&*stage.world, mender.body.pos.to_vec2());
    let fought =
        |one: PlayerId, two: PlayerId| world.pilot(one).and_then(|pilot| pilot.blame).is_some_and(|(by, _)| by == two);
    let others = world.ships().filter(|ship| {
        let (me, other) = (mender.id.player, ship.id.player);
        let friend = !stage.defs.mode.teams || stage.defs.mode.spares(me, other);
        other != me && friend && is_damaged(ship, stage.defs) && !fought(me, other) && !fought(other, me)
    });
    let near = others.map(|ship| (ship.body.pos.to_vec2().distance(at), ship.id.player));
    math::earliest(near.filter(|(distance, _)| *distance < reach)).map(|(_, player)| player)
}

fn is_damaged(ship: &Ship, defs: &Defs) -> bool {
    ship.hull < i32::from(defs.ship(ship.class).hull) * MILLI
}

fn mend(stage: &mut Stage<'_>, player: PlayerId, hull_s: i32) {
    let defs = stage.defs;
    if let Some(ship) = stage.world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()) {
        let full = i32::from(defs.ship(ship.class).hull) * MILLI;
        ship.hull = (ship.hull + hull_s * MILLI / TICK_HZ as i32).min(full).max(ship.hull);
    }
}
