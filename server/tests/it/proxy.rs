//! Who asks, when a proxy asks for them, and which sites may: T13 and T14 over real sockets.

use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::{
    clients::{Socket, status_with_origin},
    running::{Running, in_time},
};

/// A server on which two from one address may play, this machine's own not exempt.
fn narrow(trusted: &[&str], hops: usize) -> Running {
    let trusted = trusted.iter().map(|net| net.parse().unwrap()).collect();
    let change = |limits: &mut server::limits::Limits| {
        limits.loopback_exempt = false;
        limits.sessions_per_address = 2;
        limits.sessions_new_max = 1_000;
    };
    Running::start_set(change, |server| {
        server.trusted_proxies = trusted;
        server.proxy_hops = hops;
    })
}

/// A WebSocket for whom a proxy speaks, or the status that refuses it.
async fn open_for(server: &Running, told: &str) -> Result<Socket, u16> {
    let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
    request.headers_mut().insert("x-forwarded-for", told.parse().unwrap());
    match in_time("an answer", connect_async(request)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{told}: {error}"),
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_everybody_is_somebody() {
    let server = narrow(&["127.0.0.0/8"], 1);
    let mut open = Vec::new();
    for visitor in 1..=6 {
        for _ in 0..2 {
            open.push(open_for(&server, &format!("6.6.6.6, 203.0.113.{visitor}")).await.expect("two each"));
        }
        let third = open_for(&server, &format!("198.51.100.{visitor}, 203.0.113.{visitor}")).await;
        assert_eq!(third.err(), Some(429), "what stands further left changes nothing");
    }
}

#[tokio::test]
async fn two_proxies_in_a_row_are_counted() {
    let server = narrow(&["127.0.0.1/32"], 2);
    let _first = open_for(&server, "203.0.113.1, 10.0.0.1").await.expect("one");
    let _second = open_for(&server, "203.0.113.1, 10.0.0.2").await.expect("two");
    assert_eq!(open_for(&server, "203.0.113.1, 10.0.0.3").await.err(), Some(429));
    let _other = open_for(&server, "203.0.113.2, 10.0.0.3").await.expect("somebody else");
}

#[tokio::test]
async fn whoever_is_no_proxy_of_ours_is_one_whatever_it_says() {
    let server = narrow(&["10.0.0.0/8"], 1);
    let (mut open, mut refused) = (Vec::new(), 0);
    for number in 0..500_u32 {
        match open_for(&server, &format!("203.0.{}.{}", number / 250, number % 250)).await {
            Ok(socket) => open.push(socket),
            Err(status) => refused += u32::from(status == 429),
        }
    }
    assert_eq!((open.len(), refused), (2, 498), "one bucket");
}

#[tokio::test]
async fn listed_sites_may_play_here_and_programs_only_where_they_may() {
    let server = Running::start_set(
        |_| {},
        |server| {
            server.allowed_origins = vec!["https://play.example".into()];
            server.allow_native = false;
        },
    );
    let own = format!("http://{}", server.address);
    for (origin, status) in [
        ("https://play.example", 101),
        ("http://play.example", 403),
        ("https://play.example.evil.com", 403),
        (own.as_str(), 101),
    ] {
        assert_eq!(status_with_origin(server.address, origin).await, status, "{origin}");
    }
    let native = connect_async(format!("ws://{}/ws", server.address)).await;
    let Err(Error::Http(response)) = native else { panic!("{native:?}") };
    assert_eq!(response.status(), 403);
}
