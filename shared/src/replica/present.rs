//! Everything else at the own present: what is known, simulated forward by the same rules.
//!
//! Ships go on with their last known controls, shots and rocks fall, so that one aims at where things *are* by the
//! server's rules. Rebuilt from the table at every snapshot; the jump that this makes is drawn as a fading offset.

use std::collections::BTreeMap;

use glam::Vec2;

use super::{
    predict::{Surroundings, standing},
    view::ViewEvent,
};
use crate::{
    ids::{ShipId, ShotKey},
    protocol::{
        entity_state::PublicShip,
        known::{Known, Told},
        reckon::{Reckoner, error_half_life_s},
    },
    sim::{
        Kinematics, LooseRock, Pickup, Shot, ShotHit, Sky, pickups, rays,
        rays::Ray,
        rocks, shots,
        solids::{Near, Solids},
    },
    tick::Tick,
};

/// Controls are held this long after the last word of a ship, ticks; then its engines are taken to be off.
const HOLD_TICKS: i32 = 15;
/// Without word for this long a ship is drawn grey, ticks.
const STALE_TICKS: i32 = 45;
/// Corrections beyond this are shown at once, u.
const SNAP_U: f32 = 200.0;
/// An own shot that the server has not confirmed by then was a mistake, ticks.
const CONFIRM_TICKS: i32 = 8;
/// The server's shot may have left this many ticks off a mispredicted one and still be the same.
const MISMATCH_TICKS: u8 = 6;
/// …and fades this fast, s.
const FADE_S: f32 = 0.08;

/// A hit seen here is remembered this long after the server's word about that moment, ticks.
const SPENT_TICKS: i32 = 120;

/// Where the own ship was at the start and the end of a tick.
type OwnPath<'a> = &'a dyn Fn(Tick) -> Option<(ShipId, Vec2, Vec2)>;

/// A ship at the present.
#[derive(Debug, Clone, Copy)]
pub struct PresentShip {
    /// Its state.
    pub state: PublicShip,
    /// Where it was a tick before.
    pub before: Kinematics,
    /// When it was last told.
    pub told: Tick,
    edge_radius: f32,
    error: Vec2,
}

impl PresentShip {
    /// Whether nothing was heard of it for long.
    #[must_use]
    pub fn is_stale(&self, tick: Tick) -> bool {
        tick.since(self.told) > STALE_TICKS
    }

    /// Where to draw it between the last two ticks, u.
    #[must_use]
    pub fn drawn(&self, alpha: f32) -> Vec2 {
        self.before.pos.to_vec2().lerp(self.state.body.pos.to_vec2(), alpha) + self.error
    }
}

/// An own shot not yet confirmed.
#[derive(Debug, Clone, Copy)]
struct Hoped {
    shot: Shot,
    fired: Tick,
    fade_s: Option<f32>,
}

/// Everything else at the own present.
#[derive(Debug, Clone, Default)]
pub struct Present {
    tick: Tick,
    /// Ships, in order of slots.
    pub ships: Vec<PresentShip>,
    /// Shots.
    pub shots: Vec<Shot>,
    /// Loose rocks, with their hull in steps.
    pub rocks: Vec<(LooseRock, u8)>,
    /// Pickups.
    pub pickups: Vec<Pickup>,
    hoped: Vec<Hoped>,
    /// Shots that hit something here already, and when.
    spent: BTreeMap<ShotKey, Tick>,
}

impl Present {
    /// Starts over from what is known and simulates it forward to `to`.
    pub fn rebuild(
        &mut self,
        known: &Known,
        to: Tick,
        own: OwnPath<'_>,
        around: &mut Surroundings<'_>,
        events: &mut Vec<ViewEvent>,
    ) {
        let drawn: Vec<(ShipId, Vec2)> =
            self.ships.iter().map(|ship| (ship.state.id, ship.state.body.pos.to_vec2() + ship.error)).collect();
        self.tick = known.tick;
        self.ships.clear();
        self.ships.extend(known.ships.iter().map(|told| caught_up(told, known.tick, around)));
        self.forget_spent(known);
        self.shots.clear();
        self.shots.extend(known.shots.iter().filter(|shot| !self.spent.contains_key(&shot.key)));
        self.rocks.clone_from(&known.rocks);
        self.pickups.clone_from(&known.pickups);
        self.confirm(&known.shots);
        for hoped in &mut self.hoped {
            if known.tick.since(hoped.fired) > CONFIRM_TICKS {
                hoped.fade_s.get_or_insert(FADE_S);
            }
        }
        while to.is_after(self.tick) {
            let solids = self.step_bodies(around);
            self.step_shots(own, &solids, around, events);
        }
        for ship in &mut self.ships {
            let before = drawn.iter().find(|(id, _)| *id == ship.state.id).map(|(_, at)| *at);
            let error = before.map_or(Vec2::ZERO, |at| at - ship.state.body.pos.to_vec2());
            ship.error = if error.length() > SNAP_U { Vec2::ZERO } else { error };
        }
    }

