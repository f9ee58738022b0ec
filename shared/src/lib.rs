//! Perihelion's pure core: the game and *both* ends of its netcode.
//!
//! Nothing here opens a socket, reads a clock, spawns a thread, draws ambient randomness or iterates in hash
//! order (`clippy.toml` beside this crate enforces it). Time is a [`tick::Tick`] or an argument in microseconds;
//! randomness is a function of (seed, tick, entity, purpose). That is why the very same code runs as the
//! authoritative room on the server, as prediction in the browser, inside bots and in tests in virtual time.
//!
//! Direction of dependencies: leaves (`tick ids limits math quantize rng`) ← `defs` ← `sim` ← `protocol` ←
//! {`rewind`, `room`, `replica`, `replay`} ← `clip`; `bot` reads `sim` and `defs`; `sim` never knows that `protocol` exists.
//!
//! Units, once: lengths in units (u; one CSS pixel at zoom 1), times in ticks of 1/60 s, speeds in u/s, angles
//! in radians counter-clockwise from +x with +y up, vitals (hull, shield, energy) in thousandths of a point.

pub mod bot;
pub mod clip;
pub mod defs;
pub mod ids;
pub mod limits;
pub mod link;
pub mod math;
pub mod name;
pub mod order;
pub mod protocol;
pub mod quantize;
pub mod replay;
pub mod replica;
pub mod rewind;
pub mod rng;
pub mod room;
pub mod sim;
pub mod text;
pub mod tick;
