//! What one connection has been told: the room's half of [`crate::protocol::known::Known`]. Invariant: it changes
//! only when a snapshot is handed to the writer, because everything handed over arrives or the stream dies.

use crate::{
    ids::{BodyId, ShotKey},
    protocol::{
        body::ROCK_STEPS,
        entity_state::PublicShip,
        known::{Told, check_of},
    },
    sim::{Edge, Ship},
    tick::Tick,
};

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
    pub ships: Vec<Told<PublicShip>>,
    /// Shots told and not yet over, and the tick at which they expire by themselves.
    pub shots: Vec<(ShotKey, Tick)>,
    /// Loose rocks told, and their hull in steps.
    pub rocks: Vec<(BodyId, u8)>,
    /// Pickups told.
    pub pickups: Vec<BodyId>,
    /// Belt rocks as told, by slot.
    pub belt: Vec<u8>,
    /// Snapshots handed over, to know every eighth.
    pub count: u32,
}

impl Audience {
    /// Nothing told yet, in an arena with this many belt slots.
    #[must_use]
    pub fn new(belt_slots: usize) -> Audience {
        Audience { belt: vec![ROCK_STEPS; belt_slots], ..Audience::default() }
    }

    /// Makes the next snapshot a full one.
    pub fn reset(&mut self) {
        let slots = self.belt.len();
        let count = self.count;
        *self = Audience::new(slots);
        self.count = count;
    }

    /// The check sum the client should come to.
    #[must_use]
    pub fn check(&self) -> u16 {
        let counts = [self.shots.len(), self.rocks.len(), self.pickups.len()];
        check_of(self.own.as_ref(), &self.ships, counts, &self.belt)
    }
}
