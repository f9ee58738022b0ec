//! Rooms that visitors make, known by a code only. Invariants: there are as many as the host allows; one closes when nobody has been
//! in it for a while, and nothing is left of it then; a restart of the server closes none that somebody has a slot in.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use shared::defs::GameMode;
use tokio::time::timeout;

use super::{Lobby, Wish};
use crate::{
    clock::now_s,
    config::{RoomId, RoomSettings},
    journal::{self, JournalFigures},
    room::{Blueprint, Keeping, RoomHandle},
    store::Keeper,
};

/// Of a journal's file.
const JOURNAL: &str = "journal";

/// Where private rooms keep their sessions.
#[derive(Debug)]
pub struct PrivateHome {
    /// A folder of their own: codes are told apart from the ids of public rooms by large letters alone, and some disks do not.
    pub folder: PathBuf,
    /// How the journals do.
    pub figures: Arc<JournalFigures>,
}

impl PrivateHome {
    fn journal(&self, code: &RoomId) -> PathBuf {
        self.folder.join(code.as_str()).with_extension(JOURNAL)
    }

    /// What is played among friends is on no board, and leaves no recording.
    fn keeping(&self, code: &RoomId) -> Option<Keeping> {
        if let Err(error) = fs::create_dir_all(&self.folder) {
            tracing::error!(folder = %self.folder.display(), %error, "private rooms will not survive a restart");
            return None;
        }
        let figures = Arc::clone(&self.figures);
        Some(Keeping { journal: self.journal(code), keeper: Keeper::of_nobody(), figures, black_box: None })
    }

    /// Nothing is left of a room.
    fn forget(&self, code: &RoomId) {
        match fs::remove_file(self.journal(code)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the journal of a private room cannot be removed");
            }
            _ => {}
        }
    }

    /// The codes that an earlier process left, and what was played there; those in which nobody has a slot any more are removed.
    fn left(&self) -> Vec<(RoomId, GameMode)> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut left = Vec::new();
        for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == JOURNAL)) {
            match played(&path) {
                Some(room) => left.push(room),
                None => drop(fs::remove_file(&path)),
            }
        }
        left.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        left
    }
}

/// Whose journal that is, and what is played there, if somebody has a slot.
fn played(path: &Path) -> Option<(RoomId, GameMode)> {
    let code = RoomId::parse_code(path.file_stem()?.to_str()?)?;
    let head = journal::awaited(path, now_s()).unwrap_or_else(|error| {
        tracing::warn!(%error, "the journal of a private room cannot be read");
        None
    })?;
    Some((code, GameMode::from_word(&head)?))
}

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
        let left = self.private_home.as_ref().map_or_else(Vec::new, PrivateHome::left);
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
        let blueprint =
            self.private_blueprint(id.clone(), mode).map_err(|error| NoRoom::System(io::Error::other(error)))?;
        let keeping = self.private_home.as_ref().and_then(|home| home.keeping(&id));
        let room = self.with(|private| {
            if private.len() >= most || private.contains_key(&id) {
                return Err(NoRoom::Full);
            }
            let room = Wish { blueprint, keeping }.open().map_err(NoRoom::System)?;
            private.insert(id, Arc::clone(&room));
            Ok(room)
        })?;
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
        if self.is_closed.load(Ordering::Relaxed) {
            return;
        }
        let id = &room.blueprint().id;
        self.with(|private| private.remove(id));
        // Who was on the way in at this very moment is told that the room is gone.
        room.close().await;
        if let Some(home) = &self.private_home {
            home.forget(id);
        }
        tracing::info!("a private room closed");
    }
}
