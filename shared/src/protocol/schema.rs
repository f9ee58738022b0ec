//! The protocol's fingerprint: two builds talk only if it is equal. It covers the messages' shape (by encoding one
//! of each), the packed records, the lattice, the tick rate and every number of the game, because both ends
//! simulate.

use std::sync::OnceLock;

use super::{
    bits::BitWriter,
    body::{self, Happening, Station},
    chat::{Chat, ChatLine, ChatMode, Quick, Words},
    close::CloseCode,
    entity_state::{self, HULL_STEPS, PublicShip, SHIELD_STEPS},
    messages::{
        ClientMessage, CommandBatch, ConsoleLine, Deed, Hello, LaneKey, Leader, Leaderboard, News, Opening, Password,
        ProfileToken, Resume, ResumeToken, Roster, RosterEntry, RoundNews, ScoreRow, ServerMessage, Snapshot,
        SnapshotFlags, Welcome,
    },
    motion,
    notice::{Notice, NoticeKind, NoticeText},
    owner_state,
    season::{OwnSeason, PodiumPlace, SeasonEnd},
    sent::{Seen, SentCommand},
    steering,
    watch::{Fall, Watch},
};
use crate::{
    defs::{
        Defs, GameMode, Mutator, Mutators, PickupKind, RockSize, ShipClass, Team, Terms, Tunable, Tuning, WeaponKind,
    },
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    limits::{HISTORY_TICKS, PLAYER_BITS},
    quantize::{Angle, Lattice},
    rng::mix,
    sim::{
        Buttons, Cause, Command, Hook, Kinematics, LooseRock, Pickup, RoundPhase, Ship, Shot, Well, WellKind, golden,
    },
    tick::{TICK_HZ, Tick},
};

/// Bumped by whoever changes the order of a body's sections, or anything else that the samples below do not show.
pub const PROTOCOL_VERSION: u32 = 10;

/// Hash of everything both ends must agree on. Computed once per process, in well under a millisecond.
#[must_use]
pub fn proto_hash() -> u64 {
    static HASH: OnceLock<u64> = OnceLock::new();
    *HASH.get_or_init(|| {
        let mut text = format!("{PROTOCOL_VERSION} {TICK_HZ} {}", tables());
        for size in crate::defs::RockSize::ALL {
            text.push_str(&format!("{:?}", size.def()));
        }
        for code in CloseCode::ALL {
            text.push_str(&format!("{code:?}{}", code.number()));
        }
        let mut hash = hash_bytes(0, text.as_bytes());
        for message in client_samples() {
            hash = hash_bytes(hash, &super::codec::encode_client(&message));
        }
        for message in server_samples() {
            hash = hash_bytes(hash, &super::codec::encode_server(&message));
        }
        for opening in opening_samples() {
            hash = hash_bytes(hash, &super::codec::encode_opening_body(&opening));
        }
        hash_bytes(hash, &record_samples()) ^ rules_hash()
    })
}

/// One of each packed record, and the numbers that readers branch on.
fn record_samples() -> Vec<u8> {
    let (player, life, id) = (PlayerId(300), 7, BodyId(40_000));
    let (pos, vel) = (Lattice { x: -70_000, y: 123 }, Lattice { x: 9_000, y: -1 });
    let body = Kinematics { pos, vel, heading: Angle(54_321) };
    let defs = Defs::standard();
    let ship = Ship::fresh(ShipId { player, life }, ShipClass::default(), body, &defs);
    let key = ShotKey { owner: player, tick: 9, part: 5 };
    let cause = Cause::Shot(WeaponKind::default());
    let mut bits = BitWriter::default();
    for number in [u32::from(HULL_STEPS), u32::from(SHIELD_STEPS), u32::from(body::ROCK_STEPS), PLAYER_BITS] {
        bits.bits(number, 8);
    }
    bits.count(HISTORY_TICKS as u32);
    bits.below(5, 40);
    entity_state::write_whole_news(&mut bits, &PublicShip::of(&ship, &defs));
    entity_state::write_left_out(&mut bits);
    steering::write_controls(&mut bits, Command::default(), Command::new(Buttons(5), Angle(160)));
    motion::write_residual(&mut bits, Kinematics::default(), body);
    owner_state::write_whole(&mut bits, &ship);
    body::write_station(&mut bits, Station::Dead { killer: Some(player), cause, wait: 77, watching: None });
    body::write_whole_shot(&mut bits, &Shot { key, weapon: WeaponKind::default(), pos, vel, age: 12 });
    body::write_fired(&mut bits, (3, 9), (1, 2), (1, 3));
    body::write_well(&mut bits, &Well { pos, from: Tick(4), kind: WellKind::Push }, Tick(60));
    let names = body::Names { ships: vec![PlayerId(2), player], own: Some(PlayerId(4)) };
    body::write_shot_end(&mut bits, &names, key, Some((player, true)));
    body::write_rock(&mut bits, &LooseRock { id, size: RockSize::Large, pos, vel, hull: 99, life: 1_000, flung: None });
    for line in [None, Some(Hook::Ship(player)), Some(Hook::Rock(id))] {
        body::write_line(&mut bits, line);
    }
    body::write_pickup(
        &mut bits,
        &Pickup { id, kind: PickupKind::Mine, amount: 3, owner: Some(player), pos, vel, life: 1_000 },
    );
    body::write_pickup_end(&mut bits, &names, id, Some(player));
    let ray = Happening::Ray { owner: player, from: pos, to: vel, victim: None, struck: true };
    body::write_happening(&mut bits, &names, ray);
    body::write_happening(&mut bits, &names, Happening::Launched(ship.id));
    body::write_happening(&mut bits, &names, Happening::Damaged { player, by: Some(player), points: 9, cause });
    bits.bytes().to_vec()
}

