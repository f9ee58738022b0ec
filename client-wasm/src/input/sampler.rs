//! What is held now, turned into an [`Intent`] for the next tick.
//!
//! Invariant: an action is held while at least one of its keys or buttons is; losing the focus lets go of all. The
//! aim is kept (`None`) until a pointer moved or a turning key was pressed, so a fresh ship does not swing about.

use glam::Vec2;
use shared::{quantize::Angle, replica::Intent, sim::Buttons};

use super::{
    bindings::{Action, Bindings, MOUSE},
    event::{InputEvent, PointerKind},
    pad::{Pad, Reading, numbers},
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
    /// Codes of keys and mouse buttons held, so that a repeat counts once.
    keys: Vec<String>,
    /// Actions held by buttons on the screen.
    thumbs: Vec<Action>,
    pointer: Option<Vec2>,
    /// The nose was turned by key since the pointer last moved.
    turned_by_key: bool,
    touch: Touch,
    pad: Pad,
    /// Where the gamepad's stick pointed last, until a pointer moves or a turning key is pressed.
    pad_way: Option<Angle>,
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
                let up = mouse_code(*button);
                // A negative one means all of them.
                self.keys.retain(
                    |held| if *button < 0 { !MOUSE.contains(&held.as_str()) } else { Some(held.as_str()) != up },
                );
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
        self.thumbs.clear();
        self.touch.clear();
        self.pad.release();
    }

    /// From now on keys mean this; whatever is held is let go.
    pub fn bind(&mut self, bindings: Bindings) {
        self.bindings = bindings;
        self.release_all();
    }

    /// What keys mean.
    #[must_use]
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// Takes what the gamepads say in a frame; gives back bits of the buttons pressed since.
    pub fn take_pad(&mut self, reading: Option<Reading>) -> u32 {
        self.pad.update(reading)
    }

    /// Counts these buttons of the gamepad as presses of their actions.
    pub fn press_pad(&mut self, pressed: u32) {
        for button in numbers(pressed) {
            self.pressed.extend(self.bindings.of_pad(button));
        }
    }

    /// The gamepad.
    #[must_use]
    pub fn pad(&self) -> &Pad {
        &self.pad
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
        if let Some(way) = self.pad.way() {
            (self.pad_way, self.turned_by_key) = (Some(way), false);
            return self.pad_way;
        }
        let turn = f32::from(i8::from(self.held(Action::TurnLeft)) - i8::from(self.held(Action::TurnRight)));
        if turn != 0.0 {
            (self.pad_way, self.turned_by_key) = (None, true);
            return Some(Angle::nearest(own.heading_rad + turn * TURN_AHEAD_RAD));
        }
        if self.turned_by_key {
            return Some(Angle::nearest(own.heading_rad));
        }
        if self.pad_way.is_some() {
            return self.pad_way;
        }
        let way = self.pointer? - own.screen;
        (way.length() > AIM_DEAD_ZONE_PX).then(|| Angle::of(Vec2::new(way.x, -way.y)))
    }

    /// Whether `action` is held now.
    #[must_use]
    pub fn held(&self, action: Action) -> bool {
        self.keys.iter().any(|code| self.bindings.of_key(code).any(|bound| bound == action))
            || self.thumbs.contains(&action)
            || numbers(self.pad.down()).any(|button| self.bindings.of_pad(button).any(|bound| bound == action))
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
        if let Some(code) = mouse_code(button) {
            self.key_down(code);
        }
    }

    fn mouse_at(&mut self, pos: Vec2) {
        self.pointer = Some(pos);
        (self.pad_way, self.turned_by_key) = (None, false);
    }
}

/// The code of a mouse button, if it is one of those that can be bound.
fn mouse_code(button: i16) -> Option<&'static str> {
    usize::try_from(button).ok().and_then(|button| MOUSE.get(button)).copied()
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
    fn a_rebound_key_does_the_new_thing_and_the_old_key_nothing() {
        let mut bindings = Bindings::default();
        bindings.bind(Action::Thrust, 0, "KeyI");
        let mut sampler = Sampler::default();
        sampler.handle(&parse("+KeyW"), 800.0);
        sampler.bind(bindings);
        assert_eq!(sampler.sample(Some(POSE)).buttons.0, 0, "what was held is let go");
        sampler.handle(&parse("+KeyW"), 800.0);
        assert_eq!(sampler.sample(Some(POSE)).buttons.0, 0);
        sampler.handle(&parse("+KeyI"), 800.0);
        assert_eq!(sampler.sample(Some(POSE)).buttons.0, Buttons::THRUST);
    }

    #[test]
    fn a_gamepad_flies_and_fires_and_keeps_its_aim_until_the_mouse_moves() {
        let mut sampler = Sampler::default();
        sampler.handle(&parse("m500,300"), 800.0);
        let read = |buttons, x, y| Some(Reading { buttons, stick: Vec2::new(x, y) });
        sampler.take_pad(read(0, 0.0, 0.0));
        let pressed = sampler.take_pad(read(1 << 6 | 1 << 7 | 1 << 9, 0.0, 1.0));
        sampler.press_pad(pressed);
        assert!(sampler.take_pressed(Action::Settings) && !sampler.take_pressed(Action::Mute));
        let intent = sampler.sample(Some(POSE));
        assert_eq!(intent.buttons.0, Buttons::THRUST | Buttons::FIRE);
        assert_eq!(intent.aim, Some(Angle::nearest(core::f32::consts::FRAC_PI_2)));
        sampler.take_pad(read(0, 0.0, 0.1));
        assert_eq!(sampler.sample(Some(POSE)), Intent { buttons: Buttons(0), aim: intent.aim });
        sampler.take_pad(read(1 << 6, 0.0, 0.0));
        sampler.take_pad(None);
        assert_eq!(sampler.sample(Some(POSE)).buttons.0, 0, "a gamepad that is gone holds nothing");
        sampler.handle(&parse("m500,300"), 800.0);
        assert_eq!(sampler.sample(Some(POSE)).aim, Some(Angle(0)));
    }

    #[test]
    fn without_a_ship_there_is_no_aim() {
        let mut sampler = Sampler::default();
        sampler.handle(&parse("m1,1"), 800.0);
        assert_eq!(sampler.sample(None).aim, None);
    }
}
