//! Tells the log which limit per address turned somebody away. Invariant: one line per limit in ten seconds at most, whoever comes
//! how often; the limits are words of ours, by the first part of the path that was asked for.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use warp::http::StatusCode;

use super::Peer;
use crate::complaint::Complaint;

/// What is limited per address; the rest is one.
const LIMITED: [&str; 6] = ["ws", "check", "rooms", "clips", "arena", "admin"];

/// What was told when. The lock is held for a map operation and perhaps a line of the log, by an answer that refuses.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<&'static str, Complaint>>);

impl Refusals {
    /// An answer left; those that refuse are told of.
    pub fn note(&self, status: StatusCode, limit: &'static str, peer: Option<Peer>) {
        if status != StatusCode::TOO_MANY_REQUESTS {
            return;
        }
        self.tell(limit, |times| {
            let peer = peer.map(|Peer(key)| key.logged().to_string()).unwrap_or_default();
            tracing::warn!(limit, peer, times, "too much from one address; turned away");
        });
    }

    fn tell(&self, limit: &'static str, write: impl FnOnce(u64)) {
        // Counts, whole after every statement.
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.entry(limit).or_default().log(write);
    }
}

/// Whose limit a path is under.
#[must_use]
pub fn limit_of(path: &str) -> &'static str {
    let first = path.split('/').find(|part| !part.is_empty()).unwrap_or_default();
    LIMITED.into_iter().find(|limit| *limit == first).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_limit_is_told_of_once_in_a_while() {
        let refusals = Refusals::default();
        let mut told = Vec::new();
        for second in 0..12 {
            for path in ["/ws", "/rooms", "/rooms", "/x/../y", "/%0a"] {
                refusals.tell(limit_of(path), |times| told.push((second, limit_of(path), times)));
            }
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
        }
        let first = [(0, "ws", 1), (0, "rooms", 1), (0, "other", 1)];
        assert_eq!(told[..3], first);
        assert_eq!(told[3..], [(10, "ws", 10), (10, "rooms", 20), (10, "other", 20)]);
    }
}
