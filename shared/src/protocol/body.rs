//! The packed body of a snapshot: its sections in their order, and the records in them.
//!
//! ```text
//! first part   wells     list of small stars and pushes that began since: ticks ago 8, push 1, point
//!              station   2 bits: watching nobody | flying owner | dead … | watching player
//!              edge      0, or 1 radius sized target sized         when it is not where one tick after another leads
//!              leaves    0, or 1 and a bit per known ship
//!              over      list of shots that hit something or were taken away: key, then 0 | 1 whom player, hurt 1
//!              broken    list of loose rocks shot apart: id 16
//!              chipped   list of loose rocks: id 16, hull 4
//!              towed     list of loose rocks that a line pulled at since: all of it
//!              taken     list of pickups that are gone before their time: id 16, somebody (by whom)
//!              happened  list of Happening
//!              news      for each known ship in order of slots, see entity_state
//! every part   enters    list of player and whole
//!              shots     list of 1 shooter age part (it left the barrel of a known ship) | 0 all of it
//!              rocks     list of all of it
//!              pickups   list of all of it
//!              belts     list of slot 9, hull 4
//! list         (1 record)* 0
//! ```
//!
//! The room writes these and the replica reads them; both know the same ships, so news need no names, and a shot that
//! was just fired by one of them needs only its shooter: where the barrel was, both have reckoned.

use super::{
    bits::{BitReader, BitWriter, BitsError},
    motion::{read_point, read_speed, write_point, write_speed},
};
use crate::{
    defs::{PickupKind, RockSize, WeaponKind},
    ids::{BodyId, PART_BITS, PlayerId, ShipId, ShotKey},
    limits::PLAYER_BITS,
    quantize::Lattice,
    sim::{Cause, Hook, LooseRock, Pickup, Shot, Well, WellKind, world::MILLI},
    tick::Tick,
};

/// What the reader of a snapshot is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Station {
    /// Looking at the arena, following nobody.
    #[default]
    Idle,
    /// In a ship; the owner's record follows.
    Flying,
    /// Shot down.
    Dead {
        /// By whom, if anyone.
        killer: Option<PlayerId>,
        /// Of what.
        cause: Cause,
        /// Ticks until a relaunch is accepted.
        wait: u16,
        /// Whom the camera follows meanwhile.
        watching: Option<PlayerId>,
    },
    /// Looking over somebody's shoulder.
    Watching(PlayerId),
}

/// Something worth a spark or a sound that the tables do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A ship came into the world.
    Launched(ShipId),
    /// A ship took a blow.
    Damaged {
        /// Whose.
        player: PlayerId,
        /// By whom.
        by: Option<PlayerId>,
        /// Points, saturated at 255.
        points: u8,
        /// Of what.
        cause: Cause,
    },
    /// A ship was destroyed.
    Destroyed(ShipId),
    /// A ray was there for a moment: the part of it that the reader may see.
    Ray {
        /// Whose.
        owner: PlayerId,
        /// Where it began, or came into view.
        from: Lattice,
        /// Where it was stopped or ended, or left the view.
        to: Lattice,
        /// It struck something there.
        struck: bool,
        /// The ship that it hit.
        victim: Option<PlayerId>,
    },
}

/// Hull of a rock on the wire: 0 broken, 1..=15 what is left, rounded up.
pub const ROCK_STEPS: u8 = 15;

/// What is left of a rock, in [`ROCK_STEPS`].
#[must_use]
pub fn rock_steps(hull: u16, size: RockSize) -> u8 {
    let full = u32::from(size.def().hull);
    (u32::from(hull).min(full) * u32::from(ROCK_STEPS)).div_ceil(full) as u8
}

/// Writes a slot.
pub fn write_player(writer: &mut BitWriter, player: PlayerId) {
    writer.bits(u32::from(player.0), PLAYER_BITS);
}

/// Reads a slot.
///
/// # Errors
/// When the bits end.
pub fn read_player(reader: &mut BitReader<'_>) -> Result<PlayerId, BitsError> {
    Ok(PlayerId(reader.bits(PLAYER_BITS)? as u16))
}

