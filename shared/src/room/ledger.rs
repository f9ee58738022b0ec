//! What of a room must outlive it: who holds which slot with what to show for it, and how each flight ended.
//!
//! The room says it in [`Record`]s, as they change; a [`Save`] is the sum of them, and from one a room begins again with
//! everybody in their slot. Invariant: whoever has applied every record knows each person's slot, keys and tally as they
//! were at the end of the last tick. Not here: where that is written (the shell), and where ships were (they launch anew).

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::seats::{Holder, ResumeKey, Seat, Seats};
use crate::{
    defs::ShipClass,
    ids::PlayerId,
    limits::RECORDS_MAX,
    sim::{Tally, World},
    tick::{TICK_HZ, Tick},
};

/// SHA-256 of a profile's token: all anybody but its owner keeps of it.
pub type ProfileKey = [u8; 32];

/// The name of a flight: it may be told twice and counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FlightKey {
    /// One life of a room, see [`super::RoomConfig::session`].
    pub session: u64,
    /// Counts up in it.
    pub number: u32,
}

/// A person's flight that is over: from a launch until the ship was lost, parked or given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlightResult {
    /// Its name.
    pub key: FlightKey,
    /// Whose, if they wish to be known again.
    pub profile: Option<ProfileKey>,
    /// Under which name (cleaned).
    pub pilot: String,
    /// What came of it.
    pub log: FlightLog,
}

/// What came of a flight so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FlightLog {
    /// Class flown last.
    pub class: ShipClass,
    /// Points gained; what a death costs is not taken off.
    pub points: u32,
    /// Ships destroyed.
    pub kills: u32,
    /// How long, s.
    pub seconds: u32,
}

/// One person's slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSeat {
    /// Slot.
    pub player: PlayerId,
    /// Cleaned name.
    pub name: String,
    /// Who it is.
    pub profile: Option<ProfileKey>,
    /// What changes.
    pub state: SeatState,
}

/// The part of a slot that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatState {
    /// Opens the slot.
    pub key: ResumeKey,
    /// Opens it, too.
    pub previous_key: Option<ResumeKey>,
    /// Class wanted next.
    pub class: ShipClass,
    /// Score and the like.
    pub tally: Tally,
    /// The flight under way.
    pub flight: Option<SavedFlight>,
}

/// A flight under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFlight {
    /// Its name.
    pub key: FlightKey,
    /// When it was launched.
    pub began: Tick,
    /// What came of it so far.
    pub log: FlightLog,
}

impl SavedFlight {
    /// One tick on: what the score rose by is gained. A season that ends sets scores back, and so does a death: what falls
    /// is no loss of this flight.
    fn go_on(mut self, last: Tally, now: Tally, ship: Option<ShipClass>) -> SavedFlight {
        self.log.points = self.log.points.saturating_add(now.score.saturating_sub(last.score));
        self.log.kills = self.log.kills.saturating_add(now.kills.saturating_sub(last.kills));
        self.log.class = ship.unwrap_or(self.log.class);
        self
    }

    /// It is over at `tick`.
    fn end(self, tick: Tick) -> (FlightKey, FlightLog) {
        let seconds = tick.since(self.began).max(0).cast_unsigned() / TICK_HZ;
        (self.key, FlightLog { seconds, ..self.log })
    }
}

/// How far the room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedClock {
    /// Last tick.
    pub tick: Tick,
    /// The season under way…
    pub season: u16,
    /// …and when it ends.
    pub season_ends: Tick,
}

/// Something that must outlive the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// A slot is taken, or something about it changed.
    Seat(SavedSeat),
    /// A slot is free again.
    Freed(PlayerId),
    /// A flight is over.
    Flight(FlightResult),
    /// A second has passed.
    Clock(SavedClock),
}

/// What a room can begin again from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Save {
    /// Slots of people.
    pub seats: BTreeMap<PlayerId, SavedSeat>,
    /// How far it was.
    pub clock: Option<SavedClock>,
}

impl Save {
    /// Adds what a record tells.
    pub fn apply(&mut self, record: &Record) {
        match record {
            Record::Seat(seat) => {
                self.seats.insert(seat.player, seat.clone());
            }
            Record::Freed(player) => {
                self.seats.remove(player);
            }
            Record::Flight(_) => {}
            Record::Clock(clock) => self.clock = Some(*clock),
        }
    }

