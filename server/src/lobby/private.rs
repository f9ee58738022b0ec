//! Rooms that visitors make, known by a code only. Invariants: there are as many as the host allows; one closes when nobody has been
//! in it for a while, and nothing is left of it then; a restart of the server closes none that somebody has a slot in.

use std::{io, sync::Arc, time::Duration};

use shared::defs::GameMode;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::{block_in_place, spawn_blocking},
    time::timeout,
};

use super::Lobby;
use crate::{
    config::{RoomId, RoomSettings},
    room::{Blueprint, RoomHandle},
};

/// Why no private room was made.
#[derive(Debug)]
pub enum NoRoom {
    /// There are as many as there may be.
    Full,
    /// The operating system gives no randomness or no thread.
    System(io::Error),
}

impl Lobby {
    /// Makes a private room, one of `most`; it closes after having been empty for so long. Needs a tokio runtime.
    ///
    /// # Errors
    /// See [`NoRoom`].
    pub fn make(self: &Arc<Self>, mode: GameMode, most: usize, empty: Duration) -> Result<RoomId, NoRoom> {
        let id = RoomId::draw_code().map_err(|error| NoRoom::System(io::Error::other(error)))?;
        self.open_private(id.clone(), mode, (most, empty))?;
        tracing::info!(mode = mode.word(), "a private room");
        Ok(id)
    }

    /// Opens those again in which somebody had a slot when the last process ended; how many they are. Needs a tokio runtime.
    pub fn reopen_private(self: &Arc<Self>, most: usize, empty: Duration) -> usize {
        let left = self.home().map_or_else(Vec::new, |home| home.left());
        let reopened = left.into_iter().filter(|(id, mode)| {
            let opened = self.open_private(id.clone(), *mode, (most, empty));
            if let Err(error) = &opened {
                tracing::warn!(?error, "a private room of the last process is not opened again");
            }
            opened.is_ok()
        });
        reopened.count()
    }

    fn open_private(
        self: &Arc<Self>,
        id: RoomId,
        mode: GameMode,
        (most, empty): (usize, Duration),
    ) -> Result<(), NoRoom> {
        if self.private_rooms() >= most {
            return Err(NoRoom::Full);
        }
        let blueprint =
            self.private_blueprint(id.clone(), mode).map_err(|error| NoRoom::System(io::Error::other(error)))?;
        // The disk may take its time: not under the lock.
        let room = beside_the_loop(|| RoomHandle::open(blueprint, self.home().and_then(|home| home.of_private(&id))));
        let room = Arc::new(room.map_err(NoRoom::System)?);
        let is_taken = self.with(|private| {
            let is_full = private.len() >= most || private.contains_key(&id);
            if !is_full {
                private.insert(id, Arc::clone(&room));
            }
            is_full
        });
        // Without a handle the room ends.
        if is_taken {
            return Err(NoRoom::Full);
        }
        tokio::spawn(Arc::clone(self).close_when_empty(room, empty));
        Ok(())
    }

    /// With the numbers of the first room; what may be said in public may be said here.
    fn private_blueprint(&self, id: RoomId, mode: GameMode) -> Result<Blueprint, getrandom::Error> {
        let first = self.public()[0].blueprint();
        let settings = RoomSettings { mode, chat: first.chat, ..RoomSettings::default() };
        let blueprint = settings.blueprint(id, first.numbers.physics)?;
        Ok(Blueprint { net: first.net.clone(), bounds: first.bounds, ..blueprint })
    }

    async fn close_when_empty(self: Arc<Self>, room: Arc<RoomHandle>, empty: Duration) {
        loop {
            room.until(true).await;
            if timeout(empty, room.until(false)).await.is_err() {
                break;
            }
            if !room.is_alive() {
                break;
            }
        }
        let id = room.blueprint().id.clone();
        self.with(|private| private.remove(&id));
        // Who was on the way in at this very moment is told that the room is gone.
        room.close().await;
        // None when the server ends: then it stays for the next process.
        if let Some(home) = self.home() {
            // Whoever waits for it finds nothing to wait for.
            let _ = spawn_blocking(move || home.forget(&id)).await;
        }
        tracing::info!("a private room closed");
    }
}

/// Does what may wait for the disk, while other tasks of this thread go on elsewhere.
fn beside_the_loop<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        _ => work(),
    }
}
