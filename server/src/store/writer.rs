//! The store's thread: opens the file, writes what waits in one transaction of each kind, tries again while the disk refuses.
//! Invariant: what it was given is confirmed after its transaction is on the disk, and never before.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    Health, Paths, RETRY_AFTER, Vitals,
    backup::Backups,
    flights,
    intake::Errand,
    keeper::Offer,
    opening::{self, OpenError},
    staff::{self, StaffOffer, StaffSave},
};
use crate::{clock::now_s, journal::DatedFlight};

/// Flights in one transaction.
const BATCH_MAX: usize = 256;
/// How long the first one waits for company: so many transactions a second at most, each of which waits for the disk.
const GATHER: Duration = Duration::from_millis(20);
/// How often it looks whether a copy is due.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Tries to write what waits at the end of the process.
const LAST_TRIES: u32 = 3;

/// The thread's own.
#[derive(Debug)]
pub(super) struct Writer {
    paths: Paths,
    vitals: Arc<Vitals>,
    backups: Backups,
    connection: Option<Connection>,
    forgot_s: u64,
    /// Transactions so far.
    commits: u64,
    /// When a copy is due though the hour is not over.
    copy_due: Option<Instant>,
    batch: Vec<Offer>,
    staff: Vec<StaffOffer>,
    /// Told what staff left behind, once the file is open.
    opened: Option<oneshot::Sender<StaffSave>>,
}

impl Writer {
    pub(super) fn new(paths: Paths, vitals: Arc<Vitals>, opened: Option<oneshot::Sender<StaffSave>>) -> Writer {
        let backups = Backups::new(paths.clone());
        Writer {
            paths,
            vitals,
            backups,
            connection: None,
            forgot_s: 0,
            commits: 0,
            copy_due: None,
            batch: Vec::new(),
            staff: Vec::new(),
            opened,
        }
    }

    /// Until nobody can offer anything any more.
    pub(super) fn run(mut self, waiting: &Receiver<Errand>) {
        self.open();
        loop {
            match waiting.recv_timeout(self.patience()) {
                Ok(errand) => {
                    self.take(errand);
                    self.gather(waiting);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if !self.write() {
                thread::sleep(RETRY_AFTER);
            }
            self.keep_house();
        }
        (0..LAST_TRIES).any(|_| self.write());
    }

    fn patience(&self) -> Duration {
        let usual = if self.vitals.health() == Health::Ok { LOOK_EVERY } else { RETRY_AFTER };
        self.copy_due.map_or(usual, |due| usual.min(due.saturating_duration_since(Instant::now())))
    }

    fn take(&mut self, errand: Errand) {
        match errand {
            Errand::Flight(offer) => self.batch.push(offer),
            Errand::Staff(offer) => self.staff.push(offer),
        }
    }

    fn gather(&mut self, waiting: &Receiver<Errand>) {
        let until = Instant::now() + GATHER;
        while self.batch.len() + self.staff.len() < BATCH_MAX {
            match waiting.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(errand) => self.take(errand),
                Err(_) => return,
            }
        }
    }

    fn open(&mut self) -> bool {
        match opening::open(&self.paths, &self.backups) {
            Ok(connection) => {
                self.tell_staff(&connection);
                self.connection = Some(connection);
                self.set(Health::Ok, "");
                true
            }
            Err(OpenError::Sqlite(error)) => self.set(Health::Degraded, &error.to_string()),
            Err(error) => self.set(Health::Damaged, &error.to_string()),
        }
    }

    /// What staff left behind is told before the file counts as well: who asks then must find them.
    fn tell_staff(&mut self, connection: &Connection) {
        let Some(opened) = self.opened.take() else { return };
        match staff::read(connection) {
            // Nobody who wants to know: the process ends.
            Ok(save) => drop(opened.send(save)),
            Err(error) => tracing::error!(%error, "the staff, bans and settings that are stored cannot be read"),
        }
    }

    /// Writes the batch; false when it must be tried again.
    fn write(&mut self) -> bool {
        if self.vitals.health() == Health::Damaged {
            // Nobody will write these; their journals keep them, and staff are told.
            self.vitals.done(self.batch.len() + self.staff.len());
            self.batch.clear();
            self.staff.clear();
            return true;
        }
        if self.connection.is_none() && !self.open() {
            return false;
        }
        let Some(connection) = &mut self.connection else { return false };
        if self.batch.is_empty() && self.staff.is_empty() && self.vitals.health() == Health::Ok {
            return true;
        }
        let batch: Vec<DatedFlight> = self.batch.iter().map(|offer| offer.flight.clone()).collect();
        let began = Instant::now();
        let written = flights::add(connection, &batch, now_s()).and_then(|()| staff::add(connection, &self.staff));
        self.vitals.committed(began.elapsed());
        match written {
            Ok(()) => {
                self.vitals.done(self.batch.len() + self.staff.len());
                self.commits += 1;
                if self.staff.iter().any(|offer| offer.record.is_decision()) {
                    let due = Instant::now() + self.backups.patience();
                    self.copy_due.get_or_insert(due);
                }
                for offer in self.staff.drain(..) {
                    // Who gave the order has stopped waiting.
                    let _ = offer.kept.send(());
                }
                for offer in self.batch.drain(..) {
                    // A journal that is gone left the flight in its file, and finds out at its next start.
                    let _ = offer.kept.try_send((offer.flight.result.key, self.commits));
                }
                self.set(Health::Ok, "")
            }
            Err(error) => self.set(Health::Degraded, &error.to_string()),
        }
    }

    /// Says so once when the health changes; whether it is good.
    fn set(&self, health: Health, why: &str) -> bool {
        let before = self.vitals.set(health, Instant::now());
        let file = self.paths.database.display();
        match health {
            Health::Ok if before == Health::Degraded => tracing::info!(%file, "results are stored again"),
            Health::Degraded if before != Health::Degraded => {
                tracing::error!(%file, why, "results cannot be stored now; the game goes on, and they wait");
            }
            Health::Damaged if before != Health::Damaged => {
                tracing::error!(%file, why, "results are not stored; the game goes on, and they wait in the journals");
            }
            _ => {}
        }
        health == Health::Ok
    }

    /// Copies, and forgetting what is old.
    fn keep_house(&mut self) {
        let Some(connection) = self.connection.as_ref().filter(|_| self.vitals.health() == Health::Ok) else { return };
        let made = if self.copy_due.is_some_and(|due| due <= Instant::now()) {
            self.copy_due = None;
            self.backups.make(connection, now_s())
        } else {
            self.backups.make_when_due(connection, now_s())
        };
        if made {
            self.vitals.copied_up_to(self.commits);
        }
        if now_s().saturating_sub(self.forgot_s) >= flights::DAY_S / 24 {
            self.forgot_s = now_s();
            let forgotten = flights::forget_old(connection, now_s()).and_then(|()| staff::forget_old(connection));
            if let Err(error) = forgotten {
                tracing::warn!(%error, "what is old cannot be forgotten");
            }
        }
    }
}

#[cfg(test)]
mod tests;
