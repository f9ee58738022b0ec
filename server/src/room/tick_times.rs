//! How long ticks take and how late they begin. Invariant: a fixed window, no allocation after the first; counts only
//! grow, so whoever asks twice knows what happened between.

/// Ten seconds of ticks.
const WINDOW: usize = 600;
/// A tick that begins later than this is late, µs: what players may be made to wait without noticing.
const LATE_US: u64 = 2_000;
/// Half a tick, a whole one, and two, µs: ticks longer than each are counted.
const LONG_US: [u64; 3] = [8_000, 16_667, 33_333];

/// What is told of the ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickFigures {
    /// Time of a tick in the last ten seconds, µs: median…
    pub us_p50: u32,
    /// …99th percentile…
    pub us_p99: u32,
    /// …and the longest.
    pub us_max: u32,
    /// How long after it was due a tick began in the last ten seconds, µs: median…
    pub late_us_p50: u32,
    /// …and 99th percentile.
    pub late_us_p99: u32,
    /// Ticks that began more than 2 ms late, since the start.
    pub late: u64,
    /// Ticks longer than 8, 16.7 and 33.3 ms, since the start.
    pub over: [u64; 3],
    /// All ticks since the start by how long they took.
    pub histogram: TickHistogram,
}

/// Ticks by how long they took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickHistogram {
    /// By [`Self::BOUNDS_US`], each with the ticks no longer than that and longer than the one before; the last without bound.
    pub counts: [u64; 10],
    /// Time of all of them, µs.
    pub sum_us: u64,
}

impl TickHistogram {
    /// From a thirtieth of a tick's time to six times it, µs.
    pub const BOUNDS_US: [u64; 9] = [500, 1_000, 2_000, 4_000, 8_000, 12_000, 16_667, 33_333, 100_000];

    fn record(&mut self, time_us: u64) {
        self.counts[Self::BOUNDS_US.partition_point(|&bound| bound < time_us)] += 1;
        self.sum_us += time_us;
    }
}

/// The meter of one room.
#[derive(Debug, Default)]
pub struct TickTimes {
    times: Window,
    lateness: Window,
    late: u64,
    over: [u64; 3],
    histogram: TickHistogram,
}

impl TickTimes {
    /// A tick began `late_us` after it was due and took `time_us`.
    pub fn record(&mut self, late_us: u64, time_us: u64) {
        self.times.record(time_us);
        self.lateness.record(late_us);
        self.histogram.record(time_us);
        self.late += u64::from(late_us > LATE_US);
        for (count, limit_us) in self.over.iter_mut().zip(LONG_US) {
            *count += u64::from(time_us > limit_us);
        }
    }

    /// The figures now; zero without ticks.
    pub fn figures(&mut self) -> TickFigures {
        let [us_p50, us_p99, us_max] = self.times.percentiles([50, 99, 100]);
        let [late_us_p50, late_us_p99] = self.lateness.percentiles([50, 99]);
        TickFigures {
            us_p50,
            us_p99,
            us_max,
            late_us_p50,
            late_us_p99,
            late: self.late,
            over: self.over,
            histogram: self.histogram,
        }
    }
}

/// The last [`WINDOW`] times, µs.
#[derive(Debug, Default)]
struct Window {
    times_us: Vec<u32>,
    next: usize,
    sorted: Vec<u32>,
}

impl Window {
    fn record(&mut self, time_us: u64) {
        let time_us = u32::try_from(time_us).unwrap_or(u32::MAX);
        if self.times_us.len() < WINDOW {
            self.times_us.reserve_exact(WINDOW - self.times_us.len());
            self.times_us.push(time_us);
        } else {
            self.times_us[self.next] = time_us;
        }
        self.next = (self.next + 1) % WINDOW;
    }

    fn percentiles<const N: usize>(&mut self, percents: [usize; N]) -> [u32; N] {
        self.sorted.clear();
        self.sorted.extend_from_slice(&self.times_us);
        self.sorted.sort_unstable();
        percents.map(|percent| {
            let rank = (self.sorted.len() * percent).div_ceil(100).max(1) - 1;
            self.sorted.get(rank).copied().unwrap_or(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_last_ten_seconds_and_counts_of_all_time() {
        let mut times = TickTimes::default();
        assert_eq!(times.figures(), TickFigures::default());
        (0..600).for_each(|_| times.record(50_000, 1_000_000));
        (1..=600).for_each(|n| times.record(2 * n, n));
        let figures = times.figures();
        assert_eq!((figures.us_p50, figures.us_p99, figures.us_max), (300, 594, 600));
        assert_eq!((figures.late_us_p50, figures.late_us_p99), (600, 1_188));
        assert_eq!((figures.late, figures.over), (600, [600, 600, 600]));
    }

    #[test]
    fn long_and_late_ticks_are_counted_by_how_long() {
        let mut times = TickTimes::default();
        for (late_us, time_us) in [(0, 8_000), (2_000, 8_001), (2_001, 20_000), (9_000, 40_000)] {
            times.record(late_us, time_us);
        }
        let figures = times.figures();
        assert_eq!((figures.late, figures.over), (2, [3, 2, 1]));
        assert_eq!(figures.histogram, TickHistogram { counts: [0, 0, 0, 0, 1, 1, 0, 1, 1, 0], sum_us: 76_001 });
    }
}
