//! The tow line: what a repair beam takes hold of when it is aimed at something instead of nothing, and how a taut line
//! pulls at both of its ends.
//!
//! Invariant: a line is named by whoever cast it and changes velocities alone, by a function of both ends' places,
//! velocities and masses; so whoever sees both ends can run it. What it takes is decided here, once, when the special
//! begins; it ends with the special, with its far end, or by tearing. Not here: how a line is told (`protocol`).

use glam::Vec2;

use super::{
    events::{Event, ShotHit},
    scratch::Scratch,
    solids::{Near, Solids},
    stage::Stage,
    world::{LooseRock, MILLI, Ship},
};
use crate::{
    defs::{Defs, ShipDef, Special, rock, tow},
    ids::{BodyId, PlayerId},
    limits::{ROCKS_MAX, TOWED_ROCKS_MAX},
    math,
    quantize::Lattice,
    tick::{DT, ticks},
};

/// What is at the far end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hook {
    /// The ship of a pilot.
    Ship(PlayerId),
    /// A loose rock.
    Rock(BodyId),
}

/// One end of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct End {
    /// Place, u.
    pub pos: Vec2,
    /// Velocity, u/s.
    pub vel: Vec2,
    /// Radius, u.
    pub radius: f32,
    /// Mass, in squares of a ship's radius.
    pub mass: f32,
}

impl End {
    /// A ship as an end: it weighs as much as when it touches another.
    #[must_use]
    pub fn ship(pos: Lattice, vel: Lattice, def: &ShipDef) -> End {
        End { pos: pos.to_vec2(), vel: vel.to_vec2(), radius: def.radius, mass: def.radius * def.radius }
    }

    /// A rock as an end.
    #[must_use]
    pub fn rock(rock: &LooseRock) -> End {
        let radius = rock.size.def().radius;
        let mass = radius * radius * tow::ROCK_DENSITY;
        End { pos: rock.pos.to_vec2(), vel: rock.vel.to_vec2(), radius, mass }
    }
}

/// The velocities of both ends after a tick on the line, on the lattice; `None` when it hangs loose.
#[must_use]
pub fn tug(one: End, two: End) -> Option<[Lattice; 2]> {
    let way = two.pos - one.pos;
    let distance = way.length();
    let stretch = distance - (tow::SLACK + one.radius + two.radius);
    if stretch <= 0.0 {
        return None;
    }
    let along = way / distance;
    let parting = (two.vel - one.vel).dot(along);
    // A line pulls and never pushes, and no harder than it holds.
    let pull = (tow::STIFFNESS * stretch + tow::DAMPING * parting).clamp(0.0, tow::PULL_MAX);
    let (share_one, share_two) = (two.mass / (one.mass + two.mass), one.mass / (one.mass + two.mass));
    let change = along * (pull * DT);
    Some([Lattice::nearest(one.vel + change * share_one), Lattice::nearest(two.vel - change * share_two)])
}

/// Whether a line between two ends has torn.
#[must_use]
pub fn is_torn(one: End, two: End) -> bool {
    one.pos.distance(two.pos) > tow::TEAR + one.radius + two.radius
}

/// Casts the lines of those whose beam began in this tick, then lets every line pull.
pub(super) fn resolve(stage: &mut Stage<'_>, solids: &Solids<'_>, scratch: &mut Scratch) {
    stage.world.towed.clear();
    let casters = std::mem::take(&mut scratch.casters);
    casters.iter().for_each(|&caster| cast(stage, caster, solids, &mut scratch.near));
    scratch.casters = casters;
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        let Some(hook) = stage.world.ship(player).and_then(|ship| ship.line) else { continue };
        if !pull(stage, player, hook)
            && let Some(ship) = ship_mut(stage, player)
        {
            ship.line = None;
        }
    }
}

/// What a beam may take hold of: a ship, a loose rock, or one of a belt that has to be torn out of it first.
#[derive(Debug, Clone, Copy)]
enum Catch {
    Ship(PlayerId),
    Loose(BodyId),
    Belt(u16),
}

