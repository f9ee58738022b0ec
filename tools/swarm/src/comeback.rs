//! When a client that has lost its connection tries again: as the page does. Invariant: waits double from [`PAUSE`] to
//! [`PAUSE_MAX`], are jittered so that not all come at once, and begin anew only after a welcome: a server that opens
//! sockets and greets nobody is not stormed.

use std::time::Duration;

use shared::{
    protocol::CloseCode,
    rng::{Keyed, Purpose},
    tick::Tick,
};

/// First wait before coming back; doubled each time in vain, up to [`PAUSE_MAX`], and jittered by half.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest wait before coming back.
const PAUSE_MAX: Duration = Duration::from_secs(8);

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The run is over.
    Over,
    /// The server closed it.
    Closed(u16),
    /// It broke, or the server does not read.
    Lost,
    /// We let go of it on purpose.
    Dropped,
    /// The server's bytes made no sense.
    Nonsense,
}

impl End {
    /// Whether the page would come back by itself.
    pub fn comes_back(self) -> bool {
        match self {
            End::Over => false,
            End::Closed(code) => CloseCode::from_number(code).is_none_or(CloseCode::reconnects),
            End::Lost | End::Dropped | End::Nonsense => true,
        }
    }
}

/// The waits of one client.
#[derive(Debug)]
pub struct Comeback {
    pause: Duration,
    random: Keyed,
}

impl Comeback {
    /// Of client `index`.
    pub fn new(seed: u64, index: u32) -> Comeback {
        Comeback { pause: PAUSE, random: Keyed::new(seed, Tick(1), index, Purpose::Test) }
    }

    /// The server greeted: whatever ends this connection, the next attempt comes soon.
    pub fn welcomed(&mut self) {
        self.pause = PAUSE;
    }

    /// How long to wait before the next attempt.
    pub fn wait(&mut self) -> Duration {
        let jittered = self.pause.mul_f32(self.random.range(0.5, 1.5));
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        jittered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_differ_until_there_is_a_welcome() {
        let mut comeback = Comeback::new(3, 5);
        for pause_ms in [500, 1_000, 2_000, 4_000, 8_000, 8_000] {
            let wait_ms = comeback.wait().as_millis();
            assert!((pause_ms / 2..=pause_ms * 3 / 2).contains(&wait_ms), "{wait_ms} of {pause_ms}");
        }
        comeback.welcomed();
        assert!(comeback.wait().as_millis() <= 750);
        assert!(End::Lost.comes_back() && !End::Closed(CloseCode::Full.number()).comes_back());
        assert_ne!(Comeback::new(3, 5).wait(), Comeback::new(3, 6).wait());
    }
}
