//! Recorded rooms: bots and scripted people who come, fight, die, leave, lose their line and come back. Each must play
//! to its own check sums, and to those of `recordings.txt`, wherever it is played. Not here: how they are made
//! (`rooms`).

use shared::replay::{Playback, ReplayError, Summary};

/// What each recording must come to: name, ticks, ships destroyed, pilots at the end, check sum.
pub const PLAYED: &str = include_str!("../recordings.txt");

/// Every recording, by name.
pub const RECORDINGS: [(&str, &[u8]); 8] = [
    ("duel", include_bytes!("../recordings/duel.rec")),
    ("lone", include_bytes!("../recordings/lone.rec")),
    ("trio", include_bytes!("../recordings/trio.rec")),
    ("guests", include_bytes!("../recordings/guests.rec")),
    ("drops", include_bytes!("../recordings/drops.rec")),
    ("mixed", include_bytes!("../recordings/mixed.rec")),
    ("bots", include_bytes!("../recordings/bots.rec")),
    ("crowd", include_bytes!("../recordings/crowd.rec")),
];

/// Plays a recording to its end and compares all of its check sums.
///
/// # Errors
/// As [`Playback::open`] and [`Playback::verify`].
pub fn play(bytes: &[u8]) -> Result<Summary, ReplayError> {
    Playback::open(bytes.to_vec())?.verify()
}

/// A line of [`PLAYED`].
#[must_use]
pub fn line(name: &str, summary: &Summary) -> String {
    let Summary { ticks, kills, pilots, checksum, .. } = summary;
    format!("{name} {ticks} ticks {kills} kills {pilots} pilots {checksum:08x}\n")
}
