//! The way into the store: one bounded queue to the writer's thread, for journals (`keeper`) and for staff. Invariant: nothing
//! here waits but [`Intake::close`]; a queue that is full refuses, and who offered knows.

use std::{
    sync::{Arc, mpsc::SyncSender},
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use super::{
    Keeper, Vitals,
    keeper::Offer,
    staff::{StaffOffer, StaffRecord, StaffSave},
};

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Errand {
    /// Keep a flight.
    Flight(Offer),
    /// Keep what staff did.
    Staff(StaffOffer),
}

/// The queue's end for who has something to be kept.
#[derive(Debug, Clone)]
pub(super) struct Errands {
    queue: SyncSender<Errand>,
    vitals: Arc<Vitals>,
}

impl Errands {
    pub(super) fn new(queue: SyncSender<Errand>, vitals: Arc<Vitals>) -> Errands {
        Errands { queue, vitals }
    }

    /// The last transaction that is in a copy, too.
    pub(super) fn copied(&self) -> u64 {
        self.vitals.copied()
    }

    /// Hands one over; false when the queue is full, or nobody is at its other end.
    pub(super) fn put(&self, errand: Errand) -> bool {
        // Counted first: the writer may be done with it before this returns.
        self.vitals.arrived();
        let taken = self.queue.try_send(errand).is_ok();
        if !taken {
            self.vitals.done(1);
        }
        taken
    }
}

/// The store of a process, to write to.
#[derive(Debug, Default)]
pub struct Intake {
    errands: Option<Errands>,
    writer: Option<JoinHandle<()>>,
    staff: Option<oneshot::Receiver<StaffSave>>,
}

impl Intake {
    pub(super) fn new(errands: Errands, writer: JoinHandle<()>, staff: oneshot::Receiver<StaffSave>) -> Intake {
        Intake { errands: Some(errands), writer: Some(writer), staff: Some(staff) }
    }

    /// A way to have flights kept.
    #[must_use]
    pub fn keeper(&self) -> Keeper {
        self.keepers().keeper()
    }

    /// Ways to have flights kept, for rooms that open later.
    #[must_use]
    pub fn keepers(&self) -> Keepers {
        Keepers(self.errands.clone())
    }

    /// A way to have kept what staff do.
    #[must_use]
    pub fn staff_keeper(&self) -> StaffKeeper {
        StaffKeeper(self.errands.clone())
    }

    /// What staff left behind, once the file is open; to be asked for once. `None` without a store.
    #[must_use]
    pub fn staff_save(&mut self) -> Option<oneshot::Receiver<StaffSave>> {
        self.staff.take()
    }

    /// Waits until everything offered is kept, or cannot be. Every [`Keeper`], [`Keepers`] and [`StaffKeeper`] must be gone, or it waits for
    /// that.
    pub fn close(mut self) {
        self.errands = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Makes [`Keeper`]s.
#[derive(Debug, Clone, Default)]
pub struct Keepers(Option<Errands>);

impl Keepers {
    /// One more.
    #[must_use]
    pub fn keeper(&self) -> Keeper {
        Keeper::new(self.0.clone())
    }
}

/// Told when it is on the disk; closed when it never will be.
pub type Kept = oneshot::Receiver<()>;

/// The staff's way to the store.
#[derive(Debug, Default)]
pub struct StaffKeeper(Option<Errands>);

impl StaffKeeper {
    /// Has a change kept. `None` without a store, or when too much waits for it already.
    #[must_use]
    pub fn keep(&self, record: StaffRecord) -> Option<Kept> {
        let (kept, confirmed) = oneshot::channel();
        self.0.as_ref()?.put(Errand::Staff(StaffOffer { record, kept })).then_some(confirmed)
    }
}
