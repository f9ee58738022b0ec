//! A pilot's command meets a ship: energy, boost, trigger, shield and engines, then one tick of flight.
//!
//! Invariant: this is all that happens to an undisturbed ship in a tick, and it depends only on the ship, its
//! command, the sky and the edge. The server steps with it, the owner predicts with it, and the server leaves
//! out of a snapshot whatever it foretells.

use super::{
    command::{Buttons, Command},
    hyperspace,
    movement::integrate,
    sky::Sky,
    special,
    world::{MILLI, READY_TICKS_MAX, Ship},
};
use crate::{
    defs::{Defs, Mount, Special, WeaponDef, pickup},
    tick::{DT, TICK_HZ},
};

/// What leaves a ship's mounts in a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Triggers {
    /// The primary weapon fires.
    pub primary: bool,
    /// The second weapon fires.
    pub second: bool,
    /// The special begins.
    pub special: bool,
}

impl Triggers {
    /// The mounts that fire.
    pub fn mounts(self) -> impl Iterator<Item = Mount> {
        let pulled = [self.primary, self.second, self.special];
        Mount::ALL.into_iter().zip(pulled).filter_map(|(mount, pulled)| pulled.then_some(mount))
    }
}

/// Flies `ship` through one tick with `command`; `sky` is that of the tick being entered. Returns what leaves its mounts
/// (bolts, a ray or a mine, as the class has it), from the position and heading after the move.
pub fn fly(ship: &mut Ship, command: Command, defs: &Defs, sky: &Sky<'_>, edge_radius: f32) -> Triggers {
    let engines = command.buttons.any(ENGINES);
    ship.coasted = if engines { 0 } else { (ship.coasted + 1).min(ORBIT_TICKS) };
    recharge(ship, defs, sky);
    let special = special::run(ship, command, defs);
    ship.controls = engine_controls(ship, command, defs);
    let triggers =
        Triggers { primary: pull_trigger(ship, command, defs), second: pull_second(ship, command, defs), special };
    if triggers.primary || triggers.second {
        special::reveal(ship, defs);
    }
    integrate(&mut ship.body, ship.controls, defs.ship(ship.class), sky, edge_radius);
    if special && defs.ship(ship.class).special.kind == Special::Hyperspace {
        hyperspace::jump(ship, sky);
    }
    triggers
}

/// Buttons of the engines.
const ENGINES: u8 =
    Buttons::THRUST | Buttons::REVERSE | Buttons::LEFT | Buttons::RIGHT | Buttons::BOOST | Buttons::BRAKE;
/// Whoever coasts for this long in an orbit band is in orbit.
pub const ORBIT_TICKS: u8 = 120;
/// Energy comes back so many times as fast in orbit.
pub const ORBIT_BONUS: f32 = 1.3;

/// Whether a ship is in orbit: it has coasted for two seconds, and flies among the rocks of a belt.
#[must_use]
pub fn orbits(ship: &Ship, sky: &Sky<'_>) -> bool {
    ship.coasted >= ORBIT_TICKS && sky.in_band(ship.body.pos.to_vec2())
}

fn recharge(ship: &mut Ship, defs: &Defs, sky: &Sky<'_>) {
    let def = defs.ship(ship.class);
    let orbit = if orbits(ship, sky) { ORBIT_BONUS } else { 1.0 };
    let bonus = sky.bonus(ship.body.pos.to_vec2()) * orbit;
    let gained = (def.energy_regen_s * bonus * (DT * MILLI as f32)).round() as i32;
    ship.energy = (ship.energy + gained).min(i32::from(def.energy) * MILLI);
    ship.protection = ship.protection.saturating_sub(1);
    ship.multi_left = ship.multi_left.saturating_sub(1);
    let full = i32::from(def.shield) * MILLI;
    if ship.shield > full {
        ship.shield = (ship.shield - over_decay(full)).max(full);
    }
    if ship.shield_wait > 0 {
        ship.shield_wait -= 1;
    } else if ship.shield < full {
        let gained = (defs.rules.shield_regen_s * MILLI as f32 / TICK_HZ as f32).round() as i32;
        ship.shield = (ship.shield + gained).min(full);
    }
}

/// What an over-shield on top of a `full` one loses in a tick, milli-points.
#[must_use]
pub fn over_decay(full: i32) -> i32 {
    ((full as f32 * pickup::OVER_SHARE) as i32 / pickup::OVER_TICKS).max(1)
}

