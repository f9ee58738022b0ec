//! Ships touching things: bouncing off planets and rocks, off each other, and what that costs.

use glam::Vec2;

use super::{
    damage::{self, Hurt},
    events::{Cause, ShotHit},
    movement::Kinematics,
    scratch::Scratch,
    sky::Sky,
    solids::{Near, Solids},
    stage::Stage,
    torus, war,
    world::MILLI,
};
use crate::{
    defs::{Defs, ShipDef, Special, tow},
    ids::{BodyId, PlayerId},
    quantize::Lattice,
};

/// Share of the closing speed that comes back from rock.
const BOUNCE_ROCK: f32 = 0.45;
/// …and between two ships.
pub const BOUNCE_SHIP: f32 = 0.7;

/// A touch and how hard it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impact {
    /// Closing speed, u/s.
    pub speed: f32,
    /// What was hit.
    pub cause: Cause,
    /// Which loose rock, if it was one.
    pub rock: Option<BodyId>,
}

/// Bounces a ship off planets and cores, then off rocks; returns the hardest touch. Prediction runs this too.
pub fn bounce_off_solids(
    body: &mut Kinematics,
    def: &ShipDef,
    sky: &Sky<'_>,
    planet_velocity: impl Fn(usize) -> Vec2,
    solids: &Solids<'_>,
    near: &mut Near,
) -> Option<Impact> {
    let mut hardest: Option<Impact> = None;
    let mut note = |speed: Option<f32>, cause, rock| {
        if let Some(speed) = speed
            && hardest.is_none_or(|impact| impact.speed < speed)
        {
            hardest = Some(Impact { speed, cause, rock });
        }
    };
    if let Some(planet) = sky.planet_touched(body, def.radius) {
        let reach = sky.arena.planets[planet].radius + def.radius;
        note(bounce(body, sky.planets[planet], planet_velocity(planet), reach), Cause::Planet, None);
    }
    if let Some((team, core)) = sky.core_touched(body, def.radius).zip(sky.arena.core.as_ref())
        && let Some(cores) = sky.cores
    {
        let (centre, velocity) = cores[team as usize];
        note(bounce(body, centre, velocity, core.radius + def.radius), Cause::Core, None);
    }
    let at = body.pos.to_vec2();
    solids.near(at, def.radius, near);
    for solid in &near.solids {
        let rock = if let ShotHit::Loose(id) = solid.hit { Some(id) } else { None };
        note(bounce(body, solid.centre, solid.velocity, solid.radius + def.radius), Cause::Rock, rock);
    }
    hardest
}

/// Pushes `body` out of an immovable circle and reflects the closing speed; `None` if they do not touch.
fn bounce(body: &mut Kinematics, centre: Vec2, velocity: Vec2, reach: f32) -> Option<f32> {
    let apart = body.pos.to_vec2() - centre;
    let square = apart.length_squared();
    if square >= reach * reach {
        return None;
    }
    let normal = if square > 0.0 { apart / square.sqrt() } else { Vec2::X };
    body.pos = Lattice::nearest(centre + normal * reach);
    let relative = body.vel.to_vec2() - velocity;
    let closing = -relative.dot(normal);
    if closing > 0.0 {
        body.vel = Lattice::nearest(body.vel.to_vec2() + normal * (closing * (1.0 + BOUNCE_ROCK)));
    }
    Some(closing.max(0.0))
}

/// Damage of an impact, milli-points.
#[must_use]
pub fn impact_damage(speed: f32, defs: &Defs) -> i32 {
    let rules = &defs.rules;
    ((speed - rules.impact_free_u_s).max(0.0) * rules.impact_damage * MILLI as f32) as i32
}

/// Settles every touch of this tick: solids first, then ship against ship, in order of slots.
pub(super) fn resolve(stage: &mut Stage<'_>, solids: &Solids<'_>, scratch: &mut Scratch) {
    scratch.players.clear();
    scratch.players.extend(stage.world.ships().map(|ship| ship.id.player));
    for &player in &scratch.players {
        touch_solids(stage, player, solids, &mut scratch.near);
    }
    touch_ships(stage, scratch);
}