/// The pilots that both ends know at a place in a snapshot, so that naming them takes few bits: those of the ships in the
/// table, in order of slots, and the reader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Whose ships are in the table.
    pub ships: Vec<PlayerId>,
    /// The reader, if it plays.
    pub own: Option<PlayerId>,
}

impl Names {
    /// Writes one of them, or anybody else.
    pub fn write(&self, writer: &mut BitWriter, player: PlayerId) {
        let place = match self.ships.binary_search(&player) {
            Ok(place) => Some(place),
            Err(_) => (self.own == Some(player)).then_some(self.ships.len()),
        };
        writer.flag(place.is_none());
        match place {
            Some(place) => writer.below(place, self.ships.len() + 1),
            None => write_player(writer, player),
        }
    }

    /// Reads what [`Names::write`] wrote.
    ///
    /// # Errors
    /// When the bits end, or name the reader where it does not play.
    pub fn read(&self, reader: &mut BitReader<'_>) -> Result<PlayerId, BitsError> {
        if reader.flag()? {
            return read_player(reader);
        }
        let place = reader.below(self.ships.len() + 1)?;
        self.ships.get(place).copied().or(self.own).ok_or(BitsError)
    }

    fn write_somebody(&self, writer: &mut BitWriter, player: Option<PlayerId>) {
        writer.flag(player.is_some());
        if let Some(player) = player {
            self.write(writer, player);
        }
    }

    fn read_somebody(&self, reader: &mut BitReader<'_>) -> Result<Option<PlayerId>, BitsError> {
        if reader.flag()? { self.read(reader).map(Some) } else { Ok(None) }
    }
}

fn write_somebody(writer: &mut BitWriter, player: Option<PlayerId>) {
    writer.flag(player.is_some());
    if let Some(player) = player {
        write_player(writer, player);
    }
}

fn read_somebody(reader: &mut BitReader<'_>) -> Result<Option<PlayerId>, BitsError> {
    if reader.flag()? { read_player(reader).map(Some) } else { Ok(None) }
}

/// Writes a station; after [`Station::Flying`] the owner's record must follow.
pub fn write_station(writer: &mut BitWriter, station: Station) {
    match station {
        Station::Idle => writer.bits(0, 2),
        Station::Flying => writer.bits(1, 2),
        Station::Dead { killer, cause, wait, watching } => {
            writer.bits(2, 2);
            write_somebody(writer, killer);
            write_cause(writer, cause);
            writer.count(u32::from(wait));
            write_somebody(writer, watching);
        }
        Station::Watching(player) => {
            writer.bits(3, 2);
            write_player(writer, player);
        }
    }
}

/// Reads a station.
///
/// # Errors
/// When the bits make no sense.
pub fn read_station(reader: &mut BitReader<'_>) -> Result<Station, BitsError> {
    match reader.bits(2)? {
        0 => Ok(Station::Idle),
        1 => Ok(Station::Flying),
        2 => Ok(Station::Dead {
            killer: read_somebody(reader)?,
            cause: read_cause(reader)?,
            wait: reader.count()?.try_into().map_err(|_| BitsError)?,
            watching: read_somebody(reader)?,
        }),
        _ => read_player(reader).map(Station::Watching),
    }
}

fn write_cause(writer: &mut BitWriter, cause: Cause) {
    let (number, weapon) = match cause {
        Cause::Shot(weapon) => (0, weapon as u32),
        Cause::Star => (1, 0),
        Cause::Planet => (2, 0),
        Cause::Rock => (3, 0),
        Cause::Ram => (4, 0),
        Cause::Edge => (5, 0),
        Cause::Core => (6, 0),
        Cause::Hyperspace => (7, 0),
    };
    writer.bits(number, 3);
    if number == 0 {
        writer.bits(weapon, 4);
    }
}

fn read_cause(reader: &mut BitReader<'_>) -> Result<Cause, BitsError> {
    match reader.bits(3)? {
        0 => WeaponKind::from_index(reader.bits(4)? as u8).map(Cause::Shot).ok_or(BitsError),
        1 => Ok(Cause::Star),
        2 => Ok(Cause::Planet),
        3 => Ok(Cause::Rock),
        4 => Ok(Cause::Ram),
        5 => Ok(Cause::Edge),
        6 => Ok(Cause::Core),
        _ => Ok(Cause::Hyperspace),
    }
}

