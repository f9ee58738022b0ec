//! What anyone who sees a ship is told about it, and its two encodings: news against dead reckoning, or all of it.
//!
//! ```text
//! news   0                                                   exactly as reckoned
//!        1 0 C[tick]… R? V?                                  C controls of each tick since the base
//!                                                            R residual of the body, V vitals
//!        1 1 0                                               left out this time: the base stays
//!        1 1 1 whole                                         all of it
//! C      0 | 1 b 6 buttons? a 0 signed6 | a 1 bits12         same | changed
//! whole  life 8, class 4, pos 24+24, vel sized, heading 16, buttons 7, aim 12, hull 5, shield 4, protected 1
//! ```

use super::{
    bits::{BitReader, BitWriter, BitsError},
    reckon::Reckoner,
};
use crate::{
    defs::{Defs, ShipClass},
    ids::{PlayerId, ShipId},
    quantize::{Angle, Lattice},
    sim::{Buttons, Command, Kinematics, Ship, checksum::Fnv, command::AIM_STEPS, world::MILLI},
    tick::Tick,
};

/// Steps of hull that others are told (5 bits).
pub const HULL_STEPS: u8 = 31;
/// Steps of shield that others are told (4 bits): coarse, because a recharging shield would be news all the time.
pub const SHIELD_STEPS: u8 = 15;

/// A ship as others know it. Exact in motion and engines, coarse in vitals; energy, cooldown and cargo are nobody
/// else's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicShip {
    /// Which.
    pub id: ShipId,
    /// Class.
    pub class: ShipClass,
    /// Position, velocity, heading.
    pub body: Kinematics,
    /// What the engines did in the last tick.
    pub controls: Command,
    /// Hull in [`HULL_STEPS`], rounded up: 0 only when destroyed.
    pub hull: u8,
    /// Shield in [`SHIELD_STEPS`], rounded up.
    pub shield: u8,
    /// Under spawn protection.
    pub protected: bool,
}

impl PublicShip {
    /// The public part of `ship`.
    #[must_use]
    pub fn of(ship: &Ship, defs: &Defs) -> PublicShip {
        let def = defs.ship(ship.class);
        let steps = |value: i32, full: u16, steps: u8| {
            let full = i32::from(full) * MILLI;
            if full == 0 { 0 } else { (value.clamp(0, full) * i32::from(steps) + full - 1) / full }
        };
        PublicShip {
            id: ship.id,
            class: ship.class,
            body: ship.body,
            controls: ship.controls,
            hull: steps(ship.hull, def.hull, HULL_STEPS) as u8,
            shield: steps(ship.shield, def.shield, SHIELD_STEPS) as u8,
            protected: ship.protection > 0,
        }
    }

    /// Mixes everything told into a check sum.
    pub fn mix(&self, fnv: &mut Fnv) {
        fnv.word(u32::from(self.id.player.0) << 8 | u32::from(self.id.life)).body(self.body).command(self.controls);
        fnv.word(u32::from(self.hull) << 8 | u32::from(self.shield) << 1 | u32::from(self.protected));
    }

    fn vitals(&self) -> (u8, u8, bool) {
        (self.hull, self.shield, self.protected)
    }
}

/// Writes all of `ship`.
pub fn write_whole(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(u32::from(ship.id.life), 8);
    writer.bits(ship.class as u32, 4);
    write_body(writer, ship.body);
    writer.bits(u32::from(ship.controls.buttons.0), 7);
    writer.bits(u32::from(ship.controls.aim.0 / AIM_STEPS), 12);
    write_vitals(writer, ship);
}

/// Reads what [`write_whole`] wrote.
///
/// # Errors
/// When the bits end or name no class.
pub fn read_whole(reader: &mut BitReader<'_>, player: PlayerId) -> Result<PublicShip, BitsError> {
    let id = ShipId { player, life: reader.bits(8)? as u8 };
    let class = ShipClass::from_index(reader.bits(4)? as u8).ok_or(BitsError)?;
    let body = read_body(reader)?;
    let buttons = Buttons(reader.bits(7)? as u8);
    let aim = Angle(reader.bits(12)? as u16 * AIM_STEPS);
    let mut ship =
        PublicShip { id, class, body, controls: Command::new(buttons, aim), hull: 0, shield: 0, protected: false };
    read_vitals(reader, &mut ship)?;
    Ok(ship)
}

