//! The mouths of the wormhole, and where they come next. Invariant: a mouth is as large as it is in the game's tables,
//! so whoever touches the dark touches the way through.

use glam::Vec2;
use shared::{
    defs::Defs,
    math,
    replica::view::{MouthView, View},
    tick::TICK_HZ,
};

use super::{
    Camera, palette,
    scene::Scene,
    sprite::{Ink, Kind, Sprite},
};

/// Arms of the swirl, each farther in and faster than the one before.
const ARMS: [(f32, f32, f32); 5] =
    [(1.45, 0.5, 0.30), (1.22, -0.8, 0.42), (1.02, 1.3, 0.38), (0.78, 2.1, 0.30), (0.5, 3.4, 0.26)];
/// Light is drawn this far around a mouth, in its radii.
const HALO: f32 = 3.4;

/// Adds both mouths and what is announced, where they are on the screen.
pub fn build(scene: &mut Scene, view: &View, defs: &Defs, camera: &Camera, time_s: f32) {
    let def = &defs.arena.wormhole;
    let warned_s = def.warn_ticks as f32 / TICK_HZ as f32;
    for MouthView { pos, coming } in view.mouths.into_iter().flatten() {
        let left = coming.map(|(_, left_s)| left_s / warned_s);
        if camera.sees(pos, def.radius * HALO) {
            mouth(scene, pos, def.radius, left, time_s);
        }
        if let Some((next, left_s)) = coming
            && camera.sees(next, def.radius * HALO)
        {
            announced(scene, next, def.radius, left_s / warned_s, time_s);
        }
    }
}

/// A dark hole in a swirl of light. One that is about to move flickers, and a ring around it runs out.
fn mouth(scene: &mut Scene, pos: Vec2, radius: f32, left: Option<f32>, time_s: f32) {
    let flicker = if left.is_some() { 0.65 + 0.35 * math::unit(time_s * 9.0).y } else { 1.0 };
    let light = |strength: f32| Ink::Light(palette::MOUTH, strength * flicker);
    scene.under.sprite(Sprite::round(Kind::Glow, pos, radius * HALO, light(0.55)));
    scene.under.sprite(Sprite::round(Kind::Disc, pos, radius, Ink::Paint([0.01, 0.0, 0.02], 0.94)));
    for (size, speed, share) in ARMS {
        for side in [0.0, 0.5] {
            let arm = Sprite::round(Kind::Arc, pos, radius * size, light(0.85));
            let rotation = -time_s * speed + side * math::TAU + size * 7.0;
            scene.under.sprite(Sprite { rotation, parameters: [share, 0.05 + 0.03 / size], ..arm });
        }
    }
    // Dust that spirals in.
    for grain in 0..10 {
        let fallen = (time_s * 0.55 + grain as f32 * 0.1).fract();
        let turn = grain as f32 * 2.4 + fallen * fallen * 5.0 - time_s * 0.4;
        let at = pos + math::unit(turn) * (radius * (1.0 - fallen) * 2.0 + 4.0);
        scene.under.sprite(Sprite::round(Kind::Disc, at, 1.7, light(0.9 * fallen)));
    }
    if let Some(left) = left {
        countdown(scene, pos, radius * 1.75, left, 0.55);
    }
}

/// Where a mouth opens soon: a ring of light that closes to its size while the time runs out.
fn announced(scene: &mut Scene, pos: Vec2, radius: f32, left: f32, time_s: f32) {
    let pulse = 0.6 + 0.4 * math::unit(time_s * 7.0).y;
    scene.under.sprite(Sprite::round(Kind::Glow, pos, radius * 2.4, Ink::Light(palette::MOUTH, 0.22 * pulse)));
    let rim = Sprite::round(Kind::Ring, pos, radius, Ink::Light(palette::MOUTH, 0.55 * pulse));
    scene.under.sprite(Sprite { parameters: [0.035, 0.0], ..rim });
    let closing = Sprite::round(Kind::Ring, pos, radius * (1.0 + 2.0 * left), Ink::Light(palette::MOUTH, 0.35));
    scene.under.sprite(Sprite { parameters: [0.02, 0.0], ..closing });
    for side in 0..4 {
        let way = math::unit(side as f32 * math::TAU * 0.25 + time_s * 0.6);
        let mark = Sprite::round(
            Kind::Chevron,
            pos + way * radius * (1.35 + 0.12 * pulse),
            7.0,
            Ink::Light(palette::MOUTH, 0.8),
        );
        scene.under.sprite(Sprite { rotation: math::angle_of(-way), ..mark });
    }
    countdown(scene, pos, radius * 0.72, left, 1.2);
}

/// A ring that runs out: all of it is the whole warning.
fn countdown(scene: &mut Scene, pos: Vec2, radius: f32, left: f32, strength: f32) {
    let ring = Sprite::round(Kind::Arc, pos, radius, Ink::Light(palette::mix(palette::MOUTH, [1.0; 3], 0.4), strength));
    scene.under.sprite(Sprite { parameters: [left.clamp(0.0, 1.0), 0.08], ..ring });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(mouths: [MouthView; 2]) -> Vec<[f32; 12]> {
        let mut camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        camera.follow(Vec2::ZERO, Vec2::ZERO, 0.0);
        let mut scene = Scene::default();
        build(&mut scene, &View { mouths: Some(mouths), ..View::default() }, &Defs::standard(), &camera, 1.0);
        scene.under.items().to_vec()
    }

    #[test]
    fn a_mouth_is_as_large_as_it_takes_ships_and_one_out_of_sight_costs_nothing() {
        let here = MouthView { pos: Vec2::ZERO, coming: None };
        let away = MouthView { pos: Vec2::new(3_000.0, 0.0), coming: None };
        let items = drawn([here, away]);
        let dark: Vec<_> = items.iter().filter(|item| item[7] > 0.5).collect();
        assert_eq!((dark.len(), dark[0][2]), (1, Defs::standard().arena.wormhole.radius));
        assert!(drawn([away, away]).is_empty());
    }

    #[test]
    fn what_is_announced_counts_down_where_it_will_be() {
        let away = MouthView { pos: Vec2::new(3_000.0, 0.0), coming: None };
        let shares = |left_s| {
            let coming = MouthView { coming: Some((Vec2::new(100.0, 50.0), left_s)), ..away };
            let items = drawn([away, coming]);
            assert!(items.iter().all(|item| Vec2::new(item[0], item[1]).distance(Vec2::new(100.0, 50.0)) < 90.0));
            items.iter().filter(|item| item[9] == f32::from(Kind::Arc as u8)).map(|item| item[10]).collect::<Vec<_>>()
        };
        assert_eq!((shares(10.0), shares(2.5)), (vec![1.0], vec![0.25]));
    }
}
