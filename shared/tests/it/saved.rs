//! What outlives a room: from the records of one another begins, with everybody in their slot and nothing counted twice.

use shared::{
    defs::ShipClass,
    ids::PlayerId,
    protocol::{
        ClientMessage, CommandBatch, Deed, Hello, LaneKey, News, Resume, ResumeToken, Seen, ServerMessage,
        codec::decode_server,
    },
    replay::Playback,
    room::{ConnId, Credentials, FlightResult, Output, Record, Room, RoomConfig, RoomEvent, Save},
    sim::{Tally, checksum},
    tick::TICK_US,
};

/// A room, and what its shell kept of it.
struct Kept {
    room: Room,
    now_us: u64,
    save: Save,
    flights: Vec<FlightResult>,
    /// Who was welcomed back into which slot.
    resumed: Vec<(u64, Option<PlayerId>)>,
    news: Vec<News>,
}

fn config(session: u64) -> RoomConfig {
    RoomConfig { bots: 6, start_points: 500, season_ticks: 3_600, session: Some(session), ..RoomConfig::default() }
}

impl Kept {
    fn new(config: RoomConfig) -> Kept {
        Kept::again(config, Save::default())
    }

    fn again(config: RoomConfig, save: Save) -> Kept {
        let now_us = 5_000_000;
        let room = Room::again(config, &save, now_us);
        Kept { room, now_us, save, flights: Vec::new(), resumed: Vec::new(), news: Vec::new() }
    }

    /// Comes with the token `old`, is given the token `new`.
    fn come(&mut self, conn: u64, old: Option<u8>, new: u8) {
        let resume = old.map(|old| Resume { token: ResumeToken([old; 16]), heard: 40 });
        let credentials = Credentials {
            profile_key: Some([200; 32]),
            resume_key: old.map(|old| [old; 32]),
            token: ResumeToken([new; 16]),
            token_key: [new; 32],
            lane: LaneKey([new; 16]),
        };
        let hello = Hello { resume, profile: None, view_half: (800, 450) };
        self.room.handle(RoomEvent::Connect { conn: ConnId(conn), hello, credentials }, self.now_us);
        self.drain();
    }

    fn tell(&mut self, conn: u64, message: ClientMessage) {
        self.room.handle(RoomEvent::Message { conn: ConnId(conn), message }, self.now_us);
        self.drain();
    }

    /// Says that everything has arrived, so that more may be sent.
    fn acknowledge(&mut self, conn: u64) {
        let tick = self.room.world().tick;
        let batch =
            CommandBatch { ack: tick, stamp_ms: 0, seen: Seen::default(), first: tick.next(), commands: Vec::new() };
        self.tell(conn, ClientMessage::Commands(batch));
    }

    fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.now_us += TICK_US;
            self.room.tick(self.now_us, &|_| true);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(record) = self.room.poll_record() {
            self.save.apply(&record);
            if let Record::Flight(flight) = record {
                self.flights.push(flight);
            }
        }
        while let Some(output) = self.room.poll_output() {
            if let Output::Reliable { conn, bytes } = output {
                match decode_server(bytes).expect("our own message") {
                    ServerMessage::Welcome(welcome) => self.resumed.push((conn.0, welcome.resumed)),
                    ServerMessage::News(news) => self.news.push(news),
                    _ => {}
                }
            }
        }
    }

    fn tally(&self, player: PlayerId) -> Option<Tally> {
        self.room.world().pilot(player).map(Tally::of)
    }
}

/// Somebody plays until they fly.
fn playing() -> (Kept, PlayerId) {
    let mut kept = Kept::new(config(7));
    kept.come(1, None, 10);
    kept.tell(1, ClientMessage::Play { name: "Ada".into(), class: ShipClass::Lancer });
    kept.run(130);
    let player = *kept.save.seats.keys().next().expect("the slot is kept");
    assert!(kept.room.world().ship(player).is_some(), "it flies");
    (kept, player)
}

#[test]
fn another_room_gives_everybody_the_same_slot_name_and_score_back() {
    let (mut before, player) = playing();
    let tally = before.tally(player).expect("a pilot");
    assert!(tally.score >= 500);
    let cut = before.save.cut_short();
    assert_eq!((cut.len(), cut[0].key.session, cut[0].key.number), (1, 7, 1));
    assert_eq!((cut[0].profile, cut[0].pilot.as_str(), cut[0].log.class), (Some([200; 32]), "Ada", ShipClass::Lancer));
    assert_eq!(cut[0].log.seconds, 1);

    let clock = before.save.clock.expect("a second has passed");
    let mut after = Kept::again(config(8), before.save);
    assert_eq!(after.room.world().tick, clock.tick);
    after.come(2, Some(10), 11);
    assert_eq!(after.resumed, [(2, Some(player))]);
    after.run(90);
    assert_eq!(after.tally(player), Some(tally));
    let ship = after.room.world().ship(player).expect("it flies again by itself");
    assert_eq!(ship.class, ShipClass::Lancer);
    let seat = &after.save.seats[&player];
    assert_eq!((seat.name.as_str(), seat.state.key), ("Ada", [11; 32]));
    assert_eq!(after.room.status().bots, 5, "the slot counts as taken");
}