/// Writes one more record's "more" bit.
pub fn write_more(writer: &mut BitWriter) {
    writer.flag(true);
}

/// Ends a list.
pub fn write_end(writer: &mut BitWriter) {
    writer.flag(false);
}

/// Reads a list: `record` for each, until its end.
///
/// # Errors
/// When a record makes no sense or the bits end.
pub fn read_list(
    reader: &mut BitReader<'_>,
    mut record: impl FnMut(&mut BitReader<'_>) -> Result<(), BitsError>,
) -> Result<(), BitsError> {
    while reader.flag()? {
        record(reader)?;
    }
    Ok(())
}

/// A shot told for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewShot {
    /// It left the barrel of a ship that the reader knows.
    Fired {
        /// Where that ship stands among those whose news came before; the number of them for the reader's own.
        shooter: usize,
        /// Ticks ago.
        age: usize,
        /// Number among the shots of all that ship's mounts.
        part: u8,
    },
    /// All of it.
    Whole(Shot),
}

/// Writes that a known ship fired shot number `part` of `parts`: `ships` had news, `gap` ticks passed since the last snapshot.
pub fn write_fired(
    writer: &mut BitWriter,
    (shooter, ships): (usize, usize),
    (age, gap): (usize, usize),
    (part, parts): (u8, usize),
) {
    writer.flag(true);
    writer.below(shooter, ships + 1);
    writer.below(age, gap);
    writer.below(usize::from(part), parts);
}

/// Writes a shot of which the reader knows nothing.
pub fn write_whole_shot(writer: &mut BitWriter, shot: &Shot) {
    writer.flag(false);
    write_shot(writer, shot);
}

/// Reads what [`write_fired`] or [`write_whole_shot`] wrote; `parts` answers how many shots a shooter's mounts fire at once.
///
/// # Errors
/// When the bits make no sense.
pub fn read_new_shot(
    reader: &mut BitReader<'_>,
    now: Tick,
    ships: usize,
    gap: usize,
    parts: impl Fn(usize) -> usize,
) -> Result<NewShot, BitsError> {
    if reader.flag()? {
        let (shooter, age) = (reader.below(ships + 1)?, reader.below(gap)?);
        Ok(NewShot::Fired { shooter, age, part: reader.below(parts(shooter))? as u8 })
    } else {
        read_shot(reader, now).map(NewShot::Whole)
    }
}

/// Writes a shot as it is now; its age gives the low byte of the firing tick.
pub fn write_shot(writer: &mut BitWriter, shot: &Shot) {
    write_player(writer, shot.key.owner);
    writer.bits(u32::from(shot.age.min(255)), 8);
    writer.bits(u32::from(shot.key.part), PART_BITS);
    writer.bits(shot.weapon as u32, 4);
    write_point(writer, shot.pos);
    write_speed(writer, shot.vel);
}

/// Reads a shot as it is at `now`.
///
/// # Errors
/// When the bits make no sense.
pub fn read_shot(reader: &mut BitReader<'_>, now: Tick) -> Result<Shot, BitsError> {
    let owner = read_player(reader)?;
    let age = reader.bits(8)? as u16;
    let key = ShotKey { owner, tick: now.plus(-i32::from(age)).0 as u8, part: reader.bits(PART_BITS)? as u8 };
    let weapon = WeaponKind::from_index(reader.bits(4)? as u8).ok_or(BitsError)?;
    Ok(Shot { key, weapon, pos: read_point(reader)?, vel: read_speed(reader)?, age })
}

/// Whom a shot hit, and whether that did all its weapon's damage (which then needs no [`Happening`]).
pub type Victim = Option<(PlayerId, bool)>;

/// Writes the end of a shot.
pub fn write_shot_end(writer: &mut BitWriter, names: &Names, key: ShotKey, victim: Victim) {
    names.write(writer, key.owner);
    writer.bits(u32::from(key.tick), 8);
    writer.bits(u32::from(key.part), PART_BITS);
    names.write_somebody(writer, victim.map(|(player, _)| player));
    if let Some((_, hurt)) = victim {
        writer.flag(hurt);
    }
}

