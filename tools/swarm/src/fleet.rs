//! Light clients: a thousand of them on a fraction of a core. Each says hello, plays, sends scripted commands for every
//! tick (two in a message, 30 messages a second, with the acknowledgement that keeps snapshots coming) and reads no
//! more of a snapshot than its envelope.
//!
//! One thread visits them in turn, each 60 times a second: reads what has come, sends what is due. There is no task, no
//! timer and no wake-up per connection, so what a visit costs is a read and half a write. Invariants: to the server
//! each is a whole client; what comes is noticed at the next visit (so round trips are measured by real clients only);
//! it ends within a visit of the run's end.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use shared::{
    bot::VIEW_HALF,
    defs::ShipClass,
    link::Profile,
    protocol::{ClientMessage, Hello, Opening, ServerMessage, codec},
};
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, sleep, sleep_until},
};

use crate::{
    beat::{Beats, PHASES, Stage, moment},
    comeback::{Comeback, End},
    frames::{self, Frame, Frames, NoFrame, Opcode},
    helm::Helm,
    kind,
    news::News,
    pilot::{LAST_WORD, Shared},
    plan::Plan,
    socket::Socket,
    tally::{Events, Tally},
    wire::Wire,
};

/// What one read may bring; nobody has more waiting.
const READ_BYTES: usize = 65_536;
/// Bytes that may wait for a server that does not read. More: the connection is given up.
const WAITING_BYTES_MAX: usize = 65_536;
/// A new ship is asked for this often, dead or not: asking is harmless and saves reading of whom it needs, µs.
const RELAUNCH_US: u64 = 2_000_000;

/// A connection for the fleet.
#[derive(Debug)]
pub struct Boarding {
    /// Among all clients.
    pub index: u32,
    /// Upgraded, not yet greeted.
    pub stream: TcpStream,
    /// To be told of its end.
    pub gone: oneshot::Sender<Gone>,
}

/// What became of a connection of the fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// How it ended.
    pub end: End,
    /// The server had greeted.
    pub welcomed: bool,
}

impl From<NoFrame> for End {
    fn from(_: NoFrame) -> End {
        End::Nonsense
    }
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> End {
        End::Lost
    }
}

/// What one light client had, over all its connections.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stay {
    /// Whether it was ever welcomed.
    pub welcomed: bool,
    /// Whether it ever got a slot.
    pub joined: bool,
    /// Snapshots while measured.
    pub snapshots: u64,
    /// Time connected while measured, µs.
    pub client_us: u64,
}

/// What the fleet counted.
#[derive(Debug)]
pub struct Landed {
    /// All clients together.
    pub tally: Tally,
    /// Each by its index.
    pub stays: BTreeMap<u32, Stay>,
}

/// Brings one client to the fleet, and again whenever the page would come back; gives what happened on the way.
pub async fn ferry(plan: Plan, shared: Arc<Shared>, mut beats: Beats, fleet: mpsc::Sender<Boarding>) -> Events {
    let mut events = Events::default();
    let arrival = shared.began + plan.arrives;
    if beats.unless_over(sleep_until(arrival)).await.is_none() {
        return events;
    }
    let mut comeback = Comeback::new(shared.seed, plan.index);
    loop {
        match beats.unless_over(Socket::open(&shared.target, None, shared.address_of(plan.index))).await {
            None => return events,
            Some(Err(_)) => events.refused += 1,
            Some(Ok(socket)) => {
                events.connected += 1;
                let (gone, told) = oneshot::channel();
                let Ok(stream) = socket.into_std() else { return events };
                // Without a fleet the run is over; then there is no answer either.
                let _ = fleet.send(Boarding { index: plan.index, stream, gone });
                let Ok(Gone { end, welcomed }) = told.await else { return events };
                if welcomed {
                    comeback.welcomed();
                }
                events.ended(end);
                if !end.comes_back() {
                    return events;
                }
            }
        }
        if beats.unless_over(sleep(comeback.wait())).await.is_none() {
            return events;
        }
    }
}

/// All light clients.
#[derive(Debug)]
pub struct Fleet {
    shared: Arc<Shared>,
    stage: watch::Receiver<Stage>,
    boarding: mpsc::Receiver<Boarding>,
    /// By phase: those that share a beat.
    decks: Vec<Vec<Light>>,
    landed: Landed,
    buffer: Vec<u8>,
}

impl Fleet {
    /// Nobody aboard yet.
    pub fn new(shared: Arc<Shared>, stage: watch::Receiver<Stage>, boarding: mpsc::Receiver<Boarding>) -> Fleet {
        let landed = Landed { tally: Tally::new(), stays: BTreeMap::new() };
        let decks = (0..PHASES).map(|_| Vec::new()).collect();
        Fleet { shared, stage, boarding, decks, landed, buffer: vec![0; READ_BYTES] }
    }

