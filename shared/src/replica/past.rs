//! The past, for what is interpolated: which moment is shown, and where a ship was then.
//!
//! The moment is `D` behind the best transit time seen lately, `D` = 1.5 send intervals + the 95th percentile of
//! lateness over five seconds, 50 to 250 ms; it never runs more than 3 % fast or slow, so one late message does not
//! tug at the picture. The percentile is the 95th, not the 99th, because on TCP a lost segment is late by a round
//! trip: waiting for it always would cost more than going on for those few moments without news does.

use std::collections::VecDeque;

use glam::Vec2;

use crate::{
    ids::ShipId,
    math,
    order::sort_few,
    sim::Kinematics,
    tick::{DT, TICK_US, Tick},
};

/// Arrivals remembered, µs…
const LATENESS_WINDOW_US: u64 = 5_000_000;
/// …of which the best transit is taken from the last, µs.
const BEST_WINDOW_US: u64 = 3_000_000;
/// Shortest and longest delay, µs.
const DELAY_US: (f64, f64) = (50_000.0, 250_000.0);
/// How much faster or slower than time the moment may run.
const SLEW: f64 = 0.03;
/// Beyond this error the moment jumps, µs.
const JUMP_US: f64 = 500_000.0;
/// Without news a ship goes on straight for this long, then stands, s.
const EXTRAPOLATED_S_MAX: f32 = 0.15;
/// What was extrapolated wrongly fades with this half-life, s.
const SLIP_HALF_LIFE_S: f32 = 0.04;
/// Further apart than this is another life or a jump, not a flight, u.
const JUMP_U: f32 = 200.0;
/// States kept of a ship: more than the longest delay at 30 a second.
const STATES_MAX: usize = 20;

/// When the past is.
#[derive(Debug, Clone)]
pub struct PastClock {
    epoch: Tick,
    /// When each arrived, and that less its tick's time, µs.
    arrivals: VecDeque<(u64, f64, Tick)>,
    sorted: Vec<f64>,
    wanted_us: f64,
    /// The moment shown, µs after the epoch.
    shown_us: Option<f64>,
    best_us: f64,
    late_us: f64,
    last_us: u64,
}

impl PastClock {
    /// A clock that begins with the first snapshot.
    #[must_use]
    pub fn new(epoch: Tick, now_us: u64) -> PastClock {
        PastClock {
            epoch,
            arrivals: VecDeque::new(),
            sorted: Vec::new(),
            wanted_us: DELAY_US.0,
            shown_us: None,
            best_us: now_us as f64,
            late_us: 0.0,
            last_us: now_us,
        }
    }

    /// The snapshot of `tick` arrived.
    pub fn note_snapshot(&mut self, tick: Tick, now_us: u64) {
        let offset_us = now_us as f64 - f64::from(tick.since(self.epoch)) * TICK_US as f64;
        self.arrivals.push_back((now_us, offset_us, tick));
        while self.arrivals.front().is_some_and(|(at, ..)| now_us.saturating_sub(*at) > LATENESS_WINDOW_US) {
            self.arrivals.pop_front();
        }
        let recent = self.arrivals.iter().filter(|(at, ..)| now_us.saturating_sub(*at) <= BEST_WINDOW_US);
        self.best_us = recent.map(|(_, offset, _)| *offset).fold(f64::INFINITY, f64::min);
        self.late_us = offset_us - self.best_us;
        self.sorted.clear();
        self.sorted.extend(self.arrivals.iter().map(|(_, offset, _)| offset - self.best_us));
        sort_few(&mut self.sorted, f64::total_cmp);
        let late_us = self.sorted[(self.sorted.len() * 95).div_ceil(100).max(1) - 1].max(0.0);
        self.wanted_us = (1.5 * self.interval_us() + late_us).clamp(DELAY_US.0, DELAY_US.1);
    }

    /// Mean time between two snapshots, µs.
    fn interval_us(&self) -> f64 {
        match (self.arrivals.front(), self.arrivals.back()) {
            (Some((_, _, first)), Some((_, _, last))) if self.arrivals.len() > 1 => {
                f64::from(last.since(*first)) * TICK_US as f64 / (self.arrivals.len() - 1) as f64
            }
            _ => 2.0 * TICK_US as f64,
        }
    }

    /// Time passed.
    pub fn advance(&mut self, now_us: u64) {
        let passed_us = now_us.saturating_sub(self.last_us) as f64;
        self.last_us = now_us;
        let wanted_us = now_us as f64 - self.best_us - self.wanted_us;
        self.shown_us = Some(match self.shown_us {
            Some(shown_us) => {
                let next_us = shown_us + passed_us;
                let error_us = wanted_us - next_us;
                if error_us.abs() > JUMP_US {
                    wanted_us
                } else {
                    next_us + error_us.clamp(-SLEW * passed_us, SLEW * passed_us)
                }
            }
            None => wanted_us,
        });
    }

    /// The moment shown, ticks after the epoch.
    #[must_use]
    pub fn moment(&self) -> f64 {
        self.shown_us.unwrap_or(0.0) / TICK_US as f64
    }

