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
mod writer;

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
        mpsc::sync_channel,
    },
    thread,
    time::Duration,
};

use tokio::sync::{Semaphore, oneshot};

pub use boards::{Board, OwnPlace, OwnRecord, Row, Span};
pub use intake::{Intake, Kept, StaffKeeper};
pub use keeper::Keeper;
pub use staff::{AUDIT_READ, AccountRow, AuditRow, BanKind, BanRow, ReportRow, StaffRecord, StaffSave, Target};

use crate::{clock::now_s, data_dir::DataDir};
use shared::room::ProfileKey;

/// Flights that wait for the writer. Full: the journals keep theirs.
const WAITING_MAX: usize = 4_096;
/// Boards read at once. Full: the reader is asked to come again.
const READERS_MAX: usize = 2;

/// How the store does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Health {
    /// There is none.
    Off,
    /// It is being opened, checked, perhaps restored.
    Opening,
    /// All is well.
    Ok,
    /// The disk refuses: nothing is lost yet, and it is tried again.
    Degraded,
    /// The file is damaged and there is no good copy: nothing is written until somebody looks.
    Damaged,
}

impl Health {
    /// The word in `/status.json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Health::Off => "off",
            Health::Opening => "opening",
            Health::Ok => "ok",
            Health::Degraded => "degraded",
            Health::Damaged => "damaged",
        }
    }

    fn of(number: u8) -> Health {
        [Health::Off, Health::Opening, Health::Ok, Health::Degraded, Health::Damaged][usize::from(number).min(4)]
    }
}

/// What the threads of a store share.
#[derive(Debug, Default)]
struct Vitals(AtomicU8);

impl Vitals {
    fn health(&self) -> Health {
        Health::of(self.0.load(Ordering::Relaxed))
    }

    /// The health before.
    fn set(&self, health: Health) -> Health {
        Health::of(self.0.swap(health as u8, Ordering::Relaxed))
    }
}

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
        vitals.set(Health::Opening);
        let (errands, waiting) = sync_channel(WAITING_MAX);
        let (opened, staff) = oneshot::channel();
        let writer = writer::Writer::new(paths.clone(), Arc::clone(&vitals), Some(opened));
        let writer = thread::Builder::new().name("store".into()).spawn(move || writer.run(&waiting))?;
        let intake = Intake::new(errands, writer, staff);
        Ok((Store { vitals, paths, readers: Arc::new(Semaphore::new(READERS_MAX)) }, intake))
    }

    /// How it does.
    #[must_use]
    pub fn health(&self) -> Health {
        self.vitals.health()
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
