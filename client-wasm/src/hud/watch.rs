//! Whom one watches while one waits for a ship, and the buttons for it. Invariant: on the screen exactly while shot down.

use shared::{protocol::body::Station, replica::view::Phase};

use super::{Cached, CachedText, Dom, Frame, Id, Source, Widget, keys::cap};
use crate::{
    watch::{WISHES, Watched},
    words::Word,
};

/// The buttons, in the order of [`WISHES`].
pub const BUTTONS: [Id; WISHES.len()] =
    ["watch-cam", "watch-killer", "watch-previous", "watch-next", "watch-leader", "watch-free"];
/// Their caps.
const CAPS: [Id; WISHES.len()] =
    ["watch-cam-key", "watch-killer-key", "watch-previous-key", "watch-next-key", "watch-leader-key", "watch-free-key"];

/// The strip.
#[derive(Debug, Default)]
pub struct WatchStrip {
    shown: Cached<(Watched, bool)>,
    whom: CachedText,
    caps: [CachedText; WISHES.len()],
}

impl Widget for WatchStrip {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let (Source::Line(net), Phase::Dead { killer, .. }) = (frame.source, frame.view.phase) else { return };
        // The line of time moves by steps that one can see.
        let replayed = frame.watched.replayed.map(|share| (share * 100.0).round() / 100.0);
        let watched = Watched { replayed, ..frame.watched };
        let killed = killer.is_some() && killer != frame.own();
        if self.shown.changed((watched, killed)) {
            dom.flag("death", "aside", watched.aside);
            dom.flag("death", "again", replayed.is_some());
            dom.share("watch-line", replayed.unwrap_or_default());
            dom.flag("watch-cam", "off", !watched.can_replay);
            dom.flag("watch-killer", "off", !killed);
            for (id, on) in [("watch-cam", replayed.is_some()), ("watch-free", watched.free)] {
                dom.attribute(id, "aria-pressed", if on { "true" } else { "false" });
                dom.flag(id, "on", on);
            }
        }
        for ((id, (action, _)), shown) in CAPS.into_iter().zip(WISHES).zip(&mut self.caps) {
            let label = cap(frame, action);
            if shown.changed(&label) {
                dom.text(id, &label);
            }
        }
        let station = net.shown().station();
        let name = |player| frame.pilot(player).map_or("?", |(name, _)| name);
        let whom = match (watched.replayed, watched.free, station) {
            (Some(_), ..) => Word::WatchAgain.with(frame.language, &[killer.map_or("?", name)]),
            (None, true, _) => frame.say(Word::WatchFreely).to_owned(),
            (None, false, Station::Dead { watching: Some(player), .. }) => {
                Word::WatchWhom.with(frame.language, &[name(player)])
            }
            _ => String::new(),
        };
        if self.whom.changed(&whom) {
            dom.text("watch-whom", &whom);
        }
    }
}
