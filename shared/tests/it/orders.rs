//! What those who run the server have a room do with who is in it.

use shared::{
    defs::{PickupKind, ShipClass},
    ids::PlayerId,
    protocol::{
        Chat, ClientMessage, CloseCode, ConsoleLine, Hello, LaneKey, Notice, NoticeKind, NoticeText, Resume,
        ResumeToken, ServerMessage, Words, codec::decode_server,
    },
    room::{ConnId, Credentials, Order, Output, PlayerRow, Room, RoomConfig, RoomEvent},
    tick::TICK_US,
};

/// A room, and what each connection was told of talk and by whom runs the server.
struct Hall {
    room: Room,
    now_us: u64,
    heard: Vec<(u64, ServerMessage)>,
    closed: Vec<(u64, CloseCode, Option<String>)>,
}

impl Hall {
    fn new() -> Hall {
        let config = RoomConfig { seed: 9, secret: 9, bots: 3, ..RoomConfig::default() };
        Hall { room: Room::new(config), now_us: 0, heard: Vec::new(), closed: Vec::new() }
    }

    /// Comes with the token of connection `old`.
    fn come(&mut self, conn: u64, old: Option<u64>) {
        let token = |conn: u64| ResumeToken([conn as u8; 16]);
        let credentials = Credentials {
            profile_key: None,
            resume_key: old.map(|old| [old as u8; 32]),
            token: token(conn),
            token_key: [conn as u8; 32],
            lane: LaneKey([conn as u8; 16]),
        };
        let resume = old.map(|old| Resume { token: token(old), heard: 0 });
        let hello = Hello { resume, profile: None, view_half: (800, 450) };
        self.hand(RoomEvent::Connect { conn: ConnId(conn), hello, credentials });
    }

    fn play(&mut self, conn: u64, name: &str) {
        self.come(conn, None);
        self.tell(conn, ClientMessage::Play { name: name.into(), class: ShipClass::Spark });
        self.run(10);
    }

    fn tell(&mut self, conn: u64, message: ClientMessage) {
        self.hand(RoomEvent::Message { conn: ConnId(conn), message });
    }

    fn say(&mut self, conn: u64, text: &str) {
        self.tell(conn, ClientMessage::Say(Words::Text(text.into())));
        self.run(4);
    }

    fn order(&mut self, order: Order) {
        self.hand(RoomEvent::Order(order));
        self.run(4);
    }

    fn hand(&mut self, event: RoomEvent) {
        self.room.handle(event, self.now_us);
        self.listen();
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
                Output::Reliable { conn, bytes } => {
                    self.heard.push((conn.0, decode_server(bytes).expect("our own message")));
                }
                Output::Close { conn, code, reason } => self.closed.push((conn.0, code, reason.map(str::to_owned))),
                Output::Snapshot { .. } => {}
            }
        }
    }

    fn notices(&self, conn: u64) -> Vec<(NoticeKind, &str)> {
        let of = |(to, message): &'_ (u64, ServerMessage)| match message {
            ServerMessage::Notice(Notice { kind, text }) if *to == conn => Some((*kind, text.as_str().to_owned())),
            _ => None,
        };
        self.heard.iter().filter_map(of).map(|(kind, text)| (kind, &*text.leak())).collect()
    }

    fn said_to(&self, conn: u64) -> usize {
        let said = |(to, message): &&(u64, ServerMessage)| {
            *to == conn && matches!(message, ServerMessage::Chat(Chat::Said(_)))
        };
        self.heard.iter().filter(said).count()
    }

    fn told_muted(&self, conn: u64) -> usize {
        self.heard.iter().filter(|heard| **heard == (conn, ServerMessage::Chat(Chat::Muted))).count()
    }

    fn row(&self, name: &str) -> Option<PlayerRow> {
        self.room.players().into_iter().find(|row| row.name == name)
    }
}

fn text(text: &str) -> NoticeText {
    NoticeText::clean(text).expect("something is left of it")
}

#[test]
fn an_announcement_is_for_all_and_an_answer_for_one() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    hall.play(2, "Bo");
    hall.come(3, None);
    hall.order(Order::Announce { text: text("Tournament at eight") });
    hall.order(Order::Tell { conn: ConnId(2), text: text("one\ntwo") });
    hall.order(Order::Tell { conn: ConnId(77), text: text("nobody") });
    let announced = (NoticeKind::Announcement, "Tournament at eight");
    assert_eq!(hall.notices(1), [announced]);
    assert_eq!(hall.notices(2), [announced, (NoticeKind::Private, "one\ntwo")]);
    assert_eq!(hall.notices(3), [announced], "who watches hears it too");
}

#[test]
fn who_is_muted_is_told_once_a_connection_and_heard_again_when_it_is_over() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    hall.play(2, "Bo");
    hall.say(1, "before");
    hall.order(Order::Mute { conn: ConnId(1), ticks: Some(200) });
    (0..3).for_each(|_| hall.say(1, "muted"));
    assert_eq!((hall.said_to(2), hall.told_muted(1)), (1, 1));
    assert!(hall.row("Ada").is_some_and(|row| row.is_muted) && hall.row("Bo").is_some_and(|row| !row.is_muted));
    // It stays with the seat, whichever connection holds it, and goes with who gives it up and takes another.
    hall.come(4, Some(1));
    hall.say(4, "muted");
    hall.tell(4, ClientMessage::Leave);
    hall.tell(4, ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark });
    hall.run(10);
    hall.say(4, "muted");
    assert_eq!((hall.said_to(2), hall.told_muted(4)), (1, 1));
    hall.run(200);
    hall.say(4, "after");
    assert_eq!(hall.said_to(2), 2);
    hall.order(Order::Mute { conn: ConnId(4), ticks: None });
    hall.run(300);
    hall.say(4, "muted");
    hall.order(Order::Mute { conn: ConnId(4), ticks: Some(0) });
    hall.say(4, "heard");
    assert_eq!((hall.said_to(2), hall.told_muted(4)), (3, 2));
}

