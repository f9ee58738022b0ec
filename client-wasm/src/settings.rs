//! What a player may set, as plain values with ranges. Invariant: every value is always in its range; whatever a storage
//! or a page says, what cannot be read is as the game comes, for that one setting, and nothing else suffers.
//!
//! The tables here ([`KNOBS`], [`CHOICES`], [`SWITCHES`]) are all that the panel and the storage know of a setting. What
//! it does is decided where it is read.

mod labels;
mod panel;
pub mod rows;
mod text;

pub use labels::{key_label, pad_label};
pub use panel::{Fact, Panel, shown_name};

use crate::{
    hud::Id,
    input::Bindings,
    view::looks::{Debris, Looks},
    view::palette::Colours,
    words::Language,
};

/// A slider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Knob {
    /// Loudness of everything, %.
    Master,
    /// Loudness of shots, hits and all that happens, %.
    Effects,
    /// Loudness of the own engine, %.
    Engine,
    /// Loudness of the music, %.
    Music,
    /// Size of the instruments, %.
    Zoom,
}

/// Slider, its element, the element of its value, its word in the storage, least and most.
type KnobRow = (Knob, Id, Id, &'static str, (u16, u16));

/// The sliders; as the game comes each is 100.
pub const KNOBS: [KnobRow; 5] = [
    (Knob::Master, "set-master", "set-master-value", "master", (0, 100)),
    (Knob::Effects, "set-effects", "set-effects-value", "effects", (0, 100)),
    (Knob::Engine, "set-engine", "set-engine-value", "engine", (0, 100)),
    (Knob::Music, "set-music", "set-music-value", "music", (0, 100)),
    (Knob::Zoom, "set-zoom", "set-zoom-value", "zoom", (80, 150)),
];

/// A list to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Choice {
    /// The language.
    Language,
    /// Colours of ships and instruments.
    Palette,
    /// Less motion and flashes.
    Calm,
    /// More contrast.
    Contrast,
    /// Sparks and debris.
    Particles,
}

/// List, its element, its word in the storage, and what can be chosen; as the game comes it is the first.
pub const CHOICES: [(Choice, Id, &str, &[&str]); 5] = [
    (Choice::Language, "set-language", "language", &["auto", "en", "de"]),
    (Choice::Palette, "set-palette", "palette", &["usual", "red-green", "blue-yellow"]),
    (Choice::Calm, "set-motion", "calm", WISHES),
    (Choice::Contrast, "set-contrast", "contrast", WISHES),
    (Choice::Particles, "set-particles", "particles", &["full", "few", "none"]),
];

/// As the system wishes, always, or never.
const WISHES: &[&str] = &["system", "on", "off"];

/// A checkbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Switch {
    /// The forecast of the own path.
    OrbitLine,
    /// The way of the next shot.
    ShotLine,
    /// Names under ships.
    Names,
    /// Others are numbers.
    Streamer,
}

/// Checkbox, its element, its word in the storage, and how the game comes.
pub const SWITCHES: [(Switch, Id, &str, bool); 4] = [
    (Switch::OrbitLine, "set-orbit", "orbit-line", true),
    (Switch::ShotLine, "set-shot", "shot-line", true),
    (Switch::Names, "set-names", "names", true),
    (Switch::Streamer, "set-streamer", "streamer", false),
];

/// What the browser and the system wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct System {
    /// Less motion.
    pub calm: bool,
    /// More contrast.
    pub contrast: bool,
    /// The language.
    pub language: Language,
}

/// Everything that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    knobs: [u16; KNOBS.len()],
    choices: [u8; CHOICES.len()],
    switches: [bool; SWITCHES.len()],
    /// Keys and buttons.
    pub bindings: Bindings,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            knobs: [100; KNOBS.len()],
            choices: [0; CHOICES.len()],
            switches: SWITCHES.map(|(.., on)| on),
            bindings: Bindings::default(),
        }
    }
}

impl Settings {
    /// Where a slider stands, %.
    #[must_use]
    pub fn knob(&self, knob: Knob) -> u16 {
        self.knobs[knob as usize]
    }

    /// Moves a slider; what is out of its range is its nearest end.
    pub fn set_knob(&mut self, knob: Knob, percent: u16) {
        let (.., (least, most)) = KNOBS[knob as usize];
        self.knobs[knob as usize] = percent.clamp(least, most);
    }

