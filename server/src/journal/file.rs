//! A journal's file. Invariant: it is replaced whole or not at all, whenever the power goes.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::scribe::Disk;

/// The ending of a journal's name, and of one that is to take its place.
pub const ENDING: &str = "journal";
pub const FRESH_ENDING: &str = "journal.new";

/// The file at a path.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: Option<File>,
}

impl JournalFile {
    /// Nothing is touched before the first [`Disk::replace`].
    #[must_use]
    pub fn at(path: PathBuf) -> JournalFile {
        JournalFile { path, file: None }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Disk for JournalFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_mut().ok_or(io::ErrorKind::NotFound)?.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.as_mut().ok_or(io::ErrorKind::NotFound)?.sync_data()
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let fresh = self.path.with_extension(FRESH_ENDING);
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // Windows replaces no file that is open.
        self.file = None;
        fs::rename(&fresh, &self.path)?;
        self.file = Some(file);
        sync_folder(&self.path)
    }
}

/// Makes a change of names last.
fn sync_folder(path: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened, and need not be.
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
