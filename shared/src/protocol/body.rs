//! The packed body of a snapshot: its sections in their order, and the records in them.
//!
//! ```text
//! station   2 bits: watching nobody | flying owner | dead … | watching player
//! edge      0, or 1 radius sized target sized         when it is not where one tick after another leads
//! leaves    0, or 1 and a bit per known ship
//! news      for each known ship in order of slots, see entity_state
//! enters    count, then player 9 and whole
//! shots     count of ended (key 17, what), count of new (key, weapon 4, age 8, pos, vel)
//! rocks     count of gone (id 16, by force 1), count of new (all), count of chipped (id 16, hull 4)
//! pickups   count of gone (id 16, taken 0 | 1 player 9), count of new (all)
//! belt      count (slot 9, hull 4)
//! happened  count of Happening
//! ```
//!
//! The room writes these and the replica reads them; both know the same ships, so news need no names.

use super::{
    bits::{BitReader, BitWriter, BitsError},
    entity_state::{read_point, read_speed, write_point, write_speed},
};
use crate::{
    defs::{PickupKind, RockSize, WeaponKind},
    ids::{BodyId, PlayerId, ShipId, ShotKey},
    limits::PLAYER_BITS,
    sim::{Cause, LooseRock, Pickup, Shot},
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
        _ => Err(BitsError),
    }
}

/// Writes a shot's name.
pub fn write_key(writer: &mut BitWriter, key: ShotKey) {
    write_player(writer, key.owner);
    writer.bits(u32::from(key.tick), 8);
}

/// Reads a shot's name.
///
/// # Errors
/// When the bits end.
pub fn read_key(reader: &mut BitReader<'_>) -> Result<ShotKey, BitsError> {
    Ok(ShotKey { owner: read_player(reader)?, tick: reader.bits(8)? as u8 })
}

/// Writes a shot as it is now; its age gives the low byte of the firing tick.
pub fn write_shot(writer: &mut BitWriter, shot: &Shot) {
    write_player(writer, shot.key.owner);
    writer.bits(u32::from(shot.age.min(255)), 8);
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
    let key = ShotKey { owner, tick: now.plus(-i32::from(age)).0 as u8 };
    let weapon = WeaponKind::from_index(reader.bits(4)? as u8).ok_or(BitsError)?;
    Ok(Shot { key, weapon, pos: read_point(reader)?, vel: read_speed(reader)?, age })
}

/// Writes the end of a shot: whom it hit, if a ship.
pub fn write_shot_end(writer: &mut BitWriter, key: ShotKey, victim: Option<PlayerId>) {
    write_key(writer, key);
    write_somebody(writer, victim);
}

/// Reads the end of a shot.
///
/// # Errors
/// When the bits end.
pub fn read_shot_end(reader: &mut BitReader<'_>) -> Result<(ShotKey, Option<PlayerId>), BitsError> {
    Ok((read_key(reader)?, read_somebody(reader)?))
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
    Ok((LooseRock { id, size, pos, vel, hull: 0, life }, steps))
}

/// Writes a pickup as it is now.
pub fn write_pickup(writer: &mut BitWriter, pickup: &Pickup) {
    writer.bits(u32::from(pickup.id.0), 16);
    writer.bits(pickup.kind as u32, 3);
    writer.bits(u32::from(pickup.amount.min(15)), 4);
    write_point(writer, pickup.pos);
    write_speed(writer, pickup.vel);
    writer.bits(u32::from(pickup.life), 12);
}

