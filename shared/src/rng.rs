//! Keyed randomness: a pure function of (seed, tick, entity, purpose). Invariant: there is no generator state in
//! the world, so rolling back and re-running draws the same numbers, and a new use never disturbs an old one.

use crate::{math::TAU, tick::Tick};

/// What a draw is for. Two purposes never share numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Layout of planets and belts from the room's seed.
    Arena = 1,
    /// Where a pilot launches.
    Spawn = 2,
    /// How a rock breaks and what it drops.
    Debris = 3,
    /// A bot's whims.
    Bot = 4,
    /// Harness and link conditioner.
    Test = 5,
    /// Where the mouths of the wormhole are.
    Wormhole = 6,
    /// Where a jump through hyperspace ends, and whether it does.
    Hyperspace = 7,
}

/// A short stream of numbers for one key (SplitMix64, Steele et al. 2014: one add and a mix per number).
#[derive(Debug, Clone)]
pub struct Keyed(u64);

impl Keyed {
    /// The stream for this key. `entity` is any number that names the subject (slot, body id, index).
    #[must_use]
    pub fn new(seed: u64, tick: Tick, entity: u32, purpose: Purpose) -> Keyed {
        let key = (u64::from(tick.0) << 32) | u64::from(entity);
        Keyed(mix(mix(seed ^ (purpose as u64) << 56).wrapping_add(key)))
    }

    /// Uniform over all `u32`.
    pub fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        (mix(self.0) >> 32) as u32
    }

    /// Uniform in `[0, 1)`, 24 bits.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in `[from, to)`.
    pub fn range(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    /// Uniform in `0..n` (`n` ≥ 1), by multiplication; bias below 2^-16 for the small `n` used here.
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.bits()) * u64::from(n)) >> 32) as u32
    }

    /// Uniform direction, rad in `[0, TAU)`.
    pub fn angle(&mut self) -> f32 {
        self.range(0.0, TAU)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }
}

/// SplitMix64's finaliser: a bijection on `u64` in which every input bit reaches every output bit.
#[must_use]
pub fn mix(value: u64) -> u64 {
    let mut z = value;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_the_key_matters() {
        let draw = |seed, tick, entity, purpose| Keyed::new(seed, Tick(tick), entity, purpose).bits();
        let base = draw(1, 2, 3, Purpose::Arena);
        assert_eq!(base, draw(1, 2, 3, Purpose::Arena));
        assert_ne!(base, draw(2, 2, 3, Purpose::Arena));
        assert_ne!(base, draw(1, 3, 3, Purpose::Arena));
        assert_ne!(base, draw(1, 2, 4, Purpose::Arena));
        assert_ne!(base, draw(1, 2, 3, Purpose::Spawn));
    }

    #[test]
    fn draws_are_roughly_uniform() {
        let mut keyed = Keyed::new(7, Tick(0), 0, Purpose::Test);
        let mean = (0..10_000).map(|_| keyed.unit()).sum::<f32>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "mean {mean}");
        assert!((0..1000).all(|_| keyed.below(6) < 6));
    }
}
