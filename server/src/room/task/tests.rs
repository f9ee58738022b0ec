use super::{building::BUILD_TRIES, *};
use crate::{
    limits::RELIABLE_MAX,
    room::{BlackBox, Inbox, Keeping, RoomHandle, Seat, memory::Memory, outbox_pair},
};
use shared::{
    defs::ShipClass,
    ids::PlayerId,
    protocol::{ClientMessage, Hello, LaneKey, ResumeToken, ServerMessage, Welcome, codec::decode_server},
    room::{Credentials, RoomBounds},
};
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(5);

fn blueprint() -> Blueprint {
    Blueprint {
        id: crate::config::RoomId::main(),
        name: "Drift \u{7} test".into(),
        seed: 1,
        secret: 1,
        bots: 2,
        bot_skill: shared::bot::Skill::Normal,
        players_max: 8,
        start_points: 0,
        season_ticks: 0,
        chat: shared::protocol::ChatMode::Full,
        password: None,
        terms: shared::defs::Terms::default(),
        tuning: shared::defs::Tuning::STANDARD,
        numbers: crate::room::Numbers::default(),
        net: crate::config::NetSettings::default(),
        bounds: shared::room::RoomBounds::default(),
        record: None,
    }
}

fn arrival() -> Arrival {
    Arrival {
        hello: Hello { resume: None, profile: None, view_half: (800, 450) },
        credentials: Credentials {
            profile_key: None,
            resume_key: None,
            token: ResumeToken([1; 16]),
            token_key: [2; 32],
            lane: LaneKey([5; 16]),
        },
    }
}

async fn enter(room: &RoomHandle) -> (Seat, Inbox) {
    let (seat, inbox, _) = come(room, arrival()).await;
    (seat, inbox)
}

async fn come(room: &RoomHandle, arrival: Arrival) -> (Seat, Inbox, Box<Welcome>) {
    let (outbox, mut inbox) = outbox_pair();
    let seat = room.enter(arrival, outbox).await.expect("the room lives");
    let mut messages = Vec::new();
    timeout(SOON, inbox.waiting.next(&mut messages)).await.expect("in time").expect("open");
    let Ok(ServerMessage::Welcome(welcome)) = decode_server(&messages[0]) else { panic!("no welcome") };
    (seat, inbox, Box::new(welcome))
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + SOON;
    while !condition() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_world_stands_still_without_company() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    assert!(room.report().paused && room.is_alive());
    let (seat, _inbox) = enter(&room).await;
    until("it ticks", || room.report().status.tick.0 > 0 && !room.report().paused).await;
    // Counted, not read: one may have come with the welcome, and who confirms none is sent no more of them.
    until("snapshots come without being asked for", || room.report().status.snapshots > 0).await;
    drop(seat);
    until("it rests", || room.report().paused).await;
    let rested_at = room.report().status.tick;
    tokio::time::sleep(Duration::from_millis(100)).await;
    // The welcome is said before the first tick in company.
    let (_seat, _inbox, welcome) = come(&room, arrival()).await;
    assert_eq!(welcome.tick, rested_at, "the world went on while nobody was there");
    room.close().await;
    assert!(!room.is_alive());
}

#[tokio::test]
async fn a_panic_ends_its_connections_and_begins_a_fresh_room() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let (_seat, inbox) = enter(&room).await;
    room.sabotage(|| panic!("asked to, by a test")).await;
    let code = timeout(SOON, inbox.closing).await.expect("in time").expect("told");
    assert_eq!(code.code, CloseCode::RoomGone);
    let (_seat, _inbox) = enter(&room).await;
    until("the restart is reported", || room.report().restarts == 1).await;
    assert!(room.is_alive());
}

/// Comes with the token `old`, is given the token `new`: the slot it got back.
async fn come_back(room: &RoomHandle, old: Option<u8>, new: u8) -> (Seat, Inbox, Option<PlayerId>) {
    let credentials = Credentials {
        profile_key: None,
        resume_key: old.map(|old| [old; 32]),
        token: ResumeToken([new; 16]),
        token_key: [new; 32],
        lane: LaneKey([5; 16]),
    };
    let (seat, inbox, welcome) = come(room, Arrival { credentials, ..arrival() }).await;
    (seat, inbox, welcome.resumed)
}

