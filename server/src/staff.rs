//! The people who run a server, and what they may do from inside it: one table of commands behind the page `/admin`, the
//! console in the game and the command line.
//!
//! ```text
//! http::admin (page) ─┐                              ┌► rooms (orders), lobby, departure, reload
//! console (in a game) ─┼► Staff::run: line → command ─┼► bans, accounts, settings ─► store
//! hatch (the CLI)    ─┘   role? → desk → answer      └► audit ─► store
//! ```
//!
//! Invariants: nothing is done without a role that may, and nothing is done, or refused but for its haste, without a line in
//! the audit log. What is confirmed is on the disk, or the answer says that it is not; for a password the log does. A password
//! and a token are in no log, no answer to somebody else and no file but as a hash. The one lock is held for map operations,
//! never across an await, and never by a tick.

pub mod accounts;
pub mod audit;
pub mod bans;
pub mod book;
pub mod command;
pub mod complaint;
pub mod console;
pub mod desk;
#[cfg(unix)]
pub mod hatch;
pub mod line;
pub mod order;
pub mod password;
pub mod present;
pub mod reports;
pub mod role;
pub mod secret;
pub mod sessions;
pub mod sign_in;
pub mod times;
pub mod view;
pub(crate) mod weeks;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use shared::{
    protocol::{CloseCode, NoticeText},
    room::Order,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use crate::{
    bucket::Rate,
    clock::now_s,
    departure::Departure,
    lobby::Lobby,
    moderation::webhook::Herald,
    permits::Permits,
    rates::{AddressRates, Rates},
    store::{BanKind, Kept, StaffKeeper, StaffSave},
};
use bans::Guest;
use book::Book;
use password::Passwords;
use present::Present;
use role::Role;
use secret::SecretKey;
use sessions::Identity;

/// How long an answer waits for the disk.
const DISK_PATIENCE: Duration = Duration::from_secs(2);
/// Reloads that wait.
const RELOADS_MAX: usize = 4;

/// From where somebody of the staff speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The page `/admin`.
    Page,
    /// The chat line of the game.
    Console,
    /// `perihelion admin`.
    Cli,
}

impl Via {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Via::Page => "page",
            Via::Console => "console",
            Via::Cli => "cli",
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// Of an account; `None` for an owner without a name.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// From where.
    pub via: Via,
}

impl Speaker {
    /// Somebody who is signed in.
    #[must_use]
    pub fn of(who: Identity, via: Via) -> Speaker {
        Speaker { name: who.name, role: who.role, via }
    }

    /// Who can read the data folder can do everything anyway.
    #[must_use]
    pub fn cli() -> Speaker {
        Speaker { name: None, role: Role::Owner, via: Via::Cli }
    }

    /// What others read of them.
    #[must_use]
    pub fn shown(&self) -> &str {
        match (&self.name, self.via) {
            (Some(name), _) => name,
            (None, Via::Cli) => "cli",
            (None, _) => "owner",
        }
    }
}

/// Commands a second of one of the staff, and at once: many hands' worth, and too few to write the audit log full.
const COMMANDS: Rate = Rate { per_s: 5, burst: 60 };

/// Asked of whoever can read the settings again: what came of it, in one sentence, good or bad.
pub type Reload = oneshot::Sender<Result<String, String>>;

/// How often each part of what staff see has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Bans and mutes.
    pub bans: u32,
    /// The audit log.
    pub audit: u32,
    /// What players reported.
    pub reports: u32,
    /// The staff.
    pub staff: u32,
}

/// The staff of a server.
#[derive(Debug)]
pub struct Staff {
    book: Mutex<Book>,
    changes: watch::Sender<Changes>,
    passwords: Passwords,
    tries: Tries,
    present: Present,
    lobby: Arc<Lobby>,
    departure: Departure,
    reloads: mpsc::Sender<Reload>,
    /// Where the page for staff is…
    page: String,
    /// …and that of the game.
    site: String,
    /// For what a host has set.
    permits: Permits,
    /// Tells people elsewhere.
    herald: Herald,
}

/// What is rare for people: tries to sign in, commands, reports. To sign in an address, and a name from wherever, have five, and one more each three minutes.
#[derive(Debug)]
struct Tries {
    addresses: AddressRates,
    names: Rates<String>,
    /// Commands, by who gives them.
    commands: Rates<String>,
    /// What players report.
    reports: AddressRates,
}

