//! Commands as bits: each against the one before it.
//!
//! ```text
//! C      0 | 1 D                            same | changed
//! S      as C, but where the aim moved in the tick before as well, T stands for A
//! T      0 | 1 0 s1 | 1 1 A                 by as much as then | by one step more or less | otherwise
//! D      0 A | 1 0 B | 1 1 B A              aim | buttons | both
//! B      1 bit3 | 0 buttons8                one toggled | all anew
//! A      00 s1 m2 | 01 s1 m4 | 10 s1 m6     by ±1…4, ±5…20, ±21…84 steps of aim
//!        11 aim12                           anew
//! ```

use super::bits::{BitReader, BitWriter, BitsError};
use crate::{
    quantize::Angle,
    sim::{Buttons, Command, command::AIM_STEPS},
};

/// Bits of all buttons.
pub const BUTTON_BITS: u32 = 8;

/// Writes a command against the one before it.
pub fn write_controls(writer: &mut BitWriter, before: Command, now: Command) {
    writer.flag(now != before);
    if now != before {
        write_difference(writer, before, now, None);
    }
}

/// Reads what [`write_controls`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_controls(reader: &mut BitReader<'_>, before: Command) -> Result<Command, BitsError> {
    if reader.flag()? { read_difference(reader, before, None) } else { Ok(before) }
}

/// Ends of the classes of aim differences, steps, and the bits of what is above the class's start.
const AIM_CLASSES: [(i32, i32, u32); 3] = [(0, 4, 2), (4, 20, 4), (20, 84, 6)];

/// Writes the difference of two commands that differ; `turned`: by how much the aim moved in the tick before, if it did.
pub fn write_difference(writer: &mut BitWriter, before: Command, now: Command, turned: Option<i32>) {
    let toggled = before.buttons.0 ^ now.buttons.0;
    let turn = turn_of(before, now);
    match (toggled != 0, turn != 0) {
        (false, _) => writer.flag(false),
        (true, aimed) => writer.bits(1 | u32::from(aimed) << 1, 2),
    }
    if toggled.is_power_of_two() {
        writer.bits(1 | toggled.trailing_zeros() << 1, 4);
    } else if toggled != 0 {
        writer.bits(u32::from(now.buttons.0) << 1, 1 + BUTTON_BITS);
    }
    if turn == 0 && toggled != 0 {
        return;
    }
    if let Some(turned) = turned {
        match turn - turned {
            0 => return writer.bits(0, 1),
            more @ (-1 | 1) => return writer.bits(1 | u32::from(more < 0) << 2, 3),
            _ => writer.bits(3, 2),
        }
    }
    let size = turn.abs();
    match AIM_CLASSES.iter().position(|(_, end, _)| size <= *end) {
        Some(class) => {
            let (start, _, bits) = AIM_CLASSES[class];
            writer.bits(class as u32 | u32::from(turn < 0) << 2 | ((size - start - 1) as u32) << 3, 3 + bits);
        }
        None => writer.bits(3 | u32::from(now.aim.0 / AIM_STEPS) << 2, 14),
    }
}

/// Reads what [`write_difference`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_difference(reader: &mut BitReader<'_>, before: Command, turned: Option<i32>) -> Result<Command, BitsError> {
    let pressed = reader.flag()?;
    let aimed = !pressed || reader.flag()?;
    let mut buttons = before.buttons.0;
    if pressed {
        buttons = if reader.flag()? { buttons ^ 1 << reader.bits(3)? } else { reader.bits(BUTTON_BITS)? as u8 };
    }
    let aim = if aimed { read_aim(reader, before.aim, turned)? } else { before.aim };
    Ok(Command::new(Buttons(buttons), aim))
}

fn read_aim(reader: &mut BitReader<'_>, before: Angle, turned: Option<i32>) -> Result<Angle, BitsError> {
    // Rubbish may turn on from half a turn: as an aim does, it comes round.
    let turned_by = |steps: i32| Angle(before.0.wrapping_add_signed((steps * i32::from(AIM_STEPS)) as i16));
    if let Some(turned) = turned {
        if !reader.flag()? {
            return Ok(turned_by(turned));
        }
        if !reader.flag()? {
            return Ok(turned_by(if reader.flag()? { turned - 1 } else { turned + 1 }));
        }
    }
    match AIM_CLASSES.get(reader.bits(2)? as usize) {
        Some(&(start, _, bits)) => {
            let left = reader.flag()?;
            let size = start + 1 + reader.bits(bits)? as i32;
            Ok(turned_by(if left { -size } else { size }))
        }
        None => Ok(Angle(reader.bits(12)? as u16 * AIM_STEPS)),
    }
}

/// Writes the commands of successive ticks, each against the one before it.
pub fn write_steering(writer: &mut BitWriter, mut before: Command, commands: impl Iterator<Item = Command>) {
    let mut turned = None;
    for now in commands {
        writer.flag(now != before);
        if now != before {
            write_difference(writer, before, now, turned);
        }
        turned = Some(turn_of(before, now)).filter(|turn| *turn != 0);
        before = now;
    }
}

/// Reads one of the commands that [`write_steering`] wrote; `turned` goes from one to the next and begins as `None`.
///
/// # Errors
/// When the bits end.
pub fn read_steering(
    reader: &mut BitReader<'_>,
    before: Command,
    turned: &mut Option<i32>,
) -> Result<Command, BitsError> {
    let now = if reader.flag()? { read_difference(reader, before, *turned)? } else { before };
    *turned = Some(turn_of(before, now)).filter(|turn| *turn != 0);
    Ok(now)
}

/// By how many steps of aim `now` differs from `before`, the short way.
fn turn_of(before: Command, now: Command) -> i32 {
    i32::from(before.aim.to(now.aim)) / i32::from(AIM_STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_turn_beyond_half_a_turn_comes_round() {
        for (turned, less, steps) in [(2_047, 0, 2_048), (-2_048, 1, 2_047), (0, 0, 1), (0, 1, 4_095)] {
            let mut writer = BitWriter::default();
            // No button, an aim; not the same turn, but one beside it, on this side.
            writer.bits(0b010 | less << 3, 4);
            let now = read_difference(&mut BitReader::new(writer.bytes()), Command::default(), Some(turned)).unwrap();
            assert_eq!(now.aim, Angle(steps * AIM_STEPS), "{turned} {less}");
        }
    }

    proptest! {
        #[test]
        fn commands_survive_as_differences(before in any::<(u8, u16)>(), now in any::<(u8, u16)>(), nudge in -90i16..90) {
            let command = |(buttons, aim)| Command::new(Buttons(buttons), Angle(aim));
            let before = command(before);
            let near = Command { aim: Angle(before.aim.0.wrapping_add_signed(nudge * 16)), ..before };
            for now in [command(now), near, Command { buttons: Buttons(before.buttons.0 ^ 4), ..before }, before] {
                let mut writer = BitWriter::default();
                write_controls(&mut writer, before, now);
                prop_assert_eq!(read_controls(&mut BitReader::new(writer.bytes()), before), Ok(now));
                prop_assert!(writer.len() <= 26);
            }
        }
    }
}
