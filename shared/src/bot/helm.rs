//! Steering: from "be there, moving so" to buttons and an aim, and looking ahead for a fiery end.

use glam::Vec2;

use super::sight::Sight;
use crate::{
    defs::{Barrel, ShipDef},
    math,
    quantize::Angle,
    sim::{Buttons, Command},
    tick::TICK_HZ,
};

/// The thrust for which bots' foresight was tuned, u/s².
const SPARK_THRUST: f32 = 240.0;
/// Velocity errors below this are left alone, u/s.
const DEAD_BAND: f32 = 14.0;
/// Thrust only when the nose is within this of the wanted way, cosine.
const ALIGNED: f32 = 0.80;

/// A command that brings the ship toward moving with `wanted`, u/s, looking where it pushes.
pub fn match_velocity(sight: &Sight<'_>, wanted: Vec2) -> Command {
    let error = velocity_error(sight, wanted);
    let heading = sight.own.body.heading;
    if error.length() < DEAD_BAND {
        let aim = if wanted.length() > DEAD_BAND { Angle::of(wanted) } else { heading };
        return Command::new(Buttons(0), aim);
    }
    let aim = Angle::of(error);
    let along = heading.unit().dot(error.normalize_or_zero());
    Command::new(Buttons(0).with(Buttons::THRUST, along > ALIGNED), aim)
}

/// Buttons that help toward `wanted` while the nose points elsewhere (at a target).
pub fn drift_buttons(sight: &Sight<'_>, wanted: Vec2, nose: Vec2) -> Buttons {
    let error = velocity_error(sight, wanted);
    if error.length() < DEAD_BAND * 2.0 {
        return Buttons(0);
    }
    let way = error.normalize_or_zero();
    Buttons(0)
        .with(Buttons::THRUST, nose.dot(way) > 0.5)
        .with(Buttons::REVERSE, nose.dot(way) < -0.5)
        .with(Buttons::LEFT, nose.perp().dot(way) > 0.4)
        .with(Buttons::RIGHT, nose.perp().dot(way) < -0.4)
}

fn velocity_error(sight: &Sight<'_>, wanted: Vec2) -> Vec2 {
    let body = &sight.own.body;
    // Make up for what gravity will do within the next third of a second.
    wanted - body.vel.to_vec2() - sight.sky.pull(body.pos.to_vec2()) * 0.33
}

/// Velocity with which to approach `target` (moving with `target_vel`) so as to stop `gap` short of it.
#[must_use]
pub fn approach(sight: &Sight<'_>, target: Vec2, target_vel: Vec2, gap: f32) -> Vec2 {
    let def = own_def(sight);
    let way = target - sight.own.body.pos.to_vec2();
    let distance = way.length() - gap;
    // v² = 2·a·d with half the thrust, so that turning round still leaves room.
    let speed = (def.thrust * distance.abs()).sqrt().min(def.speed_cap * 0.85) * distance.signum();
    target_vel + way.normalize_or_zero() * speed
}

/// Nearer to the star than this the own engines no longer hold the ship, u: where three quarters of their thrust equal the
/// pull, and never inside the ring's glow.
#[must_use]
pub fn danger_u(sight: &Sight<'_>) -> f32 {
    let star = &sight.defs.arena.star;
    (star.gm / (own_def(sight).thrust * 0.75)).sqrt().max(star.ring_radius * 1.15)
}

/// A way out if coasting on ends in the star, a planet or beyond the edge within `seconds`.
#[must_use]
pub fn escape(sight: &Sight<'_>, seconds: f32) -> Option<Command> {
    let (mut pos, mut vel) = (sight.own.body.pos.to_vec2(), sight.own.body.vel.to_vec2());
    const STEP_S: f32 = 0.1;
    // Who is slow to get away must begin sooner.
    let seconds = seconds * (SPARK_THRUST / own_def(sight).thrust).max(1.0);
    let star = &sight.defs.arena.star;
    for _ in 0..(seconds / STEP_S) as u32 {
        vel += sight.sky.pull(pos) * STEP_S;
        pos += vel * STEP_S;
        if pos.length() < danger_u(sight) {
            return Some(flee_centre(sight, Vec2::ZERO, star.ring_radius.max(danger_u(sight) / 1.15)));
        }
        if let Some(war) = sight.war
            && let Some(core) = [war.home, war.foe].into_iter().find(|core| pos.distance(core.pos) < core.radius + 24.0)
        {
            return Some(flee_centre(sight, core.pos, core.radius + 40.0));
        }
        for (planet, centre) in sight.defs.arena.planets.iter().zip(sight.sky.planets) {
            if pos.distance(centre) < planet.radius + own_def(sight).radius + 30.0 {
                return Some(flee_centre(sight, centre, planet.radius + 60.0));
            }
        }
    }
    let outside = pos.length() > sight.edge_radius - sight.defs.arena.margin;
    outside.then(|| match_velocity(sight, -pos.normalize_or_zero() * own_def(sight).speed_cap * 0.6))
}

