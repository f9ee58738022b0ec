//! The page's end of the game against messages made by hand, and against a room.

use super::*;
use crate::words::Language;
use shared::{
    defs::{GameMode, Mutator, Team, Terms},
    protocol::{
        ClientMessage, Deed, Hello, LaneKey, News, Opening, ResumeToken, ServerMessage, Welcome,
        codec::{decode_client, decode_opening, encode_server},
    },
    room::{ConnId, Credentials, Output, Room, RoomConfig, RoomEvent},
    sim::Cause,
    tick::Tick,
};

fn net(playing: bool) -> Net {
    let remembered = Remembered { playing, name: "Ada".to_owned(), ..Remembered::default() };
    let mut net = Net::new(1, (800, 450), remembered, 0);
    assert_eq!(net.poll_outgoing(), Some(Outgoing::Session(Step::Connect)));
    net
}

/// A welcome, to a slot kept or to none.
pub fn welcome(resumed: Option<PlayerId>) -> Vec<u8> {
    welcome_to(GameMode::Drift, resumed)
}

fn welcome_to(mode: GameMode, resumed: Option<PlayerId>) -> Vec<u8> {
    tuned_welcome(mode, resumed, Tuning::STANDARD)
}

fn tuned_welcome(mode: GameMode, resumed: Option<PlayerId>, tuning: Tuning) -> Vec<u8> {
    encode_server(&ServerMessage::Welcome(Welcome {
        room: "Drift".to_owned(),
        id: "main".to_owned(),
        tick: Tick(100),
        seed: 1,
        start_points: 0,
        token: ResumeToken([7; 16]),
        lane: LaneKey([8; 16]),
        resumed,
        chat: ChatMode::Full,
        terms: Terms::of(mode),
        tuning,
    }))
}

/// A connection that flies in slot 4 and has just heard of the end of a season.
pub fn with_season() -> Net {
    let mut net = net(true);
    net.handle_open(1_000);
    net.handle_message(&welcome(Some(PlayerId(4))), 2_000);
    let deeds = vec![Deed::Season(Box::new(crate::season::tests::season()))];
    net.handle_message(&encode_server(&ServerMessage::News(News { first: 0, deeds })), 3_000);
    net
}

/// How many messages are sent after this welcome, besides the hello, and what is remembered.
fn after_welcome(playing: bool, resumed: Option<PlayerId>) -> (usize, Option<bool>) {
    let mut net = net(playing);
    net.handle_open(1_000);
    assert!(matches!(net.poll_outgoing(), Some(Outgoing::Send(_))), "a hello goes out at once");
    while net.poll_outgoing().is_some() {}
    net.handle_message(&welcome(resumed), 2_000);
    assert_eq!(net.connects(), 1);
    let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
    let remembered = out.iter().find_map(|out| match out {
        Outgoing::Remember { resume: Some(_), playing, .. } => Some(*playing),
        _ => None,
    });
    (out.iter().filter(|out| matches!(out, Outgoing::Send(_))).count(), remembered)
}

#[test]
fn one_who_played_plays_on_and_one_who_watched_watches() {
    let (watching, remembered) = after_welcome(false, None);
    assert_eq!(remembered, Some(false));
    let (playing, remembered) = after_welcome(true, None);
    assert_eq!(remembered, Some(true));
    assert_eq!(playing, watching + 1, "asks to play again");
    let (resumed, remembered) = after_welcome(false, Some(PlayerId(3)));
    assert_eq!((resumed, remembered), (watching, Some(true)), "the ship is already there");
}

#[test]
fn one_comes_back_to_the_room_one_was_in_and_to_any_when_that_has_gone() {
    let mut net = net(true);
    assert_eq!(net.room(), None);
    net.handle_open(1_000);
    net.handle_message(&welcome(None), 2_000);
    assert_eq!(net.room(), Some("main"));
    net.handle_close(CloseCode::NoRoom.number(), 3_000);
    assert_eq!((net.room(), net.connection()), (None, Connection::Waiting));
    let at = |path: &str, room: &str| {
        let remembered = Remembered {
            place: Place::of_path(path),
            room: Some(room.to_owned()),
            playing: true,
            ..Remembered::default()
        };
        Net::new(1, (800, 450), remembered, 0)
    };
    for (path, room, playing) in
        [("/", "war", true), ("/r/WAR", "war", true), ("/r/duel", "war", false), ("/watch/war", "war", false)]
    {
        assert_eq!(at(path, room).playing(), playing, "{path}");
    }
    let mut asked_for = at("/r/duel", "duel");
    asked_for.handle_close(CloseCode::NoRoom.number(), 1_000);
    assert_eq!(asked_for.connection(), Connection::Stopped(CloseCode::NoRoom));
}

