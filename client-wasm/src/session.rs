//! Whether this page is connected, and what to do when it is not: a state machine without sockets or clocks.
//!
//! Invariant: there is at most one attempt at a time; attempts back off from 0.25 s to 5 s; a close that says "do not
//! come back" is obeyed until the player asks. What is said over the line is `net`'s concern.

use std::collections::VecDeque;

use shared::protocol::CloseCode;

use crate::view::cosmetic::Cosmetic;

/// First and longest pause between attempts, µs.
const PAUSE_US: (u64, u64) = (250_000, 5_000_000);
/// An attempt that has not opened by then has failed, µs.
const OPEN_MAX_US: u64 = 8_000_000;
/// Silence while visible that means the line is dead, µs.
const SILENCE_MAX_US: u64 = 3_000_000;
/// Silence after waking up that means the same, µs: a phone may keep a dead socket "open".
const WAKE_MAX_US: u64 = 1_500_000;
/// More bytes than this waiting in the socket mean that the uplink is blocked…
pub const BLOCKED_BYTES: u64 = 2 * 1_024;
/// …and more than this, for that long, that it is dead, bytes and µs.
const DEAD_BYTES: u64 = 16 * 1_024;
const DEAD_US: u64 = 3_000_000;
/// A line that lived this long starts the back-off over, µs.
const STEADY_US: u64 = 5_000_000;
/// This many misunderstandings in a row are a bug worth reporting.
const FAULTS_MAX: u32 = 3;

/// Where the line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// An attempt is under way.
    Connecting,
    /// Open.
    Open,
    /// The next attempt comes by itself.
    Waiting,
    /// It does not, and why.
    Stopped(CloseCode),
}

/// What the shell must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Open a socket, replacing any other.
    Connect,
    /// Drop the socket.
    Hangup,
    /// Load the page anew: the server speaks another version.
    Reload,
    /// Show the error card with these words.
    Report(&'static str),
}

/// The state machine.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    /// When the present state began, µs.
    since_us: u64,
    /// When the next attempt is due, µs.
    due_us: u64,
    heard_us: u64,
    /// When the page woke up, until something is heard.
    woken_us: Option<u64>,
    /// Since when too much waits in the socket.
    clogged_us: Option<u64>,
    visible: bool,
    attempt: u32,
    faults: u32,
    /// The page was already reloaded for another version.
    reloaded: bool,
    random: Cosmetic,
    steps: VecDeque<Step>,
}

impl Session {
    /// Begins the first attempt. `reloaded` tells that the page was just reloaded for another version.
    #[must_use]
    pub fn new(seed: u64, reloaded: bool, now_us: u64) -> Session {
        let mut session = Session {
            connection: Connection::Waiting,
            since_us: now_us,
            due_us: now_us,
            heard_us: now_us,
            woken_us: None,
            clogged_us: None,
            visible: true,
            attempt: 0,
            faults: 0,
            reloaded,
            random: Cosmetic::new(seed),
            steps: VecDeque::new(),
        };
        session.connect(now_us);
        session
    }