#[test]
fn who_is_kicked_is_told_why_and_has_no_seat_to_come_back_to() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    hall.play(2, "Bo");
    hall.come(3, None);
    hall.run(60);
    let seat = PlayerId(hall.row("Ada").unwrap().slot);
    assert!(hall.row("Ada").unwrap().flying && hall.room.world().ship(seat).is_some());
    let long = "spam ".repeat(60);
    hall.order(Order::Kick { conn: ConnId(1), code: CloseCode::Kicked, reason: Some(text(&long)) });
    hall.order(Order::Kick { conn: ConnId(3), code: CloseCode::Banned, reason: None });
    hall.order(Order::Kick { conn: ConnId(1), code: CloseCode::Kicked, reason: None });
    assert_eq!(hall.notices(1).len(), 1);
    let told = [(1, CloseCode::Kicked, Some(long[..100].to_owned())), (3, CloseCode::Banned, None)];
    assert_eq!(hall.closed, told);
    assert!(hall.room.world().ship(seat).is_none() && hall.row("Ada").is_none() && hall.row("Bo").is_some());
    hall.come(4, Some(1));
    let welcome = hall.heard.iter().find_map(|(to, message)| match message {
        ServerMessage::Welcome(welcome) if *to == 4 => Some(welcome),
        _ => None,
    });
    assert_eq!(welcome.unwrap().resumed, None);
}

#[test]
fn a_line_for_the_console_is_said_to_nobody() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    hall.play(2, "Bo");
    let before = hall.heard.len();
    hall.tell(1, ClientMessage::Console(ConsoleLine("signin anna secret".into())));
    assert_eq!((hall.said_to(2), hall.heard.len()), (0, before));
    assert_eq!(format!("{:?}", ConsoleLine("signin anna secret".into())), "ConsoleLine(secret)");
}

#[test]
fn the_roll_names_who_plays_who_watches_and_bots() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    hall.come(2, None);
    hall.run(120);
    let rows = hall.room.players();
    let kinds = |row: &PlayerRow| (row.conn.map(|conn| conn.0), row.is_bot, row.is_watching);
    let mut found: Vec<_> = rows.iter().map(kinds).collect();
    found.sort_unstable();
    assert_eq!(found, [(None, true, false), (None, true, false), (Some(1), false, false), (Some(2), false, true)]);
    let ada = hall.row("Ada").unwrap();
    assert_eq!((ada.class, ada.team, ada.points, ada.rtt_ms), ("Spark", None, 0, 0));
    let slots: std::collections::BTreeSet<u16> = rows.iter().map(|row| row.slot).collect();
    assert_eq!(slots.len(), rows.len());
    hall.hand(RoomEvent::Disconnect { conn: ConnId(1) });
    assert_eq!(hall.row("Ada").unwrap().conn, None, "who is away for a moment is still here");
}

#[test]
fn who_watches_takes_no_seat_in_a_room_that_is_about_to_end() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    hall.come(2, None);
    hall.hand(RoomEvent::Restarting { seconds: 5 });
    hall.tell(2, ClientMessage::Play { name: "Bo".into(), class: ShipClass::Spark });
    hall.run(10);
    assert_eq!(hall.closed, [(2, CloseCode::Draining, None)]);
    assert!(hall.row("Bo").is_none() && hall.row("Ada").is_some_and(|row| row.conn == Some(ConnId(1))));
}

#[test]
fn where_somebody_comes_from_is_known_in_the_arena_whichever_comes_first() {
    let mut hall = Hall::new();
    let household = |hall: &Hall, name: &str| {
        let slot = hall.row(name).expect("plays").slot;
        hall.room.world().pilot(PlayerId(slot)).expect("enlisted").household
    };
    hall.play(1, "Ada");
    hall.order(Order::Household { conn: ConnId(1), household: 7 });
    hall.come(2, None);
    hall.order(Order::Household { conn: ConnId(2), household: 7 });
    hall.tell(2, ClientMessage::Play { name: "Bo".into(), class: ShipClass::Spark });
    hall.run(4);
    hall.play(3, "Cy");
    assert_eq!(["Ada", "Bo", "Cy"].map(|name| household(&hall, name)), [7, 7, 0]);
}

#[test]
fn a_gift_floats_in_the_arena_for_who_flies_there_and_for_nobody_else() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    let decoys = |hall: &Hall| hall.room.world().pickups.iter().filter(|one| one.kind == PickupKind::Decoy).count();
    let (player, before) = (PlayerId(hall.row("Ada").expect("plays").slot), decoys(&hall));
    hall.order(Order::Gift { player, kind: PickupKind::Decoy });
    hall.order(Order::Gift { player: PlayerId(77), kind: PickupKind::Decoy });
    assert_eq!(decoys(&hall), before + 1);
}

#[test]
fn the_slot_of_who_lost_the_line_is_freed_and_of_who_is_here_not() {
    let mut hall = Hall::new();
    hall.play(1, "Ada");
    let player = PlayerId(hall.row("Ada").expect("plays").slot);
    hall.order(Order::Vacate { player });
    assert!(hall.row("Ada").is_some(), "she is here");
    hall.hand(RoomEvent::Disconnect { conn: ConnId(1) });
    hall.run(4);
    assert!(hall.row("Ada").is_some_and(|row| row.conn.is_none()));
    hall.order(Order::Vacate { player });
    assert_eq!(hall.row("Ada"), None);
}
