//! What goes into a room and what comes out: plain data for its shell.

use super::{commands::Source, order::Order};
use crate::{
    bot::{Skill, VIEW_HALF},
    defs::Defs,
    ids::PlayerId,
    limits::{CHAT_BURST, CHAT_TICKS},
    protocol::{ChatMode, ClientMessage, CloseCode, Hello, LaneKey, ResumeToken},
    rewind::REWIND_MS_MAX,
    tick::{TICK_HZ, Tick},
};

/// A connection, named by the shell; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// What a room is made with.
#[derive(Debug, Clone)]
pub struct RoomConfig {
    /// Shown name.
    pub name: String,
    /// What its address is made of; empty where there is none.
    pub id: String,
    /// Seed of planets and belts, which clients are told.
    pub seed: u64,
    /// Seed of every draw (launches, debris, bots), which they are not; from the operating system in public.
    pub secret: u64,
    /// The tables.
    pub defs: Defs,
    /// Bots fill the arena up to this many pilots.
    pub bots: u16,
    /// How well they fly.
    pub bot_skill: Skill,
    /// People who may play at once. More: close code 4004.
    pub players_max: u16,
    /// The tick before the first one. Ticks wrap after 2.2 years; tests begin shortly before that.
    pub start: Tick,
    /// Points that every pilot begins with.
    pub start_points: u32,
    /// Ticks of a season, after which scores begin anew; 0: scores last.
    pub season_ticks: u32,
    /// Say what must outlive the room, see [`crate::room::Room::poll_record`]: flights are numbered in the session of this
    /// name, which the shell draws at random for each life of a room.
    pub session: Option<u64>,
    /// Record the match from its first tick, see [`crate::room::Room::poll_recording`].
    pub record: bool,
    /// What people may say.
    pub chat: ChatMode,
    /// Bytes a second that one connection may be sent; a line that backs up gets less by itself.
    pub bytes_per_s: u32,
    /// Ticks from one snapshot of a connection to the next, 1 to [`SNAPSHOT_TICKS_MAX`](super::SNAPSHOT_TICKS_MAX), where all is
    /// well; see [`Room::relieve`](super::Room::relieve).
    pub snapshot_ticks: u32,
    /// How far back rays look for what their pilot saw, ms.
    pub rewind_ms: u16,
    /// What a host may set otherwise.
    pub bounds: RoomBounds,
}

/// How patient a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomBounds {
    /// Slot and score of who lost the line stay this long, s…
    pub seat_s: u32,
    /// …and the ship in the world this long, s; half of it where rounds are of one life.
    pub ship_s: u32,
    /// Lines that one connection may say at once…
    pub chat_burst: u32,
    /// …and seconds for one more.
    pub chat_s: u32,
}

impl Default for RoomBounds {
    /// A change of networks takes seconds, and who logs off to get away is not to be spared; a line of chat in two seconds
    /// can be read.
    fn default() -> RoomBounds {
        RoomBounds { seat_s: 60, ship_s: 10, chat_burst: CHAT_BURST, chat_s: CHAT_TICKS / TICK_HZ }
    }
}

impl Default for RoomConfig {
    fn default() -> RoomConfig {
        RoomConfig {
            name: "Drift".into(),
            id: String::new(),
            seed: 1,
            secret: 1,
            defs: Defs::standard(),
            bots: 16,
            bot_skill: Skill::Normal,
            players_max: 64,
            start: Tick(0),
            start_points: 0,
            season_ticks: 0,
            session: None,
            record: false,
            chat: ChatMode::Full,
            bytes_per_s: super::budget::BYTES_PER_S,
            snapshot_ticks: 2,
            rewind_ms: REWIND_MS_MAX,
            bounds: RoomBounds::default(),
        }
    }
}

/// What a session knows of a connection's right to a seat. The room itself keeps no secrets.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// SHA-256 of the profile's token in the hello.
    pub profile_key: Option<[u8; 32]>,
    /// SHA-256 of the token in the hello.
    pub resume_key: Option<[u8; 32]>,
    /// A fresh token from the operating system, passed on in the welcome.
    pub token: ResumeToken,
    /// SHA-256 of that.
    pub token_key: [u8; 32],
    /// A fresh key for a second lane, passed on in the welcome. The room has no other use for it: what comes on a lane the
    /// shell hands over as its connection's.
    pub lane: LaneKey,
}

