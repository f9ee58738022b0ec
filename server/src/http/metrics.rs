//! `/metrics`: figures for Prometheus, in OpenMetrics text. Invariants: nothing in it names or locates a player; every
//! figure has a help text and, where it measures something, a unit in its name; asking costs no room a tick.
//!
//! A figure of a room is a row of [`ROOM`]; one of the process is a row of [`PROCESS`]; what only counts is in `counters`.

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, text},
    metrics::MetricType,
    registry::{Registry, Unit},
};
use warp::http::{HeaderValue, Response, header};

use super::{Answer, Context};
use crate::{
    machine::Usage,
    room::{RoomHandle, RoomReport, TickHistogram},
    store::Health,
};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One figure: what it is called, what it says, and where it is read.
struct Row<T> {
    name: &'static str,
    help: &'static str,
    unit: Option<fn() -> Unit>,
    kind: MetricType,
    read: fn(&T) -> f64,
}

impl<T> Row<T> {
    const fn gauge(name: &'static str, help: &'static str, read: fn(&T) -> f64) -> Row<T> {
        Row { name, help, unit: None, kind: MetricType::Gauge, read }
    }

    const fn counter(name: &'static str, help: &'static str, read: fn(&T) -> f64) -> Row<T> {
        Row { name, help, unit: None, kind: MetricType::Counter, read }
    }

    const fn in_seconds(self) -> Row<T> {
        Row { unit: Some(|| Unit::Seconds), ..self }
    }

    const fn in_bytes(self) -> Row<T> {
        Row { unit: Some(|| Unit::Bytes), ..self }
    }
}

/// What is read of a room.
#[derive(Debug)]
struct RoomFacts {
    /// Names need not be unique.
    id: String,
    players_max: u16,
    dropped: u64,
    alive: bool,
    report: RoomReport,
}

/// What is read of the process.
#[derive(Debug)]
struct ProcessFacts {
    uptime_s: f64,
    websockets: usize,
    lanes: usize,
    private_rooms: usize,
    draining: bool,
    store: Health,
    store_waiting: usize,
    journal_failing: bool,
    records_dropped: u64,
    usage: Usage,
}

type OfRoom = Row<RoomFacts>;
type OfProcess = Row<ProcessFacts>;

fn seconds(us: u32) -> f64 {
    f64::from(us) / 1e6
}

/// Of those who are connected and measured, the one whose round trip so many per cent do not exceed, s; 0 without any.
fn round_trip(room: &RoomFacts, percent: usize) -> f64 {
    if room.report.paused {
        return 0.0;
    }
    let mut all: Vec<u16> = room.report.players.iter().map(|row| row.rtt_ms).filter(|rtt_ms| *rtt_ms > 0).collect();
    all.sort_unstable();
    let rank = (all.len() * percent).div_ceil(100).max(1) - 1;
    f64::from(all.get(rank).copied().unwrap_or(0)) / 1e3
}

