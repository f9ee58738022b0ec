//! The power goes at any moment, and the disk refuses now and then: 2,000 seeds.

use shared::{
    defs::ShipClass,
    ids::PlayerId,
    room::{FlightLog, FlightResult, SavedSeat, SeatState},
    sim::Tally,
};

use super::*;
use crate::journal::read;

const SEEDS: u64 = 2_000;
const SECTOR: usize = 512;

/// A disk that loses what was not synced, in part.
#[derive(Debug, Default)]
struct Torn {
    live: Vec<u8>,
    durable: Vec<u8>,
    random: Random,
    refuses: bool,
}

#[derive(Debug, Default, Clone)]
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = shared::rng::mix(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
        (self.0 >> 16) as usize % limit.max(1)
    }
}

impl Torn {
    /// What is found after a power cut: everything synced, and of the rest some sectors, at some length.
    fn after_power_cut(&mut self) -> Vec<u8> {
        let synced = self.durable.len();
        let mut found = self.live.clone();
        found.truncate(synced + self.random.below(found.len() - synced + 1));
        for start in (synced..found.len()).step_by(SECTOR) {
            let end = (start + SECTOR).min(found.len());
            match self.random.below(4) {
                0 => found[start..end].fill(0),
                1 => (start..end).for_each(|at| found[at] = self.random.below(256) as u8),
                _ => {}
            }
        }
        found
    }
}

impl Disk for Torn {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.refuses {
            // A full disk takes a part.
            let part = self.random.below(bytes.len());
            self.live.extend(&bytes[..part]);
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.live.extend(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.refuses {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.durable = self.live.clone();
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.refuses {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.live = bytes.to_vec();
        self.durable = bytes.to_vec();
        Ok(())
    }
}

fn record(random: &mut Random, number: u32) -> Record {
    let player = PlayerId(random.below(12) as u16);
    let key = FlightKey { session: 1, number };
    match random.below(5) {
        0 => Record::Freed(player),
        1 => {
            let log = FlightLog { class: ShipClass::Lancer, points: number, kills: 1, seconds: 2 };
            Record::Flight(FlightResult { key, profile: Some([3; 32]), pilot: "Ada".into(), log })
        }
        _ => {
            let tally = Tally { score: number, ..Tally::default() };
            let state = SeatState { key: [4; 32], previous_key: None, class: ShipClass::Spark, tally, flight: None };
            Record::Seat(SavedSeat { player, name: "Grace".into(), profile: None, state })
        }
    }
}

/// Slots and flights, as somebody has them who heard everything.
#[derive(Debug, Default, PartialEq)]
struct Model {
    save: Save,
    flights: BTreeMap<FlightKey, DatedFlight>,
}

impl Model {
    fn found(bytes: &[u8]) -> Model {
        let contents = read(bytes);
        let flights = contents.flights.into_iter().map(|flight| (flight.result.key, flight)).collect();
        Model { save: Save { clock: None, ..contents.save }, flights }
    }

    fn hear(&mut self, records: &[Record], ended_s: u64) {
        for record in records {
            self.save.apply(record);
            if let Record::Flight(result) = record {
                self.flights.insert(result.key, DatedFlight { result: result.clone(), ended_s });
            }
        }
    }
}

fn entries(mut bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    while let Some((entry, behind)) = frame::next(bytes) {
        entries.push(entry);
        bytes = behind;
    }
    entries
}

#[test]
fn nothing_synced_is_lost_and_nothing_is_made_up_whenever_the_power_goes() {
    let mut torn = 0;
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let disk = Torn { random: Random(seed ^ 0xabcd), ..Torn::default() };
        let mut scribe = Scribe::new(disk, "drift".into(), Save::default(), Vec::new(), 100);
        scribe.sync().expect("the disk is well");
        let mut model = Model::default();
        let mut now_s = 100;
        for step in 0..random.below(80) as u32 {
            scribe.disk.refuses = random.below(12) == 0;
            now_s = 100 + u64::from(step) / 4;
            let records: Vec<_> = (0..random.below(4) as u32).map(|i| record(&mut random, step * 8 + i)).collect();
            model.hear(&records, now_s);
            let (put, ticked) = (scribe.put(records, now_s).is_ok(), scribe.tick(now_s).is_ok());
            if put && ticked && !scribe.is_broken() {
                assert_eq!(Model::found(&scribe.disk.live), model, "seed {seed}, step {step}: a killed process");
            }
        }
        let found = scribe.disk.after_power_cut();
        let (found, live, safe) = (entries(&found), entries(&scribe.disk.live), entries(&scribe.disk.durable));
        assert!(live.starts_with(&found), "seed {seed}: made up");
        assert!(found.starts_with(&safe), "seed {seed}: lost");
        torn += u32::from(found.len() < live.len());
        scribe.disk.refuses = false;
        scribe.tick(now_s + SYNC_EVERY_S).expect("the disk is well again");
        assert_eq!(Model::found(&scribe.disk.durable), model, "seed {seed}: a disk that is well again has everything");
    }
    assert!(torn > SEEDS as u32 / 10, "{torn} power cuts took something: the test tests nothing");
}

#[test]
fn a_file_that_has_grown_is_begun_anew_without_what_is_over() {
    let mut scribe = Scribe::new(Torn::default(), "drift".into(), Save::default(), Vec::new(), 100);
    scribe.sync().expect("the disk is well");
    let mut random = Random(5);
    let mut largest = 0;
    for number in 0..40_000 {
        scribe.put(vec![record(&mut random, number)], 101).expect("the disk is well");
        scribe.confirm(FlightKey { session: 1, number }, u64::from(number));
        scribe.forget_copied(u64::from(number));
        largest = largest.max(scribe.disk.live.len());
    }
    assert!(largest > GROWTH_MAX && largest < GROWTH_MAX + 8_192, "{largest}");
    assert_eq!(scribe.flights().count(), 0);
    assert!(!Model::found(&scribe.disk.live).save.seats.is_empty());
}

#[test]
fn what_the_store_has_stays_until_a_copy_has_it_and_there_is_an_end_of_it() {
    let mut scribe = Scribe::new(Torn::default(), "drift".into(), Save::default(), Vec::new(), 100);
    let mut random = Random(7);
    let fly = |random: &mut Random, number| loop {
        if let flight @ Record::Flight(_) = record(random, number) {
            return flight;
        }
    };
    let found = |scribe: &mut Scribe<Torn>| {
        scribe.begin_anew(Save::default(), Vec::new(), 101).expect("the disk is well");
        Model::found(&scribe.disk.live).flights.len()
    };
    for number in 1..=100 {
        scribe.put(vec![fly(&mut random, number)], 101).expect("the disk is well");
        scribe.confirm(FlightKey { session: 1, number }, u64::from(number));
    }
    assert_eq!((scribe.flights().count(), found(&mut scribe)), (0, 100));
    scribe.forget_copied(60);
    assert_eq!(found(&mut scribe), 40);
    for number in 101..=STORED_MAX as u32 + 200 {
        scribe.put(vec![fly(&mut random, number)], 101).expect("the disk is well");
        scribe.confirm(FlightKey { session: 1, number }, u64::from(number));
    }
    assert_eq!(found(&mut scribe), STORED_MAX);
}
