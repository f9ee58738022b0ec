//! What is said over the line: a `Replica` per connection, the wish to play, the token that gets the ship back.
//!
//! Invariant: bytes are handled the moment they arrive and answered at once, never on a frame, so a hidden tab stays
//! in step. While a new connection has shown nothing yet, the last picture of the old one stays on the screen.
//! No sockets here: bytes in, [`Outgoing`] out.

mod heard;

use std::collections::VecDeque;

use glam::Vec2;
use shared::{
    defs::{Defs, Mutators, ShipClass, Tuning},
    ids::PlayerId,
    protocol::{Chat, ChatMode, CloseCode, Notice, NoticeKind, Password, ProfileToken, Resume, Watch, Words},
    replica::{
        Intent, LaneStep, Replica, Switches,
        view::{Phase, View},
    },
};

pub use heard::{ANNOUNCED_US, Heard, Kill, Triumph, Verdict};

use crate::{
    address::Place,
    chat::ChatLog,
    session::{BLOCKED_BYTES, Connection, Session, Step},
    words::Word,
};

/// What the shell must do.
#[derive(Debug, Clone, PartialEq)]
pub enum Outgoing {
    /// As the session says.
    Session(Step),
    /// Send this.
    Send(Vec<u8>),
    /// Open or close the second lane.
    Lane(LaneStep),
    /// Send this on the second lane.
    SendLane(Vec<u8>),
    /// Keep this for the next page: what gets the slot back, and whether there is a game to go back to.
    Remember {
        /// The token of the last welcome, and the deeds heard.
        resume: Option<Resume>,
        /// The player is in the game.
        playing: bool,
        /// In which room.
        room: Option<String>,
    },
}

/// What an earlier page left behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remembered {
    /// Who plays in this browser.
    pub profile: Option<ProfileToken>,
    /// What gets the slot back.
    pub resume: Option<Resume>,
    /// The player was in the game.
    pub playing: bool,
    /// Under this name.
    pub name: String,
    /// In this class, when the points allow.
    pub class: ShipClass,
    /// The page was reloaded for another version of the game.
    pub reloaded: bool,
    /// In this room.
    pub room: Option<String>,
    /// What was given where a password was asked for.
    pub password: Option<Password>,
    /// Where this page is.
    pub place: Place,
}

/// The page's end of the game.
#[derive(Debug)]
pub struct Net {
    session: Session,
    /// What is on the screen.
    shown: Replica,
    /// The connection that will be, once it has something to show.
    next: Option<Replica>,
    view_half: (u16, u16),
    profile: Option<ProfileToken>,
    resume: Option<Resume>,
    playing: bool,
    place: Place,
    /// The room to be in: what the address says, else what the last welcome said.
    room: Option<String>,
    password: Option<Password>,
    name: String,
    class: ShipClass,
    visible: bool,
    switches: Switches,
    connects: u32,
    heard: Heard,
    chat: ChatLog,
    /// The numbers that one knows of.
    tuning: Tuning,
    /// Why the line was closed, where somebody said so in their own words.
    told_why: String,
    outgoing: VecDeque<Outgoing>,
}

impl Net {
    /// Begins to connect.
    #[must_use]
    pub fn new(seed: u64, view_half: (u16, u16), remembered: Remembered, now_us: u64) -> Net {
        let place = remembered.place;
        // What was kept is of another room, or of a game that goes on in another tab's place.
        let returns = !place.watching && remembered.room.as_ref().is_none_or(|room| place.admits(room));
        Net {
            session: Session::new(seed, remembered.reloaded, now_us),
            shown: Replica::new(Defs::standard(), view_half, None, now_us),
            next: None,
            view_half,
            profile: remembered.profile,
            resume: remembered.resume.filter(|_| returns),
            playing: remembered.playing && returns,
            room: place.room.clone().or(remembered.room),
            password: remembered.password,
            place,
            name: remembered.name,
            class: remembered.class,
            visible: true,
            switches: Switches::default(),
            connects: 0,
            heard: Heard::default(),
            chat: ChatLog::default(),
            tuning: Tuning::STANDARD,
            told_why: String::new(),
            outgoing: VecDeque::new(),
        }
    }

