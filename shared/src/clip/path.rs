//! Where something was, frame by frame, as differences of differences: what flies straight costs a byte per sample.
//! Invariant: a path that [`Path::fits`] can be asked for any frame without overflow.

use glam::Vec2;

use super::pack::{Packer, Unpacker};
use crate::{math::TAU, protocol::DecodeError};

/// Steps of a unit.
const STEPS: f32 = 4.0;
/// Steps of a turn.
const TURN_STEPS: i32 = 1_024;
/// No place is farther out along an axis, steps: beyond the widest arena and the planets kept out of sight.
const PLACE_MAX: i32 = 400_000;
/// A leap of more than this between two frames is none to be interpolated, steps.
const LEAP: i32 = 200 * STEPS as i32;

/// A place on the path's grid.
pub fn place(pos: Vec2) -> (i32, i32) {
    let axis = |value: f32| ((value * STEPS).round() as i32).clamp(-PLACE_MAX, PLACE_MAX);
    (axis(pos.x), axis(pos.y))
}

/// Where a place of the grid is, u.
pub fn unplace((x, y): (i32, i32)) -> Vec2 {
    Vec2::new(x as f32, y as f32) / STEPS
}

/// Whether a place is one.
pub fn is_place((x, y): (i32, i32)) -> bool {
    let near = |value: i32| (-PLACE_MAX..=PLACE_MAX).contains(&value);
    near(x) && near(y)
}

/// Where something was while it was there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path {
    /// First and last frame.
    from: u16,
    until: u16,
    x: Vec<i32>,
    y: Vec<i32>,
    /// Direction; empty for what has none.
    turn: Vec<i32>,
}

/// What a path says of a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Where, u.
    pub pos: Vec2,
    /// How it moves, u/s.
    pub vel: Vec2,
    /// Direction, rad; 0 for what has none.
    pub turn_rad: f32,
}

impl Path {
    /// A path through `poses`, one a frame from `from` on, of which one each `step` frames is kept.
    pub fn through(from: usize, step: usize, poses: &[(Vec2, Option<f32>)]) -> Path {
        let last = poses.len() - 1;
        let samples = || (0..=last.div_ceil(step)).map(|sample| beyond(poses, sample * step));
        let places: Vec<_> = samples().map(|(pos, _)| place(pos)).collect();
        let mut path = Path { from: from as u16, until: (from + last) as u16, ..Path::default() };
        path.x = differences(places.iter().map(|place| place.0));
        path.y = differences(places.iter().map(|place| place.1));
        if poses.iter().all(|(_, turn)| turn.is_some()) {
            path.turn = differences(unwound(samples().filter_map(|(_, turn)| turn)));
        }
        path
    }

    /// Frames that it is there.
    pub fn frames(&self) -> usize {
        usize::from(self.until.saturating_sub(self.from)) + 1
    }

    pub fn pack(&self, to: &mut Packer) {
        to.put_all(&[self.from.into(), self.until.into()]);
        to.put_all(&self.x);
        to.put_all(&self.y);
        to.put_all(&self.turn);
    }

    /// Reads one that lies within so many frames, with a sample each `step` frames.
    pub fn unpack(from: &mut Unpacker<'_>, frames: usize, step: usize, turns: bool) -> Result<Path, DecodeError> {
        let beyond = DecodeError::OutOfRange { field: "path" };
        let ends = u16::try_from(from.take()?).ok().zip(u16::try_from(from.take()?).ok());
        let (first, until) = ends.filter(|(first, until)| first <= until).ok_or(beyond.clone())?;
        let samples = usize::from(until - first).div_ceil(step) + 1;
        let (x, y) = (from.series(samples)?, from.series(samples)?);
        let turn = if turns { from.series(samples)? } else { Vec::new() };
        let path = Path { from: first, until, x, y, turn };
        if path.fits(frames, step) { Ok(path) } else { Err(beyond) }
    }

    /// Whether it lies within so many frames and within the grid, with a sample each `step` frames.
    pub fn fits(&self, frames: usize, step: usize) -> bool {
        let samples = (self.frames() - 1).div_ceil(step) + 1;
        let long = |values: &[i32]| values.len() == samples;
        self.from <= self.until
            && usize::from(self.until) < frames
            && long(&self.x)
            && long(&self.y)
            && (self.turn.is_empty() || long(&self.turn))
            && [&self.x, &self.y, &self.turn].into_iter().all(|values| is_bounded(values))
    }

    /// Whether it is there in the frame that `at` lies in.
    pub fn is_there(&self, at: f32) -> bool {
        at >= f32::from(self.from) && at < f32::from(self.until) + 1.0
    }

    /// Frames that it had been there at `at`.
    pub fn since(&self, at: f32) -> usize {
        (at - f32::from(self.from)).max(0.0) as usize
    }

    /// Where it is, `at` frames from the start; `frame_s` is how long a frame lasts.
    pub fn pose(&self, at: f32, step: usize, frame_s: f32) -> Pose {
        let sample = ((at - f32::from(self.from)) / step as f32).max(0.0);
        let last = self.x.len() - 1;
        // After the last one it goes on as it went.
        let index = (sample as usize).min(last.saturating_sub(1));
        let part = sample - index as f32;
        let [x, y, turn] = [&self.x, &self.y, &self.turn].map(|values| pair(values, index));
        let leaps = (x.1 - x.0).abs().max((y.1 - y.0).abs()) > LEAP * step as i32;
        let share = if leaps { part.floor() } else { part };
        let between = |(from, to): (i32, i32)| from as f32 + (to - from) as f32 * share;
        let way = if leaps { Vec2::ZERO } else { unplace((x.1 - x.0, y.1 - y.0)) };
        Pose {
            pos: Vec2::new(between(x), between(y)) / STEPS,
            vel: way / (frame_s * step as f32),
            turn_rad: between(turn) * (TAU / TURN_STEPS as f32),
        }
    }
}