    /// Visits all of them until the run is over. Blocks: it needs a thread of its own.
    pub fn run(mut self) -> Landed {
        for step in 0_u64.. {
            let due = self.shared.began + moment(step);
            // An error of the watch means that the run is gone.
            let stage = if self.stage.has_changed().is_err() { Stage::Over } else { *self.stage.borrow() };
            if stage == Stage::Over {
                break;
            }
            thread::sleep(due.saturating_duration_since(Instant::now()));
            self.board();
            self.visit((step % PHASES as u64) as usize, due, stage == Stage::Measured);
        }
        self.land();
        self.landed
    }

    fn board(&mut self) {
        while let Ok(boarding) = self.boarding.try_recv() {
            let deck = boarding.index as usize % PHASES;
            self.decks[deck].push(Light::new(boarding, &self.shared));
        }
    }

    fn visit(&mut self, deck: usize, due: Instant, measured: bool) {
        let Fleet { shared, decks, landed, buffer, .. } = self;
        let mut now_us = shared.now_us();
        decks[deck].retain_mut(|light| {
            let stay = landed.stays.entry(light.index).or_default();
            let mut visit = Visit { now_us, measured, tally: &mut landed.tally, stay, buffer };
            if measured {
                let due_us = (due - shared.began).as_micros() as u64;
                visit.tally.framed(Duration::from_micros(now_us.saturating_sub(due_us)), 0);
            }
            let end = light.visit(&mut visit);
            now_us = shared.now_us();
            match end {
                Ok(()) => true,
                Err(end) => {
                    light.end(end);
                    false
                }
            }
        });
    }

    /// Everyone gives the slot up and closes, as the page does.
    fn land(&mut self) {
        let leave = codec::encode_client(&ClientMessage::Leave);
        for light in self.decks.iter_mut().flatten() {
            light.put(Opcode::Binary, &leave);
            // Who cannot be told is told by the end of the socket.
            let _ = light.flush();
        }
        thread::sleep(LAST_WORD);
        for light in self.decks.iter_mut().flatten() {
            light.put(Opcode::Close, &1_000_u16.to_be_bytes());
            let _ = light.flush();
            light.end(End::Over);
        }
        // Whoever comes now finds nobody, and takes that for the end.
        self.decks.clear();
    }
}

/// What a visit is made with.
struct Visit<'a> {
    now_us: u64,
    measured: bool,
    tally: &'a mut Tally,
    stay: &'a mut Stay,
    buffer: &'a mut Vec<u8>,
}

/// One light client's connection.
#[derive(Debug)]
struct Light {
    index: u32,
    stream: TcpStream,
    gone: Option<oneshot::Sender<Gone>>,
    frames: Frames,
    waiting: Vec<u8>,
    wire: Option<Wire>,
    helm: Helm,
    news: News,
    greeted: bool,
    welcomed: bool,
    joined: bool,
    sends: bool,
    relaunched_us: u64,
    visited_us: Option<u64>,
    mask: u32,
}

impl Light {
    fn new(Boarding { index, stream, gone }: Boarding, shared: &Shared) -> Light {
        Light {
            index,
            stream,
            gone: Some(gone),
            frames: Frames::default(),
            waiting: Vec::new(),
            wire: shared.profile.map(|profile: Profile| Wire::new(profile, shared.seed, index)),
            helm: Helm::new(shared.seed, index),
            news: News::default(),
            greeted: false,
            welcomed: false,
            joined: false,
            sends: index.is_multiple_of(2),
            relaunched_us: 0,
            visited_us: None,
            mask: index.wrapping_mul(0x9e37_79b9) | 1,
        }
    }

    fn end(&mut self, end: End) {
        if let Some(gone) = self.gone.take() {
            // Its ferry may be gone with the run.
            let _ = gone.send(Gone { end, welcomed: self.welcomed });
        }
    }

    fn visit(&mut self, visit: &mut Visit<'_>) -> Result<(), End> {
        self.read(visit)?;
        self.count_time(visit);
        if !std::mem::replace(&mut self.greeted, true) {
            let hello =
                codec::encode_opening(&Opening::Hello(Hello { resume: None, profile: None, view_half: VIEW_HALF }));
            self.say(kind::HELLO, &hello, visit);
        }
        self.sends = !self.sends;
        if self.sends {
            self.steer(visit);
        }
        if let Some(wire) = &mut self.wire {
            let mut arrived = Vec::new();
            while let Some(bytes) = wire.up.receive(visit.now_us) {
                arrived.push(bytes);
            }
            arrived.iter().for_each(|bytes| self.put(Opcode::Binary, bytes));
        }
        self.flush()
    }

