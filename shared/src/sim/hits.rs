//! What a shot may ask about the past, as a question the rules put to whoever runs them. Invariant: the rules know
//! no lag; with [`Now`] they are the rules of a world without any, and a room answers with what it measured.

use glam::Vec2;

use super::{rays, rays::Ray, shots::Targets};
use crate::{defs::ModeDef, ids::PlayerId};

/// A bolt catches up by this many ticks at most (100 ms), however late its trigger came.
pub const CATCH_UP_TICKS_MAX: u8 = 6;

/// Questions about lag, asked during a step. The answer must be a function of recorded facts, so that a replay can
/// give it again.
pub trait HitQuery {
    /// How late the trigger of the bolt is that leaves `player`'s barrel in this step.
    fn late(&self, player: PlayerId) -> Late;

    /// Where `target` was for the eyes of `shooter`, u.
    fn seen(&self, shooter: PlayerId, target: &Target) -> Vec2;
}

/// How late a trigger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Late {
    /// Ticks since the pilot pulled it.
    pub ticks: u8,
    /// Ticks of flight to make up for at once; at most [`CATCH_UP_TICKS_MAX`] and `ticks` count.
    pub catch_up: u8,
}

/// A ship that a shot may meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// Which life of whose ship.
    pub id: crate::ids::ShipId,
    /// Where it was before this step, u.
    pub before: Vec2,
    /// Where it is, u.
    pub now: Vec2,
    /// Collision radius, u.
    pub radius: f32,
}

/// A world without lag.
#[derive(Debug, Clone, Copy, Default)]
pub struct Now;

impl HitQuery for Now {
    fn late(&self, _player: PlayerId) -> Late {
        Late::default()
    }

    fn seen(&self, _shooter: PlayerId, target: &Target) -> Vec2 {
        target.now
    }
}

/// The first ship that `ray` meets where its shooter saw it, and how far along, `[0, 1]`.
pub(super) fn first_ship(hits: &dyn HitQuery, ray: &Ray, targets: &Targets, mode: &ModeDef) -> Option<(f32, PlayerId)> {
    let others = targets.iter().filter(|target| !mode.spares(ray.owner, target.id.player));
    rays::first_circle(ray, others.map(|target| (target.id.player, hits.seen(ray.owner, &target), target.radius)))
}
