//! Which ship comes next: buttons on the lobby's card and on the death card, and in flight the cards of a better one.
//! Invariant: a ship out of reach says from how many points it comes, and cannot be picked; what is marked is what will be
//! launched; in flight only what the server would grant is offered.

use shared::{
    defs::{Defs, ShipClass},
    ids::ShipId,
    replica::view::{Phase, View, ViewEvent},
    sim::rules,
    tick::TICK_HZ,
};

use super::{Cached, Dom, Frame, Id, Source, Widget};
use crate::words::{Language, Word};

/// Every class in order of its step, as the cards stand on the page.
pub const LADDER: [ShipClass; ShipClass::COUNT] = [
    ShipClass::Spark,
    ShipClass::Needle,
    ShipClass::Prospector,
    ShipClass::Anvil,
    ShipClass::Lancer,
    ShipClass::Wraith,
    ShipClass::Tender,
    ShipClass::Gravitor,
    ShipClass::Dreadnought,
];

/// The elements of one class: its button in the lobby, on the death card and in flight, each with the line below its name.
#[derive(Debug, Clone, Copy)]
struct Card {
    lobby: (Id, Id),
    death: (Id, Id),
    flight: (Id, Id),
}

macro_rules! card {
    ($name:literal) => {
        Card {
            lobby: (concat!("lobby-", $name), concat!("lobby-", $name, "-words")),
            death: (concat!("death-", $name), concat!("death-", $name, "-words")),
            flight: (concat!("refit-", $name), concat!("refit-", $name, "-words")),
        }
    };
}

/// By class.
const CARDS: [Card; ShipClass::COUNT] = [
    card!("spark"),
    card!("lancer"),
    card!("needle"),
    card!("prospector"),
    card!("anvil"),
    card!("wraith"),
    card!("tender"),
    card!("gravitor"),
    card!("dreadnought"),
];

/// Every button that stands for a class.
pub fn buttons() -> impl Iterator<Item = (Id, ShipClass)> {
    ShipClass::ALL.into_iter().flat_map(|class| {
        let card = CARDS[class as usize];
        [card.lobby.0, card.death.0, card.flight.0].map(|id| (id, class))
    })
}

/// What a class is about, in a few words.
#[must_use]
pub fn words(class: ShipClass) -> Word {
    match class {
        ShipClass::Spark => Word::Spark,
        ShipClass::Needle => Word::Needle,
        ShipClass::Prospector => Word::Prospector,
        ShipClass::Anvil => Word::Anvil,
        ShipClass::Lancer => Word::Lancer,
        ShipClass::Wraith => Word::Wraith,
        ShipClass::Tender => Word::Tender,
        ShipClass::Gravitor => Word::Gravitor,
        ShipClass::Dreadnought => Word::Dreadnought,
    }
}

/// For each class whether it is offered in flight.
pub type Offer = [bool; ShipClass::COUNT];

/// What the server would grant to whoever flies: known from the hits and the refits that were seen.
#[derive(Debug, Default)]
pub struct Hangar {
    /// When the own ship was hit last, s.
    hit_s: Option<f64>,
    /// When it became another last, s.
    refit_s: Option<f64>,
    /// The own ship in the last frame.
    own: Option<(ShipId, ShipClass)>,
    offer: Offer,
}

impl Hangar {
    /// Takes a frame.
    pub fn watch(&mut self, view: &View, points: u32, defs: &Defs, now_s: f64) {
        let hit = |event: &ViewEvent| matches!(event, ViewEvent::Damaged { own: true, by: Some(_), .. });
        if view.events.iter().any(hit) {
            self.hit_s = Some(now_s);
        }
        let own = view.own_ship().filter(|_| view.phase == Phase::Flying).map(|ship| (ship.id, ship.class));
        if let (Some((before, was)), Some((now, is))) = (self.own, own)
            && before != now
            && was != is
        {
            self.refit_s = Some(now_s);
        }
        self.own = own;
        let rests = |since: Option<f64>, ticks: u16| {
            since.is_some_and(|since| now_s - since <= f64::from(ticks) / f64::from(TICK_HZ))
        };
        self.offer = Offer::default();
        if let Some((_, class)) = own
            && !defs.mode.one_life
            && !rests(self.hit_s, defs.rules.shield_delay_ticks)
            && !rests(self.refit_s, defs.rules.refit_wait_ticks)
        {
            better(class, points, defs).for_each(|class| self.offer[class as usize] = true);
        }
    }

    /// What is offered now.
    #[must_use]
    pub fn offer(&self) -> Offer {
        self.offer
    }

    /// The class on card number `number`, as the cards stand on the page.
    #[must_use]
    pub fn card(&self, number: usize) -> Option<ShipClass> {
        LADDER.into_iter().filter(|class| self.offer[*class as usize]).nth(number)
    }
}

/// The ships of the next step that the points reach.
fn better(own: ShipClass, points: u32, defs: &Defs) -> impl Iterator<Item = ShipClass> {
    let step = defs.ship(own).tier + 1;
    let fits =
        move |class: &ShipClass| defs.ship(*class).tier == step && rules::affordable(*class, points, defs) == *class;
    LADDER.into_iter().filter(fits)
}