fn touch_solids(stage: &mut Stage<'_>, player: PlayerId, solids: &Solids<'_>, near: &mut Near) {
    let (defs, tick, planets) = (stage.defs, stage.world.tick, stage.world.layout.planets);
    let Some(ship) = stage.world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()) else { return };
    let def = defs.ship(ship.class);
    let core = stage.sky.core_touched(&ship.body, def.radius);
    let impact =
        bounce_off_solids(&mut ship.body, def, &stage.sky, |planet| planets[planet].velocity(tick), solids, near);
    if let Some(impact) = impact {
        let amount = impact_damage(impact.speed, defs);
        if let Some(team) = core {
            let ramming = stage.world.ship(player).and_then(|ship| ship.special(defs));
            let blow = by_ram(matches!(ramming, Some(Special::Ram(_))), amount);
            war::strike(stage, team, player, (blow / MILLI) as u16);
        }
        let by = impact.rock.and_then(|id| flinger(stage, id)).filter(|&by| by != player);
        let amount = if by.is_some() { amount * tow::FLUNG_FACTOR } else { amount };
        damage::hurt(stage, player, Hurt { amount, by, cause: impact.cause });
    }
}

/// Who had a loose rock on a tow line, if anybody did.
fn flinger(stage: &Stage<'_>, id: BodyId) -> Option<PlayerId> {
    stage.world.rocks.iter().find(|rock| rock.id == id)?.flung
}

fn touch_ships(stage: &mut Stage<'_>, scratch: &mut Scratch) {
    let Scratch { players, places: centres, grid, found: near, .. } = scratch;
    let place = |&player: &PlayerId| stage.world.ship(player).map_or(Vec2::INFINITY, |ship| ship.body.pos.to_vec2());
    centres.clear();
    centres.extend(players.iter().map(place));
    grid.rebuild(centres);
    for (index, &player) in players.iter().enumerate() {
        if !centres[index].is_finite() {
            continue;
        }
        // Where space comes round there are two ships, and the other may be across the seam.
        let reach = Vec2::splat(if stage.defs.arena.wrap_half > 0.0 { f32::INFINITY } else { SHIP_REACH });
        grid.near(centres[index] - reach, centres[index] + reach, near);
        for &other in near.iter().filter(|&&other| usize::from(other) > index) {
            touch_pair(stage, player, players[usize::from(other)]);
        }
    }
}

/// A ram shield does so many times the damage of the blow…
const RAM_FACTOR: i32 = 2;
/// …and this much besides, milli-points.
const RAM_DAMAGE: i32 = 15 * MILLI;
/// Largest distance at which two ships can touch, u.
pub const SHIP_REACH: f32 = 80.0;

fn touch_pair(stage: &mut Stage<'_>, one: PlayerId, two: PlayerId) {
    let (Some(a), Some(b)) = (stage.world.ship(one), stage.world.ship(two)) else { return };
    let (def_a, def_b) = (stage.defs.ship(a.class), stage.defs.ship(b.class));
    let (mut body_a, mut body_b) = (a.body, b.body);
    // Protection must not be a battering ram: who cannot be hurt does not hurt either.
    let protected = a.protection > 0 || b.protection > 0;
    let wrap_half = stage.defs.arena.wrap_half;
    let speed = collide_around(&mut body_a, def_a, &mut body_b, def_b, BOUNCE_SHIP, wrap_half);
    let Some(speed) = speed else { return };
    for (player, body) in [(one, body_a), (two, body_b)] {
        if let Some(ship) = stage.world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()) {
            ship.body = body;
        }
    }
    if protected {
        return;
    }
    let ramming = [one, two].map(|player| {
        let special = stage.world.ship(player).and_then(|ship| ship.special(stage.defs));
        matches!(special, Some(Special::Ram(_)))
    });
    let amount = impact_damage(speed, stage.defs);
    damage::hurt(stage, one, Hurt { amount: by_ram(ramming[1], amount), by: Some(two), cause: Cause::Ram });
    damage::hurt(stage, two, Hurt { amount: by_ram(ramming[0], amount), by: Some(one), cause: Cause::Ram });
}

/// A blow of `amount` milli-points by a ship that rams or just happens to be in the way.
fn by_ram(ramming: bool, amount: i32) -> i32 {
    if ramming && amount > 0 { amount * RAM_FACTOR + RAM_DAMAGE } else { amount }
}

/// [`collide`] in space that comes round at `wrap_half`, u, or does not (0): ships touch across the seam.
pub fn collide_around(
    a: &mut Kinematics,
    def_a: &ShipDef,
    b: &mut Kinematics,
    def_b: &ShipDef,
    bounce: f32,
    wrap_half: f32,
) -> Option<f32> {
    if wrap_half <= 0.0 {
        return collide(a, def_a, b, def_b, bounce);
    }
    b.pos = Lattice::nearest(torus::nearest_image(b.pos.to_vec2(), a.pos.to_vec2(), wrap_half));
    let speed = collide(a, def_a, b, def_b, bounce);
    (a.pos, b.pos) = (torus::wrap(a.pos, wrap_half), torus::wrap(b.pos, wrap_half));
    speed
}

