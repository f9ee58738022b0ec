//! How the store does: its health, since when, what waits for it, and how long the disk takes. Invariant: only the writer's
//! thread says how it does; whoever asks waits for nobody (the one lock is held for a copy).

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use prometheus_client::{
    metrics::histogram::Histogram,
    registry::{Registry, Unit},
};

/// How the store does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// There is none.
    Off,
    /// It is being opened, checked, perhaps restored.
    Opening,
    /// All is well.
    Ok,
    /// The disk refuses: nothing is lost yet, and it is tried again.
    Degraded,
    /// The file is damaged and there is no good copy: nothing is written until somebody looks.
    Damaged,
}

impl Health {
    /// Each of them.
    pub const ALL: [Health; 5] = [Health::Off, Health::Opening, Health::Ok, Health::Degraded, Health::Damaged];

    /// The word in `/status.json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Health::Off => "off",
            Health::Opening => "opening",
            Health::Ok => "ok",
            Health::Degraded => "degraded",
            Health::Damaged => "damaged",
        }
    }

    fn is_ill(self) -> bool {
        matches!(self, Health::Degraded | Health::Damaged)
    }
}

/// From what a disk with a cache takes to what players would have to wait for, s; the alarm is at 0.25.
const COMMIT_BOUNDS_S: [f64; 9] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0];

/// What the threads of a store share.
#[derive(Debug)]
pub struct Vitals {
    /// And since when it is well, or not.
    health: Mutex<(Health, Option<Instant>)>,
    waiting: AtomicUsize,
    commits: Histogram,
    copied: AtomicU64,
}

impl Default for Vitals {
    fn default() -> Vitals {
        let commits = Histogram::new(COMMIT_BOUNDS_S);
        Vitals {
            health: Mutex::new((Health::Off, None)),
            waiting: AtomicUsize::new(0),
            commits,
            copied: AtomicU64::new(0),
        }
    }
}

impl Vitals {
    /// How it does.
    #[must_use]
    pub fn health(&self) -> Health {
        self.lock(|(health, _)| *health)
    }

    /// For how long it has not been well.
    #[must_use]
    pub fn ill_for(&self, now: Instant) -> Option<Duration> {
        self.lock(|(_, since)| since.map(|since| now.saturating_duration_since(since)))
    }

    /// It does so from `now` on: how it did before.
    pub(super) fn set(&self, health: Health, now: Instant) -> Health {
        self.lock(|(before, since)| {
            // From one illness into another is no recovery.
            *since = health.is_ill().then(|| since.unwrap_or(now));
            std::mem::replace(before, health)
        })
    }

    /// Flights and deeds of staff that were handed over and are not on the disk.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Another one waits.
    pub(super) fn arrived(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// So many wait no more.
    pub(super) fn done(&self, errands: usize) {
        self.waiting.fetch_sub(errands, Ordering::Relaxed);
    }

    /// The last transaction of this process that is in a copy, too; they count from 1.
    #[must_use]
    pub fn copied(&self) -> u64 {
        self.copied.load(Ordering::Relaxed)
    }

    /// Everything up to that transaction is in a copy.
    pub(super) fn copied_up_to(&self, commit: u64) {
        self.copied.store(commit, Ordering::Relaxed);
    }

    /// A transaction took so long, good or bad.
    pub(super) fn committed(&self, time: Duration) {
        self.commits.observe(time.as_secs_f64());
    }

    /// Lends the times of transactions to `registry`.
    pub fn register(&self, registry: &mut Registry) {
        let help = "Time of a transaction of the store, waiting for the disk included";
        registry.register_with_unit("store_commit_duration", help, Unit::Seconds, self.commits.clone());
    }

    fn lock<T>(&self, work: impl FnOnce(&mut (Health, Option<Instant>)) -> T) -> T {
        // Two plain values, whole after every statement.
        work(&mut self.health.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_illness_lasts_from_its_first_sign_to_the_recovery() {
        let vitals = Vitals::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        for (when, health, ill_at_100) in [
            (0, Health::Opening, None),
            (1, Health::Ok, None),
            (10, Health::Degraded, Some(90)),
            (20, Health::Degraded, Some(90)),
            (30, Health::Damaged, Some(90)),
            (40, Health::Ok, None),
            (50, Health::Degraded, Some(50)),
        ] {
            vitals.set(health, at(when));
            assert_eq!(vitals.health(), health);
            assert_eq!(vitals.ill_for(at(100)), ill_at_100.map(Duration::from_secs), "{health:?} at {when}");
        }
    }
}
