//! One frame as plain numbers: instances for each shader, and labels. Invariant: every list is bounded and reused;
//! building a steady frame allocates nothing but new labels.

use glam::Vec2;
use shared::{
    defs::{Defs, GameMode},
    ids::PlayerId,
    limits, math,
    replica::view::{ShipView, View},
    sim::WellKind,
};

use super::{
    Camera, Effects, backdrop, bodies, cores,
    looks::Looks,
    palette::{self, Colours, Rgb},
    ships::{self, Livery},
    sprite::{Batch, Ink, Kind, Sprite},
    wormhole,
};
use crate::input::touch::{RADIUS_PX, Stick, Touch};

/// Instances of each kind in one frame; beyond these nothing more is drawn.
const RINGS_MAX: usize = 16;
const PLANETS_MAX: usize = 8;
const ROCKS_MAX: usize = limits::ROCKS_MAX + limits::BELT_SLOTS_MAX;
const SHIPS_MAX: usize = limits::PLAYERS_MAX;
const SPRITES_MAX: usize = 6_000;
const LABELS_MAX: usize = 48;
/// Nearer than this one sees by oneself where to go, u.
const GUIDE_NEAR_U: f32 = 190.0;
/// How far from the own ship the arrows begin, CSS px.
const GUIDE_PX: f32 = 58.0;

/// A name under a ship.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Label {
    /// Whose.
    pub player: PlayerId,
    /// Middle of the text, CSS px.
    pub at: Vec2,
    /// Colour.
    pub colour: Rgb,
    /// Opacity.
    pub opacity: f32,
}

/// One frame.
#[derive(Debug)]
pub struct Scene {
    /// Centre of the picture, u.
    pub centre: Vec2,
    /// Half of the picture, u.
    pub half: Vec2,
    /// CSS px per u.
    pub pixels_per_unit: f32,
    /// Time for animation, s.
    pub time_s: f32,
    /// Less motion is wanted.
    pub calm: bool,
    /// The screen is that of 1962: strokes of one colour that glow on.
    pub scope: bool,
    /// Colours of ships.
    pub colours: Colours,
    /// Radius of the star, u.
    pub star_radius: f32,
    /// Any of the star or its corona is on the screen.
    pub star_seen: bool,
    /// Circles.
    pub rings: Batch<12>,
    /// Planets.
    pub planets: Batch<12>,
    /// Rocks.
    pub rocks: Batch<8>,
    /// Below the ships.
    pub under: Batch<12>,
    /// Hulls.
    pub ships: Batch<12>,
    /// Above the ships.
    pub over: Batch<12>,
    /// Names.
    pub labels: Vec<Label>,
}

impl Default for Scene {
    fn default() -> Self {
        Scene {
            centre: Vec2::ZERO,
            half: Vec2::ONE,
            pixels_per_unit: 1.0,
            time_s: 0.0,
            calm: false,
            scope: false,
            colours: Colours::USUAL,
            star_radius: 0.0,
            star_seen: false,
            rings: Batch::with_limit(RINGS_MAX),
            planets: Batch::with_limit(PLANETS_MAX),
            rocks: Batch::with_limit(ROCKS_MAX),
            under: Batch::with_limit(SPRITES_MAX),
            ships: Batch::with_limit(SHIPS_MAX),
            over: Batch::with_limit(SPRITES_MAX),
            labels: Vec::with_capacity(LABELS_MAX),
        }
    }
}

/// What a scene is made of.
#[derive(Debug)]
pub struct Ingredients<'a> {
    /// The world.
    pub view: &'a View,
    /// The tables it follows.
    pub defs: &'a Defs,
    /// Where to look from.
    pub camera: &'a Camera,
    /// Sparks and flashes.
    pub effects: &'a Effects,
    /// Sticks under thumbs.
    pub touch: &'a Touch,
    /// Who leads, for the crown.
    pub leader: Option<PlayerId>,
    /// Whose eyes these are, if anybody's: friends are those of that team.
    pub own: Option<PlayerId>,
    /// Time for animation, s.
    pub time_s: f32,
    /// How it is to look.
    pub looks: &'a Looks,
    /// Draw the ghost of the own ship, and those of others.
    pub ghosts: (bool, bool),
    /// Where to go, for who is new here, u.
    pub guide: Option<Vec2>,
}

