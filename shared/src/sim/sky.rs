//! Gravity: where the wells are at one tick and how they pull. Derived from the layout each tick, never stored.

use glam::Vec2;

use super::{
    layout::Layout,
    movement::Kinematics,
    torus,
    wells::{self, Well},
    wormhole,
};
use crate::{
    defs::{
        ArenaDef, Team,
        arena::{BeltCentre, PLANETS},
        mode::TEAMS,
    },
    math,
    quantize::Lattice,
    tick::{DT, Tick},
};

/// The wells at one tick.
#[derive(Debug, Clone)]
pub struct Sky<'a> {
    /// The tables.
    pub arena: &'a ArenaDef,
    /// Which tick.
    pub tick: Tick,
    /// Centres of the planets, u.
    pub planets: [Vec2; PLANETS],
    /// Centres of the small stars, u, and their pull, u³/s².
    pub wells: [Option<(Vec2, f32)>; wells::AT_ONCE_MAX],
    /// Centres of the mouths of the wormhole, entrance and exit, u; beyond everything where there is none.
    pub mouths: [Vec2; 2],
    /// Centres of the teams' cores, u, and how they move, u/s.
    pub cores: Option<[(Vec2, Vec2); TEAMS]>,
    /// Seed of the layout: what is drawn in flight is drawn from it, because both ends know it.
    pub seed: u64,
}