impl Staff {
    /// Nobody yet; what was stored comes by [`Self::restore`]. `page` is where the page for staff is, `site`
    /// that of the game. Gives the end at which
    /// reloads are asked for.
    #[must_use]
    pub fn new(
        lobby: Arc<Lobby>,
        departure: Departure,
        keeper: StaffKeeper,
        (page, site): (String, String),
        permits: Permits,
        herald: Herald,
    ) -> (Arc<Staff>, mpsc::Receiver<Reload>) {
        let (reloads, asked) = mpsc::channel(RELOADS_MAX);
        let tries = sign_in::rate_of(permits.limits().staff_tries);
        let staff = Staff {
            book: Mutex::new(Book::new(keeper)),
            changes: watch::channel(Changes::default()).0,
            passwords: Passwords::default(),
            tries: Tries {
                addresses: Rates::new(tries),
                names: Rates::new(tries),
                commands: Rates::new(COMMANDS),
                reports: Rates::new(complaint::RATE),
            },
            present: Present::default(),
            lobby,
            departure,
            reloads,
            page,
            site,
            permits,
            herald,
        };
        (Arc::new(staff), asked)
    }

    /// Takes in what was stored, and sees to it that it holds: also for who came in before it was read.
    pub fn restore(&self, save: StaffSave) {
        self.with(|book| book.restore(save));
        self.changed(|changes| {
            changes.bans += 1;
            changes.audit += 1;
            changes.reports += 1;
            changes.staff += 1;
        });
        let lock = self.lock();
        for (conn, guest, room) in self.present.all(|_| true) {
            self.hold_to_bans(conn, &guest, &room);
            if let Some(reason) = &lock {
                let reason = NoticeText::clean(reason);
                // A room too busy to hear of it keeps a spectator.
                let _ = room.order(Order::TurnAway { conn, code: CloseCode::Locked, reason });
            }
        }
        self.put_tunings_in_force();
    }

    /// Who is connected.
    #[must_use]
    pub fn present(&self) -> &Present {
        &self.present
    }

    /// The rooms.
    #[must_use]
    pub fn lobby(&self) -> &Arc<Lobby> {
        &self.lobby
    }

    /// When the process ends.
    #[must_use]
    pub fn departure(&self) -> &Departure {
        &self.departure
    }

    /// What this guest reads who is kept out; `None` for who is not.
    #[must_use]
    pub fn refusal(&self, guest: &Guest) -> Option<String> {
        let now_s = now_s();
        self.with(|book| book.bans.on(BanKind::Ban, guest, now_s).map(|ban| bans::told(ban, now_s)))
    }

    /// Why nobody new gets in, if the door is locked.
    #[must_use]
    pub fn lock(&self) -> Option<String> {
        self.with(|book| book.lock.clone())
    }

    /// The link that a token signs in by. It is behind the `#`, which no proxy sees.
    #[must_use]
    pub fn link(&self, token: &str) -> String {
        format!("{}#token={token}", self.page)
    }

    /// Who has this session.
    #[must_use]
    pub fn who(&self, session: SecretKey) -> Option<Identity> {
        self.with(|book| book.sessions.find(session, Instant::now()).cloned())
    }

    /// Whether this is the pass of somebody who is signed in: it lets them into a full server, and opens nothing else.
    #[must_use]
    pub fn knows_pass(&self, pass: SecretKey) -> bool {
        self.with(|book| book.sessions.knows_pass(pass, Instant::now()))
    }

    /// Told whenever something that staff see has changed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.changes.subscribe()
    }

    /// No more is kept: the store is about to close.
    pub fn close(&self) {
        self.with(|book| book.close());
    }

    fn changed(&self, change: impl FnOnce(&mut Changes)) {
        self.changes.send_modify(change);
    }

    /// The only way to the book.
    fn with<T>(&self, work: impl FnOnce(&mut Book) -> T) -> T {
        // Lists and maps, whole after every statement that may panic.
        work(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether all of these are on the disk, after waiting a little.
async fn are_kept(kept: Vec<Option<Kept>>) -> bool {
    let all = async {
        for kept in kept {
            let Some(kept) = kept else { return false };
            if kept.await.is_err() {
                return false;
            }
        }
        true
    };
    timeout(DISK_PATIENCE, all).await.unwrap_or(false)
}