/// Reads a pickup.
///
/// # Errors
/// When the bits make no sense.
pub fn read_pickup(reader: &mut BitReader<'_>) -> Result<Pickup, BitsError> {
    Ok(Pickup {
        id: BodyId(reader.bits(16)? as u16),
        kind: PickupKind::from_index(reader.bits(3)? as u8).ok_or(BitsError)?,
        amount: reader.bits(4)? as u8,
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
pub fn write_pickup_end(writer: &mut BitWriter, id: BodyId, by: Option<PlayerId>) {
    write_body_id(writer, id);
    write_somebody(writer, by);
}

/// Reads the end of a pickup.
///
/// # Errors
/// When the bits end.
pub fn read_pickup_end(reader: &mut BitReader<'_>) -> Result<(BodyId, Option<PlayerId>), BitsError> {
    Ok((read_body_id(reader)?, read_somebody(reader)?))
}

/// Writes a happening.
pub fn write_happening(writer: &mut BitWriter, happening: Happening) {
    let ship = |writer: &mut BitWriter, kind, id: ShipId| {
        writer.bits(kind, 2);
        write_player(writer, id.player);
        writer.bits(u32::from(id.life), 8);
    };
    match happening {
        Happening::Launched(id) => ship(writer, 0, id),
        Happening::Destroyed(id) => ship(writer, 1, id),
        Happening::Damaged { player, by, points, cause } => {
            writer.bits(2, 2);
            write_player(writer, player);
            write_somebody(writer, by);
            writer.bits(u32::from(points), 8);
            write_cause(writer, cause);
        }
    }
}

/// Reads a happening.
///
/// # Errors
/// When the bits make no sense.
pub fn read_happening(reader: &mut BitReader<'_>) -> Result<Happening, BitsError> {
    let kind = reader.bits(2)?;
    let player = read_player(reader)?;
    match kind {
        0 => Ok(Happening::Launched(ShipId { player, life: reader.bits(8)? as u8 })),
        1 => Ok(Happening::Destroyed(ShipId { player, life: reader.bits(8)? as u8 })),
        2 => {
            let by = read_somebody(reader)?;
            Ok(Happening::Damaged { player, by, points: reader.bits(8)? as u8, cause: read_cause(reader)? })
        }
        _ => Err(BitsError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantize::{LATTICE_MAX, Lattice};
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
        fn records_survive_the_wire(pos in point(), vel in point(), player in 0u16..512, by in proptest::option::of(0u16..512), id: u16, small in 0u16..240, life in 0u16..4_096, points: u8) {
            let (player, by, id) = (PlayerId(player), by.map(PlayerId), BodyId(id));
            let now = Tick(u32::MAX - 3).plus(i32::from(points));
            let key = ShotKey { owner: player, tick: now.plus(-i32::from(small)).0 as u8 };
            check(Shot { key, weapon: WeaponKind::Pulse, pos, vel, age: small }, write_shot, |r| read_shot(r, now));
            check((key, by), |w, &(key, by)| write_shot_end(w, key, by), read_shot_end);
            let rock = LooseRock { id, size: RockSize::Medium, pos, vel, hull: 0, life };
            check((rock, 0), |w, (rock, _)| write_rock(w, rock), read_rock);
            check(Pickup { id, kind: PickupKind::Charge, amount: (points % 16), pos, vel, life }, write_pickup, read_pickup);
            check((id, by), |w, &(id, by)| write_pickup_end(w, id, by), read_pickup_end);
            for cause in [Cause::Shot(WeaponKind::Pulse), Cause::Star, Cause::Planet, Cause::Rock, Cause::Ram, Cause::Edge] {
                check(Happening::Damaged { player, by, points, cause }, |w, h| write_happening(w, *h), read_happening);
                check(Station::Dead { killer: by, cause, wait: life, watching: by }, |w, s| write_station(w, *s), read_station);
            }
            for station in [Station::Idle, Station::Flying, Station::Watching(player)] {
                check(station, |w, s| write_station(w, *s), read_station);
            }
            check(Happening::Launched(ShipId { player, life: points }), |w, h| write_happening(w, *h), read_happening);
            check(Happening::Destroyed(ShipId { player, life: points }), |w, h| write_happening(w, *h), read_happening);
        }

        #[test]
        fn rubbish_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = BitReader::new(&bytes);
            let _ = (read_station(&mut reader), read_shot(&mut reader, Tick(9)), read_rock(&mut reader));
            let _ = (read_pickup(&mut reader), read_happening(&mut reader), read_shot_end(&mut reader));
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
