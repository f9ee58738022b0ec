//! What is said over the line: a `Replica` per connection, the wish to play, the token that gets the ship back.
//!
//! Invariant: bytes are handled the moment they arrive and answered at once, never on a frame, so a hidden tab stays
//! in step. While a new connection has shown nothing yet, the last picture of the old one stays on the screen.
//! No sockets here: bytes in, [`Outgoing`] out.

use std::collections::VecDeque;

use glam::Vec2;
use shared::{
    defs::{Defs, Mutators, ShipClass, Team, Tuning},
    ids::PlayerId,
    protocol::{Chat, ChatMode, CloseCode, Deed, Notice, NoticeKind, Password, ProfileToken, Resume, Watch, Words},
    replica::{
        Intent, LaneStep, Replica, Switches,
        view::{Phase, View},
    },
    sim::Cause,
};

use crate::{
    address::Place,
    chat::ChatLog,
    season::Ceremony,
    session::{BLOCKED_BYTES, Connection, Session, Step},
    words::Word,
};

/// Deaths remembered for the feed and for the tests; older ones are forgotten.
const KILLS_MAX: usize = 512;
/// An announcement is shown this long, µs.
pub const ANNOUNCED_US: u64 = 8_000_000;

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

/// A death, with the names of that moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Kill {
    /// Who did it, if anyone, and under which name.
    pub killer: Option<(PlayerId, String)>,
    /// Who died, and under which name.
    pub victim: (PlayerId, String),
    /// Of what.
    pub cause: Cause,
    /// When, µs.
    pub at_us: u64,
}

/// An own kill, as it was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triumph {
    /// By whom: oneself.
    pub own: PlayerId,
    /// Who died.
    pub victim: PlayerId,
    /// Of what.
    pub cause: Cause,
    /// What it is worth.
    pub points: u32,
    /// When it was heard, µs.
    pub at_us: u64,
}

/// Who won a round, as it was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Who; nobody in a draw.
    pub winner: Option<Team>,
    /// The match was over, too.
    pub won: bool,
    /// When it was heard, µs.
    pub at_us: u64,
}

