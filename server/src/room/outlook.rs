//! The arena for who asks over HTTP instead of being told. The room's thread makes a panorama when somebody has asked
//! since the last one, twenty times a second at most; whoever asks gets one no older than that.
//!
//! Invariant: nobody asks, nothing is made. The room waits for no asker.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use shared::protocol::panorama::Panorama;
use tokio::{sync::watch, time::timeout};

/// A panorama is good for this long.
const GOOD_FOR: Duration = Duration::from_millis(50);
/// A room that ticks shows itself sooner; else what it showed last must do.
const PATIENCE: Duration = Duration::from_millis(250);

type Shown = (Instant, Arc<Panorama>);

/// The askers' end.
#[derive(Debug, Clone)]
pub struct Outlook {
    wanted: Arc<AtomicBool>,
    shown: watch::Receiver<Shown>,
}

/// The room's end.
#[derive(Debug)]
pub(super) struct Easel {
    wanted: Arc<AtomicBool>,
    shown: watch::Sender<Shown>,
}

/// Both ends, with a first panorama.
pub(super) fn pair(first: Panorama) -> (Easel, Outlook) {
    let wanted = Arc::new(AtomicBool::new(false));
    let (sender, receiver) = watch::channel((Instant::now(), Arc::new(first)));
    (Easel { wanted: Arc::clone(&wanted), shown: sender }, Outlook { wanted, shown: receiver })
}

impl Easel {
    /// Whether somebody asked since the last one was shown, and that is no longer good. Asking forgets it.
    pub(super) fn is_wanted(&self) -> bool {
        let is_old = self.shown.borrow().0.elapsed() >= GOOD_FOR;
        is_old && self.wanted.swap(false, Ordering::Relaxed)
    }

    /// Shows one.
    pub(super) fn show(&self, panorama: Panorama) {
        self.shown.send_replace((Instant::now(), Arc::new(panorama)));
    }
}

impl Outlook {
    /// The arena as it is, or as it was a moment ago. A room that rests shows how it came to rest.
    pub async fn look(&self, rests: bool) -> Arc<Panorama> {
        let mut shown = self.shown.clone();
        let (made, panorama) = shown.borrow_and_update().clone();
        if rests || made.elapsed() < GOOD_FOR {
            return panorama;
        }
        self.wanted.store(true, Ordering::Relaxed);
        match timeout(PATIENCE, shown.changed()).await {
            Ok(Ok(())) => Arc::clone(&shown.borrow().1),
            // It hangs or is gone.
            Ok(Err(_)) | Err(_) => panorama,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::tick::Tick;

    fn at(tick: u32) -> Panorama {
        Panorama { tick: Tick(tick), ..Panorama::default() }
    }

    #[tokio::test]
    async fn one_is_made_for_whoever_asks_and_serves_all_who_ask_within_a_moment() {
        let (easel, outlook) = pair(at(0));
        assert_eq!(outlook.look(false).await.tick, Tick(0), "the first is fresh");
        std::thread::sleep(GOOD_FOR);
        assert!(!easel.is_wanted(), "nobody asked");
        let asking = tokio::spawn({
            let outlook = outlook.clone();
            async move { outlook.look(false).await.tick }
        });
        while !outlook.wanted.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        assert!(easel.is_wanted());
        easel.show(at(9));
        assert_eq!(asking.await.unwrap(), Tick(9));
        assert_eq!(outlook.look(false).await.tick, Tick(9));
        assert!(!easel.is_wanted(), "the last one is still good");
    }

    #[tokio::test]
    async fn a_room_that_rests_or_hangs_shows_what_it_showed_last() {
        let (easel, outlook) = pair(at(3));
        std::thread::sleep(GOOD_FOR);
        assert_eq!(outlook.look(true).await.tick, Tick(3));
        assert!(!outlook.wanted.load(Ordering::Relaxed), "a room that rests is not asked");
        assert_eq!(outlook.look(false).await.tick, Tick(3), "after its patience");
        drop(easel);
        assert_eq!(outlook.look(false).await.tick, Tick(3));
    }
}
