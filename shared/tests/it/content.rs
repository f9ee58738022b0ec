//! What the things of the arena do to a ship and what ships do with them, each rule by itself: a world of a ship or two at a
//! place of the test's choosing, stepped by hand.

use glam::Vec2;
use shared::{
    defs::{Defs, PickupKind, RockSize, ShipClass, pickup},
    ids::{BodyId, PlayerId},
    quantize::{Angle, Lattice},
    sim::{Buttons, Cause, Command, Event, LooseRock, Now, Order, Pickup, Ship, Sky, World, step},
    tick::{TICK_HZ, ticks},
};

/// A milli-point.
const MILLI: i32 = 1_000;
/// Where nothing pulls but a planet now and then, u from the star.
const FAR: Vec2 = Vec2::new(1_800.0, 900.0);

/// A world and what was held in it.
struct Range {
    world: World,
    defs: Defs,
}

impl Range {
    /// Pilots 0, 1, … in ships of these classes, unprotected, far from each other and at rest, nose to the right.
    fn of(classes: &[ShipClass]) -> Range {
        let mut defs = Defs::standard();
        defs.rules.protection_ticks = 0;
        let mut range = Range { world: World::new(1, 1, &defs), defs };
        for (slot, &class) in (0..).zip(classes) {
            let player = PlayerId(slot);
            range.orders(&[Order::Enlist { player, bot: false, points: 1_000 }, Order::Launch { player, class }]);
        }
        for slot in 0..classes.len() as u16 {
            let turned = Vec2::from_angle(f32::from(slot) * 2.0).rotate(FAR);
            range.put(slot, turned, Vec2::ZERO);
        }
        range
    }

    fn ship(&mut self, slot: u16) -> &mut Ship {
        self.world.pilot_mut(PlayerId(slot)).and_then(|pilot| pilot.ship.as_mut()).expect("the ship flies")
    }

    fn put(&mut self, slot: u16, pos: Vec2, vel: Vec2) {
        let body = &mut self.ship(slot).body;
        (body.pos, body.vel, body.heading) = (Lattice::nearest(pos), Lattice::nearest(vel), Angle(0));
    }

    fn orders(&mut self, orders: &[Order]) -> Vec<Event> {
        let mut events = Vec::new();
        step(&mut self.world, orders, &[], &self.defs, &Now, &mut events);
        events
    }

    /// So many ticks in which pilot `slot` holds these buttons and aims there.
    fn hold(&mut self, slot: u16, buttons: u8, aim: Angle, ticks: u32) -> Vec<Event> {
        let command = (PlayerId(slot), Command::new(Buttons(buttons), aim));
        let mut events = Vec::new();
        (0..ticks).for_each(|_| step(&mut self.world, &[], &[command], &self.defs, &Now, &mut events));
        events
    }

    fn wait(&mut self, ticks: u32) -> Vec<Event> {
        let mut events = Vec::new();
        (0..ticks).for_each(|_| step(&mut self.world, &[], &[], &self.defs, &Now, &mut events));
        events
    }

    /// Lays something where it is at hand.
    fn lay(&mut self, kind: PickupKind, amount: u8, pos: Vec2) {
        let id = self.world.fresh_body();
        let pos = Lattice::nearest(pos);
        self.world.pickups.push(Pickup { id, kind, amount, owner: None, pos, vel: Lattice::ZERO, life: 900 });
    }

    fn ore(&self) -> u32 {
        let ore = self.world.pickups.iter().filter(|pickup| pickup.kind == PickupKind::Ore);
        ore.map(|pickup| u32::from(pickup.amount)).sum()
    }

    /// Breaks a loose rock of this size by a shot; what it became.
    fn shatter(size: RockSize) -> (Range, Vec<RockSize>) {
        let mut range = Range::of(&[ShipClass::Spark]);
        let id = BodyId(60_000);
        let pos = Lattice::nearest(FAR + Vec2::X * (30.0 + size.def().radius));
        range.world.rocks.push(LooseRock { id, size, pos, vel: Lattice::ZERO, hull: 1, life: 900, flung: None });
        let events = range.hold(0, Buttons::FIRE, Angle(0), 6);
        assert!(events.contains(&Event::LooseBroken { id, size, by_force: true }), "{events:?}");
        let parts = range.world.rocks.iter().map(|rock| rock.size).collect();
        (range, parts)
    }
}

