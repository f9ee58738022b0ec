//! Talk in a room: who is heard, by whom, and that none of it is anywhere else.

use shared::{
    defs::ShipClass,
    protocol::{Chat, ChatLine, ChatMode, ClientMessage, Quick, ServerMessage, Words, codec::decode_server},
    room::{ConnId, Output, Room, RoomConfig, RoomEvent},
    tick::TICK_US,
};

/// A room and what each connection heard of talk.
struct Hall {
    room: Room,
    now_us: u64,
    heard: Vec<(u64, Chat)>,
    closed: Vec<u64>,
    modes: Vec<ChatMode>,
}

impl Hall {
    fn new(config: RoomConfig) -> Hall {
        let (heard, closed, modes) = (Vec::new(), Vec::new(), Vec::new());
        Hall { room: Room::new(config), now_us: 0, heard, closed, modes }
    }

    fn come(&mut self, conn: u64) {
        self.room.handle(RoomEvent::newcomer(ConnId(conn)), self.now_us);
        self.listen();
    }

    fn tell(&mut self, conn: u64, message: ClientMessage) {
        self.room.handle(RoomEvent::Message { conn: ConnId(conn), message }, self.now_us);
        self.listen();
    }

    fn play(&mut self, conn: u64, name: &str) {
        self.come(conn);
        self.tell(conn, ClientMessage::Play { name: name.into(), class: ShipClass::Spark });
    }

    fn say(&mut self, conn: u64, text: &str) {
        self.tell(conn, ClientMessage::Say(Words::Text(text.into())));
    }

    fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.now_us += TICK_US;
            self.room.tick(self.now_us, &|_| true);
            self.listen();
        }
    }

    fn listen(&mut self) {
        while let Some(output) = self.room.poll_output() {
            match output {
                Output::Reliable { conn, bytes } => match decode_server(bytes).expect("our own message") {
                    ServerMessage::Chat(chat) => self.heard.push((conn.0, chat)),
                    ServerMessage::Welcome(welcome) => self.modes.push(welcome.chat),
                    _ => {}
                },
                Output::Close { conn, .. } => self.closed.push(conn.0),
                Output::Snapshot { .. } => {}
            }
        }
    }

    /// What `conn` heard being said while it was there: names and texts.
    fn said_to(&self, conn: u64) -> Vec<(String, String)> {
        let lines = self.heard.iter().filter(|(to, _)| *to == conn).filter_map(|(_, chat)| match chat {
            Chat::Said(lines) => Some(lines.clone()),
            _ => None,
        });
        lines.flatten().map(|ChatLine { name, words, .. }| (name, text(words))).collect()
    }
}

fn text(words: Words) -> String {
    match words {
        Words::Text(text) => text,
        Words::Quick(quick) => format!("{quick:?}"),
    }
}

fn config() -> RoomConfig {
    RoomConfig { seed: 9, secret: 9, bots: 2, ..RoomConfig::default() }
}

#[test]
fn everybody_hears_what_a_pilot_says_once_and_a_spectator_has_no_voice() {
    let mut hall = Hall::new(config());
    hall.play(1, "Ada");
    hall.play(2, "Bo");
    hall.come(3);
    hall.run(4);
    hall.say(1, "  hello\u{202E}  there ");
    hall.tell(2, ClientMessage::Say(Words::Quick(Quick::Thanks)));
    hall.say(3, "I am nobody");
    hall.run(4);
    let said = [("Ada", "hello there"), ("Bo", "Thanks")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    for conn in [1, 2, 3] {
        assert_eq!(hall.said_to(conn), said, "{conn}");
    }
    hall.tell(1, ClientMessage::Leave);
    hall.say(1, "I was somebody");
    hall.run(4);
    assert_eq!(hall.said_to(2), said);
    // Who comes later hears what was said, whoever has left since.
    hall.come(4);
    let (to, earlier) = hall.heard.last().unwrap();
    let Chat::Earlier(lines) = earlier else { panic!("{earlier:?}") };
    assert_eq!(*to, 4);
    let lines: Vec<(String, String)> = lines.iter().cloned().map(|line| (line.name, text(line.words))).collect();
    assert_eq!(lines, said);
}

#[test]
fn whoever_floods_is_told_once_and_nobody_else_hears_or_loses_anything() {
    let mut hall = Hall::new(config());
    hall.play(1, "Ada");
    hall.play(2, "Bo");
    hall.run(4);
    for n in 0..2_000 {
        hall.say(1, &format!("{n} {}", "\u{FDFA}".repeat(1_300)));
        hall.run(u32::from(n % 4 == 0));
    }
    hall.run(4);
    let hushes = |conn| hall.heard.iter().filter(|(to, chat)| *to == conn && *chat == Chat::Hushed).count();
    let ticks = (hall.now_us / TICK_US) as usize;
    assert!((1..=1 + ticks / 120 + 1).contains(&hushes(1)), "{}", hushes(1));
    assert_eq!(hushes(2), 0);
    let heard = hall.said_to(2);
    assert!((5..=5 + ticks / 120 + 1).contains(&heard.len()), "{} in {ticks} ticks", heard.len());
    assert!(heard.iter().all(|(_, text)| text.chars().count() <= 120));
    assert_eq!(hall.closed, [] as [u64; 0]);
}

#[test]
fn the_welcome_tells_what_may_be_said_and_the_room_holds_to_it() {
    for (mode, wanted) in
        [(ChatMode::Off, &[] as &[&str]), (ChatMode::Quick, &["Danger"]), (ChatMode::Full, &["words", "Danger"])]
    {
        let mut hall = Hall::new(RoomConfig { chat: mode, ..config() });
        hall.play(1, "Ada");
        hall.say(1, "words");
        hall.tell(1, ClientMessage::Say(Words::Quick(Quick::Danger)));
        hall.run(4);
        let texts: Vec<String> = hall.said_to(1).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, wanted, "{mode:?}");
        assert_eq!(hall.modes, [mode]);
    }
}

#[test]
fn a_recording_is_the_same_whatever_was_said() {
    let recorded = |text: Option<&str>| {
        let mut hall = Hall::new(RoomConfig { record: true, ..config() });
        hall.play(1, "Ada");
        let mut bytes = Vec::new();
        for _ in 0..20 {
            if let Some(text) = text {
                hall.say(1, text);
            }
            hall.run(12);
        }
        hall.room.finish_recording();
        while let Some(more) = hall.room.poll_recording() {
            bytes.extend(more);
        }
        assert_eq!(text.is_some(), !hall.said_to(1).is_empty());
        bytes
    };
    let silent = recorded(None);
    assert!(!silent.is_empty());
    assert!(silent == recorded(Some("a secret between us")), "talk changed the recording");
}
