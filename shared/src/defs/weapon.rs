//! Weapons. A new one is a row here and, if it behaves in a new way, a variant of [`Barrel`] and a file in `sim`.

use serde::{Deserialize, Serialize};

/// Which weapon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum WeaponKind {
    /// A bolt that gravity bends.
    #[default]
    Pulse,
    /// A ray that is there at once, after a charge that everybody sees.
    Rail,
}

impl WeaponKind {
    /// How many weapons there are.
    pub const COUNT: usize = 2;

    /// The weapon with this wire number.
    #[must_use]
    pub fn from_index(index: u8) -> Option<WeaponKind> {
        match index {
            0 => Some(WeaponKind::Pulse),
            1 => Some(WeaponKind::Rail),
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
    /// Ticks from shot to shot while the trigger is held, a charge included.
    pub period_ticks: u8,
    /// Energy for one shot, points.
    pub energy: u16,
    /// How it reaches what it hits.
    pub barrel: Barrel,
}

/// How a weapon reaches what it hits.
#[derive(Debug, Clone, PartialEq)]
pub enum Barrel {
    /// A bolt that flies and falls.
    Bolt(BoltDef),
    /// A straight line, all of it in the tick in which the charge is full.
    Ray(RayDef),
}

/// A bolt's flight.
#[derive(Debug, Clone, PartialEq)]
pub struct BoltDef {
    /// Muzzle speed relative to the ship, u/s.
    pub speed: f32,
    /// Life, ticks (below 240, see [`crate::ids::ShotKey`]).
    pub life_ticks: u16,
    /// Collision radius, u.
    pub radius: f32,
}

/// A ray's reach.
#[derive(Debug, Clone, PartialEq)]
pub struct RayDef {
    /// Length from the muzzle, u.
    pub range: f32,
    /// Ticks from the trigger to the ray.
    pub charge_ticks: u8,
}

impl WeaponDef {
    /// The flight of its bolt, if it fires bolts.
    #[must_use]
    pub fn bolt(&self) -> Option<&BoltDef> {
        match &self.barrel {
            Barrel::Bolt(bolt) => Some(bolt),
            Barrel::Ray(_) => None,
        }
    }

    /// The reach of its ray, if it fires rays.
    #[must_use]
    pub fn ray(&self) -> Option<&RayDef> {
        match &self.barrel {
            Barrel::Ray(ray) => Some(ray),
            Barrel::Bolt(_) => None,
        }
    }

    /// Life of its shots, ticks; a ray leaves none behind.
    #[must_use]
    pub fn life_ticks(&self) -> u16 {
        self.bolt().map_or(0, |bolt| bolt.life_ticks)
    }

    /// Ticks from the trigger to the shot.
    #[must_use]
    pub fn charge_ticks(&self) -> u8 {
        self.ray().map_or(0, |ray| ray.charge_ticks)
    }
}

/// The public game's weapons, in the order of [`WeaponKind`]. Pulse: 12 points, 5 per second, 620 u/s, 1.1 s.
/// Rail: 55 points, 0.8 per second, 0.35 s of charge; it reaches just to the side of a view.
pub const STANDARD: [WeaponDef; WeaponKind::COUNT] = [
    WeaponDef {
        name: "Pulse",
        damage: 12,
        period_ticks: 12,
        energy: 3,
        barrel: Barrel::Bolt(BoltDef { speed: 620.0, life_ticks: 66, radius: 3.0 }),
    },
    WeaponDef {
        name: "Rail",
        damage: 55,
        period_ticks: 75,
        energy: 30,
        barrel: Barrel::Ray(RayDef { range: 760.0, charge_ticks: 21 }),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_numbers_cover_every_weapon() {
        for index in 0..=u8::MAX {
            let kind = WeaponKind::from_index(index);
            assert_eq!(kind.is_some(), usize::from(index) < WeaponKind::COUNT);
            assert!(kind.is_none_or(|kind| kind as u8 == index));
        }
    }
}
