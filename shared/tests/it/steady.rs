//! A steady tick allocates nothing: memory is used again and again, so that a room's cost does not depend on an
//! allocator's mood.

use shared::{
    protocol::{ClientMessage, CommandBatch, Edges, Seen, SentCommand},
    quantize::Angle,
    room::{ConnId, Room, RoomConfig, RoomEvent},
    sim::{Buttons, Command, Event},
    tick::{TICK_HZ, TICK_US},
};
use suite::counting::{Counting, times};

#[global_allocator]
static COUNTING: Counting = Counting;

/// Fifty people, flying, firing and acknowledging.
fn talk(room: &mut Room, people: u64, now_us: u64) {
    let tick = room.world().tick;
    for i in 0..people {
        let turn = (u64::from(tick.0 / 20) * 7_919 + i * 104_729) as u16;
        let buttons = Buttons(turn as u8 & !Buttons::BRAKE).with(Buttons::FIRE, turn.is_multiple_of(3));
        let command =
            SentCommand { command: Command::new(buttons, Angle(turn.wrapping_mul(31))), edges: Edges::default() };
        let batch =
            CommandBatch { ack: tick, stamp_ms: 0, seen: Seen::default(), first: tick.next(), commands: vec![command] };
        room.handle(RoomEvent::Message { conn: ConnId(i), message: ClientMessage::Commands(batch) }, now_us);
    }
}

#[test]
fn a_steady_tick_allocates_nothing() {
    let people = 50;
    let mut room = Room::new(RoomConfig { seed: 3, bots: 0, ..RoomConfig::default() });
    for i in 0..people {
        let conn = ConnId(i);
        room.handle(RoomEvent::newcomer(conn), 0);
        let play = ClientMessage::Play { name: format!("P{i}"), class: Default::default() };
        room.handle(RoomEvent::Message { conn, message: play }, 0);
    }
    let (mut allocating, mut steady, mut sent, mut told_until) = (Vec::new(), 0, 0, 0);
    for round in 1..=5_400u64 {
        let now_us = round * TICK_US;
        talk(&mut room, people, now_us);
        let before = (times(), room.status().snapshots);
        room.tick(now_us, &|_| true);
        while room.poll_output().is_some() {}
        let allocated = times() - before.0;
        sent += room.status().snapshots - before.1;
        // Who is hit or dies is told by a message of its own, within two ticks; standings come once a second.
        if room.events().iter().any(|event| !matches!(event, Event::ShotEnded { .. })) {
            told_until = round + 2;
        }
        if round > 2_700 && round > told_until && room.world().tick.0 % TICK_HZ >= 2 {
            steady += 1;
            if allocated > 0 {
                allocating.push((round, allocated));
            }
        }
    }
    assert!(sent > 120_000 && steady > 400, "only {sent} snapshots, {steady} steady ticks");
    // A buffer may still have to grow a little, now and then.
    assert!(allocating.len() * 50 < steady, "of {steady} steady ticks these allocated: {allocating:?}");
}
