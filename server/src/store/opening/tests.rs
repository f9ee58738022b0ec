use std::path::PathBuf;

use super::*;
use crate::{
    journal::DatedFlight,
    store::{boards, flights},
};
use shared::room::{FlightKey, FlightLog, FlightResult};

/// A folder that goes with the test.
struct Folder(Paths);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("perihelion-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Folder(Paths { database: folder.join("perihelion.db"), backups: folder.join("backups") })
    }

    fn path(&self) -> PathBuf {
        self.0.database.parent().unwrap().to_owned()
    }

    fn open(&self) -> Result<Connection, OpenError> {
        open(&self.0, &Backups::new(self.0.clone()))
    }

    /// All three boards, as text.
    fn boards(&self) -> String {
        let board = |span| boards::read(&self.0.database, span, None, now_s()).unwrap();
        format!("{:?}", boards::Span::ALL.map(board))
    }

    fn damaged(&self) -> usize {
        let names = fs::read_dir(self.path()).unwrap();
        names.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("db.damaged")).count()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.path());
    }
}

fn add(connection: &mut Connection, numbers: std::ops::Range<u32>) {
    let flights: Vec<DatedFlight> = numbers
        .map(|number| {
            let log = FlightLog { points: number * 31 % 977, kills: number % 7, ..FlightLog::default() };
            let key = FlightKey { session: 1, number };
            let profile = Some([(number % 50) as u8; 32]);
            let result = FlightResult { key, profile, pilot: format!("Pilot {}", number % 50), log };
            DatedFlight { result, ended_s: now_s() }
        })
        .collect();
    flights::add(connection, &flights, now_s()).unwrap();
}

#[test]
fn the_newest_copy_on_an_empty_machine_gives_the_same_boards() {
    let old = Folder::new("drill-old");
    let mut connection = old.open().unwrap();
    add(&mut connection, 0..500);
    Backups::new(old.0.clone()).make_when_due(&connection, now_s());
    let before = old.boards();
    assert!(before.contains("Pilot 13"), "{before}");

    let new = Folder::new("drill-new");
    fs::create_dir_all(&new.0.backups).unwrap();
    for copy in Backups::new(old.0.clone()).newest_first() {
        fs::copy(&copy, new.0.backups.join(copy.file_name().unwrap())).unwrap();
    }
    let mut connection = new.open().unwrap();
    assert_eq!(new.boards(), before);
    add(&mut connection, 500..501);
}

#[test]
fn a_damaged_file_is_moved_aside_for_a_good_copy_or_left_alone_and_never_believed() {
    let (mut restored, mut refused, mut whole) = (0, 0, 0);
    for seed in 0..40_u64 {
        let folder = Folder::new("damage");
        let mut connection = folder.open().unwrap();
        add(&mut connection, 0..300);
        let has_copy = seed % 2 == 0;
        if has_copy {
            Backups::new(folder.0.clone()).make_when_due(&connection, now_s());
        }
        let before = folder.boards();
        connection.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
        drop(connection);
        let mut bytes = fs::read(&folder.0.database).unwrap();
        let draw = |n: u64| shared::rng::mix(seed * 1_000 + n) as usize;
        if seed % 3 == 0 {
            bytes.truncate(draw(0) % bytes.len());
        } else {
            // Whole pages of noise: a flipped letter of a name is no damage that a database can see.
            let page = draw(1) % (bytes.len() / 4_096) * 4_096;
            (page..page + 4_096).for_each(|at| bytes[at] = draw(at as u64) as u8);
        }
        fs::write(&folder.0.database, &bytes).unwrap();
        match folder.open() {
            Ok(connection) if folder.damaged() > 0 => {
                restored += 1;
                drop(connection);
                assert_eq!(folder.boards(), before, "seed {seed}");
            }
            // An empty file is one that never was: only with nothing to lose.
            Ok(_) => whole += 1,
            Err(OpenError::Damaged) => {
                refused += 1;
                assert!(!has_copy, "seed {seed}");
                assert_eq!(fs::read(&folder.0.database).unwrap(), bytes, "seed {seed}: it was written to");
            }
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    assert!(restored >= 15 && refused >= 15, "{restored} restored, {refused} refused, {whole} passed for whole");
}
