//! The name card over the live arena, and what is hidden while it is there. Invariant: shown exactly while the player
//! is not in the game and has not asked to be.

use super::{Cached, Dom, Frame, Source, Widget, contest};
use crate::{
    session::Connection,
    words::{Language, Word},
};

/// The card.
#[derive(Debug, Default)]
pub struct Lobby {
    shown: Cached<bool>,
    pilots: Cached<(u16, Language)>,
    pitch: Cached<(Word, Language)>,
}

impl Widget for Lobby {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // Nobody joins a recording.
        let Source::Line(net) = frame.source else { return };
        let shown = !net.playing() || matches!(net.connection(), Connection::Stopped(_));
        if self.shown.changed(shown) {
            dom.flag("lobby", "off", !shown);
            dom.flag("hud", "watching", shown);
            dom.focus(if shown { "name" } else { "stage" });
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
    use crate::hud::tests::{Recorded, with_frame};
    use shared::replica::view::View;

    #[test]
    fn it_is_there_until_one_plays() {
        let mut dom = Recorded::default();
        with_frame(&View::default(), |frame| Lobby::default().update(frame, &mut dom));
        assert!(dom.has("lobby!off") && dom.has("name<focus"));
    }
}
