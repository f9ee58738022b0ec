//! Dead reckoning: what both ends take to have happened to a ship while nothing was said about it.
//!
//! Invariant: the result depends only on what the client was told before (state, commands, seed) and the ticks
//! gone by, so the server can run it, compare it with the truth and stay silent when it agrees.

use super::entity_state::PublicShip;
use crate::{
    defs::{Defs, arena::PLANETS, mode::TEAMS},
    math,
    sim::{Command, Layout, Ship, Sky, Well, helm, movement, wells},
    tick::Tick,
};
use glam::Vec2;

/// The skies of recent ticks, computed once each.
#[derive(Debug, Clone)]
pub struct Skies {
    slots: Vec<Option<Circling>>,
    /// Small stars, as far back as anything is reckoned.
    pub wells: Vec<Well>,
}

/// What the layout says of one tick.
#[derive(Debug, Clone, Copy)]
struct Circling {
    tick: Tick,
    planets: [Vec2; PLANETS],
    mouths: [Vec2; 2],
    cores: Option<[(Vec2, Vec2); TEAMS]>,
}

/// Skies kept; a power of two larger than any prediction window.
const KEPT: usize = 128;

impl Default for Skies {
    fn default() -> Skies {
        Skies { slots: vec![None; KEPT], wells: Vec::new() }
    }
}

impl Skies {
    /// The sky at `tick`.
    pub fn at<'a>(&mut self, layout: &Layout, defs: &'a Defs, tick: Tick) -> Sky<'a> {
        let slot = &mut self.slots[tick.0 as usize % KEPT];
        if let Some(Circling { planets, mouths, cores, .. }) = slot.filter(|kept| kept.tick == tick) {
            let (wells, seed) = (wells::pulling(&self.wells, tick), layout.seed);
            return Sky { arena: &defs.arena, tick, planets, wells, mouths, cores, seed };
        }
        let sky = Sky::at(layout, &self.wells, &defs.arena, tick);
        *slot = Some(Circling { tick, planets: sky.planets, mouths: sky.mouths, cores: sky.cores });
        sky
    }
}

/// Everything reckoning needs besides the ship.
#[derive(Debug)]
pub struct Reckoner<'a> {
    /// Planets and belts.
    pub layout: &'a Layout,
    /// The tables.
    pub defs: &'a Defs,
    /// Shared skies.
    pub skies: &'a mut Skies,
    /// Radius of the arena at the base tick, u; taken as constant since, on both ends.
    pub edge_radius: f32,
}

impl Reckoner<'_> {
    /// Moves a public ship by one tick into `tick`, engines as `controls` say.
    pub fn public(&mut self, ship: &mut PublicShip, controls: Command, tick: Tick) {
        let sky = self.skies.at(self.layout, self.defs, tick);
        ship.controls = controls;
        movement::integrate(&mut ship.body, controls, self.defs.ship(ship.class), &sky, self.edge_radius);
    }

    /// Moves an owner's ship by one tick into `tick`; contact and damage are not foretold.
    pub fn owner(&mut self, ship: &mut Ship, command: Command, tick: Tick) {
        let sky = self.skies.at(self.layout, self.defs, tick);
        helm::fly(ship, command, self.defs, &sky, self.edge_radius);
    }
}

/// Share of a drawn error of `error_u` that is left after `dt_s`: it halves every 100 ms below 8 u and every 40 ms above
/// 48 u (Gaffer's rule made independent of the frame rate), but never moves faster than the eye forgives.
#[must_use]
pub fn error_kept(error_u: f32, dt_s: f32) -> f32 {
    let half_life_s = 0.1 - 0.06 * math::ramp(error_u, 8.0, 48.0);
    let kept = math::exp2(-dt_s / half_life_s);
    let slowest = 1.0 - CORRECTION_U_S * dt_s / error_u.max(1e-3);
    kept.max(slowest.min(1.0))
}

/// Drawn errors fade with this speed at most, u/s: 3.3 u in a frame of a 60 Hz screen, below what is seen as a jump.
const CORRECTION_U_S: f32 = 200.0;
