//! Ships: hull, flames, shield, protection, and what damage leaves to see. Invariant: own, person and bot differ in
//! colour and in the marking on the hull.

use glam::Vec2;
use shared::{
    defs::{Defs, Special},
    math,
    replica::view::{GhostView, ShipView},
    sim::Buttons,
};

use super::{
    Camera, Effects,
    palette::{self, Colours, Rgb},
    scene::Scene,
    sprite::{Ink, Kind, Sprite},
};

/// Whose ship, as the marking on its hull shows; the numbers are the cases of `ship.frag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Livery {
    /// The own ship: a chevron.
    Own,
    /// A person: a filled diamond.
    Person,
    /// A bot: a hollow square.
    Bot,
}

impl Livery {
    /// Its colour.
    #[must_use]
    pub fn colour(self, colours: &Colours) -> Rgb {
        match self {
            Livery::Own => colours.own,
            Livery::Person => colours.person,
            Livery::Bot => colours.bot,
        }
    }
}

/// Adds a ship; `friend` is one of the own team. Layout of the hull, 12 floats: centre, radius (u), heading (rad) · colour, livery · flash, opacity,
/// heat, class.
pub fn build(
    scene: &mut Scene,
    ship: &ShipView,
    (livery, friend): (Livery, bool),
    effects: &Effects,
    defs: &Defs,
    camera: &Camera,
    time_s: f32,
) {
    let radius = defs.ship(ship.class).radius;
    let colour = match (ship.stale, friend) {
        (true, _) => palette::STALE,
        (false, true) => scene.colours.friend,
        (false, false) => livery.colour(&scene.colours),
    };
    let [r, g, b] = colour;
    let star = &defs.arena.star;
    let heat = math::ramp(ship.pos.length(), star.ring_radius * 1.15, star.burn_radius);
    let active = ship.special.then(|| defs.ship(ship.class).special.kind);
    let opacity = match active {
        _ if ship.stale => 0.55,
        Some(Special::Cloak(_)) => 0.28,
        _ => 1.0,
    };
    scene.under.sprite(Sprite::round(Kind::Glow, ship.pos, radius * 3.4, Ink::Light(colour, 0.20 * opacity)));
    flames(scene, ship, radius, time_s);
    scene.ships.push([
        ship.pos.x,
        ship.pos.y,
        radius,
        ship.heading_rad,
        r,
        g,
        b,
        f32::from(livery as u8),
        effects.flash(ship.id),
        opacity,
        heat,
        f32::from(ship.class as u8),
    ]);
    if friend {
        comrade(scene, ship, radius, camera);
    }
    if ship.own {
        own_reticle(scene, ship, radius);
    }
    if let Some(active) = active {
        special(scene, ship, active, radius, time_s);
    }
    if ship.charging && !defs.weapon(defs.ship(ship.class).primary).is_beam() {
        charge(scene, ship, radius, colour, time_s);
    }
    if ship.over {
        overshield(scene, ship, radius, time_s);
    }
    if ship.multi {
        multifire(scene, ship, radius, time_s);
    }
    shells(scene, ship, radius, effects, camera, time_s);
}

/// Of the own team: an open ring, two arcs around the ship. Its shape says so to whom its colour does not.
fn comrade(scene: &mut Scene, ship: &ShipView, radius: f32, camera: &Camera) {
    let size = (radius * 1.95).max(11.0 / camera.pixels_per_unit());
    for rotation in [0.0, core::f32::consts::PI] {
        let arc = Sprite::round(Kind::Arc, ship.pos, size, Ink::Light(scene.colours.friend, 1.1));
        scene.over.sprite(Sprite { rotation, parameters: [0.34, 0.10], ..arc });
    }
}

/// An over-shield: a second skin that shimmers.
fn overshield(scene: &mut Scene, ship: &ShipView, radius: f32, time_s: f32) {
    let pulse = 0.75 + 0.25 * math::unit(time_s * 5.0).y;
    let skin = Sprite::round(Kind::Bubble, ship.pos, radius * 2.15, Ink::Light(palette::SHIELD, 0.8 * pulse));
    scene.over.sprite(Sprite { parameters: [time_s, 0.0], ..skin });
    let ring = Sprite::round(Kind::Ring, ship.pos, radius * 2.1, Ink::Light(palette::SHIELD, 0.9 * pulse));
    scene.over.sprite(Sprite { parameters: [0.06, 0.0], ..ring });
}

