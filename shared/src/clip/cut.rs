//! From the pictures of a page to a clip. Invariant: what comes out is what [`Clip::from_bytes`] takes, whatever was on the
//! screen; what was far from it is left out.

use std::collections::BTreeMap;

use glam::Vec2;

use super::{
    Actor, CAST_MAX, CHARGING, CLIP_BYTES_MAX, Clip, EVERY, FRAME_TICKS, FRAMES_MAX, Head, MOMENTS_MAX, MULTI, Moment,
    OVER, PLANETS_MAX, PROTECTED, Path, RARELY, ROOM_CHARS_MAX, SPECIAL, ShipTrack, path::place,
};
use crate::{
    defs::Terms,
    ids::PlayerId,
    replica::view::{RockId, ShipView, View, ViewEvent},
    sim::Cause,
    tick::TICK_US,
};

/// How much there is before the kill, µs…
const BEFORE_US: u64 = 4_000_000;
/// …and after it.
const AFTER_US: u64 = 900_000;
/// Time between two frames, µs.
const FRAME_US: u64 = FRAME_TICKS as u64 * TICK_US;
/// A clip shorter than this is none, frames.
const FRAMES_MIN: usize = 20;
/// What is farther away from the killer is not on the screen, u.
const SIGHT_U: f32 = 1_200.0;

/// A picture of the page.
#[derive(Debug, Clone, Copy)]
pub struct Still<'a> {
    /// When it was drawn, µs.
    pub at_us: u64,
    /// What was drawn.
    pub view: &'a View,
}

/// What is to become a clip.
#[derive(Debug, Clone, Copy)]
pub struct Cut<'a> {
    /// What was drawn, in order.
    pub stills: &'a [Still<'a>],
    /// When the kill was heard of, µs.
    pub kill_us: u64,
    /// Who did it…
    pub killer: PlayerId,
    /// …to whom…
    pub victim: PlayerId,
    /// …by what…
    pub cause: Cause,
    /// …for how many points.
    pub points: u32,
    /// Name of the room.
    pub room: &'a str,
    /// What was played.
    pub terms: Terms,
}

impl Cut<'_> {
    /// The clip. `named` says what a pilot is called, and whether the server flies it. `None` when there are too few
    /// pictures, or so many things in them that it would be too long.
    #[must_use]
    pub fn clip<'n>(&self, named: impl Fn(PlayerId) -> Option<(&'n str, bool)>) -> Option<Clip> {
        let from_us = self.stills.first()?.at_us.max(self.kill_us.saturating_sub(BEFORE_US));
        let until_us = self.stills.last()?.at_us.min(self.kill_us + AFTER_US);
        let frames = (usize::try_from(until_us.checked_sub(from_us)? / FRAME_US).ok()? + 1).min(FRAMES_MAX);
        if frames < FRAMES_MIN || self.kill_us < from_us {
            return None;
        }
        let mut tracks = Tracks::default();
        for frame in 0..frames {
            let at_us = from_us + frame as u64 * FRAME_US;
            let after = self.stills.partition_point(|still| still.at_us <= at_us);
            let still = self.stills.get(after.checked_sub(1)?)?;
            let next = self.stills.get(after).unwrap_or(still);
            let apart = next.at_us.saturating_sub(still.at_us).max(1);
            let part = (at_us - still.at_us) as f32 / apart as f32;
            tracks.take(frame, Between { view: still.view, next: next.view, part: part.min(1.0) });
        }
        let first = self.stills.iter().rev().find(|still| still.at_us <= from_us)?.view;
        let room = self.room.chars().take(ROOM_CHARS_MAX).collect();
        let kill = ((self.kill_us - from_us) / FRAME_US).min(frames as u64 - 1);
        let head = Head {
            room,
            terms: self.terms,
            tick: first.tick,
            killer: self.killer,
            victim: self.victim,
            cause: self.cause,
            points: self.points,
            arena_radius: first.arena_radius as u16,
            frames: frames as u16,
            kill: kill as u16,
            mouths: first.mouths.map(|mouths| mouths.map(|mouth| place(mouth.pos))),
        };
        let mut clip = tracks.clip(head);
        clip.moments = self.moments(from_us, frames);
        clip.cast = cast(&clip, named);
        (clip.beyond().is_none() && clip.to_bytes().len() <= CLIP_BYTES_MAX).then_some(clip)
    }

    fn moments(&self, from_us: u64, frames: usize) -> Vec<(u16, Moment)> {
        let mut moments = Vec::new();
        for still in self.stills.iter().filter(|still| still.at_us >= from_us) {
            let frame = (still.at_us - from_us) / FRAME_US;
            if frame >= frames as u64 {
                break;
            }
            moments.extend(still.view.events.iter().filter_map(moment).map(|moment| (frame as u16, moment)));
        }
        moments.truncate(MOMENTS_MAX);
        moments
    }
}