/// Hash of the rules alone: the tables and the arithmetic, nothing of the wire. Recordings carry it, because they hold
/// commands and not messages. Any change of the arithmetic shows in the check sum of a short scripted match.
#[must_use]
pub fn rules_hash() -> u64 {
    static HASH: OnceLock<u64> = OnceLock::new();
    *HASH.get_or_init(|| {
        let (defs, tables) = (Defs::standard(), tables());
        let sizes = RockSize::ALL.map(|size| format!("{:?}", size.def()));
        let tables = hash_bytes(0, format!("{TICK_HZ} {tables} {sizes:?}").as_bytes());
        let mut live = golden::Match::new(&golden::SCRIPTS[1], &defs);
        (0..60).for_each(|_| live.advance(&defs));
        mix(tables ^ u64::from(crate::sim::checksum(&live.world)))
    })
}

/// The tables of every mode, and what tunables make of one, as text.
fn tables() -> String {
    let tables = |mode, tuning: &Tuning| format!("{:?}", Defs::tuned(Terms::of(mode), tuning));
    let modes = GameMode::ALL.map(|mode| tables(mode, &Tuning::STANDARD));
    // Not what mutators make: that is told as numbers.
    modes.concat() + &tunings().map(|tuning| tables(GameMode::Drift, &tuning)).concat()
}

/// The least and the most that each number may be.
fn tunings() -> [Tuning; 2] {
    let of = |number: fn(&Tunable) -> u16| {
        let mut tuning = Tuning::STANDARD;
        for row in &Tuning::TABLE {
            tuning.set(row.name, number(row)).expect("the limits are allowed");
        }
        tuning
    };
    [of(|row| row.min), of(|row| row.max)]
}

fn hash_bytes(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(mix(hash ^ bytes.len() as u64), |hash, byte| mix(hash ^ u64::from(*byte)))
}

fn opening_samples() -> [Opening; 3] {
    let resume = Some(Resume { token: ResumeToken([7; 16]), heard: 300 });
    let hello = Hello { resume, profile: Some(ProfileToken([9; 16])), view_half: (800, 450) };
    let keyed = Opening::Keyed { hello: hello.clone(), password: Password("p".into()) };
    [Opening::Hello(hello), Opening::Lane(LaneKey([8; 16])), keyed]
}

fn client_samples() -> [ClientMessage; 13] {
    let batch = CommandBatch {
        ack: Tick(1),
        stamp_ms: 2,
        seen: Seen { back: 11, delay: 12 },
        first: Tick(3),
        commands: vec![SentCommand::from((16, 0x1123)), SentCommand::default()],
    };
    [
        ClientMessage::Commands(batch),
        ClientMessage::Play { name: "a".into(), class: ShipClass::Lancer },
        ClientMessage::Relaunch { class: ShipClass::Lancer },
        ClientMessage::SetView { half: (1, 2) },
        ClientMessage::Idle(true),
        ClientMessage::NeedFull,
        ClientMessage::Leave,
        ClientMessage::Say(Words::Text("s".into())),
        ClientMessage::Say(Words::Quick(Quick::No)),
        ClientMessage::Watch(Watch::Pilot(PlayerId(9))),
        ClientMessage::Watch(Watch::Leader),
        ClientMessage::Watch(Watch::Place(-300, 4)),
        ClientMessage::Console(ConsoleLine("c".into())),
    ]
}

