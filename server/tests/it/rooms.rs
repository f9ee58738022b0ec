//! Several rooms behind one address: by id, by code, with a password, and what everybody may know of them.

use futures_util::{SinkExt, StreamExt};
use server::{config::RoomSettings, limits::Limits, room::Choice};
use shared::{
    defs::{GameMode, Mutator},
    protocol::{Hello, Opening, Password, ServerMessage, Welcome, codec},
};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    clients::{Socket, closed, hello, open_at},
    running::{Running, in_time, until},
};

fn two_rooms() -> Running {
    let mutators = vec![Choice::One(Mutator::HeavyStar)];
    let war = RoomSettings { mode: GameMode::CoreWar, bots: Some(0), mutators, ..RoomSettings::default() };
    let closed = RoomSettings {
        name: Some("Friends".to_owned()),
        password: Some("open sesame".to_owned()),
        bots: Some(0),
        ..RoomSettings::default()
    };
    Running::start_rooms(Limits::default(), &[("war", war), ("friends", closed)])
}

fn keyed(password: &str) -> Vec<u8> {
    let hello = Hello { resume: None, profile: None, view_half: (800, 450) };
    codec::encode_opening(&Opening::Keyed { hello, password: Password(password.to_owned()) })
}

/// The welcome to who says this at this path.
async fn welcome_at(server: &Running, path: &str, opening: Vec<u8>) -> (Socket, Welcome) {
    let mut socket = open_at(server.address, path).await;
    socket.send(Message::Binary(opening.into())).await.expect("sent");
    let first = in_time("a welcome", socket.next()).await.expect("open").expect("whole");
    match codec::decode_server(&first.into_data()) {
        Ok(ServerMessage::Welcome(welcome)) => (socket, welcome),
        other => panic!("{path}: {other:?}"),
    }
}

async fn code_at(server: &Running, path: &str, opening: Vec<u8>) -> u16 {
    let mut socket = open_at(server.address, path).await;
    socket.send(Message::Binary(opening.into())).await.expect("sent");
    closed(&mut socket).await.0
}

#[tokio::test]
async fn an_address_names_its_room_and_the_welcome_says_which_it_is() {
    let server = two_rooms();
    let (_a, welcome) = welcome_at(&server, "/ws?room=war", hello()).await;
    assert_eq!((welcome.id.as_str(), welcome.terms.mode), ("war", GameMode::CoreWar));
    let (_b, welcome) = welcome_at(&server, "/ws", hello()).await;
    assert_eq!(welcome.id, "war", "the other one asks for a password");
    for nowhere in ["/ws?room=nowhere", "/ws?room=", "/ws?room=%77ar", "/ws?room=ABCDEF"] {
        assert_eq!(code_at(&server, nowhere, hello()).await, 4012, "{nowhere}");
    }
}

#[tokio::test]
async fn a_password_is_asked_for_and_nothing_else_opens_the_room() {
    let server = two_rooms();
    assert_eq!(code_at(&server, "/ws?room=friends", hello()).await, 4013);
    for wrong in ["", "open", "Open sesame", "open sesame "] {
        assert_eq!(code_at(&server, "/ws?room=friends", keyed(wrong)).await, 4013, "{wrong:?}");
    }
    let (_in, welcome) = welcome_at(&server, "/ws?room=friends", keyed("open sesame")).await;
    assert_eq!(welcome.room, "Friends");
    // Where none is asked for, any will do: a page does not know beforehand.
    welcome_at(&server, "/ws?room=war", keyed("open sesame")).await;
    assert_eq!(code_at(&server, "/ws?lane", keyed("open sesame")).await, 4002);
}

