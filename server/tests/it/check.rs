//! The connection doctor's end of the server, and the arena for who asks instead of being told.

use futures_util::{SinkExt, StreamExt};
use server::{config::RoomSettings, limits::Limits};
use shared::{
    defs::{GameMode, ShipClass},
    limits::PANORAMA_HALF_U,
    protocol::{
        ClientMessage,
        codec::{self, decode_panorama},
    },
    tick::Tick,
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{
    clients::{Socket, closed, hello, open_at, welcomed},
    running::{Running, in_time, until},
};

async fn examine(server: &Running, query: &str) -> Socket {
    let url = format!("ws://{}/check/socket{query}", server.address);
    in_time("an upgrade", connect_async(url)).await.expect("upgrades").0
}

async fn ask(socket: &mut Socket, bytes: &[u8]) {
    socket.send(Message::Binary(bytes.to_vec().into())).await.unwrap();
}

async fn answer(socket: &mut Socket) -> Vec<u8> {
    match in_time("an answer", socket.next()).await.expect("open").expect("whole") {
        Message::Binary(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    }
}

async fn outcome(server: &Running, number: &str) -> serde_json::Value {
    let reply = server.get(&format!("/check.json?attempt={number}")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    serde_json::from_slice(&reply.body).unwrap()
}

#[tokio::test]
async fn the_doctor_is_answered_with_its_own_marks_and_the_time() {
    let server = Running::start();
    let mut socket = examine(&server, "?attempt=a1").await;
    ask(&mut socket, b"\x0112345678").await;
    let pong = answer(&mut socket).await;
    assert_eq!((&pong[..9], pong.len()), (&b"\x0112345678"[..], 17));
    let theirs_us = u64::from_le_bytes(pong[9..].try_into().unwrap());
    let ours = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!(u128::from(theirs_us).abs_diff(ours.as_micros()) < 60_000_000, "{theirs_us}");
    for _ in 0..3 {
        ask(&mut socket, b"\x02").await;
        for _ in 0..64 {
            let part = answer(&mut socket).await;
            assert_eq!((part.len(), part[0]), (4_096, 2));
        }
    }
    ask(&mut socket, b"\x02").await;
    assert_eq!(closed(&mut socket).await.0, 4002, "three bursts are enough for anybody");
    assert_eq!(outcome(&server, "a1").await["attempt"], "accepted");
}

#[tokio::test]
async fn what_is_no_question_ends_the_examination() {
    let server = Running::start();
    for nonsense in [&b""[..], b"\x01", b"\x01123456789", b"\x02\x02", b"\x03", &hello()] {
        let mut socket = examine(&server, "").await;
        ask(&mut socket, nonsense).await;
        assert_eq!(closed(&mut socket).await.0, 4002, "{nonsense:?}");
    }
    server.until_connections(0).await;
}

#[tokio::test]
async fn a_page_learns_why_its_socket_did_not_open() {
    let server = Running::start();
    assert_eq!(outcome(&server, "9").await["attempt"], "never");
    assert_eq!(server.get("/check/socket?attempt=9").await.status, 426);
    assert_eq!(outcome(&server, "9").await["attempt"], "no_upgrade", "as a proxy does that strips the header");
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://evil.example\r\n";
    // `ask` says that it will close, which takes the upgrade away; two values of one header are one list.
    assert_eq!(server.ask("GET", "/check/socket?attempt=a", upgrade).await.status, 403);
    let seen = outcome(&server, "a").await;
    assert_eq!((&seen["attempt"], &seen["proxied"]), (&"origin".into(), &false.into()));
    let address = server.address;
    for (origin, own) in [(format!("http://{address}"), true), ("https://play.example".into(), false)] {
        let lines = format!("X-Page-Origin: {origin}\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n");
        let reply = server.ask("GET", "/check.json?attempt=1", &lines).await;
        let seen: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            (&seen["own_host"], &seen["proxied"], &seen["forwarded_proto"]),
            (&own.into(), &true.into(), &"https".into())
        );
    }
    assert_eq!(server.get("/check.json").await.status, 400);
}

#[tokio::test]
async fn the_arena_is_shown_to_who_asks_and_goes_on_while_somebody_is_there() {
    let server = Running::start_with_bots(12);
    let rests = decode_panorama(&server.get("/arena").await.body).unwrap();
    assert_eq!((rests.tick, rests.star_u), (Tick(0), 92));
    assert!(!rests.rocks.is_empty(), "a belt is near the star");
    let _company = welcomed(server.address).await;
    until("a ship is near the star, or wherever it is looked for", async || {
        let mut ships = 0;
        for (x, y) in [(0, 0), (1_300, 0), (-1_300, 0), (0, 1_300), (0, -1_300)] {
            let seen = decode_panorama(&server.get(&format!("/arena?x={x}&y={y}")).await.body).unwrap();
            let away = |at: (i16, i16)| at.0.abs_diff(x).max(at.1.abs_diff(y));
            assert!(seen.ships.iter().all(|ship| away(ship.at) <= PANORAMA_HALF_U), "{seen:?}");
            ships += seen.ships.len();
        }
        ships > 0
    })
    .await;
    let first = decode_panorama(&server.get("/arena").await.body).unwrap().tick;
    until("time goes on", async || decode_panorama(&server.get("/arena").await.body).unwrap().tick.since(first) > 10)
        .await;
    assert_eq!(server.get("/arena?x=far").await.status, 400);
    assert_eq!(server.ask("POST", "/arena", "").await.status, 405);
}

#[tokio::test]
async fn nobody_asks_for_the_arena_too_often() {
    let server = Running::start_with(|limits| limits.loopback_exempt = false);
    let mut refused = None;
    for _ in 0..2_000 {
        let reply = server.get("/arena").await;
        if reply.status != 200 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.expect("at some time it is enough");
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"));
}

#[tokio::test]
async fn a_room_with_a_password_shows_itself_to_nobody_who_only_asks() {
    let locked = RoomSettings { password: Some("open sesame".into()), ..RoomSettings::default() };
    let server = Running::start_rooms(Limits::default(), &[("main", locked)]);
    assert_eq!(server.get("/arena").await.status, 404);
}

#[tokio::test]
async fn who_names_a_room_sees_that_one_whichever_is_fullest() {
    let old = RoomSettings { mode: GameMode::Y1962, bots: Some(0), ..RoomSettings::default() };
    let locked = RoomSettings { password: Some("open sesame".into()), ..RoomSettings::default() };
    let drift = RoomSettings { bots: Some(0), ..RoomSettings::default() };
    let server = Running::start_rooms(Limits::default(), &[("main", drift), ("old", old), ("friends", locked)]);
    let edge = async |query: &str| {
        let reply = server.get(&format!("/arena{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.text());
        decode_panorama(&reply.body).unwrap().edge_u
    };
    let (main, old) = (edge("?room=main").await, edge("?x=0&room=old&y=0").await);
    assert_ne!(main, old, "modes have arenas of their own");
    assert_eq!(edge("").await, main, "the first of equals");
    let mut company = open_at(server.address, "/ws?room=old").await;
    ask(&mut company, &hello()).await;
    let play = ClientMessage::Play { name: "Kepler".into(), class: ShipClass::Spark };
    ask(&mut company, &codec::encode_client(&play)).await;
    until("the other room is the fullest", async || edge("").await == old).await;
    assert_eq!((edge("?room=main").await, edge("?room=old").await), (main, old));
    assert_eq!(server.get("/arena?room=main&room=old").await.status, 400);
}

#[tokio::test]
async fn a_room_that_nobody_may_see_is_told_from_none_by_nothing() {
    let locked = RoomSettings { password: Some("open sesame".into()), ..RoomSettings::default() };
    let server = Running::start_rooms(Limits::default(), &[("main", RoomSettings::default()), ("friends", locked)]);
    let made = server.ask("POST", "/rooms?mode=duel", "").await;
    let code = serde_json::from_slice::<serde_json::Value>(&made.body).unwrap()["id"].as_str().unwrap().to_owned();
    let nowhere = server.get("/arena?room=nowhere").await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.text().contains("no arena here that anybody may see"), "{}", nowhere.text());
    let long = "a".repeat(2_000);
    for room in [&code, &code.to_lowercase(), "friends", "MAIN", "", "%6dain", "%00", "m%C3%A4in", &long] {
        let reply = server.get(&format!("/arena?room={room}")).await;
        assert_eq!((reply.status, reply.body), (404, nowhere.body.clone()), "{room}");
    }
}
