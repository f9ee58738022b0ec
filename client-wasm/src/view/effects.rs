//! What events and engines leave behind: sparks, explosions, trails, flashes on hulls. Invariant: effects read the
//! `View` and change nothing in it; all of their state is bounded.

use glam::Vec2;
use shared::{
    defs::{Defs, PickupKind},
    ids::ShipId,
    math,
    replica::view::{ShipView, ShotView, View, ViewEvent},
    sim::Buttons,
};

use super::{
    Camera,
    cosmetic::Cosmetic,
    looks::{Debris, Looks},
    palette::{self, Rgb},
    particles::{Particle, Particles},
    sprite::{Batch, Ink, Kind, Sprite},
};

/// Ships that can flash at once; more share the oldest slot.
const FLASHES_MAX: usize = 64;
/// How long a hull stays white after a hit, s.
const FLASH_S: f32 = 0.16;
/// How long a shield ripples, s.
const RIPPLE_S: f32 = 0.45;

/// How long a ray is seen, s.
const BEAM_S: f32 = 0.3;
/// Rays seen at once; the oldest makes way.
const BEAMS_MAX: usize = 48;

/// A ray that fades.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Beam {
    from: Vec2,
    to: Vec2,
    colour: Rgb,
    age: f32,
}

/// A hull that was just hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flash {
    ship: ShipId,
    age: f32,
}

/// Everything that is only for the eye.
#[derive(Debug)]
pub struct Effects {
    /// Sparks, embers and dust.
    pub particles: Particles,
    flashes: Vec<Flash>,
    beams: Vec<Beam>,
    beams_seen: u32,
    random: Cosmetic,
    /// Shake asked for by this frame's events.
    shake: f32,
    /// Time owed to trails, s.
    owed: f32,
    looks: Looks,
}

impl Effects {
    /// Nothing has happened yet. `looks` tells how much of what happens is to be seen.
    #[must_use]
    pub fn new(seed: u64, looks: &Looks) -> Effects {
        Effects {
            particles: Particles::default(),
            flashes: Vec::new(),
            beams: Vec::new(),
            beams_seen: 0,
            random: Cosmetic::new(seed),
            shake: 0.0,
            owed: 0.0,
            looks: *looks,
        }
    }

    /// From now on it looks like this.
    pub fn set_looks(&mut self, looks: &Looks) {
        self.looks = *looks;
    }

    /// Takes one frame's events and lets `dt_s` pass. `sees` tells what is worth drawing.
    pub fn update(&mut self, view: &View, defs: &Defs, dt_s: f32, sees: impl Fn(Vec2, f32) -> bool) {
        self.shake = 0.0;
        self.particles.step(dt_s);
        for flash in &mut self.flashes {
            flash.age += dt_s;
        }
        self.flashes.retain(|flash| flash.age < RIPPLE_S);
        self.beams.iter_mut().for_each(|beam| beam.age += dt_s);
        self.beams.retain(|beam| beam.age < BEAM_S);
        for event in &view.events {
            self.event(event, view, &sees);
        }
        // Trails at a fixed rate, whatever the frame rate: what was owed is laid along the way that was flown.
        self.owed = (self.owed + dt_s).min(0.1);
        while self.owed >= TRAIL_STEP_S {
            self.owed -= TRAIL_STEP_S;
            if !self.lays_trails() {
                continue;
            }
            for ship in view.ships.iter().filter(|ship| sees(ship.pos, 60.0)) {
                self.exhaust(ship, defs, self.owed);
                self.heat(ship, defs);
            }
            for shot in view.shots.iter().filter(|shot| sees(shot.pos, 20.0)) {
                self.glimmer(shot);
            }
        }
    }

    /// Rays seen so far.
    #[must_use]
    pub fn beams_seen(&self) -> u32 {
        self.beams_seen
    }

    /// Draws the rays that still fade.
    pub fn beams(&self, batch: &mut Batch<12>, camera: &Camera) {
        for beam in &self.beams {
            let (middle, way) = ((beam.from + beam.to) * 0.5, beam.to - beam.from);
            if !camera.sees(middle, way.length() * 0.5 + 20.0) {
                continue;
            }
            let faded = (beam.age / BEAM_S).min(1.0);
            let width = (7.0 + 9.0 * faded).max(3.0 / camera.pixels_per_unit());
            batch.sprite(Sprite {
                pos: middle,
                half: Vec2::new(way.length() * 0.5, width),
                rotation: math::angle_of(way),
                kind: Kind::Beam,
                parameters: [faded, 0.0],
                ink: Ink::Light(beam.colour, 1.5 * (1.0 - faded)),
            });
        }
    }

