//! Chat and the wheel of short words: what keys, pointers and the page's own buttons do to them.

use shared::{
    ids::PlayerId,
    limits::PLAYERS_MAX,
    protocol::{ChatMode, Quick, Words},
    replica::view::Phase,
};

use super::App;
use crate::{
    chat::{
        self,
        desk::{Desk, TalkEvent},
    },
    hud::Dom,
    input::{Action, InputEvent, PointerKind},
    platform::storage,
};

impl App {
    /// Keys of talk; before those of the cards, whose digits choose on the wheel while it is open.
    pub(super) fn take_talk(&mut self) {
        let dead = matches!(self.net.view().phase, Phase::Dead { .. });
        let talk = self.sampler.take_pressed(Action::Talk);
        // One key may be both: launch when there is a ship to launch, else talk.
        if dead && self.sampler.take_pressed(Action::Relaunch) {
            self.relaunch();
        } else if talk {
            self.open_line();
        }
        if self.sampler.take_pressed(Action::Quick) {
            self.open_wheel(true);
        }
        if self.desk.is_turning() {
            for number in 0..Quick::ALL.len() {
                if self.sampler.take_pressed(Action::Card(number as u8)) {
                    self.desk.close();
                    self.net.say(&Words::Quick(Quick::ALL[number]));
                }
            }
        }
        if self.desk.is_held() && !self.sampler.held(Action::Quick) {
            self.say_choice();
        }
        if self.desk != Desk::default() && !self.net.may_speak() {
            self.desk.close();
        }
    }

    pub(super) fn take_talk_event(&mut self, event: TalkEvent) {
        match event {
            TalkEvent::Opened => self.open_line(),
            TalkEvent::Closed => {
                if self.desk.is_writing() {
                    self.desk.close();
                }
            }
            TalkEvent::Said(text) => {
                self.desk.close();
                if !text.trim().is_empty() {
                    self.net.say(&Words::Text(text));
                }
            }
            TalkEvent::Wheel if self.desk.is_turning() => self.desk.close(),
            TalkEvent::Wheel => self.open_wheel(false),
            TalkEvent::Picked(number) => {
                self.desk.close();
                if let Some(quick) = Quick::ALL.get(number) {
                    self.net.say(&Words::Quick(*quick));
                }
                self.take_keys_back();
            }
            TalkEvent::Reported(name) => {
                self.net.say(&Words::Text(chat::report_of(&name)));
            }
            TalkEvent::Named(shown) => {
                let name = self.name_behind(shown);
                let own = self.net.shown().player().and_then(|own| self.net.pilot(own));
                // In flight a click on a name was meant for the fight.
                let meant = self.desk.is_writing() || self.net.view().phase != Phase::Flying;
                if meant && !name.is_empty() && own.is_none_or(|(own, _)| own != name) {
                    self.net.chat_mut().toggle_mute(&name);
                    storage::remember_chat_muted(self.net.chat().muted());
                }
            }
        }
    }

    /// The name of a pilot that the page shows as `shown`: streamer mode hides names.
    fn name_behind(&self, shown: String) -> String {
        let own = self.net.shown().player();
        let is_it = |player, name: &str| self.panel.shown_name(player, own, name) == shown;
        let pilots =
            (0..PLAYERS_MAX as u16).map(PlayerId).filter_map(|player| Some((player, self.net.pilot(player)?.0)));
        let name = pilots.filter(|(player, name)| is_it(*player, name)).map(|(_, name)| name.to_owned()).next();
        name.unwrap_or(shown)
    }

    fn open_line(&mut self) {
        // Commands may be typed where nothing may be said.
        if self.net.may_speak() {
            // The ship keeps what was held let go.
            self.sampler.release_all();
            self.desk.write();
        } else {
            // Its button may have shown it already.
            self.page.flag("chat-form", "off", true);
        }
    }

    fn open_wheel(&mut self, held: bool) {
        if self.net.may_speak() && self.net.chat_mode() != ChatMode::Off {
            self.desk.turn(held);
        }
    }

    fn say_choice(&mut self) {
        if let Some(quick) = self.desk.take_choice() {
            self.net.say(&Words::Quick(quick));
        }
    }

    /// Whether the wheel takes this for itself: a mouse that chooses steers no ship meanwhile.
    pub(super) fn take_for_wheel(&mut self, input: &InputEvent) -> bool {
        match *input {
            InputEvent::PointerMoved { kind: PointerKind::Mouse, pos, .. } if self.desk.is_held() => {
                self.desk.point(pos);
                true
            }
            InputEvent::PointerDown { kind: PointerKind::Mouse, .. } if self.desk.is_held() => {
                self.say_choice();
                true
            }
            // Beside the words of a wheel that was opened by its button: never mind.
            InputEvent::PointerDown { .. } if self.desk.is_turning() => {
                self.desk.close();
                false
            }
            InputEvent::Blur => {
                self.desk.close();
                false
            }
            _ => false,
        }
    }
}
