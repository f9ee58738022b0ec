//! Bytes and behaviour from somebody who means harm: never a panic, and nobody else notices. (Every reader of bytes alone, with many
//! more seeds: `tools/harm`.)

use shared::{
    defs::{Defs, ShipClass},
    ids::PlayerId,
    link::Profile,
    protocol::{
        ClientMessage, CommandBatch, Hello, LaneKey, Opening, Quick, Resume, ResumeToken, Seen, SentCommand, Watch,
        Words, codec,
    },
    replica::{Intent, Phase, Replica},
    rng::{Keyed, Purpose},
    room::{ConnId, Credentials, Room, RoomConfig, RoomEvent},
    sim::Buttons,
    tick::{TICK_US, Tick},
};

use suite::{
    harness::{Match, Style},
    spectator,
};

#[test]
fn a_replica_survives_any_server() {
    let messages = spectator::told_for(400);
    for seed in 0..300u32 {
        let mut keyed = Keyed::new(u64::from(seed), Tick(0), 0, Purpose::Test);
        let mut replica = Replica::new(Defs::standard(), (800, 450), None, 0);
        for (i, message) in messages.iter().enumerate() {
            let mut bytes = message.clone();
            // Now and then a flipped bit, a cut, a tail or another message's place.
            match keyed.below(60) {
                0 if !bytes.is_empty() => {
                    let at = keyed.below(bytes.len() as u32) as usize;
                    bytes[at] ^= 1 << keyed.below(8);
                }
                1 => bytes.truncate(keyed.below(bytes.len() as u32 + 1) as usize),
                2 => bytes.push(keyed.bits() as u8),
                3 => bytes.clone_from(&messages[keyed.below(messages.len() as u32) as usize]),
                _ => {}
            }
            let now = i as u64 * 33_000;
            let _ = replica.handle_bytes(&bytes, now);
            let view = replica.frame(now, Intent::default());
            assert!(view.ships.len() < 600 && view.shots.len() < 5_000, "seed {seed}");
        }
    }
}

#[test]
fn a_room_survives_any_client_and_the_others_do_not_notice() {
    for seed in 0..20u64 {
        let mut live = Match::new(seed, 6, Profile::ALL[0]);
        let honest = live.join(Style::Wild);
        live.run_until(600, |live| live.players[honest].replica.view().phase == Phase::Flying);
        let villain = ConnId(9_999);
        let credentials = Credentials {
            profile_key: None,
            resume_key: Some([7; 32]),
            token: ResumeToken([9; 16]),
            token_key: [9; 32],
            lane: LaneKey([5; 16]),
        };
        let hello = Hello {
            resume: Some(Resume { token: ResumeToken([7; 16]), heard: 999 }),
            profile: None,
            view_half: (u16::MAX, 0),
        };
        live.room.handle(RoomEvent::Connect { conn: villain, hello, credentials }, live.now_us);
        let mut keyed = Keyed::new(seed, Tick(1), 0, Purpose::Test);
        live.run(240, |live| {
            for _ in 0..keyed.below(12) {
                let message = any_message(&mut keyed);
                live.room.handle(RoomEvent::Message { conn: villain, message }, live.now_us);
            }
        });
        let line = live.players[honest].replica.view().line;
        assert!(line.staleness_ms < 100.0, "seed {seed}: {} ms", line.staleness_ms);
        assert_eq!(live.players[honest].closed, None, "seed {seed}");
        live.room.handle(RoomEvent::Disconnect { conn: villain }, live.now_us);
    }
}

