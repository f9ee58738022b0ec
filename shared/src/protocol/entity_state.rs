//! What anyone who sees a ship is told about it, and its two encodings: news against dead reckoning, or all of it.
//!
//! ```text
//! news   0                                  exactly as reckoned with the engines as they were
//!        1 0 t D                            the engines changed once, in the t-th tick since the base; else as reckoned
//!        1 1 0 S[tick]…                     they changed more often: S for each tick since the base; else as reckoned
//!        1 1 1 0 c S[tick]… r R v V         c: S as above; r: R residual of the body, v: V vitals
//!        1 1 1 1 0                          left out this time: the base stays
//!        1 1 1 1 1 whole                    all of it
//! C      0 | 1 D                            same | changed
//! S      as C, but where the aim moved in the tick before as well, T stands for A
//! T      0 | 1 0 s1 | 1 1 A                 by as much as then | by one step more or less | otherwise
//! D      0 A | 1 0 B | 1 1 B A              aim | buttons | both
//! B      1 bit3 | 0 buttons7                one toggled | all anew
//! A      00 s1 m2 | 01 s1 m4 | 10 s1 m6     by ±1…4, ±5…20, ±21…84 steps of aim
//!        11 aim12                           anew
//! whole  life 8, class 4, point, speed, heading 16, buttons 7, aim 12, hull 5, shield 4, protected 1, charging 1
//! point  0 x22 y22 | 1 x24 y24; speed: class 2, x y in 12, 17, 20 or 24 bits; all signed
//! ```

use super::{
    bits::{BitReader, BitWriter, BitsError},
    reckon::Reckoner,
};
use crate::{
    defs::{Defs, ShipClass},
    ids::{PlayerId, ShipId},
    limits::HISTORY_TICKS,
    quantize::{Angle, Lattice},
    rng::mix,
    sim::{Buttons, Command, Kinematics, Ship, command::AIM_STEPS, world::MILLI},
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
    /// A ray is charging: whoever sees the ship sees that, and may dodge.
    pub charging: bool,
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
            charging: ship.charge > 0,
        }
    }

    /// Check sum of everything told.
    #[must_use]
    pub fn sum(&self) -> u64 {
        let pair = |a: u32, b: u32| u64::from(a) << 32 | u64::from(b);
        let (pos, vel) = (self.body.pos, self.body.vel);
        let who = u32::from(self.id.player.0) << 8 | u32::from(self.id.life);
        let engines = u32::from(self.controls.buttons.0) << 16 | u32::from(self.controls.aim.0);
        let flags = u32::from(self.charging) << 1 | u32::from(self.protected);
        let vitals = u32::from(self.hull) << 8 | u32::from(self.shield) << 2 | flags;
        let words = [
            pair(pos.x.cast_unsigned(), pos.y.cast_unsigned()),
            pair(vel.x.cast_unsigned(), vel.y.cast_unsigned()),
            pair(who, engines),
            pair(u32::from(self.body.heading.0), vitals),
        ];
        words.into_iter().fold(0, |sum, word| mix(sum ^ word))
    }

    fn vitals(&self) -> (u8, u8, bool, bool) {
        (self.hull, self.shield, self.protected, self.charging)
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
    let controls = Command::new(buttons, aim);
    let mut ship = PublicShip { id, class, body, controls, hull: 0, shield: 0, protected: false, charging: false };
    read_vitals(reader, &mut ship)?;
    Ok(ship)
}

/// Writes the news of a ship: `base` is what the client knew at `from`, `path` the truth of each later tick up to
/// now, oldest first, not empty. `reckoned` becomes the ship's body at each of these ticks as the reader will reckon
/// it, before any residual: where its shots start.
pub fn write_news(
    writer: &mut BitWriter,
    base: &PublicShip,
    from: Tick,
    path: &[PublicShip],
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
) {
    let truth = path.last().expect("a path has at least the present");
    let steered = path.iter().any(|step| step.controls != base.controls);
    let mut held = *base;
    if steered || !reckon(&mut held, from, path.iter().map(|_| base.controls), reckoner, reckoned, truth) {
        write_change(writer, base, from, path, reckoner, reckoned);
    } else {
        writer.flag(false);
    }
}

/// Runs `ship` through one tick for each of `controls`; whether it ends as `truth`.
fn reckon(
    ship: &mut PublicShip,
    from: Tick,
    controls: impl Iterator<Item = Command>,
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
    truth: &PublicShip,
) -> bool {
    reckoned.clear();
    for (i, controls) in controls.enumerate() {
        reckoner.public(ship, controls, from.plus(i as i32 + 1));
        reckoned.push(ship.body);
    }
    ship == truth
}

