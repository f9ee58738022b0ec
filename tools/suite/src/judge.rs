//! All oracles over one match. Invariant: it looks after every tick and remembers the first failure; a match is not
//! changed by being judged (a sabotage is taken, which is what it is for).

use shared::{
    replay::{Playback, ReplayError},
    replica::Phase,
    tick::{TICK_HZ, Tick},
};

use crate::{
    harness::{Match, Sabotage},
    measure::{Measures, Meter},
    oracle::{accounts::Accounts, deeds::Deeds, flight::Flights, ids::Ids, mirror, mirror::Mirror, queues},
    plan::Plan,
    truth::Truth,
};

/// A tab that was asleep asks for everything anew by itself; so long after waking that is no failure, ticks.
const WAKING_TICKS: i32 = 600;
/// A ship is shown to its pilot this soon after it launched, ticks.
const LAUNCHED_TICKS: i32 = 60;
/// News is no older than this on a line that has healed, ms…
const STALE_MS_MAX: f32 = 150.0;
/// …and so many ticks behind the room…
const BEHIND_TICKS_MAX: i32 = 8;
/// …but by this much more where the room is frugal, ticks: a budget halved thrice has to save up for a message. It was
/// two seconds at most in 600 matches, and may be half as much again.
const FRUGAL_TICKS: i32 = 180;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which oracle says so.
    pub oracle: &'static str,
    /// When.
    pub tick: Tick,
    /// What is wrong.
    pub what: String,
}

/// The judge of one match.
#[derive(Debug)]
pub struct Judge {
    truth: Truth,
    mirror: Mirror,
    deeds: Deeds,
    ids: Ids,
    accounts: Accounts,
    flights: Flights,
    meter: Meter,
    recording: Vec<u8>,
    frugal: bool,
    /// When each person last woke, or its clock jumped.
    woke: Vec<Option<Tick>>,
}

impl Judge {
    /// For the match of `plan`; `all`: compare every table, not a sample.
    #[must_use]
    pub fn new(plan: &Plan, all: bool) -> Judge {
        Judge {
            truth: Truth::new(plan.frugal),
            // Few snapshots are written there, and each leaves out most of what there is.
            mirror: Mirror::new(all || plan.frugal),
            deeds: Deeds::default(),
            ids: Ids::default(),
            accounts: Accounts::default(),
            flights: Flights::default(),
            meter: Meter::new(plan),
            recording: Vec::new(),
            frugal: plan.frugal,
            woke: vec![None; plan.people.len()],
        }
    }

    /// Somebody slept or its clock jumped: it may ask for everything anew.
    pub fn note_wake(&mut self, index: usize, tick: Tick) {
        if let Some(woke) = self.woke.get_mut(index) {
            *woke = Some(tick);
        }
    }

    /// Looks at a match after a tick.
    ///
    /// # Errors
    /// The first promise found broken.
    pub fn look(&mut self, live: &mut Match) -> Result<(), Failure> {
        let tick = live.room.world().tick;
        let failure = |oracle| move |what| Failure { oracle, tick, what };
        self.keep_recording(live);
        self.truth.record(live.room.world());
        self.lines(live).map_err(failure("lines"))?;
        queues::check(live).map_err(failure("queues"))?;
        self.mirror.check(live).map_err(failure("mirror"))?;
        self.deeds.check(live).map_err(failure("deeds"))?;
        if tick.0 % 1_024 > 300 && live.sabotaged(Sabotage::OldIds) {
            self.ids.age();
        }
        self.ids.check(live.room.world()).map_err(failure("ids"))?;
        let died = live.room.events().iter().any(|event| matches!(event, shared::sim::Event::Destroyed { .. }));
        let blind = died && live.sabotaged(Sabotage::MissDeath);
        let events = if blind { &[] } else { live.room.events() };
        self.accounts.check(live.room.world(), events).map_err(failure("accounts"))?;
        self.flights.check(live, &self.truth).map_err(failure("flight"))?;
        self.meter.look(live, &self.truth);
        Ok(())
    }

    fn keep_recording(&mut self, live: &mut Match) {
        while let Some(chunk) = live.room.poll_recording() {
            self.recording.extend(chunk);
        }
    }

