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

/// An outage that comes again and again: at the end of every twenty seconds nothing moves for two, µs.
pub const FREEZE: (u64, u64) = (20_000_000, 2_000_000);

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
        Profile { name: "freeze", delay_us: 40_000, jitter_us: 5_000, loss: 0.0, rate_bytes_s: 0, freeze: FREEZE },
        Profile { name: "bursty", delay_us: 30_000, jitter_us: 90_000, loss: 0.0, rate_bytes_s: 0, freeze: (0, 0) },
    ];

    /// The line of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Profile> {
        Profile::ALL.into_iter().find(|profile| profile.name == name)
    }
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

    /// The line gets better or worse at `now_us`. What is under way keeps its order and none of it is lost: it arrives
    /// when it would have, or when the new line would bring it, whichever is earlier.
    pub fn set_profile(&mut self, profile: Profile, now_us: u64) {
        self.profile = profile;
        let (mut free_us, mut last_us) = (now_us, 0);
        for (arrives, bytes) in &mut self.queue {
            if *arrives > now_us {
                free_us += sending_us(&profile, bytes.len());
                *arrives = (*arrives).min(free_us + profile.delay_us).max(last_us);
            }
            last_us = *arrives;
        }
        self.free_us = self.free_us.min(free_us);
        self.last_us = last_us;
    }

    /// Bytes that a line of limited rate has not yet taken: what a socket would call its buffered amount.
    #[must_use]
    pub fn waiting_bytes(&self, now_us: u64) -> u64 {
        self.free_us.saturating_sub(now_us) * self.profile.rate_bytes_s / 1_000_000
    }

    /// Forgets what is under way: the connection is gone.
    pub fn clear(&mut self, now_us: u64) {
        self.queue.clear();
        (self.free_us, self.last_us) = (now_us, now_us);
    }

    /// Sends `bytes` at `now_us` on one of two connections of the same line: a slow line has to carry them for both.
    pub fn send_beside(&mut self, other: &mut Link, bytes: Vec<u8>, now_us: u64) {
        other.make_room(bytes.len(), now_us);
        self.send(bytes, now_us);
    }

    fn make_room(&mut self, bytes: usize, now_us: u64) {
        self.free_us = self.free_us.max(now_us) + sending_us(&self.profile, bytes);
    }

    /// Sends `bytes` at `now_us`.
    pub fn send(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.count = self.count.wrapping_add(1);
        // Behind earlier bytes on a slow line.
        self.make_room(bytes.len(), now_us);
        let profile = &self.profile;
        let mut keyed = Keyed::new(self.seed, Tick(self.count), 0, Purpose::Test);
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

/// How long a slow line needs to take a message with its 60 bytes of headers, µs.
fn sending_us(profile: &Profile, bytes: usize) -> u64 {
    match profile.rate_bytes_s {
        0 => 0,
        rate => (bytes as u64 + 60) * 1_000_000 / rate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_changes_under_way_neither_loses_nor_reorders() {
        let mut keyed = Keyed::new(4, Tick(1), 0, Purpose::Test);
        let mut link = Link::new(Profile::ALL[0], 4);
        let (mut sent, mut next) = (0u32, 0u32);
        for step in 0..40_000u64 {
            let now = step * 5_000;
            if step % 100 == 0 {
                let name = Profile::ALL[keyed.below(8) as usize];
                let rate_bytes_s = if keyed.chance(0.3) { 2_000 } else { 0 };
                link.set_profile(Profile { rate_bytes_s, delay_us: u64::from(keyed.below(500)) * 1_000, ..name }, now);
            }
            if step % 6 == 0 && step < 36_000 {
                link.send(sent.to_le_bytes().to_vec(), now);
                sent += 1;
            }
            while let Some(bytes) = link.receive(now) {
                assert_eq!(bytes, next.to_le_bytes(), "at {now}");
                next += 1;
            }
        }
        assert_eq!((next, link.waiting_bytes(200_000_000)), (sent, 0));
    }

    #[test]
    fn a_better_line_is_felt_at_once() {
        let slow = Profile { delay_us: 500_000, rate_bytes_s: 1_000, ..Profile::ALL[0] };
        let mut link = Link::new(slow, 4);
        for _ in 0..20 {
            link.send(vec![0; 940], 0);
        }
        assert_eq!(link.waiting_bytes(0), 20_000);
        assert_eq!(link.waiting_bytes(5_000_000), 15_000);
        link.set_profile(Profile::ALL[0], 0);
        assert_eq!(link.waiting_bytes(0), 0);
        let arrived = core::iter::from_fn(|| link.receive(2_000)).count();
        assert_eq!(arrived, 20);
        link.send(vec![0; 9], 2_000);
        link.clear(2_000);
        assert_eq!(link.receive(9_000_000), None);
    }

    #[test]
    fn two_connections_share_a_slow_line_and_a_fast_one_is_no_matter() {
        for (rate_bytes_s, arrives_us) in [(1_000, 2_001_000), (0, 1_000)] {
            let mut link = Link::new(Profile { jitter_us: 0, rate_bytes_s, ..Profile::ALL[0] }, 4);
            link.make_room(940, 0);
            link.send(vec![0; 940], 0);
            assert_eq!(link.due_us(), Some(arrives_us));
        }
    }

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
        link.set_profile(Profile::ALL[0], 100_000);
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
