//! When the process ends: announced, counted down, perhaps called off. Signals and staff use the same.
//!
//! Invariants: from the announcement on nobody is let in any more but to go on; what a signal asked for is called off by
//! nobody; it is over when the time is, or when nobody plays any more.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use crate::lobby::Lobby;

/// How often a server that goes down looks whether anybody still plays.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What comes after the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing.
    Stop,
    /// Whoever started the process is to start it again.
    Restart,
}

/// An end that was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leaving {
    ending: Ending,
    /// Not before.
    earliest: Instant,
    /// Not after.
    latest: Instant,
    by_signal: bool,
}

/// Why nothing is called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepsGoing {
    /// Nothing was announced.
    Nothing,
    /// A signal asked for it.
    Signal,
}

/// The end of the process, to announce and to wait for. Clones are the same.
#[derive(Debug, Clone)]
pub struct Departure {
    leaving: watch::Sender<Option<Leaving>>,
    lobby: Arc<Lobby>,
}

impl Departure {
    /// None announced.
    #[must_use]
    pub fn new(lobby: Arc<Lobby>) -> Departure {
        Departure { leaving: watch::channel(None).0, lobby }
    }

    /// Whether nobody is let in any more.
    #[must_use]
    pub fn is_announced(&self) -> bool {
        self.leaving.borrow().is_some()
    }

    /// Until the end, if one was announced.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.leaving.borrow().map(|leaving| leaving.latest.saturating_duration_since(Instant::now()))
    }

    /// By staff: in `seconds`, and not at once even where nobody plays, so that who asked hears of it.
    /// False where a signal was first: its end holds.
    #[must_use]
    pub fn announce(&self, ending: Ending, seconds: u16) -> bool {
        let now = Instant::now();
        let earliest = now + Duration::from_secs(1);
        let latest = (now + Duration::from_secs(seconds.into())).max(earliest);
        let is_put = self.put(Leaving { ending, earliest, latest, by_signal: false });
        if is_put {
            self.tell(seconds.max(1));
        }
        is_put
    }

    /// By a signal: after `patience`, or sooner if staff said so.
    pub fn announce_by_signal(&self, patience: Duration) {
        let now = Instant::now();
        let sooner = self.leaving.borrow().map(|leaving| leaving.latest);
        let latest = sooner.map_or(now + patience, |sooner| sooner.min(now + patience));
        self.put(Leaving { ending: Ending::Stop, earliest: now, latest, by_signal: true });
        let seconds = u16::try_from(patience.as_secs()).unwrap_or(u16::MAX);
        let is_news = sooner.is_none_or(|told| latest < told);
        if seconds > 0 && is_news && self.lobby.is_played() {
            self.tell(seconds);
        }
    }

    /// Calls it off.
    ///
    /// # Errors
    /// See [`KeepsGoing`].
    pub fn call_off(&self) -> Result<(), KeepsGoing> {
        let mut refusal = None;
        self.leaving.send_if_modified(|leaving| {
            refusal = match leaving {
                None => Some(KeepsGoing::Nothing),
                Some(leaving) if leaving.by_signal => Some(KeepsGoing::Signal),
                Some(_) => None,
            };
            refusal.is_none() && leaving.take().is_some()
        });
        match refusal {
            Some(refusal) => Err(refusal),
            None => {
                self.lobby.call_off_restart();
                Ok(())
            }
        }
    }

    /// Waits for the end.
    pub async fn due(&self) -> Ending {
        let mut leaving = self.leaving.subscribe();
        loop {
            let Some(announced) = *leaving.borrow_and_update() else {
                // The sender is ours.
                let _ = leaving.changed().await;
                continue;
            };
            tokio::select! {
                () = sleep_until(announced.latest) => return announced.ending,
                () = self.nobody_plays(announced.earliest) => return announced.ending,
                _ = leaving.changed() => {}
            }
        }
    }

    async fn nobody_plays(&self, earliest: Instant) {
        sleep_until(earliest).await;
        while self.lobby.is_played() {
            sleep(LOOK_EVERY).await;
        }
    }

    /// False where a signal was first.
    fn put(&self, new: Leaving) -> bool {
        self.leaving.send_if_modified(|leaving| {
            let is_free = leaving.is_none_or(|leaving| !leaving.by_signal);
            if is_free {
                *leaving = Some(new);
            }
            is_free
        })
    }

    fn tell(&self, seconds: u16) {
        tracing::info!(seconds, "letting nobody in any more");
        self.lobby.announce_restart(seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{RoomId, RoomSettings};

    /// A lobby in which nobody plays.
    fn departure() -> Departure {
        let room = RoomSettings::default().blueprint(RoomId::main(), shared::defs::Tuning::STANDARD).unwrap();
        Departure::new(Arc::new(Lobby::open(vec![room], None).unwrap()))
    }

    #[tokio::test(start_paused = true)]
    async fn it_comes_when_nobody_plays_and_who_asked_has_heard() {
        let departure = departure();
        assert!(!departure.is_announced());
        let began = Instant::now();
        assert!(departure.announce(Ending::Restart, 60));
        assert!(departure.is_announced() && departure.remaining() == Some(Duration::from_secs(60)));
        assert_eq!(departure.due().await, Ending::Restart);
        assert_eq!(began.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_called_off_unless_a_signal_asked_for_it() {
        let departure = departure();
        assert_eq!(departure.call_off(), Err(KeepsGoing::Nothing));
        assert!(departure.announce(Ending::Stop, 60));
        assert_eq!(departure.call_off(), Ok(()));
        assert!(!departure.is_announced());
        let due = tokio::spawn({
            let departure = departure.clone();
            async move { departure.due().await }
        });
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert!(!due.is_finished(), "nothing is announced");
        departure.announce_by_signal(Duration::from_secs(10));
        assert_eq!(departure.call_off(), Err(KeepsGoing::Signal));
        assert!(!departure.announce(Ending::Restart, 60));
        assert_eq!(due.await.unwrap(), Ending::Stop, "the signal was first");
    }

    #[tokio::test(start_paused = true)]
    async fn a_signal_is_no_later_than_what_staff_said() {
        let departure = departure();
        assert!(departure.announce(Ending::Restart, 3));
        departure.announce_by_signal(Duration::from_secs(10));
        assert_eq!(departure.remaining(), Some(Duration::from_secs(3)));
    }
}
