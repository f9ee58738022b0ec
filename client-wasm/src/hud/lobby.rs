//! The name card over the live arena, and what is hidden while it is there. Invariant: shown exactly while the player
//! is not in the game and has not asked to be.

use shared::protocol::CloseCode;

use super::{Cached, Dom, Frame, Source, Widget, contest};
use crate::{
    session::Connection,
    words::{Language, Word},
};

/// The card.
#[derive(Debug, Default)]
pub struct Lobby {
    shown: Cached<bool>,
    locked: Cached<bool>,
    pilots: Cached<(u16, Language)>,
    pitch: Cached<(Word, Language)>,
}

impl Widget for Lobby {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // Nobody joins a recording.
        let Source::Line(net) = frame.source else { return };
        // Who came to look on has no use for it, unless something must be said.
        let looks_on = net.playing() || net.place().watching;
        let shown = !looks_on || matches!(net.connection(), Connection::Stopped(_));
        let locked = net.connection() == Connection::Stopped(CloseCode::Password);
        if self.locked.changed(locked) {
            dom.flag("password-row", "off", !locked);
            if locked {
                dom.focus("password");
            }
        }
        if self.shown.changed(shown) {
            dom.flag("lobby", "off", !shown);
            dom.flag("hud", "watching", shown);
            dom.focus(match (shown, locked) {
                (true, true) => "password",
                (true, false) => "name",
                (false, _) => "stage",
            });
        }
        let pitch = contest::pitch(frame.defs.mode.terms.mode);
        if self.pitch.changed((pitch, frame.language)) {
            // The page itself says what Drift is.
            dom.flag("pitch", "off", pitch != Word::Pitch);
            dom.flag("lobby-mode", "off", pitch == Word::Pitch);
            dom.text("lobby-mode", frame.say(pitch));
        }
        let pilots = frame.leaderboard().pilots;
        if self.pilots.changed((pilots, frame.language)) {
            let text = match pilots {
                0 => String::new(),
                1 => frame.say(Word::OnePilot).to_owned(),
                _ => Word::Pilots.with(frame.language, &[&pilots.to_string()]),
            };
            dom.text("lobby-pilots", &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        address::Place,
        hud::tests::{Recorded, with_frame, with_parts},
        net::{Net, Remembered},
    };
    use shared::replica::view::View;

    #[test]
    fn it_is_there_until_one_plays() {
        let mut dom = Recorded::default();
        with_frame(&View::default(), |frame| Lobby::default().update(frame, &mut dom));
        assert!(dom.has("lobby!off") && dom.has("name<focus"));
    }

    #[test]
    fn who_looks_on_meets_it_only_when_something_must_be_said() {
        let remembered = Remembered { place: Place::of_path("/watch/main"), ..Remembered::default() };
        let mut net = Net::new(1, (800, 450), remembered, 0);
        let (mut lobby, mut dom) = (Lobby::default(), Recorded::default());
        with_parts(&View::default(), &net, None, |frame| lobby.update(frame, &mut dom));
        assert!(dom.has("lobby.off") && dom.has("password-row.off"));
        net.handle_open(1_000);
        net.handle_close(CloseCode::Password.number(), 2_000);
        with_parts(&View::default(), &net, None, |frame| lobby.update(frame, &mut dom));
        assert!(dom.has("lobby!off") && dom.has("password-row!off") && dom.has("password<focus"));
    }
}
