//! Reading a snapshot into the table of what is known. Invariant: either the whole snapshot is applied or an error
//! ends the connection; bytes from the network never panic.

use super::traffic::{Kind, Traffic};
use crate::{
    defs::{Defs, PickupKind, RockSize, ShipClass, WeaponKind},
    ids::{PlayerId, ShotKey},
    limits::{HISTORY_TICKS, PICKUPS_MAX, ROCKS_MAX, SHOTS_MAX},
    protocol::{
        Snapshot, SnapshotFlags,
        bits::{BitReader, BitsError},
        body::{self, Happening, Names, NewShot, ROCK_STEPS, Station},
        entity_state,
        known::{Known, Told},
        owner_state,
        reckon::{Reckoner, Skies},
    },
    quantize::{LATTICE_MAX, Lattice, STEPS},
    sim::{Cause, Command, Edge, Kinematics, Layout, Shot, Well, pickups, rocks, rules, shots, wells},
    tick::Tick,
};

/// Something a snapshot told besides the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A shot was told for the first time.
    ShotCame {
        /// Which.
        key: ShotKey,
        /// Of what.
        weapon: WeaponKind,
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
    /// A decoy left the table: it is no more, or out of sight.
    Dissolved {
        /// Where it was told last.
        pos: Lattice,
        /// How it moved.
        vel: Lattice,
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

/// Applies `snapshot` to `known`; `sent` answers with the command this client sent for a tick; what the bits were for
/// is counted in `traffic`.
///
/// # Errors
/// When the snapshot makes no sense. `known` is then in an unspecified state.
pub fn apply(
    known: &mut Known,
    snapshot: &Snapshot,
    reading: &mut Reading<'_>,
    sent: impl Fn(Tick) -> Option<Command>,
    notes: &mut Vec<Note>,
    traffic: &mut Traffic,
) -> Result<(), BitsError> {
    let reader = &mut BitReader::new(&snapshot.body);
    traffic.begin(reader.left());
    let (mut shooters, mut fallen) = (Shooters::default(), Vec::new());
    if snapshot.flags.has(SnapshotFlags::PART) {
        if snapshot.flags.has(SnapshotFlags::FULL) || snapshot.tick != known.tick || !known.begun {
            return Err(BitsError);
        }
    } else {
        let fresh = read_wells(reader, snapshot.tick)?;
        begin(known, snapshot, fresh, reading, &mut fallen)?;
        known.station = body::read_station(reader)?;
        traffic.mark(Kind::Head, reader.left());
        read_own(known, reader, reading, sent, &mut shooters)?;
        traffic.mark(Kind::Owner, reader.left());
        read_edge(known, reader)?;
        traffic.mark(Kind::Head, reader.left());
        read_leaves(known, reader, notes)?;
        traffic.mark(Kind::Ships, reader.left());
        let ships = known.ships.iter().map(|told| told.state.id.player).collect();
        let names = Names { ships, own: reading.player };
        read_ends(known, reader, &names, reading.defs, &fallen, notes)?;
        body::read_list(reader, |reader| {
            notes.push(Note::Happened(body::read_happening(reader, &names)?));
            Ok(())
        })?;
        traffic.mark(Kind::Events, reader.left());
        read_news(known, reader, reading, &mut shooters)?;
    }
    read_enters(known, reader)?;
    traffic.mark(Kind::Ships, reader.left());
    read_shots(known, reader, reading, &shooters, usize::from(snapshot.base), notes)?;
    traffic.mark(Kind::Shots, reader.left());
    read_rocks(known, reader)?;
    traffic.mark(Kind::Rocks, reader.left());
    read_pickups(known, reader)?;
    traffic.mark(Kind::Pickups, reader.left());
    read_belt(known, reader, notes)?;
    traffic.mark(Kind::Belts, reader.left());
    if reader.left() < 8 { Ok(()) } else { Err(BitsError) }
}

/// Small stars in one list at most: twice what a room can make within the time they are remembered.
const WELLS_MAX: usize = 8 * wells::AT_ONCE_MAX;

fn read_wells(reader: &mut BitReader<'_>, now: Tick) -> Result<Vec<Well>, BitsError> {
    let mut fresh = Vec::new();
    body::read_list(reader, |reader| {
        fresh.push(body::read_well(reader, now)?);
        if fresh.len() > WELLS_MAX { Err(BitsError) } else { Ok(()) }
    })?;
    Ok(fresh)
}

/// Brings the table to the snapshot's tick: from its baseline, or from nothing. `fallen` gets the shots that met the star
/// or a planet on the way.
fn begin(
    known: &mut Known,
    snapshot: &Snapshot,
    fresh: Vec<Well>,
    reading: &mut Reading<'_>,
    fallen: &mut Vec<Shot>,
) -> Result<(), BitsError> {
    if snapshot.flags.has(SnapshotFlags::FULL) {
        let belt = vec![ROCK_STEPS; reading.layout.slots.len()];
        reading.skies.wells.clone_from(&fresh);
        *known = Known { begun: true, belt, tick: snapshot.tick, wells: fresh, ..Known::default() };
        return Ok(());
    }
    known.wells.extend(fresh);
    wells::forget(&mut known.wells, snapshot.tick);
    if known.wells.len() > WELLS_MAX {
        return Err(BitsError);
    }
    reading.skies.wells.clone_from(&known.wells);
    let base = i32::from(snapshot.base);
    if !known.begun || !(1..HISTORY_TICKS as i32).contains(&base) || snapshot.tick.since(known.tick) != base {
        return Err(BitsError);
    }
    advance(known, snapshot.tick, reading, fallen);
    Ok(())
}

/// Ships whose every tick since the baseline was reckoned, so that a shot of theirs needs no place.
#[derive(Debug, Default)]
struct Shooters {
    bodies: Vec<Kinematics>,
    /// Whose, of what class, and where its bodies lie; in the order of the news.
    others: Vec<(PlayerId, ShipClass, usize, usize)>,
    own: Option<(PlayerId, ShipClass, Vec<Kinematics>)>,
}

impl Shooters {
    /// How many shots the mounts of shooter number `shooter` fire at once.
    fn parts(&self, shooter: usize, defs: &Defs) -> usize {
        let class = match (self.others.get(shooter), &self.own) {
            (Some(&(_, class, _, _)), _) | (None, &Some((_, class, _))) => class,
            (None, None) => return 0,
        };
        shots::parts(class, defs)
    }

    /// Shot number `part` that left the barrel of shooter number `shooter`, `age` ticks before `now`, as it is now.
    fn shot(
        &self,
        (shooter, part): (usize, u8),
        age: usize,
        now: Tick,
        reading: &mut Reading<'_>,
    ) -> Result<Shot, BitsError> {
        let (player, class, bodies) = match (self.others.get(shooter), &self.own) {
            (Some(&(player, class, from, to)), _) => (player, class, &self.bodies[from..to]),
            (None, Some((player, class, bodies))) => (*player, *class, bodies.as_slice()),
            (None, None) => return Err(BitsError),
        };
        let body = bodies.len().checked_sub(age + 1).map(|at| bodies[at]).ok_or(BitsError)?;
        let fired = now.plus(-(age as i32));
        // Only bolts are told like this; a class that fires rays has none.
        let shot = shots::leave_barrel(player, class, body, body.heading, fired, part, reading.defs);
        let mut shot = shot.ok_or(BitsError)?;
        for i in 1..=age {
            let sky = reading.skies.at(reading.layout, reading.defs, fired.plus(i as i32));
            shots::advance(&mut shot, &sky, reading.defs).ok_or(BitsError)?;
        }
        Ok(shot)
    }
}

/// Moves everything that follows from its launch to `to`.
fn advance(known: &mut Known, to: Tick, reading: &mut Reading<'_>, fallen: &mut Vec<Shot>) {
    while known.tick != to {
        known.tick = known.tick.next();
        let sky = reading.skies.at(reading.layout, reading.defs, known.tick);
        rules::move_edge(&mut known.edge, &reading.defs.arena);
        known.shots.retain_mut(|shot| {
            let Some(start) = shots::advance(shot, &sky, reading.defs) else { return false };
            let radius = shots::radius(shot, reading.defs);
            let falls = shots::touch_sky(start, shot.pos.to_vec2(), radius, &sky).is_some();
            if falls {
                fallen.push(*shot);
            }
            !falls
        });
        known.rocks.retain_mut(|(rock, _)| rocks::advance(rock, &sky));
        known.pickups.retain_mut(pickups::advance);
    }
}

fn read_own(
    known: &mut Known,
    reader: &mut BitReader<'_>,
    reading: &mut Reading<'_>,
    sent: impl Fn(Tick) -> Option<Command>,
    shooters: &mut Shooters,
) -> Result<(), BitsError> {
    let before = known.own.take();
    if known.station != Station::Flying {
        return Ok(());
    }
    let player = reading.player.ok_or(BitsError)?;
    let edge_radius = before.as_ref().map_or(0.0, Told::edge_radius_u);
    let mut reckoner = Reckoner { layout: reading.layout, defs: reading.defs, skies: &mut *reading.skies, edge_radius };
    let base = before.as_ref().map(|told| (&told.state, told.tick));
    let mut bodies = Vec::new();
    let state = owner_state::read(reader, player, base, known.tick, sent, &mut reckoner, &mut bodies)?;
    shooters.own = Some((player, state.class, bodies));
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

fn read_leaves(known: &mut Known, reader: &mut BitReader<'_>, notes: &mut Vec<Note>) -> Result<(), BitsError> {
    if !reader.flag()? {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(known.ships.len());
    for told in known.ships.drain(..) {
        if !reader.flag()? {
            kept.push(told);
        } else if told.state.id.player.is_decoy() {
            notes.push(Note::Dissolved { pos: told.state.body.pos, vel: told.state.body.vel });
        }
    }
    known.ships = kept;
    Ok(())
}

fn read_news(
    known: &mut Known,
    reader: &mut BitReader<'_>,
    reading: &mut Reading<'_>,
    shooters: &mut Shooters,
) -> Result<(), BitsError> {
    let mut bodies = Vec::new();
    for told in &mut known.ships {
        let mut reckoner = Reckoner {
            layout: reading.layout,
            defs: reading.defs,
            skies: &mut *reading.skies,
            edge_radius: told.edge_radius_u(),
        };
        let news = entity_state::read_news(reader, &told.state, told.tick, known.tick, &mut reckoner, &mut bodies)?;
        let from = shooters.bodies.len();
        shooters.bodies.append(&mut bodies);
        shooters.others.push((told.state.id.player, told.state.class, from, shooters.bodies.len()));
        if let Some(state) = news {
            *told = Told { state, tick: known.tick, edge_radius: known.edge.radius };
        }
    }
    Ok(())
}

fn read_enters(known: &mut Known, reader: &mut BitReader<'_>) -> Result<(), BitsError> {
    body::read_list(reader, |reader| {
        let player = body::read_player(reader)?;
        let state = entity_state::read_whole(reader, player)?;
        let told = Told { state, tick: known.tick, edge_radius: known.edge.radius };
        match known.find_ship(player) {
            Ok(_) => Err(BitsError),
            Err(place) => {
                known.ships.insert(place, told);
                Ok(())
            }
        }
    })
}

/// Shots, rocks and pickups that are over, and rocks that were chipped.
fn read_ends(
    known: &mut Known,
    reader: &mut BitReader<'_>,
    names: &Names,
    defs: &Defs,
    fallen: &[Shot],
    notes: &mut Vec<Note>,
) -> Result<(), BitsError> {
    body::read_list(reader, |reader| {
        let (key, victim) = body::read_shot_end(reader, names)?;
        let place = known.shots.iter().position(|shot| shot.key == key);
        // A ship may have been in the way before the planet was.
        let shot = place.map(|index| known.shots.remove(index)).or(fallen.iter().find(|shot| shot.key == key).copied());
        if let Some(shot) = shot {
            notes.push(Note::ShotEnded { key, pos: shot.pos, vel: shot.vel, victim: victim.map(|(player, _)| player) });
            if let Some((player, true)) = victim {
                let points = defs.weapon(shot.weapon).damage.min(255) as u8;
                let cause = Cause::Shot(shot.weapon);
                notes.push(Note::Happened(Happening::Damaged { player, by: Some(key.owner), points, cause }));
            }
        }
        Ok(())
    })?;
    body::read_list(reader, |reader| {
        let id = body::read_body_id(reader)?;
        if let Some(index) = known.rocks.iter().position(|(rock, _)| rock.id == id) {
            let (rock, _) = known.rocks.remove(index);
            notes.push(Note::RockBroken { pos: rock.pos, size: rock.size });
        }
        Ok(())
    })?;
    body::read_list(reader, |reader| {
        let (id, steps) = (body::read_body_id(reader)?, reader.bits(4)? as u8);
        if let Some((_, told)) = known.rocks.iter_mut().find(|(rock, _)| rock.id == id) {
            *told = steps;
        }
        Ok(())
    })?;
    read_rocks(known, reader)?;
    body::read_list(reader, |reader| {
        let (id, by) = body::read_pickup_end(reader, names)?;
        if let Some(index) = known.pickups.iter().position(|pickup| pickup.id == id) {
            let pickup = known.pickups.remove(index);
            if let Some(by) = by {
                notes.push(Note::Taken { pos: pickup.pos, kind: pickup.kind, by });
            }
        }
        Ok(())
    })
}

fn read_shots(
    known: &mut Known,
    reader: &mut BitReader<'_>,
    reading: &mut Reading<'_>,
    shooters: &Shooters,
    gap: usize,
    notes: &mut Vec<Note>,
) -> Result<(), BitsError> {
    let now = known.tick;
    body::read_list(reader, |reader| {
        let parts = |shooter| shooters.parts(shooter, reading.defs);
        let shot = match body::read_new_shot(reader, now, shooters.others.len(), gap, parts)? {
            NewShot::Fired { shooter, age, part } => shooters.shot((shooter, part), age, now, reading)?,
            NewShot::Whole(shot) => shot,
        };
        known.shots.retain(|other| other.key != shot.key);
        if known.shots.len() >= SHOTS_MAX {
            return Err(BitsError);
        }
        known.shots.push(shot);
        notes.push(Note::ShotCame { key: shot.key, weapon: shot.weapon, pos: shot.pos, age: shot.age });
        Ok(())
    })
}

fn read_rocks(known: &mut Known, reader: &mut BitReader<'_>) -> Result<(), BitsError> {
    body::read_list(reader, |reader| {
        let (rock, steps) = body::read_rock(reader)?;
        known.rocks.retain(|(other, _)| other.id != rock.id);
        if known.rocks.len() >= ROCKS_MAX {
            return Err(BitsError);
        }
        known.rocks.push((rock, steps));
        Ok(())
    })
}

fn read_pickups(known: &mut Known, reader: &mut BitReader<'_>) -> Result<(), BitsError> {
    body::read_list(reader, |reader| {
        let pickup = body::read_pickup(reader)?;
        known.pickups.retain(|other| other.id != pickup.id);
        if known.pickups.len() >= PICKUPS_MAX {
            return Err(BitsError);
        }
        known.pickups.push(pickup);
        Ok(())
    })
}

fn read_belt(known: &mut Known, reader: &mut BitReader<'_>, notes: &mut Vec<Note>) -> Result<(), BitsError> {
    body::read_list(reader, |reader| {
        let (slot, steps) = (reader.bits(9)? as usize, reader.bits(4)? as u8);
        let told = known.belt.get_mut(slot).ok_or(BitsError)?;
        if steps == 0 && *told > 0 {
            notes.push(Note::BeltBroken { slot: slot as u16 });
        }
        *told = steps;
        Ok(())
    })
}
