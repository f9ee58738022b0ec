//! Memory that one step leaves to the next, so that a steady tick allocates nothing. Holds no state: it is filled anew
//! before it is read, a copy of a world has an empty one, and all of them are equal.

use glam::Vec2;

use super::{
    grid::Grid,
    hits::Late,
    rays::Ray,
    shots::Targets,
    solids::{Near, Stones},
    world::Shot,
};
use crate::{defs::WeaponKind, ids::PlayerId};

/// Memory of one world.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) targets: Targets,
    pub(super) bolts: Vec<(Shot, Late)>,
    pub(super) rays: Vec<Ray>,
    /// Whose mines are laid, and of what weapon.
    pub(super) mines: Vec<(PlayerId, WeaponKind)>,
    /// Whose jump through hyperspace went wrong.
    pub(super) lost: Vec<PlayerId>,
    /// Whose repair beam begins.
    pub(super) casters: Vec<PlayerId>,
    pub(super) stones: Stones,
    pub(super) near: Near,
    pub(super) found: Vec<u16>,
    pub(super) players: Vec<PlayerId>,
    pub(super) places: Vec<Vec2>,
    pub(super) grid: Grid,
}

impl Clone for Scratch {
    fn clone(&self) -> Scratch {
        Scratch::default()
    }
}

impl PartialEq for Scratch {
    fn eq(&self, _: &Scratch) -> bool {
        true
    }
}
