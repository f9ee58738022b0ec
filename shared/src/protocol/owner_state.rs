//! What a pilot is told about the own ship: all of it, exactly, so that a right prediction has error 0.
//!
//! ```text
//! owner  0                          reckoned from what was told before and the commands as sent: nothing to say
//!        1 0 s C[tick]… R? E? F…    s: commands were not used as sent, C those used; R residual of the body, E the
//!                                   engines as they really were, F a changed bit and the new value for each other field
//!        1 1 whole
//! ```

use super::{
    bits::{BitReader, BitWriter, BitsError},
    motion::{read_body, read_residual, write_body, write_residual},
    reckon::Reckoner,
    steering::{BUTTON_BITS, read_controls, write_controls},
};
use crate::{
    defs::ShipClass,
    ids::{BodyId, PlayerId, ShipId},
    limits::HISTORY_TICKS,
    quantize::Angle,
    sim::{Buttons, Command, Hook, Kinematics, Ship, command::AIM_STEPS},
    tick::Tick,
};

/// A command that the server used for a tick, and whether it is the one the pilot sent for that tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsedCommand {
    /// The command.
    pub command: Command,
    /// False when it was repeated or neutral because nothing had arrived in time.
    pub as_sent: bool,
}

/// Writes the owner's news: `base` was told at `from`, `used` are the commands of each tick since, oldest first.
/// `bodies` becomes the ship's body at each of these ticks as the reader will reckon it: where its shots start.
pub fn write_news(
    writer: &mut BitWriter,
    base: &Ship,
    from: Tick,
    used: &[UsedCommand],
    truth: &Ship,
    reckoner: &mut Reckoner<'_>,
    bodies: &mut Vec<Kinematics>,
) {
    let mut reckoned = base.clone();
    bodies.clear();
    for (i, used) in used.iter().enumerate() {
        reckoner.owner(&mut reckoned, used.command, from.plus(i as i32 + 1));
        bodies.push(reckoned.body);
    }
    let as_sent = used.iter().all(|used| used.as_sent);
    if as_sent && reckoned == *truth {
        writer.flag(false);
        return;
    }
    writer.bits(0b01, 2);
    writer.flag(!as_sent);
    if !as_sent {
        let mut before = base.controls;
        for used in used {
            write_controls(writer, before, used.command);
            before = used.command;
        }
    }
    let moved = reckoned.body != truth.body;
    writer.flag(moved);
    if moved {
        write_residual(writer, reckoned.body, truth.body);
    }
    // A pickup between base and truth can grant a boost that reckoning refuses.
    let steered = reckoned.controls != truth.controls;
    writer.flag(steered);
    if steered {
        write_controls(writer, reckoned.controls, truth.controls);
    }
    for (was, is) in fields(&reckoned).into_iter().zip(fields(truth)) {
        writer.flag(was != is);
        if was != is {
            writer.sized(is - was);
        }
    }
}

/// Writes all of the ship in the place of its news.
pub fn write_whole(writer: &mut BitWriter, ship: &Ship) {
    writer.bits(0b11, 2);
    writer.bits(u32::from(ship.id.life), 8);
    writer.bits(ship.class as u32, 4);
    write_body(writer, ship.body);
    writer.bits(u32::from(ship.controls.buttons.0), BUTTON_BITS);
    writer.bits(u32::from(ship.controls.aim.0 / AIM_STEPS), 12);
    for value in fields(ship) {
        writer.sized(value);
    }
}

/// Reads the owner's news. `base` is what was told last, with its tick; `sent` answers with the command this
/// client sent for a tick. `bodies` becomes what the writer's became; empty where nothing was reckoned.
///
/// # Errors
/// When the bits make no sense, or reckon from something this client does not have.
pub fn read(
    reader: &mut BitReader<'_>,
    player: PlayerId,
    base: Option<(&Ship, Tick)>,
    to: Tick,
    sent: impl Fn(Tick) -> Option<Command>,
    reckoner: &mut Reckoner<'_>,
    bodies: &mut Vec<Kinematics>,
) -> Result<Ship, BitsError> {
    bodies.clear();
    let silent = !reader.flag()?;
    if !silent && reader.flag()? {
        return read_whole(reader, player);
    }
    let (base, from) = base.ok_or(BitsError)?;
    let ticks = to.since(from);
    if !(0..HISTORY_TICKS as i32).contains(&ticks) {
        return Err(BitsError);
    }
    let explicit = !silent && reader.flag()?;
    let mut ship = base.clone();
    let mut before = base.controls;
    for i in 1..=ticks {
        let tick = from.plus(i);
        let command = if explicit { read_controls(reader, before)? } else { sent(tick).ok_or(BitsError)? };
        before = command;
        reckoner.owner(&mut ship, command, tick);
        bodies.push(ship.body);
    }
    if silent {
        return Ok(ship);
    }
    if reader.flag()? {
        ship.body = read_residual(reader, ship.body)?;
    }
    if reader.flag()? {
        ship.controls = read_controls(reader, ship.controls)?;
    }
    let mut values = fields(&ship);
    for value in &mut values {
        if reader.flag()? {
            *value = value.checked_add(reader.sized()?).ok_or(BitsError)?;
        }
    }
    set_fields(&mut ship, values)?;
    Ok(ship)
}