/// What the engines will do: boost is granted by energy and runs its time; the triggers are none of their business.
fn engine_controls(ship: &mut Ship, command: Command, defs: &Defs) -> Command {
    let def = defs.ship(ship.class);
    let price = i32::from(def.boost_energy) * MILLI;
    let wants = command.buttons.any(Buttons::BOOST) && def.boost_ticks > 0;
    if wants && ship.boost_left == 0 && ship.energy >= price {
        ship.energy -= price;
        ship.boost_left = def.boost_ticks;
    }
    let boosting = ship.boost_left > 0 || matches!(ship.special(defs), Some(Special::Burn));
    ship.boost_left = ship.boost_left.saturating_sub(1);
    let triggers = Buttons::FIRE | Buttons::SPECIAL;
    Command { buttons: command.buttons.with(triggers, false).with(Buttons::BOOST, boosting), aim: command.aim }
}

/// Whether the primary weapon fires. One without a charge fires at once; a ray is released when its charge is full,
/// whatever the trigger does meanwhile; a beam shows for as long as it goes on.
fn pull_trigger(ship: &mut Ship, command: Command, defs: &Defs) -> bool {
    ship.cooldown = (ship.cooldown - 1).max(-READY_TICKS_MAX);
    let weapon = defs.weapon(defs.ship(ship.class).primary);
    if weapon.is_beam() {
        ship.charge = ship.charge.saturating_sub(1);
    } else if ship.charge > 0 {
        return charge_on(ship, weapon);
    }
    let affords = ship.energy >= price(ship, weapon);
    // Engines and charge draw on the same store: no charge begins during a boost.
    let blocked = weapon.charge_ticks() > 0 && boosting(ship);
    if !command.buttons.any(Buttons::FIRE) || ship.cooldown > 0 || !affords || blocked {
        return false;
    }
    ship.protection = 0;
    if weapon.charge_ticks() > 0 {
        ship.charge = weapon.charge_ticks();
        return false;
    }
    pay(ship, weapon);
    if weapon.is_beam() {
        ship.charge = weapon.period_ticks;
    }
    true
}

/// Whether the second weapon fires, on a ship that has one in the place of a boost.
fn pull_second(ship: &mut Ship, command: Command, defs: &Defs) -> bool {
    let Some(weapon) = defs.ship(ship.class).second.map(|kind| defs.weapon(kind)) else { return false };
    ship.second_wait = ship.second_wait.saturating_sub(1);
    let price = i32::from(weapon.energy) * MILLI;
    if !command.buttons.any(Buttons::BOOST) || ship.second_wait > 0 || ship.energy < price {
        return false;
    }
    ship.energy -= price;
    ship.second_wait = weapon.period_ticks;
    ship.protection = 0;
    true
}

/// One tick of a charge. Boosting breaks it off, and so does a store that no longer holds the price at the end;
/// either costs nothing but the time.
fn charge_on(ship: &mut Ship, weapon: &WeaponDef) -> bool {
    if boosting(ship) {
        ship.charge = 0;
        return false;
    }
    ship.charge -= 1;
    if ship.charge > 0 || ship.energy < price(ship, weapon) {
        return false;
    }
    pay(ship, weapon);
    true
}

fn boosting(ship: &Ship) -> bool {
    ship.controls.buttons.any(Buttons::BOOST)
}

/// What a pull of the trigger costs, milli-points. A weapon without bolts, which has no more of them to fire, is free
/// during a multi-fire.
fn price(ship: &Ship, weapon: &WeaponDef) -> i32 {
    let free = ship.multi_left > 0 && weapon.bolt().is_none();
    if free { 0 } else { i32::from(weapon.energy) * MILLI }
}