    /// Where the line stands.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.connection
    }

    /// The next thing to do, until there is none.
    pub fn poll_step(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// The socket opened.
    pub fn handle_open(&mut self, now_us: u64) {
        self.enter(Connection::Open, now_us);
        self.heard_us = now_us;
    }

    /// A message was understood.
    pub fn handle_heard(&mut self, now_us: u64) {
        self.heard_us = now_us;
        self.woken_us = None;
        self.reloaded = false;
        if self.connection == Connection::Open && now_us.saturating_sub(self.since_us) > STEADY_US {
            self.attempt = 0;
            self.faults = 0;
        }
    }

    /// The socket closed with this code.
    pub fn handle_close(&mut self, number: u16, now_us: u64) {
        if matches!(self.connection, Connection::Stopped(_)) {
            return;
        }
        match CloseCode::from_number(number) {
            Some(CloseCode::Version) => self.other_version(now_us),
            Some(CloseCode::Protocol) => self.misunderstood(now_us),
            Some(code) if !code.reconnects() => self.enter(Connection::Stopped(code), now_us),
            _ => self.pause(now_us),
        }
    }

    /// A message made no sense to us.
    pub fn handle_nonsense(&mut self, now_us: u64) {
        self.steps.push_back(Step::Hangup);
        self.misunderstood(now_us);
    }

    /// The tab was shown or hidden, or the network came back.
    pub fn handle_visible(&mut self, visible: bool, now_us: u64) {
        self.visible = visible;
        self.heard_us = now_us;
        self.woken_us = (visible && self.connection == Connection::Open).then_some(now_us);
        if visible && self.connection == Connection::Waiting {
            self.connect(now_us);
        }
    }

    /// So many bytes wait in the socket. True while that means that the uplink is blocked.
    pub fn handle_backlog(&mut self, bytes: u64, now_us: u64) -> bool {
        if bytes > DEAD_BYTES && self.connection == Connection::Open {
            self.clogged_us.get_or_insert(now_us);
        } else {
            self.clogged_us = None;
        }
        bytes > BLOCKED_BYTES
    }

    /// The player asks: try now, whatever was said before.
    pub fn retry(&mut self, now_us: u64) {
        if matches!(self.connection, Connection::Waiting | Connection::Stopped(_)) {
            self.attempt = 0;
            self.connect(now_us);
        }
    }

    /// Time passed.
    pub fn tick(&mut self, now_us: u64) {
        match self.connection {
            Connection::Waiting if now_us >= self.due_us => self.connect(now_us),
            Connection::Connecting if now_us.saturating_sub(self.since_us) > OPEN_MAX_US => self.give_up(now_us),
            Connection::Open if longer(self.woken_us, WAKE_MAX_US, now_us) => {
                self.attempt = 0;
                self.steps.push_back(Step::Hangup);
                self.connect(now_us);
            }
            Connection::Open if longer(self.clogged_us, DEAD_US, now_us) => self.give_up(now_us),
            Connection::Open if self.visible && now_us.saturating_sub(self.heard_us) > SILENCE_MAX_US => {
                self.give_up(now_us)
            }
            _ => {}
        }
    }

    fn connect(&mut self, now_us: u64) {
        self.enter(Connection::Connecting, now_us);
        self.steps.push_back(Step::Connect);
    }

    fn give_up(&mut self, now_us: u64) {
        self.steps.push_back(Step::Hangup);
        self.pause(now_us);
    }

    fn pause(&mut self, now_us: u64) {
        self.enter(Connection::Waiting, now_us);
        self.due_us = now_us + back_off_us(self.attempt, self.random.unit());
        self.attempt = self.attempt.saturating_add(1);
    }

    fn other_version(&mut self, now_us: u64) {
        self.enter(Connection::Stopped(CloseCode::Version), now_us);
        if !self.reloaded {
            self.steps.push_back(Step::Reload);
        }
    }

    fn misunderstood(&mut self, now_us: u64) {
        self.faults += 1;
        if self.faults < FAULTS_MAX {
            return self.pause(now_us);
        }
        self.enter(Connection::Stopped(CloseCode::Protocol), now_us);
        self.steps.push_back(Step::Report("page and server misunderstood each other three times in a row"));
    }

    fn enter(&mut self, connection: Connection, now_us: u64) {
        self.connection = connection;
        self.since_us = now_us;
        (self.woken_us, self.clogged_us) = (None, None);
    }
}

fn longer(since_us: Option<u64>, than_us: u64, now_us: u64) -> bool {
    since_us.is_some_and(|since_us| now_us.saturating_sub(since_us) > than_us)
}

