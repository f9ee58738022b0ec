//! Space that comes round: what leaves a square at one side enters it at the other. Invariant: a function of the place
//! alone, on the lattice, so it costs nothing and both ends come round in the same tick. To whatever sweeps from tick to
//! tick, coming round is a leap like one through the wormhole ([`super::wormhole::start`]).
//!
//! Not here: touching across the seam. Two things on either side of it are as far apart as they look on the screen.

use glam::Vec2;

use super::wormhole::LEAP_U;
use crate::quantize::{Lattice, STEPS};

/// `pos` inside the square of `half`, u, around the centre.
#[must_use]
pub fn wrap(pos: Lattice, half: f32) -> Lattice {
    let half = (half * STEPS) as i32;
    let round = |v: i32| (v + half).rem_euclid(2 * half) - half;
    Lattice { x: round(pos.x), y: round(pos.y) }
}

/// The image of `pos` that is nearest to `to`, u: what a pilot aims at across the seam.
#[must_use]
pub fn nearest_image(pos: Vec2, to: Vec2, half: f32) -> Vec2 {
    let side = 2.0 * half;
    let near = |v: f32, to: f32| {
        let apart = v - to;
        v - if apart > half {
            side
        } else if apart < -half {
            -side
        } else {
            0.0
        }
    };
    Vec2::new(near(pos.x, to.x), near(pos.y, to.y))
}

/// Whether what leapt from `before` to `now` only came round: it was carried nowhere.
#[must_use]
pub fn came_round(before: Vec2, now: Vec2, half: f32) -> bool {
    half > 0.0 && nearest_image(now, before, half).distance_squared(before) < LEAP_U * LEAP_U
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_at_one_side_enters_at_the_other() {
        let at = |x: f32, y: f32| Lattice::nearest(Vec2::new(x, y));
        assert_eq!(wrap(at(499.0, -499.0), 500.0), at(499.0, -499.0));
        assert_eq!(wrap(at(503.0, 10.0), 500.0), at(-497.0, 10.0));
        assert_eq!(wrap(at(10.0, -502.0), 500.0), at(10.0, 498.0));
        assert_eq!(wrap(at(500.0, 0.0), 500.0), at(-500.0, 0.0), "the sides are one line");
    }

    #[test]
    fn the_nearest_image_may_lie_across_the_seam() {
        let image = nearest_image(Vec2::new(-480.0, 0.0), Vec2::new(480.0, 20.0), 500.0);
        assert_eq!(image, Vec2::new(520.0, 0.0));
        assert_eq!(nearest_image(Vec2::new(100.0, 0.0), Vec2::ZERO, 500.0), Vec2::new(100.0, 0.0));
    }
}