fn cast(stage: &mut Stage<'_>, player: PlayerId, solids: &Solids<'_>, near: &mut Near) {
    let Some(ship) = stage.world.ship(player) else { return };
    let (at, nose) = (ship.body.pos.to_vec2(), ship.body.heading.unit());
    let ships = stage.world.ships().filter(|other| other.id.player != player).filter_map(|other| {
        let gap = aimed(at, nose, other.body.pos.to_vec2(), stage.defs.ship(other.class).radius)?;
        Some((gap, Catch::Ship(other.id.player)))
    });
    solids.near(at, tow::REACH, near);
    let rocks = near.solids.iter().filter_map(|solid| {
        let gap = aimed(at, nose, solid.centre, solid.radius)?;
        match solid.hit {
            ShotHit::Belt(slot) => Some((gap, Catch::Belt(slot))),
            ShotHit::Loose(id) => Some((gap, Catch::Loose(id))),
            _ => None,
        }
    });
    let Some((_, catch)) = math::earliest(ships.chain(rocks)) else { return };
    let hook = match catch {
        Catch::Ship(other) if may_tow(stage, player, other) => Some(Hook::Ship(other)),
        Catch::Ship(_) => None,
        Catch::Loose(id) => Some(Hook::Rock(id)),
        Catch::Belt(slot) => tear_out(stage, slot).map(Hook::Rock),
    };
    let hostile = matches!(hook, Some(Hook::Ship(other)) if !stage.defs.mode.spares(player, other));
    if let Some(ship) = ship_mut(stage, player) {
        ship.line = hook;
        if hostile {
            ship.protection = 0;
        }
    }
}

/// How far the hull of a circle is from a ship at `at`, u, if it lies before its nose and in reach of its line.
#[must_use]
pub fn aimed(at: Vec2, nose: Vec2, centre: Vec2, radius: f32) -> Option<f32> {
    let way = centre - at;
    let (distance, gap) = (way.length(), way.length() - radius);
    (gap < tow::REACH && way.dot(nose) > distance * tow::AIM_COS).then_some(gap)
}

/// A ship may be taken in tow unless it is protected or hidden, or a hurt one of the own team: that one is mended.
fn may_tow(stage: &Stage<'_>, player: PlayerId, other: PlayerId) -> bool {
    let Some(ship) = stage.world.ship(other) else { return false };
    let whole = ship.hull >= i32::from(stage.defs.ship(ship.class).hull) * MILLI;
    ship.protection == 0 && !ship.is_cloaked(stage.defs) && (whole || !stage.defs.mode.spares(player, other))
}

/// Tears a rock out of its belt, whole; `None` when the room has no place for one more.
fn tear_out(stage: &mut Stage<'_>, slot: u16) -> Option<BodyId> {
    let index = usize::from(slot);
    let (world, defs) = (&mut *stage.world, stage.defs);
    if world.rocks.len() >= ROCKS_MAX || world.belt[index].regrow.is_some() {
        return None;
    }
    let id = world.fresh_body();
    let (layout, tick) = (&world.layout, world.tick);
    let rock = LooseRock {
        id,
        size: layout.slots[index].size,
        pos: Lattice::nearest(layout.rock(index, tick, 0.0)),
        vel: Lattice::nearest(layout.rock_velocity(index, tick)),
        hull: world.belt[index].hull,
        life: ticks(rock::LOOSE_LIFE_S),
        flung: None,
    };
    world.belt[index].hull = 0;
    world.belt[index].regrow = Some(tick.plus(i32::from(defs.rules.belt_regrow_ticks)));
    world.rocks.push(rock);
    stage.events.push(Event::BeltBroken { slot });
    Some(id)
}

/// Lets the line of `player` pull; false when it is over.
fn pull(stage: &mut Stage<'_>, player: PlayerId, hook: Hook) -> bool {
    let defs = stage.defs;
    let Some(ship) = stage.world.ship(player) else { return false };
    if !matches!(ship.special(defs), Some(Special::Repair(_))) {
        return false;
    }
    let one = end_of(ship, defs);
    match hook {
        Hook::Ship(other) => pull_ship(stage, (player, one), other),
        Hook::Rock(id) => pull_rock(stage, (player, one), id),
    }
}

fn end_of(ship: &Ship, defs: &Defs) -> End {
    End::ship(ship.body.pos, ship.body.vel, defs.ship(ship.class))
}

fn pull_ship(stage: &mut Stage<'_>, (player, one): (PlayerId, End), other: PlayerId) -> bool {
    let (defs, tick) = (stage.defs, stage.world.tick);
    let Some(far) = stage.world.ship(other).filter(|far| !far.is_cloaked(defs)) else { return false };
    let two = end_of(far, defs);
    if is_torn(one, two) {
        return false;
    }
    if let Some([own, theirs]) = tug(one, two) {
        for (player, vel) in [(player, own), (other, theirs)] {
            if let Some(ship) = ship_mut(stage, player) {
                ship.body.vel = vel;
            }
        }
    }
    // Who drags somebody into the star has done it.
    if !defs.mode.spares(player, other)
        && let Some(pilot) = stage.world.pilot_mut(other)
    {
        pilot.blame = Some((player, tick));
    }
    true
}