/// The buttons.
#[derive(Debug, Default)]
pub struct Choice {
    /// The class wanted, and for each whether it is in reach.
    shown: Cached<(ShipClass, [bool; ShipClass::COUNT], Language)>,
    offered: Cached<(Offer, Language)>,
}

impl Widget for Choice {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // In a recording nothing is launched.
        let Source::Line(net) = frame.source else { return };
        let (points, defs) = (net.points(), frame.defs);
        let reach = ShipClass::ALL.map(|class| rules::affordable(class, points, defs) == class);
        let next = rules::affordable(net.class(), points, defs);
        if self.shown.changed((next, reach, frame.language)) {
            show(next, reach, defs, frame.language, dom);
        }
        let offered = frame.offer;
        if self.offered.changed((offered, frame.language)) {
            dom.flag("refit", "off", !offered.contains(&true));
            for class in ShipClass::ALL {
                let (button, text) = CARDS[class as usize].flight;
                dom.flag(button, "off", !offered[class as usize]);
                dom.text(text, frame.say(words(class)));
            }
        }
    }
}

fn show(next: ShipClass, reach: [bool; ShipClass::COUNT], defs: &Defs, language: Language, dom: &mut dyn Dom) {
    for (class, in_reach) in ShipClass::ALL.into_iter().zip(reach) {
        let picked = class == next;
        let price = defs.ship(class).price.to_string();
        for (button, text) in [CARDS[class as usize].lobby, CARDS[class as usize].death] {
            dom.flag(button, "picked", picked);
            dom.flag(button, "dear", !in_reach);
            dom.attribute(button, "aria-checked", if picked { "true" } else { "false" });
            dom.attribute(button, "aria-disabled", if in_reach { "false" } else { "true" });
            if in_reach {
                dom.text(text, words(class).say(language));
            } else {
                dom.text(text, &Word::FromPoints.with(language, &[&price]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};

    #[test]
    fn what_is_out_of_reach_says_why() {
        let mut dom = Recorded::default();
        with_frame(&View::default(), |frame| Choice::default().update(frame, &mut dom));
        for what in [
            "lobby-lancer.dear",
            "lobby-lancer@aria-disabled=true",
            "lobby-lancer@aria-checked=false",
            "death-lancer-words=from 160 points",
            "lobby-dreadnought-words=from 600 points",
            "lobby-spark.picked",
            "death-spark@aria-checked=true",
            "refit.off",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }

    #[test]
    fn what_is_in_reach_can_be_picked() {
        let mut dom = Recorded::default();
        show(ShipClass::Lancer, [true; ShipClass::COUNT], &Defs::standard(), Language::English, &mut dom);
        for what in [
            "lobby-lancer.picked",
            "lobby-lancer!dear",
            "lobby-spark!picked",
            "death-lancer-words=one long ray, far sight",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }

    #[test]
    fn in_flight_the_next_step_is_offered_and_never_under_fire_or_right_after_a_refit() {
        let defs = Defs::standard();
        let own = shared::replica::view::ShipView { own: true, ..crate::view::scene::tests::ship(1, glam::Vec2::ZERO) };
        let mut view = View { phase: Phase::Flying, ships: vec![own], ..View::default() };
        let mut hangar = Hangar::default();
        let mut offers = |view: &View, now_s: f64, points: u32| {
            hangar.watch(view, points, &defs, now_s);
            (0..).map_while(|number| hangar.card(number)).collect::<Vec<_>>()
        };
        assert_eq!(offers(&view, 1.0, 39), []);
        let second = [ShipClass::Needle, ShipClass::Prospector, ShipClass::Anvil];
        assert_eq!(offers(&view, 1.0, 40), second);
        assert_eq!(offers(&view, 1.0, 900), second, "one step at a time");
        let (ship, pos) = (view.ships[0].id, glam::Vec2::ZERO);
        let by = Some(shared::ids::PlayerId(9));
        view.events = vec![ViewEvent::Damaged { ship, by, amount: 3, pos, own: true, by_own: false }];
        assert_eq!(offers(&view, 2.0, 40), []);
        view.events.clear();
        assert_eq!(offers(&view, 5.9, 40), []);
        assert_eq!(offers(&view, 6.1, 40), second);
        (view.ships[0].id.life, view.ships[0].class) = (77, ShipClass::Needle);
        assert_eq!(offers(&view, 7.0, 200), []);
        assert_eq!(offers(&view, 16.9, 200), []);
        assert_eq!(offers(&view, 17.1, 200).len(), 4);
        view.phase = Phase::Spectating;
        assert_eq!(offers(&view, 18.0, 200), []);
    }

    #[test]
    fn what_is_offered_is_shown() {
        let mut dom = Recorded::default();
        with_frame(&View::default(), |frame| {
            frame.offer[ShipClass::Anvil as usize] = true;
            Choice::default().update(frame, &mut dom);
        });
        for what in ["refit!off", "refit-anvil!off", "refit-needle.off", "refit-anvil-words=scatter gun, ram shield"] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }

    #[test]
    fn the_ladder_holds_every_class_once_and_rises() {
        let defs = Defs::standard();
        assert!(LADDER.is_sorted_by_key(|class| defs.ship(*class).tier));
        assert!(ShipClass::ALL.iter().all(|class| LADDER.contains(class)));
    }
}