    /// What is chosen, by its word in [`CHOICES`].
    #[must_use]
    pub fn choice(&self, choice: Choice) -> &'static str {
        CHOICES[choice as usize].3[usize::from(self.choices[choice as usize])]
    }

    /// Chooses; false when there is nothing of this word.
    pub fn choose(&mut self, choice: Choice, word: &str) -> bool {
        let place = CHOICES[choice as usize].3.iter().position(|known| *known == word);
        if let Some(place) = place {
            self.choices[choice as usize] = place as u8;
        }
        place.is_some()
    }

    /// Whether a checkbox is on.
    #[must_use]
    pub fn switch(&self, switch: Switch) -> bool {
        self.switches[switch as usize]
    }

    /// Turns a checkbox on or off.
    pub fn set_switch(&mut self, switch: Switch, on: bool) {
        self.switches[switch as usize] = on;
    }

    /// How loud something is, 0..1: twice as far on the slider sounds twice as loud.
    #[must_use]
    pub fn gain(&self, knob: Knob) -> f32 {
        let share = f32::from(self.knob(knob)) / 100.0;
        share * share
    }

    /// The language the page speaks.
    #[must_use]
    pub fn language(&self, system: System) -> Language {
        let chosen = self.choice(Choice::Language);
        Language::ALL.into_iter().find(|language| language.code() == chosen).unwrap_or(system.language)
    }

    /// Whether contrast is to be high.
    #[must_use]
    pub fn contrast(&self, system: System) -> bool {
        self.wish(Choice::Contrast, system.contrast)
    }

    /// How the arena is to look.
    #[must_use]
    pub fn looks(&self, system: System) -> Looks {
        Looks {
            colours: Colours::of(self.choice(Choice::Palette)),
            calm: self.wish(Choice::Calm, system.calm),
            debris: match self.choice(Choice::Particles) {
                "none" => Debris::None,
                "few" => Debris::Few,
                _ => Debris::Full,
            },
            orbit_line: self.switch(Switch::OrbitLine),
            shot_line: self.switch(Switch::ShotLine),
            names: self.switch(Switch::Names),
        }
    }

    fn wish(&self, choice: Choice, system: bool) -> bool {
        match self.choice(choice) {
            "on" => true,
            "off" => false,
            _ => system,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_the_order_of_their_enums_and_within_their_ranges() {
        assert!(KNOBS.iter().enumerate().all(|(at, (knob, ..))| *knob as usize == at));
        assert!(CHOICES.iter().enumerate().all(|(at, (choice, ..))| *choice as usize == at));
        assert!(SWITCHES.iter().enumerate().all(|(at, (switch, ..))| *switch as usize == at));
        let languages: Vec<_> = Language::ALL.iter().map(|language| language.code()).collect();
        assert_eq!(&CHOICES[0].3[1..], languages);
        let mut settings = Settings::default();
        settings.set_knob(Knob::Zoom, 65_535);
        settings.set_knob(Knob::Master, 65_535);
        assert_eq!((settings.knob(Knob::Zoom), settings.knob(Knob::Master)), (150, 100));
        settings.set_knob(Knob::Zoom, 0);
        assert_eq!(settings.knob(Knob::Zoom), 80);
        assert!(!settings.choose(Choice::Palette, "plaid"));
        assert_eq!(settings.choice(Choice::Palette), "usual");
    }

    #[test]
    fn the_system_is_followed_until_one_says_otherwise() {
        let mut settings = Settings::default();
        let wishes = System { calm: true, contrast: true, language: Language::German };
        let resolved = |settings: &Settings, system| {
            (settings.looks(system).calm, settings.contrast(system), settings.language(system))
        };
        assert_eq!(resolved(&settings, System::default()), (false, false, Language::English));
        assert_eq!(resolved(&settings, wishes), (true, true, Language::German));
        for (choice, word) in [(Choice::Calm, "off"), (Choice::Contrast, "off"), (Choice::Language, "en")] {
            assert!(settings.choose(choice, word));
        }
        assert_eq!(resolved(&settings, wishes), (false, false, Language::English));
        for (choice, word) in [(Choice::Calm, "on"), (Choice::Contrast, "on"), (Choice::Language, "de")] {
            assert!(settings.choose(choice, word));
        }
        assert_eq!(resolved(&settings, System::default()), (true, true, Language::German));
    }

    #[test]
    fn the_page_has_the_controls_of_the_tables_with_their_ranges() {
        let page = include_str!("../../index.html");
        for (_, id, output, _, (least, most)) in KNOBS {
            assert!(page.contains(&format!("id=\"{id}\" type=\"range\" min=\"{least}\" max=\"{most}\"")), "{id}");
            assert!(page.contains(&format!("id=\"{output}\"")), "{output}");
        }
        for (_, id, _, words) in CHOICES {
            let (_, list) = page.split_once(&format!("<select id=\"{id}\">")).expect(id);
            let (list, _) = list.split_once("</select>").expect(id);
            let there: Vec<_> = list.split("value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            assert_eq!(there, words, "{id}");
        }
        assert!(SWITCHES.iter().all(|(_, id, ..)| page.contains(&format!("id=\"{id}\" type=\"checkbox\""))));
    }
}