/// Whoever flies in it, and both whom it is about.
fn cast<'n>(clip: &Clip, named: impl Fn(PlayerId) -> Option<(&'n str, bool)>) -> Vec<Actor> {
    let mut players: Vec<PlayerId> = clip.ships.iter().map(|track| track.id.player).collect();
    players.extend([clip.head.killer, clip.head.victim]);
    players.sort_unstable();
    players.dedup();
    let actor = |player| named(player).map(|(name, bot)| Actor { player, name: name.to_owned(), bot });
    players.into_iter().filter_map(actor).take(CAST_MAX).collect()
}

/// A moment between two pictures.
#[derive(Debug, Clone, Copy)]
struct Between<'a> {
    view: &'a View,
    next: &'a View,
    part: f32,
}

impl Between<'_> {
    /// Between `pos` and where the same thing is next; what leaps is not on the way.
    fn pos(&self, pos: Vec2, next: Option<Vec2>) -> Vec2 {
        next.filter(|next| next.distance(pos) < 100.0).map_or(pos, |next| pos.lerp(next, self.part))
    }

    fn turn(&self, turn_rad: f32, next: Option<f32>) -> f32 {
        let Some(next) = next else { return turn_rad };
        let way = Vec2::from_angle(turn_rad).angle_to(Vec2::from_angle(next));
        turn_rad + way * self.part
    }
}

/// One kind of things on their ways. `L` is what they look like.
#[derive(Debug)]
struct Ways<K, L> {
    open: BTreeMap<K, Way<L>>,
    done: Vec<(K, Way<L>)>,
}

#[derive(Debug)]
struct Way<L> {
    from: usize,
    poses: Vec<(Vec2, Option<f32>)>,
    looks: Vec<L>,
}

impl<K, L> Default for Ways<K, L> {
    fn default() -> Self {
        Ways { open: BTreeMap::new(), done: Vec::new() }
    }
}

impl<K: Ord + Copy, L> Ways<K, L> {
    fn see(&mut self, frame: usize, key: K, pos: Vec2, turn_rad: Option<f32>, look: L) {
        let way = self.open.entry(key).or_insert_with(|| Way { from: frame, poses: Vec::new(), looks: Vec::new() });
        // Twice in one picture: the first counts.
        if way.from + way.poses.len() == frame {
            way.poses.push((pos, turn_rad));
            way.looks.push(look);
        }
    }

    /// What was not seen in this frame has ended.
    fn end(&mut self, frame: usize) {
        let over = self.open.extract_if(.., |_, way| way.from + way.poses.len() <= frame);
        self.done.extend(over);
    }

    fn tracks<T>(mut self, step: usize, track: impl Fn(K, Path, &[L]) -> T) -> Vec<T> {
        self.done.extend(self.open);
        let made = self.done.iter().map(|(key, way)| {
            let path = Path::through(way.from, step, &way.poses);
            track(*key, path, &way.looks)
        });
        made.collect()
    }
}

#[derive(Debug, Default)]
struct Tracks {
    ships: Ways<crate::ids::ShipId, ShipView>,
    shots: Ways<crate::ids::ShotKey, crate::defs::WeaponKind>,
    rocks: Ways<RockId, crate::defs::RockSize>,
    pickups: Ways<crate::ids::BodyId, crate::defs::PickupKind>,
    planets: Ways<usize, ()>,
    cores: Ways<usize, (crate::defs::Team, f32)>,
    wells: Ways<(i32, i32), crate::sim::WellKind>,
}

impl Tracks {
    fn take(&mut self, frame: usize, at: Between<'_>) {
        let (view, next) = (at.view, at.next);
        let near = |pos: Vec2| pos.distance(view.focus.pos) < SIGHT_U;
        for ship in view.ships.iter().filter(|ship| near(ship.pos)) {
            let then = next.ships.iter().find(|other| other.id == ship.id);
            let turn = at.turn(ship.heading_rad, then.map(|then| then.heading_rad));
            self.ships.see(frame, ship.id, at.pos(ship.pos, then.map(|then| then.pos)), Some(turn), *ship);
        }
        for shot in view.shots.iter().filter(|shot| near(shot.pos) && shot.opacity > 0.5) {
            let then = next.shots.iter().find(|other| other.key == shot.key).map(|then| then.pos);
            self.shots.see(frame, shot.key, at.pos(shot.pos, then), None, shot.weapon);
        }
        for rock in view.rocks.iter().filter(|rock| near(rock.pos)) {
            let then = next.rocks.iter().find(|other| other.id == rock.id);
            let turn = at.turn(rock.spin_rad, then.map(|then| then.spin_rad));
            self.rocks.see(frame, rock.id, at.pos(rock.pos, then.map(|then| then.pos)), Some(turn), rock.size);
        }
        for pickup in view.pickups.iter().filter(|pickup| near(pickup.pos)) {
            let then = next.pickups.iter().find(|other| other.id == pickup.id).map(|then| then.pos);
            self.pickups.see(frame, pickup.id, at.pos(pickup.pos, then), None, pickup.kind);
        }
        for (index, planet) in view.planets.iter().enumerate().take(PLANETS_MAX) {
            self.planets.see(frame, index, at.pos(*planet, next.planets.get(index).copied()), None, ());
        }
        for (index, core) in view.cores.iter().flatten().enumerate() {
            let then = next.cores.as_ref().map(|cores| cores[index].pos);
            self.cores.see(frame, index, at.pos(core.pos, then), None, (core.team, core.hull));
        }
        for (pos, kind) in &view.wells {
            self.wells.see(frame, place(*pos), *pos, None, *kind);
        }
        self.end(frame);
    }

