//! The key caps that the page shows: in the lobby's line of keys and beside boost and special. Invariant: they say what is
//! bound, not what usually is.

use super::{CachedText, Dom, Frame, Id, Widget};
use crate::{
    input::Action,
    settings::{key_label, pad_label},
};

/// Where an action's cap is.
const CAPS: [(Id, Action); 9] = [
    ("key-thrust", Action::Thrust),
    ("key-fire", Action::Fire),
    ("key-boost", Action::Boost),
    ("key-special", Action::Special),
    ("key-brake", Action::Brake),
    ("key-talk", Action::Talk),
    ("key-quick", Action::Quick),
    ("ability-boost-key", Action::Boost),
    ("ability-special-key", Action::Special),
];

/// The caps.
#[derive(Debug, Default)]
pub struct Keys {
    shown: [CachedText; CAPS.len()],
}

impl Widget for Keys {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        for ((id, action), shown) in CAPS.into_iter().zip(&mut self.shown) {
            let label = cap(frame, action);
            if shown.changed(&label) {
                dom.text(id, &label);
            }
        }
    }
}

/// What is on the key or button for an action: the gamepad's while one is used.
#[must_use]
pub fn cap(frame: &Frame<'_>, action: Action) -> String {
    let button = frame.bindings.pad(action).filter(|_| frame.pad);
    match (button, frame.bindings.keys(action).next()) {
        (Some(button), _) => pad_label(button).to_owned(),
        (None, Some(code)) => key_label(code, frame.language),
        (None, None) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hud::tests::{Recorded, with_frame},
        input::Bindings,
    };
    use shared::replica::view::View;

    #[test]
    fn caps_say_what_is_bound() {
        let mut bindings = Bindings::default();
        bindings.bind(Action::Thrust, 0, "KeyI");
        with_frame(&View::default(), |frame| {
            let (mut keys, mut dom) = (Keys::default(), Recorded::default());
            keys.update(&Frame { bindings: &bindings, ..*frame }, &mut dom);
            assert!(dom.has("key-thrust=I") && dom.has("ability-special-key=E"), "{:?}", dom.done);
            keys.update(&Frame { bindings: &bindings, pad: true, ..*frame }, &mut dom);
            assert!(dom.has("key-thrust=LT") && dom.has("key-fire=RT"), "{:?}", dom.done);
        });
    }
}
