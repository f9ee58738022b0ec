//! Rocks, pickups and shots. Invariant: a rock's looks come from its id alone, so it is the same rock in every
//! frame and for every player.

use glam::Vec2;
use shared::{
    defs::{PickupKind, WeaponKind},
    ids::PlayerId,
    math,
    replica::view::{BeamKind, BeamView, PickupView, RockId, RockView, ShotView},
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
        PickupKind::Mine => palette::DANGER,
        PickupKind::Overshield => palette::SHIELD,
        PickupKind::Multifire => palette::FLAME,
        PickupKind::Repel => palette::PROTECTED,
        PickupKind::Decoy => palette::MOUTH,
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

/// Adds a mine: a body with spikes, and a light that beats; the own ones are calm and of the own colour.
fn mine(scene: &mut Scene, mine: &PickupView, own: bool, time_s: f32) {
    let phase = look(u32::from(mine.id.0)) * math::TAU;
    let beat = (math::unit(time_s * if own { 3.0 } else { 9.0 } + phase).y * 0.5 + 0.5).powi(3);
    let colour = if own { scene.colours.own } else { scene.colours.danger };
    scene.under.sprite(Sprite::round(Kind::Glow, mine.pos, 34.0, Ink::Light(colour, 0.16 + 0.3 * beat)));
    for spike in 0..3 {
        let rotation = time_s * 0.5 + phase + spike as f32 * math::TAU / 3.0;
        let shape = Sprite::round(Kind::Shard, mine.pos, 13.0, Ink::Paint([0.16, 0.17, 0.22], 1.0));
        scene.under.sprite(Sprite { rotation, ..shape });
    }
    scene.under.sprite(Sprite::round(Kind::Disc, mine.pos, 6.5, Ink::Paint([0.10, 0.11, 0.15], 1.0)));
    let ring = Sprite::round(Kind::Ring, mine.pos, 11.0, Ink::Light(colour, 0.7));
    scene.under.sprite(Sprite { parameters: [0.14, 0.0], ..ring });
    scene.under.sprite(Sprite::round(Kind::Disc, mine.pos, 3.2, Ink::Light(colour, 0.5 + beat)));
    if !own {
        let reach = Sprite::round(Kind::Ring, mine.pos, 60.0, Ink::Light(colour, 0.10 + 0.10 * beat));
        scene.under.sprite(Sprite { parameters: [0.03, 0.0], ..reach });
    }
}

/// Adds a small star: dark in the middle, and rings that fall into it.
pub fn well(scene: &mut Scene, pos: Vec2, time_s: f32) {
    scene.under.sprite(Sprite::round(Kind::Glow, pos, 210.0, Ink::Light(palette::WELL, 0.30)));
    for number in 0..4 {
        let fallen = (time_s * 0.7 + number as f32 * 0.25).fract();
        let radius = 260.0 * (1.0 - fallen) + 14.0;
        let ring = Sprite::round(Kind::Ring, pos, radius, Ink::Light(palette::WELL, 0.5 * fallen));
        scene.under.sprite(Sprite { parameters: [0.02 + 0.05 * fallen, 0.0], ..ring });
    }
    scene.under.sprite(Sprite::round(Kind::Disc, pos, 15.0, Ink::Paint([0.01, 0.0, 0.03], 1.0)));
    let rim = Sprite::round(Kind::Ring, pos, 17.0, Ink::Light(palette::mix(palette::WELL, [1.0; 3], 0.4), 1.2));
    scene.under.sprite(Sprite { parameters: [0.16, 0.0], ..rim });
}

/// Adds the push of a repel: rings that fly out of it.
pub fn push(scene: &mut Scene, pos: Vec2, time_s: f32) {
    scene.over.sprite(Sprite::round(Kind::Glow, pos, 230.0, Ink::Light(palette::PROTECTED, 0.5)));
    for number in 0..3 {
        let flown = (time_s * 2.5 + number as f32 / 3.0).fract();
        let ring =
            Sprite::round(Kind::Ring, pos, 30.0 + 330.0 * flown, Ink::Light(palette::PROTECTED, 1.1 * (1.0 - flown)));
        scene.over.sprite(Sprite { parameters: [0.05 * (1.0 - flown) + 0.01, 0.0], ..ring });
    }
}

/// Adds a beam that is on, and the light where it ends.
pub fn beam(scene: &mut Scene, beam: &BeamView, time_s: f32) {
    let (middle, way) = ((beam.from + beam.to) * 0.5, beam.to - beam.from);
    let colour = match beam.kind {
        BeamKind::Tows { taut } => return tow_line(scene, beam, taut, time_s),
        BeamKind::Mends => scene.colours.repair,
        BeamKind::Cuts => palette::FLAME,
    };
    let flicker = 0.8 + 0.2 * math::unit(time_s * 47.0).y;
    if way.length() > 1.0 {
        for (width, strength) in [(9.0, 0.5), (3.5, 1.4)] {
            scene.over.sprite(Sprite {
                pos: middle,
                half: Vec2::new(way.length() * 0.5, width),
                rotation: math::angle_of(way),
                kind: Kind::Beam,
                parameters: [0.15, 0.0],
                ink: Ink::Light(colour, strength * flicker),
            });
        }
    }
    if beam.strikes {
        let light = Sprite::round(Kind::Glow, beam.to, 30.0 * flicker, Ink::Light(colour, 0.9));
        scene.over.sprite(light);
    }
}

/// Parts of a line that hangs loose.
const SAG_PARTS: u8 = 6;
/// How far it sags, as a share of its length.
const SAG: f32 = 0.12;

/// Adds a tow line: straight and bright while it pulls, sagging to and fro while it does not, with a clamp at its end.
fn tow_line(scene: &mut Scene, line: &BeamView, taut: bool, time_s: f32) {
    let way = line.to - line.from;
    let (parts, sag, strength) = if taut { (1, 0.0, 1.5) } else { (SAG_PARTS, SAG * math::unit(time_s * 1.9).y, 0.8) };
    let at = |part: u8| {
        let share = f32::from(part) / f32::from(parts);
        line.from + way * share + way.perp() * (sag * 4.0 * share * (1.0 - share))
    };
    for part in 0..parts {
        let (from, to) = (at(part), at(part + 1));
        let along = to - from;
        scene.over.sprite(Sprite {
            pos: (from + to) * 0.5,
            half: Vec2::new(along.length() * 0.5, if taut { 3.2 } else { 2.4 }),
            rotation: math::angle_of(along),
            kind: Kind::Beam,
            parameters: [0.3, 0.0],
            ink: Ink::Light(palette::MOUTH, strength),
        });
    }
    let clamp = Sprite::round(Kind::Ring, line.to, if taut { 11.0 } else { 9.0 }, Ink::Light(palette::MOUTH, 1.2));
    scene.over.sprite(Sprite { parameters: [0.2, 0.0], ..clamp });
}

/// Adds a pickup: light below, shape above.
pub fn pickup(scene: &mut Scene, pickup: &PickupView, own: Option<PlayerId>, time_s: f32) {
    if pickup.kind == PickupKind::Mine {
        return mine(scene, pickup, pickup.owner.is_some() && pickup.owner == own, time_s);
    }
    let blink = if pickup.fading { 0.35 + 0.65 * (math::unit(time_s * 14.0).y * 0.5 + 0.5) } else { 1.0 };
    let phase = look(u32::from(pickup.id.0)) * math::TAU;
    let colour = pickup_colour(pickup.kind);
    let bob = math::unit(time_s * 1.7 + phase).y * 1.5;
    let pos = pickup.pos + Vec2::new(0.0, bob);
    let (kind, radius, rotation) = match pickup.kind {
        PickupKind::Ore => (Kind::Gem, 10.0, time_s * 0.8 + phase),
        PickupKind::Repair => (Kind::Cross, 12.0, 0.0),
        PickupKind::Charge | PickupKind::Mine => (Kind::Bolt, 12.0, 0.0),
        PickupKind::Overshield => (Kind::Shell, 14.0, 0.0),
        PickupKind::Multifire => (Kind::Bars, 14.0, 0.0),
        PickupKind::Repel => (Kind::Wheel, 14.0, 0.0),
        PickupKind::Decoy => (Kind::Twins, 14.0, 0.0),
    };
    if PickupKind::RARE.contains(&pickup.kind) {
        // What is rare is seen from afar: a ring that turns around it.
        let ring = Sprite::round(Kind::Arc, pos, 22.0 + bob, Ink::Light(colour, 0.75 * blink));
        scene.under.sprite(Sprite { rotation: time_s * 1.3 + phase, parameters: [0.3, 0.05], ..ring });
    }
    scene.under.sprite(Sprite::round(Kind::Glow, pos, radius * 2.6, Ink::Light(colour, 0.34 * blink)));
    scene.under.sprite(Sprite {
        rotation,
        parameters: [phase, 0.0],
        ..Sprite::round(kind, pos, radius, Ink::Paint(colour, blink))
    });
}

/// Adds a shot: a streak along its motion in the frame of the arena, with light around its head.
pub fn shot(scene: &mut Scene, shot: &ShotView, friend: bool, camera: &Camera) {
    let colour = match (shot.own, friend) {
        (true, _) => scene.colours.own,
        (false, true) => scene.colours.friend,
        (false, false) => scene.colours.fire,
    };
    // Never thinner than two pixels, or it flickers on small screens.
    let size = shot_size(shot.weapon);
    let thin = (3.4 * size).max(2.0 / camera.pixels_per_unit());
    let length = 19.0 * size.sqrt();
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
    scene.over.sprite(Sprite::round(Kind::Glow, shot.pos, 15.0 * size, Ink::Light(colour, 0.42 * shot.opacity)));
}

/// How large a shot is drawn, against a pulse.
fn shot_size(weapon: WeaponKind) -> f32 {
    match weapon {
        WeaponKind::Torpedo => 2.6,
        WeaponKind::Broadside => 1.35,
        WeaponKind::Shards | WeaponKind::Turret => 1.15,
        WeaponKind::Scatter => 0.8,
        WeaponKind::Light => 0.85,
        WeaponKind::Pulse | WeaponKind::Twin | WeaponKind::Rail | WeaponKind::Beam | WeaponKind::Mine => 1.0,
    }
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
            pickup(&mut scene, &PickupView { id: BodyId(1), kind, pos: Vec2::ZERO, fading, owner: None }, None, time);
            // The last one is the shape; before it is light.
            *scene.under.items().last().unwrap()
        };
        let alpha = |time| draw(PickupKind::Ore, true, time)[7];
        assert!((0..20).any(|i| alpha(i as f32 * 0.05) < 0.5) && (0..20).any(|i| alpha(i as f32 * 0.05) > 0.9));
        let shapes: Vec<_> = PickupKind::ALL.iter().map(|kind| draw(*kind, false, 0.0)[9]).collect();
        for (index, shape) in shapes.iter().enumerate() {
            assert!(!shapes[..index].contains(shape), "{:?} looks like another", PickupKind::ALL[index]);
        }
    }
}
