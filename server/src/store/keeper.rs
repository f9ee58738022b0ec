//! How a journal has its flights kept. Invariant: a flight is offered again until it is confirmed, with the transaction that it is
//! in; nothing here waits.

use std::{
    collections::BTreeSet,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use shared::room::FlightKey;

use super::{
    WAITING_MAX,
    intake::{Errand, Errands},
};
use crate::journal::DatedFlight;

/// A flight that is kept, and the transaction by which it is.
type Told = (FlightKey, u64);

/// A flight on its way, and whom to tell when it is kept.
#[derive(Debug)]
pub(super) struct Offer {
    pub flight: DatedFlight,
    pub kept: SyncSender<Told>,
}

/// One journal's way to the store.
#[derive(Debug)]
pub struct Keeper {
    offers: Option<Errands>,
    offered: BTreeSet<FlightKey>,
    /// As many can be confirmed as are offered: the store never waits for it.
    kept: (SyncSender<Told>, Receiver<Told>),
    /// Without a store, or for nobody: confirmed at once.
    idle: Vec<FlightKey>,
}

impl Keeper {
    pub(super) fn new(offers: Option<Errands>) -> Keeper {
        Keeper { offers, offered: BTreeSet::new(), kept: sync_channel(WAITING_MAX), idle: Vec::new() }
    }

    /// One that keeps nothing, and says so at once.
    #[must_use]
    pub fn of_nobody() -> Keeper {
        Keeper::new(None)
    }

    /// Wants a flight to be kept; asking again for one that is on its way does nothing.
    pub fn offer(&mut self, flight: &DatedFlight) {
        let key = flight.result.key;
        if self.offered.contains(&key) || self.offered.len() >= WAITING_MAX {
            return;
        }
        match &self.offers {
            Some(offers) if flight.result.profile.is_some() => {
                let offer = Offer { flight: flight.clone(), kept: self.kept.0.clone() };
                if !offers.put(Errand::Flight(offer)) {
                    return;
                }
            }
            _ => self.idle.push(key),
        }
        self.offered.insert(key);
    }

    /// The next flight that is kept, and the number of the transaction by which it is; 0 for one that nobody keeps.
    pub fn next_kept(&mut self) -> Option<(FlightKey, u64)> {
        let idle = self.idle.pop().map(|key| (key, 0));
        let (key, commit) = idle.or_else(|| self.kept.1.try_recv().ok())?;
        self.offered.remove(&key);
        Some((key, commit))
    }

    /// The last transaction that is in a copy, too.
    #[must_use]
    pub fn copied(&self) -> u64 {
        self.offers.as_ref().map_or(0, Errands::copied)
    }
}