/// Push between two ships, masses as the squares of their radii; `bounce` is the share of the closing speed that comes
/// back. Returns the closing speed, u/s, or `None` if they do not touch. Prediction runs this too.
pub fn collide(a: &mut Kinematics, def_a: &ShipDef, b: &mut Kinematics, def_b: &ShipDef, bounce: f32) -> Option<f32> {
    let apart = a.pos.to_vec2() - b.pos.to_vec2();
    let reach = def_a.radius + def_b.radius;
    let square = apart.length_squared();
    if square >= reach * reach {
        return None;
    }
    let distance = square.sqrt();
    let normal = if distance > 0.0 { apart / distance } else { Vec2::X };
    let (mass_a, mass_b) = (def_a.radius * def_a.radius, def_b.radius * def_b.radius);
    let (share_a, share_b) = (mass_b / (mass_a + mass_b), mass_a / (mass_a + mass_b));
    let depth = reach - distance;
    a.pos = Lattice::nearest(a.pos.to_vec2() + normal * (depth * share_a));
    b.pos = Lattice::nearest(b.pos.to_vec2() - normal * (depth * share_b));
    let closing = -(a.vel.to_vec2() - b.vel.to_vec2()).dot(normal);
    if closing > 0.0 {
        let impulse = normal * (closing * (1.0 + bounce));
        a.vel = Lattice::nearest(a.vel.to_vec2() + impulse * share_a);
        b.vel = Lattice::nearest(b.vel.to_vec2() - impulse * share_b);
    }
    Some(closing.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defs::ShipClass;

    fn body(x: f32, vx: f32) -> Kinematics {
        Kinematics {
            pos: Lattice::nearest(Vec2::new(x, 0.0)),
            vel: Lattice::nearest(Vec2::new(vx, 0.0)),
            ..Kinematics::default()
        }
    }

    #[test]
    fn equal_ships_share_a_head_on_blow() {
        let defs = Defs::standard();
        let spark = defs.ship(ShipClass::Spark);
        let (mut a, mut b) = (body(-10.0, 100.0), body(10.0, -100.0));
        assert_eq!(collide(&mut a, spark, &mut b, spark, BOUNCE_SHIP), Some(200.0));
        assert!((a.vel.to_vec2().x + 70.0).abs() < 0.1 && (b.vel.to_vec2().x - 70.0).abs() < 0.1);
        assert!((a.pos.to_vec2() - b.pos.to_vec2()).length() > 27.9);
        assert_eq!(collide(&mut body(0.0, 0.0), spark, &mut body(40.0, 0.0), spark, BOUNCE_SHIP), None);
    }

    #[test]
    fn a_solid_throws_a_ship_back_and_out() {
        let mut ship = body(90.0, -200.0);
        let speed = bounce(&mut ship, Vec2::ZERO, Vec2::ZERO, 100.0);
        assert_eq!(speed, Some(200.0));
        assert!(ship.vel.to_vec2().x > 80.0);
        assert!(ship.pos.to_vec2().x >= 100.0);
    }

    #[test]
    fn protection_is_no_battering_ram() {
        use crate::sim::{Order, World, step};
        let defs = Defs::standard();
        for (protection, hurts) in [(400, false), (0, true)] {
            let mut world = World::new(1, 1, &defs);
            for (slot, x) in [(0, 1_500.0), (1, 1_520.0)] {
                let player = PlayerId(slot);
                let orders = [
                    Order::Enlist { player, bot: false, points: 0 },
                    Order::Launch { player, class: ShipClass::Spark },
                ];
                step(&mut world, &orders, &[], &defs, &crate::sim::Now, &mut Vec::new());
                let ship = world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()).unwrap();
                ship.body = body(x, if slot == 0 { 300.0 } else { -300.0 });
                ship.protection = if slot == 0 { protection } else { 0 };
            }
            let full = world.ship(PlayerId(1)).unwrap().shield;
            step(&mut world, &[], &[], &defs, &crate::sim::Now, &mut Vec::new());
            assert_eq!(world.ship(PlayerId(1)).unwrap().shield < full, hurts, "protection {protection}");
        }
    }

    #[test]
    fn gentle_touches_are_free() {
        let defs = Defs::standard();
        assert_eq!(impact_damage(60.0, &defs), 0);
        assert!(impact_damage(300.0, &defs) > 15 * MILLI);
    }
}
