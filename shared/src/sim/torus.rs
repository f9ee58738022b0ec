//! Space that comes round: what leaves a square at one side enters it at the other. Invariant: a function of the place
//! alone, on the lattice, so it costs nothing and both ends come round in the same tick. To whatever sweeps from tick to
//! tick, coming round is a leap like one through the wormhole ([`super::wormhole::start`]).
//!
//! What touches reaches across the seam: two things on either side of it are as near as on the torus. A rock or a planet
//! never is there.

use glam::Vec2;

use super::wormhole::LEAP_U;
use crate::quantize::{Lattice, STEPS};

/// `pos` inside the square of `half`, u, around the centre.
#[must_use]
pub fn wrap(pos: Lattice, half: f32) -> Lattice {
    let half = (half * STEPS) as i32;
    let round = |v: i32| (v + half).rem_euclid(2 * half) - half;
    Lattice { x: round(pos.x), y: round(pos.y) }
}

/// The image of `pos` that is nearest to `to`, u: what a pilot aims at across the seam.
#[must_use]
pub fn nearest_image(pos: Vec2, to: Vec2, half: f32) -> Vec2 {
    let side = 2.0 * half;
    let near = |v: f32, to: f32| {
        let apart = v - to;
        v - if apart > half {
            side
        } else if apart < -half {
            -side
        } else {
            0.0
        }
    };
    Vec2::new(near(pos.x, to.x), near(pos.y, to.y))
}

/// By how much a thing at `pos` must be moved, u, to be where it is nearest to `to`; nothing in space that ends.
#[must_use]
pub fn image_shift(pos: Vec2, to: Vec2, half: f32) -> Vec2 {
    if half > 0.0 { nearest_image(pos, to, half) - pos } else { Vec2::ZERO }
}

/// Whether what leapt from `before` to `now` only came round: it was carried nowhere.
#[must_use]
pub fn came_round(before: Vec2, now: Vec2, half: f32) -> bool {
    half > 0.0 && nearest_image(now, before, half).distance_squared(before) < LEAP_U * LEAP_U
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, GameMode, ShipClass, Terms},
        ids::{PlayerId, ShotKey},
        sim::{Event, Kinematics, Now, Order, Round, RoundPhase, Shot, ShotHit, World, step},
    };

    #[test]
    fn what_leaves_at_one_side_enters_at_the_other() {
        let at = |x: f32, y: f32| Lattice::nearest(Vec2::new(x, y));
        assert_eq!(wrap(at(499.0, -499.0), 500.0), at(499.0, -499.0));
        assert_eq!(wrap(at(503.0, 10.0), 500.0), at(-497.0, 10.0));
        assert_eq!(wrap(at(10.0, -502.0), 500.0), at(10.0, 498.0));
        assert_eq!(wrap(at(500.0, 0.0), 500.0), at(-500.0, 0.0), "the sides are one line");
    }

    #[test]
    fn the_nearest_image_may_lie_across_the_seam() {
        let image = nearest_image(Vec2::new(-480.0, 0.0), Vec2::new(480.0, 20.0), 500.0);
        assert_eq!(image, Vec2::new(520.0, 0.0));
        assert_eq!(nearest_image(Vec2::new(100.0, 0.0), Vec2::ZERO, 500.0), Vec2::new(100.0, 0.0));
    }

    /// 1962 in the fight: ships at these places and speeds, whatever else there is.
    fn fight(places: [(Vec2, Vec2); 2]) -> (World, Defs) {
        let mut defs = Defs::of(Terms::of(GameMode::Y1962));
        defs.rules.protection_ticks = 0;
        let mut world = World::new(1, 1, &defs);
        let pair = [PlayerId(0), PlayerId(1)];
        let enlist = pair.map(|player| Order::Enlist { player, bot: false, points: 0 });
        step(&mut world, &enlist, &[], &defs, &Now, &mut Vec::new());
        let length = defs.mode.round_ticks();
        world.round = world.round.map(|round| Round { phase: RoundPhase::Play, left: length, ..round });
        let launch = pair.map(|player| Order::Launch { player, class: ShipClass::Spark });
        step(&mut world, &launch, &[], &defs, &Now, &mut Vec::new());
        for (player, (pos, vel)) in pair.into_iter().zip(places) {
            let ship = world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()).expect("launched");
            (ship.body.pos, ship.body.vel, ship.protection) = (Lattice::nearest(pos), Lattice::nearest(vel), 0);
        }
        (world, defs)
    }

    fn body(world: &World, slot: u16) -> Kinematics {
        world.ship(PlayerId(slot)).expect("flies").body
    }

    #[test]
    fn ships_touch_across_the_seam_and_stay_inside() {
        for (side, along) in [(Vec2::X, Vec2::Y), (Vec2::Y, Vec2::X)] {
            let place = |x: f32| side * x + along * 300.0;
            let (mut world, defs) = fight([(place(492.0), side * 30.0), (place(-492.0), -side * 30.0)]);
            let half = defs.arena.wrap_half;
            assert_eq!(half, 500.0);
            step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
            let (one, two) = (body(&world, 0), body(&world, 1));
            assert!(one.vel.to_vec2().dot(side) < 0.0 && two.vel.to_vec2().dot(side) > 0.0, "{one:?} {two:?}");
            let apart = nearest_image(two.pos.to_vec2(), one.pos.to_vec2(), half).distance(one.pos.to_vec2());
            assert!(apart > 2.0 * defs.ship(ShipClass::Spark).radius - 0.1, "{apart}");
            assert!([one, two].iter().all(|body| body.pos.to_vec2().abs().max_element() <= half));
        }
    }

    #[test]
    fn a_shot_along_the_seam_hits_who_reaches_over_it() {
        let (mut world, defs) =
            fight([(Vec2::new(0.0, 400.0), Vec2::ZERO), (Vec2::new(-495.0, 300.0), Vec2::new(0.0, 0.0))]);
        let weapon = defs.ship(ShipClass::Spark).primary;
        let key = ShotKey { owner: PlayerId(0), tick: 0, part: 0 };
        let (pos, vel) = (Lattice::nearest(Vec2::new(496.0, 270.0)), Lattice::nearest(Vec2::new(0.0, 300.0)));
        world.shots.push(Shot { key, weapon, pos, vel, age: 0 });
        let mut events = Vec::new();
        (0..12).for_each(|_| step(&mut world, &[], &[], &defs, &Now, &mut events));
        let hit = |event: &Event| matches!(event, Event::ShotEnded { hit: ShotHit::Ship(PlayerId(1)), .. });
        assert!(events.iter().any(hit), "{events:?}");
    }
}
