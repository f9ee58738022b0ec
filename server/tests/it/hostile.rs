//! Bad input over real sockets: each kind ends only its own connection, with the right code, in time.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use shared::{
    defs::ShipClass,
    protocol::{ClientMessage, codec, proto_hash},
    rng::{Keyed, Purpose},
    tick::Tick,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    clients::{
        FIN_BINARY, FIRST_BINARY, PING, closed, commands, frame, hello, longest_pause, open, open_raw, raw_close_code,
        read_frame, welcomed,
    },
    running::{Running, ask_raw, in_time, until},
};

/// Sends one message on a fresh socket, after a hello or instead of one: the close code.
async fn answer_to(server: &Running, after_hello: bool, message: Message) -> u16 {
    let mut socket = if after_hello { welcomed(server.address).await } else { open(server.address).await };
    let began = Instant::now();
    // Who is closed at once cannot finish sending.
    let _ = socket.send(message).await;
    let code = closed(&mut socket).await.0;
    // Well before any timeout would end it anyway.
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    code
}

#[tokio::test]
async fn what_makes_no_sense_is_closed_as_such() {
    let server = Running::start();
    let mut trailing = hello();
    trailing.push(0);
    for (after_hello, message) in [
        (false, Message::Binary(vec![].into())),
        (false, Message::Binary(trailing.into())),
        (false, Message::Text("hello".into())),
        (false, Message::Binary(vec![0; 257].into())),
        (true, Message::Text("{}".into())),
        (true, Message::Binary(vec![0xff; 40].into())),
        (true, Message::Binary(vec![].into())),
        (true, Message::Binary(hello().into())),
        (true, Message::Binary(vec![0; 4_097].into())),
        (true, Message::Binary(vec![0; 200_000].into())),
    ] {
        let shown = format!("after hello: {after_hello}, {} bytes", message.len());
        assert_eq!(answer_to(&server, after_hello, message).await, 4002, "{shown}");
    }
    server.until_connections(0).await;
}

#[tokio::test]
async fn every_truncation_of_a_message_is_refused() {
    let server = Running::start();
    let whole = hello();
    for length in 0..whole.len() {
        let message = Message::Binary(whole[..length].to_vec().into());
        assert_eq!(answer_to(&server, false, message).await, 4002, "hello cut to {length}");
    }
    let whole = codec::encode_client(&ClientMessage::Play { name: "Kepler".into(), class: ShipClass::Spark });
    for length in 0..whole.len() {
        let message = Message::Binary(whole[..length].to_vec().into());
        assert_eq!(answer_to(&server, true, message).await, 4002, "play cut to {length}");
    }
}

#[tokio::test]
async fn random_bytes_never_do_more_than_end_their_connection() {
    let server = Running::start();
    for seed in 0..40 {
        let mut random = Keyed::new(seed, Tick(0), 0, Purpose::Test);
        let length = random.below(300) as usize;
        let bytes: Vec<u8> = (0..length).map(|_| random.bits() as u8).collect();
        // Below the frames: most are no WebSocket at all.
        let mut raw = open_raw(server.address).await;
        raw.write_all(&bytes).await.unwrap();
        raw.shutdown().await.unwrap();
        raw_close_code(&mut raw).await;
        // As a hello.
        let code = answer_to(&server, false, Message::Binary(bytes.into())).await;
        assert!(matches!(code, 4001 | 4002), "seed {seed}: {code}");
    }
    server.until_connections(0).await;
    assert_eq!(server.status().await["room_restarts"], 0);
    welcomed(server.address).await;
}

#[tokio::test]
async fn another_version_is_told_to_reload() {
    let server = Running::start();
    let mut bytes = hello();
    bytes[..8].copy_from_slice(&(proto_hash() ^ 1).to_le_bytes());
    let mut socket = open(server.address).await;
    socket.send(Message::Binary(bytes.into())).await.unwrap();
    let (code, reason) = closed(&mut socket).await;
    assert_eq!(code, 4001);
    assert!(reason.contains("reload"), "{reason}");
}

