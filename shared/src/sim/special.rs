//! A ship's special: when it begins, what it costs and when it ends. Like all of the helm it depends only on the ship and
//! its command, so its owner predicts it. What it does to others is in `mending`, `contact`, `damage` and `pickups`.

use super::{
    command::{Buttons, Command},
    world::{MILLI, Ship},
};
use crate::{
    defs::{Defs, Special, SpecialDef},
    tick::DT,
};

impl Ship {
    /// The special, while it is active.
    #[must_use]
    pub fn special(&self, defs: &Defs) -> Option<Special> {
        (self.special_left > 0).then(|| defs.ship(self.class).special.kind)
    }

    /// Hidden from whoever is not near.
    #[must_use]
    pub fn is_cloaked(&self, defs: &Defs) -> bool {
        matches!(self.special(defs), Some(Special::Cloak(_)))
    }

    /// How much farther its pilot sees than others do.
    #[must_use]
    pub fn view_factor(&self, defs: &Defs) -> f32 {
        match self.special(defs) {
            Some(Special::LongView(factor)) => factor,
            _ => 1.0,
        }
    }
}

/// One tick of the special; true when it begins.
pub(super) fn run(ship: &mut Ship, command: Command, defs: &Defs) -> bool {
    let def = &defs.ship(ship.class).special;
    if let Special::LongView(_) = def.kind {
        look_out(ship, command, def);
        return false;
    }
    ship.special_wait = ship.special_wait.saturating_sub(1);
    let held = command.buttons.any(Buttons::SPECIAL);
    if ship.special_left > 0 {
        go_on(ship, held, def);
        return false;
    }
    let price = i32::from(def.energy) * MILLI;
    let store = i32::from(def.energy_to_begin()) * MILLI;
    if !held || ship.special_wait > 0 || ship.energy < store {
        return false;
    }
    // The first tick of one that is held costs like the others, or tapping would be free.
    ship.energy -= price + if def.ticks == 0 { drain(def) } else { 0 };
    ship.special_left = def.ticks.max(1);
    ship.special_wait = if def.ticks > 0 { def.wait_ticks } else { 0 };
    if matches!(def.kind, Special::Ram(_) | Special::Volley(_) | Special::Well) {
        ship.protection = 0;
    }
    true
}

fn go_on(ship: &mut Ship, held: bool, def: &SpecialDef) {
    let drain = drain(def);
    if def.ticks > 0 {
        ship.special_left -= 1;
    } else if held && ship.energy >= drain {
        ship.energy -= drain;
    } else {
        end(ship, def);
    }
}

/// What a held special costs in a tick, milli-points.
fn drain(def: &SpecialDef) -> i32 {
    (def.drain_s * DT * MILLI as f32).round() as i32
}

fn end(ship: &mut Ship, def: &SpecialDef) {
    ship.special_left = 0;
    ship.line = None;
    ship.special_wait = def.wait_ticks;
}

/// Firing ends a cloak.
pub(super) fn reveal(ship: &mut Ship, defs: &Defs) {
    if let Some(Special::Cloak(_)) = ship.special(defs) {
        end(ship, &defs.ship(ship.class).special);
    }
}

