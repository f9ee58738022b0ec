//! What the player should know about the line when it is not well. Invariant: silent while the line is open.

use super::{Cached, Dom, Frame, Widget};
use crate::session::Connection;

/// An interruption shorter than this is not worth a word, s.
const GRACE_S: f64 = 0.6;

/// The banner.
#[derive(Debug, Default)]
pub struct Banner {
    /// Since when the line is not open, s.
    since_s: Option<f64>,
    shown: Cached<Option<(&'static str, &'static str)>>,
}

impl Widget for Banner {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let words = match frame.connection() {
            Connection::Open => {
                self.since_s = None;
                None
            }
            Connection::Stopped(reason) => Some((reason, "Press Play to try again.")),
            Connection::Connecting | Connection::Waiting => {
                let since = *self.since_s.get_or_insert(frame.now_s);
                let first = frame.connects() == 0;
                (frame.now_s - since > GRACE_S).then_some(if first {
                    ("Connecting…", "")
                } else {
                    ("Reconnecting…", "your ship is kept for you")
                })
            }
        };
        if self.shown.changed(words) {
            dom.flag("banner", "off", words.is_none());
            if let Some((what, more)) = words {
                dom.text("banner-what", what);
                dom.text("banner-more", more);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};
    use shared::replica::view::View;

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
        });
    }
}
