//! What tick it is at the server, from when its words came. Plain arithmetic.
//!
//! The word that travelled fastest lately says how ticks and our clock hang together, but for its way here; half a round
//! trip is added by whoever knows it.

use std::collections::VecDeque;

use shared::tick::{TICK_US, Tick};

/// A server that falls behind drops time, so that only what was heard lately counts, ms.
const LATELY_MS: f64 = 5_000.0;

/// How ticks and our clock hang together.
#[derive(Debug, Default)]
pub struct ServerClock {
    first: Option<Tick>,
    /// When a word came, and when its tick would then have been zero, ms.
    heard: VecDeque<(f64, f64)>,
}

impl ServerClock {
    /// A word about the end of `tick` came `now`, ms.
    pub fn heard(&mut self, tick: Tick, now: f64) {
        let zero = now - self.ms_of(tick);
        self.heard.retain(|&(at, _)| now - at < LATELY_MS);
        // Whoever came later and was slower will never be the fastest.
        while self.heard.back().is_some_and(|&(_, other)| other >= zero) {
            self.heard.pop_back();
        }
        self.heard.push_back((now, zero));
    }

    /// How long ago `tick` ended, ms, but for the way here. `None` before anything was heard.
    pub fn age_ms(&self, tick: Tick, now: f64) -> Option<f64> {
        let (_, zero) = self.heard.front()?;
        let since = self.first.map_or(0, |first| tick.since(first));
        Some((now - zero - ms(since)).max(0.0))
    }

    fn ms_of(&mut self, tick: Tick) -> f64 {
        ms(tick.since(*self.first.get_or_insert(tick)))
    }
}

fn ms(ticks: i32) -> f64 {
    f64::from(ticks) * TICK_US as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_word_sets_the_clock_and_is_forgotten_in_time() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.age_ms(Tick(0), 0.0), None);
        // Sixty ticks a second; the first word took 40 ms longer than the second.
        clock.heard(Tick(u32::MAX), 1_040.0);
        clock.heard(Tick(59), 2_000.0);
        let age = |clock: &ServerClock, tick: u32, now: f64| clock.age_ms(Tick(tick), now).expect("heard").round();
        assert_eq!(age(&clock, 59, 2_000.0), 0.0);
        assert_eq!(age(&clock, u32::MAX, 2_000.0), 1_000.0);
        assert_eq!(age(&clock, 59, 2_500.0), 500.0);
        // The server dropped half a second; after a while that is how it is.
        clock.heard(Tick(659), 12_500.0);
        assert_eq!(age(&clock, 659, 12_500.0), 0.0);
    }
}
