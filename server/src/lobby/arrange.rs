//! Public rooms that come, go, and become others when the settings are read again. What is wished is written down by a reload; one
//! task compares it with what is there, again and again, and takes the next step.
//!
//! Invariants: there is always a room; who plays is thrown out of a room that went, and never out of one that is to be another: that
//! waits until nobody has a slot there. A room opens when the one before it under its id has ended: both write the same journal.
//! A room that ended by itself is not this task's, but is begun anew from what it remembered (`RoomHandle::mend`).

use std::{
    sync::{Arc, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{HUNG_AFTER, Lobby, Public};
use crate::{
    clock::now_s,
    config::RoomId,
    room::{Blueprint, RoomHandle},
};

/// A room in which nobody plays ends so soon; if not, another look sees.
const ENDS_WITHIN: Duration = Duration::from_millis(200);

/// What the settings want.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Every public room, in the order of the settings; empty: as they are.
    wished: Vec<Blueprint>,
    /// Rooms that went and have not ended yet, and since when.
    closing: Vec<(Arc<RoomHandle>, Instant)>,
}

impl Lobby {
    /// The public rooms are to be these, in this order: at least one. What of them can change while they run is not changed here.
    pub fn arrange(&self, wished: Vec<Blueprint>) {
        self.plan().wished = wished;
    }

    /// Takes the next steps to what is wished; may wait for the disk, and a moment for a room. Needs a tokio runtime. For one task
    /// alone.
    pub(super) fn take_steps(&self) {
        let closing = self.still_closing();
        let wished = self.plan().wished.clone();
        let mut opened = Vec::new();
        let mut rooms = Vec::new();
        for next in &wished {
            let there = self.find_public(next.id.as_str());
            let may_open = match &there {
                Some(room) => self.makes_way(room, next),
                None => !closing.contains(&next.id),
            };
            let fresh = if may_open { self.open_public(next, wished.len()) } else { None };
            opened.extend(fresh.iter().cloned());
            rooms.extend(fresh.or(there));
        }
        self.settle(rooms.into());
        opened.iter().for_each(|room| self.catch_up(room));
        if !opened.is_empty() {
            self.opened.notify_one();
        }
    }

    /// Whether a room has ended for the one that is wished in its place.
    fn makes_way(&self, room: &RoomHandle, next: &Blueprint) -> bool {
        if room.has_ended() || room.blueprint().is_built_like(next) {
            return room.has_ended();
        }
        room.retire();
        let deadline = Instant::now() + ENDS_WITHIN;
        while !room.is_played() && !room.has_ended() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
        room.has_ended()
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
            self.plan().closing.push((Arc::clone(room), Instant::now()));
            let room = Arc::clone(room);
            tokio::spawn(async move { room.close().await });
        }
    }

    /// `None` when it cannot be; the next look tries again.
    fn open_public(&self, blueprint: &Blueprint, rooms: usize) -> Option<Arc<RoomHandle>> {
        let id = blueprint.id.as_str();
        // The week may have turned since it was wished for.
        let blueprint = Blueprint { tuning: blueprint.numbers.at(now_s()), ..blueprint.clone() };
        let keeping = self.home().map(|home| home.of_public(&blueprint.id, rooms));
        match RoomHandle::open(blueprint, keeping) {
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

    /// Another reload may have come while it opened, and have found the one before it.
    fn catch_up(&self, room: &RoomHandle) {
        let now = room.blueprint();
        let newest = self.plan().wished.iter().find(|wished| wished.id == now.id).cloned();
        newest.filter(|newest| now.is_built_like(newest)).iter().for_each(|newest| room.follow(newest));
    }

    /// Ids of rooms that went and still write their journals. One that hangs is left to itself, as any room that does.
    fn still_closing(&self) -> Vec<RoomId> {
        let closing = self.plan().closing.clone();
        for (room, since) in &closing {
            if !room.has_ended() && since.elapsed() > HUNG_AFTER {
                tracing::error!(room = room.blueprint().id.as_str(), "a room that closed hangs; it is left to itself");
                room.depose();
            }
        }
        let ends = |(room, since): &(Arc<RoomHandle>, Instant)| room.has_ended() || since.elapsed() > HUNG_AFTER;
        let mut plan = self.plan();
        plan.closing.retain(|closing| !ends(closing));
        plan.closing.iter().map(|(room, _)| room.blueprint().id.clone()).collect()
    }

    /// Those that went and have not ended yet; nothing is wished any more.
    pub(super) fn give_up_plan(&self) -> impl Iterator<Item = Arc<RoomHandle>> {
        std::mem::take(&mut *self.plan()).closing.into_iter().map(|(room, _)| room)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        // Whole after every statement: a panic elsewhere leaves nothing half done.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
