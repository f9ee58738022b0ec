//! The common 60 Hz beat: one timer for all clients instead of one each.
//!
//! Clients are spread over [`PHASES`] that beat one after another, because people's screens do not refresh at the
//! same instant. Invariant: a beat carries the moment it was due, so whoever gets it late knows by how much; beats
//! that somebody was too late for are told by the gap in their numbers.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// Frames a second of every client.
pub const FRAME_HZ: u32 = 60;
/// How many beats share one frame's time: 2.1 ms apart, near the 1 ms that the timer can do.
pub const PHASES: usize = 8;

/// What the swarm as a whole is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Clients are arriving.
    Ramp,
    /// Everyone is there; figures count.
    Measured,
    /// The end.
    Over,
}

/// One frame is due.
#[derive(Debug, Clone, Copy)]
pub struct Beat {
    /// Counts up by one in each phase.
    pub number: u64,
    /// When it was due.
    pub due: Instant,
    /// What counts now.
    pub stage: Stage,
}

/// One client's ear for its phase.
#[derive(Debug, Clone)]
pub struct Beats {
    beats: watch::Receiver<Beat>,
    last: u64,
}

/// Starts beating; ends by itself after [`Stage::Over`]. One [`Beats`] per phase, to be cloned.
pub fn start(began: Instant, stage: watch::Receiver<Stage>) -> Vec<Beats> {
    let first = Beat { number: 0, due: began, stage: Stage::Ramp };
    let (senders, ears): (Vec<_>, Vec<_>) = (0..PHASES).map(|_| watch::channel(first)).unzip();
    tokio::spawn(beat(senders, began, stage));
    ears.into_iter().map(|beats| Beats { beats, last: 0 }).collect()
}

async fn beat(phases: Vec<watch::Sender<Beat>>, began: Instant, mut stage: watch::Receiver<Stage>) {
    let mut step = 0_u64;
    loop {
        let due = began + moment(step);
        tokio::select! {
            () = sleep_until(due) => {}
            // Also when nobody can change it any more.
            _ = stage.wait_for(|stage| *stage == Stage::Over) => break,
        }
        let phase = &phases[(step % PHASES as u64) as usize];
        phase.send_replace(Beat { number: step / PHASES as u64 + 1, due, stage: *stage.borrow() });
        step += 1;
    }
    for phase in phases {
        phase.send_modify(|beat| beat.stage = Stage::Over);
    }
}

/// When a step of all phases is due, from the begin. Exact at any step: adding a rounded period again and again would
/// drift.
pub fn moment(step: u64) -> Duration {
    Duration::from_nanos(step * 1_000_000_000 / (u64::from(FRAME_HZ) * PHASES as u64))
}

/// A beat as heard.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    /// The beat.
    pub beat: Beat,
    /// Beats before it that were not heard, because one was not listening in time.
    pub missed: u64,
}

impl Beats {
    /// The next beat. Safe to cancel.
    pub async fn next(&mut self) -> Heard {
        // An error means that the metronome is gone: then the last beat said `Over`, and says so for ever.
        let _ = self.beats.changed().await;
        let beat = *self.beats.borrow_and_update();
        let missed = beat.number.saturating_sub(self.last + 1);
        self.last = beat.number;
        Heard { beat, missed }
    }

    /// Forgets what was missed so far: one was not listening on purpose.
    pub fn catch_up(&mut self) {
        self.last = self.beats.borrow_and_update().number;
    }

    /// Waits for the end of the run.
    pub async fn over(&mut self) {
        // See `next` on the error.
        let _ = self.beats.wait_for(|beat| beat.stage == Stage::Over).await;
    }

    /// Does `work` unless the run ends before it does.
    pub async fn unless_over<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.over() => None,
            done = work => Some(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_beats_is_an_hour() {
        assert_eq!(moment(3_600 * u64::from(FRAME_HZ) * PHASES as u64), Duration::from_secs(3_600));
    }

    #[tokio::test]
    async fn beats_come_in_order_and_missed_ones_are_told() {
        let (stage, watching) = watch::channel(Stage::Ramp);
        let began = Instant::now();
        let mut ears = start(began, watching);
        let (mut early, mut late) = (ears[0].clone(), ears.remove(PHASES - 1));
        let first = early.next().await;
        assert_eq!((first.beat.number, first.missed), (1, 0));
        assert!(first.beat.due >= began);
        late.beats.wait_for(|beat| beat.number >= 4).await.unwrap();
        late.beats.mark_changed();
        assert!(late.next().await.missed >= 3);
        stage.send_replace(Stage::Over);
        late.over().await;
        assert!(late.unless_over(std::future::pending::<()>()).await.is_none());
    }
}
