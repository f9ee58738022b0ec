//! Everything else at the own present: what is known, simulated forward by the same rules.
//!
//! Ships go on with their last known controls, shots and rocks fall, so that one aims at where things *are* by the
//! server's rules. Rebuilt from the table at every snapshot; the jump that this makes is drawn as a fading offset.
//! What one ship does meanwhile is in `others`.

use std::collections::BTreeMap;

use glam::Vec2;

use super::{
    others::PresentShip,
    predict::{Predictor, Surroundings, standing},
    view::ViewEvent,
};
use crate::{
    defs::Defs,
    ids::{ShipId, ShotKey},
    math,
    protocol::known::Known,
    sim::{
        LooseRock, Pickup, Shot, ShotHit, Sky, contact, decoys, pickups, rays,
        rays::Ray,
        rocks, shots,
        solids::{Near, Solids},
        torus, wormhole,
    },
    tick::Tick,
};

/// An own shot that the server has not confirmed by this much later in *its* time was a mistake, ticks.
const CONFIRM_TICKS: i32 = 8;
/// The server's shot may have left this many ticks off a mispredicted one and still be the same.
const MISMATCH_TICKS: u8 = 6;
/// …and so it was without news this much beyond lead and round trip in our time, ticks.
const PATIENCE_TICKS: i32 = 10;
/// …and fades this fast, s.
const FADE_S: f32 = 0.08;

/// A hit seen here is remembered this long after the server's word about that moment, ticks.
const SPENT_TICKS: i32 = 120;

/// Where the own ship was at the start and the end of a tick.
type OwnPath<'a> = &'a dyn Fn(Tick) -> Option<(ShipId, Vec2, Vec2)>;

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
    /// How many ticks the present usually is ahead of the news.
    lead: i32,
    hoped: Vec<Hoped>,
    drawn: Vec<PresentShip>,
    /// Shots that hit something here already, and when.
    spent: BTreeMap<ShotKey, Tick>,
}

impl Present {
    /// Starts over from what is known; the caller then steps it to the present and ends with [`Present::settle`].
    /// `lead`: how many ticks the present usually is ahead of the news.
    pub fn restart(&mut self, known: &Known, lead: i32, around: &mut Surroundings<'_>) {
        self.tick = known.tick;
        self.lead = lead;
        std::mem::swap(&mut self.drawn, &mut self.ships);
        self.ships.clear();
        self.ships.extend(known.ships.iter().map(|told| PresentShip::new(told, known.tick, lead, around)));
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
    }

    /// The present is reached: ships are drawn where they were, and move over softly.
    pub fn settle(&mut self) {
        for ship in &mut self.ships {
            if let Some(before) = self.drawn.iter().find(|before| before.state.id == ship.state.id) {
                ship.take_over(before);
            }
        }
    }

    /// Own shots that the server has now take the place of those hoped for. They match by name; but after a
    /// misprediction (a command came late, and the trigger was not repeated) the true one left some ticks off, and
    /// stands for all that were hoped for about then, or there would be two on the screen.
    fn confirm(&mut self, told: &[Shot]) {
        self.hoped.retain(|hoped| !told.iter().any(|shot| are_same(shot.key, hoped.shot.key)));
    }

    /// The tick everything is at.
    #[must_use]
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// Whether so long nothing was said of a ship that it stands still.
    #[must_use]
    pub fn is_frozen(&self, ship: &PresentShip) -> bool {
        ship.is_frozen(self.tick, self.lead)
    }

