//! The wormhole: two mouths, and whoever flies into one comes out of the other as fast as before. Where they are is a
//! function of (seed, tick), so they cost no bandwidth and no state.
//!
//! Invariant: passing is part of a ship's flight ([`super::movement::integrate`]) and depends on where it is and how it
//! moves, nothing else; so whoever reckons a ship has it jump in the same tick. Nobody falls back: a mouth takes only who
//! moves toward its middle, and who comes out moves away from it. Only ships pass. Shots, rays, rocks and pickups fly over
//! a mouth as if it were not there: a shot that comes out of nowhere cannot be dodged.

use glam::Vec2;

use crate::{
    defs::{
        ArenaDef,
        arena::{BeltCentre, PLANETS},
        wormhole::WormholeDef,
    },
    math::{self, TAU},
    order::sort_few,
    quantize::Lattice,
    rng::{Keyed, Purpose},
    tick::{DT, Tick},
};

/// Further than any ship flies or is pushed in a tick, and far less than the mouths are apart, u.
pub const LEAP_U: f32 = 120.0;
/// The mouths lie at least this share of a turn apart, seen from the star.
const APART_TURNS: f32 = 0.34;
/// Sets the draws of entrances apart from those of exits.
const ENTRANCES: u32 = 1 << 31;

/// Where mouths may be, and the draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Wormhole {
    seed: u64,
    def: WormholeDef,
    /// Distances from the star at which nothing circles, u: from, to; in order, never empty.
    free: Vec<(f32, f32)>,
}

/// A mouth that is announced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coming {
    /// Where, u.
    pub pos: Vec2,
    /// In how many ticks.
    pub ticks: u32,
}

impl Wormhole {
    /// The wormhole of the layout with this seed.
    #[must_use]
    pub fn new(seed: u64, arena: &ArenaDef) -> Wormhole {
        Wormhole { seed, def: arena.wormhole, free: free_bands(arena) }
    }

    /// Centres of entrance and exit at `tick`, u.
    ///
    /// At the wrap of ticks, once in two years, they move without a warning.
    #[must_use]
    pub fn mouths(&self, tick: Tick) -> [Vec2; 2] {
        let exit = tick.0 / self.def.exit_ticks;
        let mut keyed = Keyed::new(self.seed, Tick(0), (exit / self.def.entrance_exits) | ENTRANCES, Purpose::Wormhole);
        let (turn, distance) = (keyed.unit(), self.distance(keyed.unit()));
        let mut keyed = Keyed::new(self.seed, Tick(0), exit, Purpose::Wormhole);
        let apart = keyed.range(APART_TURNS, 1.0 - APART_TURNS);
        let place = |turns: f32, distance: f32| Lattice::nearest(math::unit(turns.fract() * TAU) * distance).to_vec2();
        [place(turn, distance), place(turn + apart, self.distance(keyed.unit()))]
    }

    /// The mouths that move soon: where to, and when.
    #[must_use]
    pub fn coming(&self, tick: Tick) -> [Option<Coming>; 2] {
        let ticks = self.def.exit_ticks - tick.0 % self.def.exit_ticks;
        if ticks > self.def.warn_ticks {
            return [None; 2];
        }
        let (now, then) = (self.mouths(tick), self.mouths(tick.plus(ticks.cast_signed())));
        core::array::from_fn(|end| (then[end] != now[end]).then_some(Coming { pos: then[end], ticks }))
    }

    /// A free distance from the star; `draw` in `[0, 1)` picks it, uniformly by area.
    fn distance(&self, draw: f32) -> f32 {
        let area = |(from, to): (f32, f32)| to * to - from * from;
        let mut left = draw * self.free.iter().map(|band| area(*band)).sum::<f32>();
        for &band in &self.free {
            if left < area(band) {
                return (band.0 * band.0 + left).sqrt();
            }
            left -= area(band);
        }
        self.free.last().map_or(self.def.inner, |(_, to)| *to)
    }
}

