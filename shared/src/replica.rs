//! The client's end of the netcode, sans-io.
//!
//! Bytes from the socket go in through [`Replica::handle_bytes`], bytes for the socket come out of
//! [`Replica::poll_transmit`], and [`Replica::frame`] turns the pilot's intent and the time into a [`View`].
//! Invariant: whatever the server sends, this never panics; what cannot be understood is an error that ends
//! the connection.

mod clock;
mod decode;
mod flight;
mod io;
mod lane;
mod line;
mod others;
mod past;
pub(crate) mod picture;
mod predict;
mod present;
mod scribe;
pub(crate) mod shot_line;
mod switches;
mod tables;
mod tow;
mod traffic;
mod transmit;
pub mod view;

use std::collections::{BTreeMap, VecDeque};

use glam::Vec2;

use crate::{
    defs::{Defs, ShipClass},
    ids::{PlayerId, ShipId},
    limits::{CHAT_CHARS_MAX, CHAT_UNREAD_MAX, CONSOLE_BYTES_MAX, DEEDS_KEPT, NOTICES_UNREAD_MAX},
    math,
    protocol::{
        Chat, ClientMessage, ConsoleLine, Deed, Edges, Fall, Hello, Leaderboard, News, Notice, Opening, Password,
        ProfileToken, Resume, ResumeToken, Roster, RosterEntry, RoundNews, SentCommand, ServerMessage, Snapshot,
        SnapshotFlags, Watch, Welcome, Words, body::Station, codec, known::Known, reckon::Skies,
    },
    sim::{Buttons, Command, Layout},
    tick::Tick,
};
use clock::Clock;
use decode::{Note, Reading};
pub use io::{Intent, ReplicaError};
use lane::Lane;
pub use lane::LaneStep;
use line::Line;
use past::Past;
use predict::{Predictor, Sent};
use present::Present;
pub use switches::Switches;
use tables::Tables;
pub use traffic::{KINDS, Kind};
pub use view::{Phase, View, ViewEvent};

/// Desyncs forgiven in a row; TCP has no excuse for more.
const DESYNCS_MAX: u32 = 2;
/// Check sums that must agree before earlier desyncs are forgotten: half a minute.
const FORGIVEN_AFTER: u32 = 120;
/// Touches gentler than this make no sound, u/s.
const BUMP_U_S: f32 = 20.0;
/// Without a snapshot for this long the controls are locked, µs: the server has been holding our ship still for most
/// of it anyway.
const LOCK_US: u64 = 1_000_000;
/// A frame that takes longer is slow, µs: one and a half of a screen at 60 Hz.
const SLOW_FRAME_US: u64 = 25_000;
/// After this long without a snapshot a tab that wakes up asks for everything anew, µs.
const SLEPT_US: u64 = 2_000_000;

/// Pilots who left whose names are still known; the lowest slot is forgotten first.
const FORMER_MAX: usize = 64;

