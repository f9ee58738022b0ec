//! Decoys: a likeness of a ship that flies on as its pilot flew, and is gone at the first touch. Invariant: to all but
//! the rules it is a ship like any other, under a name of its own ([`PlayerId::decoy`]); it does nothing, takes nothing
//! and counts nowhere. It flies by [`integrate`] with the engines as they were, so it costs its viewers one bit.

use glam::Vec2;

use super::{
    contact::{self, SHIP_REACH},
    hits::Target,
    movement::{Kinematics, integrate},
    shots::Targets,
    sky::Sky,
    solids::{Near, Solids},
    stage::Stage,
    world::{Decoy, Ship},
    wormhole,
};
use crate::{
    defs::{Defs, pickup},
    ids::{PlayerId, ShipId},
    limits::DECOYS_MAX,
};

/// Whether a decoy has parted from its pilot's ship (both places and the radius in u): until then the two are one, and only the ship is hit.
#[must_use]
pub fn has_parted(decoy: Vec2, pilot: Vec2, radius: f32) -> bool {
    let clear = 3.0 * radius;
    decoy.distance_squared(pilot) > clear * clear
}

/// Lets a decoy go from the ship of `player`, if it has one aboard; an earlier one of the same pilot is gone, and where
/// there are too many the oldest.
pub(super) fn launch(stage: &mut Stage<'_>, player: PlayerId) {
    let tick = stage.world.tick;
    let Some(ship) = stage.world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()) else { return };
    if !std::mem::take(&mut ship.decoy) {
        return;
    }
    let of = ship.id;
    // A likeness that follows another has another name: a second is shorter than the way from one pickup to the next.
    let id = ShipId { player: player.decoy(), life: (tick.0 / 32) as u8 };
    let likeness = Ship { id, charge: 0, boost_left: 0, special_left: 0, line: None, ..ship.clone() };
    let decoys = &mut stage.world.decoys;
    decoys.retain(|decoy| decoy.of.player != player);
    if decoys.len() >= DECOYS_MAX {
        decoys.remove(0);
    }
    decoys.push(Decoy { ship: likeness, of, left: pickup::DECOY_TICKS });
}

/// Flies every decoy; one whose time is up, or whose pilot is gone, is no more. Those that have parted are targets.
pub(super) fn fly(stage: &mut Stage<'_>, targets: &mut Targets) {
    let (edge, defs) = (stage.world.edge.radius_u(), stage.defs);
    let mut decoys = std::mem::take(&mut stage.world.decoys);
    decoys.retain_mut(|decoy| {
        decoy.left -= 1;
        let pilot = stage.world.ship(decoy.of.player).filter(|ship| ship.id == decoy.of);
        let Some(pilot) = pilot.filter(|_| decoy.left > 0) else { return false };
        targets.extend(advance(decoy, &pilot.body, defs, &stage.sky, edge));
        true
    });
    stage.world.decoys = decoys;
}

fn advance(decoy: &mut Decoy, pilot: &Kinematics, defs: &Defs, sky: &Sky<'_>, edge: f32) -> Option<Target> {
    let def = defs.ship(decoy.ship.class);
    let ship = &mut decoy.ship;
    let before = ship.body.pos.to_vec2();
    integrate(&mut ship.body, ship.controls, def, sky, edge);
    let now = ship.body.pos.to_vec2();
    let before = wormhole::start(before, now, ship.body.vel.to_vec2());
    has_parted(now, pilot.pos.to_vec2(), def.radius).then_some(Target { id: ship.id, before, now, radius: def.radius })
}

/// Whatever a decoy touches takes it apart: something hard, or a ship that is not its pilot's.
pub(super) fn touch(stage: &mut Stage<'_>, solids: &Solids<'_>, near: &mut Near) {
    let mut decoys = std::mem::take(&mut stage.world.decoys);
    decoys.retain(|decoy| !touches(stage, decoy, solids, near));
    stage.world.decoys = decoys;
}

