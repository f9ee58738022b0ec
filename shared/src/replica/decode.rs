//! Reading a snapshot into the table of what is known. Invariant: either the whole snapshot is applied or an error
//! ends the connection; bytes from the network never panic.

use crate::{
    defs::{Defs, PickupKind, RockSize},
    ids::{PlayerId, ShotKey},
    protocol::{
        Snapshot, SnapshotFlags,
        bits::{BitReader, BitsError},
        body::{self, Happening, ROCK_STEPS, Station},
        entity_state,
        known::{Known, Told},
        owner_state,
        reckon::{Reckoner, Skies},
    },
    quantize::{LATTICE_MAX, Lattice, STEPS},
    sim::{Command, Edge, Layout, pickups, rocks, rules, shots},
    tick::Tick,
};

/// Longest gap between two snapshots that are not full, ticks (idle tabs get one a second).
const GAP_MAX: i32 = 1_200;

/// Something a snapshot told besides the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A shot was told for the first time.
    ShotCame {
        /// Which.
        key: ShotKey,
        /// Where it is.
        pos: Lattice,
        /// Ticks since it was fired.
        age: u16,
    },
    /// A shot hit something.
    ShotEnded {
        /// Which.
        key: ShotKey,
        /// Where it was last.
        pos: Lattice,
        /// How it moved.
        vel: Lattice,
        /// Whom it hit, if a ship.
        victim: Option<PlayerId>,
    },
    /// A loose rock was shot apart.
    RockBroken {
        /// Where.
        pos: Lattice,
        /// Size.
        size: RockSize,
    },
    /// A belt rock broke.
    BeltBroken {
        /// Slot.
        slot: u16,
    },
    /// A pickup was taken.
    Taken {
        /// Where.
        pos: Lattice,
        /// What.
        kind: PickupKind,
        /// By whom.
        by: PlayerId,
    },
    /// See [`Happening`].
    Happened(Happening),
}

/// What decoding reads besides the bytes.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Planets and belts.
    pub layout: &'a Layout,
    /// The tables.
    pub defs: &'a Defs,
    /// Recent skies.
    pub skies: &'a mut Skies,
    /// The own slot, when playing.
    pub player: Option<PlayerId>,
}

/// Applies `snapshot` to `known`; `sent` answers with the command this client sent for a tick.
///
/// # Errors
/// When the snapshot makes no sense. `known` is then in an unspecified state.
pub fn apply(
    known: &mut Known,
    snapshot: &Snapshot,
    reading: &mut Reading<'_>,
    sent: impl Fn(Tick) -> Option<Command>,
    notes: &mut Vec<Note>,
) -> Result<(), BitsError> {
    let reader = &mut BitReader::new(&snapshot.body);
    if snapshot.flags.has(SnapshotFlags::FULL) {
        *known = Known { belt: vec![ROCK_STEPS; reading.layout.slots.len()], tick: snapshot.tick, ..Known::default() };
    } else {
        let gap = snapshot.tick.since(known.tick);
        if known.belt.is_empty() || !(1..=GAP_MAX).contains(&gap) {
            return Err(BitsError);
        }
        advance(known, snapshot.tick, reading);
    }
    known.station = body::read_station(reader)?;
    read_own(known, reader, reading, sent)?;
    read_edge(known, reader)?;
    read_leaves(known, reader)?;
    read_news(known, reader, reading)?;
    read_enters(known, reader)?;
    read_shots(known, reader, notes)?;
    read_rocks(known, reader, notes)?;
    read_pickups(known, reader, notes)?;
    read_belt(known, reader, notes)?;
    for _ in 0..reader.count()? {
        notes.push(Note::Happened(body::read_happening(reader)?));
    }
    if reader.left() < 8 { Ok(()) } else { Err(BitsError) }
}

/// Moves everything that follows from its launch to `to`.
fn advance(known: &mut Known, to: Tick, reading: &mut Reading<'_>) {
    while known.tick != to {
        known.tick = known.tick.next();
        let sky = reading.skies.at(reading.layout, reading.defs, known.tick);
        rules::move_edge(&mut known.edge, &reading.defs.arena);
        known.shots.retain_mut(|shot| shots::advance(shot, &sky, reading.defs).is_some());
        known.rocks.retain_mut(|(rock, _)| rocks::advance(rock, &sky));
        known.pickups.retain_mut(pickups::advance);
    }
}

fn read_own(
    known: &mut Known,
    reader: &mut BitReader<'_>,
    reading: &mut Reading<'_>,
    sent: impl Fn(Tick) -> Option<Command>,
) -> Result<(), BitsError> {
    let before = known.own.take();
    if known.station != Station::Flying {
        return Ok(());
    }
    let player = reading.player.ok_or(BitsError)?;
    let edge_radius = before.as_ref().map_or(0.0, Told::edge_radius_u);
    let mut reckoner = Reckoner { layout: reading.layout, defs: reading.defs, skies: &mut *reading.skies, edge_radius };
    let base = before.as_ref().map(|told| (&told.state, told.tick));
    let state = owner_state::read(reader, player, base, known.tick, sent, &mut reckoner)?;
    // The edge is read next; `read_edge` completes this record.
    known.own = Some(Told { state, tick: known.tick, edge_radius: known.edge.radius });
    Ok(())
}

