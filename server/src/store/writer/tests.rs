use std::{
    fs,
    path::Path,
    sync::mpsc::{SyncSender, sync_channel},
};

use super::*;
use crate::{
    address::AddressKey,
    journal,
    store::{
        BanKind, BanRow, StaffRecord, Target,
        boards::{self, Span},
    },
};
use shared::room::{FlightKey, FlightLog, FlightResult};

fn offer(number: u32, kept: &SyncSender<(FlightKey, u64)>) -> Offer {
    let key = FlightKey { session: 1, number };
    let log = FlightLog { points: number, ..FlightLog::default() };
    let result = FlightResult { key, profile: Some([number as u8; 32]), pilot: "x".repeat(16), log };
    Offer { flight: DatedFlight { result, ended_s: now_s() }, kept: kept.clone() }
}

#[test]
fn a_full_disk_loses_nothing_and_is_written_to_when_there_is_room_again() {
    let folder = std::env::temp_dir().join(format!("perihelion-full-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let paths = Paths { database: folder.join("perihelion.db"), backups: folder.join("backups") };
    let vitals = Arc::new(Vitals::default());
    let mut writer = Writer::new(paths, Arc::clone(&vitals), None);
    let (kept, confirmed) = sync_channel(4_096);
    assert!(writer.open());
    let limit = |writer: &Writer, pages: i64| {
        let connection = writer.connection.as_ref().unwrap();
        connection.pragma_update(None, "max_page_count", pages).unwrap();
    };
    // The file may not grow: what SQLite says to a full disk.
    limit(&writer, 1);
    writer.batch.extend((1..=1_000).map(|number| offer(number, &kept)));
    (0..1_000).for_each(|_| vitals.arrived());
    assert!(!writer.write() && !writer.write());
    assert_eq!((vitals.health(), confirmed.try_iter().count()), (Health::Degraded, 0));
    assert_eq!(vitals.waiting(), 1_000);
    limit(&writer, 1_000_000);
    assert!(writer.write());
    assert_eq!((vitals.health(), confirmed.try_iter().count()), (Health::Ok, 1_000));
    assert_eq!((vitals.waiting(), vitals.ill_for(Instant::now())), (0, None));
    let stored: i64 =
        writer.connection.as_ref().unwrap().query_row("SELECT count(*) FROM flights", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, 1_000);
    drop(writer);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A folder in memory where the machine has one: hundreds of databases wait for no disk.
fn quick_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn writer_in(folder: &Path) -> Writer {
    let paths = Paths { database: folder.join("perihelion.db"), backups: folder.join("backups") };
    Writer::new(paths, Arc::default(), None)
}

fn boards_in(folder: &Path) -> String {
    let board = |span| boards::read(&folder.join("perihelion.db"), span, None, now_s()).unwrap();
    format!("{:?}", Span::ALL.map(board))
}

fn count(writer: &Writer, query: &str) -> i64 {
    writer.connection.as_ref().unwrap().query_row(query, [], |row| row.get(0)).unwrap()
}

/// What a journal does with what it is told.
fn settle(scribe: &mut journal::Scribe<Bytes>, writer: &Writer, confirmed: &Receiver<(FlightKey, u64)>) {
    confirmed.try_iter().for_each(|(key, commit)| scribe.confirm(key, commit));
    scribe.forget_copied(writer.vitals.copied());
}

/// A disk that is bytes.
#[derive(Debug, Default)]
struct Bytes(Vec<u8>);

impl journal::Disk for Bytes {
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.extend(bytes);
        Ok(())
    }

    fn sync(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0 = bytes.to_vec();
        Ok(())
    }
}

/// A server that stored before a copy and after it, with a ban; gives its journal.
fn lived(folder: &Path) -> Vec<u8> {
    let mut writer = writer_in(folder);
    assert!(writer.open());
    let (kept, confirmed) = sync_channel(4_096);
    let mut scribe = journal::Scribe::new(Bytes::default(), "drift".into(), Default::default(), Vec::new(), now_s());
    let mut fly = |writer: &mut Writer, numbers: std::ops::Range<u32>| {
        let flights: Vec<Offer> = numbers.map(|number| offer(number, &kept)).collect();
        let records = flights.iter().map(|offer| shared::room::Record::Flight(offer.flight.result.clone()));
        scribe.put(records.collect(), now_s()).unwrap();
        writer.batch.extend(flights);
        assert!(writer.write());
        writer.keep_house();
        settle(&mut scribe, writer, &confirmed);
        // As it is when the file has grown.
        scribe.begin_anew(Default::default(), Vec::new(), now_s()).unwrap();
    };
    fly(&mut writer, 1..200);
    let ban = BanRow {
        id: 1,
        kind: BanKind::Ban,
        target: Target::Address(AddressKey::of("10.0.0.1".parse().unwrap())),
        who: "Foo".into(),
        by: "anna".into(),
        reason: "spam".into(),
        at_s: now_s(),
        until_s: None,
    };
    let (told, _answer) = tokio::sync::oneshot::channel();
    writer.staff.push(StaffOffer { record: StaffRecord::Ban(ban), kept: told });
    assert!(writer.write());
    let due = writer.copy_due.expect("a copy is due soon");
    assert!(due <= Instant::now() + Duration::from_secs(10));
    writer.copy_due = Some(Instant::now());
    writer.keep_house();
    assert_eq!(writer.copy_due, None);
    fly(&mut writer, 200..260);
    let journal = scribe.disk().0.clone();
    let left = journal::read(&journal).flights.len();
    assert_eq!(left, 60, "those in the copy have left the journal, the others have not");
    writer.connection.as_ref().unwrap().pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    journal
}

#[test]
fn whatever_was_acknowledged_comes_back_when_the_file_is_damaged() {
    let first = quick_folder();
    let journal = lived(first.path());
    let before = boards_in(first.path());
    let (mut restored, mut whole) = (0, 0);
    for seed in 0..300_u64 {
        let folder = quick_folder();
        let mut bytes = fs::read(first.path().join("perihelion.db")).unwrap();
        let draw = |n: u64| shared::rng::mix(seed * 1_000 + n) as usize;
        let flips = if seed % 2 == 0 { 3 } else { 64 };
        for n in 0..=draw(0) as u64 % flips {
            let length = bytes.len();
            bytes[draw(2 * n + 1) % length] ^= 1 << (draw(2 * n + 2) % 8);
        }
        fs::write(folder.path().join("perihelion.db"), &bytes).unwrap();
        fs::create_dir(folder.path().join("backups")).unwrap();
        for copy in fs::read_dir(first.path().join("backups")).unwrap().map(|entry| entry.unwrap()) {
            fs::copy(copy.path(), folder.path().join("backups").join(copy.file_name())).unwrap();
        }
        let mut writer = writer_in(folder.path());
        if !writer.open() {
            // A flipped version of the tables: left alone, and said.
            assert_eq!(writer.vitals.health(), Health::Damaged, "seed {seed}");
            assert_eq!(fs::read(folder.path().join("perihelion.db")).unwrap(), bytes, "seed {seed}: it was written to");
            continue;
        }
        let (kept, confirmed) = sync_channel(4_096);
        let flights = journal::read(&journal).flights;
        writer.batch.extend(flights.into_iter().map(|flight| Offer { flight, kept: kept.clone() }));
        let was_moved = fs::read_dir(folder.path())
            .unwrap()
            .any(|entry| entry.unwrap().file_name().to_string_lossy().contains("db.damaged"));
        let stored = writer.write();
        if was_moved {
            restored += 1;
            assert!(stored, "seed {seed}");
            assert_eq!(confirmed.try_iter().count(), 60, "seed {seed}");
            assert_eq!(boards_in(folder.path()), before, "seed {seed}");
            assert_eq!(count(&writer, "SELECT count(*) FROM bans"), 1, "seed {seed}");
        } else {
            // A flipped letter of a name is no damage that a database can see; the file is whole in its own eyes.
            whole += 1;
            assert_eq!(count(&writer, "SELECT count(*) FROM bans"), 1, "seed {seed}");
            let flights = count(&writer, "SELECT count(*) FROM flights");
            assert!(flights >= 259, "seed {seed}: {flights} flights");
        }
    }
    assert!(restored >= 150 && whole >= 3, "{restored} restored, {whole} whole");
}
