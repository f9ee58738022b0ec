//! The thread that writes a room's journal, and the room's end of the channel to it. Invariant: `put` never waits; what
//! finds the channel full waits in the room's own hands for the next tick, up to a limit.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use shared::room::{Record, Save};

use super::{DatedFlight, JournalFile, Scribe};
use crate::{clock::now_s, store::Keeper};

/// Batches (one a tick) that wait for the disk: a quarter of a minute.
const WAITING_MAX: usize = 1_024;
/// Records that the room holds while the channel is full. Full: the newest are dropped, and counted.
const HELD_MAX: usize = 65_536;
/// How often the writer looks at its clock.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often it looks which flights the store has, and which it should get.
const SETTLE_EVERY: Duration = Duration::from_millis(100);

/// How all journals do.
#[derive(Debug, Default)]
pub struct JournalFigures {
    /// Journals that the disk refuses.
    failing: AtomicUsize,
    /// Records that were dropped.
    pub dropped: AtomicU64,
}

impl JournalFigures {
    /// Whether the disk refuses any.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed) > 0
    }

    /// One of them failed before or not, and fails now or not.
    fn note(&self, failed: bool, fails: bool) {
        match (failed, fails) {
            (false, true) => self.failing.fetch_add(1, Ordering::Relaxed),
            (true, false) => self.failing.fetch_sub(1, Ordering::Relaxed),
            _ => return,
        };
    }
}

/// The room's end. Dropping it waits until everything is on the disk.
#[derive(Debug)]
pub struct Journal {
    batches: Option<SyncSender<Batch>>,
    held: Vec<Record>,
    figures: Arc<JournalFigures>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Batch {
    Records(Vec<Record>),
    /// The room ended and began anew: its slots, and the flights that its end cut short.
    Anew(Save, Vec<DatedFlight>),
}

impl Journal {
    /// Begins to write at `file` for a room that plays `head`, with what the last one left.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn begin(
        file: JournalFile,
        head: String,
        (save, flights): (Save, Vec<DatedFlight>),
        keeper: Keeper,
        figures: Arc<JournalFigures>,
    ) -> std::io::Result<Journal> {
        let (batches, waiting) = sync_channel(WAITING_MAX);
        let told = Arc::clone(&figures);
        let scribe = Scribe::new(file, head, save, flights, now_s());
        let writer = thread::Builder::new()
            .name("journal".into())
            .spawn(move || Writer { scribe, keeper, figures: told, fails: false }.run(&waiting))?;
        Ok(Journal { batches: Some(batches), held: Vec::new(), figures, writer: Some(writer) })
    }

    /// Hands records over, without waiting.
    pub fn put(&mut self, records: &mut Vec<Record>) {
        self.held.append(records);
        if self.held.is_empty() {
            return;
        }
        if self.held.len() > HELD_MAX {
            let dropped = self.held.len() - HELD_MAX;
            self.held.truncate(HELD_MAX);
            if self.figures.dropped.fetch_add(dropped as u64, Ordering::Relaxed) == 0 {
                tracing::error!(dropped, "the disk does not keep up with the journal; scores may be lost");
            }
        }
        let records = std::mem::take(&mut self.held);
        self.send(Batch::Records(records));
    }

    /// The room begins anew from `save`.
    pub fn anew(&mut self, save: Save, flights: Vec<DatedFlight>) {
        self.send(Batch::Anew(save, flights));
    }

    fn send(&mut self, batch: Batch) {
        let Some(batches) = &self.batches else { return };
        match batches.try_send(batch) {
            Ok(()) => {}
            Err(TrySendError::Full(Batch::Records(records))) => self.held = records,
            Err(TrySendError::Full(Batch::Anew(..)) | TrySendError::Disconnected(_)) => {
                self.figures.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if let Some(batches) = self.batches.take().filter(|_| !self.held.is_empty()) {
            // The end of the room: now there is time to wait.
            let _ = batches.send(Batch::Records(std::mem::take(&mut self.held)));
        }
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

struct Writer {
    scribe: Scribe<JournalFile>,
    keeper: Keeper,
    figures: Arc<JournalFigures>,
    /// As `figures` were told last.
    fails: bool,
}

impl Writer {
    fn run(mut self, waiting: &Receiver<Batch>) {
        self.write(Scribe::sync);
        let mut settled = Instant::now();
        loop {
            match waiting.recv_timeout(LOOK_EVERY) {
                Ok(Batch::Records(records)) => self.write(|scribe| scribe.put(records, now_s())),
                Ok(Batch::Anew(save, flights)) => self.write(|scribe| scribe.begin_anew(save, flights, now_s())),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.write(|scribe| scribe.tick(now_s()));
            // While the store takes none there may be many.
            if settled.elapsed() >= SETTLE_EVERY {
                settled = Instant::now();
                self.settle();
            }
        }
        self.write(Scribe::sync);
        self.settle();
        // One that is no more fails no more.
        self.figures.note(self.fails, false);
    }

    /// Hands flights over to the store, and forgets those that it has.
    fn settle(&mut self) {
        while let Some((key, commit)) = self.keeper.next_kept() {
            self.scribe.confirm(key, commit);
        }
        self.scribe.forget_copied(self.keeper.copied());
        let Writer { scribe, keeper, .. } = self;
        scribe.flights().for_each(|flight| keeper.offer(flight));
    }

    fn write(&mut self, work: impl FnOnce(&mut Scribe<JournalFile>) -> std::io::Result<()>) {
        let done = work(&mut self.scribe);
        let fails = self.scribe.is_broken();
        let failed = std::mem::replace(&mut self.fails, fails);
        self.figures.note(failed, fails);
        let file = super::shown(self.scribe.disk().path());
        match done {
            Err(error) if !failed => {
                tracing::error!(file, %error, "the journal cannot be written: scores would not survive now");
            }
            _ if failed && !fails => tracing::info!(file, "the journal is written again"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_fail_until_the_last_one_is_written_again() {
        let figures = JournalFigures::default();
        let seen = [(false, true), (true, true), (false, true), (false, false), (true, false), (true, false)];
        let failing = seen.map(|(failed, fails)| {
            figures.note(failed, fails);
            figures.is_failing()
        });
        assert_eq!(failing, [true, true, true, true, true, false]);
    }
}
