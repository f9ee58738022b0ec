//! Writing one client's snapshot: what it sees, as news against what it was told, within one TCP segment.
//!
//! Invariant: every ship told is in the client's area of interest (with hysteresis), a message never exceeds
//! `SNAPSHOT_BYTES_SOFT_MAX` by more than the sections that cannot wait, and what does not fit waits for the next
//! one: a fresh client fills up within a few snapshots, nearest things first.

use std::collections::BTreeMap;

use glam::Vec2;

use super::{
    audience::Audience,
    history::History,
    index::{Area, Index},
};
use crate::{
    defs::Defs,
    ids::{BodyId, PlayerId, ShotKey},
    limits::{EVENTS_PENDING_MAX, HISTORY_TICKS, SNAPSHOT_BYTES_SOFT_MAX},
    protocol::{
        bits::BitWriter,
        body::{self, Happening, Station},
        entity_state::{self, PublicShip},
        known::Told,
        owner_state::{self, UsedCommand},
        reckon::{Reckoner, Skies},
    },
    quantize::STEPS,
    sim::{Event, Ship, ShotHit, World, rules, world::MILLI},
    tick::Tick,
};

/// Ships stay until they leave the area grown by this: no flicker at the border.
const LEAVE_GROW: f32 = 1.15;
/// Bits that news of ships may take; farther ships wait beyond it.
const NEWS_BITS_MAX: usize = 6_000;
/// The same on a thin line.
const NEWS_BITS_THIN: usize = 1_200;
/// A whole ship, at most: news longer than this are sent whole instead.
const WHOLE_BITS: usize = 170;

/// What all clients of one tick share.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The world at the end of the tick.
    pub world: &'a World,
    /// The tables.
    pub defs: &'a Defs,
    /// Recent ticks.
    pub history: &'a History,
    /// Where things are.
    pub index: &'a Index,
    /// News encoded for other clients in this tick.
    pub press: &'a mut Press,
}

/// Ship news of one tick, encoded once and copied to every viewer with the same base.
#[derive(Debug, Clone, Default)]
pub struct Press {
    bits: BitWriter,
    printed: BTreeMap<(PlayerId, u32), (usize, usize)>,
    skies: Skies,
    path: Vec<PublicShip>,
}

impl Press {
    /// Forgets the last tick's news.
    pub fn clear(&mut self) {
        self.bits.clear();
        self.printed.clear();
    }
}

/// Who looks.
#[derive(Debug)]
pub struct Viewer {
    /// What it does.
    pub station: Station,
    /// Its slot, if it plays.
    pub player: Option<PlayerId>,
    /// What it should see.
    pub area: Area,
    /// Commands used since its own ship was last told, if it flies.
    pub used: Option<Vec<UsedCommand>>,
    /// Its line is thin.
    pub thin: bool,
}

/// Writes the body of a snapshot for `viewer` and advances `audience` to it.
pub fn write(scene: &mut Scene<'_>, viewer: &Viewer, audience: &mut Audience, writer: &mut BitWriter) {
    writer.clear();
    let since = audience.through;
    body::write_station(writer, viewer.station);
    write_own(scene, viewer, audience, writer);
    write_edge(scene, audience, writer);
    write_leaves(scene, viewer, audience, writer);
    write_news(scene, viewer, audience, writer);
    write_enters(scene, viewer, audience, writer);
    write_shots(scene, viewer, audience, writer, since);
    write_rocks(scene, viewer, audience, writer, since);
    write_pickups(scene, viewer, audience, writer, since);
    write_belt(scene, viewer, audience, writer);
    write_happenings(scene, viewer, audience, writer, since);
    audience.through = Some(scene.world.tick);
    audience.count = audience.count.wrapping_add(1);
}

fn room_left(writer: &BitWriter) -> usize {
    (SNAPSHOT_BYTES_SOFT_MAX * 8).saturating_sub(writer.len())
}

fn write_own(scene: &mut Scene<'_>, viewer: &Viewer, audience: &mut Audience, writer: &mut BitWriter) {
    let tick = scene.world.tick;
    let own = (viewer.station == Station::Flying).then(|| viewer.player.and_then(|p| scene.world.ship(p))).flatten();
    let Some(own) = own else {
        audience.own = None;
        return;
    };
    let base = audience.own.take().filter(|told| told.state.id == own.id);
    match (base, &viewer.used) {
        (Some(told), Some(used)) if tick.since(told.tick) < HISTORY_TICKS as i32 => {
            let mut reckoner = Reckoner {
                layout: &scene.world.layout,
                defs: scene.defs,
                skies: &mut scene.press.skies,
                edge_radius: told.edge_radius_u(),
            };
            owner_state::write_news(writer, &told.state, told.tick, used, own, &mut reckoner);
        }
        _ => owner_state::write_whole(writer, own),
    }
    audience.own = Some(told_now(scene, Ship::clone(own)));
}

