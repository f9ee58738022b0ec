//! The last ten minutes as numbers for charts. Pure. Invariant: all lists are of the same length, oldest first.

use std::collections::VecDeque;

use serde::Serialize;

/// Seconds from one point to the next.
const EVERY_S: u32 = 2;
/// Ten minutes of them.
const POINTS: usize = 300;

/// One moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// People who play.
    pub players: u32,
    /// Bytes told, per second.
    pub out_bytes_per_s: u64,
    /// 99th percentile of the slowest room's ticks, µs.
    pub tick_p99_us: u32,
    /// Processor time, per cent of one core.
    pub cpu_percent: f64,
}

/// The moments.
#[derive(Debug, Default)]
pub struct History(VecDeque<Point>);

/// As it is told.
#[derive(Debug, Serialize)]
pub struct Told {
    is: &'static str,
    every_s: u32,
    players: Vec<u32>,
    out_bytes_per_s: Vec<u64>,
    tick_p99_us: Vec<u32>,
    cpu_percent: Vec<f64>,
}

impl History {
    /// Adds a moment; the oldest goes.
    pub fn add(&mut self, point: Point) {
        if self.0.len() >= POINTS {
            self.0.pop_front();
        }
        self.0.push_back(point);
    }

    /// All of them.
    #[must_use]
    pub fn told(&self) -> Told {
        Told {
            is: "history",
            every_s: EVERY_S,
            players: self.0.iter().map(|point| point.players).collect(),
            out_bytes_per_s: self.0.iter().map(|point| point.out_bytes_per_s).collect(),
            tick_p99_us: self.0.iter().map(|point| point.tick_p99_us).collect(),
            cpu_percent: self.0.iter().map(|point| point.cpu_percent).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_minutes_are_kept() {
        let mut history = History::default();
        let point = |players| Point { players, out_bytes_per_s: 1, tick_p99_us: 2, cpu_percent: 3.0 };
        (0..=300).for_each(|players| history.add(point(players)));
        let told = history.told();
        assert_eq!((told.players.len(), told.players[0], told.players[299]), (300, 1, 300));
        assert_eq!(told.cpu_percent.len(), 300);
    }
}
