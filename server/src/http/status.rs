//! `/status.json`: public facts. Invariant: nothing in it names or locates a player.

use bytes::Bytes;
use serde::Serialize;
use shared::protocol::proto_hash;
use warp::http::{HeaderValue, Response, header};

use super::{Answer, Context};

#[derive(Serialize)]
struct Status<'a> {
    name: &'a str,
    version: &'static str,
    protocol: String,
    players: u16,
    bots: u16,
    spectators: u16,
    max_players: u16,
    tick: u32,
    paused: bool,
    uptime_s: u64,
    tick_us_p50: u32,
    tick_us_p99: u32,
    connections: usize,
    dropped_messages: u64,
    room_restarts: u32,
}

pub fn answer(context: &Context) -> Answer {
    let room = context.lobby.place();
    let report = room.report();
    let status = Status {
        name: &room.blueprint().name,
        version: env!("CARGO_PKG_VERSION"),
        protocol: format!("{:016x}", proto_hash()),
        players: report.status.humans,
        bots: report.status.bots,
        spectators: report.status.spectators,
        max_players: room.blueprint().players_max,
        tick: report.status.tick.0,
        paused: report.paused,
        uptime_s: context.started.elapsed().as_secs(),
        tick_us_p50: report.tick_us.0,
        tick_us_p99: report.tick_us.1,
        connections: context.permits.sessions(),
        dropped_messages: room.dropped(),
        room_restarts: report.restarts,
    };
    let json = serde_json::to_vec(&status).expect("plain fields always serialise");
    let mut answer = Response::new(Bytes::from(json));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
