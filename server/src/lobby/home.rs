//! Where rooms keep what outlives them. Invariant: nothing is left of a private room that closed; of one that a process left only
//! what was read and awaits nobody is removed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::defs::GameMode;

use crate::{
    clock::now_s,
    config::RoomId,
    data_dir::Layout,
    journal::{self, JournalFigures},
    room::{BlackBox, Keeping},
    store::{Keeper, Keepers},
};

/// Folders, and who keeps what goes into the store.
#[derive(Debug, Clone)]
pub struct Home {
    /// Of the data folder.
    pub layout: Layout,
    /// For flights of public rooms.
    pub keepers: Keepers,
    /// How the journals of all rooms do.
    pub figures: Arc<JournalFigures>,
    /// Bytes of all crash files.
    pub crash_bytes: u64,
}

impl Home {
    /// For one of so many public rooms.
    pub(super) fn of_public(&self, room: &RoomId, rooms: usize) -> Keeping {
        Keeping {
            journal: self.layout.journal(room.as_str()),
            keeper: self.keepers.keeper(),
            figures: Arc::clone(&self.figures),
            black_box: BlackBox::of(self.layout.crashes(), room.as_str(), rooms, self.crash_bytes),
        }
    }

    /// What is played among friends is on no board, and leaves no recording.
    pub(super) fn of_private(&self, code: &RoomId) -> Option<Keeping> {
        if let Err(error) = fs::create_dir_all(self.layout.private()) {
            tracing::error!(%error, "private rooms will not outlive the process");
            return None;
        }
        let (journal, figures) = (self.file(code, journal::ENDING), Arc::clone(&self.figures));
        Some(Keeping { journal, keeper: Keeper::of_nobody(), figures, black_box: None })
    }

    fn file(&self, code: &RoomId, extension: &str) -> PathBuf {
        self.layout.private().join(format!("{code}.{extension}"))
    }

    /// Nothing is left of a private room.
    pub(super) fn forget(&self, code: &RoomId) {
        for extension in [journal::ENDING, journal::FRESH_ENDING] {
            remove(&self.file(code, extension));
        }
    }

    /// The private rooms that an earlier process left, and what was played there.
    pub(super) fn left(&self) -> Vec<(RoomId, GameMode)> {
        let Ok(entries) = fs::read_dir(self.layout.private()) else { return Vec::new() };
        let mut left: Vec<_> = entries.filter_map(|entry| self.awaited(&entry.ok()?.path())).collect();
        left.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        left
    }

    /// Whose journal that is, and what is played there, if somebody has a slot; otherwise it is removed.
    fn awaited(&self, path: &Path) -> Option<(RoomId, GameMode)> {
        let (name, extension) = path.file_name()?.to_str()?.split_once('.')?;
        let code = RoomId::parse_code(name)?;
        if extension != journal::ENDING {
            remove(path);
            return None;
        }
        match journal::awaited(path, now_s()) {
            Ok(Some(head)) => Some((code, GameMode::from_word(&head)?)),
            Ok(None) => {
                self.forget(&code);
                None
            }
            Err(error) => {
                tracing::warn!(%error, "the journal of a private room cannot be read");
                None
            }
        }
    }
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the journal of a private room cannot be removed");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_awaits_nobody_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home {
            layout: Layout::of(folder.path()),
            keepers: Keepers::default(),
            figures: Arc::default(),
            crash_bytes: 0,
        };
        assert!(home.left().is_empty(), "there is no folder");
        let private = home.layout.private();
        fs::create_dir_all(private.join("DRRR23.journal")).unwrap();
        for (name, bytes) in [("ABC234.journal", "nonsense"), ("ABC235.journal.new", ""), ("notes.txt", "mine")] {
            fs::write(private.join(name), bytes).unwrap();
        }
        assert!(home.left().is_empty());
        let mut names: Vec<_> =
            fs::read_dir(&private).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["DRRR23.journal", "notes.txt"], "what cannot be read may await somebody");
        assert!(!journal::shown(&private.join("ABC234.journal")).contains("ABC234"), "a code is in no log");
        assert!(journal::shown(&home.layout.journal("main")).ends_with("main.journal"));
    }
}
