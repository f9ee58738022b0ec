//! Pilots flown by the server. [`Brain::look`] sees what a player could see, [`Brain::think`] gives a `Command`; it knows
//! nothing of rooms, the wire or other brains.

mod brain;
mod helm;
mod sight;

pub use brain::{Brain, Temperament};
pub use sight::{ShipSight, Sight, SolidSight};
