//! The last ten minutes of the four curves. Invariant: every curve has as many points as the others, no more than the
//! time holds, the newest last.

use super::feed::{Figures, Past};

/// How far back the charts look, s.
pub const SPAN_S: f64 = 600.0;

/// One curve each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    Players,
    Out,
    Tick,
    Cpu,
}

pub const CURVES: [Curve; 4] = [Curve::Players, Curve::Out, Curve::Tick, Curve::Cpu];

#[derive(Debug)]
pub struct History {
    every_s: f64,
    /// When the newest point was taken, s since the server's start.
    newest_s: f64,
    curves: [Vec<f64>; 4],
}

impl Default for History {
    fn default() -> History {
        History { every_s: 2.0, newest_s: f64::NEG_INFINITY, curves: Default::default() }
    }
}

impl History {
    /// What was before this page looked; it takes the place of whatever is here.
    pub fn begin(&mut self, past: Past) {
        let curves = [past.players, past.out_bytes_per_s, past.tick_p99_us, past.cpu_percent];
        let shortest = curves.iter().map(Vec::len).min().unwrap_or(0);
        let newest = curves.each_ref().map(|curve| &curve[curve.len() - shortest..]);
        // Before the first measurement there is no curve.
        let first = (0..shortest).find(|&at| newest.iter().any(|curve| curve[at].is_some())).unwrap_or(shortest);
        let known = |curve: &[Option<f64>]| curve[first..].iter().map(|value| value.unwrap_or(0.0)).collect();
        *self = History { every_s: past.every_s.max(0.5), newest_s: f64::NEG_INFINITY, curves: newest.map(known) };
        self.forget();
    }

    /// A second's figures: a point, when it is time for one.
    pub fn push(&mut self, figures: &Figures) {
        // The figures come a little before or after their second.
        let is_early = figures.uptime_s - self.newest_s < self.every_s - 0.5;
        // After a restart the server's time begins anew.
        if is_early && figures.uptime_s >= self.newest_s {
            return;
        }
        self.newest_s = figures.uptime_s;
        for (points, curve) in self.curves.iter_mut().zip(CURVES) {
            points.push(curve.of(figures));
        }
        self.forget();
    }

    pub fn points(&self, curve: Curve) -> &[f64] {
        &self.curves[curve as usize]
    }

    /// How many points the whole width of a chart holds.
    pub fn points_max(&self) -> usize {
        (SPAN_S / self.every_s) as usize
    }

    fn forget(&mut self) {
        let most = self.points_max();
        for points in &mut self.curves {
            points.drain(..points.len().saturating_sub(most));
        }
    }
}

impl Curve {
    /// Its value now.
    pub fn of(self, figures: &Figures) -> f64 {
        match self {
            Curve::Players => f64::from(figures.humans()),
            Curve::Out => figures.bytes_per_s.out,
            Curve::Tick => figures.tick_p99_us(),
            Curve::Cpu => figures.cpu_percent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(uptime_s: f64) -> Figures {
        Figures { uptime_s, cpu_percent: uptime_s, ..Figures::default() }
    }

    #[test]
    fn a_point_every_two_seconds_and_ten_minutes_of_them() {
        let mut history = History::default();
        for second in 0..2_000 {
            history.push(&at(f64::from(second) + if second % 2 == 0 { 0.05 } else { 0.0 }));
        }
        let points = history.points(Curve::Cpu);
        assert_eq!((points.len(), history.points_max()), (300, 300));
        assert!(points.windows(2).all(|pair| (1.9..2.1).contains(&(pair[1] - pair[0]))), "{points:?}");
        assert_eq!(history.points(Curve::Players).len(), 300);
    }

    #[test]
    fn the_past_comes_first_and_uneven_curves_are_cut_to_the_shortest() {
        let mut history = History::default();
        history.begin(Past {
            every_s: 2.0,
            players: [vec![None; 9], vec![Some(1.0); 2]].concat(),
            out_bytes_per_s: vec![Some(9.0), None, None, Some(2.0)],
            tick_p99_us: vec![None; 3],
            cpu_percent: vec![None; 4],
        });
        assert_eq!(history.points(Curve::Out), [0.0, 2.0]);
        history.push(&at(5.0));
        assert_eq!(history.points(Curve::Players), [1.0, 1.0, 0.0]);
        // A restart.
        history.push(&at(0.0));
        assert_eq!(history.points(Curve::Cpu), [0.0, 0.0, 5.0, 0.0]);
    }
}