fn server_samples() -> [ServerMessage; 16] {
    let player = PlayerId(5);
    let notice = NoticeText::sample();
    let mut tuning = tunings()[1];
    tuning.mutators = Mutators::NONE.with(Mutator::HeavyStar);
    let line = |words| ChatLine { player, name: "n".into(), words };
    let row = ScoreRow { player, score: 6 };
    let season = SeasonEnd {
        number: 2,
        pilots: 9,
        best: vec![PodiumPlace { player, name: "n".into(), bot: true, points: 300 }],
        own: Some(OwnSeason { rank: 4, points: 7, kills: 3, deaths: 2, streak: 1, class: ShipClass::Lancer }),
    };
    [
        ServerMessage::Welcome(Welcome {
            room: "r".into(),
            id: "i".into(),
            tick: Tick(1),
            seed: 2,
            start_points: 4,
            token: ResumeToken([3; 16]),
            lane: LaneKey([4; 16]),
            resumed: Some(player),
            chat: ChatMode::Full,
            terms: Terms::of(GameMode::CoreWar),
            tuning,
        }),
        ServerMessage::Joined { player },
        ServerMessage::Snapshot(Snapshot {
            tick: Tick(1),
            base: 2,
            flags: SnapshotFlags(2),
            margin: -3,
            echo_ms: 4,
            echo_age_ms: 5,
            check: Some(6),
            body: vec![7, 8],
        }),
        ServerMessage::Roster(Roster {
            entries: vec![RosterEntry { player, name: "n".into(), bot: true }],
            left: vec![player],
        }),
        ServerMessage::Leaderboard(Leaderboard {
            rows: vec![row],
            own: Some((1, row)),
            pilots: 2,
            leader: Some(Leader { player, at: (3, -4) }),
            giants: vec![Leader { player, at: (5, -6) }],
            mates: vec![Leader { player, at: (7, -8) }],
            season_ends: Some(Tick(36_000)),
        }),
        ServerMessage::News(News {
            first: 300,
            deeds: vec![
                Deed::Kill { killer: Some(player), victim: player, cause: Cause::Shot(WeaponKind::Pulse), points: 9 },
                Deed::Hit { victim: player, by: player, cause: Cause::Ram, points: 9 },
                Deed::Season(Box::new(season)),
                Deed::Round { winner: Some(Team::Dusk), won: true },
            ],
        }),
        ServerMessage::Chat(Chat::Earlier(vec![line(Words::Text("t".into()))])),
        ServerMessage::Chat(Chat::Said(vec![line(Words::Quick(Quick::No))])),
        ServerMessage::Chat(Chat::Hushed),
        ServerMessage::Fall(Fall {
            killer: Some(player),
            cause: Some(Cause::Shot(WeaponKind::Rail)),
            class: Some(ShipClass::Lancer),
            away: Some(840),
            own_ms: Some(62),
            their_ms: None,
            attackers: [Some((player, 55)), None, None],
        }),
        ServerMessage::Round(RoundNews {
            tick: Tick(1),
            number: 2,
            phase: RoundPhase::Play,
            left: 3,
            cores: [4, 5],
            points: [6, 7],
            winner: Some(Team::Dawn),
        }),
        ServerMessage::Restarting { seconds: 300 },
        ServerMessage::Chat(Chat::Muted),
        ServerMessage::Notice(Notice { kind: NoticeKind::Announcement, text: notice.clone() }),
        ServerMessage::Notice(Notice { kind: NoticeKind::Private, text: notice }),
        ServerMessage::Tuned { from: Tick(300), tuning },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codec;
    use proptest::prelude::*;

    #[test]
    fn every_message_survives_the_wire_and_tolerates_no_tail() {
        for message in client_samples() {
            let mut bytes = codec::encode_client(&message);
            assert_eq!(codec::decode_client(&bytes), Ok(message));
            bytes.push(0);
            assert_eq!(codec::decode_client(&bytes), Err(codec::DecodeError::Trailing { bytes: 1 }));
        }
        for message in server_samples() {
            let bytes = codec::encode_server(&message);
            assert_eq!(codec::decode_server(&bytes).as_ref(), Ok(&message));
            let flags = if let ServerMessage::Snapshot(snapshot) = &message { Some(snapshot.flags) } else { None };
            assert_eq!(codec::snapshot_flags(&bytes), flags);
            // A snapshot's body is the rest of its message, and its own bits say where it ends.
            let head = if matches!(message, ServerMessage::Snapshot(_)) { 13 } else { bytes.len() };
            for end in 0..head {
                assert!(codec::decode_server(&bytes[..end]).is_err(), "cut at {end}");
            }
        }
        for opening in opening_samples() {
            assert_eq!(codec::decode_opening(&codec::encode_opening(&opening)), Ok(opening));
        }
    }

    #[test]
    fn a_length_bomb_is_refused_before_it_allocates() {
        // A command batch whose vector claims 2^40 elements.
        let mut bytes = vec![0, 0, 0, 0, 0, 0, 253];
        bytes.extend((1u64 << 40).to_le_bytes());
        assert_eq!(codec::decode_client(&bytes), Err(codec::DecodeError::Malformed));
    }

    #[test]
    fn limits_beyond_the_codec_are_checked() {
        let commands = vec![SentCommand::default(); crate::limits::COMMANDS_PER_BATCH_MAX + 1];
        let batch = CommandBatch { ack: Tick(0), stamp_ms: 0, seen: Seen::default(), first: Tick(0), commands };
        let bytes = codec::encode_client(&ClientMessage::Commands(batch));
        assert_eq!(codec::decode_client(&bytes), Err(codec::DecodeError::OutOfRange { field: "commands" }));
        for (lines, name, text, field) in [(9, 1, 1, "chat lines"), (1, 17, 1, "chat name"), (1, 1, 121, "chat text")] {
            let words = Words::Text("w".repeat(text));
            let line = ChatLine { player: PlayerId(1), name: "n".repeat(name), words };
            let bytes = codec::encode_server(&ServerMessage::Chat(Chat::Said(vec![line; lines])));
            assert_eq!(codec::decode_server(&bytes), Err(codec::DecodeError::OutOfRange { field }));
        }
        let mut messages = server_samples().into_iter();
        let Some(ServerMessage::Welcome(welcome)) = messages.next() else { panic!("the first is a welcome") };
        let terms = Terms { round_s: 3, ..welcome.terms };
        let bytes = codec::encode_server(&ServerMessage::Welcome(Welcome { terms, ..welcome }));
        assert_eq!(codec::decode_server(&bytes), Err(codec::DecodeError::OutOfRange { field: "round" }));
        let mut bytes = codec::encode_server(&ServerMessage::Tuned { from: Tick(1), tuning: Tuning::STANDARD });
        let mutators = bytes.len() - 1;
        bytes[mutators - crate::defs::tuning::TUNABLES] = 3;
        assert_eq!(codec::decode_server(&bytes), Err(codec::DecodeError::OutOfRange { field: "gravity" }));
        bytes.splice(
            mutators - crate::defs::tuning::TUNABLES..,
            [[100; crate::defs::tuning::TUNABLES].as_slice(), &[251, 0, 1]].concat(),
        );
        assert_eq!(codec::decode_server(&bytes), Err(codec::DecodeError::OutOfRange { field: "mutators" }));
        let line = ConsoleLine("c".repeat(crate::limits::CONSOLE_BYTES_MAX + 1));
        let bytes = codec::encode_client(&ClientMessage::Console(line));
        assert_eq!(codec::decode_client(&bytes), Err(codec::DecodeError::OutOfRange { field: "console" }));
        let Opening::Hello(hello) = opening_samples()[0].clone() else { panic!("the first is a hello") };
        let keyed = Opening::Keyed { hello, password: Password("p".repeat(crate::limits::PASSWORD_BYTES_MAX + 1)) };
        let beyond = codec::DecodeError::OutOfRange { field: "password" };
        assert_eq!(codec::decode_opening(&codec::encode_opening(&keyed)), Err(codec::OpeningError::Decode(beyond)));
        let long = vec![0; crate::limits::CLIENT_MESSAGE_BYTES_MAX + 1];
        assert!(matches!(codec::decode_client(&long), Err(codec::DecodeError::TooLong { .. })));
    }

    #[test]
    fn another_version_is_told_apart_whatever_follows() {
        let mut bytes = codec::encode_opening(&opening_samples()[0]);
        bytes[0] ^= 1;
        bytes.truncate(8);
        let theirs = proto_hash() ^ 1;
        assert_eq!(codec::decode_opening(&bytes), Err(codec::OpeningError::Version { theirs }));
        assert_eq!(codec::decode_opening(&[1, 2]), Err(codec::OpeningError::Decode(codec::DecodeError::Malformed)));
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = codec::decode_client(&bytes);
            let _ = codec::decode_server(&bytes);
            let _ = codec::decode_opening(&bytes);
        }

        #[test]
        fn decoded_commands_are_in_range(buttons: u8, aim: u16) {
            let sent = SentCommand::from((buttons, aim));
            let batch = CommandBatch {
                ack: Tick(0),
                stamp_ms: 0,
                seen: Seen { back: buttons, delay: 0 },
                first: Tick(0),
                commands: vec![sent],
            };
            let message = ClientMessage::Commands(batch);
            prop_assert_eq!(codec::decode_client(&codec::encode_client(&message)), Ok(message));
        }
    }
}
