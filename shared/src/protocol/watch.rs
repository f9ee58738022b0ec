//! Watching: whom somebody without a ship asks to see, and what a pilot is told of its own end. Invariant: nobody who is
//! hidden can be asked for; who asks for the impossible goes on seeing what it saw.

use serde::{Deserialize, Serialize};

use crate::{defs::ShipClass, ids::PlayerId, sim::Cause};

/// Whom one without a ship wants to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Watch {
    /// This pilot.
    Pilot(PlayerId),
    /// The pilot with a ship in the next slot, or…
    Next,
    /// …in the one before.
    Previous,
    /// Who shot the reader down.
    Killer,
    /// Who has the most points of those who fly.
    Leader,
    /// Nobody: this place, u; one outside of the arena is its edge.
    Place(i16, i16),
}

/// Attackers named in a [`Fall`].
pub const ATTACKERS_MAX: usize = 3;

/// How the reader's ship was lost, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fall {
    /// By whom, if anyone.
    pub killer: Option<PlayerId>,
    /// Of what; `None` where nothing is known.
    pub cause: Option<Cause>,
    /// The killer's ship, if it flies and is not hidden.
    pub class: Option<ShipClass>,
    /// How far away it was, u.
    pub away: Option<u16>,
    /// Least round trip of the reader's line, ms; `None` before it was measured.
    pub own_ms: Option<u16>,
    /// The same of the killer's line; a bot has none.
    pub their_ms: Option<u16>,
    /// Who did how much in the last ten seconds, points; most first.
    pub attackers: [Option<(PlayerId, u16)>; ATTACKERS_MAX],
}
