//! The settings of the lab: a few numbers and switches, and the same as words in the address so that a set-up can be
//! shared. Invariant: every value is within its range, wherever it came from; what the address does not say is as in
//! the game.

use shared::{
    link::{FREEZE, Profile},
    replica::Switches,
};

use crate::hud::Id;

/// A slider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knob {
    /// One-way delay, ms.
    Delay,
    /// Random delay on top, ms.
    Jitter,
    /// Loss, tenths of a percent.
    Loss,
    /// Bytes per second each way, in KB/s; 0 is unlimited.
    Rate,
    /// Others at our own time, percent.
    Present,
}

/// Slider, element, the element that shows its value, word in the address, largest value.
pub const KNOBS: [(Knob, Id, Id, &str, u16); 5] = [
    (Knob::Delay, "lab-delay", "lab-delay-value", "delay", 500),
    (Knob::Jitter, "lab-jitter", "lab-jitter-value", "jitter", 200),
    (Knob::Loss, "lab-loss", "lab-loss-value", "loss", 100),
    (Knob::Rate, "lab-rate", "lab-rate-value", "rate", 64),
    (Knob::Present, "lab-present", "lab-present-value", "present", 100),
];

/// A checkbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toggle {
    /// See [`Switches::prediction`].
    Prediction,
    /// See [`Switches::reconciliation`].
    Reconciliation,
    /// See [`Switches::forward`].
    Forward,
    /// See [`Switches::smoothing`].
    Smoothing,
    /// The own ghost is drawn.
    OwnGhost,
    /// The ghosts of others are drawn.
    OtherGhosts,
    /// See [`FREEZE`].
    Freeze,
}

/// Checkbox, element, word in the address, and how it is in the game.
pub const TOGGLES: [(Toggle, Id, &str, bool); 7] = [
    (Toggle::Prediction, "lab-prediction", "prediction", true),
    (Toggle::Reconciliation, "lab-reconciliation", "reconciliation", true),
    (Toggle::Forward, "lab-forward", "forward", true),
    (Toggle::Smoothing, "lab-smoothing", "smoothing", true),
    (Toggle::OwnGhost, "lab-ghost-own", "ghost", false),
    (Toggle::OtherGhosts, "lab-ghost-others", "ghosts", false),
    (Toggle::Freeze, "lab-freeze", "freeze", false),
];

/// The elements of the presets, in the order of [`Profile::ALL`].
pub const PRESETS: [Id; Profile::ALL.len()] = [
    "lab-preset-lan",
    "lab-preset-good",
    "lab-preset-typical",
    "lab-preset-poor",
    "lab-preset-awful",
    "lab-preset-slow",
    "lab-preset-freeze",
    "lab-preset-bursty",
];

/// What is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    knobs: [u16; KNOBS.len()],
    toggles: [bool; TOGGLES.len()],
}

impl Default for Setup {
    fn default() -> Setup {
        Setup { knobs: [0, 0, 0, 0, 100], toggles: TOGGLES.map(|(.., on)| on) }
    }
}

impl Setup {
    /// The value of a slider.
    #[must_use]
    pub fn knob(&self, knob: Knob) -> u16 {
        self.knobs[knob as usize]
    }

    /// Whether a checkbox is checked.
    #[must_use]
    pub fn toggle(&self, toggle: Toggle) -> bool {
        self.toggles[toggle as usize]
    }

    /// With a control of the panel moved: a slider's value, a checkbox's 0 or 1, or a button pressed.
    #[must_use]
    pub fn with(mut self, id: &str, value: f64) -> Setup {
        if let Some((knob, .., max)) = KNOBS.iter().find(|(_, element, ..)| *element == id)
            && value.is_finite()
        {
            self.knobs[*knob as usize] = value.clamp(0.0, f64::from(*max)).round() as u16;
        }
        if let Some((toggle, ..)) = TOGGLES.iter().find(|(_, element, ..)| *element == id) {
            self.toggles[*toggle as usize] = value != 0.0;
        }
        if let Some(index) = PRESETS.iter().position(|element| *element == id) {
            self = self.on(&Profile::ALL[index]);
        }
        if id == "lab-reset" { Setup::default() } else { self }
    }

    /// On this line, with the same switches.
    fn on(mut self, line: &Profile) -> Setup {
        self.knobs[Knob::Delay as usize] = (line.delay_us / 1_000) as u16;
        self.knobs[Knob::Jitter as usize] = (line.jitter_us / 1_000) as u16;
        self.knobs[Knob::Loss as usize] = (line.loss * 1_000.0).round() as u16;
        self.knobs[Knob::Rate as usize] = (line.rate_bytes_s / 1_000) as u16;
        self.toggles[Toggle::Freeze as usize] = line.freeze.0 > 0;
        self
    }

    /// The preset this is, if it is one.
    #[must_use]
    pub fn preset(&self) -> Option<usize> {
        Profile::ALL.iter().position(|line| self.on(line) == *self)
    }