fn told_now<T>(scene: &Scene<'_>, state: T) -> Told<T> {
    Told { state, tick: scene.world.tick, edge_radius: scene.world.edge.radius }
}

fn write_edge(scene: &Scene<'_>, audience: &mut Audience, writer: &mut BitWriter) {
    let now = scene.world.edge;
    if let Some(since) = audience.through {
        for _ in 0..scene.world.tick.since(since) {
            rules::move_edge(&mut audience.edge, &scene.defs.arena);
        }
    }
    let expected = audience.through.is_some() && audience.edge == now;
    writer.flag(!expected);
    if !expected {
        writer.sized(now.radius);
        writer.sized(now.target);
        audience.edge = now;
    }
}

fn write_leaves(scene: &Scene<'_>, viewer: &Viewer, audience: &mut Audience, writer: &mut BitWriter) {
    let stays = |told: &Told<PublicShip>| {
        let id = told.state.id;
        Some(id.player) != viewer.own_player()
            && scene
                .world
                .ship(id.player)
                .is_some_and(|ship| ship.id == id && viewer.area.holds(ship.body.pos.to_vec2(), LEAVE_GROW))
    };
    let any = audience.ships.iter().any(|told| !stays(told));
    writer.flag(any);
    if any {
        audience.ships.iter().for_each(|told| writer.flag(!stays(told)));
        audience.ships.retain(stays);
    }
}

impl Viewer {
    /// The slot whose ship comes in the owner's record, not among the others.
    fn own_player(&self) -> Option<PlayerId> {
        if self.station == Station::Flying { self.player } else { None }
    }
}

fn write_news(scene: &mut Scene<'_>, viewer: &Viewer, audience: &mut Audience, writer: &mut BitWriter) {
    let ranges: Vec<(usize, usize)> = audience.ships.iter().map(|told| print(scene, told)).collect();
    let budget = if viewer.thin { NEWS_BITS_THIN } else { NEWS_BITS_MAX };
    let mut left_out = vec![false; ranges.len()];
    if ranges.iter().map(|(_, len)| len).sum::<usize>() > budget {
        leave_out_far(viewer, audience, &ranges, budget, &mut left_out);
    }
    for (i, (start, len)) in ranges.into_iter().enumerate() {
        if left_out[i] {
            entity_state::write_left_out(writer);
            continue;
        }
        writer.copy(&scene.press.bits, start, len);
        let player = audience.ships[i].state.id.player;
        if let Some(truth) = scene.history.ship(player, scene.world.tick) {
            audience.ships[i] = told_now(scene, *truth);
        }
    }
}

/// Encodes the news of a ship against what was told, once per base.
fn print(scene: &mut Scene<'_>, told: &Told<PublicShip>) -> (usize, usize) {
    let (player, tick) = (told.state.id.player, scene.world.tick);
    let press = &mut *scene.press;
    if let Some(range) = press.printed.get(&(player, told.tick.0)) {
        return *range;
    }
    let start = press.bits.len();
    let whole = scene.history.ship(player, tick).copied();
    if scene.history.path(&told.state, told.tick, tick, &mut press.path) {
        let mut reckoner = Reckoner {
            layout: &scene.world.layout,
            defs: scene.defs,
            skies: &mut press.skies,
            edge_radius: told.edge_radius_u(),
        };
        let mut news = BitWriter::default();
        entity_state::write_news(&mut news, &told.state, told.tick, &press.path, &mut reckoner);
        match whole {
            Some(ship) if news.len() > WHOLE_BITS => entity_state::write_whole_news(&mut press.bits, &ship),
            _ => press.bits.copy(&news, 0, news.len()),
        }
    } else if let Some(ship) = whole {
        entity_state::write_whole_news(&mut press.bits, &ship);
    } else {
        entity_state::write_left_out(&mut press.bits);
    }
    let range = (start, press.bits.len() - start);
    press.printed.insert((player, told.tick.0), range);
    range
}

/// Marks the farthest ships with news until the rest fits the budget; ships that waited long count as nearer.
fn leave_out_far(
    viewer: &Viewer,
    audience: &Audience,
    ranges: &[(usize, usize)],
    budget: usize,
    left_out: &mut [bool],
) {
    let urgency = |i: usize| {
        let told = &audience.ships[i];
        let distance = told.state.body.pos.to_vec2().distance(viewer.area.centre);
        let waited = audience.through.map_or(0, |through| through.since(told.tick)).max(0);
        (1.0 + waited as f32) / (1.0 + distance / 600.0)
    };
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by(|&a, &b| urgency(b).total_cmp(&urgency(a)).then(a.cmp(&b)));
    let mut used = 0;
    for i in order {
        let len = ranges[i].1;
        left_out[i] = len > 1 && used + len > budget;
        if !left_out[i] {
            used += len;
        }
    }
}

