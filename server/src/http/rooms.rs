//! `/rooms.json`: the public rooms and who is in them. `/rooms`: makes a private one.
//!
//! Invariant: a private room is named in the answer to who made it and nowhere else; no password is told.

use std::{sync::Arc, time::Instant};

use serde::Serialize;
use shared::defs::{GameMode, Mutator};
use warp::http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{Answer, Context, Peer, json, later, origin, text};
use crate::{lobby::NoRoom, permits::Refusal};

/// Whoever gets no room may ask again after so many seconds.
const AGAIN_S: u16 = 60;

/// What everybody may know of a room.
#[derive(Serialize)]
pub struct RoomFacts {
    id: String,
    name: String,
    mode: &'static str,
    players: u16,
    bots: u16,
    spectators: u16,
    max_players: u16,
    password: bool,
    /// What of the game's numbers is not as usual; empty where nothing is.
    physics: String,
    /// By which mutators they are not, by name.
    mutators: Vec<&'static str>,
}

#[derive(Serialize)]
struct List<'a> {
    server: &'a str,
    motd: Option<&'a str>,
    rooms: Vec<RoomFacts>,
}

#[derive(Serialize)]
struct Made<'a> {
    id: &'a str,
}

/// The facts of the public rooms.
pub fn facts(context: &Context) -> Vec<RoomFacts> {
    let public = context.lobby.public();
    let rooms = public.iter().map(|room| {
        let (report, blueprint) = (room.report(), room.blueprint());
        RoomFacts {
            id: blueprint.id.to_string(),
            name: blueprint.name.clone(),
            mode: blueprint.terms.mode.word(),
            players: report.humans(),
            bots: report.status.bots,
            spectators: report.status.spectators,
            max_players: blueprint.players_max,
            password: blueprint.password.is_some(),
            physics: report.tuning.to_string(),
            mutators: report.tuning.mutators.iter().map(Mutator::name).collect(),
        }
    });
    rooms.collect()
}

/// The list for the page.
pub fn list(context: &Context) -> Answer {
    let live = context.live();
    let list = List { server: &live.name, motd: live.motd.as_deref(), rooms: facts(context) };
    json(StatusCode::OK, &list)
}

/// `POST /rooms?mode=MODE`.
pub fn make(context: Arc<Context>, method: Method, headers: HeaderMap, query: String, peer: Option<Peer>) -> Answer {
    if method != Method::POST {
        let mut answer =
            text(StatusCode::METHOD_NOT_ALLOWED, "a private room is made by POST; /rooms.json lists the others");
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return answer;
    }
    if !origin::is_own(&headers) {
        return text(StatusCode::FORBIDDEN, "another site may not make a room");
    }
    let Some(mode) = query.strip_prefix("mode=").and_then(GameMode::from_word) else {
        return text(StatusCode::BAD_REQUEST, "mode is drift, core-war, duel or 1962: POST /rooms?mode=drift");
    };
    let Some(Peer(key)) = peer else { return text(StatusCode::BAD_REQUEST, "nobody asks") };
    if context.staff.departure().is_announced() || context.staff.lock().is_some() {
        return later(StatusCode::SERVICE_UNAVAILABLE, "nobody new is let in at the moment", AGAIN_S);
    }
    let limits = context.limits();
    // Who may make none is not counted among those who did.
    if context.lobby.private_rooms() >= limits.private_rooms_max {
        return later(StatusCode::SERVICE_UNAVAILABLE, "there are as many private rooms as there may be", AGAIN_S);
    }
    match context.permits.make_room(key, Instant::now()) {
        Ok(()) => {}
        Err(Refusal::Address) => {
            return later(StatusCode::TOO_MANY_REQUESTS, "wait a minute before the next private room", AGAIN_S);
        }
        Err(Refusal::Full) => return later(StatusCode::SERVICE_UNAVAILABLE, "the server is full", AGAIN_S),
    }
    match context.lobby.make(mode, limits.private_rooms_max, limits.private_room_empty) {
        Ok(id) => json(StatusCode::CREATED, &Made { id: id.as_str() }),
        Err(NoRoom::Full) => {
            later(StatusCode::SERVICE_UNAVAILABLE, "there are as many private rooms as there may be", AGAIN_S)
        }
        Err(NoRoom::System(error)) => {
            tracing::error!(%error, "no private room could be made");
            later(StatusCode::SERVICE_UNAVAILABLE, "the server cannot make a room now", AGAIN_S)
        }
    }
}