    /// Shake that this frame asks for.
    #[must_use]
    pub fn shake(&self) -> f32 {
        self.shake
    }

    /// How white a hull is, 1 when just hit.
    #[must_use]
    pub fn flash(&self, ship: ShipId) -> f32 {
        self.age(ship).map_or(0.0, |age| (1.0 - age / FLASH_S).max(0.0) * self.glare())
    }

    /// How far a shield's ripple has run, 0..1; `None` when it is calm.
    #[must_use]
    pub fn ripple(&self, ship: ShipId) -> Option<f32> {
        self.age(ship).map(|age| age / RIPPLE_S)
    }

    fn age(&self, ship: ShipId) -> Option<f32> {
        self.flashes.iter().find(|flash| flash.ship == ship).map(|flash| flash.age)
    }

    fn event(&mut self, event: &ViewEvent, view: &View, sees: &impl Fn(Vec2, f32) -> bool) {
        // Lights on a hull go with it.
        let carried = |is: &dyn Fn(&ShipView) -> bool| view.ships.iter().find(|ship| is(ship)).map(|ship| ship.vel);
        match *event {
            ViewEvent::Launched { pos, .. } if sees(pos, 120.0) => self.launch(pos),
            ViewEvent::Fired { owner, pos, own, .. } if sees(pos, 30.0) => {
                let vel = carried(&|ship| ship.id.player == owner).unwrap_or_default();
                self.muzzle(pos, vel, own);
            }
            ViewEvent::Beam { owner, from, to, struck, ship, own } => {
                let muzzle_vel = carried(&|ship| ship.id.player == owner).unwrap_or_default();
                let hull = ship.and_then(|id| carried(&|ship| ship.id == id));
                self.beam((from, to), muzzle_vel, struck.then_some(hull), own);
            }
            ViewEvent::Struck { pos, vel, ship } if sees(pos, 60.0) => {
                let hull = ship.and_then(|id| carried(&|ship| ship.id == id));
                self.sparks(pos, vel, hull);
            }
            ViewEvent::Damaged { ship, amount, own, .. } => self.damage(ship, f32::from(amount), own),
            ViewEvent::Destroyed { pos, vel, own, .. } => {
                if own {
                    self.shake += 1.0;
                }
                if sees(pos, 300.0) {
                    self.explosion(pos, vel * 0.4, own);
                }
            }
            ViewEvent::Dissolved { pos, vel } if sees(pos, 60.0) => self.leap(pos, vel * 0.5, true),
            ViewEvent::RockBroken { pos, size } if sees(pos, 200.0) => self.rubble(pos, size.def().radius),
            ViewEvent::Collected { pos, kind: PickupKind::Mine, own } if sees(pos, 200.0) => {
                self.explosion(pos, Vec2::ZERO, own);
            }
            ViewEvent::Collected { pos, kind, .. } if sees(pos, 60.0) => {
                self.collect(pos, super::bodies::pickup_colour(kind))
            }
            ViewEvent::Leapt { ship, from, to, own } => {
                if own {
                    self.shake += 0.3;
                }
                let vel = carried(&|other| other.id == ship).unwrap_or_default();
                for (pos, drift, into) in [(from, Vec2::ZERO, true), (to, vel * 0.3, false)] {
                    if sees(pos, 120.0) {
                        self.leap(pos, drift, into);
                    }
                }
            }
            ViewEvent::Bumped { pos, speed } => {
                self.shake += (speed / 500.0).min(0.6);
                self.burst(pos, Vec2::ZERO, 8, 120.0, palette::HOT);
            }
            _ => {}
        }
    }

    fn damage(&mut self, ship: ShipId, amount: f32, own: bool) {
        if own {
            self.shake += (amount / 34.0).min(0.8);
        }
        match self.flashes.iter_mut().find(|flash| flash.ship == ship) {
            Some(flash) => flash.age = 0.0,
            None => {
                if self.flashes.len() >= FLASHES_MAX {
                    self.flashes.remove(0);
                }
                self.flashes.push(Flash { ship, age: 0.0 });
            }
        }
    }

