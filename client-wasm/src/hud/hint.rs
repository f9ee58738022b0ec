//! One line at a time for the first minute. Invariant: a hint vanishes for good once its deed is done or all of them are
//! skipped, never blocks input, and is not shown again on the next visit. One that is not heeded keeps nobody from the others.

use glam::Vec2;
use shared::{
    defs::{PickupKind, ShipClass},
    replica::view::{View, ViewEvent},
    sim::Buttons,
};

use super::{CachedText, Dom, Frame, Source, Widget, keys::cap};
use crate::{input::Action, settings::key_label, words::Word};

/// What is to be learnt, in order; the numbers are bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Deed {
    /// Thrust for a while.
    Thrust = 1,
    /// Let go while moving.
    Drift = 2,
    /// Fire.
    Shoot = 4,
    /// Collect ore.
    Ore = 8,
    /// Boost.
    Boost = 16,
    /// Coast in an orbit band until that pays.
    Orbit = 32,
    /// Take a better ship.
    Refit = 64,
}

/// All of them, in order.
const DEEDS: [Deed; 7] = [Deed::Thrust, Deed::Drift, Deed::Shoot, Deed::Boost, Deed::Ore, Deed::Orbit, Deed::Refit];
/// Their bits.
const ALL: u8 = 127;
/// Time each of the slow ones takes, s.
const THRUST_S: f32 = 0.6;
const DRIFT_S: f32 = 1.0;
/// So long a hint waits for its deed, s; then the next one has its turn.
const PATIENCE_S: f32 = 30.0;
/// What is on the button that boosts under the thumb.
const BOOST_PAD: &str = "≫";
/// Slower than this is not drifting, u/s.
const DRIFT_SPEED: f32 = 60.0;

/// Watches the own ship for deeds.
#[derive(Debug, Default)]
pub struct Deeds {
    done: u8,
    thrust_s: f32,
    drift_s: f32,
    /// The first ship was flown on this visit.
    began: bool,
    /// Those whose hint waited in vain, until the others have had their turn.
    put_off: u8,
    /// Whose hint waits, and for how long it has, s.
    waits: (Option<Deed>, f32),
}

impl Deeds {
    /// Those done on an earlier visit.
    #[must_use]
    pub fn new(done: u8) -> Deeds {
        Deeds { done, ..Deeds::default() }
    }

    /// Bits of those done.
    #[must_use]
    pub fn done(&self) -> u8 {
        self.done
    }

    /// Bits of those whose hint is not wanted now: done, or put off.
    #[must_use]
    pub fn resting(&self) -> u8 {
        self.done | self.put_off
    }

    /// Counts all of them as done; true when some were not.
    pub fn skip(&mut self) -> bool {
        let more = self.done & ALL != ALL;
        self.done |= ALL;
        more
    }

    /// Takes a frame; true when a deed was done in it.
    pub fn watch(&mut self, view: &View, dt_s: f32) -> bool {
        let before = self.done;
        if let Some(own) = view.own_ship() {
            if own.buttons.any(Buttons::THRUST) {
                self.thrust_s += dt_s;
            } else if self.has(Deed::Thrust) && own.vel.length() > DRIFT_SPEED {
                self.drift_s += dt_s;
            }
            self.mark(Deed::Boost, own.buttons.any(Buttons::BOOST));
            self.mark(Deed::Refit, self.began && own.class != ShipClass::Spark);
            self.began |= own.class == ShipClass::Spark;
            self.wait(view, dt_s);
        }
        self.mark(Deed::Orbit, view.own.is_some_and(|own| own.orbiting));
        self.mark(Deed::Thrust, self.thrust_s > THRUST_S);
        self.mark(Deed::Drift, self.drift_s > DRIFT_S);
        for event in &view.events {
            let shot = matches!(event, ViewEvent::Fired { own: true, .. } | ViewEvent::Beam { own: true, .. });
            self.mark(Deed::Shoot, shot);
            self.mark(Deed::Ore, matches!(event, ViewEvent::Collected { own: true, .. }));
        }
        self.done != before
    }

