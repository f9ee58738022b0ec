//! A match in virtual time: a real `Room`, its players, and the lines between. Invariant: time is the match's own,
//! everything that looks random is drawn from the seed, and a tick is: messages up, room, messages down, frames.
//!
//! Not here: who joins when (`plan`, or a test), and what must hold (`judge`, or a test).

use shared::{
    defs::Defs,
    limits::SNAPSHOT_BYTES_MAX,
    link::{Link, Profile},
    protocol::{
        ClientMessage, CloseCode, CommandBatch, Deed, Hello, LaneKey, Opening, Resume, ResumeToken, SentCommand,
        ServerMessage, codec,
    },
    rng::{Keyed, Purpose},
    room::{ConnId, Credentials, Output, Room, RoomConfig, RoomEvent},
    tick::{TICK_US, Tick},
};

pub use crate::player::{Habits, Lines, Player, Style};

/// What lines and room do beside the usual, to find what only rarely happens.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pranks {
    /// Share of turns at which a connection's writer is said to be busy.
    pub busy: f32,
    /// Acknowledgements are held back for up to this many ticks.
    pub hold_ack_ticks: u32,
    /// A client asks for everything anew with this chance per tick.
    pub need_full: f32,
    /// Nobody who dials gets a second lane.
    pub no_lanes: bool,
}

/// A deliberate fault, to prove that an oracle sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// A message of deeds never arrives.
    LoseNews,
    /// A command arrives as another one: client and room no longer reckon from the same.
    BendCommand,
    /// A snapshot has a tail.
    PadSnapshot,
    /// A line holds a megabyte.
    FloodLine,
    /// Lines that get worse when they should heal.
    StayBad,
    /// Somebody asks for everything anew, and nobody told it to.
    AskFull,
    /// The room closes a healthy connection.
    Close,
    /// Code panics.
    Panic,
    /// The judge compares with a table in which one ship is elsewhere.
    OtherTable,
    /// The judge believes that everybody has a tiny screen.
    TinyArea,
    /// A byte of the recording changes.
    BendRecording,
    /// The judge does not see what a ship touched.
    BlindToTouch,
    /// The judge misses a death.
    MissDeath,
    /// The judge thinks that ids were in use a second ago.
    OldIds,
}

/// What happened in the last tick, for those who judge.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Who said hello, by index, and whether the room gave a seat back.
    pub hellos: Vec<(usize, bool)>,
    /// Commands that arrived: who, for which tick, and what.
    pub commands: Vec<(usize, Tick, SentCommand)>,
    /// Replicas that asked for everything anew by themselves.
    pub need_full: Vec<usize>,
    /// Snapshots handed over: to whom, bytes.
    pub snapshots: Vec<(usize, usize)>,
    /// Outputs drained after the tick.
    pub outputs: usize,
    /// Deeds heard, in order.
    pub deeds: Vec<(usize, Deed)>,
    /// Who drew a frame.
    pub drew: Vec<usize>,
    /// Replicas that could not go on, and why.
    pub broken: Vec<(usize, String)>,
}

/// A room and its people.
#[derive(Debug)]
pub struct Match {
    /// The room.
    pub room: Room,
    /// The people, by index.
    pub players: Vec<Player>,
    /// Time, µs.
    pub now_us: u64,
    /// Everything follows from it.
    pub seed: u64,
    /// The tables, for room and screens.
    pub defs: Defs,
    /// The lines: to the room, and from it, of whoever connects next.
    pub lines: (Profile, Profile),
    /// Every close the room asked for.
    pub closed: Vec<(ConnId, CloseCode)>,
    /// Length of the longest snapshot, bytes.
    pub largest_snapshot: usize,
    /// The last tick.
    pub facts: Facts,
    /// Rare things that happen here.
    pub pranks: Pranks,
    /// A fault on purpose, once.
    pub sabotage: Option<Sabotage>,
    next_conn: u64,
    acks: Vec<(Tick, Tick)>,
}

impl Match {
    /// A room with bots, where everybody has the same kind of line.
    #[must_use]
    pub fn new(seed: u64, bots: u16, profile: Profile) -> Match {
        Match::in_room(RoomConfig { seed, bots, ..RoomConfig::default() }, (profile, profile))
    }

    /// A room made so, with such lines to it and from it.
    #[must_use]
    pub fn in_room(config: RoomConfig, lines: (Profile, Profile)) -> Match {
        Match {
            seed: config.seed,
            defs: config.defs.clone(),
            room: Room::new(config),
            players: Vec::new(),
            now_us: 1_000_000,
            lines,
            closed: Vec::new(),
            largest_snapshot: 0,
            facts: Facts::default(),
            pranks: Pranks::default(),
            sabotage: None,
            next_conn: 1,
            acks: Vec::new(),
        }
    }

    /// A person opens the page (and plays, unless a spectator). Returns the index.
    pub fn join(&mut self, style: Style) -> usize {
        self.join_as(Habits::of(style))
    }

    /// The same with a screen of its own.
    pub fn join_as(&mut self, habits: Habits) -> usize {
        let player = self.dial(habits, None, 0);
        self.players.push(player);
        let index = self.players.len() - 1;
        self.players[index].ask(&format!("P{index}"));
        index
    }

