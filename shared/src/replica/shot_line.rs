//! Where the next shot would go, by the very steps of real shots. Invariant: gravity, life and whatever is hard are as they
//! will be for a shot that left now; ships are left out, because where they will be is their pilots' affair.

use glam::Vec2;

use super::view::{RockView, ShotLine};
use crate::{
    defs::Defs,
    math,
    protocol::reckon::Reckoner,
    sim::{Ship, rays, shots},
    tick::Tick,
};

/// Ticks between two points of a line.
pub const STRIDE: i32 = 3;
/// A line ends after so many ticks, 1.5 s, whatever flies on.
const TICKS_MAX: i32 = 90;
/// Apart on the line of a ray, u.
const RAY_STEP_U: f32 = 42.0;

/// Fills `line` for `ship` as it is at `tick`, among these rocks.
pub fn draw(
    ship: &Ship,
    defs: &Defs,
    tick: Tick,
    reckoner: &mut Reckoner<'_>,
    rocks: &[RockView],
    line: &mut ShotLine,
) {
    line.points.clear();
    line.meets = false;
    if rays::launch(ship, defs).is_some() {
        ray(ship, defs, tick, reckoner, rocks, line);
    } else {
        bolt(ship, defs, tick, reckoner, rocks, line);
    }
}

fn bolt(ship: &Ship, defs: &Defs, tick: Tick, reckoner: &mut Reckoner<'_>, rocks: &[RockView], line: &mut ShotLine) {
    let Some(mut shot) = shots::middle(ship, tick, defs) else { return };
    let radius = shots::radius(&shot, defs);
    let mut last = shot.pos.to_vec2();
    for after in 1..=TICKS_MAX {
        let sky = reckoner.skies.at(reckoner.layout, defs, tick.plus(after));
        let Some(start) = shots::advance(&mut shot, &sky, defs) else { return };
        let end = shot.pos.to_vec2();
        let wall = shots::touch_sky(start, end, radius, &sky).map(|(t, _)| start + (end - start) * t);
        if wall.is_none() && after % STRIDE != 0 {
            continue;
        }
        let to = wall.unwrap_or(end);
        let rock = first_rock(rocks, last, to, radius).map(|t| last + (to - last) * t);
        line.points.push(rock.unwrap_or(to));
        if rock.or(wall).is_some() {
            line.meets = true;
            return;
        }
        last = end;
    }
}

/// A ray is there at once, so its line is straight.
fn ray(ship: &Ship, defs: &Defs, tick: Tick, reckoner: &mut Reckoner<'_>, rocks: &[RockView], line: &mut ShotLine) {
    let Some(ray) = rays::launch(ship, defs) else { return };
    let sky = reckoner.skies.at(reckoner.layout, defs, tick);
    let wall = shots::touch_sky(ray.from, ray.to, 0.0, &sky).map(|(t, _)| t);
    let met = first_rock(rocks, ray.from, ray.to, 0.0).into_iter().chain(wall).reduce(f32::min);
    let way = (ray.to - ray.from) * met.unwrap_or(1.0);
    let steps = (way.length() / RAY_STEP_U) as u16;
    line.points.extend((1..=steps).map(|step| ray.from + way * (f32::from(step) * RAY_STEP_U / way.length())));
    line.points.push(ray.from + way);
    line.meets = met.is_some();
}

/// When on the way, `[0, 1]`, the first rock is met.
fn first_rock(rocks: &[RockView], from: Vec2, to: Vec2, radius: f32) -> Option<f32> {
    let met = |rock: &RockView| math::sweep_circle(from - rock.pos, to - from, rock.size.def().radius + radius);
    rocks.iter().filter_map(met).reduce(f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{RockSize, ShipClass},
        ids::PlayerId,
        protocol::reckon::Skies,
        replica::view::RockId,
        sim::{Buttons, Command, Event, Now, Order, World, step},
    };

    const PILOT: PlayerId = PlayerId(0);

    /// A world in which a ship of this class has just fired.
    fn fired(class: ShipClass, seed: u64) -> (World, Defs, Vec<Event>) {
        let (defs, mut events) = (Defs::standard(), Vec::new());
        let mut world = World::new(seed, seed, &defs);
        let orders = [Order::Enlist { player: PILOT, bot: false, points: 900 }, Order::Launch { player: PILOT, class }];
        step(&mut world, &orders, &[], &defs, &Now, &mut events);
        // Toward the star, where the way bends most.
        let ship = world.ship(PILOT).expect("it was launched");
        let aim = crate::quantize::Angle::of(-ship.body.pos.to_vec2());
        for tick in 0..90 {
            let buttons = if tick == 89 { Buttons::FIRE } else { 0 };
            let command = Command::new(Buttons(buttons), aim);
            step(&mut world, &[], &[(PILOT, command)], &defs, &Now, &mut events);
        }
        (world, defs, events)
    }

    fn line_of(world: &World, defs: &Defs, rocks: &[RockView]) -> ShotLine {
        let (mut skies, mut line) = (Skies::default(), ShotLine::default());
        let ship = world.ship(PILOT).expect("it flies");
        let edge_radius = world.edge.radius_u();
        let mut reckoner = Reckoner { layout: &world.layout, defs, skies: &mut skies, edge_radius };
        draw(ship, defs, world.tick, &mut reckoner, rocks, &mut line);
        line
    }

    #[test]
    fn the_line_is_the_way_of_a_shot_that_leaves_now() {
        let mut compared = 0;
        for seed in 0..6 {
            let (mut world, defs, mut events) = fired(ShipClass::Spark, seed);
            let line = line_of(&world, &defs, &[]);
            assert_eq!(world.shots.len(), 1, "seed {seed}");
            for point in &line.points {
                (0..STRIDE).for_each(|_| step(&mut world, &[], &[], &defs, &Now, &mut events));
                let Some(shot) = world.shots.first() else { break };
                assert_eq!(shot.pos.to_vec2(), *point, "seed {seed}");
                compared += 1;
            }
        }
        assert!(compared > 60, "{compared} points");
    }

    #[test]
    fn the_line_ends_on_the_first_rock_and_a_ray_is_straight() {
        let (world, defs, _) = fired(ShipClass::Spark, 1);
        let free = line_of(&world, &defs, &[]);
        let at = free.points[6];
        let rock = RockView { id: RockId::Belt(0), size: RockSize::Medium, pos: at, spin_rad: 0.0, hull: 1.0 };
        let line = line_of(&world, &defs, &[rock]);
        let end = line.points.last().expect("it has points");
        let gap = end.distance(at) - RockSize::Medium.def().radius;
        assert!(line.meets && line.points.len() <= 7 && (0.0..8.0).contains(&gap), "{gap} of {line:?}");
        let (world, defs, _) = fired(ShipClass::Lancer, 1);
        let line = line_of(&world, &defs, &[]);
        let nose = world.ship(PILOT).expect("it flies").body.heading.unit();
        assert!(line.points.len() > 5);
        assert!(
            line.points.windows(2).all(|pair| (pair[1] - pair[0]).normalize_or_zero().dot(nose) > 0.999),
            "{line:?}"
        );
    }

    #[test]
    fn every_class_but_the_miner_of_space_has_a_line() {
        for class in ShipClass::ALL {
            let (world, defs, _) = fired(class, 2);
            let line = line_of(&world, &defs, &[]);
            assert_eq!(line.points.is_empty(), class == ShipClass::Gravitor, "{class:?}");
        }
    }
}