/// The damage that a pilot took, milli-points, blow by blow.
fn blows(events: &[Event], victim: u16, cause: impl Fn(Cause) -> bool) -> Vec<i32> {
    let blow = |event: &Event| match *event {
        Event::Damaged { ship, cause: of, amount, .. } if ship.player == PlayerId(victim) && cause(of) => Some(amount),
        _ => None,
    };
    events.iter().filter_map(blow).collect()
}

#[test]
fn rocks_break_into_two_of_the_next_size_and_their_ore() {
    for (size, parts, ore) in [
        (RockSize::Large, vec![RockSize::Medium; 2], 30),
        (RockSize::Medium, vec![RockSize::Small; 2], 12),
        (RockSize::Small, vec![], 4),
    ] {
        let (range, became) = Range::shatter(size);
        assert_eq!((became, range.ore()), (parts, ore), "{size:?}");
    }
}

#[test]
fn a_broken_rock_of_a_belt_grows_back() {
    let mut range = Range::of(&[ShipClass::Spark]);
    range.world.belt[0].hull = 1;
    let size = range.world.layout.slots[0].size;
    let (at, way) =
        (range.world.layout.rock(0, range.world.tick, 0.0), range.world.layout.rock_velocity(0, range.world.tick));
    range.put(0, at - Vec2::X * (size.def().radius + 30.0), way);
    let events = range.hold(0, Buttons::FIRE, Angle(0), 6);
    assert!(events.contains(&Event::BeltBroken { slot: 0 }), "{events:?}");
    assert_eq!(range.world.belt[0].hull, 0);
    let regrow = u32::from(range.defs.rules.belt_regrow_ticks);
    range.put(0, FAR, Vec2::ZERO);
    range.wait(regrow - 10);
    assert_eq!(range.world.belt[0].hull, 0, "too early");
    range.wait(10);
    assert_eq!((range.world.belt[0].hull, range.world.belt[0].regrow), (size.def().hull, None));
}

#[test]
fn ore_is_worth_twice_as_much_at_the_ring_and_a_hold_has_an_end() {
    let ring = Defs::standard().arena.star.ring_radius;
    for (place, points) in [(FAR, 10), (Vec2::X * (ring + 4.0), 20)] {
        let mut range = Range::of(&[ShipClass::Spark]);
        range.put(0, place, Vec2::ZERO);
        let before = range.world.pilot(PlayerId(0)).map(|pilot| pilot.score).unwrap_or_default();
        range.lay(PickupKind::Ore, 10, place);
        range.wait(1);
        let after = range.world.pilot(PlayerId(0)).map(|pilot| pilot.score).unwrap_or_default();
        assert_eq!((after - before, range.ship(0).cargo), (points, 10), "at {place}");
    }
    let mut range = Range::of(&[ShipClass::Spark]);
    range.ship(0).cargo = 35;
    range.lay(PickupKind::Ore, 10, FAR);
    range.wait(1);
    let hold = range.defs.ship(ShipClass::Spark).hold;
    assert_eq!(range.ship(0).cargo, hold);
}

#[test]
fn a_repair_mends_the_hull_and_a_charge_fills_the_store_and_neither_more_than_there_was() {
    let mut range = Range::of(&[ShipClass::Spark]);
    let (hull, energy) = (range.ship(0).hull, range.ship(0).energy);
    (range.ship(0).hull, range.ship(0).energy) = (hull - 40 * MILLI, energy - 60 * MILLI);
    range.lay(PickupKind::Repair, 1, FAR);
    range.lay(PickupKind::Charge, 1, FAR);
    range.wait(1);
    assert_eq!(range.ship(0).hull, hull - (40 - i32::from(pickup::REPAIR_HULL)) * MILLI);
    let missing = energy - range.ship(0).energy;
    assert!((19 * MILLI..=20 * MILLI).contains(&missing), "{missing}");
    range.ship(0).hull = hull - MILLI;
    range.lay(PickupKind::Repair, 1, FAR);
    range.lay(PickupKind::Charge, 1, FAR);
    range.wait(1);
    assert_eq!((range.ship(0).hull, range.ship(0).energy), (hull, energy));
}

