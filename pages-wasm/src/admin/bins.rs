//! Counts in bars: how long ticks take, and how far away people are. Invariant: bars are in order, each with the words
//! under it.

use super::{
    feed::{Player, TickTimes},
    format,
};

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bin {
    pub label: String,
    pub count: u64,
    /// Later than it should be.
    pub is_bad: bool,
}

/// A tick must be done before the next one begins, µs: 60 Hz.
const TICK_MAX_US: f64 = 1e6 / 60.0;

/// Up to so many ms, and the rest.
const RTT_MS: [u32; 7] = [20, 40, 60, 90, 130, 200, 300];
/// One notices from here on, ms.
const RTT_FAR_MS: u32 = 200;

/// The tick times of a room.
pub fn of_ticks(times: &TickTimes) -> Vec<Bin> {
    let mut below_us = 0.0;
    let mut bin = |&(up_to_us, count): &(Option<f64>, u64)| {
        let is_bad = below_us >= TICK_MAX_US * 0.999;
        let label = up_to_us.map_or_else(|| format!("> {}", format::micros(below_us)), format::micros);
        below_us = up_to_us.unwrap_or(below_us);
        Bin { label, count, is_bad }
    };
    times.histogram.iter().map(&mut bin).collect()
}

/// The round trips of the people in a room; who has none yet is not counted.
pub fn of_round_trips(players: &[Player]) -> Vec<Bin> {
    let known = || players.iter().filter(|player| !player.is_bot && player.rtt_ms > 0).map(|player| player.rtt_ms);
    let count = |from: u32, to: u32| known().filter(|ms| (from..to).contains(ms)).count() as u64;
    let mut from = 1;
    let mut bins: Vec<Bin> = Vec::new();
    for up_to in RTT_MS {
        bins.push(Bin { label: up_to.to_string(), count: count(from, up_to + 1), is_bad: from > RTT_FAR_MS });
        from = up_to + 1;
    }
    bins.push(Bin { label: format!("> {}", from - 1), count: count(from, u32::MAX), is_bad: true });
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_longer_than_their_time_are_bad() {
        let histogram = vec![(Some(100.0), 5), (Some(16_667.0), 1), (Some(33_000.0), 2), (None, 0)];
        let bins = of_ticks(&TickTimes { histogram, ..TickTimes::default() });
        let told: Vec<(&str, u64, bool)> = bins.iter().map(|bin| (bin.label.as_str(), bin.count, bin.is_bad)).collect();
        assert_eq!(told, [("100 µs", 5, false), ("17 ms", 1, false), ("33 ms", 2, true), ("> 33 ms", 0, true)]);
    }

    #[test]
    fn people_with_a_known_round_trip_are_counted_once() {
        let player = |rtt_ms, is_bot| Player { rtt_ms, is_bot, ..Player::default() };
        let players = [player(0, false), player(20, false), player(21, false), player(900, false), player(50, true)];
        let bins = of_round_trips(&players);
        assert_eq!(bins.len(), RTT_MS.len() + 1);
        assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [1, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(bins.last().map(|bin| (bin.label.as_str(), bin.is_bad)), Some(("> 300", true)));
    }
}