#[tokio::test]
async fn a_room_retires_when_nobody_has_a_slot_also_while_it_rests() {
    let patient = Blueprint { bounds: RoomBounds { seat_s: 1, ..RoomBounds::default() }, ..blueprint() };
    let room = RoomHandle::open(patient, None).unwrap();
    let (seat, inbox) = enter(&room).await;
    seat.voice().say(ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark }, Instant::now());
    until("it has a slot", || room.report().status.humans == 1).await;
    room.retire();
    let asked_at = room.report().status.tick;
    until("it plays on", || room.report().status.tick.since(asked_at) > 30).await;
    // The report of a room that rests counts nobody; the slot is kept all the same.
    drop((seat, inbox));
    until("it rests", || room.report().paused).await;
    let rests = Instant::now();
    until("it has ended", || {
        room.retire();
        room.has_ended()
    })
    .await;
    assert!(rests.elapsed() > Duration::from_millis(900), "after {:?}", rests.elapsed());
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let (_seat, _inbox) = enter(&room).await;
    room.retire();
    until("who looks on keeps none", || room.has_ended()).await;
}

#[tokio::test]
async fn who_played_when_it_panicked_has_the_slot_back_at_once() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let mut old = None;
    let mut slot = None;
    for (restarts, new) in [(1, 10), (2, 11)] {
        let (seat, inbox, resumed) = come_back(&room, old, new).await;
        assert_eq!(resumed, slot);
        if slot.is_none() {
            let play = ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark };
            seat.voice().say(play, Instant::now());
        }
        until("it has a slot", || room.report().status.humans == 1).await;
        slot = Some(PlayerId(2));
        let began = Instant::now();
        room.sabotage(|| panic!("asked to, by a test")).await;
        assert_eq!(timeout(SOON, inbox.closing).await.expect("in time"), Ok(CloseCode::RoomGone.into()));
        let (_seat, _inbox, resumed) = come_back(&room, Some(new), new + 50).await;
        assert_eq!(resumed, slot, "after {:?}", began.elapsed());
        until("the restart is reported", || room.report().restarts == restarts).await;
        old = Some(new + 50);
    }
}

#[tokio::test]
async fn a_room_that_breaks_leaves_what_it_did_to_be_played_again() {
    let home = tempfile::tempdir().unwrap();
    let crashes = home.path().join("crashes");
    let keeping = Keeping {
        journal: home.path().join("main.journal"),
        keeper: crate::store::Store::none().1.keeper(),
        figures: std::sync::Arc::default(),
        black_box: BlackBox::of(crashes.clone(), "main", 1, 1 << 20),
    };
    let room = RoomHandle::open(blueprint(), Some(keeping)).unwrap();
    let (_seat, _inbox, _) = come_back(&room, None, 10).await;
    until("a second has passed", || room.report().status.tick.0 > 70).await;
    let tick = room.report().status.tick.0;
    room.sabotage(|| panic!("asked to, by a test")).await;
    let kept = || {
        let files = std::fs::read_dir(&crashes).into_iter().flatten().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|ending| ending == "rec")).collect::<Vec<_>>()
    };
    until("a crash file", || kept().len() == 1).await;
    let told = crate::replay::verify(&kept()[0]).unwrap();
    let ticks: u32 = told.split(" ticks").next().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(ticks >= tick && told.starts_with("as recorded:"), "{told} of {tick}");
    room.close().await;
    until("the next life left nothing", || std::fs::read_dir(&crashes).unwrap().count() == 1).await;
}

#[tokio::test]
async fn a_room_that_panics_again_and_again_gives_up_what_it_begins_with() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let (seat, inbox, _) = come_back(&room, None, 10).await;
    seat.voice().say(ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark }, Instant::now());
    until("it has a slot", || room.report().status.humans == 1).await;
    for _ in 0..3 {
        room.sabotage(|| panic!("asked to, by a test")).await;
    }
    assert_eq!(timeout(SOON, inbox.closing).await.expect("in time"), Ok(CloseCode::RoomGone.into()));
    let (_seat, _inbox, resumed) = come_back(&room, Some(10), 11).await;
    assert_eq!(resumed, None);
}

