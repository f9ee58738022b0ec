//! Reads the gamepads of the browser. Invariant: a browser without any, or one that says nonsense, gives no reading; only
//! gamepads of the standard mapping are read, because of others nobody knows which button is which.

use glam::Vec2;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Gamepad, GamepadButton, GamepadMappingType};

use super::browser::{document, window};
use crate::input::{Reading, bindings::PAD_BUTTONS};

/// A trigger pulled this far is pressed.
const PULLED: f64 = 0.35;

/// What all gamepads together say now; `None` without one, and while the window has not the keyboard.
#[must_use]
pub fn read() -> Option<Reading> {
    if !document().has_focus().unwrap_or(true) {
        return None;
    }
    let pads = window().navigator().get_gamepads().ok()?;
    let mut all: Option<Reading> = None;
    for pad in pads.iter().filter(JsValue::is_object) {
        // Whatever it is, it is asked for the properties of a gamepad and may lack each of them.
        let pad: Gamepad = pad.unchecked_into();
        if !pad.connected() || pad.mapping() != GamepadMappingType::Standard {
            continue;
        }
        let one = reading(&pad);
        let all = all.get_or_insert_default();
        all.buttons |= one.buttons;
        if one.stick.length() > all.stick.length() {
            all.stick = one.stick;
        }
    }
    all
}

fn reading(pad: &Gamepad) -> Reading {
    let mut buttons = 0;
    for (number, button) in pad.buttons().iter().enumerate().take(usize::from(PAD_BUTTONS)) {
        let button: GamepadButton = button.unchecked_into();
        if button.pressed() || button.value() > PULLED {
            buttons |= 1 << number;
        }
    }
    let axes = pad.axes();
    let axis =
        |number| axes.get(number).as_f64().filter(|value| value.is_finite()).unwrap_or(0.0).clamp(-1.0, 1.0) as f32;
    // Both sticks point: whoever flies with the left and aims with the right takes the one that is pushed farther.
    let (left, right) = (Vec2::new(axis(0), -axis(1)), Vec2::new(axis(2), -axis(3)));
    Reading { buttons, stick: if right.length() > left.length() { right } else { left } }
}
