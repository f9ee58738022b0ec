//! How the rest of the server speaks to a room. Invariant: nothing here waits for a tick except to hand over
//! what must not be lost (arrivals, departures); messages that find the mailbox full are dropped and counted.

use std::{
    io,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use shared::{
    defs::Tuning,
    protocol::{ChatLine, ChatMode, ClientMessage, Hello, NoticeText},
    room::{ConnId, Credentials, Order, PlayerRow, RoomStatus},
};
use tokio::sync::{mpsc, watch};

use super::{
    Blueprint, Keeping, Numbers,
    memory::{Estate, Memory},
    outbox::Outbox,
    outlook::Outlook,
    task::{Task, secret_of},
    tick_times::TickFigures,
};
use crate::limits::MAILBOX_MAX;

/// A room that has not reported for this long has hung.
const REPORT_AGE_MAX: Duration = Duration::from_secs(1);
/// A room that hangs again and again is given up to two to this power times as long before another is begun.
const MENDED_SHIFT_MAX: u32 = 5;

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
    /// Other numbers of bots and people from now on.
    Resize {
        bots: u16,
        players_max: u16,
    },
    /// It is called so from now on, and this may be said.
    Introduce {
        name: String,
        chat: ChatMode,
    },
    Restarting {
        seconds: u16,
    },
    /// Those who run the server want something.
    Order(Order),
    Stop,
    /// The same, unless somebody has a slot.
    Retire,
    /// So many of the next rooms break as they are built.
    #[cfg(test)]
    Flaws(u32),
    /// Done in the place of the core, so that tests can break or hang it.
    #[cfg(any(test, feature = "sabotage"))]
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
    /// Who is here.
    pub players: Arc<[PlayerRow]>,
    /// What of its numbers is not as usual.
    pub tuning: Tuning,
    /// Steps down from all that it would do, for want of time; see `room/ladder`.
    pub rung: u32,
    /// On the last of them: it takes nobody new.
    pub is_closed: bool,
    /// What was said last, oldest first.
    pub talk: Arc<[ChatLine]>,
}

impl RoomReport {
    /// People who play. Where nobody is connected that is nobody: the last report of a room that rests still counts slots
    /// that are kept for who comes back, for as long as it rests.
    #[must_use]
    pub fn humans(&self) -> u16 {
        if self.paused { 0 } else { self.status.humans }
    }
}

/// A room, seen from outside.
#[derive(Debug)]
pub struct RoomHandle {
    /// Replaced as a whole when a reload changes it; the lock is held for a copy of the pointer, by sessions and pages,
    /// never by the room's own thread.
    blueprint: RwLock<Arc<Blueprint>>,
    /// How to reach its thread; another when that was left to itself.
    line: watch::Sender<Arc<Line>>,
    dropped: Arc<AtomicU64>,
}

/// How one thread of a room is reached.
#[derive(Debug)]
struct Line {
    mail: mpsc::Sender<Mail>,
    report: watch::Receiver<RoomReport>,
    outlook: Outlook,
    estate: Estate,
    /// When it was begun, and in the place of how many others.
    begun: Instant,
    mended: u32,
}

