//! `perihelion replay FILE`: plays a recording without a screen and says whether it comes out as recorded.

use std::{fmt, io, path::Path};

use shared::{
    replay::{Playback, ReplayError},
    tick::TICK_HZ,
};

/// Recordings longer than this are refused: 512 MiB is weeks of play.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// Why a recording was not verified.
#[derive(Debug)]
pub enum VerifyError {
    /// The file cannot be read.
    Read(io::Error),
    /// The file is absurdly large.
    TooLarge(u64),
    /// The recording is bad, or the match came out differently.
    Replay(ReplayError),
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VerifyError::Read(error) => write!(f, "cannot be read: {error}"),
            VerifyError::TooLarge(bytes) => write!(f, "has {bytes} bytes, more than the {FILE_BYTES_MAX} allowed"),
            VerifyError::Replay(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Plays the recording at `path` and returns what to print.
///
/// # Errors
/// See [`VerifyError`].
pub fn verify(path: &Path) -> Result<String, VerifyError> {
    let size = std::fs::metadata(path).map_err(VerifyError::Read)?.len();
    if size > FILE_BYTES_MAX {
        return Err(VerifyError::TooLarge(size));
    }
    let bytes = std::fs::read(path).map_err(VerifyError::Read)?;
    let summary = Playback::open(bytes).and_then(Playback::verify).map_err(VerifyError::Replay)?;
    let seconds = summary.ticks / TICK_HZ as usize;
    let cut = if summary.cut { " (the file is cut short; all before that is good)" } else { "" };
    Ok(format!(
        "as recorded{cut}: {} ticks ({}:{:02}), {} check sums, {} pilots at the end, {} ships destroyed, check sum {:08x}\n",
        summary.ticks,
        seconds / 60,
        seconds % 60,
        summary.checked,
        summary.pilots,
        summary.kills,
        summary.checksum
    ))
}
