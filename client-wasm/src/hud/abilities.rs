//! What boost and special are called in this ship, and how ready they are. Invariant: ready is what the rules would grant
//! in this moment.

use shared::{
    defs::{Defs, GameMode, ShipClass, Special},
    replica::view::{Gauges, ShipView},
};

use super::{Cached, Dom, Frame, Id, Source, Widget};
use crate::words::{Language, Word};

/// One of the two.
#[derive(Debug)]
struct Ability {
    id: Id,
    name: Id,
    share: Cached<i32>,
    state: Cached<(bool, bool)>,
}

impl Ability {
    fn new(id: Id, name: Id) -> Ability {
        Ability { id, name, share: Cached::default(), state: Cached::default() }
    }

    fn update(&mut self, ready: f32, on: bool, dom: &mut dyn Dom) {
        if self.share.changed((ready * 100.0) as i32) {
            dom.share(self.id, ready);
        }
        let state = (ready >= 1.0, on);
        if self.state.changed(state) {
            dom.flag(self.id, "ready", state.0);
            dom.flag(self.id, "on", state.1);
        }
    }
}

/// Both.
#[derive(Debug)]
pub struct Abilities {
    shown: Cached<bool>,
    class: Cached<(ShipClass, bool, GameMode, Language)>,
    boost: Ability,
    special: Ability,
}

impl Default for Abilities {
    fn default() -> Self {
        Abilities {
            shown: Cached::default(),
            class: Cached::default(),
            boost: Ability::new("ability-boost", "ability-boost-name"),
            special: Ability::new("ability-special", "ability-special-name"),
        }
    }
}

impl Widget for Abilities {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let flying = frame.flying() && matches!(frame.source, Source::Line(_));
        if self.shown.changed(flying) {
            dom.flag("pads", "off", !flying);
        }
        let (Some(own), Some(ship)) = (frame.view.own, frame.view.own_ship()) else { return };
        if self.class.changed((ship.class, ship.line.is_some(), frame.defs.mode.terms.mode, frame.language)) {
            for (ability, name) in [&self.boost, &self.special].into_iter().zip(names(ship, frame.defs)) {
                dom.text(ability.name, frame.say(name));
            }
            // The Spark's special is its boost: once is enough.
            let [boost, special] = names(ship, frame.defs);
            dom.flag("ability-special", "off", boost == special);
            // Nothing to press where there is neither a boost nor what may stand in its place.
            let def = frame.defs.ship(ship.class);
            let none = def.boost_ticks == 0 && def.second.is_none();
            dom.flag("ability-boost", "off", none);
            dom.flag("pad-boost", "off", none);
        }
        let Gauges { boost, special, special_on, .. } = own;
        self.boost.update(boost, ship.buttons.any(shared::sim::Buttons::BOOST) && boost >= 1.0, dom);
        self.special.update(special, special_on, dom);
    }
}

/// What boost and special of a ship are called.
fn names(ship: &ShipView, defs: &Defs) -> [Word; 2] {
    let class = ship.class;
    let boost = if defs.ship(class).second.is_some() { Word::Torpedo } else { Word::Boost };
    let special = match class {
        _ if defs.ship(class).special.kind == Special::Hyperspace => Word::Hyperspace,
        ShipClass::Spark => Word::Boost,
        ShipClass::Needle => Word::Afterburner,
        ShipClass::Prospector => Word::Tractor,
        ShipClass::Anvil => Word::RamShield,
        ShipClass::Lancer => Word::LongView,
        ShipClass::Wraith => Word::Cloak,
        ShipClass::Tender if ship.line.is_some() => Word::TowLine,
        ShipClass::Tender => Word::RepairBeam,
        ShipClass::Gravitor => Word::GravityWell,
        ShipClass::Dreadnought => Word::Broadside,
    };
    [boost, special]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};
    use shared::replica::view::{Phase, View};

    #[test]
    fn the_english_names_are_those_of_the_tables() {
        let defs = Defs::standard();
        for class in ShipClass::ALL {
            let def = defs.ship(class);
            let second = def.second.map_or("Boost", |second| defs.weapon(second).name);
            let ship = ShipView { class, ..crate::view::scene::tests::ship(1, glam::Vec2::ZERO) };
            assert_eq!(names(&ship, &defs).map(|word| word.say(Language::English)), [second, def.special.name]);
        }
    }

    #[test]
    fn a_ship_names_what_it_can_do_and_says_when() {
        let mut own = ShipView { own: true, ..crate::view::scene::tests::ship(1, glam::Vec2::ZERO) };
        own.class = ShipClass::Dreadnought;
        let gauges = Gauges { boost: 0.25, special: 1.0, ..Gauges::default() };
        let view = View { phase: Phase::Flying, ships: vec![own], own: Some(gauges), ..View::default() };
        let mut dom = Recorded::default();
        with_frame(&view, |frame| Abilities::default().update(frame, &mut dom));
        for what in [
            "ability-boost-name=Torpedo",
            "ability-special-name=Broadside",
            "ability-boost%0.25",
            "ability-boost!ready",
            "ability-special.ready",
        ] {
            assert!(dom.has(what), "{what} in {:?}", dom.done);
        }
    }
}
