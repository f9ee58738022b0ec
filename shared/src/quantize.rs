//! The integer lattice on which the world lives at the end of every step, and on which it is sent.
//!
//! Invariant: what is sent is exactly what is simulated, so both ends predict from the same state and an
//! undisturbed prediction has error 0. Positions reach ±8,388,608/256 u, far beyond any arena; an `f32` holds
//! every lattice point of the arena exactly (6,400 · 256 < 2^24).

use glam::Vec2;
use serde::{Deserialize, Serialize};

use crate::math;

/// Lattice steps per unit, for positions (u) and velocities (u/s) alike.
pub const STEPS: f32 = 256.0;
/// Largest lattice coordinate, so that it fits 24 signed bits and every value is exact in `f32`.
pub const LATTICE_MAX: i32 = (1 << 23) - 1;

/// A point or a velocity on the lattice, in 1/256 u or 1/256 u/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Lattice {
    /// Steps along +x.
    pub x: i32,
    /// Steps along +y (up).
    pub y: i32,
}

impl Lattice {
    /// The origin.
    pub const ZERO: Lattice = Lattice { x: 0, y: 0 };

    /// The nearest lattice point to `v`, in units. Saturates at ±[`LATTICE_MAX`]; NaN becomes 0.
    #[must_use]
    pub fn nearest(v: Vec2) -> Lattice {
        let axis = |value: f32| rounded(value * STEPS).clamp(-LATTICE_MAX, LATTICE_MAX);
        Lattice { x: axis(v.x), y: axis(v.y) }
    }

    /// The point in units, exactly.
    #[must_use]
    pub fn to_vec2(self) -> Vec2 {
        Vec2::new(self.x as f32 / STEPS, self.y as f32 / STEPS)
    }
}

/// `value.round() as i32`, for every value, without the call that `round` costs on x86-64 and in wasm: what is added is
/// the largest number below a half, so that nothing just under a half reaches the next whole number.
fn rounded(value: f32) -> i32 {
    const BELOW_HALF: f32 = 0.5 - f32::EPSILON / 4.0;
    (value + BELOW_HALF.copysign(value)) as i32
}

/// A direction: 65,536 steps to the full turn, counter-clockwise from +x.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Angle(pub u16);

impl Angle {
    /// The nearest step to `angle_rad`, any real number of radians.
    #[must_use]
    pub fn nearest(angle_rad: f32) -> Angle {
        let turns = angle_rad / math::TAU;
        Angle((((turns - turns.floor()) * 65_536.0).round() as u32) as u16)
    }

    /// Direction of `v`; +x for the zero vector.
    #[must_use]
    pub fn of(v: Vec2) -> Angle {
        Angle::nearest(math::angle_of(v))
    }

    /// Radians in `[0, TAU)`.
    #[must_use]
    pub fn to_rad(self) -> f32 {
        f32::from(self.0) * (math::TAU / 65_536.0)
    }

    /// Unit vector in this direction.
    #[must_use]
    pub fn unit(self) -> Vec2 {
        math::unit(self.to_rad())
    }

    /// Shortest signed way from `self` to `target`, in steps; exactly opposite counts as left (positive wraps to
    /// `i16::MIN`, treated as a left turn by [`Angle::turned_toward`]).
    #[must_use]
    pub fn to(self, target: Angle) -> i16 {
        target.0.wrapping_sub(self.0).cast_signed()
    }

    /// Turns toward `target` by at most `steps_max`, the short way round; exactly opposite turns left, so both
    /// ends agree.
    #[must_use]
    pub fn turned_toward(self, target: Angle, steps_max: u16) -> Angle {
        let way = self.to(target);
        if way.unsigned_abs() <= steps_max {
            target
        } else if way > 0 || way == i16::MIN {
            Angle(self.0.wrapping_add(steps_max))
        } else {
            Angle(self.0.wrapping_sub(steps_max))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rounding_is_that_of_the_standard_library(bits: u32, near in -9_000_000i32..9_000_000, step in -2i32..=2) {
            let half = near as f32 / 2.0;
            for value in [f32::from_bits(bits), half, f32::from_bits(half.to_bits().wrapping_add_signed(step))] {
                prop_assert_eq!(rounded(value), value.round() as i32, "{}", value);
            }
        }

        #[test]
        fn lattice_points_survive_floats(x in -LATTICE_MAX..=LATTICE_MAX, y in -LATTICE_MAX..=LATTICE_MAX) {
            let point = Lattice { x, y };
            prop_assert_eq!(Lattice::nearest(point.to_vec2()), point);
        }

        #[test]
        fn angles_survive_radians(steps: u16) {
            prop_assert_eq!(Angle::nearest(Angle(steps).to_rad()), Angle(steps));
        }

        #[test]
        fn turning_arrives_and_never_overshoots(from: u16, to: u16, rate in 1u16..4000) {
            let (mut angle, target) = (Angle(from), Angle(to));
            let mut left = u32::from(angle.to(target).unsigned_abs());
            while angle != target {
                angle = angle.turned_toward(target, rate);
                let now = u32::from(angle.to(target).unsigned_abs());
                prop_assert!(now < left);
                left = now;
            }
        }
    }

    #[test]
    fn rubbish_floats_land_on_the_lattice() {
        let point = Lattice::nearest(Vec2::new(f32::NAN, f32::INFINITY));
        assert_eq!(point, Lattice { x: 0, y: LATTICE_MAX });
    }

    #[test]
    fn opposite_turns_left() {
        assert_eq!(Angle(0).turned_toward(Angle(32_768), 100), Angle(100));
    }
}
