//! Two floating sticks for thumbs: the left half of the screen flies (nose and thrust), the right half shoots
//! (nose and trigger). Invariant: a stick belongs to one pointer id from touch to release; losing the focus
//! clears both.

use glam::Vec2;
use shared::{quantize::Angle, sim::Buttons};

/// A push shorter than this is a resting thumb, CSS px.
const DEAD_ZONE_PX: f32 = 12.0;
/// A push this long is full, CSS px; it is also the drawn radius.
pub const RADIUS_PX: f32 = 56.0;
/// Beyond this the left stick boosts, CSS px: a push one does not make by accident.
const BOOST_PX: f32 = 110.0;

/// One stick under a thumb.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stick {
    id: i32,
    /// Where the thumb came down, CSS px.
    pub origin: Vec2,
    /// Where it is now, CSS px.
    pub at: Vec2,
}

impl Stick {
    fn push(&self) -> Option<Vec2> {
        let push = self.at - self.origin;
        (push.length() > DEAD_ZONE_PX).then_some(push)
    }

    /// The knob: the thumb, kept within the drawn ring.
    #[must_use]
    pub fn knob(&self) -> Vec2 {
        self.origin + (self.at - self.origin).clamp_length_max(RADIUS_PX)
    }
}

/// Both sticks.
#[derive(Debug, Clone, Default)]
pub struct Touch {
    /// Flies.
    pub left: Option<Stick>,
    /// Shoots.
    pub right: Option<Stick>,
}

impl Touch {
    /// A finger came down.
    pub fn down(&mut self, id: i32, pos: Vec2, width_px: f32) {
        let stick = if pos.x < width_px * 0.5 { &mut self.left } else { &mut self.right };
        stick.get_or_insert(Stick { id, origin: pos, at: pos });
    }

    /// A finger moved.
    pub fn moved(&mut self, id: i32, pos: Vec2) {
        for stick in [&mut self.left, &mut self.right].into_iter().flatten().filter(|stick| stick.id == id) {
            stick.at = pos;
        }
    }

    /// A finger left.
    pub fn up(&mut self, id: i32) {
        for stick in [&mut self.left, &mut self.right] {
            if stick.is_some_and(|held| held.id == id) {
                *stick = None;
            }
        }
    }

    /// All fingers are gone.
    pub fn clear(&mut self) {
        *self = Touch::default();
    }

    /// What the sticks hold.
    #[must_use]
    pub fn buttons(&self) -> Buttons {
        let flies = self.left.and_then(|stick| stick.push());
        Buttons(0)
            .with(Buttons::THRUST, flies.is_some())
            .with(Buttons::BOOST, flies.is_some_and(|push| push.length() > BOOST_PX))
            .with(Buttons::FIRE, self.right.and_then(|stick| stick.push()).is_some())
    }

    /// Where they point the nose; shooting wins over flying.
    #[must_use]
    pub fn aim(&self) -> Option<Angle> {
        let push = self.right.and_then(|stick| stick.push()).or_else(|| self.left.and_then(|stick| stick.push()))?;
        Some(Angle::of(Vec2::new(push.x, -push.y)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stick_keeps_its_own_finger() {
        let mut touch = Touch::default();
        touch.down(7, Vec2::new(100.0, 700.0), 390.0);
        touch.down(9, Vec2::new(300.0, 700.0), 390.0);
        touch.moved(7, Vec2::new(100.0, 660.0));
        assert_eq!(touch.buttons().0, Buttons::THRUST);
        assert_eq!(touch.aim(), Some(Angle::of(Vec2::Y)));
        touch.moved(9, Vec2::new(340.0, 700.0));
        assert_eq!(touch.buttons().0, Buttons::THRUST | Buttons::FIRE);
        assert_eq!(touch.aim(), Some(Angle::of(Vec2::X)), "shooting aims");
        touch.up(7);
        assert_eq!(touch.buttons().0, Buttons::FIRE);
        touch.clear();
        assert_eq!((touch.buttons().0, touch.aim()), (0, None));
    }

    #[test]
    fn a_resting_thumb_does_nothing_and_a_third_finger_steals_nothing() {
        let mut touch = Touch::default();
        touch.down(1, Vec2::new(100.0, 700.0), 390.0);
        touch.moved(1, Vec2::new(105.0, 700.0));
        assert_eq!((touch.buttons().0, touch.aim()), (0, None));
        touch.down(2, Vec2::new(50.0, 700.0), 390.0);
        assert_eq!(touch.left.map(|stick| stick.origin), Some(Vec2::new(100.0, 700.0)));
    }
}