    /// The flash of a shot, moving with the ship.
    fn muzzle(&mut self, pos: Vec2, vel: Vec2, own: bool) {
        let colour = if own { self.looks.colours.own } else { self.looks.colours.person };
        self.particles.spawn(Particle {
            strength: self.glare(),
            size: (13.0, 4.0),
            drag: 0.0,
            ..Particle::light(pos, vel, 0.09, 13.0, colour)
        });
    }

    /// A ray: a line that fades, light at the muzzle, and sparks where it struck (a hull with its motion, or rock).
    fn beam(&mut self, (from, to): (Vec2, Vec2), muzzle_vel: Vec2, struck: Option<Option<Vec2>>, own: bool) {
        self.beams_seen += 1;
        let colour = if own { self.looks.colours.own } else { self.looks.colours.person };
        if self.beams.len() >= BEAMS_MAX {
            self.beams.remove(0);
        }
        self.beams.push(Beam { from, to, colour, age: 0.0 });
        self.particles.spawn(Particle {
            strength: self.glare(),
            size: (38.0, 8.0),
            drag: 0.0,
            ..Particle::light(from, muzzle_vel, 0.2, 38.0, colour)
        });
        if own {
            self.shake += 0.22;
        }
        let Some(hull) = struck else { return };
        let back = (from - to).normalize_or_zero();
        self.sparks(to, back * -620.0, hull);
        self.burst(to, hull.unwrap_or_default() + back * 90.0, 16, 260.0, palette::HOT);
    }

    /// A shot's end. `hull` is the motion of the ship it struck; `None` for rock, planet and star.
    fn sparks(&mut self, pos: Vec2, vel: Vec2, hull: Option<Vec2>) {
        let colour = if hull.is_some() { self.looks.colours.shield } else { palette::FLAME };
        let carried = hull.unwrap_or_default();
        self.particles.spawn(Particle {
            size: (26.0, 6.0),
            drag: 0.0,
            ..Particle::light(pos, carried, 0.16, 26.0, colour)
        });
        self.burst(pos, carried + vel * -0.18, 9, 150.0, palette::HOT);
        if hull.is_none() {
            self.dust(pos, vel * -0.05, 4, 9.0);
        }
    }

    /// Streaks in all directions.
    fn burst(&mut self, pos: Vec2, drift: Vec2, count: usize, speed: f32, colour: Rgb) {
        for _ in 0..self.share(count) {
            let vel = drift + self.random.direction() * self.random.range(0.3, 1.0) * speed;
            let life = self.random.range(0.18, 0.5);
            let spark = Particle {
                kind: Kind::Streak,
                stretch: 4.0,
                drag: 2.6,
                strength: 1.6,
                size: (2.3, 1.0),
                colour: (colour, palette::FLAME),
                ..Particle::light(pos, vel, life, 2.3, colour)
            };
            self.particles.spawn(spark);
        }
    }

    fn dust(&mut self, pos: Vec2, drift: Vec2, count: usize, size: f32) {
        for _ in 0..self.share(count) {
            let vel = drift + self.random.disc() * 46.0;
            let life = self.random.range(0.5, 1.3);
            let puff = Particle {
                size: (size * 0.5, size * 1.7),
                solid: true,
                strength: 0.34,
                ..Particle::light(pos, vel, life, size, palette::DUST)
            };
            self.particles.spawn(puff);
        }
    }

