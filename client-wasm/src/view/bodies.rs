//! Rocks, pickups and shots. Invariant: a rock's looks come from its id alone, so it is the same rock in every
//! frame and for every player.

use glam::Vec2;
use shared::{
    defs::PickupKind,
    math,
    replica::view::{PickupView, RockId, RockView, ShotView},
};

use super::{
    Camera,
    cosmetic::look,
    palette::{self, Rgb},
    scene::Scene,
    sprite::{Ink, Kind, Sprite},
};

/// Colour of a pickup.
#[must_use]
pub fn pickup_colour(kind: PickupKind) -> Rgb {
    match kind {
        PickupKind::Ore => palette::ORE,
        PickupKind::Repair => palette::REPAIR,
        PickupKind::Charge => palette::CHARGE,
    }
}

fn rock_key(id: RockId) -> u32 {
    match id {
        RockId::Belt(slot) => u32::from(slot),
        RockId::Loose(body) => 0x1_0000 | u32::from(body.0),
    }
}

/// Adds a rock. Layout, 8 floats: centre, radius (u), rotation (rad) · seed, hull, tint, free.
pub fn rock(scene: &mut Scene, rock: &RockView) {
    let key = rock_key(rock.id);
    let radius = rock.size.def().radius;
    scene.rocks.push([
        rock.pos.x,
        rock.pos.y,
        radius,
        rock.spin_rad,
        look(key) * 97.0,
        rock.hull,
        look(key ^ 0xA5A5),
        0.0,
    ]);
}

/// Adds a pickup: light below, shape above.
pub fn pickup(scene: &mut Scene, pickup: &PickupView, time_s: f32) {
    let blink = if pickup.fading { 0.35 + 0.65 * (math::unit(time_s * 14.0).y * 0.5 + 0.5) } else { 1.0 };
    let phase = look(u32::from(pickup.id.0)) * math::TAU;
    let colour = pickup_colour(pickup.kind);
    let bob = math::unit(time_s * 1.7 + phase).y * 1.5;
    let pos = pickup.pos + Vec2::new(0.0, bob);
    let (kind, radius, rotation) = match pickup.kind {
        PickupKind::Ore => (Kind::Gem, 10.0, time_s * 0.8 + phase),
        PickupKind::Repair => (Kind::Cross, 12.0, 0.0),
        PickupKind::Charge => (Kind::Bolt, 12.0, 0.0),
    };
    scene.under.sprite(Sprite::round(Kind::Glow, pos, radius * 2.6, Ink::Light(colour, 0.34 * blink)));
    scene.under.sprite(Sprite {
        rotation,
        parameters: [phase, 0.0],
        ..Sprite::round(kind, pos, radius, Ink::Paint(colour, blink))
    });
}

/// Adds a shot: a streak along its motion in the frame of the arena, with light around its head.
pub fn shot(scene: &mut Scene, shot: &ShotView, camera: &Camera) {
    let colour = if shot.own { palette::OWN } else { palette::FLAME };
    // Never thinner than two pixels, or it flickers on small screens.
    let thin = 3.4f32.max(2.0 / camera.pixels_per_unit());
    let length = 19.0;
    let way = shot.vel.normalize_or_zero();
    let rotation = math::angle_of(shot.vel);
    scene.over.sprite(Sprite {
        pos: shot.pos - way * length * 0.6,
        half: Vec2::new(length, thin),
        rotation,
        kind: Kind::Streak,
        parameters: [0.0; 2],
        ink: Ink::Light(colour, 1.5 * shot.opacity),
    });
    scene.over.sprite(Sprite::round(Kind::Glow, shot.pos, 15.0, Ink::Light(colour, 0.42 * shot.opacity)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{defs::RockSize, ids::BodyId};

    #[test]
    fn rocks_differ_from_each_other_and_not_from_themselves() {
        let floats = |id, spin_rad| {
            let mut scene = Scene::default();
            rock(&mut scene, &RockView { id, size: RockSize::Medium, pos: Vec2::ZERO, spin_rad, hull: 1.0 });
            scene.rocks.items()[0]
        };
        assert_eq!(floats(RockId::Belt(4), 0.0)[4], floats(RockId::Belt(4), 2.0)[4]);
        assert_ne!(floats(RockId::Belt(4), 0.0)[4], floats(RockId::Belt(5), 0.0)[4]);
        assert_ne!(floats(RockId::Belt(4), 0.0)[4], floats(RockId::Loose(BodyId(4)), 0.0)[4]);
    }

    #[test]
    fn a_fading_pickup_blinks_and_each_kind_has_its_shape() {
        let draw = |kind, fading, time| {
            let mut scene = Scene::default();
            pickup(&mut scene, &PickupView { id: BodyId(1), kind, pos: Vec2::ZERO, fading }, time);
            scene.under.items()[1]
        };
        let alpha = |time| draw(PickupKind::Ore, true, time)[7];
        assert!((0..20).any(|i| alpha(i as f32 * 0.05) < 0.5) && (0..20).any(|i| alpha(i as f32 * 0.05) > 0.9));
        let shapes: Vec<_> = PickupKind::ALL.iter().map(|kind| draw(*kind, false, 0.0)[9]).collect();
        assert!(shapes[0] != shapes[1] && shapes[1] != shapes[2] && shapes[0] != shapes[2]);
    }
}
