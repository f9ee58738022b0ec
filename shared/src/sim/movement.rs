//! How a ship moves: the one function that the server, prediction, dead reckoning and forecasts share.
//!
//! Invariant: the result depends only on public facts (position, velocity, heading, engine controls, class, sky,
//! edge), so anyone who sees a ship can run it.

use glam::Vec2;

use super::{
    command::{Buttons, Command},
    sky::Sky,
};
use crate::{
    defs::ShipDef,
    math,
    quantize::{Angle, Lattice},
    tick::DT,
};

/// Where a ship is and how it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinematics {
    /// Position.
    pub pos: Lattice,
    /// Velocity.
    pub vel: Lattice,
    /// Direction of the nose.
    pub heading: Angle,
}

/// Drag on the part of the speed above the cap, 1/s.
const EXCESS_DRAG_S: f32 = 0.6;
/// Gravity may carry a ship to this many times its cap: slingshots.
const SLINGSHOT: f32 = 1.5;
/// While boosting, thrust reaches this many times the cap.
const BOOST_CAP: f32 = 1.3;

/// Moves a ship by one tick, through the wormhole if it gets into a mouth, and round in space that
/// comes round. `controls` are what the engines really do (boost granted, trigger ignored);
/// `sky` is that of the tick being entered, `edge_radius` in u.
pub fn integrate(body: &mut Kinematics, controls: Command, def: &ShipDef, sky: &Sky<'_>, edge_radius: f32) {
    body.heading = body.heading.turned_toward(controls.aim, def.turn_steps());
    let pos = body.pos.to_vec2();
    let coasting = body.vel.to_vec2() + (sky.pull(pos) + sky.push(pos, edge_radius)) * DT;
    let driven = drive(coasting, body.heading, controls.buttons, def);
    body.vel = Lattice::nearest(limit(driven, def));
    let (vel, end) = (body.vel.to_vec2(), pos + body.vel.to_vec2() * DT);
    body.pos = sky.come_round(Lattice::nearest(sky.pass(end, vel).unwrap_or(end)));
}

/// Velocity after the engines' work. Engines never raise the speed beyond the cap, but never take away what
/// gravity gave either.
fn drive(coasting: Vec2, heading: Angle, buttons: Buttons, def: &ShipDef) -> Vec2 {
    let held = |bit| f32::from(u8::from(buttons.any(bit)));
    let boosting = buttons.any(Buttons::BOOST);
    let along = if boosting { def.boost_factor } else { held(Buttons::THRUST) - held(Buttons::REVERSE) * def.reverse };
    let across = (held(Buttons::LEFT) - held(Buttons::RIGHT)) * def.strafe;
    let mut driven = coasting;
    if along != 0.0 || across != 0.0 {
        let nose = heading.unit();
        let wanted = coasting + (nose * along + nose.perp() * across) * (def.thrust * DT);
        let cap = if boosting { def.speed_cap * BOOST_CAP } else { def.speed_cap };
        driven = math::clamp_length(wanted, cap.max(coasting.length()));
    }
    if buttons.any(Buttons::BRAKE) {
        let speed = driven.length();
        let slower = (speed - def.thrust * def.brake * DT).max(0.0);
        driven = if speed > 0.0 { driven * (slower / speed) } else { Vec2::ZERO };
    }
    driven
}

fn limit(vel: Vec2, def: &ShipDef) -> Vec2 {
    let speed = vel.length();
    if speed <= def.speed_cap {
        return vel;
    }
    let dragged = speed - (speed - def.speed_cap) * EXCESS_DRAG_S * DT;
    vel * (dragged.min(def.speed_cap * SLINGSHOT) / speed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, ShipClass, arena::PLANETS},
        sim::layout::Layout,
        tick::Tick,
    };

    const FAR: f32 = 100_000.0;

    /// Flies a Spark from far out (no gravity) and returns the body after `ticks`.
    fn fly(start: Vec2, vel: Vec2, buttons: u8, aim_rad: f32, ticks: u32) -> Kinematics {
        let defs = Defs::standard();
        let layout = Layout::new(1, &defs.arena);
        let mut sky = Sky::at(&layout, &[], &defs.arena, Tick(0));
        sky.planets = [Vec2::splat(50_000.0); PLANETS];
        let mut body = Kinematics { pos: Lattice::nearest(start), vel: Lattice::nearest(vel), heading: Angle(0) };
        let command = Command::new(Buttons(buttons), Angle::nearest(aim_rad));
        for _ in 0..ticks {
            integrate(&mut body, command, defs.ship(ShipClass::Spark), &sky, FAR);
        }
        body
    }

    const OUT: Vec2 = Vec2::new(5_000.0, 0.0);

    #[test]
    fn coasting_keeps_its_speed() {
        let body = fly(OUT, Vec2::new(100.0, 50.0), 0, 0.0, 600);
        assert_eq!(body.vel.to_vec2(), Vec2::new(100.0, 50.0));
    }

    #[test]
    fn thrust_reaches_the_cap_and_no_more() {
        let body = fly(OUT, Vec2::ZERO, Buttons::THRUST, 0.0, 600);
        assert!((body.vel.to_vec2().length() - 340.0).abs() < 0.5);
        let boosted = fly(OUT, Vec2::ZERO, Buttons::BOOST, 0.0, 600).vel.to_vec2().length();
        assert!(boosted > 400.0 && boosted <= 442.0, "{boosted}");
    }

    #[test]
    fn gravity_given_speed_bleeds_off_slowly() {
        let speed = |ticks| fly(OUT, Vec2::new(500.0, 0.0), 0, 0.0, ticks).vel.to_vec2().length();
        assert!(speed(60) > 400.0 && speed(60) < 450.0);
        assert!(speed(1) <= 510.0);
        assert!(fly(OUT, Vec2::new(900.0, 0.0), 0, 0.0, 1).vel.to_vec2().length() <= 510.0);
    }

    #[test]
    fn braking_stops_and_stays_stopped() {
        assert_eq!(fly(OUT, Vec2::new(200.0, -90.0), Buttons::BRAKE, 0.0, 120).vel, Lattice::ZERO);
    }

    #[test]
    fn the_nose_turns_at_the_class_rate() {
        let body = fly(OUT, Vec2::ZERO, 0, 3.0, 30);
        assert!((body.heading.to_rad() - 110.0_f32.to_radians()).abs() < 0.01, "{}", body.heading.to_rad());
    }

    #[test]
    fn reverse_and_strafe_are_weaker() {
        let speed = |buttons| fly(OUT, Vec2::ZERO, buttons, 0.0, 30).vel.to_vec2();
        assert!((speed(Buttons::REVERSE).x + 60.0).abs() < 1.0);
        assert!((speed(Buttons::LEFT).y - 42.0).abs() < 1.0);
        assert!((speed(Buttons::RIGHT).y + 42.0).abs() < 1.0);
    }
}