    fn end(&mut self, frame: usize) {
        self.ships.end(frame);
        self.shots.end(frame);
        self.rocks.end(frame);
        self.pickups.end(frame);
        self.planets.end(frame);
        self.cores.end(frame);
        self.wells.end(frame);
    }

    fn clip(self, head: Head) -> Clip {
        let rocks = self.rocks.tracks(RARELY, |id, path, sizes| (id, sizes[0], path));
        let (mut belts, mut loose) = (Vec::new(), Vec::new());
        for (id, size, path) in rocks {
            match id {
                RockId::Belt(slot) => belts.push((slot, size, path)),
                RockId::Loose(body) => loose.push((body, size, path)),
            }
        }
        let mut planets = self.planets.tracks(RARELY, |index, path, _| (index, path));
        planets.sort_by_key(|(index, _)| *index);
        Clip {
            head,
            cast: Vec::new(),
            ships: self.ships.tracks(EVERY, |id, path, looks| ShipTrack {
                id,
                class: looks[0].class,
                path,
                looks: spans(looks),
            }),
            shots: self.shots.tracks(EVERY, |key, path, weapons| (key, weapons[0], path)),
            belts,
            loose,
            pickups: self.pickups.tracks(RARELY, |id, path, kinds| (id, kinds[0], path)),
            planets: planets.into_iter().map(|(_, path)| path).collect(),
            cores: self.cores.tracks(RARELY, |_, path, looks| (looks[0].0, byte(looks[0].1), path)),
            wells: self.wells.tracks(RARELY, |_, path, kinds| (kinds[0], path)),
            moments: Vec::new(),
        }
    }
}

fn byte(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Looks in a row that are the same, as one.
fn spans(ships: &[ShipView]) -> Vec<(u8, u8, u8, u8, u8)> {
    let mut spans: Vec<(u8, u8, u8, u8, u8)> = Vec::new();
    for ship in ships {
        let marks = [
            (ship.protected, PROTECTED),
            (ship.charging, CHARGING),
            (ship.special, SPECIAL),
            (ship.over, OVER),
            (ship.multi, MULTI),
        ];
        let marks = marks.iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum();
        let look = (ship.buttons.0, marks, byte(ship.hull), byte(ship.shield));
        match spans.last_mut() {
            Some(last) if (last.1, last.2, last.3, last.4) == look && last.0 < u8::MAX => last.0 += 1,
            _ => spans.push((1, look.0, look.1, look.2, look.3)),
        }
    }
    spans
}

fn moment(event: &ViewEvent) -> Option<Moment> {
    Some(match *event {
        ViewEvent::Launched { ship, pos } => Moment::Launched { ship, pos: place(pos) },
        ViewEvent::Fired { owner, weapon, pos, own: _ } => Moment::Fired { owner, weapon, pos: place(pos) },
        ViewEvent::Struck { pos, vel, ship } => Moment::Struck { pos: place(pos), vel: place(vel), ship },
        ViewEvent::Beam { owner, from, to, struck, ship, own: _ } => {
            Moment::Beam { owner, from: place(from), to: place(to), struck, ship }
        }
        ViewEvent::Damaged { ship, by, amount, pos, own: _, by_own: _ } => {
            Moment::Damaged { ship, by, amount, pos: place(pos) }
        }
        ViewEvent::Destroyed { ship, pos, vel, own: _ } => Moment::Destroyed { ship, pos: place(pos), vel: place(vel) },
        ViewEvent::RockBroken { pos, size } => Moment::RockBroken { pos: place(pos), size },
        ViewEvent::Collected { pos, kind, own: _ } => Moment::Collected { pos: place(pos), kind },
        ViewEvent::Leapt { ship, from, to, own: _ } => Moment::Leapt { ship, from: place(from), to: place(to) },
        // Felt by the pilot alone.
        ViewEvent::Bumped { .. } => return None,
    })
}
