//! Where planets and belt rocks are: closed-form circular orbits, a function of (seed, tick), so they cost no
//! bandwidth and no state. Invariant: both ends build the same layout from the same seed.

use glam::Vec2;

use super::wormhole::Wormhole;
use crate::{
    defs::{
        ArenaDef, RockSize,
        arena::{BeltCentre, PLANETS},
        mode::TEAMS,
    },
    math::{self, TAU},
    rng::{Keyed, Purpose},
    tick::{TICK_HZ, Tick},
};

/// Sets the draw of the cores apart from those of the belts.
const CORE: u32 = 1 << 31;

/// A place on a circle that turns at a constant rate. Phases are fractions of a turn in 32 bits, so they wrap by
/// themselves and stay exact for ever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orbit {
    /// Phase at tick 0, 2^-32 turns, counter-clockwise from +x.
    pub phase: u32,
    /// Phase per tick.
    pub rate: i32,
    /// Radius, u.
    pub radius: f32,
}

impl Orbit {
    fn new(phase: u32, period_s: f32, radius: f32) -> Orbit {
        let ticks = f64::from(period_s) * f64::from(TICK_HZ);
        Orbit { phase, rate: (4_294_967_296.0 / ticks).round() as i32, radius }
    }

    /// Offset from the centre at `tick` and a part of a tick in `[0, 1)` past it, u.
    #[must_use]
    pub fn at(&self, tick: Tick, alpha: f32) -> Vec2 {
        self.unit(tick, alpha) * self.radius
    }

    /// Velocity around the centre at `tick`, u/s.
    #[must_use]
    pub fn velocity(&self, tick: Tick) -> Vec2 {
        let speed = self.rate as f32 * (TAU / 4_294_967_296.0) * TICK_HZ as f32 * self.radius;
        self.unit(tick, 0.0).perp() * speed
    }

    fn unit(&self, tick: Tick, alpha: f32) -> Vec2 {
        let part = (self.rate as f32 * alpha) as i32;
        let phase = self.phase.wrapping_add(self.rate.cast_unsigned().wrapping_mul(tick.0)).wrapping_add_signed(part);
        math::unit(phase as f32 * (TAU / 4_294_967_296.0))
    }
}

/// One place in a belt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeltSlot {
    /// What it circles.
    pub around: BeltCentre,
    /// Its orbit around that.
    pub orbit: Orbit,
    /// Size of the rock here.
    pub size: RockSize,
}

/// Planets, belts and wormhole of one arena.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Orbits of the planets.
    pub planets: [Orbit; PLANETS],
    /// Every place of every belt.
    pub slots: Vec<BeltSlot>,
    /// Where the mouths of the wormhole are.
    pub wormhole: Wormhole,
    /// The orbit of the first team's core; the other's is opposite.
    pub core: Option<Orbit>,
    /// Its seed, public.
    pub seed: u64,
    rings: Vec<Ring>,
}

/// One belt, for finding its rocks without looking at each: all of them turn at one rate, so their order around the
/// centre never changes.
#[derive(Debug, Clone, PartialEq)]
struct Ring {
    around: BeltCentre,
    /// Least and greatest radius of its orbits, u.
    radius: (f32, f32),
    rate: i32,
    /// Phase at tick 0 and slot, in order of phases.
    phases: Vec<(u32, u16)>,
}

impl Ring {
    fn new(around: BeltCentre, slots: &[BeltSlot], first: usize) -> Ring {
        let radii = || slots.iter().map(|slot| slot.orbit.radius);
        let mut phases: Vec<(u32, u16)> =
            slots.iter().enumerate().map(|(i, slot)| (slot.orbit.phase, (first + i) as u16)).collect();
        phases.sort_unstable();
        Ring {
            around,
            radius: (radii().fold(f32::INFINITY, f32::min), radii().fold(0.0, f32::max)),
            rate: slots.first().map_or(0, |slot| slot.orbit.rate),
            phases,
        }
    }