    fn explosion(&mut self, pos: Vec2, drift: Vec2, own: bool) {
        let tint = if own { self.looks.colours.own } else { self.looks.colours.fire };
        let light = |life, from, to, colour, strength| Particle {
            size: (from, to),
            strength,
            ..Particle::light(pos, drift, life, from, colour)
        };
        self.particles.spawn(light(0.22, 120.0, 70.0, palette::HOT, 1.3 * self.glare()));
        self.particles.spawn(light(0.75, 70.0, 170.0, palette::FLAME, 0.55 * self.glare()));
        let ring =
            |life, to, colour, strength| Particle { kind: Kind::Ring, ..light(life, 12.0, to, colour, strength) };
        self.particles.spawn(ring(0.65, 130.0, tint, 1.0));
        self.particles.spawn(ring(1.0, 215.0, palette::FLAME, 0.45));
        self.burst(pos, drift, 34, 340.0, palette::HOT);
        for _ in 0..self.share(18) {
            let vel = drift + self.random.direction() * self.random.range(30.0, 190.0);
            let spin = (self.random.range(0.0, math::TAU), self.random.range(-9.0, 9.0));
            let size = self.random.range(2.0, 5.5);
            let life = self.random.range(0.7, 1.6);
            let shard = Particle {
                kind: Kind::Shard,
                drag: 0.8,
                spin,
                size: (size, size * 0.5),
                colour: (palette::HOT, tint),
                ..Particle::light(pos, vel, life, size, tint)
            };
            self.particles.spawn(shard);
        }
        for _ in 0..self.share(16) {
            let vel = drift + self.random.disc() * 120.0;
            let life = self.random.range(0.5, 1.2);
            let ember = Particle {
                size: (15.0, 26.0),
                strength: 0.5,
                drag: 2.2,
                colour: (palette::FLAME, [0.32, 0.06, 0.10]),
                ..Particle::light(pos, vel, life, 14.0, palette::FLAME)
            };
            self.particles.spawn(ember);
        }
    }

    fn rubble(&mut self, pos: Vec2, radius: f32) {
        let count = (radius * 0.4) as usize + 6;
        self.dust(pos, Vec2::ZERO, count, radius * 0.42);
        self.burst(pos, Vec2::ZERO, count / 2, 130.0, palette::FLAME);
        for _ in 0..self.share(count) {
            let at = pos + self.random.disc() * radius * 0.8;
            let vel = (at - pos) * 2.2 + self.random.disc() * 30.0;
            let spin = (self.random.range(0.0, math::TAU), self.random.range(-5.0, 5.0));
            let size = self.random.range(2.0, 2.5 + radius * 0.11);
            let life = self.random.range(0.6, 1.5);
            let chip = Particle {
                kind: Kind::Shard,
                drag: 0.7,
                spin,
                solid: true,
                strength: 1.0,
                size: (size, size * 0.4),
                ..Particle::light(at, vel, life, size, [0.62, 0.55, 0.50])
            };
            self.particles.spawn(chip);
        }
    }

    fn collect(&mut self, pos: Vec2, colour: Rgb) {
        let ring =
            Particle { kind: Kind::Ring, size: (5.0, 30.0), ..Particle::light(pos, Vec2::ZERO, 0.35, 5.0, colour) };
        self.particles.spawn(ring);
        for _ in 0..self.share(9) {
            let vel = self.random.direction() * self.random.range(30.0, 110.0);
            self.particles.spawn(Particle { drag: 4.0, ..Particle::light(pos, vel, 0.5, 4.5, colour) });
        }
    }

    fn launch(&mut self, pos: Vec2) {
        let light = |life, from, to| Particle {
            size: (from, to),
            ..Particle::light(pos, Vec2::ZERO, life, from, palette::PROTECTED)
        };
        self.particles.spawn(Particle { kind: Kind::Ring, ..light(0.7, 100.0, 16.0) });
        self.particles.spawn(Particle { kind: Kind::Ring, ..light(0.9, 10.0, 70.0) });
        self.particles.spawn(light(0.5, 70.0, 20.0));
        for _ in 0..self.share(26) {
            let way = self.random.direction();
            let from = pos + way * self.random.range(50.0, 90.0);
            self.particles
                .spawn(Particle { drag: 0.4, ..Particle::light(from, way * -110.0, 0.6, 4.0, palette::PROTECTED) });
        }
    }

    /// Light that falls into a mouth, or bursts out of one.
    fn leap(&mut self, pos: Vec2, drift: Vec2, into: bool) {
        let (from, to) = if into { (110.0, 14.0) } else { (14.0, 130.0) };
        let light =
            |life, size: (f32, f32)| Particle { size, ..Particle::light(pos, drift, life, size.0, palette::MOUTH) };
        self.particles.spawn(Particle { kind: Kind::Ring, ..light(0.45, (from, to)) });
        self.particles.spawn(Particle { kind: Kind::Ring, ..light(0.7, (from * 0.7, to * 0.7)) });
        self.particles.spawn(Particle { strength: 1.1, ..light(0.3, (90.0, 30.0)) });
        if !into {
            self.burst(pos, drift, 26, 260.0, palette::MOUTH);
        }
    }

