//! From facts about keys and pointers to a pilot's intent. Invariant: nothing here knows a browser; whatever is
//! held is let go when the window loses its focus.

pub mod bindings;
pub mod event;
pub mod sampler;
pub mod touch;

pub use bindings::{Action, Bindings};
pub use event::{InputEvent, PointerKind};
pub use sampler::{OwnPose, Sampler};
