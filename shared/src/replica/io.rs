//! What goes into a replica and what comes out besides the view: plain data for its shell.

use crate::{protocol::DecodeError, quantize::Angle, sim::Buttons, tick::Tick};

/// What the pilot wants in this frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Intent {
    /// Buttons held.
    pub buttons: Buttons,
    /// Where the nose should point; `None` keeps the last aim.
    pub aim: Option<Angle>,
}

/// Why this connection cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplicaError {
    /// Bytes that are not a message.
    Decode(DecodeError),
    /// A snapshot that makes no sense here.
    Snapshot {
        /// Its tick.
        tick: Tick,
    },
    /// A message that may not come now.
    OutOfOrder,
    /// What is known differs from what the server says we know, again after a resync.
    Desync {
        /// When.
        tick: Tick,
    },
}

impl core::fmt::Display for ReplicaError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            ReplicaError::Decode(error) => error.fmt(f),
            ReplicaError::Snapshot { tick } => write!(f, "snapshot of tick {} makes no sense", tick.0),
            ReplicaError::OutOfOrder => f.write_str("a message came before the welcome"),
            ReplicaError::Desync { tick } => write!(f, "lost the thread at tick {}", tick.0),
        }
    }
}

impl core::error::Error for ReplicaError {}