/// Writes the news of a ship: `base` is what the client knew at `from`, `path` the truth of each later tick up to
/// now, oldest first, not empty.
pub fn write_news(
    writer: &mut BitWriter,
    base: &PublicShip,
    from: Tick,
    path: &[PublicShip],
    reckoner: &mut Reckoner<'_>,
) {
    let truth = path.last().expect("a path has at least the present");
    let mut held = *base;
    let mut told = *base;
    let mut tick = from;
    for step in path {
        tick = tick.next();
        reckoner.public(&mut held, base.controls, tick);
        reckoner.public(&mut told, step.controls, tick);
    }
    if held == *truth {
        writer.flag(false);
        return;
    }
    writer.bits(0b01, 2);
    let mut before = base.controls;
    let steered = path.iter().any(|step| step.controls != base.controls);
    writer.flag(steered);
    if steered {
        for step in path {
            write_controls(writer, before, step.controls);
            before = step.controls;
        }
    }
    let residual = told.body != truth.body;
    writer.flag(residual);
    if residual {
        write_residual(writer, told.body, truth.body);
    }
    let hurt = base.vitals() != truth.vitals();
    writer.flag(hurt);
    if hurt {
        write_vitals(writer, truth);
    }
}

/// Writes that this ship is left out this time.
pub fn write_left_out(writer: &mut BitWriter) {
    writer.bits(0b011, 3);
}

/// Writes all of a ship in the place of its news.
pub fn write_whole_news(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(0b111, 3);
    write_whole(writer, ship);
}

/// Reads the news of a ship known as `base` at `from`; `None` when it was left out.
///
/// # Errors
/// When the bits make no sense.
pub fn read_news(
    reader: &mut BitReader<'_>,
    base: &PublicShip,
    from: Tick,
    to: Tick,
    reckoner: &mut Reckoner<'_>,
) -> Result<Option<PublicShip>, BitsError> {
    let ticks = to.since(from);
    if !(0..=crate::limits::HISTORY_TICKS as i32).contains(&ticks) {
        // Too old to reckon from: only "left out" or "all of it" can follow.
        return match reader.bits(3)? {
            0b011 => Ok(None),
            0b111 => read_whole(reader, base.id.player).map(Some),
            _ => Err(BitsError),
        };
    }
    let mut ship = *base;
    if !reader.flag()? {
        for i in 1..=ticks {
            reckoner.public(&mut ship, base.controls, from.plus(i));
        }
        return Ok(Some(ship));
    }
    if reader.flag()? {
        return if reader.flag()? { read_whole(reader, base.id.player).map(Some) } else { Ok(None) };
    }
    let steered = reader.flag()?;
    for i in 1..=ticks {
        let controls = if steered { read_controls(reader, ship.controls)? } else { base.controls };
        reckoner.public(&mut ship, controls, from.plus(i));
    }
    if reader.flag()? {
        ship.body = read_residual(reader, ship.body)?;
    }
    if reader.flag()? {
        read_vitals(reader, &mut ship)?;
    }
    Ok(Some(ship))
}

/// Writes a command against the one before it.
pub fn write_controls(writer: &mut BitWriter, before: Command, now: Command) {
    writer.flag(now != before);
    if now == before {
        return;
    }
    let pressed = now.buttons != before.buttons;
    writer.flag(pressed);
    if pressed {
        writer.bits(u32::from(now.buttons.0), 7);
    }
    let turn = i32::from(before.aim.to(now.aim)) / i32::from(AIM_STEPS);
    let small = (-32..32).contains(&turn);
    writer.flag(!small);
    if small {
        writer.signed(turn, 6);
    } else {
        writer.bits(u32::from(now.aim.0 / AIM_STEPS), 12);
    }
}

/// Reads what [`write_controls`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_controls(reader: &mut BitReader<'_>, before: Command) -> Result<Command, BitsError> {
    if !reader.flag()? {
        return Ok(before);
    }
    let buttons = if reader.flag()? { Buttons(reader.bits(7)? as u8) } else { before.buttons };
    let aim = if reader.flag()? {
        reader.bits(12)? as u16 * AIM_STEPS
    } else {
        before.aim.0.wrapping_add_signed(reader.signed(6)? as i16 * AIM_STEPS.cast_signed())
    };
    Ok(Command::new(buttons, Angle(aim)))
}

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

