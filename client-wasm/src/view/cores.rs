//! The cores of two teams, and who is a friend. Invariant: friend and foe differ in shape as well as in colour: the own
//! core is round in open rings, the enemy's bristles; a core is as large as it is in the game's tables.

use glam::Vec2;
use shared::{
    defs::{Defs, Team},
    ids::PlayerId,
    math,
    replica::view::CoreView,
};

use super::{
    palette::{self, Rgb},
    scene::{Ingredients, Scene},
    sprite::{Ink, Kind, Sprite},
};

/// The team whose side one is on: the own one; who only looks on is with the first.
#[must_use]
pub fn side(defs: &Defs, own: Option<PlayerId>) -> Option<Team> {
    defs.mode.teams.then(|| own.map_or(Team::Dawn, Team::of))
}

/// Whether a pilot is on that side.
#[must_use]
pub fn is_friend(defs: &Defs, own: Option<PlayerId>, player: PlayerId) -> bool {
    side(defs, own).is_some_and(|side| Team::of(player) == side)
}

/// Adds the cores in sight.
pub fn build(scene: &mut Scene, from: &Ingredients<'_>) {
    let (Some(cores), Some(def)) = (from.view.cores, &from.defs.arena.core) else { return };
    let side = side(from.defs, from.own);
    for core in cores.iter().filter(|core| from.camera.sees(core.pos, def.dock_reach + 40.0)) {
        let friend = Some(core.team) == side;
        let colour = if friend { scene.colours.friend } else { scene.colours.bot };
        if friend {
            // Within this one unloads.
            let ring = Sprite::round(Kind::Ring, core.pos, def.dock_reach, Ink::Light(colour, 0.22));
            scene.under.sprite(Sprite { parameters: [0.012, 0.0], ..ring });
        }
        body(scene, core, def.radius, (colour, friend), from.time_s);
    }
}

fn body(scene: &mut Scene, core: &CoreView, radius: f32, (colour, friend): (Rgb, bool), time_s: f32) {
    let whole = core.hull > 0.0;
    let pulse = 0.8 + 0.2 * math::unit(time_s * if core.hull < 0.3 { 7.0 } else { 1.7 }).y;
    let light = if whole { colour } else { palette::FLAME };
    scene.under.sprite(Sprite::round(Kind::Glow, core.pos, radius * 2.6, Ink::Light(light, 0.42 * pulse)));
    spokes(scene, core.pos, radius, (colour, friend), time_s);
    scene.under.sprite(Sprite::round(Kind::Disc, core.pos, radius * 0.94, Ink::Paint([0.05, 0.06, 0.10], 1.0)));
    for (size, thickness, strength) in [(1.0, 0.07, 0.75), (0.68, 0.03, 0.4)] {
        let ring = Sprite::round(Kind::Ring, core.pos, radius * size, Ink::Light(colour, strength));
        scene.under.sprite(Sprite { parameters: [thickness, 0.0], ..ring });
    }
    // What it still takes, as an arc inside the rim.
    let arc = Sprite::round(Kind::Arc, core.pos, radius * 0.86, Ink::Light(palette::mix(colour, [1.0; 3], 0.2), 0.8));
    scene.under.sprite(Sprite { parameters: [core.hull.max(0.001), 0.09], ..arc });
    if whole {
        let heart = radius * (0.24 + 0.20 * core.hull) * (0.92 + 0.08 * pulse);
        scene.under.sprite(Sprite::round(Kind::Glow, core.pos, heart * 2.6, Ink::Light(colour, 0.5 * pulse)));
        scene.under.sprite(Sprite::round(
            Kind::Disc,
            core.pos,
            heart,
            Ink::Light(palette::mix(colour, [1.0; 3], 0.25), 0.5),
        ));
    } else {
        for number in 0..5 {
            let at = core.pos + math::unit(time_s * 0.3 + number as f32 * 1.257) * radius * 0.5;
            scene.under.sprite(Sprite::round(Kind::Glow, at, radius * 0.5, Ink::Light(palette::FLAME, 0.8 * pulse)));
        }
    }
}

/// What stands around a core: open arcs around the own one, spikes around the enemy's.
fn spokes(scene: &mut Scene, pos: Vec2, radius: f32, (colour, friend): (Rgb, bool), time_s: f32) {
    for number in 0..6 {
        let turn = time_s * 0.12 + number as f32 * math::TAU / 6.0;
        if !friend {
            let at = pos + math::unit(turn) * radius * 1.10;
            let spike = Sprite::round(Kind::Shard, at, radius * 0.30, Ink::Light(colour, 0.9));
            scene.under.sprite(Sprite { rotation: turn, ..spike });
        } else if number % 2 == 0 {
            let arc = Sprite::round(Kind::Arc, pos, radius * 1.24, Ink::Light(colour, 0.8));
            scene.under.sprite(Sprite { rotation: turn, parameters: [0.2, 0.035], ..arc });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        input::touch::Touch,
        view::{Camera, Effects, looks::Looks},
    };
    use shared::{
        defs::{GameMode, Terms},
        replica::view::View,
    };

    fn shapes(own: u16) -> [Vec<u8>; 2] {
        let defs = Defs::of(Terms::of(GameMode::CoreWar));
        let at = [Vec2::ZERO, Vec2::new(9_000.0, 0.0)];
        Team::ALL.map(|near| {
            let cores = Team::ALL.map(|team| CoreView { team, pos: at[usize::from(team != near)], hull: 0.5 });
            let view = View { cores: Some(cores), ..View::default() };
            let looks = Looks::default();
            let mut camera = Camera::new(Vec2::new(1_600.0, 900.0), false);
            camera.hold(Vec2::ZERO);
            let mut scene = Scene::default();
            let from = Ingredients {
                view: &view,
                defs: &defs,
                camera: &camera,
                effects: &Effects::new(1, &looks),
                touch: &Touch::default(),
                leader: None,
                own: Some(PlayerId(own)),
                time_s: 0.0,
                looks: &looks,
                guide: None,
                ghosts: (false, false),
            };
            build(&mut scene, &from);
            scene.under.items().iter().map(|sprite| sprite[9] as u8).collect()
        })
    }

    #[test]
    fn the_enemys_core_bristles_and_the_own_one_does_not() {
        let has = |shapes: &[u8]| shapes.contains(&(Kind::Shard as u8));
        let [dawn, dusk] = shapes(0);
        assert!(!has(&dawn) && has(&dusk), "of Dawn");
        let [dawn, dusk] = shapes(1);
        assert!(has(&dawn) && !has(&dusk), "of Dusk");
    }

    #[test]
    fn friends_are_those_of_the_own_team_and_drift_has_none() {
        let war = Defs::of(Terms::of(GameMode::CoreWar));
        assert!(is_friend(&war, Some(PlayerId(1)), PlayerId(3)) && !is_friend(&war, Some(PlayerId(1)), PlayerId(2)));
        assert!(is_friend(&war, None, PlayerId(2)), "who looks on is with Dawn");
        assert!(!is_friend(&Defs::standard(), Some(PlayerId(1)), PlayerId(3)));
    }
}