#[test]
fn a_tractor_brings_in_what_is_near_while_it_runs() {
    let mut range = Range::of(&[ShipClass::Prospector]);
    for (away, within) in [(300.0, true), (400.0, false)] {
        range.world.pickups.clear();
        range.lay(PickupKind::Ore, 3, FAR + Vec2::Y * away);
        range.wait(30);
        assert_eq!(range.ore(), 3, "by itself, from {away} u");
        let before = range.ship(0).cargo;
        range.hold(0, Buttons::SPECIAL, Angle(0), 30);
        assert_eq!(range.ship(0).cargo - before, if within { 3 } else { 0 }, "from {away} u");
        range.wait(60);
    }
}

#[test]
fn who_dies_drops_a_quarter_of_the_ore_aboard_for_eight_seconds() {
    let mut range = Range::of(&[ShipClass::Spark]);
    let beyond = Vec2::X * (range.world.edge.radius_u() + 300.0);
    range.put(0, beyond, Vec2::ZERO);
    let ship = range.ship(0);
    (ship.cargo, ship.hull, ship.shield, ship.shield_wait) = (40, 1, 0, 60);
    let events = range.wait(1);
    assert!(events.iter().any(|event| matches!(event, Event::Destroyed { cause: Cause::Edge, .. })), "{events:?}");
    assert_eq!(range.ore(), 10);
    let longest = ticks(pickup::DROP_LIFE_S);
    let ore = range.world.pickups.iter().filter(|pickup| pickup.kind == PickupKind::Ore);
    assert!(ore.clone().all(|pickup| pickup.life + 1 >= longest && pickup.life <= longest));
}

#[test]
fn the_star_burns_through_shields_and_the_edge_does_not() {
    let mut range = Range::of(&[ShipClass::Spark]);
    let (hull, shield) = (range.ship(0).hull, range.ship(0).shield);
    range.put(0, Vec2::X * 180.0, Vec2::ZERO);
    let events = range.wait(3);
    assert!(!blows(&events, 0, |cause| cause == Cause::Star).is_empty(), "{events:?}");
    assert!(range.ship(0).hull < hull && range.ship(0).shield == shield);

    let mut range = Range::of(&[ShipClass::Spark]);
    range.put(0, Vec2::X * (range.world.edge.radius_u() + 200.0), Vec2::ZERO);
    let events = range.wait(30);
    let burnt: i32 = blows(&events, 0, |cause| cause == Cause::Edge).iter().sum();
    // 8 points a second, half of one.
    assert!((3_500..=4_000).contains(&burnt), "{burnt}");
    assert_eq!((range.ship(0).hull, range.ship(0).shield), (hull, shield - burnt));
}

/// An Anvil meets a Spark head on; what the blow cost each, milli-points.
fn ram(shielded: bool) -> (i32, i32) {
    let mut range = Range::of(&[ShipClass::Anvil, ShipClass::Spark]);
    range.put(1, FAR + Vec2::X * 60.0, Vec2::new(-150.0, 0.0));
    range.put(0, FAR, Vec2::new(150.0, 0.0));
    let events = range.hold(0, if shielded { Buttons::SPECIAL } else { 0 }, Angle(0), 12);
    let cost = |slot| blows(&events, slot, |cause| cause == Cause::Ram).first().copied().unwrap_or_default();
    (cost(0), cost(1))
}

#[test]
fn a_ram_shield_takes_no_blow_and_deals_twice_and_fifteen() {
    let (own, other) = ram(false);
    assert!(own > 0 && own == other, "{own} and {other}");
    assert_eq!(ram(true), (0, 2 * other + 15 * MILLI));
}

#[test]
fn a_ram_shield_lets_half_of_a_shot_through() {
    let struck = |buttons| {
        let mut range = Range::of(&[ShipClass::Anvil, ShipClass::Spark]);
        range.put(0, FAR, Vec2::ZERO);
        range.put(1, FAR - Vec2::X * 120.0, Vec2::ZERO);
        let commands = [
            (PlayerId(0), Command::new(Buttons(buttons), Angle(0))),
            (PlayerId(1), Command::new(Buttons(Buttons::FIRE), Angle(0))),
        ];
        let mut events = Vec::new();
        (0..20).for_each(|_| step(&mut range.world, &[], &commands, &range.defs, &Now, &mut events));
        blows(&events, 0, |cause| matches!(cause, Cause::Shot(_)))[0]
    };
    let (bare, shielded) = (struck(0), struck(Buttons::SPECIAL));
    assert_eq!((bare, shielded), (12 * MILLI, 6 * MILLI));
}

