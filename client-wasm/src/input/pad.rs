//! Gamepads: which buttons are held, where the sticks point. Invariant: what was down when a gamepad appeared, or when the
//! window lost its focus, counts only after it was let go; a gamepad that is gone holds nothing.

use glam::Vec2;
use shared::quantize::Angle;

/// A stick within this share of its way rests: worn sticks do not come back to the middle.
const DEAD_ZONE: f32 = 0.28;

/// Buttons of the standard mapping that go about in cards.
pub const A: u8 = 0;
/// Back.
pub const B: u8 = 1;
/// The cross.
pub const UP: u8 = 12;
/// The cross.
pub const DOWN: u8 = 13;
/// The cross.
pub const LEFT: u8 = 14;
/// The cross.
pub const RIGHT: u8 = 15;

/// What the gamepads of a moment say, all of them together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// Bits of the buttons that are down, by their number in the standard mapping.
    pub buttons: u32,
    /// The stick that is pushed farthest, -1..1, +y up.
    pub stick: Vec2,
}

/// The state of the gamepad.
#[derive(Debug, Clone, Default)]
pub struct Pad {
    here: bool,
    down: u32,
    /// Down, but not to be counted until let go.
    ignored: u32,
    way: Option<Angle>,
}

impl Pad {
    /// Takes what is read in a frame, `None` without a gamepad; gives back bits of the buttons pressed since.
    pub fn update(&mut self, reading: Option<Reading>) -> u32 {
        let Some(reading) = reading else {
            *self = Pad::default();
            return 0;
        };
        if !self.here {
            *self = Pad { here: true, ignored: reading.buttons, ..Pad::default() };
        }
        self.ignored &= reading.buttons;
        let down = reading.buttons & !self.ignored;
        let pressed = down & !self.down;
        self.down = down;
        // A reading that is not a number is no push either.
        self.way = (reading.stick.length() > DEAD_ZONE).then(|| Angle::of(reading.stick));
        pressed
    }

    /// Lets go of everything; what is down counts again when it was let go.
    pub fn release(&mut self) {
        self.ignored |= self.down;
        (self.down, self.way) = (0, None);
    }

    /// Bits of the buttons held.
    #[must_use]
    pub fn down(&self) -> u32 {
        self.down
    }

    /// Where the stick points, if it is pushed.
    #[must_use]
    pub fn way(&self) -> Option<Angle> {
        self.way
    }

    /// Something is held or pushed.
    #[must_use]
    pub fn in_use(&self) -> bool {
        self.down != 0 || self.way.is_some()
    }
}

/// Numbers of the bits that are set.
pub fn numbers(bits: u32) -> impl Iterator<Item = u8> {
    (0..32).filter(move |number| bits >> number & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(buttons: u32, x: f32, y: f32) -> Option<Reading> {
        Some(Reading { buttons, stick: Vec2::new(x, y) })
    }

    #[test]
    fn what_was_down_at_first_counts_after_it_was_let_go() {
        let mut pad = Pad::default();
        assert_eq!((pad.update(reading(0b11, 0.0, 0.0)), pad.down()), (0, 0));
        assert_eq!((pad.update(reading(0b10, 0.0, 0.0)), pad.down()), (0, 0));
        assert_eq!((pad.update(reading(0b01, 0.0, 0.0)), pad.down()), (0b01, 0b01));
        assert_eq!((pad.update(reading(0b01, 0.0, 0.0)), pad.down()), (0, 0b01));
    }

    #[test]
    fn a_pad_that_vanishes_or_a_lost_focus_lets_go_of_everything() {
        for vanish in [false, true] {
            let mut pad = Pad::default();
            pad.update(reading(0, 0.0, 0.0));
            pad.update(reading(0b100, 1.0, 0.0));
            assert!(pad.in_use());
            if vanish {
                pad.update(None);
            } else {
                pad.release();
            }
            assert!(!pad.in_use());
            pad.update(reading(0b100, 0.0, 0.0));
            assert_eq!(pad.down(), 0, "still held from before; vanished: {vanish}");
        }
    }

    #[test]
    fn a_worn_stick_rests_and_a_pushed_one_points() {
        let mut pad = Pad::default();
        for (x, y, degrees) in [
            (0.2, 0.15, None),
            (1.0, 0.0, Some(0)),
            (0.0, 1.0, Some(90)),
            (-0.9, -0.9, Some(-135)),
            (f32::NAN, 1.0, None),
        ] {
            pad.update(reading(0, x, y));
            let way = pad.way().map(|way| way.to_rad().to_degrees().round() as i32);
            assert_eq!(way.map(|way| (way + 360) % 360), degrees.map(|way: i32| (way + 360) % 360), "{x}, {y}");
        }
    }

    #[test]
    fn bits_have_numbers() {
        assert_eq!(numbers(0b1000_0101).collect::<Vec<_>>(), [0, 2, 7]);
        assert_eq!(numbers(u32::MAX).count(), 32);
    }
}