#[tokio::test]
async fn a_room_that_breaks_as_it_is_built_is_built_again_and_not_for_ever() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let (_seat, inbox) = enter(&room).await;
    room.flaw(2).await;
    room.sabotage(|| panic!("asked to, by a test")).await;
    assert_eq!(timeout(SOON, inbox.closing).await.expect("in time"), Ok(CloseCode::RoomGone.into()));
    let (_seat, _inbox) = enter(&room).await;
    until("all three tries are counted", || room.report().restarts == 3).await;
    assert!(room.is_alive());
    room.flaw(BUILD_TRIES + 1).await;
    room.sabotage(|| panic!("asked to, by a test")).await;
    until("it has ended", || !room.is_alive()).await;
}

#[tokio::test]
async fn bots_and_places_may_change_while_it_runs() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let _company = enter(&room).await;
    until("its two bots fly", || room.report().status.bots == 2).await;
    assert!(room.resize(5, 3, Some("word".into())));
    until("five bots", || room.report().status.bots == 5).await;
    assert_eq!((room.blueprint().bots, room.blueprint().players_max), (5, 3));
    assert!(room.admits(Some("word")) && !room.admits(None));
    assert!(room.introduce("Another".into(), shared::protocol::ChatMode::Off));
    let (_seat, _inbox, welcome) = come(&room, arrival()).await;
    assert_eq!((welcome.room.as_str(), welcome.chat), ("Another", shared::protocol::ChatMode::Off));
    assert_eq!(room.blueprint().name, "Another");
}

#[tokio::test]
async fn orders_reach_the_room_and_the_report_says_who_is_here() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let (seat, inbox, _) = come_back(&room, None, 10).await;
    seat.voice().say(ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark }, Instant::now());
    let ada = || room.report().players.iter().find(|row| row.name == "Ada").cloned();
    until("she is on the roll", || ada().is_some()).await;
    let conn = seat.conn();
    assert_eq!(ada().and_then(|row| row.conn), Some(conn));
    assert!(room.order(Order::Mute { conn, ticks: None }));
    until("she is muted", || ada().is_some_and(|row| row.is_muted)).await;
    let reason = shared::protocol::NoticeText::clean("spam, again");
    assert!(room.order(Order::Kick { conn, code: CloseCode::Kicked, reason }));
    let goodbye = timeout(SOON, inbox.closing).await.expect("in time").expect("told");
    assert_eq!(goodbye, Goodbye { code: CloseCode::Kicked, reason: Some("spam, again".into()) });
    until("she is gone", || ada().is_none()).await;
}

#[tokio::test]
async fn a_room_that_hangs_is_seen_and_seen_to_recover() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let _company = enter(&room).await;
    let (release, hold) = std::sync::mpsc::channel::<()>();
    room.sabotage(move || {
        let _ = hold.recv();
    })
    .await;
    until("it is taken for dead", || !room.is_alive()).await;
    drop(release);
    until("it lives again", || room.is_alive()).await;
    assert!(!room.mend(SOON).unwrap(), "what lives is left alone");
}

#[tokio::test]
async fn another_thread_takes_the_place_of_one_that_hangs() {
    let room = RoomHandle::open(blueprint(), None).unwrap();
    let (seat, inbox, _) = come_back(&room, None, 10).await;
    seat.voice().say(ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark }, Instant::now());
    until("it has a slot", || room.report().status.humans == 1).await;
    let tuning = {
        let mut tuning = shared::defs::Tuning::STANDARD;
        tuning.set("gravity", 50).unwrap();
        tuning
    };
    assert!(room.order(Order::Tune { tuning }));
    until("it is told of other numbers", || room.report().tuning == tuning).await;
    let (release, hold) = std::sync::mpsc::channel::<()>();
    room.sabotage(move || {
        let _ = hold.recv();
    })
    .await;
    let soon = Duration::from_millis(300);
    until("it is mended", || room.mend(soon).unwrap()).await;
    assert!(!room.mend(soon).unwrap(), "once");
    // Whoever was in the room that hung has the slot back in the other, before that one wakes.
    let (_seat, _inbox, resumed) = come_back(&room, Some(10), 11).await;
    assert_eq!(resumed, Some(PlayerId(2)));
    until("it ticks", || room.is_alive() && !room.report().paused).await;
    assert_eq!((room.report().restarts, room.report().tuning), (1, tuning));
    drop(release);
    assert!(timeout(SOON, inbox.closing).await.expect("in time").is_err(), "the other ends when it wakes");
    assert!(room.is_alive());
    room.close().await;
    assert!(!room.mend(Duration::ZERO).unwrap(), "what was closed stays closed");
}