    fn glimmer(&mut self, shot: &ShotView) {
        if self.random.unit() < 0.35 {
            let colour = if shot.own { self.looks.colours.own } else { self.looks.colours.person };
            let behind = shot.vel * self.random.range(0.01, 0.03);
            let drift = self.random.disc() * 10.0;
            self.particles.spawn(Particle::light(shot.pos - behind, drift, 0.22, 3.2, colour));
        }
    }

    /// One puff as it is `age_s` after it left the nozzle.
    fn exhaust(&mut self, ship: &ShipView, defs: &Defs, age_s: f32) {
        if !ship.buttons.any(Buttons::THRUST | Buttons::BOOST) {
            return;
        }
        let boosting = ship.buttons.any(Buttons::BOOST);
        let radius = defs.ship(ship.class).radius;
        let nose = math::unit(ship.heading_rad);
        let nozzle = ship.pos - nose * radius * 0.8 + self.random.disc() * radius * 0.22;
        let vel = ship.vel - nose * self.random.range(90.0, 170.0) + self.random.disc() * 22.0;
        let (colour, size, lasts) = if boosting { (palette::BOOST, 0.42, 1.5) } else { (palette::FLAME, 0.34, 1.0) };
        let life = self.random.range(0.25, 0.55) * lasts;
        self.particles.spawn(Particle {
            age: age_s,
            size: (radius * size, radius * 0.62),
            strength: 0.5,
            colour: (colour, [0.35, 0.08, 0.22]),
            ..Particle::light(nozzle + (vel - ship.vel) * age_s, vel, life, 5.0, colour)
        });
    }

    /// Hulls near the star shed embers away from it.
    fn heat(&mut self, ship: &ShipView, defs: &Defs) {
        let star = &defs.arena.star;
        let heat = math::ramp(ship.pos.length(), star.ring_radius, star.burn_radius);
        if heat > 0.0 && self.random.unit() < 0.25 + heat * 0.75 {
            let out = ship.pos.normalize_or_zero();
            let at = ship.pos + self.random.disc() * defs.ship(ship.class).radius;
            let vel = ship.vel * 0.6 + out * self.random.range(60.0, 150.0) + self.random.disc() * 40.0;
            self.particles.spawn(Particle {
                stretch: 2.5,
                kind: Kind::Streak,
                strength: 0.4 + 0.6 * heat,
                ..Particle::light(at, vel, 0.45, 2.4, palette::FLAME)
            });
        }
    }

    /// Whether this step of the trails is laid: each, every third, or none.
    fn lays_trails(&mut self) -> bool {
        match self.looks.debris {
            Debris::Full => true,
            Debris::Few => self.random.unit() < 1.0 / 3.0,
            Debris::None => false,
        }
    }

    fn share(&self, count: usize) -> usize {
        let count = if self.looks.calm { count.div_ceil(2) } else { count };
        match self.looks.debris {
            Debris::Full => count,
            Debris::Few => count.div_ceil(3),
            Debris::None => 0,
        }
    }

    /// How bright a flash is, times its usual brightness.
    fn glare(&self) -> f32 {
        if self.looks.calm { CALM_GLARE } else { 1.0 }
    }
}

