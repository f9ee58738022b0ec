//! Makes the recordings: real rooms with bots and scripted people, in virtual time, with the people's real client
//! between. Invariant: everything is drawn from the room's seed, so the same rules write the same bytes.

use shared::{
    defs::{Defs, ShipClass},
    protocol::{LaneKey, Resume, ResumeToken, codec},
    quantize::Angle,
    replica::{Intent, Phase, Replica},
    rng::{Keyed, Purpose},
    room::{ConnId, Credentials, Output, Room, RoomConfig, RoomEvent},
    sim::Buttons,
    tick::{TICK_HZ, TICK_US, Tick},
};

/// One room.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// Name of its recording.
    pub name: &'static str,
    seed: u64,
    bots: u16,
    people: u64,
    /// Chance a second that a person leaves, to come back after some seconds…
    leaves: f32,
    /// …or loses the line, to come back with the token, or too late.
    drops: f32,
}

/// Seconds of each.
const LENGTH_S: u32 = 60;

/// Every room, as [`crate::recordings::RECORDINGS`] names them.
pub const SCRIPTS: [Script; 8] = [
    Script { name: "duel", seed: 11, bots: 0, people: 2, leaves: 0.0, drops: 0.0 },
    Script { name: "lone", seed: 12, bots: 4, people: 1, leaves: 0.0, drops: 0.0 },
    Script { name: "trio", seed: 13, bots: 3, people: 3, leaves: 0.02, drops: 0.0 },
    Script { name: "guests", seed: 14, bots: 5, people: 4, leaves: 0.15, drops: 0.0 },
    Script { name: "drops", seed: 15, bots: 2, people: 4, leaves: 0.0, drops: 0.12 },
    Script { name: "mixed", seed: 16, bots: 8, people: 4, leaves: 0.05, drops: 0.05 },
    Script { name: "bots", seed: 17, bots: 10, people: 0, leaves: 0.0, drops: 0.0 },
    Script { name: "crowd", seed: 18, bots: 12, people: 8, leaves: 0.03, drops: 0.03 },
];

/// Plays a room and returns its recording.
#[must_use]
pub fn record(script: &Script) -> Vec<u8> {
    let config = RoomConfig {
        name: script.name.to_owned(),
        seed: script.seed,
        secret: script.seed + 1_000,
        bots: script.bots,
        // Rays and what they depend on are part of it.
        start_points: 700,
        record: true,
        ..RoomConfig::default()
    };
    let mut stage = Stage { room: Room::new(config), people: Vec::new(), next_conn: 1, script: *script, now_us: 0 };
    stage.people =
        (0..script.people).map(|number| Person { number, resume: None, away: number as u32, line: None }).collect();
    let mut bytes = Vec::new();
    for _ in 0..LENGTH_S * TICK_HZ {
        stage.tick();
        while let Some(chunk) = stage.room.poll_recording() {
            bytes.extend(chunk);
        }
    }
    stage.room.finish_recording();
    while let Some(chunk) = stage.room.poll_recording() {
        bytes.extend(chunk);
    }
    bytes
}

struct Stage {
    room: Room,
    people: Vec<Person>,
    next_conn: u64,
    script: Script,
    now_us: u64,
}

/// Somebody who plays, when not away.
struct Person {
    number: u64,
    /// Opens the old seat, after the line was lost.
    resume: Option<Resume>,
    /// Seconds until they come.
    away: u32,
    line: Option<(ConnId, Replica)>,
}

impl Stage {
    fn tick(&mut self) {
        self.now_us += TICK_US;
        let second = self.room.world().tick.0.is_multiple_of(TICK_HZ);
        for index in 0..self.people.len() {
            if second {
                self.decide(index);
            }
            self.fly(index);
        }
        self.room.tick(self.now_us, &|_| true);
        self.deliver();
    }