/// A connection's view of a room.
#[derive(Debug)]
pub struct Replica {
    tables: Tables,
    layout: Option<Layout>,
    welcome: Option<Welcome>,
    player: Option<PlayerId>,
    known: Known,
    clock: Option<Clock>,
    skies: Skies,
    sent: Sent,
    batch: Vec<(Tick, SentCommand)>,
    command: Command,
    predictor: Option<Predictor>,
    present: Present,
    past: Option<Past>,
    switches: Switches,
    notes: Vec<Note>,
    events: Vec<ViewEvent>,
    roster: BTreeMap<PlayerId, RosterEntry>,
    /// Who had a slot before, while nobody else has it.
    former: BTreeMap<PlayerId, RosterEntry>,
    leaderboard: Leaderboard,
    /// How the round stands, where there are rounds.
    round: Option<RoundNews>,
    /// Deeds heard and not yet polled.
    deeds: VecDeque<Deed>,
    /// What was said and not yet polled.
    chat: VecDeque<Chat>,
    /// What those who run the server said and was not polled yet.
    notices: VecDeque<Notice>,
    /// Number of the next deed to hear.
    heard: u16,
    outbox: VecDeque<Vec<u8>>,
    lane: Lane,
    view: View,
    line: Line,
    last_frame_us: u64,
    /// Smoothed, µs.
    usual_frame_us: u64,
    last_ack_us: u64,
    desyncs: u32,
    agreed: u32,
    resyncing: bool,
    /// Buttons seen since the last step, so that a tap between two steps is a command too…
    tapped: Buttons,
    /// …and how often trigger and boost were pressed.
    edges: Edges,
    /// When the own ray was last seen to leave, so that the server's word of it is not a second one.
    beamed: Option<Tick>,
    relaunching: bool,
    leaving: bool,
    /// The tab is hidden: commands rest, the server holds still for us.
    idle: bool,
    /// What the pilot wanted in the last frame.
    intent: Intent,
    /// No news for so long that the controls rest.
    locked: bool,
    /// The socket takes no more: commands wait.
    uplink_blocked: bool,
    /// Half extents of the view, u.
    view_half: (u16, u16),
    view_wanted: Option<(u16, u16)>,
    view_told_us: u64,
    hello_us: Option<u64>,
    greeting_us: f64,
    /// How the own ship was lost last.
    fall: Option<Fall>,
    /// Where one wants to look without a ship, not told yet.
    wish: Option<Watch>,
    wish_told_us: u64,
    /// The place one looks at meanwhile, u.
    place: Option<Vec2>,
    /// The forecast is wanted.
    foresees: bool,
    /// When the server goes down for a moment, if it said so.
    restart_us: Option<u64>,
}

impl Replica {
    /// A fresh connection; its hello waits in [`Replica::poll_transmit`]. `view_half`: half extents of the view, u.
    #[must_use]
    pub fn new(defs: Defs, view_half: (u16, u16), resume: Option<Resume>, now_us: u64) -> Replica {
        Replica::of_player(defs, view_half, resume, None, None, now_us)
    }

    /// The same of a player who is known again on another day, to a room that may ask for a password.
    #[must_use]
    pub fn of_player(
        defs: Defs,
        view_half: (u16, u16),
        resume: Option<Resume>,
        profile: Option<ProfileToken>,
        password: Option<Password>,
        now_us: u64,
    ) -> Replica {
        let hello = Hello { resume, profile, view_half };
        let opening = match password {
            Some(password) => Opening::Keyed { hello, password },
            None => Opening::Hello(hello),
        };
        let hello = codec::encode_opening(&opening);
        let mut line = Line::new(now_us);
        line.traffic.add(Kind::Requests, hello.len());
        Replica {
            tables: Tables::new(defs),
            layout: None,
            welcome: None,
            player: None,
            known: Known::default(),
            clock: None,
            skies: Skies::default(),
            sent: Sent::default(),
            batch: Vec::new(),
            command: Command::default(),
            predictor: None,
            present: Present::default(),
            past: None,
            switches: Switches::default(),
            notes: Vec::new(),
            events: Vec::new(),
            roster: BTreeMap::new(),
            former: BTreeMap::new(),
            leaderboard: Leaderboard::default(),
            round: None,
            deeds: VecDeque::new(),
            chat: VecDeque::new(),
            notices: VecDeque::new(),
            heard: resume.map_or(0, |resume| resume.heard),
            outbox: VecDeque::from([hello]),
            lane: Lane::default(),
            view: View::default(),
            line,
            last_frame_us: now_us,
            usual_frame_us: 0,
            last_ack_us: now_us,
            desyncs: 0,
            agreed: 0,
            resyncing: false,
            tapped: Buttons(0),
            edges: Edges::default(),
            beamed: None,
            relaunching: false,
            leaving: false,
            idle: false,
            intent: Intent::default(),
            locked: false,
            uplink_blocked: false,
            view_half,
            view_wanted: None,
            view_told_us: now_us,
            hello_us: None,
            greeting_us: 0.0,
            fall: None,
            wish: None,
            wish_told_us: 0,
            place: None,
            foresees: true,
            restart_us: None,
        }
    }

