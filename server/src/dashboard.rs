//! What staff see of the whole server, made once a second for all of them, and what happened in the last ten minutes.
//!
//! ```text
//! rooms' reports, counters, the machine ─► run: each second ─┬► history: a point every two
//!                                                            └► figures as text ─► every page that looks on
//! ```
//!
//! Invariants: it reads what is published and asks no room anything; nobody looks, and nothing but the history is made; a page
//! that is slow gets the newest figures next, never a queue of old ones.

mod figures;
mod history;
pub mod lists;
pub mod map;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, watch},
    time::{MissedTickBehavior, interval},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::http::Context;
use figures::Sampler;
use history::History;

/// Pages at once. Full: 503.
const PLACES: usize = 32;
/// How often figures are made.
const EVERY: Duration = Duration::from_secs(1);

/// The dashboard.
#[derive(Debug)]
pub struct Dashboard {
    figures: watch::Sender<Utf8Bytes>,
    history: Mutex<History>,
    places: Arc<Semaphore>,
}

impl Default for Dashboard {
    fn default() -> Dashboard {
        let figures = watch::channel(Utf8Bytes::default()).0;
        Dashboard { figures, history: Mutex::default(), places: Arc::new(Semaphore::new(PLACES)) }
    }
}

impl Dashboard {
    /// The newest figures, each second.
    #[must_use]
    pub fn figures(&self) -> watch::Receiver<Utf8Bytes> {
        self.figures.subscribe()
    }

    /// The last ten minutes.
    #[must_use]
    pub fn history(&self) -> String {
        self.with_history(|history| lists::text(&history.told()))
    }

    /// Places for pages that look on.
    #[must_use]
    pub fn places(&self) -> &Arc<Semaphore> {
        &self.places
    }

    fn with_history<T>(&self, work: impl FnOnce(&mut History) -> T) -> T {
        // Lists of numbers, whole after every statement that may panic.
        work(&mut self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes the figures until the server ends.
pub async fn run(context: Arc<Context>) {
    let mut sampler = Sampler::new(&context);
    let mut shutdown = context.shutdown.clone();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first comes at once, and there is nothing to compare with.
    ticks.tick().await;
    let mut is_second = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = shutdown.wait_for(|&stopping| stopping) => return,
        }
        let figures = sampler.sample(&context);
        if is_second {
            context.dashboard.with_history(|history| history.add(figures.point()));
        }
        is_second = !is_second;
        if context.dashboard.figures.receiver_count() > 0 {
            context.dashboard.figures.send_replace(lists::text(&figures).into());
        }
    }
}
