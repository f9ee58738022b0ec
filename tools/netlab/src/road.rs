//! One way of one connection's line: when a packet arrives, or that it does not. Pure: time is an argument, chance is
//! seeded.
//!
//! Invariants: packets keep their order (TCP over one path almost always does); the same seed, sizes and times give
//! the same fates; a queue holds no more than its limit, whatever is sent.

use serde::Serialize;
use shared::{
    link,
    rng::{Keyed, Purpose},
    tick::Tick,
};

/// What a line does to packets, each way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Profile {
    /// Name.
    pub name: &'static str,
    /// Delay, µs.
    pub delay_us: u64,
    /// Added at random, uniform up to this, µs.
    pub jitter_us: u64,
    /// Share of packets lost.
    pub loss: f32,
    /// Losses come in runs of this mean length (two-state Gilbert model); 1 is each for itself (Bernoulli).
    pub burst: f32,
    /// Bytes per second; 0 is unlimited.
    pub rate_bytes_s: u64,
    /// Bytes that wait at the narrow place; what comes on top is lost.
    pub queue_bytes: u64,
    /// In every period of this length, µs; 0 is never…
    pub freeze_every_us: u64,
    /// …nothing moves for so long at its end, µs.
    pub freeze_us: u64,
}

const LINES: [link::Profile; 8] = link::Profile::ALL;

/// The lines of the lab: those of `shared::link` that it tries, as packets feel them.
pub const PROFILES: [Profile; 6] = [
    Profile::of(LINES[0]),
    Profile::of(LINES[1]),
    Profile::of(LINES[2]),
    Profile { burst: 3.0, ..Profile::of(LINES[3]) },
    // Twice what the tests' line takes: the figures in docs/BENCHMARKS.md are of this one.
    Profile { rate_bytes_s: 12_000, ..Profile::of(LINES[5]) },
    Profile::of(LINES[6]),
];

impl Profile {
    /// Every loss is for itself, and 32 KiB wait at the narrow place.
    const fn of(line: link::Profile) -> Profile {
        Profile {
            name: line.name,
            delay_us: line.delay_us,
            jitter_us: line.jitter_us,
            loss: line.loss,
            burst: 1.0,
            rate_bytes_s: line.rate_bytes_s,
            queue_bytes: 32_768,
            freeze_every_us: line.freeze.0,
            freeze_us: line.freeze.1,
        }
    }

    /// The line of this name.
    pub fn named(name: &str) -> Option<Profile> {
        PROFILES.into_iter().find(|profile| profile.name == name)
    }
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives then, µs.
    Arrives(u64),
    /// Chance takes it.
    Lost,
    /// The queue is full.
    Overflowed,
}

/// One way of one line.
#[derive(Debug, Clone)]
pub struct Road {
    profile: Profile,
    seed: u64,
    count: u32,
    is_losing: bool,
    free_us: u64,
    last_us: u64,
}

impl Road {
    /// An empty road.
    #[must_use]
    pub fn new(profile: Profile, seed: u64) -> Road {
        Road { profile, seed, count: 0, is_losing: false, free_us: 0, last_us: 0 }
    }

    /// A packet of `bytes` sets out at `now_us`.
    pub fn send(&mut self, bytes: usize, now_us: u64) -> Fate {
        self.count = self.count.wrapping_add(1);
        let profile = self.profile;
        let mut keyed = Keyed::new(self.seed, Tick(self.count), 0, Purpose::Test);
        if self.is_lost(&mut keyed) {
            return Fate::Lost;
        }
        let start_us = self.free_us.max(now_us);
        if let Some(time_us) = (bytes as u64 * 1_000_000).checked_div(profile.rate_bytes_s) {
            if (start_us - now_us) * profile.rate_bytes_s / 1_000_000 + bytes as u64 > profile.queue_bytes {
                return Fate::Overflowed;
            }
            self.free_us = start_us + time_us;
        } else {
            self.free_us = start_us;
        }
        let jitter_us = (keyed.unit() * profile.jitter_us as f32) as u64;
        let thawed_us = self.thawed(self.free_us + profile.delay_us + jitter_us);
        self.last_us = self.last_us.max(thawed_us);
        Fate::Arrives(self.last_us)
    }

