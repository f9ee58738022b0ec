//! Where ships are launched. Invariant: it is drawn from the secret seed, so nobody can be there before.

use glam::Vec2;

use super::{movement::Kinematics, round::Round, stage::Stage, war};
use crate::{
    defs::Team,
    ids::PlayerId,
    math,
    quantize::{Angle, Lattice},
    rng::{Keyed, Purpose},
};

/// Places tried for one launch; the best is taken when none is as good as can be.
const TRIES: u32 = 32;
/// Launches keep this far outside the event ring, u, so that nobody starts in the heat.
const RING_GAP: f32 = 240.0;
/// …and inside this share of the arena's radius, where rocks and people are.
const REACH: f32 = 0.78;
/// Rocks this near to a launch can be seen on a phone's screen, too, u…
const SIGHT: f32 = 350.0;
/// …and nearer than this the first thing that happens is a bump, u.
const BUMP: f32 = 80.0;
/// What a place without rocks in sight lacks, as a share of the distances to others: among rocks two thirds of them do.
const DARK: f32 = 0.35;
/// Launches move at least this fast along their circle, u/s, also where the star hardly pulls.
const SPEED: f32 = 70.0;

/// A launch position and the local circular-orbit velocity: ≥ 900 u from others and ≥ 1,200 u from a fresh
/// killer where there is room in sight of rocks. Else the best of the places tried: some nearness to others is taken
/// before the empty dark by the edge, which is no place to begin.
pub(super) fn body(stage: &Stage<'_>, player: PlayerId) -> Kinematics {
    let (world, rules) = (&*stage.world, &stage.defs.rules);
    let mut keyed = Keyed::new(world.secret, world.tick, u32::from(player.0), Purpose::Spawn);
    if let Some(body) = war::berth(stage, player, &mut keyed) {
        return body;
    }
    if let Some(round) = world.round.as_ref().filter(|_| stage.defs.mode.one_life) {
        return line_up(stage, player, round);
    }
    let grudge = world.pilot(player).and_then(|pilot| pilot.death).and_then(|death| {
        let fresh = world.tick.since(death.tick) <= i32::from(rules.grudge_ticks);
        death.killer.filter(|_| fresh)
    });
    let inner = stage.sky.arena.star.ring_radius + RING_GAP;
    let outer = (world.edge.radius_u() * REACH).max(inner + 100.0);
    let mut best: Option<(f32, Vec2)> = None;
    for _ in 0..TRIES {
        // The square root makes places uniform by area.
        let distance = (inner * inner + (outer * outer - inner * inner) * keyed.unit()).sqrt();
        let pos = math::unit(keyed.angle()) * distance;
        let worth = worth(stage, pos, room(stage, pos, player, grudge));
        if best.is_none_or(|(most, _)| worth > most) {
            best = Some((worth, pos));
        }
        if worth >= 1.0 {
            break;
        }
    }
    let pos = best.map_or(Vec2::new(outer, 0.0), |(_, pos)| pos);
    let way = pos.perp().normalize_or(Vec2::Y);
    let vel = way * stage.sky.circular(pos).length().max(SPEED);
    Kinematics { pos: Lattice::nearest(pos), vel: Lattice::nearest(vel), heading: Angle::of(vel) }
}

/// The turn between two ships of a team at the start, rad.
const LINE_TURN: f32 = 0.22;

/// Where a round of one life begins: the teams opposite to each other, the star between them, nose along the orbit.
fn line_up(stage: &Stage<'_>, player: PlayerId, round: &Round) -> Kinematics {
    // All of a round draw the same turn, and no two rounds of a room do.
    let began = stage.world.tick.plus(-round.played(&stage.defs.mode).cast_signed());
    let mut keyed = Keyed::new(stage.world.secret, began, 0, Purpose::Spawn);
    let team = Team::of(player);
    let across = if team == Team::Dawn { 0.0 } else { core::f32::consts::PI };
    // The first of a team in the middle, the others to both sides of it; slots rest, so they count for nothing.
    let before = stage.world.pilots.iter().take(player.index()).enumerate().filter(|(_, pilot)| pilot.is_some());
    let number = before.filter(|(slot, _)| Team::of(PlayerId(*slot as u16)) == team).count() as u16;
    let aside = f32::from(number.div_ceil(2)) * if number.is_multiple_of(2) { LINE_TURN } else { -LINE_TURN };
    let pos = math::unit(keyed.angle() + across + aside) * stage.defs.mode.start_u;
    let vel = stage.sky.circular(pos);
    let heading = Angle::of(if vel.length_squared() > 1.0 { vel } else { pos.perp() });
    Kinematics { pos: Lattice::nearest(pos), vel: Lattice::nearest(vel), heading }
}

