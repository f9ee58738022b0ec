//! The session of a room on the disk: who holds which slot with what score, so that it survives the process.
//!
//! ```text
//! room's thread: records ─ bounded channel ─► writer's thread: append, sync each second ─► flights to the store
//! start: file ─► frames that are whole ─► a save to begin from, and flights the store may not have
//! ```
//!
//! Invariants: the room's thread never waits for the disk. A killed process loses nothing that was written (the kernel has
//! it), a power cut at most the last second. A damaged end is cut off and no frame behind it is believed. A flight leaves
//! the journal only when the store has it, and a copy of the store.

mod file;
mod frame;
mod scribe;
mod writer;

use std::{io, path::Path};

use shared::room::{FlightResult, Record, Save};

use crate::config::RoomId;

pub use file::{ENDING, FRESH_ENDING, JournalFile};
pub use frame::{Contents, read, write};
pub use scribe::{Disk, Scribe};
pub use writer::{Journal, JournalFigures};

/// A flight, and when it ended (seconds since 1970).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DatedFlight {
    /// What came of it.
    pub result: FlightResult,
    /// When.
    pub ended_s: u64,
}

/// One thing in a journal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Entry {
    /// Whose journal this is: the words of what is played there. A room that plays something else begins anew.
    Head(String),
    /// It is so late (seconds since 1970).
    Time(u64),
    /// The room said this.
    Record(Record),
    /// A flight that the store, or its last copy, may not have.
    Flight(DatedFlight),
}

/// A room that was away for longer begins anew, s: a restart takes less, and nobody waits that long.
const AWAY_MAX_S: u64 = 600;

/// What a journal at `path` has for a room that plays `head` at `now_s`; nothing where there is none.
///
/// # Errors
/// It is there and cannot be read.
pub fn recall(path: &Path, head: &str, now_s: u64) -> io::Result<(Save, Vec<DatedFlight>)> {
    let Some(mut contents) = contents_of(path)? else { return Ok(Default::default()) };
    if contents.torn > 0 {
        tracing::warn!(file = shown(path), bytes = contents.torn, "the journal ends in the middle of a record");
    }
    let cut = contents.save.cut_short();
    contents.flights.extend(cut.into_iter().map(|result| DatedFlight { result, ended_s: contents.time_s }));
    let fits = contents.head == head && contents.is_fresh(now_s);
    Ok((if fits { contents.save } else { Save::default() }, contents.flights))
}

/// What is played in the room whose journal is at `path`, if somebody's slot is kept there at `now_s`.
///
/// # Errors
/// It is there and cannot be read.
pub fn awaited(path: &Path, now_s: u64) -> io::Result<Option<String>> {
    let contents = contents_of(path)?.filter(|contents| contents.is_fresh(now_s) && !contents.save.seats.is_empty());
    Ok(contents.map(|contents| contents.head))
}

/// A journal as the log may name it: that of a private room has its code for a name.
pub fn shown(path: &Path) -> String {
    let name = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let open = RoomId::openly(&name);
    if open == name { path.display().to_string() } else { open.to_owned() }
}

fn contents_of(path: &Path) -> io::Result<Option<Contents>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(read(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Contents {
    /// Whether whoever was there may still wait for it.
    fn is_fresh(&self, now_s: u64) -> bool {
        now_s.saturating_sub(self.time_s) <= AWAY_MAX_S
    }
}
