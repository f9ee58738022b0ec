//! How the arena is to look, as far as a player decides it. Invariant: looks only; nothing here changes what is known.

use super::palette::Colours;

/// How much flies about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Debris {
    /// All of it.
    #[default]
    Full,
    /// A third.
    Few,
    /// Only what tells that something happened: one light, one ring.
    None,
}

/// Looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looks {
    /// Colours of ships and instruments.
    pub colours: Colours,
    /// Less motion, no shake, dim flashes.
    pub calm: bool,
    /// Sparks and debris.
    pub debris: Debris,
    /// The forecast of the own path is drawn.
    pub orbit_line: bool,
    /// Where the next shot would go is drawn.
    pub shot_line: bool,
    /// Names are drawn under ships.
    pub names: bool,
}

impl Default for Looks {
    fn default() -> Self {
        Looks {
            colours: Colours::USUAL,
            calm: false,
            debris: Debris::Full,
            orbit_line: true,
            shot_line: true,
            names: true,
        }
    }
}
