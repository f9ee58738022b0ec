//! One honest client: the browser's own logic over a real WebSocket, from arrival to the end of the run.
//!
//! ```text
//! arrive → connect ⇄ (refused: wait)
//!             ↓
//!          converse: beat → mind → frame → send; message → replica
//!             ↓ closed, lost, or let go on purpose
//!          wait a little, connect again with the token
//! ```
//!
//! Invariants: it behaves as the page does; it counts only while measured; it ends within a beat of the run's end.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use shared::{
    bot::VIEW_HALF,
    defs::{Defs, ShipClass},
    link::Profile,
    protocol::{Leaderboard, Resume, ServerMessage, Snapshot, codec},
    replica::{Intent, LaneStep, Replica, ReplicaError, view::LineView},
    rng::{Keyed, Purpose},
    tick::Tick,
};
use suite::mind::Mind;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::{
    beat::{Beats, Heard as HeardBeat, Stage},
    books::{Books, Finding},
    comeback::{Comeback, End},
    kind,
    lane::{Lane, LaneEvent},
    news::News,
    plan::{Plan, Role},
    socket::{Heard, Socket},
    tally::{LATE, Tally},
    target::Target,
    wire::Wire,
};

/// Between giving the slot up and closing: a server may forget a connection that is gone before it has read what
/// that said last.
pub const LAST_WORD: Duration = Duration::from_millis(200);
/// A round trip longer than this is no measurement: the stamp wraps after 65 s.
const RTT_MAX_MS: u16 = 5_000;
/// What the server says when nothing was ever heard of the client's clock.
const NO_ECHO: u8 = u8::MAX;

/// What all clients share.
#[derive(Debug)]
pub struct Shared {
    /// Where to.
    pub target: Target,
    /// The run's begin: the origin of every client's clock.
    pub began: Instant,
    /// Seed of minds and drops.
    pub seed: u64,
    /// Mean time between drops of one client.
    pub drop_every: Option<Duration>,
    /// What each client's line is like, if not as it is.
    pub profile: Option<Profile>,
    /// Where the first client comes from; each next one from the next address.
    pub from: Option<IpAddr>,
}

impl Shared {
    /// Where client `index` comes from.
    pub fn address_of(&self, index: u32) -> Option<IpAddr> {
        Some(match self.from? {
            IpAddr::V4(first) => Ipv4Addr::from_bits(first.to_bits().wrapping_add(index)).into(),
            IpAddr::V6(first) => Ipv6Addr::from_bits(first.to_bits().wrapping_add(index.into())).into(),
        })
    }

    /// The time on every client's clock, µs.
    pub fn now_us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }
}

/// One honest client.
#[derive(Debug)]
pub struct Pilot {
    plan: Plan,
    shared: Arc<Shared>,
    beats: Beats,
    mind: Mind,
    random: Keyed,
    books: Books,
    /// The connection before this one ended otherwise than by our own will.
    was_cut: bool,
    tally: Tally,
    measured: bool,
}

/// One connection: the client logic and what was seen of it last.
#[derive(Debug)]
struct Flight {
    replica: Replica,
    line: LineView,
    greeted: bool,
    hello_sent: bool,
    resuming: bool,
    drop_at: Option<Instant>,
    last_frame: Option<Instant>,
    last_echo_ms: Option<u16>,
    news: News,
    joined: bool,
    wire: Option<Wire>,
    lane: Lane,
}

impl Pilot {
    /// Not there yet.
    pub fn new(plan: Plan, shared: Arc<Shared>, beats: Beats) -> Pilot {
        let mut random = Keyed::new(shared.seed, Tick(0), plan.index, Purpose::Test);
        let mind = Mind::new(u64::from(random.bits()) << 32 | u64::from(random.bits()));
        Pilot {
            plan,
            shared,
            beats,
            mind,
            random,
            books: Books::default(),
            was_cut: false,
            tally: Tally::new(),
            measured: false,
        }
    }

