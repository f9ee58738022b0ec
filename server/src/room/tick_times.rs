//! How long the last ticks took. Invariant: a fixed window, no allocation after the first.

/// Ten seconds of ticks.
const WINDOW: usize = 600;

/// The last [`WINDOW`] tick times, µs.
#[derive(Debug)]
pub struct TickTimes {
    times_us: Vec<u32>,
    next: usize,
    sorted: Vec<u32>,
}

impl TickTimes {
    pub fn new() -> TickTimes {
        TickTimes { times_us: Vec::with_capacity(WINDOW), next: 0, sorted: Vec::with_capacity(WINDOW) }
    }

    pub fn record(&mut self, time_us: u64) {
        let time_us = u32::try_from(time_us).unwrap_or(u32::MAX);
        if self.times_us.len() < WINDOW {
            self.times_us.push(time_us);
        } else {
            self.times_us[self.next] = time_us;
        }
        self.next = (self.next + 1) % WINDOW;
    }

    /// The 50th and the 99th percentile, µs; zero without ticks.
    pub fn p50_p99_us(&mut self) -> (u32, u32) {
        self.sorted.clear();
        self.sorted.extend_from_slice(&self.times_us);
        self.sorted.sort_unstable();
        let at = |percent: usize| {
            let rank = (self.sorted.len() * percent).div_ceil(100).max(1) - 1;
            self.sorted.get(rank).copied().unwrap_or(0)
        };
        (at(50), at(99))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_last_ten_seconds() {
        let mut times = TickTimes::new();
        assert_eq!(times.p50_p99_us(), (0, 0));
        (0..600).for_each(|_| times.record(1_000_000));
        (1..=600).for_each(|n| times.record(n));
        assert_eq!(times.p50_p99_us(), (300, 594));
    }
}
