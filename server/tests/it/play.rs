//! Playing: join, fly, see each other, come back.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use shared::{
    defs::ShipClass,
    protocol::{ClientMessage, CommandBatch, Edges, Seen, SentCommand, ServerMessage, codec},
    sim::Buttons,
    tick::Tick,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    clients::{Socket, welcomed},
    pilot::{Pilot, head_for, own_position, press, sees},
    running::{DEADLINE, Running, in_time, until},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_player_joins_and_flies() {
    let server = Running::start();
    let mut pilot = Pilot::play(server.address, "Newcomer").await;
    let player = pilot.replica.player().expect("a slot");
    pilot.until("the own name in the roster", |replica| replica.name_of(player).is_some()).await;
    assert_eq!(pilot.replica.name_of(player).unwrap().name, "Newcomer");
    let (x, y) = own_position(&pilot.replica).unwrap();
    pilot.intent = press(Buttons::THRUST);
    pilot
        .until("the ship has moved", |replica| {
            own_position(replica).is_some_and(|(now_x, now_y)| (now_x - x).hypot(now_y - y) > 100.0)
        })
        .await;
    let status = server.status().await;
    assert_eq!((status["players"].as_u64(), status["connections"].as_u64()), (Some(1), Some(1)), "{status}");
    until("bots fill the room", async || server.status().await["bots"].as_u64() == Some(3)).await;
    assert!(status["tick"].as_u64() > Some(0) && status["paused"] == false, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_players_fly_to_each_other_and_meet() {
    let server = Running::start_with_bots(0);
    let mut pilots = [Pilot::play(server.address, "Tycho").await, Pilot::play(server.address, "Kepler").await];
    let players = [0, 1].map(|n| pilots[n].replica.player().expect("a slot"));
    let deadline = Instant::now() + 3 * DEADLINE;
    loop {
        let [first, second] = &mut pilots;
        tokio::select! {
            () = first.step("the other") => {}
            () = second.step("the other") => {}
        }
        if sees(&first.replica, players[1]) && sees(&second.replica, players[0]) {
            break;
        }
        assert!(Instant::now() < deadline, "they never meet");
        match (own_position(&first.replica), own_position(&second.replica)) {
            (Some(here), Some(there)) => {
                first.intent = head_for(here, there);
                second.intent = head_for(there, here);
            }
            // The star lies on many a straight line.
            (None, _) => first.replica.relaunch(ShipClass::Spark),
            (_, None) => second.replica.relaunch(ShipClass::Spark),
        }
    }
    let [first, second] = &pilots;
    assert_eq!(first.replica.name_of(players[1]).expect("known by name").name, "Kepler");
    assert_eq!(second.replica.name_of(players[0]).expect("known by name").name, "Tycho");
    // Rooms report four times a second, and the two may have begun within sight of each other.
    until("both are counted", async || server.status().await["players"] == 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_player_gets_the_same_slot_back() {
    let server = Running::start();
    let mut pilot = Pilot::play(server.address, "Kepler").await;
    // Another one stays, so that the world goes on meanwhile.
    let mut witness = Pilot::connect(server.address, None).await;
    witness.until("a welcome", |replica| replica.welcome().is_some()).await;
    let player = pilot.replica.player();
    pilot.until("a token", |replica| replica.token().is_some()).await;
    let resume = pilot.replica.resume();
    let token = pilot.replica.token();
    drop(pilot);
    server.until_connections(1).await;
    let mut back = Pilot::connect(server.address, resume).await;
    back.until("the own ship again", |replica| own_position(replica).is_some()).await;
    assert!(back.replica.resumed());
    assert_eq!(back.replica.player(), player);
    assert_ne!(back.replica.token().map(|t| t.0), token.map(|t| t.0), "a token is good once");
    // Once the room has heard from the new connection, its own token counts and the old one no more.
    back.until("an answer to what it said", |replica| replica.view().line.predictions > 20).await;
    drop(back);
    // The used token is worth nothing.
    let mut thief = Pilot::connect(server.address, resume).await;
    thief.until("a welcome", |replica| replica.welcome().is_some()).await;
    assert!(!thief.replica.resumed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_tab_with_the_token_takes_over() {
    let server = Running::start();
    let first = Pilot::play(server.address, "Kepler").await;
    let mut second = Pilot::connect(server.address, first.replica.resume()).await;
    second.until("the own ship", |replica| replica.resumed() && own_position(replica).is_some()).await;
    assert_eq!(first.closed().await, 4007);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_is_said_goodbye_to() {
    let server = Running::start();
    let mut pilot = Pilot::play(server.address, "Kepler").await;
    pilot.replica.leave();
    let mut frames = 0;
    pilot
        .until("the wish is sent", |_| {
            frames += 1;
            frames > 10
        })
        .await;
    // Whether leaving closes (4000) or returns to watching is the room's to say; the slot is free either way.
    until("the slot is free", async || server.status().await["players"].as_u64() == Some(0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_world_rests_when_the_last_one_leaves() {
    let server = Running::start();
    let pilot = Pilot::play(server.address, "Kepler").await;
    drop(pilot);
    until("it rests", async || server.status().await["paused"] == true).await;
    let tick = server.status().await["tick"].clone();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.status().await["tick"], tick);
    assert_eq!(server.get("/healthz").await.status, 200, "resting is healthy");
}

async fn say(socket: &mut Socket, message: &ClientMessage) {
    socket.send(Message::Binary(codec::encode_client(message).into())).await.expect("sent");
}

/// The tick of the next snapshot.
async fn next_tick(socket: &mut Socket) -> Tick {
    in_time("a snapshot", async {
        loop {
            let message = socket.next().await.expect("open").expect("whole");
            if let Message::Binary(bytes) = message
                && let Ok(ServerMessage::Snapshot(snapshot)) = codec::decode_server(&bytes)
            {
                return snapshot.tick;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_presses_and_replaced_claims_are_told_also_of_who_has_left() {
    let server = Running::start();
    let mut socket = welcomed(server.address).await;
    say(&mut socket, &ClientMessage::Play { name: "Kepler".into(), class: ShipClass::Spark }).await;
    let counts = async || {
        let status = server.status().await;
        ["presses_late", "claims_replaced"].map(|fact| status[fact].as_u64().expect("a count"))
    };
    assert_eq!(counts().await, [0, 0]);
    let mut edges = Edges::default();
    until("both are counted", async || {
        // Whatever was in a snapshot is over, so a command for its tick is late; a slow machine may make it too late.
        let tick = next_tick(&mut socket).await;
        edges = edges.pressed(Buttons(0), Buttons(Buttons::FIRE));
        let commands = vec![SentCommand { edges, ..SentCommand::default() }];
        let seen = Seen { back: 250, delay: Seen::PRESENT };
        let batch = CommandBatch { ack: tick, stamp_ms: 0, seen, first: tick, commands };
        say(&mut socket, &ClientMessage::Commands(batch)).await;
        counts().await.iter().all(|count| *count > 0)
    })
    .await;
    let before = counts().await;
    say(&mut socket, &ClientMessage::Leave).await;
    until("the slot is free", async || server.status().await["players"].as_u64() == Some(0)).await;
    drop(socket);
    server.until_connections(0).await;
    let after = counts().await;
    assert!(after.iter().zip(before).all(|(after, before)| *after >= before), "{before:?}, then {after:?}");
}

/// Where 127.0.0.2 is this machine, too.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_brings_the_ship_back_from_another_address() {
    let server = Running::start();
    let pilot = Pilot::play(server.address, "Roamer").await;
    let player = pilot.replica.player();
    let resume = pilot.replica.resume();
    // The first network is not told that it is left.
    let mut elsewhere = Pilot::over(crate::clients::open_from([127, 0, 0, 2], server.address).await, resume);
    elsewhere.until("the own ship", |replica| own_position(replica).is_some()).await;
    assert!(elsewhere.replica.resumed());
    assert_eq!(elsewhere.replica.player(), player);
    assert_eq!(pilot.closed().await, 4007, "the connection from the old address is replaced");
}
