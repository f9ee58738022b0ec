//! `/arena?x=&y=`: the arena around a place as one picture, for who asks again and again. It is there to be compared with
//! being told (`/check`), and for whoever wants to draw the arena from a script. Invariant: nothing in it is hidden from
//! who only looks, and nobody asks faster than [`RATE`].

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use shared::{limits::PANORAMA_HALF_U, protocol::codec::encode_panorama};
use warp::http::{HeaderValue, Response, StatusCode, header};

use super::{Answer, Context, Peer, later, text};
use crate::bucket::Rate;

/// Of one address: the three pollers of `/check` (26 a second), and half as many again.
pub const RATE: Rate = Rate { per_s: 40, burst: 80 };

pub async fn answer(context: Arc<Context>, query: String, peer: Option<Peer>) -> Answer {
    let Some(centre) = centre(&query) else {
        return text(StatusCode::BAD_REQUEST, "x and y are whole numbers, as in /arena?x=0&y=-300");
    };
    if !context.may_look(peer) {
        return later(StatusCode::TOO_MANY_REQUESTS, "not so often: 40 times a second at most", 1);
    }
    let room = context.lobby.place();
    if room.blueprint().password.is_some() {
        return text(StatusCode::NOT_FOUND, "there is no arena here that anybody may see");
    }
    let panorama = room.outlook().look(room.report().paused).await;
    let bytes = encode_panorama(&panorama.around(centre, PANORAMA_HALF_U));
    let mut answer = Response::new(Bytes::from(bytes));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

impl Context {
    fn may_look(&self, peer: Option<Peer>) -> bool {
        match peer {
            Some(Peer(key)) if !self.limits().exempts(key) => self.looks.take(key, 1, Instant::now()),
            _ => true,
        }
    }
}

/// Zero for what is not said, `None` for what makes no sense.
fn centre(query: &str) -> Option<(i16, i16)> {
    let mut centre = (0, 0);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=')? {
            ("x", value) => centre.0 = value.parse().ok()?,
            ("y", value) => centre.1 = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(centre)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers_or_the_star() {
        for (query, place) in [
            ("", Some((0, 0))),
            ("x=5", Some((5, 0))),
            ("y=-300&x=12", Some((12, -300))),
            ("x=32768", None),
            ("x=", None),
            ("x", None),
            ("z=1", None),
            ("x=1.5", None),
        ] {
            assert_eq!(centre(query), place, "{query}");
        }
    }
}
