//! A token bucket. Pure: time is an argument.
//!
//! Invariant: over any stretch of time no more is taken than rate × time + burst.

/// What flows in, and what fits.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Tokens per second.
    pub per_s: u64,
    /// Tokens at once.
    pub burst: u64,
}

/// Tokens there are now. It counts in millionths so that no fraction is lost between close moments.
#[derive(Debug)]
pub struct Bucket {
    rate: Rate,
    millionths: u64,
    filled_us: u64,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn new(rate: Rate, now_us: u64) -> Bucket {
        Bucket { rate, millionths: rate.burst * 1_000_000, filled_us: now_us }
    }

    /// Lets flow in what time has brought. A clock that steps back brings nothing.
    pub fn fill(&mut self, now_us: u64) {
        let gained = now_us.saturating_sub(self.filled_us).saturating_mul(self.rate.per_s);
        self.millionths = self.millionths.saturating_add(gained).min(self.rate.burst * 1_000_000);
        self.filled_us = self.filled_us.max(now_us);
    }

    /// Whether `tokens` are there.
    #[must_use]
    pub fn holds(&self, tokens: u64) -> bool {
        self.millionths / 1_000_000 >= tokens
    }

    /// Takes `tokens`.
    ///
    /// # Panics
    /// If they are not there: ask [`Self::holds`] first.
    pub fn take(&mut self, tokens: u64) {
        assert!(self.holds(tokens), "taking {tokens} from {self:?}");
        self.millionths -= tokens * 1_000_000;
    }

    /// Puts back `tokens` that were taken.
    pub fn give_back(&mut self, tokens: u64) {
        self.millionths = (self.millionths + tokens * 1_000_000).min(self.rate.burst * 1_000_000);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_s: 75, burst: 32 };

    #[test]
    fn no_sequence_of_times_gets_more_than_rate_and_burst() {
        use shared::{
            rng::{Keyed, Purpose},
            tick::Tick,
        };
        for seed in 0..200 {
            let mut random = Keyed::new(seed, Tick(0), 0, Purpose::Test);
            let mut bucket = Bucket::new(RATE, 0);
            let (mut now_us, mut passed) = (0_u64, 0_u64);
            for _ in 0..2_000 {
                let gap_us = if random.chance(0.05) { 500_000 } else { 5_000 };
                now_us += u64::from(random.below(gap_us));
                bucket.fill(now_us);
                if bucket.holds(1) {
                    bucket.take(1);
                    passed += 1;
                }
                let allowed = RATE.burst + now_us * RATE.per_s / 1_000_000;
                assert!(passed <= allowed, "seed {seed}: {passed} of {allowed}");
            }
        }
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing_and_no_time_more_than_the_burst() {
        let mut bucket = Bucket::new(RATE, 10_000_000);
        bucket.take(32);
        bucket.fill(0);
        assert!(!bucket.holds(1));
        bucket.fill(u64::MAX);
        assert!(bucket.holds(32) && !bucket.holds(33) && !bucket.holds(u64::MAX));
    }
}