    /// Lets the own ship, which must be at the same tick, bounce off others that are at our time; the hardest closing
    /// speed, u/s.
    pub fn touch(&mut self, own: &mut Predictor, defs: &Defs) -> Option<f32> {
        let (tick, lead) = (self.tick, self.lead);
        let here = own.ship().body.pos.to_vec2();
        let near = |ship: &&mut PresentShip| {
            let there = ship.state.body.pos.to_vec2();
            let there = there + torus::image_shift(there, here, defs.arena.wrap_half);
            there.distance_squared(here) < contact::SHIP_REACH * contact::SHIP_REACH
                && !ship.is_frozen(tick, lead)
                && !ship.is_guessed_beyond(defs.arena.wrap_half)
                // Nothing is there to bounce off.
                && !ship.state.id.player.is_decoy()
        };
        self.ships.iter_mut().filter(near).filter_map(|ship| ship.touch(own, defs)).reduce(f32::max)
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
            ship.step(self.tick, self.lead, around);
        }
        let sky = around.skies.at(around.layout, around.defs, self.tick);
        self.rocks.retain_mut(|(rock, _)| rocks::advance(rock, &sky));
        self.pickups.retain_mut(pickups::advance);
        standing(around, self.tick, self.rocks.iter().map(|(rock, _)| rock))
    }

    /// Ships that went through the wormhole in the last tick: which, from where and to where.
    pub fn leaps(&self) -> impl Iterator<Item = (ShipId, Vec2, Vec2)> {
        self.ships.iter().filter_map(|ship| ship.leap().map(|(from, to)| (ship.state.id, from, to)))
    }

    /// Moves the shots that were told, after everything else has moved.
    pub fn step_shots(
        &mut self,
        own: OwnPath<'_>,
        solids: &Solids<'_>,
        around: &mut Surroundings<'_>,
        events: &mut Vec<ViewEvent>,
    ) {
        let (mut air, shots, _) = self.air(own, solids, around);
        shots.retain_mut(|shot| air.fly(shot, events));
    }

    /// Moves the own shots that wait for confirmation, and gives up those that waited for longer than lead, round
    /// trip (together `wait` ticks) and a little more.
    pub fn step_hoped(
        &mut self,
        wait: i32,
        solids: &Solids<'_>,
        around: &mut Surroundings<'_>,
        events: &mut Vec<ViewEvent>,
    ) {
        for hoped in &mut self.hoped {
            if self.tick.since(hoped.fired) > wait + PATIENCE_TICKS {
                hoped.fade_s.get_or_insert(FADE_S);
            }
        }
        let (mut air, _, hoped) = self.air(&|_| None, solids, around);
        hoped.retain_mut(|hoped| air.fly(&mut hoped.shot, events));
    }

    /// What shots fly through at the present tick, and the shots: told, and hoped for.
    fn air<'a>(
        &'a mut self,
        own: OwnPath<'a>,
        solids: &'a Solids<'_>,
        around: &'a mut Surroundings<'_>,
    ) -> (Air<'a>, &'a mut Vec<Shot>, &'a mut Vec<Hoped>) {
        let air = Air {
            ships: &self.ships,
            lead: self.lead,
            own,
            solids,
            sky: around.skies.at(around.layout, around.defs, self.tick),
            around,
            near: Near::default(),
            spent: &mut self.spent,
        };
        (air, &mut self.shots, &mut self.hoped)
    }

    /// An own shot leaves the barrel before the server knows. After a correction the same one may leave again, some
    /// ticks off: it is on the screen already.
    pub fn hope(&mut self, shot: Shot, fired: Tick) {
        let flying = self.shots.iter().chain(self.hoped.iter().map(|hoped| &hoped.shot));
        if !flying.into_iter().any(|other| are_same(other.key, shot.key)) {
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
        let spared = |ship: &PresentShip| around.defs.mode.spares(ray.owner, ship.state.id.player);
        let ships = self.ships.iter().filter(|ship| !spared(ship) && !self.is_frozen(ship));
        let radius = |ship: &PresentShip| around.defs.ship(ship.state.class).radius;
        let ship = rays::first_circle(ray, ships.map(|ship| (Some(ship.state.id), ship.drawn(1.0), radius(ship))));
        let rock = solids.touch(ray.from, ray.to, 0.0, &mut Near::default()).map(|(t, _)| (t, None));
        let wall = shots::touch_sky(ray.from, ray.to, 0.0, &sky).map(|(t, _)| (t, None));
        let first = math::earliest([ship, rock, wall].into_iter().flatten());
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

    /// Lets drawn errors (unless not `smooth`: they vanish) and mistaken shots fade over `dt_s`.
    pub fn relax(&mut self, dt_s: f32, smooth: bool) {
        for ship in &mut self.ships {
            ship.relax(dt_s, smooth);
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

/// Whether two shots left so close together that they must be the same one: no weapon fires that fast.
fn are_same(a: ShotKey, b: ShotKey) -> bool {
    (a.owner, a.part) == (b.owner, b.part) && (a.tick.wrapping_sub(b.tick) as i8).unsigned_abs() <= MISMATCH_TICKS
}

/// What a shot can meet in one tick.
struct Air<'a> {
    ships: &'a [PresentShip],
    lead: i32,
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

    /// Anything but a decoy that is still one with its pilot's ship.
    fn is_solid(&self, ship: &PresentShip) -> bool {
        let name = ship.state.id.player;
        if !name.is_decoy() {
            return true;
        }
        let other = self.ships.iter().find(|other| other.state.id.player == name.pilot());
        let other = other.map(|other| other.state.body.pos.to_vec2());
        let own = || (self.own)(self.sky.tick).filter(|(id, ..)| id.player == name.pilot()).map(|(_, _, now)| now);
        let radius = self.around.defs.ship(ship.state.class).radius;
        other.or_else(own).is_none_or(|pilot| decoys::has_parted(ship.state.body.pos.to_vec2(), pilot, radius))
    }

    /// Where the shot's path first touches something, and which ship that is.
    fn strike(&mut self, shot: &Shot, start: Vec2) -> Option<(Vec2, Option<ShipId>)> {
        let (end, radius) = (shot.pos.to_vec2(), shots::radius(shot, self.around.defs));
        let (motion, wrap_half) = (end - start, self.around.defs.arena.wrap_half);
        let hard =
            [self.solids.touch(start, end, radius, &mut self.near), shots::touch_sky(start, end, radius, &self.sky)];
        let spares = |id: ShipId| self.around.defs.mode.spares(shot.key.owner, id.player);
        let live = |ship: &&PresentShip| !spares(ship.state.id) && !ship.is_frozen(self.sky.tick, self.lead);
        let others = self.ships.iter().filter(live).filter(|ship| self.is_solid(ship));
        let others = others.filter_map(|ship| {
            let now = ship.state.body.pos.to_vec2();
            let before = wormhole::start(ship.before.pos.to_vec2(), now, ship.state.body.vel.to_vec2());
            let reach = self.around.defs.ship(ship.state.class).radius + radius;
            let start = start - torus::image_shift(now, end, wrap_half);
            let t = math::sweep_circle(start - before, motion - (now - before), reach)?;
            Some((t, Some(ship.state.id)))
        });
        let own = (self.own)(self.sky.tick).filter(|(id, _, _)| !spares(*id)).and_then(|(id, before, now)| {
            let reach = self.around.defs.ship(self.around.own_class).radius + radius;
            let start = start - torus::image_shift(now, end, wrap_half);
            let t = math::sweep_circle(start - before, motion - (now - before), reach)?;
            Some((t, Some(id)))
        });
        let hard = hard.into_iter().flatten().map(|(t, _): (f32, ShotHit)| (t, None));
        let first = math::earliest(others.chain(own).chain(hard));
        first.map(|(t, ship)| (start + motion * t, ship))
    }
}
