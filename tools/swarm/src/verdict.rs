//! Whether a run's figures mean anything. Invariant: the first reason that spoils them is the verdict.

use std::fmt;

use serde::{Serialize, Serializer};

/// Share of late frames from which swarm was starved: its clients no longer behave like people's.
pub const LATE_SHARE_MAX: f64 = 0.02;

/// What is to be thought of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// The figures stand.
    Good,
    /// Swarm itself was starved.
    Void {
        /// Share of frames that came more than 20 ms late or not at all.
        late_share: f64,
    },
    /// Not everyone got in, or somebody's logic broke.
    Incomplete {
        /// Honest clients that got what they came for.
        arrived: u32,
        /// All of them.
        wanted: u32,
    },
    /// It was ended before anything was measured.
    Unmeasured,
}

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// Whether the measured stretch began.
    pub measured: bool,
    /// Frames due, and late ones.
    pub frames: (u64, u64),
    /// Honest clients that got what they came for.
    pub arrived: u32,
    /// All of them.
    pub wanted: u32,
}

impl Evidence {
    /// Share of late frames; 0 without frames.
    pub fn late_share(&self) -> f64 {
        self.frames.1 as f64 / self.frames.0.max(1) as f64
    }

    /// The verdict.
    pub fn judge(&self) -> Verdict {
        if !self.measured {
            Verdict::Unmeasured
        } else if self.late_share() > LATE_SHARE_MAX {
            Verdict::Void { late_share: self.late_share() }
        } else if self.arrived < self.wanted {
            Verdict::Incomplete { arrived: self.arrived, wanted: self.wanted }
        } else {
            Verdict::Good
        }
    }
}

impl Verdict {
    /// For the shell.
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict::Good => 0,
            Verdict::Incomplete { .. } | Verdict::Unmeasured => 1,
            Verdict::Void { .. } => 3,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Good => f.write_str("OK: the figures stand"),
            Verdict::Void { late_share } => write!(
                f,
                "VOID: swarm itself was starved ({:.1} % of its frames came late), the figures say nothing about the \
                 server",
                late_share * 100.0
            ),
            Verdict::Incomplete { arrived, wanted } => {
                write!(f, "INCOMPLETE: only {arrived} of {wanted} clients got in")
            }
            Verdict::Unmeasured => f.write_str("UNMEASURED: ended before everyone had come"),
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_that_spoils_a_run_is_the_verdict() {
        for (measured, frames, arrived, code, word) in [
            (true, (1_000, 20), 10, 0, "OK"),
            (true, (1_000, 21), 10, 3, "VOID: swarm itself was starved (2.1 %"),
            (true, (1_000, 500), 4, 3, "VOID"),
            (true, (1_000, 0), 9, 1, "INCOMPLETE: only 9 of 10"),
            (true, (0, 0), 0, 1, "INCOMPLETE"),
            (false, (0, 0), 3, 1, "UNMEASURED"),
        ] {
            let verdict = Evidence { measured, frames, arrived, wanted: 10 }.judge();
            assert_eq!(verdict.exit_code(), code, "{verdict}");
            assert!(verdict.to_string().starts_with(word), "{verdict}");
        }
    }
}