    /// Own shots that the server has now take the place of those hoped for. They match by name; but after a
    /// misprediction (a command came late, and the trigger was not repeated) the true one left some ticks off, and
    /// stands for the one hoped nearest to it, or there would be two on the screen.
    fn confirm(&mut self, told: &[Shot]) {
        self.hoped.retain(|hoped| !told.iter().any(|shot| shot.key == hoped.shot.key));
        for shot in told {
            let off = |i: usize| Some((ticks_apart(self.hoped[i].shot.key, shot.key)?, i));
            let nearest = (0..self.hoped.len()).filter_map(off).min();
            if let Some((_, i)) = nearest {
                self.hoped.remove(i);
            }
        }
    }

    /// Takes back what was seen to hit something when the server, at a later moment, still has it flying.
    fn forget_spent(&mut self, known: &Known) {
        self.spent.retain(|key, when| {
            let past = known.tick.since(*when);
            past < SPENT_TICKS && !(past > 0 && known.shots.iter().any(|shot| shot.key == *key))
        });
    }

    /// Moves ships, rocks and pickups into the next tick; returns what is hard in it.
    pub fn step_bodies<'a>(&mut self, around: &mut Surroundings<'a>) -> Solids<'a> {
        self.tick = self.tick.next();
        for ship in &mut self.ships {
            step_ship(ship, self.tick, around);
        }
        let sky = around.skies.at(around.layout, around.defs, self.tick);
        self.rocks.retain_mut(|(rock, _)| rocks::advance(rock, &sky));
        self.pickups.retain_mut(pickups::advance);
        let loose: Vec<LooseRock> = self.rocks.iter().map(|(rock, _)| *rock).collect();
        standing(around, self.tick, &loose)
    }

    /// Moves the shots that were told, after everything else has moved.
    pub fn step_shots(
        &mut self,
        own: OwnPath<'_>,
        solids: &Solids<'_>,
        around: &mut Surroundings<'_>,
        events: &mut Vec<ViewEvent>,
    ) {
        let sky = around.skies.at(around.layout, around.defs, self.tick);
        let mut air =
            Air { ships: &self.ships, own, solids, sky, around, near: Near::default(), spent: &mut self.spent };
        self.shots.retain_mut(|shot| air.fly(shot, events));
    }

    /// Moves the own shots that wait for confirmation.
    pub fn step_hoped(&mut self, solids: &Solids<'_>, around: &mut Surroundings<'_>, events: &mut Vec<ViewEvent>) {
        let (sky, own) = (around.skies.at(around.layout, around.defs, self.tick), &|_| None);
        let mut air =
            Air { ships: &self.ships, own, solids, sky, around, near: Near::default(), spent: &mut self.spent };
        self.hoped.retain_mut(|hoped| air.fly(&mut hoped.shot, events));
    }

    /// An own shot leaves the barrel before the server knows. After a correction the same one may leave again, some
    /// ticks off: it is on the screen already.
    pub fn hope(&mut self, shot: Shot, fired: Tick) {
        let flying = self.shots.iter().chain(self.hoped.iter().map(|hoped| &hoped.shot));
        if !flying.into_iter().any(|other| ticks_apart(other.key, shot.key).is_some()) {
            self.hoped.push(Hoped { shot, fired, fade_s: None });
        }
    }

    /// Where an own ray ends on this screen, whether it struck something there, and which ship. Looks only: what it
    /// does is the server's to say.
    pub fn end_of(
        &self,
        ray: &Ray,
        solids: &Solids<'_>,
        around: &mut Surroundings<'_>,
    ) -> (Vec2, bool, Option<ShipId>) {
        let sky = around.skies.at(around.layout, around.defs, self.tick);
        let ships = self.ships.iter().filter(|ship| ship.state.id.player != ray.owner && !ship.is_stale(self.tick));
        let radius = |ship: &PresentShip| around.defs.ship(ship.state.class).radius;
        let ship = rays::first_circle(ray, ships.map(|ship| (Some(ship.state.id), ship.drawn(1.0), radius(ship))));
        let rock = solids.touch(ray.from, ray.to, 0.0, &mut Near::default()).map(|(t, _)| (t, None));
        let wall = shots::touch_sky(ray.from, ray.to, 0.0, &sky).map(|(t, _)| (t, None));
        let first = [ship, rock, wall].into_iter().flatten().min_by(|a, b| a.0.total_cmp(&b.0));
        let (end, ship) = first.unwrap_or((1.0, None));
        (ray.from + (ray.to - ray.from) * end, first.is_some(), ship)
    }

    /// Whether a shot was seen to hit something here before the server said so; asking forgets it.
    pub fn take_spent(&mut self, key: ShotKey) -> bool {
        self.hoped.retain(|hoped| hoped.shot.key != key);
        self.spent.remove(&key).is_some()
    }

    /// Unconfirmed own shots and how visible they are.
    pub fn hoped(&self) -> impl Iterator<Item = (&Shot, f32)> {
        self.hoped.iter().map(|hoped| (&hoped.shot, hoped.fade_s.map_or(1.0, |left| left / FADE_S)))
    }

    /// Lets drawn errors and mistaken shots fade over `dt_s`.
    pub fn relax(&mut self, dt_s: f32) {
        for ship in &mut self.ships {
            ship.error *= crate::math::exp2(-dt_s / error_half_life_s(ship.error.length()));
        }
        self.hoped.retain_mut(|hoped| match &mut hoped.fade_s {
            Some(left) => {
                *left -= dt_s;
                *left > 0.0
            }
            None => true,
        });
    }
}