/// Reads the end of a shot.
///
/// # Errors
/// When the bits end.
pub fn read_shot_end(reader: &mut BitReader<'_>, names: &Names) -> Result<(ShotKey, Victim), BitsError> {
    let owner = names.read(reader)?;
    let key = ShotKey { owner, tick: reader.bits(8)? as u8, part: reader.bits(PART_BITS)? as u8 };
    let player = names.read_somebody(reader)?;
    let victim = match player {
        Some(player) => Some((player, reader.flag()?)),
        None => None,
    };
    Ok((key, victim))
}

/// Writes a loose rock as it is now.
pub fn write_rock(writer: &mut BitWriter, rock: &LooseRock) {
    writer.bits(u32::from(rock.id.0), 16);
    writer.bits(rock.size as u32, 2);
    write_point(writer, rock.pos);
    write_speed(writer, rock.vel);
    writer.bits(u32::from(rock_steps(rock.hull, rock.size)), 4);
    writer.bits(u32::from(rock.life), 12);
}

/// Reads a loose rock; its hull comes in [`ROCK_STEPS`], which is all a client may know.
///
/// # Errors
/// When the bits make no sense.
pub fn read_rock(reader: &mut BitReader<'_>) -> Result<(LooseRock, u8), BitsError> {
    let id = BodyId(reader.bits(16)? as u16);
    let size = RockSize::from_index(reader.bits(2)? as u8).ok_or(BitsError)?;
    let (pos, vel) = (read_point(reader)?, read_speed(reader)?);
    let steps = reader.bits(4)? as u8;
    let life = reader.bits(12)? as u16;
    Ok((LooseRock { id, size, pos, vel, hull: 0, life, flung: None }, steps))
}

/// Writes what a tow line holds: 0 nothing, 1 0 a ship, 1 1 a loose rock.
pub fn write_line(writer: &mut BitWriter, line: Option<Hook>) {
    writer.flag(line.is_some());
    match line {
        None => {}
        Some(Hook::Ship(player)) => {
            writer.flag(false);
            write_player(writer, player);
        }
        Some(Hook::Rock(id)) => {
            writer.flag(true);
            write_body_id(writer, id);
        }
    }
}

/// Reads what [`write_line`] wrote.
///
/// # Errors
/// When the bits end.
pub fn read_line(reader: &mut BitReader<'_>) -> Result<Option<Hook>, BitsError> {
    if !reader.flag()? {
        return Ok(None);
    }
    let hook = if reader.flag()? { Hook::Rock(read_body_id(reader)?) } else { Hook::Ship(read_player(reader)?) };
    Ok(Some(hook))
}

/// Writes a pickup as it is now.
pub fn write_pickup(writer: &mut BitWriter, pickup: &Pickup) {
    writer.bits(u32::from(pickup.id.0), 16);
    writer.bits(pickup.kind as u32, 3);
    writer.bits(u32::from(pickup.amount.min(15)), 4);
    if pickup.kind == PickupKind::Mine {
        write_somebody(writer, pickup.owner);
    }
    write_point(writer, pickup.pos);
    write_speed(writer, pickup.vel);
    writer.bits(u32::from(pickup.life), 12);
}

/// Reads a pickup.
///
/// # Errors
/// When the bits make no sense.
pub fn read_pickup(reader: &mut BitReader<'_>) -> Result<Pickup, BitsError> {
    let id = BodyId(reader.bits(16)? as u16);
    let kind = PickupKind::from_index(reader.bits(3)? as u8).ok_or(BitsError)?;
    Ok(Pickup {
        id,
        kind,
        amount: reader.bits(4)? as u8,
        owner: if kind == PickupKind::Mine { read_somebody(reader)? } else { None },
        pos: read_point(reader)?,
        vel: read_speed(reader)?,
        life: reader.bits(12)? as u16,
    })
}

/// Writes a free body's name.
pub fn write_body_id(writer: &mut BitWriter, id: BodyId) {
    writer.bits(u32::from(id.0), 16);
}

/// Reads a free body's name.
///
/// # Errors
/// When the bits end.
pub fn read_body_id(reader: &mut BitReader<'_>) -> Result<BodyId, BitsError> {
    Ok(BodyId(reader.bits(16)? as u16))
}

