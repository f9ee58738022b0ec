//! Writing what is not a ship: shots, loose rocks, pickups, belts, and what happened. See `snapshot` for the order.
//!
//! Invariant: what a client was told of is told to be over exactly when it cannot know by itself; what comes into view is
//! told once, nearest first when not all fits.

use super::{
    audience::Audience,
    history::Moment,
    index::Places,
    snapshot::{Press, Scene, Shooter, Viewer},
};
use crate::{
    defs::ShipClass,
    ids::{PlayerId, ShotKey},
    limits::EVENTS_PENDING_MAX,
    math,
    protocol::{
        bits::BitWriter,
        body::{self, Happening},
    },
    quantize::Lattice,
    sim::{Kinematics, Shot, shots},
    tick::Tick,
};

/// The longest record of a thing with place and speed, its "more" bit included.
const THING_BITS: usize = 150;
/// …and of a belt rock.
const BELT_BITS: usize = 14;

/// Ends of shots, rocks and pickups that were told, and chipped rocks. They cannot wait: they are few and small, and what
/// is over must not fly on.
pub fn write_ends(
    scene: &mut Scene<'_>,
    viewer: &Viewer<'_>,
    audience: &mut Audience,
    writer: &mut BitWriter,
    since: Option<Tick>,
) {
    let (now, history) = (scene.world.tick, scene.history);
    let moments = || history.since(since.unwrap_or(now), now);
    scene.press.blows.clear();
    for moment in moments() {
        // The order within a tick matters: a slot that was freed in it may have been given away in it again, but only to
        // something that was not told yet.
        for ended in &moment.shots.told {
            if audience.shots.remove(ended.slot) {
                body::write_more(writer);
                let by = ended.by.filter(|&by| !is_hidden(scene, viewer, by));
                body::write_shot_end(writer, &scene.press.names, ended.name, by.map(|by| (by, ended.hurt)));
                if ended.hurt {
                    scene.press.blows.push(ended.name);
                }
            }
        }
        forget(&mut audience.shots, &moment.shots.foreseen);
    }
    body::write_end(writer);
    for moment in moments() {
        for ended in &moment.rocks.told {
            if audience.rocks.remove(ended.slot) {
                body::write_more(writer);
                body::write_body_id(writer, ended.name);
            }
        }
        forget(&mut audience.rocks, &moment.rocks.foreseen);
    }
    body::write_end(writer);
    moments().for_each(|moment| write_chipped(scene, audience, writer, moment));
    body::write_end(writer);
    write_towed(scene, audience, writer, moments());
    for moment in moments() {
        for ended in &moment.pickups.told {
            if audience.pickups.remove(ended.slot) {
                body::write_more(writer);
                let by = ended.by.filter(|&by| !is_hidden(scene, viewer, by));
                body::write_pickup_end(writer, &scene.press.names, ended.name, by);
            }
        }
        forget(&mut audience.pickups, &moment.pickups.foreseen);
    }
    body::write_end(writer);
}

/// Whether a cloak hides a pilot from the viewer: then it is not named either.
fn is_hidden(scene: &Scene<'_>, viewer: &Viewer<'_>, player: PlayerId) -> bool {
    let ship = scene.history.ship(player, scene.world.tick).filter(|_| viewer.player != Some(player));
    ship.is_some_and(|ship| viewer.is_blind_to(ship, scene.defs))
}

fn forget(told: &mut super::sets::BitSet, slots: &[u16]) {
    for &slot in slots {
        told.remove(slot);
    }
}

fn write_chipped(scene: &Scene<'_>, audience: &mut Audience, writer: &mut BitWriter, moment: &Moment) {
    for &(slot, id) in &moment.chipped {
        let steps = scene.history.rock_steps(slot);
        // A rock that came only now is told below, whole; one chipped twice is told once.
        if audience.rocks.has(slot) && audience.rock_steps[usize::from(slot)] != steps {
            body::write_more(writer);
            body::write_body_id(writer, id);
            writer.bits(u32::from(steps), 4);
            audience.rock_steps[usize::from(slot)] = steps;
        }
    }
}

/// Rocks that were told and that a tow line pulled at since, anew: no formula knows where they are. Those of the last
/// moments that are still there, each once; there are few (`TOWED_ROCKS_MAX`).
fn write_towed<'m>(
    scene: &Scene<'_>,
    audience: &Audience,
    writer: &mut BitWriter,
    moments: impl Iterator<Item = &'m Moment>,
) {
    let mut told = Vec::new();
    for &(slot, id) in moments.flat_map(|moment| &moment.towed) {
        if told.contains(&id) || !audience.rocks.has(slot) {
            continue;
        }
        if let Some(rock) = scene.world.rocks.iter().find(|rock| rock.id == id) {
            body::write_more(writer);
            body::write_rock(writer, rock);
            told.push(id);
        }
    }
    body::write_end(writer);
}

