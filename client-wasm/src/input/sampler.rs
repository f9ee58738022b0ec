//! What is held now, turned into an [`Intent`] for the next tick.
//!
//! Invariant: an action is held while at least one of its keys or buttons is; losing the focus lets go of all. The
//! aim is kept (`None`) until a pointer moved or a turning key was pressed, so a fresh ship does not swing about.

use glam::Vec2;
use shared::{quantize::Angle, replica::Intent, sim::Buttons};

use super::{
    bindings::{Action, Bindings},
    event::{InputEvent, PointerKind},
    touch::Touch,
};

/// How far ahead of the nose a turning key aims, rad: more than any ship turns in a tick, well below half a turn.
const TURN_AHEAD_RAD: f32 = 0.9;
/// Closer to the own ship than this a pointer gives no direction, CSS px.
const AIM_DEAD_ZONE_PX: f32 = 6.0;

/// Where the own ship is on the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OwnPose {
    /// CSS px from the top left corner.
    pub screen: Vec2,
    /// Direction of the nose, rad counter-clockwise from +x, +y up.
    pub heading_rad: f32,
}

/// State of all inputs.
#[derive(Debug, Default)]
pub struct Sampler {
    bindings: Bindings,
    /// Codes of keys held, so that a repeat counts once.
    keys: Vec<String>,
    buttons: Vec<i16>,
    /// Actions held by buttons on the screen.
    thumbs: Vec<Action>,
    pointer: Option<Vec2>,
    /// The nose was turned by key since the pointer last moved.
    turned_by_key: bool,
    touch: Touch,
    /// Actions pressed since they were last taken.
    pressed: Vec<Action>,
}

impl Sampler {
    /// Takes one fact. `width_px` is that of the canvas.
    pub fn handle(&mut self, event: &InputEvent, width_px: f32) {
        match event {
            InputEvent::Key { code, down: true } => self.key_down(code),
            InputEvent::Key { code, down: false } => self.keys.retain(|held| held != code),
            InputEvent::PointerMoved { id, kind: PointerKind::Touch, pos } => self.touch.moved(*id, *pos),
            InputEvent::PointerMoved { kind: PointerKind::Mouse, pos, .. } => self.mouse_at(*pos),
            InputEvent::PointerDown { id, kind: PointerKind::Touch, pos, .. } => self.touch.down(*id, *pos, width_px),
            InputEvent::PointerDown { kind: PointerKind::Mouse, pos, button, .. } => self.mouse_down(*pos, *button),
            InputEvent::PointerUp { id, kind: PointerKind::Touch, .. } => self.touch.up(*id),
            InputEvent::PointerUp { kind: PointerKind::Mouse, button, .. } => {
                self.buttons.retain(|held| held != button && *button >= 0);
            }
            InputEvent::Thumb { action, down } => {
                self.thumbs.retain(|held| held != action);
                if *down {
                    self.thumbs.push(*action);
                }
            }
            InputEvent::Blur => self.release_all(),
        }
    }

    /// Lets go of everything; the pointer stays where it was.
    pub fn release_all(&mut self) {
        self.keys.clear();
        self.buttons.clear();
        self.thumbs.clear();
        self.touch.clear();
    }

    /// Whether `action` was pressed since this was last asked.
    pub fn take_pressed(&mut self, action: Action) -> bool {
        let before = self.pressed.len();
        self.pressed.retain(|pressed| *pressed != action);
        self.pressed.len() != before
    }

    /// Forgets presses nobody asked for; call at the end of a frame.
    pub fn end_frame(&mut self) {
        self.pressed.clear();
    }

    /// The touch sticks, to be drawn.
    #[must_use]
    pub fn touch(&self) -> &Touch {
        &self.touch
    }

    /// What the pilot wants now. `own` is `None` when there is no ship on the screen.
    pub fn sample(&mut self, own: Option<OwnPose>) -> Intent {
        let buttons = [
            (Action::Thrust, Buttons::THRUST),
            (Action::Reverse, Buttons::REVERSE),
            (Action::StrafeLeft, Buttons::LEFT),
            (Action::StrafeRight, Buttons::RIGHT),
            (Action::Fire, Buttons::FIRE),
            (Action::Boost, Buttons::BOOST),
            (Action::Special, Buttons::SPECIAL),
            (Action::Brake, Buttons::BRAKE),
        ]
        .into_iter()
        .fold(self.touch.buttons(), |buttons, (action, bit)| buttons.with(bit, buttons.any(bit) || self.held(action)));
        Intent { buttons, aim: own.and_then(|own| self.aim(own)) }
    }

    fn aim(&mut self, own: OwnPose) -> Option<Angle> {
        if let Some(aim) = self.touch.aim() {
            return Some(aim);
        }
        let turn = f32::from(i8::from(self.held(Action::TurnLeft)) - i8::from(self.held(Action::TurnRight)));
        if turn != 0.0 {
            self.turned_by_key = true;
            return Some(Angle::nearest(own.heading_rad + turn * TURN_AHEAD_RAD));
        }
        if self.turned_by_key {
            return Some(Angle::nearest(own.heading_rad));
        }
        let way = self.pointer? - own.screen;
        (way.length() > AIM_DEAD_ZONE_PX).then(|| Angle::of(Vec2::new(way.x, -way.y)))
    }

