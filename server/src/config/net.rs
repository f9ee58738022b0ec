//! `[net]`: what rooms send and how far back they look, the same in all of them.

use shared::{
    rewind::REWIND_MS_MAX,
    room::{BYTES_PER_S, BYTES_PER_S_LEAST},
    tick::TICK_HZ,
};

use super::{
    kind::{Kind, whole},
    raw::Raw,
    setting::settings,
};

/// Bytes a second to one client that are as good as no limit.
const BYTES_PER_S_MOST: u32 = 1_000_000;

settings! {
    /// What every room sends, and how far back it looks. The simulation steps 60 times a second, on both ends, and that is not
    /// a setting.
    pub struct NetSettings {
        /// Pictures a second to each client, while its line and the room's thread keep up. Half of them are half the bytes and
        /// less work; what others do is seen some milliseconds later.
        snapshot_hz: u16 = 30, rate(), [Flag("snapshot-hz")];
        /// Rays hit what their pilot saw, at most so long ago; 0: what is there now. Bolts always meet what is there now.
        max_rewind_ms: u16 = REWIND_MS_MAX, whole(0..=REWIND_MS_MAX), [Flag("max-rewind-ms")];
        /// Bytes a second that one client may be sent at most. A thick fight takes a third of the usual value; with fewer, what
        /// is far from a player is told less often.
        max_bytes_per_s: u32 = BYTES_PER_S, whole(BYTES_PER_S_LEAST..=BYTES_PER_S_MOST), [Flag("max-bytes-per-s")];
    }
}

impl NetSettings {
    /// Ticks from one picture to the next.
    #[must_use]
    pub fn snapshot_ticks(&self) -> u32 {
        TICK_HZ / u32::from(self.snapshot_hz)
    }
}

/// A rate that a tick's rate is a multiple of, as often as a client reckons well with.
fn rate() -> Rate {
    Rate
}

#[derive(Debug)]
struct Rate;

impl Kind for Rate {
    type Value = u16;

    fn allowed(&self) -> String {
        "60, 30, 20 or 15".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "N"
    }

    fn read(&self, raw: &Raw) -> Option<u16> {
        raw.number()?.parse().ok().filter(|rate| [60, 30, 20, 15].contains(rate))
    }

    fn write(&self, rate: &u16) -> Option<String> {
        Some(rate.to_string())
    }
}
