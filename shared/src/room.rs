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
mod budget;
mod chat;
mod claim;
mod commands;
mod deeds;
mod fall;
mod feed;
mod flow;
mod gaze;
mod habits;
mod history;
mod index;
mod io;
mod ledger;
mod mute;
mod order;
mod pacer;
mod panorama;
mod post;
mod priority;
mod relief;
mod roll;
pub(crate) mod rounds;
pub(crate) mod scoreboard;
pub(crate) mod season;
mod seats;
mod sets;
mod snapshot;
mod things;
mod visitor;

use std::collections::BTreeMap;

use glam::Vec2;

use crate::{
    defs::Tuning,
    ids::PlayerId,
    limits::{HISTORY_TICKS, SNAPSHOT_BYTES_MAX, SNAPSHOT_PARTS_MAX},
    protocol::{
        Chat, ChatLine, ClientMessage, CloseCode, CommandBatch, Deed, Roster, RoundNews, ServerMessage, Snapshot,
        SnapshotFlags, Words, bits::BitWriter, body, codec, known::Known, owner_state::UsedCommand,
    },
    replay::Recorder,
    rewind::{Lag, Rewind},
    sim::{self, Command, Event, World, step},
    tick::{TICK_HZ, TICK_US},
};
pub use budget::{BYTES_PER_S, BYTES_PER_S_LEAST};
use chat::{Talk, Verdict};
use feed::Feed;
use flow::Turn;
pub use habits::Marks;
use habits::Rows;
use history::History;
use index::{Area, Index};
pub use io::{CommandCounts, ConnId, Credentials, Output, RoomBounds, RoomConfig, RoomEvent, RoomStatus, Standing};
use ledger::Ledger;
pub use ledger::{
    FlightKey, FlightLog, FlightResult, ProfileKey, Record, Save, SavedClock, SavedFlight, SavedSeat, SeatState,
};
pub use order::Order;
use order::Retuning;
pub use pacer::{Pace, Pacer};
use post::Post;
pub use relief::{Relief, SNAPSHOT_TICKS_MAX};
pub use roll::PlayerRow;
use scoreboard::Scoreboard;
use season::Season;
use seats::{Holder, Seat, Seats};
pub use snapshot::SECTIONS;
use snapshot::{Press, Scene, Viewer};
use visitor::Visitor;

/// A full resync is granted this often at most.
const RESYNC_TICKS: i32 = 2 * TICK_HZ as i32;
/// A shot is seen a little before its centre is, u.
const VIEW_RIM_U: f32 = 24.0;
/// Every so many snapshots bear a check sum.
const CHECK_EVERY: u32 = 8;
/// Chance that a bot goes home after death instead of launching again.
const BOT_LEAVES: f32 = 1.0 / 3.0;

/// One arena with everybody in it.
#[derive(Debug)]
pub struct Room {
    config: RoomConfig,
    world: World,
    seats: Seats,
    visitors: BTreeMap<ConnId, Visitor>,
    orders: Vec<sim::Order>,
    /// Memory for the commands of a tick…
    commands: Vec<(PlayerId, Command)>,
    /// …and for the lags of their pilots.
    lags: Vec<(PlayerId, Lag)>,
    /// …and for the commands used since a snapshot.
    used: Vec<UsedCommand>,
    events: Vec<Event>,
    history: History,
    rewind: Rewind,
    index: Index,
    press: Press,
    body: BitWriter,
    scoreboard: Scoreboard,
    season: Season,
    post: Post,
    talk: Talk,
    retuning: Retuning,
    relief: Relief,
    scores_version: u32,
    /// Rows of buttons that were pressed.
    rows: Rows,
    /// Keys of people who left a match of rounds of one life, for when they come back.
    departed: Vec<seats::ResumeKey>,
    /// How the round stood when everybody was told last.
    round_told: Option<RoundNews>,
    last_tick_us: u64,
    /// When the server goes down, if it said that it will, µs.
    restart_us: Option<u64>,
    now_us: u64,
    status: RoomStatus,
    recorder: Option<Recorder>,
    ledger: Ledger,
}

