//! A command as it travels: what is held, how often it was pressed, and what the pilot was looking at. Invariant:
//! counters only ever say "pressed again", so a command that comes late, twice or in the place of another neither
//! loses nor doubles a tap; and a claim about the picture is a small number, never a position.

use serde::{Deserialize, Serialize};

use crate::{
    quantize::Angle,
    sim::{Buttons, Command, command::AIM_STEPS},
};

/// How often trigger and boost were pressed since the connection began, modulo 4 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Edges {
    fire: u8,
    boost: u8,
}

impl Edges {
    /// Counts what is held `now` and was not `before`.
    #[must_use]
    pub fn pressed(self, before: Buttons, now: Buttons) -> Edges {
        let fresh = |bit| u8::from(now.any(bit) && !before.any(bit));
        Edges { fire: (self.fire + fresh(Buttons::FIRE)) % 4, boost: (self.boost + fresh(Buttons::BOOST)) % 4 }
    }

    /// The buttons pressed at least once since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Edges) -> Buttons {
        Buttons(0).with(Buttons::FIRE, self.fire != earlier.fire).with(Buttons::BOOST, self.boost != earlier.boost)
    }

    fn bits(self) -> u8 {
        self.fire | (self.boost << 2)
    }

    fn from_bits(bits: u8) -> Edges {
        Edges { fire: bits & 3, boost: (bits >> 2) & 3 }
    }
}

/// A command on the wire: the buttons, then the aim in 12 bits with the counters in the 4 above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(u8, u16)", into = "(u8, u16)")]
pub struct SentCommand {
    /// What is held, and where the nose should point.
    pub command: Command,
    /// How often things were pressed up to and with it.
    pub edges: Edges,
}

impl From<(u8, u16)> for SentCommand {
    fn from((buttons, packed): (u8, u16)) -> SentCommand {
        let aim = Angle(packed.wrapping_mul(AIM_STEPS));
        SentCommand { command: Command::new(Buttons(buttons), aim), edges: Edges::from_bits((packed >> 12) as u8) }
    }
}

impl From<SentCommand> for (u8, u16) {
    fn from(sent: SentCommand) -> (u8, u16) {
        (sent.command.buttons.0, (sent.command.aim.0 / AIM_STEPS) | (u16::from(sent.edges.bits()) << 12))
    }
}

/// Parts of a tick in which a picture's moment is told.
pub const SEEN_PARTS: u8 = 8;

/// What the pilot was looking at, against the tick of the batch's last command, in [`SEEN_PARTS`] of a tick. That a
/// picture was from the future cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// How far before that tick the moment lay at which other ships were shown; 255 is "longer".
    pub back: u8,
    /// How far behind its own clock this client draws other ships by design: its interpolation delay. A client that
    /// simulates them forward to its own present says [`Seen::PRESENT`].
    pub delay: u8,
}

impl Seen {
    /// The delay of a picture at the own present: it lies between the last tick and the one before, and the command
    /// that answers it is for the next one; one and a half ticks on average.
    pub const PRESENT: u8 = SEEN_PARTS * 3 / 2;

    /// A picture `ticks` before the command's tick, of a client that draws the present.
    #[must_use]
    pub fn present(ticks: f32) -> Seen {
        Seen { back: (ticks * f32::from(SEEN_PARTS)).clamp(0.0, 255.0) as u8, delay: Seen::PRESENT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn presses_are_counted_and_holding_is_not() {
        let (up, fire, both) = (Buttons(0), Buttons(Buttons::FIRE), Buttons(Buttons::FIRE | Buttons::BOOST));
        let start = Edges::default();
        let once = start.pressed(up, fire).pressed(fire, fire);
        assert_eq!((once.since(start), once.since(once)), (fire, up));
        assert_eq!(once.pressed(fire, both).since(once), Buttons(Buttons::BOOST));
        assert_eq!(once.pressed(fire, up).pressed(up, both).since(start), both);
        let thrust = Buttons(Buttons::THRUST);
        assert_eq!(start.pressed(up, thrust).since(start), up, "engines are held, not pressed");
    }

    proptest! {
        #[test]
        fn every_pair_is_a_command_in_range_and_survives(buttons: u8, packed: u16) {
            let sent = SentCommand::from((buttons, packed));
            prop_assert!(sent.command.aim.0.is_multiple_of(AIM_STEPS));
            prop_assert_eq!(<(u8, u16)>::from(sent), (buttons & Buttons::MASK, packed));
            prop_assert_eq!(SentCommand::from(<(u8, u16)>::from(sent)), sent);
        }
    }
}