    fn held(&self, action: Action) -> bool {
        self.keys.iter().any(|code| self.bindings.of_key(code).any(|bound| bound == action))
            || self.thumbs.contains(&action)
            || self.buttons.iter().any(|button| self.bindings.of_button(*button).any(|bound| bound == action))
    }

    fn key_down(&mut self, code: &str) {
        if self.keys.iter().any(|held| held == code) {
            return;
        }
        self.pressed.extend(self.bindings.of_key(code));
        self.keys.push(code.to_owned());
    }

    fn mouse_down(&mut self, pos: Vec2, button: i16) {
        self.mouse_at(pos);
        if !self.buttons.contains(&button) {
            self.buttons.push(button);
        }
    }

    fn mouse_at(&mut self, pos: Vec2) {
        self.pointer = Some(pos);
        self.turned_by_key = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSE: OwnPose = OwnPose { screen: Vec2::new(400.0, 300.0), heading_rad: 1.0 };

    /// Events in words: `+KeyW -KeyW m500,300 b0 u0 blur`; the result is buttons and aim in degrees.
    fn check(events: &str, buttons: u8, aim_deg: Option<i32>) {
        let mut sampler = Sampler::default();
        for word in events.split_whitespace() {
            sampler.handle(&parse(word), 800.0);
        }
        let intent = sampler.sample(Some(POSE));
        assert_eq!(intent.buttons.0, buttons, "buttons after {events}");
        assert_eq!(intent.aim.map(|aim| aim.to_rad().to_degrees().round() as i32), aim_deg, "aim after {events}");
    }

    fn parse(word: &str) -> InputEvent {
        let (kind, rest) = word.split_at(1);
        match kind {
            "+" | "-" => InputEvent::Key { code: rest.to_owned(), down: kind == "+" },
            "m" => {
                let (x, y) = rest.split_once(',').unwrap();
                let pos = Vec2::new(x.parse().unwrap(), y.parse().unwrap());
                InputEvent::PointerMoved { id: 1, kind: PointerKind::Mouse, pos }
            }
            "d" => InputEvent::PointerDown {
                id: 1,
                kind: PointerKind::Mouse,
                button: rest.parse().unwrap(),
                pos: Vec2::new(500.0, 300.0),
            },
            "t" => InputEvent::Thumb { action: Action::Special, down: rest == "1" },
            "u" => InputEvent::PointerUp { id: 1, kind: PointerKind::Mouse, button: rest.parse().unwrap() },
            _ => InputEvent::Blur,
        }
    }

    #[test]
    fn keys_hold_and_let_go() {
        check("+KeyW", Buttons::THRUST, None);
        check("+KeyW +ArrowUp -KeyW", Buttons::THRUST, None);
        check("+KeyW +KeyW -KeyW", 0, None);
        check("+KeyA +KeyX", Buttons::LEFT | Buttons::BRAKE, None);
        check("+KeyE", Buttons::SPECIAL, None);
        check("t1", Buttons::SPECIAL, None);
        check("t1 t0", 0, None);
        check("t1 blur", 0, None);
        check("d0", Buttons::FIRE, Some(0));
        check("d2 d0 u0", Buttons::BOOST, Some(0));
    }

    #[test]
    fn losing_the_focus_lets_go_of_everything_but_keeps_the_aim() {
        check("+KeyW d0 +ShiftLeft blur", 0, Some(0));
    }

    #[test]
    fn the_aim_is_kept_until_a_pointer_moves_and_points_up_for_up() {
        check("", 0, None);
        check("m400,200", 0, Some(90));
        check("m500,400", 0, Some(315));
        check("m402,301", 0, None);
    }

    #[test]
    fn turning_keys_take_over_from_the_pointer_and_hold_the_heading_after() {
        let ahead = |turn: f32| Some((1.0 + turn * TURN_AHEAD_RAD).to_degrees().round() as i32);
        check("m500,300 +ArrowLeft", 0, ahead(1.0));
        check("+ArrowRight", 0, ahead(-1.0));
        let mut sampler = Sampler::default();
        for word in ["m500,300", "+ArrowLeft"] {
            sampler.handle(&parse(word), 800.0);
        }
        sampler.sample(Some(POSE));
        sampler.handle(&parse("-ArrowLeft"), 800.0);
        assert_eq!(sampler.sample(Some(POSE)).aim, Some(Angle::nearest(1.0)));
        sampler.handle(&parse("m500,300"), 800.0);
        assert_eq!(sampler.sample(Some(POSE)).aim, Some(Angle(0)));
    }

    #[test]
    fn a_press_is_told_once_and_repeats_are_not_presses() {
        let mut sampler = Sampler::default();
        sampler.handle(&parse("+F3"), 800.0);
        assert!(sampler.take_pressed(Action::LineDetails));
        sampler.handle(&parse("+F3"), 800.0);
        assert!(!sampler.take_pressed(Action::LineDetails));
    }

    #[test]
    fn without_a_ship_there_is_no_aim() {
        let mut sampler = Sampler::default();
        sampler.handle(&parse("m1,1"), 800.0);
        assert_eq!(sampler.sample(None).aim, None);
    }
}