/// The worth of a place with so much room: 1 when it keeps all distances and has rocks in sight.
fn worth(stage: &Stage<'_>, pos: Vec2, room: f32) -> f32 {
    let away = stage.sky.to_band(pos);
    let sight = if away < BUMP { 0.5 } else { SIGHT / away.max(SIGHT) };
    room - DARK * (1.0 - sight)
}

/// How well `pos` keeps its distances: 1 when all hold, else the worst of them as a share.
fn room(stage: &Stage<'_>, pos: Vec2, player: PlayerId, grudge: Option<PlayerId>) -> f32 {
    let rules = &stage.defs.rules;
    let planets = stage.sky.arena.planets.iter().zip(stage.sky.planets);
    let from_planets =
        planets.map(|(planet, centre)| pos.distance(centre) / (planet.reach * 0.8)).fold(f32::INFINITY, f32::min);
    if from_planets < 1.0 {
        return from_planets * 0.1;
    }
    let others = stage.world.ships().filter(|ship| ship.id.player != player);
    others
        .map(|ship| {
            let clear = if Some(ship.id.player) == grudge { rules.spawn_clear_killer } else { rules.spawn_clear };
            pos.distance(ship.body.pos.to_vec2()) / clear
        })
        .fold(1.0, f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::ShipClass,
        sim::{Cause, Now, Order, Sky, rules::tests::world, step, world::Death},
    };

    #[test]
    fn launches_keep_their_distances_while_there_is_room() {
        for seed in 0..40 {
            let (world, defs) = world(seed, 3);
            let at: Vec<Vec2> = world.ships().map(|ship| ship.body.pos.to_vec2()).collect();
            assert_eq!(at.len(), 3);
            for (i, a) in at.iter().enumerate() {
                assert!(a.length() > defs.arena.star.ring_radius + RING_GAP - 5.0, "seed {seed}: in the heat");
                assert!(a.length() < world.edge.radius_u() * 0.8, "seed {seed}: at the edge");
                for b in &at[..i] {
                    assert!(a.distance(*b) > defs.rules.spawn_clear * 0.9, "seed {seed}: {}", a.distance(*b));
                }
            }
        }
    }

    #[test]
    fn nobody_begins_in_the_empty_dark_while_there_is_room_among_the_rocks() {
        for seed in 0..40 {
            let (world, defs) = world(seed, 2);
            let sky = Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
            for ship in world.ships() {
                let away = sky.to_band(ship.body.pos.to_vec2());
                let fine = BUMP - 10.0..SIGHT + 10.0;
                assert!(fine.contains(&away), "seed {seed}: {away} u from the next rocks");
            }
        }
    }

    #[test]
    fn a_fresh_killer_is_kept_farther_away() {
        let mut nearest = f32::INFINITY;
        for seed in 0..40 {
            let (mut world, defs) = world(seed, 2);
            let killer = PlayerId(0);
            let death = Death { tick: world.tick, pos: Lattice::ZERO, killer: Some(killer), cause: Cause::Ram };
            let pilot = world.pilot_mut(PlayerId(1)).unwrap();
            (pilot.ship, pilot.death) = (None, Some(death));
            let order = Order::Launch { player: PlayerId(1), class: ShipClass::Spark };
            step(&mut world, &[order], &[], &defs, &Now, &mut Vec::new());
            let at = |slot| world.ship(PlayerId(slot)).unwrap().body.pos.to_vec2();
            nearest = nearest.min(at(0).distance(at(1)));
        }
        assert!(nearest > 1_150.0, "{nearest}");
    }
}
