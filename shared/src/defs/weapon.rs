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
    /// Two quick bolts side by side.
    Twin,
    /// A short ray for as long as the trigger is held: cuts rock, tickles ships.
    Beam,
    /// A wide burst that is spent after a ship's few lengths.
    Scatter,
    /// Three heavy splinters in a narrow fan.
    Shards,
    /// A tender's bolt: light, and it costs little.
    Light,
    /// A charge that waits for whoever comes near.
    Mine,
    /// Two barrels that follow the pointer, not the nose.
    Turret,
    /// One slow, heavy bolt.
    Torpedo,
    /// All guns of both sides at once.
    Broadside,
}

impl WeaponKind {
    /// Every weapon, in order of wire numbers.
    pub const ALL: [WeaponKind; 11] = [
        WeaponKind::Pulse,
        WeaponKind::Rail,
        WeaponKind::Twin,
        WeaponKind::Beam,
        WeaponKind::Scatter,
        WeaponKind::Shards,
        WeaponKind::Light,
        WeaponKind::Mine,
        WeaponKind::Turret,
        WeaponKind::Torpedo,
        WeaponKind::Broadside,
    ];

    /// How many weapons there are.
    pub const COUNT: usize = WeaponKind::ALL.len();

    /// The weapon with this wire number.
    #[must_use]
    pub fn from_index(index: u8) -> Option<WeaponKind> {
        Self::ALL.get(usize::from(index)).copied()
    }
}

/// What a weapon does.
#[derive(Debug, Clone, PartialEq)]
pub struct WeaponDef {
    /// Shown name.
    pub name: &'static str,
    /// Damage of one bolt, ray or mine to a ship, points.
    pub damage: u16,
    /// …and to a rock, points.
    pub rock_damage: u16,
    /// Ticks from shot to shot while the trigger is held, a charge included.
    pub period_ticks: u8,
    /// Energy for one pull of the trigger, points.
    pub energy: u16,
    /// How it reaches what it hits.
    pub barrel: Barrel,
}

/// How a weapon reaches what it hits.
#[derive(Debug, Clone, PartialEq)]
pub enum Barrel {
    /// Bolts that fly and fall.
    Bolt(BoltDef),
    /// A straight line, all of it in one tick.
    Ray(RayDef),
    /// A body that is left behind.
    Mine(MineDef),
}

/// A bolt's flight.
#[derive(Debug, Clone, PartialEq)]
pub struct BoltDef {
    /// Muzzle speed relative to the ship, u/s.
    pub speed: f32,
    /// Life, ticks (at most 136, see [`crate::ids::ShotKey`]).
    pub life_ticks: u16,
    /// Collision radius, u.
    pub radius: f32,
    /// How many leave at once, and which way.
    pub pattern: Pattern,
}

/// The bolts of one pull of the trigger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pattern {
    /// One, straight ahead.
    Single,
    /// Two, parallel, this far to either side of the nose, u.
    Pair(f32),
    /// So many, spread evenly over so many degrees.
    Fan(u8, f32),
    /// Two, this far to either side, u, toward where the pilot aims.
    Turrets(f32),
    /// So many to each side, this far apart along the hull, u.
    Sides(u8, f32),
}

impl Pattern {
    /// How many bolts leave at once.
    #[must_use]
    pub fn parts(self) -> u8 {
        match self {
            Pattern::Single => 1,
            Pattern::Pair(_) | Pattern::Turrets(_) => 2,
            Pattern::Fan(parts, _) => parts,
            Pattern::Sides(parts, _) => parts * 2,
        }
    }
}

/// A ray's reach.
#[derive(Debug, Clone, PartialEq)]
pub struct RayDef {
    /// Length from the muzzle, u.
    pub range: f32,
    /// Ticks from the trigger to the ray; 0 is a beam: there for as long as the trigger is held.
    pub charge_ticks: u8,
}

impl RayDef {
    /// There for as long as the trigger is held.
    #[must_use]
    pub fn is_beam(&self) -> bool {
        self.charge_ticks == 0
    }
}

/// A mine's patience.
#[derive(Debug, Clone, PartialEq)]
pub struct MineDef {
    /// Distance from a ship's hull at which it goes off, u.
    pub reach: f32,
    /// Speed with which it is thrown ahead, u/s; it comes to rest after half of that in u.
    pub throw: f32,
    /// Life, ticks (12 bits on the wire).
    pub life_ticks: u16,
    /// Ticks after which it goes off at all.
    pub arm_ticks: u16,
    /// How many of one pilot there may be; one more takes the place of the oldest.
    pub most: usize,
}

