//! Whose news come first when not all fit: weights that add up while a ship is left out, so that far things are told
//! less often but none is forgotten.

use glam::Vec2;

use super::snapshot::Viewer;
use crate::{
    ids::PlayerId,
    protocol::entity_state::PublicShip,
    sim::World,
    tick::{TICK_HZ, Tick},
};

/// Within this distance a ship is part of the fight, u.
const NEAR_U: f32 = 600.0;
/// Weight there…
const NEAR: f32 = 10.0;
/// …elsewhere in the view…
const IN_VIEW: f32 = 5.0;
/// …and in the margin around it.
const IN_MARGIN: f32 = 1.5;
/// Share of the area of interest that is the view itself.
const VIEW_SHARE: f32 = 1.0 / 1.2;
/// Who points at the viewer within this angle's cosine (10°), or hit it lately, counts double.
const AIMED_COS: f32 = 0.985;
/// "Lately", ticks.
const GRUDGE_TICKS: i32 = 2 * TICK_HZ as i32;

/// What weighing needs to know of a viewer.
#[derive(Debug, Clone, Copy)]
pub struct Eye {
    centre: Vec2,
    view_half: Vec2,
    attacker: Option<PlayerId>,
}

impl Eye {
    /// The eye of `viewer`.
    #[must_use]
    pub fn of(world: &World, viewer: &Viewer<'_>) -> Eye {
        let fresh = |when: Tick| world.tick.since(when) <= GRUDGE_TICKS;
        let blame = viewer.player.and_then(|player| world.pilot(player)).and_then(|pilot| pilot.blame);
        Eye {
            centre: viewer.area.centre,
            view_half: viewer.area.half * VIEW_SHARE,
            attacker: blame.filter(|(_, when)| fresh(*when)).map(|(by, _)| by),
        }
    }
}

/// How much claim a ship gains by being left out once.
#[must_use]
pub fn weight(eye: &Eye, ship: &PublicShip) -> f32 {
    let way = ship.body.pos.to_vec2() - eye.centre;
    let distance = way.length();
    let place = if distance < NEAR_U {
        NEAR
    } else if way.abs().cmple(eye.view_half).all() {
        IN_VIEW
    } else {
        IN_MARGIN
    };
    let aims = ship.body.heading.unit().dot(-way.normalize_or_zero()) > AIMED_COS;
    let danger = if aims || eye.attacker == Some(ship.id.player) { 2.0 } else { 1.0 };
    place * danger / (1.0 + distance / NEAR_U)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, ShipClass},
        ids::ShipId,
        quantize::{Angle, Lattice},
        sim::{Kinematics, Ship},
    };

    fn ship(x: f32, y: f32, heading: f32) -> PublicShip {
        let defs = Defs::standard();
        let body = Kinematics {
            pos: Lattice::nearest(Vec2::new(x, y)),
            heading: Angle::nearest(heading),
            ..Kinematics::default()
        };
        let id = ShipId { player: PlayerId(3), life: 0 };
        PublicShip::of(&Ship::fresh(id, ShipClass::default(), body, &defs), &defs)
    }

    #[test]
    fn near_things_and_dangers_come_first() {
        let eye = Eye { centre: Vec2::ZERO, view_half: Vec2::new(800.0, 450.0), attacker: None };
        let up = core::f32::consts::FRAC_PI_2;
        let near = weight(&eye, &ship(300.0, 0.0, up));
        let seen = weight(&eye, &ship(700.0, 0.0, up));
        let margin = weight(&eye, &ship(900.0, 0.0, up));
        assert!(near > seen && seen > margin && margin > 0.0, "{near} {seen} {margin}");
        let aiming = weight(&eye, &ship(700.0, 0.0, core::f32::consts::PI));
        assert!((aiming / seen - 2.0).abs() < 1e-3);
        let hunted = Eye { attacker: Some(PlayerId(3)), ..eye };
        assert!((weight(&hunted, &ship(700.0, 0.0, up)) / seen - 2.0).abs() < 1e-3);
    }
}
