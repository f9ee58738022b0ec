//! What time it is here. A player's clock runs ahead of the server by just enough that commands arrive in time;
//! a spectator's runs with the newest snapshot. The fixed step never changes, only how fast steps come.
//!
//! The server reports how early commands arrived (margin); the controller is quick to get ahead and slow to fall
//! back, ignores lone spikes (both DDNet), waits for three reports before slowing down and snaps beyond ten ticks
//! (lightyear).

use std::collections::VecDeque;

use crate::tick::{TICK_US, Tick};

/// Beyond this error the clock jumps, ticks.
const SNAP_TICKS: f32 = 10.0;
/// Reports in a row that must find us too early before the clock slows down.
const PATIENCE: u32 = 3;
/// A report this late may be one lost segment, which cannot be helped by hurrying…
const SPIKE_TICKS: f32 = -3.0;
/// …unless lateness outlasts it. Reports are the least of 500 ms, so one stall shows for that long, µs.
const SPIKE_US: u64 = 700_000;
/// After a jump, reports about commands sent before it are not listened to, µs beyond a round trip.
const SETTLE_US: u64 = 300_000;
/// At most this much time is made up at once, µs; more means that the tab slept.
const OWED_US_MAX: f64 = 250_000.0;
/// At most this many steps in one frame.
const STEPS_MAX: u32 = 16;
/// Time by which commands are to arrive early on a perfect line, and the most, ticks.
const MARGIN_TICKS: (f32, f32) = (0.5, 8.0);
/// Needlessly early by less than this is left alone, ticks.
const SLACK_TICKS: f32 = 0.25;
/// A line is steady this long after its last stall, µs.
const STEADY_US: u64 = 30_000_000;
/// A round trip this much over twice the best has waited somewhere, µs…
const WAITED_US: f64 = 50_000.0;
/// …and when all have for this long, it was in a queue and not behind a lost segment, µs.
const CLOGGED_US: u64 = 700_000;
/// The best round trip is forgotten by this share with each measurement: by half in some twelve seconds.
const BEST_FORGOTTEN: f64 = 0.002;
/// Arrivals remembered for the best transit time, µs.
const ARRIVAL_WINDOW_US: u64 = 3_000_000;

/// The clock.
#[derive(Debug, Clone)]
pub struct Clock {
    tick: Tick,
    owed_us: f64,
    rate: f64,
    last_us: u64,
    arrivals: VecDeque<(u64, f64)>,
    epoch: Tick,
    leading: bool,
    jitter_ticks: f32,
    last_margin: Option<f32>,
    early_reports: u32,
    late_since_us: Option<u64>,
    stalled_us: Option<u64>,
    /// Commands have been in time since the clock last jumped…
    punctual: bool,
    /// …and when they were late in spite of that, last.
    surprised_us: Option<u64>,
    deaf_until_us: u64,
    rtt_us: f64,
    /// The best of the last round trips, µs.
    rtt_best_us: f64,
    /// Since when every round trip has been far over that.
    waited_since_us: Option<u64>,
    /// Ticks from a snapshot to the present at its arrival, smoothed.
    usual_lead: Option<f32>,
}

impl Clock {
    /// A clock at the first snapshot's tick.
    #[must_use]
    pub fn new(tick: Tick, now_us: u64) -> Clock {
        Clock {
            tick,
            owed_us: 0.0,
            rate: 1.0,
            last_us: now_us,
            arrivals: VecDeque::new(),
            epoch: tick,
            leading: false,
            jitter_ticks: 0.5,
            last_margin: None,
            early_reports: 0,
            late_since_us: None,
            stalled_us: None,
            punctual: false,
            surprised_us: None,
            deaf_until_us: 0,
            rtt_us: 0.0,
            rtt_best_us: f64::INFINITY,
            waited_since_us: None,
            usual_lead: None,
        }
    }

    /// The present tick.
    #[must_use]
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// How far into the next tick, `[0, 1)`.
    #[must_use]
    pub fn alpha(&self) -> f32 {
        (self.owed_us / TICK_US as f64).clamp(0.0, 0.999) as f32
    }

    /// Round trip, µs, smoothed; 0 until measured.
    #[must_use]
    pub fn rtt_us(&self) -> f64 {
        self.rtt_us
    }

    /// How many ticks the present usually is ahead of the news, rounded up, with the two that pass until more comes.
    #[must_use]
    pub fn usual_lead(&self) -> i32 {
        self.usual_lead.unwrap_or(0.0).ceil() as i32 + 2
    }

    /// How long an own shot may go without the server's word, ticks: lead and round trip.
    #[must_use]
    pub fn word_ticks(&self) -> i32 {
        self.usual_lead() + (self.rtt_us / TICK_US as f64).ceil() as i32
    }

    /// Whether no command has stalled on its way lately.
    #[must_use]
    pub fn is_steady(&self, now_us: u64) -> bool {
        self.stalled_us.is_none_or(|stalled_us| now_us.saturating_sub(stalled_us) > STEADY_US)
    }

