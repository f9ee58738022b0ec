//! Asteroids: sizes, hull, worth, and what they break into.

use serde::{Deserialize, Serialize};

/// Size of a rock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum RockSize {
    /// Radius 16 u.
    Small,
    /// Radius 32 u.
    Medium,
    /// Radius 60 u.
    Large,
}

/// One row per [`RockSize`].
#[derive(Debug, Clone, PartialEq)]
pub struct RockDef {
    /// Collision radius, u.
    pub radius: f32,
    /// Damage it takes, points.
    pub hull: u16,
    /// Ore set free when it breaks.
    pub ore: u8,
    /// The two it breaks into.
    pub breaks_into: Option<RockSize>,
}

impl RockSize {
    /// Every size, small first.
    pub const ALL: [RockSize; 3] = [RockSize::Small, RockSize::Medium, RockSize::Large];

    /// The size with this wire number.
    #[must_use]
    pub fn from_index(index: u8) -> Option<RockSize> {
        Self::ALL.get(usize::from(index)).copied()
    }

    /// Its row.
    #[must_use]
    pub fn def(self) -> &'static RockDef {
        &ROCKS[self as usize]
    }
}

/// Time a loose rock stays, s.
pub const LOOSE_LIFE_S: f32 = 40.0;
/// Speed at which fragments part, u/s.
pub const BREAK_SPEED: f32 = 55.0;

/// Radius, hull and ore as designed: S/M/L 16/32/60 u, 30/90/220 points, 4/12/30 ore; L → 2 M → 2 S.
static ROCKS: [RockDef; 3] = [
    RockDef { radius: 16.0, hull: 30, ore: 4, breaks_into: None },
    RockDef { radius: 32.0, hull: 90, ore: 12, breaks_into: Some(RockSize::Small) },
    RockDef { radius: 60.0, hull: 220, ore: 30, breaks_into: Some(RockSize::Medium) },
];