    /// The socket opened.
    pub fn handle_open(&mut self, now_us: u64) {
        self.session.handle_open(now_us);
        self.told_why.clear();
        let (half, known, password) = (self.view_half, self.profile, self.password.clone());
        let mut replica = Replica::of_player(Defs::standard(), half, self.resume, known, password, now_us);
        replica.set_switches(self.switches);
        if !self.visible {
            replica.set_idle(true, now_us);
        }
        self.next = Some(replica);
        self.drain();
    }

    /// A message came.
    pub fn handle_message(&mut self, bytes: &[u8], now_us: u64) {
        let replica = self.next.as_mut().unwrap_or(&mut self.shown);
        let welcomed = replica.welcome().is_some();
        if replica.handle_bytes(bytes, now_us).is_err() {
            self.next = None;
            return self.session.handle_nonsense(now_us);
        }
        self.session.handle_heard(now_us);
        if !welcomed && replica.welcome().is_some() {
            self.welcome();
        }
        self.hear_news(now_us);
        self.drain();
    }

    /// What the close frame said besides its code.
    pub fn hear_why(&mut self, code: u16, reason: &str) {
        let usual = CloseCode::from_number(code).map(CloseCode::reason);
        self.told_why = if usual == Some(reason) { String::new() } else { reason.to_owned() };
    }

    /// Why the line was closed, in the words of somebody who did it.
    #[must_use]
    pub fn told_why(&self) -> Option<&str> {
        Some(self.told_why.as_str()).filter(|why| !why.is_empty())
    }

    /// The socket closed.
    pub fn handle_close(&mut self, number: u16, now_us: u64) {
        self.next = None;
        if CloseCode::from_number(number) == Some(CloseCode::NoRoom) && self.place.room.is_none() && self.room.is_some()
        {
            // It was the server's choice, and has gone meanwhile: any other will do.
            (self.room, self.resume) = (None, None);
            return self.session.handle_close(CloseCode::RoomGone.number(), now_us);
        }
        self.session.handle_close(number, now_us);
    }

    /// The second lane's socket opened.
    pub fn handle_lane_open(&mut self, now_us: u64) {
        self.replica().handle_lane_open(now_us);
        self.drain();
    }

    /// The second lane's socket closed, or there could be none.
    pub fn handle_lane_close(&mut self, now_us: u64) {
        self.replica().handle_lane_close(now_us);
    }

    /// So many bytes wait to leave on the second lane.
    pub fn handle_lane_backlog(&mut self, bytes: u64) {
        self.replica().set_lane_blocked(bytes > BLOCKED_BYTES);
    }

    /// The tab was shown or hidden.
    pub fn handle_visible(&mut self, visible: bool, now_us: u64) {
        if self.visible != visible {
            self.visible = visible;
            self.replica().set_idle(!visible, now_us);
        }
        self.session.handle_visible(visible, now_us);
        self.drain();
    }

    /// The page came back from the browser's cache, or the network came back: perhaps without a word that it had gone.
    pub fn handle_woken(&mut self, now_us: u64) {
        if self.visible {
            self.replica().wake(now_us);
        }
        self.handle_visible(true, now_us);
    }

    /// So many bytes wait to leave.
    pub fn handle_backlog(&mut self, bytes: u64, now_us: u64) {
        let blocked = self.session.handle_backlog(bytes, now_us);
        self.replica().set_uplink_blocked(blocked);
    }

    /// How things are shown from now on, whatever the connection.
    pub fn set_switches(&mut self, switches: Switches) {
        self.switches = switches;
        self.shown.set_switches(switches);
        self.replica().set_switches(switches);
    }

    /// Time passed; also called while the tab is hidden and no frames come.
    pub fn tick(&mut self, now_us: u64) {
        self.session.tick(now_us);
    }

    /// A tick passed, with or without a frame.
    pub fn beat(&mut self, now_us: u64) {
        if self.session.connection() == Connection::Open {
            self.replica().beat(now_us);
            self.drain();
        }
    }

    /// Advances to a frame. True when the picture moved; false when it stands still for want of a connection, and
    /// the events in [`Net::view`] have been seen before.
    pub fn frame(&mut self, now_us: u64, intent: Intent) -> bool {
        if let Some(next) = &mut self.next {
            next.frame(now_us, intent);
            if next.view().phase == Phase::Connecting {
                self.drain();
                return false;
            }
            self.shown = self.next.take().expect("it was just there");
        } else if self.session.connection() == Connection::Open {
            self.shown.frame(now_us, intent);
        } else {
            return false;
        }
        self.hear_news(now_us);
        self.drain();
        true
    }

