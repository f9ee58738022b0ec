//! Pickups: scattered by rocks and the dead, drifting to rest, collected by flying into them.

use glam::Vec2;

use super::{
    damage::{self, Hurt},
    events::{Cause, Event},
    grid::Grid,
    scratch::Scratch,
    stage::Stage,
    world::{MILLI, Pickup, Ship},
};
use crate::{
    defs::{Defs, PickupKind, RockSize, Special, WeaponKind, arena::BeltCentre, pickup},
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
    let Scratch { places, grid, found, mines, .. } = scratch;
    let mut blasts = Vec::new();
    places.clear();
    places.extend(pickups.iter().map(|pickup| pickup.pos.to_vec2()));
    grid.rebuild(places);
    for player in (0..stage.world.pilots.len()).map(|slot| PlayerId(slot as u16)) {
        let Some(ship) = stage.world.ship(player) else { continue };
        let (at, radius) = (ship.body.pos.to_vec2(), stage.defs.ship(ship.class).radius);
        let reach = radius + pickup::REACH.max(mine_reach(stage.defs));
        grid.near(at - Vec2::splat(reach), at + Vec2::splat(reach), found);
        for &i in found.iter() {
            let pickup = &mut pickups[usize::from(i)];
            if pickup.life > 0 && meets(stage, player, pickup, pickup.pos.to_vec2().distance(at) - radius) {
                match pickup.kind {
                    PickupKind::Mine => blasts.push((player, pickup.owner)),
                    _ => collect(stage, player, *pickup),
                }
                stage.events.push(Event::Collected { id: pickup.id, kind: pickup.kind, by: player });
                // Taken: nobody else gets it, and it goes away below.
                pickup.life = 0;
            }
        }
        pull_in(stage, player, &mut pickups, grid, found);
    }
    pickups.retain(|pickup| pickup.life > 0);
    stage.world.pickups = pickups;
    // Whatever comes now finds all the others in the list: names and room are counted by it.
    for (player, owner) in blasts {
        let amount = i32::from(stage.defs.weapon(WeaponKind::Mine).damage) * MILLI;
        damage::hurt(stage, player, Hurt { amount, by: owner, cause: Cause::Shot(WeaponKind::Mine) });
    }
    for (player, weapon) in mines.drain(..) {
        lay(stage, player, weapon);
    }
}

/// Whether a ship whose hull is `gap` u away takes the pickup, or sets off the mine: a mine spares its owner's team, and whoever
/// cannot be hurt.
fn meets(stage: &Stage<'_>, player: PlayerId, pickup: &Pickup, gap: f32) -> bool {
    if pickup.kind != PickupKind::Mine {
        return gap < pickup::REACH;
    }
    let Some(mine) = stage.defs.weapon(WeaponKind::Mine).mine() else { return false };
    let armed = pickup.life + mine.arm_ticks <= mine.life_ticks;
    let protected = stage.world.ship(player).is_none_or(|ship| ship.protection > 0);
    let friend = pickup.owner.is_some_and(|owner| stage.defs.mode.spares(owner, player));
    armed && !protected && !friend && gap < mine.reach
}

fn mine_reach(defs: &Defs) -> f32 {
    defs.weapon(WeaponKind::Mine).mine().map_or(0.0, |mine| mine.reach)
}

/// Ticks from one pickup to the next that a tractor takes.
const TRACTOR_TICKS: u32 = 6;

/// A tractor takes the nearest pickup in its reach, now and then.
fn pull_in(stage: &mut Stage<'_>, player: PlayerId, pickups: &mut [Pickup], grid: &Grid, found: &mut Vec<u16>) {
    let Some(ship) = stage.world.ship(player) else { return };
    let Some(Special::Tractor(reach)) = ship.special(stage.defs) else { return };
    if !stage.world.tick.0.wrapping_add(u32::from(player.0)).is_multiple_of(TRACTOR_TICKS) {
        return;
    }
    let at = ship.body.pos.to_vec2();
    grid.near(at - Vec2::splat(reach), at + Vec2::splat(reach), found);
    let loose = found.iter().filter(|&&i| {
        let pickup = &pickups[usize::from(i)];
        pickup.life > 0 && pickup.kind != PickupKind::Mine
    });
    let near = loose.map(|&i| (pickups[usize::from(i)].pos.to_vec2().distance(at), i));
    if let Some((_, i)) = math::earliest(near.filter(|(distance, _)| *distance < reach)) {
        let pickup = &mut pickups[usize::from(i)];
        collect(stage, player, *pickup);
        stage.events.push(Event::Collected { id: pickup.id, kind: pickup.kind, by: player });
        pickup.life = 0;
    }
}