/// Pause before attempt number `attempt`, µs: doubling, with a quarter of jitter to either side so that a restarted
/// server is not met by everyone at once. `random` in `[0, 1)`.
#[must_use]
pub fn back_off_us(attempt: u32, random: f32) -> u64 {
    let doubled = PAUSE_US.0.saturating_mul(1 << attempt.min(10)).min(PAUSE_US.1);
    (doubled as f32 * (0.75 + 0.5 * random)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000;

    fn open() -> Session {
        let mut session = Session::new(1, false, 0);
        assert_eq!(session.poll_step(), Some(Step::Connect));
        session.handle_open(S);
        session
    }

    #[test]
    fn pauses_double_to_five_seconds_and_are_spread() {
        assert_eq!(back_off_us(0, 0.5), 250_000);
        assert_eq!(back_off_us(2, 0.5), 1_000_000);
        assert_eq!(back_off_us(60, 0.5), 5_000_000);
        assert_eq!((back_off_us(9, 0.0), back_off_us(9, 1.0)), (3_750_000, 6_250_000));
    }

    #[test]
    fn a_dropped_line_comes_back_by_itself_and_only_then() {
        let mut session = open();
        session.handle_close(1006, 2 * S);
        assert_eq!(session.connection(), Connection::Waiting);
        session.tick(2 * S + 100_000);
        assert_eq!(session.poll_step(), None);
        session.tick(3 * S);
        assert_eq!((session.connection(), session.poll_step()), (Connection::Connecting, Some(Step::Connect)));
        session.tick(4 * S);
        assert_eq!(session.poll_step(), None, "one attempt at a time");
    }

    #[test]
    fn the_codes_decide() {
        for code in CloseCode::ALL {
            let mut session = open();
            session.handle_close(code.number(), 2 * S);
            let waits = session.connection() == Connection::Waiting;
            assert_eq!(waits, code.reconnects(), "{code:?}");
            session.tick(60 * S);
            assert_eq!(session.connection() == Connection::Connecting, code.reconnects(), "{code:?}");
        }
    }

    #[test]
    fn another_version_reloads_once() {
        let mut session = open();
        session.handle_close(4001, 2 * S);
        assert_eq!(session.poll_step(), Some(Step::Reload));
        let mut again = Session::new(1, true, 0);
        again.poll_step();
        again.handle_close(4001, S);
        assert_eq!((again.poll_step(), again.connection()), (None, Connection::Stopped(CloseCode::Version)));
    }

    #[test]
    fn silence_counts_only_while_visible() {
        let mut session = open();
        session.handle_visible(false, 2 * S);
        session.tick(60 * S);
        assert_eq!(session.connection(), Connection::Open);
        session.handle_visible(true, 60 * S);
        session.tick(61 * S);
        assert_eq!(session.connection(), Connection::Open);
        session.handle_heard(61 * S);
        session.tick(64 * S);
        assert_eq!(session.connection(), Connection::Open);
        session.tick(66 * S);
        assert_eq!((session.connection(), session.poll_step()), (Connection::Waiting, Some(Step::Hangup)));
    }

    #[test]
    fn nothing_heard_after_waking_up_connects_anew_at_once() {
        let mut session = open();
        session.handle_visible(false, 2 * S);
        session.handle_visible(true, 60 * S);
        session.tick(61 * S + 400_000);
        assert_eq!((session.connection(), session.poll_step()), (Connection::Open, None));
        session.tick(61 * S + 600_000);
        assert_eq!((session.poll_step(), session.poll_step()), (Some(Step::Hangup), Some(Step::Connect)));
        let mut session = open();
        session.handle_visible(true, 60 * S);
        session.handle_heard(61 * S);
        session.tick(62 * S);
        assert_eq!((session.connection(), session.poll_step()), (Connection::Open, None));
    }

    #[test]
    fn a_blocked_uplink_is_told_and_a_dead_one_is_given_up() {
        let mut session = open();
        assert!(!session.handle_backlog(2_000, 2 * S) && session.handle_backlog(3_000, 2 * S));
        for at in [2, 3, 4] {
            session.handle_heard(at * S);
            session.handle_backlog(if at == 3 { 9_000 } else { 20_000 }, at * S);
            session.tick(at * S);
        }
        session.handle_heard(7 * S);
        session.tick(7 * S);
        assert_eq!(session.connection(), Connection::Open, "it moved in between");
        session.tick(7 * S + 100);
        session.handle_backlog(20_000, 7 * S + 100);
        session.tick(7 * S + 200);
        assert_eq!((session.connection(), session.poll_step()), (Connection::Waiting, Some(Step::Hangup)));
    }

    #[test]
    fn an_attempt_that_hangs_is_given_up() {
        let mut session = Session::new(1, false, 0);
        session.poll_step();
        session.tick(9 * S);
        assert_eq!((session.poll_step(), session.connection()), (Some(Step::Hangup), Connection::Waiting));
    }

    #[test]
    fn coming_back_to_the_tab_does_not_wait() {
        let mut session = open();
        for _ in 0..8 {
            session.handle_close(1006, 2 * S);
        }
        session.handle_visible(true, 2 * S);
        assert_eq!(session.connection(), Connection::Connecting);
    }

    #[test]
    fn the_player_may_overrule_a_full_server() {
        let mut session = open();
        session.handle_close(CloseCode::Full.number(), 2 * S);
        session.retry(3 * S);
        assert_eq!((session.connection(), session.poll_step()), (Connection::Connecting, Some(Step::Connect)));
    }

    #[test]
    fn repeated_misunderstanding_is_reported_and_ends() {
        let mut session = open();
        for _ in 0..3 {
            session.handle_nonsense(2 * S);
        }
        let steps: Vec<_> = core::iter::from_fn(|| session.poll_step()).collect();
        assert!(matches!(steps.last(), Some(Step::Report(_))));
        assert!(matches!(session.connection(), Connection::Stopped(_)));
    }

    #[test]
    fn a_steady_line_starts_the_back_off_over() {
        let mut session = open();
        for _ in 0..6 {
            session.handle_close(1006, 2 * S);
        }
        session.handle_open(3 * S);
        session.handle_heard(10 * S);
        session.handle_close(1006, 11 * S);
        session.tick(11 * S + 320_000);
        assert_eq!(session.connection(), Connection::Connecting);
    }
}
