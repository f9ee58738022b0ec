//! Pilots flown by the server. [`Brain::look`] sees what a player could see, [`Brain::think`] gives a `Command`; it knows
//! nothing of rooms, the wire or other brains.

mod brain;
mod choice;
mod helm;
mod knack;
mod sight;
mod war;

pub use brain::{BEGINNER_SCORE, Brain, Skill, Temperament};
pub use choice::choose;
pub use sight::{ShipSight, Sight, SolidSight};
pub use war::{CoreSight, War};

/// Half extents of what a bot sees, u: a player's screen of 1600 × 900.
pub const VIEW_HALF: (u16, u16) = (800, 450);
/// For how long a bot remembers who hurt it, ticks.
pub const BLAME_TICKS: i32 = 60;
