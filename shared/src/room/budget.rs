//! How many bytes one connection may be sent: a token bucket that shrinks when its line backs up and grows back.
//!
//! Pure; time is an argument. Invariant: over any stretch of time no more is spent than rate × time + burst, give or take
//! the one message that was begun while anything was left.

/// Bytes a second, unless configured otherwise: three times what a thick fight needs.
pub const BYTES_PER_S: u32 = 24_000;
/// …of which this many seconds' worth may come at once.
const BURST_S: f32 = 2.0;
/// Bytes a second on a thin line.
const THIN_BYTES_PER_S: f32 = 6_000.0;
/// A host may allow so few: with less than a thin line has, even that would starve.
pub const BYTES_PER_S_LEAST: u32 = THIN_BYTES_PER_S as u32;
/// After a skip the rate is this share of what it was…
const BACK_OFF: f32 = 0.5;
/// …for this long at least, µs…
const BACK_OFF_US: u64 = 2_000_000;
/// …and then grows by this share a second until it is whole again.
const RECOVERY_S: f32 = 0.05;
/// The rate never falls below this share.
const FLOOR: f32 = 0.125;
/// With fewer bytes left than this a turn is passed: no message worth sending is smaller.
pub const BYTES_MIN: usize = 48;

/// One connection's budget.
#[derive(Debug, Clone)]
pub struct Budget {
    tokens: f32,
    /// Share of the configured rate that the line is trusted with.
    trust: f32,
    filled_us: u64,
    backed_off_us: Option<u64>,
}

impl Budget {
    /// A full bucket.
    #[must_use]
    pub fn new(bytes_per_s: u32, now_us: u64) -> Budget {
        Budget { tokens: bytes_per_s as f32 * BURST_S, trust: 1.0, filled_us: now_us, backed_off_us: None }
    }

    /// Bytes that may be sent now.
    pub fn left(&mut self, bytes_per_s: u32, thin: bool, now_us: u64) -> usize {
        let passed_s = now_us.saturating_sub(self.filled_us) as f32 / 1_000_000.0;
        self.filled_us = now_us;
        if self.backed_off_us.is_none_or(|at| now_us.saturating_sub(at) > BACK_OFF_US) {
            self.trust = (self.trust * (1.0 + RECOVERY_S * passed_s)).min(1.0);
        }
        let rate = bytes_per_s as f32 * self.trust;
        let rate = if thin { rate.min(THIN_BYTES_PER_S) } else { rate };
        self.tokens = (self.tokens + rate * passed_s).min(rate * BURST_S);
        self.tokens.max(0.0) as usize
    }

    /// Bytes were sent.
    pub fn spend(&mut self, bytes: usize) {
        self.tokens -= bytes as f32;
    }

    /// A snapshot was skipped because the client is behind: the line carries less than we thought. Skips in a row are
    /// one and the same jam.
    pub fn back_off(&mut self, now_us: u64) {
        if self.backed_off_us.is_none_or(|at| now_us.saturating_sub(at) > BACK_OFF_US) {
            self.backed_off_us = Some(now_us);
            self.trust = (self.trust * BACK_OFF).max(FLOOR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spends whatever is left, at 30 Hz for `secs`; skips in the seconds of `jams`. Returns bytes by second.
    fn spend(bytes_per_s: u32, thin: bool, secs: u64, jams: &[u64]) -> Vec<usize> {
        let mut budget = Budget::new(bytes_per_s, 0);
        let mut spent = vec![0; secs as usize];
        for i in 0..secs * 30 {
            let (second, now_us) = (i / 30, i * 33_333);
            let left = budget.left(bytes_per_s, thin, now_us);
            if jams.contains(&second) {
                budget.back_off(now_us);
            }
            budget.spend(left);
            spent[second as usize] += left;
        }
        spent
    }

    #[test]
    fn no_more_than_rate_and_burst_ever_passes() {
        for rate in [200, 6_000, 24_000] {
            let spent: usize = spend(rate, false, 20, &[]).iter().sum();
            assert!(spent <= rate as usize * 22, "{spent} at {rate}");
            assert!(spent >= rate as usize * 21, "{spent} at {rate}");
        }
    }

    #[test]
    fn a_thin_line_gets_little() {
        let spent = spend(24_000, true, 10, &[]);
        assert!(spent[5] <= 6_100, "{spent:?}");
    }

    #[test]
    fn a_jam_halves_the_rate_and_it_grows_back() {
        let spent = spend(24_000, false, 40, &[5]);
        assert!(spent[6] < 13_000, "{spent:?}");
        assert!(spent[12] > spent[8] && spent[39] > 23_000, "{spent:?}");
    }
}
