//! What outlives the process: the folder, the store's writer, and in them what each room keeps. Invariant: the folder is ours until
//! the store has ended.

use std::{io, path::Path, sync::Arc};

use crate::{
    config::ServerSettings,
    data_dir::{DataDir, DataDirError},
    journal::JournalFigures,
    lobby::Home,
    room,
    store::{Intake, Store},
};

use super::StartError;

/// The folder and who writes in it; without one, nothing is kept.
#[derive(Debug)]
pub(super) struct Archive {
    // The order in which they end.
    pub intake: Intake,
    pub folder: Option<DataDir>,
    /// How the journals of all rooms do.
    pub journal: Arc<JournalFigures>,
    /// Bytes of all crash files.
    crash_bytes: u64,
}

impl Archive {
    /// Takes the folder, and opens the store in it.
    ///
    /// # Errors
    /// Another server has it, or it cannot be used.
    pub fn open(server: &ServerSettings) -> Result<(Archive, Store), StartError> {
        let folder = take_folder(&server.data_dir)?;
        let (store, intake) = match &folder {
            Some(folder) => Store::open(folder).map_err(StartError::Room)?,
            None => Store::none(),
        };
        if let Some(folder) = &folder {
            room::sweep(&folder.crashes());
        }
        let crash_bytes = server.crashes_mb * 1_024 * 1_024;
        Ok((Archive { intake, folder, journal: Arc::default(), crash_bytes }, store))
    }

    /// Where rooms keep what outlives them.
    pub fn home(&self) -> Option<Home> {
        self.folder.as_deref().map(|layout| Home {
            layout: layout.clone(),
            keepers: self.intake.keepers(),
            figures: Arc::clone(&self.journal),
            crash_bytes: self.crash_bytes,
        })
    }
}

/// The folder, unless the disk is full or may only be read: that is no reason not to play.
fn take_folder(path: &Path) -> Result<Option<DataDir>, StartError> {
    match DataDir::take(path) {
        Ok(folder) => Ok(Some(folder)),
        Err(DataDirError::Unusable(path, error))
            if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::ReadOnlyFilesystem) =>
        {
            tracing::error!(path = %path.display(), %error, "nothing can be stored: scores and results will be lost");
            Ok(None)
        }
        Err(error) => Err(StartError::Data(error)),
    }
}
