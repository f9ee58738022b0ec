//! Ship classes. A new class is a row here, its asset, and nothing else.

use serde::{Deserialize, Serialize};

use super::{
    special::{Special, SpecialDef},
    weapon::WeaponKind,
};

/// Which ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum ShipClass {
    /// The one everybody starts with.
    #[default]
    Spark,
    /// A marksman: one ray that is there at once, and slow to bring it to bear.
    Lancer,
    /// Fast and thin.
    Needle,
    /// A miner: cuts rock and gathers what falls out.
    Prospector,
    /// A fist: thick, slow, terrible up close.
    Anvil,
    /// A thief in the night.
    Wraith,
    /// Mends others, and itself.
    Tender,
    /// Lays mines, and a star where it pleases.
    Gravitor,
    /// As large as it gets; everybody sees it coming.
    Dreadnought,
}

impl ShipClass {
    /// Every class, in order of wire numbers.
    pub const ALL: [ShipClass; 9] = [
        ShipClass::Spark,
        ShipClass::Lancer,
        ShipClass::Needle,
        ShipClass::Prospector,
        ShipClass::Anvil,
        ShipClass::Wraith,
        ShipClass::Tender,
        ShipClass::Gravitor,
        ShipClass::Dreadnought,
    ];

    /// How many classes there are.
    pub const COUNT: usize = ShipClass::ALL.len();

    /// The class with this wire number.
    #[must_use]
    pub fn from_index(index: u8) -> Option<ShipClass> {
        Self::ALL.get(usize::from(index)).copied()
    }
}

/// Handling and endurance of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ShipDef {
    /// Shown name.
    pub name: &'static str,
    /// Its name in a word, for whoever has to choose.
    pub verb: &'static str,
    /// Step of the ladder, 1 to 4.
    pub tier: u8,
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
    /// Length of a boost, ticks; 0: it has none.
    pub boost_ticks: u8,
    /// Energy for one boost, points.
    pub boost_energy: u16,
    /// What the trigger fires.
    pub primary: WeaponKind,
    /// What the boost button fires on a ship that has no boost.
    pub second: Option<WeaponKind>,
    /// What it can do besides.
    pub special: SpecialDef,
}

/// Which trigger of a ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mount {
    /// The trigger's.
    Primary,
    /// The boost button's.
    Second,
    /// The special's.
    Special,
}

impl Mount {
    /// Every mount, in the order in which their shots are numbered.
    pub const ALL: [Mount; 3] = [Mount::Primary, Mount::Second, Mount::Special];
}

/// Ships of this step and above are too large to hide.
const GIANT_TIER: u8 = 4;

impl ShipDef {
    /// Turn rate in [`crate::quantize::Angle`] steps per tick, rounded to nearest.
    #[must_use]
    pub fn turn_steps(&self) -> u16 {
        (self.turn_deg_s / 360.0 * 65_536.0 / crate::tick::TICK_HZ as f32).round() as u16
    }

    /// Too large to hide: on everyone's map, wherever it flies.
    #[must_use]
    pub fn is_giant(&self) -> bool {
        self.tier >= GIANT_TIER
    }

    /// The weapon in a mount.
    #[must_use]
    pub fn weapon(&self, mount: Mount) -> Option<WeaponKind> {
        match (mount, self.special.kind) {
            (Mount::Primary, _) => Some(self.primary),
            (Mount::Second, _) => self.second,
            (Mount::Special, Special::Volley(weapon)) => Some(weapon),
            (Mount::Special, _) => None,
        }
    }
}

/// One special in a line.
const fn special(
    name: &'static str,
    kind: Special,
    energy: u16,
    drain_s: f32,
    ticks: u16,
    wait_ticks: u16,
) -> SpecialDef {
    SpecialDef { name, kind, energy, drain_s, ticks, wait_ticks }
}

/// What most classes have in common.
const SPARK: ShipDef = ShipDef {
    name: "Spark",
    verb: "NIMBLE",
    tier: 1,
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
    second: None,
    special: special("Boost", Special::Burn, 25, 0.0, 36, 36),
};

