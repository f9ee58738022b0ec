//! Public rooms that come, go, and become others when the settings are read again. Invariants: there is always one; who plays is
//! thrown out of a room that went, and never out of one that is to be another: that waits until nobody plays there.

use std::{
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::timeout;

use super::{Lobby, Public, Wish};
use crate::{config::RoomId, room::RoomHandle};

/// A room that has not closed by then hangs: another look, another try.
const CLOSING_MAX: Duration = Duration::from_secs(1);

impl Lobby {
    /// The public rooms are those of `order`, in that order: those that are not there yet are in `new`; those it does not name close,
    /// and who is in them is told that the room is gone. Needs a tokio runtime.
    pub fn arrange(&self, order: &[RoomId], new: Vec<Wish>) {
        let mut rooms: Vec<Arc<RoomHandle>> = self.public().to_vec();
        for wish in new {
            let id = wish.blueprint.id.clone();
            match wish.open() {
                Ok(room) => {
                    tracing::info!(room = id.as_str(), "a room opened");
                    rooms.push(room);
                }
                Err(error) => tracing::error!(room = id.as_str(), %error, "a room could not be opened"),
            }
        }
        let place = |room: &RoomHandle| order.iter().position(|id| *id == room.blueprint().id);
        let (mut stay, go): (Vec<_>, Vec<_>) = rooms.into_iter().partition(|room| place(room).is_some());
        if stay.is_empty() {
            tracing::error!("none of the rooms of the settings could be opened; the old ones stay");
            return;
        }
        stay.sort_by_key(|room| place(room));
        self.set_public(stay.into());
        for room in go {
            tracing::info!(room = room.blueprint().id.as_str(), "a room closed");
            tokio::spawn(async move { room.close().await });
        }
    }

    /// Has these rooms, each under the id of one that is there, built anew once nobody plays there, and no others.
    pub fn rebuild_when_vacant(&self, wishes: Vec<Wish>) {
        *self.wishes() = wishes;
    }

    /// Builds those whose room nobody plays in. Who looks on there comes back by themselves.
    pub(super) async fn build_vacant(&self) {
        let is_vacant = |wish: &Wish| self.find_public(wish.blueprint.id.as_str()).is_none_or(|room| !room.is_played());
        let vacant: Vec<Wish> = self.wishes().extract_if(.., |wish| is_vacant(wish)).collect();
        for wish in vacant {
            let Some(old) = self.find_public(wish.blueprint.id.as_str()) else { continue };
            // Both write the same journal: one after the other.
            if timeout(CLOSING_MAX, old.close()).await.is_err() {
                self.wishes().push(wish);
                continue;
            }
            let name = wish.blueprint.id.clone();
            match wish.open() {
                Ok(room) => {
                    tracing::info!(room = name.as_str(), "nobody played there: the room is as the settings say now");
                    let next = self
                        .public()
                        .iter()
                        .map(|known| if Arc::ptr_eq(known, &old) { &room } else { known }.clone())
                        .collect();
                    self.set_public(next);
                }
                Err(error) => tracing::error!(room = name.as_str(), %error, "a room could not be built anew"),
            }
        }
    }

    /// Nothing is built any more.
    pub(super) fn forget_wishes(&self) {
        self.wishes().clear();
    }

    fn set_public(&self, public: Public) {
        *self.public.write().unwrap_or_else(PoisonError::into_inner) = public;
    }

    fn wishes(&self) -> MutexGuard<'_, Vec<Wish>> {
        // Whole after every statement: a panic elsewhere leaves nothing half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
