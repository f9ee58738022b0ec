//! `/ws`: from HTTP to WebSocket, by hand.
//!
//! `/ws?room=ID` names the room by its id or code; without, the lobby chooses. `/ws?lane` is a second lane, which other
//! permits are for and whose room is that of its connection.
//!
//! By hand because warp's own upgrade cannot size tungstenite's buffers and checks no origin. Invariant: nothing is
//! spawned and no place is taken until the request is a complete, permitted WebSocket handshake (RFC 6455 §4.2).

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use warp::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use super::{Answer, Context, Peer, admin, check, method_not_allowed, text};
use crate::{
    log::Shown,
    permits::{Kind, Refusal},
    session::{self, Purpose, Session},
};

/// Why a request does not become a WebSocket.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Method,
    NoUpgrade,
    Version,
    Key,
    Origin,
    Stopping,
    Full,
    Address,
}

impl Refused {
    /// For `/metrics`.
    fn word(&self) -> &'static str {
        match self {
            Refused::Method => "method",
            Refused::NoUpgrade => "no_upgrade",
            Refused::Version => "version",
            Refused::Key => "key",
            Refused::Origin => "origin",
            Refused::Stopping => "stopping",
            Refused::Full => "full",
            Refused::Address => "address",
        }
    }
}

/// The query of a second lane's address.
const LANE: &str = "lane";
/// What the query of any other begins with, if it names a room.
const ROOM: &str = "room=";

pub fn answer(
    context: Arc<Context>,
    method: Method,
    headers: HeaderMap,
    query: String,
    on_upgrade: Option<OnUpgrade>,
    peer: Option<Peer>,
) -> Answer {
    let purpose = if query == LANE { Purpose::Lane } else { Purpose::Main };
    // A name that is no room's finds none, whatever it holds.
    let room = query.strip_prefix(ROOM).map(str::to_owned);
    open(&context, (&method, &headers), (purpose, room), on_upgrade, peer).0
}

/// The connection doctor's: the same door, and what came of it is remembered for the page that knocked.
pub fn answer_doctor(
    context: Arc<Context>,
    method: Method,
    headers: HeaderMap,
    query: String,
    on_upgrade: Option<OnUpgrade>,
    peer: Option<Peer>,
) -> Answer {
    let (answer, outcome) = open(&context, (&method, &headers), (Purpose::Doctor, None), on_upgrade, peer);
    if let Some(number) = check::attempt(&query) {
        context.attempts.note(number, outcome);
    }
    answer
}

fn open(
    context: &Arc<Context>,
    (method, headers): (&Method, &HeaderMap),
    wanted: (Purpose, Option<String>),
    on_upgrade: Option<OnUpgrade>,
    peer: Option<Peer>,
) -> (Answer, &'static str) {
    match accept(context, (method, headers), wanted, on_upgrade, peer) {
        Ok(answer) => (answer, "accepted"),
        Err(refused) => {
            context.counters.refused(refused.word());
            (refuse(&refused, headers, peer), refused.word())
        }
    }
}

fn accept(
    context: &Arc<Context>,
    (method, headers): (&Method, &HeaderMap),
    (purpose, room): (Purpose, Option<String>),
    on_upgrade: Option<OnUpgrade>,
    peer: Option<Peer>,
) -> Result<Answer, Refused> {
    let accept_key = check_handshake(method, headers)?;
    if !context.live().guests.admit(headers) {
        return Err(Refused::Origin);
    }
    // hyper offers no upgrade on HTTP/1.0.
    let (Some(on_upgrade), Some(Peer(key))) = (on_upgrade, peer) else { return Err(Refused::NoUpgrade) };
    let alive = context.alive.upgrade().filter(|_| !*context.shutdown.borrow()).ok_or(Refused::Stopping)?;
    let now = Instant::now();
    let refusal = |refusal| match refusal {
        Refusal::Full => Refused::Full,
        Refusal::Address => Refused::Address,
    };
    let kind = match purpose {
        Purpose::Main if admin::has_pass(context, headers) => Kind::Staff,
        Purpose::Main | Purpose::Doctor => Kind::Session,
        Purpose::Lane => Kind::Lane,
    };
    let session = Session {
        handshake: context.permits.acquire(Kind::Handshake, key, now).map_err(refusal)?,
        permit: context.permits.acquire(kind, key, now).map_err(refusal)?,
        purpose,
        room,
        address: key,
        staff: Arc::clone(&context.staff),
        lobby: Arc::clone(&context.lobby),
        lanes: context.lanes.clone(),
        counters: context.counters.clone(),
        words: context.words.clone(),
        limits: context.limits(),
        shutdown: context.shutdown.clone(),
        alive,
    };
    tokio::spawn(async move {
        match on_upgrade.await {
            Ok(upgraded) => session::run(TokioIo::new(upgraded), session).await,
            // The peer left between request and answer.
            Err(error) => tracing::debug!(%error, "upgrade not completed"),
        }
    });
    Ok(switching(&accept_key))
}

/// Whether a request is a whole handshake, whoever it is from.
#[must_use]
pub fn is_handshake(method: &Method, headers: &HeaderMap) -> bool {
    check_handshake(method, headers).is_ok()
}

/// The same check for another WebSocket than the game's.
pub(super) fn handshake(method: &Method, headers: &HeaderMap) -> Result<String, Box<Answer>> {
    check_handshake(method, headers).map_err(|refused| Box::new(refuse(&refused, headers, None)))
}