    /// Whether in the last `span_us` a command has stalled that by all before it should have been in time. Who has just
    /// come, or whose clock has jumped, is late for want of knowing the line.
    #[must_use]
    pub fn surprised_within(&self, span_us: u64, now_us: u64) -> bool {
        self.surprised_us.is_some_and(|surprised_us| now_us.saturating_sub(surprised_us) <= span_us)
    }

    /// Last reported margin, ticks.
    #[must_use]
    pub fn margin_ticks(&self) -> f32 {
        self.last_margin.unwrap_or(0.0)
    }

    /// Whether more is sent than the line takes: everything waits, not only what is behind a lost segment.
    #[must_use]
    pub fn is_clogged(&self, now_us: u64) -> bool {
        self.waited_since_us.is_some_and(|since_us| now_us.saturating_sub(since_us) > CLOGGED_US)
    }

    /// A round trip was measured.
    pub fn note_rtt(&mut self, rtt_us: f64, now_us: u64) {
        let best_us = self.rtt_best_us + (rtt_us - self.rtt_best_us).max(0.0) * BEST_FORGOTTEN;
        self.rtt_best_us = if best_us.is_finite() { best_us.min(rtt_us) } else { rtt_us };
        if rtt_us < 2.0 * self.rtt_best_us + WAITED_US {
            self.waited_since_us = None;
        } else {
            self.waited_since_us.get_or_insert(now_us);
        }
        self.rtt_us = if self.rtt_us == 0.0 { rtt_us } else { self.rtt_us + (rtt_us - self.rtt_us) * 0.1 };
    }

    /// From now on run ahead of the server, as players do (or not, as spectators).
    pub fn set_leading(&mut self, leading: bool, newest: Tick, now_us: u64) {
        if leading && !self.leading {
            let ahead = (self.rtt_us / TICK_US as f64).ceil() as i32 + 3;
            self.jump(newest.plus(ahead.clamp(3, 60)), now_us);
        }
        self.leading = leading;
    }

    /// A snapshot of `tick` arrived; `margin_ticks` is what the server says of our commands.
    pub fn note_snapshot(&mut self, tick: Tick, margin_ticks: f32, now_us: u64) {
        self.arrivals.push_back((now_us, now_us as f64 - f64::from(tick.since(self.epoch)) * TICK_US as f64));
        while self.arrivals.front().is_some_and(|(at, _)| now_us.saturating_sub(*at) > ARRIVAL_WINDOW_US) {
            self.arrivals.pop_front();
        }
        if self.leading {
            self.follow_margin(margin_ticks, tick, now_us);
        } else {
            self.follow_arrivals(tick, now_us);
        }
        // Whatever the controller thinks, the present is never before what is known.
        if tick.is_after(self.tick) {
            self.tick = tick;
            self.owed_us = 0.0;
        }
        let lead = self.tick.since(tick) as f32;
        let usual = self.usual_lead.get_or_insert(lead);
        *usual += (lead - *usual) / 16.0;
    }

    /// The least transit time counts, so bursts after a loss do no harm.
    fn follow_arrivals(&mut self, tick: Tick, now_us: u64) {
        let best = self.arrivals.iter().map(|(_, offset)| *offset).fold(f64::INFINITY, f64::min);
        let wanted = (now_us as f64 - best) / TICK_US as f64 + 1.0;
        let at = f64::from(self.tick.since(self.epoch)) + self.owed_us / TICK_US as f64;
        let error = wanted - at;
        if error.abs() > f64::from(SNAP_TICKS) {
            self.jump(tick, now_us);
        } else {
            self.rate = 1.0 + (error * 0.02).clamp(-0.05, 0.05);
        }
    }

    fn follow_margin(&mut self, margin: f32, newest: Tick, now_us: u64) {
        if now_us < self.deaf_until_us {
            return;
        }
        self.punctual |= margin >= 0.0;
        if margin >= SPIKE_TICKS {
            self.late_since_us = None;
        } else {
            self.stalled_us = Some(now_us);
            if self.punctual {
                self.surprised_us = Some(now_us);
            }
            if now_us.saturating_sub(*self.late_since_us.get_or_insert(now_us)) < SPIKE_US {
                return;
            }
        }
        if let Some(last) = self.last_margin {
            self.jitter_ticks += ((margin - last).abs() - self.jitter_ticks) / 8.0;
        }
        self.last_margin = Some(margin);
        let (least, most) = MARGIN_TICKS;
        let error = margin - (least + 2.0 * self.jitter_ticks).min(most);
        self.early_reports = if error > SLACK_TICKS { self.early_reports + 1 } else { 0 };
        if error.abs() > SNAP_TICKS {
            let to = self.tick.plus(-(error as i32));
            self.jump(if newest.is_after(to) { newest } else { to }, now_us);
        } else if error < 0.0 {
            self.rate = 1.0 + f64::from(0.02 * -error).min(0.08);
        } else if self.early_reports >= PATIENCE {
            self.rate = 1.0 - f64::from(0.005 * error).min(0.02);
        } else {
            self.rate += (1.0 - self.rate) * 0.1;
        }
    }

