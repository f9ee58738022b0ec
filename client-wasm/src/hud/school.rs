//! The flight school of the practice arena: five lessons, one after the other, each passed by doing it.
//!
//! Invariant: it watches and never acts; a lesson cannot be failed, only not passed yet. Not here: the first minute's
//! hints of every arena (`hint`).

use std::collections::BTreeMap;

use glam::Vec2;
use shared::{
    ids::ShotKey,
    replica::view::{View, ViewEvent},
    sim::Buttons,
};

use super::{Cached, Dom, Frame, Id, Widget, keys::cap};
use crate::{
    input::Action,
    words::{Language, Word},
};

/// A lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lesson {
    /// Thrust.
    Thrust,
    /// Coast without engines.
    Drift,
    /// Coast among the rocks of a belt, where energy comes back faster.
    Orbit,
    /// Let the star's pull make the ship faster than its engines can.
    Slingshot,
    /// Hit something with a shot that the star has bent.
    CurvedShot,
}

/// All of them, in order.
pub const LESSONS: [Lesson; 5] = [Lesson::Thrust, Lesson::Drift, Lesson::Orbit, Lesson::Slingshot, Lesson::CurvedShot];

/// A dot for each.
pub const LIST: Id = "school-steps";
/// Seconds that each takes.
const THRUST_S: f32 = 1.5;
const DRIFT_S: f32 = 2.5;
const ORBIT_S: f32 = 3.0;
/// Slower than this is not drifting, u/s.
const DRIFT_SPEED: f32 = 80.0;
/// Faster than the class's cap by this is a slingshot. Boosting reaches less.
const SLINGSHOT: f32 = 1.12;
/// A shot has been bent when it flies this far off the way it left, rad: 6 degrees.
const BENT_RAD: f32 = 0.105;
/// What strikes this near to where a shot was last seen was that shot, u: two frames of flight at 30 frames a second.
const STRUCK_U: f32 = 60.0;

/// How far a pupil has come.
#[derive(Debug, Default)]
pub struct School {
    passed: usize,
    /// Of the present lesson, 0..=1.
    progress: f32,
    /// The way each own shot left, and where it was last.
    shots: BTreeMap<ShotKey, (Vec2, Vec2, Vec2)>,
}

impl School {
    /// The present lesson; `None` after the last.
    #[must_use]
    pub fn lesson(&self) -> Option<Lesson> {
        LESSONS.get(self.passed).copied()
    }

    /// Lessons passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// Of the present lesson, 0..=1.
    #[must_use]
    pub fn progress(&self) -> f32 {
        self.progress
    }

    /// On to the next lesson, passed or not.
    pub fn skip(&mut self) {
        self.passed = (self.passed + 1).min(LESSONS.len());
        self.progress = 0.0;
    }

    /// Takes a frame; true when a lesson was passed in it.
    pub fn watch(&mut self, view: &View, dt_s: f32) -> bool {
        let bent = self.watch_shots(view);
        let (Some(lesson), Some(own), Some(gauges)) = (self.lesson(), view.own_ship(), view.own) else { return false };
        let engines = Buttons::THRUST | Buttons::REVERSE | Buttons::LEFT | Buttons::RIGHT | Buttons::BRAKE;
        let coasts = !own.buttons.any(engines);
        let some = |yes: bool, secs: f32| if yes { dt_s / secs } else { 0.0 };
        self.progress += match lesson {
            Lesson::Thrust => some(own.buttons.any(Buttons::THRUST), THRUST_S),
            Lesson::Drift => some(coasts && own.vel.length() > DRIFT_SPEED, DRIFT_S),
            Lesson::Orbit => some(gauges.orbiting, ORBIT_S),
            Lesson::Slingshot => {
                // The bar shows how far beyond the cap the ship is.
                self.progress = ((gauges.speed / gauges.speed_cap - 1.0) / (SLINGSHOT - 1.0)).clamp(0.0, 1.0);
                0.0
            }
            Lesson::CurvedShot => f32::from(u8::from(bent)),
        };
        let passed = self.progress >= 1.0;
        if passed {
            self.skip();
        }
        passed
    }

    /// Whether something was struck by an own shot that the star had bent.
    fn watch_shots(&mut self, view: &View) -> bool {
        let struck: Vec<Vec2> = view
            .events
            .iter()
            .filter_map(|event| match event {
                ViewEvent::Struck { pos, .. } => Some(*pos),
                _ => None,
            })
            .collect();
        let bent = self.shots.values().any(|(left, pos, vel)| {
            left.angle_to(*vel).abs() > BENT_RAD && struck.iter().any(|at| at.distance(*pos) < STRUCK_U)
        });
        let before = std::mem::take(&mut self.shots);
        for shot in view.shots.iter().filter(|shot| shot.own) {
            let left = before.get(&shot.key).map_or(shot.vel, |(left, ..)| *left);
            self.shots.insert(shot.key, (left, shot.pos, shot.vel));
        }
        bent
    }
}

/// The panel.
#[derive(Debug, Default)]
pub struct SchoolPanel {
    shown: Cached<Option<(usize, bool, Language)>>,
    bar: Cached<i32>,
}