/// What happened to ships in sight. Cosmetic: beyond `EVENTS_PENDING_MAX` the rest is dropped.
pub fn write_happenings(
    scene: &Scene<'_>,
    viewer: &Viewer<'_>,
    audience: &Audience,
    writer: &mut BitWriter,
    since: Option<Tick>,
) {
    let now = scene.world.tick;
    let in_area = |player: PlayerId| {
        let at = scene.world.ship(player).map(|ship| ship.body.pos.to_vec2());
        at.is_some_and(|at| viewer.area.holds(at, 1.0)) && !is_hidden(scene, viewer, player)
    };
    let sees = |player: PlayerId| viewer.player == Some(player) || audience.ships_set.has(player.0) || in_area(player);
    let moments = scene.history.since(since.unwrap_or(now), now);
    let seen = moments.flat_map(|moment| &moment.happenings).filter(|happened| match happened.what {
        Happening::Launched(ship) | Happening::Destroyed(ship) => {
            sees(ship.player) || happened.place.is_some_and(|place| viewer.area.holds(place.to_vec2(), 1.0))
        }
        Happening::Damaged { player, by, .. } => {
            // The end of a shot that was told says as much.
            // Hits of one's own come as deeds, exactly once.
            let own = by.is_some() && (by == viewer.player || viewer.player == Some(player));
            !own && sees(player) && happened.shot.is_none_or(|shot| !scene.press.blows.contains(&shot))
        }
        Happening::Ray { .. } => true,
    });
    let told = seen.filter_map(|happened| seen_part(scene, viewer, happened.what));
    for happening in told.take(EVENTS_PENDING_MAX) {
        body::write_more(writer);
        body::write_happening(writer, &scene.press.names, happening);
    }
    body::write_end(writer);
}

/// What the viewer may see of it. Of a ray that is what lies in its area: the rest would point at who is hidden.
fn seen_part(scene: &Scene<'_>, viewer: &Viewer<'_>, happening: Happening) -> Option<Happening> {
    let Happening::Ray { owner, from, to, struck, victim } = happening else { return Some(happening) };
    let (centre, half) = (viewer.area.centre, viewer.area.half);
    let (first, last) = math::clip_segment(from.to_vec2() - centre, to.to_vec2() - centre, half)?;
    let whole = last == to.to_vec2() - centre;
    Some(Happening::Ray {
        owner,
        from: Lattice::nearest(first + centre),
        to: Lattice::nearest(last + centre),
        struck: whole && struck,
        victim: victim.filter(|&victim| whole && !is_hidden(scene, viewer, victim)),
    })
}

/// Shots that came into view; `gap` is the number of ticks since the last snapshot.
pub fn write_shots(
    scene: &mut Scene<'_>,
    viewer: &Viewer<'_>,
    audience: &mut Audience,
    writer: &mut BitWriter,
    gap: usize,
) -> bool {
    let mut found = core::mem::take(&mut scene.press.found);
    comers(&scene.index.shots, viewer, writer, &mut found, |i| audience.shots.has(scene.history.shot_slot(i)));
    let mut all = true;
    for &i in &found {
        if viewer.room(writer) < THING_BITS {
            all = false;
            break;
        }
        let shot = &scene.world.shots[usize::from(i)];
        match shooter_of(scene, viewer, shot, gap) {
            Some(shooter) => {
                body::write_more(writer);
                let ships = scene.press.shooters.len();
                let parts = scene.world.ship(shot.key.owner).map_or(0, |ship| shots::parts(ship.class, scene.defs));
                let (age, part) = (usize::from(shot.age), shot.key.part);
                body::write_fired(writer, (shooter, ships), (age, gap), (part, parts));
            }
            None if viewer.will_see(shot.pos.to_vec2(), shot.vel.to_vec2()) => {
                body::write_more(writer);
                body::write_whole_shot(writer, shot);
            }
            // In the margin and on its way out or past: perhaps later.
            None => continue,
        }
        audience.shots.insert(scene.history.shot_slot(usize::from(i)));
    }
    body::write_end(writer);
    scene.press.found = found;
    all
}

/// Where the shooter stands among the ships with news, if the reader can place the shot by itself: its barrel was then
/// where the reader reckons it, and the shot has only flown since.
fn shooter_of(scene: &mut Scene<'_>, viewer: &Viewer<'_>, shot: &Shot, gap: usize) -> Option<usize> {
    let age = usize::from(shot.age);
    // The bolts of a multi-fire have numbers after the others, and are told whole: they are rare.
    let parts = scene.world.ship(shot.key.owner).map_or(0, |ship| shots::parts(ship.class, scene.defs));
    if age >= gap || usize::from(shot.key.part) >= parts {
        return None;
    }
    let press = &mut *scene.press;
    let (place, class, body) = if viewer.own_player() == Some(shot.key.owner) {
        let class = scene.world.ship(shot.key.owner)?.class;
        (press.shooters.len(), class, body_ago(&press.own_bodies, age)?)
    } else {
        let place = press.shooters.binary_search_by_key(&shot.key.owner, |shooter: &Shooter| shooter.player).ok()?;
        let shooter = press.shooters[place];
        (place, press.class_of(&shooter), press.body_of(&shooter, age)?)
    };
    let placed = placed_shot(scene, shot, class, body);
    (placed == Some(*shot)).then_some(place)
}