/// Throws a mine ahead of a ship; one too many takes the place of the pilot's oldest.
fn lay(stage: &mut Stage<'_>, player: PlayerId, weapon: WeaponKind) {
    let Some(mine) = stage.defs.weapon(weapon).mine() else { return };
    let Some(ship) = stage.world.ship(player) else { return };
    let nose = ship.body.heading.unit();
    let pos = ship.body.pos.to_vec2() + nose * (stage.defs.ship(ship.class).radius + 12.0);
    let vel = ship.body.vel.to_vec2() * 0.5 + nose * mine.throw;
    let pickups = &mut stage.world.pickups;
    if pickups.iter().filter(|other| other.owner == Some(player)).count() >= mine.most
        && let Some(oldest) = pickups.iter().position(|other| other.owner == Some(player))
    {
        pickups.remove(oldest);
    }
    let id = stage.world.fresh_body();
    let mine = Pickup {
        id,
        kind: PickupKind::Mine,
        amount: 1,
        owner: Some(player),
        pos: Lattice::nearest(pos),
        vel: Lattice::nearest(vel),
        life: mine.life_ticks,
    };
    push(stage, mine);
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
        PickupKind::Mine => {}
        PickupKind::Overshield => {
            let full = i32::from(def.shield) * MILLI;
            ship.shield = full + (full as f32 * pickup::OVER_SHARE) as i32;
        }
        PickupKind::Multifire => ship.multi_left = pickup::MULTI_TICKS,
        PickupKind::Repel => ship.repel = true,
        PickupKind::Decoy => ship.decoy = true,
        PickupKind::Charge => {
            ship.energy = (ship.energy + i32::from(pickup::CHARGE_ENERGY) * MILLI).min(i32::from(def.energy) * MILLI);
        }
    }
}

/// The contents of a broken rock.
pub(super) fn scatter(stage: &mut Stage<'_>, keyed: &mut Keyed, size: RockSize, pos: Vec2, vel: Vec2) {
    spill(stage, keyed, u16::from(size.def().ore), pos, vel, ticks(pickup::LIFE_S));
    if size == RockSize::Small {
        return;
    }
    if size == RockSize::Large && keyed.chance(pickup::RARE_CHANCE) {
        let kind = rare(keyed);
        add(stage, keyed, kind, 1, pos, vel, ticks(pickup::LIFE_S));
    }
    for (kind, chance) in [(PickupKind::Repair, pickup::REPAIR_CHANCE), (PickupKind::Charge, pickup::CHARGE_CHANCE)] {
        if keyed.chance(chance) {
            add(stage, keyed, kind, 1, pos, vel, ticks(pickup::LIFE_S));
        }
    }
}

fn rare(keyed: &mut Keyed) -> PickupKind {
    PickupKind::RARE[keyed.below(PickupKind::RARE.len() as u32) as usize]
}

/// Now and then something rare floats among the rocks around the star.
pub(super) fn float(stage: &mut Stage<'_>) {
    let tick = stage.world.tick;
    if !stage.defs.mode.rarities || !tick.0.is_multiple_of(pickup::FLOAT_EVERY_TICKS) {
        return;
    }
    let mut keyed = Keyed::new(stage.world.secret, tick, 0x3_0000, Purpose::Debris);
    let belts = stage.defs.arena.belts.iter().filter(|belt| belt.around == BeltCentre::Star);
    let Some(belt) = belts.clone().nth(keyed.below(belts.count().max(1) as u32) as usize) else { return };
    let distance = belt.radius + keyed.range(-belt.spread, belt.spread);
    let pickup = Pickup {
        id: stage.world.fresh_body(),
        kind: rare(&mut keyed),
        amount: 1,
        owner: None,
        pos: Lattice::nearest(math::unit(keyed.angle()) * distance),
        vel: Lattice::ZERO,
        life: ticks(pickup::FLOAT_LIFE_S),
    };
    push(stage, pickup);
}

