//! Every message, both ways. Invariant: a decoded message is already within its limits, or decoding failed.

use serde::{Deserialize, Serialize};

use crate::{
    ids::PlayerId,
    sim::{Cause, Command},
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

/// A client's first message, sent behind the eight bytes of the protocol hash (see [`super::codec`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The token of the last `Welcome`, to get the slot back.
    pub resume: Option<ResumeToken>,
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
    },
    /// Launch again after death.
    Relaunch,
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
}

/// Commands for consecutive ticks. Also sent empty by spectators, for the acknowledgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandBatch {
    /// Tick of the last snapshot decoded.
    pub ack: Tick,
    /// The client's clock, ms, low 16 bits; echoed in the next snapshot to measure the round trip.
    pub stamp_ms: u16,
    /// Tick of the first command.
    pub first: Tick,
    /// At most `limits::COMMANDS_PER_BATCH_MAX`.
    pub commands: Vec<Command>,
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
    /// Somebody died.
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
}

/// What a client needs before its first snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// Name of the room.
    pub room: String,
    /// The room's last tick.
    pub tick: Tick,
    /// Seed of planets and belts.
    pub seed: u64,
    /// Secret for the next connection.
    pub token: ResumeToken,
    /// The slot you got back, if your token was good.
    pub resumed: Option<PlayerId>,
}

/// One snapshot. What does not fit its size waits for the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The tick whose end this shows.
    pub tick: Tick,
    /// Bits of [`SnapshotFlags`].
    pub flags: SnapshotFlags,
    /// How early your commands arrived lately: the least over 500 ms, in quarter ticks, saturated.
    pub margin: i8,
    /// The newest `stamp_ms` received…
    pub echo_ms: u16,
    /// …and how long ago that was, ms, saturated.
    pub echo_age_ms: u8,
    /// Check sum of everything you should now know, present on every eighth snapshot.
    pub check: Option<u16>,
    /// The bit-packed rest, see [`super::body`].
    #[serde(with = "serde_bytes_vec")]
    pub body: Vec<u8>,
}

/// Flags of a [`Snapshot`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SnapshotFlags(pub u8);

impl SnapshotFlags {
    /// Forget everything you knew first.
    pub const FULL: u8 = 1;

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
    pub entries: Vec<RosterEntry>,
    /// Gone.
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
    pub rows: Vec<ScoreRow>,
    /// The reader's rank, 1 is best, when playing.
    pub own: Option<(u16, ScoreRow)>,
    /// Pilots in the room.
    pub pilots: u16,
    /// Where the leader flies, for everyone's map.
    pub leader: Option<Leader>,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreRow {
    /// Slot.
    pub player: PlayerId,
    /// Points.
    pub score: u32,
}

/// The leader's place on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// Slot.
    pub player: PlayerId,
    /// Position, u, rounded.
    pub at: (i16, i16),
}

/// `Vec<u8>` as one length and the bytes (serde's default would be element by element).
mod serde_bytes_vec {
    use serde::{Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl de::Visitor<'_> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}
