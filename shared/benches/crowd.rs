//! One room with a crowd in one process, no sockets: what a tick costs per client, and what a client is sent.
//!
//! `cargo bench -p shared --bench crowd`. Prints two tables for docs/BENCHMARKS.md: processor time of a room with 50 to
//! 2,000 fake clients, and the bytes of one client in a thick fight, by section. Compare ratios within one run.
#![allow(clippy::print_stdout, reason = "a table is what this program is for")]
#![allow(clippy::disallowed_types, reason = "the core reads no clock; whoever measures it must")]

use std::time::Instant;

use shared::{
    defs::{Barrel, Defs, ShipClass},
    protocol::{ClientMessage, CommandBatch, Edges, Seen, SentCommand},
    quantize::Angle,
    replica::{Intent, Replica},
    rng::{Keyed, Purpose},
    room::{ConnId, Output, Room, RoomConfig, RoomEvent, SECTIONS},
    sim::{Buttons, Command},
    tick::{TICK_US, Tick},
};

/// A room and fake clients that fly like people: held buttons and aims drawn anew twice a second.
struct Crowd {
    room: Room,
    clients: u64,
    now_us: u64,
    bytes: u64,
    snapshots: u64,
    /// Share of the time in which a client's aim moves a little in every tick, as a hand on a mouse does.
    hands: f32,
}

impl Crowd {
    fn new(clients: u64, config: RoomConfig) -> Crowd {
        let mut room = Room::new(config);
        for i in 0..clients {
            let conn = ConnId(i);
            room.handle(RoomEvent::newcomer(conn), 0);
            let play = ClientMessage::Play { name: format!("P{i}"), class: ShipClass::Spark };
            room.handle(RoomEvent::Message { conn, message: play }, 0);
        }
        Crowd { room, clients, now_us: 0, bytes: 0, snapshots: 0, hands: 0.0 }
    }

    /// Everybody's messages; two commands in every second tick, as real clients send them.
    fn talk(&mut self) {
        self.now_us += TICK_US;
        let tick = self.room.world().tick;
        for i in (0..self.clients).filter(|i| (u64::from(tick.0) + i).is_multiple_of(2)) {
            let mut keyed = Keyed::new(9, Tick((tick.0 + i as u32 * 7) / 30), i as u32, Purpose::Test);
            let (buttons, aim) = (Buttons(keyed.bits() as u8 & keyed.bits() as u8), Angle(keyed.bits() as u16));
            let buttons = buttons.with(Buttons::FIRE, keyed.chance(0.4));
            let sweeps = keyed.chance(self.hands);
            let rate = keyed.range(-80.0, 80.0);
            let moved = |by: u32| {
                let sweep = if sweeps { (((tick.0 + by) % 1_000) as f32 * rate) as i32 as u16 } else { 0 };
                Command::new(buttons, Angle(aim.0.wrapping_add(sweep)))
            };
            let sent = |command| SentCommand { command, edges: Edges::default() };
            let commands = vec![sent(moved(0)), sent(moved(1))];
            let seen = Seen::present(1.5);
            let batch = CommandBatch { ack: tick, stamp_ms: 0, seen, first: tick.plus(2), commands };
            let conn = ConnId(i);
            self.room.handle(RoomEvent::Message { conn, message: ClientMessage::Commands(batch) }, self.now_us);
            if (u64::from(tick.0) + i).is_multiple_of(120) {
                self.room.handle(
                    RoomEvent::Message { conn, message: ClientMessage::Relaunch { class: ShipClass::Spark } },
                    self.now_us,
                );
            }
        }
    }

    fn tick(&mut self) {
        self.room.tick(self.now_us, &|_| true);
        while let Some(output) = self.room.poll_output() {
            match output {
                Output::Snapshot { bytes, .. } => {
                    self.bytes += bytes.len() as u64;
                    self.snapshots += 1;
                }
                Output::Reliable { bytes, .. } => self.bytes += bytes.len() as u64,
                Output::Close { .. } => {}
            }
        }
    }
}

fn processor_time(sizes: &[u64]) {
    println!(
        "players | tick p50 µs | p99 µs | largest µs | µs per client and snapshot | ms per client-second | B/s per client"
    );
    for &clients in sizes {
        // As large as it will be once everybody has come.
        let mut defs = Defs::standard();
        let arena = &mut defs.arena;
        arena.radius_min = (arena.radius_per_root_pilot * (clients as f32).sqrt()).clamp(2_200.0, 6_399.0);
        let config = RoomConfig { seed: 3, bots: 0, players_max: clients as u16, defs, ..RoomConfig::default() };
        let mut crowd = Crowd::new(clients, config);
        (0..600).for_each(|_| {
            crowd.talk();
            crowd.tick();
        });
        (crowd.bytes, crowd.snapshots) = (0, 0);
        let ticks = 900;
        let mut times: Vec<f64> = Vec::with_capacity(ticks);
        for _ in 0..ticks {
            let began = Instant::now();
            crowd.talk();
            crowd.tick();
            times.push(began.elapsed().as_secs_f64() * 1e6);
        }
        let total: f64 = times.iter().sum();
        times.sort_by(f64::total_cmp);
        let seconds = ticks as f64 / 60.0;
        println!(
            "{clients:>7} | {:>11.0} | {:>6.0} | {:>10.0} | {:>26.2} | {:>20.3} | {:>14.0}",
            times[ticks / 2],
            times[ticks * 99 / 100],
            times[ticks - 1],
            total / crowd.snapshots as f64,
            total / 1e3 / (clients as f64 * seconds),
            crowd.bytes as f64 / (clients as f64 * seconds),
        );
    }
}