    /// Flies to the end of the run; gives the counts.
    pub async fn run(mut self) -> Tally {
        let arrival = self.shared.began + self.plan.arrives;
        if self.beats.unless_over(sleep_until(arrival)).await.is_none() {
            return self.tally;
        }
        let (mut resume, mut comeback) = (None, Comeback::new(self.shared.seed, self.plan.index));
        loop {
            let opening = Socket::open(&self.shared.target, None, self.shared.address_of(self.plan.index));
            match self.beats.unless_over(opening).await {
                None => break,
                Some(Err(_)) => self.tally.events.refused += 1,
                Some(Ok(socket)) => {
                    self.tally.events.connected += 1;
                    let (end, latest) = self.fly(socket, resume).await;
                    // A token is good once; only a welcome brings the next.
                    if latest.is_some() {
                        resume = latest;
                        comeback.welcomed();
                    }
                    self.was_cut = !matches!(end, End::Dropped);
                    self.tally.events.ended(end);
                    if !end.comes_back() {
                        break;
                    }
                }
            }
            if self.beats.unless_over(sleep(comeback.wait())).await.is_none() {
                break;
            }
        }
        self.tally.events.launches = self.mind.launches();
        self.tally
    }

    /// One connection, from the hello to its end; gives what resumes it.
    async fn fly(&mut self, mut socket: Socket, resume: Option<Resume>) -> (End, Option<Resume>) {
        let replica = Replica::new(Defs::standard(), VIEW_HALF, resume, self.now_us());
        let drop_after = self.shared.drop_every.map(|mean| mean.mul_f32(self.random.range(0.5, 1.5)));
        let mut flight = Flight {
            replica,
            line: LineView::default(),
            greeted: false,
            hello_sent: false,
            resuming: resume.is_some(),
            drop_at: drop_after.map(|after| Instant::now() + after),
            last_frame: None,
            last_echo_ms: None,
            news: News::default(),
            joined: false,
            wire: self.shared.profile.map(|profile| Wire::new(profile, self.shared.seed, self.plan.index)),
            lane: Lane::default(),
        };
        self.beats.catch_up();
        let end = self.converse(&mut socket, &mut flight).await;
        if matches!(end, End::Over) {
            // Polite, so that a run leaves no empty slots behind.
            flight.replica.leave();
            // However bad the line: nobody waits for what is under way.
            if self.send(&mut socket, &mut flight, u64::MAX).await.is_ok() {
                sleep(LAST_WORD).await;
                socket.close().await;
            }
        }
        (end, flight.replica.resume())
    }

    async fn converse(&mut self, socket: &mut Socket, flight: &mut Flight) -> End {
        loop {
            let now_us = self.now_us();
            while let Some(bytes) = flight.wire.as_mut().and_then(|wire| wire.down.receive(now_us)) {
                if let Err(error) = self.take(&bytes, flight) {
                    return self.puzzled(&error);
                }
            }
            if self.send(socket, flight, now_us).await.is_err() {
                return End::Lost;
            }
            self.tend_lane(flight, now_us);
            let due = flight.wire.as_ref().and_then(Wire::due_us).map(Duration::from_micros);
            tokio::select! {
                // The frame first: a beat comes once in 17 ms, so messages do not wait for ever.
                biased;
                heard = self.beats.next() => {
                    if heard.beat.stage == Stage::Over {
                        return End::Over;
                    }
                    if flight.drop_at.is_some_and(|at| at <= Instant::now()) {
                        return End::Dropped;
                    }
                    self.frame(heard, flight);
                }
                event = flight.lane.event() => match event {
                    LaneEvent::Open => flight.replica.handle_lane_open(self.now_us()),
                    LaneEvent::Closed => flight.replica.handle_lane_close(self.now_us()),
                },
                () = sleep_until(self.shared.began + due.unwrap_or_default()), if due.is_some() => {}
                heard = socket.next() => match heard {
                    Heard::Message(bytes) => match &mut flight.wire {
                        Some(wire) => wire.down.send(bytes.to_vec(), self.shared.now_us()),
                        None => {
                            if let Err(error) = self.take(&bytes, flight) {
                                return self.puzzled(&error);
                            }
                        }
                    },
                    Heard::Nothing => {}
                    Heard::Closed(code) => return End::Closed(code),
                    Heard::Lost => return End::Lost,
                },
            }
        }
    }

