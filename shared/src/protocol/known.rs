//! What one client knows of the world: the table that snapshots keep up to date. The replica holds one; the room
//! can say what it should hold, and a check sum every eighth snapshot compares the two.

use super::{body::Station, entity_state::PublicShip};
use crate::{
    ids::PlayerId,
    rng::mix,
    sim::{Edge, LooseRock, Pickup, Ship, Shot, Well, checksum::Fnv},
    tick::Tick,
};

/// Everything one client knows, as of the end of `tick`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// A full snapshot began it.
    pub begun: bool,
    /// As of when.
    pub tick: Tick,
    /// The arena's edge.
    pub edge: Edge,
    /// What the client is doing.
    pub station: Station,
    /// The own ship, exactly.
    pub own: Option<Told<Ship>>,
    /// Other ships, in order of slots; each as of the tick when it was last told.
    pub ships: Vec<Told<PublicShip>>,
    /// Shots, now.
    pub shots: Vec<Shot>,
    /// Loose rocks, now, with their hull in `body::ROCK_STEPS` (their exact hull is 0 here: not told).
    pub rocks: Vec<(LooseRock, u8)>,
    /// Pickups, now.
    pub pickups: Vec<Pickup>,
    /// Small stars, also those that ended lately.
    pub wells: Vec<Well>,
    /// Belt rocks by slot, in `body::ROCK_STEPS`; those never told are whole.
    pub belt: Vec<u8>,
}

/// A state and when it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<T> {
    /// The state at `tick`.
    pub state: T,
    /// When.
    pub tick: Tick,
    /// The arena's radius then, lattice steps; reckoning holds it constant.
    pub edge_radius: i32,
}

impl<T> Told<T> {
    /// The arena's radius then, u.
    pub fn edge_radius_u(&self) -> f32 {
        self.edge_radius as f32 / crate::quantize::STEPS
    }
}

impl Known {
    /// Where a ship stands in the list, or where it would.
    ///
    /// # Errors
    /// The place for it, when it is not known.
    pub fn find_ship(&self, player: PlayerId) -> Result<usize, usize> {
        self.ships.binary_search_by_key(&player, |ship| ship.state.id.player)
    }

    /// Check sum of what was told, folded to 16 bits.
    #[must_use]
    pub fn check(&self) -> u16 {
        let ships = self.ships.iter().map(|ship| (ship.state.sum(), ship.tick));
        check_of(self.own.as_ref(), ships, [self.shots.len(), self.rocks.len(), self.pickups.len()], &self.belt)
    }
}

/// The check sum of [`Known::check`] from its parts, for a room that keeps only the parts; `ships` are the sums of each
/// and when it was told, in order of slots.
#[must_use]
pub fn check_of(
    own: Option<&Told<Ship>>,
    ships: impl Iterator<Item = (u64, Tick)>,
    counts: [usize; 3],
    belt: &[u8],
) -> u16 {
    let mut fnv = Fnv::default();
    if let Some(own) = own {
        let ship = &own.state;
        fnv.body(ship.body).command(ship.controls).word(own.tick.0);
        fnv.word(ship.hull.cast_unsigned()).word(ship.energy.cast_unsigned()).word(u32::from(ship.cargo));
    }
    for count in counts {
        fnv.word(count as u32);
    }
    for (slot, steps) in belt.iter().enumerate() {
        if *steps != super::body::ROCK_STEPS {
            fnv.word((slot as u32) << 8 | u32::from(*steps));
        }
    }
    let sum = ships.fold(u64::from(fnv.finish()), |sum, (ship, told)| mix(sum ^ ship ^ u64::from(told.0)));
    (sum ^ (sum >> 32)) as u16
}
