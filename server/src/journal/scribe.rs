//! Keeps a journal in order: appends, syncs, begins a new file when the old one has grown, and after an error of the disk
//! writes all of it anew. Sans-io: the disk is a [`Disk`], the time an argument, so that a test may cut the power anywhere.
//!
//! Invariant: what `put` has returned from without an error since the last one is in the file, or the file is written anew
//! before anything else is added to it.

use std::{collections::BTreeMap, io};

use shared::room::{FlightKey, Record, Save};

use super::{DatedFlight, Entry, frame};

/// Where a journal lies.
pub trait Disk {
    /// Adds to the end; the operating system has it then.
    ///
    /// # Errors
    /// Of the operating system; part of it may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes everything so far outlive a power cut.
    ///
    /// # Errors
    /// Of the operating system.
    fn sync(&mut self) -> io::Result<()>;
    /// Makes this all there is, at once and for good.
    ///
    /// # Errors
    /// Of the operating system; what was there before is there still, or this is.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// Seconds between two syncs.
pub const SYNC_EVERY_S: u64 = 1;
/// A file is begun anew when it has grown by this much, and by as much as it began with, bytes.
const GROWTH_MAX: usize = 1_024 * 1_024;
/// Flights that wait for the store. Full: the oldest is lost.
const FLIGHTS_MAX: usize = 65_536;
/// Flights that the store has and no copy yet: more than a full room makes in an hour. Full: the oldest is left to the store.
const STORED_MAX: usize = 16_384;

/// A journal being written.
#[derive(Debug)]
pub struct Scribe<D> {
    disk: D,
    head: String,
    time_s: u64,
    save: Save,
    flights: BTreeMap<FlightKey, DatedFlight>,
    /// Flights that the store has, with the transaction, and a copy of it has not: should its file be damaged, they are
    /// told again.
    stored: BTreeMap<FlightKey, (u64, DatedFlight)>,
    bytes: Vec<u8>,
    /// Bytes of the file, and those it began with.
    length: (usize, usize),
    synced_s: u64,
    dirty: bool,
    /// The file cannot be added to: it is written anew first.
    broken: bool,
    lost: u64,
}

impl<D: Disk> Scribe<D> {
    /// A journal that begins with what an earlier one left.
    pub fn new(disk: D, head: String, save: Save, flights: Vec<DatedFlight>, now_s: u64) -> Scribe<D> {
        let flights = flights.into_iter().map(|flight| (flight.result.key, flight)).collect();
        Scribe {
            disk,
            head,
            time_s: now_s,
            save,
            flights,
            stored: BTreeMap::new(),
            bytes: Vec::new(),
            length: (0, 0),
            synced_s: now_s,
            dirty: false,
            broken: true,
            lost: 0,
        }
    }

    /// Adds what the room said.
    ///
    /// # Errors
    /// Of the disk; nothing is forgotten, and [`Self::tick`] tries again.
    pub fn put(&mut self, records: Vec<Record>, now_s: u64) -> io::Result<()> {
        self.bytes.clear();
        if now_s != self.time_s {
            self.time_s = now_s;
            frame::write(&mut self.bytes, &Entry::Time(now_s));
        }
        for record in records {
            let entry = match record {
                Record::Flight(result) => Entry::Flight(DatedFlight { result, ended_s: now_s }),
                record => Entry::Record(record),
            };
            frame::write(&mut self.bytes, &entry);
            match entry {
                Entry::Flight(flight) => self.add_flight(flight),
                Entry::Record(record) => self.save.apply(&record),
                Entry::Head(_) | Entry::Time(_) => {}
            }
        }
        if self.broken {
            // The next tick writes all of it.
            return Ok(());
        }
        if self.has_grown() {
            return self.rewrite();
        }
        let added = self.disk.append(&self.bytes);
        self.broken = added.is_err();
        self.dirty = true;
        self.length.0 += self.bytes.len();
        added
    }

    /// The room ended and begins anew from `save`; its end cut `flights` short.
    ///
    /// # Errors
    /// Of the disk.
    pub fn begin_anew(&mut self, save: Save, flights: Vec<DatedFlight>, now_s: u64) -> io::Result<()> {
        (self.save, self.time_s) = (save, now_s);
        flights.into_iter().for_each(|flight| self.add_flight(flight));
        self.rewrite()
    }

    /// Time passes: syncs when it is due, and tries again after an error.
    ///
    /// # Errors
    /// Of the disk.
    pub fn tick(&mut self, now_s: u64) -> io::Result<()> {
        if now_s.saturating_sub(self.synced_s) < SYNC_EVERY_S && now_s >= self.synced_s {
            return Ok(());
        }
        self.synced_s = now_s;
        if self.broken { self.rewrite() } else { self.sync() }
    }

    /// Makes everything outlive a power cut.
    ///
    /// # Errors
    /// Of the disk.
    pub fn sync(&mut self) -> io::Result<()> {
        if self.broken {
            return self.rewrite();
        }
        if self.dirty {
            let synced = self.disk.sync();
            // After a failed sync nobody knows what is on the disk.
            (self.broken, self.dirty) = (synced.is_err(), synced.is_err());
            return synced;
        }
        Ok(())
    }

    /// The store has this flight, by that transaction; it stays here until a copy has it, too.
    pub fn confirm(&mut self, key: FlightKey, commit: u64) {
        let Some(flight) = self.flights.remove(&key) else { return };
        if self.stored.len() >= STORED_MAX {
            self.stored.pop_first();
        }
        self.stored.insert(key, (commit, flight));
    }

    /// Everything up to that transaction is in a copy.
    pub fn forget_copied(&mut self, commit: u64) {
        self.stored.retain(|_, (stored, _)| *stored > commit);
    }

    /// Flights that the store may not have.
    pub fn flights(&self) -> impl Iterator<Item = &DatedFlight> {
        self.flights.values()
    }

    /// Flights lost because too many waited.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// The disk refuses; what was put is not on it.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Where it lies.
    pub fn disk(&self) -> &D {
        &self.disk
    }

    fn add_flight(&mut self, flight: DatedFlight) {
        if self.flights.len() >= FLIGHTS_MAX {
            self.flights.pop_first();
            self.lost += 1;
        }
        self.flights.insert(flight.result.key, flight);
    }

    fn has_grown(&self) -> bool {
        let (length, began) = self.length;
        length - began > GROWTH_MAX.max(began)
    }

    fn rewrite(&mut self) -> io::Result<()> {
        self.bytes.clear();
        let head = [Entry::Head(self.head.clone()), Entry::Time(self.time_s)];
        let save = self.save.records().map(Entry::Record);
        let stored = self.stored.values().map(|(_, flight)| flight);
        let flights = stored.chain(self.flights.values()).cloned().map(Entry::Flight);
        for entry in head.into_iter().chain(save).chain(flights) {
            frame::write(&mut self.bytes, &entry);
        }
        let written = self.disk.replace(&self.bytes);
        self.broken = written.is_err();
        if written.is_ok() {
            self.dirty = false;
            self.length = (self.bytes.len(), self.bytes.len());
        }
        written
    }
}

#[cfg(test)]
mod tests;