    /// A tick on the same scale.
    #[must_use]
    pub fn of(&self, tick: Tick) -> f64 {
        f64::from(tick.since(self.epoch))
    }

    /// How far behind the best transit the moment is, ms.
    #[must_use]
    pub fn delay_ms(&self) -> f32 {
        let shown_us = self.shown_us.unwrap_or(self.last_us as f64 - self.best_us - self.wanted_us);
        ((self.last_us as f64 - self.best_us - shown_us) / 1_000.0) as f32
    }

    /// How much later than the best the newest snapshot came, ms.
    #[must_use]
    pub fn lateness_ms(&self) -> f32 {
        (self.late_us / 1_000.0) as f32
    }
}

/// Where a ship was, for drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastPose {
    /// u.
    pub pos: Vec2,
    /// u/s.
    pub vel: Vec2,
    /// rad.
    pub heading_rad: f32,
}

/// What was told of a ship, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Track {
    states: VecDeque<(f64, Kinematics)>,
    slip: Vec2,
}

impl Track {
    /// The ship was in this state at `at` (ticks after the epoch); `moment` is what is shown now.
    pub fn record(&mut self, at: f64, body: Kinematics, moment: f64) {
        if let Some((last, before)) = self.states.back() {
            if *last >= at {
                return;
            }
            if before.pos.to_vec2().distance(body.pos.to_vec2()) > JUMP_U {
                self.states.clear();
                self.slip = Vec2::ZERO;
            }
        }
        // Shown beyond the last news: what comes now shows how wrong that was.
        let guessed = self.states.back().is_some_and(|(last, _)| moment > *last).then(|| self.raw(moment)).flatten();
        if self.states.len() == STATES_MAX {
            self.states.pop_front();
        }
        self.states.push_back((at, body));
        if let (Some(guessed), Some(now)) = (guessed, self.raw(moment)) {
            self.slip += guessed.pos - now.pos;
        }
    }

    /// Lets what was extrapolated wrongly fade over `dt_s`.
    pub fn relax(&mut self, dt_s: f32, smooth: bool) {
        self.slip *= if smooth { math::exp2(-dt_s / SLIP_HALF_LIFE_S) } else { 0.0 };
    }

    /// The pose at `moment`, if anything is known.
    #[must_use]
    pub fn at(&self, moment: f64) -> Option<PastPose> {
        self.raw(moment).map(|pose| PastPose { pos: pose.pos + self.slip, ..pose })
    }

    fn raw(&self, moment: f64) -> Option<PastPose> {
        let after = self.states.iter().position(|(at, _)| *at > moment);
        match after {
            Some(0) => self.states.front().map(|(_, body)| pose(body)),
            Some(index) => Some(between(&self.states[index - 1], &self.states[index], moment)),
            None => self.states.back().map(|(at, body)| {
                let beyond_s = ((moment - at) as f32 * DT).min(EXTRAPOLATED_S_MAX);
                let pose = pose(body);
                PastPose { pos: pose.pos + pose.vel * beyond_s, ..pose }
            }),
        }
    }
}

fn pose(body: &Kinematics) -> PastPose {
    PastPose { pos: body.pos.to_vec2(), vel: body.vel.to_vec2(), heading_rad: body.heading.to_rad() }
}

/// Cubic Hermite through both places with both velocities: a curve of flight, not a polygon.
fn between(from: &(f64, Kinematics), to: &(f64, Kinematics), moment: f64) -> PastPose {
    let span = (to.0 - from.0) as f32;
    let t = ((moment - from.0) as f32 / span).clamp(0.0, 1.0);
    let (a, b) = (pose(&from.1), pose(&to.1));
    let (t2, t3, span_s) = (t * t, t * t * t, span * DT);
    let pos = a.pos * (2.0 * t3 - 3.0 * t2 + 1.0)
        + a.vel * (span_s * (t3 - 2.0 * t2 + t))
        + b.pos * (3.0 * t2 - 2.0 * t3)
        + b.vel * (span_s * (t3 - t2));
    let heading_rad = super::view::blend_heading(from.1.heading, to.1.heading, t);
    PastPose { pos, vel: a.vel.lerp(b.vel, t), heading_rad }
}

/// The tracks of all ships in sight.
#[derive(Debug, Clone)]
pub struct Past {
    /// When it is.
    pub clock: PastClock,
    tracks: Vec<(ShipId, Track)>,
}

impl Past {
    /// Begins with the first snapshot.
    #[must_use]
    pub fn new(epoch: Tick, now_us: u64) -> Past {
        Past { clock: PastClock::new(epoch, now_us), tracks: Vec::new() }
    }

