//! What survives: a player's slot and score a killed process and a restart, a flight on the boards either.

use std::{net::SocketAddr, path::Path};

use futures_util::SinkExt;
use server::{
    clock::now_s,
    data_dir::DataDir,
    journal::DatedFlight,
    session::key_of,
    store::{Health, Store},
};
use shared::{
    defs::{Defs, ShipClass},
    ids::PlayerId,
    protocol::ProfileToken,
    replica::Replica,
    room::{FlightKey, FlightLog, FlightResult},
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    binary::{Process, run},
    clients::{closed, hello, open, open_at},
    pilot::{Pilot, own_position},
    running::{Folder, Reply, ask, until},
};

async fn get(address: SocketAddr, path: &str, extra: &str) -> Reply {
    ask(address, "GET", path, extra).await
}

async fn json(address: SocketAddr, path: &str, extra: &str) -> serde_json::Value {
    let reply = get(address, path, extra).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    serde_json::from_slice(&reply.body).expect("JSON")
}

/// Slot and score, when the page knows them.
fn standing(replica: &Replica) -> Option<(PlayerId, u32)> {
    let own = replica.leaderboard().own?;
    (Some(own.1.player) == replica.player()).then_some((own.1.player, own.1.score))
}

async fn until_standing(pilot: &mut Pilot) -> (PlayerId, u32) {
    pilot.until("the own row", |replica| standing(replica).is_some()).await;
    standing(&pilot.replica).expect("it is there")
}

const POINTS: [&str; 4] = ["--start-points", "430", "--bots", "0"];

/// Comes back to another process, and gets what it had.
async fn comes_back(address: SocketAddr, replica: &Replica, before: (PlayerId, u32)) {
    let mut pilot = Pilot::connect(address, replica.resume()).await;
    pilot.until("a welcome", |replica| replica.welcome().is_some()).await;
    assert!(pilot.replica.resumed());
    pilot.until("the ship flies again by itself", |replica| own_position(replica).is_some()).await;
    assert_eq!(until_standing(&mut pilot).await, before);
}

#[cfg(unix)]
#[tokio::test]
async fn a_killed_server_gives_slot_and_score_back_when_it_is_there_again() {
    let folder = Folder::new();
    let process = Process::start_in(folder.path(), 0, &POINTS);
    let mut pilot = Pilot::play(process.address, "Phoenix").await;
    let before = until_standing(&mut pilot).await;
    process.signal("-KILL");
    process.ended().await;
    let process = Process::start_in(folder.path(), 0, &POINTS);
    comes_back(process.address, &pilot.replica, before).await;
    // And once more, with the token of the second life.
    process.signal("-KILL");
    process.ended().await;
    let process = Process::start_in(folder.path(), 0, &["--mode", "core-war"]);
    let mut pilot = Pilot::connect(process.address, pilot.replica.resume()).await;
    pilot.until("a welcome", |replica| replica.welcome().is_some()).await;
    assert!(!pilot.replica.resumed(), "a room that plays something else begins anew");
}

