//! Short-lived lights, embers and dust. Invariant: at most [`PARTICLES_MAX`] live at once (full: the oldest slot is
//! taken over), and none is ever seen by the game.

use glam::Vec2;

use super::{
    palette::{Rgb, mix},
    sprite::{Batch, Ink, Kind, Sprite},
};

/// Particles alive at once.
pub const PARTICLES_MAX: usize = 1_400;

/// One particle.
#[derive(Debug, Clone, Copy)]
pub struct Particle {
    /// Place, u.
    pub pos: Vec2,
    /// Motion, u/s.
    pub vel: Vec2,
    /// Slowing, 1/s.
    pub drag: f32,
    /// Time lived and granted, s.
    pub age: f32,
    /// Granted, s.
    pub life: f32,
    /// Radius at birth and at the end, u.
    pub size: (f32, f32),
    /// Length along the motion as a multiple of the radius; 1 is round.
    pub stretch: f32,
    /// Rotation, rad, and its rate, rad/s.
    pub spin: (f32, f32),
    /// Shape.
    pub kind: Kind,
    /// Colour at birth and at the end.
    pub colour: (Rgb, Rgb),
    /// Brightness at birth; it fades to nothing.
    pub strength: f32,
    /// Covers what is behind instead of adding light.
    pub solid: bool,
}

impl Particle {
    /// A round light that shrinks to nothing.
    #[must_use]
    pub fn light(pos: Vec2, vel: Vec2, life: f32, size: f32, colour: Rgb) -> Particle {
        Particle {
            pos,
            vel,
            drag: 1.2,
            age: 0.0,
            life,
            size: (size, size * 0.2),
            stretch: 1.0,
            spin: (0.0, 0.0),
            kind: Kind::Glow,
            colour: (colour, colour),
            strength: 1.0,
            solid: false,
        }
    }
}

/// The pool.
#[derive(Debug, Clone, Default)]
pub struct Particles {
    live: Vec<Particle>,
    next: usize,
}

impl Particles {
    /// Adds one; when full it takes the place of one born long ago.
    pub fn spawn(&mut self, particle: Particle) {
        if self.live.len() < PARTICLES_MAX {
            self.live.push(particle);
        } else {
            self.next = (self.next + 1) % PARTICLES_MAX;
            self.live[self.next] = particle;
        }
    }

    /// Lets `dt_s` pass.
    pub fn step(&mut self, dt_s: f32) {
        for particle in &mut self.live {
            particle.age += dt_s;
            particle.pos += particle.vel * dt_s;
            particle.vel *= 1.0 / (1.0 + particle.drag * dt_s);
            particle.spin.0 += particle.spin.1 * dt_s;
        }
        self.live.retain(|particle| particle.age < particle.life);
    }

    /// How many live.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live.len()
    }

    /// Whether none lives.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// Draws those that `sees` lets through.
    pub fn draw(&self, batch: &mut Batch<12>, sees: impl Fn(Vec2, f32) -> bool) {
        for particle in
            self.live.iter().filter(|particle| sees(particle.pos, particle.size.0.max(particle.size.1) * 2.0))
        {
            let t = (particle.age / particle.life).min(1.0);
            let radius = particle.size.0 + (particle.size.1 - particle.size.0) * t;
            let fade = particle.strength * (1.0 - t) * (1.0 - t * 0.4);
            let rgb = mix(particle.colour.0, particle.colour.1, t);
            let stretched = particle.stretch > 1.0;
            let rotation = if stretched { shared::math::angle_of(particle.vel) } else { particle.spin.0 };
            batch.sprite(Sprite {
                pos: particle.pos,
                half: Vec2::new(radius * particle.stretch, radius),
                rotation,
                kind: particle.kind,
                parameters: [if particle.kind == Kind::Ring { 0.03 + 0.09 * (1.0 - t) } else { 0.0 }, 0.0],
                ink: if particle.solid { Ink::Paint(rgb, fade) } else { Ink::Light(rgb, fade) },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spark() -> Particle {
        Particle::light(Vec2::ZERO, Vec2::X, 0.5, 2.0, [1.0; 3])
    }

    #[test]
    fn the_pool_is_bounded() {
        let mut particles = Particles::default();
        for _ in 0..PARTICLES_MAX * 3 {
            particles.spawn(spark());
        }
        assert_eq!(particles.len(), PARTICLES_MAX);
    }

    #[test]
    fn particles_move_fade_and_end() {
        let mut particles = Particles::default();
        particles.spawn(spark());
        let mut first = Batch::with_limit(8);
        particles.draw(&mut first, |_, _| true);
        particles.step(0.25);
        let mut later = Batch::with_limit(8);
        particles.draw(&mut later, |_, _| true);
        assert!(later.items()[0][0] > first.items()[0][0], "moved");
        assert!(later.items()[0][4] < first.items()[0][4], "faded");
        particles.step(0.3);
        assert!(particles.is_empty());
    }
}