impl RoomHandle {
    /// Starts the room's thread, where its last process left it.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn open(blueprint: Blueprint, keeping: Option<Keeping>) -> io::Result<RoomHandle> {
        let memory = Memory::new(keeping, blueprint.terms.mode.word(), blueprint.secret);
        let line = begin(&blueprint, 0, Estate::new(memory), 0)?;
        let blueprint = RwLock::new(Arc::new(blueprint));
        Ok(RoomHandle { blueprint, line: watch::Sender::new(Arc::new(line)), dropped: Arc::default() })
    }

    fn line(&self) -> Arc<Line> {
        Arc::clone(&self.line.borrow())
    }

    /// Begins another thread in the place of one that has not reported for `after`, or that has ended without being told to:
    /// with everybody's slot and score, and with the numbers that held. True when it did. The one that hangs is left to
    /// itself; whoever was in the room comes back by themselves. One that hangs again and again is given longer each time.
    ///
    /// # Errors
    /// The operating system gives no thread, or the core panics as it is built; the next call tries again.
    pub fn mend(&self, after: Duration) -> io::Result<bool> {
        let line = self.line();
        let report = line.report.borrow().clone();
        let hangs = line.mail.is_closed() || !report.paused && report.at.elapsed() >= after;
        if !hangs || line.begun.elapsed() < after * (1 << line.mended.min(MENDED_SHIFT_MAX)) {
            return Ok(false);
        }
        // One that was closed has nothing left.
        let Some(mut memory) = line.estate.take() else { return Ok(false) };
        let blueprint = Blueprint { tuning: report.tuning, ..Blueprint::clone(&self.blueprint()) };
        if let Some(black_box) = memory.black_box().cloned() {
            // The one that hangs writes on, into a file that has another name.
            let life = report.restarts;
            if let Err(error) = thread::Builder::new().name("crash".into()).spawn(move || black_box.keep(life)) {
                tracing::error!(%error, "no thread to keep what the room did");
            }
        }
        let restarts = report.restarts + 1;
        memory.begin_anew(secret_of(&blueprint, restarts));
        let estate = Estate::new(memory);
        let next = match begin(&blueprint, restarts, estate.clone(), line.mended + 1) {
            Ok(next) => next,
            Err(error) => {
                estate.take().into_iter().for_each(|memory| line.estate.put(memory));
                return Err(error);
            }
        };
        tracing::error!(room = %blueprint.name, restarts, "the room hung; another takes its place");
        self.line.send_replace(Arc::new(next));
        Ok(true)
    }

    /// What it is made from.
    #[must_use]
    pub fn blueprint(&self) -> Arc<Blueprint> {
        // Whole at every moment: a panic elsewhere leaves nothing half done.
        Arc::clone(&self.blueprint.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up what can change while it runs: bots, how many may play, and the password of who comes from now on. False
    /// when its mailbox is full: nothing has changed then.
    #[must_use]
    pub fn resize(&self, bots: u16, players_max: u16, password: Option<String>) -> bool {
        if self.line().mail.try_send(Mail::Resize { bots, players_max }).is_err() {
            return false;
        }
        let resized = Blueprint { bots, players_max, password, ..Blueprint::clone(&self.blueprint()) };
        *self.blueprint.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(resized);
        true
    }

    /// Calls it something else from now on, and has its people say more, or less. Who is in is told the name when they come
    /// again. False when its mailbox is full: nothing has changed then.
    #[must_use]
    pub fn introduce(&self, name: String, chat: ChatMode) -> bool {
        if self.line().mail.try_send(Mail::Introduce { name: name.clone(), chat }).is_err() {
            return false;
        }
        let introduced = Blueprint { name, chat, ..Blueprint::clone(&self.blueprint()) };
        *self.blueprint.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(introduced);
        true
    }

    /// Takes up all that can change while it runs as `blueprint` has it; says in the log when it is too busy.
    pub fn follow(&self, blueprint: &Blueprint) {
        let Blueprint { id, bots, players_max, password, name, chat, .. } = blueprint;
        if !self.resize(*bots, *players_max, password.clone()) || !self.introduce(name.clone(), *chat) {
            tracing::warn!(room = id.as_str(), "the room is too busy to hear of its new settings; reload again");
        }
    }

    /// The latest report.
    #[must_use]
    pub fn report(&self) -> RoomReport {
        self.line().report.borrow().clone()
    }

    /// The arena, for who asks for it.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        self.line().outlook.clone()
    }

    /// Messages dropped because the mailbox was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Whether it ticks, or stands still for want of company.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let line = self.line();
        let report = line.report.borrow();
        !line.mail.is_closed() && (report.paused || report.at.elapsed() < REPORT_AGE_MAX)
    }

    /// Waits until it stands still for want of company, or no longer does, or has ended.
    pub async fn until(&self, paused: bool) {
        let mut lines = self.line.subscribe();
        loop {
            let mut report = lines.borrow_and_update().report.clone();
            tokio::select! {
                // An error means that it has ended.
                _ = report.wait_for(|report| report.paused == paused) => return,
                // Another thread is the room now.
                _ = lines.changed() => {}
            }
        }
    }

    /// Whether this is what it asks of who wants in; anything is, where it asks for nothing.
    #[must_use]
    pub fn admits(&self, password: Option<&str>) -> bool {
        // Hashes are compared, so that the time it takes tells nothing of the word.
        let hash = |word: &str| <[u8; 32]>::from(Sha256::digest(word));
        self.blueprint().password.as_deref().is_none_or(|asked| password.is_some_and(|word| hash(word) == hash(asked)))
    }

    /// Brings a connection in. It leaves when the [`Seat`] is dropped. `None` when the room is gone.
    pub async fn enter(&self, arrival: Arrival, outbox: Outbox) -> Option<Seat> {
        let conn = next_conn();
        let mail = self.line().mail.clone();
        let permit = mail.reserve().await.ok()?;
        permit.send(Mail::Arrive { conn, arrival: Box::new(arrival), outbox });
        Some(Seat { voice: Voice { conn, mail, dropped: Arc::clone(&self.dropped) } })
    }

    /// Whether somebody is here who has a slot.
    #[must_use]
    pub fn is_played(&self) -> bool {
        self.report().humans() > 0
    }

    /// Tells everybody that the server goes down in `seconds`; 0: that it does not.
    pub fn announce_restart(&self, seconds: u16) {
        // A room that is gone has nobody to tell, and one that has hung must not hold the end of the server back.
        let _ = self.line().mail.try_send(Mail::Restarting { seconds });
    }

    /// Takes up the settings' numbers of the game, as they are at `unix_s`. They hold with the next [`Order::Tune`].
    pub fn retune(&self, numbers: Numbers, unix_s: u64) {
        let tuned = Blueprint { tuning: numbers.at(unix_s), numbers, ..Blueprint::clone(&self.blueprint()) };
        *self.blueprint.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tuned);
    }

    /// Has it do what those who run the server want. False when its mailbox is full, or it is gone: nothing is done then.
    #[must_use]
    pub fn order(&self, order: Order) -> bool {
        self.line().mail.try_send(Mail::Order(order)).is_ok()
    }

    /// Asks the thread to end unless somebody has a slot, which it knows best; asked again when it does not hear.
    pub fn retire(&self) {
        let _ = self.line().mail.try_send(Mail::Retire);
    }

    /// Whether its thread has ended as it was told to. One that ended by itself has left what it remembered.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        let line = self.line();
        line.mail.is_closed() && line.estate.is_taken()
    }

    /// Takes from its thread what it remembers, which so is no room any more: for one that was told to end and does not. Waits
    /// for the disk.
    pub fn depose(&self) {
        drop(self.line().estate.take());
    }

    /// Asks the thread to end, and waits until it has.
    pub async fn close(&self) {
        let mail = self.line().mail.clone();
        if mail.send(Mail::Stop).await.is_ok() {
            mail.closed().await;
        }
    }

    #[cfg(test)]
    pub(super) async fn flaw(&self, flaws: u32) {
        assert!(self.line().mail.send(Mail::Flaws(flaws)).await.is_ok(), "the room lives");
    }

    /// Has the room's thread do `work`, which may panic or hang.
    ///
    /// # Panics
    /// The room is gone.
    #[cfg(any(test, feature = "sabotage"))]
    pub(crate) async fn sabotage(&self, work: impl FnOnce() + Send + 'static) {
        assert!(self.line().mail.send(Mail::Sabotage(Box::new(work))).await.is_ok(), "the room lives");
    }
}

/// Begins a room's thread.
fn begin(blueprint: &Blueprint, restarts: u32, estate: Estate, mended: u32) -> io::Result<Line> {
    let (mail, mailbox) = mpsc::channel(MAILBOX_MAX);
    let (task, report, outlook) = Task::new(blueprint.clone(), restarts, mailbox, estate.clone())?;
    thread::Builder::new().name(thread_name(&blueprint.name)).spawn(move || task.run())?;
    Ok(Line { mail, report, outlook, estate, begun: Instant::now(), mended })
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

    /// Whose it is.
    #[must_use]
    pub fn conn(&self) -> ConnId {
        self.conn
    }

    /// Says something to its connection alone, in order with what the room says.
    pub fn tell(&self, text: &str) {
        let Some(text) = NoticeText::clean(text) else { return };
        if self.mail.try_send(Mail::Order(Order::Tell { conn: self.conn, text })).is_err() {
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
