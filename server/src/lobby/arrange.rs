//! Public rooms that come, go, and become others when the settings are read again. What is wished is written down by a reload; one
//! task compares it with what is there, again and again, and takes the next step.
//!
//! Invariants: there is always a room; who plays is thrown out of a room that went, and never out of one that is to be another: that
//! waits until nobody has a slot there. A room opens when the one before it under its id has ended: both write the same journal.

use std::sync::{Arc, MutexGuard, PoisonError};

use super::{Lobby, Public};
use crate::{
    config::RoomId,
    room::{Blueprint, RoomHandle},
};

/// What the settings want.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Every public room, in the order of the settings; empty: as they are.
    wished: Vec<Blueprint>,
    /// Rooms that went and have not ended yet.
    closing: Vec<Arc<RoomHandle>>,
}

impl Lobby {
    /// The public rooms are to be these, in this order: at least one. What of them can change while they run is not changed here.
    pub fn arrange(&self, wished: Vec<Blueprint>) {
        self.plan().wished = wished;
    }

    /// Takes the next steps to what is wished, without waiting for a room; may wait for the disk. Needs a tokio runtime. For one
    /// task alone.
    pub(super) fn take_steps(&self) {
        let mut plan = self.plan();
        plan.closing.retain(|room| !room.has_ended());
        let wished = plan.wished.clone();
        let is_closing = |id: &RoomId| plan.closing.iter().any(|room| room.blueprint().id == *id);
        if wished.is_empty() {
            return;
        }
        let mut rooms = Vec::new();
        let held: Vec<RoomId> = wished.iter().map(|next| next.id.clone()).filter(is_closing).collect();
        drop(plan);
        let count = wished.len();
        for next in &wished {
            let there = self.find_public(next.id.as_str());
            rooms.extend(match there {
                Some(room) if room.has_ended() => self.open_public(next, count).or(Some(room)),
                Some(room) => {
                    if !room.blueprint().is_built_like(next) {
                        room.retire();
                    }
                    Some(room)
                }
                None if held.contains(&next.id) => None,
                None => self.open_public(next, count),
            });
        }
        self.settle(rooms.into());
    }

    /// The public rooms are these; those that were there and are not any more close.
    fn settle(&self, rooms: Public) {
        let before = self.public();
        let goes = |room: &&Arc<RoomHandle>| rooms.iter().all(|known| known.blueprint().id != room.blueprint().id);
        if rooms.is_empty() || !self.set_public(&rooms) {
            return;
        }
        for room in before.iter().filter(goes) {
            tracing::info!(room = room.blueprint().id.as_str(), "a room closed");
            self.plan().closing.push(Arc::clone(room));
            let room = Arc::clone(room);
            tokio::spawn(async move { room.close().await });
        }
    }

    /// `None` when it cannot be; the next look tries again.
    fn open_public(&self, blueprint: &Blueprint, rooms: usize) -> Option<Arc<RoomHandle>> {
        let id = blueprint.id.as_str();
        match RoomHandle::open(blueprint.clone(), self.home().map(|home| home.of_public(&blueprint.id, rooms))) {
            Ok(room) => {
                tracing::info!(room = id, "a room opened");
                Some(Arc::new(room))
            }
            Err(error) => {
                tracing::error!(room = id, %error, "a room could not be opened");
                None
            }
        }
    }

    /// Those that went and have not ended yet; nothing is wished any more.
    pub(super) fn give_up_plan(&self) -> Vec<Arc<RoomHandle>> {
        std::mem::take(&mut *self.plan()).closing
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        // Whole after every statement: a panic elsewhere leaves nothing half done.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
