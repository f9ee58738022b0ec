//! How the rest of the server speaks to a room. Invariant: nothing here waits for a tick except to hand over
//! what must not be lost (arrivals, departures); messages that find the mailbox full are dropped and counted.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use shared::{
    protocol::{ClientMessage, Hello},
    room::{ConnId, Credentials, RoomStatus},
};
use tokio::sync::{mpsc, watch};

use super::{Blueprint, Keeping, outbox::Outbox, task::Task, tick_times::TickFigures};
use crate::limits::MAILBOX_MAX;

/// A room that has not reported for this long has hung.
const REPORT_AGE_MAX: Duration = Duration::from_secs(1);

/// What a room is told.
pub(super) enum Mail {
    Arrive {
        conn: ConnId,
        /// The other kinds come sixty times a second, and are small.
        arrival: Box<Arrival>,
        outbox: Outbox,
    },
    Message {
        conn: ConnId,
        message: ClientMessage,
        /// When it came off the socket: the margin of its commands is measured from then, not from the tick that
        /// empties the mailbox.
        at: Instant,
    },
    Depart {
        conn: ConnId,
    },
    Restarting {
        seconds: u16,
    },
    Stop,
    /// Done in the place of the core, so that tests can break or hang it.
    #[cfg(test)]
    Sabotage(Box<dyn FnOnce() + Send>),
}

/// Who comes.
#[derive(Debug)]
pub struct Arrival {
    /// The first message.
    pub hello: Hello,
    /// Its resume key and the token for next time.
    pub credentials: Credentials,
}

/// What a room publishes four times a second.
#[derive(Debug, Clone)]
pub struct RoomReport {
    /// The core's own figures.
    pub status: RoomStatus,
    /// When this was published.
    pub at: Instant,
    /// Nobody is connected and the world stands still.
    pub paused: bool,
    /// How its ticks do.
    pub ticks: TickFigures,
    /// How often it was begun anew after a panic.
    pub restarts: u32,
}

/// A room, seen from outside.
#[derive(Debug)]
pub struct RoomHandle {
    blueprint: Blueprint,
    mail: mpsc::Sender<Mail>,
    report: watch::Receiver<RoomReport>,
    dropped: Arc<AtomicU64>,
}

impl RoomHandle {
    /// Starts the room's thread, where its last process left it.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn open(blueprint: Blueprint, keeping: Option<Keeping>) -> io::Result<RoomHandle> {
        let (mail, mailbox) = mpsc::channel(MAILBOX_MAX);
        let (task, report) = Task::new(blueprint.clone(), mailbox, keeping);
        thread::Builder::new().name(thread_name(&blueprint.name)).spawn(move || task.run())?;
        Ok(RoomHandle { blueprint, mail, report, dropped: Arc::default() })
    }

    /// What it was made from.
    #[must_use]
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// The latest report.
    #[must_use]
    pub fn report(&self) -> RoomReport {
        self.report.borrow().clone()
    }

    /// Messages dropped because the mailbox was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Whether it ticks, or stands still for want of company.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let report = self.report.borrow();
        !self.mail.is_closed() && (report.paused || report.at.elapsed() < REPORT_AGE_MAX)
    }

    /// Brings a connection in. It leaves when the [`Seat`] is dropped. `None` when the room is gone.
    pub async fn enter(&self, arrival: Arrival, outbox: Outbox) -> Option<Seat> {
        let conn = next_conn();
        let permit = self.mail.reserve().await.ok()?;
        permit.send(Mail::Arrive { conn, arrival: Box::new(arrival), outbox });
        Some(Seat { voice: Voice { conn, mail: self.mail.clone(), dropped: Arc::clone(&self.dropped) } })
    }

    /// Whether somebody is here who has a slot.
    #[must_use]
    pub fn is_played(&self) -> bool {
        let report = self.report.borrow();
        !report.paused && report.status.humans > 0
    }

    /// Tells everybody that the server goes down in `seconds`.
    pub async fn announce_restart(&self, seconds: u16) {
        // A room that is gone has nobody to tell.
        let _ = self.mail.send(Mail::Restarting { seconds }).await;
    }

    /// Asks the thread to end, and waits until it has.
    pub async fn close(&self) {
        if self.mail.send(Mail::Stop).await.is_ok() {
            self.mail.closed().await;
        }
    }

    #[cfg(test)]
    pub(super) async fn sabotage(&self, work: impl FnOnce() + Send + 'static) {
        assert!(self.mail.send(Mail::Sabotage(Box::new(work))).await.is_ok(), "the room lives");
    }
}

/// A connection's place in a room.
#[derive(Debug)]
pub struct Seat {
    voice: Voice,
}

impl Seat {
    /// Its number.
    #[must_use]
    pub fn conn(&self) -> ConnId {
        self.voice.conn
    }

    /// How it speaks to the room.
    #[must_use]
    pub fn voice(&self) -> &Voice {
        &self.voice
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Voice { conn, mail, .. } = &self.voice;
        if let Err(mpsc::error::TrySendError::Full(departure)) = mail.try_send(Mail::Depart { conn: *conn }) {
            // A departure must not be lost. Should the runtime be ending, so is the room.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                let sender = mail.clone();
                runtime.spawn(async move { sender.send(departure).await });
            }
        }
    }
}

/// Speaks to a room as one connection does. It may outlive that: then nobody listens.
#[derive(Debug, Clone)]
pub struct Voice {
    conn: ConnId,
    mail: mpsc::Sender<Mail>,
    dropped: Arc<AtomicU64>,
}

impl Voice {
    /// Hands over a message that came `at`; a full mailbox drops it (commands repeat themselves).
    pub fn say(&self, message: ClientMessage, at: Instant) {
        if self.mail.try_send(Mail::Message { conn: self.conn, message, at }).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Numbers connections for the whole process, so that mail for a room that panicked finds nobody by mistake.
fn next_conn() -> ConnId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ConnId(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// `room-drift`: what `top -H` and a panic show. Linux keeps 15 bytes.
fn thread_name(room: &str) -> String {
    let plain: String = room.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
    format!("room-{}", plain.to_ascii_lowercase())
}
