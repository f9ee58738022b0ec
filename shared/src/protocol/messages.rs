//! Every message, both ways. Invariant: a decoded message is already within its limits, or decoding failed.

use serde::{Deserialize, Serialize};

use super::{
    chat::{Chat, ChatMode, Words},
    list,
    notice::Notice,
    season::SeasonEnd,
    sent::{Seen, SentCommand},
    watch::{Fall, Watch},
};
use crate::{
    defs::{ShipClass, Team, Terms, Tuning, mode::TEAMS},
    ids::PlayerId,
    sim::{Cause, RoundPhase},
    tick::Tick,
};

/// A secret that gives a dropped player the same slot and ship back. 128 bits from the operating system, one
/// use, replaced at every [`Welcome`]; never in a URL, never logged.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeToken(pub [u8; 16]);

impl core::fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ResumeToken(secret)")
    }
}

/// The wish to have a seat back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Of the last [`Welcome`].
    pub token: ResumeToken,
    /// How many deeds were heard in this seat, wrapping: the number of the next one, see [`News`].
    pub heard: u16,
}

/// A secret that joins a second connection to this one: see [`Opening::Lane`]. 128 bits from the operating system, good
/// for as long as the connection lives that it was told on; never in a URL, never logged.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneKey(pub [u8; 16]);

impl core::fmt::Debug for LaneKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("LaneKey(secret)")
    }
}

/// A secret by which a player is known again on another day: results of flights and places on the boards go by it. 128
/// bits from the player's own browser; the server keeps only its hash; never in a URL, never logged.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileToken(pub [u8; 16]);

impl core::fmt::Debug for ProfileToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ProfileToken(secret)")
    }
}

/// A client's first message, sent behind the eight bytes of the protocol hash (see [`super::codec`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Opening {
    /// I am new here, or come back.
    Hello(Hello),
    /// I am the second lane of the connection that was told this key: commands come here as well as there, and whichever
    /// copy is first counts.
    Lane(LaneKey),
    /// A hello to a room that asks for a password.
    Keyed {
        /// Who comes.
        hello: Hello,
        /// What was asked for.
        password: Password,
    },
}

/// What a room asks of who wants in, at most `limits::PASSWORD_BYTES_MAX` long; never in a URL, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password(pub String);

impl core::fmt::Debug for Password {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Password(secret)")
    }
}

/// Who comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// To get the slot back.
    pub resume: Option<Resume>,
    /// Who plays, to be on the boards; without one a flight is nobody's.
    pub profile: Option<ProfileToken>,
    /// Half extents of the view, u; the server clamps them to `limits::VIEW_HALF_MAX` and area.
    pub view_half: (u16, u16),
}

/// Everything a client says after its hello.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ClientMessage {
    /// Commands for coming ticks, with the acknowledgement that is the flow control.
    Commands(CommandBatch),
    /// Take a slot under this name (cleaned by the server) and launch.
    Play {
        /// Wanted name; empty gives a guest name.
        name: String,
        /// Wanted class; one that is too dear becomes the first.
        class: ShipClass,
    },
    /// Launch again after death.
    Relaunch {
        /// As in [`ClientMessage::Play`].
        class: ShipClass,
    },
    /// The window changed: half extents of the view, u.
    SetView {
        /// As in [`Hello::view_half`].
        half: (u16, u16),
    },
    /// The tab is hidden (or visible again): hold still, send little.
    Idle(bool),
    /// I slept or lost the thread: send everything anew.
    NeedFull,
    /// Give the slot up.
    Leave,
    /// Say this to everybody here (cleaned by the server); heard only from a slot.
    Say(Words),
    /// Let me look there while I have no ship.
    Watch(Watch),
    /// A line for the console, without its `/`: never said to anybody. At most `limits::CONSOLE_BYTES_MAX`.
    Console(ConsoleLine),
}

/// What somebody typed into the console. It may hold a password: never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleLine(pub String);

impl core::fmt::Debug for ConsoleLine {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ConsoleLine(secret)")
    }
}