fn write_enters(scene: &Scene<'_>, viewer: &Viewer, audience: &mut Audience, writer: &mut BitWriter) {
    let mut found = Vec::new();
    scene.index.ships.within(&viewer.area, &mut found);
    let mut fresh: Vec<(f32, PlayerId)> = found
        .iter()
        .map(|&i| {
            (scene.index.ships.at(usize::from(i)).distance(viewer.area.centre), scene.index.players[usize::from(i)])
        })
        .filter(|(_, player)| Some(*player) != viewer.own_player())
        .filter(|(_, player)| audience.ships.binary_search_by_key(player, |told| told.state.id.player).is_err())
        .collect();
    fresh.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut records = BitWriter::default();
    let mut count = 0;
    for (_, player) in fresh {
        // Leave room for shots: half of the message at most goes to newcomers.
        if records.len() + WHOLE_BITS > room_left(writer) / 2 {
            break;
        }
        let Some(ship) = scene.history.ship(player, scene.world.tick) else { continue };
        body::write_player(&mut records, player);
        entity_state::write_whole(&mut records, ship);
        if let Err(place) = audience.ships.binary_search_by_key(&player, |told| told.state.id.player) {
            audience.ships.insert(place, told_now(scene, *ship));
        }
        count += 1;
    }
    writer.count(count);
    writer.copy(&records, 0, records.len());
}

/// Writes a section of "count, records", as many records as fit.
fn section<T>(
    writer: &mut BitWriter,
    items: impl Iterator<Item = T>,
    bits_max: usize,
    mut write: impl FnMut(&mut BitWriter, T),
) {
    let mut records = BitWriter::default();
    let mut count = 0;
    for item in items {
        if records.len() + bits_max > room_left(writer) {
            break;
        }
        write(&mut records, item);
        count += 1;
    }
    writer.count(count);
    writer.copy(&records, 0, records.len());
}

fn write_shots(
    scene: &Scene<'_>,
    viewer: &Viewer,
    audience: &mut Audience,
    writer: &mut BitWriter,
    since: Option<Tick>,
) {
    let tick = scene.world.tick;
    let since = since.unwrap_or(tick);
    audience.shots.retain(|(_, expires)| expires.is_after(tick));
    let over: Vec<ShotKey> =
        audience.shots.iter().map(|(key, _)| *key).filter(|key| !scene.index.has_shot(*key)).collect();
    let victim = |key: ShotKey| {
        scene.history.events_since(since, tick).find_map(|event| match event {
            Event::ShotEnded { key: ended, hit: ShotHit::Ship(player), .. } if *ended == key => Some(*player),
            _ => None,
        })
    };
    // Ends cannot wait: they are few and small, and a shot that is over must not fly on.
    writer.count(over.len() as u32);
    for key in &over {
        body::write_shot_end(writer, *key, victim(*key));
    }
    audience.shots.retain(|(key, _)| !over.contains(key));
    let mut found = Vec::new();
    scene.index.shots.within(&viewer.area, &mut found);
    let fresh = found.iter().map(|&i| &scene.world.shots[usize::from(i)]);
    let told: Vec<ShotKey> = audience.shots.iter().map(|(key, _)| *key).collect();
    let fresh = fresh.filter(|shot| !told.contains(&shot.key));
    section(writer, fresh, 130, |records, shot| {
        let left = i32::from(scene.defs.weapon(shot.weapon).life_ticks) - i32::from(shot.age);
        body::write_shot(records, shot);
        audience.shots.push((shot.key, tick.plus(left + 1)));
    });
}

fn write_rocks(
    scene: &Scene<'_>,
    viewer: &Viewer,
    audience: &mut Audience,
    writer: &mut BitWriter,
    since: Option<Tick>,
) {
    let world = scene.world;
    let since = since.unwrap_or(world.tick);
    let standing = |id: BodyId| world.rocks.iter().find(|rock| rock.id == id);
    let gone: Vec<BodyId> = audience.rocks.iter().map(|(id, _)| *id).filter(|id| standing(*id).is_none()).collect();
    writer.count(gone.len() as u32);
    for id in &gone {
        let forced = scene
            .history
            .events_since(since, world.tick)
            .any(|event| matches!(event, Event::LooseBroken { id: broken, by_force: true, .. } if broken == id));
        body::write_body_id(writer, *id);
        writer.flag(forced);
    }
    audience.rocks.retain(|(id, _)| !gone.contains(id));
    let mut found = Vec::new();
    scene.index.rocks.within(&viewer.area, &mut found);
    let told: Vec<BodyId> = audience.rocks.iter().map(|(id, _)| *id).collect();
    let fresh = found.iter().map(|&i| &world.rocks[usize::from(i)]).filter(|rock| !told.contains(&rock.id));
    section(writer, fresh, 140, |records, rock| {
        body::write_rock(records, rock);
        audience.rocks.push((rock.id, body::rock_steps(rock.hull, rock.size)));
    });
    let chipped: Vec<(usize, u8)> = audience
        .rocks
        .iter()
        .enumerate()
        .filter_map(|(i, (id, steps))| {
            let now = standing(*id).map(|rock| body::rock_steps(rock.hull, rock.size))?;
            (now != *steps).then_some((i, now))
        })
        .collect();
    section(writer, chipped.into_iter(), 20, |records, (i, steps)| {
        body::write_body_id(records, audience.rocks[i].0);
        records.bits(u32::from(steps), 4);
        audience.rocks[i].1 = steps;
    });
}