/// The long view comes by itself to whoever has coasted for a while.
fn look_out(ship: &mut Ship, command: Command, def: &SpecialDef) {
    let coasting = command.buttons.0 == 0 && ship.charge == 0;
    ship.special_wait = if coasting { ship.special_wait.saturating_sub(1) } else { def.wait_ticks };
    ship.special_left = u16::from(coasting && ship.special_wait == 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::ShipClass,
        ids::{PlayerId, ShipId},
        quantize::Angle,
        sim::Kinematics,
    };

    fn fresh(class: ShipClass) -> (Ship, Defs) {
        let defs = Defs::standard();
        let id = ShipId { player: PlayerId(0), life: 0 };
        (Ship::fresh(id, class, Kinematics::default(), &defs), defs)
    }

    fn run_for(ship: &mut Ship, defs: &Defs, buttons: u8, ticks: u32) -> usize {
        let command = Command::new(Buttons(buttons), Angle(0));
        (0..ticks).filter(|_| run(ship, command, defs)).count()
    }

    #[test]
    fn one_that_runs_by_itself_is_paid_once_and_then_rests() {
        let (mut ship, defs) = fresh(ShipClass::Needle);
        assert_eq!(run_for(&mut ship, &defs, Buttons::SPECIAL, 1), 1);
        assert_eq!(ship.energy / MILLI, 65);
        assert_eq!(run_for(&mut ship, &defs, 0, 119), 0);
        assert!(ship.special(&defs).is_some());
        run_for(&mut ship, &defs, 0, 1);
        assert!(ship.special(&defs).is_none());
        assert_eq!(run_for(&mut ship, &defs, Buttons::SPECIAL, 239), 0, "resting");
        assert_eq!(run_for(&mut ship, &defs, Buttons::SPECIAL, 1), 1);
        (ship.energy, ship.special_left, ship.special_wait) = (44_000, 0, 0);
        assert_eq!(run_for(&mut ship, &defs, Buttons::SPECIAL, 60), 0, "too little in the store");
    }

    #[test]
    fn one_that_is_held_drains_the_store_and_ends_with_it() {
        let (mut ship, defs) = fresh(ShipClass::Tender);
        run_for(&mut ship, &defs, Buttons::SPECIAL, 60);
        assert!((103..=106).contains(&(ship.energy / MILLI)), "{}", ship.energy);
        run_for(&mut ship, &defs, 0, 1);
        assert!(ship.special(&defs).is_none());
        assert_eq!(run_for(&mut ship, &defs, Buttons::SPECIAL, 300), 1, "until the store is empty, and it stays so");
        assert!(ship.special(&defs).is_none() && ship.energy < 10 * MILLI);
    }

    #[test]
    fn tapping_one_that_is_held_is_not_free() {
        for class in [ShipClass::Tender, ShipClass::Prospector] {
            let (mut ship, defs) = fresh(class);
            let full = ship.energy;
            let mut active = 0;
            for tick in 0..600 {
                run_for(&mut ship, &defs, if tick % 2 == 0 { Buttons::SPECIAL } else { 0 }, 1);
                active += i32::from(ship.special(&defs).is_some());
            }
            let paid = full - ship.energy;
            assert!(active > 0 && paid >= active * drain(&defs.ship(class).special), "{class:?}: {paid} for {active}");
            assert!(active <= 600 / 30 + 1, "{class:?}: it rests after each");
        }
    }

    #[test]
    fn firing_ends_a_cloak_and_it_rests() {
        let (mut ship, defs) = fresh(ShipClass::Wraith);
        run_for(&mut ship, &defs, Buttons::SPECIAL, 5);
        assert!(matches!(ship.special(&defs), Some(Special::Cloak(_))));
        reveal(&mut ship, &defs);
        assert!(ship.special(&defs).is_none());
        assert_eq!(run_for(&mut ship, &defs, Buttons::SPECIAL, 89), 0);
        assert_eq!(run_for(&mut ship, &defs, Buttons::SPECIAL, 1), 1);
    }

    #[test]
    fn the_long_view_comes_to_who_coasts() {
        let (mut ship, defs) = fresh(ShipClass::Lancer);
        run_for(&mut ship, &defs, Buttons::THRUST, 1);
        run_for(&mut ship, &defs, 0, 44);
        assert!(ship.special(&defs).is_none());
        run_for(&mut ship, &defs, 0, 1);
        assert!(matches!(ship.special(&defs), Some(Special::LongView(_))));
        run_for(&mut ship, &defs, Buttons::LEFT, 1);
        assert!(ship.special(&defs).is_none());
    }
}