static ROOM: &[OfRoom] = &[
    OfRoom::gauge("alive", "1 while the room ticks, or rests for want of company", |room| {
        f64::from(u8::from(room.alive))
    }),
    OfRoom::gauge("paused", "1 while the world stands still because nobody is connected", |room| {
        f64::from(u8::from(room.report.paused))
    }),
    OfRoom::gauge("players", "People who play", |room| room.report.humans().into()),
    OfRoom::gauge("players_limit", "People who may play at once", |room| room.players_max.into()),
    OfRoom::gauge("bots", "Bots that play", |room| room.report.status.bots.into()),
    OfRoom::gauge("spectators", "Connections without a place in the game", |room| room.report.status.spectators.into()),
    OfRoom::gauge("ships", "Ships in the world", |room| room.report.status.ships.into()),
    OfRoom::gauge("shots", "Shots in flight", |room| room.report.status.shots.into()),
    OfRoom::counter("ticks", "Ticks of the simulation", |room| room.report.status.tick.0.into()),
    OfRoom::counter("ticks_begun_late", "Ticks that began more than 2 ms after they were due", |room| {
        room.report.ticks.late as f64
    }),
    OfRoom::counter("ticks_over_8ms", "Ticks that took longer than 8 ms", |room| room.report.ticks.over[0] as f64),
    OfRoom::counter("ticks_over_16ms", "Ticks that took longer than 16.7 ms, all the time there is", |room| {
        room.report.ticks.over[1] as f64
    }),
    OfRoom::counter("ticks_over_33ms", "Ticks that took longer than 33.3 ms", |room| room.report.ticks.over[2] as f64),
    OfRoom::gauge("tick_p50", "Median time of a tick in the last ten seconds", |room| {
        seconds(room.report.ticks.us_p50)
    })
    .in_seconds(),
    OfRoom::gauge("tick_p99", "99th percentile of the time of a tick in the last ten seconds", |room| {
        seconds(room.report.ticks.us_p99)
    })
    .in_seconds(),
    OfRoom::gauge("tick_max", "Longest tick in the last ten seconds", |room| seconds(room.report.ticks.us_max))
        .in_seconds(),
    OfRoom::gauge("tick_lateness_p99", "99th percentile of how late ticks began in the last ten seconds", |room| {
        seconds(room.report.ticks.late_us_p99)
    })
    .in_seconds(),
    OfRoom::counter("commands_used", "Ticks of people's ships flown with the command sent for them", |room| {
        room.report.status.commands.used as f64
    }),
    OfRoom::counter("commands_repeated", "Ticks of people's ships flown with the last command again", |room| {
        room.report.status.commands.repeated as f64
    }),
    OfRoom::counter("commands_neutral", "Ticks of people's ships flown hands off, for want of commands", |room| {
        room.report.status.commands.neutral as f64
    }),
    OfRoom::counter("commands_late", "Commands that came after their tick", |room| {
        room.report.status.late_commands as f64
    }),
    OfRoom::counter(
        "claims_replaced",
        "Words of pilots about their picture that were replaced by what was measured",
        |room| room.report.status.claims_replaced as f64,
    ),
    OfRoom::counter("snapshots", "Snapshots handed to connections", |room| room.report.status.snapshots as f64),
    OfRoom::counter("snapshots_skipped", "Snapshots left out because a client was behind", |room| {
        room.report.status.snapshots_skipped as f64
    }),
    OfRoom::counter("snapshots_size", "Bytes of the snapshots handed to connections", |room| {
        room.report.status.snapshot_bytes as f64
    })
    .in_bytes(),
    OfRoom::counter("messages_dropped", "Messages of clients that found the room's mailbox full", |room| {
        room.dropped as f64
    }),
    OfRoom::gauge("round_trip_p50", "Median round trip of those who are connected", |room| round_trip(room, 50))
        .in_seconds(),
    OfRoom::gauge("round_trip_p95", "95th percentile of the round trips of those who are connected", |room| {
        round_trip(room, 95)
    })
    .in_seconds(),
    OfRoom::gauge("round_trip_max", "Longest round trip of those who are connected", |room| round_trip(room, 100))
        .in_seconds(),
    OfRoom::counter("resumes_tried", "Connections that wanted an earlier slot back", |room| {
        room.report.status.resumes_tried as f64
    }),
    OfRoom::counter("resumes_won", "Connections that got an earlier slot back", |room| {
        room.report.status.resumes_won as f64
    }),
    OfRoom::counter(
        "desyncs",
        "Clients that lost the thread while they kept up, and were told everything anew",
        |room| room.report.status.desyncs as f64,
    ),
    OfRoom::gauge(
        "load_steps",
        "Steps down from all that the room would do, because its ticks take too long",
        |room| room.report.rung.into(),
    ),
    OfRoom::gauge(
        "load_closed",
        "1 while the room takes nobody new and no bots, because its ticks take too long",
        |room| u8::from(room.report.is_closed).into(),
    ),
    OfRoom::counter("restarts", "Times the room began anew after a panic", |room| room.report.restarts.into()),
];

