//! Second lanes: which connection a lane belongs to, by the key that the connection was told.
//!
//! Invariants: a key is good for as long as its connection lives, and opens one lane at a time, of which the newest
//! stays; a lane ends with its connection. Keys are held by their hashes, so that finding one takes no time that
//! tells of it. The one lock is held for a map operation when a connection or a lane comes or goes, never across an
//! await and never by a tick or a message.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest, Sha256};
use shared::protocol::{CloseCode, LaneKey};

use crate::room::{Inbox, Outbox, Voice, outbox_pair};

type KeyHash = [u8; 32];

/// The connections that may have a lane.
#[derive(Debug, Clone, Default)]
pub struct Lanes(Arc<Mutex<HashMap<KeyHash, Berth>>>);

/// A connection's.
#[derive(Debug)]
struct Berth {
    voice: Voice,
    /// To the lane that is open, or was.
    lane: Option<Outbox>,
}

/// A connection's right to a lane; dropping it ends the lane.
#[derive(Debug)]
pub struct Offer {
    lanes: Lanes,
    hash: KeyHash,
}

impl Lanes {
    /// Whoever brings `key` may speak with `voice`, until the offer is dropped.
    #[must_use]
    pub fn offer(&self, key: LaneKey, voice: Voice) -> Offer {
        let hash = hash_of(key);
        self.with(|berths| berths.insert(hash, Berth { voice, lane: None }));
        Offer { lanes: self.clone(), hash }
    }

    /// Brings a lane in: the voice of its connection, and what ends it. An older one is told that it was replaced.
    /// `None` when the key is no connection's.
    #[must_use]
    pub fn join(&self, key: LaneKey) -> Option<(Voice, Inbox)> {
        let hash = hash_of(key);
        let (outbox, inbox) = outbox_pair();
        self.with(|berths| {
            let berth = berths.get_mut(&hash)?;
            if let Some(mut older) = berth.lane.replace(outbox) {
                older.close(CloseCode::Replaced.into());
            }
            Some((berth.voice.clone(), inbox))
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<KeyHash, Berth>) -> T) -> T {
        // Whole after every statement: a panic elsewhere leaves nothing half done.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        if let Some(mut lane) = self.lanes.with(|berths| berths.remove(&self.hash)).and_then(|berth| berth.lane) {
            lane.close(CloseCode::NoLane.into());
        }
    }
}

fn hash_of(key: LaneKey) -> KeyHash {
    Sha256::digest(key.0).into()
}
