//! What rare pickups gave, and for how long yet. Invariant: a badge is there exactly while its gift lasts; whole seconds,
//! rounded up.

use super::{Cached, Dom, Frame, Id, Widget};

/// One badge.
#[derive(Debug)]
struct Boon {
    id: Id,
    /// Where the seconds are written.
    left: Option<Id>,
    shown: Cached<bool>,
    seconds: Cached<i32>,
}

impl Boon {
    fn new(id: Id, left: Option<Id>) -> Boon {
        Boon { id, left, shown: Cached::default(), seconds: Cached::default() }
    }

    fn update(&mut self, left_s: f32, dom: &mut dyn Dom) {
        let there = left_s > 0.0;
        if self.shown.changed(there) {
            dom.flag(self.id, "off", !there);
        }
        let seconds = left_s.ceil() as i32;
        if let Some(left) = self.left
            && there
            && self.seconds.changed(seconds)
        {
            dom.text(left, &[&seconds.to_string(), " s"].concat());
        }
    }
}

/// All of them.
#[derive(Debug)]
pub struct Boons {
    over: Boon,
    multi: Boon,
    repel: Boon,
    decoy: Boon,
}

impl Default for Boons {
    fn default() -> Self {
        Boons {
            over: Boon::new("boon-over", Some("boon-over-left")),
            multi: Boon::new("boon-multi", Some("boon-multi-left")),
            repel: Boon::new("boon-repel", None),
            decoy: Boon::new("boon-decoy", None),
        }
    }
}

impl Widget for Boons {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let own = frame.view.own.filter(|_| frame.flying()).unwrap_or_default();
        self.over.update(own.over_s, dom);
        self.multi.update(own.multi_s, dom);
        self.repel.update(if own.repel { 1.0 } else { 0.0 }, dom);
        self.decoy.update(if own.decoy { 1.0 } else { 0.0 }, dom);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};
    use shared::replica::view::{Gauges, Phase, View};

    #[test]
    fn a_badge_is_there_while_its_gift_lasts() {
        let mut boons = Boons::default();
        let mut shown = |own: Gauges| {
            let view = View { phase: Phase::Flying, own: Some(own), ..View::default() };
            let mut dom = Recorded::default();
            with_frame(&view, |frame| boons.update(frame, &mut dom));
            dom
        };
        let none = shown(Gauges::default());
        assert!(
            ["boon-over.off", "boon-multi.off", "boon-repel.off", "boon-decoy.off"].iter().all(|what| none.has(what))
        );
        let dom = shown(Gauges { over_s: 12.3, multi_s: 0.2, repel: true, decoy: true, ..Gauges::default() });
        for what in ["boon-over!off", "boon-over-left=13 s", "boon-multi-left=1 s", "boon-repel!off", "boon-decoy!off"]
        {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
        assert!(shown(Gauges { repel: true, ..Gauges::default() }).has("boon-multi.off"));
    }
}