    /// Slots whose rock may be within `reach` of `offset` from the centre at `tick`; few others.
    fn near(&self, offset: Vec2, reach: f32, tick: Tick, found: &mut Vec<u16>) {
        let distance = offset.length();
        if distance + reach < self.radius.0 || distance - reach > self.radius.1 {
            return;
        }
        if distance <= reach {
            found.extend(self.phases.iter().map(|(_, slot)| *slot));
            return;
        }
        // Seen from the centre the circle spans asin(reach / distance) to either side, and asin(x) ≤ x · π/2; a
        // quarter turn is 2^30. What rounding may lose is a few parts in 2^24: the slack is 2^12 of them.
        let half = ((reach / distance) * 1_073_741_824.0) as u32 + (1 << 20);
        let middle = (math::angle_of(offset) * (4_294_967_296.0 / TAU)) as i64 as u32;
        let turned = self.rate.cast_unsigned().wrapping_mul(tick.0);
        let low = middle.wrapping_sub(half).wrapping_sub(turned);
        let start = self.phases.partition_point(|(phase, _)| *phase < low);
        let (wrapped, first) = self.phases.split_at(start);
        let inside = |(phase, _): &&(u32, u16)| phase.wrapping_sub(low) <= 2 * half;
        found.extend(first.iter().chain(wrapped).take_while(inside).map(|(_, slot)| *slot));
    }
}

impl Layout {
    /// The layout of `seed`.
    #[must_use]
    pub fn new(seed: u64, arena: &ArenaDef) -> Layout {
        let mut keyed = Keyed::new(seed, Tick(0), 0, Purpose::Arena);
        let planets = core::array::from_fn(|i| {
            let planet = &arena.planets[i];
            Orbit::new(keyed.bits(), planet.period_s, planet.orbit_radius)
        });
        let (mut slots, mut rings) = (Vec::new(), Vec::new());
        for (index, belt) in arena.belts.iter().enumerate() {
            let mut keyed = Keyed::new(seed, Tick(0), 1 + index as u32, Purpose::Arena);
            let first = slots.len();
            for i in 0..belt.rocks {
                let even = (u64::from(i) * (1 << 32) / u64::from(belt.rocks)) as u32;
                let phase = even.wrapping_add(keyed.below((1u64 << 31).min((1 << 32) / u64::from(belt.rocks)) as u32));
                let radius = belt.radius + keyed.range(-belt.spread, belt.spread);
                slots.push(BeltSlot {
                    around: belt.around,
                    orbit: Orbit::new(phase, belt.period_s, radius),
                    size: draw_size(&mut keyed),
                });
            }
            rings.push(Ring::new(belt.around, &slots[first..], first));
        }
        let core = arena.core.as_ref().map(|core| {
            let phase = Keyed::new(seed, Tick(0), CORE, Purpose::Arena).bits();
            Orbit::new(phase, core.period_s, core.orbit_radius)
        });
        Layout { planets, slots, wormhole: Wormhole::new(seed, arena), core, seed, rings }
    }

    /// Centres of both cores at `tick` and a part of a tick past it, u, and how they move, u/s.
    #[must_use]
    pub fn cores(&self, tick: Tick, alpha: f32) -> Option<[(Vec2, Vec2); TEAMS]> {
        let orbit = self.core?;
        let (at, vel) = (orbit.at(tick, alpha), orbit.velocity(tick));
        Some([(at, vel), (-at, -vel)])
    }

    /// Appends to `found` the belt slots whose rock's centre may lie within `reach` u of `pos` at `tick`, in order of
    /// belts; every one that does, and few others. Costs some comparisons per belt, whatever their size.
    pub fn belt_near(&self, pos: Vec2, reach: f32, tick: Tick, found: &mut Vec<u16>) {
        for ring in &self.rings {
            let centre = self.centre(ring.around, tick, 0.0);
            ring.near(pos - centre, reach, tick, found);
        }
    }

