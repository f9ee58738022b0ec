//! The thread of one room: mail in, tick, bytes out.
//!
//! Invariants: the mailbox is drained before each tick and never without bound; with no connection it sleeps until
//! one comes (the world stands still, at no cost); a panic of the core ends this room's connections with 4009 and
//! begins another room with everybody's slot and score, and nothing else in the process notices. A thread that has hung is
//! left to itself (`RoomHandle::mend`): should it wake, it finds itself deposed and ends.

use std::{
    collections::BTreeMap,
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use shared::{
    defs::Defs,
    protocol::{ChatLine, CloseCode},
    room::{ConnId, Order, Output, Pace, Pacer, Room, RoomConfig, RoomEvent},
};
use tokio::sync::{mpsc, watch};

use super::{
    Blueprint,
    handle::{Arrival, Mail, RoomReport},
    memory::Estate,
    outbox::{Goodbye, Outbox, OutboxError},
    outlook::{self, Easel, Outlook},
    tape::Tape,
    tick_times::{TickFigures, TickTimes},
};
use crate::limits::MAILBOX_MAX;

const REPORT_EVERY: Duration = Duration::from_millis(250);
/// A room that cannot be built is tried again so often…
const BUILD_TRIES: u32 = 5;
/// …the first time after this, and after twice as long each time.
const BUILD_PAUSE: Duration = Duration::from_millis(100);

/// Everything the thread owns.
#[derive(Debug)]
pub(super) struct Task {
    blueprint: Blueprint,
    room: Room,
    mailbox: mpsc::Receiver<Mail>,
    report: watch::Sender<RoomReport>,
    easel: Easel,
    /// Keyed by the number of the connection, as `ConnId` promises no order.
    outboxes: BTreeMap<u64, Outbox>,
    outputs: Vec<Sent>,
    /// Where the bytes of a tick are put: one allocation serves all connections, each holds a slice of it.
    bytes: BytesMut,
    epoch: Instant,
    times: TickTimes,
    /// What was said last, and how many lines there had been.
    talk: (u32, Arc<[ChatLine]>),
    restarts: u32,
    tape: Option<Tape>,
    estate: Estate,
    /// Another thread is the room now.
    deposed: bool,
    /// So many rooms break as they are built.
    #[cfg(test)]
    flaws: u32,
}

/// An [`Output`] of the room with bytes that live on.
#[derive(Debug)]
enum Sent {
    Snapshot { conn: ConnId, bytes: Bytes },
    Reliable { conn: ConnId, bytes: Bytes },
    Close { conn: ConnId, goodbye: Goodbye },
}

impl Sent {
    fn keep(output: Output<'_>, buffer: &mut BytesMut) -> Sent {
        let mut keep = |bytes: &[u8]| {
            buffer.extend_from_slice(bytes);
            buffer.split().freeze()
        };
        match output {
            Output::Snapshot { conn, bytes } => Sent::Snapshot { conn, bytes: keep(bytes) },
            Output::Reliable { conn, bytes } => Sent::Reliable { conn, bytes: keep(bytes) },
            Output::Close { conn, code, reason } => {
                Sent::Close { conn, goodbye: Goodbye { code, reason: reason.map(str::to_owned) } }
            }
        }
    }
}

/// Room for the messages of some ticks; a new one is taken when it is used up.
const BUFFER_BYTES: usize = 64 * 1_024;

/// Whether the thread goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Continue,
    Stop,
}

impl Task {
    /// The room of this estate, begun for the `restarts`th time after the first.
    ///
    /// # Errors
    /// The core panics as it is built.
    pub(super) fn new(
        blueprint: Blueprint,
        restarts: u32,
        mailbox: mpsc::Receiver<Mail>,
        estate: Estate,
    ) -> io::Result<(Task, watch::Receiver<RoomReport>, Outlook)> {
        // Unwind safe: nothing that was half built is kept.
        let built = catch_unwind(AssertUnwindSafe(|| build(&blueprint, restarts, &estate, 0)));
        let room = built.map_err(|_| io::Error::other("the room panicked as it was built"))?;
        let tape = tape(&blueprint, restarts);
        let first = RoomReport {
            status: room.status(),
            at: Instant::now(),
            paused: true,
            ticks: TickFigures::default(),
            restarts,
            players: room.players().into(),
            tuning: blueprint.tuning,
            talk: Arc::default(),
        };
        let (report, reports) = watch::channel(first);
        let (easel, outlook) = outlook::pair(room.panorama());
        let task = Task {
            blueprint,
            room,
            mailbox,
            report,
            easel,
            outboxes: BTreeMap::new(),
            outputs: Vec::new(),
            bytes: BytesMut::new(),
            epoch: Instant::now(),
            times: TickTimes::default(),
            talk: Default::default(),
            restarts,
            tape,
            estate,
            deposed: false,
            #[cfg(test)]
            flaws: 0,
        };
        Ok((task, reports, outlook))
    }