fn any_message(keyed: &mut Keyed) -> ClientMessage {
    match keyed.below(12) {
        0 => ClientMessage::Play { name: "\u{202E}x".repeat(keyed.below(300) as usize), class: ShipClass::Lancer },
        1 => ClientMessage::Relaunch { class: ShipClass::Lancer },
        2 => ClientMessage::SetView { half: (keyed.bits() as u16, keyed.bits() as u16) },
        3 => ClientMessage::Idle(keyed.chance(0.5)),
        4 => ClientMessage::NeedFull,
        5 => ClientMessage::Leave,
        6 => ClientMessage::Say(Words::Text("\u{202E}z\u{301}".repeat(keyed.below(1_000) as usize))),
        8 => ClientMessage::Watch(Watch::Pilot(PlayerId(keyed.bits() as u16))),
        9 => ClientMessage::Watch(Watch::Place(keyed.bits() as i16, keyed.bits() as i16)),
        10 => {
            ClientMessage::Watch([Watch::Next, Watch::Previous, Watch::Killer, Watch::Leader][keyed.below(4) as usize])
        }
        7 => ClientMessage::Say(Words::Quick(Quick::ALL[keyed.below(8) as usize])),
        _ => ClientMessage::Commands(CommandBatch {
            ack: Tick(keyed.bits()),
            stamp_ms: keyed.bits() as u16,
            seen: Seen { back: keyed.bits() as u8, delay: keyed.bits() as u8 },
            first: Tick(keyed.bits() >> keyed.below(32)),
            commands: vec![SentCommand::from((keyed.bits() as u8, keyed.bits() as u16)); 16],
        }),
    }
}

#[test]
fn hurrying_commands_gain_nothing() {
    // One pilot sends a command for every tick; the other sends each twice, from the past and the far future too.
    let travelled = |cheat: bool| {
        let mut room = Room::new(RoomConfig { seed: 4, bots: 0, ..RoomConfig::default() });
        let conn = ConnId(1);
        room.handle(RoomEvent::newcomer(conn), 0);
        room.handle(
            RoomEvent::Message { conn, message: ClientMessage::Play { name: "x".into(), class: ShipClass::Spark } },
            0,
        );
        for i in 1..240u64 {
            let tick = room.world().tick;
            let thrust = vec![SentCommand::from((Buttons::THRUST, 0)); if cheat { 16 } else { 1 }];
            let firsts: &[i32] = if cheat { &[1, 1, -10, 20, 1_000, i32::MIN] } else { &[1] };
            for &ahead in firsts {
                let batch = CommandBatch {
                    ack: tick,
                    stamp_ms: 0,
                    seen: Seen::default(),
                    first: tick.plus(ahead),
                    commands: thrust.clone(),
                };
                room.handle(RoomEvent::Message { conn, message: ClientMessage::Commands(batch) }, i * TICK_US);
            }
            room.tick(i * TICK_US, &|_| true);
            while room.poll_output().is_some() {}
        }
        room.world().ships().next().map(|ship| ship.body)
    };
    assert_eq!(travelled(true), travelled(false));
}

#[test]
fn nothing_is_told_from_outside_the_area() {
    let mut live = Match::new(21, 60, Profile::ALL[0]);
    let pilot = live.join(Style::Wild);
    live.run_until(600, |live| live.players[pilot].replica.view().phase == Phase::Flying);
    let mut seen = 0;
    live.run(1_800, |live| {
        let conn = live.players[pilot].conn;
        let Some(projection) = live.room.projection(conn) else { return };
        let own = live.players[pilot].replica.player().and_then(|player| live.room.world().ship(player));
        let Some(own) = own else { return };
        // The view is 1600 × 900 u, a fifth more is sent, 15 % more is kept, and a quarter second of motion.
        let (centre, vel) = (own.body.pos.to_vec2(), own.body.vel.to_vec2().abs());
        let half = glam::Vec2::new(800.0, 450.0) * 1.2 + vel * 0.25 + 40.0;
        for ship in &projection.ships {
            let off = (ship.state.body.pos.to_vec2() - centre).abs();
            assert!(off.cmple(half * 1.15 + 10.0).all(), "a ship {off} off");
            seen += 1;
        }
        // Shots that were told fly on by themselves; new ones come from inside only.
        for pos in projection.shots.iter().filter(|shot| shot.age < 2).map(|shot| shot.pos) {
            assert!((pos.to_vec2() - centre).abs().cmple(half + 30.0).all(), "a shot {pos:?} off");
        }
    });
    assert!(seen > 500, "only {seen} ships were seen at all");
}

#[test]
fn hello_bytes_of_any_kind_are_an_answer_not_a_panic() {
    let good = codec::encode_opening(&Opening::Hello(Hello { resume: None, profile: None, view_half: (800, 450) }));
    for end in 0..good.len() {
        assert!(codec::decode_opening(&good[..end]).is_err());
    }
    assert!(codec::decode_opening(&vec![0; 10_000]).is_err());
}
