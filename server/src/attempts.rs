//! What became of the connection doctor's attempts at a WebSocket, for a page whose attempt failed: browsers do not tell
//! it why. Invariants: only the latest are remembered, by a number that the page chose; nothing of who it was.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// Attempts remembered. Full: the oldest is forgotten.
const ATTEMPTS_MAX: usize = 512;

/// The latest attempts. The one lock is held for a look at a short list, when somebody opens the doctor's page.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<VecDeque<(u64, &'static str)>>);

impl Attempts {
    /// Attempt `number` came to this.
    pub fn note(&self, number: u64, outcome: &'static str) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= ATTEMPTS_MAX {
            attempts.pop_front();
        }
        attempts.push_back((number, outcome));
    }

    /// What attempt `number` came to; `None` when it never arrived (or long ago).
    #[must_use]
    pub fn outcome(&self, number: u64) -> Option<&'static str> {
        let attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.iter().rev().find(|(noted, _)| *noted == number).map(|(_, outcome)| *outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered_and_the_oldest_forgotten() {
        let attempts = Attempts::default();
        attempts.note(7, "no_upgrade");
        attempts.note(7, "accepted");
        assert_eq!((attempts.outcome(7), attempts.outcome(8)), (Some("accepted"), None));
        (0..ATTEMPTS_MAX as u64).for_each(|number| attempts.note(100 + number, "accepted"));
        assert_eq!(attempts.outcome(7), None);
    }
}