/// Commands for consecutive ticks. Also sent empty by spectators, for the acknowledgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandBatch {
    /// Tick of the last snapshot decoded.
    pub ack: Tick,
    /// The client's clock, ms, low 16 bits; echoed in the next snapshot to measure the round trip.
    pub stamp_ms: u16,
    /// What the pilot was looking at.
    pub seen: Seen,
    /// Tick of the first command.
    pub first: Tick,
    /// At most `limits::COMMANDS_PER_BATCH_MAX`.
    #[serde(deserialize_with = "list::growing")]
    pub commands: Vec<SentCommand>,
}

/// Everything a server says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ServerMessage {
    /// The answer to a hello.
    Welcome(Welcome),
    /// You have this slot now; your ship comes with the next snapshots.
    Joined {
        /// Your slot.
        player: PlayerId,
    },
    /// The world as you may see it.
    Snapshot(Snapshot),
    /// Names that came, changed or went.
    Roster(Roster),
    /// The ten best and you; once a second when it changed.
    Leaderboard(Leaderboard),
    /// What you must hear exactly once.
    News(News),
    /// What people say.
    Chat(Chat),
    /// What it was that brought the reader down. Once, and not again after a resume: by then it is old.
    Fall(Fall),
    /// How the round stands, where there are rounds: at once when it changes its phase, else four times a second.
    Round(RoundNews),
    /// The server goes down for a moment and comes back; scores are kept. Once, when it is decided.
    Restarting {
        /// From now until it goes down, s.
        seconds: u16,
    },
    /// What those who run the server say.
    Notice(Notice),
    /// Other numbers hold soon; behind a [`Welcome`] whose own hold until then. Before the snapshot of that tick, which is a
    /// full one: nothing is reckoned across the border.
    Tuned {
        /// The first tick that is stepped by them.
        from: Tick,
        /// The numbers.
        tuning: Tuning,
    },
}

/// How a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundNews {
    /// By the end of this tick.
    pub tick: Tick,
    /// Number in the match, from 1, wrapping.
    pub number: u16,
    /// Where it stands.
    pub phase: RoundPhase,
    /// Ticks until the phase ends by itself; 0 where it does not.
    pub left: u32,
    /// What the cores still take, points, rounded up; 0 without cores.
    pub cores: [u16; TEAMS],
    /// By team: what it did in this round, or the rounds it has won.
    pub points: [u32; TEAMS],
    /// Who won, when it is over; nobody in a draw.
    pub winner: Option<Team>,
}

/// Deeds in their order. They are numbered from 0 for as long as a seat lives, so that after a resume none is told
/// twice and none left out; they come before the snapshot of the tick by which they happened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct News {
    /// Number of the first one, wrapping.
    pub first: u16,
    /// At most `limits::DEEDS_PER_NEWS_MAX`.
    #[serde(deserialize_with = "list::growing")]
    pub deeds: Vec<Deed>,
}

/// Something that a pilot must hear exactly once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Somebody in the room died.
    Kill {
        /// Who did it, if anyone.
        killer: Option<PlayerId>,
        /// Who died.
        victim: PlayerId,
        /// Of what.
        cause: Cause,
        /// Points the killer gained.
        points: u32,
    },
    /// The reader struck somebody, or was struck.
    Hit {
        /// Who was struck.
        victim: PlayerId,
        /// By whom.
        by: PlayerId,
        /// Of what.
        cause: Cause,
        /// Points, saturated.
        points: u8,
    },
    /// A season ended.
    Season(Box<SeasonEnd>),
    /// A round was decided.
    Round {
        /// Who won it; nobody in a draw.
        winner: Option<Team>,
        /// The match is over, too.
        won: bool,
    },
}

impl Deed {
    /// The field that is beyond its limits, if one is.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        match self {
            Deed::Kill { .. } | Deed::Hit { .. } | Deed::Round { .. } => None,
            Deed::Season(end) => end.beyond(),
        }
    }
}

