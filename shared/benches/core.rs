//! What the core costs: a step of the simulation, a tick of a room with its snapshots, a client's decoding.
//!
//! `cargo bench -p shared`. Compare ratios within one run; machines are noisy. docs/BENCHMARKS.md keeps the tables.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use shared::{
    defs::{Defs, ShipClass},
    ids::PlayerId,
    protocol::{ClientMessage, CommandBatch, Edges, Seen, SentCommand},
    quantize::Angle,
    replica::{Intent, Replica},
    room::{ConnId, Output, Room, RoomConfig, RoomEvent},
    sim::{
        self, Buttons, Command,
        golden::{Match, Script},
    },
    tick::{TICK_US, Tick},
};

/// How many ships there are.
const CROWDS: [u16; 4] = [50, 200, 500, 1_000];

/// One step of a brawl: everybody thrusts, turns and shoots.
fn step(c: &mut Criterion) {
    let mut group = c.benchmark_group("sim step");
    for ships in CROWDS {
        let defs = Defs::standard();
        let mut live =
            Match::new(&Script { seed: 9, pilots: ships, ticks: 0, start: Tick(0), terms: defs.mode.terms }, &defs);
        (0..300).for_each(|_| live.advance(&defs));
        let world = live.world;
        let buttons = Buttons(Buttons::THRUST | Buttons::FIRE);
        let commands: Vec<(PlayerId, Command)> =
            (0..ships).map(|slot| (PlayerId(slot), Command::new(buttons, Angle(slot.wrapping_mul(997))))).collect();
        group.throughput(Throughput::Elements(u64::from(ships)));
        group.bench_function(BenchmarkId::from_parameter(ships), |b| {
            b.iter_batched(
                || (world.clone(), Vec::new()),
                |(mut world, mut events)| sim::step(&mut world, &[], &commands, &defs, &sim::Now, &mut events),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// A room with `players` connected people who fly, and everything they were told so far.
fn room(players: u64) -> (Room, u64) {
    let config = RoomConfig { seed: 3, bots: 0, players_max: 2_048, ..RoomConfig::default() };
    let mut room = Room::new(config);
    for i in 0..players {
        let conn = ConnId(i);
        room.handle(RoomEvent::newcomer(conn), 0);
        let play = ClientMessage::Play { name: format!("P{i}"), class: ShipClass::default() };
        room.handle(RoomEvent::Message { conn, message: play }, 0);
    }
    let mut now_us = 0;
    (0..240).for_each(|_| drop(advance(&mut room, players, &mut now_us)));
    (room, now_us)
}

/// A tick with everybody's commands and acknowledgements; returns the snapshots for the first connection.
fn advance(room: &mut Room, players: u64, now_us: &mut u64) -> Vec<Vec<u8>> {
    *now_us += TICK_US;
    let tick = room.world().tick;
    for i in 0..players {
        let turn = (u64::from(tick.0 / 20) * 7_919 + i * 104_729) as u16;
        let command = Command::new(Buttons(turn as u8), Angle(turn.wrapping_mul(31)));
        let batch = CommandBatch {
            ack: tick,
            stamp_ms: 0,
            seen: Seen::present(1.5),
            first: tick.next(),
            commands: vec![SentCommand { command, edges: Edges::default() }],
        };
        room.handle(RoomEvent::Message { conn: ConnId(i), message: ClientMessage::Commands(batch) }, *now_us);
        // Whoever was shot comes again within two seconds, or the bench would measure an empty arena.
        if (u64::from(tick.0) + i).is_multiple_of(120) {
            let message = ClientMessage::Relaunch { class: ShipClass::default() };
            room.handle(RoomEvent::Message { conn: ConnId(i), message }, *now_us);
        }
    }
    room.tick(*now_us, &|_| true);
    let mut first = Vec::new();
    while let Some(output) = room.poll_output() {
        match output {
            Output::Snapshot { conn: ConnId(0), bytes } | Output::Reliable { conn: ConnId(0), bytes } => {
                first.push(bytes.to_vec());
            }
            _ => {}
        }
    }
    first
}

/// One tick of a room: step, index, and half of the clients' snapshots. Divide by the players for µs per client.
fn room_tick(c: &mut Criterion) {
    let mut group = c.benchmark_group("room tick");
    group.sample_size(30);
    for players in CROWDS.map(u64::from) {
        let (mut room, mut now_us) = room(players);
        group.throughput(Throughput::Elements(players));
        group.bench_function(BenchmarkId::from_parameter(players), |b| {
            b.iter(|| black_box(advance(&mut room, players, &mut now_us)));
        });
    }
    group.finish();
}

/// What a spectator of so many bots is told in a second, tick by tick.
fn second_among(ships: u16) -> Vec<Vec<Vec<u8>>> {
    let config = RoomConfig { seed: 3, bots: ships, players_max: 2_048, ..RoomConfig::default() };
    let mut room = Room::new(config);
    let conn = ConnId(0);
    room.handle(RoomEvent::newcomer(conn), 0);
    let mut now_us = 0;
    (0..60).map(|_| advance(&mut room, 1, &mut now_us)).collect()
}

/// A second of snapshots among so many ships: taken in, and taken in and drawn at 60 Hz.
fn replica(c: &mut Criterion) {
    let mut group = c.benchmark_group("client second");
    group.sample_size(30);
    for ships in CROWDS {
        let told = second_among(ships);
        for (name, draws) in [("decoded", false), ("decoded and drawn", true)] {
            group.bench_function(BenchmarkId::new(name, ships), |b| {
                b.iter_batched(
                    || Replica::new(Defs::standard(), (800, 450), None, 0),
                    |mut replica| {
                        for (i, messages) in told.iter().enumerate() {
                            let now_us = i as u64 * TICK_US;
                            for bytes in messages {
                                let _ = black_box(replica.handle_bytes(bytes, now_us));
                            }
                            if draws {
                                black_box(replica.frame(now_us, Intent::default()));
                            }
                        }
                    },
                    BatchSize::SmallInput,
                );
            });
        }
    }
    group.finish();
}

criterion_group!(benches, step, room_tick, replica);
criterion_main!(benches);
