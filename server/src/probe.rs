//! What bytes from outside reach in the server before anything else has looked at them, as plain functions of bytes, for
//! `tools/harm` and the programs in `fuzz/`. Invariant: nothing here is a rule; each hands its bytes to the very code that the
//! server runs and says whether it understood.

use std::net::{IpAddr, Ipv4Addr};

use warp::http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::{
    config::Settings,
    http::{self, Guests},
    journal::{self, Entry},
    proxies::Proxies,
    staff::order::Order,
};

/// A settings file.
#[must_use]
pub fn config(text: &str) -> bool {
    Settings::of_text(text).is_ok_and(|settings| {
        // What a file says it says again.
        Settings::of_text(&settings.print()).is_ok()
    })
}

/// Lines of `x-forwarded-for` from a proxy that is trusted.
#[must_use]
pub fn forwarded(bytes: &[u8]) -> bool {
    let trusted = vec!["10.0.0.0/8".parse().expect("a network")];
    let proxies = Proxies { trusted, hops: 1, header: "x-forwarded-for".into() };
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append("x-forwarded-for", value);
        }
    }
    let peer = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    proxies.visitor(peer, &headers) != peer
}

/// The headers of a request, as far as they say whose page asks.
#[must_use]
pub fn origin(bytes: &[u8]) -> bool {
    let guests = Guests { sites: vec!["https://friend.example".into()], native: false };
    guests.admit(&headers(bytes))
}

/// The headers of a request for a WebSocket.
#[must_use]
pub fn upgrade(bytes: &[u8]) -> bool {
    http::is_handshake(&Method::GET, &headers(bytes))
}

/// What a dashboard says, as JSON, or a line of the console.
#[must_use]
pub fn admin(text: &str) -> bool {
    http::is_wish(text.as_bytes()) || Order::parse(text).is_ok()
}

/// A room's journal.
#[must_use]
pub fn journal(bytes: &[u8]) -> bool {
    let mut contents = journal::read(bytes);
    assert!(contents.torn <= bytes.len(), "more is torn than there is");
    contents.save.cut_short();
    contents.torn < bytes.len()
}

/// A journal with something in it.
#[must_use]
pub fn good_journal() -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in [Entry::Head("drift".into()), Entry::Time(1_700_000_000), Entry::Time(1_700_000_010)] {
        journal::write(&mut bytes, &entry);
    }
    bytes
}

/// Lines as HTTP/1.1 writes them; what is no header is left out, as hyper would refuse it.
fn headers(bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n').take(64) {
        let Some(at) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (HeaderName::from_bytes(&line[..at]), HeaderValue::from_bytes(line[at + 1..].trim_ascii()));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}