impl Scene {
    /// Builds a frame in place. `is_bot` tells which pilots are flown by the server.
    pub fn build(&mut self, from: &Ingredients<'_>, is_bot: impl Fn(PlayerId) -> bool) {
        self.clear();
        let Ingredients { view, defs, camera, effects, .. } = *from;
        self.centre = camera.centre();
        self.half = camera.half_extents();
        self.pixels_per_unit = camera.pixels_per_unit();
        self.time_s = from.time_s;
        (self.calm, self.colours) = (from.looks.calm, from.looks.colours);
        self.scope = defs.mode.terms.mode == GameMode::Y1962;
        backdrop::build(self, view, defs, camera);
        let own = view.own_ship().map(|ship| ship.id.player);
        wormhole::build(self, view, defs, camera, from.time_s);
        cores::build(self, from);
        for rock in view.rocks.iter().filter(|rock| camera.sees(rock.pos, 70.0)) {
            bodies::rock(self, rock);
        }
        for pickup in view.pickups.iter().filter(|pickup| camera.sees(pickup.pos, 40.0)) {
            bodies::pickup(self, pickup, own, from.time_s);
        }
        for &(pos, kind) in view.wells.iter().filter(|(pos, _)| camera.sees(*pos, 420.0)) {
            match kind {
                WellKind::Star => bodies::well(self, pos, from.time_s),
                WellKind::Push => bodies::push(self, pos, from.time_s),
            }
        }
        if from.looks.orbit_line {
            self.forecast(view, camera);
        }
        if from.looks.shot_line {
            self.shot_line(view, camera);
        }
        for ship in view.ships.iter().filter(|ship| camera.sees(ship.pos, 80.0)) {
            self.ship(ship, from, &is_bot);
        }
        effects.beams(&mut self.over, camera);
        for beam in view.beams.iter().filter(|beam| camera.sees(beam.from, 320.0)) {
            bodies::beam(self, beam, from.time_s);
        }
        for ghost in &view.ghosts {
            let wanted = if ghost.own { from.ghosts.0 } else { from.ghosts.1 };
            if wanted && camera.sees(ghost.pos, 80.0) {
                ships::ghost(self, ghost, defs);
            }
        }
        effects.particles.draw(&mut self.over, |pos, radius| camera.sees(pos, radius));
        for shot in view.shots.iter().filter(|shot| camera.sees(shot.pos, 40.0)) {
            let friend = cores::is_friend(defs, from.own, shot.key.owner);
            bodies::shot(self, shot, friend, camera);
        }
        if let (Some(to), Some(own)) = (from.guide, view.own_ship()) {
            self.guide(own.pos, to, from);
        }
        for stick in [from.touch.left, from.touch.right].into_iter().flatten() {
            self.stick(&stick, camera);
        }
    }

    fn clear(&mut self) {
        self.rings.clear();
        self.planets.clear();
        self.rocks.clear();
        self.under.clear();
        self.ships.clear();
        self.over.clear();
        self.labels.clear();
    }

    fn ship(&mut self, ship: &ShipView, from: &Ingredients<'_>, is_bot: &impl Fn(PlayerId) -> bool) {
        let bot = is_bot(ship.id.player);
        let livery = match (ship.own, bot) {
            (true, _) => Livery::Own,
            (false, false) => Livery::Person,
            (false, true) => Livery::Bot,
        };
        let friend = !ship.own && cores::is_friend(from.defs, from.own, ship.id.player);
        ships::build(self, ship, (livery, friend), from.effects, from.defs, from.camera, from.time_s);
        let radius = from.defs.ship(ship.class).radius;
        if from.leader == Some(ship.id.player.pilot()) {
            let crown = Sprite::round(
                Kind::Crown,
                ship.pos + Vec2::new(0.0, radius * 2.9),
                8.0,
                Ink::Paint(palette::ORE, 0.95),
            );
            self.over.sprite(crown);
        }
        if !ship.own && from.looks.names && self.labels.len() < LABELS_MAX {
            let below = ship.pos - Vec2::new(0.0, radius * 1.75);
            let at = from.camera.to_screen(below) + Vec2::new(0.0, 11.0);
            let hue = if friend { self.colours.friend } else { livery.colour(&self.colours) };
            let colour = palette::mix(hue, [1.0; 3], 0.45);
            self.labels.push(Label {
                player: ship.id.player.pilot(),
                at,
                colour,
                opacity: if bot { 0.75 } else { 0.95 },
            });
        }
    }

    /// The own path ahead as dots that fade with time.
    fn forecast(&mut self, view: &View, camera: &Camera) {
        let count = view.forecast.len().max(1) as f32;
        for (index, point) in view.forecast.iter().enumerate().skip(2) {
            let fade = 1.0 - index as f32 / count;
            let radius = (1.1 + 1.1 * fade).max(0.9 / camera.pixels_per_unit());
            self.under.sprite(Sprite::round(Kind::Disc, *point, radius, Ink::Light(self.colours.own, 0.5 * fade)));
        }
    }