/// A share of the cargo of a ship that was just destroyed, and with some luck something rare.
pub(super) fn drop_cargo(stage: &mut Stage<'_>, ship: &Ship) {
    let ore = (f32::from(ship.cargo) * stage.defs.rules.death_drops) as u16;
    let entity = u32::from(ship.id.player.0) | 0x2_0000;
    let mut keyed = Keyed::new(stage.world.secret, stage.world.tick, entity, Purpose::Debris);
    let (pos, vel) = (ship.body.pos.to_vec2(), ship.body.vel.to_vec2());
    spill(stage, &mut keyed, ore, pos, vel, ticks(pickup::DROP_LIFE_S));
    // What falls into the star's heat burns: it would only lure others there.
    if stage.defs.mode.rarities
        && pos.length() > stage.defs.arena.star.ring_radius
        && keyed.chance(pickup::RARE_DROP_CHANCE)
    {
        let kind = rare(&mut keyed);
        add(stage, &mut keyed, kind, 1, pos, vel, ticks(pickup::LIFE_S));
    }
}

fn spill(stage: &mut Stage<'_>, keyed: &mut Keyed, mut ore: u16, pos: Vec2, vel: Vec2, life: u16) {
    while ore > 0 {
        let amount = ore.min(u16::from(pickup::ORE_MAX)).min(ore.div_ceil(2).max(3)).min(ore) as u8;
        ore -= u16::from(amount);
        add(stage, keyed, PickupKind::Ore, amount, pos, vel, life);
    }
}

fn add(stage: &mut Stage<'_>, keyed: &mut Keyed, kind: PickupKind, amount: u8, pos: Vec2, vel: Vec2, life: u16) {
    let away = math::unit(keyed.angle());
    let pickup = Pickup {
        id: stage.world.fresh_body(),
        kind,
        amount,
        owner: None,
        pos: Lattice::nearest(pos + away * 6.0),
        vel: Lattice::nearest(vel * 0.5 + away * keyed.range(20.0, 90.0)),
        life,
    };
    push(stage, pickup);
}