impl Credentials {
    /// Of one who never was here, made of a number instead of chance: for a room that keeps nothing from anybody, as that of a
    /// test, a benchmark or one's own tab.
    #[must_use]
    pub fn of_number(number: u64) -> Credentials {
        let mut token_key = [0; 32];
        token_key[..8].copy_from_slice(&number.to_le_bytes());
        let token = ResumeToken(u128::from(number).to_le_bytes());
        let lane = LaneKey(u128::from(number).to_le_bytes());
        Credentials { profile_key: None, resume_key: None, token, token_key, lane }
    }
}

/// Something that happened outside.
#[derive(Debug, Clone)]
pub enum RoomEvent {
    /// A connection said hello.
    Connect {
        /// Its name.
        conn: ConnId,
        /// What it said.
        hello: Hello,
        /// What it may resume.
        credentials: Credentials,
    },
    /// A connection said something.
    Message {
        /// Which.
        conn: ConnId,
        /// What.
        message: ClientMessage,
    },
    /// A connection is gone.
    Disconnect {
        /// Which.
        conn: ConnId,
    },
    /// The server goes down for a moment: everybody is to know.
    Restarting {
        /// From now until then, s.
        seconds: u16,
    },
    /// Those who run the server want something.
    Order(Order),
}

impl RoomEvent {
    /// Somebody comes for the first time, in a window of the usual size; see [`Credentials::of_number`].
    #[must_use]
    pub fn newcomer(conn: ConnId) -> RoomEvent {
        let hello = Hello { resume: None, profile: None, view_half: VIEW_HALF };
        RoomEvent::Connect { conn, hello, credentials: Credentials::of_number(conn.0) }
    }
}

/// Something for the shell to do. The bytes lie in the room until the next call to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output<'a> {
    /// Hand this to the writer's one slot, together with the others of this tick for the same connection. Made only for
    /// connections that were writable.
    Snapshot {
        /// For whom.
        conn: ConnId,
        /// The message.
        bytes: &'a [u8],
    },
    /// Queue this, in order, before any waiting snapshot.
    Reliable {
        /// For whom.
        conn: ConnId,
        /// The message.
        bytes: &'a [u8],
    },
    /// Close the connection; the room has forgotten it.
    Close {
        /// Which.
        conn: ConnId,
        /// Why.
        code: CloseCode,
        /// What to tell the player in the place of the code's own words, at most `limits::REASON_BYTES_MAX`.
        reason: Option<&'a str>,
    },
}

/// How a connection stands with its room, to look at (tests, tools).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its slot, if it plays.
    pub seat: Option<PlayerId>,
    /// Snapshots sent and not acknowledged.
    pub unacked: usize,
    /// Deeds it has yet to be told.
    pub untold: usize,
}

/// Public facts about a room.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RoomStatus {
    /// Last tick.
    pub tick: Tick,
    /// People in seats.
    pub humans: u16,
    /// Bots in seats.
    pub bots: u16,
    /// Connections without a seat.
    pub spectators: u16,
    /// Ships in the world.
    pub ships: u16,
    /// Radius of the arena, u.
    pub arena_radius: f32,
    /// Shots in flight.
    pub shots: u32,
    /// Commands that came too late, since the start.
    pub late_commands: u64,
    /// Ticks of people's flown ships by where their command came from, since the start.
    pub commands: CommandCounts,
    /// Presses of trigger or boost carried out late, since the start.
    pub late_presses: u64,
    /// Claims about the picture that were replaced by what was measured, since the start.
    pub claims_replaced: u64,
    /// Connections that wanted an earlier slot back, since the start…
    pub resumes_tried: u64,
    /// …and those that got it.
    pub resumes_won: u64,
    /// Clients that lost the thread while they kept up, and asked for everything anew, since the start.
    pub desyncs: u64,
    /// Snapshots handed over.
    pub snapshots: u64,
    /// Snapshots skipped because a client was behind.
    pub snapshots_skipped: u64,
    /// Bytes of snapshots handed over.
    pub snapshot_bytes: u64,
    /// Bits of their bodies by section, see [`crate::room::SECTIONS`].
    pub section_bits: [u64; super::SECTIONS.len()],
}

/// Ticks of ships that connected people fly, counted from the first command of each line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommandCounts {
    /// With the command sent for them.
    pub used: u64,
    /// With the last one again, because none had come.
    pub repeated: u64,
    /// With neutral controls, because none had come for 250 ms.
    pub neutral: u64,
}

impl CommandCounts {
    /// One more tick.
    pub(super) fn note(&mut self, source: Option<Source>) {
        match source {
            Some(Source::Sent) => self.used += 1,
            Some(Source::Repeated) => self.repeated += 1,
            Some(Source::Neutral) => self.neutral += 1,
            None => {}
        }
    }
}
