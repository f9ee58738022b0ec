//! `/ws`: who gets a WebSocket and who does not.

use crate::{
    clients::{closed, open, status_with_origin, welcomed},
    running::{Running, ask_raw, until},
};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message},
};

const GOOD: [(&str, &str); 4] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

#[tokio::test]
async fn an_incomplete_handshake_is_answered_in_words() {
    // The header timeout is also how long the connection is kept for another request.
    let server = Running::start_with(|limits| limits.header_timeout = std::time::Duration::from_millis(200));
    for (name, value, status, hint) in [
        ("Connection", "keep-alive", 426, Some(("upgrade", "websocket"))),
        ("Upgrade", "h2c", 426, Some(("upgrade", "websocket"))),
        ("Sec-WebSocket-Version", "8", 426, Some(("sec-websocket-version", "13"))),
        ("Sec-WebSocket-Version", "", 426, Some(("sec-websocket-version", "13"))),
        ("Sec-WebSocket-Key", "", 400, None),
        ("Sec-WebSocket-Key", "tooshort", 400, None),
    ] {
        let lines = GOOD.map(|(n, v)| format!("{n}: {}\r\n", if n == name { value } else { v })).concat();
        let head = format!("GET /ws HTTP/1.1\r\nHost: {}\r\n{lines}\r\n", server.address);
        let reply = ask_raw(server.address, head.as_bytes()).await;
        assert_eq!(reply.status, status, "{name}: {value:?}");
        if let Some((hint, value)) = hint {
            assert_eq!(reply.header(hint), value);
        }
    }
    let old = "GET /ws HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
               Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    assert_eq!(ask_raw(server.address, old.as_bytes()).await.status, 426, "HTTP/1.0 has no upgrade");
}

#[tokio::test]
async fn only_our_own_page_may_open_a_socket_in_a_browser() {
    let server = Running::start();
    let (own, port) = (server.address.to_string(), server.address.port());
    for (origin, status) in [
        (format!("http://{own}"), 101),
        (format!("https://{own}"), 101),
        (format!("HTTP://{own}"), 101),
        ("null".into(), 403),
        ("https://evil.example".into(), 403),
        (format!("http://127.0.0.1:{}", port ^ 1), 403),
        ("http://127.0.0.1".into(), 403),
        (format!("http://localhost:{port}"), 403),
        (format!("http://{own}.evil.example"), 403),
        (format!("http://evil.example/{own}"), 403),
        (format!("http://user@{own}"), 403),
        (format!("http://127.0.0.1.:{port}"), 403),
        ("http://[::1]".into(), 403),
        ("file://".into(), 403),
    ] {
        assert_eq!(status_with_origin(server.address, &origin).await, status, "{origin}");
    }
}

#[tokio::test]
async fn an_address_has_so_many_sockets_and_no_more() {
    let server = Running::start_with(|limits| {
        limits.loopback_exempt = false;
        limits.sessions_per_address = 2;
    });
    let mut first = welcomed(server.address).await;
    let _second = welcomed(server.address).await;
    let refused = connect_async(format!("ws://{}/ws", server.address)).await;
    let Err(Error::Http(response)) = refused else { panic!("{refused:?}") };
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "10");
    first.close(None).await.unwrap();
    until("a place is free again", async || connect_async(format!("ws://{}/ws", server.address)).await.is_ok()).await;
}

#[tokio::test]
async fn sockets_that_say_nothing_do_not_shut_others_out_for_long() {
    let server = Running::start_with(|limits| {
        limits.handshakes_max = 2;
        limits.hello_timeout = std::time::Duration::from_millis(500);
    });
    let (_a, _b) = (open(server.address).await, open(server.address).await);
    let refused = connect_async(format!("ws://{}/ws", server.address)).await;
    let Err(Error::Http(response)) = refused else { panic!("{refused:?}") };
    assert_eq!(response.status(), 503);
    until("the silent ones are gone", async || connect_async(format!("ws://{}/ws", server.address)).await.is_ok())
        .await;
}

#[tokio::test]
async fn a_server_with_all_its_players_says_so_to_who_sends_them() {
    let server = Running::start_with(|limits| limits.sessions_max = 2);
    let _first = welcomed(server.address).await;
    assert_eq!(server.get("/readyz").await.status, 200);
    let _second = welcomed(server.address).await;
    let answer = server.get("/readyz").await;
    assert_eq!((answer.status, answer.text().as_str()), (503, "as many players as there may be\n"));
}

#[tokio::test]
async fn a_full_server_says_so() {
    let server = Running::start_with(|limits| limits.connections_max = 3);
    let _held = [welcomed(server.address).await, welcomed(server.address).await];
    assert_eq!(server.get("/readyz").await.status, 200);
    let _third = welcomed(server.address).await;
    // At the limit even a TCP connection is one too many: it is dropped, not queued.
    let fourth = connect_async(format!("ws://{}/ws", server.address)).await;
    assert!(fourth.is_err(), "{fourth:?}");
}

#[tokio::test]
async fn pings_are_answered_and_a_close_is_returned() {
    let server = Running::start();
    let mut socket = welcomed(server.address).await;
    socket.send(Message::Ping("hello".into())).await.unwrap();
    crate::running::in_time("a pong", async {
        loop {
            if let Message::Pong(payload) = socket.next().await.expect("open").expect("whole") {
                assert_eq!(&payload[..], b"hello");
                return;
            }
        }
    })
    .await;
    socket.close(None).await.unwrap();
    assert_eq!(closed(&mut socket).await.0, 1005, "our own close comes back");
    server.until_connections(0).await;
}
