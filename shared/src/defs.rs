//! Read-only tables of the game: one file per noun, numbers only. Invariant: the rules in `sim` hold for any
//! table that passes [`Defs::validate`]; nothing here decides anything.

pub mod arena;
pub mod mode;
pub mod mutators;
pub mod pickup;
pub mod rock;
pub mod rules;
pub mod ship;
pub mod special;
pub mod tow;
pub mod tuning;
pub mod weapon;
pub mod wormhole;

pub use arena::ArenaDef;
pub use mode::{GameMode, ModeDef, Team, Terms};
pub use mutators::{Mutator, Mutators};
pub use pickup::PickupKind;
pub use rock::RockSize;
pub use rules::RulesDef;
pub use ship::{Mount, ShipClass, ShipDef};
pub use special::{Special, SpecialDef};
pub use tuning::{Tunable, Tuning, TuningError};
pub use weapon::{Barrel, BoltDef, MineDef, Pattern, RayDef, WeaponDef, WeaponKind};
pub use wormhole::WormholeDef;

/// All tables together; what `sim::step` reads besides the world.
#[derive(Debug, Clone, PartialEq)]
pub struct Defs {
    /// What is played, and by which terms.
    pub mode: ModeDef,
    /// What of the other tables is not as usual.
    pub tuning: Tuning,
    /// Star, planets, belts and the edge.
    pub arena: ArenaDef,
    /// Scores, timers and protection.
    pub rules: RulesDef,
    /// One row per [`ShipClass`], in its order.
    pub ships: [ShipDef; ShipClass::COUNT],
    /// One row per [`WeaponKind`], in its order.
    pub weapons: [WeaponDef; WeaponKind::COUNT],
}

impl Defs {
    /// The tables the public game, Drift, is played with.
    #[must_use]
    pub fn standard() -> Defs {
        Defs::of(Terms::default())
    }

    /// The tables of a mode.
    #[must_use]
    pub fn of(terms: Terms) -> Defs {
        Defs::tuned(terms, &Tuning::STANDARD)
    }

    /// The tables of a mode with numbers that a host has changed.
    #[must_use]
    pub fn tuned(terms: Terms, tuning: &Tuning) -> Defs {
        let mut defs = Defs {
            mode: ModeDef::of(terms),
            tuning: Tuning::STANDARD,
            arena: ArenaDef::STANDARD,
            rules: RulesDef::STANDARD,
            ships: ship::STANDARD,
            weapons: weapon::STANDARD,
        };
        mode::adapt(&mut defs);
        tuning.apply(&mut defs);
        defs
    }

    /// Becomes the tables with these numbers, if it is not.
    pub fn retune(&mut self, tuning: &Tuning) {
        if self.tuning != *tuning {
            *self = Defs::tuned(self.mode.terms, tuning);
        }
    }

    /// The row of a ship class.
    #[must_use]
    pub fn ship(&self, class: ShipClass) -> &ShipDef {
        &self.ships[class as usize]
    }

    /// The row of a weapon.
    #[must_use]
    pub fn weapon(&self, kind: WeaponKind) -> &WeaponDef {
        &self.weapons[kind as usize]
    }

    /// Checks the relations the rules rely on.
    ///
    /// # Errors
    /// Names the first table entry that breaks a relation.
    pub fn validate(&self) -> Result<(), DefsError> {
        let positive =
            |what, value: f32| if value > 0.0 && value.is_finite() { Ok(()) } else { Err(DefsError { what }) };
        let holds = |what, condition| if condition { Ok(()) } else { Err(DefsError { what }) };
        let arena = &self.arena;
        positive("arena.star.gm", arena.star.gm)?;
        positive("arena.star.softening", arena.star.softening)?;
        holds("arena.star: burn radius < event ring", arena.star.burn_radius < arena.star.ring_radius)?;
        holds("arena.star: cut-off", arena.star.fade_from < arena.star.fade_to)?;
        holds("arena: radius bounds", arena.radius_min <= arena.radius_max)?;
        holds("arena: margin", arena.margin < arena.radius_min)?;
        holds("arena.wormhole.radius", arena.wormhole.radius >= 0.0)?;
        holds("arena.wrap_half", arena.wrap_half == 0.0 || arena.wrap_half > 2.0 * crate::sim::wormhole::LEAP_U)?;
        positive("arena.wormhole.gap", arena.wormhole.gap)?;
        let warned = (1..arena.wormhole.exit_ticks).contains(&arena.wormhole.warn_ticks);
        holds("arena.wormhole: times", warned && arena.wormhole.entrance_exits > 0)?;
        holds("ship.price: the first class is free", self.ships[0].price == 0)?;
        for ship in &self.ships {
            positive("ship.hull", ship.hull as f32)?;
            positive("ship.thrust", ship.thrust)?;
            positive("ship.speed_cap", ship.speed_cap)?;
            positive("ship.radius", ship.radius)?;
            holds("ship.turn_deg_s below half a turn per tick", ship.turn_deg_s < 180.0 * crate::tick::TICK_HZ as f32)?;
        }
        for class in ShipClass::ALL {
            let parts = crate::sim::shots::parts(class, self);
            let parts_max = usize::from(crate::ids::PARTS_MAX - pickup::MULTI_PARTS);
            holds("ship: shots of all mounts", parts <= parts_max)?;
        }
        for weapon in &self.weapons {
            match &weapon.barrel {
                Barrel::Bolt(bolt) => {
                    positive("weapon.speed", bolt.speed)?;
                    let life =
                        "weapon.life_ticks: shot keys hold the low byte of a tick, and names rest for two seconds";
                    holds(life, bolt.life_ticks <= 136)?;
                }
                Barrel::Ray(ray) => {
                    positive("weapon.range", ray.range)?;
                    holds("weapon.charge_ticks", ray.charge_ticks < weapon.period_ticks)?;
                }
                Barrel::Mine(mine) => {
                    positive("weapon.reach", mine.reach)?;
                    holds("weapon.life_ticks in 12 bits", mine.life_ticks < 1 << 12)?;
                    holds("weapon.arm_ticks", mine.arm_ticks < mine.life_ticks)?;
                }
            }
            holds("weapon.period_ticks", (1..128).contains(&weapon.period_ticks))?;
        }
        Ok(())
    }
}

/// A table entry that breaks a relation the rules rely on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefsError {
    /// The entry, as a path into [`Defs`].
    pub what: &'static str,
}

impl core::fmt::Display for DefsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "game tables: {} is out of range", self.what)
    }
}

impl core::error::Error for DefsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_tables_are_valid() {
        assert_eq!(Defs::standard().validate(), Ok(()));
    }

    #[test]
    fn a_broken_table_is_named() {
        let mut defs = Defs::standard();
        defs.ships[0].thrust = -1.0;
        assert_eq!(defs.validate(), Err(DefsError { what: "ship.thrust" }));
    }
}
