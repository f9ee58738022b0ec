//! Who is not heard, by order of those who run the server. Invariant: it belongs to the person, not to the connection: it
//! goes into a seat and out of it, and comes back with a resume.

use crate::tick::Tick;

/// Somebody is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mute {
    /// Before this tick; `None`: for good.
    until: Option<Tick>,
    /// They know.
    told: bool,
}

impl Mute {
    /// For as long as they are here.
    #[must_use]
    pub fn for_good() -> Mute {
        Mute { until: None, told: false }
    }

    /// Until that tick.
    #[must_use]
    pub fn until(tick: Tick) -> Mute {
        Mute { until: Some(tick), told: false }
    }

    /// Whether it lasts at `now`.
    #[must_use]
    pub fn lasts(self, now: Tick) -> bool {
        self.until.is_none_or(|until| until.is_after(now))
    }

    /// Whether they have yet to be told; from now on they have been.
    pub fn tells(&mut self) -> bool {
        !std::mem::replace(&mut self.told, true)
    }

    /// Another connection of theirs has heard nothing of it.
    pub fn forget_told(&mut self) {
        self.told = false;
    }
}