/// Writes a position: 24 bits an axis.
pub fn write_point(writer: &mut BitWriter, point: Lattice) {
    writer.signed(point.x, 24);
    writer.signed(point.y, 24);
}

/// Reads what [`write_point`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_point(reader: &mut BitReader<'_>) -> Result<Lattice, BitsError> {
    Ok(Lattice { x: reader.signed(24)?, y: reader.signed(24)? })
}

/// Writes a velocity.
pub fn write_speed(writer: &mut BitWriter, vel: Lattice) {
    writer.sized(vel.x);
    writer.sized(vel.y);
}

/// Reads what [`write_speed`] wrote.
///
/// # Errors
/// When the bits end or the speed is off the lattice.
pub fn read_speed(reader: &mut BitReader<'_>) -> Result<Lattice, BitsError> {
    let vel = Lattice { x: reader.sized()?, y: reader.sized()? };
    let max = crate::quantize::LATTICE_MAX;
    if vel.x.abs() <= max && vel.y.abs() <= max { Ok(vel) } else { Err(BitsError) }
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

fn write_vitals(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(u32::from(ship.hull), 5);
    writer.bits(u32::from(ship.shield), 4);
    writer.flag(ship.protected);
}

fn read_vitals(reader: &mut BitReader<'_>, ship: &mut PublicShip) -> Result<(), BitsError> {
    ship.hull = reader.bits(5)? as u8;
    ship.shield = reader.bits(4)? as u8;
    ship.protected = reader.flag()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::reckon::Skies, sim::golden};

    /// Plays a scripted match and sends every ship's news every `stride` ticks; the reader must end up with the
    /// truth each time. Returns mean bits per ship per message.
    fn check(stride: usize) -> f64 {
        let defs = Defs::standard();
        let mut live = golden::Match::new(&golden::SCRIPTS[1], &defs);
        let (mut server, mut client) = (Skies::default(), Skies::default());
        let mut known: Vec<Option<(PublicShip, Tick, f32)>> = vec![None; 64];
        let mut paths: Vec<Vec<PublicShip>> = vec![Vec::new(); 64];
        let (mut bits, mut messages) = (0usize, 0usize);
        for round in 0..1_800usize {
            live.advance(&defs);
            for (slot, path) in paths.iter_mut().enumerate() {
                match live.world.ship(PlayerId(slot as u16)) {
                    Some(ship) => path.push(PublicShip::of(ship, &defs)),
                    None => {
                        path.clear();
                        known[slot] = None;
                    }
                }
            }
            if round % stride != 0 {
                continue;
            }
            let (tick, layout) = (live.world.tick, live.world.layout.clone());
            for (slot, path) in paths.iter_mut().enumerate() {
                let Some(truth) = path.last().copied() else { continue };
                let mut writer = BitWriter::default();
                match known[slot] {
                    Some((base, from, edge_radius))
                        if base.id == truth.id && path.len() == tick.since(from) as usize =>
                    {
                        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut server, edge_radius };
                        write_news(&mut writer, &base, from, path, &mut reckoner);
                        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut client, edge_radius };
                        let mut reader = BitReader::new(writer.bytes());
                        let read = read_news(&mut reader, &base, from, tick, &mut reckoner).unwrap();
                        assert_eq!(read, Some(truth), "slot {slot} at {tick:?}");
                        bits += writer.len();
                        messages += 1;
                    }
                    _ => {
                        write_whole(&mut writer, &truth);
                        let read = read_whole(&mut BitReader::new(writer.bytes()), truth.id.player);
                        assert_eq!(read, Ok(truth));
                    }
                }
                known[slot] = Some((truth, tick, live.world.edge.radius_u()));
                path.clear();
            }
        }
        bits as f64 / messages as f64
    }

    #[test]
    fn news_brings_the_reader_exactly_to_the_truth() {
        for stride in [1, 3, 7, 30] {
            check(stride);
        }
        // Sixteen brawling ships that all re-aim in every tick; a struct of floats would be 200 bits.
        let mean = check(2);
        assert!(mean < 40.0, "{mean} bits per ship");
    }
}
