//! What a pilot can see at one tick: the own gauges, and what lies inside the view.

use glam::Vec2;

use super::war::War;
use crate::{
    defs::{Defs, PickupKind, RockSize, ShipClass},
    ids::PlayerId,
    sim::{Layout, Ship, Sky},
};

/// One look around.
#[derive(Debug)]
pub struct Sight<'a> {
    /// The tables.
    pub defs: &'a Defs,
    /// Wells at this tick.
    pub sky: &'a Sky<'a>,
    /// Orbits of planets and belts: public knowledge.
    pub layout: &'a Layout,
    /// The own ship.
    pub own: &'a Ship,
    /// Radius of the arena, u.
    pub edge_radius: f32,
    /// Other ships in view, but for those of the own team.
    pub ships: Vec<ShipSight>,
    /// Standing rocks in view.
    pub rocks: Vec<SolidSight>,
    /// Pickups in view, mines among them.
    pub pickups: Vec<(Vec2, PickupKind)>,
    /// Mines in view that are not the own ones.
    pub mines: Vec<Vec2>,
    /// Who did damage to the own ship lately.
    pub attacker: Option<PlayerId>,
    /// Both cores, where there are any.
    pub war: Option<War>,
}

/// Another ship.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShipSight {
    /// Whose.
    pub player: PlayerId,
    /// Flown by the server.
    pub bot: bool,
    /// Points, from the leaderboard.
    pub score: u32,
    /// Class.
    pub class: ShipClass,
    /// Position, u.
    pub pos: Vec2,
    /// Velocity, u/s.
    pub vel: Vec2,
    /// Hull left, 0..=1.
    pub hull: f32,
    /// Under spawn protection.
    pub protected: bool,
}

/// A standing rock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolidSight {
    /// Position, u.
    pub pos: Vec2,
    /// Velocity, u/s.
    pub vel: Vec2,
    /// Size.
    pub size: RockSize,
}

#[cfg(test)]
impl<'a> Sight<'a> {
    /// A look around in which there is nothing.
    pub fn of_nothing(defs: &'a Defs, sky: &'a Sky<'a>, layout: &'a Layout, own: &'a Ship) -> Sight<'a> {
        Sight {
            defs,
            sky,
            layout,
            own,
            edge_radius: 3_000.0,
            ships: Vec::new(),
            rocks: Vec::new(),
            pickups: Vec::new(),
            mines: Vec::new(),
            attacker: None,
            war: None,
        }
    }
}
