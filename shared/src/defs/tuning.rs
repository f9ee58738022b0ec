//! What of the tables a host may change while people play: one row per [`Tunable`], in per cent of the standard numbers.
//!
//! Invariant: whatever a [`Tuning`] within its limits says, the tables it makes pass [`Defs::validate`], nothing that
//! follows from the seed moves (orbits, belts, the wormhole), and at 100 the numbers are those of the mode, bit for bit.
//! Numbers that go together and have a name are in `mutators`.

use serde::{Deserialize, Serialize};

use super::{Barrel, Defs, Mutators};

/// One number that may be changed, or several that go together.
#[derive(Debug, Clone, Copy)]
pub struct Tunable {
    /// Its name in commands and settings.
    pub name: &'static str,
    /// Least and…
    pub min: u16,
    /// …most that it may be, per cent of the standard number.
    pub max: u16,
    /// What it is, in a line.
    pub help: &'static str,
    apply: fn(&mut Defs, Percent),
}

/// How many there are.
pub const TUNABLES: usize = 18;
/// The standard number itself, per cent.
const STANDARD: u16 = 100;

/// One number per [`Tunable`], per cent of the standard one, and what made them so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tuning {
    numbers: [u16; TUNABLES],
    /// By which of them the numbers were changed, for who plays by them to hear: the numbers have it in them already.
    pub mutators: Mutators,
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning::STANDARD
    }
}

impl Tuning {
    /// Nothing is changed.
    pub const STANDARD: Tuning = Tuning { numbers: [STANDARD; TUNABLES], mutators: Mutators::NONE };

    /// Every tunable, in the order of the numbers on the wire.
    pub const TABLE: [Tunable; TUNABLES] = [
        row("gravity", 10, 400, "Pull of the star and of the planets.", |defs, by| {
            by.scale(&mut defs.arena.star.gm);
            defs.arena.planets.iter_mut().for_each(|planet| by.scale(&mut planet.gm));
        }),
        row("heat", 0, 400, "Damage by the star.", |defs, by| {
            by.scale(&mut defs.arena.star.heat_damage_s);
            by.scale(&mut defs.arena.star.burn_damage_s);
        }),
        row("thrust", 25, 400, "Acceleration of the engines.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.scale(&mut ship.thrust));
        }),
        row("boost", 60, 200, "Acceleration while boosting.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.scale(&mut ship.boost_factor));
        }),
        row("speed", 50, 200, "The speed that engines can reach.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.scale(&mut ship.speed_cap));
        }),
        row("turn", 25, 300, "How fast ships turn.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.scale(&mut ship.turn_deg_s));
        }),
        row("hull", 10, 400, "Damage that hulls take.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.count(&mut ship.hull));
        }),
        row("shield", 0, 400, "Damage that shields take.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.whole(&mut ship.shield));
        }),
        row("shield_regen", 0, 1_000, "How fast shields come back.", |defs, by| {
            by.scale(&mut defs.rules.shield_regen_s);
        }),
        row("energy_regen", 10, 1_000, "How fast energy comes back.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.scale(&mut ship.energy_regen_s));
        }),
        row("damage", 10, 500, "Damage by weapons.", |defs, by| {
            for weapon in &mut defs.weapons {
                by.count(&mut weapon.damage);
                by.count(&mut weapon.rock_damage);
            }
        }),
        row("shot_speed", 25, 200, "How fast shots leave the barrel.", |defs, by| {
            for weapon in &mut defs.weapons {
                if let Barrel::Bolt(bolt) = &mut weapon.barrel {
                    by.scale(&mut bolt.speed);
                }
            }
        }),
        row("shot_life", 25, 200, "How long shots fly, 2.2 seconds at most.", |defs, by| {
            for weapon in &mut defs.weapons {
                if let Barrel::Bolt(bolt) = &mut weapon.barrel {
                    by.count(&mut bolt.life_ticks);
                    bolt.life_ticks = bolt.life_ticks.min(SHOT_TICKS_MAX);
                }
            }
        }),
        row("impact", 0, 1_000, "Damage by collisions.", |defs, by| by.scale(&mut defs.rules.impact_damage)),
        row("respawn", 10, 1_000, "The wait for another ship.", |defs, by| by.count(&mut defs.rules.respawn_ticks)),
        row("protection", 0, 400, "How long a fresh ship cannot be hurt.", |defs, by| {
            by.whole(&mut defs.rules.protection_ticks);
            by.whole(&mut defs.rules.protection_fade_ticks);
        }),
        row("kills", 0, 1_000, "Points for a kill.", |defs, by| by.points(&mut defs.rules.kill_points)),
        row("prices", 0, 1_000, "Points that ships cost.", |defs, by| {
            defs.ships.iter_mut().for_each(|ship| by.points(&mut ship.price));
        }),
    ];

    /// Every tunable and its number, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Tunable, u16)> {
        TABLE.iter().zip(self.numbers)
    }

    /// Those that are not as usual.
    pub fn changed(&self) -> impl Iterator<Item = (&'static Tunable, u16)> {
        self.iter().filter(|(_, percent)| *percent != STANDARD)
    }

    /// Whether nothing is changed.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        *self == Tuning::STANDARD
    }

    /// A tunable's name as the table has it, however its case and its dashes were written.
    ///
    /// # Errors
    /// No tunable has this name.
    pub fn name_of(name: &str) -> Result<&'static str, TuningError> {
        Ok(TABLE[place(name)?].name)
    }

    /// A tunable's number, per cent.
    ///
    /// # Errors
    /// No tunable has this name.
    pub fn get(&self, name: &str) -> Result<u16, TuningError> {
        Ok(self.numbers[place(name)?])
    }

    /// Changes a tunable.
    ///
    /// # Errors
    /// No tunable has this name, or not this number.
    pub fn set(&mut self, name: &str, percent: u16) -> Result<(), TuningError> {
        let place = place(name)?;
        let Tunable { name, min, max, .. } = TABLE[place];
        if !(min..=max).contains(&percent) {
            return Err(TuningError::Beyond { name, percent, min, max });
        }
        self.numbers[place] = percent;
        Ok(())
    }

    /// Gives a tunable its standard number back.
    ///
    /// # Errors
    /// No tunable has this name.
    pub fn reset(&mut self, name: &str) -> Result<(), TuningError> {
        self.set(name, STANDARD)
    }

    /// The first tunable that is beyond its limits, if one is; `mutators` where there are some that nobody knows.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        let beyond = self.iter().find(|(row, percent)| !(row.min..=row.max).contains(percent)).map(|(row, _)| row.name);
        beyond.or(self.mutators.is_beyond().then_some("mutators"))
    }

    /// Hull and shield of a ship as one step's change from `self` to `other` leaves them: the same share of the whole.
    #[must_use]
    pub fn carry_over(&self, other: &Tuning, hull: i32, shield: i32) -> (i32, i32) {
        let share = |value: i32, place: usize| {
            let (from, to) = (i64::from(self.numbers[place]), i64::from(other.numbers[place]));
            if from == to { value } else { (i64::from(value) * to / from.max(1)) as i32 }
        };
        // Who flies goes on flying.
        (share(hull, HULL).max(hull.min(1)), share(shield, SHIELD))
    }

    /// Changes tables that are as usual.
    pub(super) fn apply(&self, defs: &mut Defs) {
        defs.tuning = *self;
        for (row, percent) in self.changed() {
            (row.apply)(defs, Percent(percent));
        }
    }
}