    /// What a snapshot says of the ships in sight at `tick`; those out of sight are forgotten.
    pub fn record(&mut self, tick: Tick, ships: impl Iterator<Item = (ShipId, Kinematics)> + Clone) {
        self.tracks.retain(|(id, _)| ships.clone().any(|(ship, _)| ship == *id));
        let (at, moment) = (self.clock.of(tick), self.clock.moment());
        for (id, body) in ships {
            let index = self.tracks.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
                self.tracks.push((id, Track::default()));
                self.tracks.len() - 1
            });
            self.tracks[index].1.record(at, body, moment);
        }
    }

    /// Time passed.
    pub fn relax(&mut self, now_us: u64, dt_s: f32, smooth: bool) {
        self.clock.advance(now_us);
        for (_, track) in &mut self.tracks {
            track.relax(dt_s, smooth);
        }
    }

    /// Where a ship was at the moment shown.
    #[must_use]
    pub fn pose(&self, id: ShipId) -> Option<PastPose> {
        self.tracks.iter().find(|(known, _)| *known == id)?.1.at(self.clock.moment())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantize::{Angle, Lattice};

    fn body(x: f32, vx: f32) -> Kinematics {
        let at = |x: f32| Lattice::nearest(Vec2::new(x, 0.0));
        Kinematics { pos: at(x), vel: at(vx), heading: Angle(0) }
    }

    /// Snapshots every two ticks, each late by `late_us(n)`; returns the delay after `count`, ms.
    fn delay_after(count: u32, late_us: impl Fn(u32) -> u64) -> f32 {
        let mut clock = PastClock::new(Tick(0), 0);
        for n in 0..count {
            let sent_us = u64::from(n) * 2 * TICK_US;
            clock.note_snapshot(Tick(n * 2), sent_us + 40_000 + late_us(n));
            clock.advance(sent_us + 40_000 + late_us(n));
        }
        clock.delay_ms()
    }

    #[test]
    fn the_delay_is_an_interval_and_a_half_and_what_is_usually_late() {
        let punctual = delay_after(600, |_| 0);
        assert!((50.0..52.0).contains(&punctual), "{punctual}");
        let jittery = delay_after(900, |n| u64::from(n * 7_919 % 40) * 1_000);
        assert!((82.0..95.0).contains(&jittery), "{jittery}");
        let lossy = delay_after(900, |n| if n % 60 == 0 { 150_000 } else { 0 });
        assert!(lossy < 60.0, "one in sixty is not waited for: {lossy}");
        let awful = delay_after(900, |n| u64::from(n % 10) * 100_000);
        assert!(awful <= 250.5, "{awful}");
    }

    #[test]
    fn the_moment_never_runs_more_than_three_percent_off() {
        let mut clock = PastClock::new(Tick(0), 0);
        let (mut before, mut now) = (None, 0u64);
        for n in 0..2_000u32 {
            now += 8_000;
            if n % 4 == 0 {
                let late = if n > 800 && n % 3 == 0 { 90_000 } else { 0 };
                let tick = (now.saturating_sub(30_000 + late) / TICK_US) as u32;
                clock.note_snapshot(Tick(tick), now);
            }
            clock.advance(now);
            let moment = clock.moment() * TICK_US as f64;
            if let Some(before) = before.replace(moment) {
                let ran = (moment - before) / 8_000.0;
                assert!((0.9699..1.0301).contains(&ran), "step {n}: {ran}");
            }
        }
    }

    #[test]
    fn a_curve_goes_through_what_was_told() {
        let mut track = Track::default();
        track.record(0.0, body(0.0, 600.0), 0.0);
        track.record(2.0, body(20.0, 600.0), 0.0);
        track.record(6.0, body(60.0, 600.0), 0.0);
        for moment in [0.0, 0.7, 1.9, 2.0, 3.5, 5.99] {
            let pose = track.at(moment).unwrap();
            assert!((pose.pos.x - moment as f32 * 10.0).abs() < 0.02, "{moment}: {pose:?}");
        }
        assert_eq!(track.at(-5.0).unwrap().pos.x, 0.0);
    }

    #[test]
    fn without_news_it_goes_on_for_150_ms_and_comes_back_softly() {
        let mut track = Track::default();
        track.record(0.0, body(0.0, 600.0), 0.0);
        assert!((track.at(9.0).unwrap().pos.x - 90.0).abs() < 0.1);
        assert!((track.at(60.0).unwrap().pos.x - 90.0).abs() < 0.1, "and then stands");
        // It had stopped at 40: nothing jumps when that becomes known.
        track.record(8.0, body(40.0, 0.0), 9.0);
        assert!((track.at(9.0).unwrap().pos.x - 90.0).abs() < 0.1);
        track.relax(0.1, true);
        let back = track.at(9.0).unwrap().pos.x;
        assert!((40.0..55.0).contains(&back), "{back}");
        track.relax(0.016, false);
        assert_eq!(track.at(9.0).unwrap().pos.x, 40.0);
    }

    #[test]
    fn a_jump_is_not_a_flight_and_memory_is_bounded() {
        let mut track = Track::default();
        for n in 0..200 {
            track.record(f64::from(n), body(n as f32, 60.0), f64::from(n));
        }
        assert_eq!(track.states.len(), STATES_MAX);
        track.record(200.0, body(5_000.0, 0.0), 199.0);
        assert_eq!(track.at(199.5).unwrap().pos.x, 5_000.0);
        track.record(3.0, body(0.0, 0.0), 199.0);
        assert_eq!(track.states.len(), 1, "old news is no news");
    }
}