    fn count_time(&mut self, visit: &mut Visit<'_>) {
        let since_us = self.visited_us.replace(visit.now_us).map_or(0, |last_us| visit.now_us - last_us);
        if !visit.measured {
            return;
        }
        visit.stay.client_us += since_us;
        visit.tally.client_us += since_us;
        if let Some(last_us) = self.news.last_us() {
            visit.tally.aged(visit.now_us.saturating_sub(last_us));
        }
    }

    fn read(&mut self, visit: &mut Visit<'_>) -> Result<(), End> {
        loop {
            let length = match self.stream.read(visit.buffer) {
                Ok(0) => return Err(End::Lost),
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            // Taken out for the time of reading: what a message means is this client's business too.
            let (mut frames, buffer) = (std::mem::take(&mut self.frames), std::mem::take(visit.buffer));
            let result = frames.read(&buffer[..length], |frame| self.hear(frame, visit));
            (self.frames, *visit.buffer) = (frames, buffer);
            result?;
            if length < visit.buffer.len() {
                break;
            }
        }
        if self.wire.is_some() {
            while let Some(bytes) = self.wire.as_mut().and_then(|wire| wire.down.receive(visit.now_us)) {
                self.take(&bytes, visit)?;
            }
        }
        Ok(())
    }

    fn hear(&mut self, frame: Frame<'_>, visit: &mut Visit<'_>) -> Result<(), End> {
        match frame {
            Frame::Message(bytes) => match &mut self.wire {
                Some(wire) => wire.down.send(bytes.to_vec(), visit.now_us),
                None => self.take(bytes, visit)?,
            },
            Frame::Ping(payload) => self.put(Opcode::Pong, payload),
            Frame::Pong => {}
            Frame::Close(code) => return Err(End::Closed(code)),
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], visit: &mut Visit<'_>) -> Result<(), End> {
        let message = codec::decode_server(bytes).map_err(|_| End::Nonsense)?;
        if visit.measured {
            visit.tally.came(kind::of_server(&message), bytes.len());
        }
        match message {
            ServerMessage::Welcome(_) => {
                self.welcomed = true;
                let first = !std::mem::replace(&mut visit.stay.welcomed, true);
                visit.tally.events.welcomed += u32::from(first);
                let name = format!("Swarm {}", self.index);
                self.say(
                    kind::PLAY,
                    &codec::encode_client(&ClientMessage::Play { name, class: ShipClass::Spark }),
                    visit,
                );
            }
            ServerMessage::Joined { .. } => {
                self.joined = true;
                let first = !std::mem::replace(&mut visit.stay.joined, true);
                visit.tally.events.joined += u32::from(first);
            }
            ServerMessage::Snapshot(snapshot) => {
                self.helm.note(snapshot.tick, snapshot.margin);
                let arrival = self.news.note(snapshot.tick, visit.now_us);
                if visit.measured {
                    visit.stay.snapshots += u64::from(arrival.is_new);
                    visit.tally.snapshot(arrival, snapshot.margin, self.joined, bytes.len());
                }
            }
            ServerMessage::Roster(_)
            | ServerMessage::Leaderboard(_)
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

    fn steer(&mut self, visit: &mut Visit<'_>) {
        let Some(batch) = self.helm.batch(self.joined, visit.now_us) else { return };
        self.say(kind::COMMANDS, &codec::encode_client(&ClientMessage::Commands(batch)), visit);
        if self.joined && visit.now_us.saturating_sub(self.relaunched_us) >= RELAUNCH_US {
            self.relaunched_us = visit.now_us;
            self.say(
                kind::RELAUNCH,
                &codec::encode_client(&ClientMessage::Relaunch { class: ShipClass::Spark }),
                visit,
            );
        }
    }

    fn say(&mut self, kind: usize, bytes: &[u8], visit: &mut Visit<'_>) {
        if visit.measured {
            visit.tally.went(kind, bytes.len());
        }
        match &mut self.wire {
            Some(wire) => wire.up.send(bytes.to_vec(), visit.now_us),
            None => self.put(Opcode::Binary, bytes),
        }
    }

    fn put(&mut self, opcode: Opcode, bytes: &[u8]) {
        // Marsaglia's xorshift: masks need not repeat, and need not be secret here.
        self.mask ^= self.mask << 13;
        self.mask ^= self.mask >> 17;
        self.mask ^= self.mask << 5;
        frames::write(&mut self.waiting, opcode, bytes, self.mask);
    }

    fn flush(&mut self) -> Result<(), End> {
        while !self.waiting.is_empty() {
            match self.stream.write(&self.waiting) {
                Ok(0) => return Err(End::Lost),
                Ok(length) => drop(self.waiting.drain(..length)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        if self.waiting.len() > WAITING_BYTES_MAX { Err(End::Lost) } else { Ok(()) }
    }
}