    /// Once a second: come, stay, leave or lose the line.
    fn decide(&mut self, index: usize) {
        let (script, tick, now_us) = (self.script, self.room.world().tick, self.now_us);
        let person = &mut self.people[index];
        let mut keyed = Keyed::new(script.seed, tick, person.number as u32, Purpose::Test);
        let Some((conn, replica)) = &person.line else {
            person.away = person.away.saturating_sub(1);
            if person.away == 0 {
                self.come(index);
            }
            return;
        };
        let (conn, leaves, drops) = (*conn, keyed.chance(script.leaves), keyed.chance(script.drops));
        if leaves {
            self.room.handle(RoomEvent::Message { conn, message: shared::protocol::ClientMessage::Leave }, now_us);
        } else if drops {
            person.resume = replica.resume();
        } else {
            return;
        }
        self.room.handle(RoomEvent::Disconnect { conn }, now_us);
        let person = &mut self.people[index];
        person.line = None;
        // Some come back to their ship, some find it parked.
        person.away = 2 + keyed.below(14);
    }

    fn come(&mut self, index: usize) {
        let person = &mut self.people[index];
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        let mut secret = [0; 16];
        secret[..8].copy_from_slice(&conn.0.to_le_bytes());
        let resume = person.resume.take();
        let replica = Replica::new(Defs::standard(), (800, 450), resume, self.now_us);
        let hello = shared::protocol::Hello { resume, profile: None, view_half: (800, 450) };
        let credentials = Credentials {
            profile_key: None,
            resume_key: resume.map(|resume| key_of(&resume.token)),
            token: ResumeToken(secret),
            token_key: key_of(&ResumeToken(secret)),
            lane: LaneKey(secret),
        };
        self.room.handle(RoomEvent::Connect { conn, hello, credentials }, self.now_us);
        person.line = Some((conn, replica));
        self.deliver();
        let person = &mut self.people[index];
        if let Some((_, replica)) = &mut person.line
            && !replica.resumed()
        {
            let class = ShipClass::ALL[person.number as usize % ShipClass::COUNT];
            replica.play(&format!("{} {}", self.script.name, person.number + 1), class);
        }
    }

    fn fly(&mut self, index: usize) {
        let (seed, now_us) = (self.script.seed, self.now_us);
        let person = &mut self.people[index];
        let Some((conn, replica)) = &mut person.line else { return };
        if matches!(replica.view().phase, Phase::Dead { wait_ticks: 0, .. }) {
            replica.relaunch(ShipClass::ALL[(person.number as usize + 4) % ShipClass::COUNT]);
        }
        let intent = scripted(replica, seed, person.number);
        replica.frame(now_us, intent);
        while let Some(bytes) = replica.poll_transmit() {
            // The first is the hello, which the room was told already.
            if let Ok(message) = codec::decode_client(&bytes) {
                self.room.handle(RoomEvent::Message { conn: *conn, message }, now_us);
            }
        }
    }

    fn deliver(&mut self) {
        while let Some(output) = self.room.poll_output() {
            let (to, bytes) = match output {
                Output::Snapshot { conn, bytes } | Output::Reliable { conn, bytes } => (conn, bytes),
                Output::Close { conn, code, reason: _ } => panic!("the room closed {conn:?}: {code:?}"),
            };
            let line = self.people.iter_mut().filter_map(|person| person.line.as_mut()).find(|(conn, _)| *conn == to);
            if let Some((_, replica)) = line {
                replica.handle_bytes(bytes, self.now_us).expect("the room makes sense");
            }
        }
    }
}

/// Holds drawn buttons for half a second and aims at whoever is nearest, or at the star.
fn scripted(replica: &Replica, seed: u64, number: u64) -> Intent {
    let view = replica.view();
    let phase = Tick(view.tick.0 / 30);
    let mut keyed = Keyed::new(seed, phase, 1_000 + number as u32, Purpose::Test);
    let buttons = Buttons(keyed.bits() as u8 & Buttons::MASK).with(Buttons::THRUST, keyed.chance(0.7));
    let others = view.ships.iter().filter(|ship| !ship.own).map(|ship| ship.pos - view.focus.pos);
    let way = others.min_by(|a, b| a.length().total_cmp(&b.length())).unwrap_or(-view.focus.pos);
    Intent { buttons, aim: Some(Angle::of(way)) }
}

fn key_of(token: &ResumeToken) -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(&token.0);
    key
}
