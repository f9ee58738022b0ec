//! The server in numbers, as they are told each second. Invariant: rates are differences of counts over the time between two
//! looks; a room that came or went between them has none.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use serde::Serialize;

use super::history::Point;
use crate::{
    clock::now_s,
    http::Context,
    machine::Usage,
    room::{RoomHandle, RoomReport, TickHistogram},
};

/// Rooms that are told of; more are summed up by `rooms`.
const ROOMS_MAX: usize = 96;
/// People and bots told of each.
const PLAYERS_MAX: usize = 512;

/// Everything.
#[derive(Debug, Serialize)]
pub struct Figures {
    is: &'static str,
    name: String,
    now_s: u64,
    uptime_s: u64,
    version: &'static str,
    state: &'static str,
    leaves_in_s: Option<u64>,
    connections: Connections,
    cpu_percent: f64,
    rss_mb: f64,
    bytes_per_s: Traffic,
    snapshots_per_s: u64,
    skipped_per_s: u64,
    dropped_per_s: u64,
    store: &'static str,
    journal_failing: bool,
    rooms: Vec<Room>,
}

#[derive(Debug, Serialize)]
struct Connections {
    open: usize,
    most: usize,
}

#[derive(Debug, Serialize)]
struct Traffic {
    out: u64,
    #[serde(rename = "in")]
    incoming: u64,
}

#[derive(Debug, Serialize)]
struct Room {
    id: String,
    name: String,
    mode: &'static str,
    is_private: bool,
    humans: u16,
    players_max: u16,
    bots: u16,
    watching: u16,
    is_paused: bool,
    restarts: u32,
    tick_us: Ticks,
    late_ticks: u64,
    /// Steps down from all that it would do, for want of time.
    load_steps: u32,
    tuning: BTreeMap<&'static str, u16>,
    mutators: Vec<&'static str>,
    players: Vec<Player>,
}

#[derive(Debug, Serialize)]
struct Ticks {
    p50: u32,
    p99: u32,
    max: u32,
    /// Upper bound in µs (none for what is longer than all) and ticks of the last second.
    histogram: Vec<(Option<u64>, u64)>,
}

#[derive(Debug, Serialize)]
struct Player {
    conn: Option<u64>,
    slot: u16,
    name: String,
    is_bot: bool,
    team: Option<u8>,
    class: &'static str,
    points: u32,
    kills: u32,
    rtt_ms: u16,
    address: Option<String>,
    is_muted: bool,
    is_watching: bool,
    is_flying: bool,
    /// What their commands look like when no hand gives them.
    marks: Vec<&'static str>,
}

/// What is remembered from one look to the next.
#[derive(Debug)]
pub struct Sampler {
    at: Instant,
    counts: Counts,
    histograms: BTreeMap<String, TickHistogram>,
}

/// Counts of the whole process.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    cpu_s: f64,
    out: u64,
    incoming: u64,
    snapshots: u64,
    skipped: u64,
    dropped: u64,
}

impl Counts {
    fn of(context: &Context, usage: &Usage, reports: &[(Arc<RoomHandle>, RoomReport)]) -> Counts {
        let sum = |count: fn(&RoomReport) -> u64| reports.iter().map(|(_, report)| count(report)).sum();
        Counts {
            cpu_s: usage.cpu_s,
            out: context.counters.sent.get(),
            incoming: context.counters.received.get(),
            snapshots: sum(|report| report.status.snapshots),
            skipped: sum(|report| report.status.snapshots_skipped),
            dropped: context.lobby.dropped(),
        }
    }
}

impl Sampler {
    /// Looks for the first time.
    #[must_use]
    pub fn new(context: &Context) -> Sampler {
        let counts = Counts::of(context, &Usage::now(), &reports(context));
        Sampler { at: Instant::now(), counts, histograms: BTreeMap::new() }
    }