impl<'a> Sky<'a> {
    /// The sky at `tick`.
    #[must_use]
    pub fn at(layout: &Layout, wells: &[Well], arena: &'a ArenaDef, tick: Tick) -> Sky<'a> {
        let planets = core::array::from_fn(|i| layout.planet(i, tick, 0.0));
        Sky {
            arena,
            tick,
            planets,
            wells: wells::pulling(wells, tick),
            mouths: layout.wormhole.mouths(tick),
            cores: layout.cores(tick, 0.0),
            seed: layout.seed,
        }
    }

    /// Acceleration at `pos`, u/s²: Newton's law with Plummer softening, `gm·r/(r²+s²)^1.5`, faded smoothly to
    /// nothing so that far coasting is straight.
    #[must_use]
    pub fn pull(&self, pos: Vec2) -> Vec2 {
        let star = &self.arena.star;
        let mut pull = well(-pos, star.gm, star.softening, star.fade_from, star.fade_to);
        for (planet, centre) in self.arena.planets.iter().zip(self.planets) {
            pull += well(centre - pos, planet.gm, planet.radius, planet.reach * 0.6, planet.reach);
        }
        for (centre, gm) in self.wells.iter().map_while(|one| *one) {
            pull += well(centre - pos, gm, wells::SOFTENING, wells::REACH * 0.6, wells::REACH);
        }
        pull
    }

    /// One tick of free fall: velocity first, then position (semi-implicit Euler), both back on the lattice.
    pub fn fall(&self, pos: &mut Lattice, vel: &mut Lattice) {
        let at = pos.to_vec2();
        *vel = Lattice::nearest(vel.to_vec2() + self.pull(at) * DT);
        *pos = self.come_round(Lattice::nearest(at + vel.to_vec2() * DT));
    }

    /// `pos`, or where that is in space that comes round.
    #[must_use]
    pub fn come_round(&self, pos: Lattice) -> Lattice {
        if self.arena.wrap_half > 0.0 { torus::wrap(pos, self.arena.wrap_half) } else { pos }
    }

    /// Where a ship at `pos` that moves with `vel` comes out, if it is in a mouth of the wormhole.
    #[must_use]
    pub fn pass(&self, pos: Vec2, vel: Vec2) -> Option<Vec2> {
        wormhole::pass(&self.mouths, pos, vel, &self.arena.wormhole)
    }

    /// Perihelion bonus at `pos`: 1 far out, rising to 1 + `star.bonus` at the event ring and inside.
    #[must_use]
    pub fn bonus(&self, pos: Vec2) -> f32 {
        let star = &self.arena.star;
        1.0 + star.bonus * math::ramp(pos.length(), star.bonus_from, star.ring_radius)
    }

    /// Whether `pos` lies in an orbit band: among the rocks of a belt, around the star or around a planet.
    #[must_use]
    pub fn in_band(&self, pos: Vec2) -> bool {
        self.to_band(pos) <= 0.0
    }

    /// How far it is from `pos` to the nearest orbit band, u; 0 or less inside, without end where there is none.
    #[must_use]
    pub fn to_band(&self, pos: Vec2) -> f32 {
        let belts = self.arena.belts.iter().filter(|belt| belt.rocks > 0);
        let gaps = belts.map(|belt| {
            let centre = match belt.around {
                BeltCentre::Star => Vec2::ZERO,
                BeltCentre::Planet(planet) => self.planets[planet],
            };
            (pos.distance(centre) - belt.radius).abs() - belt.spread
        });
        gaps.fold(f32::INFINITY, f32::min)
    }

    /// Hull damage from the star at `pos`, points/s.
    #[must_use]
    pub fn heat(&self, pos: Vec2) -> f32 {
        let star = &self.arena.star;
        let distance = pos.length();
        if distance <= star.burn_radius {
            star.burn_damage_s
        } else {
            star.heat_damage_s * math::ramp(distance, star.ring_radius, star.burn_radius)
        }
    }

    /// Velocity of the circular orbit around the star through `pos`, counter-clockwise, u/s.
    #[must_use]
    pub fn circular(&self, pos: Vec2) -> Vec2 {
        let star = &self.arena.star;
        let pull = well(-pos, star.gm, star.softening, star.fade_from, star.fade_to).length();
        pos.perp().normalize_or_zero() * (pull * pos.length()).sqrt()
    }

    /// Push back toward the arena at `pos`, u/s²: 0 inside the rim, `push` at the edge, growing outside.
    #[must_use]
    pub fn push(&self, pos: Vec2, edge_radius: f32) -> Vec2 {
        let distance = pos.length();
        let depth = (distance - (edge_radius - self.arena.margin)) / self.arena.margin;
        if depth <= 0.0 { Vec2::ZERO } else { pos * (-self.arena.push * depth.min(3.0) / distance) }
    }

    /// The core that a circle at `body` touches, if any.
    #[must_use]
    pub fn core_touched(&self, body: &Kinematics, radius: f32) -> Option<Team> {
        let reach = self.arena.core.as_ref()?.radius + radius;
        let (pos, cores) = (body.pos.to_vec2(), self.cores?);
        Team::ALL.into_iter().find(|&team| (pos - cores[team as usize].0).length_squared() < reach * reach)
    }

    /// Whether a circle at `body` touches a solid planet, and which.
    #[must_use]
    pub fn planet_touched(&self, body: &Kinematics, radius: f32) -> Option<usize> {
        let pos = body.pos.to_vec2();
        (0..PLANETS).find(|&i| {
            let reach = self.arena.planets[i].radius + radius;
            (pos - self.planets[i]).length_squared() < reach * reach
        })
    }
}

fn well(to_centre: Vec2, gm: f32, softening: f32, fade_from: f32, fade_to: f32) -> Vec2 {
    let square = to_centre.length_squared();
    if square >= fade_to * fade_to {
        return Vec2::ZERO;
    }
    let soft = square + softening * softening;
    let pull = to_centre * (gm / (soft * soft.sqrt()));
    if square <= fade_from * fade_from { pull } else { pull * math::smooth_ramp(square.sqrt(), fade_to, fade_from) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defs::Defs;

    fn pull_at(distance: f32) -> f32 {
        let defs = Defs::standard();
        let layout = Layout::new(1, &defs.arena);
        let mut sky = Sky::at(&layout, &[], &defs.arena, Tick(0));
        sky.planets = [Vec2::splat(50_000.0); PLANETS];
        sky.pull(Vec2::new(distance, 0.0)).length()
    }

    #[test]
    fn the_field_is_the_designed_one() {
        for (distance, pull) in [(260.0, 219.0), (400.0, 97.0), (700.0, 32.0)] {
            assert!((pull_at(distance) - pull).abs() < 2.0, "{distance} u: {}", pull_at(distance));
        }
        assert_eq!(pull_at(1_400.0), 0.0);
        assert!(pull_at(0.0).is_finite());
    }

    #[test]
    fn a_circular_orbit_closes() {
        let defs = Defs::standard();
        let layout = Layout::new(1, &defs.arena);
        let mut sky = Sky::at(&layout, &[], &defs.arena, Tick(0));
        sky.planets = [Vec2::splat(50_000.0); PLANETS];
        let start = Vec2::new(400.0, 0.0);
        let mut pos = Lattice::nearest(start);
        let mut vel = Lattice::nearest(sky.circular(start));
        assert!((vel.to_vec2().length() - 197.0).abs() < 3.0);
        for _ in 0..60 * 60 {
            sky.fall(&mut pos, &mut vel);
            let distance = pos.to_vec2().length();
            assert!((380.0..420.0).contains(&distance), "drifted to {distance}");
        }
    }

    #[test]
    fn the_edge_pushes_inward_only_near_it() {
        let defs = Defs::standard();
        let layout = Layout::new(1, &defs.arena);
        let sky = Sky::at(&layout, &[], &defs.arena, Tick(0));
        assert_eq!(sky.push(Vec2::new(2_000.0, 0.0), 2_200.0), Vec2::ZERO);
        assert!(sky.push(Vec2::new(2_150.0, 0.0), 2_200.0).x < 0.0);
        assert!(sky.push(Vec2::new(2_400.0, 0.0), 2_200.0).x < -defs.arena.push);
    }
}
