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
}

impl PickupKind {
    /// Every kind.
    pub const ALL: [PickupKind; 4] = [PickupKind::Ore, PickupKind::Repair, PickupKind::Charge, PickupKind::Mine];

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