fn touches(stage: &Stage<'_>, decoy: &Decoy, solids: &Solids<'_>, near: &mut Near) -> bool {
    let (defs, sky) = (stage.defs, &stage.sky);
    let (mut body, def) = (decoy.ship.body, defs.ship(decoy.ship.class));
    let at = body.pos.to_vec2();
    let met = |ship: &Ship| {
        let reach = def.radius + defs.ship(ship.class).radius;
        ship.id != decoy.of && ship.body.pos.to_vec2().distance(at) < reach.min(SHIP_REACH)
    };
    let (planets, tick) = (&stage.world.layout.planets, stage.world.tick);
    contact::bounce_off_solids(&mut body, def, sky, |planet| planets[planet].velocity(tick), solids, near).is_some()
        || at.length() < sky.arena.star.burn_radius
        || stage.world.ships().any(met)
}

/// A shot or a ray took a decoy apart.
pub(super) fn dissolve(stage: &mut Stage<'_>, decoy: PlayerId) {
    stage.world.decoys.retain(|other| other.ship.id.player != decoy);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{PickupKind, ShipClass, WeaponKind},
        ids::BodyId,
        quantize::{Angle, Lattice},
        sim::{
            Buttons, Command, Event, Now, Order, Pickup, ShotHit, World, checksum,
            damage::{self, Hurt},
            events::Cause,
            step,
        },
        tick::Tick,
    };

    /// Far from everything: a shooter in slot 0 that looks along +x, and in slot 1, 500 u before it, a ship with a decoy.
    fn range() -> (World, Defs) {
        let mut defs = Defs::standard();
        defs.rules.protection_ticks = 0;
        (defs.arena.radius_min, defs.arena.radius_max) = (12_000.0, 12_000.0);
        let mut world = World::new(1, 1, &defs);
        world.belt.iter_mut().for_each(|rock| rock.regrow = Some(Tick(100_000)));
        for slot in 0..2 {
            let player = PlayerId(slot);
            let orders =
                [Order::Enlist { player, bot: false, points: 0 }, Order::Launch { player, class: ShipClass::Spark }];
            step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
            let body = &mut ship(&mut world, slot).body;
            (body.pos, body.heading) = (Lattice::nearest(Vec2::new(8_000.0 + 500.0 * f32::from(slot), 0.0)), Angle(0));
            body.vel = Lattice::ZERO;
        }
        let at = ship(&mut world, 1).body.pos;
        let id = BodyId(900);
        let kind = PickupKind::Decoy;
        world.pickups.push(Pickup { id, kind, amount: 1, owner: None, pos: at, vel: Lattice::ZERO, life: 99 });
        step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
        assert!(ship(&mut world, 1).decoy, "aboard");
        (world, defs)
    }

    fn ship(world: &mut World, slot: u16) -> &mut Ship {
        world.pilot_mut(PlayerId(slot)).and_then(|pilot| pilot.ship.as_mut()).expect("flies")
    }

    fn shoot_at(world: &mut World, defs: &Defs, by: Option<PlayerId>, cause: Cause) {
        let sky = Sky::at(&world.layout.clone(), &[], &defs.arena, world.tick);
        let mut stage = Stage { world, defs, sky, events: &mut Vec::new() };
        damage::hurt(&mut stage, PlayerId(1), Hurt { amount: 5_000, by, cause });
    }

    fn run(world: &mut World, defs: &Defs, commands: &[(PlayerId, Command)], ticks: u32) -> Vec<Event> {
        let mut events = Vec::new();
        (0..ticks).for_each(|_| step(world, &[], commands, defs, &Now, &mut events));
        events
    }

    const SHOT: Cause = Cause::Shot(WeaponKind::Pulse);

    #[test]
    fn a_shot_of_somebody_else_lets_it_go_and_nothing_besides() {
        let (mut world, defs) = range();
        shoot_at(&mut world, &defs, None, Cause::Star);
        shoot_at(&mut world, &defs, Some(PlayerId(0)), Cause::Ram);
        assert!(world.decoys.is_empty() && ship(&mut world, 1).decoy);
        let before = checksum(&world);
        shoot_at(&mut world, &defs, Some(PlayerId(0)), SHOT);
        assert!(world.decoys.len() == 1 && !ship(&mut world, 1).decoy);
        assert_ne!(checksum(&world), before);
        shoot_at(&mut world, &defs, Some(PlayerId(0)), SHOT);
        assert_eq!(world.decoys.len(), 1, "one to a pickup");
    }

    #[test]
    fn it_flies_on_as_its_pilot_flew_and_is_gone_after_its_time() {
        let (mut world, defs) = range();
        let thrust = (PlayerId(1), Command::new(Buttons(Buttons::THRUST), Angle(16_384)));
        run(&mut world, &defs, &[thrust], 40);
        shoot_at(&mut world, &defs, Some(PlayerId(0)), SHOT);
        run(&mut world, &defs, &[thrust], 60);
        let likeness = world.decoys[0].ship.body;
        assert_eq!(likeness, ship(&mut world, 1).body, "the same engines, the same way");
        assert_eq!(world.shown_ships().count(), 3);
        run(&mut world, &defs, &[], u32::from(pickup::DECOY_TICKS) - 61);
        assert_eq!(world.decoys.len(), 1);
        run(&mut world, &defs, &[], 1);
        assert!(world.decoys.is_empty());
    }

    #[test]
    fn one_hit_takes_it_apart_once_it_has_parted_and_hurts_nobody() {
        let (mut world, defs) = range();
        let fire = (PlayerId(0), Command::new(Buttons(Buttons::FIRE), Angle(0)));
        shoot_at(&mut world, &defs, Some(PlayerId(0)), SHOT);
        let full = (ship(&mut world, 1).hull, ship(&mut world, 1).shield);
        ship(&mut world, 1).body.pos.y += 256 * 300;
        let events = run(&mut world, &defs, &[fire], 70);
        let hit = |event: &Event| matches!(event, Event::ShotEnded { hit: ShotHit::Ship(player), .. } if *player == PlayerId(1).decoy());
        assert_eq!(events.iter().filter(|event| hit(event)).count(), 1, "{events:?}");
        assert!(world.decoys.is_empty());
        assert_eq!((ship(&mut world, 1).hull, ship(&mut world, 1).shield), full);
        assert_eq!(world.pilot(PlayerId(0)).unwrap().kills, 0);
    }

    #[test]
    fn until_it_parts_the_ship_is_hit_and_its_pilots_own_shots_pass() {
        let (mut world, defs) = range();
        let fire = (PlayerId(0), Command::new(Buttons(Buttons::FIRE), Angle(0)));
        let own = (PlayerId(1), Command::new(Buttons(Buttons::FIRE), Angle(0)));
        shoot_at(&mut world, &defs, Some(PlayerId(0)), SHOT);
        let before = ship(&mut world, 1).shield;
        run(&mut world, &defs, &[fire, own], 60);
        assert!(world.decoys.len() == 1 && ship(&mut world, 1).shield < before);
        assert!(
            defs.mode.spares(PlayerId(1), PlayerId(1).decoy()) && !defs.mode.spares(PlayerId(0), PlayerId(1).decoy())
        );
    }

    #[test]
    fn a_touch_takes_it_apart_and_the_end_of_its_pilot_too() {
        let (mut world, defs) = range();
        shoot_at(&mut world, &defs, Some(PlayerId(0)), SHOT);
        let at = world.decoys[0].ship.body.pos;
        ship(&mut world, 0).body.pos = Lattice { x: at.x + 256 * 10, ..at };
        ship(&mut world, 1).body.pos.y += 256 * 300;
        let before = ship(&mut world, 0).body;
        run(&mut world, &defs, &[], 1);
        assert!(world.decoys.is_empty());
        assert_eq!(ship(&mut world, 0).body.vel, before.vel, "nothing was there");
        let (mut world, defs) = range();
        shoot_at(&mut world, &defs, Some(PlayerId(0)), SHOT);
        step(&mut world, &[Order::Discharge { player: PlayerId(1) }], &[], &defs, &Now, &mut Vec::new());
        assert!(world.decoys.is_empty());
    }
}
