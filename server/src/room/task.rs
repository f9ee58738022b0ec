//! The thread of one room: mail in, tick, bytes out.
//!
//! Invariants: the mailbox is drained before each tick and never without bound; with no connection it sleeps until
//! one comes (the world stands still, at no cost); a panic of the core ends this room's connections with 4009 and
//! begins another room with everybody's slot and score, and nothing else in the process notices. A thread that has hung is
//! left to itself (`RoomHandle::mend`): should it wake, it finds itself deposed and ends.

mod building;

use std::{
    collections::BTreeMap,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use shared::{
    protocol::{ChatLine, CloseCode},
    room::{ConnId, Order, Output, Pace, Pacer, Room, RoomEvent},
};
use tokio::sync::{mpsc, watch};

use super::{
    Blueprint,
    handle::{Arrival, Mail, RoomReport},
    ladder::Ladder,
    memory::Estate,
    outbox::{Goodbye, Outbox, OutboxError},
    outlook::{self, Easel, Outlook},
    tape::Tape,
    tick_times::{TickFigures, TickTimes},
};
use crate::limits::MAILBOX_MAX;
pub(super) use building::secret_of;
use building::{build, tape};

const REPORT_EVERY: Duration = Duration::from_millis(250);

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
    ladder: Ladder,
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
        let tape = tape(&blueprint, restarts, &estate);
        let first = RoomReport {
            status: room.status(),
            at: Instant::now(),
            paused: true,
            ticks: TickFigures::default(),
            restarts,
            players: room.players().into(),
            tuning: blueprint.tuning,
            rung: 0,
            is_closed: false,
            talk: Arc::default(),
        };
        let (report, reports) = watch::channel(first);
        let (easel, outlook) = outlook::pair(room.panorama());
        let ladder = Ladder::new(blueprint.net.snapshot_ticks());
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
            ladder,
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
        if self.ladder.rung() > 0 {
            // Nobody is here, so there is nothing that takes time.
            self.ladder.reset();
            self.relieve();
        }
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
                    let time_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
                    self.times.record(late_us, time_us);
                    self.weigh(time_us);
                    if published.elapsed() >= REPORT_EVERY {
                        published = Instant::now();
                        self.publish(false);
                    }
                }
            }
        }
        Flow::Continue
    }

    /// A tick took so long: if many did lately, the room does less, and later all again. A line for each step: there are as
    /// many down as the ladder has rungs, and one up in ten seconds.
    fn weigh(&mut self, time_us: u64) {
        let before = self.ladder.rung();
        if !self.ladder.note(time_us) {
            return;
        }
        let (rung, relief) = (self.ladder.rung(), self.ladder.relief());
        let (room, ticks, closed) = (&*self.blueprint.name, relief.snapshot_ticks, relief.is_closed);
        if rung > before {
            tracing::warn!(%room, rung, ticks_per_snapshot = ticks, closed, "ticks take too long; the room does less");
        } else {
            tracing::info!(%room, rung, ticks_per_snapshot = ticks, closed, "ticks are short again; the room does more");
        }
        self.relieve();
    }

    /// Has the room do as much as the ladder says.
    fn relieve(&mut self) {
        let relief = self.ladder.relief();
        if self.with_room(|room, _| room.relieve(relief)) {
            self.deliver(Outbox::send);
        }
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
            Mail::Introduce { name, chat } => {
                (self.blueprint.name, self.blueprint.chat) = (name.clone(), chat);
                self.with_room(|room, _| room.introduce(name, chat));
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
            Mail::Retire if self.is_vacant() => return Flow::Stop,
            Mail::Retire => {}
            #[cfg(test)]
            Mail::Flaws(flaws) => self.flaws = flaws,
            #[cfg(any(test, feature = "sabotage"))]
            Mail::Sabotage(work) => {
                self.with_room(|_, _| work());
            }
        }
        Flow::Continue
    }

    /// Nobody has a slot. While it rests no time passes in it: whoever left just before has theirs as long as by the clock.
    fn is_vacant(&self) -> bool {
        let report = self.report.borrow();
        let kept = Duration::from_secs(self.blueprint.bounds.seat_s.into());
        self.room.status().humans == 0 || report.paused && report.at.elapsed() > kept
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
        let (rung, is_closed) = (self.ladder.rung(), self.ladder.relief().is_closed);
        let report = RoomReport { status, at, paused, ticks, restarts, players, tuning, rung, is_closed, talk };
        self.report.send_replace(report);
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

#[cfg(test)]
mod tests;
