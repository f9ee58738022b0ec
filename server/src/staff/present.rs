//! Who is connected, and from where: so that a ban reaches who is in already, and the staff's table can tell one address from
//! another. Invariant: a connection is listed from before its room knows it until its session ends, once. The lock is held for map
//! operations, when somebody comes or goes or staff ask; never by a tick.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use shared::room::ConnId;

use super::bans::Guest;
use crate::room::RoomHandle;

/// Who is connected where.
#[derive(Debug, Clone, Default)]
pub struct Present(Arc<Mutex<HashMap<ConnId, Here>>>);

#[derive(Debug, Clone)]
struct Here {
    guest: Guest,
    /// Whoever is listed keeps no closed room.
    room: Weak<RoomHandle>,
}

/// Listed for as long as it lives.
#[derive(Debug)]
pub struct Presence {
    present: Present,
    conn: ConnId,
}

impl Present {
    /// Lists a connection.
    #[must_use]
    pub fn enter(&self, conn: ConnId, guest: Guest, room: &Arc<RoomHandle>) -> Presence {
        self.with(|here| here.insert(conn, Here { guest, room: Arc::downgrade(room) }));
        Presence { present: self.clone(), conn }
    }

    /// Who a connection is.
    #[must_use]
    pub fn find(&self, conn: ConnId) -> Option<Guest> {
        self.with(|here| here.get(&conn).map(|here| here.guest))
    }

    /// Every connection that `is_meant`, with its room.
    #[must_use]
    pub fn all(&self, is_meant: impl Fn(&Guest) -> bool) -> Vec<(ConnId, Guest, Arc<RoomHandle>)> {
        self.with(|here| {
            let meant = here.iter().filter(|(_, here)| is_meant(&here.guest));
            meant.filter_map(|(conn, here)| Some((*conn, here.guest, here.room.upgrade()?))).collect()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<ConnId, Here>) -> T) -> T {
        // Whole after every statement: a panic elsewhere leaves nothing half done.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.present.with(|here| here.remove(&self.conn));
    }
}
