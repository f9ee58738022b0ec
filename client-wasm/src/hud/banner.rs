//! What the player should know about the line when it is not well: after a second without news that the controls
//! rest, after three (the session decides) that the line is being replaced. Invariant: silent while news comes.

use shared::protocol::CloseCode;

use super::{Cached, Dom, Frame, Source, Widget};
use crate::{
    session::Connection,
    words::{Language, Word},
};

/// An interruption shorter than this is not worth a word, s.
const GRACE_S: f64 = 0.6;
/// Who has waited so long for a first connection may want to do something else, s.
const PATIENCE_S: f64 = 4.0;
/// A ship and its slot are kept about so long; then there is no more to wait for than for a first connection, s.
const KEPT_S: f64 = 60.0;

/// What it is, and what else there is to say.
type Words = (Word, Option<Word>);

/// With it goes a link to the arena that needs no server.
const NOBODY: Words = (Word::NoServer, None);

/// With it goes a link to wherever the server likes.
const NOWHERE: (Word, Option<Word>) = (Word::CloseNoRoom, None);

/// The banner.
#[derive(Debug, Default)]
pub struct Banner {
    /// Since when the line is not open, s.
    since_s: Option<f64>,
    shown: Cached<(Option<Words>, u64, Language, bool)>,
}

impl Widget for Banner {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // A recording needs no line.
        let Source::Line(net) = frame.source else { return };
        let restart_s = net.restart_in_s((frame.now_s * 1e6) as u64);
        let words = match net.connection() {
            Connection::Open => {
                self.since_s = None;
                match restart_s {
                    _ if frame.view.locked => Some((Word::NoWord, Some(Word::ControlsRest))),
                    Some(_) => Some((Word::RestartIn, Some(Word::RestartKeeps))),
                    None => None,
                }
            }
            // Trying again finds no more; the link to the arena does.
            Connection::Stopped(CloseCode::NoRoom) => Some(NOWHERE),
            Connection::Stopped(CloseCode::Password) if net.gave_password() => {
                Some((Word::WrongPassword, Some(Word::PlayAgain)))
            }
            Connection::Stopped(code) => Some((reason(code), Some(Word::PlayAgain))),
            Connection::Connecting | Connection::Waiting => {
                let since = *self.since_s.get_or_insert(frame.now_s);
                let first = net.connects() == 0;
                // Who has read already that there is no news needs no second grace.
                let waited_s = frame.now_s - since;
                (frame.view.locked || waited_s > GRACE_S).then_some(match first {
                    true if waited_s > PATIENCE_S => NOBODY,
                    true => (Word::Connecting, None),
                    false if waited_s > KEPT_S => NOBODY,
                    false => (Word::Reconnecting, Some(Word::ShipKept)),
                })
            }
        };
        let left_s = restart_s.unwrap_or(0);
        // Somebody's own words for it say more than ours.
        let told = net.told_why();
        if self.shown.changed((words, left_s, frame.language, told.is_some())) {
            dom.flag("banner", "off", words.is_none());
            dom.flag("banner-practice", "off", words != Some(NOBODY));
            dom.flag("banner-live", "off", words != Some(NOWHERE));
            if let Some((what, more)) = words {
                dom.text("banner-what", &what.with(frame.language, &[&left_s.to_string()]));
                dom.text("banner-more", told.or(more.map(|more| frame.say(more))).unwrap_or_default());
            }
        }
    }
}

/// Why the server closed the line.
fn reason(code: CloseCode) -> Word {
    match code {
        CloseCode::Restart => Word::CloseRestart,
        CloseCode::Bye => Word::CloseBye,
        CloseCode::Version => Word::CloseVersion,
        CloseCode::Protocol => Word::CloseProtocol,
        CloseCode::Kicked => Word::CloseKicked,
        CloseCode::Full => Word::CloseFull,
        CloseCode::Rate => Word::CloseRate,
        CloseCode::Banned => Word::CloseBanned,
        CloseCode::Replaced => Word::CloseReplaced,
        CloseCode::TooSlow => Word::CloseTooSlow,
        CloseCode::RoomGone => Word::CloseRoomGone,
        CloseCode::Draining => Word::CloseDraining,
        CloseCode::NoLane => Word::CloseNoLane,
        CloseCode::NoRoom => Word::CloseNoRoom,
        CloseCode::Password => Word::ClosePassword,
        CloseCode::Locked => Word::CloseLocked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_frame, with_parts},
        net::{Net, Remembered, tests::welcome},
    };
    use shared::replica::view::View;

    #[test]
    fn the_english_reasons_are_those_of_the_protocol() {
        for code in CloseCode::ALL {
            assert_eq!(reason(code).say(Language::English), code.reason());
        }
    }

    #[test]
    fn it_speaks_after_a_moment_without_a_line() {
        with_frame(&View::default(), |frame| {
            let mut banner = Banner::default();
            let mut dom = Recorded::default();
            banner.update(frame, &mut dom);
            assert!(dom.has("banner.off"));
            frame.now_s = 2.0;
            banner.update(frame, &mut dom);
            assert!(dom.has("banner!off") && dom.has("banner-what=Connecting…"));
            frame.now_s = 5.0;
            banner.update(frame, &mut dom);
            assert!(dom.has("banner-what=No connection to the server") && dom.has("banner-practice!off"));
        });
    }

    #[test]
    fn it_counts_down_to_a_restart() {
        let view = View::default();
        let mut net = Net::new(1, (800, 450), Remembered::default(), 0);
        net.handle_open(1_000_000);
        net.handle_message(&welcome(None), 1_000_000);
        let restart =
            shared::protocol::codec::encode_server(&shared::protocol::ServerMessage::Restarting { seconds: 9 });
        net.handle_message(&restart, 1_000_000);
        let mut banner = Banner::default();
        for (now_s, words) in [(1.0, "restarts in 9 s"), (1.5, "restarts in 9 s"), (2.5, "restarts in 8 s")] {
            let mut dom = Recorded::default();
            with_parts(&view, &net, None, |frame| {
                frame.now_s = now_s;
                banner.update(frame, &mut dom);
            });
            let said = dom.has(&format!("banner-what=The server {words}"));
            assert!(said || now_s == 1.5, "{now_s}: {:?}", dom.done);
        }
    }

    #[test]
    fn it_says_why_the_controls_rest_and_when_the_line_is_replaced() {
        let view = View { locked: true, ..View::default() };
        let mut net = Net::new(1, (800, 450), Remembered::default(), 0);
        net.handle_open(1_000_000);
        net.handle_message(&welcome(None), 1_000_000);
        let mut banner = Banner::default();
        for (now_us, words) in [(2_500_000, "No word from the server"), (4_100_000, "Reconnecting…")] {
            net.tick(now_us);
            let mut dom = Recorded::default();
            with_parts(&view, &net, None, |frame| {
                frame.now_s = now_us as f64 / 1e6;
                banner.update(frame, &mut dom);
            });
            assert!(dom.has(&format!("banner-what={words}")), "{now_us}: {:?}", dom.done);
            assert!(!dom.has("banner-practice!off"));
        }
        // After a minute the slot is gone.
        let mut dom = Recorded::default();
        with_parts(&view, &net, None, |frame| {
            frame.now_s = 65.0;
            banner.update(frame, &mut dom);
        });
        assert!(dom.has("banner-what=No connection to the server") && dom.has("banner-practice!off"), "{:?}", dom.done);
    }
}
