//! What a room leaves out while its thread cannot keep up. Invariant: who plays goes on playing; pictures come less often, and
//! in the end bots go and nobody new takes a seat. Not here: when (the shell's, which has a clock).

use super::Room;

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relief {
    /// Ticks from one snapshot of a connection to the next, 1 to [`SNAPSHOT_TICKS_MAX`].
    pub snapshot_ticks: u32,
    /// No bots, and nobody new takes a seat. Who comes back to one does.
    pub is_closed: bool,
}

/// Pictures come this seldom at most, ticks: 15 Hz.
pub const SNAPSHOT_TICKS_MAX: u32 = 4;

impl Room {
    /// Does so much from now on.
    pub fn relieve(&mut self, relief: Relief) {
        self.relief = relief;
        self.balance_bots(0);
    }
}
