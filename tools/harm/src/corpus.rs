//! Bytes of good will for each target: what real ends say and keep. Invariant: each is understood by its target.

use server::probe;
use shared::{
    clip::{Cut, Still},
    defs::{ShipClass, Terms},
    ids::PlayerId,
    protocol::{
        ClientMessage, CommandBatch, Hello, LaneKey, Opening, Password, Quick, Resume, ResumeToken, Seen, SentCommand,
        Watch, Words, codec,
    },
    replay::{Screening, Show, Subject},
    room::{Room, RoomConfig},
    sim::Cause,
    tick::{TICK_US, Tick},
};
use suite::spectator;

pub fn client_messages() -> Vec<Vec<u8>> {
    let batch = CommandBatch {
        ack: Tick(900),
        stamp_ms: 77,
        seen: Seen { back: 1, delay: 2 },
        first: Tick(901),
        commands: vec![SentCommand::from((3, 900)); 4],
    };
    let messages = [
        ClientMessage::Commands(batch),
        ClientMessage::Play { name: "Ada".into(), class: ShipClass::Lancer },
        ClientMessage::Relaunch { class: ShipClass::Spark },
        ClientMessage::SetView { half: (800, 450) },
        ClientMessage::Idle(true),
        ClientMessage::NeedFull,
        ClientMessage::Leave,
        ClientMessage::Say(Words::Text("well flown".into())),
        ClientMessage::Say(Words::Quick(Quick::ALL[0])),
        ClientMessage::Watch(Watch::Pilot(PlayerId(3))),
        ClientMessage::Watch(Watch::Place(-300, 200)),
    ];
    messages.iter().map(codec::encode_client).collect()
}

fn hello() -> Hello {
    Hello { resume: Some(Resume { token: ResumeToken([7; 16]), heard: 9 }), profile: None, view_half: (800, 450) }
}

pub fn openings() -> Vec<Vec<u8>> {
    let keyed = Opening::Keyed { hello: hello(), password: Password("open".into()) };
    [Opening::Hello(hello()), Opening::Lane(LaneKey([3; 16])), keyed].iter().map(codec::encode_opening).collect()
}

/// What a spectator of a room is told in a few seconds.
pub fn server_messages() -> Vec<Vec<u8>> {
    spectator::told_for(300)
}

/// The same as one, with the length of each before it.
pub fn sessions() -> Vec<Vec<u8>> {
    let framed = |message: Vec<u8>| {
        let length = u16::try_from(message.len()).unwrap_or(u16::MAX);
        [&length.to_le_bytes()[..], &message].concat()
    };
    vec![server_messages().into_iter().flat_map(framed).collect()]
}

pub fn panoramas() -> Vec<Vec<u8>> {
    vec![codec::encode_panorama(&Room::new(RoomConfig { bots: 4, ..RoomConfig::default() }).panorama())]
}

pub fn recordings() -> Vec<Vec<u8>> {
    vec![recording()]
}

/// Fifteen seconds of ten bots.
fn recording() -> Vec<u8> {
    let mut room =
        Room::new(RoomConfig { seed: 12, bots: 10, start_points: 300, record: true, ..RoomConfig::default() });
    let mut bytes = Vec::new();
    for i in 1..=900 {
        room.tick(i * TICK_US, &|_| false);
        while room.poll_output().is_some() {}
        bytes.extend(std::iter::from_fn(|| room.poll_recording()).flatten());
    }
    room.finish_recording();
    bytes.extend(std::iter::from_fn(|| room.poll_recording()).flatten());
    bytes
}

/// A clip of whoever of them can be shown for five seconds.
pub fn clips() -> Vec<Vec<u8>> {
    let recording = recording();
    let clip = (0..10).find_map(|id| clip_of(&recording, PlayerId(id)));
    vec![clip.expect("somebody flies that long")]
}

fn clip_of(recording: &[u8], killer: PlayerId) -> Option<Vec<u8>> {
    const FROM: usize = 600;
    let mut screening = Screening::open(recording.to_vec()).expect("it is ours");
    screening.look_at(Subject::Pilot(killer));
    screening.seek(FROM);
    while !screening.seek_on(60).expect("it is whole") {}
    let mut views = Vec::new();
    for tick in 0..300 {
        screening.advance(1.0, 1).expect("it is whole");
        views.push((tick * TICK_US, screening.frame().clone()));
        screening.clear_events();
    }
    let stills: Vec<Still<'_>> = views.iter().map(|(at_us, view)| Still { at_us: *at_us, view }).collect();
    let cut = Cut {
        stills: &stills,
        kill_us: 4_000_000,
        killer,
        victim: PlayerId(killer.0 ^ 1),
        cause: Cause::Ram,
        points: 35,
        room: "Drift",
        terms: Terms::default(),
    };
    Some(cut.clip(|player| Some(("Ada", player != killer)))?.to_bytes())
}

pub fn names() -> Vec<Vec<u8>> {
    ["Ada", "  Ümit \u{200D} ", "\u{202E}abc", "e\u{301}\u{301}", "a b  c"].map(|name| name.as_bytes().to_vec()).into()
}

pub fn configs() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../docs/perihelion.example.toml").to_vec(), b"[rooms.main]\nbots = 6\n".to_vec()]
}

/// Lines of `x-forwarded-for`.
pub fn forwarded() -> Vec<Vec<u8>> {
    ["203.0.113.5", "6.6.6.6, 203.0.113.5", "[2001:db8::1]:80", "2001:db8::1"]
        .map(|line| line.as_bytes().to_vec())
        .into()
}

/// Header lines of a request.
pub fn requests() -> Vec<Vec<u8>> {
    let lines = "host: game.example:8080\norigin: http://game.example:8080\nupgrade: websocket\nconnection: keep-alive, Upgrade\n\
                 sec-websocket-version: 13\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
    vec![lines.as_bytes().to_vec()]
}

/// What a dashboard says, and lines of the console.
pub fn admin() -> Vec<Vec<u8>> {
    [
        r##"{"do":"run","id":7,"line":"kick #3 spam","room":"main"}"##,
        r#"{"do":"watch","room":null}"#,
        "ban Foo 2h aims by itself",
        "set gravity 150 main",
        r#"mute "Captain Borealis" forever"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

pub fn journals() -> Vec<Vec<u8>> {
    vec![probe::good_journal()]
}