fn body_ago(bodies: &[Kinematics], age: usize) -> Option<Kinematics> {
    bodies.len().checked_sub(age + 1).map(|at| bodies[at])
}

fn placed_shot(scene: &mut Scene<'_>, known: &Shot, class: ShipClass, body: Kinematics) -> Option<Shot> {
    let fired = scene.world.tick.plus(-i32::from(known.age));
    let ShotKey { owner, part, .. } = known.key;
    // The reader does not know where the pilot aimed; most barrels do not care.
    let mut shot = shots::leave_barrel(owner, class, body, body.heading, fired, part, scene.defs)?;
    let Press { skies, .. } = &mut *scene.press;
    for i in 1..=i32::from(known.age) {
        let sky = skies.at(&scene.world.layout, scene.defs, fired.plus(i));
        let _ = shots::advance(&mut shot, &sky, scene.defs);
    }
    Some(shot)
}

/// Loose rocks that came into view.
pub fn write_rocks(
    scene: &mut Scene<'_>,
    viewer: &Viewer<'_>,
    audience: &mut Audience,
    writer: &mut BitWriter,
) -> bool {
    let (index, history, world) = (scene.index, scene.history, scene.world);
    let found = &mut scene.press.found;
    comers(&index.rocks, viewer, writer, found, |i| audience.rocks.has(history.rock_slot(i)));
    write_things(viewer, writer, found, |writer, i| {
        let slot = history.rock_slot(i);
        body::write_rock(writer, &world.rocks[i]);
        audience.rocks.insert(slot);
        audience.rock_steps[usize::from(slot)] = history.rock_steps(slot);
    })
}

/// Pickups that came into view.
pub fn write_pickups(
    scene: &mut Scene<'_>,
    viewer: &Viewer<'_>,
    audience: &mut Audience,
    writer: &mut BitWriter,
) -> bool {
    let (index, history, world) = (scene.index, scene.history, scene.world);
    let found = &mut scene.press.found;
    comers(&index.pickups, viewer, writer, found, |i| audience.pickups.has(history.pickup_slot(i)));
    write_things(viewer, writer, found, |writer, i| {
        body::write_pickup(writer, &world.pickups[i]);
        audience.pickups.insert(history.pickup_slot(i));
    })
}

/// Belt rocks in view that look otherwise than this client knows.
pub fn write_belt(scene: &mut Scene<'_>, viewer: &Viewer<'_>, audience: &mut Audience, writer: &mut BitWriter) -> bool {
    let world = scene.world;
    let found = &mut scene.press.found;
    scene.index.belt.within(&viewer.area, found);
    let mut all = true;
    for &slot in found.iter() {
        let rock = &world.belt[usize::from(slot)];
        let size = world.layout.slots[usize::from(slot)].size;
        let steps = if rock.regrow.is_some() { 0 } else { body::rock_steps(rock.hull, size) };
        if steps == audience.belt[usize::from(slot)] {
            continue;
        }
        if viewer.room(writer) < BELT_BITS {
            all = false;
            break;
        }
        body::write_more(writer);
        writer.bits(u32::from(slot), 9);
        writer.bits(u32::from(steps), 4);
        audience.belt[usize::from(slot)] = steps;
    }
    body::write_end(writer);
    all
}

/// What lies in the viewer's area and was not `told` yet into `found`; the nearest first where not everything may fit,
/// otherwise the order does not matter.
fn comers(
    places: &Places,
    viewer: &Viewer<'_>,
    writer: &BitWriter,
    found: &mut Vec<u16>,
    told: impl Fn(usize) -> bool,
) {
    places.within(&viewer.area, found);
    found.retain(|&i| !told(usize::from(i)));
    if found.len() * THING_BITS > viewer.room(writer) {
        let distance = |i: u16| (places.at(usize::from(i)) - viewer.area.centre).length_squared();
        found.sort_unstable_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
    }
}

fn write_things(
    viewer: &Viewer<'_>,
    writer: &mut BitWriter,
    found: &[u16],
    mut write: impl FnMut(&mut BitWriter, usize),
) -> bool {
    let mut all = true;
    for &i in found {
        if viewer.room(writer) < THING_BITS {
            all = false;
            break;
        }
        body::write_more(writer);
        write(writer, usize::from(i));
    }
    body::write_end(writer);
    all
}