    /// The way of the next shot: paler dots than one's own, farther apart, and a ring where it meets something.
    fn shot_line(&mut self, view: &View, camera: &Camera) {
        let (points, pale) = (&view.shot_line.points, palette::mix(self.colours.own, [1.0; 3], 0.55));
        let count = points.len().max(1) as f32;
        // Smaller than this a dot is lost between the pixels.
        let least = 1.6 / camera.pixels_per_unit();
        for (index, point) in points.iter().enumerate() {
            let fade = 1.0 - 0.75 * index as f32 / count;
            let ink = Ink::Light(pale, 0.8 * fade);
            self.under.sprite(Sprite::round(Kind::Disc, *point, 1.9_f32.max(least), ink));
        }
        if let Some(end) = points.last().filter(|_| view.shot_line.meets) {
            let ring = Sprite::round(Kind::Ring, *end, 6.0, Ink::Light(pale, 0.4));
            self.under.sprite(Sprite { parameters: [0.16, 0.0], ..ring });
        }
    }

    /// Three arrows beside the own ship, one after the other, toward what is far away.
    fn guide(&mut self, own: Vec2, to: Vec2, from: &Ingredients<'_>) {
        let (way, scale) = (to - own, 1.0 / self.pixels_per_unit.max(0.1));
        if way.length() < GUIDE_NEAR_U {
            return;
        }
        let (toward, rotation) = (way.normalize(), math::angle_of(way));
        for step in 0..3 {
            let beat =
                if from.looks.calm { 0.7 } else { math::unit(from.time_s * 5.0 - step as f32 * 0.9).x * 0.35 + 0.55 };
            let pos = own + toward * (GUIDE_PX + 13.0 * step as f32) * scale;
            let arrow = Sprite::round(Kind::Chevron, pos, 9.0 * scale, Ink::Light(palette::ORE, beat));
            self.over.sprite(Sprite { rotation, ..arrow });
        }
    }

