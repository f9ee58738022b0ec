//! `/status.json`: public facts. Invariant: nothing in it names or locates a player.

use std::sync::atomic::Ordering;

use serde::Serialize;
use shared::protocol::proto_hash;
use warp::http::StatusCode;

use super::{
    Answer, Context, json,
    rooms::{RoomFacts, facts},
};

#[derive(Serialize)]
struct Status<'a> {
    name: &'a str,
    mode: &'static str,
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
    tick_us_max: u32,
    tick_late_us_p50: u32,
    tick_late_us_p99: u32,
    ticks_late: u64,
    ticks_over_8ms: u64,
    ticks_over_16ms: u64,
    ticks_over_33ms: u64,
    commands_used: u64,
    commands_repeated: u64,
    commands_neutral: u64,
    commands_late: u64,
    presses_late: u64,
    claims_replaced: u64,
    snapshots: u64,
    snapshots_skipped: u64,
    snapshot_bytes: u64,
    connections: usize,
    lanes: usize,
    dropped_messages: u64,
    room_restarts: u32,
    rooms: Vec<RoomFacts>,
    private_rooms: usize,
    draining: bool,
    store: &'static str,
    journal_failing: bool,
    records_dropped: u64,
}

pub fn answer(context: &Context) -> Answer {
    let room = context.lobby.place();
    let (report, blueprint) = (room.report(), room.blueprint());
    let (ticks, commands) = (report.ticks, report.status.commands);
    let [over_8ms, over_16ms, over_33ms] = ticks.over;
    let status = Status {
        name: &blueprint.name,
        mode: blueprint.terms.mode.word(),
        version: env!("CARGO_PKG_VERSION"),
        protocol: format!("{:016x}", proto_hash()),
        players: report.humans(),
        bots: report.status.bots,
        spectators: report.status.spectators,
        max_players: blueprint.players_max,
        tick: report.status.tick.0,
        paused: report.paused,
        uptime_s: context.started.elapsed().as_secs(),
        tick_us_p50: ticks.us_p50,
        tick_us_p99: ticks.us_p99,
        tick_us_max: ticks.us_max,
        tick_late_us_p50: ticks.late_us_p50,
        tick_late_us_p99: ticks.late_us_p99,
        ticks_late: ticks.late,
        ticks_over_8ms: over_8ms,
        ticks_over_16ms: over_16ms,
        ticks_over_33ms: over_33ms,
        commands_used: commands.used,
        commands_repeated: commands.repeated,
        commands_neutral: commands.neutral,
        commands_late: report.status.late_commands,
        presses_late: report.status.late_presses,
        claims_replaced: report.status.claims_replaced,
        snapshots: report.status.snapshots,
        snapshots_skipped: report.status.snapshots_skipped,
        snapshot_bytes: report.status.snapshot_bytes,
        connections: context.permits.sessions(),
        lanes: context.permits.lanes(),
        dropped_messages: context.lobby.dropped(),
        room_restarts: report.restarts,
        rooms: facts(context),
        private_rooms: context.lobby.private_rooms(),
        draining: context.staff.departure().is_announced(),
        store: context.store.health().word(),
        journal_failing: context.journal.is_failing(),
        records_dropped: context.journal.dropped.load(Ordering::Relaxed),
    };
    json(StatusCode::OK, &status)
}
