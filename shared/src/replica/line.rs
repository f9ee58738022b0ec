//! How the line to the server does: counted, smoothed over a second, shown in the net graph.

use super::{clock::Clock, predict::Verdict, view::LineView};
use crate::tick::Tick;

/// Rates are averaged over this long, µs.
const WINDOW_US: u64 = 1_000_000;

/// The meter.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    view: LineView,
    since_us: u64,
    last_snapshot_us: u64,
    down_bytes: u32,
    up_bytes: u32,
    snapshots: u32,
}

impl Line {
    /// A fresh line.
    #[must_use]
    pub fn new(now_us: u64) -> Line {
        Line {
            view: LineView::default(),
            since_us: now_us,
            last_snapshot_us: now_us,
            down_bytes: 0,
            up_bytes: 0,
            snapshots: 0,
        }
    }

    /// Bytes came.
    pub fn received(&mut self, bytes: usize) {
        self.down_bytes = self.down_bytes.saturating_add(bytes as u32);
    }

    /// Bytes went.
    pub fn sent(&mut self, bytes: usize) {
        self.up_bytes = self.up_bytes.saturating_add(bytes as u32);
    }

    /// A snapshot came.
    pub fn snapshot(&mut self, now_us: u64) {
        self.last_snapshot_us = now_us;
        self.snapshots += 1;
    }

    /// A prediction was judged.
    pub fn judged(&mut self, verdict: Verdict) {
        self.view.predictions += 1;
        if !verdict.exact {
            self.view.mispredictions += 1;
            self.view.correction_u = verdict.moved_u;
        }
    }

    /// Age of the newest snapshot, µs.
    #[must_use]
    pub fn staleness_us(&self, now_us: u64) -> u64 {
        now_us.saturating_sub(self.last_snapshot_us)
    }

    /// Brings what is shown up to date.
    pub fn refresh(&mut self, now_us: u64, clock: Option<&Clock>, known: Tick) {
        if let Some(clock) = clock {
            self.view.rtt_ms = (clock.rtt_us() / 1_000.0) as f32;
            self.view.margin_ticks = clock.margin_ticks();
            self.view.lead_ticks = clock.tick().since(known) as f32;
        }
        self.view.staleness_ms = self.staleness_us(now_us) as f32 / 1_000.0;
        let window_us = now_us.saturating_sub(self.since_us);
        if window_us >= WINDOW_US {
            let per_s = |count: u32| count as f32 * 1_000_000.0 / window_us as f32;
            self.view.down_bytes_s = per_s(self.down_bytes);
            self.view.up_bytes_s = per_s(self.up_bytes);
            self.view.snapshots_s = per_s(self.snapshots);
            (self.since_us, self.down_bytes, self.up_bytes, self.snapshots) = (now_us, 0, 0, 0);
        }
    }

    /// What is shown.
    #[must_use]
    pub fn view(&self) -> LineView {
        self.view
    }
}