    /// What each way of the line does.
    #[must_use]
    pub fn profile(&self) -> Profile {
        Profile {
            name: "lab",
            delay_us: u64::from(self.knob(Knob::Delay)) * 1_000,
            jitter_us: u64::from(self.knob(Knob::Jitter)) * 1_000,
            loss: f32::from(self.knob(Knob::Loss)) / 1_000.0,
            rate_bytes_s: u64::from(self.knob(Knob::Rate)) * 1_000,
            freeze: if self.toggle(Toggle::Freeze) { FREEZE } else { (0, 0) },
        }
    }

    /// How things are to be shown.
    #[must_use]
    pub fn switches(&self) -> Switches {
        Switches {
            prediction: self.toggle(Toggle::Prediction),
            reconciliation: self.toggle(Toggle::Reconciliation),
            forward: self.toggle(Toggle::Forward),
            present_percent: self.knob(Knob::Present) as u8,
            smoothing: self.toggle(Toggle::Smoothing),
            ghosts: self.toggle(Toggle::OwnGhost) || self.toggle(Toggle::OtherGhosts),
        }
    }

    /// What differs from the game, for the address: `#delay=40&loss=5&prediction=0`; empty when nothing does.
    #[must_use]
    pub fn to_fragment(self) -> String {
        let game = Setup::default();
        let mut words = Vec::new();
        for (knob, _, _, word, _) in KNOBS {
            if self.knob(knob) != game.knob(knob) {
                words.push([word, "=", &self.knob(knob).to_string()].concat());
            }
        }
        for (toggle, _, word, _) in TOGGLES {
            if self.toggle(toggle) != game.toggle(toggle) {
                words.push([word, "=", if self.toggle(toggle) { "1" } else { "0" }].concat());
            }
        }
        if words.is_empty() { String::new() } else { ["#", &words.join("&")].concat() }
    }

    /// What an address asks for. Words nobody knows mean nothing; too much is as much as there is.
    #[must_use]
    pub fn from_fragment(fragment: &str) -> Setup {
        let mut setup = Setup::default();
        for part in fragment.trim_start_matches('#').split('&') {
            let Some((word, value)) = part.split_once('=') else { continue };
            let Ok(value) = value.parse::<f64>() else { continue };
            let knob = KNOBS.iter().find(|(_, _, _, known, _)| *known == word).map(|(_, id, ..)| *id);
            let toggle = TOGGLES.iter().find(|(_, _, known, _)| *known == word).map(|(_, id, ..)| *id);
            if let Some(id) = knob.or(toggle) {
                setup = setup.with(id, value);
            }
        }
        setup
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_the_order_of_their_numbers() {
        assert!(KNOBS.iter().enumerate().all(|(index, (knob, ..))| *knob as usize == index));
        assert!(TOGGLES.iter().enumerate().all(|(index, (toggle, ..))| *toggle as usize == index));
        for (id, line) in PRESETS.iter().zip(Profile::ALL) {
            assert_eq!(*id, format!("lab-preset-{}", line.name));
        }
    }

    #[test]
    fn untouched_it_is_the_game() {
        let setup = Setup::default();
        assert_eq!(setup.switches(), Switches::default());
        assert_eq!((setup.profile().delay_us, setup.profile().loss, setup.profile().rate_bytes_s), (0, 0.0, 0));
        assert_eq!(setup.to_fragment(), "");
    }

    #[test]
    fn every_preset_sets_its_line_and_is_known_again() {
        for (index, line) in Profile::ALL.iter().enumerate() {
            let setup = Setup::default().with("lab-smoothing", 0.0).with(PRESETS[index], 0.0);
            let set = setup.profile();
            assert_eq!((set.delay_us, set.rate_bytes_s, set.freeze), (line.delay_us, line.rate_bytes_s, line.freeze));
            assert!((set.loss - line.loss).abs() < 1e-6 && set.jitter_us.abs_diff(line.jitter_us) < 1_000);
            assert_eq!(setup.preset(), Some(index));
            assert!(!setup.toggle(Toggle::Smoothing), "switches stay");
            assert_eq!(setup.with("lab-reset", 0.0), Setup::default());
        }
    }

    #[test]
    fn an_address_says_all_of_it_and_rubbish_says_nothing() {
        let mut setup = Setup::default();
        for (index, (_, id, ..)) in KNOBS.iter().enumerate() {
            setup = setup.with(id, 7.0 + index as f64);
        }
        for (_, id, _, on) in TOGGLES {
            setup = setup.with(id, if on { 0.0 } else { 1.0 });
        }
        assert_eq!(Setup::from_fragment(&setup.to_fragment()), setup);
        for rubbish in ["", "#", "#=", "#&&=&", "#delay", "#delay=", "#delay=x", "#x=1", "#delay=NaN", "#💥=1&ä"] {
            assert_eq!(Setup::from_fragment(rubbish), Setup::default(), "{rubbish}");
        }
        let huge = Setup::from_fragment("#delay=1e300&jitter=-5&present=1000&loss=inf&rate=99999999999");
        assert_eq!((huge.knob(Knob::Delay), huge.knob(Knob::Jitter), huge.knob(Knob::Rate)), (500, 0, 64));
        assert_eq!((huge.knob(Knob::Present), huge.knob(Knob::Loss)), (100, 0));
    }
}