    /// Takes in one message of the server.
    ///
    /// # Errors
    /// When the message makes no sense; the connection must then be closed.
    pub fn handle_bytes(&mut self, bytes: &[u8], now_us: u64) -> Result<(), ReplicaError> {
        let message = codec::decode_server(bytes).map_err(ReplicaError::Decode)?;
        if !matches!(message, ServerMessage::Snapshot(_)) {
            self.line.traffic.add(Kind::Society, bytes.len());
        }
        match message {
            ServerMessage::Welcome(welcome) => self.take_welcome(welcome, now_us),
            ServerMessage::Joined { player } => {
                // The server has seen to an earlier leave: what comes now is about the new slot.
                self.leaving = false;
                self.player = Some(player);
            }
            ServerMessage::Snapshot(snapshot) => {
                self.take_snapshot(&snapshot, now_us)?;
                self.line.traffic.finish(bytes.len());
            }
            ServerMessage::Roster(roster) => self.take_roster(roster),
            ServerMessage::Leaderboard(leaderboard) => self.leaderboard = leaderboard,
            ServerMessage::News(news) => self.take_news(&news),
            ServerMessage::Fall(fall) => self.fall = Some(fall),
            ServerMessage::Round(news) => self.round = Some(news),
            ServerMessage::Restarting { seconds } => {
                self.restart_us = (seconds > 0).then(|| now_us + u64::from(seconds) * 1_000_000);
            }
            ServerMessage::Chat(chat) => {
                if self.chat.len() >= CHAT_UNREAD_MAX {
                    self.chat.pop_front();
                }
                self.chat.push_back(chat);
            }
            ServerMessage::Notice(notice) => {
                if self.notices.len() >= NOTICES_UNREAD_MAX {
                    self.notices.pop_front();
                }
                self.notices.push_back(notice);
            }
            ServerMessage::Tuned { from, tuning } => {
                if !self.tables.announce(from, &tuning) {
                    return Err(ReplicaError::OutOfOrder);
                }
            }
        }
        Ok(())
    }

    /// Advances to `now_us` with the pilot's intent and returns the picture.
    pub fn frame(&mut self, now_us: u64, intent: Intent) -> &View {
        let passed_us = now_us.saturating_sub(self.last_frame_us);
        let dt_s = passed_us as f32 / 1_000_000.0;
        self.last_frame_us = now_us;
        self.usual_frame_us = (7 * self.usual_frame_us + passed_us) / 8;
        let mut events = std::mem::take(&mut self.events);
        self.tell_view(now_us);
        self.tell_wish(now_us);
        self.intent = intent;
        self.advance_clock(now_us, intent, &mut events);
        self.tend_lane(now_us);
        self.relax(now_us, dt_s);
        self.line.refresh(now_us, self.clock.as_ref(), self.past.as_ref().map(|past| &past.clock), self.known.tick);
        self.line.set_lane(self.lane.is_open());
        let mut view = std::mem::take(&mut self.view);
        view.events.clear();
        view.events.append(&mut events);
        self.events = events;
        self.describe(&mut view);
        self.view = view;
        &self.view
    }

    /// Lets time pass between frames when the last was long ago: on a slow screen commands still leave in time, with
    /// what the pilot held at that frame. Call it as often as the simulation ticks.
    pub fn beat(&mut self, now_us: u64) {
        let since_us = now_us.saturating_sub(self.last_frame_us);
        if self.idle || since_us.max(self.usual_frame_us) < SLOW_FRAME_US {
            return;
        }
        let mut events = std::mem::take(&mut self.events);
        self.advance_clock(now_us, self.intent, &mut events);
        self.events = events;
    }