/// A multi-fire: three lights at the muzzles.
fn multifire(scene: &mut Scene, ship: &ShipView, radius: f32, time_s: f32) {
    for (number, turn) in [-0.45, 0.0, 0.45].into_iter().enumerate() {
        let flicker = 0.7 + 0.3 * math::unit(time_s * 12.0 + number as f32 * 2.1).y;
        let at = ship.pos + math::unit(ship.heading_rad + turn) * radius * 1.35;
        scene.over.sprite(Sprite::round(Kind::Disc, at, radius * 0.15, Ink::Light(palette::FLAME, 1.3 * flicker)));
        scene.over.sprite(Sprite::round(Kind::Glow, at, radius * 0.8, Ink::Light(palette::FLAME, 0.8 * flicker)));
    }
}

/// Adds the outline of a ship where the server last said it is.
pub fn ghost(scene: &mut Scene, ghost: &GhostView, defs: &Defs) {
    let radius = defs.ship(ghost.class).radius;
    let ink = Ink::Light(if ghost.own { scene.colours.own } else { scene.colours.person }, 0.6);
    let ring = Sprite::round(Kind::Ring, ghost.pos, radius, ink);
    scene.over.sprite(Sprite { parameters: [0.10, 0.0], ..ring });
    let nose = Sprite::round(Kind::Chevron, ghost.pos, radius * 0.7, ink);
    scene.over.sprite(Sprite { rotation: ghost.heading_rad, ..nose });
}

/// Flames of the engines that are on.
fn flames(scene: &mut Scene, ship: &ShipView, radius: f32, time_s: f32) {
    let nose = math::unit(ship.heading_rad);
    let left = nose.perp();
    let flicker = time_s + f32::from(ship.id.player.0) * 3.7;
    let mut flame = |from: Vec2, out: Vec2, length: f32, width: f32, colour: Rgb| {
        scene.under.sprite(Sprite {
            pos: ship.pos + from + out * length,
            half: Vec2::new(length, width),
            rotation: math::angle_of(-out),
            kind: Kind::Flame,
            parameters: [flicker, 0.0],
            ink: Ink::Light(colour, 1.25),
        });
    };
    let on = |bit| ship.buttons.any(bit);
    if on(Buttons::THRUST | Buttons::BOOST) {
        let (length, colour) = if on(Buttons::BOOST) { (2.7, palette::BOOST) } else { (1.7, palette::FLAME) };
        flame(nose * radius * -0.62, -nose, radius * length, radius * 0.62, colour);
    }
    if on(Buttons::REVERSE) || on(Buttons::BRAKE) {
        for side in [left, -left] {
            flame(
                nose * radius * 0.4 + side * radius * 0.5,
                (nose + side * 0.3).normalize(),
                radius * 0.7,
                radius * 0.24,
                palette::BOOST,
            );
        }
    }
    if on(Buttons::LEFT) {
        flame(left * radius * -0.62, -left, radius * 0.7, radius * 0.24, palette::BOOST);
    }
    if on(Buttons::RIGHT) {
        flame(left * radius * 0.62, left, radius * 0.7, radius * 0.24, palette::BOOST);
    }
}

/// A small chevron ahead of the own nose: where the next shot goes, and whose ship this is.
fn own_reticle(scene: &mut Scene, ship: &ShipView, radius: f32) {
    let nose = math::unit(ship.heading_rad);
    for (ahead, size, strength) in [(2.7, 0.34, 0.8), (3.5, 0.26, 0.4)] {
        scene.over.sprite(Sprite {
            rotation: ship.heading_rad,
            ..Sprite::round(
                Kind::Chevron,
                ship.pos + nose * radius * ahead,
                radius * size,
                Ink::Light(scene.colours.own, strength),
            )
        });
    }
}