#[tokio::test]
async fn who_does_not_say_hello_is_closed_in_three_seconds() {
    let server = Running::start();
    let began = Instant::now();
    let mut silent = open_raw(server.address).await;
    let mut pinging = open_raw(server.address).await;
    let pings = tokio::spawn(async move {
        // Pings are no hello. Ends when the server has closed.
        while pinging.write_all(&frame(PING, b"")).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    assert_eq!(raw_close_code(&mut silent).await, 4002);
    let elapsed = began.elapsed();
    assert!((2.9..4.5).contains(&elapsed.as_secs_f32()), "{elapsed:?}");
    drop(silent);
    server.until_connections(0).await;
    in_time("the pinging one is closed too", pings).await.unwrap();
}

#[tokio::test]
async fn a_frame_that_claims_a_mebibyte_ends_the_connection() {
    let server = Running::start();
    let mut raw = open_raw(server.address).await;
    raw.write_all(&frame(FIN_BINARY, &hello())).await.unwrap();
    let mut header = vec![FIN_BINARY, 0x80 | 127];
    header.extend((1_u64 << 20).to_be_bytes());
    header.extend([0; 4]);
    raw.write_all(&header).await.unwrap();
    assert_eq!(raw_close_code(&mut raw).await, 4002);
}

#[tokio::test]
async fn an_unmasked_frame_ends_the_connection() {
    let server = Running::start();
    let mut raw = open_raw(server.address).await;
    raw.write_all(&[FIN_BINARY, 1, 0]).await.unwrap();
    assert_eq!(raw_close_code(&mut raw).await, 4002);
}

#[tokio::test]
async fn a_message_in_single_bytes_and_in_fragments_is_a_message() {
    let server = Running::start();
    let mut raw = open_raw(server.address).await;
    let bytes = hello();
    let (head, tail) = bytes.split_at(5);
    let fragments = [frame(FIRST_BINARY, head), frame(PING, b"?"), frame(0x80, tail)].concat();
    for byte in fragments {
        raw.write_all(&[byte]).await.unwrap();
    }
    in_time("a pong and a welcome", async {
        let (mut pong, mut welcome) = (false, false);
        while !(pong && welcome) {
            match read_frame(&mut raw).await.expect("open") {
                (0x8a, payload) => pong = payload == b"?",
                (0x82, _) => welcome = true,
                (first, payload) => panic!("{first:x}: {payload:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_that_never_ends_is_not_waited_for() {
    let server = Running::start_with(|limits| limits.fragment_timeout = Duration::from_millis(600));
    let mut raw = open_raw(server.address).await;
    raw.write_all(&frame(FIN_BINARY, &hello())).await.unwrap();
    raw.write_all(&frame(FIRST_BINARY, b"half")).await.unwrap();
    let began = Instant::now();
    let (mut reading, mut writing) = raw.into_split();
    let pings = tokio::spawn(async move {
        while writing.write_all(&frame(PING, b"")).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut everything = Vec::new();
    in_time("the end", reading.read_to_end(&mut everything)).await.ok();
    assert!(everything.windows(4).any(|w| w[0] == 0x88 && w[2..] == 4002_u16.to_be_bytes()), "closed with 4002");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    in_time("the pings end", pings).await.unwrap();
    server.until_connections(0).await;
}

#[tokio::test]
async fn half_a_header_is_closed_in_time_however_it_drips() {
    let server = Running::start_with(|limits| limits.header_timeout = Duration::from_millis(500));
    let began = Instant::now();
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-").await.unwrap();
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut dripping = TcpStream::connect(server.address).await.unwrap();
    let drip = tokio::spawn(async move {
        while dripping.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    for stream in [&mut half, &mut silent] {
        let mut rest = Vec::new();
        in_time("the end", stream.read_to_end(&mut rest)).await.ok();
    }
    in_time("the dripping one is closed too", drip).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_header_without_end_is_refused() {
    let server = Running::start();
    let mut head = b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ".to_vec();
    head.resize(64 * 1_024, b'a');
    assert_eq!(ask_raw(server.address, &head).await.status, 431);
}

#[tokio::test]
async fn three_hundred_half_headers_do_not_keep_a_player_out() {
    let server = Running::start();
    let mut held = Vec::new();
    for _ in 0..300 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nX").await.unwrap();
        held.push(stream);
    }
    let began = Instant::now();
    welcomed(server.address).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_connection_kept_busy_with_requests_ends_too() {
    let server = Running::start_with(|limits| limits.http_lifetime = Duration::from_millis(300));
    let mut player = welcomed(server.address).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut buffer = [0; 4_096];
    until("the server ends the connection", async || {
        let sent = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
        sent.is_err() || matches!(stream.read(&mut buffer).await, Ok(0) | Err(_))
    })
    .await;
    let next = in_time("a snapshot", player.next()).await.expect("a WebSocket lives on").expect("whole");
    assert!(next.is_binary(), "{next:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_closed_and_nobody_else_notices() {
    let server = Running::start();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let bystander = tokio::spawn(longest_pause(welcomed(server.address).await, stopped));
    for (kind, message) in [
        ("commands", Message::Binary(commands(Tick(0)).into())),
        ("pings", Message::Ping("x".into())),
        (
            "joins",
            Message::Binary(
                codec::encode_client(&ClientMessage::Play { name: "Flood".into(), class: ShipClass::Spark }).into(),
            ),
        ),
    ] {
        let mut flood = welcomed(server.address).await;
        let began = Instant::now();
        for _ in 0..10_000 {
            if flood.feed(message.clone()).await.is_err() {
                break;
            }
        }
        let _ = flood.flush().await;
        assert_eq!(closed(&mut flood).await.0, 4005, "{kind}");
        let elapsed = began.elapsed();
        assert!(elapsed < Duration::from_secs(3), "{kind}: {elapsed:?}");
    }
    stop.send(()).expect("still there");
    let pause = in_time("the bystander", bystander).await.unwrap();
    assert!(pause < Duration::from_millis(500), "a pause of {pause:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_endless_empty_parts_is_cut_off_by_its_bytes() {
    use tokio_tungstenite::tungstenite::protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    };
    // A minute for the end of a message, so that only the bytes can end it.
    let server = Running::start_with(|limits| limits.fragment_timeout = Duration::from_secs(60));
    let mut flood = welcomed(server.address).await;
    let part = |kind, text: &'static str| Message::Frame(Frame::message(text, OpCode::Data(kind), false));
    flood.send(part(Data::Binary, "a")).await.unwrap();
    for _ in 0..200_000 {
        if flood.feed(part(Data::Continue, "")).await.is_err() {
            break;
        }
    }
    let _ = flood.flush().await;
    assert_eq!(closed(&mut flood).await.0, 4002);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_never_reads_is_gone_in_time_and_nobody_else_notices() {
    let server = Running::start();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let bystander = tokio::spawn(longest_pause(welcomed(server.address).await, stopped));
    // A small receive buffer, so that the server's side fills soon.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(2_048).unwrap();
    socket.connect(&server.address.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    let stream = TcpStream::from_std(socket.into()).unwrap();
    let (mut deaf, _) = tokio_tungstenite::client_async(
        format!("ws://{}/ws", server.address),
        tokio_tungstenite::MaybeTlsStream::Plain(stream),
    )
    .await
    .unwrap();
    deaf.send(Message::Binary(hello().into())).await.unwrap();
    server.until_connections(2).await;
    let began = Instant::now();
    // It goes on talking, so only what it does not read gives it away.
    while server.status().await["connections"] == 2 {
        assert!(began.elapsed() < Duration::from_secs(18), "still there after {:?}", began.elapsed());
        let _ = deaf.send(Message::Binary(commands(Tick(1)).into())).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stop.send(()).expect("still there");
    let pause = in_time("the bystander", bystander).await.unwrap();
    assert!(pause < Duration::from_millis(500), "a pause of {pause:?}");
}

/// T12: more connections than there are places, from one address, again and again; whoever plays plays on, and
/// afterwards every place is free.
#[tokio::test]
async fn a_flood_of_connections_leaves_nothing_behind() {
    let server = Running::start_with(|limits| limits.connections_max = 64);
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let bystander = tokio::spawn(longest_pause(welcomed(server.address).await, stopped));
    for _ in 0..5 {
        let mut held = Vec::new();
        for _ in 0..200 {
            if let Ok(mut stream) = tokio::net::TcpStream::connect(server.address).await {
                // Half of them say something.
                let said: &[u8] = if held.len() % 2 == 0 { b"GET /ws HTTP/1.1\r\n" } else { b"" };
                let _ = stream.write_all(said).await;
                held.push(stream);
            }
        }
    }
    stop.send(()).expect("still there");
    let pause = in_time("the bystander", bystander).await.unwrap();
    assert!(pause < Duration::from_secs(1), "a pause of {pause:?}");
    crate::running::until("the places are free again", async || {
        tokio_tungstenite::connect_async(format!("ws://{}/ws", server.address)).await.is_ok()
    })
    .await;
}