/// The pose at `index`, which may be past the last: from there on it goes on as it went.
fn beyond(poses: &[(Vec2, Option<f32>)], index: usize) -> (Vec2, Option<f32>) {
    let last = poses.len() - 1;
    let (end, before) = (poses[last], poses[last.saturating_sub(1)]);
    let more = index.saturating_sub(last) as f32;
    let turned = end.1.zip(before.1).map(|(end, before)| Vec2::from_angle(before).angle_to(Vec2::from_angle(end)));
    if more == 0.0 {
        return poses[index];
    }
    (end.0 + (end.0 - before.0) * more, end.1.zip(turned).map(|(end, turned)| end + turned * more))
}

/// Two neighbours of a series: those at `index` and after it, twice the same at the end.
fn pair(differences: &[i32], index: usize) -> (i32, i32) {
    let (mut value, mut pace, mut before) = (0, 0, 0);
    for (at, more) in differences.iter().take(index + 2).enumerate() {
        before = value;
        if at > 0 {
            pace += more;
        }
        value = if at == 0 { *more } else { value + pace };
    }
    if differences.len() < index + 2 { (value, value) } else { (before, value) }
}

/// The first value, then how much each difference is more than the one before.
fn differences(values: impl Iterator<Item = i32>) -> Vec<i32> {
    let (mut last, mut pace) = (None, 0);
    values
        .map(|value| match last.replace(value) {
            None => value,
            Some(before) => {
                let more = value - before - pace;
                pace = value - before;
                more
            }
        })
        .collect()
}

/// Whether no value on the way leaves the grid by far.
fn is_bounded(differences: &[i32]) -> bool {
    let (mut value, mut pace) = (0i64, 0i64);
    differences.iter().enumerate().all(|(at, more)| {
        pace = if at == 0 { 0 } else { pace + i64::from(*more) };
        value = if at == 0 { i64::from(*more) } else { value + pace };
        value.abs() <= i64::from(PLACE_MAX)
    })
}

/// Directions as steps that never jump by more than half a turn.
fn unwound(turns: impl Iterator<Item = f32>) -> impl Iterator<Item = i32> {
    let mut last: Option<i32> = None;
    turns.map(move |rad| {
        let steps = (rad / TAU * TURN_STEPS as f32).round() as i32;
        let next = last.map_or(steps, |last| {
            let way = (steps - last).rem_euclid(TURN_STEPS);
            last + if way > TURN_STEPS / 2 { way - TURN_STEPS } else { way }
        });
        last = Some(next);
        next
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_path_is_where_it_was(places in prop::collection::vec((-6_000f32..6_000.0, -6_000f32..6_000.0, 0f32..TAU), 1..100), from in 0usize..20) {
            let poses: Vec<_> = places.iter().map(|(x, y, turn)| (Vec2::new(*x, *y), Some(*turn))).collect();
            let path = Path::through(from, 1, &poses);
            let mut packer = Packer::default();
            path.pack(&mut packer);
            prop_assert_eq!(Path::unpack(&mut Unpacker::new(&packer.bytes), 120, 1, true), Ok(path.clone()));
            for (index, (pos, turn)) in poses.iter().enumerate() {
                let pose = path.pose((from + index) as f32, 1, 0.05);
                prop_assert!(pose.pos.distance(*pos) < 0.2, "{index}: {pose:?} {pos}");
                let off = Vec2::from_angle(pose.turn_rad).distance(Vec2::from_angle(turn.expect("it has one")));
                prop_assert!(off < 0.01, "{index}: {pose:?} {turn:?}");
            }
        }

        #[test]
        fn any_path_that_fits_can_be_asked(x in prop::collection::vec(any::<i32>(), 0..130), y in prop::collection::vec(-9i32..9, 0..130), from: u16, until: u16, at in 0f32..200.0) {
            let path = Path { from, until, x, y, turn: Vec::new() };
            for step in [1, 5] {
                if path.fits(120, step) {
                    let pose = path.pose(at, step, 0.05);
                    prop_assert!(pose.pos.is_finite() && pose.vel.is_finite());
                }
            }
        }
    }

    #[test]
    fn between_two_samples_it_is_between_them_and_after_the_last_it_goes_on() {
        let poses: Vec<_> = (0..11).map(|frame| (Vec2::new(10.0 * frame as f32, 0.0), None)).collect();
        for step in [1, 5] {
            let path = Path::through(2, step, &poses);
            assert!(path.fits(13, step) && !path.fits(12, step));
            for at in [2.0, 4.5, 10.0, 12.9] {
                let pose = path.pose(at, step, 0.05);
                assert!((pose.pos.x - 10.0 * (at - 2.0)).abs() < 0.01, "{step} {at}: {pose:?}");
                assert!((pose.vel.x - 200.0).abs() < 0.1, "{pose:?}");
            }
            assert!(!path.is_there(1.9) && path.is_there(2.0) && path.is_there(12.9) && !path.is_there(13.0));
        }
    }
}