fn pay(ship: &mut Ship, weapon: &WeaponDef) {
    ship.energy -= price(ship, weapon);
    ship.cooldown = (weapon.period_ticks - weapon.charge_ticks()) as i8;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::ShipClass,
        ids::{PlayerId, ShipId},
        quantize::{Angle, Lattice},
        sim::{Kinematics, layout::Layout},
        tick::Tick,
    };
    use glam::Vec2;

    struct Range {
        defs: Defs,
        layout: Layout,
        ship: Ship,
    }

    fn range() -> Range {
        range_for(ShipClass::Spark)
    }

    fn range_for(class: ShipClass) -> Range {
        let defs = Defs::standard();
        let body = Kinematics { pos: Lattice::nearest(Vec2::new(30_000.0, 0.0)), ..Kinematics::default() };
        let ship = Ship::fresh(ShipId { player: PlayerId(0), life: 0 }, class, body, &defs);
        Range { layout: Layout::new(1, &defs.arena), defs, ship }
    }

    impl Range {
        fn fly(&mut self, buttons: u8, ticks: u32) -> u32 {
            let sky = Sky::at(&self.layout, &[], &self.defs.arena, Tick(0));
            let command = Command::new(Buttons(buttons), Angle(0));
            (0..ticks).filter(|_| fly(&mut self.ship, command, &self.defs, &sky, 90_000.0).primary).count() as u32
        }
    }

    #[test]
    fn a_held_trigger_fires_five_times_a_second_while_energy_lasts() {
        let mut range = range();
        assert_eq!(range.fly(Buttons::FIRE, 60), 5);
        range.ship.energy = 0;
        assert_eq!(range.fly(Buttons::FIRE, 6), 0);
    }

    #[test]
    fn firing_ends_the_protection() {
        let mut range = range();
        range.fly(0, 10);
        assert!(range.ship.protection > 0);
        range.fly(Buttons::FIRE, 1);
        assert_eq!(range.ship.protection, 0);
    }

    #[test]
    fn boost_costs_once_and_runs_its_time() {
        let mut range = range();
        range.fly(Buttons::BOOST, 1);
        assert_eq!(range.ship.energy, 75_000);
        range.fly(0, 35);
        assert!(range.ship.controls.buttons.any(Buttons::BOOST));
        range.fly(0, 1);
        assert!(!range.ship.controls.buttons.any(Buttons::BOOST));
        range.ship.energy = 10_000;
        range.fly(Buttons::BOOST, 1);
        assert!(!range.ship.controls.buttons.any(Buttons::BOOST), "no boost without energy");
    }

    #[test]
    fn a_rail_charges_and_fires_by_itself_and_then_rests() {
        let mut range = range_for(ShipClass::Lancer);
        range.fly(0, 10);
        assert_eq!((range.fly(Buttons::FIRE, 1), range.ship.charge, range.ship.protection), (0, 21, 0));
        assert_eq!((range.fly(0, 20), range.ship.charge), (0, 1), "the trigger may be let go");
        assert_eq!(range.fly(0, 1), 1);
        assert_eq!((range.ship.charge, range.ship.energy / MILLI), (0, 110), "paid when it leaves");
        assert_eq!(range.fly(Buttons::FIRE, 53), 0);
        assert_eq!(range.ship.charge, 0, "resting");
        // Held: 0.8 a second, as long as the energy lasts.
        range.ship.energy = 140_000;
        assert_eq!(range.fly(Buttons::FIRE, 75 * 4), 4);
    }

    #[test]
    fn boost_breaks_a_charge_off_and_it_costs_nothing() {
        let mut range = range_for(ShipClass::Lancer);
        range.fly(Buttons::FIRE, 10);
        assert!(range.ship.charge > 0);
        assert_eq!(range.fly(Buttons::BOOST, 1), 0);
        assert!(range.ship.charge == 0 && range.ship.cooldown <= 0);
        assert_eq!(range.ship.energy / MILLI, 115, "only the boost was paid");
        range.fly(Buttons::FIRE, 30);
        assert_eq!(range.ship.charge, 0, "none begins while boosting");
        assert_eq!(range.fly(Buttons::FIRE, 40), 1);
    }

    #[test]
    fn a_charge_needs_its_energy_at_the_start_and_at_the_end() {
        let mut range = range_for(ShipClass::Lancer);
        range.ship.energy = 20_000;
        range.fly(Buttons::FIRE, 1);
        assert_eq!(range.ship.charge, 0);
        range.ship.energy = 140_000;
        range.fly(Buttons::FIRE, 5);
        range.ship.energy = 0;
        assert_eq!(range.fly(0, 30), 0, "fizzled");
        assert!(range.ship.charge == 0 && range.ship.cooldown <= 0);
    }

    #[test]
    fn who_coasts_in_a_band_for_two_seconds_recharges_faster() {
        let gain = |x: f32, buttons: u8| {
            let mut range = range();
            let hold = Lattice::nearest(Vec2::new(x, 0.0));
            let command = Command::new(Buttons(buttons), Angle(0));
            let sky = Sky::at(&range.layout, &[], &range.defs.arena, Tick(0));
            for _ in 0..180 {
                (range.ship.body.pos, range.ship.body.vel, range.ship.energy) = (hold, Lattice::ZERO, 0);
                fly(&mut range.ship, command, &range.defs, &sky, 90_000.0);
            }
            range.ship.energy as f32
        };
        let (band, between) = (gain(1_020.0, 0), gain(1_180.0, 0));
        assert!((band / between - ORBIT_BONUS).abs() < 0.01, "{band} {between}");
        assert!((gain(1_020.0, Buttons::BRAKE) / between - 1.0).abs() < 0.01);
    }

    #[test]
    fn the_shield_waits_and_then_recharges() {
        let mut range = range();
        (range.ship.shield, range.ship.shield_wait) = (0, 240);
        range.fly(0, 240);
        assert_eq!(range.ship.shield, 0);
        range.fly(0, 60);
        assert!((7_900..=8_100).contains(&range.ship.shield), "{}", range.ship.shield);
    }
}
