//! One siege each.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use futures_util::SinkExt;
use shared::{
    protocol::Resume,
    replica::Phase,
    rng::{Keyed, Purpose},
    tick::Tick,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    clients::{closed, commands, hello, welcomed},
    pilot::Pilot,
    running::{ask_raw, in_time, until},
    siege::Siege,
};

/// Nobody's address is exempt, loopback neither.
const STRICT: &str = "[limits]\nloopback_exempt = false\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t3_who_floods_is_closed_within_a_second() {
    let siege = Siege::begin("[rooms.main]\nbots = 100\nmax_players = 200\n").await;
    let message = Message::Binary(commands(Tick(0)).into());
    for _ in 0..5 {
        let mut flood = welcomed(siege.address()).await;
        let began = Instant::now();
        // Ten thousand a second would be 100,000 in ten seconds; it does not get that far.
        for _ in 0..100_000 {
            if flood.feed(message.clone()).await.is_err() {
                break;
            }
        }
        let _ = flood.flush().await;
        assert_eq!(closed(&mut flood).await.0, 4005);
        assert!(began.elapsed() <= Duration::from_secs(1), "closed after {:?}", began.elapsed());
    }
    siege.unnoticed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t10_two_thousand_dripping_sockets_keep_nobody_out() {
    let siege = Siege::begin("").await;
    let address = siege.address();
    let mut drips = JoinSet::new();
    for _ in 0..2_000 {
        drips.spawn(async move {
            let mut stream = TcpStream::connect(address).await.expect("a place");
            let began = Instant::now();
            let head = b"GET / HTTP/1.1\r\nHost: somewhere\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
            for byte in head.iter().cycle() {
                let mut answer = [0; 64];
                tokio::select! {
                    read = stream.read(&mut answer) => if read.unwrap_or(0) == 0 { break },
                    () = tokio::time::sleep(Duration::from_secs(1)) => if stream.write_all(&[*byte]).await.is_err() { break },
                }
            }
            began.elapsed()
        });
    }
    let mut joins = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        joins.push((welcomed(address).await, began.elapsed()));
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let slowest = joins.iter().map(|(_, took)| *took).max().unwrap_or_default();
    assert!(slowest < Duration::from_millis(500), "a join took {slowest:?}");
    let mut longest = Duration::ZERO;
    while let Some(held) = in_time("the drips", drips.join_next()).await {
        longest = longest.max(held.expect("no panic"));
    }
    println!("the slowest join took {slowest:?}, the longest drip {longest:?}");
    assert!(longest <= Duration::from_secs(6), "one dripped for {longest:?}");
    drop(joins);
    siege.unnoticed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t11_two_hundred_who_never_read_cost_little_and_are_gone_in_time() {
    let siege = Siege::begin("[rooms.main]\nbots = 30\n").await;
    let before = siege.memory_kib();
    let mut deaf = Vec::new();
    for _ in 0..200 {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(2_048).expect("small");
        let stream = in_time("a connection", socket.connect(siege.address())).await.expect("a place");
        let url = format!("ws://{}/ws", siege.address());
        let (mut socket, _) =
            in_time("an upgrade", tokio_tungstenite::client_async(url, stream)).await.expect("upgrades");
        socket.send(Message::Binary(hello().into())).await.expect("sent");
        deaf.push(socket);
    }
    let began = Instant::now();
    let mut most = before;
    let watching = siege.status("connections").await - 200;
    while siege.status("connections").await > watching {
        most = most.max(siege.memory_kib());
        assert!(began.elapsed() <= Duration::from_secs(16), "still there after {:?}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let each = most.saturating_sub(before) / 200;
    println!("{each} KiB each; gone after {:?}", began.elapsed());
    assert!(each <= 100, "{each} KiB each");
    siege.unnoticed().await;
}

/// What a flood may leave of memory, KiB: noise.
const LEFT_KIB: u64 = 2 * 1_024;
/// Floods that leave no more than that…
const QUIET: usize = 3;
/// …of so many.
const FLOODS_MAX: usize = 30;
/// What all of them may take, KiB: 5,000 connections of 40 KiB, which the allocator keeps for the next.
const MOST_KIB: u64 = 200_000;

/// A connection from that address of this machine, if there is a place for it.
async fn connect_from(from: Ipv4Addr, to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::new(from.into(), 0)).ok()?;
    tokio::time::timeout(Duration::from_secs(5), socket.connect(to)).await.ok()?.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t12_five_thousand_connections_from_fifty_addresses_leave_nothing_behind() {
    let siege = Siege::begin(&format!("{STRICT}sessions_new_max = 100\n[server]\nper_ip = 100\n")).await;
    let mut memory = vec![siege.memory_kib()];
    // The allocator keeps what it once had, and takes more as long as its pieces do not fit: sooner or later floods need nothing
    // new. Where each connection left something behind, none would: half a kilobyte each is more than that.
    let (mut quiet, mut most) = (0, memory[0]);
    while quiet < QUIET {
        assert!(memory.len() <= FLOODS_MAX, "each flood left something: {memory:?} KiB");
        flood(&siege).await;
        let now = siege.memory_kib();
        quiet += usize::from(now <= most + LEFT_KIB);
        most = most.max(now);
        memory.push(now);
    }
    println!("{memory:?} KiB before and after 5,000 connections, again and again");
    assert!(most <= memory[0] + MOST_KIB, "{memory:?} KiB");
    let _place = welcomed(siege.address()).await;
    siege.unnoticed().await;
}

/// Five thousand connections from fifty addresses, of which half say something; then all of them go.
async fn flood(siege: &Siege) {
    let files = siege.files();
    let mut held = Vec::new();
    for number in 0..5_000_u32 {
        let from = Ipv4Addr::new(127, 0, 1, (number % 50) as u8 + 1);
        if let Some(mut stream) = connect_from(from, siege.address()).await {
            let said: &[u8] = if number.is_multiple_of(2) { b"GET /ws HTTP/1.1\r\n" } else { b"" };
            let _ = stream.write_all(said).await;
            held.push(stream);
        }
    }
    drop(held);
    until("everybody is gone", async || siege.files() <= files).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_ten_thousand_forged_addresses_are_one() {
    let siege = Siege::begin(&format!("{STRICT}sessions_new_max = 100\n[server]\nper_ip = 100\n")).await;
    let address = siege.address();
    let mut random = Keyed::new(13, Tick(0), 0, Purpose::Test);
    let (mut answered, mut refused) = (0, 0);
    let began = Instant::now();
    for _ in 0..100 {
        let mut heads = String::new();
        for number in 0..100 {
            let forged = match random.below(4) {
                0 => format!("{}.{}.{}.{}", random.below(256), random.below(256), random.below(256), random.below(256)),
                1 => format!("2001:db8::{:x}", random.bits()),
                2 => format!("203.0.113.{}, 198.51.100.{}", random.below(256), random.below(256)),
                _ => format!("{:x};drop", random.bits()),
            };
            let last = if number == 99 { "close" } else { "keep-alive" };
            heads.push_str(&format!(
                "GET /arena HTTP/1.1\r\nHost: {address}\r\nConnection: {last}\r\nX-Forwarded-For: {forged}\r\n\r\n"
            ));
        }
        let mut stream = TcpStream::connect(address).await.expect("a place");
        stream.write_all(heads.as_bytes()).await.expect("taken");
        let mut answers = Vec::new();
        in_time("a hundred answers", stream.read_to_end(&mut answers)).await.expect("whole");
        let count = |status: &[u8]| answers.windows(status.len()).filter(|window| *window == status).count();
        answered += count(b"HTTP/1.1 200 ");
        refused += count(b"HTTP/1.1 429 ");
    }
    let allowed = 80.0 + 40.0 * began.elapsed().as_secs_f64() + 1.0;
    println!("{answered} answered of {} in {:?}", answered + refused, began.elapsed());
    assert_eq!(answered + refused, 10_000);
    assert!(answered >= 80 && answered as f64 <= allowed, "{answered} answered, one address may have {allowed:.0}");
    siege.unnoticed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t14_twenty_origins_are_judged_right() {
    // Who watches is no page, and nobody else may.
    let siege =
        Siege::before(0, "[server]\nallowed_origins = [\"https://friend.example\"]\nallow_native = false\n").await;
    let (own, port) = (siege.address().to_string(), siege.address().port());
    let other = port ^ 1;
    for (origin, status) in [
        (format!("http://{own}"), 101),
        (format!("https://{own}"), 101),
        (format!("HTTP://{own}"), 101),
        ("https://friend.example".into(), 101),
        ("https://FRIEND.example".into(), 101),
        ("null".into(), 403),
        (String::new(), 403),
        ("*".into(), 403),
        ("file://".into(), 403),
        ("https://evil.example".into(), 403),
        ("http://friend.example".into(), 403),
        ("https://friend.example:444".into(), 403),
        ("https://friend.example.evil.com".into(), 403),
        ("https://friend.example.".into(), 403),
        (format!("http://127.0.0.1:{other}"), 403),
        ("http://127.0.0.1".into(), 403),
        (format!("http://localhost:{port}"), 403),
        (format!("http://{own}.evil.example"), 403),
        (format!("http://user@{own}"), 403),
        (format!("http://[::1]:{port}"), 403),
        (format!("http://127.0.0.1.:{port}"), 403),
    ] {
        let head = format!(
            "GET /ws HTTP/1.1\r\nHost: {own}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {origin}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(siege.address()).await.expect("a place");
        stream.write_all(head.as_bytes()).await.expect("taken");
        let mut answer = [0; 12];
        in_time("an answer", stream.read_exact(&mut answer)).await.expect("a status");
        let answered: u16 = String::from_utf8_lossy(&answer[9..]).parse().expect("a number");
        assert_eq!(answered, status, "{origin:?}");
    }
    let missing = ask_raw(
        siege.address(),
        format!(
            "GET /ws HTTP/1.1\r\nHost: {own}\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        .as_bytes(),
    )
    .await;
    assert_eq!(missing.status, 403, "no Origin at all");
}

/// Whether somebody who comes with this token has the slot back.
async fn resumed(address: SocketAddr, path: &str, resume: Option<Resume>) -> bool {
    let mut pilot = Pilot::connect_at(address, path, resume).await;
    pilot.until("a welcome", |replica| replica.welcome().is_some()).await;
    pilot.replica.resumed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t15_a_token_is_good_once_and_in_its_room_alone() {
    let siege = Siege::begin("[rooms.main]\n[rooms.other]\n").await;
    let address = siege.address();
    let pilot = Pilot::play(address, "Owner").await;
    let stolen = pilot.replica.resume();
    drop(pilot);
    assert!(!resumed(address, "/ws?room=other", stolen).await, "another room's");
    let mut back = Pilot::connect(address, stolen).await;
    back.until("the own ship", |replica| replica.resumed() && replica.view().phase == Phase::Flying).await;
    // The old token is good until the new one is known to have come.
    let tick = back.replica.view().tick;
    back.until("half a second", |replica| replica.view().tick.since(tick) > 30).await;
    for _ in 0..20 {
        assert!(!resumed(address, "/ws", stolen).await, "used");
    }
    let mut random = Keyed::new(15, Tick(0), 0, Purpose::Test);
    for _ in 0..50 {
        let token = shared::protocol::ResumeToken(std::array::from_fn(|_| random.bits() as u8));
        assert!(!resumed(address, "/ws", Some(Resume { token, heard: 0 })).await, "guessed");
    }
    siege.unnoticed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t16_guesses_open_no_administration() {
    let siege = Siege::begin("").await;
    let address = siege.address();
    let mut random = Keyed::new(16, Tick(0), 0, Purpose::Test);
    let (mut wrong, mut late) = (0, 0);
    for number in 0..200 {
        let body = match number % 3 {
            0 => format!("{{\"token\":\"{:016x}{:016x}\"}}", random.bits(), random.bits()),
            1 => format!("{{\"name\":\"owner\",\"password\":\"guess{number}\"}}"),
            _ => format!("{{\"name\":\"admin{number}\",\"password\":\"password\"}}"),
        };
        let head = format!(
            "POST /admin/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nOrigin: http://{address}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let reply = ask_raw(address, head.as_bytes()).await;
        assert!(!reply.headers.contains_key("set-cookie"), "{body}: {reply:?}");
        match reply.status {
            401 => wrong += 1,
            429 | 503 => late += 1,
            status => panic!("{body}: {status}"),
        }
    }
    println!("{wrong} were judged, {late} came too fast");
    assert!(wrong <= 12 && late >= 180, "{wrong} were judged, {late} came too fast");
    siege.unnoticed().await;
}