/// What is left of a flash when less of it is wanted.
const CALM_GLARE: f32 = 0.3;
/// Time between two particles of a trail, s.
const TRAIL_STEP_S: f32 = 1.0 / 60.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::particles::PARTICLES_MAX;
    use shared::ids::PlayerId;

    const SHIP: ShipId = ShipId { player: PlayerId(3), life: 1 };

    fn after(events: Vec<ViewEvent>, sees: bool) -> Effects {
        let mut effects = Effects::new(1, &Looks::default());
        let view = View { events, ..View::default() };
        effects.update(&view, &Defs::standard(), 1.0 / 60.0, |_, _| sees);
        effects
    }

    fn hit(own: bool) -> ViewEvent {
        ViewEvent::Damaged { ship: SHIP, by: None, amount: 12, pos: Vec2::ZERO, own, by_own: false }
    }

    #[test]
    fn debris_and_flashes_are_as_wanted() {
        let run = |looks: Looks| {
            let mut effects = Effects::new(1, &looks);
            let gone = ViewEvent::Destroyed { ship: SHIP, pos: Vec2::ZERO, vel: Vec2::X, own: false };
            let view = View { events: vec![gone, hit(false)], ..View::default() };
            effects.update(&view, &Defs::standard(), 1.0 / 60.0, |_, _| true);
            (effects.particles.len(), effects.flash(SHIP))
        };
        let usual = Looks::default();
        let full = run(usual);
        let few = run(Looks { debris: Debris::Few, ..usual });
        let none = run(Looks { debris: Debris::None, ..usual });
        let calm = run(Looks { calm: true, ..usual });
        assert!(none.0 > 0 && none.0 < 8 && none.0 < few.0 && few.0 < full.0, "{none:?} {few:?} {full:?}");
        assert!(calm.1 < full.1 * 0.5 && calm.0 < full.0, "{calm:?} {full:?}");
    }

    #[test]
    fn an_explosion_is_seen_where_it_is_seen() {
        let gone = || vec![ViewEvent::Destroyed { ship: SHIP, pos: Vec2::ZERO, vel: Vec2::X, own: false }];
        assert!(after(gone(), true).particles.len() > 40);
        assert!(after(gone(), false).particles.is_empty());
    }

    #[test]
    fn a_ray_is_seen_for_a_moment_and_sparks_where_it_struck() {
        let ray = |struck| {
            let (from, to) = (Vec2::ZERO, Vec2::new(400.0, 0.0));
            ViewEvent::Beam { owner: PlayerId(3), from, to, struck, ship: None, own: false }
        };
        let mut effects = after(vec![ray(true)], true);
        assert!(effects.particles.len() > after(vec![ray(false)], true).particles.len());
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        let mut drawn = |dt_s| {
            effects.update(&View::default(), &Defs::standard(), dt_s, |_, _| true);
            let mut batch = Batch::with_limit(8);
            effects.beams(&mut batch, &camera);
            batch.items().first().map(|sprite| (sprite[2], sprite[4]))
        };
        let (first, later) = (drawn(0.01).unwrap(), drawn(0.15).unwrap());
        assert!(first.0 == 200.0 && later.1 < first.1, "half its length, fading: {first:?} {later:?}");
        assert_eq!(drawn(0.2), None);
        assert_eq!(after(vec![ray(true); 500], true).beams.len(), BEAMS_MAX);
    }

    #[test]
    fn a_leap_flashes_at_both_mouths_and_shakes_only_the_own_screen() {
        let leap = |own| vec![ViewEvent::Leapt { ship: SHIP, from: Vec2::ZERO, to: Vec2::new(2_000.0, 0.0), own }];
        assert!(after(leap(true), true).shake() > 0.0 && after(leap(false), true).shake() == 0.0);
        assert!(after(leap(false), true).particles.len() > 20 && after(leap(false), false).particles.is_empty());
    }

    #[test]
    fn a_thousand_explosions_stay_bounded() {
        let gone = ViewEvent::Destroyed { ship: SHIP, pos: Vec2::ZERO, vel: Vec2::X, own: false };
        assert_eq!(after(vec![gone; 1_000], true).particles.len(), PARTICLES_MAX);
    }

    #[test]
    fn a_hit_flashes_the_hull_and_shakes_only_the_own_screen() {
        let own = after(vec![hit(true)], true);
        assert!(own.shake() > 0.0 && own.flash(SHIP) > 0.5);
        let other = after(vec![hit(false)], true);
        assert!(other.shake() == 0.0 && other.flash(SHIP) > 0.5);
        assert_eq!(other.flash(ShipId { life: 2, ..SHIP }), 0.0);
    }

    #[test]
    fn trails_do_not_depend_on_the_frame_rate() {
        let mut ship = crate::view::scene::tests::ship(3, Vec2::new(800.0, 0.0));
        ship.buttons = Buttons(Buttons::THRUST);
        let view = View { ships: vec![ship], ..View::default() };
        let run = |frames: u32| {
            let mut effects = Effects::new(1, &Looks::default());
            for _ in 0..frames {
                effects.update(&view, &Defs::standard(), 0.2 / frames as f32, |_, _| true);
            }
            effects.particles.len() as i32
        };
        assert!(run(6) >= 8 && (run(6) - run(48)).abs() <= 2, "{} against {}", run(6), run(48));
    }
}
