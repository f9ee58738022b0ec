//! From the pictures of a page to a clip. Invariant: what comes out is what [`Clip::from_bytes`] takes, whatever was on the
//! screen; what was far from it is left out.

use glam::Vec2;

use super::{
    Actor, CAST_MAX, CHARGING, CLIP_BYTES_MAX, Clip, FRAME_TICKS, FRAMES_MAX, HOLDS_ROCK, HOLDS_SHIP, Head, MULTI,
    Moment, NOBODY, OVER, PLANETS_MAX, PROTECTED, Path, ROOM_CHARS_MAX, SPECIAL, State, Thing, Track, What, key,
    path::place,
};
use crate::{
    defs::Terms,
    ids::PlayerId,
    replica::view::{RockId, ShipView, View, ViewEvent},
    sim::{Cause, Hook, WellKind},
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
/// Nothing flies so far from one picture to the next, u.
const LEAP_U: f32 = 100.0;

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
        let mut ways = Ways::default();
        for frame in 0..frames {
            let at_us = from_us + frame as u64 * FRAME_US;
            let after = self.stills.partition_point(|still| still.at_us <= at_us);
            let still = self.stills.get(after.checked_sub(1)?)?;
            let next = self.stills.get(after).unwrap_or(still);
            let apart = next.at_us.saturating_sub(still.at_us).max(1);
            let part = ((at_us - still.at_us) as f32 / apart as f32).min(1.0);
            ways.take(frame, still.view, next.view, part);
        }
        let tracks = ways.tracks();
        let first = self.stills.iter().rev().find(|still| still.at_us <= from_us)?.view;
        let kill = ((self.kill_us - from_us) / FRAME_US).min(frames as u64 - 1);
        let head = Head {
            room: self.room.chars().take(ROOM_CHARS_MAX).collect(),
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
            cast: self.cast(&tracks, named),
        };
        let fits = head.beyond().is_none();
        let clip = Clip { head, tracks, moments: self.moments(from_us, frames) };
        (fits && clip.to_bytes().len() <= CLIP_BYTES_MAX).then_some(clip)
    }

    fn moments(&self, from_us: u64, frames: usize) -> Vec<Moment> {
        let mut moments = Vec::new();
        for still in self.stills.iter().filter(|still| still.at_us >= from_us) {
            let frame = (still.at_us - from_us) / FRAME_US;
            if frame >= frames as u64 {
                break;
            }
            moments.extend(still.view.events.iter().filter_map(|event| moment(event, frame as u16)));
        }
        moments
    }

    /// Whoever flies in it, and both whom it is about.
    fn cast<'n>(&self, tracks: &[Track], named: impl Fn(PlayerId) -> Option<(&'n str, bool)>) -> Vec<Actor> {
        let mut cast: Vec<Actor> = Vec::new();
        let ships = tracks.iter().filter(|track| track.thing == Thing::Ship).map(|track| key::ship(track.key).player);
        for player in [self.killer, self.victim].into_iter().chain(ships) {
            let known = cast.iter().any(|actor| actor.player == player);
            if let Some((name, bot)) = named(player).filter(|_| !known && cast.len() < CAST_MAX) {
                cast.push(Actor { player, name: name.to_owned(), bot });
            }
        }
        cast
    }
}

/// What is on its way.
#[derive(Debug, Default)]
struct Ways {
    open: Vec<Way>,
    done: Vec<Way>,
}

#[derive(Debug)]
struct Way {
    which: (Thing, u32),
    from: usize,
    look: u8,
    poses: Vec<(Vec2, Option<f32>)>,
    /// Of a ship.
    states: Vec<State>,
}

/// Something in a picture.
#[derive(Debug, Clone, Copy)]
struct Seen {
    which: (Thing, u32),
    look: u8,
    pos: Vec2,
    turn_rad: Option<f32>,
    state: Option<State>,
}

impl Ways {
    /// A moment that is `part` of the way from `view` to `next`.
    fn take(&mut self, frame: usize, view: &View, next: &View, part: f32) {
        let later = sights(next);
        for seen in sights(view) {
            if seen.pos.distance(view.focus.pos) > SIGHT_U && !matches!(seen.which.0, Thing::Planet | Thing::Core) {
                continue;
            }
            // What leaps is not on the way.
            let then = later.iter().find(|then| then.which == seen.which && then.pos.distance(seen.pos) < LEAP_U);
            let pos = then.map_or(seen.pos, |then| seen.pos.lerp(then.pos, part));
            let turned = then.and_then(|then| then.turn_rad).zip(seen.turn_rad);
            let more = turned.map_or(0.0, |(to, from)| Vec2::from_angle(from).angle_to(Vec2::from_angle(to)) * part);
            self.see(frame, Seen { pos, turn_rad: seen.turn_rad.map(|turn| turn + more), ..seen });
        }
        let mut at = 0;
        while let Some(way) = self.open.get(at) {
            if way.from + way.poses.len() <= frame {
                self.done.push(self.open.swap_remove(at));
            } else {
                at += 1;
            }
        }
    }

    fn see(&mut self, frame: usize, seen: Seen) {
        let known = self.open.iter().position(|way| way.which == seen.which);
        let at = known.unwrap_or_else(|| {
            let which = seen.which;
            self.open.push(Way { which, from: frame, look: seen.look, poses: Vec::new(), states: Vec::new() });
            self.open.len() - 1
        });
        let way = &mut self.open[at];
        // Twice in one picture: the first counts.
        if way.from + way.poses.len() == frame {
            way.poses.push((seen.pos, seen.turn_rad));
            way.states.extend(seen.state);
        }
    }