fn read_whole(reader: &mut BitReader<'_>, player: PlayerId) -> Result<Ship, BitsError> {
    let id = ShipId { player, life: reader.bits(8)? as u8 };
    let class = ShipClass::from_index(reader.bits(4)? as u8).ok_or(BitsError)?;
    let body = read_body(reader)?;
    let buttons = Buttons(reader.bits(BUTTON_BITS)? as u8);
    let controls = Command::new(buttons, Angle(reader.bits(12)? as u16 * AIM_STEPS));
    let mut values = [0; FIELDS];
    for value in &mut values {
        *value = reader.sized()?;
    }
    let mut ship = Ship {
        id,
        class,
        body,
        controls,
        hull: 0,
        shield: 0,
        energy: 0,
        shield_wait: 0,
        cooldown: 0,
        charge: 0,
        boost_left: 0,
        second_wait: 0,
        special_left: 0,
        special_wait: 0,
        protection: 0,
        coasted: 0,
        cargo: 0,
        multi_left: 0,
        repel: false,
        decoy: false,
        jumps: 0,
        line: None,
    };
    set_fields(&mut ship, values)?;
    Ok(ship)
}

const FIELDS: usize = 16;

/// Every field besides motion and controls, in wire order.
fn fields(ship: &Ship) -> [i32; FIELDS] {
    [
        ship.hull,
        ship.shield,
        ship.energy,
        i32::from(ship.shield_wait),
        i32::from(ship.cooldown),
        i32::from(ship.charge),
        i32::from(ship.boost_left),
        i32::from(ship.second_wait),
        i32::from(ship.special_left),
        i32::from(ship.special_wait),
        i32::from(ship.protection),
        i32::from(ship.coasted),
        i32::from(ship.cargo),
        i32::from(ship.multi_left),
        i32::from(ship.repel) | i32::from(ship.decoy) << 1 | i32::from(ship.jumps) << 2,
        line_number(ship.line),
    ]
}

fn set_fields(ship: &mut Ship, values: [i32; FIELDS]) -> Result<(), BitsError> {
    let [
        hull,
        shield,
        energy,
        shield_wait,
        cooldown,
        charge,
        boost_left,
        second_wait,
        special_left,
        special_wait,
        protection,
        coasted,
        cargo,
        multi_left,
        aboard,
        line,
    ] = values;
    let vital = |value: i32| if value.unsigned_abs() <= 1 << 24 { Ok(value) } else { Err(BitsError) };
    ship.hull = vital(hull)?;
    ship.shield = vital(shield)?;
    ship.energy = vital(energy)?;
    ship.shield_wait = shield_wait.try_into().map_err(|_| BitsError)?;
    ship.cooldown = cooldown.try_into().map_err(|_| BitsError)?;
    ship.charge = charge.try_into().map_err(|_| BitsError)?;
    ship.boost_left = boost_left.try_into().map_err(|_| BitsError)?;
    ship.second_wait = second_wait.try_into().map_err(|_| BitsError)?;
    ship.special_left = special_left.try_into().map_err(|_| BitsError)?;
    ship.special_wait = special_wait.try_into().map_err(|_| BitsError)?;
    ship.protection = protection.try_into().map_err(|_| BitsError)?;
    ship.coasted = coasted.try_into().map_err(|_| BitsError)?;
    ship.cargo = cargo.try_into().map_err(|_| BitsError)?;
    ship.multi_left = multi_left.try_into().map_err(|_| BitsError)?;
    ship.repel = aboard & 1 == 1;
    ship.decoy = aboard & 2 == 2;
    ship.jumps = (aboard >> 2).try_into().map_err(|_| BitsError)?;
    ship.line = line_of(line)?;
    Ok(())
}