fn write_change(
    writer: &mut BitWriter,
    base: &PublicShip,
    from: Tick,
    path: &[PublicShip],
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
) {
    let truth = path.last().expect("a path has at least the present");
    let mut told = *base;
    if reckon(&mut told, from, path.iter().map(|step| step.controls), reckoner, reckoned, truth) {
        match single_change(base.controls, path) {
            Some(change) => {
                writer.bits(0b01, 2);
                writer.below(change, path.len());
                write_difference(writer, base.controls, path[change].controls, None);
            }
            None => {
                writer.bits(0b011, 3);
                write_steering(writer, base.controls, path);
            }
        }
        return;
    }
    writer.bits(0b0111, 4);
    let steered = path.iter().any(|step| step.controls != base.controls);
    writer.flag(steered);
    if steered {
        write_steering(writer, base.controls, path);
    }
    let moved = told.body != truth.body;
    writer.flag(moved);
    if moved {
        write_residual(writer, told.body, truth.body);
    }
    let hurt = base.vitals() != truth.vitals();
    writer.flag(hurt);
    if hurt {
        write_vitals(writer, truth);
    }
}

fn write_steering(writer: &mut BitWriter, mut before: Command, path: &[PublicShip]) {
    let mut turned = None;
    for step in path {
        let now = step.controls;
        writer.flag(now != before);
        if now != before {
            write_difference(writer, before, now, turned);
        }
        turned = Some(turn_of(before, now)).filter(|turn| *turn != 0);
        before = now;
    }
}

fn read_steering(reader: &mut BitReader<'_>, before: Command, turned: &mut Option<i32>) -> Result<Command, BitsError> {
    let now = if reader.flag()? { read_difference(reader, before, *turned)? } else { before };
    *turned = Some(turn_of(before, now)).filter(|turn| *turn != 0);
    Ok(now)
}

/// By how many steps of aim `now` differs from `before`, the short way.
fn turn_of(before: Command, now: Command) -> i32 {
    i32::from(before.aim.to(now.aim)) / i32::from(AIM_STEPS)
}

/// Where in `path` the controls change, if they do exactly once.
fn single_change(before: Command, path: &[PublicShip]) -> Option<usize> {
    let change = path.iter().position(|step| step.controls != before)?;
    let now = path[change].controls;
    path[change..].iter().all(|step| step.controls == now).then_some(change)
}

/// Writes that this ship is left out this time.
pub fn write_left_out(writer: &mut BitWriter) {
    writer.bits(0b0_1111, 5);
}

/// Bits of [`write_left_out`].
pub const LEFT_OUT_BITS: usize = 5;

/// Writes all of a ship in the place of its news.
pub fn write_whole_news(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(0b1_1111, 5);
    write_whole(writer, ship);
}

/// Reads the news of a ship known as `base` at `from`; `None` when it was left out. `reckoned` becomes what the writer's
/// became; empty where nothing was reckoned.
///
/// # Errors
/// When the bits make no sense.
pub fn read_news(
    reader: &mut BitReader<'_>,
    base: &PublicShip,
    from: Tick,
    to: Tick,
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
) -> Result<Option<PublicShip>, BitsError> {
    reckoned.clear();
    let ticks = to.since(from);
    // A ship left out for long is too old to reckon from: only "left out" or "all of it" can follow.
    let known = (0..HISTORY_TICKS as i32).contains(&ticks);
    let mut ship = *base;
    if !reader.flag()? {
        return if known { Ok(Some(reckon_held(ship, from, ticks, reckoner, reckoned))) } else { Err(BitsError) };
    }
    if !reader.flag()? {
        let change = reader.below(if known { ticks as usize } else { 0 })?;
        let controls = read_difference(reader, base.controls, None)?;
        for i in 0..ticks {
            let engines = if i as usize >= change { controls } else { base.controls };
            reckoner.public(&mut ship, engines, from.plus(i + 1));
            reckoned.push(ship.body);
        }
        return Ok(Some(ship));
    }
    let disturbed = reader.flag()?;
    if disturbed && reader.flag()? {
        return if reader.flag()? { read_whole(reader, base.id.player).map(Some) } else { Ok(None) };
    }
    if !known {
        return Err(BitsError);
    }
    let steered = !disturbed || reader.flag()?;
    let mut turned = None;
    for i in 1..=ticks {
        let controls = if steered { read_steering(reader, ship.controls, &mut turned)? } else { base.controls };
        reckoner.public(&mut ship, controls, from.plus(i));
        reckoned.push(ship.body);
    }
    if !disturbed {
        return Ok(Some(ship));
    }
    if reader.flag()? {
        ship.body = read_residual(reader, ship.body)?;
    }
    if reader.flag()? {
        read_vitals(reader, &mut ship)?;
    }
    Ok(Some(ship))
}

