//! What a room's thread remembers of its room, to begin another where it ended: after a panic from here, after the end of the
//! process from the journal, which is told the same. Invariant: it is as new as the last call to the core that lived.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use shared::room::{Record, Room, Save};

use super::black_box::BlackBox;
use crate::{
    clock::now_s,
    journal::{self, DatedFlight, Journal, JournalFigures, JournalFile},
    store::Keeper,
};

/// Where a room keeps its session.
#[derive(Debug)]
pub struct Keeping {
    /// Its journal's file.
    pub journal: PathBuf,
    /// Who keeps its flights.
    pub keeper: Keeper,
    /// How the journal does.
    pub figures: Arc<JournalFigures>,
    /// Where it leaves what it did, should it break.
    pub black_box: Option<BlackBox>,
}

/// A room that panics again within this time…
const SOON: Duration = Duration::from_secs(10);
/// …so often in a row may do so because of what it begins with.
const PANICS_MAX: u32 = 3;

/// The thread's own.
#[derive(Debug)]
pub(super) struct Memory {
    save: Save,
    journal: Option<Journal>,
    records: Vec<Record>,
    session: u64,
    begun: Instant,
    panics: u32,
    black_box: Option<BlackBox>,
}

impl Memory {
    /// Of a room that plays `head`; what an earlier process left is in it.
    pub(super) fn new(keeping: Option<Keeping>, head: &str, fallback: u64) -> Memory {
        let mut memory = Memory {
            save: Save::default(),
            journal: None,
            records: Vec::new(),
            session: session(fallback),
            begun: Instant::now(),
            panics: 0,
            black_box: None,
        };
        if let Some(keeping) = keeping {
            memory.recall(keeping, head);
        }
        memory
    }

    fn recall(&mut self, keeping: Keeping, head: &str) {
        let Keeping { journal, keeper, figures, black_box } = keeping;
        self.black_box = black_box;
        let file = journal::shown(&journal);
        let (save, flights) = match journal::recall(&journal, head, now_s()) {
            Ok(left) => left,
            Err(error) => {
                // To write there would destroy what may only be out of reach for now.
                tracing::error!(file, %error, "the journal cannot be read; scores would not survive now");
                return;
            }
        };
        if !save.seats.is_empty() || !flights.is_empty() {
            tracing::info!(file, seats = save.seats.len(), flights = flights.len(), "the journal was read");
        }
        self.save = save.clone();
        let begun = Journal::begin(JournalFile::at(journal), head.to_owned(), (save, flights), keeper, figures);
        match begun {
            Ok(journal) => self.journal = Some(journal),
            Err(error) => tracing::error!(file, %error, "no thread for the journal; scores would not survive now"),
        }
    }

    /// What the room begins from.
    pub(super) fn save(&self) -> &Save {
        &self.save
    }

    /// The name of the room's session.
    pub(super) fn session(&self) -> u64 {
        self.session
    }

    /// Where a life of it leaves what it did.
    pub(super) fn black_box(&self) -> Option<&BlackBox> {
        self.black_box.as_ref()
    }

    /// Takes in what the room says must outlive it.
    pub(super) fn note(&mut self, room: &mut Room) {
        while let Some(record) = room.poll_record() {
            self.save.apply(&record);
            self.records.push(record);
        }
        match &mut self.journal {
            Some(journal) => journal.put(&mut self.records),
            None => self.records.clear(),
        }
    }

    /// The room panicked: the next one begins from here, unless that is what it dies of.
    pub(super) fn begin_anew(&mut self, fallback: u64) {
        self.panics = if self.begun.elapsed() < SOON { self.panics + 1 } else { 1 };
        (self.begun, self.session) = (Instant::now(), session(fallback));
        let flights = self.save.cut_short();
        if self.panics >= PANICS_MAX {
            tracing::error!("it panics again and again: its scores are given up");
            self.save.seats.clear();
        }
        if let Some(journal) = &mut self.journal {
            let ended_s = now_s();
            let flights = flights.into_iter().map(|result| DatedFlight { result, ended_s }).collect();
            journal.anew(self.save.clone(), flights);
        }
    }
}

/// A room's memory, which may outlive its thread. Whoever holds it is the room: taken from a thread that has hung, it makes a
/// stranger of that thread, which finds nothing here when it wakes and ends.
///
/// The lock is held by the room's thread for as long as it takes to note what the core said, and by another only to take it
/// all: in a room that lives nobody waits for it.
#[derive(Debug, Clone)]
pub(super) struct Estate(Arc<Mutex<Option<Memory>>>);

impl Estate {
    /// Of a room.
    pub(super) fn new(memory: Memory) -> Estate {
        Estate(Arc::new(Mutex::new(Some(memory))))
    }

    /// Does something with it; `None` when it was taken.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> Option<T> {
        self.lock(|memory| memory.as_mut().map(work))
    }

    /// Takes it, unless somebody has.
    pub(super) fn take(&self) -> Option<Memory> {
        self.lock(Option::take)
    }

    /// Whether somebody has taken it.
    pub(super) fn is_taken(&self) -> bool {
        self.lock(|memory| memory.is_none())
    }

    /// Gives it back.
    pub(super) fn put(&self, memory: Memory) {
        self.lock(|place| *place = Some(memory));
    }

    fn lock<T>(&self, work: impl FnOnce(&mut Option<Memory>) -> T) -> T {
        // As new as the last record that was noted: a panic elsewhere leaves nothing half done.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A name that no other life of a room has.
fn session(fallback: u64) -> u64 {
    getrandom::u64().unwrap_or_else(|_| shared::rng::mix(fallback ^ now_s()))
}