    fn centre(&self, around: BeltCentre, tick: Tick, alpha: f32) -> Vec2 {
        match around {
            BeltCentre::Star => Vec2::ZERO,
            BeltCentre::Planet(planet) => self.planet(planet, tick, alpha),
        }
    }

    /// Centre of planet `index`, u.
    #[must_use]
    pub fn planet(&self, index: usize, tick: Tick, alpha: f32) -> Vec2 {
        self.planets[index].at(tick, alpha)
    }

    /// Centre of the rock in belt slot `index`, u.
    #[must_use]
    pub fn rock(&self, index: usize, tick: Tick, alpha: f32) -> Vec2 {
        let slot = &self.slots[index];
        self.centre(slot.around, tick, alpha) + slot.orbit.at(tick, alpha)
    }

    /// Velocity of the rock in belt slot `index`, u/s.
    #[must_use]
    pub fn rock_velocity(&self, index: usize, tick: Tick) -> Vec2 {
        let slot = &self.slots[index];
        let centre = match slot.around {
            BeltCentre::Star => Vec2::ZERO,
            BeltCentre::Planet(planet) => self.planets[planet].velocity(tick),
        };
        centre + slot.orbit.velocity(tick)
    }
}

fn draw_size(keyed: &mut Keyed) -> RockSize {
    match keyed.below(10) {
        0..=2 => RockSize::Small,
        3..=7 => RockSize::Medium,
        _ => RockSize::Large,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn velocity_is_the_slope_of_position() {
        let orbit = Orbit::new(123_456_789, 40.0, 300.0);
        let (before, after) = (orbit.at(Tick(1_000), 0.0), orbit.at(Tick(1_001), 0.0));
        let slope = (after - before) * TICK_HZ as f32;
        assert!((slope - orbit.velocity(Tick(1_000))).length() < 0.5);
    }

    #[test]
    fn orbits_cross_the_wrap_of_ticks_smoothly_enough() {
        let orbit = Orbit::new(7, -30.0, 250.0);
        let step = |tick: Tick| (orbit.at(tick.next(), 0.0) - orbit.at(tick, 0.0)).length();
        assert!((step(Tick(u32::MAX)) - step(Tick(5))).abs() < 0.01);
    }

    #[test]
    fn every_rock_within_reach_is_found_and_few_others() {
        let (mut wanted, mut found, mut keyed) = (0, 0, Keyed::new(5, Tick(0), 0, Purpose::Test));
        for seed in 0..40 {
            let layout = Layout::new(seed, &ArenaDef::STANDARD);
            for _ in 0..100 {
                let tick = Tick(keyed.bits());
                let pos = math::unit(keyed.angle()) * keyed.range(0.0, 2_500.0);
                let reach = keyed.range(10.0, 400.0);
                let mut near = Vec::new();
                layout.belt_near(pos, reach, tick, &mut near);
                for slot in 0..layout.slots.len() {
                    if layout.rock(slot, tick, 0.0).distance(pos) <= reach {
                        assert!(near.contains(&(slot as u16)), "seed {seed}: slot {slot} at {tick:?}");
                        wanted += 1;
                    }
                }
                found += near.len();
                near.sort_unstable();
                assert!(near.is_sorted_by(|a, b| a < b), "seed {seed}: some slot was found twice");
            }
        }
        assert!(found < wanted * 3, "{found} found where {wanted} were meant");
    }

    #[test]
    fn layouts_differ_by_seed_only() {
        let arena = ArenaDef::STANDARD;
        assert_eq!(Layout::new(1, &arena), Layout::new(1, &arena));
        assert_ne!(Layout::new(1, &arena), Layout::new(2, &arena));
        let rocks: u16 = arena.belts.iter().map(|belt| belt.rocks).sum();
        assert_eq!(Layout::new(1, &arena).slots.len(), usize::from(rocks));
        assert!(usize::from(rocks) <= crate::limits::BELT_SLOTS_MAX);
    }
}
