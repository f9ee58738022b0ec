//! What somebody who only looks on is told: messages of a real session, for those who spoil them.

use shared::{
    protocol::{ClientMessage, CommandBatch, Seen},
    room::{ConnId, Output, Room, RoomConfig, RoomEvent},
    tick::{TICK_US, Tick},
};

/// The messages of so many ticks in a room of bots, in their order; each snapshot is acknowledged.
#[must_use]
pub fn told_for(ticks: u64) -> Vec<Vec<u8>> {
    let mut room = Room::new(RoomConfig { seed: 3, bots: 12, ..RoomConfig::default() });
    let conn = ConnId(1);
    room.handle(RoomEvent::newcomer(conn), 0);
    let mut messages = Vec::new();
    for i in 1..=ticks {
        room.tick(i * TICK_US, &|_| true);
        while let Some(output) = room.poll_output() {
            match output {
                Output::Snapshot { bytes, .. } | Output::Reliable { bytes, .. } => messages.push(bytes.to_vec()),
                Output::Close { .. } => {}
            }
        }
        let (ack, seen) = (room.world().tick, Seen::default());
        let batch = CommandBatch { ack, stamp_ms: 0, seen, first: Tick(0), commands: Vec::new() };
        room.handle(RoomEvent::Message { conn, message: ClientMessage::Commands(batch) }, i * TICK_US);
    }
    messages
}