    /// Runs until told to stop, or until nobody holds a handle.
    pub(super) fn run(mut self) {
        loop {
            if self.wait_for_company() == Flow::Stop || self.tick_while_in_company() == Flow::Stop {
                self.room.finish_recording();
                self.record();
                // Before the mailbox closes, which tells others that all is done.
                self.tape = None;
                // Waits until all of it is on the disk.
                drop(self.estate.take());
                return;
            }
        }
    }

    fn wait_for_company(&mut self) -> Flow {
        self.publish(true);
        self.show();
        while self.outboxes.is_empty() {
            let Some(mail) = self.mailbox.blocking_recv() else { return Flow::Stop };
            if self.receive(mail) == Flow::Stop || self.deposed {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    fn tick_while_in_company(&mut self) -> Flow {
        self.publish(false);
        let mut pacer = Pacer::new(self.now_us());
        let mut published = Instant::now();
        while !self.outboxes.is_empty() {
            match pacer.pace(self.now_us()) {
                Pace::Sleep(time) => thread::sleep(time),
                Pace::Tick { late_us } => {
                    let began = Instant::now();
                    if self.read_mail() == Flow::Stop {
                        return Flow::Stop;
                    }
                    self.tick();
                    if self.deposed {
                        return Flow::Stop;
                    }
                    if self.easel.is_wanted() {
                        self.show();
                    }
                    self.times.record(late_us, u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
                    if published.elapsed() >= REPORT_EVERY {
                        published = Instant::now();
                        self.publish(false);
                    }
                }
            }
        }
        Flow::Continue
    }

    fn read_mail(&mut self) -> Flow {
        for _ in 0..MAILBOX_MAX {
            let Ok(mail) = self.mailbox.try_recv() else { break };
            if self.receive(mail) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    fn receive(&mut self, mail: Mail) -> Flow {
        match mail {
            Mail::Arrive { conn, arrival, outbox } => {
                self.outboxes.insert(conn.0, outbox);
                let Arrival { hello, credentials } = *arrival;
                self.handle(RoomEvent::Connect { conn, hello, credentials });
            }
            Mail::Message { conn, message, at } => {
                // Mail of a connection that the room has closed, or that a panic has ended, may still come.
                if self.outboxes.contains_key(&conn.0) {
                    self.handle_at(RoomEvent::Message { conn, message }, self.us_at(at));
                }
            }
            Mail::Depart { conn } => {
                if self.outboxes.remove(&conn.0).is_some() {
                    self.handle(RoomEvent::Disconnect { conn });
                }
            }
            Mail::Resize { bots, players_max } => {
                (self.blueprint.bots, self.blueprint.players_max) = (bots, players_max);
                self.with_room(|room, _| room.resize(bots, players_max));
                self.deliver(Outbox::send);
            }
            Mail::Restarting { seconds } => self.handle(RoomEvent::Restarting { seconds }),
            Mail::Order(order) => {
                let tuned = if let Order::Tune { tuning } = order { Some(tuning) } else { None };
                self.handle(RoomEvent::Order(order));
                if let Some(tuning) = tuned {
                    self.blueprint.tuning = tuning;
                    // Whoever changes the next number begins with these.
                    self.publish(self.outboxes.is_empty());
                }
            }
            Mail::Stop => return Flow::Stop,
            #[cfg(test)]
            Mail::Flaws(flaws) => self.flaws = flaws,
            #[cfg(any(test, feature = "sabotage"))]
            Mail::Sabotage(work) => {
                self.with_room(|_, _| work());
            }
        }
        Flow::Continue
    }

    fn handle(&mut self, event: RoomEvent) {
        self.handle_at(event, self.now_us());
    }

    fn handle_at(&mut self, event: RoomEvent, now_us: u64) {
        if self.with_room(|room, _| room.handle(event, now_us)) {
            self.deliver(Outbox::send);
        }
    }

    fn tick(&mut self) {
        let now_us = self.now_us();
        let lives = self.with_room(|room, outboxes| {
            let writable = |conn: ConnId| outboxes.get(&conn.0).is_some_and(Outbox::is_writable);
            room.tick(now_us, &writable);
        });
        if lives {
            self.deliver(Outbox::ride);
            self.end_tick();
        }
        self.record();
    }

    fn record(&mut self) {
        let Some(tape) = &mut self.tape else { return };
        while let Some(bytes) = self.room.poll_recording() {
            tape.put(bytes);
        }
    }

    /// The only way to the core: does `work`, collects what came of it, and survives a panic of either. Whether the
    /// room lived through it.
    fn with_room(&mut self, work: impl FnOnce(&mut Room, &BTreeMap<u64, Outbox>)) -> bool {
        let Task { room, outboxes, outputs, bytes, .. } = self;
        if bytes.capacity() < BUFFER_BYTES / 16 {
            bytes.reserve(BUFFER_BYTES);
        }
        // Unwind safe: after a panic the room and its outputs are thrown away.
        let result = catch_unwind(AssertUnwindSafe(|| {
            work(room, outboxes);
            while let Some(output) = room.poll_output() {
                outputs.push(Sent::keep(output, bytes));
            }
        }));
        match result {
            // Before anybody is told what came of it.
            Ok(()) => self.deposed |= self.estate.with(|memory| memory.note(&mut self.room)).is_none(),
            Err(_) => self.begin_anew(),
        }
        result.is_ok() && !self.deposed
    }

    /// Hands out what the room said; `put` decides how messages besides snapshots go.
    fn deliver(&mut self, put: fn(&mut Outbox, Bytes) -> Result<(), OutboxError>) {
        let mut lost = Vec::new();
        for output in self.outputs.drain(..) {
            match output {
                Sent::Snapshot { conn, bytes } => {
                    if let Some(outbox) = self.outboxes.get_mut(&conn.0) {
                        outbox.put_snapshot(bytes);
                    }
                }
                Sent::Reliable { conn, bytes } => {
                    let Some(outbox) = self.outboxes.get_mut(&conn.0) else { continue };
                    if let Err(error) = put(outbox, bytes) {
                        lost.push((conn, error));
                    }
                }
                Sent::Close { conn, goodbye } => {
                    if let Some(mut outbox) = self.outboxes.remove(&conn.0) {
                        outbox.close(goodbye);
                    }
                }
            }
        }
        lost.into_iter().for_each(|(conn, error)| self.lose(conn, error));
    }

    fn end_tick(&mut self) {
        let ended = self.outboxes.iter_mut().map(|(number, outbox)| (ConnId(*number), outbox.end_tick()));
        let lost: Vec<_> = ended.filter_map(|(conn, result)| Some((conn, result.err()?))).collect();
        lost.into_iter().for_each(|(conn, error)| self.lose(conn, error));
    }

    /// A connection that cannot be written to any more. One whose session has ended is not forgotten yet: what it said
    /// last (that it leaves, say) may still lie in the mailbox, and its departure comes behind that.
    fn lose(&mut self, conn: ConnId, error: OutboxError) {
        if error == OutboxError::Gone {
            return;
        }
        if let Some(mut outbox) = self.outboxes.remove(&conn.0) {
            outbox.close(CloseCode::TooSlow.into());
            self.handle(RoomEvent::Disconnect { conn });
        }
    }

    fn begin_anew(&mut self) {
        self.restarts += 1;
        tracing::error!(room = %self.blueprint.name, restarts = self.restarts, "the room panicked; another begins with its scores");
        for (_, mut outbox) in std::mem::take(&mut self.outboxes) {
            outbox.close(CloseCode::RoomGone.into());
        }
        self.outputs.clear();
        self.estate.with(|memory| memory.begin_anew(secret_of(&self.blueprint, self.restarts)));
        self.room = self.build_anew();
        self.tape = tape(&self.blueprint, self.restarts);
    }

    /// Another room. One that cannot be built is tried again some times, a little later each time, with other seeds and in the
    /// end without what it begins from; then this thread ends, which is seen from outside.
    fn build_anew(&mut self) -> Room {
        let mut pause = BUILD_PAUSE;
        for _ in 0..BUILD_TRIES {
            match self.try_to_build() {
                Ok(room) => return room,
                Err(_) => {
                    tracing::error!(room = %self.blueprint.name, "the room panicked as it was built; it is tried again");
                    thread::sleep(pause);
                    pause *= 2;
                    self.restarts += 1;
                    self.estate.with(|memory| memory.begin_anew(secret_of(&self.blueprint, self.restarts)));
                }
            }
        }
        self.try_to_build().unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn try_to_build(&mut self) -> thread::Result<Room> {
        let now_us = self.now_us();
        #[cfg(test)]
        let flawed = self.flaws > 0;
        #[cfg(test)]
        {
            self.flaws = self.flaws.saturating_sub(1);
        }
        let Task { blueprint, restarts, estate, .. } = self;
        // Unwind safe: nothing that was half built is kept.
        catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            assert!(!flawed, "asked to, by a test");
            build(blueprint, *restarts, estate, now_us)
        }))
    }

    /// Looks at the core, which may panic of that as of anything: then another begins, and there is nothing to see.
    fn look<T>(&mut self, look: impl FnOnce(&Room) -> T) -> Option<T> {
        // Unwind safe: after a panic the room is thrown away.
        let seen = catch_unwind(AssertUnwindSafe(|| look(&self.room)));
        if seen.is_err() {
            self.begin_anew();
        }
        seen.ok()
    }

    fn show(&mut self) {
        if let Some(panorama) = self.look(Room::panorama) {
            self.easel.show(panorama);
        }
    }

    fn publish(&mut self, paused: bool) {
        let known = self.talk.0;
        let facts = |room: &Room| (room.status(), room.players(), room.tuning(), newer_talk(room, known));
        // Of the next room, if this one broke on being asked.
        let Some((status, players, tuning, newer)) = self.look(facts).or_else(|| self.look(facts)) else { return };
        if let Some(talk) = newer {
            self.talk = talk;
        }
        let talk = Arc::clone(&self.talk.1);
        let (ticks, restarts) = (self.times.figures(), self.restarts);
        let (at, players) = (Instant::now(), players.into());
        self.report.send_replace(RoomReport { status, at, paused, ticks, restarts, players, tuning, talk });
    }

    fn now_us(&self) -> u64 {
        self.us_at(Instant::now())
    }

    fn us_at(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.epoch).as_micros())
            .expect("the process is younger than 584,000 years")
    }
}

/// What was said last, if that is no longer what it was when there had been `known` lines.
fn newer_talk(room: &Room, known: u32) -> Option<(u32, Arc<[ChatLine]>)> {
    let (said, lines) = room.talk();
    (said != known).then(|| (said, lines.cloned().collect()))
}

/// A room with everybody in it who was in the last one. Another arena after each panic: one that panicked may do it again.
fn build(blueprint: &Blueprint, restarts: u32, estate: &Estate, now_us: u64) -> Room {
    // Of one that was taken nothing is left: what is built of it ends at once.
    let (session, save) = estate.with(|memory| (memory.session(), memory.save().clone())).unwrap_or_default();
    let config = RoomConfig {
        name: blueprint.name.clone(),
        id: blueprint.id.to_string(),
        seed: blueprint.seed.wrapping_add(u64::from(restarts)),
        secret: secret_of(blueprint, restarts),
        bots: blueprint.bots,
        players_max: blueprint.players_max,
        start_points: blueprint.start_points,
        season_ticks: blueprint.season_ticks,
        chat: blueprint.chat,
        session: Some(session),
        record: blueprint.record.is_some(),
        defs: Defs::tuned(blueprint.terms, &blueprint.tuning),
        ..RoomConfig::default()
    };
    Room::again(config, &save, now_us)
}

/// Seed of the draws of a room's life.
pub(super) fn secret_of(blueprint: &Blueprint, restarts: u32) -> u64 {
    blueprint.secret.wrapping_add(u64::from(restarts))
}

/// The recording of the room's next life. Without a file the game goes on unrecorded.
fn tape(blueprint: &Blueprint, restarts: u32) -> Option<Tape> {
    let path = blueprint.record.as_ref()?;
    match Tape::start(path, restarts) {
        Ok(tape) => Some(tape),
        Err(error) => {
            tracing::error!(file = %path.display(), %error, "the match is not recorded");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        limits::RELIABLE_MAX,
        room::{Inbox, RoomHandle, Seat, memory::Memory, outbox_pair},
    };
    use shared::{
        defs::ShipClass,
        ids::PlayerId,
        protocol::{ClientMessage, Hello, LaneKey, ResumeToken, ServerMessage, Welcome, codec::decode_server},
        room::Credentials,
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
            players_max: 8,
            start_points: 0,
            season_ticks: 0,
            chat: shared::protocol::ChatMode::Full,
            password: None,
            terms: shared::defs::Terms::default(),
            tuning: shared::defs::Tuning::STANDARD,
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
}
