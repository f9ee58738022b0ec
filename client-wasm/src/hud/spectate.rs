//! Looking on at `/watch/ROOM`: whom one sees, and the buttons for it. Invariant: there only, and as long as the line
//! stands.

use shared::{protocol::body::Station, replica::view::Phase};

use super::{Cached, CachedText, Dom, Frame, Id, Source, Widget};
use crate::{
    address::path_of,
    watch::{Watched, Wish},
    words::Word,
};
use shared::protocol::Watch;

/// The buttons.
pub const BUTTONS: [(Id, Wish); 4] = [
    ("spectate-previous", Wish::Look(Watch::Previous)),
    ("spectate-next", Wish::Look(Watch::Next)),
    ("spectate-leader", Wish::Look(Watch::Leader)),
    ("spectate-free", Wish::Roam),
];

/// The strip.
#[derive(Debug, Default)]
pub struct Spectate {
    shown: Cached<(bool, Watched)>,
    whom: CachedText,
    room: CachedText,
}

impl Widget for Spectate {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let Source::Line(net) = frame.source else { return };
        let shown = net.place().watching && frame.view.phase == Phase::Spectating;
        if self.shown.changed((shown, frame.watched)) {
            dom.flag("spectate", "off", !shown);
            dom.attribute("spectate-free", "aria-pressed", if frame.watched.free { "true" } else { "false" });
            dom.flag("spectate-free", "on", frame.watched.free);
        }
        if !shown {
            return;
        }
        let whom = match (frame.watched.free, net.shown().station()) {
            (true, _) => frame.say(Word::WatchFreely).to_owned(),
            (false, Station::Watching(player)) => {
                let name = frame.pilot(player).map_or("?", |(name, _)| name);
                Word::WatchWhom.with(frame.language, &[name])
            }
            _ => String::new(),
        };
        if self.whom.changed(&whom) {
            dom.text("spectate-whom", &whom);
        }
        let room = net.room().unwrap_or_default();
        if self.room.changed(room) {
            dom.attribute("spectate-fly", "href", &path_of(room, false));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        address::Place,
        hud::tests::{Recorded, with_parts},
        net::{Net, Remembered},
    };
    use shared::replica::view::View;

    #[test]
    fn it_is_there_for_who_came_to_look_on() {
        let view = View { phase: Phase::Spectating, ..View::default() };
        for (path, words) in [("/watch/duel", "spectate!off"), ("/r/duel", "spectate.off")] {
            let remembered = Remembered { place: Place::of_path(path), ..Remembered::default() };
            let net = Net::new(1, (800, 450), remembered, 0);
            let mut dom = Recorded::default();
            with_parts(&view, &net, None, |frame| Spectate::default().update(frame, &mut dom));
            assert!(dom.has(words), "{path}: {:?}", dom.done);
        }
    }
}