/// The public game's classes, in the order of [`ShipClass`].
pub const STANDARD: [ShipDef; ShipClass::COUNT] = [
    SPARK,
    ShipDef {
        name: "Lancer",
        verb: "FAR",
        tier: 3,
        price: 160,
        hull: 110,
        shield: 70,
        energy: 140,
        energy_regen_s: 22.0,
        thrust: 230.0,
        speed_cap: 340.0,
        turn_deg_s: 180.0,
        radius: 16.0,
        hold: 100,
        primary: WeaponKind::Rail,
        special: special("Long view", Special::LongView(1.4), 0, 0.0, 0, 45),
        ..SPARK
    },
    ShipDef {
        name: "Needle",
        verb: "FAST",
        tier: 2,
        price: 40,
        hull: 98,
        shield: 50,
        energy: 110,
        energy_regen_s: 20.0,
        thrust: 300.0,
        speed_cap: 420.0,
        turn_deg_s: 260.0,
        radius: 13.0,
        hold: 60,
        primary: WeaponKind::Twin,
        special: special("Afterburn", Special::Burn, 45, 0.0, 120, 360),
        ..SPARK
    },
    ShipDef {
        name: "Prospector",
        verb: "RICH",
        tier: 2,
        price: 40,
        hull: 150,
        shield: 80,
        thrust: 220.0,
        speed_cap: 310.0,
        turn_deg_s: 190.0,
        radius: 18.0,
        hold: 140,
        primary: WeaponKind::Beam,
        special: special("Tractor", Special::Tractor(350.0), 0, 12.0, 0, 30),
        ..SPARK
    },
    ShipDef {
        name: "Anvil",
        verb: "TOUGH",
        tier: 2,
        price: 40,
        hull: 170,
        shield: 90,
        energy: 110,
        thrust: 190.0,
        speed_cap: 280.0,
        turn_deg_s: 150.0,
        radius: 20.0,
        hold: 80,
        primary: WeaponKind::Scatter,
        special: special("Ram shield", Special::Ram(0.5), 30, 0.0, 90, 360),
        ..SPARK
    },
    ShipDef {
        name: "Wraith",
        verb: "UNSEEN",
        tier: 3,
        price: 160,
        hull: 100,
        shield: 60,
        energy: 130,
        energy_regen_s: 22.0,
        thrust: 280.0,
        speed_cap: 390.0,
        turn_deg_s: 240.0,
        radius: 15.0,
        hold: 80,
        primary: WeaponKind::Shards,
        special: special("Cloak", Special::Cloak(130.0), 15, 34.0, 0, 90),
        ..SPARK
    },
    ShipDef {
        name: "Tender",
        verb: "MENDING",
        tier: 3,
        price: 160,
        hull: 174,
        shield: 110,
        energy: 150,
        energy_regen_s: 26.0,
        thrust: 230.0,
        speed_cap: 330.0,
        turn_deg_s: 190.0,
        radius: 19.0,
        hold: 160,
        primary: WeaponKind::Light,
        special: special("Repair beam", Special::Repair(220.0), 0, 46.0, 0, 30),
        ..SPARK
    },
    ShipDef {
        name: "Gravitor",
        verb: "TRAPS",
        tier: 3,
        price: 160,
        hull: 178,
        shield: 100,
        energy: 150,
        energy_regen_s: 22.0,
        thrust: 200.0,
        speed_cap: 300.0,
        turn_deg_s: 160.0,
        radius: 22.0,
        hold: 100,
        primary: WeaponKind::Mine,
        special: special("Gravity well", Special::Well, 50, 0.0, 180, 480),
        ..SPARK
    },
    ShipDef {
        name: "Dreadnought",
        verb: "HUGE",
        tier: 4,
        price: 600,
        hull: 320,
        shield: 200,
        energy: 220,
        energy_regen_s: 30.0,
        thrust: 150.0,
        speed_cap: 230.0,
        turn_deg_s: 90.0,
        radius: 34.0,
        hold: 240,
        boost_ticks: 0,
        primary: WeaponKind::Turret,
        second: Some(WeaponKind::Torpedo),
        special: special("Broadside", Special::Volley(WeaponKind::Broadside), 60, 0.0, 1, 300),
        ..SPARK
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
