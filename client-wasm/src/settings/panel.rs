//! The panel: takes what is done with its controls and says what its elements show. Invariant: it shows what is set, not
//! what was clicked; at most one key cap waits for a key.

use shared::ids::PlayerId;

use super::{
    CHOICES, KNOBS, SWITCHES, Settings, System, key_label, pad_label,
    rows::{self, ROWS},
};
use crate::{
    hud::Dom,
    input::{
        Action,
        bindings::{PAD_BUTTONS, SLOTS, bindable},
    },
    names::Masks,
    settings::Switch,
    view::looks::Looks,
    words::{Language, Word},
};

/// What happened to the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// One of the buttons that open it.
    Open,
    /// It is closed.
    Closed,
    /// A control was moved; a checkbox says `on` or `off`.
    Value {
        /// The element.
        id: String,
        /// What it says.
        value: String,
    },
    /// A button of it was clicked, by its element.
    Click(String),
    /// A key or mouse button for the cap that waits, by its code.
    Key(String),
    /// No key after all.
    Cancel,
    /// The system wishes something else.
    System(System),
}

/// The panel and what is set.
#[derive(Debug)]
pub struct Panel {
    settings: Settings,
    system: System,
    looks: Looks,
    masks: Option<Masks>,
    open: bool,
    /// The cap that waits.
    waits: Option<(Action, usize)>,
    note: String,
    pad_here: bool,
    /// What is shown may be old.
    dirty: bool,
}

impl Panel {
    /// A closed panel.
    #[must_use]
    pub fn new(settings: Settings, system: System) -> Panel {
        let mut panel = Panel {
            settings,
            system,
            looks: Looks::default(),
            masks: None,
            open: false,
            waits: None,
            note: String::new(),
            pad_here: false,
            dirty: true,
        };
        panel.settle();
        panel
    }

    /// What is set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How the arena is to look.
    #[must_use]
    pub fn looks(&self) -> &Looks {
        &self.looks
    }

    /// The language the page speaks.
    #[must_use]
    pub fn language(&self) -> Language {
        self.settings.language(self.system)
    }

    /// Whether contrast is to be high.
    #[must_use]
    pub fn contrast(&self) -> bool {
        self.settings.contrast(self.system)
    }

