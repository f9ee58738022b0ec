//! `/arena?x=&y=&room=`: the arena around a place as one picture, for who asks again and again. It is there to be compared with
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
    let Some(question) = Question::of(&query) else {
        return text(
            StatusCode::BAD_REQUEST,
            "x and y are whole numbers and room is an id, each at most once, as in /arena?x=0&y=-300&room=main",
        );
    };
    if !context.may_look(peer) {
        return later(StatusCode::TOO_MANY_REQUESTS, "not so often: 40 times a second at most", 1);
    }
    let room = match question.room {
        // Private rooms are not looked for: a code opens nothing here, nor is it told from what is no code.
        Some(id) => context.lobby.find_public(id),
        None => Some(context.lobby.place()),
    };
    let Some(room) = room.filter(|room| room.blueprint().password.is_none()) else {
        return text(StatusCode::NOT_FOUND, "there is no arena here that anybody may see");
    };
    let panorama = room.outlook().look(room.report().paused).await;
    let bytes = encode_panorama(&panorama.around(question.centre, PANORAMA_HALF_U));
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

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Question<'a> {
    /// Zero for what is not said.
    centre: (i16, i16),
    /// As it was written: ids need no percent signs, and what is no id finds no room. Without, the lobby chooses.
    room: Option<&'a str>,
}

impl Question<'_> {
    /// `None` for what makes no sense.
    fn of(query: &str) -> Option<Question<'_>> {
        let (mut x, mut y, mut room) = (None, None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let said_before = match pair.split_once('=')? {
                ("x", value) => x.replace(value.parse().ok()?).is_some(),
                ("y", value) => y.replace(value.parse().ok()?).is_some(),
                ("room", value) => room.replace(value).is_some(),
                _ => return None,
            };
            if said_before {
                return None;
            }
        }
        Some(Question { centre: (x.unwrap_or(0), y.unwrap_or(0)), room })
    }
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
            ("x=1&x=1", None),
            ("x=%31", None),
            ("x=\u{661}", None),
            ("x=1\0", None),
        ] {
            assert_eq!(Question::of(query).map(|question| question.centre), place, "{query}");
            assert!(Question::of(query).is_none_or(|question| question.room.is_none()), "{query}");
        }
    }

    #[test]
    fn a_room_is_named_once_and_what_is_no_id_is_taken_as_it_is() {
        let long = "a".repeat(60_000);
        for room in ["main", "", "MAIN", "K7QXM2", "ma%69n", "%00", "m\u{e4}in", "a=b", "../main", &long] {
            let query = format!("x=1&room={room}&y=2");
            assert_eq!(Question::of(&query), Some(Question { centre: (1, 2), room: Some(room) }), "{room}");
        }
        for query in ["room", "room=a&room=a", "room=a&room=b", "Room=a", "room=a&z=1", "room=a;x=1&b"] {
            assert_eq!(Question::of(query), None, "{query}");
        }
    }
}