    fn stick(&mut self, stick: &Stick, camera: &Camera) {
        let scale = 1.0 / camera.pixels_per_unit();
        let ring = Sprite::round(
            Kind::Ring,
            camera.to_world(stick.origin),
            RADIUS_PX * scale,
            Ink::Light(self.colours.own, 0.35),
        );
        self.over.sprite(Sprite { parameters: [0.04, 0.0], ..ring });
        self.over.sprite(Sprite::round(
            Kind::Disc,
            camera.to_world(stick.knob()),
            20.0 * scale,
            Ink::Light(self.colours.own, 0.4),
        ));
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use shared::{
        defs::{ShipClass, WeaponKind},
        ids::{ShipId, ShotKey},
        replica::view::{GhostView, ShotLine, ShotView},
        sim::Buttons,
    };

    /// A sound ship of this pilot.
    pub fn ship(player: u16, pos: Vec2) -> ShipView {
        ShipView {
            id: ShipId { player: PlayerId(player), life: 1 },
            class: ShipClass::Spark,
            pos,
            vel: Vec2::ZERO,
            heading_rad: 0.0,
            buttons: Buttons(0),
            hull: 1.0,
            shield: 1.0,
            protected: false,
            charging: false,
            special: false,
            over: false,
            multi: false,
            line: None,
            own: false,
            stale: false,
        }
    }

    fn scene_of(view: &View, leader: Option<PlayerId>) -> Scene {
        scene_with(view, leader, &Looks::default())
    }

    fn scene_with(view: &View, leader: Option<PlayerId>, looks: &Looks) -> Scene {
        let mut camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        camera.follow(Vec2::new(1_000.0, 0.0), Vec2::ZERO, 0.0);
        let mut scene = Scene::default();
        let ingredients = Ingredients {
            view,
            defs: &Defs::standard(),
            camera: &camera,
            effects: &Effects::new(1, looks),
            touch: &Touch::default(),
            leader,
            own: None,
            time_s: 0.0,
            looks,
            guide: None,
            ghosts: (true, false),
        };
        scene.build(&ingredients, |player| player.0 >= 10);
        scene
    }

    #[test]
    fn only_1962_is_on_the_screen_of_its_time() {
        for mode in GameMode::ALL {
            let (view, looks, camera) =
                (View::default(), Looks::default(), Camera::new(Vec2::new(1600.0, 900.0), false));
            let mut scene = Scene::default();
            let ingredients = Ingredients {
                view: &view,
                defs: &Defs::of(shared::defs::Terms::of(mode)),
                camera: &camera,
                effects: &Effects::new(1, &looks),
                touch: &Touch::default(),
                leader: None,
                own: None,
                time_s: 0.0,
                looks: &looks,
                guide: None,
                ghosts: (false, false),
            };
            scene.build(&ingredients, |_| false);
            assert_eq!(scene.scope, mode == GameMode::Y1962, "{mode:?}");
        }
    }

    #[test]
    fn what_is_in_sight_is_in_the_scene_and_the_rest_is_not() {
        let shot = |x| ShotView {
            key: ShotKey { owner: PlayerId(1), tick: 3, part: 0 },
            weapon: WeaponKind::Pulse,
            pos: Vec2::new(x, 0.0),
            vel: Vec2::new(600.0, 0.0),
            opacity: 1.0,
            own: false,
        };
        let view = View {
            ships: vec![ship(1, Vec2::new(900.0, 0.0)), ship(2, Vec2::new(-900.0, 0.0))],
            shots: vec![shot(1_100.0), shot(9_000.0)],
            ..View::default()
        };
        let scene = scene_of(&view, None);
        assert_eq!(scene.ships.items().len(), 1);
        assert_eq!(scene.over.items().iter().filter(|sprite| sprite[9] == f32::from(Kind::Streak as u8)).count(), 1);
    }

    #[test]
    fn others_carry_names_the_own_ship_does_not_and_the_leader_wears_a_crown() {
        let own = ShipView { own: true, ..ship(1, Vec2::new(900.0, 0.0)) };
        let view = View { ships: vec![own, ship(12, Vec2::new(1_000.0, 0.0))], ..View::default() };
        let scene = scene_of(&view, Some(PlayerId(12)));
        assert_eq!(scene.labels.iter().map(|label| label.player.0).collect::<Vec<_>>(), [12]);
        assert!(scene.labels[0].at.y > 450.0, "below the ship");
        assert_eq!(scene.over.items().iter().filter(|sprite| sprite[9] == f32::from(Kind::Crown as u8)).count(), 1);
        assert_eq!(scene.ships.items()[1][7], f32::from(Livery::Bot as u8));
    }

    #[test]
    fn a_crowded_frame_stays_within_its_limits() {
        let view = View { ships: vec![ship(3, Vec2::new(1_000.0, 0.0)); 5_000], ..View::default() };
        let scene = scene_of(&view, None);
        assert!(scene.ships.items().len() <= SHIPS_MAX && scene.labels.len() <= LABELS_MAX);
        assert!(scene.over.items().len() <= SPRITES_MAX);
    }

    #[test]
    fn ghosts_are_drawn_as_wanted() {
        let ghost = |player, own| GhostView {
            id: ShipId { player: PlayerId(player), life: 1 },
            class: ShipClass::Spark,
            pos: Vec2::new(1_000.0, 0.0),
            heading_rad: 0.0,
            own,
        };
        let view = View { ghosts: vec![ghost(1, true), ghost(2, false), ghost(3, false)], ..View::default() };
        let scene = scene_of(&view, None);
        let rings = scene.over.items().iter().filter(|sprite| sprite[9] == f32::from(Kind::Ring as u8)).count();
        assert_eq!((rings, scene.ships.items().len()), (1, 0), "the own one as an outline, the others are not wanted");
    }

    #[test]
    fn line_names_and_colours_are_as_wanted() {
        let forecast = (0..20).map(|i| Vec2::new(1_000.0 + i as f32 * 10.0, 0.0)).collect();
        let view = View { forecast, ships: vec![ship(12, Vec2::new(1_000.0, 0.0))], ..View::default() };
        let without = Looks { orbit_line: false, names: false, colours: Colours::RED_GREEN, ..Looks::default() };
        let (usual, without) = (scene_of(&view, None), scene_with(&view, None, &without));
        assert_eq!((usual.labels.len(), without.labels.len()), (1, 0));
        assert_eq!(usual.under.items().len() - without.under.items().len(), 18);
        let colour = |scene: &Scene| [4, 5, 6].map(|at| scene.ships.items()[0][at]);
        assert_eq!((colour(&usual), colour(&without)), (Colours::USUAL.bot, Colours::RED_GREEN.bot));
    }

    #[test]
    fn the_way_of_the_next_shot_is_drawn_with_a_ring_where_it_ends_on_something() {
        let points: Vec<Vec2> = (0..10).map(|i| Vec2::new(1_000.0 + i as f32 * 30.0, 0.0)).collect();
        let drawn = |meets| {
            let shot_line = ShotLine { points: points.clone(), meets };
            scene_of(&View { shot_line, ..View::default() }, None).under.items().len()
        };
        let nothing = scene_of(&View::default(), None).under.items().len();
        assert_eq!((drawn(false) - nothing, drawn(true) - nothing), (10, 11));
    }

    #[test]
    fn the_forecast_fades() {
        let forecast = (0..20).map(|i| Vec2::new(1_000.0 + i as f32 * 10.0, 0.0)).collect();
        let scene = scene_of(&View { forecast, ..View::default() }, None);
        let dots = scene.under.items();
        assert_eq!(dots.len(), 18);
        assert!(dots[0][4] > dots[17][4]);
    }
}
