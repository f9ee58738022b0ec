//! Suggestions for the name box, and what stands for names that are not to be seen. Invariant: every suggestion fits the
//! limits on names; a mask tells nothing but which pilot is meant.

use shared::{ids::PlayerId, limits::PLAYERS_MAX};

use crate::words::{Language, Word};

/// First halves.
const FIRST: [&str; 16] = [
    "Swift", "Quiet", "Amber", "Lucky", "Solar", "Lunar", "Bold", "Misty", "Rusty", "Cosmic", "Velvet", "Sly",
    "Bright", "Wild", "Silver", "Drowsy",
];
/// Second halves.
const SECOND: [&str; 16] = [
    "Comet", "Ember", "Fox", "Kite", "Falcon", "Otter", "Meteor", "Wasp", "Lynx", "Heron", "Moth", "Raven", "Pixel",
    "Spark", "Badger", "Finch",
];

/// A name for a guest, from any number.
#[must_use]
pub fn suggest(random: u32) -> String {
    let first = FIRST[random as usize % FIRST.len()];
    let second = SECOND[(random >> 8) as usize % SECOND.len()];
    [first, " ", second].concat()
}

/// Numbers in the place of names.
#[derive(Debug)]
pub struct Masks(Vec<String>);

impl Masks {
    /// Masks for every pilot there can be.
    #[must_use]
    pub fn new(language: Language) -> Masks {
        Masks((0..PLAYERS_MAX).map(|number| Word::PilotNumber.with(language, &[&number.to_string()])).collect())
    }

    /// The mask of a pilot.
    #[must_use]
    pub fn of(&self, player: PlayerId) -> &str {
        self.0.get(usize::from(player.0)).map_or("?", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::limits::NAME_CHARS_MAX;

    #[test]
    fn every_suggestion_fits() {
        for random in 0..=u16::MAX {
            assert!(suggest(u32::from(random) * 7).chars().count() <= NAME_CHARS_MAX);
        }
        assert_ne!(suggest(0), suggest(1));
        assert_ne!(suggest(0), suggest(1 << 8));
    }
}