/// Verdicts remembered; older ones are forgotten.
const VERDICTS_MAX: usize = 64;

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
    kills: Vec<Kill>,
    ceremony: Ceremony,
    verdicts: Vec<Verdict>,
    /// The own team has won since it was last asked.
    victory: bool,
    /// The own kill that is worth most since it was last asked.
    triumph: Option<Triumph>,
    chat: ChatLog,
    /// What was announced last, and when, µs.
    announced: Option<(String, u64)>,
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
            kills: Vec::new(),
            ceremony: Ceremony::default(),
            verdicts: Vec::new(),
            victory: false,
            triumph: None,
            chat: ChatLog::default(),
            announced: None,
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

    /// The last announcement, while it is to be read.
    #[must_use]
    pub fn announcement(&self, now_us: u64) -> Option<&str> {
        let (text, at_us) = self.announced.as_ref()?;
        (now_us.saturating_sub(*at_us) < ANNOUNCED_US).then_some(text)
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

    /// The own kill that is worth most since this was last asked.
    pub fn take_triumph(&mut self) -> Option<Triumph> {
        self.triumph.take()
    }

    /// Deaths since the page was loaded, oldest first.
    #[must_use]
    pub fn kills(&self) -> &[Kill] {
        &self.kills
    }

    /// How the last season ended.
    #[must_use]
    pub fn ceremony(&self) -> &Ceremony {
        &self.ceremony
    }

    /// The same, to take the podium away.
    pub fn ceremony_mut(&mut self) -> &mut Ceremony {
        &mut self.ceremony
    }

    /// Rounds decided since the page was loaded, oldest first.
    #[must_use]
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// Whether the own team has just won; asking forgets it.
    pub fn take_victory(&mut self) -> bool {
        std::mem::take(&mut self.victory)
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
                NoticeKind::Announcement => self.announced = Some((text.as_str().to_owned(), now_us)),
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
            let (killer, victim, cause) = match deed {
                Deed::Kill { killer, victim, cause, points } => {
                    let own = killer.filter(|killer| Some(*killer) == replica.player() && *killer != victim);
                    let better = self.triumph.is_none_or(|known| points > known.points);
                    if let Some(own) = own.filter(|_| better) {
                        self.triumph = Some(Triumph { own, victim, cause, points, at_us: now_us });
                    }
                    (killer, victim, cause)
                }
                // A hit shows as a spark of the view; the feed tells of deaths.
                Deed::Hit { .. } => continue,
                Deed::Season(end) => {
                    self.ceremony.hear(*end, now_us);
                    continue;
                }
                Deed::Round { winner, won } => {
                    if self.verdicts.len() == VERDICTS_MAX {
                        self.verdicts.remove(0);
                    }
                    self.verdicts.push(Verdict { winner, won, at_us: now_us });
                    let own = replica.player().and_then(|player| replica.defs().mode.team(player));
                    self.victory |= winner.is_some() && winner == own;
                    continue;
                }
            };
            let named = |player| (player, replica.name_of(player).map_or("?", |entry| entry.name.as_str()).to_owned());
            let kill = Kill { killer: killer.map(named), victim: named(victim), cause, at_us: now_us };
            if self.kills.len() == KILLS_MAX {
                self.kills.remove(0);
            }
            self.kills.push(kill);
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
pub mod tests {
    use super::*;
    use crate::words::Language;
    use shared::{
        defs::{GameMode, Mutator, Terms},
        protocol::{
            ClientMessage, Hello, LaneKey, News, Opening, ResumeToken, ServerMessage, Welcome,
            codec::{decode_client, decode_opening, encode_server},
        },
        room::{ConnId, Credentials, Output, Room, RoomConfig, RoomEvent},
        tick::Tick,
    };

    fn net(playing: bool) -> Net {
        let remembered = Remembered { playing, name: "Ada".to_owned(), ..Remembered::default() };
        let mut net = Net::new(1, (800, 450), remembered, 0);
        assert_eq!(net.poll_outgoing(), Some(Outgoing::Session(Step::Connect)));
        net
    }

    /// A welcome, to a slot kept or to none.
    pub fn welcome(resumed: Option<PlayerId>) -> Vec<u8> {
        welcome_to(GameMode::Drift, resumed)
    }

    fn welcome_to(mode: GameMode, resumed: Option<PlayerId>) -> Vec<u8> {
        tuned_welcome(mode, resumed, Tuning::STANDARD)
    }

    fn tuned_welcome(mode: GameMode, resumed: Option<PlayerId>, tuning: Tuning) -> Vec<u8> {
        encode_server(&ServerMessage::Welcome(Welcome {
            room: "Drift".to_owned(),
            id: "main".to_owned(),
            tick: Tick(100),
            seed: 1,
            start_points: 0,
            token: ResumeToken([7; 16]),
            lane: LaneKey([8; 16]),
            resumed,
            chat: ChatMode::Full,
            terms: Terms::of(mode),
            tuning,
        }))
    }

    /// A connection that flies in slot 4 and has just heard of the end of a season.
    pub fn with_season() -> Net {
        let mut net = net(true);
        net.handle_open(1_000);
        net.handle_message(&welcome(Some(PlayerId(4))), 2_000);
        let deeds = vec![Deed::Season(Box::new(crate::season::tests::season()))];
        net.handle_message(&encode_server(&ServerMessage::News(News { first: 0, deeds })), 3_000);
        net
    }

    /// How many messages are sent after this welcome, besides the hello, and what is remembered.
    fn after_welcome(playing: bool, resumed: Option<PlayerId>) -> (usize, Option<bool>) {
        let mut net = net(playing);
        net.handle_open(1_000);
        assert!(matches!(net.poll_outgoing(), Some(Outgoing::Send(_))), "a hello goes out at once");
        while net.poll_outgoing().is_some() {}
        net.handle_message(&welcome(resumed), 2_000);
        assert_eq!(net.connects(), 1);
        let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
        let remembered = out.iter().find_map(|out| match out {
            Outgoing::Remember { resume: Some(_), playing, .. } => Some(*playing),
            _ => None,
        });
        (out.iter().filter(|out| matches!(out, Outgoing::Send(_))).count(), remembered)
    }

    #[test]
    fn one_who_played_plays_on_and_one_who_watched_watches() {
        let (watching, remembered) = after_welcome(false, None);
        assert_eq!(remembered, Some(false));
        let (playing, remembered) = after_welcome(true, None);
        assert_eq!(remembered, Some(true));
        assert_eq!(playing, watching + 1, "asks to play again");
        let (resumed, remembered) = after_welcome(false, Some(PlayerId(3)));
        assert_eq!((resumed, remembered), (watching, Some(true)), "the ship is already there");
    }

    #[test]
    fn one_comes_back_to_the_room_one_was_in_and_to_any_when_that_has_gone() {
        let mut net = net(true);
        assert_eq!(net.room(), None);
        net.handle_open(1_000);
        net.handle_message(&welcome(None), 2_000);
        assert_eq!(net.room(), Some("main"));
        net.handle_close(CloseCode::NoRoom.number(), 3_000);
        assert_eq!((net.room(), net.connection()), (None, Connection::Waiting));
        let at = |path: &str, room: &str| {
            let remembered = Remembered {
                place: Place::of_path(path),
                room: Some(room.to_owned()),
                playing: true,
                ..Remembered::default()
            };
            Net::new(1, (800, 450), remembered, 0)
        };
        for (path, room, playing) in
            [("/", "war", true), ("/r/WAR", "war", true), ("/r/duel", "war", false), ("/watch/war", "war", false)]
        {
            assert_eq!(at(path, room).playing(), playing, "{path}");
        }
        let mut asked_for = at("/r/duel", "duel");
        asked_for.handle_close(CloseCode::NoRoom.number(), 1_000);
        assert_eq!(asked_for.connection(), Connection::Stopped(CloseCode::NoRoom));
    }

    #[test]
    fn who_comes_is_told_of_mutators_by_name_and_then_of_numbers() {
        let mut net = net(false);
        net.handle_open(1_000);
        let tuning = Tuning::STANDARD.mutated([Mutator::LowGravity, Mutator::RichKills].into_iter().collect());
        net.handle_message(&tuned_welcome(GameMode::Drift, None, tuning), 2_000);
        let told: Vec<_> =
            net.chat().shown(2_000, true).map(|line| (line.label, line.text(Language::English))).collect();
        let numbers = (Some(Word::Physics), "gravity 35 %, kills 300 %");
        assert_eq!(told, [(Some(Word::MutatorLowGravity), ""), (Some(Word::MutatorRichKills), ""), numbers]);
    }

    #[test]
    fn a_password_is_said_at_the_next_attempt() {
        let mut net = net(false);
        net.handle_open(1_000);
        net.handle_close(CloseCode::Password.number(), 2_000);
        assert_eq!(net.connection(), Connection::Stopped(CloseCode::Password));
        net.give_password("open sesame");
        net.play("Ada", 3_000);
        net.handle_open(4_000);
        let said = core::iter::from_fn(|| net.poll_outgoing()).find_map(|out| match out {
            Outgoing::Send(bytes) => match decode_opening(&bytes) {
                Ok(Opening::Keyed { password, .. }) => Some(password.0),
                _ => None,
            },
            _ => None,
        });
        assert_eq!(said.as_deref(), Some("open sesame"));
    }

    /// The hello of the next connection.
    fn redial(net: &mut Net) -> Hello {
        net.handle_open(9_000_000);
        let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
        let hello = out.iter().find_map(|out| match out {
            Outgoing::Send(bytes) => match decode_opening(bytes) {
                Ok(Opening::Hello(hello)) => Some(hello),
                Ok(Opening::Keyed { .. } | Opening::Lane(_)) | Err(_) => None,
            },
            _ => None,
        });
        hello.expect("a hello goes out at once")
    }

    #[test]
    fn what_was_heard_is_said_at_the_next_hello_and_by_the_next_page() {
        let mut net = net(true);
        net.handle_open(1_000);
        net.handle_message(&welcome(Some(PlayerId(3))), 2_000);
        let kill = Deed::Kill { killer: None, victim: PlayerId(9), cause: Cause::Star, points: 0 };
        net.handle_message(
            &encode_server(&ServerMessage::News(News { first: 0, deeds: vec![kill.clone(); 2] })),
            3_000,
        );
        let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
        let remembered = out.iter().rev().find_map(|out| match out {
            Outgoing::Remember { resume, .. } => *resume,
            _ => None,
        });
        let resume = Resume { token: ResumeToken([7; 16]), heard: 2 };
        assert_eq!((net.kills().len(), remembered), (2, Some(resume)));
        net.handle_close(1006, 4_000);
        assert_eq!(redial(&mut net).resume, Some(resume));
        // The server tells what was missed, once more what was not, and the page shows each once.
        net.handle_message(&welcome(Some(PlayerId(3))), 9_100_000);
        net.handle_message(&encode_server(&ServerMessage::News(News { first: 1, deeds: vec![kill; 2] })), 9_200_000);
        assert_eq!(net.kills().len(), 3);
        let profile = Some(ProfileToken([4; 16]));
        let remembered = Remembered { resume: Some(resume), profile, ..Remembered::default() };
        let hello = redial(&mut Net::new(1, (800, 450), remembered, 0));
        assert_eq!((hello.resume, hello.profile), (Some(resume), profile));
    }

    #[test]
    fn a_verdict_is_heard_once_and_a_victory_is_that_of_the_own_team() {
        for (winner, victory) in [(Some(Team::Dusk), true), (Some(Team::Dawn), false), (None, false)] {
            let mut net = net(true);
            net.handle_open(1_000);
            net.handle_message(&welcome_to(GameMode::CoreWar, Some(PlayerId(3))), 2_000);
            assert_eq!(
                net.shown().defs().mode.terms.mode,
                GameMode::Drift,
                "the old picture stands until there is a new one"
            );
            let news = News { first: 0, deeds: vec![Deed::Round { winner, won: true }] };
            for _ in 0..2 {
                net.handle_message(&encode_server(&ServerMessage::News(news.clone())), 3_000);
            }
            assert_eq!(net.verdicts(), [Verdict { winner, won: true, at_us: 3_000 }]);
            assert_eq!((net.take_victory(), net.take_victory()), (victory, false));
        }
    }

    /// Ten seconds with a room, whose uplink stands still for a fifth of a second: what the shell is to do about a lane,
    /// and what goes out on it. The lane opens at once when `opens`.
    fn with_a_stall(opens: bool) -> (Vec<LaneStep>, Vec<Vec<u8>>) {
        let (mut room, conn) = (Room::new(RoomConfig { bots: 0, ..RoomConfig::default() }), ConnId(1));
        let mut net = net(true);
        net.handle_open(0);
        let (mut held, mut steps, mut copies) = (Vec::new(), Vec::new(), Vec::new());
        for tick in 1..600u64 {
            let now_us = tick * 16_667;
            room.tick(now_us, &|_| true);
            let mut told = Vec::new();
            while let Some(output) = room.poll_output() {
                match output {
                    Output::Snapshot { bytes, .. } | Output::Reliable { bytes, .. } => told.push(bytes.to_vec()),
                    Output::Close { code, .. } => panic!("{code:?}"),
                }
            }
            told.iter().for_each(|bytes| net.handle_message(bytes, now_us));
            net.frame(now_us, Intent::default());
            while let Some(out) = net.poll_outgoing() {
                match out {
                    Outgoing::Send(bytes) => held.push(bytes),
                    Outgoing::SendLane(bytes) => copies.push(bytes),
                    Outgoing::Lane(step) if opens => {
                        steps.push(step);
                        net.handle_lane_open(now_us);
                    }
                    Outgoing::Lane(step) => {
                        steps.push(step);
                        net.handle_lane_close(now_us);
                    }
                    Outgoing::Session(_) | Outgoing::Remember { .. } => {}
                }
            }
            let stalled = (300..312).contains(&tick);
            for bytes in held.extract_if(.., |_| !stalled) {
                room.handle(event(conn, &bytes), now_us);
            }
        }
        (steps, copies)
    }

    fn event(conn: ConnId, bytes: &[u8]) -> RoomEvent {
        match decode_opening(bytes) {
            Ok(Opening::Hello(hello)) => {
                let (token, lane) = (ResumeToken([7; 16]), LaneKey([8; 16]));
                let credentials = Credentials { profile_key: None, resume_key: None, token, token_key: [7; 32], lane };
                RoomEvent::Connect { conn, hello, credentials }
            }
            _ => RoomEvent::Message { conn, message: decode_client(bytes).expect("a message") },
        }
    }

    #[test]
    fn after_commands_came_late_they_go_out_on_a_second_lane_too() {
        let (steps, copies) = with_a_stall(true);
        assert_eq!(steps, [LaneStep::Open]);
        assert_eq!(decode_opening(&copies[0]), Ok(Opening::Lane(LaneKey([8; 16]))));
        assert!(copies.len() > 200, "{}", copies.len());
        for copy in &copies[1..] {
            assert!(matches!(decode_client(copy), Ok(ClientMessage::Commands(_))), "{copy:?}");
        }
        let (steps, copies) = with_a_stall(false);
        assert_eq!((steps, copies.len()), (vec![LaneStep::Open; 2], 0), "refused twice in five seconds");
    }

    #[test]
    fn nonsense_hangs_up_and_comes_back() {
        let mut net = net(false);
        net.handle_open(1_000);
        net.handle_message(&[0xFF; 40], 2_000);
        assert_eq!(net.connection(), Connection::Waiting);
        let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
        assert!(out.contains(&Outgoing::Session(Step::Hangup)));
    }

    #[test]
    fn a_page_that_slept_without_a_word_asks_for_everything_anew() {
        let sends = |woken_us: u64| {
            let mut net = net(false);
            net.handle_open(1_000);
            net.handle_message(&welcome(None), 2_000);
            while net.poll_outgoing().is_some() {}
            net.handle_woken(woken_us);
            core::iter::from_fn(|| net.poll_outgoing()).filter(|out| matches!(out, Outgoing::Send(_))).count()
        };
        assert_eq!((sends(1_000_000), sends(3_000_000)), (0, 1));
    }

    #[test]
    fn play_without_a_connection_is_kept_for_later() {
        let mut net = net(false);
        net.play("Ada", 500);
        assert!(net.playing());
        net.handle_open(1_000);
        while net.poll_outgoing().is_some() {}
        net.handle_message(&welcome(None), 2_000);
        let sends = core::iter::from_fn(|| net.poll_outgoing()).filter(|out| matches!(out, Outgoing::Send(_))).count();
        assert!(sends >= 1, "asks to play");
    }
}
