//! What one connection has been told: the room's half of [`crate::protocol::known::Known`]. Invariant: it changes
//! only when a snapshot is handed to the writer, because everything handed over arrives or the stream dies.
//!
//! Things are remembered by the slots that the history gives them: a bit each.

use super::{history::History, sets::BitSet};
use crate::{
    ids::PlayerId,
    limits::{PICKUPS_MAX, PLAYER_BITS, ROCKS_MAX, SHOTS_MAX},
    protocol::{
        body::ROCK_STEPS,
        entity_state::PublicShip,
        known::{Told, check_of},
    },
    sim::{Edge, Ship},
    tick::Tick,
};

/// A ship as told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToldShip {
    /// Whose.
    pub player: PlayerId,
    /// What was told last, and when.
    pub told: Told<PublicShip>,
    /// Since when it has been outside the area of interest.
    pub outside: Option<Tick>,
    /// Priority gathered while it was left out.
    pub claim: f32,
}

/// What one connection has been told.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// Tick of the last snapshot; `None` when the next must be full.
    pub through: Option<Tick>,
    /// The edge as told.
    pub edge: Edge,
    /// The own ship as told.
    pub own: Option<Told<Ship>>,
    /// Other ships as told, in order of slots.
    pub ships: Vec<ToldShip>,
    /// The same as a set of pilots' slots.
    pub ships_set: BitSet,
    /// Shots told and not yet over, by their slots in the history.
    pub shots: BitSet,
    /// Loose rocks told, likewise…
    pub rocks: BitSet,
    /// …and their hull in steps.
    pub rock_steps: Vec<u8>,
    /// Pickups told, likewise.
    pub pickups: BitSet,
    /// Belt rocks as told, by slot.
    pub belt: Vec<u8>,
    /// Snapshots handed over, to know every eighth.
    pub count: u32,
}

impl Audience {
    /// Nothing told yet, in an arena with this many belt slots.
    #[must_use]
    pub fn new(belt_slots: usize) -> Audience {
        Audience {
            belt: vec![ROCK_STEPS; belt_slots],
            ships_set: BitSet::new(1 << PLAYER_BITS),
            shots: BitSet::new(SHOTS_MAX),
            rocks: BitSet::new(ROCKS_MAX),
            rock_steps: vec![0; ROCKS_MAX],
            pickups: BitSet::new(PICKUPS_MAX),
            ..Audience::default()
        }
    }

    /// Makes the next snapshot a full one.
    pub fn reset(&mut self) {
        self.through = None;
        self.edge = Edge::default();
        self.own = None;
        self.ships.clear();
        for set in [&mut self.ships_set, &mut self.shots, &mut self.rocks, &mut self.pickups] {
            set.clear();
        }
        self.belt.fill(ROCK_STEPS);
    }

    /// A ship is told for the first time.
    pub fn enter(&mut self, player: PlayerId, told: Told<PublicShip>) {
        if let Err(place) = self.ships.binary_search_by_key(&player, |ship| ship.player) {
            self.ships.insert(place, ToldShip { player, told, outside: None, claim: 0.0 });
            self.ships_set.insert(player.0);
        }
    }

    /// The check sum the client should come to.
    #[must_use]
    pub fn check(&self, history: &History) -> u16 {
        let counts = [self.shots.len(), self.rocks.len(), self.pickups.len()];
        let sum = |ship: &ToldShip| {
            let at = ship.told.tick;
            (history.sum(ship.player, at).unwrap_or_else(|| ship.told.state.sum()), at)
        };
        check_of(self.own.as_ref(), self.ships.iter().map(sum), counts, &self.belt)
    }
}