static PROCESS: &[OfProcess] = &[
    OfProcess::gauge("perihelion_uptime", "Age of the process", |process| process.uptime_s).in_seconds(),
    OfProcess::gauge("perihelion_websockets", "WebSockets open, second lanes not counted", |process| {
        process.websockets as f64
    }),
    OfProcess::gauge("perihelion_lanes", "Second lanes open", |process| process.lanes as f64),
    // Their names are the codes that let people in: they have no figures of their own here.
    OfProcess::gauge("perihelion_private_rooms", "Private rooms", |process| process.private_rooms as f64),
    OfProcess::gauge("perihelion_draining", "1 from the news that the server goes down", |process| {
        f64::from(u8::from(process.draining))
    }),
    OfProcess::gauge(
        "perihelion_store_waiting",
        "Flights and deeds of staff that were handed to the store and are not on the disk",
        |process| process.store_waiting as f64,
    ),
    OfProcess::gauge(
        "perihelion_journal_failing",
        "1 while the disk refuses a journal: scores would not survive",
        |process| f64::from(u8::from(process.journal_failing)),
    ),
    OfProcess::counter(
        "perihelion_records_dropped",
        "Records that a journal never got, the disk being too slow",
        |process| process.records_dropped as f64,
    ),
    OfProcess::gauge("process_resident_memory", "Memory of the process that is in RAM", |process| {
        process.usage.resident_bytes as f64
    })
    .in_bytes(),
    OfProcess::gauge("process_open_fds", "Files and sockets that the process has open", |process| {
        process.usage.files as f64
    }),
    OfProcess::counter("process_cpu", "Processor time of the process", |process| process.usage.cpu_s).in_seconds(),
];

pub fn answer(context: &Context) -> Answer {
    let mut registry = Registry::default();
    let ours = registry.sub_registry_with_prefix("perihelion");
    context.counters.register(ours);
    context.store.vitals().register(ours);
    registry.register_collector(Box::new(Scrape::of(context)));
    let mut body = String::new();
    text::encode(&mut body, &registry).expect("a string takes everything");
    let mut answer = Response::new(Bytes::from(body));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Everything that is read at the moment of asking.
#[derive(Debug)]
struct Scrape {
    rooms: Vec<RoomFacts>,
    process: ProcessFacts,
}

impl Scrape {
    fn of(context: &Context) -> Scrape {
        let facts = |room: &Arc<RoomHandle>| RoomFacts {
            id: room.blueprint().id.to_string(),
            players_max: room.blueprint().players_max,
            dropped: room.dropped(),
            alive: room.is_alive(),
            report: room.report(),
        };
        let process = ProcessFacts {
            uptime_s: context.started.elapsed().as_secs_f64(),
            websockets: context.permits.sessions(),
            lanes: context.permits.lanes(),
            private_rooms: context.lobby.private_rooms(),
            draining: context.staff.departure().is_announced(),
            store: context.store.health(),
            store_waiting: context.store.vitals().waiting(),
            journal_failing: context.journal.is_failing(),
            records_dropped: context.journal.dropped.load(Ordering::Relaxed),
            usage: Usage::now(),
        };
        Scrape { rooms: context.lobby.public().iter().map(facts).collect(), process }
    }
}

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        for row in PROCESS {
            let unit = row.unit.map(|unit| unit());
            let figure = encoder.encode_descriptor(row.name, row.help, unit.as_ref(), row.kind)?;
            write(figure, row.kind, (row.read)(&self.process))?;
        }
        for row in ROOM {
            let (name, unit) = (format!("perihelion_room_{}", row.name), row.unit.map(|unit| unit()));
            let mut figure = encoder.encode_descriptor(&name, row.help, unit.as_ref(), row.kind)?;
            for room in &self.rooms {
                write(figure.encode_family(&label(room))?, row.kind, (row.read)(room))?;
            }
        }
        let (name, help) = ("perihelion_store_health", "1 for the word that says how the store does, else 0");
        let mut figure = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for health in Health::ALL {
            let label = [("health", health.word())];
            write(figure.encode_family(&label)?, MetricType::Gauge, f64::from(u8::from(health == self.process.store)))?;
        }
        let (name, help) = ("perihelion_room_tick_duration", "Time of a tick of the simulation");
        let mut figure = encoder.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        for room in &self.rooms {
            let TickHistogram { counts, sum_us } = room.report.ticks.histogram;
            let bounds = TickHistogram::BOUNDS_US.map(|us| us as f64 / 1e6).into_iter().chain([f64::INFINITY]);
            let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
            let all = counts.iter().sum();
            figure.encode_family(&label(room))?.encode_histogram::<NoLabelSet>(
                sum_us as f64 / 1e6,
                all,
                &buckets,
                None,
            )?;
        }
        Ok(())
    }
}

fn label(room: &RoomFacts) -> [(&'static str, &str); 1] {
    [("room", &room.id)]
}

fn write(mut figure: MetricEncoder<'_>, kind: MetricType, value: f64) -> fmt::Result {
    match kind {
        MetricType::Counter => figure.encode_counter::<NoLabelSet, f64, f64>(&value, None),
        _ => figure.encode_gauge(&value),
    }
}
