//! A whole match in one process and virtual time: a real `Room`, real `Replica`s, and seeded bad lines between.

use shared::{
    defs::Defs,
    limits::SNAPSHOT_BYTES_MAX,
    link::{Link, Profile},
    protocol::{CloseCode, ResumeToken, codec},
    quantize::Angle,
    replica::{Intent, Phase, Replica},
    rng::{Keyed, Purpose},
    room::{ConnId, Credentials, Output, Room, RoomConfig, RoomEvent},
    sim::Buttons,
    tick::{TICK_US, Tick},
};

/// How a scripted person flies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Held buttons and aims drawn anew every half second.
    Wild,
    /// The same without ever firing, so that no rock breaks.
    Peaceful,
    /// Hands off.
    Still,
    /// Watches only.
    Spectator,
}

/// A person at the other end of a line.
pub struct Player {
    pub conn: ConnId,
    pub replica: Replica,
    pub style: Style,
    pub up: Link,
    pub down: Link,
    pub closed: Option<CloseCode>,
    pub connected: bool,
    /// Draws a frame every so many ticks; 0 is a screen that hitches, with up to a fifth of a second between frames.
    pub frame_ticks: u32,
    /// Snapshot messages received, and the bytes of all messages.
    pub received: (u32, usize),
    token: Option<ResumeToken>,
}

/// A room and its people.
pub struct Match {
    pub room: Room,
    pub players: Vec<Player>,
    pub now_us: u64,
    pub seed: u64,
    profile: Profile,
    next_conn: u64,
    /// Every close the room asked for.
    pub closed: Vec<(ConnId, CloseCode)>,
    /// Every `Output::Snapshot`'s length.
    pub largest_snapshot: usize,
}

impl Match {
    pub fn new(seed: u64, bots: u16, profile: Profile) -> Match {
        let config = RoomConfig { seed, bots, ..RoomConfig::default() };
        let room = Room::new(config);
        Match {
            room,
            players: Vec::new(),
            now_us: 1_000_000,
            seed,
            profile,
            next_conn: 1,
            closed: Vec::new(),
            largest_snapshot: 0,
        }
    }

    /// A person opens the page (and plays, unless a spectator). Returns the index.
    pub fn join(&mut self, style: Style) -> usize {
        let player = self.dial(style, None);
        self.players.push(player);
        let index = self.players.len() - 1;
        if style != Style::Spectator {
            self.players[index].replica.play(&format!("P{index}"));
        }
        index
    }

    /// A person's line is cut; the room hears of it at once when `clean`.
    pub fn cut(&mut self, index: usize, clean: bool) {
        let player = &mut self.players[index];
        player.token = player.replica.token();
        player.connected = false;
        if clean {
            self.room.handle(RoomEvent::Disconnect { conn: player.conn }, self.now_us);
        }
    }

    /// …and comes back with the token.
    pub fn redial(&mut self, index: usize) {
        self.redial_with(index, self.players[index].token);
    }

    /// …or with another.
    pub fn redial_with(&mut self, index: usize, token: Option<ResumeToken>) {
        self.players[index] = self.dial(self.players[index].style, token);
    }

    fn dial(&mut self, style: Style, token: Option<ResumeToken>) -> Player {
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        let line = |way: u64| Link::new(self.profile, self.seed ^ (conn.0 << 8) ^ way);
        Player {
            conn,
            replica: Replica::new(Defs::standard(), (800, 450), token, self.now_us),
            style,
            up: line(1),
            down: line(2),
            closed: None,
            connected: true,
            frame_ticks: 1,
            received: (0, 0),
            token,
        }
    }

    /// Runs for `ticks`, four frames of the clients to a tick boundary's neighbourhood, calling `check` after each.
    pub fn run(&mut self, ticks: u32, mut check: impl FnMut(&mut Match)) {
        for _ in 0..ticks {
            self.advance();
            check(self);
        }
    }

    pub fn run_until(&mut self, ticks_max: u32, mut done: impl FnMut(&Match) -> bool) {
        for _ in 0..ticks_max {
            if done(self) {
                return;
            }
            self.advance();
        }
        panic!("seed {} on {}: not done after {ticks_max} ticks", self.seed, self.profile.name);
    }

