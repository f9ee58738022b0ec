//! All packets under way, in the order in which they are due. Pure: the shell (`relay`) brings packets and the time.
//!
//! Invariants: every connection has roads of its own, numbered as they appear, so that one line's queue delays nobody
//! else; what is under way has a limit, and what comes on top is dropped and counted.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use serde::Serialize;

use crate::{
    packet::{FlowKey, Way, flow},
    road::{Fate, Profile, Road},
};

/// Packets under way: two seconds of 200 players and more. Full: dropped.
const UNDER_WAY_MAX: usize = 65_536;
/// Connections at once. Full: the packet is dropped, and TCP tries again in vain.
const FLOWS_MAX: usize = 16_384;

/// What was carried, over both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Carried {
    /// Packets taken in.
    pub packets: u64,
    /// Their bytes, IP headers included.
    pub bytes: u64,
    /// Lost by chance.
    pub lost: u64,
    /// Lost because a queue was full.
    pub overflowed: u64,
    /// Not carried: no IPv4, or too many under way.
    pub refused: u64,
}

/// The packets under way.
#[derive(Debug)]
pub struct Post {
    profile: Profile,
    seed: u64,
    flows: BTreeMap<FlowKey, [Road; 2]>,
    due: BinaryHeap<Reverse<(u64, u64, Way)>>,
    packets: BTreeMap<u64, Vec<u8>>,
    next: u64,
    carried: Carried,
}

impl Post {
    /// Nothing under way.
    #[must_use]
    pub fn new(profile: Profile, seed: u64) -> Post {
        Post {
            profile,
            seed,
            flows: BTreeMap::new(),
            due: BinaryHeap::new(),
            packets: BTreeMap::new(),
            next: 0,
            carried: Carried::default(),
        }
    }

    /// A packet sets out.
    pub fn send(&mut self, packet: &[u8], way: Way, now_us: u64) {
        self.carried.packets += 1;
        self.carried.bytes += packet.len() as u64;
        let Some(key) = flow(packet, way).filter(|_| self.packets.len() < UNDER_WAY_MAX) else {
            self.carried.refused += 1;
            return;
        };
        let number = self.flows.len() as u64;
        if number >= FLOWS_MAX as u64 && !self.flows.contains_key(&key) {
            self.carried.refused += 1;
            return;
        }
        let (profile, seed) = (self.profile, self.seed);
        let road = |way: Way| Road::new(profile, seed ^ number << 16 ^ (way as u64) << 8);
        let roads = self.flows.entry(key).or_insert_with(|| [road(Way::Up), road(Way::Down)]);
        match roads[way as usize].send(packet.len(), now_us) {
            Fate::Arrives(at_us) => {
                self.due.push(Reverse((at_us, self.next, way)));
                self.packets.insert(self.next, packet.to_vec());
                self.next += 1;
            }
            Fate::Lost => self.carried.lost += 1,
            Fate::Overflowed => self.carried.overflowed += 1,
        }
    }

    /// When the next packet is due, µs.
    #[must_use]
    pub fn due_us(&self) -> Option<u64> {
        self.due.peek().map(|Reverse((at_us, _, _))| *at_us)
    }

    /// The next packet that is due by `now_us`.
    pub fn receive(&mut self, now_us: u64) -> Option<(Way, Vec<u8>)> {
        self.due_us().filter(|at_us| *at_us <= now_us)?;
        let Reverse((_, number, way)) = self.due.pop()?;
        Some((way, self.packets.remove(&number)?))
    }

    /// What was carried so far.
    #[must_use]
    pub fn carried(&self) -> Carried {
        self.carried
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(client: u8, bytes: usize, way: Way) -> Vec<u8> {
        let mut packet = vec![0; bytes];
        packet[0] = 0x45;
        let at = if way == Way::Up { 12 } else { 16 };
        packet[at..at + 4].copy_from_slice(&[10, 77, 1, client]);
        packet
    }

    #[test]
    fn one_line_does_not_delay_another() {
        let slow = Profile::named("slow").unwrap();
        let mut post = Post::new(slow, 1);
        (0..20).for_each(|_| post.send(&packet(1, 1_000, Way::Down), Way::Down, 0));
        post.send(&packet(2, 100, Way::Down), Way::Down, 0);
        post.send(&packet(1, 100, Way::Up), Way::Up, 0);
        let mut arrived = Vec::new();
        while let Some(at_us) = post.due_us() {
            assert_eq!(post.receive(at_us - 1), None);
            let (way, bytes) = post.receive(at_us).unwrap();
            arrived.push((at_us, way, bytes.len()));
        }
        assert_eq!(arrived.len(), 22);
        assert!(arrived[..2].iter().all(|(at_us, _, bytes)| *bytes == 100 && *at_us < 60_000), "{arrived:?}");
        assert!(arrived.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert!(arrived[21].0 > 1_600_000, "20,000 bytes at 12,000 a second");
    }

    #[test]
    fn what_is_lost_is_counted_and_nothing_else_is_missing() {
        let poor = Profile::named("poor").unwrap();
        let mut post = Post::new(poor, 7);
        for n in 0..20_000_u64 {
            post.send(&packet((n % 5) as u8, 60, Way::Up), Way::Up, n * 1_000);
        }
        post.send(&[0x60; 60], Way::Up, 0);
        let mut arrived = 0;
        while post.receive(u64::MAX).is_some() {
            arrived += 1;
        }
        let carried = post.carried();
        assert_eq!((carried.packets, carried.refused, carried.overflowed), (20_001, 1, 0));
        assert_eq!(arrived + carried.lost, 20_000, "{carried:?}");
        assert!((100..400).contains(&carried.lost), "{carried:?}");
    }

    #[test]
    fn there_is_a_limit_to_what_is_under_way() {
        let mut post = Post::new(Profile::named("freeze").unwrap(), 7);
        (0..UNDER_WAY_MAX + 10).for_each(|_| post.send(&packet(1, 20, Way::Up), Way::Up, 0));
        assert_eq!((post.carried().refused, post.packets.len()), (10, UNDER_WAY_MAX));
    }
}
