//! Tests that a recording holds what its hits depended on: without the lags it would come out differently.

use super::{
    MAGIC, Playback, ReplayError,
    chunk::{Chunk, Held},
};
use crate::{
    defs::ShipClass,
    ids::PlayerId,
    protocol::{ClientMessage, CommandBatch, Edges, Seen, SentCommand, codec},
    quantize::Angle,
    rewind::Lag,
    rng::{Keyed, Purpose},
    room::{ConnId, Room, RoomConfig, RoomEvent},
    sim::{Buttons, Command},
    tick::{TICK_US, Tick},
};

const HUNTERS: u64 = 6;

/// Six people in Lancers among bots, who aim at where the nearest ship was a tenth of a second ago and say so.
fn recording() -> Vec<u8> {
    let config = RoomConfig { seed: 5, bots: 12, record: true, start_points: 500, ..RoomConfig::default() };
    let mut room = Room::new(config);
    for i in 0..HUNTERS {
        let conn = ConnId(i);
        room.handle(RoomEvent::newcomer(conn), 0);
        let play = ClientMessage::Play { name: format!("H{i}"), class: ShipClass::Lancer };
        room.handle(RoomEvent::Message { conn, message: play }, 0);
    }
    let mut bytes = Vec::new();
    for i in 1..=3_600u64 {
        let now = room.world().tick;
        for conn in 0..HUNTERS {
            let command = hunt(&room, conn);
            let seen = Seen { back: 56, delay: Seen::PRESENT };
            let commands = vec![SentCommand { command, edges: Edges::default() }];
            let batch = CommandBatch { ack: now, stamp_ms: 0, seen, first: now.next(), commands };
            let conn = ConnId(conn);
            room.handle(RoomEvent::Message { conn, message: ClientMessage::Commands(batch) }, i * TICK_US);
            if i % 120 == 0 {
                let message = ClientMessage::Relaunch { class: ShipClass::Lancer };
                room.handle(RoomEvent::Message { conn, message }, i * TICK_US);
            }
        }
        room.tick(i * TICK_US, &|_| true);
        while room.poll_output().is_some() {}
        bytes.extend(core::iter::from_fn(|| room.poll_recording()).flatten());
    }
    room.finish_recording();
    bytes.extend(core::iter::from_fn(|| room.poll_recording()).flatten());
    bytes
}

fn hunt(room: &Room, conn: u64) -> Command {
    let world = room.world();
    // People take slots from bots, in whatever order; each flies what is not a bot's.
    let mine = world.pilots.iter().enumerate().filter(|(_, pilot)| pilot.as_ref().is_some_and(|pilot| !pilot.bot));
    let slot = mine.map(|(slot, _)| slot).nth(conn as usize).unwrap_or(0);
    let Some(own) = world.ship(PlayerId(slot as u16)) else { return Command::default() };
    let at = own.body.pos.to_vec2();
    let others = world.ships().filter(|ship| ship.id != own.id);
    let ways = others.map(|ship| ship.body.pos.to_vec2() - ship.body.vel.to_vec2() * 0.11 - at);
    let way = ways.min_by(|a, b| a.length().total_cmp(&b.length())).unwrap_or_default();
    let far = u8::from(way.length() > 400.0);
    Command::new(Buttons(Buttons::FIRE | (Buttons::THRUST * far)), Angle::of(way))
}

/// The same file with every lag changed, and how many there were.
fn edited(bytes: &[u8], change: impl Fn(usize, &mut (PlayerId, Lag))) -> (Vec<u8>, usize) {
    let (mut rest, mut out, mut lags) = (&bytes[MAGIC.len()..], MAGIC.to_vec(), 0);
    let (mut read, mut written, mut header) = (Held::new(), Held::new(), true);
    while let Some((length, later)) = rest.split_first_chunk::<4>() {
        let (frame, later) = later.split_at(u32::from_le_bytes(*length) as usize);
        let mut frame = frame.to_vec();
        if !header {
            let chunk: Chunk = codec::decode_replay(&frame).unwrap();
            let mut records = chunk.unpack(&mut read).unwrap();
            for lag in records.iter_mut().flat_map(|record| &mut record.lags) {
                change(lags, lag);
                lags += 1;
            }
            frame = codec::encode_replay(&Chunk::pack(&records, &mut written, chunk.checksum));
        }
        header = false;
        out.extend((frame.len() as u32).to_le_bytes());
        out.extend(frame);
        rest = later;
    }
    (out, lags)
}

#[test]
fn a_recording_reproduces_hits_that_depended_on_lag() {
    let bytes = recording();
    let summary = Playback::open(bytes.clone()).unwrap().verify().unwrap();
    assert!(summary.kills > 0 && summary.ticks == 3_600);
    let (same, lags) = edited(&bytes, |_, _| {});
    assert!(lags > 50, "only {lags} lags were recorded");
    assert!(Playback::open(same).unwrap().verify().is_ok());
    let (without, _) = edited(&bytes, |_, (_, lag)| *lag = Lag::default());
    let diverged = Playback::open(without).unwrap().verify();
    assert!(matches!(diverged, Err(ReplayError::Diverged { .. })), "{diverged:?}");
}

#[test]
fn lags_from_anywhere_are_an_answer_not_a_panic() {
    let bytes = recording();
    for seed in 0..3 {
        let (wild, _) = edited(&bytes, |i, (player, lag)| {
            let mut keyed = Keyed::new(seed, Tick(i as u32), 0, Purpose::Test);
            let mut byte = || keyed.bits() as u8;
            *lag = Lag { late: byte(), catch_up: byte(), back: byte() };
            player.0 = u16::from(byte());
        });
        let _ = Playback::open(wild).and_then(Playback::verify);
    }
}