/// `gravity 150 %, hull 50 %`: what is not as usual; nothing where all is.
impl core::fmt::Display for Tuning {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (i, (row, percent)) in self.changed().enumerate() {
            write!(f, "{}{} {percent} %", if i == 0 { "" } else { ", " }, row.name)?;
        }
        Ok(())
    }
}

/// Why a tunable is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TuningError {
    /// There is none of this name.
    Unknown {
        /// The name.
        name: String,
        /// The one that may have been meant.
        nearest: &'static str,
    },
    /// The number is beyond its limits.
    Beyond {
        /// Which.
        name: &'static str,
        /// The number, per cent.
        percent: u16,
        /// Least…
        min: u16,
        /// …and most that is allowed.
        max: u16,
    },
}

impl core::fmt::Display for TuningError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            TuningError::Unknown { name, nearest } => {
                write!(f, "there is no tunable {name:?}; did you mean {nearest}?")
            }
            TuningError::Beyond { name, percent, min, max } => {
                write!(f, "{name} is {min} to {max} per cent, not {percent}")
            }
        }
    }
}

impl core::error::Error for TuningError {}

/// Shots live this long at most, ticks: see [`crate::ids::ShotKey`].
const SHOT_TICKS_MAX: u16 = 136;
/// Where hull and shield stand in the table.
const HULL: usize = 6;
const SHIELD: usize = 7;

static TABLE: [Tunable; TUNABLES] = Tuning::TABLE;

const fn row(name: &'static str, min: u16, max: u16, help: &'static str, apply: fn(&mut Defs, Percent)) -> Tunable {
    assert!(min <= STANDARD && STANDARD <= max, "the standard number is allowed");
    Tunable { name, min, max, help, apply }
}

/// Where a tunable stands in the table; `shot-speed` is `shot_speed`.
fn place(name: &str) -> Result<usize, TuningError> {
    let plain = name.to_ascii_lowercase().replace('-', "_");
    TABLE.iter().position(|row| row.name == plain).ok_or_else(|| TuningError::Unknown {
        name: name.chars().take(32).collect(),
        nearest: TABLE
            .iter()
            .map(|row| row.name)
            .max_by(|a, b| strsim::jaro_winkler(a, &plain).total_cmp(&strsim::jaro_winkler(b, &plain)))
            .unwrap_or_default(),
    })
}

/// A share of the standard number.
#[derive(Debug, Clone, Copy)]
struct Percent(u16);

impl Percent {
    fn scale(self, value: &mut f32) {
        *value = *value * f32::from(self.0) / 100.0;
    }

    fn points(self, value: &mut u32) {
        *value = (*value * u32::from(self.0) + 50) / 100;
    }