impl WeaponDef {
    /// The flight of its bolts, if it fires bolts.
    #[must_use]
    pub fn bolt(&self) -> Option<&BoltDef> {
        match &self.barrel {
            Barrel::Bolt(bolt) => Some(bolt),
            Barrel::Ray(_) | Barrel::Mine(_) => None,
        }
    }

    /// The reach of its ray, if it fires rays.
    #[must_use]
    pub fn ray(&self) -> Option<&RayDef> {
        match &self.barrel {
            Barrel::Ray(ray) => Some(ray),
            Barrel::Bolt(_) | Barrel::Mine(_) => None,
        }
    }

    /// Its mines, if it lays any.
    #[must_use]
    pub fn mine(&self) -> Option<&MineDef> {
        match &self.barrel {
            Barrel::Mine(mine) => Some(mine),
            Barrel::Bolt(_) | Barrel::Ray(_) => None,
        }
    }

    /// How many shots leave at once; rays and mines leave none.
    #[must_use]
    pub fn parts(&self) -> u8 {
        self.bolt().map_or(0, |bolt| bolt.pattern.parts())
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

    /// Whether it is a ray that lasts for as long as the trigger is held.
    #[must_use]
    pub fn is_beam(&self) -> bool {
        self.ray().is_some_and(RayDef::is_beam)
    }
}

const fn bolt(speed: f32, life_ticks: u16, radius: f32, pattern: Pattern) -> Barrel {
    Barrel::Bolt(BoltDef { speed, life_ticks, radius, pattern })
}

/// The public game's weapons, in the order of [`WeaponKind`].
pub const STANDARD: [WeaponDef; WeaponKind::COUNT] = [
    WeaponDef {
        name: "Pulse",
        damage: 12,
        rock_damage: 12,
        period_ticks: 12,
        energy: 3,
        barrel: bolt(620.0, 66, 3.0, Pattern::Single),
    },
    // It reaches just to the side of a view.
    WeaponDef {
        name: "Rail",
        damage: 55,
        rock_damage: 55,
        period_ticks: 75,
        energy: 30,
        barrel: Barrel::Ray(RayDef { range: 760.0, charge_ticks: 21 }),
    },
    WeaponDef {
        name: "Twin",
        damage: 10,
        rock_damage: 10,
        period_ticks: 15,
        energy: 6,
        barrel: bolt(680.0, 54, 3.0, Pattern::Pair(7.0)),
    },
    // Twelve times a second: 60 points/s to ships, 96 to rocks.
    WeaponDef {
        name: "Beam",
        damage: 5,
        rock_damage: 8,
        period_ticks: 5,
        energy: 1,
        barrel: Barrel::Ray(RayDef { range: 340.0, charge_ticks: 0 }),
    },
    WeaponDef {
        name: "Scatter",
        damage: 7,
        rock_damage: 8,
        period_ticks: 46,
        energy: 12,
        barrel: bolt(640.0, 30, 3.0, Pattern::Fan(6, 20.0)),
    },
    WeaponDef {
        name: "Shards",
        damage: 10,
        rock_damage: 10,
        period_ticks: 20,
        energy: 8,
        barrel: bolt(600.0, 48, 4.0, Pattern::Fan(3, 8.0)),
    },
    WeaponDef {
        name: "Light pulse",
        damage: 14,
        rock_damage: 14,
        period_ticks: 12,
        energy: 2,
        barrel: bolt(620.0, 66, 3.0, Pattern::Single),
    },
    WeaponDef {
        name: "Mine",
        damage: 34,
        rock_damage: 45,
        period_ticks: 50,
        energy: 16,
        barrel: Barrel::Mine(MineDef { reach: 56.0, throw: 430.0, life_ticks: 60 * 60, arm_ticks: 18, most: 4 }),
    },
    WeaponDef {
        name: "Turrets",
        damage: 14,
        rock_damage: 14,
        period_ticks: 30,
        energy: 6,
        barrel: bolt(600.0, 70, 3.5, Pattern::Turrets(18.0)),
    },
    WeaponDef {
        name: "Torpedo",
        damage: 70,
        rock_damage: 120,
        period_ticks: 120,
        energy: 45,
        barrel: bolt(430.0, 128, 8.0, Pattern::Single),
    },
    WeaponDef {
        name: "Broadside",
        damage: 18,
        rock_damage: 18,
        period_ticks: 1,
        energy: 60,
        barrel: bolt(560.0, 48, 4.0, Pattern::Sides(3, 18.0)),
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
