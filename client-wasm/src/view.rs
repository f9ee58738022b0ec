//! From the replica's `View` to a `Scene`: plain numbers a renderer can draw. Invariant: nothing here draws or knows
//! a browser, and nothing here decides what happens in the game.

pub mod backdrop;
pub mod bodies;
pub mod camera;
pub mod cores;
pub mod cosmetic;
pub mod effects;
pub mod looks;
pub mod palette;
pub mod particles;
pub mod scene;
pub mod ships;
pub mod sprite;
pub mod wormhole;

pub use camera::Camera;
pub use effects::Effects;
pub use scene::{Label, Scene};
