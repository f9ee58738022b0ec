//! The own ship, ahead of the server: predicted by the same rules, corrected when the server disagrees.

use glam::Vec2;

use crate::{
    defs::{Defs, ShipClass},
    ids::ShipId,
    protocol::reckon::{Skies, error_kept},
    quantize::Angle,
    sim::{
        Command, Edge, Kinematics, Layout, LooseRock, Ship,
        contact::{Impact, bounce_off_solids},
        helm::{self, Triggers},
        rules,
        solids::{Near, Solids},
        wormhole,
    },
    tick::Tick,
};

/// Ticks of predicted states kept: four seconds of round trip.
const KEPT: usize = 256;
/// Ticks of commands kept: more than a silent connection lives (12 s), so whatever a late snapshot reckons from
/// is still here.
const SENT_KEPT: usize = 1_024;
/// Corrections beyond this are jumps, not errors: shown at once, u.
const SNAP_U: f32 = 200.0;

/// What prediction reads of the surroundings.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// Planets and belts.
    pub layout: &'a Layout,
    /// The tables.
    pub defs: &'a Defs,
    /// Recent skies.
    pub skies: &'a mut Skies,
    /// The arena's edge as told…
    pub edge: Edge,
    /// …and when.
    pub edge_tick: Tick,
    /// Belt rocks by slot: 0 is broken.
    pub belt: &'a [u8],
    /// Class of the own ship.
    pub own_class: ShipClass,
}

impl Surroundings<'_> {
    /// Radius of the arena at `tick`, u.
    #[must_use]
    pub fn edge_radius(&self, tick: Tick) -> f32 {
        rules::edge_after(self.edge, tick.since(self.edge_tick).max(0), &self.defs.arena).radius_u()
    }
}

/// The commands sent, by tick.
#[derive(Debug, Clone)]
pub struct Sent {
    ring: Vec<Option<(Tick, Command)>>,
}

impl Default for Sent {
    fn default() -> Sent {
        Sent { ring: vec![None; SENT_KEPT] }
    }
}

impl Sent {
    /// Remembers the command for `tick`.
    pub fn record(&mut self, tick: Tick, command: Command) {
        self.ring[tick.0 as usize % SENT_KEPT] = Some((tick, command));
    }

    /// The command sent for `tick`.
    #[must_use]
    pub fn at(&self, tick: Tick) -> Option<Command> {
        self.ring[tick.0 as usize % SENT_KEPT].filter(|(at, _)| *at == tick).map(|(_, command)| command)
    }
}

/// The own ship at the client's present.
#[derive(Debug, Clone)]
pub struct Predictor {
    ship: Ship,
    before: Kinematics,
    tick: Tick,
    states: Vec<Option<(Tick, Ship)>>,
    error: Vec2,
    error_turn: f32,
}

/// What one reconciliation found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The prediction of motion for that tick was exactly right.
    pub exact: bool,
    /// How far it was off, u; 0 when nothing was predicted for that tick.
    pub off_u: f32,
}

/// Where the ship was drawn before the server's word was taken in, and how far it must be replayed.
#[derive(Debug, Clone, Copy)]
pub struct Replay {
    drawn: Kinematics,
    until: Tick,
}

impl Predictor {
    /// Starts from what the server says of `tick`.
    #[must_use]
    pub fn new(ship: Ship, tick: Tick) -> Predictor {
        let before = ship.body;
        let mut predictor =
            Predictor { ship, before, tick, states: vec![None; KEPT], error: Vec2::ZERO, error_turn: 0.0 };
        predictor.remember();
        predictor
    }

    /// The ship now.
    #[must_use]
    pub fn ship(&self) -> &Ship {
        &self.ship
    }

    /// The tick it is at.
    #[must_use]
    pub fn tick(&self) -> Tick {
        self.tick
    }

    fn remember(&mut self) {
        self.states[self.tick.0 as usize % KEPT] = Some((self.tick, self.ship.clone()));
    }

    /// One tick with `command`; `solids` are those of the tick being entered. Returns what leaves the mounts and the hardest
    /// touch.
    pub fn advance(
        &mut self,
        command: Command,
        around: &mut Surroundings<'_>,
        solids: &Solids<'_>,
    ) -> (Triggers, Option<Impact>) {
        self.before = self.ship.body;
        self.tick = self.tick.next();
        let left = advance_ship(&mut self.ship, command, self.tick, around, solids);
        self.remember();
        left
    }

    /// Whose ship, and where it was at the start and at the end of `tick`, if that is remembered: on this side of the
    /// wormhole.
    #[must_use]
    pub fn path_in(&self, tick: Tick) -> Option<(ShipId, Vec2, Vec2)> {
        let at = |tick: Tick| self.states[tick.0 as usize % KEPT].as_ref().filter(|(at, _)| *at == tick);
        let (_, now) = at(tick)?;
        let before = at(tick.plus(-1)).map_or(now, |(_, before)| before);
        let (end, vel) = (now.body.pos.to_vec2(), now.body.vel.to_vec2());
        Some((now.id, wormhole::start(before.body.pos.to_vec2(), end, vel), end))
    }

    /// Goes back to what was predicted for `tick`, when the clock jumped back there.
    pub fn rewind(&mut self, tick: Tick) {
        let back = self.states[tick.0 as usize % KEPT].as_ref().filter(|(at, _)| *at == tick);
        if let Some((_, ship)) = back.filter(|_| self.tick.is_after(tick)) {
            self.ship = ship.clone();
            self.before = ship.body;
            self.tick = tick;
        }
    }