    /// A person's line is cut; the room hears of it at once when `clean`.
    pub fn cut(&mut self, index: usize, clean: bool) {
        let player = &mut self.players[index];
        player.resume = player.replica.resume().or(player.resume);
        player.connected = false;
        if clean {
            self.room.handle(RoomEvent::Disconnect { conn: player.conn }, self.now_us);
        }
    }

    /// …and comes back with the token.
    pub fn redial(&mut self, index: usize) {
        self.redial_with(index, self.players[index].resume);
    }

    /// …or with another.
    pub fn redial_with(&mut self, index: usize, resume: Option<Resume>) {
        let Player { style, frame_ticks, view_half, class, clock_us, .. } = self.players[index];
        self.players[index] = self.dial(Habits { style, frame_ticks, view_half, class }, resume, clock_us);
    }

    fn dial(&mut self, habits: Habits, resume: Option<Resume>, clock_us: u64) -> Player {
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        let line = |profile, way: u64| Link::new(profile, self.seed ^ (conn.0 << 8) ^ way);
        let lines = Lines { up: line(self.lines.0, 1), down: line(self.lines.1, 2), lane: line(self.lines.0, 3) };
        let mut player = Player::new(conn, habits, resume, lines, (self.now_us, clock_us), &self.defs);
        player.lane.refused = self.pranks.no_lanes;
        player
    }

    /// Whether this fault is wanted; it is so once.
    pub fn sabotaged(&mut self, fault: Sabotage) -> bool {
        self.sabotage.take_if(|wanted| *wanted == fault).is_some()
    }

    /// From now on every line is a good one.
    pub fn heal(&mut self) {
        self.pranks = Pranks::default();
        let mut lan = Profile::ALL[0];
        if self.sabotaged(Sabotage::StayBad) {
            lan.delay_us = 10_000_000;
        }
        self.lines = (lan, lan);
        for player in &mut self.players {
            player.up.set_profile(lan, self.now_us);
            player.down.set_profile(lan, self.now_us);
            player.lane.link.set_profile(lan, self.now_us);
        }
    }

    /// Runs for `ticks` and calls `check` after each.
    pub fn run(&mut self, ticks: u32, mut check: impl FnMut(&mut Match)) {
        for _ in 0..ticks {
            self.advance_soundly();
            check(self);
        }
    }

    /// Runs until `done`.
    ///
    /// # Panics
    /// When it is not done after `ticks_max`, or a replica cannot go on.
    pub fn run_until(&mut self, ticks_max: u32, mut done: impl FnMut(&Match) -> bool) {
        for _ in 0..ticks_max {
            if done(self) {
                return;
            }
            self.advance_soundly();
        }
        panic!("seed {} on {}: not done after {ticks_max} ticks", self.seed, self.lines.1.name);
    }

    fn advance_soundly(&mut self) {
        self.advance();
        let (seed, line, broken) = (self.seed, self.lines.1.name, &self.facts.broken);
        assert!(broken.is_empty(), "seed {seed} on {line}: {broken:?} at {:?}", self.room.world().tick);
    }

    /// One tick of everything.
    pub fn advance(&mut self) {
        self.facts = Facts::default();
        self.now_us += TICK_US;
        for index in 0..self.players.len() {
            self.listen(index, self.now_us);
        }
        self.deliver_up();
        let (seed, busy, tick) = (self.seed, self.pranks.busy, self.room.world().tick);
        let writable = |conn: ConnId| !Keyed::new(seed, tick, conn.0 as u32 + 9_000, Purpose::Test).chance(busy);
        self.room.tick(self.now_us, &writable);
        self.deliver_outputs();
        // A client's frames come at about 60 Hz, off the server's beat and a little uneven.
        for index in 0..self.players.len() {
            let tick = self.room.world().tick;
            let wobble = Keyed::new(self.seed, tick, index as u32 + 500, Purpose::Test).below(9_000);
            self.play(index, self.now_us + u64::from(wobble));
        }
    }

    fn deliver_up(&mut self) {
        for index in 0..self.players.len() {
            while let Some((came_us, bytes)) = self.players[index].receive_up(self.now_us) {
                let conn = self.players[index].conn;
                match codec::decode_opening(&bytes) {
                    Ok(Opening::Hello(hello)) => self.greet(index, conn, hello),
                    Ok(Opening::Keyed { .. }) => panic!("these rooms ask for nothing"),
                    Ok(Opening::Lane(key)) => assert_eq!(key, lane_key(conn), "a lane of somebody else"),
                    Err(_) => {
                        let message = codec::decode_client(&bytes).expect("a replica sends only messages");
                        let message = self.overhear(index, message);
                        self.room.handle(RoomEvent::Message { conn, message }, came_us);
                    }
                }
                self.deliver_outputs();
            }
        }
    }