    /// The last frame's picture.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The next message for the socket; drain after `frame` and `handle_bytes`.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        let bytes = self.outbox.pop_front()?;
        self.hello_us.get_or_insert(self.last_frame_us);
        Some(bytes)
    }

    /// Asks for a slot and a ship of this class, if the score allows.
    pub fn play(&mut self, name: &str, class: ShipClass) {
        self.say(&ClientMessage::Play { name: name.chars().take(64).collect(), class });
    }

    /// Asks for a new ship after death; once per death is enough, more do no harm.
    pub fn relaunch(&mut self, class: ShipClass) {
        // The picture may still show the death when the news of the launch is in.
        if !self.relaunching && self.known.station != Station::Flying {
            self.relaunching = true;
            self.say(&ClientMessage::Relaunch { class });
        }
    }

    /// Asks to turn the ship that flies into one of another class; the room may refuse in silence.
    pub fn refit(&mut self, class: ShipClass) {
        self.say(&ClientMessage::Relaunch { class });
    }

    /// Gives the slot up.
    pub fn leave(&mut self) {
        self.say(&ClientMessage::Leave);
        self.leaving = true;
    }

    /// Says something to everybody in the room; what is longer than a line is cut.
    pub fn say_words(&mut self, words: &Words) {
        let words = match words {
            Words::Text(text) => Words::Text(text.chars().take(2 * CHAT_CHARS_MAX).collect()),
            quick @ Words::Quick(_) => quick.clone(),
        };
        self.say(&ClientMessage::Say(words));
    }

    /// Hands a line to the console, without its `/`; what is longer than one may be is cut.
    pub fn command(&mut self, line: &str) {
        let line = &line[..line.floor_char_boundary(CONSOLE_BYTES_MAX)];
        self.say(&ClientMessage::Console(ConsoleLine(line.to_owned())));
    }

    /// Asks to look there while there is no ship. Told within a fifth of a second, the last wish of it.
    pub fn watch(&mut self, wish: Watch) {
        (self.place, self.wish) = (None, Some(wish));
    }

    /// Looks at a place while there is no ship, u. The picture goes there at once; what is there comes after a round trip.
    pub fn look_at(&mut self, place: Vec2) {
        let place = math::clamp_length(place, self.known.edge.radius_u());
        if self.place != Some(place) {
            // No arena reaches beyond sixteen bits of units.
            (self.place, self.wish) = (Some(place), Some(Watch::Place(place.x as i16, place.y as i16)));
        }
    }

    /// How the own ship was lost, while one waits for another and if the server said so.
    #[must_use]
    pub fn fall(&self) -> Option<Fall> {
        self.fall.filter(|_| matches!(self.known.station, Station::Dead { .. }))
    }

    /// The window changed: half extents of the view, u. Told within a quarter second, however often it changes.
    pub fn set_view(&mut self, half: (u16, u16)) {
        self.view_half = half;
        self.view_wanted = Some(half);
    }

    /// Whether pictures hold the forecast of the own path and of the next shot. They do unless told otherwise; a pilot without eyes saves
    /// most of a frame's work.
    pub fn set_foresight(&mut self, on: bool) {
        self.foresees = on;
    }

    /// How things are shown from now on: see the lab.
    pub fn set_switches(&mut self, switches: Switches) {
        self.switches = switches;
    }

    /// The socket takes no more for now, or takes again: meanwhile commands wait and are merged.
    pub fn set_uplink_blocked(&mut self, blocked: bool) {
        self.uplink_blocked = blocked;
    }

    /// The tab was hidden, or is visible again.
    pub fn set_idle(&mut self, idle: bool, now_us: u64) {
        self.say(&ClientMessage::Idle(idle));
        self.idle = idle;
        self.intent = Intent::default();
        // A hidden tab draws no frames that would see to it.
        self.tend_lane(now_us);
        if !idle {
            self.wake(now_us);
            if let Some(clock) = &mut self.clock {
                clock.set_leading(false, self.known.tick, now_us);
            }
        }
    }

    /// The page may have slept: it goes on from now, and asks for everything anew when the news is old. True when it
    /// is.
    pub fn wake(&mut self, now_us: u64) -> bool {
        self.last_frame_us = now_us;
        let slept = self.welcome.is_some() && self.line.staleness_us(now_us) > SLEPT_US;
        if slept {
            self.say(&ClientMessage::NeedFull);
        }
        slept
    }

    /// The own slot, when playing.
    #[must_use]
    pub fn player(&self) -> Option<PlayerId> {
        self.player.filter(|_| !self.leaving)
    }

    /// The secret that brings the next connection back to this slot.
    #[must_use]
    pub fn token(&self) -> Option<ResumeToken> {
        self.welcome.as_ref().map(|welcome| welcome.token)
    }

    /// What the next connection says to get this slot back, and to hear what it missed.
    #[must_use]
    pub fn resume(&self) -> Option<Resume> {
        self.token().map(|token| Resume { token, heard: self.heard })
    }

    /// Whether the server gave the slot of an earlier connection back.
    #[must_use]
    pub fn resumed(&self) -> bool {
        self.welcome.as_ref().is_some_and(|welcome| welcome.resumed.is_some())
    }

    /// What the server said first.
    #[must_use]
    pub fn welcome(&self) -> Option<&Welcome> {
        self.welcome.as_ref()
    }

    /// A pilot's name and kind; a decoy's are those of whom it looks like.
    #[must_use]
    pub fn name_of(&self, player: PlayerId) -> Option<&RosterEntry> {
        self.roster.get(&player.pilot()).or_else(|| self.former.get(&player.pilot()))
    }

    /// The standing.
    #[must_use]
    pub fn leaderboard(&self) -> &Leaderboard {
        &self.leaderboard
    }

    /// The next kill in the room, hit of one's own or end of a season, each once and in order, also across a resume.
    pub fn poll_deed(&mut self) -> Option<Deed> {
        self.deeds.pop_front()
    }

    /// The next message of what people say.
    pub fn poll_chat(&mut self) -> Option<Chat> {
        self.chat.pop_front()
    }

    /// The next word of those who run the server.
    pub fn poll_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// Whole seconds until the server goes down for a moment, if it said that it will.
    #[must_use]
    pub fn restart_in_s(&self, now_us: u64) -> Option<u64> {
        self.restart_us.map(|at_us| at_us.saturating_sub(now_us).div_ceil(1_000_000))
    }

    /// The tables of the present.
    #[must_use]
    pub fn defs(&self) -> &Defs {
        self.tables.at(self.clock.as_ref().map_or(self.known.tick, Clock::tick))
    }

    /// What the server told, for comparing with what it meant to tell.
    #[must_use]
    pub fn known(&self) -> &Known {
        &self.known
    }

    fn take_welcome(&mut self, welcome: Welcome, now_us: u64) {
        self.greeting_us = self.hello_us.map_or(0.0, |hello_us| now_us.saturating_sub(hello_us) as f64);
        self.tables.greet(welcome.terms, &welcome.tuning);
        self.round = None;
        self.layout = Some(Layout::new(welcome.seed, &self.tables.at(welcome.tick).arena));
        self.player = welcome.resumed;
        if welcome.resumed.is_none() {
            self.heard = 0;
        }
        self.welcome = Some(welcome);
    }

    fn take_news(&mut self, news: &News) {
        for (i, deed) in news.deeds.iter().enumerate() {
            let number = news.first.wrapping_add(i as u16);
            if number.wrapping_sub(self.heard).cast_signed() < 0 {
                continue;
            }
            self.heard = number.wrapping_add(1);
            if self.deeds.len() >= DEEDS_KEPT {
                self.deeds.pop_front();
            }
            self.deeds.push_back(deed.clone());
            // What a resume brings up is told, but its sparks are over: nothing is in sight yet.
            let event = scribe::struck(self, deed);
            self.events.extend(event);
        }
    }

    fn take_roster(&mut self, roster: Roster) {
        for player in roster.left {
            // Their last deeds may still be on the way.
            let gone = self.roster.remove(&player).map(|entry| (player, entry));
            self.former.extend(gone);
        }
        while self.former.len() > FORMER_MAX {
            self.former.pop_first();
        }
        for entry in roster.entries {
            if self.roster.len() < crate::limits::PLAYERS_MAX || self.roster.contains_key(&entry.player) {
                self.roster.insert(entry.player, entry);
            }
        }
    }

    fn take_snapshot(&mut self, snapshot: &Snapshot, now_us: u64) -> Result<(), ReplicaError> {
        let Some(layout) = &self.layout else { return Err(ReplicaError::OutOfOrder) };
        let sent = &self.sent;
        let defs = self.tables.at(snapshot.tick);
        let mut reading = Reading { layout, defs, skies: &mut self.skies, player: self.player };
        let traffic = &mut self.line.traffic;
        decode::apply(&mut self.known, snapshot, &mut reading, |tick| sent.at(tick), &mut self.notes, traffic)
            .map_err(|_| ReplicaError::Snapshot { tick: snapshot.tick })?;
        self.tables.settle(snapshot.tick);
        self.check(snapshot)?;
        // The rest of this tick is right behind: look at it whole. What this part told is noted with it.
        if snapshot.flags.has(SnapshotFlags::MORE) {
            return Ok(());
        }
        self.line.snapshot(f32::from(snapshot.margin) / 4.0, now_us);
        // Snapshots under way when the slot was given up still show the own ship; the first without it ends it.
        if self.leaving && !matches!(self.known.station, Station::Flying | Station::Dead { .. }) {
            self.player = None;
            self.leaving = false;
        }
        self.keep_time(snapshot, now_us);
        self.keep_past(snapshot.tick, now_us);
        let mut events = std::mem::take(&mut self.events);
        self.reconcile(&mut events);
        scribe::write(self, &mut events);
        // Nobody looks while the tab is hidden: keep what is recent.
        if events.len() > 512 {
            events.drain(..events.len() - 512);
        }
        // Time passes with the news too, not only with frames: on a slow screen commands still leave in time.
        if !self.idle {
            self.advance_clock(now_us, self.intent, &mut events);
        }
        self.events = events;
        self.acknowledge(now_us);
        Ok(())
    }

    fn check(&mut self, snapshot: &Snapshot) -> Result<(), ReplicaError> {
        if snapshot.flags.has(SnapshotFlags::FULL) {
            self.resyncing = false;
        }
        let Some(check) = snapshot.check else { return Ok(()) };
        if check == self.known.check() {
            self.agreed += 1;
            if self.agreed >= FORGIVEN_AFTER {
                self.desyncs = 0;
            }
            return Ok(());
        }
        // What is under way before the resync arrives is the same misunderstanding, not another one.
        if self.resyncing {
            return Ok(());
        }
        self.resyncing = true;
        self.agreed = 0;
        self.desyncs += 1;
        if self.desyncs > DESYNCS_MAX {
            return Err(ReplicaError::Desync { tick: snapshot.tick });
        }
        self.say(&ClientMessage::NeedFull);
        Ok(())
    }

    fn keep_time(&mut self, snapshot: &Snapshot, now_us: u64) {
        let greeting_us = self.greeting_us;
        let clock = self.clock.get_or_insert_with(|| {
            let mut clock = Clock::new(snapshot.tick, now_us);
            // The first idea of the round trip: from the hello to its answer.
            clock.note_rtt(greeting_us, now_us);
            clock
        });
        if snapshot.echo_age_ms < u8::MAX {
            let back_ms = ((now_us / 1_000) as u16).wrapping_sub(snapshot.echo_ms);
            let rtt_ms = f64::from(back_ms) - f64::from(snapshot.echo_age_ms);
            // The stamp wraps every 65 s; an answer that old is no measurement.
            if (0.0..5_000.0).contains(&rtt_ms) {
                clock.note_rtt(rtt_ms.max(0.1) * 1_000.0, now_us);
            }
        }
        clock.set_leading(self.player.is_some(), snapshot.tick, now_us);
        clock.note_snapshot(snapshot.tick, f32::from(snapshot.margin) / 4.0, now_us);
    }

    fn describe(&mut self, view: &mut View) {
        let Some(layout) = &self.layout else { return };
        let Some(clock) = &self.clock else { return };
        scribe::Scribe {
            defs: self.tables.at(clock.tick()),
            layout,
            known: &self.known,
            round: self.round.as_ref(),
            present: &self.present,
            past: self.past.as_ref(),
            predictor: self.predictor.as_ref(),
            switches: self.switches,
            locked: self.locked,
            half: Vec2::new(self.view_half.0.into(), self.view_half.1.into()) * view.view_factor.max(1.0),
            place: self.place,
            skies: &mut self.skies,
            tick: clock.tick(),
            alpha: clock.alpha(),
            line: self.line.view(),
            foresees: self.foresees,
        }
        .describe(view);
    }

    /// Where a ship is drawn now, or was known last, u.
    fn place_of(&self, player: PlayerId) -> Option<(ShipId, Vec2)> {
        let own = self.predictor.as_ref().map(|own| (own.ship().id, own.ship().body));
        let others = self.present.ships.iter().map(|ship| (ship.state.id, ship.state.body));
        let (id, body) = own.into_iter().chain(others).find(|(id, _)| id.player == player)?;
        Some((id, body.pos.to_vec2()))
    }

    /// The station the server last told.
    #[must_use]
    pub fn station(&self) -> Station {
        self.known.station
    }
}
