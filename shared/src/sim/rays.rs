//! Rays: all of their way in one tick, stopped by the first thing in it. Invariant: rocks, planets and the star
//! stop a ray where they are now; only ships are held where the shooter saw them, and whoever is no longer alive,
//! or under protection by now, is not hurt.

use glam::Vec2;

use super::{
    events::{Event, ShotHit},
    hits::{self, HitQuery},
    scratch::Scratch,
    shots,
    solids::Solids,
    stage::Stage,
    world::Ship,
};
use crate::{
    defs::{Defs, WeaponKind},
    ids::PlayerId,
    math,
    quantize::Lattice,
};

/// A ray leaving a barrel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray {
    /// Whose.
    pub owner: PlayerId,
    /// Of what.
    pub weapon: WeaponKind,
    /// Muzzle, u.
    pub from: Vec2,
    /// Where it ends if nothing stops it, u.
    pub to: Vec2,
}

/// The ray that leaves `ship`'s barrel, if its weapon fires rays: position and heading after the ship's move.
#[must_use]
pub fn launch(ship: &Ship, defs: &Defs) -> Option<Ray> {
    let def = defs.ship(ship.class);
    let reach = defs.weapon(def.primary).ray()?;
    let nose = ship.body.heading.unit();
    let from = shots::muzzle(ship.class, ship.body, defs).to_vec2();
    Some(Ray { owner: ship.id.player, weapon: def.primary, from, to: from + nose * reach.range })
}

/// The first of `circles` (name, centre, radius) that `ray` meets, and how far along, `[0, 1]`.
pub fn first_circle<T>(ray: &Ray, circles: impl Iterator<Item = (T, Vec2, f32)>) -> Option<(f32, T)> {
    let along = ray.to - ray.from;
    math::earliest(
        circles.filter_map(|(name, centre, radius)| {
            math::sweep_circle(ray.from - centre, along, radius).map(|t| (t, name))
        }),
    )
}

/// Settles the rays of this tick, in order of slots.
pub(super) fn resolve(stage: &mut Stage<'_>, hits: &dyn HitQuery, solids: &Solids<'_>, scratch: &mut Scratch) {
    let Scratch { targets, rays, near, .. } = scratch;
    for ray in rays.drain(..) {
        let ship =
            hits::first_ship(hits, &ray, targets, &stage.defs.mode).map(|(t, player)| (t, ShotHit::Ship(player)));
        let rock = solids.touch(ray.from, ray.to, 0.0, near);
        let wall = shots::touch_sky(ray.from, ray.to, 0.0, &stage.sky);
        let first = math::earliest([ship, rock, wall].into_iter().flatten());
        let (end, hit) = first.map_or((1.0, None), |(t, hit)| (t, Some(hit)));
        let (from, to) = (Lattice::nearest(ray.from), Lattice::nearest(ray.from + (ray.to - ray.from) * end));
        stage.events.push(Event::Ray { owner: ray.owner, weapon: ray.weapon, from, to, hit });
        if let Some(hit) = hit {
            shots::strike(stage, ray.owner, ray.weapon, hit);
        }
    }
}