    /// Worth a line each: it is a bug at one end or the other.
    fn puzzled(&self, error: &ReplicaError) -> End {
        eprintln!("swarm: client {}: {error}", self.plan.index);
        End::Nonsense
    }

    fn frame(&mut self, heard: HeardBeat, flight: &mut Flight) {
        let now = Instant::now();
        let was_measured = std::mem::replace(&mut self.measured, heard.beat.stage == Stage::Measured);
        let intent = match self.plan.role {
            Role::Pilot => self.mind.intent(&mut flight.replica),
            Role::Spectator | Role::Hostile | Role::Light => Intent::default(),
        };
        let now_us = self.now_us();
        let line = flight.replica.frame(now_us, intent).line;
        let before = std::mem::replace(&mut flight.line, line);
        let since = flight.last_frame.replace(now).map(|last| now - last);
        if !(self.measured && was_measured) {
            return;
        }
        self.tally.framed(now - heard.beat.due, heard.missed);
        self.tally.client_us += since.map_or(0, |since| since.as_micros() as u64);
        if flight.news.newest().is_some() {
            self.tally.line(&line, &before);
        }
    }

    fn take(&mut self, bytes: &[u8], flight: &mut Flight) -> Result<(), ReplicaError> {
        let now_us = self.now_us();
        // Read twice, here for counting: a hundredth of what a frame costs.
        let message = codec::decode_server(bytes).map_err(ReplicaError::Decode)?;
        flight.replica.handle_bytes(bytes, now_us)?;
        // Before the table that they explain, and before the connection ends: the next one is told what came after them.
        while let Some(deed) = flight.replica.poll_deed() {
            self.books.hear(&deed, flight.replica.player());
        }
        if self.measured {
            self.tally.came(kind::of_server(&message), bytes.len());
        }
        match message {
            ServerMessage::Welcome(_) => self.greeted(flight),
            ServerMessage::Joined { .. } => {
                self.tally.events.joined = 1;
                flight.joined = true;
            }
            ServerMessage::Snapshot(snapshot) => self.time(&snapshot, bytes.len(), now_us, flight),
            ServerMessage::Leaderboard(table) => self.review(&table, now_us),
            ServerMessage::Roster(_)
            | ServerMessage::News(_)
            | ServerMessage::Chat(_)
            | ServerMessage::Fall(_)
            | ServerMessage::Round(_)
            | ServerMessage::Restarting { .. }
            | ServerMessage::Notice(_)
            | ServerMessage::Tuned { .. } => {}
        }
        Ok(())
    }

    fn greeted(&mut self, flight: &mut Flight) {
        let events = &mut self.tally.events;
        events.welcomed = 1;
        if flight.greeted || self.plan.role != Role::Pilot {
            return;
        }
        flight.greeted = true;
        if flight.replica.resumed() {
            events.rejoined += 1;
            flight.joined = true;
            self.books.returned(self.was_cut, self.shared.now_us());
            return;
        }
        self.books.begin_anew();
        events.forgotten += u32::from(flight.resuming);
        flight.replica.play(&format!("Swarm {}", self.plan.index), ShipClass::Lancer);
    }

    /// Whether a return cost more than deaths explain; a line for each that did: it is a bug.
    fn review(&mut self, table: &Leaderboard, now_us: u64) {
        let Some((_, own)) = table.own else { return };
        match self.books.see(own.score, now_us) {
            Some(Finding::Kept) => self.tally.events.kept += 1,
            Some(Finding::Shrunk { before, after, falls }) => {
                self.tally.events.shrunk += 1;
                eprintln!("swarm: client {}: {before} points, and {after} after {falls} deaths", self.plan.index);
            }
            None => {}
        }
    }

    /// Counts a snapshot's tick once and measures the way there and back by the stamp it echoes.
    fn time(&mut self, snapshot: &Snapshot, bytes: usize, now_us: u64, flight: &mut Flight) {
        let arrival = flight.news.note(snapshot.tick, now_us);
        let is_answer = flight.last_echo_ms.replace(snapshot.echo_ms) != Some(snapshot.echo_ms);
        if !self.measured {
            return;
        }
        self.tally.snapshot(arrival, snapshot.margin, flight.joined, bytes);
        if let Some((rtt_ms, ack_ms)) = round_trip(snapshot, now_us).filter(|_| is_answer) {
            self.tally.rtt.record(u64::from(rtt_ms) * 1_000);
            self.tally.ack.record(u64::from(ack_ms) * 1_000);
        }
    }

