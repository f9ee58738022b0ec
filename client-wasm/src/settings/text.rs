//! Settings as the text that a browser keeps: a version, then a line `word value` for each that is not as the game comes.
//! Invariant: reading never fails. A line that makes no sense, or that says something out of range, is as if it were not
//! there; a text of another version is as if there were none.

use super::{CHOICES, KNOBS, SWITCHES, Settings, rows};
use crate::input::{
    Action, Bindings,
    bindings::{PAD_BUTTONS, SLOTS, bindable},
};

/// The first line. Raise it when a word's meaning changes, not when one is added.
const VERSION: &str = "settings 1";
/// Longer texts are not ours, bytes.
const TEXT_MAX: usize = 8_192;
/// For an action that has no key or button.
const NOTHING: &str = "-";

impl Settings {
    /// To be kept.
    #[must_use]
    pub fn to_text(&self) -> String {
        let usual = Settings::default();
        let mut lines = vec![VERSION.to_owned()];
        let mut say = |word: &str, value: &str| lines.push([word, " ", value].concat());
        for (knob, _, _, word, _) in KNOBS {
            if self.knob(knob) != usual.knob(knob) {
                say(word, &self.knob(knob).to_string());
            }
        }
        for (choice, _, word, _) in CHOICES {
            if self.choice(choice) != usual.choice(choice) {
                say(word, self.choice(choice));
            }
        }
        for (switch, _, word, _) in SWITCHES {
            if self.switch(switch) != usual.switch(switch) {
                say(word, if self.switch(switch) { "on" } else { "off" });
            }
        }
        for action in Action::all() {
            let keys = |bindings: &Bindings| bindings.keys(action).collect::<Vec<_>>().join(",");
            let (own, theirs) = (keys(&self.bindings), keys(&usual.bindings));
            if own != theirs {
                say(&["key.", rows::stem(action)].concat(), if own.is_empty() { NOTHING } else { &own });
            }
            let pad = self.bindings.pad(action);
            if pad != usual.bindings.pad(action) {
                let pad = pad.map_or(NOTHING.to_owned(), |button| button.to_string());
                say(&["pad.", rows::stem(action)].concat(), &pad);
            }
        }
        lines.join("\n")
    }

    /// From what was kept, which may be anything.
    #[must_use]
    pub fn from_text(text: &str) -> Settings {
        let mut settings = Settings::default();
        let mut lines = text.lines();
        if text.len() > TEXT_MAX || lines.next() != Some(VERSION) {
            return settings;
        }
        let mut bound = Bound::default();
        for (word, value) in lines.filter_map(|line| line.split_once(' ')) {
            settings.take(word, value, &mut bound);
        }
        settings.bindings = bound.bindings();
        settings
    }

    fn take(&mut self, word: &str, value: &str, bound: &mut Bound) {
        if let Some((knob, .., (least, most))) = KNOBS.into_iter().find(|(.., known, _)| *known == word) {
            if let Some(percent) = value.parse().ok().filter(|percent| (least..=most).contains(percent)) {
                self.set_knob(knob, percent);
            }
        } else if let Some((choice, ..)) = CHOICES.into_iter().find(|(_, _, known, _)| *known == word) {
            self.choose(choice, value);
        } else if let Some((switch, ..)) = SWITCHES.into_iter().find(|(_, _, known, _)| *known == word) {
            if matches!(value, "on" | "off") {
                self.set_switch(switch, value == "on");
            }
        } else if let Some(action) = word.strip_prefix("key.").and_then(rows::of_stem) {
            let codes: Vec<&str> = if value == NOTHING { Vec::new() } else { value.split(',').collect() };
            if codes.len() <= SLOTS && codes.iter().all(|code| bindable(code)) {
                bound.keys.push((action, codes.into_iter().map(str::to_owned).collect()));
            }
        } else if let Some(action) = word.strip_prefix("pad.").and_then(rows::of_stem) {
            match value.parse::<u8>() {
                Ok(button) if button < PAD_BUTTONS => bound.pad.push((action, Some(button))),
                _ if value == NOTHING => bound.pad.push((action, None)),
                _ => {}
            }
        }
    }
}

/// What a text says of keys and buttons: put together at the end, so that the order of its lines does not matter.
#[derive(Debug, Default)]
struct Bound {
    keys: Vec<(Action, Vec<String>)>,
    pad: Vec<(Action, Option<u8>)>,
}