    fn advance(&mut self) {
        // A client frame at about 60 Hz, off the server's beat and a little uneven.
        self.now_us += TICK_US;
        self.deliver_up();
        self.room.tick(self.now_us, &|_| true);
        self.deliver_outputs();
        for index in 0..self.players.len() {
            let tick = self.room.world().tick;
            let wobble = Keyed::new(self.seed, tick, index as u32 + 500, Purpose::Test).below(9_000);
            self.play(index, self.now_us + u64::from(wobble));
        }
    }

    fn deliver_up(&mut self) {
        for index in 0..self.players.len() {
            while let Some(bytes) = self.players[index].up.receive(self.now_us) {
                let player = &self.players[index];
                let conn = player.conn;
                let event = match codec::decode_hello(&bytes) {
                    Ok(hello) => {
                        let key = |token: ResumeToken| {
                            let mut key = [0; 32];
                            key[..16].copy_from_slice(&token.0);
                            key
                        };
                        let token = ResumeToken((u128::from(conn.0) * 0x1234_5678_9ABC).to_le_bytes());
                        let resume_key = hello.resume.map(key);
                        let credentials = Credentials { resume_key, token, token_key: key(token) };
                        RoomEvent::Connect { conn, hello, credentials }
                    }
                    Err(_) => {
                        let message = codec::decode_client(&bytes).expect("a replica sends only messages");
                        RoomEvent::Message { conn, message }
                    }
                };
                self.room.handle(event, self.now_us);
                self.deliver_outputs();
            }
        }
    }

    fn deliver_outputs(&mut self) {
        while let Some(output) = self.room.poll_output() {
            let (conn, bytes, is_snapshot) = match output {
                Output::Snapshot { conn, bytes } => (conn, bytes, true),
                Output::Reliable { conn, bytes } => (conn, bytes, false),
                Output::Close { conn, code } => {
                    self.closed.push((conn, code));
                    if let Some(player) = self.players.iter_mut().find(|player| player.conn == conn) {
                        player.closed = Some(code);
                    }
                    continue;
                }
            };
            if is_snapshot {
                self.largest_snapshot = self.largest_snapshot.max(bytes.len());
                assert!(bytes.len() <= SNAPSHOT_BYTES_MAX, "seed {}: {} bytes", self.seed, bytes.len());
            }
            if let Some(player) = self.players.iter_mut().find(|player| player.conn == conn) {
                player.down.send(bytes.to_vec(), self.now_us);
            }
        }
    }

    fn play(&mut self, index: usize, at_us: u64) {
        let (seed, tick) = (self.seed, self.room.world().tick);
        let player = &mut self.players[index];
        if !player.connected || player.closed.is_some() {
            return;
        }
        while let Some(bytes) = player.down.receive(at_us) {
            player.received.1 += bytes.len();
            let before = player.replica.known().tick;
            if let Err(error) = player.replica.handle_bytes(&bytes, at_us) {
                panic!("seed {seed} on {}: {error} at {tick:?}", self.profile.name);
            }
            player.received.0 += u32::from(player.replica.known().tick != before);
        }
        let draws = match player.frame_ticks {
            0 => Keyed::new(seed, tick, index as u32 + 70, Purpose::Test).chance(0.15) || tick.0.is_multiple_of(12),
            every => tick.0.is_multiple_of(every),
        };
        if !draws {
            send_waiting(player, at_us);
            return;
        }
        let intent = intent_of(player.style, seed, tick, index);
        let view = player.replica.frame(at_us, intent);
        if matches!(view.phase, Phase::Dead { wait_ticks: 0, .. }) {
            player.replica.relaunch();
        }
        send_waiting(player, at_us);
    }
}

fn send_waiting(player: &mut Player, at_us: u64) {
    while let Some(bytes) = player.replica.poll_transmit() {
        player.up.send(bytes, at_us);
    }
}

fn intent_of(style: Style, seed: u64, tick: Tick, index: usize) -> Intent {
    if !matches!(style, Style::Wild | Style::Peaceful) {
        return Intent::default();
    }
    let mut keyed = Keyed::new(seed, Tick(tick.0 / 30), index as u32 + 900, Purpose::Test);
    let buttons = Buttons(keyed.bits() as u8).with(Buttons::FIRE, style == Style::Wild && keyed.chance(0.5));
    let sweep = (tick.0 % 30) as u16 * 64;
    Intent { buttons, aim: Some(Angle(keyed.bits() as u16).turned_toward(Angle(0), sweep)) }
}
