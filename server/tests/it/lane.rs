//! Second lanes over real sockets: what comes on one flies the ship, and whatever else one does ends it alone.

use futures_util::{SinkExt, StreamExt};
use shared::{
    defs::ShipClass,
    protocol::{
        ClientMessage, CommandBatch, LaneKey, Opening, Quick, Seen, SentCommand, ServerMessage, Snapshot, Welcome,
        Words, codec, proto_hash,
    },
    sim::Buttons,
    tick::Tick,
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message},
};

use crate::{
    clients::{Socket, closed, hello, open, open_lane},
    running::{Running, in_time, until},
};

/// A connection of its own, greeted.
async fn greeted(server: &Running) -> (Socket, Welcome) {
    let mut socket = open(server.address).await;
    send(&mut socket, hello()).await;
    let bytes = in_time("a welcome", socket.next()).await.expect("open").expect("whole").into_data();
    let Ok(ServerMessage::Welcome(welcome)) = codec::decode_server(&bytes) else { panic!("{bytes:?}") };
    (socket, welcome)
}

/// A second lane that has said whose it is.
async fn lane_of(server: &Running, key: LaneKey) -> Socket {
    let mut lane = open_lane(server.address).await;
    send(&mut lane, codec::encode_opening(&Opening::Lane(key))).await;
    lane
}

async fn send(socket: &mut Socket, bytes: Vec<u8>) {
    socket.send(Message::Binary(bytes.into())).await.expect("sent");
}

fn commands(ack: Tick, first: Tick) -> Vec<u8> {
    let thrust = SentCommand::from((Buttons::THRUST, 0));
    let commands = vec![thrust; 2];
    codec::encode_client(&ClientMessage::Commands(CommandBatch {
        ack,
        stamp_ms: 0,
        seen: Seen::default(),
        first,
        commands,
    }))
}

async fn snapshot(socket: &mut Socket) -> Snapshot {
    loop {
        let bytes = in_time("a snapshot", socket.next()).await.expect("open").expect("whole").into_data();
        if let Ok(ServerMessage::Snapshot(snapshot)) = codec::decode_server(&bytes) {
            return snapshot;
        }
    }
}

async fn until_lanes(server: &Running, wanted: u64) {
    until(&format!("{wanted} lanes"), async || server.status().await["lanes"].as_u64() == Some(wanted)).await;
}

/// Flies for a while by commands on `by` alone, acknowledging on the main connection or on the lane too, and returns
/// how many of its ticks had a command of their own.
async fn fly(server: &Running, main: &mut Socket, lane: &mut Socket, on_main: bool, on_lane: bool) -> u64 {
    let used = async || server.status().await["commands_used"].as_u64().expect("a number");
    let before = used().await;
    for _ in 0..60 {
        let tick = snapshot(main).await.tick;
        let batch = commands(tick, tick.plus(8));
        for (socket, wanted) in [(&mut *main, on_main), (&mut *lane, on_lane)] {
            if wanted {
                send(socket, batch.clone()).await;
            }
        }
    }
    used().await - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_on_a_lane_fly_the_ship_and_copies_change_nothing() {
    let server = Running::start();
    let (mut main, welcome) = greeted(&server).await;
    send(&mut main, codec::encode_client(&ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark })).await;
    let mut lane = lane_of(&server, welcome.lane).await;
    until_lanes(&server, 1).await;
    assert!(fly(&server, &mut main, &mut lane, false, true).await > 60, "by the lane alone");
    let late = async || server.status().await["commands_late"].as_u64().expect("a number");
    let before = late().await;
    assert!(fly(&server, &mut main, &mut lane, true, true).await > 60, "by both");
    // Everything once more, when it is all over: not one of them is a late command.
    let tick = snapshot(&mut main).await.tick;
    for back in (2..40).step_by(2) {
        send(&mut lane, commands(Tick(0), tick.plus(-back))).await;
    }
    assert!(fly(&server, &mut main, &mut lane, true, false).await > 60, "the lane rests");
    assert!(late().await - before < 20, "{} of 38 copies were taken for late commands", late().await - before);
    assert_eq!(server.status().await["connections"], 1, "a lane is no connection of its own");
    // It is told nothing: only pings, if anything.
    lane.close(None).await.unwrap();
    while let Some(Ok(message)) = in_time("its end", lane.next()).await {
        assert!(!message.is_binary(), "{message:?}");
    }
    until_lanes(&server, 0).await;
    snapshot(&mut main).await;
}