fn read_edge(known: &mut Known, reader: &mut BitReader<'_>) -> Result<(), BitsError> {
    if reader.flag()? {
        known.edge = Edge { radius: reader.sized()?, target: reader.sized()? };
        let range = STEPS as i32..LATTICE_MAX;
        if !range.contains(&known.edge.radius) || !range.contains(&known.edge.target) {
            return Err(BitsError);
        }
    }
    if let Some(own) = &mut known.own {
        own.edge_radius = known.edge.radius;
    }
    Ok(())
}

fn read_leaves(known: &mut Known, reader: &mut BitReader<'_>) -> Result<(), BitsError> {
    if !reader.flag()? {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(known.ships.len());
    for told in known.ships.drain(..) {
        if !reader.flag()? {
            kept.push(told);
        }
    }
    known.ships = kept;
    Ok(())
}

fn read_news(known: &mut Known, reader: &mut BitReader<'_>, reading: &mut Reading<'_>) -> Result<(), BitsError> {
    for told in &mut known.ships {
        let mut reckoner = Reckoner {
            layout: reading.layout,
            defs: reading.defs,
            skies: &mut *reading.skies,
            edge_radius: told.edge_radius_u(),
        };
        let news = entity_state::read_news(reader, &told.state, told.tick, known.tick, &mut reckoner)?;
        if let Some(state) = news {
            *told = Told { state, tick: known.tick, edge_radius: known.edge.radius };
        }
    }
    Ok(())
}

fn read_enters(known: &mut Known, reader: &mut BitReader<'_>) -> Result<(), BitsError> {
    for _ in 0..reader.count()? {
        let player = body::read_player(reader)?;
        let state = entity_state::read_whole(reader, player)?;
        let told = Told { state, tick: known.tick, edge_radius: known.edge.radius };
        match known.find_ship(player) {
            Ok(_) => return Err(BitsError),
            Err(place) => known.ships.insert(place, told),
        }
    }
    Ok(())
}

fn read_shots(known: &mut Known, reader: &mut BitReader<'_>, notes: &mut Vec<Note>) -> Result<(), BitsError> {
    for _ in 0..reader.count()? {
        let (key, victim) = body::read_shot_end(reader)?;
        if let Some(index) = known.shots.iter().position(|shot| shot.key == key) {
            let shot = known.shots.remove(index);
            notes.push(Note::ShotEnded { key, pos: shot.pos, vel: shot.vel, victim });
        }
    }
    for _ in 0..reader.count()? {
        let shot = body::read_shot(reader, known.tick)?;
        known.shots.retain(|other| other.key != shot.key);
        known.shots.push(shot);
        notes.push(Note::ShotCame { key: shot.key, pos: shot.pos, age: shot.age });
    }
    Ok(())
}

fn read_rocks(known: &mut Known, reader: &mut BitReader<'_>, notes: &mut Vec<Note>) -> Result<(), BitsError> {
    for _ in 0..reader.count()? {
        let (id, forced) = (body::read_body_id(reader)?, reader.flag()?);
        if let Some(index) = known.rocks.iter().position(|(rock, _)| rock.id == id) {
            let (rock, _) = known.rocks.remove(index);
            if forced {
                notes.push(Note::RockBroken { pos: rock.pos, size: rock.size });
            }
        }
    }
    for _ in 0..reader.count()? {
        let (rock, steps) = body::read_rock(reader)?;
        known.rocks.retain(|(other, _)| other.id != rock.id);
        known.rocks.push((rock, steps));
    }
    for _ in 0..reader.count()? {
        let (id, steps) = (body::read_body_id(reader)?, reader.bits(4)? as u8);
        if let Some((_, told)) = known.rocks.iter_mut().find(|(rock, _)| rock.id == id) {
            *told = steps;
        }
    }
    Ok(())
}

fn read_pickups(known: &mut Known, reader: &mut BitReader<'_>, notes: &mut Vec<Note>) -> Result<(), BitsError> {
    for _ in 0..reader.count()? {
        let (id, by) = body::read_pickup_end(reader)?;
        if let Some(index) = known.pickups.iter().position(|pickup| pickup.id == id) {
            let pickup = known.pickups.remove(index);
            if let Some(by) = by {
                notes.push(Note::Taken { pos: pickup.pos, kind: pickup.kind, by });
            }
        }
    }
    for _ in 0..reader.count()? {
        let pickup = body::read_pickup(reader)?;
        known.pickups.retain(|other| other.id != pickup.id);
        known.pickups.push(pickup);
    }
    Ok(())
}

fn read_belt(known: &mut Known, reader: &mut BitReader<'_>, notes: &mut Vec<Note>) -> Result<(), BitsError> {
    for _ in 0..reader.count()? {
        let (slot, steps) = (reader.bits(9)? as usize, reader.bits(4)? as u8);
        let told = known.belt.get_mut(slot).ok_or(BitsError)?;
        if steps == 0 && *told > 0 {
            notes.push(Note::BeltBroken { slot: slot as u16 });
        }
        *told = steps;
    }
    Ok(())
}
