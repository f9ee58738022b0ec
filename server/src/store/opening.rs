//! Opening the file: checked before anything is written to it, restored from the newest good copy when it is damaged or gone.
//! Invariant: a damaged file is moved aside, never deleted, and only when a good copy takes its place.

use std::{fmt, fs, io, path::Path};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{
    Paths,
    backup::Backups,
    schema::{self, MigrationError},
};
use crate::clock::now_s;

/// Why there is no file to write to.
#[derive(Debug)]
pub enum OpenError {
    /// It may be there later: the disk is full, say.
    Sqlite(rusqlite::Error),
    /// It is damaged, and there is no good copy.
    Damaged,
    /// A newer version of this program made it.
    Newer(usize),
    /// A good copy could not be put in its place.
    Restore(io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Sqlite(error) => error.fmt(f),
            OpenError::Damaged => f.write_str(
                "the file is damaged and there is no good copy in the folder of backups; \
                 put one there, or move the file away to begin anew",
            ),
            OpenError::Newer(version) => write!(f, "a newer version of this program made the file (tables {version})"),
            OpenError::Restore(error) => {
                write!(f, "the file is damaged and cannot be replaced by a good copy: {error}")
            }
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> OpenError {
        OpenError::Sqlite(error)
    }
}

/// A connection that writes.
pub fn open(paths: &Paths, backups: &Backups) -> Result<Connection, OpenError> {
    let mut connection = match checked(&paths.database)? {
        Some(connection) => connection,
        None => {
            restore(paths, backups)?;
            Connection::open(&paths.database)?
        }
    };
    schema::set_up(&connection)?;
    match schema::migrate(&mut connection) {
        Ok(()) => Ok(connection),
        Err(MigrationError::Newer(version)) => Err(OpenError::Newer(version)),
        Err(MigrationError::Sqlite(error)) => Err(error.into()),
    }
}

/// The file, if it is there and whole.
fn checked(database: &Path) -> rusqlite::Result<Option<Connection>> {
    if is_empty(database) {
        return Ok(None);
    }
    let whole = Connection::open(database).and_then(|connection| Ok(is_whole(&connection)?.then_some(connection)));
    whole.or_else(|error| if is_damage(&error) { Ok(None) } else { Err(error) })
}

/// Nothing was ever in it, or nothing is left.
fn is_empty(database: &Path) -> bool {
    fs::metadata(database).map_or(true, |file| file.len() == 0)
}

/// Whether every page is what it should be.
fn is_whole(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0)).map(|word| word == "ok")
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Puts the newest good copy in the place of a file that is damaged or gone. Where there never was one, nothing is to be
/// done.
fn restore(paths: &Paths, backups: &Backups) -> Result<(), OpenError> {
    let good = |copy: &std::path::PathBuf| {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(copy, flags).and_then(|copy| is_whole(&copy)).unwrap_or(false)
    };
    let damaged = !is_empty(&paths.database);
    let Some(copy) = backups.newest_first().into_iter().find(good) else {
        return if damaged { Err(OpenError::Damaged) } else { Ok(()) };
    };
    put_in_place(&paths.database, &copy).map_err(OpenError::Restore)?;
    tracing::error!(
        file = %paths.database.display(),
        copy = %copy.display(),
        "the stored results were {}; restored from a copy. Results since then come back from \
         the journals; what staff did in the seconds before, and the audit log since the copy, may be missing",
        if damaged { "damaged" } else { "gone" }
    );
    Ok(())
}

/// Invariant: the file's own log goes with it, or SQLite would play it into the copy.
fn put_in_place(database: &Path, copy: &Path) -> io::Result<()> {
    let fresh = database.with_extension("db.new");
    fs::copy(copy, &fresh)?;
    fs::File::open(&fresh)?.sync_all()?;
    let aside = now_s();
    for end in ["", "-wal", "-shm"] {
        let mut old = database.as_os_str().to_owned();
        old.push(end);
        let mut moved = database.as_os_str().to_owned();
        moved.push(format!(".damaged-{aside}{end}"));
        match fs::rename(&old, &moved) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(&fresh, database)
}

#[cfg(test)]
mod tests;