    /// Puts off the deed whose hint has waited long enough. Not the first: nothing goes without it.
    fn wait(&mut self, view: &View, dt_s: f32) {
        let now = current(self.resting(), view);
        if now.is_none() {
            self.put_off = 0;
        }
        let waited = if now == self.waits.0 { self.waits.1 + dt_s } else { 0.0 };
        self.waits = (now, waited);
        if let Some(deed) = now.filter(|deed| waited > PATIENCE_S && *deed != Deed::Thrust) {
            self.put_off |= deed as u8;
        }
    }

    fn has(&self, deed: Deed) -> bool {
        self.done & deed as u8 != 0
    }

    fn mark(&mut self, deed: Deed, done: bool) {
        if done {
            self.done |= deed as u8;
        }
    }
}

/// The next deed that can be done where one is.
fn current(done: u8, view: &View) -> Option<Deed> {
    next(done, |deed| place(deed, view).is_some() || !matches!(deed, Deed::Ore | Deed::Orbit))
}

/// Where to go for the next deed, u; nothing where there is nothing to go for.
#[must_use]
pub fn guide(done: u8, view: &View) -> Option<Vec2> {
    match current(done, view)? {
        deed @ (Deed::Ore | Deed::Orbit) => place(deed, view),
        _ => None,
    }
}

/// Where a deed can be done: ore is floating about, else in the nearest rock, else at a planet, whose belt is farther away
/// than one sees; orbit bands are the belts of planets.
fn place(deed: Deed, view: &View) -> Option<Vec2> {
    let own = view.own_ship()?.pos;
    let nearest = |places: &mut dyn Iterator<Item = Vec2>| {
        places.min_by(|a, b| a.distance_squared(own).total_cmp(&b.distance_squared(own)))
    };
    // Modes without planets have them beyond the edge.
    let planets = &mut view.planets.iter().copied().filter(|pos| pos.length() < view.arena_radius);
    if deed == Deed::Orbit {
        return nearest(planets);
    }
    let ore = &mut view.pickups.iter().filter(|pickup| pickup.kind == PickupKind::Ore).map(|pickup| pickup.pos);
    nearest(ore).or_else(|| nearest(&mut view.rocks.iter().map(|rock| rock.pos))).or_else(|| nearest(planets))
}

/// The first of the deeds that is not done and can be.
fn next(done: u8, can_be: impl Fn(Deed) -> bool) -> Option<Deed> {
    DEEDS.into_iter().find(|deed| done & *deed as u8 == 0 && can_be(*deed))
}

/// The line.
#[derive(Debug, Default)]
pub struct Hint {
    shown: CachedText,
}

impl Widget for Hint {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // Where there is no ore nobody is sent for it.
        let can_be = |deed| match deed {
            Deed::Ore | Deed::Orbit => place(deed, frame.view).is_some(),
            Deed::Refit => lacks_points(frame).is_some(),
            Deed::Thrust | Deed::Drift | Deed::Shoot | Deed::Boost => true,
        };
        let next = next(frame.deeds, can_be).filter(|_| frame.flying());
        let text = next.map_or_else(String::new, |deed| words(deed, frame));
        if self.shown.changed(&text) {
            dom.flag("hint", "off", text.is_empty());
            if !text.is_empty() {
                dom.text("hint-words", &text);
            }
        }
    }
}

/// Points of whoever flies the first ship, and how many buy a better one; nothing once they do, for then there are cards,
/// nor where ships are not bought.
fn lacks_points(frame: &Frame<'_>) -> Option<(u32, u32)> {
    let Source::Line(net) = frame.source else { return None };
    let (mode, points, price) = (&frame.defs.mode, net.points(), frame.defs.ship(ShipClass::Needle).price);
    let first = frame.view.own_ship().is_some_and(|own| own.class == ShipClass::Spark);
    let bought = mode.classes.is_none() && !mode.one_life;
    (first && bought && points < price).then_some((points, price))
}