    fn jump(&mut self, to: Tick, now_us: u64) {
        self.tick = to;
        self.owed_us = 0.0;
        self.rate = 1.0;
        self.last_us = now_us;
        self.early_reports = 0;
        self.deaf_until_us = now_us + self.rtt_us as u64 + SETTLE_US;
        self.usual_lead = None;
        self.punctual = false;
    }

    /// How many steps are due at `now_us`. The caller must take each with [`Clock::step`].
    pub fn due(&mut self, now_us: u64) -> u32 {
        let passed = now_us.saturating_sub(self.last_us) as f64;
        self.last_us = now_us;
        self.owed_us += passed.min(OWED_US_MAX) * self.rate;
        ((self.owed_us / TICK_US as f64) as u32).min(STEPS_MAX)
    }

    /// Takes one step.
    pub fn step(&mut self) -> Tick {
        self.tick = self.tick.next();
        self.owed_us = (self.owed_us - TICK_US as f64).max(0.0);
        self.tick
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a leading clock against a server whose margin reports follow from the lead, with `transit_us` each
    /// way (given the time), for `secs`; returns the margins of the last two seconds.
    fn settle(transit_us: impl Fn(u64) -> u64, start_lead: i32, secs: u64) -> Vec<f32> {
        let mut clock = Clock::new(Tick(1_000), 0);
        clock.note_rtt(2.0 * transit_us(0) as f64, 0);
        clock.set_leading(true, Tick(1_000), 0);
        clock.jump(Tick(1_000).plus(start_lead), 0);
        clock.deaf_until_us = 0;
        let mut reports: VecDeque<(u64, Tick, f32)> = VecDeque::new();
        let mut margins = Vec::new();
        let mut now = 0;
        while now < secs * 1_000_000 {
            now += 4_000;
            for _ in 0..clock.due(now) {
                let tick = clock.step();
                let arrives = now + transit_us(now);
                let server_tick = 1_000.0 + arrives as f64 / TICK_US as f64;
                let margin = (f64::from(tick.0) - server_tick) as f32;
                if tick.0.is_multiple_of(2) {
                    reports.push_back((arrives + transit_us(now), Tick(server_tick as u32), margin));
                }
                if now > (secs - 2) * 1_000_000 {
                    margins.push(margin);
                }
            }
            while reports.front().is_some_and(|(at, _, _)| *at <= now) {
                let (_, tick, margin) = reports.pop_front().unwrap();
                clock.note_snapshot(tick, margin, now);
            }
        }
        margins
    }

    #[test]
    fn the_lead_settles_just_ahead_of_the_server() {
        for transit_ms in [1, 15, 40, 75, 150] {
            for start in [0, 5, 30] {
                let margins = settle(|_| transit_ms * 1_000, start, 12);
                let (low, high) = margins.iter().fold((f32::MAX, f32::MIN), |(l, h), m| (l.min(*m), h.max(*m)));
                assert!(low > 0.0 && high < 3.0, "{transit_ms} ms from {start}: {low}..{high}");
            }
        }
    }

    #[test]
    fn a_slower_line_makes_the_lead_grow() {
        let margins = settle(|now| if now < 6_000_000 { 20_000 } else { 90_000 }, 5, 14);
        assert!(margins.iter().all(|margin| *margin > 0.0), "{margins:?}");
    }

    #[test]
    fn a_stall_makes_the_line_unsteady_for_half_a_minute() {
        let mut clock = Clock::new(Tick(0), 0);
        clock.set_leading(true, Tick(0), 0);
        let mut report = |margin: f32, now_s: u64| {
            clock.note_snapshot(Tick(60 * now_s as u32), margin, now_s * 1_000_000);
            clock.is_steady(now_s * 1_000_000)
        };
        assert!(report(1.0, 1) && report(-1.0, 2), "a little late is no stall");
        assert!(!report(-4.0, 3) && !report(1.0, 4) && !report(1.0, 33));
        assert!(report(1.0, 34));
    }

    #[test]
    fn a_queue_is_told_from_a_stall() {
        let clogged = |rtt_ms: fn(u64) -> u64| {
            let mut clock = Clock::new(Tick(0), 0);
            let mut told = |ms: u64| {
                clock.note_rtt((rtt_ms(ms) * 1_000) as f64, ms * 1_000);
                clock.is_clogged(ms * 1_000)
            };
            (0..30_000).step_by(33).any(&mut told)
        };
        assert!(!clogged(|ms| if ms % 1_000 < 400 { 500 } else { 80 }), "stalls, again and again");
        assert!(clogged(|ms| 80 + ms.saturating_sub(5_000) / 2), "half a second more with every second");
        assert!(!clogged(|ms| 80 + ms / 250), "slowly another line");
    }

    #[test]
    fn a_sleeping_tab_does_not_run_after_lost_time() {
        let mut clock = Clock::new(Tick(0), 0);
        assert!(clock.due(60_000_000) <= STEPS_MAX);
    }
}