/// A narrow arena full of brawling pilots, and one person who watches from inside: bytes per snapshot, by section.
///
/// They are the server's own bots (new aims fifteen times a second), or fake clients with hands.
fn bytes_in_a_fight(pilots: u16, radius: f32, hands: Option<f32>, quick_guns: bool) {
    let mut defs = Defs::standard();
    (defs.arena.radius_min, defs.arena.radius_max) = (radius, radius + 1.0);
    let gun = &mut defs.weapons[0];
    if quick_guns {
        // More and weaker shots: the sky full of them, and everybody lives as long as before.
        (gun.period_ticks, gun.energy, gun.damage) = (4, 1, 4);
        if let Barrel::Bolt(bolt) = &mut gun.barrel {
            bolt.life_ticks = 90;
        }
    }
    let bots = if hands.is_some() { 0 } else { pilots };
    let config = RoomConfig { seed: 3, bots, players_max: 2_000, defs: defs.clone(), ..RoomConfig::default() };
    let mut crowd = Crowd::new(hands.map_or(0, |_| u64::from(pilots)), config);
    crowd.hands = hands.unwrap_or(0.0);
    let conn = ConnId(100_000);
    crowd.room.handle(RoomEvent::newcomer(conn), 0);
    let mut replica = Replica::new(defs, (800, 450), None, 0);
    replica.set_foresight(false);
    let (mut bytes, mut snapshots, mut ships, mut shots, mut entered) = (0usize, 0u32, 0, 0, 0);
    let (mut sections, mut sent) = ([0; SECTIONS.len()], 0);
    let (warm, ticks) = (900, 4_500u64);
    let mut known = Vec::new();
    for i in 0..ticks {
        crowd.talk();
        if i == warm {
            (sections, sent) = (crowd.room.status().section_bits, crowd.room.status().snapshots);
        }
        crowd.room.tick(crowd.now_us, &|_| true);
        while let Some(output) = crowd.room.poll_output() {
            let is_snapshot = matches!(output, Output::Snapshot { .. });
            let (Output::Snapshot { conn: to, bytes: message } | Output::Reliable { conn: to, bytes: message }) =
                output
            else {
                continue;
            };
            if to != conn {
                continue;
            }
            replica.handle_bytes(message, crowd.now_us).expect("our own room's words");
            if i >= warm {
                bytes += message.len();
                snapshots += u32::from(is_snapshot);
                if is_snapshot {
                    ships += replica.known().ships.len();
                    shots += replica.known().shots.len();
                    let now: Vec<_> = replica.known().ships.iter().map(|told| told.state.id).collect();
                    entered += now.iter().filter(|id| !known.contains(*id)).count();
                    known = now;
                }
            }
        }
        replica.frame(crowd.now_us, Intent::default());
        while let Some(message) = replica.poll_transmit() {
            if let Ok(message) = shared::protocol::codec::decode_client(&message) {
                crowd.room.handle(RoomEvent::Message { conn, message }, crowd.now_us);
            }
        }
    }
    let seconds = (ticks - warm) as f64 / 60.0;
    let per = |count: f64| count / f64::from(snapshots);
    println!(
        "{} pilots{}: {:.1} ships and {:.1} shots known, {:.1} enter a second; {:.1} snapshots/s of {:.1} B, {:.0} B/s in all",
        pilots,
        hands.map_or(" (bots)".to_owned(), |share| format!(" whose aim moves {:.0} % of the time", share * 100.0)),
        per(ships as f64),
        per(shots as f64),
        entered as f64 / seconds,
        f64::from(snapshots) / seconds,
        per(bytes as f64),
        bytes as f64 / seconds,
    );
    {
        let now = crowd.room.status();
        let of = |i: usize| (now.section_bits[i] - sections[i]) as f64 / 8.0 / (now.snapshots - sent) as f64;
        for (i, name) in SECTIONS.iter().enumerate() {
            println!("  {name:<16} {:>6.2} B per snapshot", of(i));
        }
        let ships_bytes = of(2) + of(3);
        println!("  news and enters  {:>6.2} B per ship and snapshot", ships_bytes / per(ships as f64));
    }
}

fn main() {
    if let Some(clients) = std::env::args().skip(1).find_map(|word| word.parse().ok()) {
        return processor_time(&[clients]);
    }
    bytes_in_a_fight(145, 1_900.0, None, false);
    bytes_in_a_fight(145, 1_900.0, None, true);
    for hands in [0.0, 0.33, 1.0] {
        bytes_in_a_fight(250, 1_900.0, Some(hands), false);
    }
    processor_time(&[50, 200, 500, 1_000, 2_000]);
}