impl Bound {
    fn bindings(self) -> Bindings {
        let mut bindings = Bindings::default();
        self.keys.iter().for_each(|(action, _)| bindings.clear_all(*action));
        self.pad.iter().for_each(|(action, _)| bindings.clear_pad(*action));
        for (action, codes) in self.keys {
            for code in codes {
                bindings.bind(action, SLOTS, &code);
            }
        }
        for (action, button) in self.pad {
            if let Some(button) = button {
                bindings.bind_pad(action, button);
            }
        }
        bindings
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Choice, Knob, Switch};
    use super::*;

    fn changed() -> Settings {
        let mut settings = Settings::default();
        settings.set_knob(Knob::Engine, 35);
        settings.set_knob(Knob::Zoom, 125);
        settings.choose(Choice::Palette, "blue-yellow");
        settings.choose(Choice::Language, "de");
        settings.set_switch(Switch::Streamer, true);
        settings.bindings.bind(Action::Brake, 0, "KeyW");
        settings.bindings.bind(Action::Card(3), 0, "KeyP");
        settings.bindings.clear(Action::Mute, 0);
        settings.bindings.bind_pad(Action::Fire, 6);
        settings
    }

    #[test]
    fn what_is_kept_comes_back_and_what_is_usual_is_not_kept() {
        assert_eq!(Settings::default().to_text(), "settings 1");
        let settings = changed();
        let text = settings.to_text();
        let back = Settings::from_text(&text);
        assert_eq!(back.to_text(), text);
        for action in Action::all() {
            let keys = |settings: &Settings| settings.bindings.keys(action).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(keys(&back), keys(&settings), "{action:?}");
            assert_eq!(back.bindings.pad(action), settings.bindings.pad(action), "{action:?}");
        }
        assert_eq!((back.knob(Knob::Engine), back.choice(Choice::Palette)), (35, "blue-yellow"));
    }

    #[test]
    fn a_line_that_makes_no_sense_spoils_no_other() {
        for line in [
            "master -1",
            "master 101",
            "master 99999999999999999999",
            "master NaN",
            "master",
            " ",
            "zoom 79",
            "zoom 1000",
            "palette plaid",
            "calm maybe",
            "orbit-line yes",
            "key.thrust Escape",
            "key.thrust KeyA,KeyB,KeyC,KeyD",
            "key.thrust ,",
            "key.thrust <script>",
            "key.warp KeyA",
            "pad.fire 17",
            "pad.fire -3",
            "pad.fire x",
            "🦀 🦀",
            "streamer \u{0}",
        ] {
            let settings = Settings::from_text(&["settings 1\n", line, "\neffects 20"].concat());
            let mut usual = Settings::default();
            usual.set_knob(Knob::Effects, 20);
            assert_eq!(settings, usual, "{line}");
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic_and_gives_sound_settings() {
        let seed = 0x5EED;
        println_seed(seed);
        let mut random = crate::view::cosmetic::Cosmetic::new(seed);
        let good = changed().to_text();
        for _ in 0..3_000 {
            let mut bytes = good.clone().into_bytes();
            for _ in 0..1 + (random.unit() * 6.0) as usize {
                let at = (random.unit() * bytes.len() as f32) as usize % bytes.len();
                bytes[at] = (random.unit() * 256.0) as u8;
            }
            let settings = Settings::from_text(&String::from_utf8_lossy(&bytes));
            assert!((80..=150).contains(&settings.knob(Knob::Zoom)) && settings.knob(Knob::Master) <= 100);
            assert!(Action::all().all(|action| settings.bindings.keys(action).count() <= SLOTS));
        }
        for text in ["", "settings", "settings 2\nmaster 10", "\u{FEFF}settings 1", &"x".repeat(TEXT_MAX * 2)] {
            assert_eq!(Settings::from_text(text), Settings::default());
        }
    }

    #[allow(clippy::print_stdout, reason = "a failure tells its seed")]
    fn println_seed(seed: u64) {
        println!("seed {seed:#x}");
    }

    #[test]
    fn two_actions_on_one_key_never_come_out_of_a_text() {
        let settings = Settings::from_text("settings 1\nkey.thrust KeyZ\nkey.brake KeyZ\nkey.thrust KeyZ");
        assert_eq!(settings.bindings.of_key("KeyZ").count(), 1);
    }
}