    /// Nobody is thrown out, nobody loses the thread.
    fn lines(&mut self, live: &mut Match) -> Result<(), String> {
        let tick = live.room.world().tick;
        if live.sabotaged(Sabotage::AskFull) {
            live.facts.need_full.push(0);
        }
        if tick.0 % 1_024 > 300 && live.sabotaged(Sabotage::Close) {
            live.players[0].closed = Some(shared::protocol::CloseCode::TooSlow);
        }
        if let Some((index, error)) = live.facts.broken.first() {
            return Err(format!("player {index} cannot go on: {error}"));
        }
        for &index in &live.facts.need_full {
            let woke = self.woke.get(index).copied().flatten();
            if woke.is_none_or(|woke| tick.since(woke) > WAKING_TICKS) {
                return Err(format!("player {index} lost the thread and asked for everything anew"));
            }
        }
        let closed = live.players.iter().enumerate().find(|(_, player)| player.connected && player.closed.is_some());
        closed.map_or(Ok(()), |(index, player)| Err(format!("player {index} was closed: {:?}", player.closed)))
    }

    /// Looks at a match whose lines have been good for two seconds.
    ///
    /// # Errors
    /// Who has not come to a right picture, or what differs.
    pub fn settle(&mut self, live: &mut Match) -> Result<(), Failure> {
        let tick = live.room.world().tick;
        let failure = |oracle| move |what| Failure { oracle, tick, what };
        self.liveness(live).map_err(failure("liveness"))?;
        self.deeds.settle(live).map_err(failure("deeds"))?;
        self.replay(live).map_err(failure("replay"))
    }

    fn liveness(&mut self, live: &Match) -> Result<(), String> {
        let (world, tick) = (live.room.world(), live.room.world().tick);
        let saving_ticks = if self.frugal { FRUGAL_TICKS } else { 0 };
        let stale_ms_max = STALE_MS_MAX + saving_ticks as f32 * 1_000.0 / TICK_HZ as f32;
        for (index, player) in live.players.iter().enumerate() {
            let view = player.replica.view();
            let age_ms = view.line.staleness_ms;
            if age_ms > stale_ms_max {
                return Err(format!("player {index} sees a picture {age_ms} ms old"));
            }
            let Some(standing) = live.room.standing(player.conn) else {
                return Err(format!("player {index} has no connection"));
            };
            let behind = world.tick.since(player.replica.known().tick);
            if behind > BEHIND_TICKS_MAX + saving_ticks {
                return Err(format!("player {index} knows the world of {behind} ticks ago"));
            }
            if let Some(meant) = live.room.projection(player.conn)
                && meant.tick == player.replica.known().tick
                && !mirror::agree(player.replica.known(), &meant, world.tick)
            {
                return Err(format!("player {index} knows something else than was meant"));
            }
            let ship = standing.seat.and_then(|seat| world.ship(seat));
            let long_ago = tick.plus(-LAUNCHED_TICKS - saving_ticks);
            let settled = ship.is_some_and(|ship| self.truth.place(ship.id, long_ago, 0.0).is_some());
            if settled && view.phase != Phase::Flying {
                return Err(format!("player {index} has a ship and sees {:?}", view.phase));
            }
        }
        Ok(())
    }

    /// The recording ends in the very same world.
    fn replay(&mut self, live: &mut Match) -> Result<(), String> {
        live.room.finish_recording();
        self.keep_recording(live);
        if live.sabotaged(Sabotage::BendRecording) {
            let middle = self.recording.len() / 2;
            self.recording[middle] ^= 1;
        }
        let summary = Playback::open(std::mem::take(&mut self.recording)).and_then(Playback::verify);
        let summary = summary.map_err(|error: ReplayError| error.to_string())?;
        let (played, lived) = (summary.checksum, shared::sim::checksum(live.room.world()));
        if played == lived {
            Ok(())
        } else {
            Err(format!("the recording ends in {played:08x}, the match in {lived:08x}"))
        }
    }

    /// Tables compared, and the figures.
    #[must_use]
    pub fn finish(self) -> (u64, Measures) {
        let mut sums = self.meter.sums;
        sums.predictions = (self.flights.judged, self.flights.wrong);
        sums.commands = (self.flights.flown, self.flights.starved);
        (self.mirror.compared, sums)
    }
}