#[tokio::test]
async fn the_list_names_public_rooms_and_who_is_in_them() {
    let server = two_rooms();
    let (_in, _) = welcome_at(&server, "/ws?room=friends", keyed("open sesame")).await;
    until("the visitor is counted", async || {
        let list = server.get("/rooms.json").await;
        assert_eq!(list.header("content-type"), "application/json");
        let list: serde_json::Value = serde_json::from_slice(&list.body).unwrap();
        assert_eq!((&list["server"], &list["motd"]), (&"Perihelion".into(), &"Tonight: a tournament".into()));
        let [war, friends] = &list["rooms"].as_array().unwrap()[..] else { panic!("{list}") };
        assert_eq!((&war["id"], &war["mode"], &war["password"]), (&"war".into(), &"core-war".into(), &false.into()));
        assert_eq!((&war["mutators"], &war["physics"]), (&["heavy-star"].into(), &"gravity 220 %, heat 150 %".into()));
        assert_eq!((&friends["mutators"], &friends["physics"]), (&serde_json::json!([]), &"".into()));
        assert_eq!((&friends["name"], &friends["password"]), (&"Friends".into(), &true.into()));
        assert!(!list.to_string().contains("sesame"));
        friends["spectators"] == 1
    })
    .await;
    let status = server.status().await;
    assert_eq!(status["rooms"].as_array().map(Vec::len), Some(2));
    assert_eq!(status["rooms"][0]["mutators"], serde_json::json!(["heavy-star"]));
    assert_eq!((&status["name"], &status["mode"]), (&"Core War".into(), &"core-war".into()));
}

#[tokio::test]
async fn a_private_room_is_made_found_by_its_code_only_and_gone_when_empty() {
    let limits = Limits { private_room_empty: Duration::from_millis(300), ..Limits::default() };
    let server = Running::start_rooms(limits, &[("main", RoomSettings::default())]);
    let made = server.ask("POST", "/rooms?mode=duel", "").await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = serde_json::from_slice::<serde_json::Value>(&made.body).unwrap()["id"].as_str().unwrap().to_owned();
    let (friend, welcome) = welcome_at(&server, &format!("/ws?room={}", id.to_lowercase()), hello()).await;
    assert_eq!((welcome.id.as_str(), welcome.terms.mode), (id.as_str(), GameMode::Duel));
    for page in [format!("/r/{id}"), format!("/watch/{id}"), "/r/main".to_owned()] {
        assert!(server.get(&page).await.text().contains("Perihelion"), "{page}");
    }
    assert_eq!(server.get("/r/").await.status, 404);
    assert_eq!(server.get("/r/a/b").await.status, 404);
    let listed = server.get("/rooms.json").await.text() + &server.get("/status.json").await.text();
    assert!(!listed.contains(&id), "{listed}");
    assert_eq!(server.status().await["private_rooms"], 1);
    drop(friend);
    until("the empty room is closed", async || server.status().await["private_rooms"] == 0).await;
    assert_eq!(code_at(&server, &format!("/ws?room={id}"), hello()).await, 4012);
}

#[tokio::test]
async fn making_private_rooms_has_limits_and_needs_the_own_page() {
    let limits = Limits { loopback_exempt: false, private_rooms_max: 3, ..Limits::default() };
    let server = Running::start_rooms(limits, &[("main", RoomSettings::default())]);
    let make = async |extra: &str| server.ask("POST", "/rooms?mode=drift", extra).await.status;
    assert_eq!(make("Origin: http://evil.example\r\n").await, 403);
    assert_eq!(server.ask("POST", "/rooms?mode=chess", "").await.status, 400);
    assert_eq!(server.ask("POST", "/rooms", "").await.status, 400);
    let refused = server.get("/rooms").await;
    assert_eq!((refused.status, refused.header("allow")), (405, "POST"));
    assert_eq!((make("").await, make("").await, make("").await), (201, 201, 429));

    let limits = Limits { private_rooms_max: 1, ..Limits::default() };
    let server = Running::start_rooms(limits, &[("main", RoomSettings::default())]);
    assert_eq!(server.ask("POST", "/rooms?mode=drift", "").await.status, 201);
    let full = server.ask("POST", "/rooms?mode=drift", "").await;
    assert_eq!((full.status, full.header("retry-after")), (503, "60"));
}
