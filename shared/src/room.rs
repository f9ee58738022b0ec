//! The authoritative end, sans-io: events and the time go in, messages come out.
//!
//! ```text
//! shell: bytes ─ decode ─► Room::handle(event, now)
//!        60 times a second ► Room::tick(now, writable) ─► Room::poll_output() ─► Snapshot | Reliable | Close
//! ```
//!
//! The shell owns sockets, clocks and threads; it must write a connection's waiting `Reliable` messages before its
//! `Snapshot`. The same room runs on the server's thread, in tests in virtual time and (later) in a browser tab.
//! Invariant: nothing a client sends can panic the room or delay its tick.

mod attendance;
mod audience;
mod bots;
mod commands;
mod flow;
mod history;
mod index;
mod io;
mod scoreboard;
mod seats;
mod snapshot;
mod visitor;

use std::collections::{BTreeMap, VecDeque};

use crate::{
    ids::PlayerId,
    protocol::{
        ClientMessage, CloseCode, CommandBatch, Roster, ServerMessage, Snapshot, SnapshotFlags, bits::BitWriter, codec,
        known::Known, known::Told,
    },
    replay::Recorder,
    sim::{Command, Event, Order, World, step},
    tick::{TICK_HZ, TICK_US},
};
use flow::Turn;
use history::History;
use index::Index;
pub use io::{ConnId, Credentials, Output, RoomConfig, RoomEvent, RoomStatus};
use scoreboard::Scoreboard;
use seats::{Holder, Seats};
use snapshot::{Press, Scene, Viewer};
use visitor::Visitor;

/// A full resync is granted this often at most.
const RESYNC_TICKS: i32 = 2 * TICK_HZ as i32;
/// Chance that a bot goes home after death instead of launching again.
const BOT_LEAVES: f32 = 1.0 / 3.0;

/// One arena with everybody in it.
#[derive(Debug)]
pub struct Room {
    config: RoomConfig,
    world: World,
    seats: Seats,
    visitors: BTreeMap<ConnId, Visitor>,
    orders: Vec<Order>,
    events: Vec<Event>,
    history: History,
    index: Index,
    press: Press,
    body: BitWriter,
    scoreboard: Scoreboard,
    outputs: VecDeque<Output>,
    last_tick_us: u64,
    now_us: u64,
    status: RoomStatus,
    recorder: Option<Recorder>,
}

impl Room {
    /// A room at tick 0 with its bots ordered in.
    #[must_use]
    pub fn new(config: RoomConfig) -> Room {
        let world = World::new(config.seed, config.secret, &config.defs);
        let recorder = config.record.then(|| Recorder::new(&world, config.seed));
        let mut room = Room {
            recorder,
            world,
            seats: Seats::default(),
            visitors: BTreeMap::new(),
            orders: Vec::new(),
            events: Vec::new(),
            history: History::default(),
            index: Index::default(),
            press: Press::default(),
            body: BitWriter::default(),
            scoreboard: Scoreboard::default(),
            outputs: VecDeque::new(),
            last_tick_us: 0,
            now_us: 0,
            status: RoomStatus::default(),
            config,
        };
        room.balance_bots(0);
        room
    }

    /// Takes in something from outside. `now_us` is monotonic, of any origin.
    pub fn handle(&mut self, event: RoomEvent, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        match event {
            RoomEvent::Connect { conn, hello, credentials } => self.connect(conn, &hello, &credentials, now_us),
            RoomEvent::Message { conn, message } => self.message(conn, message, now_us),
            RoomEvent::Disconnect { conn } => self.drop_visitor(conn, now_us),
        }
    }

    /// One tick: everybody's commands, the step, and the snapshots that are due. `writable` says whether a
    /// connection's writer has handed over its last snapshot.
    pub fn tick(&mut self, now_us: u64, writable: &dyn Fn(ConnId) -> bool) {
        self.last_tick_us = now_us;
        self.now_us = now_us;
        self.keep_seats();
        let commands = self.take_commands();
        let orders = std::mem::take(&mut self.orders);
        step(&mut self.world, &orders, &commands, &self.config.defs, &mut self.events);
        if let Some(recorder) = &mut self.recorder {
            recorder.record(&orders, &commands, &self.world);
        }
        self.announce_deaths();
        self.history.record(&self.world, &self.config.defs, &mut self.events);
        self.index.rebuild(&self.world);
        bots::look_around(&mut self.seats, &self.world, &self.index, &self.config.defs);
        self.announce_names();
        self.announce_scores();
        self.send_snapshots(now_us, writable);
    }

