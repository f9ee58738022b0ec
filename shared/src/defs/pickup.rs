//! Things that float and can be flown into.

use serde::{Deserialize, Serialize};

/// What a pickup gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum PickupKind {
    /// Ore: score, and cargo that drops at death.
    Ore,
    /// Hull, points.
    Repair,
    /// Energy, points.
    Charge,
    /// A mine: nothing to be taken.
    Mine,
    /// The shield, half as strong again as it ever gets by itself; that wears off.
    Overshield,
    /// Two more bolts to every pull of the trigger, for a while.
    Multifire,
    /// A charge that throws everything away from a ship whose shield gives in.
    Repel,
    /// A likeness of the ship that flies on by itself when somebody hits it.
    Decoy,
}

impl PickupKind {
    /// Every kind.
    pub const ALL: [PickupKind; 8] = [
        PickupKind::Ore,
        PickupKind::Repair,
        PickupKind::Charge,
        PickupKind::Mine,
        PickupKind::Overshield,
        PickupKind::Multifire,
        PickupKind::Repel,
        PickupKind::Decoy,
    ];

    /// Those that are rare.
    pub const RARE: [PickupKind; 4] =
        [PickupKind::Overshield, PickupKind::Multifire, PickupKind::Repel, PickupKind::Decoy];

    /// Those that staff may lay before a pilot, by the words for them: points are earned, and a mine is no gift.
    pub const GIFTS: [(&str, PickupKind); 6] = [
        ("over-shield", PickupKind::Overshield),
        ("multi-fire", PickupKind::Multifire),
        ("repel", PickupKind::Repel),
        ("decoy", PickupKind::Decoy),
        ("repair", PickupKind::Repair),
        ("charge", PickupKind::Charge),
    ];

    /// The kind with this wire number.
    #[must_use]
    pub fn from_index(index: u8) -> Option<PickupKind> {
        Self::ALL.get(usize::from(index)).copied()
    }
}

/// Distance between a ship's hull and a pickup's centre at which it is collected, u.
pub const REACH: f32 = 26.0;
/// Share of its speed that a drifting pickup keeps per tick, so that it comes to rest within a second or two.
pub const DRIFT_KEEP: f32 = 0.97;
/// Time a pickup stays, s.
pub const LIFE_S: f32 = 30.0;
/// Time cargo dropped at death stays, s.
pub const DROP_LIFE_S: f32 = 8.0;
/// Ore in one pickup at most; larger amounts split into several.
pub const ORE_MAX: u8 = 15;
/// Hull restored by a repair, points.
pub const REPAIR_HULL: u16 = 25;
/// Energy restored by a charge, points.
pub const CHARGE_ENERGY: u16 = 40;
/// Chance that a rock of medium size or more holds a repair.
pub const REPAIR_CHANCE: f32 = 0.12;
/// Chance that a rock of medium size or more holds a charge.
pub const CHARGE_CHANCE: f32 = 0.10;
/// Chance that a large rock holds something rare.
pub const RARE_CHANCE: f32 = 0.18;
/// Chance that a ship that is destroyed leaves something rare.
pub const RARE_DROP_CHANCE: f32 = 0.15;
/// Something rare appears among the rocks around the star every so many ticks…
pub const FLOAT_EVERY_TICKS: u32 = 12 * 60;
/// …and floats there for this long, s.
pub const FLOAT_LIFE_S: f32 = 60.0;
/// An over-shield is this share of the full shield more…
pub const OVER_SHARE: f32 = 0.5;
/// …and that wears off within this time, ticks.
pub const OVER_TICKS: i32 = 20 * 60;
/// How long a decoy flies, ticks.
pub const DECOY_TICKS: u16 = 8 * 60;
/// How long a multi-fire lasts, ticks.
pub const MULTI_TICKS: u16 = 15 * 60;
/// Its bolts leave this far to either side of the weapon's way, degrees.
pub const MULTI_DEGREES: f32 = 7.0;
/// The bolts it adds.
pub const MULTI_PARTS: u8 = 2;
