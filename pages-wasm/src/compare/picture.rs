//! What is drawn, from either source. Invariant: both give the same things, so that only their age differs.

use glam::Vec2;
use shared::{
    defs::Defs,
    protocol::panorama::{Panorama, Spot},
    replica::View,
};

/// One picture, in world units.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// Where one looks.
    pub centre: Vec2,
    pub star: f32,
    pub ring: f32,
    pub edge: f32,
    /// Place, heading in rad, radius.
    pub ships: Vec<(Vec2, f32, f32)>,
    pub shots: Vec<Vec2>,
    /// Place, radius.
    pub rocks: Vec<(Vec2, f32)>,
}

impl Picture {
    /// What the WebSocket has told, reckoned on to the present.
    pub fn of_view(view: &View, defs: &Defs) -> Picture {
        let planets = view.planets.iter().zip(&defs.arena.planets).map(|(at, def)| (*at, def.radius));
        Picture {
            centre: view.focus.pos,
            star: defs.arena.star.radius,
            ring: defs.arena.star.ring_radius,
            edge: view.arena_radius,
            ships: view.ships.iter().map(|ship| (ship.pos, ship.heading_rad, defs.ship(ship.class).radius)).collect(),
            shots: view.shots.iter().map(|shot| shot.pos).collect(),
            rocks: planets.chain(view.rocks.iter().map(|rock| (rock.pos, rock.size.def().radius))).collect(),
        }
    }

    /// What was answered.
    pub fn of_panorama(told: &Panorama) -> Picture {
        let defs = Defs::standard();
        let place = |(x, y): Spot| Vec2::new(x.into(), y.into());
        Picture {
            centre: Vec2::ZERO,
            star: told.star_u.into(),
            ring: told.ring_u.into(),
            edge: told.edge_u.into(),
            ships: (told.ships.iter())
                .map(|ship| (place(ship.at), ship.heading.to_rad(), defs.ship(ship.class).radius))
                .collect(),
            shots: told.shots.iter().copied().map(place).collect(),
            rocks: told.rocks.iter().map(|rock| (place(rock.at), rock.radius_u.into())).collect(),
        }
    }
}