    /// The next thing for the shell to do; drain after every `handle` and `tick`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next bytes of the recording, to append to a file; at least once a minute, or recording ends.
    pub fn poll_recording(&mut self) -> Option<Vec<u8>> {
        self.recorder.as_mut()?.poll()
    }

    /// Makes the recording reach up to now; poll for the rest of it.
    pub fn finish_recording(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.finish_chunk(&self.world);
        }
    }

    /// Public facts.
    #[must_use]
    pub fn status(&self) -> RoomStatus {
        let (humans, bots) = self.seats.count();
        let spectators = self.visitors.values().filter(|visitor| visitor.seat.is_none()).count();
        RoomStatus {
            tick: self.world.tick,
            humans: humans as u16,
            bots: bots as u16,
            spectators: spectators as u16,
            ships: self.world.ships().count() as u16,
            arena_radius: self.world.edge.radius_u(),
            shots: self.world.shots.len() as u32,
            ..self.status
        }
    }

    /// Whether nobody is connected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.visitors.is_empty()
    }

    /// The world, to look at (tests, tools).
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    fn message(&mut self, conn: ConnId, message: ClientMessage, now_us: u64) {
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        if let Some(human) = visitor.seat.and_then(|player| self.seats.human_mut(player)) {
            // It speaks, so the new token has reached it (or will: both lie in the same stream).
            human.previous_key = None;
        }
        match message {
            ClientMessage::Commands(batch) => self.take_batch(conn, &batch, now_us),
            ClientMessage::Play { name } => self.play(conn, &name, now_us),
            ClientMessage::Relaunch => {
                if let Some(seat) = visitor.seat.and_then(|player| self.seats.get_mut(player)) {
                    seat.wants_launch = true;
                }
            }
            ClientMessage::SetView { half } => visitor.set_view(half),
            ClientMessage::Idle(idle) => visitor.idle = idle,
            ClientMessage::NeedFull => {
                let allowed = visitor.resynced.is_none_or(|last| self.world.tick.since(last) >= RESYNC_TICKS);
                if allowed {
                    visitor.resynced = Some(self.world.tick);
                    visitor.audience.reset();
                }
            }
            ClientMessage::Leave => {
                if let Some(player) = visitor.seat.take() {
                    let wait = i32::from(self.config.defs.rules.respawn_ticks);
                    visitor.grounded_until = Some(self.world.tick.plus(wait));
                    self.free_seat(player);
                }
            }
        }
    }

    fn take_batch(&mut self, conn: ConnId, batch: &CommandBatch, now_us: u64) {
        let now = self.world.tick;
        let next_in_us = (self.last_tick_us + TICK_US).cast_signed() - now_us.cast_signed();
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        visitor.heard(batch, now_us);
        let Some(human) = visitor.seat.and_then(|player| self.seats.human_mut(player)) else { return };
        let late = human.commands.late;
        for (i, command) in batch.commands.iter().enumerate() {
            human.commands.insert(batch.first.plus(i as i32), *command, now, next_in_us);
        }
        self.status.late_commands += human.commands.late - late;
    }

    fn take_commands(&mut self) -> Vec<(PlayerId, Command)> {
        let next = self.world.tick.next();
        self.seats
            .iter_mut()
            .map(|seat| {
                let command = match &mut seat.holder {
                    Holder::Bot(brain) => brain.think(next),
                    Holder::Human(human) => human.commands.take(next),
                };
                (seat.player, command)
            })
            .collect()
    }

    fn announce_deaths(&mut self) {
        let mut leavers = Vec::new();
        for event in std::mem::take(&mut self.events) {
            if let Event::Destroyed { ship, killer, cause, points } = event {
                self.say_all(&ServerMessage::Kill { killer, victim: ship.player, cause, points });
                if let Some(seat) = self.seats.get_mut(ship.player)
                    && matches!(seat.holder, Holder::Bot(_))
                {
                    seat.wants_launch = true;
                    let mut fate = crate::rng::Keyed::new(
                        self.config.secret,
                        self.world.tick,
                        u32::from(ship.player.0),
                        crate::rng::Purpose::Bot,
                    );
                    if fate.chance(BOT_LEAVES) {
                        leavers.push(ship.player);
                    }
                }
            }
            self.events.push(event);
        }
        leavers.into_iter().for_each(|player| self.free_seat(player));
    }

    fn announce_names(&mut self) {
        if let Some((entries, left)) = self.seats.take_changes() {
            self.say_all(&ServerMessage::Roster(Roster { entries, left }));
        }
    }

    fn announce_scores(&mut self) {
        if !self.world.tick.0.is_multiple_of(TICK_HZ) {
            return;
        }
        let now = Scoreboard::of(&self.world);
        if now == self.scoreboard {
            return;
        }
        self.scoreboard = now;
        for conn in self.visitors.keys().copied().collect::<Vec<_>>() {
            let board = self.scoreboard.shown_to(self.visitors[&conn].seat);
            self.say(conn, &ServerMessage::Leaderboard(board));
        }
    }

    fn say(&mut self, conn: ConnId, message: &ServerMessage) {
        self.outputs.push_back(Output::Reliable { conn, bytes: codec::encode_server(message) });
    }

    fn say_all(&mut self, message: &ServerMessage) {
        let bytes = codec::encode_server(message);
        for &conn in self.visitors.keys() {
            self.outputs.push_back(Output::Reliable { conn, bytes: bytes.clone() });
        }
    }

    fn send_snapshots(&mut self, now_us: u64, writable: &dyn Fn(ConnId) -> bool) {
        self.press.clear();
        let tick = self.world.tick;
        let mut dead = Vec::new();
        for conn in self.visitors.keys().copied().collect::<Vec<_>>() {
            let Some(visitor) = self.visitors.get_mut(&conn) else { continue };
            if !visitor.is_due(conn, tick) {
                continue;
            }
            match visitor.flow.turn(tick, now_us, writable(conn)) {
                Turn::Close => dead.push(conn),
                Turn::Skip => self.status.snapshots_skipped += 1,
                turn @ (Turn::Send | Turn::SendThin) => self.send_snapshot(conn, now_us, turn == Turn::SendThin),
            }
        }
        dead.into_iter().for_each(|conn| self.close(conn, CloseCode::TooSlow));
    }

    fn send_snapshot(&mut self, conn: ConnId, now_us: u64, thin: bool) {
        let tick = self.world.tick;
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        let (station, focus) = visitor.look(&self.world, &self.config.defs);
        let used = visitor.audience.own.as_ref().zip(visitor.seat).and_then(|(told, player)| {
            self.seats.human_mut(player).and_then(|human| human.commands.used_since(told.tick, tick))
        });
        let margin =
            visitor.seat.and_then(|player| self.seats.human_mut(player)).map_or(0, |human| human.commands.margin(tick));
        let (pos, vel) = focus;
        let viewer =
            Viewer { station, player: visitor.seat, area: snapshot::area_of(pos, vel, visitor.view_half), used, thin };
        let mut scene = Scene {
            world: &self.world,
            defs: &self.config.defs,
            history: &self.history,
            index: &self.index,
            press: &mut self.press,
        };
        let full = visitor.audience.through.is_none();
        snapshot::write(&mut scene, &viewer, &mut visitor.audience, &mut self.body);
        let (echo_ms, echo_age_ms) = visitor.echo(now_us);
        let message = ServerMessage::Snapshot(Snapshot {
            tick,
            flags: SnapshotFlags(if full { SnapshotFlags::FULL } else { 0 }),
            margin,
            echo_ms,
            echo_age_ms,
            check: visitor.audience.count.is_multiple_of(8).then(|| visitor.audience.check()),
            body: self.body.bytes().to_vec(),
        });
        visitor.flow.sent(tick, now_us);
        let bytes = codec::encode_server(&message);
        self.status.snapshots += 1;
        self.status.snapshot_bytes += bytes.len() as u64;
        self.outputs.push_back(Output::Snapshot { conn, bytes });
    }

    /// What `conn` should know after its last snapshot, for comparing with what it does know; `None` if it has
    /// not had one in the last tick.
    #[must_use]
    pub fn projection(&self, conn: ConnId) -> Option<Known> {
        let visitor = self.visitors.get(&conn)?;
        let audience = &visitor.audience;
        let tick = audience.through.filter(|&through| through == self.world.tick)?;
        let (station, _) = visitor.looked(&self.world, &self.config.defs);
        let shots =
            audience.shots.iter().filter_map(|(key, _)| self.world.shots.iter().find(|s| s.key == *key)).copied();
        let rocks = audience.rocks.iter().filter_map(|&(id, steps)| {
            let rock = self.world.rocks.iter().find(|rock| rock.id == id)?;
            Some((crate::sim::LooseRock { hull: 0, ..*rock }, steps))
        });
        let pickups = audience.pickups.iter().filter_map(|id| self.world.pickups.iter().find(|p| p.id == *id)).copied();
        let own: Option<Told<_>> = audience.own.clone();
        Some(Known {
            tick,
            edge: self.world.edge,
            station,
            own,
            ships: audience.ships.clone(),
            shots: shots.collect(),
            rocks: rocks.collect(),
            pickups: pickups.collect(),
            belt: audience.belt.clone(),
        })
    }
}
