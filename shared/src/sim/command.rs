//! A pilot's intent for one tick. Invariant: it carries buttons and a direction, never a position, a time step or
//! a result; a decoded command is already in range.

use serde::{Deserialize, Serialize};

use crate::quantize::Angle;

/// Buttons held, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Buttons(pub u8);

impl Buttons {
    /// Main engine.
    pub const THRUST: u8 = 1;
    /// Reverse engine.
    pub const REVERSE: u8 = 2;
    /// Sidewards, to the left of the nose.
    pub const LEFT: u8 = 4;
    /// Sidewards, to the right.
    pub const RIGHT: u8 = 8;
    /// Primary weapon.
    pub const FIRE: u8 = 16;
    /// Boost.
    pub const BOOST: u8 = 32;
    /// Slow down.
    pub const BRAKE: u8 = 64;
    /// What the class can do besides.
    pub const SPECIAL: u8 = 128;
    /// Every bit with a meaning.
    pub const MASK: u8 = 255;

    /// Whether any of `bits` is held.
    #[must_use]
    pub fn any(self, bits: u8) -> bool {
        self.0 & bits != 0
    }

    /// With `bits` added or removed.
    #[must_use]
    pub fn with(self, bits: u8, held: bool) -> Buttons {
        Buttons(if held { self.0 | bits } else { self.0 & !bits })
    }
}

/// A pilot's intent for one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(u8, u16)", into = "(u8, u16)")]
pub struct Command {
    /// What is held.
    pub buttons: Buttons,
    /// Where the nose should point; on the [`AIM_STEPS`] grid.
    pub aim: Angle,
}

/// Aim is sent in 4,096 steps of 16 (0.09°): finer than a pointer, and four bits cheaper.
pub const AIM_STEPS: u16 = 16;

impl Command {
    /// A command in range: unknown buttons cleared, aim rounded down to its grid.
    #[must_use]
    pub fn new(buttons: Buttons, aim: Angle) -> Command {
        Command { buttons: Buttons(buttons.0 & Buttons::MASK), aim: Angle(aim.0 / AIM_STEPS * AIM_STEPS) }
    }

    /// No buttons, same aim: what a silent pilot is taken to want.
    #[must_use]
    pub fn neutral(self) -> Command {
        Command { buttons: Buttons(0), aim: self.aim }
    }
}

impl From<(u8, u16)> for Command {
    fn from((buttons, aim): (u8, u16)) -> Command {
        Command::new(Buttons(buttons), Angle(aim.wrapping_mul(AIM_STEPS)))
    }
}

impl From<Command> for (u8, u16) {
    fn from(command: Command) -> (u8, u16) {
        (command.buttons.0, command.aim.0 / AIM_STEPS)
    }
}