pub(super) fn push(stage: &mut Stage<'_>, pickup: Pickup) {
    if stage.world.pickups.len() >= PICKUPS_MAX {
        stage.world.pickups.remove(0);
    }
    stage.world.pickups.push(pickup);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::ShipClass,
        ids::BodyId,
        sim::{Buttons, Command, Now, Order, World, step},
    };

    /// Pilot 0 in a Gravitor and pilot 1 in a Spark that carries ore, far apart and at rest; nobody is protected.
    fn range() -> (World, Defs) {
        let mut defs = Defs::standard();
        defs.rules.protection_ticks = 0;
        let mut world = World::new(1, 1, &defs);
        for (slot, class) in [(0, ShipClass::Gravitor), (1, ShipClass::Spark)] {
            let player = PlayerId(slot);
            let enlist = Order::Enlist { player, bot: false, points: 500 };
            step(&mut world, &[enlist, Order::Launch { player, class }], &[], &defs, &Now, &mut Vec::new());
        }
        for (slot, x) in [(0, 1_800.0), (1, -1_800.0)] {
            let ship = world.pilot_mut(PlayerId(slot)).and_then(|pilot| pilot.ship.as_mut()).unwrap();
            (ship.body.pos, ship.body.vel) = (Lattice::nearest(Vec2::new(x, 900.0)), Lattice::ZERO);
        }
        (world, defs)
    }

    fn mines(world: &World) -> Vec<Pickup> {
        world.pickups.iter().filter(|pickup| pickup.kind == PickupKind::Mine).copied().collect()
    }

    #[test]
    fn a_pilot_has_four_mines_at_most_and_none_goes_off_for_the_owner() {
        let (mut world, defs) = range();
        let fire = (PlayerId(0), Command::new(Buttons(Buttons::FIRE), crate::quantize::Angle(0)));
        let mut most = 0;
        for _ in 0..60 * 8 {
            step(&mut world, &[], &[fire], &defs, &Now, &mut Vec::new());
            most = most.max(mines(&world).len());
        }
        assert_eq!(most, 4);
        let owner = world.ship(PlayerId(0)).unwrap();
        assert_eq!(owner.hull, i32::from(defs.ship(ShipClass::Gravitor).hull) * MILLI);
    }

    #[test]
    fn a_mine_goes_off_once_its_victim_drops_cargo_and_a_full_arena_stays_full() {
        let (mut world, defs) = range();
        let target = world.pilot_mut(PlayerId(1)).and_then(|pilot| pilot.ship.as_mut()).unwrap();
        (target.hull, target.shield, target.cargo) = (1_000, 0, 40);
        let at = target.body.pos;
        let ore = |id| Pickup {
            id: BodyId(id),
            kind: PickupKind::Ore,
            amount: 1,
            owner: None,
            pos: Lattice::ZERO,
            vel: Lattice::ZERO,
            life: 900,
        };
        world.pickups = (0..PICKUPS_MAX as u16 - 1).map(ore).collect();
        let mine = defs.weapon(WeaponKind::Mine).mine().unwrap();
        let owner = Some(PlayerId(0));
        world.pickups.push(Pickup { kind: PickupKind::Mine, owner, pos: at, life: mine.life_ticks - 60, ..ore(9_000) });
        let mut events = Vec::new();
        step(&mut world, &[], &[], &defs, &Now, &mut events);
        let killer = world.pilot(PlayerId(1)).unwrap().death.and_then(|death| death.killer);
        assert!(world.ship(PlayerId(1)).is_none() && killer == owner, "{events:?}");
        assert!(mines(&world).is_empty() && world.pickups.len() <= PICKUPS_MAX);
        let fire = (PlayerId(0), Command::new(Buttons(Buttons::FIRE), crate::quantize::Angle(0)));
        for _ in 0..120 {
            step(&mut world, &[], &[fire], &defs, &Now, &mut Vec::new());
            assert!(world.pickups.len() <= PICKUPS_MAX, "{}", world.pickups.len());
        }
        let mut names: Vec<_> = world.pickups.iter().map(|pickup| pickup.id).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a name was given twice");
    }

    /// Hands pilot 1 of the range a pickup of this kind; returns the world after it came aboard.
    fn with(kind: PickupKind) -> (World, Defs) {
        let (mut world, defs) = range();
        let at = world.ship(PlayerId(1)).unwrap().body.pos;
        let id = BodyId(9_000);
        world.pickups.push(Pickup { id, kind, amount: 1, owner: None, pos: at, vel: Lattice::ZERO, life: 900 });
        let mut events = Vec::new();
        step(&mut world, &[], &[], &defs, &Now, &mut events);
        assert!(events.contains(&Event::Collected { id, kind, by: PlayerId(1) }), "{events:?}");
        (world, defs)
    }

    fn ship(world: &mut World, slot: u16) -> &mut Ship {
        world.pilot_mut(PlayerId(slot)).and_then(|pilot| pilot.ship.as_mut()).unwrap()
    }

    #[test]
    fn an_overshield_is_half_as_much_again_and_wears_off() {
        let (mut world, defs) = with(PickupKind::Overshield);
        let full = i32::from(defs.ship(ShipClass::Spark).shield) * MILLI;
        assert_eq!(ship(&mut world, 1).shield, full * 3 / 2);
        for tick in 0..=pickup::OVER_TICKS + 60 {
            let shield = ship(&mut world, 1).shield;
            assert!(shield >= full, "tick {tick}");
            assert!(shield > full || tick >= pickup::OVER_TICKS, "tick {tick}: worn off already");
            (ship(&mut world, 1).body.vel, ship(&mut world, 0).body.vel) = (Lattice::ZERO, Lattice::ZERO);
            step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
        }
        assert_eq!(ship(&mut world, 1).shield, full);
    }

    #[test]
    fn a_multifire_adds_two_bolts_with_names_of_their_own_for_a_while() {
        let (mut world, defs) = with(PickupKind::Multifire);
        assert_eq!(ship(&mut world, 1).multi_left, pickup::MULTI_TICKS);
        for class in ShipClass::ALL {
            let body = ship(&mut world, 1).body;
            let id = ship(&mut world, 1).id;
            let mut flown = Ship { multi_left: 0, ..Ship::fresh(id, class, body, &defs) };
            let volley = |ship: &Ship| {
                use crate::{defs::Mount, sim::shots, tick::Tick};
                let keys = shots::volley(ship, Mount::Primary, Tick(7), &defs).map(|shot| shot.key.part);
                keys.collect::<std::collections::BTreeSet<u8>>().len()
            };
            let usual = volley(&flown);
            flown.multi_left = 5;
            let more = if defs.weapon(defs.ship(class).primary).bolt().is_some() { 2 } else { 0 };
            assert_eq!(volley(&flown), usual + more, "{class:?}");
        }
        let fire = (PlayerId(1), Command::new(Buttons(Buttons::FIRE), crate::quantize::Angle(0)));
        let mut shots = Vec::new();
        for _ in 0..3 {
            step(&mut world, &[], &[fire], &defs, &Now, &mut Vec::new());
            shots.push(world.shots.len());
        }
        assert!(shots.contains(&3), "{shots:?}");
        ship(&mut world, 1).multi_left = 1;
        step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
        assert_eq!(ship(&mut world, 1).multi_left, 0);
    }

    #[test]
    fn a_repel_waits_for_a_blow_that_breaks_half_the_shield_and_throws_everything_away() {
        let (mut world, defs) = with(PickupKind::Repel);
        let hit = |world: &mut World, points: i32, by: Option<PlayerId>| {
            let sky = crate::sim::Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
            let stage = &mut Stage { world, defs: &defs, sky, events: &mut Vec::new() };
            damage::hurt(stage, PlayerId(1), Hurt { amount: points * MILLI, by, cause: Cause::Ram });
        };
        hit(&mut world, 10, Some(PlayerId(0)));
        assert!(ship(&mut world, 1).repel && world.wells.is_empty(), "more than half is left");
        hit(&mut world, 15, None);
        assert!(ship(&mut world, 1).repel, "nobody did it");
        let at = ship(&mut world, 1).body.pos.to_vec2();
        ship(&mut world, 0).body.pos = Lattice::nearest(at + Vec2::new(150.0, 0.0));
        let rock = crate::sim::LooseRock {
            id: BodyId(77),
            size: RockSize::Small,
            pos: Lattice::nearest(at - Vec2::new(140.0, 0.0)),
            vel: Lattice::ZERO,
            hull: 30,
            life: 900,
            flung: None,
        };
        world.rocks.push(rock);
        hit(&mut world, 1, Some(PlayerId(0)));
        assert!(!ship(&mut world, 1).repel && world.wells.len() == 1);
        for _ in 0..24 {
            step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
        }
        let thrown = (ship(&mut world, 0).body.vel.to_vec2().x, world.rocks[0].vel.to_vec2().x);
        assert!(thrown.0 > 120.0 && thrown.1 < -120.0, "{thrown:?}");
        hit(&mut world, 5, Some(PlayerId(0)));
        assert_eq!(world.wells.len(), 1, "there was but one");
    }

    #[test]
    fn what_is_rare_floats_in_the_belts_and_falls_out_of_large_rocks_and_the_dead() {
        let (mut world, defs) = range();
        for pilot in world.pilots.iter_mut().flatten() {
            pilot.ship = None;
        }
        let mut floating = std::collections::BTreeSet::new();
        for _ in 0..60 * 60 * 4 {
            step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
            for pickup in &world.pickups {
                let distance = pickup.pos.to_vec2().length();
                assert!(PickupKind::RARE.contains(&pickup.kind) && (500.0..1_150.0).contains(&distance));
                floating.insert(pickup.kind);
            }
            assert!(world.pickups.len() <= 6, "{}", world.pickups.len());
        }
        assert_eq!(floating.len(), PickupKind::RARE.len(), "{floating:?}");
        let mut fallen = [0; 3];
        for tick in 0..2_000 {
            world.pickups.clear();
            let sky = crate::sim::Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
            let stage = &mut Stage { world: &mut world, defs: &defs, sky, events: &mut Vec::new() };
            let mut keyed = Keyed::new(5, crate::tick::Tick(tick), 1, Purpose::Test);
            let size = RockSize::ALL[tick as usize % 3];
            scatter(stage, &mut keyed, size, Vec2::ZERO, Vec2::ZERO);
            fallen[tick as usize % 3] +=
                stage.world.pickups.iter().filter(|pickup| PickupKind::RARE.contains(&pickup.kind)).count();
        }
        let left = |world: &mut World, x: f32| {
            let mut wreck = Ship::fresh(
                crate::ids::ShipId { player: PlayerId(1), life: 1 },
                ShipClass::Spark,
                crate::sim::Kinematics::default(),
                &defs,
            );
            wreck.body.pos = Lattice::nearest(Vec2::new(x, 0.0));
            let mut left = 0;
            for tick in 0..400 {
                world.pickups.clear();
                world.tick = crate::tick::Tick(tick);
                let sky = crate::sim::Sky::at(&world.layout, &world.wells, &defs.arena, world.tick);
                let stage = &mut Stage { world, defs: &defs, sky, events: &mut Vec::new() };
                drop_cargo(stage, &wreck);
                left += stage.world.pickups.len();
            }
            left
        };
        assert!((30..100).contains(&left(&mut world, 900.0)), "the dead leave something now and then");
        assert_eq!(left(&mut world, 200.0), 0, "in the star's heat it burns");
        assert!(fallen[0] == 0 && fallen[1] == 0 && (60..180).contains(&fallen[2]), "{fallen:?}");
    }
}
