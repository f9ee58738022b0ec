//! Weapons. A new one is a row here and, if it behaves in a new way, a case in `sim::weapons`.

use serde::{Deserialize, Serialize};

/// Which weapon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum WeaponKind {
    /// A bolt that gravity bends.
    #[default]
    Pulse,
}

impl WeaponKind {
    /// How many weapons there are.
    pub const COUNT: usize = 1;

    /// The weapon with this wire number.
    #[must_use]
    pub fn from_index(index: u8) -> Option<WeaponKind> {
        match index {
            0 => Some(WeaponKind::Pulse),
            _ => None,
        }
    }
}

/// What a weapon does.
#[derive(Debug, Clone, PartialEq)]
pub struct WeaponDef {
    /// Shown name.
    pub name: &'static str,
    /// Damage of one shot, points.
    pub damage: u16,
    /// Ticks between shots.
    pub period_ticks: u8,
    /// Muzzle speed relative to the ship, u/s.
    pub speed: f32,
    /// Life of a shot, ticks (below 240, see [`crate::ids::ShotKey`]).
    pub life_ticks: u16,
    /// Energy for one shot, points.
    pub energy: u16,
    /// Collision radius of a shot, u.
    pub radius: f32,
}

/// The public game's weapons, in the order of [`WeaponKind`]. Pulse: 12 points, 5 per second, 620 u/s, 1.1 s.
pub const STANDARD: [WeaponDef; WeaponKind::COUNT] =
    [WeaponDef { name: "Pulse", damage: 12, period_ticks: 12, speed: 620.0, life_ticks: 66, energy: 3, radius: 3.0 }];
