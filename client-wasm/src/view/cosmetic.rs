//! Randomness for looks only: a local, seeded stream. Invariant: nothing of the game is drawn from it.

use glam::Vec2;
use shared::{math, rng};

/// A small generator (SplitMix64).
#[derive(Debug, Clone)]
pub struct Cosmetic(u64);

impl Cosmetic {
    /// A stream for this seed.
    #[must_use]
    pub fn new(seed: u64) -> Cosmetic {
        Cosmetic(rng::mix(seed))
    }

    /// Uniform in `[0, 1)`.
    pub fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        (rng::mix(self.0) >> 40) as f32 / 16_777_216.0
    }

    /// Uniform in `[from, to)`.
    pub fn range(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    /// A direction.
    pub fn direction(&mut self) -> Vec2 {
        math::unit(self.range(0.0, math::TAU))
    }

    /// A point in the unit disc, denser toward the middle.
    pub fn disc(&mut self) -> Vec2 {
        self.direction() * self.unit()
    }
}

/// A fixed number in `[0, 1)` for a key: the look of one thing, the same in every frame.
#[must_use]
pub fn look(key: u32) -> f32 {
    (rng::mix(u64::from(key) ^ 0x5EED) >> 40) as f32 / 16_777_216.0
}
