//! A process that writes is killed again and again, at any moment: nothing that was acknowledged is lost, nothing counts
//! twice. `PERIHELION_KILLS` sets how often; the gate takes twenty.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use server::{
    clock::now_s,
    data_dir::DataDir,
    journal::{JournalFile, Scribe, recall},
    store::Store,
};
use shared::room::{FlightKey, FlightLog, FlightResult, Record, Save};

use crate::running::{DEADLINE, Folder};

const FOLDER: &str = "PERIHELION_KILL_FOLDER";
/// The child only writes what the journal still has, and ends.
const LAST: &str = "PERIHELION_KILL_LAST";

/// The writing process: what a room's thread and its journal do, and a line for each promise.
#[test]
#[ignore = "the other test runs it as a process of its own"]
fn the_process_that_is_killed() {
    let folder = std::env::var(FOLDER).expect("the other test sets it");
    let folder = DataDir::take(Path::new(&folder)).expect("the last one is dead");
    let path = folder.journal("loop");
    let (_, flights) = recall(&path, "loop", now_s()).expect("it can be read");
    let (_store, intake) = Store::open(&folder).expect("a thread");
    let mut keeper = intake.keeper();
    let mut scribe = Scribe::new(JournalFile::at(path), "loop".into(), Save::default(), flights, now_s());
    scribe.sync().expect("it can be written");
    let session = u64::from(std::process::id()) << 32 | now_s();
    let mut out = std::io::stdout().lock();
    let last = std::env::var_os(LAST).is_some();
    for number in 0_u32.. {
        if !last {
            let key = FlightKey { session, number };
            let log = FlightLog { points: number % 500, kills: 1, ..FlightLog::default() };
            let result = FlightResult { key, profile: Some([(number % 20) as u8; 32]), pilot: "Ada".into(), log };
            scribe.put(vec![Record::Flight(result)], now_s()).expect("it can be written");
            writeln!(out, "put {session} {number}").expect("somebody listens");
        }
        scribe.tick(now_s()).expect("it can be written");
        scribe.flights().for_each(|flight| keeper.offer(flight));
        while let Some((key, commit)) = keeper.next_kept() {
            scribe.confirm(key, commit);
            scribe.forget_copied(keeper.copied());
            writeln!(out, "kept {} {}", key.session, key.number).expect("somebody listens");
        }
        out.flush().expect("somebody listens");
        if last && scribe.flights().count() == 0 {
            break;
        }
        thread::yield_now();
    }
    drop(keeper);
    intake.close();
}

fn start(folder: &Path, last: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "kill_loop::the_process_that_is_killed", "--ignored", "--nocapture"]);
    command.env(FOLDER, folder).stdout(Stdio::piped()).stderr(Stdio::null());
    if last {
        command.env(LAST, "1");
    }
    command.spawn().expect("this test can be started")
}

/// Every line that got out before the end.
fn promises(child: &mut Child) -> thread::JoinHandle<Vec<String>> {
    let out = BufReader::new(child.stdout.take().expect("piped"));
    thread::spawn(move || out.lines().map_while(Result::ok).collect())
}

#[test]
fn a_process_killed_at_any_moment_loses_nothing_acknowledged_and_doubles_nothing() {
    let kills: u64 = std::env::var("PERIHELION_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let folder = Folder::new();
    let (mut put, mut kept) = (BTreeSet::new(), BTreeSet::new());
    let mut note = |lines: Vec<String>| {
        for line in lines {
            let mut words = line.split(' ');
            let (word, session, number) = (words.next(), words.next(), words.next());
            // The last line may be cut short.
            let Some(key) = session.zip(number).and_then(|(s, n)| Some((s.parse().ok()?, n.parse().ok()?))) else {
                continue;
            };
            let _: (u64, u32) = key;
            match word {
                Some("put") => put.insert(key),
                Some("kept") => kept.insert(key),
                _ => false,
            };
        }
    };
    for kill in 0..kills {
        let mut child = start(folder.path(), false);
        let lines = promises(&mut child);
        thread::sleep(Duration::from_millis(shared::rng::mix(kill) % 400));
        child.kill().expect("it runs");
        child.wait().expect("our own child");
        note(lines.join().expect("reads"));
    }
    let mut child = start(folder.path(), true);
    let lines = promises(&mut child);
    let deadline = Instant::now() + DEADLINE;
    while child.try_wait().expect("our own child").is_none() {
        assert!(Instant::now() < deadline, "it does not end");
        thread::sleep(Duration::from_millis(5));
    }
    note(lines.join().expect("reads"));
    let database = rusqlite::Connection::open(folder.path().join("perihelion.db")).expect("it is whole");
    let number = |query: &str| database.query_row(query, [], |row| row.get::<_, i64>(0)).expect("a number");
    let has = |key: &(u64, u32)| {
        let found = database.query_row(
            "SELECT count(*) FROM flights WHERE session = ?1 AND number = ?2",
            (key.0.cast_signed(), key.1),
            |row| row.get::<_, i64>(0),
        );
        found.expect("a number") == 1
    };
    let lost = put.union(&kept).filter(|key| !has(key)).count();
    assert_eq!(lost, 0, "of {} put and {} kept", put.len(), kept.len());
    assert_eq!(number("SELECT sum(flights) FROM profiles"), number("SELECT count(*) FROM flights"), "doubled");
    assert!(put.len() as u64 > kills && !kept.is_empty(), "{} put, {} kept: it tests nothing", put.len(), kept.len());
    eprintln!("{kills} kills: {} put, {} kept, 0 lost, 0 doubled", put.len(), kept.len());
}