    /// What is said in the place of names, if they are not to be seen.
    #[must_use]
    pub fn masks(&self) -> Option<&Masks> {
        self.masks.as_ref()
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether a cap waits for a button of the gamepad.
    #[must_use]
    pub fn wants_pad(&self) -> bool {
        self.waits.is_some_and(|(_, slot)| slot == SLOTS)
    }

    /// Takes what happened; true when something is set differently now.
    pub fn handle(&mut self, fact: Fact) -> bool {
        self.dirty = true;
        let changed = match fact {
            Fact::Open => self.show(true),
            Fact::Closed => self.show(false),
            Fact::Value { id, value } => self.move_control(&id, &value),
            Fact::Click(id) => self.click(&id),
            Fact::Key(code) => self.take_key(&code),
            Fact::Cancel => {
                self.waits = None;
                false
            }
            Fact::System(system) => core::mem::replace(&mut self.system, system) != system,
        };
        if changed {
            self.settle();
        }
        changed
    }

    /// A button of the gamepad for the cap that waits; true when something is set differently now.
    pub fn take_pad(&mut self, button: u8) -> bool {
        let Some((action, _)) = self.waits.take() else { return false };
        self.dirty = true;
        if button >= PAD_BUTTONS {
            return false;
        }
        let losers = self.settings.bindings.bind_pad(action, button);
        self.tell(action, pad_label(button), &losers);
        true
    }

    /// Whether there is a gamepad.
    pub fn set_pad_here(&mut self, here: bool) {
        self.dirty |= self.pad_here != here;
        self.pad_here = here;
    }

    fn show(&mut self, open: bool) -> bool {
        self.open = open;
        self.waits = None;
        self.note.clear();
        false
    }

    fn move_control(&mut self, id: &str, value: &str) -> bool {
        if let Some((knob, ..)) = KNOBS.into_iter().find(|(_, known, ..)| *known == id) {
            let Ok(percent) = value.parse() else { return false };
            self.settings.set_knob(knob, percent);
        } else if let Some((choice, ..)) = CHOICES.into_iter().find(|(_, known, ..)| *known == id) {
            return self.settings.choose(choice, value);
        } else if let Some((switch, ..)) = SWITCHES.into_iter().find(|(_, known, ..)| *known == id) {
            self.settings.set_switch(switch, value == "on");
        } else {
            return false;
        }
        true
    }

    fn click(&mut self, id: &str) -> bool {
        let language = self.language();
        self.waits = None;
        match id {
            "settings-close" => self.show(false),
            "settings-reset-keys" => {
                self.settings.bindings = Settings::default().bindings;
                Word::WasReset.say(language).clone_into(&mut self.note);
                true
            }
            "settings-reset-all" => {
                self.settings = Settings::default();
                // The page may speak another language now.
                Word::AllReset.say(self.language()).clone_into(&mut self.note);
                true
            }
            _ => {
                self.waits = rows::cap(id);
                self.note.clear();
                false
            }
        }
    }

    fn take_key(&mut self, code: &str) -> bool {
        let Some((action, slot)) = self.waits.take() else { return false };
        let language = self.language();
        if code == "Delete" {
            match slot {
                SLOTS => self.settings.bindings.clear_pad(action),
                _ => self.settings.bindings.clear(action, slot),
            }
            self.note = Word::Emptied.with(language, &[&rows::name(action, language)]);
            return true;
        }
        if slot == SLOTS {
            // A key is no answer to the question for a button of the gamepad.
            return false;
        }
        if !bindable(code) {
            self.note = Word::Refused.with(language, &[&key_label(code, language)]);
            return false;
        }
        let losers = self.settings.bindings.bind(action, slot, code);
        self.tell(action, &key_label(code, language), &losers);
        true
    }

    /// Says what is bound now, and who lost it.
    fn tell(&mut self, action: Action, label: &str, losers: &[Action]) {
        let language = self.language();
        let name = rows::name(action, language);
        self.note = if losers.is_empty() {
            Word::BoundTo.with(language, &[&name, label])
        } else {
            let losers: Vec<String> = losers.iter().map(|loser| rows::name(*loser, language)).collect();
            Word::TakenFrom.with(language, &[&name, label, &losers.join(", ")])
        };
    }

    /// Brings up to date what follows from the settings.
    fn settle(&mut self) {
        self.looks = self.settings.looks(self.system);
        let language = self.language();
        self.masks = self.settings.switch(Switch::Streamer).then(|| Masks::new(language));
    }

    /// Brings the elements up to date, if it is open.
    pub fn update(&mut self, dom: &mut dyn Dom) {
        if !self.dirty || !self.open {
            return;
        }
        self.dirty = false;
        for (knob, id, output, ..) in KNOBS {
            let percent = self.settings.knob(knob).to_string();
            dom.value(id, &percent);
            dom.text(output, &[&percent, " %"].concat());
        }
        for (choice, id, ..) in CHOICES {
            dom.value(id, self.settings.choice(choice));
        }
        for (switch, id, ..) in SWITCHES {
            dom.check(id, self.settings.switch(switch));
        }
        let language = self.language();
        dom.text("settings-note", &self.note);
        dom.text("settings-pad", if self.pad_here { Word::PadHere } else { Word::NoPad }.say(language));
        dom.flag("settings", "waiting", self.waits.is_some());
        self.caps(language, dom);
    }

    fn caps(&self, language: Language, dom: &mut dyn Dom) {
        for row in ROWS {
            let name = rows::name(row.action, language);
            dom.text(row.name, &name);
            let keys: Vec<&str> = self.settings.bindings.keys(row.action).collect();
            for (slot, cap) in row.caps.into_iter().enumerate() {
                let label = match slot {
                    SLOTS => self.settings.bindings.pad(row.action).map(|button| pad_label(button).to_owned()),
                    _ => keys.get(slot).map(|code| key_label(code, language)),
                };
                let waits = self.waits == Some((row.action, slot));
                let label = label.as_deref().unwrap_or(Word::Unbound.say(language));
                let text = if waits { Word::PressKey.say(language) } else { label };
                dom.text(cap, text);
                dom.flag(cap, "waits", waits);
                let of = if slot == SLOTS { Word::PadOf } else { Word::KeyOf };
                dom.attribute(cap, "aria-label", &of.with(language, &[&name, text]));
            }
        }
    }

    /// What stands for a name: the name itself, or a number in its place.
    #[must_use]
    pub fn shown_name<'a>(&'a self, player: PlayerId, own: Option<PlayerId>, name: &'a str) -> &'a str {
        shown_name(self.masks(), player, own, name)
    }
}

/// What stands for a name while these masks are worn: the own one is never masked.
#[must_use]
pub fn shown_name<'a>(masks: Option<&'a Masks>, player: PlayerId, own: Option<PlayerId>, name: &'a str) -> &'a str {
    match masks {
        Some(masks) if own != Some(player) => masks.of(player),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Choice, Knob};
    use super::*;
    use crate::hud::tests::Recorded;

    fn panel() -> Panel {
        let mut panel = Panel::new(Settings::default(), System::default());
        panel.handle(Fact::Open);
        panel
    }

    fn click(id: &str) -> Fact {
        Fact::Click(id.to_owned())
    }

    fn shown(panel: &mut Panel) -> Recorded {
        let mut dom = Recorded::default();
        panel.update(&mut dom);
        dom
    }

    #[test]
    fn a_cap_waits_for_a_key_and_says_who_lost_it() {
        let mut panel = panel();
        assert!(!panel.handle(click("bind-brake-0")));
        let dom = shown(&mut panel);
        assert!(dom.has("bind-brake-0=Press…") && dom.has("bind-brake-0.waits") && dom.has("settings.waiting"));
        assert!(panel.handle(Fact::Key("KeyW".to_owned())));
        let dom = shown(&mut panel);
        for what in [
            "bind-brake-0=W",
            "bind-brake-0!waits",
            "settings!waiting",
            "bind-thrust-0=↑",
            "bind-thrust-1=–",
            "bind-thrust-0@aria-label=Thrust: key ↑",
            "settings-note=Brake is now: W. It was taken from: Thrust.",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
        assert!(shown(&mut panel).done.is_empty(), "nothing changed");
    }

    #[test]
    fn a_key_of_the_browser_is_refused_and_delete_empties_a_cap() {
        let mut panel = panel();
        panel.handle(click("bind-brake-0"));
        assert!(!panel.handle(Fact::Key("F5".to_owned())));
        assert!(shown(&mut panel).has("settings-note=F5 belongs to the browser."));
        panel.handle(click("bind-mute-0"));
        assert!(panel.handle(Fact::Key("Delete".to_owned())));
        assert_eq!(panel.settings().bindings.keys(Action::Mute).count(), 0);
        assert!(!panel.handle(Fact::Key("KeyZ".to_owned())), "nobody waits");
        panel.handle(click("settings-reset-keys"));
        assert_eq!(panel.settings(), &Settings::default());
    }

    #[test]
    fn the_last_cap_takes_buttons_of_the_gamepad_and_no_keys() {
        let mut panel = panel();
        panel.handle(click("bind-fire-pad"));
        assert!(panel.wants_pad() && !panel.handle(Fact::Key("KeyZ".to_owned())));
        panel.handle(click("bind-fire-pad"));
        assert!(panel.take_pad(6));
        let dom = shown(&mut panel);
        assert!(dom.has("bind-fire-pad=LT") && dom.has("bind-thrust-pad=–"), "{:?}", dom.done);
        assert!(!panel.wants_pad() && !panel.take_pad(3));
    }

    #[test]
    fn controls_set_and_rubbish_sets_nothing() {
        let mut panel = panel();
        let mut value =
            |id: &str, value: &str| panel.handle(Fact::Value { id: id.to_owned(), value: value.to_owned() });
        assert!(value("set-zoom", "999") && value("set-streamer", "on") && value("set-language", "de"));
        for (id, rubbish) in [("set-zoom", "x"), ("set-palette", "plaid"), ("set-warp", "9"), ("", "")] {
            assert!(!value(id, rubbish), "{id} {rubbish}");
        }
        assert_eq!(panel.settings().knob(Knob::Zoom), 150);
        let dom = shown(&mut panel);
        for what in ["set-zoom-value=150 %", "set-streamer?true", "set-language:=de", "bind-fire=Feuern"] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
        assert_eq!(panel.shown_name(PlayerId(7), Some(PlayerId(3)), "Ada"), "Pilot 7");
        assert_eq!(panel.shown_name(PlayerId(3), Some(PlayerId(3)), "Ada"), "Ada");
    }

    #[test]
    fn the_systems_wishes_are_followed_while_the_page_is_open() {
        let mut panel = panel();
        let wishes = System { calm: true, contrast: true, language: Language::German };
        assert!(panel.handle(Fact::System(wishes)) && !panel.handle(Fact::System(wishes)));
        assert!(panel.looks().calm && panel.contrast());
        assert_eq!(panel.language(), Language::German);
        assert!(panel.settings.choose(Choice::Calm, "off"));
        panel.settle();
        assert!(!panel.looks().calm);
    }
}