    fn greet(&mut self, index: usize, conn: ConnId, hello: Hello) {
        let key = |token: ResumeToken| {
            let mut key = [0; 32];
            key[..16].copy_from_slice(&token.0);
            key
        };
        let token = ResumeToken((u128::from(conn.0) * 0x1234_5678_9ABC).to_le_bytes());
        let resume_key = hello.resume.map(|resume| key(resume.token));
        let credentials =
            Credentials { profile_key: None, resume_key, token, token_key: key(token), lane: lane_key(conn) };
        self.room.handle(RoomEvent::Connect { conn, hello, credentials }, self.now_us);
        let resumed = self.room.standing(conn).is_some_and(|standing| standing.seat.is_some());
        self.facts.hellos.push((index, resumed));
    }

    /// Notes what a client says, and plays pranks on it.
    fn overhear(&mut self, index: usize, mut message: ClientMessage) -> ClientMessage {
        match &mut message {
            ClientMessage::Commands(batch) => {
                self.hold_ack(index, batch);
                let sent = batch.commands.iter().enumerate();
                self.facts.commands.extend(sent.map(|(i, sent)| (index, batch.first.plus(i as i32), *sent)));
                if let Some(command) = batch.commands.first_mut()
                    && self.room.world().tick.0 % 1_024 > 600
                    && self.sabotaged(Sabotage::BendCommand)
                {
                    command.command.buttons.0 ^= 3;
                }
            }
            ClientMessage::NeedFull => self.facts.need_full.push(index),
            _ => {}
        }
        message
    }

    /// An acknowledgement as old as the prank wants it.
    fn hold_ack(&mut self, index: usize, batch: &mut CommandBatch) {
        let hold = self.pranks.hold_ack_ticks;
        // Who only acknowledges says each thing once: what TCP carries, arrives.
        if hold == 0 || batch.commands.is_empty() {
            return;
        }
        self.acks.resize(self.players.len(), (Tick(0), Tick(0)));
        let now = self.room.world().tick;
        let (held, since) = &mut self.acks[index];
        let fresh = Keyed::new(self.seed, Tick(now.0 / hold), index as u32 + 7_000, Purpose::Test).chance(0.7);
        if fresh || now.since(*since) > hold as i32 {
            (*held, *since) = (batch.ack, now);
        }
        batch.ack = *held;
    }

    fn deliver_outputs(&mut self) {
        while let Some(output) = self.room.poll_output() {
            self.facts.outputs += 1;
            let (conn, mut bytes, is_snapshot) = match output {
                Output::Snapshot { conn, bytes } => (conn, bytes.to_vec(), true),
                Output::Reliable { conn, bytes } => (conn, bytes.to_vec(), false),
                Output::Close { conn, code, reason: _ } => {
                    self.closed.push((conn, code));
                    if let Some(player) = self.players.iter_mut().find(|player| player.conn == conn) {
                        player.closed = Some(code);
                    }
                    continue;
                }
            };
            let Some(index) = self.players.iter().position(|player| player.conn == conn) else { continue };
            if is_snapshot {
                if self.sabotaged(Sabotage::PadSnapshot) {
                    bytes.resize(SNAPSHOT_BYTES_MAX + 1, 0);
                }
                self.largest_snapshot = self.largest_snapshot.max(bytes.len());
                self.facts.snapshots.push((index, bytes.len()));
            } else if self.sabotage == Some(Sabotage::LoseNews)
                && matches!(codec::decode_server(&bytes), Ok(ServerMessage::News(_)))
            {
                self.sabotage = None;
                continue;
            }
            self.players[index].down.send(bytes, self.now_us);
        }
    }

    /// The client hears what has come by `at_us`; false when it has no connection.
    fn listen(&mut self, index: usize, at_us: u64) -> bool {
        let player = &mut self.players[index];
        if !player.connected || player.closed.is_some() {
            return false;
        }
        let mut deeds = Vec::new();
        if let Err(error) = player.listen(at_us, &mut deeds) {
            player.connected = false;
            self.facts.broken.push((index, error));
        }
        self.facts.deeds.extend(deeds.into_iter().map(|deed| (index, deed)));
        true
    }

    fn play(&mut self, index: usize, at_us: u64) {
        let (seed, tick) = (self.seed, self.room.world().tick);
        let need_full = self.pranks.need_full;
        if !self.listen(index, at_us) {
            return;
        }
        let player = &mut self.players[index];
        if player.replica.welcome().is_some() && player.replica.player().is_none() {
            player.ask(&format!("P{index}"));
        }
        if need_full > 0.0 && Keyed::new(seed, tick, index as u32 + 6_000, Purpose::Test).chance(need_full) {
            // As a tab does that slept; the room grants it every two seconds at most.
            self.room.handle(RoomEvent::Message { conn: player.conn, message: ClientMessage::NeedFull }, at_us);
        }
        if player.draws(seed, tick, index) {
            player.draw(seed, tick, index, at_us);
            self.facts.drew.push(index);
        } else if !player.asleep {
            player.replica.beat(at_us + player.clock_us);
        }
        player.speak(at_us);
    }
}

/// The key of a connection's second lane.
fn lane_key(conn: ConnId) -> LaneKey {
    LaneKey((u128::from(conn.0) * 0x9E37_79B9).to_le_bytes())
}