fn reckon_held(
    mut ship: PublicShip,
    from: Tick,
    ticks: i32,
    reckoner: &mut Reckoner<'_>,
    reckoned: &mut Vec<Kinematics>,
) -> PublicShip {
    let controls = ship.controls;
    for i in 1..=ticks {
        reckoner.public(&mut ship, controls, from.plus(i));
        reckoned.push(ship.body);
    }
    ship
}

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

/// `turned`: by how much the aim moved in the tick before, if it did.
fn write_difference(writer: &mut BitWriter, before: Command, now: Command, turned: Option<i32>) {
    let toggled = before.buttons.0 ^ now.buttons.0;
    let turn = turn_of(before, now);
    match (toggled != 0, turn != 0) {
        (false, _) => writer.flag(false),
        (true, aimed) => writer.bits(1 | u32::from(aimed) << 1, 2),
    }
    if toggled.is_power_of_two() {
        writer.bits(1 | toggled.trailing_zeros() << 1, 4);
    } else if toggled != 0 {
        writer.bits(u32::from(now.buttons.0) << 1, 8);
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

fn read_difference(reader: &mut BitReader<'_>, before: Command, turned: Option<i32>) -> Result<Command, BitsError> {
    let pressed = reader.flag()?;
    let aimed = !pressed || reader.flag()?;
    let mut buttons = before.buttons.0;
    if pressed {
        buttons = if reader.flag()? { buttons ^ 1 << reader.bits(3)? } else { reader.bits(7)? as u8 };
    }
    let aim = if aimed { read_aim(reader, before.aim, turned)? } else { before.aim };
    Ok(Command::new(Buttons(buttons), aim))
}

fn read_aim(reader: &mut BitReader<'_>, before: Angle, turned: Option<i32>) -> Result<Angle, BitsError> {
    let turned_by = |steps: i32| Angle(before.0.wrapping_add_signed(steps as i16 * AIM_STEPS.cast_signed()));
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

fn write_vitals(writer: &mut BitWriter, ship: &PublicShip) {
    writer.bits(u32::from(ship.hull), 5);
    writer.bits(u32::from(ship.shield), 4);
    writer.flag(ship.protected);
    writer.flag(ship.charging);
}

fn read_vitals(reader: &mut BitReader<'_>, ship: &mut PublicShip) -> Result<(), BitsError> {
    ship.hull = reader.bits(5)? as u8;
    ship.shield = reader.bits(4)? as u8;
    ship.protected = reader.flag()?;
    ship.charging = reader.flag()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::reckon::Skies, sim::golden};
    use proptest::prelude::*;

    /// Plays a scripted match and sends every ship's news every `stride` ticks; the reader must end up with the
    /// truth each time. Returns mean bits per ship per message.
    fn check(stride: usize) -> f64 {
        let defs = Defs::standard();
        let mut live = golden::Match::new(&golden::SCRIPTS[1], &defs);
        let (mut server, mut client) = (Skies::default(), Skies::default());
        let mut known: Vec<Option<(PublicShip, Tick, f32)>> = vec![None; 64];
        let mut paths: Vec<Vec<PublicShip>> = vec![Vec::new(); 64];
        let (mut bits, mut messages) = (0usize, 0usize);
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
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
                        write_news(&mut writer, &base, from, path, &mut reckoner, &mut theirs);
                        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut client, edge_radius };
                        let mut reader = BitReader::new(writer.bytes());
                        let read = read_news(&mut reader, &base, from, tick, &mut reckoner, &mut ours).unwrap();
                        assert_eq!(read, Some(truth), "slot {slot} at {tick:?}");
                        assert_eq!(ours, theirs, "slot {slot} at {tick:?}: reckoned otherwise");
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
                prop_assert!(writer.len() <= 25);
            }
        }

        #[test]
        fn rubbish_news_is_an_error_or_a_ship(bytes in proptest::collection::vec(any::<u8>(), 0..40), age in -3i32..200) {
            let defs = Defs::standard();
            let mut live = golden::Match::new(&golden::SCRIPTS[1], &defs);
            (0..3).for_each(|_| live.advance(&defs));
            let base = PublicShip::of(live.world.ships().next().unwrap(), &defs);
            let layout = live.world.layout.clone();
            let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut Skies::default(), edge_radius: 2_200.0 };
            let mut reckoned = Vec::new();
            let to = live.world.tick.plus(age);
            let _ = read_news(&mut BitReader::new(&bytes), &base, live.world.tick, to, &mut reckoner, &mut reckoned);
            prop_assert!(reckoned.len() <= HISTORY_TICKS);
        }
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
