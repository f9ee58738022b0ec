//! Drawing a `Scene`. Invariant: a backend draws what the scene holds and decides nothing; one frame is at most ten
//! draw calls, however many ships there are: sky, stars, rings, star, planets, rocks, sprites below, ships, sprites
//! above, names.

pub mod nebula;
pub mod webgl;

pub use webgl::{Draft, Renderer, RendererError};
