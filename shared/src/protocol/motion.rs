//! Bodies as bits: in full, or as the residual against a reckoned one.
//!
//! ```text
//! body     point, speed, heading 16
//! point    0 x22 y22 | 1 x24 y24
//! speed    class 2, x y in 12, 17, 20 or 24 bits; all signed
//! residual x y of the position, x y of the velocity, heading; each sized
//! ```

use super::bits::{BitReader, BitWriter, BitsError};
use crate::{
    quantize::{Angle, Lattice},
    sim::Kinematics,
};

/// Writes a body in full.
pub fn write_body(writer: &mut BitWriter, body: Kinematics) {
    write_point(writer, body.pos);
    write_speed(writer, body.vel);
    writer.bits(u32::from(body.heading.0), 16);
}

/// Reads what [`write_body`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_body(reader: &mut BitReader<'_>) -> Result<Kinematics, BitsError> {
    Ok(Kinematics { pos: read_point(reader)?, vel: read_speed(reader)?, heading: Angle(reader.bits(16)? as u16) })
}

/// Writes a position: 22 bits an axis (±8,192 u, any arena and a wide rim), else 24.
pub fn write_point(writer: &mut BitWriter, point: Lattice) {
    let far = !fits(point, 22);
    writer.flag(far);
    let bits = if far { 24 } else { 22 };
    writer.signed(point.x, bits);
    writer.signed(point.y, bits);
}

/// Reads what [`write_point`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_point(reader: &mut BitReader<'_>) -> Result<Lattice, BitsError> {
    let bits = if reader.flag()? { 24 } else { 22 };
    Ok(Lattice { x: reader.signed(bits)?, y: reader.signed(bits)? })
}

/// Bits an axis of velocities: up to 8 u/s (things at rest), 256 u/s (most ships), 2,048 u/s (shots), anything.
const SPEED_BITS: [u32; 4] = [12, 17, 20, 24];

/// Writes a velocity: a class, and both axes in its bits.
pub fn write_speed(writer: &mut BitWriter, vel: Lattice) {
    let class = SPEED_BITS.iter().position(|bits| fits(vel, *bits)).expect("the lattice fits 24 bits");
    writer.bits(class as u32, 2);
    writer.signed(vel.x, SPEED_BITS[class]);
    writer.signed(vel.y, SPEED_BITS[class]);
}

/// Reads what [`write_speed`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_speed(reader: &mut BitReader<'_>) -> Result<Lattice, BitsError> {
    let bits = SPEED_BITS[reader.bits(2)? as usize];
    Ok(Lattice { x: reader.signed(bits)?, y: reader.signed(bits)? })
}

/// Whether both coordinates fit `bits` signed bits.
fn fits(point: Lattice, bits: u32) -> bool {
    let end = 1 << (bits - 1);
    let range = -end..end;
    range.contains(&point.x) && range.contains(&point.y)
}

/// Writes by how much a body differs from the reckoned one.
pub fn write_residual(writer: &mut BitWriter, reckoned: Kinematics, truth: Kinematics) {
    writer.sized(truth.pos.x - reckoned.pos.x);
    writer.sized(truth.pos.y - reckoned.pos.y);
    writer.sized(truth.vel.x - reckoned.vel.x);
    writer.sized(truth.vel.y - reckoned.vel.y);
    writer.sized(i32::from(reckoned.heading.to(truth.heading)));
}

/// Reads what [`write_residual`] wrote.
///
/// # Errors
/// When the bits end or the result is off the lattice.
pub fn read_residual(reader: &mut BitReader<'_>, reckoned: Kinematics) -> Result<Kinematics, BitsError> {
    let mut axis = |value: i32| {
        let sum = value.checked_add(reader.sized()?).ok_or(BitsError)?;
        if sum.unsigned_abs() <= 1 << 23 { Ok(sum) } else { Err(BitsError) }
    };
    let pos = Lattice { x: axis(reckoned.pos.x)?, y: axis(reckoned.pos.y)? };
    let vel = Lattice { x: axis(reckoned.vel.x)?, y: axis(reckoned.vel.y)? };
    let turn = reader.sized()? as u16;
    Ok(Kinematics { pos, vel, heading: Angle(reckoned.heading.0.wrapping_add(turn)) })
}