    /// Takes a slot under this name, now or as soon as there is a connection.
    pub fn play(&mut self, name: &str, now_us: u64) {
        self.name.clear();
        self.name.push_str(name);
        self.playing = true;
        self.remember();
        if self.session.connection() == Connection::Open && self.replica().welcome().is_some() {
            let replica = self.next.as_mut().unwrap_or(&mut self.shown);
            replica.play(&self.name, self.class);
            self.drain();
        } else {
            self.session.retry(now_us);
        }
    }

    /// Says this where a password is asked for, from the next attempt on.
    pub fn give_password(&mut self, password: &str) {
        self.password = Some(Password(password.to_owned()));
    }

    /// Whether it was said.
    #[must_use]
    pub fn gave_password(&self) -> bool {
        self.password.is_some()
    }

    /// Tries again to look on.
    pub fn look_on(&mut self, now_us: u64) {
        self.session.retry(now_us);
    }

    /// Launches again after death.
    pub fn relaunch(&mut self) {
        let class = self.class;
        self.replica().relaunch(class);
        self.drain();
    }

    /// Asks for another ship in flight.
    pub fn refit(&mut self) {
        let class = self.class;
        self.replica().refit(class);
        self.drain();
    }

    /// Says something to everybody, if one has a slot and the room allows it; what begins with a `/` is for the console and
    /// never said.
    pub fn say(&mut self, words: &Words) {
        if let Words::Text(text) = words
            && let Some(line) = text.trim_start().strip_prefix('/')
        {
            self.replica().command(line);
            self.drain();
        } else if self.may_speak() && words.allowed(self.chat_mode()) {
            self.replica().say_words(words);
            self.drain();
        }
    }

    /// Asks to look there while one waits for a ship.
    pub fn watch(&mut self, watch: Watch) {
        self.replica().watch(watch);
    }

    /// Looks at a place meanwhile, u.
    pub fn look_at(&mut self, place: Vec2) {
        self.replica().look_at(place);
    }

    /// The window changed.
    pub fn set_view(&mut self, half: (u16, u16)) {
        if half != self.view_half {
            self.view_half = half;
            self.replica().set_view(half);
            self.drain();
        }
    }

    /// The next thing to do, until there is none.
    pub fn poll_outgoing(&mut self) -> Option<Outgoing> {
        self.outgoing.pop_front().or_else(|| self.session.poll_step().map(Outgoing::Session))
    }

    /// What is on the screen.
    #[must_use]
    pub fn view(&self) -> &View {
        self.shown.view()
    }

    /// The replica behind it.
    #[must_use]
    pub fn shown(&self) -> &Replica {
        &self.shown
    }