impl Widget for SchoolPanel {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let school = frame.school.filter(|_| frame.flying());
        if self.shown.changed(school.map(|school| (school.passed(), frame.touch, frame.language))) {
            dom.flag("school", "off", school.is_none());
            let Some(school) = school else { return };
            let (title, text) = words(school.lesson(), frame);
            dom.text("school-title", frame.say(title));
            dom.text("school-words", &text);
            dom.flag("school", "done", school.lesson().is_none());
            for row in 0..LESSONS.len() {
                dom.row_flag(LIST, row, "off", false);
                dom.row_flag(LIST, row, "done", row < school.passed());
                dom.row_flag(LIST, row, "now", row == school.passed());
            }
        }
        if let Some(school) = frame.school
            && frame.flying()
            && self.bar.changed((school.progress() * 100.0) as i32)
        {
            dom.share("school-bar", school.progress());
        }
    }
}

fn words(lesson: Option<Lesson>, frame: &Frame<'_>) -> (Word, String) {
    let (title, words) = match (lesson, frame.touch) {
        (None, _) => (Word::SchoolDone, Word::SchoolDoneWords),
        (Some(Lesson::Thrust), true) => (Word::SchoolThrust, Word::SchoolThrustTouch),
        (Some(Lesson::Thrust), false) => (Word::SchoolThrust, Word::SchoolThrustWords),
        (Some(Lesson::Drift), _) => (Word::SchoolDrift, Word::SchoolDriftWords),
        (Some(Lesson::Orbit), _) => (Word::SchoolOrbit, Word::SchoolOrbitWords),
        (Some(Lesson::Slingshot), _) => (Word::SchoolSlingshot, Word::SchoolSlingshotWords),
        (Some(Lesson::CurvedShot), _) => (Word::SchoolCurve, Word::SchoolCurveWords),
    };
    (title, words.with(frame.language, &[&cap(frame, Action::Thrust)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_frame},
        view::scene::tests::ship,
    };
    use shared::{
        defs::WeaponKind,
        ids::PlayerId,
        replica::view::{Gauges, Phase, ShipView, ShotView},
    };

    fn flying(buttons: u8, speed: f32) -> View {
        let own = ShipView { own: true, buttons: Buttons(buttons), vel: Vec2::new(speed, 0.0), ..ship(1, Vec2::ZERO) };
        let gauges = Gauges { speed, speed_cap: 340.0, ..Gauges::default() };
        View { phase: Phase::Flying, ships: vec![own], own: Some(gauges), ..View::default() }
    }

    fn shot(vel: Vec2) -> ShotView {
        let key = ShotKey { owner: PlayerId(1), tick: 9, part: 0 };
        ShotView { key, weapon: WeaponKind::Pulse, pos: vel, vel, opacity: 1.0, own: true }
    }

    fn pass_to(school: &mut School, lesson: Lesson) {
        while school.lesson() != Some(lesson) {
            school.skip();
        }
    }

    #[test]
    fn every_lesson_is_passed_by_doing_it() {
        let mut school = School::default();
        assert!(!school.watch(&flying(0, 200.0), 9.0), "that is the next lesson");
        assert!(school.watch(&flying(Buttons::THRUST, 0.0), 1.6));
        assert!(!school.watch(&flying(0, 10.0), 9.0), "standing is not drifting");
        assert!(!school.watch(&flying(Buttons::THRUST, 200.0), 9.0));
        assert!(school.watch(&flying(0, 200.0), 2.6));
        assert!(!school.watch(&flying(0, 200.0), 9.0), "not in a belt");
        let mut orbit = flying(0, 200.0);
        orbit.own.as_mut().unwrap().orbiting = true;
        assert!(school.watch(&orbit, 3.1));
        assert!(!school.watch(&flying(0, 350.0), 9.0));
        assert!(school.watch(&flying(0, 400.0), 0.1));
        assert_eq!(school.lesson(), Some(Lesson::CurvedShot));
    }

    #[test]
    fn only_a_shot_that_was_bent_and_struck_is_a_curved_one() {
        let strike = |bend: f32, strikes: bool| {
            let mut school = School::default();
            pass_to(&mut school, Lesson::CurvedShot);
            let (left, later) = (Vec2::new(600.0, 0.0), Vec2::from_angle(bend) * 600.0);
            let seen = |vel| View { shots: vec![shot(vel)], ..flying(0, 0.0) };
            assert!(!school.watch(&seen(left), 0.1) && !school.watch(&seen(later), 0.1));
            let struck = ViewEvent::Struck { pos: later, vel: later, ship: None };
            school.watch(&View { events: strikes.then_some(struck).into_iter().collect(), ..flying(0, 0.0) }, 0.1)
        };
        assert!(strike(0.2, true) && strike(-0.2, true));
        assert!(!strike(0.05, true) && !strike(0.2, false));
    }

    /// What the panel does to the page at this stage of the school.
    fn panel(school: Option<&School>) -> Recorded {
        let mut dom = Recorded::default();
        with_frame(&flying(0, 0.0), |frame| {
            let frame = Frame { school, ..*frame };
            SchoolPanel::default().update(&frame, &mut dom);
        });
        dom
    }

    #[test]
    fn the_panel_is_there_in_practice_only_and_tells_the_lesson() {
        assert!(panel(None).has("school.off"));
        let mut school = School::default();
        school.skip();
        let dom = panel(Some(&school));
        assert!(dom.has("school!off") && dom.has("school-title=2 Drift"), "{:?}", dom.done);
        assert!(dom.has("school-steps[0].done") && dom.has("school-steps[1].now"));
    }

    #[test]
    fn after_the_last_lesson_the_school_says_so() {
        let mut school = School::default();
        for _ in 0..=LESSONS.len() {
            school.skip();
        }
        assert!(!school.watch(&flying(Buttons::THRUST, 0.0), 9.0));
        let dom = panel(Some(&school));
        assert!(dom.has("school-title=You can fly") && dom.has("school.done"));
    }
}