/// The rings around the star in which a mouth is in nobody's way: outside its heat, clear of the planets' paths and of
/// the belts around the star, and inside the rim of the smallest arena.
fn free_bands(arena: &ArenaDef) -> Vec<(f32, f32)> {
    let def = &arena.wormhole;
    let room = def.radius + def.clear;
    let planets = arena.planets.iter().map(|planet| (planet.orbit_radius, planet.radius));
    let belts =
        arena.belts.iter().filter(|belt| belt.around == BeltCentre::Star).map(|belt| (belt.radius, belt.spread));
    let cores = arena.core.iter().map(|core| (core.orbit_radius, core.radius));
    let mut taken: Vec<(f32, f32)> =
        planets.chain(belts).chain(cores).map(|(at, half)| (at - half - room, at + half + room)).collect();
    sort_few(&mut taken, |a, b| a.0.total_cmp(&b.0));
    let (mut from, end) = (def.inner, arena.radius_min - arena.margin);
    let mut free = Vec::with_capacity(PLANETS + arena.belts.len() + 1);
    for (start, stop) in taken.into_iter().chain([(end, end)]) {
        if start.min(end) > from {
            free.push((from, start.min(end)));
        }
        from = from.max(stop);
    }
    free
}

/// Where a ship at `pos` that moves with `vel` comes out, if it is in one of `mouths`.
#[must_use]
pub fn pass(mouths: &[Vec2; 2], pos: Vec2, vel: Vec2, def: &WormholeDef) -> Option<Vec2> {
    // Where there is none its radius is 0, and nothing is nearer than that.
    let taken = |mouth: &Vec2| {
        let inward = *mouth - pos;
        inward.length_squared() < def.radius * def.radius && inward.dot(vel) > 0.0
    };
    let end = mouths.iter().position(taken)?;
    Some(mouths[1 - end] + vel.normalize_or_zero() * (def.radius + def.gap))
}

/// Whether what was at `before` a tick ago and is at `now` went through the wormhole, or round where space comes round.
#[must_use]
pub fn leapt(before: Vec2, now: Vec2) -> bool {
    before.distance_squared(now) > LEAP_U * LEAP_U
}

