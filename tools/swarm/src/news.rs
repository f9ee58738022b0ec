//! When snapshots come at one client: the gaps between them, and how soon after an outage they are current again.
//! Invariant: it looks at ticks and arrival times only, so it is the same for real and light clients.

use shared::tick::{TICK_HZ, Tick};

/// A gap this long is an outage, µs.
const OUTAGE_US: u64 = 1_000_000;
/// News this much older than the line's best is current again, µs: three ticks.
const CURRENT_US: f64 = 50_000.0;
/// The best transit is forgotten at this rate: a room that dropped time makes all later news look late.
const FORGET: f64 = 0.02;

/// The arrivals of one connection.
#[derive(Debug, Clone, Default)]
pub struct News {
    first: Option<Tick>,
    last: Option<(Tick, u64)>,
    best_us: f64,
    outage_since_us: Option<u64>,
}

/// What an arrival means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arrival {
    /// It carries a tick that had not come yet.
    pub is_new: bool,
    /// Time since the last new one, µs.
    pub gap_us: Option<u64>,
    /// The first current one after an outage: time since its end, µs.
    pub recovered_us: Option<u64>,
}

impl News {
    /// A snapshot of `tick` came at `now_us`.
    pub fn note(&mut self, tick: Tick, now_us: u64) -> Arrival {
        let first = *self.first.get_or_insert(tick);
        let transit_us = now_us as f64 - f64::from(tick.since(first)) * 1e6 / f64::from(TICK_HZ);
        let Some((last, last_us)) = self.last.replace((tick, now_us)) else {
            self.best_us = transit_us;
            return Arrival { is_new: true, ..Arrival::default() };
        };
        if last == tick {
            self.last = Some((last, last_us));
            return Arrival::default();
        }
        let gap_us = now_us.saturating_sub(last_us);
        if gap_us >= OUTAGE_US {
            self.outage_since_us = Some(now_us);
        }
        self.best_us = transit_us.min(self.best_us + FORGET * gap_us as f64);
        let is_current = transit_us - self.best_us <= CURRENT_US;
        let ended_us = if is_current { self.outage_since_us.take() } else { None };
        Arrival { is_new: true, gap_us: Some(gap_us), recovered_us: ended_us.map(|since_us| now_us - since_us) }
    }

    /// When the newest came, µs.
    pub fn last_us(&self) -> Option<u64> {
        self.last.map(|(_, at_us)| at_us)
    }

    /// The newest tick.
    pub fn newest(&self) -> Option<Tick> {
        self.last.map(|(tick, _)| tick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arrival time on a line of 40 ms.
    fn at_us(tick: u32) -> u64 {
        40_000 + u64::from(tick) * 1_000_000 / 60
    }

    #[test]
    fn gaps_are_between_new_ticks_only() {
        let mut news = News::default();
        assert_eq!(news.note(Tick(10), at_us(10)), Arrival { is_new: true, ..Arrival::default() });
        assert_eq!(news.note(Tick(10), at_us(10) + 900), Arrival::default(), "a second message of the same tick");
        let next = news.note(Tick(12), at_us(12));
        assert_eq!((next.gap_us, next.recovered_us), (Some(at_us(12) - at_us(10)), None));
        assert_eq!((news.newest(), news.last_us()), (Some(Tick(12)), Some(at_us(12))));
    }

    #[test]
    fn an_outage_ends_when_news_is_current_again() {
        let mut news = News::default();
        (0..60).step_by(2).for_each(|tick| {
            news.note(Tick(tick), at_us(tick));
        });
        // Two seconds of nothing; then what waited comes in a burst, ever less late.
        let thaw_us = at_us(180);
        let arrivals = [(60, thaw_us), (62, thaw_us + 1_000), (176, thaw_us + 30_000), (184, at_us(184))];
        let recovered: Vec<_> = arrivals.map(|(tick, at_us)| news.note(Tick(tick), at_us).recovered_us).into();
        assert_eq!(recovered[..2], [None, None]);
        assert_eq!(recovered.iter().flatten().count(), 1, "once: {recovered:?}");
        assert!(recovered.iter().flatten().all(|us| *us < 100_000), "{recovered:?}");
    }
}
