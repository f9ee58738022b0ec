//! From facts about keys, pointers and gamepads to a pilot's intent. Invariant: nothing here knows a browser; whatever is
//! held is let go when the window loses its focus.

pub mod bindings;
pub mod event;
pub mod pad;
pub mod sampler;
pub mod touch;

pub use bindings::{Action, Bindings};
pub use event::{InputEvent, PointerKind};
pub use pad::{Pad, Reading};
pub use sampler::{OwnPose, Sampler};
