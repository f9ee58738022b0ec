//! Ship classes. A new class is a row here, its asset, and nothing else.

use serde::{Deserialize, Serialize};

use super::weapon::WeaponKind;

/// Which ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum ShipClass {
    /// The one everybody starts with.
    #[default]
    Spark,
    /// A marksman: one ray that is there at once, and slow to bring it to bear.
    Lancer,
}

impl ShipClass {
    /// How many classes there are.
    pub const COUNT: usize = 2;

    /// Every class, in order of wire numbers.
    pub const ALL: [ShipClass; ShipClass::COUNT] = [ShipClass::Spark, ShipClass::Lancer];

    /// The class with this wire number.
    #[must_use]
    pub fn from_index(index: u8) -> Option<ShipClass> {
        match index {
            0 => Some(ShipClass::Spark),
            1 => Some(ShipClass::Lancer),
            _ => None,
        }
    }
}

/// Handling and endurance of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ShipDef {
    /// Shown name.
    pub name: &'static str,
    /// Points a pilot needs to launch one.
    pub price: u32,
    /// Damage the hull takes, points.
    pub hull: u16,
    /// Damage the shield takes before it, points.
    pub shield: u16,
    /// Energy store, points.
    pub energy: u16,
    /// Recharge, points/s, before the perihelion bonus.
    pub energy_regen_s: f32,
    /// Forward acceleration, u/s².
    pub thrust: f32,
    /// Backward acceleration as a share of thrust.
    pub reverse: f32,
    /// Sideways acceleration as a share of thrust.
    pub strafe: f32,
    /// Acceleration against the motion while braking, as a share of thrust.
    pub brake: f32,
    /// Speed that thrust can reach, u/s; gravity may carry to 1.5 times this.
    pub speed_cap: f32,
    /// Turn rate, degrees/s.
    pub turn_deg_s: f32,
    /// Collision radius, u.
    pub radius: f32,
    /// Ore it can carry; more still scores but does not drop.
    pub hold: u16,
    /// Thrust factor while boosting.
    pub boost_factor: f32,
    /// Length of a boost, ticks.
    pub boost_ticks: u8,
    /// Energy for one boost, points.
    pub boost_energy: u16,
    /// What the trigger fires.
    pub primary: WeaponKind,
}

impl ShipDef {
    /// Turn rate in [`crate::quantize::Angle`] steps per tick, rounded to nearest.
    #[must_use]
    pub fn turn_steps(&self) -> u16 {
        (self.turn_deg_s / 360.0 * 65_536.0 / crate::tick::TICK_HZ as f32).round() as u16
    }
}

/// The public game's classes, in the order of [`ShipClass`].
pub const STANDARD: [ShipDef; ShipClass::COUNT] = [
    ShipDef {
        name: "Spark",
        price: 0,
        hull: 100,
        shield: 40,
        energy: 100,
        energy_regen_s: 18.0,
        thrust: 240.0,
        reverse: 0.5,
        strafe: 0.35,
        brake: 1.3,
        speed_cap: 340.0,
        turn_deg_s: 220.0,
        radius: 14.0,
        hold: 40,
        boost_factor: 1.8,
        boost_ticks: 36,
        boost_energy: 25,
        primary: WeaponKind::Pulse,
    },
    ShipDef {
        name: "Lancer",
        price: 160,
        hull: 110,
        shield: 70,
        energy: 140,
        energy_regen_s: 22.0,
        thrust: 230.0,
        reverse: 0.5,
        strafe: 0.35,
        brake: 1.3,
        speed_cap: 340.0,
        turn_deg_s: 180.0,
        radius: 16.0,
        hold: 100,
        boost_factor: 1.8,
        boost_ticks: 36,
        boost_energy: 25,
        primary: WeaponKind::Rail,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_numbers_cover_every_class() {
        for index in 0..=u8::MAX {
            let class = ShipClass::from_index(index);
            assert_eq!(class.is_some(), usize::from(index) < ShipClass::COUNT);
            assert!(class.is_none_or(|class| class as u8 == index));
        }
    }
}