#[cfg(unix)]
#[tokio::test]
async fn a_private_room_outlives_a_killed_server_and_a_planned_restart_for_who_has_a_slot_there() {
    let folder = Folder::new();
    let mut process = Process::start_in(folder.path(), 0, &["--drain-seconds", "0"]);
    let address = process.address;
    let make = async |mode: &str| {
        let origin = format!("Origin: http://{address}\r\n");
        let made = ask(address, "POST", &format!("/rooms?mode={mode}"), &origin).await;
        serde_json::from_slice::<serde_json::Value>(&made.body).unwrap()["id"].as_str().expect("a code").to_owned()
    };
    // Nobody comes into the other one.
    let (code, empty) = (make("core-war").await, make("drift").await);
    let path = format!("/ws?room={code}");
    let mut pilot = Pilot::connect_at(address, &path, None).await;
    pilot.until("a welcome", |replica| replica.welcome().is_some()).await;
    pilot.replica.play("Phoenix", ShipClass::Spark);
    let before = until_standing(&mut pilot).await;
    for signal in ["-KILL", "-TERM"] {
        process.signal(signal);
        process.ended().await;
        process = Process::start_in(folder.path(), 0, &["--drain-seconds", "0"]);
        let mut back = Pilot::connect_at(process.address, &path, pilot.replica.resume()).await;
        back.until("a welcome", |replica| replica.welcome().is_some()).await;
        assert!(back.replica.resumed(), "{signal}");
        assert_eq!(until_standing(&mut back).await, before, "{signal}");
        let terms = back.replica.welcome().unwrap().terms;
        assert_eq!(terms.mode, shared::defs::GameMode::CoreWar);
        let files = std::fs::read_dir(folder.path().join("private")).unwrap();
        let names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert!(!names.iter().any(|name| name.starts_with(&empty)), "of one in which nobody was {names:?} is left");
        let mut stranger = open_at(process.address, &format!("/ws?room={empty}")).await;
        stranger.send(Message::Binary(hello().into())).await.unwrap();
        assert_eq!(closed(&mut stranger).await.0, 4012);
        pilot = back;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn who_plays_is_told_of_a_restart_and_finds_slot_and_score_after_it() {
    let folder = Folder::new();
    let process = Process::start_in(folder.path(), 0, &[&POINTS[..], &["--drain-seconds", "3"]].concat());
    let address = process.address;
    let mut pilot = Pilot::play(address, "Patient").await;
    let before = until_standing(&mut pilot).await;
    until("it is known that somebody plays", async || json(address, "/status.json", "").await["players"] == 1).await;
    assert_eq!(get(address, "/readyz", "").await.status, 200);
    process.signal("-TERM");
    pilot.until("the news of the restart", |replica| replica.restart_in_s(0).is_some()).await;
    assert_eq!(get(address, "/readyz", "").await.status, 503);
    assert_eq!(json(address, "/status.json", "").await["draining"], true);
    assert_eq!(ask(address, "POST", "/rooms?mode=drift", "").await.status, 503);
    let mut newcomer = open(address).await;
    newcomer.send(Message::Binary(hello().into())).await.expect("sent");
    assert_eq!(closed(&mut newcomer).await.0, 4010);
    let resume = Replica::new(Defs::standard(), (800, 450), pilot.replica.resume(), 0);
    assert_eq!(pilot.closed().await, 1012);
    assert_eq!(process.ended().await.0, Some(0));
    let process = Process::start_in(folder.path(), 0, &POINTS);
    let mut back = Pilot::connect(process.address, None).await;
    back.replica = resume;
    back.until("a welcome", |replica| replica.welcome().is_some()).await;
    assert!(back.replica.resumed());
    assert_eq!(until_standing(&mut back).await, before);
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_signal_does_not_wait_for_the_farewell() {
    let folder = Folder::new();
    let process = Process::start_in(folder.path(), 0, &["--drain-seconds", "600"]);
    let mut pilot = Pilot::play(process.address, "Hurry").await;
    let address = process.address;
    until("it is known that somebody plays", async || json(address, "/status.json", "").await["players"] == 1).await;
    process.signal("-TERM");
    pilot.until("the news of the restart", |replica| replica.restart_in_s(0).is_some()).await;
    process.signal("-TERM");
    assert_eq!(process.ended().await.0, Some(130));
}

#[test]
fn a_folder_in_use_is_refused_in_one_line() {
    let folder = Folder::new();
    let process = Process::start_in(folder.path(), 0, &[]);
    let path = folder.path().to_str().expect("text");
    let output = run(&["--bind", "127.0.0.1", "--port", "0", "--data-dir", path]);
    let line = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{line}");
    assert!(line.starts_with("perihelion: --data-dir") && line.contains("in use by another server"), "{line}");
    assert_eq!(line.trim_end().lines().count(), 1, "{line}");
    drop(process);
}

/// What an earlier process may have stored.
fn store(folder: &Path, flights: &[(u8, &str, u32)]) {
    let folder = DataDir::take(folder).expect("ours");
    let (store, intake) = Store::open(&folder).expect("a thread");
    let mut keeper = intake.keeper();
    for (number, (profile, pilot, points)) in (0..).zip(flights) {
        let log = FlightLog { class: ShipClass::Lancer, points: *points, kills: 2, seconds: 60 };
        let (key, profile) = (FlightKey { session: 7, number }, Some(key_of([*profile; 16])));
        let result = FlightResult { key, profile, pilot: (*pilot).into(), log };
        keeper.offer(&DatedFlight { result, ended_s: now_s() });
    }
    drop(keeper);
    intake.close();
    assert_eq!(store.health(), Health::Ok);
}

#[tokio::test]
async fn the_boards_show_the_best_flights_and_mark_the_readers_own() {
    let folder = Folder::new();
    store(folder.path(), &[(1, "Ada", 300), (2, "Grace", 500), (1, "Ada", 20)]);
    let process = Process::start_in(folder.path(), 0, &["--bots", "0"]);
    let address = process.address;
    until("the store is open", async || json(address, "/status.json", "").await["store"] == "ok").await;
    let token = "01".repeat(16);
    for span in ["day", "week", "all"] {
        let board =
            json(address, &format!("/boards.json?span={span}"), &format!("x-perihelion-profile: {token}\r\n")).await;
        let rows = serde_json::json!([
            {"name": "Grace", "points": 500, "kills": 2, "ship": "lancer", "own": false},
            {"name": "Ada", "points": 300, "kills": 2, "ship": "lancer", "own": true},
        ]);
        assert_eq!(board["rows"], rows, "{span}");
        assert_eq!(board["own"], serde_json::json!({"rank": 2, "points": 300}));
        assert_eq!((&board["record"]["flights"], &board["record"]["ship"]), (&2.into(), &"lancer".into()));
        let board = json(address, &format!("/boards.json?span={span}"), "").await;
        assert!(board["own"].is_null() && board["record"].is_null() && board["rows"][1]["own"] == false);
    }
    for (path, extra, status) in [
        ("/boards.json", "", 400),
        ("/boards.json?span=year", "", 400),
        ("/boards.json?span=day", "x-perihelion-profile: 01\r\n", 400),
    ] {
        assert_eq!(get(address, path, extra).await.status, status, "{path}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_flight_that_came_to_nothing_makes_nobody_known() {
    let folder = Folder::new();
    let process = Process::start_in(folder.path(), 0, &["--bots", "0"]);
    let address = process.address;
    let mut pilot = Pilot::connect(address, None).await;
    let profile = Some(ProfileToken([5; 16]));
    pilot.replica = Replica::of_player(Defs::standard(), (800, 450), None, profile, None, 0);
    pilot.until("a welcome", |replica| replica.welcome().is_some()).await;
    pilot.replica.play("Ada", ShipClass::Spark);
    pilot.until("the own ship", |replica| own_position(replica).is_some()).await;
    pilot.replica.leave();
    let header = format!("x-perihelion-profile: {}\r\n", "05".repeat(16));
    pilot.until("the slot is given up", |replica| replica.player().is_none()).await;
    // The end waits until the store has everything, and the next start tells it of what it did not take.
    process.signal("-TERM");
    assert_eq!(process.ended().await.0, Some(0));
    let process = Process::start_in(folder.path(), 0, &["--bots", "0"]);
    until("the store is open", async || json(process.address, "/status.json", "").await["store"] == "ok").await;
    let board = json(process.address, "/boards.json?span=all", &header).await;
    assert_eq!((&board["rows"], &board["record"]), (&serde_json::json!([]), &serde_json::Value::Null));
}