/// What RFC 6455 §4.2.1 asks of the request; gives the value that proves we understood it.
fn check_handshake(method: &Method, headers: &HeaderMap) -> Result<String, Refused> {
    if method != Method::GET {
        return Err(Refused::Method);
    }
    if !has_token(headers, &header::UPGRADE, "websocket") || !has_token(headers, &header::CONNECTION, "upgrade") {
        return Err(Refused::NoUpgrade);
    }
    if single(headers, &header::SEC_WEBSOCKET_VERSION) != Some("13") {
        return Err(Refused::Version);
    }
    let key = single(headers, &header::SEC_WEBSOCKET_KEY).filter(|key| is_nonce(key)).ok_or(Refused::Key)?;
    Ok(derive_accept_key(key.as_bytes()))
}

pub(super) fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(token))
}

/// The header's value if it is there once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().map(str::trim),
        _ => None,
    }
}

/// Sixteen bytes in base64: 22 characters, of which the last holds four bits, and two of padding.
fn is_nonce(key: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    matches!(key.strip_suffix("=="), Some(digits) if digits.len() == 22 && digits.chars().all(is_base64))
}

pub(super) fn switching(accept_key: &str) -> Answer {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = answer.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, HeaderValue::try_from(accept_key).expect("base64 is ASCII"));
    answer
}

fn refuse(refused: &Refused, headers: &HeaderMap, peer: Option<Peer>) -> Answer {
    let shown =
        |name: HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if *refused == Refused::Origin {
        let origin = shown(header::ORIGIN).unwrap_or_default();
        let peer = peer.map(|Peer(key)| key.logged().to_string()).unwrap_or_default();
        tracing::info!(peer, origin = ?Shown(&origin), "WebSocket from another site refused");
    }
    let (status, sentence, extra) = match refused {
        Refused::Method => return method_not_allowed(),
        Refused::NoUpgrade => (
            StatusCode::UPGRADE_REQUIRED,
            "this address speaks WebSocket; open / in a browser",
            Some((header::UPGRADE, "websocket")),
        ),
        Refused::Version => {
            (StatusCode::UPGRADE_REQUIRED, "only WebSocket version 13", Some((header::SEC_WEBSOCKET_VERSION, "13")))
        }
        Refused::Key => (StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing or malformed", None),
        Refused::Origin => (StatusCode::FORBIDDEN, "another site may not open a game connection", None),
        Refused::Stopping => {
            (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping", Some((header::RETRY_AFTER, "5")))
        }
        Refused::Full => (StatusCode::SERVICE_UNAVAILABLE, "the server is full", Some((header::RETRY_AFTER, "5"))),
        Refused::Address => {
            (StatusCode::TOO_MANY_REQUESTS, "too many connections from this address", Some((header::RETRY_AFTER, "10")))
        }
    };
    let mut answer = text(status, sentence);
    if let Some((name, value)) = extra {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod autobahn;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn check(lines: &[(&'static str, &str)]) -> Result<String, Refused> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        check_handshake(&Method::GET, &headers)
    }

    #[test]
    fn the_example_of_the_rfc() {
        let accepted = check(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", KEY),
        ]);
        assert_eq!(accepted.as_deref(), Ok("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }

    proptest::proptest! {
        /// The door stands any words: it opens for a whole handshake or says no.
        #[test]
        fn no_request_breaks_the_door(
            names in proptest::collection::vec(0..6_usize, 0..8),
            values in proptest::collection::vec("[\\x20-\\x7e\\xa0-\\xff]{0,40}", 8),
            query in "\\PC{0,40}",
        ) {
            let known = [
                header::CONNECTION, header::UPGRADE, header::SEC_WEBSOCKET_VERSION, header::SEC_WEBSOCKET_KEY,
                header::ORIGIN, header::HOST,
            ];
            let mut headers = HeaderMap::new();
            for (name, value) in names.iter().zip(&values) {
                if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                    headers.append(known[*name].clone(), value);
                }
            }
            proptest::prop_assert!(check_handshake(&Method::GET, &headers).is_err());
            let guests = crate::http::Guests { sites: vec!["https://a".into()], native: true };
            let admitted = guests.admit(&headers);
            proptest::prop_assert!(!admitted || headers.get_all(header::ORIGIN).iter().count() < 2);
            let _ = check::attempt(&query);
            let _ = crate::http::headers::clean_host(&headers);
        }
    }

    #[test]
    fn half_a_handshake_is_named_for_what_it_lacks() {
        let connection = ("connection", "upgrade");
        let upgrade = ("upgrade", "websocket");
        let version = ("sec-websocket-version", "13");
        for (lines, refused) in [
            (vec![], Refused::NoUpgrade),
            (vec![upgrade, version, ("sec-websocket-key", KEY)], Refused::NoUpgrade),
            (vec![connection, ("upgrade", "h2c"), version], Refused::NoUpgrade),
            (vec![connection, upgrade, ("sec-websocket-key", KEY)], Refused::Version),
            (vec![connection, upgrade, ("sec-websocket-version", "8")], Refused::Version),
            (vec![connection, upgrade, version, version], Refused::Version),
            (vec![connection, upgrade, version], Refused::Key),
            (vec![connection, upgrade, version, ("sec-websocket-key", "short==")], Refused::Key),
            (vec![connection, upgrade, version, ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQQQ")], Refused::Key),
            (vec![connection, upgrade, version, ("sec-websocket-key", KEY), ("sec-websocket-key", KEY)], Refused::Key),
        ] {
            assert_eq!(check(&lines), Err(refused), "{lines:?}");
        }
        assert_eq!(check_handshake(&Method::POST, &HeaderMap::new()), Err(Refused::Method));
    }
}
