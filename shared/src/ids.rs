//! Names of things, on the wire and in the world. Invariant: an id never means two living things at once.

use serde::{Deserialize, Serialize};

/// A pilot's slot in a room, `0..limits::PLAYERS_MAX`, or the name of a decoy of the ship in it. Slots are reused;
/// [`ShipId`] tells lives apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct PlayerId(pub u16);

/// Set in the name under which the decoy of a slot's ship is told: no slot has this bit.
const DECOY_BIT: u16 = 1 << 11;

impl PlayerId {
    /// The name of a decoy of this pilot's ship.
    #[must_use]
    pub fn decoy(self) -> PlayerId {
        PlayerId(self.0 | DECOY_BIT)
    }

    /// Whether this names a decoy, not a pilot.
    #[must_use]
    pub fn is_decoy(self) -> bool {
        self.0 & DECOY_BIT != 0
    }

    /// The pilot: of a decoy, whom it looks like.
    #[must_use]
    pub fn pilot(self) -> PlayerId {
        PlayerId(self.0 & !DECOY_BIT)
    }

    /// The slot as an index.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// One life of one pilot: the slot and a generation that counts launches from it, so a respawned ship is a new
/// entity to everyone who saw the old one die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ShipId {
    /// Whose ship.
    pub player: PlayerId,
    /// Which launch of that slot, wrapping.
    pub life: u8,
}

/// A shot's name, known to shooter and server before they talk: who, the tick it left the barrel (mod 256; no shot lives
/// that long), and which of those that left together. That is how a predicted shot and the authoritative one find each
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ShotKey {
    /// Who fired.
    pub owner: PlayerId,
    /// Low byte of the firing tick.
    pub tick: u8,
    /// Number among the shots of all the ship's mounts, `0..`[`PARTS_MAX`].
    pub part: u8,
}

/// Shots that one ship may fire in one tick.
pub const PARTS_MAX: u8 = 16;
/// Bits of [`ShotKey::part`] on the wire.
pub const PART_BITS: u32 = 4;

/// A free body: a loose rock or a pickup. Numbers count up and skip those in use, so none is reused soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct BodyId(pub u16);