#[test]
fn who_comes_is_told_of_mutators_by_name_and_then_of_numbers() {
    let mut net = net(false);
    net.handle_open(1_000);
    let tuning = Tuning::STANDARD.mutated([Mutator::LowGravity, Mutator::RichKills].into_iter().collect());
    net.handle_message(&tuned_welcome(GameMode::Drift, None, tuning), 2_000);
    let told: Vec<_> = net.chat().shown(2_000, true).map(|line| (line.label, line.text(Language::English))).collect();
    let numbers = (Some(Word::Physics), "gravity 35 %, kills 300 %");
    assert_eq!(told, [(Some(Word::MutatorLowGravity), ""), (Some(Word::MutatorRichKills), ""), numbers]);
}

#[test]
fn a_password_is_said_at_the_next_attempt() {
    let mut net = net(false);
    net.handle_open(1_000);
    net.handle_close(CloseCode::Password.number(), 2_000);
    assert_eq!(net.connection(), Connection::Stopped(CloseCode::Password));
    net.give_password("open sesame");
    net.play("Ada", 3_000);
    net.handle_open(4_000);
    let said = core::iter::from_fn(|| net.poll_outgoing()).find_map(|out| match out {
        Outgoing::Send(bytes) => match decode_opening(&bytes) {
            Ok(Opening::Keyed { password, .. }) => Some(password.0),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(said.as_deref(), Some("open sesame"));
}

/// The hello of the next connection.
fn redial(net: &mut Net) -> Hello {
    net.handle_open(9_000_000);
    let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
    let hello = out.iter().find_map(|out| match out {
        Outgoing::Send(bytes) => match decode_opening(bytes) {
            Ok(Opening::Hello(hello)) => Some(hello),
            Ok(Opening::Keyed { .. } | Opening::Lane(_)) | Err(_) => None,
        },
        _ => None,
    });
    hello.expect("a hello goes out at once")
}

#[test]
fn what_was_heard_is_said_at_the_next_hello_and_by_the_next_page() {
    let mut net = net(true);
    net.handle_open(1_000);
    net.handle_message(&welcome(Some(PlayerId(3))), 2_000);
    let kill = Deed::Kill { killer: None, victim: PlayerId(9), cause: Cause::Star, points: 0 };
    net.handle_message(&encode_server(&ServerMessage::News(News { first: 0, deeds: vec![kill.clone(); 2] })), 3_000);
    let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
    let remembered = out.iter().rev().find_map(|out| match out {
        Outgoing::Remember { resume, .. } => *resume,
        _ => None,
    });
    let resume = Resume { token: ResumeToken([7; 16]), heard: 2 };
    assert_eq!((net.heard().kills().len(), remembered), (2, Some(resume)));
    net.handle_close(1006, 4_000);
    assert_eq!(redial(&mut net).resume, Some(resume));
    // The server tells what was missed, once more what was not, and the page shows each once.
    net.handle_message(&welcome(Some(PlayerId(3))), 9_100_000);
    net.handle_message(&encode_server(&ServerMessage::News(News { first: 1, deeds: vec![kill; 2] })), 9_200_000);
    assert_eq!(net.heard().kills().len(), 3);
    let profile = Some(ProfileToken([4; 16]));
    let remembered = Remembered { resume: Some(resume), profile, ..Remembered::default() };
    let hello = redial(&mut Net::new(1, (800, 450), remembered, 0));
    assert_eq!((hello.resume, hello.profile), (Some(resume), profile));
}

#[test]
fn a_verdict_is_heard_once_and_a_victory_is_that_of_the_own_team() {
    for (winner, victory) in [(Some(Team::Dusk), true), (Some(Team::Dawn), false), (None, false)] {
        let mut net = net(true);
        net.handle_open(1_000);
        net.handle_message(&welcome_to(GameMode::CoreWar, Some(PlayerId(3))), 2_000);
        assert_eq!(
            net.shown().defs().mode.terms.mode,
            GameMode::Drift,
            "the old picture stands until there is a new one"
        );
        let news = News { first: 0, deeds: vec![Deed::Round { winner, won: true }] };
        for _ in 0..2 {
            net.handle_message(&encode_server(&ServerMessage::News(news.clone())), 3_000);
        }
        assert_eq!(net.heard().verdicts(), [Verdict { winner, won: true, at_us: 3_000 }]);
        assert_eq!((net.heard_mut().take_victory(), net.heard_mut().take_victory()), (victory, false));
    }
}

/// Ten seconds with a room, whose uplink stands still for a fifth of a second: what the shell is to do about a lane,
/// and what goes out on it. The lane opens at once when `opens`.
fn with_a_stall(opens: bool) -> (Vec<LaneStep>, Vec<Vec<u8>>) {
    let (mut room, conn) = (Room::new(RoomConfig { bots: 0, ..RoomConfig::default() }), ConnId(1));
    let mut net = net(true);
    net.handle_open(0);
    let (mut held, mut steps, mut copies) = (Vec::new(), Vec::new(), Vec::new());
    for tick in 1..600u64 {
        let now_us = tick * 16_667;
        room.tick(now_us, &|_| true);
        let mut told = Vec::new();
        while let Some(output) = room.poll_output() {
            match output {
                Output::Snapshot { bytes, .. } | Output::Reliable { bytes, .. } => told.push(bytes.to_vec()),
                Output::Close { code, .. } => panic!("{code:?}"),
            }
        }
        told.iter().for_each(|bytes| net.handle_message(bytes, now_us));
        net.frame(now_us, Intent::default());
        while let Some(out) = net.poll_outgoing() {
            match out {
                Outgoing::Send(bytes) => held.push(bytes),
                Outgoing::SendLane(bytes) => copies.push(bytes),
                Outgoing::Lane(step) if opens => {
                    steps.push(step);
                    net.handle_lane_open(now_us);
                }
                Outgoing::Lane(step) => {
                    steps.push(step);
                    net.handle_lane_close(now_us);
                }
                Outgoing::Session(_) | Outgoing::Remember { .. } => {}
            }
        }
        let stalled = (300..312).contains(&tick);
        for bytes in held.extract_if(.., |_| !stalled) {
            room.handle(event(conn, &bytes), now_us);
        }
    }
    (steps, copies)
}

fn event(conn: ConnId, bytes: &[u8]) -> RoomEvent {
    match decode_opening(bytes) {
        Ok(Opening::Hello(hello)) => {
            let (token, lane) = (ResumeToken([7; 16]), LaneKey([8; 16]));
            let credentials = Credentials { profile_key: None, resume_key: None, token, token_key: [7; 32], lane };
            RoomEvent::Connect { conn, hello, credentials }
        }
        _ => RoomEvent::Message { conn, message: decode_client(bytes).expect("a message") },
    }
}

#[test]
fn after_commands_came_late_they_go_out_on_a_second_lane_too() {
    let (steps, copies) = with_a_stall(true);
    assert_eq!(steps, [LaneStep::Open]);
    assert_eq!(decode_opening(&copies[0]), Ok(Opening::Lane(LaneKey([8; 16]))));
    assert!(copies.len() > 200, "{}", copies.len());
    for copy in &copies[1..] {
        assert!(matches!(decode_client(copy), Ok(ClientMessage::Commands(_))), "{copy:?}");
    }
    let (steps, copies) = with_a_stall(false);
    assert_eq!((steps, copies.len()), (vec![LaneStep::Open; 2], 0), "refused twice in five seconds");
}

#[test]
fn nonsense_hangs_up_and_comes_back() {
    let mut net = net(false);
    net.handle_open(1_000);
    net.handle_message(&[0xFF; 40], 2_000);
    assert_eq!(net.connection(), Connection::Waiting);
    let out: Vec<_> = core::iter::from_fn(|| net.poll_outgoing()).collect();
    assert!(out.contains(&Outgoing::Session(Step::Hangup)));
}

#[test]
fn a_page_that_slept_without_a_word_asks_for_everything_anew() {
    let sends = |woken_us: u64| {
        let mut net = net(false);
        net.handle_open(1_000);
        net.handle_message(&welcome(None), 2_000);
        while net.poll_outgoing().is_some() {}
        net.handle_woken(woken_us);
        core::iter::from_fn(|| net.poll_outgoing()).filter(|out| matches!(out, Outgoing::Send(_))).count()
    };
    assert_eq!((sends(1_000_000), sends(3_000_000)), (0, 1));
}

#[test]
fn play_without_a_connection_is_kept_for_later() {
    let mut net = net(false);
    net.play("Ada", 500);
    assert!(net.playing());
    net.handle_open(1_000);
    while net.poll_outgoing().is_some() {}
    net.handle_message(&welcome(None), 2_000);
    let sends = core::iter::from_fn(|| net.poll_outgoing()).filter(|out| matches!(out, Outgoing::Send(_))).count();
    assert!(sends >= 1, "asks to play");
}