    /// Everything the replica has for the server, or what of it has come through the bad line by `until_us`.
    async fn send(&mut self, socket: &mut Socket, flight: &mut Flight, until_us: u64) -> Result<(), Error> {
        let mut ready = Vec::new();
        while let Some(bytes) = flight.replica.poll_transmit() {
            self.count_sent(&bytes, flight);
            match &mut flight.wire {
                Some(wire) => wire.send_up(bytes, self.shared.now_us()),
                None => ready.push(bytes),
            }
        }
        while let Some(bytes) = flight.wire.as_mut().and_then(|wire| wire.up.receive(until_us)) {
            ready.push(bytes);
        }
        if ready.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        for bytes in ready {
            socket.feed(Message::Binary(bytes.into())).await?;
        }
        socket.flush().await?;
        if began.elapsed() > LATE {
            // The server did not read. That it made us late is not swarm's fault.
            self.beats.catch_up();
        }
        Ok(())
    }

    /// Does what the replica wants of a second lane, and sends the copies that are due on it.
    fn tend_lane(&mut self, flight: &mut Flight, now_us: u64) {
        match flight.replica.poll_lane() {
            Some(LaneStep::Open) => flight.lane.open(&self.shared.target, self.shared.address_of(self.plan.index)),
            Some(LaneStep::Close) => flight.lane.close(),
            None => {}
        }
        while let Some(bytes) = flight.replica.poll_lane_transmit() {
            if self.measured {
                self.tally
                    .went(codec::decode_client(&bytes).map_or(kind::HELLO, |said| kind::of_client(&said)), bytes.len());
            }
            match &mut flight.wire {
                Some(wire) => wire.send_lane(bytes, now_us),
                None => flight.lane.send(bytes),
            }
        }
        while let Some(bytes) = flight.wire.as_mut().and_then(|wire| wire.lane.receive(now_us)) {
            flight.lane.send(bytes);
        }
    }

    fn count_sent(&mut self, bytes: &[u8], flight: &mut Flight) {
        let is_hello = !std::mem::replace(&mut flight.hello_sent, true);
        if !self.measured {
            return;
        }
        let kind = match is_hello {
            true => kind::HELLO,
            false => kind::of_client(&codec::decode_client(bytes).expect("our own messages decode")),
        };
        self.tally.went(kind, bytes.len());
    }

    fn now_us(&self) -> u64 {
        self.shared.now_us()
    }
}

/// From the last command to this snapshot, ms: without and with the server's own wait before it sent.
fn round_trip(snapshot: &Snapshot, now_us: u64) -> Option<(u16, u16)> {
    let ack_ms = ((now_us / 1_000) as u16).wrapping_sub(snapshot.echo_ms);
    let rtt_ms = ack_ms.saturating_sub(u16::from(snapshot.echo_age_ms));
    (snapshot.echo_age_ms != NO_ECHO && ack_ms < RTT_MAX_MS).then_some((rtt_ms, ack_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::protocol::SnapshotFlags;

    #[test]
    fn round_trips_survive_the_wrap_of_the_stamp() {
        for (echo_ms, age_ms, now_ms, expected) in [
            (1_000, 10, 1_050, Some((40, 50))),
            (65_530, 4, 65_536 + 20, Some((22, 26))),
            (1_000, 255, 1_050, None),
            (1_000, 3, 1_002, Some((0, 2))),
            (1_000, 3, 20_000, None),
        ] {
            let snapshot = Snapshot {
                tick: Tick(1),
                base: 2,
                flags: SnapshotFlags::default(),
                margin: 0,
                echo_ms,
                echo_age_ms: age_ms,
                check: None,
                body: Vec::new(),
            };
            assert_eq!(round_trip(&snapshot, now_ms * 1_000), expected, "{echo_ms} at {now_ms}");
        }
    }
}