impl Room {
    /// A room at its first tick with its bots ordered in.
    #[must_use]
    pub fn new(config: RoomConfig) -> Room {
        Room::again(config, &Save::default(), 0)
    }

    /// A room that goes on where another ended: with everybody of `save` in their slots, without ships, for as long as
    /// after a lost connection. `now_us` as in [`Room::handle`].
    #[must_use]
    pub fn again(config: RoomConfig, save: &Save, now_us: u64) -> Room {
        let mut room = Room::empty(config, save.clock);
        room.now_us = now_us;
        room.restore(save, now_us);
        room.balance_bots(0);
        room
    }

    fn empty(config: RoomConfig, clock: Option<SavedClock>) -> Room {
        let mut world = World::new(config.seed, config.secret, &config.defs);
        let start = clock.map_or(config.start, |clock| clock.tick);
        world.tick = start;
        let tuning = config.defs.tuning;
        let season = Season::new(config.season_ticks, start);
        let season = clock.map_or(season, |clock| season.go_on(clock.season, clock.season_ends));
        let recorder = config.record.then(|| Recorder::new(&world, config.seed, &config.name, config.defs.mode.terms));
        Room {
            recorder,
            ledger: Ledger::new(config.session),
            seats: Seats::default(),
            visitors: BTreeMap::new(),
            // A recording begins with the usual numbers.
            orders: (!tuning.is_standard()).then_some(sim::Order::Tune { tuning }).into_iter().collect(),
            commands: Vec::new(),
            lags: Vec::new(),
            used: Vec::new(),
            events: Vec::new(),
            history: History::default(),
            rewind: Rewind::default(),
            index: Index::default(),
            press: Press::default(),
            body: BitWriter::default(),
            // Empty, but it says when the season ends.
            scoreboard: Scoreboard::of(&world, &config.defs, season.ends()),
            season,
            world,
            post: Post::default(),
            talk: Talk::new(config.chat, start),
            retuning: Retuning::default(),
            relief: Relief { snapshot_ticks: config.snapshot_ticks, is_closed: false },
            scores_version: 0,
            rows: Rows::default(),
            departed: Vec::new(),
            round_told: None,
            last_tick_us: 0,
            restart_us: None,
            now_us: 0,
            status: RoomStatus::default(),
            config,
        }
    }

    /// Takes in something from outside. `now_us` is monotonic, of any origin.
    pub fn handle(&mut self, event: RoomEvent, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        match event {
            RoomEvent::Connect { conn, hello, credentials } => self.connect(conn, &hello, &credentials, now_us),
            RoomEvent::Message { conn, message } => self.message(conn, message, now_us),
            RoomEvent::Disconnect { conn } => self.drop_visitor(conn, now_us),
            RoomEvent::Restarting { seconds } => self.announce_restart(seconds, now_us),
            RoomEvent::Order(order) => self.obey(order),
        }
    }

    /// One tick: everybody's commands, the step, and the snapshots that are due. `writable` says whether a
    /// connection's writer has handed over its last snapshot.
    pub fn tick(&mut self, now_us: u64, writable: &dyn Fn(ConnId) -> bool) {
        self.last_tick_us = now_us;
        self.now_us = now_us;
        self.keep_seats();
        self.turn_season();
        let commands = self.take_commands();
        let mut orders = std::mem::take(&mut self.orders);
        self.events.clear();
        self.turn_tables(&mut orders);
        step(&mut self.world, &orders, &commands, &self.config.defs, &self.rewind, &mut self.events);
        self.rewind.record(&self.world);
        if let Some(recorder) = &mut self.recorder {
            let name_of = |player| self.seats.get(player).map(|seat| seat.name.clone());
            recorder.record(&orders, &commands, self.rewind.asked(&self.events), &self.world, name_of);
        }
        self.commands = commands;
        self.note_habits();
        orders.clear();
        // Orders for the next step come below, behind the emptied list.
        self.orders = orders;
        self.note_records();
        self.note_deeds();
        self.tell_falls();
        self.settle_bots();
        self.history.record(&self.world, &self.config.defs, &self.events);
        self.index.rebuild(&self.world);
        bots::bring_company(&mut self.seats, &self.world, &self.config.defs.mode);
        bots::look_around(&mut self.seats, &self.world, &self.index, &self.config.defs);
        self.announce_names();
        self.announce_scores();
        self.announce_round();
        self.announce_talk();
        self.send_snapshots(now_us, writable);
    }

