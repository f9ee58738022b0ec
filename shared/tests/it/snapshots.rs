//! Snapshots as messages: their parts, their baselines, and what a byte budget makes of them.

use shared::{
    defs::Defs,
    limits::{SNAPSHOT_BYTES_MAX, SNAPSHOT_PARTS_MAX},
    protocol::{ClientMessage, CommandBatch, Seen, ServerMessage, Snapshot, SnapshotFlags, codec},
    replica::{Intent, Replica},
    room::{ConnId, Output, Room, RoomConfig, RoomEvent},
    tick::{TICK_US, Tick},
};

const CONN: ConnId = ConnId(2);

/// A narrow arena full of bots.
fn crowd(bots: u16, bytes_per_s: u32) -> Room {
    let mut defs = Defs::standard();
    (defs.arena.radius_min, defs.arena.radius_max) = (1_500.0, 1_501.0);
    let mut room = Room::new(RoomConfig { seed: 3, bots, defs, bytes_per_s, ..RoomConfig::default() });
    (1..=300).for_each(|_| drop(tick(&mut room)));
    room
}

/// One tick; returns what was sent to [`CONN`].
fn tick(room: &mut Room) -> Vec<Vec<u8>> {
    let now_us = u64::from(room.world().tick.0 + 1) * TICK_US;
    room.tick(now_us, &|_| true);
    let mut sent = Vec::new();
    while let Some(output) = room.poll_output() {
        if let Output::Snapshot { conn: CONN, bytes } | Output::Reliable { conn: CONN, bytes } = output {
            sent.push(bytes.to_vec());
        }
    }
    sent
}

fn connect(room: &mut Room) -> Replica {
    let now_us = u64::from(room.world().tick.0) * TICK_US;
    room.handle(RoomEvent::newcomer(CONN), now_us);
    let mut replica = Replica::new(Defs::standard(), (800, 450), None, now_us);
    while let Some(output) = room.poll_output() {
        if let Output::Reliable { bytes, .. } = output {
            replica.handle_bytes(bytes, now_us).expect("a greeting");
        }
    }
    replica
}

fn snapshots(sent: &[Vec<u8>]) -> Vec<Snapshot> {
    let snapshot = |bytes: &Vec<u8>| match codec::decode_server(bytes) {
        Ok(ServerMessage::Snapshot(snapshot)) => Some(snapshot),
        _ => None,
    };
    sent.iter().filter_map(snapshot).collect()
}

fn acknowledge(room: &mut Room, ack: Tick) {
    let batch = CommandBatch { ack, stamp_ms: 0, seen: Seen::default(), first: ack, commands: Vec::new() };
    let now_us = u64::from(room.world().tick.0) * TICK_US;
    room.handle(RoomEvent::Message { conn: CONN, message: ClientMessage::Commands(batch) }, now_us);
}

/// The next tick in which [`CONN`] gets a snapshot.
fn next_snapshot(room: &mut Room) -> Vec<Vec<u8>> {
    for _ in 0..200 {
        let sent = tick(room);
        if !snapshots(&sent).is_empty() {
            return sent;
        }
    }
    panic!("no snapshot in 200 ticks");
}

#[test]
fn what_does_not_fit_one_segment_comes_in_parts_of_the_same_tick() {
    let mut room = crowd(250, 24_000);
    let mut replica = connect(&mut room);
    let sent = next_snapshot(&mut room);
    let parts = snapshots(&sent);
    assert!((2..=SNAPSHOT_PARTS_MAX).contains(&parts.len()), "{} parts", parts.len());
    assert!(sent.iter().all(|bytes| bytes.len() <= SNAPSHOT_BYTES_MAX));
    let flags: Vec<u8> = parts.iter().map(|part| part.flags.0).collect();
    assert_eq!(flags[0], SnapshotFlags::FULL | SnapshotFlags::MORE);
    assert!(flags[1..].iter().all(|flags| flags & SnapshotFlags::PART != 0), "{flags:?}");
    assert_eq!(flags.iter().filter(|flags| *flags & SnapshotFlags::MORE == 0).count(), 1, "{flags:?}");
    for bytes in &sent {
        replica.handle_bytes(bytes, 0).expect("our own room's words");
    }
    let known = replica.known().clone();
    assert_eq!(Some(&known.ships), room.projection(CONN).map(|meant| meant.ships).as_ref());
    // Nearest first: nobody in sight is missing while somebody farther away is there.
    let eye = room.world().ships().find(
        |ship| matches!(known.station, shared::protocol::body::Station::Watching(player) if player == ship.id.player),
    );
    let centre = eye.expect("somebody is watched").body.pos.to_vec2();
    let told = |ship: &&shared::sim::Ship| known.find_ship(ship.id.player).is_ok();
    let distance = |ship: &shared::sim::Ship| ship.body.pos.to_vec2().distance(centre);
    let nearest_missing = room.world().ships().filter(|ship| !told(ship)).map(distance).fold(f32::INFINITY, f32::min);
    assert!(nearest_missing > 300.0, "a ship {nearest_missing} u away was not told");
}

#[test]
fn every_snapshot_names_its_baseline_and_a_lost_one_is_noticed() {
    let mut room = crowd(20, 24_000);
    let mut replica = connect(&mut room);
    let mut last: Option<Tick> = None;
    for round in 0..40 {
        let sent = next_snapshot(&mut room);
        for part in snapshots(&sent) {
            let back = last.map_or(0, |last| part.tick.since(last));
            assert_eq!(i32::from(part.base), back, "at {:?}", part.tick);
            last = Some(part.tick);
        }
        let now = room.world().tick;
        acknowledge(&mut room, now);
        let heard: Result<Vec<()>, _> = sent.iter().map(|bytes| replica.handle_bytes(bytes, 0)).collect();
        assert!(heard.is_ok(), "in round {round}");
    }
    let lost = next_snapshot(&mut room);
    let later = next_snapshot(&mut room);
    assert!(!lost.is_empty());
    assert!(later.iter().any(|bytes| replica.handle_bytes(bytes, 0).is_err()), "a gap must not go unnoticed");
}

#[test]
fn a_small_budget_is_kept_and_spent_on_what_is_near() {
    const BYTES_PER_S: u32 = 1_500;
    let mut room = crowd(120, BYTES_PER_S);
    let mut replica = connect(&mut room);
    let (mut bytes, mut near, mut far) = (0, Vec::new(), Vec::new());
    let seconds = 30;
    for round in 0..seconds * 60 {
        for message in tick(&mut room) {
            bytes += message.len();
            let now_us = u64::from(room.world().tick.0) * TICK_US;
            replica.handle_bytes(&message, now_us).expect("our own room's words");
            replica.frame(now_us, Intent::default());
        }
        acknowledge(&mut room, replica.known().tick);
        if round < 300 {
            continue;
        }
        let known = replica.known();
        let centre = replica.view().focus.pos;
        for ship in &known.ships {
            let age = known.tick.since(ship.tick);
            let distance = ship.state.body.pos.to_vec2().distance(centre);
            if distance < 300.0 { &mut near } else { &mut far }.push(f64::from(age));
        }
    }
    assert!(bytes <= (BYTES_PER_S as usize) * (seconds + 3), "{bytes} bytes in {seconds} s");
    let mean = |ages: &[f64]| ages.iter().sum::<f64>() / ages.len() as f64;
    assert!(near.len() > 500 && far.len() > 500, "{} near, {} far", near.len(), far.len());
    assert!(mean(&near) * 1.5 < mean(&far), "near ships are {} ticks old, far ones {}", mean(&near), mean(&far));
}
