//! Recorded matches: who came, who launched and what everybody commanded, with check sums. Because the simulation
//! is deterministic, that is the whole match.
//!
//! A file is a [`Header`] and then chunks, each behind its length (four bytes, little-endian), so that a recording
//! cut short by a crash is good up to its last whole chunk. Invariant: a file from anywhere can produce an error,
//! never a panic or a large allocation; a file from another version of the rules says so.

mod playback;
mod recorder;

use serde::{Deserialize, Serialize};

pub use playback::{Playback, Summary};
pub use recorder::Recorder;

use crate::{
    ids::PlayerId,
    protocol::DecodeError,
    sim::{Command, Order},
    tick::Tick,
};

/// First bytes of every recording.
pub const MAGIC: [u8; 8] = *b"PERIREC1";
/// Ticks in a full chunk: a check sum a second.
pub const CHUNK_TICKS: usize = 60;
/// A chunk longer than this, bytes, is not one of ours: 512 pilots who change everything in every tick stay below.
pub const CHUNK_BYTES_MAX: usize = 512 * 1_024;

/// How a recording starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Protocol hash of the build that recorded: the rules' fingerprint.
    pub rules: u64,
    /// Seed of planets and belts.
    pub seed: u64,
    /// Seed of every draw.
    pub secret: u64,
    /// The tick before the first recorded one.
    pub start: Tick,
}

/// Up to [`CHUNK_TICKS`] ticks and the check sum after them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Chunk {
    /// One after another.
    pub ticks: Vec<TickRecord>,
    /// Check sum of the world at the end.
    pub checksum: u32,
}

/// What entered one tick.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TickRecord {
    /// Who came and went.
    pub orders: Vec<Order>,
    /// Commands that differ from the tick before; `None` when a pilot no longer gives any.
    pub changes: Vec<(PlayerId, Option<Command>)>,
}

/// Why a file cannot be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayError {
    /// It does not begin like a recording.
    NotARecording,
    /// Recorded by a build with other rules.
    OtherRules {
        /// That build's fingerprint.
        theirs: u64,
    },
    /// A chunk is damaged.
    Damaged {
        /// Where it begins, bytes from the start of the file.
        offset: usize,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// Played back, the world came out differently.
    Diverged {
        /// The tick of the first check sum that differs.
        tick: Tick,
        /// As recorded.
        recorded: u32,
        /// As played.
        played: u32,
    },
}

impl core::fmt::Display for ReplayError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            ReplayError::NotARecording => f.write_str("this is not a Perihelion recording"),
            ReplayError::OtherRules { theirs } => {
                write!(
                    f,
                    "recorded under other rules ({theirs:016x}, these are {:016x})",
                    crate::protocol::proto_hash()
                )
            }
            ReplayError::Damaged { offset, error } => write!(f, "damaged at byte {offset}: {error}"),
            ReplayError::Diverged { tick, recorded, played } => {
                write!(f, "diverged by tick {}: recorded {recorded:08x}, played {played:08x}", tick.0)
            }
        }
    }
}

impl core::error::Error for ReplayError {}