/// How many ticks apart two shots left, when they must be the same one: no weapon fires that fast.
fn ticks_apart(a: ShotKey, b: ShotKey) -> Option<u8> {
    let ticks = (a.tick.wrapping_sub(b.tick) as i8).unsigned_abs();
    (a.owner == b.owner && ticks <= MISMATCH_TICKS).then_some(ticks)
}

/// A ship left out of the last snapshots, brought to the known tick.
fn caught_up(told: &Told<PublicShip>, to: Tick, around: &mut Surroundings<'_>) -> PresentShip {
    let mut ship = PresentShip {
        state: told.state,
        before: told.state.body,
        told: told.tick,
        edge_radius: told.edge_radius_u(),
        error: Vec2::ZERO,
    };
    let mut tick = told.tick;
    while to.is_after(tick) && tick.since(told.tick) < STALE_TICKS {
        tick = tick.next();
        step_ship(&mut ship, tick, around);
    }
    ship
}

fn step_ship(ship: &mut PresentShip, tick: Tick, around: &mut Surroundings<'_>) {
    let silent = tick.since(ship.told);
    ship.before = ship.state.body;
    if silent > STALE_TICKS {
        return;
    }
    let controls = if silent > HOLD_TICKS { ship.state.controls.neutral() } else { ship.state.controls };
    let mut reckoner =
        Reckoner { layout: around.layout, defs: around.defs, skies: &mut *around.skies, edge_radius: ship.edge_radius };
    reckoner.public(&mut ship.state, controls, tick);
}

/// What a shot can meet in one tick.
struct Air<'a> {
    ships: &'a [PresentShip],
    own: OwnPath<'a>,
    solids: &'a Solids<'a>,
    sky: Sky<'a>,
    around: &'a Surroundings<'a>,
    near: Near,
    spent: &'a mut BTreeMap<ShotKey, Tick>,
}

impl Air<'_> {
    /// Moves a shot by the tick; false when its time is up or it struck something, which is noted.
    fn fly(&mut self, shot: &mut Shot, events: &mut Vec<ViewEvent>) -> bool {
        let Some(start) = shots::advance(shot, &self.sky, self.around.defs) else { return false };
        let Some((pos, ship)) = self.strike(shot, start) else { return true };
        self.spent.insert(shot.key, self.sky.tick);
        events.push(ViewEvent::Struck { pos, vel: shot.vel.to_vec2(), ship });
        false
    }

    /// Where the shot's path first touches something, and which ship that is.
    fn strike(&mut self, shot: &Shot, start: Vec2) -> Option<(Vec2, Option<ShipId>)> {
        let (end, radius) = (shot.pos.to_vec2(), shots::radius(shot, self.around.defs));
        let motion = end - start;
        let others =
            self.ships.iter().filter(|ship| ship.state.id.player != shot.key.owner && !ship.is_stale(self.sky.tick));
        let others = others.filter_map(|ship| {
            let (before, now) = (ship.before.pos.to_vec2(), ship.state.body.pos.to_vec2());
            let reach = self.around.defs.ship(ship.state.class).radius + radius;
            let t = crate::math::sweep_circle(start - before, motion - (now - before), reach)?;
            Some((t, Some(ship.state.id)))
        });
        let own =
            (self.own)(self.sky.tick).filter(|(id, _, _)| id.player != shot.key.owner).and_then(|(id, before, now)| {
                let reach = self.around.defs.ship(self.around.own_class).radius + radius;
                let t = crate::math::sweep_circle(start - before, motion - (now - before), reach)?;
                Some((t, Some(id)))
            });
        let hard =
            [self.solids.touch(start, end, radius, &mut self.near), shots::touch_sky(start, end, radius, &self.sky)];
        let hard = hard.into_iter().flatten().map(|(t, _): (f32, ShotHit)| (t, None));
        let first = others.chain(own).chain(hard).min_by(|a, b| a.0.total_cmp(&b.0));
        first.map(|(t, ship)| (start + motion * t, ship))
    }
}
