//! The wall clock, for dates of results alone: everything else goes by monotonic time, so that nobody who sets a clock
//! ends anything.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970; 0 on a machine that believes in an earlier time.
#[must_use]
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
