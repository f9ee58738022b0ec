//! Facts from the keyboard and pointers, in CSS pixels from the top left corner of the canvas. Invariant: facts
//! only; what they mean is decided by `bindings` and `sampler`.

use glam::Vec2;

use super::bindings::Action;

/// What moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointerKind {
    /// A mouse, or a pen that hovers.
    Mouse,
    /// A finger.
    Touch,
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub enum InputEvent {
    /// A key went down or up.
    Key {
        /// Its place on the keyboard (`KeyboardEvent.code`), the same on every layout.
        code: String,
        /// Down.
        down: bool,
    },
    /// A pointer moved.
    PointerMoved {
        /// Which.
        id: i32,
        /// What it is.
        kind: PointerKind,
        /// Where, CSS px.
        pos: Vec2,
    },
    /// A button or finger went down.
    PointerDown {
        /// Which pointer.
        id: i32,
        /// What it is.
        kind: PointerKind,
        /// Mouse button, 0 left, 2 right.
        button: i16,
        /// Where, CSS px.
        pos: Vec2,
    },
    /// A button or finger went up, or the browser took it away.
    PointerUp {
        /// Which pointer.
        id: i32,
        /// What it is.
        kind: PointerKind,
        /// Mouse button; negative when all are meant.
        button: i16,
    },
    /// A button on the screen went down or up.
    Thumb {
        /// What it is for.
        action: Action,
        /// Down.
        down: bool,
    },
    /// The window lost the keyboard: everything is let go.
    Blur,
}