#[test]
fn turrets_follow_the_aim_and_a_broadside_leaves_to_both_sides() {
    let mut range = Range::of(&[ShipClass::Dreadnought]);
    let up = Angle(16_384);
    range.hold(0, Buttons::FIRE, up, 1);
    let heading = range.ship(0).body.heading.unit();
    assert!(heading.y < 0.1, "the ship itself turns slowly: {heading}");
    assert_eq!(range.world.shots.len(), 2);
    assert!(range.world.shots.iter().all(|shot| shot.vel.to_vec2().normalize().y > 0.99), "{:?}", range.world.shots);

    let mut range = Range::of(&[ShipClass::Dreadnought]);
    range.hold(0, Buttons::SPECIAL, Angle(0), 2);
    let ways: Vec<f32> = range.world.shots.iter().map(|shot| shot.vel.to_vec2().normalize().y).collect();
    let (left, right) = (ways.iter().filter(|y| **y > 0.99).count(), ways.iter().filter(|y| **y < -0.99).count());
    assert!(left > 1 && left == right && left + right == ways.len(), "{ways:?}");
}

#[test]
fn protection_fades() {
    let fade = Defs::standard().rules.protection_fade_ticks;
    let burnt = |protection| {
        let mut range = Range::of(&[ShipClass::Spark]);
        range.put(0, Vec2::X * (range.world.edge.radius_u() + 200.0), Vec2::ZERO);
        range.ship(0).protection = protection;
        let events = range.wait(1);
        blows(&events, 0, |cause| cause == Cause::Edge).first().copied().unwrap_or_default()
    };
    let (none, half, all) = (burnt(0), burnt(fade / 2), burnt(2 * fade));
    assert!(all == 0 && half > 0 && (none * 2 / 5..none * 3 / 5).contains(&half), "{none}, {half}, {all}");
}

#[test]
fn one_launches_on_a_circle_around_the_star() {
    let (mut near, mut off) = (0, Vec::new());
    for seed in 0..40 {
        let defs = Defs::standard();
        let mut world = World::new(seed, seed, &defs);
        let player = PlayerId(0);
        let orders =
            [Order::Enlist { player, bot: false, points: 0 }, Order::Launch { player, class: ShipClass::Spark }];
        let events = &mut Vec::new();
        step(&mut world, &orders, &[], &defs, &Now, events);
        // The step that launches flies it for a tick, too; that bends the way a little.
        let body = world.ship(player).expect("launched").body;
        let (pos, vel) = (body.pos.to_vec2(), body.vel.to_vec2());
        let sky = Sky::at(&world.layout, &[], &defs.arena, world.tick);
        let circular = sky.circular(pos).length();
        let across = vel.normalize().dot(pos.normalize()).abs();
        if across > 0.1 || (vel.length() - circular.max(70.0)).abs() > 8.0 {
            off.push((seed, pos, vel));
        }
        near += u32::from(circular > 100.0);
    }
    assert!(near > 0, "the star pulls at some of the places");
    // A rock of a belt may be in the way at once.
    assert!(off.len() <= 2, "{off:?}");
}

#[test]
fn the_players_guide_has_every_ship_with_its_numbers() {
    let guide = include_str!("../../../docs/PLAYING.md");
    let defs = Defs::standard();
    for class in ShipClass::ALL {
        let def = defs.ship(class);
        let row = format!(
            "| {} | **{}** | {}, {}, {} | {}°/s |",
            def.price, def.name, def.hull, def.shield, def.energy, def.turn_deg_s
        );
        assert!(guide.contains(&row), "docs/PLAYING.md has no row that begins with {row}");
    }
    let wait = f64::from(defs.rules.respawn_ticks) / f64::from(TICK_HZ);
    let wait = format!("You may fly again after {wait} seconds");
    assert!(guide.contains(&wait), "docs/PLAYING.md does not say: {wait}");
}
