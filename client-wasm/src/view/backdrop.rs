//! What stands still or goes round by itself: rings, orbits, the edge, planets. Invariant: radii come from the
//! game's tables, so what is drawn is where it hurts.

use glam::Vec2;
use shared::{defs::Defs, math, replica::view::View};

use super::{
    Camera,
    cosmetic::look,
    palette::{self, Rgb},
    scene::Scene,
    sprite::{Ink, Kind, Sprite},
};

/// How a ring is drawn; the numbers are the cases of `ring.frag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RingStyle {
    /// A thin line.
    Line,
    /// The event ring: a line with heat inside it.
    Heat,
    /// The edge: a wall of light that fades inward.
    Wall,
}

/// A circle around a centre. Layout, 12 floats: centre, radius, half width (u) · colour, strength · style, dashes,
/// phase (turns), line width (CSS px).
struct Ring {
    centre: Vec2,
    radius: f32,
    half_width: f32,
    colour: Rgb,
    strength: f32,
    style: RingStyle,
    dashes: f32,
    line_px: f32,
}

impl Ring {
    fn floats(&self) -> [f32; 12] {
        let [r, g, b] = self.colour;
        let style = f32::from(self.style as u8);
        [
            self.centre.x,
            self.centre.y,
            self.radius,
            self.half_width,
            r,
            g,
            b,
            self.strength,
            style,
            self.dashes,
            0.0,
            self.line_px,
        ]
    }
}

/// The sides of the square in which space comes round: who crosses one comes in at the opposite one.
fn seam(scene: &mut Scene, half: f32) {
    for side in [Vec2::X, Vec2::Y, -Vec2::X, -Vec2::Y] {
        scene.under.sprite(Sprite {
            pos: side * half,
            half: Vec2::new(half, 2.2),
            rotation: math::angle_of(side.perp()),
            kind: Kind::Beam,
            parameters: [0.0; 2],
            ink: Ink::Light(palette::ORBIT, 0.9),
        });
    }
}

/// Base colours of the planets, inside out; more planets start over.
const PLANETS: [Rgb; 3] = [[0.78, 0.42, 0.26], [0.22, 0.50, 0.62], [0.52, 0.42, 0.74]];

/// Adds the backdrop to the scene.
pub fn build(scene: &mut Scene, view: &View, defs: &Defs, camera: &Camera) {
    let star = &defs.arena.star;
    let line = |centre, radius, strength, dashes| Ring {
        centre,
        radius,
        half_width: 4.0,
        colour: palette::ORBIT,
        strength,
        style: RingStyle::Line,
        dashes,
        line_px: 1.0,
    };
    for planet in defs.arena.planets.iter().filter(|planet| planet.radius > 0.0) {
        ring(scene, camera, &line(Vec2::ZERO, planet.orbit_radius, 0.20, 0.0));
    }
    for (planet, centre) in defs.arena.planets.iter().zip(&view.planets) {
        ring(scene, camera, &line(*centre, planet.reach * 0.6, 0.10, 64.0));
    }
    let event_ring = Ring {
        centre: Vec2::ZERO,
        radius: star.ring_radius,
        half_width: 46.0,
        colour: palette::RING,
        strength: 0.85,
        style: RingStyle::Heat,
        dashes: 0.0,
        line_px: 1.6,
    };
    ring(scene, camera, &event_ring);
    if view.arena_radius > 0.0 && defs.arena.wrap_half == 0.0 {
        let edge = Ring {
            centre: Vec2::ZERO,
            radius: view.arena_radius,
            half_width: defs.arena.margin,
            colour: palette::EDGE,
            strength: 0.9,
            style: RingStyle::Wall,
            dashes: 360.0,
            line_px: 2.0,
        };
        ring(scene, camera, &edge);
    }
    if defs.arena.wrap_half > 0.0 {
        seam(scene, defs.arena.wrap_half);
    }
    scene.star_radius = star.radius;
    scene.star_seen = camera.sees(Vec2::ZERO, star.radius * STAR_REACH);
    for (index, (planet, centre)) in defs.arena.planets.iter().zip(&view.planets).enumerate() {
        if camera.sees(*centre, planet.radius * 1.6) {
            planet_disc(scene, index, *centre, planet.radius);
        }
    }
}

/// How far the corona is drawn, in star radii.
pub const STAR_REACH: f32 = 5.2;

/// Layout, 12 floats: centre, radius, seed · colour, number · direction of the light x, y, and two free.
fn planet_disc(scene: &mut Scene, index: usize, centre: Vec2, radius: f32) {
    let [r, g, b] = PLANETS[index % PLANETS.len()];
    let light = -centre.normalize_or_zero();
    let seed = look(index as u32 + 1) * 40.0;
    scene.planets.push([centre.x, centre.y, radius, seed, r, g, b, index as f32, light.x, light.y, 0.0, 0.0]);
}

/// Adds a ring if any of it can be on the screen.
fn ring(scene: &mut Scene, camera: &Camera, ring: &Ring) {
    let distance = (ring.centre - camera.centre()).length();
    let reach = camera.half_extents().length() + ring.half_width;
    if (distance - ring.radius).abs() < reach {
        scene.rings.push(ring.floats());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rings_from(at: Vec2) -> Vec<f32> {
        let defs = Defs::standard();
        let mut camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        camera.follow(at, Vec2::ZERO, 0.0);
        let mut scene = Scene::default();
        let view = View { arena_radius: 3_000.0, ..View::default() };
        build(&mut scene, &view, &defs, &camera);
        scene.rings.items().iter().map(|ring| ring[2]).collect()
    }

    #[test]
    fn the_event_ring_is_drawn_where_it_burns_and_the_edge_where_it_is() {
        assert!(rings_from(Vec2::ZERO).contains(&Defs::standard().arena.star.ring_radius));
        assert!(!rings_from(Vec2::ZERO).contains(&3_000.0), "the edge is far");
        assert!(rings_from(Vec2::new(2_900.0, 0.0)).contains(&3_000.0));
    }
}
