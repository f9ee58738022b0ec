//! What a player may turn off to see what it is for. Invariant: the defaults are the game; no switch changes what is
//! said to the server except through what the pilot then does.

use crate::math;

/// Up to this many half diagonals of the view from its middle, so on all of the screen, others are drawn at our own
/// time. Measured, the past is off from the truth by ten times as much…
const NEAR_SCREENS: f32 = 1.0;
/// …and from here on they are drawn in the past; between the two it is blended.
const FAR_SCREENS: f32 = 1.3;

/// The switches of the netcode lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// The own ship answers at once. Off: it is drawn where the server last said.
    pub prediction: bool,
    /// The server's word corrects the own ship. Off: it drifts after everything that was not foreseen.
    pub reconciliation: bool,
    /// Others are moved on to our own time by the rules of flight. Off: they stand where the server last said.
    pub forward: bool,
    /// How far others within a screen are at our own time rather than interpolated in the past, percent.
    pub present_percent: u8,
    /// Corrections fade instead of jumping.
    pub smoothing: bool,
    /// [`crate::replica::View::ghosts`] is filled.
    pub ghosts: bool,
}

impl Default for Switches {
    fn default() -> Switches {
        Switches {
            prediction: true,
            reconciliation: true,
            forward: true,
            present_percent: 100,
            smoothing: true,
            ghosts: false,
        }
    }
}

impl Switches {
    /// The share of its present with which a ship is drawn that is `screens` half screens from the middle, 0..=1;
    /// the rest is its interpolated past.
    #[must_use]
    pub fn present_share(&self, screens: f32) -> f32 {
        f32::from(self.present_percent.min(100)) / 100.0 * (1.0 - math::ramp(screens, NEAR_SCREENS, FAR_SCREENS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within_a_screen_all_is_present_and_beyond_it_fades_into_the_past() {
        let game = Switches::default();
        for (screens, share) in [(0.0, 1.0), (1.0, 1.0), (1.15, 0.5), (1.3, 0.0), (9.0, 0.0)] {
            assert!((game.present_share(screens) - share).abs() < 1e-4, "{screens}");
        }
        let half = Switches { present_percent: 50, ..game };
        assert!((half.present_share(0.5) - 0.5).abs() < 1e-6);
        assert_eq!(Switches { present_percent: 0, ..game }.present_share(0.0), 0.0);
        assert_eq!(Switches { present_percent: 255, ..game }.present_share(0.0), 1.0);
    }
}