#[tokio::test]
async fn a_lane_ends_with_its_connection_and_the_newest_stays() {
    let server = Running::start();
    let (mut main, welcome) = greeted(&server).await;
    let mut first = lane_of(&server, welcome.lane).await;
    until_lanes(&server, 1).await;
    let mut second = lane_of(&server, welcome.lane).await;
    assert_eq!(closed(&mut first).await.0, 4007);
    main.close(None).await.unwrap();
    assert_eq!(closed(&mut second).await.0, 4011);
    until_lanes(&server, 0).await;
    let mut late = lane_of(&server, welcome.lane).await;
    assert_eq!(closed(&mut late).await.0, 4011, "the key went with its connection");
}

/// What a lane that says `first` and then `then` is closed with, its connection living on.
async fn answer_to(server: &Running, first: impl FnOnce(&Welcome) -> Vec<u8>, then: Vec<Message>) -> u16 {
    let (mut main, welcome) = greeted(server).await;
    let mut lane = open_lane(server.address).await;
    send(&mut lane, first(&welcome)).await;
    for message in then {
        // Who is closed at once cannot finish sending.
        if lane.feed(message).await.is_err() {
            break;
        }
    }
    let _ = lane.flush().await;
    let code = closed(&mut lane).await.0;
    snapshot(&mut main).await;
    main.close(None).await.unwrap();
    code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_no_lane_is_closed_and_its_connection_lives_on() {
    let server = Running::start();
    let own = |welcome: &Welcome| codec::encode_opening(&Opening::Lane(welcome.lane));
    let one = |bytes: Vec<u8>| vec![Message::Binary(bytes.into())];
    let guessed = |_: &Welcome| codec::encode_opening(&Opening::Lane(LaneKey([9; 16])));
    assert_eq!(answer_to(&server, guessed, vec![]).await, 4011);
    let token = |welcome: &Welcome| codec::encode_opening(&Opening::Lane(LaneKey(welcome.token.0)));
    assert_eq!(answer_to(&server, token, vec![]).await, 4011, "another secret of the same connection");
    assert_eq!(answer_to(&server, |_| hello(), vec![]).await, 4002, "a hello where a lane has a permit");
    let cut = |welcome: &Welcome| own(welcome)[..20].to_vec();
    assert_eq!(answer_to(&server, cut, vec![]).await, 4002);
    let other = |welcome: &Welcome| [&(proto_hash() ^ 1).to_le_bytes(), &own(welcome)[8..]].concat();
    assert_eq!(answer_to(&server, other, vec![]).await, 4001);
    for message in [
        ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark },
        ClientMessage::Relaunch { class: ShipClass::Spark },
        ClientMessage::SetView { half: (1, 2) },
        ClientMessage::Idle(true),
        ClientMessage::NeedFull,
        ClientMessage::Leave,
        ClientMessage::Say(Words::Quick(Quick::No)),
    ] {
        let shown = format!("{message:?}");
        assert_eq!(answer_to(&server, own, one(codec::encode_client(&message))).await, 4002, "{shown}");
    }
    assert_eq!(answer_to(&server, own, one(own(&greeted(&server).await.1))).await, 4002, "another opening");
    assert_eq!(answer_to(&server, own, one(vec![0xff; 40])).await, 4002);
    assert_eq!(answer_to(&server, own, one(vec![0; 4_097])).await, 4002);
    assert_eq!(answer_to(&server, own, vec![Message::Text("{}".into())]).await, 4002);
    let flood = vec![Message::Binary(commands(Tick(0), Tick(0)).into()); 10_000];
    assert_eq!(answer_to(&server, own, flood).await, 4005);
    until_lanes(&server, 0).await;
    assert_eq!(server.status().await["room_restarts"], 0);
}

#[tokio::test]
async fn a_lane_that_comes_as_a_connection_is_refused_and_so_is_one_that_says_nothing() {
    let server = Running::start_with(|limits| limits.hello_timeout = std::time::Duration::from_millis(300));
    let (_main, welcome) = greeted(&server).await;
    let mut lane = open(server.address).await;
    send(&mut lane, codec::encode_opening(&Opening::Lane(welcome.lane))).await;
    assert_eq!(closed(&mut lane).await.0, 4002, "its permit is a connection's");
    let mut silent = open_lane(server.address).await;
    assert_eq!(closed(&mut silent).await.0, 4002);
}

#[tokio::test]
async fn lanes_have_permits_of_their_own() {
    let server = Running::start_with(|limits| {
        limits.loopback_exempt = false;
        limits.sessions_per_address = 2;
        limits.lanes_per_address = 1;
    });
    let mut players = [greeted(&server).await, greeted(&server).await];
    let _lane = lane_of(&server, players[0].1.lane).await;
    until_lanes(&server, 1).await;
    let refused = connect_async(format!("ws://{}/ws?lane", server.address)).await;
    let Err(Error::Http(response)) = refused else { panic!("{refused:?}") };
    assert_eq!(response.status(), 429);
    snapshot(&mut players[1].0).await;
}