#[test]
fn who_does_not_read_what_must_arrive_is_too_slow() {
    let (_mail, mailbox) = mpsc::channel(1);
    let memory = Memory::new(None, "drift", 1);
    let (mut task, _report, _outlook) = Task::new(blueprint(), 0, mailbox, Estate::new(memory)).unwrap();
    let (slow, mut slow_inbox) = outbox_pair();
    let (other, mut other_inbox) = outbox_pair();
    task.receive(Mail::Arrive { conn: ConnId(1), arrival: Box::new(arrival()), outbox: slow });
    task.receive(Mail::Arrive { conn: ConnId(2), arrival: Box::new(arrival()), outbox: other });
    for _ in 0..=RELIABLE_MAX {
        task.outputs.push(Sent::Reliable { conn: ConnId(1), bytes: Bytes::from_static(&[0]) });
    }
    task.deliver(Outbox::send);
    assert_eq!(slow_inbox.closing.try_recv(), Ok(CloseCode::TooSlow.into()));
    assert!(other_inbox.closing.try_recv().is_err());
    assert_eq!(task.outboxes.keys().copied().collect::<Vec<_>>(), [2]);
}

#[test]
fn a_room_whose_ticks_take_too_long_sends_less_then_takes_nobody_and_comes_back_to_all_of_it() {
    let (_mail, mailbox) = mpsc::channel(1);
    let memory = Memory::new(None, "drift", 1);
    let (mut task, report, _outlook) = Task::new(blueprint(), 0, mailbox, Estate::new(memory)).unwrap();
    let (outbox, _inbox) = outbox_pair();
    task.receive(Mail::Arrive { conn: ConnId(1), arrival: Box::new(arrival()), outbox });
    // Of its two seconds' worth of turns, how many came to something or were passed, and what it says of itself.
    let second = |task: &mut Task, time_us: u64| {
        let turns = |task: &Task| task.room.status().snapshots + task.room.status().snapshots_skipped;
        let before = turns(task);
        for _ in 0..60 {
            task.tick();
            task.weigh(time_us);
        }
        task.publish(false);
        let told = report.borrow();
        (turns(task) - before, told.rung, told.is_closed, told.status.bots)
    };
    assert_eq!(second(&mut task, 1_000), (30, 0, false, 2));
    let slow: Vec<_> = (0..4).map(|_| second(&mut task, 20_000)).collect();
    assert_eq!(slow, [(30, 1, false, 2), (20, 2, false, 2), (15, 3, true, 0), (15, 3, true, 0)]);
    // Who asks for a seat is sent on.
    let (outbox, mut inbox) = outbox_pair();
    task.receive(Mail::Arrive { conn: ConnId(2), arrival: Box::new(arrival()), outbox });
    let play = ClientMessage::Play { name: "Ada".into(), class: ShipClass::Spark };
    task.receive(Mail::Message { conn: ConnId(2), message: play, at: Instant::now() });
    assert_eq!(inbox.closing.try_recv(), Ok(CloseCode::Full.into()));
    let good: Vec<_> = (0..31).map(|_| second(&mut task, 1_000)).collect();
    assert_eq!((good[8].1, good[9], good[19].1, good[29].1), (3, (15, 2, false, 2), 1, 0));
    assert_eq!(good[30], (30, 0, false, 2));
}
