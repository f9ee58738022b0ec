//! What outlives everything, in one SQLite file (WAL, synchronous FULL): flights, players and their best, and what staff
//! leave behind.
//!
//! ```text
//! journals, staff ─ bounded queue ─► writer's thread: one transaction for what waits ─► what is kept, back
//! file, once it is open ─► what staff left behind
//! /boards.json ─► a connection of its own, only to read ─► rows
//! ```
//!
//! Invariants: a flight counts once, whoever tells of it how often. What was confirmed outlives a killed process and a power
//! cut. A disk that is full or fails stops nothing: the store says so loudly, the queue waits, and the journals keep what does
//! not fit into it. A damaged file is never written to, and none is silently replaced by an empty one.

mod backup;
mod boards;
mod flights;
mod intake;
mod keeper;
mod opening;
mod schema;
mod staff;
mod vitals;
mod writer;

use std::{
    io,
    path::PathBuf,
    sync::{Arc, mpsc::sync_channel},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::{Semaphore, oneshot};

pub use boards::{Board, OwnPlace, OwnRecord, Row, Span};
pub use intake::{Intake, Keepers, Kept, StaffKeeper};
pub use keeper::Keeper;
pub use staff::{AUDIT_READ, AccountRow, AuditRow, BanKind, BanRow, ReportRow, StaffRecord, StaffSave, Target};
pub use vitals::{Health, Vitals};

use crate::{clock::now_s, data_dir::DataDir};
use shared::room::ProfileKey;

/// Flights that wait for the writer. Full: the journals keep theirs.
const WAITING_MAX: usize = 4_096;
/// Boards read at once. Full: the reader is asked to come again.
const READERS_MAX: usize = 2;

/// Where the files are.
#[derive(Debug, Clone)]
struct Paths {
    database: PathBuf,
    backups: PathBuf,
}

/// The store of a process, to ask.
#[derive(Debug)]
pub struct Store {
    vitals: Arc<Vitals>,
    paths: Paths,
    readers: Arc<Semaphore>,
}

/// Why a board cannot be shown now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardError {
    /// Nothing is stored here.
    Off,
    /// Too many ask, or the store is not well.
    Later,
}

impl Store {
    /// No store: flights are forgotten.
    #[must_use]
    pub fn none() -> (Store, Intake) {
        let paths = Paths { database: PathBuf::new(), backups: PathBuf::new() };
        (Store { vitals: Arc::default(), paths, readers: Arc::new(Semaphore::new(0)) }, Intake::default())
    }

    /// Opens it, in the background: a game need not wait for a file to be checked.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn open(folder: &DataDir) -> io::Result<(Store, Intake)> {
        let paths = Paths { database: folder.database(), backups: folder.backups() };
        let vitals = Arc::new(Vitals::default());
        vitals.set(Health::Opening, Instant::now());
        let (errands, waiting) = sync_channel(WAITING_MAX);
        let (opened, staff) = oneshot::channel();
        let writer = writer::Writer::new(paths.clone(), Arc::clone(&vitals), Some(opened));
        let writer = thread::Builder::new().name("store".into()).spawn(move || writer.run(&waiting))?;
        let intake = Intake::new(intake::Errands::new(errands, Arc::clone(&vitals)), writer, staff);
        Ok((Store { vitals, paths, readers: Arc::new(Semaphore::new(READERS_MAX)) }, intake))
    }

    /// How it does.
    #[must_use]
    pub fn health(&self) -> Health {
        self.vitals.health()
    }

    /// The same with its figures.
    #[must_use]
    pub fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// For how long it has not been well.
    #[must_use]
    pub fn ill_for(&self, now: Instant) -> Option<Duration> {
        self.vitals.ill_for(now)
    }

    /// The best of a span, and where `own` stands.
    ///
    /// # Errors
    /// See [`BoardError`].
    pub async fn board(&self, span: Span, own: Option<ProfileKey>) -> Result<Board, BoardError> {
        match self.health() {
            Health::Off => return Err(BoardError::Off),
            Health::Opening | Health::Damaged => return Err(BoardError::Later),
            Health::Ok | Health::Degraded => {}
        }
        let permit = Arc::clone(&self.readers).try_acquire_owned().map_err(|_| BoardError::Later)?;
        let database = self.paths.database.clone();
        let reading = tokio::task::spawn_blocking(move || {
            // Held by the reading, which goes on when who asked for it has left.
            let _permit = permit;
            boards::read(&database, span, own.as_ref(), now_s())
        });
        match reading.await {
            Ok(Ok(board)) => Ok(board),
            Ok(Err(error)) => {
                tracing::warn!(%error, "a board cannot be read");
                Err(BoardError::Later)
            }
            Err(_) => Err(BoardError::Later),
        }
    }
}

/// After an error of the disk it is tried again after this long.
const RETRY_AFTER: Duration = Duration::from_secs(1);