    /// Where the line stands.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.session.connection()
    }

    /// Where the page is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The room one is in, or wants to be in.
    #[must_use]
    pub fn room(&self) -> Option<&str> {
        self.room.as_deref()
    }

    /// Whole seconds until the server goes down for a moment, if it said that it will.
    #[must_use]
    pub fn restart_in_s(&self, now_us: u64) -> Option<u64> {
        self.next.as_ref().unwrap_or(&self.shown).restart_in_s(now_us)
    }

    /// The player wants to be in the game.
    #[must_use]
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// The class wanted for the next launch.
    #[must_use]
    pub fn class(&self) -> ShipClass {
        self.class
    }

    /// Wants another class from the next launch on.
    pub fn choose(&mut self, class: ShipClass) {
        self.class = class;
    }

    /// The points that decide what may be launched: the own score, or what a new pilot begins with.
    #[must_use]
    pub fn points(&self) -> u32 {
        let own = self.shown.leaderboard().own.filter(|_| self.playing).map(|(_, row)| row.score);
        own.unwrap_or_else(|| self.shown.welcome().map_or(0, |welcome| welcome.start_points))
    }

    /// The name played under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Welcomes so far.
    #[must_use]
    pub fn connects(&self) -> u32 {
        self.connects
    }

    /// What happened in the arena.
    #[must_use]
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// The same, to take up what is told once and to take the podium away.
    pub fn heard_mut(&mut self) -> &mut Heard {
        &mut self.heard
    }

    /// What people said.
    #[must_use]
    pub fn chat(&self) -> &ChatLog {
        &self.chat
    }

    /// The same, to mute somebody in.
    pub fn chat_mut(&mut self) -> &mut ChatLog {
        &mut self.chat
    }

    /// What may be said in the room shown; nothing before there is one.
    #[must_use]
    pub fn chat_mode(&self) -> ChatMode {
        self.shown.welcome().map_or(ChatMode::Off, |welcome| welcome.chat)
    }

    /// One has a slot on a line that stands.
    #[must_use]
    pub fn may_speak(&self) -> bool {
        self.session.connection() == Connection::Open && self.shown.player().is_some()
    }

    /// The name of a pilot, and whether the server flies it.
    #[must_use]
    pub fn pilot(&self, player: PlayerId) -> Option<(&str, bool)> {
        self.shown.name_of(player).map(|entry| (entry.name.as_str(), entry.bot))
    }

    fn replica(&mut self) -> &mut Replica {
        self.next.as_mut().unwrap_or(&mut self.shown)
    }

    fn welcome(&mut self) {
        self.connects += 1;
        let replica = self.next.as_mut().unwrap_or(&mut self.shown);
        self.resume = replica.resume();
        // An arena in a tab has no address.
        self.room = replica.welcome().map(|welcome| welcome.id.clone()).filter(|id| !id.is_empty());
        if replica.resumed() {
            self.playing = true;
        } else if self.playing {
            replica.play(&self.name, self.class);
        }
        self.remember();
    }

    fn remember(&mut self) {
        self.outgoing.push_back(Outgoing::Remember {
            resume: self.resume,
            playing: self.playing,
            room: self.room.clone(),
        });
    }

    fn hear_news(&mut self, now_us: u64) {
        let replica = self.next.as_mut().unwrap_or(&mut self.shown);
        while let Some(chat) = replica.poll_chat() {
            match chat {
                Chat::Earlier(lines) => self.chat.hear_earlier(lines, now_us),
                Chat::Said(lines) => self.chat.hear(lines, now_us),
                Chat::Hushed => self.chat.hush(Word::ChatHushed, now_us),
                Chat::Muted => self.chat.hush(Word::ChatSilenced, now_us),
            }
        }
        while let Some(Notice { kind, text }) = replica.poll_notice() {
            match kind {
                NoticeKind::Announcement => self.heard.announce(text.as_str(), now_us),
                NoticeKind::Private => self.chat.tell(None, text.as_str(), now_us),
            }
        }
        let tuning = replica.defs().tuning;
        if self.tuning != tuning {
            let before = std::mem::replace(&mut self.tuning, tuning);
            let fresh = if before.mutators == tuning.mutators { Mutators::NONE } else { tuning.mutators };
            for mutator in fresh.iter() {
                self.chat.tell(Some(Word::of_mutator(mutator)), "", now_us);
            }
            let label = if tuning.is_standard() { Word::PhysicsUsual } else { Word::Physics };
            self.chat.tell(Some(label), &tuning.to_string(), now_us);
        }
        let mut heard = false;
        while let Some(deed) = replica.poll_deed() {
            heard = true;
            self.heard.hear(deed, replica, now_us);
        }
        if heard {
            // Another page, or the next connection, must not hear them again.
            self.resume = replica.resume();
            self.remember();
        }
    }

    fn drain(&mut self) {
        let replica = self.next.as_mut().unwrap_or(&mut self.shown);
        // Without a connection there is nobody to tell; the next hello starts over.
        let open = self.session.connection() == Connection::Open;
        while let Some(bytes) = replica.poll_transmit() {
            if open {
                self.outgoing.push_back(Outgoing::Send(bytes));
            }
        }
        while let Some(step) = replica.poll_lane() {
            if open {
                self.outgoing.push_back(Outgoing::Lane(step));
            }
        }
        while let Some(bytes) = replica.poll_lane_transmit() {
            if open {
                self.outgoing.push_back(Outgoing::SendLane(bytes));
            }
        }
    }
}

#[cfg(test)]
pub mod tests;
