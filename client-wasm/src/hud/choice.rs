//! Which ship comes next: two buttons on the lobby's card and on the death card. Invariant: a ship out of reach says
//! from how many points it comes, and cannot be picked; what is marked is what will be launched.

use shared::{
    defs::{Defs, ShipClass},
    sim::rules,
};

use super::{Cached, Dom, Frame, Id, Source, Widget};

/// Buttons of the lobby's card and of the death card, in order of [`ShipClass`].
pub const IDS: [[Id; ShipClass::COUNT]; 2] = [["lobby-spark", "lobby-lancer"], ["death-spark", "death-lancer"]];
/// What each says below its name.
const WORDS: [[Id; ShipClass::COUNT]; 2] =
    [["lobby-spark-words", "lobby-lancer-words"], ["death-spark-words", "death-lancer-words"]];

/// The buttons.
#[derive(Debug, Default)]
pub struct Choice {
    /// The class wanted, and for each whether it is in reach.
    shown: Cached<(ShipClass, [bool; ShipClass::COUNT])>,
}

impl Widget for Choice {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // In a recording nothing is launched.
        let Source::Line(net) = frame.source else { return };
        let (points, defs) = (net.points(), frame.defs);
        let reach = ShipClass::ALL.map(|class| rules::affordable(class, points, defs) == class);
        let next = rules::affordable(net.class(), points, defs);
        if self.shown.changed((next, reach)) {
            show(next, reach, defs, dom);
        }
    }
}

fn show(next: ShipClass, reach: [bool; ShipClass::COUNT], defs: &Defs, dom: &mut dyn Dom) {
    for (buttons, words) in IDS.iter().zip(&WORDS) {
        for (class, in_reach) in ShipClass::ALL.into_iter().zip(reach) {
            let (button, text) = (buttons[class as usize], words[class as usize]);
            let picked = class == next;
            dom.flag(button, "picked", picked);
            dom.flag(button, "dear", !in_reach);
            dom.attribute(button, "aria-checked", if picked { "true" } else { "false" });
            dom.attribute(button, "aria-disabled", if in_reach { "false" } else { "true" });
            let price = defs.ship(class).price.to_string();
            match (class, in_reach) {
                (_, false) => dom.text(text, &["from ", &price, " points"].concat()),
                (ShipClass::Spark, true) => dom.text(text, "quick bolts"),
                (ShipClass::Lancer, true) => dom.text(text, "one long ray"),
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
    fn what_is_out_of_reach_says_why() {
        let mut dom = Recorded::default();
        with_frame(&View::default(), |frame| Choice::default().update(frame, &mut dom));
        for what in [
            "lobby-lancer.dear",
            "lobby-lancer@aria-disabled=true",
            "lobby-lancer@aria-checked=false",
            "death-lancer-words=from 160 points",
            "lobby-spark.picked",
            "death-spark@aria-checked=true",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }

    #[test]
    fn what_is_in_reach_can_be_picked() {
        let mut dom = Recorded::default();
        show(ShipClass::Lancer, [true, true], &Defs::standard(), &mut dom);
        for what in
            ["lobby-lancer.picked", "lobby-lancer!dear", "lobby-spark!picked", "death-lancer-words=one long ray"]
        {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }
}
