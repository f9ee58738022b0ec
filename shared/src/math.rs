//! Arithmetic that is equal on every platform. Invariant: nothing here calls the platform's trigonometry;
//! `libm` is the same Rust code natively and in wasm. Add, sub, mul, div and sqrt are exact by IEEE 754.

use glam::Vec2;

/// Full turn, rad.
pub const TAU: f32 = core::f32::consts::TAU;

/// Unit vector at `angle_rad`, counter-clockwise from +x.
#[must_use]
pub fn unit(angle_rad: f32) -> Vec2 {
    let (sin, cos) = libm::sincosf(angle_rad);
    Vec2::new(cos, sin)
}

/// Angle of `v` in `(-PI, PI]`; 0 for the zero vector.
#[must_use]
pub fn angle_of(v: Vec2) -> f32 {
    libm::atan2f(v.y, v.x)
}

/// `2^x`.
#[must_use]
pub fn exp2(x: f32) -> f32 {
    libm::exp2f(x)
}

/// The same angle within half a turn, rad.
#[must_use]
pub fn wrap_angle(angle_rad: f32) -> f32 {
    angle_rad - (angle_rad / TAU).round() * TAU
}

/// `v` shortened to at most `length_max`; unchanged when shorter.
#[must_use]
pub fn clamp_length(v: Vec2, length_max: f32) -> Vec2 {
    let length = v.length();
    if length > length_max { v * (length_max / length) } else { v }
}

/// Linear ramp: 0 at `from`, 1 at `to`, clamped. `from` and `to` may be in either order but must differ.
#[must_use]
pub fn ramp(x: f32, from: f32, to: f32) -> f32 {
    ((x - from) / (to - from)).clamp(0.0, 1.0)
}

/// Smooth ramp with zero slope at both ends (Hermite 3t² − 2t³).
#[must_use]
pub fn smooth_ramp(x: f32, from: f32, to: f32) -> f32 {
    let t = ramp(x, from, to);
    t * t * (3.0 - 2.0 * t)
}

/// First time in `[0, 1]` at which a point moving from `start` by `motion`, seen from a circle's centre, comes
/// within `radius` of the origin; `None` if it does not. Already inside counts as time 0.
#[must_use]
pub fn sweep_circle(start: Vec2, motion: Vec2, radius: f32) -> Option<f32> {
    let c = start.length_squared() - radius * radius;
    if c <= 0.0 {
        return Some(0.0);
    }
    let a = motion.length_squared();
    let b = start.dot(motion);
    if a <= 0.0 || b >= 0.0 {
        return None;
    }
    let discriminant = b * b - a * c;
    if discriminant < 0.0 {
        return None;
    }
    let t = (-b - discriminant.sqrt()) / a;
    (t <= 1.0).then_some(t)
}

/// The part of the way from `from` to `to` that lies in the rectangle of these half extents around the origin;
/// ends inside stay exactly as they are. `None` when it passes by.
#[must_use]
pub fn clip_segment(from: Vec2, to: Vec2, half: Vec2) -> Option<(Vec2, Vec2)> {
    let way = to - from;
    let (mut enter, mut leave) = (0.0f32, 1.0f32);
    for (start, step, limit) in [(from.x, way.x, half.x), (from.y, way.y, half.y)] {
        if step == 0.0 {
            if start.abs() > limit {
                return None;
            }
            continue;
        }
        let (a, b) = ((-limit - start) / step, (limit - start) / step);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    let at = |t: f32| {
        if t <= 0.0 {
            from
        } else if t >= 1.0 {
            to
        } else {
            from + way * t
        }
    };
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// The earliest of several touches (when, and what); the first named of equals.
pub fn earliest<T>(touches: impl Iterator<Item = (f32, T)>) -> Option<(f32, T)> {
    touches.reduce(|best, touch| if best.0 <= touch.0 { best } else { touch })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_finds_the_first_touch() {
        let t = sweep_circle(Vec2::new(-10.0, 0.0), Vec2::new(20.0, 0.0), 5.0);
        assert_eq!(t, Some(0.25));
        assert_eq!(sweep_circle(Vec2::new(-10.0, 6.0), Vec2::new(20.0, 0.0), 5.0), None);
        assert_eq!(sweep_circle(Vec2::new(-10.0, 0.0), Vec2::new(-20.0, 0.0), 5.0), None);
        assert_eq!(sweep_circle(Vec2::new(1.0, 0.0), Vec2::ZERO, 5.0), Some(0.0));
    }

    #[test]
    fn a_segment_is_clipped_to_what_lies_inside() {
        let half = Vec2::new(10.0, 5.0);
        let clip = |from: (f32, f32), to: (f32, f32)| {
            clip_segment(from.into(), to.into(), half).map(|(a, b)| ((a.x, a.y), (b.x, b.y)))
        };
        assert_eq!(clip((-3.0, 1.0), (4.0, 2.0)), Some(((-3.0, 1.0), (4.0, 2.0))));
        assert_eq!(clip((-20.0, 0.0), (20.0, 0.0)), Some(((-10.0, 0.0), (10.0, 0.0))));
        assert_eq!(clip((0.0, 0.0), (0.0, 20.0)), Some(((0.0, 0.0), (0.0, 5.0))));
        assert_eq!(clip((-20.0, 6.0), (20.0, 6.0)), None);
        assert_eq!(clip((11.0, 0.0), (30.0, 0.0)), None);
        assert_eq!(clip((0.0, 20.0), (40.0, 0.0)), None);
    }

    #[test]
    fn ramps_clamp_in_both_directions() {
        assert_eq!(ramp(5.0, 0.0, 10.0), 0.5);
        assert_eq!(ramp(-5.0, 0.0, 10.0), 0.0);
        assert_eq!(ramp(2.0, 10.0, 0.0), 0.8);
        assert_eq!(smooth_ramp(20.0, 0.0, 10.0), 1.0);
    }
}