/// Where the tick's way to `now` began, u: at `before`, or on this side of the wormhole for who went through it. Nothing
/// ever swept along the line between the mouths.
#[must_use]
pub fn start(before: Vec2, now: Vec2, vel: Vec2) -> Vec2 {
    if leapt(before, now) { now - vel * DT } else { before }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        defs::{Defs, ShipClass},
        ids::PlayerId,
        quantize::Angle,
        sim::{Layout, Now, Order, World, step},
    };

    const DEF: WormholeDef = WormholeDef::STANDARD;

    #[test]
    fn mouths_stay_are_announced_and_move() {
        let wormhole = Wormhole::new(7, &ArenaDef::STANDARD);
        let before = wormhole.mouths(Tick(DEF.exit_ticks - 1));
        let after = wormhole.mouths(Tick(DEF.exit_ticks));
        assert_eq!(wormhole.mouths(Tick(0)), before);
        assert_eq!(before[0], after[0], "the entrance stays longer");
        assert_ne!(before[1], after[1]);
        assert_eq!(wormhole.coming(Tick(DEF.exit_ticks - DEF.warn_ticks - 1)), [None; 2]);
        for left in [DEF.warn_ticks, 1] {
            let coming = Coming { pos: after[1], ticks: left };
            assert_eq!(wormhole.coming(Tick(DEF.exit_ticks - left)), [None, Some(coming)]);
        }
        let moves = DEF.exit_ticks * DEF.entrance_exits;
        assert_ne!(wormhole.mouths(Tick(moves))[0], before[0]);
        assert!(wormhole.coming(Tick(moves - 1)).iter().all(Option::is_some));
    }

    #[test]
    fn no_mouth_is_in_a_planets_path_in_the_heat_or_outside() {
        let arena = ArenaDef::STANDARD;
        let mut found = std::collections::BTreeSet::new();
        for seed in 0..300 {
            let wormhole = Wormhole::new(seed, &arena);
            for exit in 0..20 {
                let mouths = wormhole.mouths(Tick(exit * DEF.exit_ticks));
                assert!(mouths[0].distance(mouths[1]) > 1_200.0, "seed {seed}: {mouths:?}");
                for mouth in mouths {
                    let distance = mouth.length();
                    assert!(distance >= DEF.inner - 0.1 && distance <= arena.radius_min - arena.margin + 0.1);
                    for planet in &arena.planets {
                        let gap = (distance - planet.orbit_radius).abs() - planet.radius - DEF.radius;
                        assert!(gap > DEF.clear - 0.1, "seed {seed}: {distance}");
                    }
                    found.insert(wormhole.free.iter().position(|band| distance <= band.1 + 0.1));
                }
            }
        }
        assert!(found.len() >= 3, "all over the arena: {found:?}");
    }

    #[test]
    fn every_arena_has_room_for_a_mouth() {
        let mut arena = ArenaDef::STANDARD;
        assert!(!free_bands(&arena).is_empty());
        // One planet that fills all of it leaves nothing free: then it is the inner limit.
        arena.planets[0].radius = 9_000.0;
        let wormhole = Wormhole::new(1, &arena);
        assert!((wormhole.mouths(Tick(0))[0].length() - DEF.inner).abs() < 1.0);
    }

    #[test]
    fn who_flies_in_comes_out_as_fast_and_does_not_fall_back() {
        let defs = Defs::standard();
        for (seed, end) in [(1, 0), (2, 1), (3, 0), (4, 1)] {
            let mut world = World::new(seed, seed, &defs);
            let player = PlayerId(0);
            let orders =
                [Order::Enlist { player, bot: false, points: 0 }, Order::Launch { player, class: ShipClass::Spark }];
            step(&mut world, &orders, &[], &defs, &Now, &mut Vec::new());
            let mouths = world.layout.wormhole.mouths(world.tick);
            let ship = world.pilot_mut(player).and_then(|pilot| pilot.ship.as_mut()).unwrap();
            ship.body.pos = Lattice::nearest(mouths[end] + Vec2::new(-60.0, 0.0));
            ship.body.vel = Lattice::nearest(Vec2::new(240.0, 0.0));
            ship.body.heading = Angle(0);
            ship.controls.aim = Angle(0);
            let (mut before, mut jumps) = (ship.body, 0);
            for _ in 0..60 {
                step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
                let now = world.ship(player).unwrap().body;
                if leapt(before.pos.to_vec2(), now.pos.to_vec2()) {
                    jumps += 1;
                    let out = now.pos.to_vec2() - mouths[1 - end];
                    assert!((out.length() - DEF.radius - DEF.gap).abs() < 0.1 && out.x > 60.0, "{out}");
                    assert!(now.vel.to_vec2().distance(before.vel.to_vec2()) < 5.0, "{before:?} {now:?}");
                }
                before = now;
            }
            assert_eq!(jumps, 1, "seed {seed}");
        }
    }

    #[test]
    fn a_mouth_that_opens_around_a_ship_takes_it_only_inward() {
        let mouths = [Vec2::ZERO, Vec2::new(2_000.0, 0.0)];
        let at = Vec2::new(20.0, 0.0);
        assert_eq!(pass(&mouths, at, Vec2::ZERO, &DEF), None);
        assert_eq!(pass(&mouths, at, Vec2::new(50.0, 10.0), &DEF), None);
        assert_eq!(pass(&mouths, at, Vec2::new(-50.0, 0.0), &DEF), Some(Vec2::new(1_936.0, 0.0)));
    }

    #[test]
    fn shots_and_rocks_fly_over_it() {
        let defs = Defs::standard();
        let mut world = World::new(5, 5, &defs);
        let mouth = world.layout.wormhole.mouths(world.tick)[0];
        let rock = crate::sim::LooseRock {
            id: crate::ids::BodyId(1),
            size: crate::defs::RockSize::Small,
            pos: Lattice::nearest(mouth),
            vel: Lattice::nearest(-mouth.normalize() * 40.0),
            hull: 30,
            life: 900,
            flung: None,
        };
        world.rocks.push(rock);
        for _ in 0..10 {
            step(&mut world, &[], &[], &defs, &Now, &mut Vec::new());
        }
        assert!(world.rocks[0].pos.to_vec2().distance(mouth) < 40.0);
    }

    #[test]
    fn nothing_is_swept_along_the_line_between_the_mouths() {
        let [from, to] = Layout::new(1, &ArenaDef::STANDARD).wormhole.mouths(Tick(0));
        let vel = Vec2::new(60.0, 0.0);
        assert_eq!(start(from, to, vel), to - Vec2::X);
        assert_eq!(start(to, to + Vec2::X, vel), to);
    }
}