fn write_pickups(
    scene: &Scene<'_>,
    viewer: &Viewer,
    audience: &mut Audience,
    writer: &mut BitWriter,
    since: Option<Tick>,
) {
    let world = scene.world;
    let since = since.unwrap_or(world.tick);
    let there = |id: BodyId| world.pickups.iter().any(|pickup| pickup.id == id);
    let gone: Vec<BodyId> = audience.pickups.iter().copied().filter(|id| !there(*id)).collect();
    writer.count(gone.len() as u32);
    for id in &gone {
        let by = scene.history.events_since(since, world.tick).find_map(|event| match event {
            Event::Collected { id: taken, by, .. } if taken == id => Some(*by),
            _ => None,
        });
        body::write_pickup_end(writer, *id, by);
    }
    audience.pickups.retain(|id| !gone.contains(id));
    let mut found = Vec::new();
    scene.index.pickups.within(&viewer.area, &mut found);
    let told = audience.pickups.clone();
    let fresh = found.iter().map(|&i| &world.pickups[usize::from(i)]).filter(|pickup| !told.contains(&pickup.id));
    section(writer, fresh, 140, |records, pickup| {
        body::write_pickup(records, pickup);
        audience.pickups.push(pickup.id);
    });
}

fn write_belt(scene: &Scene<'_>, viewer: &Viewer, audience: &mut Audience, writer: &mut BitWriter) {
    let mut found = Vec::new();
    scene.index.belt.within(&viewer.area, &mut found);
    let world = scene.world;
    let changed = found.into_iter().map(usize::from).filter_map(|slot| {
        let rock = &world.belt[slot];
        let steps = if rock.regrow.is_some() { 0 } else { body::rock_steps(rock.hull, world.layout.slots[slot].size) };
        (steps != audience.belt[slot]).then_some((slot, steps))
    });
    let changed: Vec<(usize, u8)> = changed.collect();
    section(writer, changed.into_iter(), 13, |records, (slot, steps)| {
        records.bits(slot as u32, 9);
        records.bits(u32::from(steps), 4);
        audience.belt[slot] = steps;
    });
}

fn write_happenings(
    scene: &Scene<'_>,
    viewer: &Viewer,
    audience: &Audience,
    writer: &mut BitWriter,
    since: Option<Tick>,
) {
    let tick = scene.world.tick;
    let sees = |player: PlayerId| {
        viewer.player == Some(player)
            || audience.ships.binary_search_by_key(&player, |told| told.state.id.player).is_ok()
    };
    let near = |pos: Vec2| viewer.area.holds(pos, 1.0);
    let happenings = scene.history.events_since(since.unwrap_or(tick), tick).filter_map(|event| match *event {
        Event::Launched { ship } => sees(ship.player).then_some(Happening::Launched(ship)),
        Event::Destroyed { ship, .. } => {
            let at = scene.world.pilot(ship.player).and_then(|pilot| pilot.death).map(|death| death.pos.to_vec2());
            (sees(ship.player) || at.is_some_and(near)).then_some(Happening::Destroyed(ship))
        }
        Event::Damaged { ship, by, cause, amount } => {
            let points = ((amount + MILLI / 2) / MILLI).clamp(0, 255) as u8;
            (points > 0 && sees(ship.player)).then_some(Happening::Damaged { player: ship.player, by, points, cause })
        }
        _ => None,
    });
    section(writer, happenings.take(EVENTS_PENDING_MAX), 32, |records, happening| {
        body::write_happening(records, happening);
    });
}

/// The area a viewer should see: its view, a fifth more, and where a quarter second of motion takes it.
#[must_use]
pub fn area_of(centre: Vec2, vel: Vec2, view_half: Vec2) -> Area {
    Area { centre: centre + vel * 0.125, half: view_half * 1.2 + vel.abs() * 0.125 + Vec2::splat(STEPS / 8.0) }
}