fn pull_rock(stage: &mut Stage<'_>, (player, one): (PlayerId, End), id: BodyId) -> bool {
    let full = stage.world.towed.len() >= TOWED_ROCKS_MAX && !stage.world.towed.contains(&id);
    let Some(rock) = stage.world.rocks.iter_mut().find(|rock| rock.id == id).filter(|_| !full) else { return false };
    let two = End::rock(rock);
    if is_torn(one, two) {
        return false;
    }
    rock.flung = Some(player);
    if let Some([own, theirs]) = tug(one, two) {
        rock.vel = theirs;
        if !stage.world.towed.contains(&id) {
            stage.world.towed.push(id);
        }
        if let Some(ship) = ship_mut(stage, player) {
            ship.body.vel = own;
        }
    }
    true
}

fn ship_mut<'a>(stage: &'a mut Stage<'_>, player: PlayerId) -> Option<&'a mut Ship> {
    stage.world.pilot_mut(player)?.ship.as_mut()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, RockSize, ShipClass, Terms, mode::GameMode},
        quantize::Angle,
        sim::{Buttons, Cause, Command, Now, Order, World, step},
    };

    /// Far from everything, u.
    const FAR: f32 = 8_000.0;

    /// Far from everything: a Tender in slot 0 that looks along +x, at rest, and in slots 1 and 2 ships `away` u before and
    /// behind it. Nobody is protected.
    fn range(mut defs: Defs, class: ShipClass, away: f32) -> (World, Defs) {
        defs.rules.protection_ticks = 0;
        (defs.arena.radius_min, defs.arena.radius_max) = (12_000.0, 12_000.0);
        let mut world = World::new(1, 1, &defs);
        world.belt.iter_mut().for_each(|rock| rock.regrow = Some(crate::tick::Tick(100_000)));
        world.round =
            world.round.map(|round| crate::sim::Round { phase: crate::sim::RoundPhase::Play, left: 9_000, ..round });
        for (slot, class, x) in [(0, ShipClass::Tender, 0.0), (1, class, away), (2, class, -away)] {
            let player = PlayerId(slot);
            let enlist = Order::Enlist { player, bot: false, points: 5_000 };
            step(&mut world, &[enlist, Order::Launch { player, class }], &[], &defs, &Now, &mut Vec::new());
            let ship = ship(&mut world, slot);
            ship.body.pos = Lattice::nearest(Vec2::new(FAR + x, 0.0));
            (ship.body.vel, ship.body.heading, ship.protection) = (Lattice::ZERO, Angle(0), 0);
        }
        (world, defs)
    }

    fn ship(world: &mut World, slot: u16) -> &mut Ship {
        world.pilot_mut(PlayerId(slot)).and_then(|pilot| pilot.ship.as_mut()).expect("flies")
    }

    fn hold(world: &mut World, defs: &Defs, ticks: u32, buttons: u8) -> Vec<Event> {
        let mut events = Vec::new();
        let command = (PlayerId(0), Command::new(Buttons(buttons), Angle(0)));
        (0..ticks).for_each(|_| step(world, &[], &[command], defs, &Now, &mut events));
        events
    }

    fn stone(world: &mut World, x: f32, size: RockSize) -> BodyId {
        let pos = Lattice::nearest(Vec2::new(FAR + x, 0.0));
        let id = world.fresh_body();
        let hull = size.def().hull;
        world.rocks.push(LooseRock { id, size, pos, vel: Lattice::ZERO, hull, life: 2_000, flung: None });
        id
    }

    fn end(x: f32, vx: f32, mass: f32) -> End {
        End { pos: Vec2::new(x, 0.0), vel: Vec2::new(vx, 0.0), radius: 10.0, mass }
    }

    #[test]
    fn a_line_pulls_both_ends_keeps_their_momentum_and_never_pushes() {
        assert_eq!(tug(end(0.0, 0.0, 1.0), end(95.0, 50.0, 1.0)), None, "slack");
        for (vx, mass) in [(0.0, 1.0), (300.0, 3.0), (-60.0, 0.2)] {
            let [one, two] = tug(end(0.0, 0.0, 1.0), end(180.0, vx, mass)).expect("taut");
            let (one, two) = (one.to_vec2(), two.to_vec2() - Vec2::new(vx, 0.0));
            assert!(one.x >= 0.0 && two.x <= 0.0 && one.x - two.x <= tow::PULL_MAX * DT + 0.02, "{one} {two}");
            assert!((one.x + two.x * mass).abs() < 0.02, "momentum: {one} {two}");
        }
        let [one, two] = tug(end(0.0, 0.0, 1.0), end(101.0, -90.0, 1.0)).expect("taut");
        assert_eq!((one, two.to_vec2().x), (Lattice::ZERO, -90.0), "those who meet are left alone");
    }

    #[test]
    fn what_the_nose_points_at_is_taken_and_nothing_else() {
        for (away, angle, taken) in [(200.0, 0, true), (200.0, 6_000, false), (400.0, 0, false)] {
            let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, away);
            ship(&mut world, 0).body.heading = Angle(angle);
            let command = (PlayerId(0), Command::new(Buttons(Buttons::SPECIAL), Angle(angle)));
            step(&mut world, &[], &[command], &defs, &Now, &mut Vec::new());
            let line = ship(&mut world, 0).line;
            assert_eq!(line, taken.then_some(Hook::Ship(PlayerId(1))), "{away} u away, {angle}");
        }
    }

    #[test]
    fn an_enemy_on_the_line_comes_along_and_whoever_drags_is_to_blame() {
        let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 220.0);
        hold(&mut world, &defs, 90, Buttons::SPECIAL | Buttons::REVERSE);
        let (own, other) = (ship(&mut world, 0).clone(), ship(&mut world, 1).clone());
        assert!(other.body.vel.to_vec2().x < -40.0, "{:?}", other.body.vel.to_vec2());
        assert!(own.body.pos.to_vec2().distance(other.body.pos.to_vec2()) < 200.0);
        assert_eq!(world.pilot(PlayerId(1)).and_then(|pilot| pilot.blame).map(|(by, _)| by), Some(PlayerId(0)));
        hold(&mut world, &defs, 1, 0);
        assert_eq!(ship(&mut world, 0).line, None, "let go");
    }

    #[test]
    fn nobody_protected_is_taken_and_who_takes_an_enemy_is_protected_no_more() {
        let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 200.0);
        ship(&mut world, 0).protection = 300;
        ship(&mut world, 1).protection = 300;
        hold(&mut world, &defs, 1, Buttons::SPECIAL);
        assert_eq!((ship(&mut world, 0).line, ship(&mut world, 0).protection), (None, 299));
        ship(&mut world, 1).protection = 0;
        hold(&mut world, &defs, 40, 0);
        hold(&mut world, &defs, 1, Buttons::SPECIAL);
        let own = ship(&mut world, 0);
        assert_eq!((own.line, own.protection), (Some(Hook::Ship(PlayerId(1))), 0));
    }

    #[test]
    fn a_line_tears_ends_with_its_store_and_lets_go_of_who_cloaks() {
        let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 200.0);
        hold(&mut world, &defs, 2, Buttons::SPECIAL);
        ship(&mut world, 1).body.pos.x += 256 * 300;
        hold(&mut world, &defs, 1, Buttons::SPECIAL);
        assert_eq!(ship(&mut world, 0).line, None, "torn");
        let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 200.0);
        hold(&mut world, &defs, 600, Buttons::SPECIAL);
        assert_eq!(ship(&mut world, 0).line, None, "the store is empty");
        let (mut world, defs) = range(Defs::standard(), ShipClass::Wraith, 200.0);
        hold(&mut world, &defs, 2, Buttons::SPECIAL);
        assert!(ship(&mut world, 0).line.is_some());
        ship(&mut world, 1).special_left = 1;
        let cloak = (PlayerId(1), Command::new(Buttons(Buttons::SPECIAL), Angle(0)));
        let held = (PlayerId(0), Command::new(Buttons(Buttons::SPECIAL), Angle(0)));
        step(&mut world, &[], &[held, cloak], &defs, &Now, &mut Vec::new());
        assert_eq!(ship(&mut world, 0).line, None, "nobody holds what is not seen");
    }

    #[test]
    fn a_hurt_friend_is_mended_and_a_whole_one_is_towed() {
        let terms = Terms { mode: GameMode::CoreWar, ..Terms::of(GameMode::CoreWar) };
        for (hurt, line) in [(true, None), (false, Some(Hook::Ship(PlayerId(2))))] {
            let (mut world, defs) = range(Defs::of(terms), ShipClass::Spark, 150.0);
            ship(&mut world, 2).body.pos = Lattice::nearest(Vec2::new(FAR + 150.0, 0.0));
            ship(&mut world, 1).body.pos = Lattice::nearest(Vec2::new(-FAR, 0.0));
            ship(&mut world, 2).hull -= if hurt { 50_000 } else { 0 };
            let before = ship(&mut world, 2).hull;
            hold(&mut world, &defs, 30, Buttons::SPECIAL);
            assert_eq!(ship(&mut world, 0).line, line);
            assert_eq!(ship(&mut world, 2).hull > before, hurt, "mended");
        }
    }

    #[test]
    fn a_rock_is_swung_by_its_mass_and_whom_it_hits_was_hit_by_its_pilot() {
        let drawn = |size| {
            let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 900.0);
            stone(&mut world, 200.0, size);
            hold(&mut world, &defs, 30, Buttons::SPECIAL);
            (ship(&mut world, 0).body.vel.to_vec2().x, -world.rocks[0].vel.to_vec2().x)
        };
        let (small, large) = (drawn(RockSize::Small), drawn(RockSize::Large));
        assert!(small.1 > 2.0 * small.0 && large.0 > 3.0 * large.1, "{small:?} {large:?}");

        let thrown = |flung| {
            let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 900.0);
            stone(&mut world, 860.0, RockSize::Small);
            world.rocks[0].vel = Lattice::nearest(Vec2::new(300.0, 0.0));
            world.rocks[0].flung = flung;
            let events = hold(&mut world, &defs, 10, 0);
            events.into_iter().find_map(|event| match event {
                Event::Damaged { ship, by, cause: Cause::Rock, amount } if ship.player == PlayerId(1) => {
                    Some((by, amount))
                }
                _ => None,
            })
        };
        let (by, hard) = thrown(Some(PlayerId(0))).expect("hit");
        let (nobody, soft) = thrown(None).expect("hit");
        assert_eq!((by, nobody), (Some(PlayerId(0)), None));
        assert_eq!(hard, soft * tow::FLUNG_FACTOR);
    }

    #[test]
    fn a_rock_is_torn_out_of_its_belt_whole_and_grows_back() {
        let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 900.0);
        let slot = 0;
        world.belt[slot].regrow = None;
        let tick = world.tick.plus(1);
        let (pos, vel) = (world.layout.rock(slot, tick, 0.0), world.layout.rock_velocity(slot, tick));
        let size = world.layout.slots[slot].size;
        let away = 100.0 + size.def().radius;
        let body = &mut ship(&mut world, 0).body;
        (body.pos, body.vel) = (Lattice::nearest(pos - Vec2::new(away, 0.0)), Lattice::nearest(vel));
        let events = hold(&mut world, &defs, 1, Buttons::SPECIAL);
        assert!(events.contains(&Event::BeltBroken { slot: slot as u16 }), "{events:?}");
        assert_eq!((world.belt[slot].hull, world.rocks.len()), (0, 1));
        let rock = world.rocks[0];
        assert_eq!(
            (rock.size, rock.hull, ship(&mut world, 0).line),
            (size, size.def().hull, Some(Hook::Rock(rock.id)))
        );
        assert!(world.belt[slot].regrow.is_some() && world.pickups.is_empty(), "no ore for it");
    }

    #[test]
    fn a_rock_on_the_line_is_marked_as_long_as_it_is_pulled_and_a_full_room_lets_go() {
        let (mut world, defs) = range(Defs::standard(), ShipClass::Spark, 900.0);
        let id = stone(&mut world, 200.0, RockSize::Small);
        hold(&mut world, &defs, 3, Buttons::SPECIAL);
        assert_eq!((ship(&mut world, 0).line, world.towed.as_slice()), (Some(Hook::Rock(id)), &[id][..]));
        let (tick, sky) = (world.tick, crate::sim::Sky::at(&world.layout.clone(), &[], &defs.arena, world.tick));
        let mut stage = Stage { world: &mut world, defs: &defs, sky, events: &mut Vec::new() };
        stage.world.towed = (0..TOWED_ROCKS_MAX as u16).map(|i| BodyId(30_000 + i)).collect();
        assert!(!pull(&mut stage, PlayerId(0), Hook::Rock(id)), "one too many at {tick:?}");
        hold(&mut world, &defs, 1, 0);
        assert!(world.towed.is_empty());
    }
}