    /// Ends the flights under way, as the room has that they were in; what came of them.
    pub fn cut_short(&mut self) -> Vec<FlightResult> {
        let tick = self.clock.map(|clock| clock.tick);
        let cut = |seat: &mut SavedSeat| {
            let flight = seat.state.flight.take()?;
            let (key, log) = flight.end(tick.unwrap_or(flight.began));
            Some(FlightResult { key, profile: seat.profile, pilot: seat.name.clone(), log })
        };
        self.seats.values_mut().filter_map(cut).collect()
    }

    /// The records that make it.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        let seats = self.seats.values().cloned().map(Record::Seat);
        self.clock.map(Record::Clock).into_iter().chain(seats)
    }
}

/// A slot as it was told last.
#[derive(Debug, Clone)]
struct Told {
    name: String,
    profile: Option<ProfileKey>,
    state: SeatState,
}

/// What was told and what is to be told.
#[derive(Debug, Default)]
pub struct Ledger {
    session: Option<u64>,
    /// Flights so far in this session.
    flights: u32,
    told: Vec<Option<Told>>,
    records: VecDeque<Record>,
}

impl Ledger {
    /// Of the session of this name; without one nothing is told.
    #[must_use]
    pub fn new(session: Option<u64>) -> Ledger {
        Ledger { session, ..Ledger::default() }
    }

    /// The next record.
    pub fn poll(&mut self) -> Option<Record> {
        self.records.pop_front()
    }

    /// Looks at everybody after a step.
    pub fn note(&mut self, seats: &Seats, world: &World, clock: SavedClock) {
        if self.session.is_none() {
            return;
        }
        for seat in seats.iter() {
            self.note_seat(seat, world);
        }
        if world.tick.0.is_multiple_of(TICK_HZ) {
            self.tell(Record::Clock(clock));
        }
    }

    /// Looks at one slot, at once.
    pub fn note_seat(&mut self, seat: &Seat, world: &World) {
        let (Some(session), Holder::Human(human)) = (self.session, &seat.holder) else { return };
        let index = self.place(seat.player);
        let before = self.told[index].as_ref().map(|told| told.state);
        let pilot = world.pilot(seat.player);
        // Who has just sat down gets a pilot with the coming step.
        let Some(tally) = pilot.map(Tally::of).or(before.map(|before| before.tally)) else { return };
        let ship = pilot.and_then(|pilot| pilot.ship.as_ref()).map(|ship| ship.class);
        let under_way = before.and_then(|before| Some(before.flight?.go_on(before.tally, tally, ship)));
        let flight = under_way.or_else(|| {
            let class = ship?;
            self.flights += 1;
            let key = FlightKey { session, number: self.flights };
            Some(SavedFlight { key, began: world.tick, log: FlightLog { class, ..FlightLog::default() } })
        });
        let state = SeatState { key: human.key, previous_key: human.previous_key, class: seat.class, tally, flight };
        let over = flight.is_some() && ship.is_none();
        if before != Some(state) || over {
            self.told[index] = Some(Told { name: seat.name.clone(), profile: human.profile, state });
            if over {
                self.end_flight(index, world.tick);
            }
            self.tell_seat(index);
        }
    }

    /// A slot is given up.
    pub fn free(&mut self, player: PlayerId, tick: Tick) {
        let index = player.index();
        if self.told.get(index).is_some_and(Option::is_some) {
            self.end_flight(index, tick);
            self.told[index] = None;
            self.tell(Record::Freed(player));
        }
    }

    /// Takes over what was told before the room began again.
    pub fn take_over(&mut self, save: &Save) {
        for seat in save.seats.values() {
            let index = self.place(seat.player);
            let (name, profile, state) = (seat.name.clone(), seat.profile, seat.state);
            self.told[index] = Some(Told { name, profile, state });
        }
    }

    fn place(&mut self, player: PlayerId) -> usize {
        let index = player.index();
        if self.told.len() <= index {
            self.told.resize_with(index + 1, || None);
        }
        index
    }

    fn end_flight(&mut self, index: usize, tick: Tick) {
        let Some(told) = self.told[index].as_mut() else { return };
        let Some(flight) = told.state.flight.take() else { return };
        let (key, log) = flight.end(tick);
        let result = FlightResult { key, profile: told.profile, pilot: told.name.clone(), log };
        self.tell(Record::Flight(result));
    }

    fn tell_seat(&mut self, index: usize) {
        let Some(told) = &self.told[index] else { return };
        let Told { name, profile, state } = told;
        let seat = SavedSeat { player: PlayerId(index as u16), name: name.clone(), profile: *profile, state: *state };
        self.tell(Record::Seat(seat));
    }

    fn tell(&mut self, record: Record) {
        if self.records.len() >= RECORDS_MAX {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }
}
