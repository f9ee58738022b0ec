//! `/check.json?attempt=`: what the server sees of who asks, for the connection doctor: how the request came, and what
//! became of an attempt at a WebSocket. Invariant: it tells the asker about the asker alone, and no address.

use bytes::Bytes;
use serde::Serialize;
use warp::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::{Answer, Context, text};

#[derive(Serialize)]
struct Seen {
    /// What became of the attempt: `never` arrived, `accepted`, or why it was refused.
    attempt: &'static str,
    /// Headers that a proxy adds are there.
    proxied: bool,
    /// What the proxy says of the visitor's line, if it says so: `http` or `https`.
    forwarded_proto: Option<&'static str>,
    /// The page's own name reached the server, so that its WebSocket will be taken for its own.
    own_host: bool,
    version: &'static str,
}

pub fn answer(context: &Context, query: &str, headers: &HeaderMap) -> Answer {
    let Some(number) = attempt(query) else {
        return text(StatusCode::BAD_REQUEST, "attempt is a hexadecimal number, as in /check.json?attempt=1f");
    };
    let seen = Seen {
        attempt: context.attempts.outcome(number).unwrap_or("never"),
        proxied: ["via", "x-forwarded-for", "x-forwarded-proto", "forwarded", "x-real-ip"]
            .iter()
            .any(|name| headers.contains_key(*name)),
        forwarded_proto: forwarded_proto(headers),
        own_host: context.live().guests.admit(&as_of_a_socket(headers)),
        version: env!("CARGO_PKG_VERSION"),
    };
    let mut answer = Response::new(Bytes::from(serde_json::to_vec(&seen).expect("plain fields always serialise")));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The number in `attempt=1f`.
pub fn attempt(query: &str) -> Option<u64> {
    u64::from_str_radix(query.strip_prefix("attempt=")?, 16).ok()
}

fn forwarded_proto(headers: &HeaderMap) -> Option<&'static str> {
    match headers.get("x-forwarded-proto")?.to_str().ok()? {
        "https" => Some("https"),
        "http" => Some("http"),
        _ => None,
    }
}

/// A browser sends no `Origin` with a GET to its own site; the page tells where it thinks it is in a header of its own.
fn as_of_a_socket(headers: &HeaderMap) -> HeaderMap {
    let page = HeaderName::from_static("x-page-origin");
    let mut as_if = HeaderMap::new();
    for (from, to) in [(&page, header::ORIGIN), (&header::HOST, header::HOST)] {
        for value in headers.get_all(from) {
            as_if.append(to.clone(), value.clone());
        }
    }
    as_if
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_a_number_and_nothing_else() {
        for (query, number) in [
            ("attempt=1f", Some(31)),
            ("attempt=ffffffffffffffff", Some(u64::MAX)),
            ("attempt=10000000000000000", None),
            ("attempt=", None),
            ("attempt=zz", None),
            ("", None),
        ] {
            assert_eq!(attempt(query), number, "{query}");
        }
    }
}