#[test]
fn a_token_is_kept_before_it_is_told_and_a_wrong_one_opens_nothing() {
    let (mut before, player) = playing();
    before.come(2, Some(10), 11);
    assert_eq!(before.save.seats[&player].state.key, [11; 32], "without a tick");
    let mut after = Kept::again(config(8), before.save);
    after.come(3, Some(99), 50);
    assert_eq!(after.resumed, [(3, None)]);
    // Also where no tick has passed since the room began again.
    after.come(4, Some(11), 12);
    assert_eq!((after.resumed[1], after.save.seats[&player].state.key), ((4, Some(player)), [12; 32]));
}

#[test]
fn who_does_not_come_back_in_a_minute_loses_the_slot() {
    let (before, player) = playing();
    let mut after = Kept::again(config(8), before.save);
    after.run(59 * 60);
    assert!(after.tally(player).is_some() && after.save.seats.contains_key(&player));
    after.run(2 * 60);
    assert!(!after.save.seats.contains_key(&player));
}

#[test]
fn a_flight_is_told_once_when_it_ends_and_the_slot_is_forgotten_when_it_is_given_up() {
    let (mut kept, player) = playing();
    assert!(kept.flights.is_empty());
    kept.tell(1, ClientMessage::Leave);
    kept.run(5);
    assert_eq!(kept.flights.len(), 1);
    let flight = &kept.flights[0];
    assert_eq!((flight.key.number, flight.pilot.as_str(), flight.log.seconds), (1, "Ada", 2));
    assert!(!kept.save.seats.contains_key(&player));
    assert!(kept.save.cut_short().is_empty());
}

#[test]
fn a_season_goes_on_where_it_was() {
    let (mut before, _) = playing();
    before.run(3_600);
    let clock = before.save.clock.expect("seconds have passed");
    assert_eq!(clock.season, 2);
    let mut after = Kept::again(config(8), before.save);
    after.come(2, None, 11);
    after.run(60);
    assert_eq!(after.save.clock.map(|clock| (clock.season, clock.season_ends)), Some((2, clock.season_ends)));
    // A room with other seasons has its own.
    let mut other = Kept::again(RoomConfig { season_ticks: 600, ..config(9) }, after.save);
    other.run(60);
    let ends = other.save.clock.expect("a second has passed").season_ends;
    assert!(ends.since(other.room.world().tick) <= 600);
}

#[test]
fn deeds_are_counted_on_from_what_the_pilot_has_heard() {
    // At once, or when there were deeds in the new room already.
    for away in [0, 3_000] {
        let (before, _) = playing();
        let mut after = Kept::again(RoomConfig { bots: 24, ..config(8) }, before.save);
        after.run(away);
        after.come(2, Some(10), 11);
        for _ in 0..600 {
            after.run(6);
            after.acknowledge(2);
            if !after.news.is_empty() {
                break;
            }
        }
        assert_eq!(after.news[0].first, 40, "after {away} ticks");
        assert!(after.news[0].deeds.iter().any(|deed| matches!(deed, Deed::Kill { .. } | Deed::Hit { .. })));
    }
}

#[test]
fn a_recording_of_a_room_that_began_again_plays_back() {
    let (before, player) = playing();
    let mut after = Kept::again(RoomConfig { record: true, ..config(8) }, before.save);
    after.come(2, Some(10), 11);
    after.run(150);
    after.room.finish_recording();
    let mut bytes = Vec::new();
    while let Some(chunk) = after.room.poll_recording() {
        bytes.extend(chunk);
    }
    let mut film = Playback::open(bytes).expect("it is whole");
    while film.step().expect("every check sum holds") {}
    assert_eq!(checksum(film.world()), checksum(after.room.world()));
    assert_eq!(film.world().pilot(player).map(|pilot| pilot.score), after.tally(player).map(|tally| tally.score));
}

#[test]
fn without_a_session_nothing_is_told() {
    let mut kept = Kept::new(RoomConfig { session: None, ..config(7) });
    kept.come(1, None, 10);
    kept.tell(1, ClientMessage::Play { name: "Ada".into(), class: ShipClass::Lancer });
    kept.run(200);
    assert_eq!((kept.save, kept.flights), (Save::default(), Vec::new()));
}