/// Seconds ahead in which a rock in the way is noticed.
const DODGE_S: f32 = 1.1;

/// Room left around a mine, u.
const MINE_BERTH: f32 = 40.0;

/// A mouth this near is a way out for who flees, u.
const REFUGE_U: f32 = 620.0;

/// The mouth of the wormhole that is a way out: near, and nearer than whoever is after one.
#[must_use]
pub fn refuge(sight: &Sight<'_>, pursuer: Vec2) -> Option<Vec2> {
    let at = sight.own.body.pos.to_vec2();
    let out = |mouth: &Vec2| mouth.distance(at) < REFUGE_U.min(mouth.distance(pursuer) * 0.8);
    let open = sight.defs.arena.wormhole.radius > 0.0;
    sight.sky.mouths.into_iter().filter(|_| open).find(out)
}

/// Sideways past the first rock or mine that the present course would hit hard, and, unless `shy` is false, past a mouth
/// of the wormhole: nobody is carried off by chance.
#[must_use]
pub fn dodge(sight: &Sight<'_>, shy: bool) -> Option<Command> {
    let body = &sight.own.body;
    let (at, vel, radius) = (body.pos.to_vec2(), body.vel.to_vec2(), own_def(sight).radius);
    let threat = |pos: Vec2, rock_vel: Vec2, rock_radius: f32, gentle_u_s: f32| {
        let closing = vel - rock_vel;
        let reach = rock_radius + radius + 14.0;
        let t = math::sweep_circle(at - pos, closing * DODGE_S, reach)?;
        (closing.length() > gentle_u_s).then_some((t, pos - at, closing))
    };
    let gentle_u_s = sight.defs.rules.impact_free_u_s * 0.9;
    let rocks = sight.rocks.iter().filter_map(|rock| threat(rock.pos, rock.vel, rock.size.def().radius, gentle_u_s));
    let mines = sight.mines.iter().filter_map(|&mine| threat(mine, Vec2::ZERO, MINE_BERTH, gentle_u_s));
    // The middle of a mouth: who is at its rim moves away, who is beside it is not carried off.
    let mouth = sight.defs.arena.wormhole.radius;
    let ahead = |pos: &Vec2| shy && mouth > 0.0 && (*pos - at).dot(vel) > 0.0;
    let mouths = sight.sky.mouths.into_iter().filter(ahead).filter_map(|pos| threat(pos, Vec2::ZERO, mouth, 1.0));
    let (_, to_rock, closing) = rocks.chain(mines).chain(mouths).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let across = closing.normalize_or_zero().perp();
    let side = if to_rock.dot(across) > 0.0 { -across } else { across };
    let way = (side - closing.normalize_or_zero() * 0.6).normalize_or(side);
    let nose = body.heading.unit();
    let buttons = Buttons(0)
        .with(Buttons::THRUST, nose.dot(way) > 0.2)
        .with(Buttons::REVERSE, nose.dot(way) < -0.3)
        .with(Buttons::LEFT, nose.perp().dot(way) > 0.2)
        .with(Buttons::RIGHT, nose.perp().dot(way) < -0.2)
        .with(Buttons::BRAKE, nose.dot(way) < 0.2);
    Some(Command::new(buttons, Angle::of(way)))
}

/// Away from `centre`, sideways first: the part of the motion that passes it is kept and made larger.
fn flee_centre(sight: &Sight<'_>, centre: Vec2, near: f32) -> Command {
    let body = &sight.own.body;
    let (pos, vel) = (body.pos.to_vec2() - centre, body.vel.to_vec2());
    let out = pos.normalize_or(Vec2::X);
    let side = if vel.dot(out.perp()) >= 0.0 { out.perp() } else { -out.perp() };
    let close = math::ramp(pos.length(), near * 2.2, near);
    let way = (side + out * (0.7 + close)).normalize_or(out);
    let aligned = body.heading.unit().dot(way);
    let buttons = Buttons(0)
        .with(Buttons::THRUST, aligned > 0.3)
        .with(Buttons::BOOST, aligned > 0.7 && pos.length() < near * 1.4)
        .with(Buttons::LEFT, body.heading.unit().perp().dot(way) > 0.5)
        .with(Buttons::RIGHT, body.heading.unit().perp().dot(way) < -0.5);
    Command::new(buttons, Angle::of(way))
}

