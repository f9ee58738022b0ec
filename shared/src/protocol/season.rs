//! How a season ended, as one reader hears it. Invariant: complete in itself, names included, because whoever is named may
//! be gone by the time it is heard.

use serde::{Deserialize, Serialize};

use crate::{defs::ShipClass, ids::PlayerId, limits};

/// The end of a season.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeasonEnd {
    /// Number of the season, from 1 since the room was opened.
    pub number: u16,
    /// Pilots in the room.
    pub pilots: u16,
    /// The best, at most `limits::PODIUM_STEPS`, best first.
    #[serde(deserialize_with = "super::list::growing")]
    pub best: Vec<PodiumPlace>,
    /// What the reader came to, if it had a slot.
    pub own: Option<OwnSeason>,
}

/// One who stands on the podium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodiumPlace {
    /// Slot of that moment.
    pub player: PlayerId,
    /// Name of that moment.
    pub name: String,
    /// Flown by the server.
    pub bot: bool,
    /// Points.
    pub points: u32,
}

/// What one pilot came to in a season.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSeason {
    /// Rank, 1 is best.
    pub rank: u16,
    /// Points.
    pub points: u32,
    /// Ships destroyed.
    pub kills: u32,
    /// Ships lost.
    pub deaths: u32,
    /// Most ships destroyed in one life.
    pub streak: u32,
    /// The highest class flown.
    pub class: ShipClass,
}

impl SeasonEnd {
    /// The field that is beyond its limits, if one is.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        let long = |place: &PodiumPlace| {
            place.name.len() > limits::NAME_BYTES_MAX || place.name.chars().count() > limits::NAME_CHARS_MAX
        };
        match () {
            () if self.best.len() > limits::PODIUM_STEPS => Some("podium"),
            () if self.best.iter().any(long) => Some("podium name"),
            () => None,
        }
    }
}
