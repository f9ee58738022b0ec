//! The folder for what must survive a restart. Invariant: at most one server uses it at a time, for as long as its
//! [`DataDir`] lives; the lock goes with the process, so none is left behind by a crash.

use std::{
    fmt, fs,
    fs::{File, TryLockError},
    io,
    ops::Deref,
    path::{Path, PathBuf},
};

use crate::journal;

/// A folder that is ours.
#[derive(Debug)]
pub struct DataDir {
    layout: Layout,
    /// Held until the end.
    _lock: File,
}

impl Deref for DataDir {
    type Target = Layout;

    fn deref(&self) -> &Layout {
        &self.layout
    }
}

/// What lies where in it.
#[derive(Debug, Clone)]
pub struct Layout(PathBuf);

/// Why it cannot be used.
#[derive(Debug)]
pub enum DataDirError {
    /// Another server uses it.
    InUse(PathBuf),
    /// It cannot be made or written to.
    Unusable(PathBuf, io::Error),
}

impl fmt::Display for DataDirError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataDirError::InUse(path) => {
                write!(f, "--data-dir {path:?} is in use by another server (choose another folder with --data-dir)")
            }
            DataDirError::Unusable(path, error) => write!(f, "--data-dir {path:?} cannot be used: {error}"),
        }
    }
}

impl std::error::Error for DataDirError {}

impl DataDir {
    /// Makes the folder if need be, and takes it.
    ///
    /// # Errors
    /// See [`DataDirError`].
    pub fn take(path: &Path) -> Result<DataDir, DataDirError> {
        let unusable = |error| DataDirError::Unusable(path.to_owned(), error);
        fs::create_dir_all(path).map_err(unusable)?;
        let lock =
            File::options().create(true).truncate(false).write(true).open(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(DataDir { layout: Layout::of(path), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}

impl Layout {
    /// Of the folder at `path`.
    #[must_use]
    pub fn of(path: &Path) -> Layout {
        Layout(path.to_owned())
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where results are.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.0.join("perihelion.db")
    }

    /// Where rooms that broke leave what they did.
    #[must_use]
    pub fn crashes(&self) -> PathBuf {
        self.0.join("crashes")
    }

    /// Where the copies of it are.
    #[must_use]
    pub fn backups(&self) -> PathBuf {
        self.0.join("backups")
    }

    /// Where private rooms keep theirs, a file each.
    #[must_use]
    pub fn private(&self) -> PathBuf {
        self.0.join("private")
    }

    /// Where a public room keeps its session.
    #[must_use]
    pub fn journal(&self, room: &str) -> PathBuf {
        self.0.join(format!("{room}.{}", journal::ENDING))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_server_at_a_time() {
        let path = std::env::temp_dir().join(format!("perihelion-lock-{}", std::process::id()));
        let first = DataDir::take(&path).unwrap();
        let refused = DataDir::take(&path).unwrap_err().to_string();
        assert!(refused.contains("in use by another server") && refused.contains("perihelion-lock"), "{refused}");
        drop(first);
        DataDir::take(&path).unwrap();
        let refused = DataDir::take(&path.join("lock")).unwrap_err().to_string();
        assert!(refused.contains("cannot be used"), "{refused}");
        fs::remove_dir_all(&path).unwrap();
    }
}