    /// Looks again.
    pub fn sample(&mut self, context: &Context) -> Figures {
        let usage = Usage::now();
        let reports = reports(context);
        let counts = Counts::of(context, &usage, &reports);
        let seconds = self.at.elapsed().as_secs_f64().max(0.001);
        self.at = Instant::now();
        let before = std::mem::replace(&mut self.counts, counts);
        let rate = |now: u64, before: u64| (now.saturating_sub(before) as f64 / seconds).round() as u64;
        let departure = context.staff.departure();
        let state = if departure.is_announced() {
            "draining"
        } else if context.staff.lock().is_some() {
            "locked"
        } else {
            "open"
        };
        let histograms = std::mem::take(&mut self.histograms);
        let rooms = reports.iter().take(ROOMS_MAX).map(|(room, report)| {
            let room = room_of(context, room, report, &histograms);
            self.histograms.insert(room.id.clone(), report.ticks.histogram);
            room
        });
        let rooms = rooms.collect();
        Figures {
            is: "figures",
            name: context.live().name.clone(),
            now_s: now_s(),
            uptime_s: context.started.elapsed().as_secs(),
            version: env!("CARGO_PKG_VERSION"),
            state,
            leaves_in_s: departure.remaining().map(|left| left.as_secs_f64().ceil() as u64),
            connections: Connections {
                open: context.permits.sessions(),
                most: context.limits().sessions_max.min(context.limits().connections_max),
            },
            cpu_percent: tenths((counts.cpu_s - before.cpu_s) / seconds * 100.0),
            rss_mb: tenths(usage.resident_bytes as f64 / 1e6),
            bytes_per_s: Traffic {
                out: rate(counts.out, before.out),
                incoming: rate(counts.incoming, before.incoming),
            },
            snapshots_per_s: rate(counts.snapshots, before.snapshots),
            skipped_per_s: rate(counts.skipped, before.skipped),
            dropped_per_s: rate(counts.dropped, before.dropped),
            store: context.store.health().word(),
            journal_failing: context.journal.is_failing(),
            rooms,
        }
    }
}

/// Every digit behind is a byte a second for nothing.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

fn reports(context: &Context) -> Vec<(Arc<RoomHandle>, RoomReport)> {
    context.lobby.all().into_iter().map(|room| (Arc::clone(&room), room.report())).collect()
}

fn room_of(
    context: &Context,
    room: &Arc<RoomHandle>,
    report: &RoomReport,
    histograms: &BTreeMap<String, TickHistogram>,
) -> Room {
    let blueprint = room.blueprint();
    let id = blueprint.id.to_string();
    let ticks = &report.ticks;
    let is_private = context.lobby.public().iter().all(|public| !Arc::ptr_eq(public, room));
    Room {
        name: blueprint.name.clone(),
        mode: blueprint.terms.mode.word(),
        is_private,
        humans: report.humans(),
        players_max: blueprint.players_max,
        bots: report.status.bots,
        watching: report.status.spectators,
        is_paused: report.paused,
        restarts: report.restarts,
        tick_us: Ticks {
            p50: ticks.us_p50,
            p99: ticks.us_p99,
            max: ticks.us_max,
            histogram: since(&ticks.histogram, histograms.get(&id)),
        },
        late_ticks: ticks.late,
        load_steps: report.rung,
        tuning: report.tuning.iter().map(|(row, percent)| (row.name, percent)).collect(),
        mutators: report.tuning.mutators.iter().map(shared::defs::Mutator::name).collect(),
        players: players_of(context, report),
        id,
    }
}

/// Ticks since the last look; all there were, at the first.
fn since(now: &TickHistogram, before: Option<&TickHistogram>) -> Vec<(Option<u64>, u64)> {
    let before = before.map_or([0; 10], |before| before.counts);
    let bounds = TickHistogram::BOUNDS_US.into_iter().map(Some).chain([None]);
    bounds.zip(now.counts.iter().zip(before).map(|(now, before)| now.saturating_sub(before))).collect()
}

fn players_of(context: &Context, report: &RoomReport) -> Vec<Player> {
    let address = |conn| context.staff.present().find(conn).map(|guest| format!("#{}", guest.address.tag()));
    let player = |row: &shared::room::PlayerRow| Player {
        conn: row.conn.map(|conn| conn.0),
        slot: row.slot,
        name: row.name.clone(),
        is_bot: row.is_bot,
        team: row.team,
        class: row.class,
        points: row.points,
        kills: row.kills,
        rtt_ms: row.rtt_ms,
        address: row.conn.and_then(address),
        is_muted: row.is_muted,
        is_watching: row.is_watching,
        is_flying: row.flying,
        marks: row.marks.words().collect(),
    };
    // Nobody is in a room that rests; its last report still lists who was.
    let rests = report.paused;
    report.players.iter().filter(|row| !rests || row.is_bot).take(PLAYERS_MAX).map(player).collect()
}

impl Figures {
    /// What of it charts show.
    #[must_use]
    pub fn point(&self) -> Point {
        Point {
            players: self.rooms.iter().map(|room| u32::from(room.humans)).sum(),
            out_bytes_per_s: self.bytes_per_s.out,
            tick_p99_us: self.rooms.iter().map(|room| room.tick_us.p99).max().unwrap_or_default(),
            cpu_percent: self.cpu_percent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_is_of_the_time_since_the_last_look() {
        let counts = |first| TickHistogram { counts: [first, 0, 0, 0, 0, 0, 0, 0, 0, 2], sum_us: 9 };
        let told = since(&counts(65), Some(&counts(5)));
        assert_eq!((told.len(), told[0], told[9]), (10, (Some(500), 60), (None, 0)));
        assert_eq!(since(&counts(65), None)[9], (None, 2));
        assert_eq!(since(&counts(5), Some(&counts(65)))[0].1, 0, "the room began anew");
    }
}
