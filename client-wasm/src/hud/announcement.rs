//! What those who run the server say to everybody, over whatever else is on the screen, also to the dead and to those who
//! watch. Invariant: text is set as text, and is gone after a while.

use super::{CachedText, Dom, Frame, Source, Widget};

/// The line over the game.
#[derive(Debug, Default)]
pub struct Announcement {
    shown: CachedText,
}

impl Widget for Announcement {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let Source::Line(net) = frame.source else { return };
        let text = net.heard().announcement((frame.now_s * 1e6) as u64).unwrap_or_default();
        if self.shown.changed(text) {
            dom.text("announcement", text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_parts},
        net::{ANNOUNCED_US, Net, Remembered, tests::welcome},
    };
    use shared::{
        protocol::{Notice, NoticeKind, NoticeText, ServerMessage, codec::encode_server},
        replica::view::View,
    };

    fn shown(widget: &mut Announcement, net: &Net, now_us: u64) -> Recorded {
        let mut dom = Recorded::default();
        with_parts(&View::default(), net, None, |frame| {
            frame.now_s = now_us as f64 / 1e6;
            widget.update(frame, &mut dom);
        });
        dom
    }

    #[test]
    fn an_announcement_is_shown_as_text_for_a_while() {
        let mut net = Net::new(1, (800, 450), Remembered::default(), 0);
        net.handle_open(0);
        net.handle_message(&welcome(None), 0);
        let text = NoticeText::clean("<b>Tournament</b> at eight").expect("it says something");
        let notice = Notice { kind: NoticeKind::Announcement, text };
        net.handle_message(&encode_server(&ServerMessage::Notice(notice)), 0);
        let mut widget = Announcement::default();
        assert!(shown(&mut widget, &net, 1).has("announcement=<b>Tournament</b> at eight"));
        assert!(shown(&mut widget, &net, ANNOUNCED_US - 1).done.is_empty());
        assert!(shown(&mut widget, &net, ANNOUNCED_US).has("announcement="));
    }
}