/// A rail that charges: light gathers at the muzzle, for everybody to see and dodge.
fn charge(scene: &mut Scene, ship: &ShipView, radius: f32, colour: Rgb, time_s: f32) {
    let nose = math::unit(ship.heading_rad);
    let muzzle = ship.pos + nose * radius * 1.5;
    let pulse = 0.8 + 0.2 * math::unit(time_s * 40.0).y;
    let light = palette::mix(colour, [1.0; 3], 0.35);
    for (size, strength) in [(1.9, 0.7), (0.7, 1.5)] {
        let glow = Sprite::round(Kind::Glow, muzzle, radius * size * pulse, Ink::Light(light, strength));
        scene.over.sprite(glow);
    }
    // Rings that close in on the muzzle, five a second.
    let closing = 1.0 - (time_s * 5.0).fract();
    let ring =
        Sprite::round(Kind::Ring, muzzle, radius * (0.3 + 1.7 * closing), Ink::Light(light, 0.9 * (1.0 - closing)));
    scene.over.sprite(Sprite { parameters: [0.08, 0.0], ..ring });
}

/// What an active special looks like, where it is more than flames.
fn special(scene: &mut Scene, ship: &ShipView, active: Special, radius: f32, time_s: f32) {
    let nose = math::unit(ship.heading_rad);
    match active {
        Special::Ram(_) => {
            let pulse = 0.85 + 0.15 * math::unit(time_s * 23.0).y;
            let front = ship.pos + nose * radius * 0.9;
            scene.over.sprite(Sprite::round(Kind::Glow, front, radius * 2.0, Ink::Light(palette::FLAME, 0.7 * pulse)));
            let shell = Sprite::round(Kind::Bubble, ship.pos, radius * 1.9, Ink::Light(palette::HOT, 0.9 * pulse));
            scene.over.sprite(Sprite { parameters: [time_s * 2.0, 0.0], ..shell });
        }
        Special::Tractor(reach) => {
            for number in 0..3 {
                let fallen = (time_s * 0.9 + number as f32 / 3.0).fract();
                let ink = Ink::Light(palette::ORE, 0.30 * fallen);
                let ring = Sprite::round(Kind::Ring, ship.pos, reach * (1.0 - fallen) + radius, ink);
                scene.under.sprite(Sprite { parameters: [0.015, 0.0], ..ring });
            }
        }
        Special::Cloak(_) => {
            let ring = Sprite::round(Kind::Ring, ship.pos, radius * 1.5, Ink::Light(palette::WELL, 0.35));
            scene.over.sprite(Sprite { parameters: [0.07, 0.0], ..ring });
        }
        Special::Repair(_) if ship.line.is_some() => {}
        Special::Repair(_) => {
            let turn = Sprite::round(Kind::Cross, ship.pos, radius * 0.5, Ink::Light(scene.colours.repair, 0.9));
            scene.over.sprite(turn);
        }
        Special::Burn | Special::LongView(_) | Special::Volley(_) | Special::Well => {}
        Special::Hyperspace => {
            let ring = Sprite::round(Kind::Ring, ship.pos, radius * 2.4, Ink::Light(palette::MOUTH, 0.9));
            scene.over.sprite(Sprite { parameters: [0.08, 0.0], ..ring });
        }
    }
}