/// What a tow line holds as one number: 0 nothing, odd a ship, even a rock.
fn line_number(line: Option<Hook>) -> i32 {
    match line {
        None => 0,
        Some(Hook::Ship(player)) => 1 + 2 * i32::from(player.0),
        Some(Hook::Rock(id)) => 2 + 2 * i32::from(id.0),
    }
}

fn line_of(number: i32) -> Result<Option<Hook>, BitsError> {
    let id = |number: i32| u16::try_from(number / 2).map_err(|_| BitsError);
    match number {
        0 => Ok(None),
        1.. if number % 2 == 1 => Ok(Some(Hook::Ship(PlayerId(id(number - 1)?)))),
        1.. => Ok(Some(Hook::Rock(BodyId(id(number - 2)?)))),
        _ => Err(BitsError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::Defs,
        protocol::reckon::Skies,
        sim::{Kinematics, Layout},
    };
    use glam::Vec2;
    use proptest::prelude::*;

    fn ship(defs: &Defs) -> Ship {
        let body = Kinematics { pos: crate::quantize::Lattice::nearest(Vec2::new(500.0, 40.0)), ..Default::default() };
        Ship::fresh(ShipId { player: PlayerId(3), life: 9 }, ShipClass::Spark, body, defs)
    }

    fn used(as_sent: bool) -> impl Strategy<Value = Vec<UsedCommand>> {
        let one = (any::<u8>(), any::<u16>()).prop_map(move |(buttons, aim)| UsedCommand {
            command: Command::new(Buttons(buttons), Angle(aim)),
            as_sent,
        });
        proptest::collection::vec(one, 1..6)
    }

    /// Sends the truth that follows from `used` (and a blow of `hit` milli-points and `push` lattice steps) and
    /// reads it with the commands the client sent. Returns the bits it took.
    fn check(used: &[UsedCommand], hit: i32, push: i32) -> usize {
        let defs = Defs::standard();
        let layout = Layout::new(1, &defs.arena);
        let (base, from) = (ship(&defs), Tick(100));
        let (mut skies, mut theirs) = (Skies::default(), Skies::default());
        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut skies, edge_radius: 2_200.0 };
        let mut truth = base.clone();
        for (i, used) in used.iter().enumerate() {
            reckoner.owner(&mut truth, used.command, from.plus(i as i32 + 1));
        }
        truth.hull -= hit;
        if hit % 2 == 1 {
            truth.controls = Command::new(Buttons(truth.controls.buttons.0 ^ Buttons::BOOST), truth.controls.aim);
        }
        truth.body.pos.x += push;
        let mut writer = BitWriter::default();
        let (mut bodies, mut read_bodies) = (Vec::new(), Vec::new());
        write_news(&mut writer, &base, from, used, &truth, &mut reckoner, &mut bodies);
        let sent = |tick: Tick| used.get((tick.since(from) - 1) as usize).filter(|u| u.as_sent).map(|u| u.command);
        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut theirs, edge_radius: 2_200.0 };
        let to = from.plus(used.len() as i32);
        let base = Some((&base, from));
        let mut reader = BitReader::new(writer.bytes());
        let got = read(&mut reader, PlayerId(3), base, to, sent, &mut reckoner, &mut read_bodies);
        assert_eq!(read_bodies, bodies);
        assert_eq!(got, Ok(truth));
        writer.len()
    }

    proptest! {
        #[test]
        fn an_undisturbed_owner_costs_one_bit(used in used(true)) {
            prop_assert_eq!(check(&used, 0, 0), 1);
        }

        #[test]
        fn blows_and_lost_commands_are_told(used in used(false), hit in 0i32..40_000, push in -900i32..900) {
            check(&used, hit, push);
        }
    }

    #[test]
    fn all_of_a_ship_survives_the_wire() {
        let defs = Defs::standard();
        let layout = Layout::new(1, &defs.arena);
        let ship = Ship {
            cargo: 17,
            cooldown: 3,
            charge: 19,
            hull: 55_123,
            multi_left: 800,
            repel: true,
            jumps: 3,
            ..ship(&defs)
        };
        let ship = Ship { decoy: true, line: Some(Hook::Rock(BodyId(u16::MAX))), ..ship };
        let mut writer = BitWriter::default();
        write_whole(&mut writer, &ship);
        let mut skies = Skies::default();
        let mut reckoner = Reckoner { layout: &layout, defs: &defs, skies: &mut skies, edge_radius: 2_200.0 };
        let mut reader = BitReader::new(writer.bytes());
        let got = read(&mut reader, PlayerId(3), None, Tick(1), |_| None, &mut reckoner, &mut Vec::new());
        assert_eq!(got, Ok(ship));
    }
}