    fn tracks(mut self) -> Vec<Track> {
        self.done.append(&mut self.open);
        let mut tracks = Vec::new();
        for way in &self.done {
            let (thing, key) = way.which;
            let path = Path::through(way.from, thing.step(), &way.poses);
            tracks.push(Track { thing, key, look: way.look, path, states: spans(&way.states) });
        }
        tracks
    }
}

/// Everything in a picture.
fn sights(view: &View) -> Vec<Seen> {
    let mut sights = Vec::new();
    let mut see = |which, look, pos, turn_rad, state| sights.push(Seen { which, look, pos, turn_rad, state });
    for ship in &view.ships {
        let which = (Thing::Ship, key::of_ship(ship.id));
        see(which, ship.class as u8, ship.pos, Some(ship.heading_rad), Some(state(ship)));
    }
    for shot in view.shots.iter().filter(|shot| shot.opacity > 0.5) {
        see((Thing::Shot, key::of_shot(shot.key)), shot.weapon as u8, shot.pos, None, None);
    }
    for rock in &view.rocks {
        let which = match rock.id {
            RockId::Belt(slot) => (Thing::Belt, slot.into()),
            RockId::Loose(body) => (Thing::Loose, body.0.into()),
        };
        see(which, rock.size as u8, rock.pos, Some(rock.spin_rad), None);
    }
    for pickup in &view.pickups {
        see((Thing::Pickup, pickup.id.0.into()), pickup.kind as u8, pickup.pos, None, None);
    }
    for (index, planet) in (0..PLANETS_MAX).zip(&view.planets) {
        see((Thing::Planet, index), 0, *planet, None, None);
    }
    for core in view.cores.iter().flatten() {
        see((Thing::Core, core.team as u32), byte(core.hull), core.pos, None, None);
    }
    for (pos, kind) in &view.wells {
        let (x, y) = place(*pos);
        let key = (x.cast_unsigned() & 0xffff) << 16 | (y.cast_unsigned() & 0xffff);
        see((Thing::Well, key), u8::from(*kind == WellKind::Push), *pos, None, None);
    }
    sights
}

fn byte(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

fn state(ship: &ShipView) -> State {
    let marks = [
        (ship.protected, PROTECTED),
        (ship.charging, CHARGING),
        (ship.special, SPECIAL),
        (ship.over, OVER),
        (ship.multi, MULTI),
        (matches!(ship.line, Some(Hook::Ship(_))), HOLDS_SHIP),
        (matches!(ship.line, Some(Hook::Rock(_))), HOLDS_ROCK),
    ];
    let marks = marks.iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum();
    let held = match ship.line {
        Some(Hook::Ship(player)) => player.0,
        Some(Hook::Rock(body)) => body.0,
        None => 0,
    };
    let [low, high] = held.to_le_bytes();
    [ship.buttons.0, marks, byte(ship.hull), byte(ship.shield), low, high]
}

/// States in a row that are the same, as one.
fn spans(states: &[State]) -> Vec<(u8, State)> {
    let mut spans: Vec<(u8, State)> = Vec::new();
    for state in states {
        match spans.last_mut() {
            Some((frames, last)) if last == state && *frames < u8::MAX => *frames += 1,
            _ => spans.push((1, *state)),
        }
    }
    spans
}

fn moment(event: &ViewEvent, frame: u16) -> Option<Moment> {
    let none = Moment { frame, what: What::Launched, who: NOBODY, by: NOBODY, look: 0, at: (0, 0), to: (0, 0) };
    let ship = |ship| Option::map_or(ship, NOBODY, key::of_ship);
    let moment = match *event {
        ViewEvent::Launched { ship: who, pos } => Moment { who: key::of_ship(who), at: place(pos), ..none },
        ViewEvent::Fired { owner, weapon, pos, own: _ } => {
            Moment { what: What::Fired, by: owner.0.into(), look: weapon as u16, at: place(pos), ..none }
        }
        ViewEvent::Struck { pos, vel, ship: who } => {
            Moment { what: What::Struck, who: ship(who), at: place(pos), to: place(vel), ..none }
        }
        ViewEvent::Beam { owner, from, to, struck, ship: who, own: _ } => {
            let what = if struck { What::BeamStruck } else { What::Beam };
            Moment { what, who: ship(who), by: owner.0.into(), at: place(from), to: place(to), ..none }
        }
        ViewEvent::Damaged { ship: who, by, amount, pos, own: _, by_own: _ } => {
            let by = by.map_or(NOBODY, |by| by.0.into());
            Moment { what: What::Damaged, who: key::of_ship(who), by, look: amount, at: place(pos), ..none }
        }
        ViewEvent::Destroyed { ship: who, pos, vel, own: _ } => {
            Moment { what: What::Destroyed, who: key::of_ship(who), at: place(pos), to: place(vel), ..none }
        }
        ViewEvent::Dissolved { pos, vel } => Moment { what: What::Dissolved, at: place(pos), to: place(vel), ..none },
        ViewEvent::RockBroken { pos, size } => {
            Moment { what: What::RockBroken, look: size as u16, at: place(pos), ..none }
        }
        ViewEvent::Collected { pos, kind, own: _ } => {
            Moment { what: What::Collected, look: kind as u16, at: place(pos), ..none }
        }
        ViewEvent::Leapt { ship: who, from, to, own: _ } => {
            Moment { what: What::Leapt, who: key::of_ship(who), at: place(from), to: place(to), ..none }
        }
        // Felt by the pilot alone.
        ViewEvent::Bumped { .. } => return None,
    };
    Some(moment)
}