/// Writes the end of a pickup: who took it, if anyone.
pub fn write_pickup_end(writer: &mut BitWriter, names: &Names, id: BodyId, by: Option<PlayerId>) {
    write_body_id(writer, id);
    names.write_somebody(writer, by);
}

/// Reads the end of a pickup.
///
/// # Errors
/// When the bits end.
pub fn read_pickup_end(reader: &mut BitReader<'_>, names: &Names) -> Result<(BodyId, Option<PlayerId>), BitsError> {
    Ok((read_body_id(reader)?, names.read_somebody(reader)?))
}

/// Milli-points of damage as whole points on the wire, saturated.
#[must_use]
pub fn points_of(amount: i32) -> u8 {
    ((amount + MILLI / 2) / MILLI).clamp(0, 255) as u8
}

/// Writes a small star, which began so lately that it is still remembered.
pub fn write_well(writer: &mut BitWriter, well: &Well, now: Tick) {
    writer.bits(now.since(well.from).clamp(0, 255) as u32, 8);
    writer.flag(well.kind == WellKind::Push);
    write_point(writer, well.pos);
}

/// Reads a small star.
///
/// # Errors
/// When the bits end.
pub fn read_well(reader: &mut BitReader<'_>, now: Tick) -> Result<Well, BitsError> {
    let from = now.plus(-(reader.bits(8)? as i32));
    let kind = if reader.flag()? { WellKind::Push } else { WellKind::Star };
    Ok(Well { pos: read_point(reader)?, from, kind })
}

/// Writes a happening.
pub fn write_happening(writer: &mut BitWriter, names: &Names, happening: Happening) {
    let ship = |writer: &mut BitWriter, kind, id: ShipId| {
        writer.bits(kind, 2);
        names.write(writer, id.player);
        writer.bits(u32::from(id.life), 8);
    };
    match happening {
        Happening::Launched(id) => ship(writer, 0, id),
        Happening::Destroyed(id) => ship(writer, 1, id),
        Happening::Damaged { player, by, points, cause } => {
            writer.bits(2, 2);
            names.write(writer, player);
            names.write_somebody(writer, by);
            writer.bits(u32::from(points), 8);
            write_cause(writer, cause);
        }
        Happening::Ray { owner, from, to, struck, victim } => {
            writer.bits(3, 2);
            names.write(writer, owner);
            write_point(writer, from);
            write_point(writer, to);
            writer.flag(struck);
            names.write_somebody(writer, victim);
        }
    }
}

