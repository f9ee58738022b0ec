//! The tables, and how older files become like new ones. Invariant: `user_version` is the number of steps done; a step is
//! never changed once it was in a release.

use rusqlite::Connection;

/// One step per version; applied in order, each in a transaction.
const STEPS: [&str; 3] = [
    "
-- Players, by the hash of a secret of their browser, with what all their flights come to.
CREATE TABLE profiles (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    first_seen_s INTEGER NOT NULL,
    last_seen_s INTEGER NOT NULL,
    flights INTEGER NOT NULL,
    kills INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    best_points INTEGER NOT NULL,
    best_kills INTEGER NOT NULL,
    best_ship TEXT NOT NULL
) STRICT;
CREATE INDEX profiles_by_best ON profiles (best_points DESC);
-- How often a player flew what.
CREATE TABLE ships (
    profile INTEGER NOT NULL REFERENCES profiles,
    ship TEXT NOT NULL,
    flights INTEGER NOT NULL,
    PRIMARY KEY (profile, ship)
) STRICT, WITHOUT ROWID;
-- The best flight of a player on a day (UTC, days since 1970).
CREATE TABLE days (
    day INTEGER NOT NULL,
    profile INTEGER NOT NULL REFERENCES profiles,
    points INTEGER NOT NULL,
    kills INTEGER NOT NULL,
    ship TEXT NOT NULL,
    PRIMARY KEY (day, profile)
) STRICT, WITHOUT ROWID;
-- Every flight by its name, so that it counts once; for as long as anybody may still tell of it.
CREATE TABLE flights (
    session INTEGER NOT NULL,
    number INTEGER NOT NULL,
    profile INTEGER NOT NULL REFERENCES profiles,
    ended_s INTEGER NOT NULL,
    points INTEGER NOT NULL,
    kills INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    ship TEXT NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX flights_by_end ON flights (ended_s);
",
    "
-- Who may do what; the password as a PHC string, until they have chosen one nothing.
CREATE TABLE staff (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    password TEXT,
    since_s INTEGER NOT NULL,
    last_seen_s INTEGER
) STRICT, WITHOUT ROWID;
-- Who is kept out or quiet: a profile by its key, or an address (IPv6: the /64); until_s NULL is for good.
CREATE TABLE bans (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    profile BLOB,
    address TEXT,
    who TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_s INTEGER NOT NULL,
    until_s INTEGER
) STRICT;
-- What staff did, or were refused.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_s INTEGER NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    via TEXT NOT NULL,
    line TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
-- What staff set for longer than a process lives.
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
",
    "
-- Whom players reported, with what was said last; done_by NULL: nobody has seen to it yet.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    at_s INTEGER NOT NULL,
    room TEXT NOT NULL,
    by TEXT NOT NULL,
    who TEXT NOT NULL,
    profile BLOB,
    address TEXT,
    reason TEXT NOT NULL,
    lines TEXT NOT NULL,
    done_by TEXT
) STRICT;
",
];

/// The file was made by a newer version, or SQLite refuses.
#[derive(Debug)]
pub enum MigrationError {
    /// By a newer version.
    Newer(usize),
    /// SQLite refuses.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for MigrationError {
    fn from(error: rusqlite::Error) -> MigrationError {
        MigrationError::Sqlite(error)
    }
}

/// How a connection that writes is set up. Nothing confirmed is lost when the power goes (FULL); readers do not wait for
/// the writer (WAL).
pub fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", 4 * 1_024 * 1_024)
}

/// Makes a file of any age like a new one.
pub fn migrate(connection: &mut Connection) -> Result<(), MigrationError> {
    let done: usize = connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    if done > STEPS.len() {
        return Err(MigrationError::Newer(done));
    }
    for (number, step) in STEPS.iter().enumerate().skip(done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