    /// Rounded to nearest.
    fn whole(self, value: &mut u16) {
        let mut points = u32::from(*value);
        self.points(&mut points);
        *value = u16::try_from(points).unwrap_or(u16::MAX);
    }

    /// The same of what must not vanish.
    fn count(self, value: &mut u16) {
        let least = (*value).min(1);
        self.whole(value);
        *value = (*value).max(least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{GameMode, ShipClass, Terms},
        ids::PlayerId,
        quantize::Angle,
        sim::{Buttons, Command, Now, Order, World, step},
    };
    use proptest::prelude::*;

    fn tuning(numbers: &[(&str, u16)]) -> Tuning {
        let mut tuning = Tuning::STANDARD;
        numbers.iter().for_each(|(name, percent)| tuning.set(name, *percent).unwrap());
        tuning
    }

    /// Any allowed tuning; corners as often as what lies between.
    fn any_tuning() -> impl Strategy<Value = Tuning> {
        let numbers = TABLE.map(|row| prop_oneof![Just(row.min), Just(row.max), row.min..=row.max]);
        numbers.prop_map(|numbers| Tuning { numbers, ..Tuning::STANDARD })
    }

    #[test]
    fn each_row_changes_the_tables_and_is_found_by_its_name() {
        for (at, row) in TABLE.iter().enumerate() {
            assert_eq!(place(row.name), Ok(at));
            for percent in [row.min, row.max] {
                let defs = Defs::tuned(Terms::default(), &tuning(&[(row.name, percent)]));
                let numbers = Defs { tuning: Tuning::STANDARD, ..defs };
                assert_eq!(numbers == Defs::standard(), percent == 100, "{} at {percent}", row.name);
            }
        }
        assert_eq!((TABLE[HULL].name, TABLE[SHIELD].name), ("hull", "shield"));
        assert_eq!(Defs::tuned(Terms::default(), &Tuning::STANDARD), Defs::standard());
    }

    #[test]
    fn numbers_are_the_percentage_of_the_usual_ones() {
        let defs = Defs::tuned(Terms::default(), &tuning(&[("gravity", 150), ("hull", 50), ("shot-life", 200)]));
        let usual = Defs::standard();
        assert_eq!(defs.arena.star.gm, usual.arena.star.gm * 1.5);
        assert_eq!(defs.ship(ShipClass::Spark).hull, 50);
        assert!(defs.weapons.iter().all(|weapon| weapon.life_ticks() <= 136));
        assert_eq!(defs.tuning.to_string(), "gravity 150 %, hull 50 %, shot_life 200 %");
        assert_eq!((defs.tuning.get("hull"), defs.tuning.is_standard()), (Ok(50), false));
    }

    #[test]
    fn what_cannot_be_set_says_what_could() {
        let mut tuning = Tuning::STANDARD;
        let told = [("gravty", 100), ("gravity", 5), ("hull", 401)]
            .map(|(name, percent)| tuning.set(name, percent).unwrap_err().to_string());
        assert_eq!(
            told,
            [
                "there is no tunable \"gravty\"; did you mean gravity?",
                "gravity is 10 to 400 per cent, not 5",
                "hull is 10 to 400 per cent, not 401",
            ]
        );
        assert!(tuning.is_standard());
        assert_eq!(Tuning { numbers: [0; TUNABLES], ..tuning }.beyond(), Some("gravity"));
    }

    #[test]
    fn a_ship_keeps_its_share_of_hull_and_shield() {
        let (usual, half) = (Tuning::STANDARD, tuning(&[("hull", 50), ("shield", 0)]));
        assert_eq!(usual.carry_over(&half, 60_000, 40_000), (30_000, 0));
        assert_eq!(half.carry_over(&usual, 30_000, 0), (60_000, 0));
        assert_eq!(usual.carry_over(&tuning(&[("hull", 10)]), 3, 7), (1, 7), "nobody dies of it");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_tuning_makes_tables_that_hold_and_a_world_that_goes_on(
            tuning in any_tuning(),
            mode in 0..GameMode::ALL.len(),
            buttons: u8,
            seed: u64,
        ) {
            let terms = Terms::of(GameMode::ALL[mode]);
            let defs = Defs::tuned(terms, &tuning);
            prop_assert_eq!((tuning.beyond(), defs.validate()), (None, Ok(())));
            let mut world = World::new(seed, seed, &defs);
            let pilots: Vec<PlayerId> = (0..9).map(PlayerId).collect();
            let orders: Vec<Order> = pilots
                .iter()
                .flat_map(|&player| {
                    let class = ShipClass::ALL[player.index()];
                    [Order::Enlist { player, bot: false, points: 9_000 }, Order::Launch { player, class }]
                })
                .collect();
            for tick in 0..60u16 {
                let command = |player: &PlayerId| {
                    let aim = Angle(tick.wrapping_mul(player.0 * 77));
                    (*player, Command::new(Buttons(buttons ^ player.0 as u8), aim))
                };
                let commands: Vec<_> = pilots.iter().map(command).collect();
                let orders = if tick % 30 == 0 { orders.as_slice() } else { &[] };
                step(&mut world, orders, &commands, &defs, &Now, &mut Vec::new());
            }
        }
    }
}