fn words(deed: Deed, frame: &Frame<'_>) -> String {
    let (thrust, fire) = (cap(frame, Action::Thrust), cap(frame, Action::Fire));
    // Whoever aims with the mouse may hold a key to fire as well.
    let fire_key = frame.bindings.keys(Action::Fire).find(|code| !code.starts_with("Mouse"));
    let mut price = String::new();
    let (word, part) = match (deed, frame.touch) {
        (Deed::Thrust, true) => (Word::HintThrustTouch, String::new()),
        (Deed::Thrust, false) => (if frame.pad { Word::HintThrustPad } else { Word::HintThrust }, thrust),
        (Deed::Drift, true) => (Word::HintDriftTouch, String::new()),
        (Deed::Drift, false) => (Word::HintDrift, thrust),
        (Deed::Shoot, true) => (Word::HintShootTouch, String::new()),
        (Deed::Shoot, false) => {
            match fire_key.filter(|_| !frame.pad && frame.bindings.of_key("Mouse0").any(|act| act == Action::Fire)) {
                Some(code) => (Word::HintShoot, key_label(code, frame.language)),
                None => (Word::HintShootKey, fire),
            }
        }
        (Deed::Boost, true) => (Word::HintBoost, BOOST_PAD.to_owned()),
        (Deed::Boost, false) => (Word::HintBoost, cap(frame, Action::Boost)),
        (Deed::Ore, _) => (Word::HintOre, String::new()),
        (Deed::Orbit, _) => (Word::HintOrbit, String::new()),
        (Deed::Refit, _) => {
            let (points, of) = lacks_points(frame).unwrap_or_default();
            price = of.to_string();
            (Word::HintRefit, points.to_string())
        }
    };
    word.with(frame.language, &[&part, &price])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_frame},
        view::scene::tests::ship,
    };
    use shared::{
        defs::RockSize,
        ids::{BodyId, PlayerId},
        replica::view::{Gauges, Phase, PickupView, RockId, RockView, ShipView},
    };

    fn flying(buttons: u8, speed: f32) -> View {
        let own = ShipView { own: true, buttons: Buttons(buttons), vel: Vec2::new(speed, 0.0), ..ship(1, Vec2::ZERO) };
        View { phase: Phase::Flying, ships: vec![own], ..View::default() }
    }

    #[test]
    fn deeds_are_done_in_flight_and_stay_done() {
        let mut deeds = Deeds::default();
        assert!(!deeds.watch(&flying(0, 200.0), 5.0), "drifting comes after thrusting");
        assert!(deeds.watch(&flying(Buttons::THRUST, 0.0), 0.7));
        assert!(!deeds.watch(&flying(Buttons::THRUST, 0.0), 0.7));
        assert!(deeds.watch(&flying(0, 200.0), 1.1));
        assert_eq!(deeds.done(), Deed::Thrust as u8 | Deed::Drift as u8);
    }

    #[test]
    fn a_hint_that_is_not_heeded_makes_way_and_comes_back() {
        let mut deeds = Deeds::new(Deed::Thrust as u8 | Deed::Drift as u8 | Deed::Shoot as u8);
        let mut view = flying(0, 0.0);
        view.arena_radius = 2_000.0;
        view.planets.push(Vec2::new(900.0, 0.0));
        let mut turns = Vec::new();
        for _ in 0..1_600 {
            deeds.watch(&view, 0.1);
            let now = current(deeds.resting(), &view);
            if turns.last() != Some(&now) {
                turns.push(now);
            }
        }
        turns.retain(Option::is_some);
        let round = [Deed::Boost, Deed::Ore, Deed::Orbit, Deed::Refit, Deed::Boost, Deed::Ore].map(Some);
        assert_eq!((&turns[..], deeds.done()), (&round[..], 7));
        let mut first = Deeds::default();
        for _ in 0..900 {
            first.watch(&view, 0.1);
        }
        assert_eq!(first.resting(), 0, "nothing goes without thrust");
    }

    #[test]
    fn a_bolt_is_a_shot_and_so_is_a_ray() {
        let pos = Vec2::ZERO;
        let bolt = |own| ViewEvent::Fired { owner: PlayerId(1), weapon: shared::defs::WeaponKind::Pulse, pos, own };
        let ray = |own| ViewEvent::Beam { owner: PlayerId(1), from: pos, to: pos, struck: false, ship: None, own };
        for (event, done) in [(bolt(true), true), (ray(true), true), (bolt(false), false), (ray(false), false)] {
            let view = View { events: vec![event], ..flying(0, 0.0) };
            assert_eq!(Deeds::default().watch(&view, 0.0), done, "{event:?}");
        }
    }

    #[test]
    fn who_is_to_find_ore_is_shown_the_way_and_where_there_is_none_is_not_sent() {
        let shot = ALL & !(Deed::Ore as u8);
        let mut view = flying(0, 0.0);
        assert_eq!(guide(shot, &view), None, "an arena without rocks");
        let hinted = |view: &View| {
            let mut dom = Recorded::default();
            with_frame(view, |frame| {
                frame.deeds = shot;
                Hint::default().update(frame, &mut dom);
            });
            dom.has("hint-words=Break an asteroid and collect its ore")
        };
        view.arena_radius = 2_000.0;
        view.planets.push(Vec2::new(50_000.0, 0.0));
        assert!(!hinted(&view), "nor is one sent to a planet that is none");
        view.planets.push(Vec2::new(0.0, 900.0));
        assert_eq!(guide(shot, &view), Some(Vec2::new(0.0, 900.0)));
        for x in [700.0, -300.0, 500.0] {
            let id = RockId::Loose(BodyId(1));
            view.rocks.push(RockView { id, size: RockSize::Small, pos: Vec2::new(x, 0.0), spin_rad: 0.0, hull: 1.0 });
        }
        assert_eq!(guide(shot, &view), Some(Vec2::new(-300.0, 0.0)), "the nearest");
        let ore = PickupView {
            id: BodyId(2),
            kind: PickupKind::Ore,
            pos: Vec2::new(0.0, -800.0),
            fading: false,
            owner: None,
        };
        view.pickups.push(ore);
        assert_eq!(guide(shot, &view), Some(ore.pos), "what floats already");
        assert!(hinted(&view));
        assert_eq!((guide(0, &view), guide(ALL, &view)), (None, None), "in its turn, and never again");
        let mined = ALL & !(Deed::Orbit as u8 | Deed::Refit as u8);
        assert_eq!(guide(mined, &view), Some(Vec2::new(0.0, 900.0)), "to the planet whose belt is the orbit band");
    }

    #[test]
    fn an_orbit_a_boost_and_a_better_ship_are_deeds_and_all_can_be_skipped() {
        let mut deeds = Deeds::default();
        deeds.watch(&flying(Buttons::BOOST, 0.0), 0.1);
        assert_eq!(deeds.done(), Deed::Boost as u8);
        let mut view = flying(0, 0.0);
        view.own = Some(Gauges { orbiting: true, ..Gauges::default() });
        deeds.watch(&view, 0.1);
        assert_eq!(deeds.done(), Deed::Boost as u8 | Deed::Orbit as u8);
        view.ships[0].class = ShipClass::Anvil;
        assert!(deeds.watch(&view, 0.1) && deeds.done() & Deed::Refit as u8 != 0);
        let mut veteran = Deeds::default();
        assert!(!veteran.watch(&View { own: None, ..view }, 0.1), "who comes in an Anvil has taken none");
        assert!(veteran.skip() && !veteran.skip());
        assert_eq!(veteran.done(), ALL);
    }

    #[test]
    fn the_line_tells_the_next_deed_and_ends() {
        let mut view = flying(0, 0.0);
        view.arena_radius = 2_000.0;
        view.planets.push(Vec2::new(900.0, 0.0));
        with_frame(&view, |frame| {
            let mut hint = Hint::default();
            let mut dom = Recorded::default();
            let mut said = |deeds: u8, touch: bool, words: &str| {
                (frame.deeds, frame.touch) = (deeds, touch);
                hint.update(frame, &mut dom);
                assert!(dom.has(words), "{words}: {:?}", dom.done);
                dom.done.clear();
            };
            said(0, false, "hint-words=Hold W to thrust toward the pointer");
            said(3, false, "hint-words=Click or hold Space to shoot");
            said(7, false, "hint-words=Shift boosts, for some energy");
            said(7, true, "hint-words=≫ boosts, for some energy");
            said(23, false, "hint-words=Break an asteroid and collect its ore");
            said(31, false, "hint-words=Coast among the rocks round a planet: energy comes back faster");
            said(63, false, "hint-words=Ore is points: 0 of 40 for a better ship");
            said(ALL, false, "hint.off");
        });
    }
}