    /// The next thing for the shell to do; drain after every `handle` and `tick`.
    pub fn poll_output(&mut self) -> Option<Output<'_>> {
        self.post.poll()
    }

    /// The next thing that must outlive the room, where that is wanted; drain after every `handle` and `tick`, before what
    /// they say is handed out.
    pub fn poll_record(&mut self) -> Option<Record> {
        self.ledger.poll()
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
            section_bits: self.press.section_bits,
            ..self.status
        }
    }

    /// Whether nobody is connected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.visitors.is_empty()
    }

    /// What of its numbers is not as usual, or will not be in a moment.
    #[must_use]
    pub fn tuning(&self) -> Tuning {
        self.retuning.goal(self.world.tuning)
    }

    /// The last lines that were said, oldest first, and how many there ever were.
    pub fn talk(&self) -> (u32, impl Iterator<Item = &ChatLine>) {
        self.talk.last()
    }

    /// The world, to look at (tests, tools).
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What happened in the last tick, to look at (tests, tools).
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How a connection stands, while there is one.
    #[must_use]
    pub fn standing(&self, conn: ConnId) -> Option<Standing> {
        let visitor = self.visitors.get(&conn)?;
        let human = visitor.seat.and_then(|player| self.seats.human(player));
        let untold = human.map_or(&visitor.deeds, |human| &human.deeds).untold();
        Some(Standing { seat: visitor.seat, unacked: visitor.flow.unacked(), untold })
    }

    fn message(&mut self, conn: ConnId, message: ClientMessage, now_us: u64) {
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        if let Some(human) = visitor.seat.and_then(|player| self.seats.human_mut(player)) {
            // It speaks, so the new token has reached it (or will: both lie in the same stream).
            human.previous_key = None;
        }
        match message {
            ClientMessage::Commands(batch) => self.take_batch(conn, &batch, now_us),
            ClientMessage::Play { name, class } => self.play(conn, &name, class, now_us),
            ClientMessage::Relaunch { class } => {
                if let Some(seat) = visitor.seat.and_then(|player| self.seats.get_mut(player)) {
                    seat.wants_launch = true;
                    seat.class = class;
                }
            }
            ClientMessage::SetView { half } => visitor.set_view(half),
            ClientMessage::Idle(idle) => {
                visitor.idle = idle;
                if let Some(human) = visitor.seat.and_then(|player| self.seats.human_mut(player)) {
                    human.commands.rest();
                }
            }
            ClientMessage::NeedFull => {
                // Who slept asks as well, and has lost nothing.
                self.status.desyncs += u64::from(visitor.flow.is_awake(now_us));
                let allowed = visitor.resynced.is_none_or(|last| self.world.tick.since(last) >= RESYNC_TICKS);
                if allowed {
                    visitor.resynced = Some(self.world.tick);
                    visitor.audience.reset();
                }
            }
            ClientMessage::Leave => {
                if let Some(player) = visitor.seat.take() {
                    // The connection goes on counting deeds where the seat ends.
                    if let Some(human) = self.seats.human(player) {
                        (visitor.deeds, visitor.mute) = (human.deeds.clone(), human.mute);
                    }
                    let wait = i32::from(self.config.defs.rules.respawn_ticks);
                    visitor.grounded_until = Some(self.world.tick.plus(wait));
                    self.free_seat(player);
                }
            }
            ClientMessage::Say(words) => self.take_words(conn, words),
            ClientMessage::Watch(wish) => visitor.watch(wish, &self.world, &self.config.defs),
            // The shell's: no room answers.
            ClientMessage::Console(_) => {}
        }
    }

    fn take_words(&mut self, conn: ConnId, words: Words) {
        let now = self.world.tick;
        if let Some(mute) = self.mute_of(conn).and_then(Option::as_mut).filter(|mute| mute.lasts(now)) {
            if mute.tells() {
                self.say(conn, &ServerMessage::Chat(Chat::Muted));
            }
            return;
        }
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        let Some(seat) = visitor.seat.and_then(|player| self.seats.get(player)) else { return };
        match self.talk.judge(words, &mut visitor.speech, self.world.tick) {
            Verdict::Heard(words) => {
                self.talk.keep(ChatLine { player: seat.player, name: seat.name.clone(), words });
            }
            Verdict::Hush => visitor.mail.put(&codec::encode_server(&ServerMessage::Chat(Chat::Hushed))),
            Verdict::Dropped => {}
        }
    }

    fn take_batch(&mut self, conn: ConnId, batch: &CommandBatch, now_us: u64) {
        let now = self.world.tick;
        let next_in_us = (self.last_tick_us + TICK_US).cast_signed() - now_us.cast_signed();
        let Some(visitor) = self.visitors.get_mut(&conn) else { return };
        visitor.heard(batch, now_us);
        let rtt_us = visitor.flow.rtt_us();
        let Some(human) = visitor.seat.and_then(|player| self.seats.human_mut(player)) else { return };
        let before = (human.commands.late, human.commands.presses_late);
        let last = batch.first.plus(batch.commands.len() as i32 - 1);
        let early_us = i64::from(last.since(now)) * TICK_US as i64;
        let settled = claim::settle(batch.seen, rtt_us, early_us, claim::parts_of(self.config.rewind_ms));
        let mut fresh = false;
        for (i, sent) in batch.commands.iter().enumerate() {
            fresh |= human.commands.insert(batch.first.plus(i as i32), *sent, settled.back, now, next_in_us);
        }
        self.status.late_commands += human.commands.late - before.0;
        self.status.late_presses += human.commands.presses_late - before.1;
        self.status.claims_replaced += u64::from(settled.replaced && fresh);
    }

    /// Everybody's command for the coming tick; their lags go to the rewind.
    fn take_commands(&mut self) -> Vec<(PlayerId, Command)> {
        let next = self.world.tick.next();
        let (mut commands, mut lags) = (std::mem::take(&mut self.commands), std::mem::take(&mut self.lags));
        let (world, counts) = (&self.world, &mut self.status.commands);
        lags.clear();
        commands.clear();
        let mut take = |seat: &mut Seat| match &mut seat.holder {
            Holder::Bot(brain) => brain.think(next),
            Holder::Human(human) => {
                let taken = human.commands.take(next);
                if human.conn.is_some() && world.ship(seat.player).is_some() {
                    counts.note(human.commands.source());
                }
                lags.push((seat.player, taken.lag));
                taken.command
            }
        };
        commands.extend(self.seats.iter_mut().map(|seat| (seat.player, take(seat))));
        self.rewind.begin(next, lags.iter().copied());
        self.lags = lags;
        commands
    }

    /// Ends a season that is over: everybody is to hear how, and the coming step sets the scores back before all else.
    fn turn_season(&mut self) {
        let Some(number) = self.season.turn(self.world.tick) else { return };
        let board = Scoreboard::of(&self.world, &self.config.defs, None);
        let standing = season::Standing::of(&self.world, |player| Some(&self.seats.get(player)?.name), number, board);
        let unseated = self.visitors.values_mut().filter(|visitor| visitor.seat.is_none());
        unseated.for_each(|visitor| visitor.deeds.note(Deed::Season(standing.told_to(None))));
        let told: Vec<_> =
            self.seats.humans_mut().map(|(player, _)| (player, standing.told_to(Some(player)))).collect();
        for (player, end) in told {
            if let Some(human) = self.seats.human_mut(player) {
                human.deeds.note(Deed::Season(end));
            }
        }
        self.orders.insert(0, sim::Order::EndSeason { points: self.config.start_points });
    }

    /// What must outlive the room, after a step.
    fn note_records(&mut self) {
        let (season, season_ends) = (self.season.number(), self.season.ends().unwrap_or(self.world.tick));
        let clock = SavedClock { tick: self.world.tick, season, season_ends };
        self.ledger.note(&self.seats, &self.world, clock);
    }

    /// Writes what happened into the logs of those who must hear it: kills into all, hits into the two concerned.
    fn note_deeds(&mut self) {
        for event in &self.events {
            match *event {
                Event::Destroyed { ship, killer, cause, points } => {
                    let deed = Deed::Kill { killer, victim: ship.player, cause, points };
                    let world = &self.world;
                    let feed = Feed::of(world, ship.player, killer);
                    let unseated = self.visitors.values_mut().filter(|visitor| visitor.seat.is_none());
                    unseated
                        .filter(|visitor| feed.tells(None, Some(visitor.place())))
                        .for_each(|visitor| visitor.deeds.note(deed.clone()));
                    for (player, human) in self.seats.humans_mut() {
                        let place = world.ship(player).map(|ship| ship.body.pos.to_vec2());
                        if feed.tells(Some(player), place) {
                            human.deeds.note(deed.clone());
                        }
                    }
                }
                Event::Damaged { ship, by: Some(by), cause, amount } => {
                    let points = body::points_of(amount);
                    let deed = Deed::Hit { victim: ship.player, by, cause, points };
                    // One who struck oneself hears it once.
                    let striker = (by != ship.player).then_some(by);
                    for player in [Some(ship.player), striker].into_iter().flatten().filter(|_| points > 0) {
                        if let Some(human) = self.seats.human_mut(player) {
                            human.deeds.note(deed.clone());
                        }
                    }
                }
                Event::RoundOver { winner, won } => {
                    let deed = Deed::Round { winner, won };
                    let unseated = self.visitors.values_mut().filter(|visitor| visitor.seat.is_none());
                    unseated.for_each(|visitor| visitor.deeds.note(deed.clone()));
                    self.seats.humans_mut().for_each(|(_, human)| human.deeds.note(deed.clone()));
                }
                _ => {}
            }
        }
    }

    /// A bot that died launches again, or goes home.
    fn settle_bots(&mut self) {
        let mut leavers = Vec::new();
        for event in &self.events {
            if let Event::Destroyed { ship, .. } = event
                && let Some(seat) = self.seats.get_mut(ship.player)
                && matches!(seat.holder, Holder::Bot(_))
            {
                seat.wants_launch = true;
                let mut fate = crate::rng::Keyed::new(
                    self.config.secret,
                    self.world.tick,
                    u32::from(ship.player.0),
                    crate::rng::Purpose::Bot,
                );
                if !self.config.defs.mode.one_life && fate.chance(BOT_LEAVES) {
                    leavers.push(ship.player);
                }
            }
        }
        leavers.into_iter().for_each(|player| self.free_seat(player));
    }

    fn announce_names(&mut self) {
        if let Some((entries, left)) = self.seats.take_changes() {
            self.say_all(&ServerMessage::Roster(Roster { entries, left }));
        }
    }

    fn announce_scores(&mut self) {
        if self.world.tick.0.is_multiple_of(TICK_HZ) {
            let now = Scoreboard::of(&self.world, &self.config.defs, self.season.ends());
            if now != self.scoreboard {
                self.scoreboard = now;
                self.scores_version += 1;
            }
        }
        // In the first ticks of a second, as their turns are.
        let every = self.relief.snapshot_ticks;
        if self.world.tick.0 % TICK_HZ >= every {
            return;
        }
        let version = self.scores_version;
        for (conn, visitor) in &mut self.visitors {
            // Where bytes are so few that a standing is worth some snapshots, they take turns.
            let may = visitor.shown_since_scores && visitor.scores_shown != version;
            if may && Visitor::has_turn(*conn, self.world.tick, every) {
                (visitor.scores_shown, visitor.shown_since_scores) = (version, false);
                let board = self.scoreboard.shown_to(visitor.seat);
                visitor.mail.put(&codec::encode_server(&ServerMessage::Leaderboard(board)));
            }
        }
    }

    fn announce_talk(&mut self) {
        if let Some(chat) = self.talk.take_fresh() {
            self.say_all(&ServerMessage::Chat(chat));
        }
    }

    /// Tells `conn` at once.
    fn say(&mut self, conn: ConnId, message: &ServerMessage) {
        self.post.reliable(conn, message);
    }

    /// Tells everybody when the server goes down, and from now on whoever comes; 0: that it does not.
    fn announce_restart(&mut self, seconds: u16, now_us: u64) {
        self.restart_us = (seconds > 0).then(|| now_us + u64::from(seconds) * 1_000_000);
        self.say_all(&ServerMessage::Restarting { seconds });
    }

    /// Tells everybody, each at its next turn.
    fn say_all(&mut self, message: &ServerMessage) {
        let bytes = codec::encode_server(message);
        self.visitors.values_mut().for_each(|visitor| visitor.mail.put(&bytes));
    }

    fn send_snapshots(&mut self, now_us: u64, writable: &dyn Fn(ConnId) -> bool) {
        let Room { config, world, seats, visitors, history, index, press, body, post, status, used, relief, .. } = self;
        let (tick, every) = (world.tick, relief.snapshot_ticks);
        press.begin(world, world.pilots.len());
        let mut scene = Scene { world, defs: &config.defs, history, index, press };
        let mut dead = Vec::new();
        for (&conn, visitor) in visitors.iter_mut().filter(|(conn, _)| Visitor::has_turn(**conn, tick, every)) {
            let mailed = visitor.mail.send(conn, post);
            visitor.budget.spend(mailed);
            if !visitor.is_due(tick) {
                continue;
            }
            match visitor.flow.turn(tick, now_us, writable(conn)) {
                Turn::Close => dead.push(conn),
                Turn::Skip => {
                    visitor.budget.back_off(now_us);
                    status.snapshots_skipped += 1;
                }
                Turn::Wait => status.snapshots_skipped += 1,
                turn @ (Turn::Send | Turn::SendThin) => {
                    let bytes_max = visitor.budget.left(config.bytes_per_s, turn == Turn::SendThin, now_us);
                    if bytes_max < budget::BYTES_MIN {
                        status.snapshots_skipped += 1;
                        continue;
                    }
                    let thin = turn == Turn::SendThin;
                    let turn = Sending { conn, now_us, bytes_max, thin };
                    let bytes = send_news(seats, visitor, conn, post)
                        + send_snapshot(&mut scene, seats, visitor, &turn, (body, used), post);
                    visitor.flow.sent(tick, now_us);
                    visitor.budget.spend(bytes);
                    visitor.shown_since_scores = true;
                    status.snapshots += 1;
                    status.snapshot_bytes += bytes as u64;
                }
            }
        }
        dead.into_iter().for_each(|conn| self.close(conn, CloseCode::TooSlow));
    }

    /// What `conn` should know after its last snapshot, for comparing with what it does know; `None` if it has
    /// not had one in the last tick.
    #[must_use]
    pub fn projection(&self, conn: ConnId) -> Option<Known> {
        let (world, history) = (&self.world, &self.history);
        let visitor = self.visitors.get(&conn)?;
        let audience = &visitor.audience;
        let tick = audience.through.filter(|&through| through == world.tick)?;
        let (station, _) = visitor.looked(world, &self.config.defs);
        let shots = (0..world.shots.len()).filter(|&i| audience.shots.has(history.shot_slot(i)));
        let rocks = (0..world.rocks.len()).filter(|&i| audience.rocks.has(history.rock_slot(i)));
        let pickups = (0..world.pickups.len()).filter(|&i| audience.pickups.has(history.pickup_slot(i)));
        let rock = |i: usize| {
            let steps = audience.rock_steps[usize::from(history.rock_slot(i))];
            (crate::sim::LooseRock { hull: 0, flung: None, ..world.rocks[i] }, steps)
        };
        Some(Known {
            begun: true,
            tick,
            edge: world.edge,
            station,
            own: audience.own.clone(),
            ships: audience.ships.iter().map(|ship| ship.told).collect(),
            shots: shots.map(|i| world.shots[i]).collect(),
            rocks: rocks.map(rock).collect(),
            pickups: pickups.map(|i| world.pickups[i]).collect(),
            wells: world.wells.clone(),
            belt: audience.belt.clone(),
        })
    }
}

