//! One line at a time for the first minute. Invariant: a hint vanishes for good once its deed is done, never blocks
//! input, and is not shown again on the next visit.

use shared::{
    replica::view::{View, ViewEvent},
    sim::Buttons,
};

use super::{CachedText, Dom, Frame, Widget, keys::cap};
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
}

/// All of them, in order.
const DEEDS: [Deed; 4] = [Deed::Thrust, Deed::Drift, Deed::Shoot, Deed::Ore];
/// Time each of the slow ones takes, s.
const THRUST_S: f32 = 0.6;
const DRIFT_S: f32 = 1.0;
/// Slower than this is not drifting, u/s.
const DRIFT_SPEED: f32 = 60.0;

/// Watches the own ship for deeds.
#[derive(Debug, Default)]
pub struct Deeds {
    done: u8,
    thrust_s: f32,
    drift_s: f32,
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

    /// Takes a frame; true when a deed was done in it.
    pub fn watch(&mut self, view: &View, dt_s: f32) -> bool {
        let before = self.done;
        if let Some(own) = view.own_ship() {
            if own.buttons.any(Buttons::THRUST) {
                self.thrust_s += dt_s;
            } else if self.has(Deed::Thrust) && own.vel.length() > DRIFT_SPEED {
                self.drift_s += dt_s;
            }
        }
        self.mark(Deed::Thrust, self.thrust_s > THRUST_S);
        self.mark(Deed::Drift, self.drift_s > DRIFT_S);
        for event in &view.events {
            let shot = matches!(event, ViewEvent::Fired { own: true, .. } | ViewEvent::Beam { own: true, .. });
            self.mark(Deed::Shoot, shot);
            self.mark(Deed::Ore, matches!(event, ViewEvent::Collected { own: true, .. }));
        }
        self.done != before
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

/// The line.
#[derive(Debug, Default)]
pub struct Hint {
    shown: CachedText,
}

impl Widget for Hint {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let next = DEEDS.into_iter().find(|deed| frame.deeds & *deed as u8 == 0).filter(|_| frame.flying());
        let text = next.map_or_else(String::new, |deed| words(deed, frame));
        if self.shown.changed(&text) {
            dom.flag("hint", "off", text.is_empty());
            if !text.is_empty() {
                dom.text("hint", &text);
            }
        }
    }
}

fn words(deed: Deed, frame: &Frame<'_>) -> String {
    let (thrust, fire) = (cap(frame, Action::Thrust), cap(frame, Action::Fire));
    // Whoever aims with the mouse may hold a key to fire as well.
    let fire_key = frame.bindings.keys(Action::Fire).find(|code| !code.starts_with("Mouse"));
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
        (Deed::Ore, _) => (Word::HintOre, String::new()),
    };
    word.with(frame.language, &[&part])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_frame},
        view::scene::tests::ship,
    };
    use glam::Vec2;
    use shared::{
        ids::PlayerId,
        replica::view::{Phase, ShipView},
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
    fn the_line_tells_the_next_deed_and_ends() {
        with_frame(&flying(0, 0.0), |frame| {
            let mut hint = Hint::default();
            let mut dom = Recorded::default();
            hint.update(frame, &mut dom);
            assert!(dom.has("hint=Hold W to thrust toward the pointer"));
            frame.deeds = Deed::Thrust as u8 | Deed::Drift as u8;
            hint.update(frame, &mut dom);
            assert!(dom.has("hint=Click or hold Space to shoot"));
            frame.deeds = 15;
            hint.update(frame, &mut dom);
            assert!(dom.has("hint.off"));
        });
    }
}
