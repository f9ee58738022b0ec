//! A seeded link conditioner: what a line does to an ordered stream of messages. Pure; time is an argument.
//!
//! Loss is modelled as TCP feels it: order is kept, a lost segment arrives one round trip and a send interval
//! late, and everything behind it waits (head-of-line blocking). That reproduces delays measured over real TCP
//! with a lossy relay (80 ms, 1 %: p50 41 ms, p99 155 ms).

use std::collections::VecDeque;

use crate::{
    rng::{Keyed, Purpose},
    tick::Tick,
};

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Name, for messages of tests.
    pub name: &'static str,
    /// One-way delay, µs.
    pub delay_us: u64,
    /// Added at random, uniform up to this, µs.
    pub jitter_us: u64,
    /// Share of messages lost and sent again.
    pub loss: f32,
    /// Bytes per second; 0 is unlimited.
    pub rate_bytes_s: u64,
    /// Every `freeze.0` µs nothing moves for `freeze.1` µs; 0 is never.
    pub freeze: (u64, u64),
}

impl Profile {
    /// The lines the tests play on.
    pub const ALL: [Profile; 8] = [
        Profile { name: "lan", delay_us: 1_000, jitter_us: 200, loss: 0.0, rate_bytes_s: 0, freeze: (0, 0) },
        Profile { name: "good", delay_us: 15_000, jitter_us: 3_000, loss: 0.0, rate_bytes_s: 0, freeze: (0, 0) },
        Profile { name: "typical", delay_us: 40_000, jitter_us: 8_000, loss: 0.005, rate_bytes_s: 0, freeze: (0, 0) },
        Profile { name: "poor", delay_us: 75_000, jitter_us: 20_000, loss: 0.01, rate_bytes_s: 0, freeze: (0, 0) },
        Profile { name: "awful", delay_us: 125_000, jitter_us: 60_000, loss: 0.03, rate_bytes_s: 0, freeze: (0, 0) },
        Profile { name: "slow", delay_us: 40_000, jitter_us: 5_000, loss: 0.0, rate_bytes_s: 6_000, freeze: (0, 0) },
        Profile {
            name: "freeze",
            delay_us: 40_000,
            jitter_us: 5_000,
            loss: 0.0,
            rate_bytes_s: 0,
            freeze: (20_000_000, 2_000_000),
        },
        Profile { name: "bursty", delay_us: 30_000, jitter_us: 90_000, loss: 0.0, rate_bytes_s: 0, freeze: (0, 0) },
    ];
}

/// One direction of a line.
#[derive(Debug, Clone)]
pub struct Link {
    profile: Profile,
    seed: u64,
    count: u32,
    free_us: u64,
    last_us: u64,
    queue: VecDeque<(u64, Vec<u8>)>,
}

impl Link {
    /// An empty line; the same seed loses the same messages.
    #[must_use]
    pub fn new(profile: Profile, seed: u64) -> Link {
        Link { profile, seed, count: 0, free_us: 0, last_us: 0, queue: VecDeque::new() }
    }

    /// Sends `bytes` at `now_us`.
    pub fn send(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.count = self.count.wrapping_add(1);
        let profile = &self.profile;
        let mut keyed = Keyed::new(self.seed, Tick(self.count), 0, Purpose::Test);
        // Behind earlier bytes on a slow line; 60 bytes of headers each.
        let start = self.free_us.max(now_us);
        self.free_us = match profile.rate_bytes_s {
            0 => start,
            rate => start + (bytes.len() as u64 + 60) * 1_000_000 / rate,
        };
        let mut arrives = self.free_us + profile.delay_us + (keyed.unit() * profile.jitter_us as f32) as u64;
        if keyed.chance(profile.loss) {
            let again = 2 * profile.delay_us + profile.delay_us / 2 + 33_000;
            arrives += if keyed.chance(profile.loss) { again * 2 } else { again };
        }
        if profile.freeze.0 > 0 {
            let phase = arrives % profile.freeze.0;
            let frozen_from = profile.freeze.0 - profile.freeze.1;
            if phase >= frozen_from {
                arrives += profile.freeze.0 - phase;
            }
        }
        self.last_us = self.last_us.max(arrives);
        self.queue.push_back((self.last_us, bytes));
    }

    /// When the next message arrives, if any is under way, µs.
    #[must_use]
    pub fn due_us(&self) -> Option<u64> {
        self.queue.front().map(|(at, _)| *at)
    }

    /// From now on the line is as `profile` says; what is under way arrives no later than that allows.
    pub fn heal(&mut self, profile: Profile, now_us: u64) {
        self.profile = profile;
        self.free_us = self.free_us.min(now_us);
        let latest = now_us + profile.delay_us + profile.jitter_us;
        self.queue.iter_mut().for_each(|(at, _)| *at = (*at).min(latest));
        self.last_us = self.last_us.min(latest);
    }

    /// Messages and bytes under way.
    #[must_use]
    pub fn under_way(&self) -> (usize, usize) {
        (self.queue.len(), self.queue.iter().map(|(_, bytes)| bytes.len()).sum())
    }

    /// The next message that has arrived by `now_us`.
    pub fn receive(&mut self, now_us: u64) -> Option<Vec<u8>> {
        if self.queue.front().is_some_and(|(at, _)| *at <= now_us) {
            self.queue.pop_front().map(|(_, bytes)| bytes)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends 3,000 messages at 30 Hz and returns their delays, ms, sorted; checks that order is kept.
    fn delays(profile: Profile) -> Vec<u64> {
        let mut link = Link::new(profile, 9);
        let mut delays = Vec::new();
        let mut next = 0u32;
        for i in 0..9_000u64 {
            let now = i * 11_111;
            if i % 3 == 0 && i < 8_800 {
                link.send((now, i as u32).0.to_le_bytes().to_vec(), now);
            }
            while let Some(bytes) = link.receive(now) {
                let sent = u64::from_le_bytes(bytes.try_into().unwrap());
                delays.push((now - sent) / 1_000);
                next += 1;
            }
        }
        assert!(next > 2_900, "{} arrived {next}", profile.name);
        delays.sort_unstable();
        delays
    }

    #[test]
    fn a_healed_line_keeps_order_and_is_soon_empty() {
        let mut link = Link::new(Profile::ALL[5], 3);
        (0..40u8).for_each(|i| link.send(vec![i; 600], 0));
        assert_eq!(link.under_way(), (40, 24_000));
        link.heal(Profile::ALL[0], 100_000);
        link.send(vec![40; 600], 100_000);
        let got: Vec<u8> = core::iter::from_fn(|| link.receive(103_000)).map(|bytes| bytes[0]).collect();
        assert_eq!(got, (0..=40).collect::<Vec<u8>>());
    }

    #[test]
    fn delays_look_like_measured_ones() {
        let good = delays(Profile::ALL[1]);
        assert!(good[good.len() / 2] >= 15 && good[good.len() - 1] < 35);
        let typical = delays(Profile::ALL[2]);
        assert!(typical[typical.len() / 2] < 60 && typical[typical.len() * 995 / 1_000] > 90);
        let freeze = delays(Profile::ALL[6]);
        assert!(freeze[freeze.len() - 1] > 1_500);
    }
}