    /// Gilbert's two states: in the bad one every packet is lost, and runs of them have the mean length asked for.
    fn is_lost(&mut self, keyed: &mut Keyed) -> bool {
        let Profile { loss, burst, .. } = self.profile;
        let ends = 1.0 / burst;
        // So that the share of time in the bad state is `loss`.
        let begins = ends * loss / (1.0 - loss);
        self.is_losing = if self.is_losing { !keyed.chance(ends) } else { keyed.chance(begins) };
        self.is_losing
    }

    fn thawed(&self, at_us: u64) -> u64 {
        let Profile { freeze_every_us, freeze_us, .. } = self.profile;
        let Some(phase_us) = at_us.checked_rem(freeze_every_us) else { return at_us };
        if phase_us >= freeze_every_us - freeze_us { at_us + freeze_every_us - phase_us } else { at_us }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Profile {
        Profile::named(name).unwrap()
    }

    /// Delays of `count` packets of `bytes`, one every `gap_us`; `None` for the lost.
    fn drive(profile: Profile, seed: u64, count: u64, bytes: usize, gap_us: u64) -> Vec<Option<u64>> {
        let mut road = Road::new(profile, seed);
        let mut last_us = 0;
        (0..count)
            .map(|n| match road.send(bytes, n * gap_us) {
                Fate::Arrives(at_us) => {
                    assert!(at_us >= last_us, "seed {seed}: out of order");
                    last_us = at_us;
                    Some(at_us - n * gap_us)
                }
                Fate::Lost | Fate::Overflowed => None,
            })
            .collect()
    }

    #[test]
    fn delays_are_the_delay_and_at_most_the_jitter() {
        for seed in 0..20 {
            let delays = drive(named("good"), seed, 1_000, 100, 33_333);
            assert!(delays.iter().all(|delay| (15_000..18_000).contains(&delay.unwrap())), "seed {seed}");
        }
        assert_eq!(drive(named("poor"), 3, 500, 100, 9_000), drive(named("poor"), 3, 500, 100, 9_000), "seeded");
        assert_ne!(drive(named("poor"), 3, 500, 100, 9_000), drive(named("poor"), 4, 500, 100, 9_000));
    }

    #[test]
    fn losses_are_as_many_and_as_long_as_asked() {
        for (name, share, run) in [("typical", 0.005, 1.0), ("poor", 0.01, 3.0), ("good", 0.0, 0.0)] {
            let delays = drive(named(name), 9, 200_000, 100, 1_000);
            let lost = delays.iter().filter(|delay| delay.is_none()).count() as f64;
            let runs = delays.windows(2).filter(|pair| pair[0].is_some() && pair[1].is_none()).count() as f64;
            assert!((lost / 200_000.0 - share).abs() < share * 0.15 + 1e-9, "{name}: {lost} lost");
            assert!((lost / runs.max(1.0) - run).abs() < 0.35, "{name}: {lost} in {runs} runs");
        }
    }

    #[test]
    fn a_narrow_place_passes_its_rate_and_holds_its_queue() {
        // 30,000 B/s into 12,000 B/s.
        let delays = drive(named("slow"), 1, 1_000, 1_000, 33_333);
        let passed = delays.iter().flatten().count() as f64 * 1_000.0 / 33.333;
        assert!((passed - 12_000.0).abs() < 1_200.0, "{passed} B/s");
        let longest = delays.iter().flatten().max().unwrap();
        assert!(*longest <= 32_768 * 1_000_000 / 12_000 + 45_000, "{longest}");
    }

    #[test]
    fn in_a_freeze_nothing_moves_and_then_everything() {
        let mut road = Road::new(named("freeze"), 1);
        for (now_us, arrives_us) in [(17_000_000, 17_045_000), (18_500_000, 20_000_000), (19_990_000, 20_035_000)] {
            let Fate::Arrives(at_us) = road.send(100, now_us) else { panic!("lost") };
            assert!(at_us.abs_diff(arrives_us) <= 5_000, "{now_us}: {at_us}");
        }
    }
}
