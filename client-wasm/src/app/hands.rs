//! What hands set and hold besides keys and pointers: the settings, and the gamepad. Invariant: a button of the gamepad does
//! one thing at a time; what it means in a card it does not mean in flight.

use shared::replica::view::Phase;

use super::App;
use crate::{
    input::pad,
    platform::{menu, pads, settings_panel, speaker::Loudness, storage},
    settings::Fact,
};

/// Buttons of a gamepad that mean something else in a card than in flight.
const MENU_BUTTONS: u32 = 1 << pad::A | 1 << pad::B | 1 << pad::UP | 1 << pad::DOWN | 1 << pad::LEFT | 1 << pad::RIGHT;

impl App {
    /// Something happened to the settings; what is set differently now is kept.
    pub(super) fn take_settings(&mut self, fact: Fact) {
        let was_open = self.panel.is_open();
        if self.panel.handle(fact) {
            self.take_up_settings();
            storage::remember_settings(&self.panel.settings().to_text());
        }
        let open = self.panel.is_open();
        if open != was_open {
            self.sampler.release_all();
            if open {
                self.open_sheet(None);
            }
            settings_panel::show(open);
            if !open {
                self.take_keys_back();
            }
        }
    }

    /// What is set holds from now on.
    pub(super) fn take_up_settings(&mut self) {
        let settings = self.panel.settings();
        if *self.sampler.bindings() != settings.bindings {
            self.sampler.bind(settings.bindings.clone());
            self.bound.borrow_mut().clone_from(&settings.bindings);
        }
        self.speaker.set_loudness(Loudness::of(settings));
        self.camera.set_still(self.panel.looks().calm);
        self.effects.set_looks(self.panel.looks());
        settings_panel::apply(&self.panel);
    }

    /// The gamepads: in a card their cross goes about and their buttons press, else they fly.
    pub(super) fn take_pad(&mut self) {
        let mut reading = pads::read();
        self.panel.set_pad_here(reading.is_some());
        // A stick that chooses a word steers no ship meanwhile.
        if let Some(reading) = reading.as_mut().filter(|_| self.desk.is_held()) {
            self.desk.tilt(core::mem::take(&mut reading.stick));
        }
        let pressed = self.sampler.take_pad(reading);
        if self.sampler.pad().in_use() && !self.pad {
            (self.pad, self.touch) = (true, false);
            menu::show_focus(true);
        }
        let card = match self.net.view().phase {
            _ if self.panel.is_open() => Some("settings"),
            _ if self.sheet.is_some() => self.sheet,
            _ if self.net.place().watching => Some("spectate"),
            _ if !self.net.playing() => Some("lobby"),
            Phase::Dead { .. } => Some("death"),
            _ => None,
        };
        if self.panel.wants_pad() {
            if let Some(button) = pad::numbers(pressed).next()
                && self.panel.take_pad(button)
            {
                self.take_up_settings();
                storage::remember_settings(&self.panel.settings().to_text());
            }
        } else {
            card.into_iter().for_each(|card| pad::numbers(pressed).for_each(|button| self.press_in(card, button)));
            // In a card A presses what has the focus, which may be something else than to fly again.
            self.sampler.press_pad(if card.is_some() { pressed & !MENU_BUTTONS } else { pressed });
        }
        if self.card != card {
            self.card = card;
            // Whoever pressed Play with A did not mean to boost.
            self.sampler.release_all();
        }
    }

    /// A button of the gamepad in a card.
    fn press_in(&mut self, card: &'static str, button: u8) {
        match button {
            pad::UP => menu::step(card, -1),
            pad::DOWN => menu::step(card, 1),
            pad::LEFT | pad::RIGHT => {
                let by = if button == pad::RIGHT { 1 } else { -1 };
                if !menu::slide(by) {
                    menu::step(card, by as isize);
                }
            }
            pad::A => {
                let otherwise = match card {
                    "lobby" => Some("play"),
                    "death" => Some("relaunch"),
                    _ => None,
                };
                menu::press(card, otherwise);
            }
            pad::B if self.sheet == Some(card) => self.open_sheet(None),
            pad::B if card == "settings" => self.take_settings(Fact::Click("settings-close".to_owned())),
            _ => {}
        }
    }
}