/// One connection's turn.
#[derive(Debug, Clone, Copy)]
struct Sending {
    conn: ConnId,
    now_us: u64,
    /// Bytes its budget allows.
    bytes_max: usize,
    thin: bool,
}

/// A message on a thin line is this long at most, bytes: the own ship and some eight others.
const THIN_BYTES_MAX: usize = 320;

/// Tells what a connection has yet to hear, with its snapshots, so that a slow line is not given more; returns its bytes.
fn send_news(seats: &mut Seats, visitor: &mut Visitor, conn: ConnId, post: &mut Post) -> usize {
    let log = match visitor.seat.and_then(|player| seats.human_mut(player)) {
        Some(human) => &mut human.deeds,
        None => &mut visitor.deeds,
    };
    let Some(news) = log.take() else { return 0 };
    let bytes = codec::encode_server(&ServerMessage::News(news));
    post.reliable_bytes(conn, &bytes);
    bytes.len()
}

/// Writes and posts a snapshot, in parts if need be; returns its bytes.
fn send_snapshot(
    scene: &mut Scene<'_>,
    seats: &mut Seats,
    visitor: &mut Visitor,
    turn: &Sending,
    (body, used): (&mut BitWriter, &mut Vec<UsedCommand>),
    post: &mut Post,
) -> usize {
    let tick = scene.world.tick;
    if visitor.audience.through.is_some_and(|through| tick.since(through) >= HISTORY_TICKS as i32) {
        visitor.audience.reset();
    }
    let (station, (pos, vel)) = visitor.look(scene.world, scene.defs);
    let own = visitor.seat.and_then(|player| scene.world.ship(player));
    let half = visitor.view_half * own.map_or(1.0, |ship| ship.view_factor(scene.defs));
    let told = visitor.audience.own.as_ref().map(|told| told.tick);
    let human = visitor.seat.and_then(|player| seats.human_mut(player));
    let known = told.zip(human.as_ref()).is_some_and(|(told, human)| human.commands.used_since(told, tick, used));
    let margin = human.map_or(0, |human| human.commands.margin(tick));
    let (echo_ms, echo_age_ms) = visitor.echo(turn.now_us);
    let bytes_max = if turn.thin { turn.bytes_max.min(THIN_BYTES_MAX) } else { turn.bytes_max };
    let (area, view) = if scene.defs.arena.wrap_half > 0.0 {
        // All of it is on every screen.
        let all = Area { centre: Vec2::ZERO, half: Vec2::splat(scene.defs.arena.wrap_half * 2.0) };
        (all, (all, Vec2::ZERO))
    } else {
        (snapshot::area_of(pos, vel, half), (Area { centre: pos, half: half + Vec2::splat(VIEW_RIM_U) }, vel))
    };
    let mut viewer = Viewer {
        station,
        player: visitor.seat,
        area,
        view,
        used: known.then_some(used.as_slice()),
        bits_max: Viewer::bits_of(bytes_max),
    };
    let audience = &mut visitor.audience;
    let base = audience.through.map_or(0, |through| tick.since(through) as u8);
    let mut flags = if audience.through.is_none() { SnapshotFlags::FULL } else { 0 };
    let (mut spent, mut parts) = (0, 1);
    let mut all = snapshot::write(scene, &viewer, audience, body);
    loop {
        let more = !all && !turn.thin && parts < SNAPSHOT_PARTS_MAX && spent + SNAPSHOT_BYTES_MAX < bytes_max;
        let due = !more && audience.count.is_multiple_of(CHECK_EVERY);
        let head = Snapshot {
            tick,
            base: if parts == 1 { base } else { 0 },
            flags: SnapshotFlags(flags | if more { SnapshotFlags::MORE } else { 0 }),
            margin,
            echo_ms,
            echo_age_ms,
            check: due.then(|| audience.check(scene.history)),
            body: Vec::new(),
        };
        spent += post.snapshot(turn.conn, &head, body.bytes());
        if !more {
            return spent;
        }
        parts += 1;
        flags = SnapshotFlags::PART;
        viewer.bits_max = Viewer::bits_of(bytes_max - spent);
        all = snapshot::write_part(scene, &viewer, audience, body);
    }
}
