//! How the line to the server does: counted, smoothed over a second, shown in the net graph.

use super::{
    clock::Clock,
    past::PastClock,
    predict::Verdict,
    traffic::{KINDS, Kind, Traffic},
    view::LineView,
};
use crate::tick::Tick;

/// Rates are averaged over this long, µs.
const WINDOW_US: u64 = 1_000_000;

/// The meter.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    view: LineView,
    /// What the bytes were for.
    pub traffic: Traffic,
    traffic_before: Traffic,
    since_us: u64,
    last_snapshot_us: u64,
    snapshots: u32,
    /// Since the last frame: the worst prediction, the longest gap.
    error_u: f32,
    gap_ms: f32,
}

impl Line {
    /// A fresh line.
    #[must_use]
    pub fn new(now_us: u64) -> Line {
        Line {
            view: LineView::default(),
            traffic: Traffic::default(),
            traffic_before: Traffic::default(),
            since_us: now_us,
            last_snapshot_us: now_us,
            snapshots: 0,
            error_u: 0.0,
            gap_ms: 0.0,
        }
    }

    /// A snapshot came; `margin_ticks` is what it says of our commands.
    pub fn snapshot(&mut self, margin_ticks: f32, now_us: u64) {
        self.gap_ms = self.gap_ms.max(self.staleness_us(now_us) as f32 / 1_000.0);
        self.last_snapshot_us = now_us;
        self.snapshots += 1;
        self.view.late_reports += u32::from(margin_ticks < 0.0);
    }

    /// A prediction was judged…
    pub fn judged(&mut self, verdict: Verdict) {
        self.view.predictions += 1;
        self.view.mispredictions += u32::from(!verdict.exact);
        self.error_u = self.error_u.max(verdict.off_u);
    }

    /// …and corrected by this much, u.
    pub fn corrected(&mut self, moved_u: f32) {
        self.view.correction_u = moved_u;
    }

    /// Age of the newest snapshot, µs.
    #[must_use]
    pub fn staleness_us(&self, now_us: u64) -> u64 {
        now_us.saturating_sub(self.last_snapshot_us)
    }

    /// Brings what is shown up to date, once a frame.
    pub fn refresh(&mut self, now_us: u64, clock: Option<&Clock>, past: Option<&PastClock>, known: Tick) {
        let view = &mut self.view;
        if let Some(clock) = clock {
            view.rtt_ms = (clock.rtt_us() / 1_000.0) as f32;
            view.margin_ticks = clock.margin_ticks();
            view.lead_ticks = clock.tick().since(known) as f32;
        }
        if let Some(past) = past {
            (view.delay_ms, view.lateness_ms) = (past.delay_ms(), past.lateness_ms());
        }
        view.error_u = std::mem::take(&mut self.error_u);
        view.gap_ms = std::mem::take(&mut self.gap_ms);
        view.staleness_ms = now_us.saturating_sub(self.last_snapshot_us) as f32 / 1_000.0;
        let window_us = now_us.saturating_sub(self.since_us);
        if window_us >= WINDOW_US {
            let per_s = 1_000_000.0 / window_us as f64;
            let spent = |kind| ((self.traffic.bytes(kind) - self.traffic_before.bytes(kind)) * per_s) as f32;
            let mut kinds = [0.0; KINDS];
            for kind in Kind::ALL {
                kinds[kind as usize] = spent(kind);
            }
            let sum = |up| Kind::ALL.iter().filter(|kind| kind.is_up() == up).map(|kind| kinds[*kind as usize]).sum();
            (view.down_bytes_s, view.up_bytes_s) = (sum(false), sum(true));
            view.kinds_bytes_s = kinds;
            view.snapshots_s = (f64::from(self.snapshots) * per_s) as f32;
            (self.since_us, self.traffic_before, self.snapshots) = (now_us, self.traffic, 0);
        }
    }

    /// Whether there is a second lane.
    pub fn set_lane(&mut self, open: bool) {
        self.view.lane = open;
    }

    /// What is shown.
    #[must_use]
    pub fn view(&self) -> LineView {
        self.view
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_gaps_errors_and_late_commands_are_seen_for_one_frame_or_second() {
        let mut line = Line::new(0);
        for n in 1..=60u64 {
            line.snapshot(if n % 20 == 0 { -0.25 } else { 1.0 }, n * 33_333);
            line.traffic.add(Kind::Society, 100);
            line.traffic.add(Kind::Commands, 10);
        }
        line.judged(Verdict { exact: false, off_u: 7.0 });
        line.judged(Verdict { exact: true, off_u: 0.0 });
        line.refresh(2_000_000, None, None, Tick(0));
        let view = line.view();
        assert_eq!((view.late_reports, view.predictions, view.mispredictions), (3, 2, 1));
        assert_eq!((view.error_u, view.gap_ms), (7.0, 33.333));
        assert_eq!((view.down_bytes_s, view.up_bytes_s, view.snapshots_s), (3_000.0, 300.0, 30.0));
        assert_eq!(view.kinds_bytes_s[Kind::Society as usize], 3_000.0);
        line.refresh(2_016_000, None, None, Tick(0));
        assert_eq!((line.view().error_u, line.view().gap_ms), (0.0, 0.0));
    }
}