/// Shield, protection, and the bar over a damaged ship.
fn shells(scene: &mut Scene, ship: &ShipView, radius: f32, effects: &Effects, camera: &Camera, time_s: f32) {
    let ripple = effects.ripple(ship.id);
    if ship.shield > 0.0 {
        let wake = ripple.map_or(0.0, |t| 1.0 - t);
        let strength = 0.13 + 0.10 * ship.shield + 0.9 * wake;
        let grown = radius * (1.62 + 0.16 * wake);
        let shell = Sprite::round(Kind::Arc, ship.pos, grown, Ink::Light(scene.colours.shield, strength));
        scene.over.sprite(Sprite { parameters: [ship.shield, 0.06 + 0.05 * wake], ..shell });
        if wake > 0.0 {
            scene.over.sprite(Sprite::round(
                Kind::Glow,
                ship.pos,
                radius * 2.4,
                Ink::Light(scene.colours.shield, 0.5 * wake),
            ));
        }
    }
    if ship.protected {
        let pulse = 0.75 + 0.25 * math::unit(time_s * 4.0).y;
        let bubble = Sprite::round(Kind::Bubble, ship.pos, radius * 2.3, Ink::Light(palette::PROTECTED, 0.8 * pulse));
        scene.over.sprite(Sprite { parameters: [time_s, 0.0], ..bubble });
    }
    if ship.hull < 0.995 && !ship.own {
        let width = (radius * 1.5).max(16.0 / camera.pixels_per_unit());
        scene.over.sprite(Sprite {
            pos: ship.pos + Vec2::new(0.0, radius * 2.15),
            half: Vec2::new(width, 2.6f32.max(2.2 / camera.pixels_per_unit())),
            rotation: 0.0,
            kind: Kind::Bar,
            parameters: [ship.hull, ship.shield],
            ink: Ink::Paint([1.0; 3], 0.9),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::scene::tests::ship;
    use shared::defs::ShipClass;

    fn scene_of(change: impl Fn(&mut ShipView), livery: Livery) -> Scene {
        let mut seen = ship(2, Vec2::new(700.0, 0.0));
        change(&mut seen);
        let mut scene = Scene::default();
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        build(
            &mut scene,
            &seen,
            (livery, false),
            &Effects::new(1, &crate::view::looks::Looks::default()),
            &Defs::standard(),
            &camera,
            0.0,
        );
        scene
    }

    fn kinds(scene: &Scene) -> Vec<u8> {
        scene.under.items().iter().chain(scene.over.items()).map(|sprite| sprite[9] as u8).collect()
    }

    #[test]
    fn friend_and_foe_differ_in_colour_and_in_shape() {
        let of = |livery| scene_of(|_| {}, livery).ships.items()[0][4..8].to_vec();
        let (own, person, bot) = (of(Livery::Own), of(Livery::Person), of(Livery::Bot));
        assert!(own[..3] != person[..3] && person[..3] != bot[..3]);
        assert!(own[3] != person[3] && person[3] != bot[3]);
    }

    #[test]
    fn one_of_the_own_team_flies_in_an_open_ring() {
        let arcs = |friend| {
            let (seen, mut scene) = (ship(2, Vec2::new(700.0, 0.0)), Scene::default());
            let (camera, looks) = (Camera::new(Vec2::new(1600.0, 900.0), false), crate::view::looks::Looks::default());
            let effects = Effects::new(1, &looks);
            build(&mut scene, &seen, (Livery::Bot, friend), &effects, &Defs::standard(), &camera, 0.0);
            let colour = scene.ships.items()[0][4..7].to_vec();
            (kinds(&scene).iter().filter(|kind| **kind == Kind::Arc as u8).count(), colour)
        };
        let ((foe, red), (friend, blue)) = (arcs(false), arcs(true));
        assert_eq!(friend, foe + 2);
        assert!(red != blue);
    }

    #[test]
    fn classes_differ_in_shape() {
        let of = |class| scene_of(|ship| ship.class = class, Livery::Bot).ships.items()[0][11];
        let mut shapes: Vec<u8> = ShipClass::ALL.into_iter().map(|class| of(class) as u8).collect();
        shapes.dedup();
        assert_eq!(shapes.len(), ShipClass::COUNT);
    }

    #[test]
    fn an_active_special_is_seen() {
        let drawn = |class, special| {
            let scene = scene_of(|ship| (ship.class, ship.special) = (class, special), Livery::Person);
            (kinds(&scene), scene.ships.items()[0][9].to_bits())
        };
        for class in [ShipClass::Anvil, ShipClass::Prospector, ShipClass::Wraith, ShipClass::Tender] {
            assert_ne!(drawn(class, true), drawn(class, false), "{class:?}");
        }
    }

    #[test]
    fn state_is_seen() {
        let has =
            |change: fn(&mut ShipView), kind: Kind| kinds(&scene_of(change, Livery::Person)).contains(&(kind as u8));
        assert!(!has(|_| {}, Kind::Flame));
        assert!(has(|ship| ship.buttons = Buttons(Buttons::THRUST), Kind::Flame));
        assert!(has(|ship| ship.buttons = Buttons(Buttons::LEFT), Kind::Flame));
        assert!(!has(|_| {}, Kind::Bar));
        assert!(has(|ship| ship.hull = 0.5, Kind::Bar));
        assert!(has(|ship| ship.protected = true, Kind::Bubble));
        assert!(has(|_| {}, Kind::Arc));
        assert!(!has(|ship| ship.shield = 0.0, Kind::Arc));
        assert!(has(|ship| ship.own = true, Kind::Chevron));
        assert!(!has(|_| {}, Kind::Ring));
        assert!(has(|ship| ship.charging = true, Kind::Ring));
    }
}