/// What a client needs before its first snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// Name of the room.
    pub room: String,
    /// What its address is made of: the way back to it, and for friends.
    pub id: String,
    /// The room's last tick.
    pub tick: Tick,
    /// Seed of planets and belts.
    pub seed: u64,
    /// Points that every pilot begins with.
    pub start_points: u32,
    /// Secret for the next connection.
    pub token: ResumeToken,
    /// Secret for a second lane of this one.
    pub lane: LaneKey,
    /// The slot you got back, if your token was good.
    pub resumed: Option<PlayerId>,
    /// What may be said here.
    pub chat: ChatMode,
    /// What is played: the rules both ends reckon by.
    pub terms: Terms,
    /// What of the rules' numbers is not as usual.
    pub tuning: Tuning,
}

/// One snapshot, or one part of it. Not encoded by the codec's rules for other messages but packed by hand, because
/// thirty of them come in a second:
///
/// ```text
/// 2 (the variant) | tick u32 | base u8 | flags u8 | margin i8 | echo_ms u16 | echo_age_ms u8 | check u16? | body…
/// ```
///
/// Little-endian; `check` is there if its flag is set; the body is the rest of the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The tick whose end this shows.
    pub tick: Tick,
    /// The baseline: how many ticks before that the snapshot was that was last written to this stream, which the news
    /// refer to. 0 when there is none (a full one) and in further parts of the same tick.
    pub base: u8,
    /// Bits of [`SnapshotFlags`].
    pub flags: SnapshotFlags,
    /// How early your commands arrived lately: the least over 500 ms, in quarter ticks, saturated.
    pub margin: i8,
    /// The newest `stamp_ms` received…
    pub echo_ms: u16,
    /// …and how long ago that was, ms, saturated.
    pub echo_age_ms: u8,
    /// Check sum of everything you should know after this part, now and then.
    pub check: Option<u16>,
    /// The bit-packed rest, see [`super::body`].
    pub body: Vec<u8>,
}

/// Flags of a [`Snapshot`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SnapshotFlags(pub u8);

impl SnapshotFlags {
    /// Forget everything you knew first.
    pub const FULL: u8 = 1;
    /// A further part of the tick that the message before began: only things that come into view.
    pub const PART: u8 = 2;
    /// Another part follows at once: look only then.
    pub const MORE: u8 = 4;
    /// A check sum is present. Set and taken away by the codec.
    pub const CHECK: u8 = 8;

    /// Whether `flag` is set.
    #[must_use]
    pub fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// Names that came, changed or went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Roster {
    /// New or renamed.
    #[serde(deserialize_with = "list::growing")]
    pub entries: Vec<RosterEntry>,
    /// Gone.
    #[serde(deserialize_with = "list::growing")]
    pub left: Vec<PlayerId>,
}

/// A pilot as others know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterEntry {
    /// Slot.
    pub player: PlayerId,
    /// Cleaned name.
    pub name: String,
    /// Flown by the server.
    pub bot: bool,
}

/// The ten best and the reader's own row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Leaderboard {
    /// Best first.
    #[serde(deserialize_with = "list::growing")]
    pub rows: Vec<ScoreRow>,
    /// The reader's rank, 1 is best, when playing.
    pub own: Option<(u16, ScoreRow)>,
    /// Pilots in the room.
    pub pilots: u16,
    /// Where the leader flies, for everyone's map.
    pub leader: Option<Leader>,
    /// Where the ships fly that are too large to hide, at most `limits::GIANTS_MAX`.
    #[serde(deserialize_with = "list::growing")]
    pub giants: Vec<Leader>,
    /// Where the others of the reader's team fly, where there are teams, at most `limits::MATES_MAX`.
    #[serde(deserialize_with = "list::growing")]
    pub mates: Vec<Leader>,
    /// The tick at which the season ends, where there are seasons.
    pub season_ends: Option<Tick>,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreRow {
    /// Slot.
    pub player: PlayerId,
    /// Points.
    pub score: u32,
}

/// A place on everyone's map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// Slot.
    pub player: PlayerId,
    /// Position, u, rounded.
    pub at: (i16, i16),
}