    /// What the server says of `tick` against what was predicted for it.
    #[must_use]
    pub fn judge(&self, truth: &Ship, tick: Tick) -> Verdict {
        let predicted = self.states[tick.0 as usize % KEPT].as_ref().filter(|(at, _)| *at == tick);
        let Some((_, ship)) = predicted else { return Verdict { exact: false, off_u: 0.0 } };
        let exact = ship.body == truth.body && ship.controls == truth.controls;
        Verdict { exact, off_u: ship.body.pos.to_vec2().distance(truth.body.pos.to_vec2()) }
    }

    /// Goes back to what the server says of `tick`. From there the caller brings the ship to the present again with
    /// [`Predictor::replay`], together with everything it can touch, and ends with [`Predictor::settle`].
    pub fn restart(&mut self, truth: &Ship, tick: Tick) -> Replay {
        let replay = Replay { drawn: self.ship.body, until: self.tick };
        self.ship = truth.clone();
        self.before = truth.body;
        self.tick = tick;
        self.remember();
        replay
    }

    /// A ship just launched is brought to `until` as if it had been there.
    #[must_use]
    pub fn begin(&self, until: Tick) -> Replay {
        Replay { drawn: self.ship.body, until }
    }

    /// The server's word without its motion: what nobody can predict, like damage, is taken over; the flight goes on
    /// as predicted.
    pub fn adopt(&mut self, truth: &Ship) {
        let (body, controls) = (self.ship.body, self.ship.controls);
        self.ship = Ship { body, controls, ..truth.clone() };
        self.remember();
    }

    /// One tick of the way back to the present, with the command that was sent for it, or else the one held before.
    pub fn replay(&mut self, replay: Replay, sent: &Sent, around: &mut Surroundings<'_>, solids: &Solids<'_>) {
        if replay.until.is_after(self.tick) {
            let command = sent.at(self.tick.next()).unwrap_or(self.ship.controls);
            let _ = self.advance(command, around, solids);
        }
    }

    /// The present is reached again: the ship is drawn where it was, and moves over softly. Returns how far, u.
    pub fn settle(&mut self, replay: Replay) -> f32 {
        let moved = replay.drawn.pos.to_vec2() - self.ship.body.pos.to_vec2();
        if moved.length() > SNAP_U {
            self.error = Vec2::ZERO;
            self.error_turn = 0.0;
        } else {
            self.error += moved;
            self.error_turn += turn_rad(self.ship.body.heading, replay.drawn.heading);
        }
        moved.length()
    }

    /// Lets `push` move the ship in the present tick, as a touch does; true when it did.
    pub fn push(&mut self, push: impl FnOnce(&mut Kinematics) -> bool) -> bool {
        let pushed = push(&mut self.ship.body);
        if pushed {
            self.remember();
        }
        pushed
    }

    /// Lets the drawn error fade over `dt_s`, or vanish at once.
    pub fn relax(&mut self, dt_s: f32, smooth: bool) {
        let keep = if smooth { error_kept(self.error.length(), dt_s) } else { 0.0 };
        self.error *= keep;
        self.error_turn *= keep;
    }

    /// Where to draw the ship between the last two ticks: position u, velocity u/s, heading rad.
    #[must_use]
    pub fn drawn(&self, alpha: f32) -> (Vec2, Vec2, f32) {
        let (pos, vel, heading) = super::picture::between(self.before, self.ship.body, alpha);
        (pos + self.error, vel, heading + self.error_turn)
    }

    /// From where to where the ship went through the wormhole in the last tick, if it did.
    #[must_use]
    pub fn leap(&self) -> Option<(Vec2, Vec2)> {
        let (before, now) = (self.before.pos.to_vec2(), self.ship.body.pos.to_vec2());
        wormhole::leapt(before, now).then_some((before, now))
    }
}

/// The turn from one heading to another, rad, the short way.
#[must_use]
pub fn turn_rad(from: Angle, to: Angle) -> f32 {
    f32::from(from.to(to)) * (crate::math::TAU / 65_536.0)
}

/// The rocks that stand at `tick`.
#[must_use]
pub fn standing<'a, 'b>(
    around: &Surroundings<'a>,
    tick: Tick,
    loose: impl Iterator<Item = &'b LooseRock>,
) -> Solids<'a> {
    Solids::new(around.layout, tick, |slot| around.belt.get(slot).is_some_and(|steps| *steps > 0), loose)
}

/// The whole of a tick for one's own ship: flight, then touching planets and rocks. The same parts in the same
/// order as `sim::step` runs them.
fn advance_ship(
    ship: &mut Ship,
    command: Command,
    tick: Tick,
    around: &mut Surroundings<'_>,
    solids: &Solids<'_>,
) -> (Triggers, Option<Impact>) {
    let sky = around.skies.at(around.layout, around.defs, tick);
    let triggers = helm::fly(ship, command, around.defs, &sky, around.edge_radius(tick));
    let def = around.defs.ship(ship.class);
    let planets = &around.layout.planets;
    let mut near = Near::default();
    let impact =
        bounce_off_solids(&mut ship.body, def, &sky, |planet| planets[planet].velocity(tick), solids, &mut near);
    (triggers, impact)
}
