//! Recorded matches: who came and under which name, who launched and what everybody commanded, with check sums.
//! Because the simulation is deterministic, that is the whole match.
//!
//! A file is [`MAGIC`], a [`Header`] and then chunks, each behind its length (four bytes, little-endian), so that a
//! recording cut short by a crash is good up to its last whole chunk. Invariant: a file from anywhere can produce an
//! error, never a panic or a large allocation; a file from another version of the rules says so.
//!
//! ```text
//! Recorder ─► file ─► Playback: the world, tick by tick, anywhere ─► Screening: the View that is drawn
//! ```

mod chunk;
#[cfg(test)]
mod lags;
pub(crate) mod playback;
mod projector;
mod recorder;
mod screening;
mod show;

use serde::{Deserialize, Serialize};

pub(crate) use chunk::is_plain;
pub use chunk::{CHUNK_BYTES_MAX, CHUNK_TICKS};
pub use playback::{PastSeason, Playback, Summary};
pub use recorder::Recorder;
pub use screening::{Death, Screening, Subject};
pub use show::Show;

use crate::{
    defs::Terms,
    protocol::DecodeError,
    tick::{TICK_HZ, Tick},
};

/// First bytes of every recording; the number is that of the format.
pub const MAGIC: [u8; 8] = *b"PERIREC3";
/// A header is never longer than this, bytes.
const HEADER_BYTES_MAX: usize = 256;
/// Characters in a room's name, as the header holds it.
const ROOM_CHARS_MAX: usize = 32;

/// How a recording starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Fingerprint of the rules it was recorded under: [`crate::protocol::rules_hash`].
    pub rules: u64,
    /// Seed of planets and belts.
    pub seed: u64,
    /// Seed of every draw.
    pub secret: u64,
    /// The tick before the first recorded one.
    pub start: Tick,
    /// Name of the room.
    pub room: String,
    /// What was played.
    pub terms: Terms,
}

impl Header {
    fn check(&self) -> Result<(), DecodeError> {
        if let Some(field) = self.terms.beyond() {
            return Err(DecodeError::OutOfRange { field });
        }
        let good = self.room.chars().count() <= ROOM_CHARS_MAX && chunk::is_plain(&self.room);
        if good { Ok(()) } else { Err(DecodeError::OutOfRange { field: "room" }) }
    }
}

/// Why a file cannot be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayError {
    /// It does not begin like a recording.
    NotARecording,
    /// A recording in another format.
    OtherFormat,
    /// Recorded by a build with other rules.
    OtherRules {
        /// That build's fingerprint.
        theirs: u64,
    },
    /// A part is damaged.
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
        /// Ticks from the start of the recording to there.
        played: usize,
        /// As recorded.
        recorded: u32,
        /// As played.
        found: u32,
    },
}

impl core::fmt::Display for ReplayError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            ReplayError::NotARecording => f.write_str("this is not a Perihelion recording"),
            ReplayError::OtherFormat => f.write_str("a recording in the format of another version of Perihelion"),
            ReplayError::OtherRules { theirs } => {
                write!(
                    f,
                    "recorded under other rules ({theirs:016x}, these are {:016x}): the version that recorded it plays it",
                    crate::protocol::rules_hash()
                )
            }
            ReplayError::Damaged { offset, error } => write!(f, "damaged at byte {offset}: {error}"),
            ReplayError::Diverged { tick, played, recorded, found } => {
                let seconds = played / TICK_HZ as usize;
                write!(
                    f,
                    "diverged by tick {} ({}:{:02} into it): recorded {recorded:08x}, played {found:08x}",
                    tick.0,
                    seconds / 60,
                    seconds % 60
                )
            }
        }
    }
}

impl core::error::Error for ReplayError {}