/// Seconds between a look and the aim that comes of it, which a ray does not forgive.
const RAY_LEAD_S: f32 = 0.2;

/// Where to aim so that a shot meets a target moving with `vel` at `pos`: two rounds of the intercept, and the
/// bend that gravity gives the shot on its way. A ray is there at once.
#[must_use]
pub fn lead(sight: &Sight<'_>, pos: Vec2, vel: Vec2) -> Vec2 {
    let body = &sight.own.body;
    let Some(bolt) = sight.defs.weapon(own_def(sight).primary).bolt() else {
        return pos - body.pos.to_vec2() + (vel - body.vel.to_vec2()) * RAY_LEAD_S;
    };
    let (from, own_vel) = (body.pos.to_vec2(), body.vel.to_vec2());
    let mut time = 0.0;
    let mut way = pos - from;
    for _ in 0..3 {
        let at = pos + (vel - own_vel) * time;
        let middle = from + (at - from) * 0.5 + own_vel * time * 0.5;
        let bend = sight.sky.pull(middle) * (0.5 * time * time);
        way = at - bend - from;
        time = way.length() / bolt.speed;
    }
    way
}

/// How far a primary shot flies, u, relative to the shooter.
#[must_use]
pub fn reach_u(sight: &Sight<'_>) -> f32 {
    match &sight.defs.weapon(own_def(sight).primary).barrel {
        Barrel::Bolt(bolt) => bolt.speed * f32::from(bolt.life_ticks) / TICK_HZ as f32,
        Barrel::Ray(ray) => ray.range,
        Barrel::Mine(mine) => mine.reach * 2.0,
    }
}

/// The own ship's class.
#[must_use]
pub fn own_def<'a>(sight: &Sight<'a>) -> &'a ShipDef {
    sight.defs.ship(sight.own.class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, ShipClass},
        ids::{PlayerId, ShipId},
        quantize::Lattice,
        sim::{Kinematics, Layout, Ship, Sky},
        tick::Tick,
    };

    /// What a look makes of a Spark `away` from the entrance of the wormhole that moves with `vel`.
    fn at_the_mouth<T>(away: Vec2, vel: Vec2, look: impl Fn(&Sight<'_>, Vec2) -> T) -> T {
        let defs = Defs::standard();
        let layout = Layout::new(4, &defs.arena);
        let sky = Sky::at(&layout, &[], &defs.arena, Tick(0));
        let mouth = sky.mouths[0];
        let body =
            Kinematics { pos: Lattice::nearest(mouth + away), vel: Lattice::nearest(vel), heading: Angle::of(vel) };
        let own = Ship::fresh(ShipId { player: PlayerId(0), life: 0 }, ShipClass::Spark, body, &defs);
        look(&Sight::of_nothing(&defs, &sky, &layout, &own), mouth)
    }

    #[test]
    fn nobody_is_carried_off_by_chance() {
        let (away, inward) = (Vec2::new(120.0, 5.0), Vec2::new(-100.0, 0.0));
        let turns = |vel, shy| at_the_mouth(away, vel, |sight, _| dodge(sight, shy).is_some());
        assert!(turns(inward, true), "even slowly");
        assert!(!turns(inward, false), "who flees may go through");
        assert!(!turns(-inward, true) && !turns(inward.perp(), true), "away from it, or past it");
    }

    #[test]
    fn a_mouth_is_a_refuge_for_who_is_nearer_than_the_pursuer() {
        let refuge_from = |pursuer: Vec2| {
            at_the_mouth(Vec2::new(300.0, 0.0), Vec2::X, |sight, mouth| refuge(sight, mouth + pursuer) == Some(mouth))
        };
        assert!(refuge_from(Vec2::new(600.0, 0.0)));
        assert!(!refuge_from(Vec2::new(100.0, 0.0)), "the pursuer is in the way");
        let far = |sight: &Sight<'_>, mouth: Vec2| refuge(sight, mouth + Vec2::new(2_000.0, 0.0)).is_none();
        assert!(at_the_mouth(Vec2::new(700.0, 0.0), Vec2::X, far));
    }
}