/// Reads a happening.
///
/// # Errors
/// When the bits make no sense.
pub fn read_happening(reader: &mut BitReader<'_>, names: &Names) -> Result<Happening, BitsError> {
    let kind = reader.bits(2)?;
    let player = names.read(reader)?;
    match kind {
        0 => Ok(Happening::Launched(ShipId { player, life: reader.bits(8)? as u8 })),
        1 => Ok(Happening::Destroyed(ShipId { player, life: reader.bits(8)? as u8 })),
        2 => {
            let by = names.read_somebody(reader)?;
            Ok(Happening::Damaged { player, by, points: reader.bits(8)? as u8, cause: read_cause(reader)? })
        }
        _ => Ok(Happening::Ray {
            owner: player,
            from: read_point(reader)?,
            to: read_point(reader)?,
            struck: reader.flag()?,
            victim: names.read_somebody(reader)?,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantize::LATTICE_MAX;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Lattice> {
        (-LATTICE_MAX..=LATTICE_MAX, -LATTICE_MAX..=LATTICE_MAX).prop_map(|(x, y)| Lattice { x, y })
    }

    /// Writes, reads back and compares; the reader must use every bit but the padding.
    fn check<T: PartialEq + core::fmt::Debug>(
        value: T,
        write: impl Fn(&mut BitWriter, &T),
        read: impl Fn(&mut BitReader<'_>) -> Result<T, BitsError>,
    ) {
        let mut writer = BitWriter::default();
        write(&mut writer, &value);
        let mut reader = BitReader::new(writer.bytes());
        assert_eq!(read(&mut reader), Ok(value));
        assert!(reader.left() < 8);
    }

    proptest! {
        #[test]
        fn records_survive_the_wire(pos in point(), vel in point(), player in 0u16..2_048, by in proptest::option::of(0u16..2_048), id: u16, small in 0u16..240, life in 0u16..4_096, points: u8) {
            let (player, by, id) = (PlayerId(player), by.map(PlayerId), BodyId(id));
            let ships = if points % 2 == 0 { vec![PlayerId(3), player] } else { vec![PlayerId(9)] };
            let names = Names { ships: if ships[0] < player || points % 2 == 1 { ships } else { Vec::new() }, own: by };
            let now = Tick(u32::MAX - 3).plus(i32::from(points));
            let key = ShotKey { owner: player, tick: now.plus(-i32::from(small)).0 as u8, part: (small % 16) as u8 };
            check(Shot { key, weapon: WeaponKind::Pulse, pos, vel, age: small }, write_shot, |r| read_shot(r, now));
            check((key, by.map(|by| (by, id.0 & 1 == 1))), |w, &(key, victim)| write_shot_end(w, &names, key, victim), |r| read_shot_end(r, &names));
            let rock = LooseRock { id, size: RockSize::Medium, pos, vel, hull: 0, life, flung: None };
            check((rock, 0), |w, (rock, _)| write_rock(w, rock), read_rock);
            let charge = Pickup { id, kind: PickupKind::Charge, amount: (points % 16), owner: None, pos, vel, life };
            check(charge, write_pickup, read_pickup);
            check(Pickup { kind: PickupKind::Mine, owner: Some(player), ..charge }, write_pickup, read_pickup);
            check((id, by), |w, &(id, by)| write_pickup_end(w, &names, id, by), |r| read_pickup_end(r, &names));
            for cause in [Cause::Shot(WeaponKind::Pulse), Cause::Shot(WeaponKind::Rail), Cause::Star, Cause::Planet, Cause::Rock, Cause::Ram, Cause::Edge, Cause::Core, Cause::Hyperspace] {
                check(Happening::Damaged { player, by, points, cause }, |w, h| write_happening(w, &names, *h), |r| read_happening(r, &names));
                check(Station::Dead { killer: by, cause, wait: life, watching: by }, |w, s| write_station(w, *s), read_station);
            }
            for station in [Station::Idle, Station::Flying, Station::Watching(player)] {
                check(station, |w, s| write_station(w, *s), read_station);
            }
            let ray = Happening::Ray { owner: player, from: pos, to: vel, struck: by.is_some(), victim: by };
            check(ray, |w, h| write_happening(w, &names, *h), |r| read_happening(r, &names));
            check(Happening::Launched(ShipId { player, life: points }), |w, h| write_happening(w, &names, *h), |r| read_happening(r, &names));
            check(Happening::Destroyed(ShipId { player, life: points }), |w, h| write_happening(w, &names, *h), |r| read_happening(r, &names));
        }

        #[test]
        fn new_shots_survive_the_wire(small: u8, shooter in 0usize..90, more in 0usize..90, age in 0usize..60, later in 1usize..60) {
            let (ships, gap) = (shooter + more, age + later);
            let (parts, part) = (1 + usize::from(small % 9), small % (1 + small % 9));
            let write = |w: &mut BitWriter, _: &NewShot| write_fired(w, (shooter, ships), (age, gap), (part, parts));
            check(NewShot::Fired { shooter, age, part }, write, |r| read_new_shot(r, Tick(5), ships, gap, |_| parts));
        }

        #[test]
        fn rubbish_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = BitReader::new(&bytes);
            let _ = (read_station(&mut reader), read_shot(&mut reader, Tick(9)), read_rock(&mut reader));
            let _ = (read_pickup(&mut reader), read_happening(&mut reader, &Names::default()), read_shot_end(&mut reader, &Names::default()));
        }
    }

    #[test]
    fn a_scratched_rock_is_not_whole_and_a_standing_one_not_broken() {
        for size in RockSize::ALL {
            assert_eq!(rock_steps(size.def().hull, size), ROCK_STEPS);
            assert_eq!(rock_steps(1, size), 1);
            assert_eq!(rock_steps(0, size), 0);
        }
    }
}
