//! What should be heard: sounds of what happens, the own engine, and [`music`] under them. Invariant: plain decisions; the
//! browser's sound is in `platform/speaker`. At most [`CUES_MAX`] sounds begin in one frame, and at most [`VOICES_MAX`] of them
//! are heard at once.

pub mod music;

use glam::Vec2;
use shared::{
    defs::{PickupKind, ShipClass, WeaponKind},
    ids::ShipId,
    replica::view::{BeamKind, ShipView, View, ViewEvent},
    sim::{Buttons, WellKind},
};

use crate::view::Camera;
use music::Music;

/// Sounds that may begin in one frame; the rest is not heard.
pub const CUES_MAX: usize = 6;
/// Sounds that may be heard at once: in a battle of forty ships more are noise, and too loud together.
pub const VOICES_MAX: usize = 24;
/// Of these the last are for what matters: own deeds, and what is loud where one is.
const VOICES_USUAL: usize = 16;
/// A sound this loud matters.
const MATTERS: f32 = 0.4;
/// Farther than this from the middle of the picture nothing is heard, u.
const EARSHOT: f32 = 1_300.0;
/// From one crackle of a beam to the next, s.
const SIZZLE_S: f32 = 0.1;
/// The step of the streak whose sound says "well done".
const PRAISE: u8 = 9;
/// How exciting it is to be struck, to strike, and to see somebody go down near by.
const STRUCK: f32 = 0.3;
const STRIKES: f32 = 0.15;
const SEES_FALL: f32 = 0.3;
/// Ore collected within this time of the last rises in pitch, s.
const STREAK_S: f32 = 1.6;

/// A kind of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// A bolt or a volley of them.
    Shot(WeaponKind),
    /// A special begins.
    Special,
    /// A tow line takes hold.
    Line,
    /// A rail begins to charge.
    Charge,
    /// A ray.
    Rail,
    /// A beam, for a moment.
    Sizzle,
    /// A hull or shield is struck.
    Hit,
    /// A rock is struck.
    Chip,
    /// A rock breaks.
    Crumble,
    /// A ship is gone.
    Explosion,
    /// Something collected; the pitch rises with the streak.
    Collect(u8),
    /// The own ship appears.
    Launch,
    /// Something rare comes aboard.
    Boon,
    /// A repel pushes.
    Repel,
    /// A ship goes through the wormhole.
    Leap,
    /// The own ship touches something.
    Bump,
}

impl Sound {
    /// For about how long it is heard, s.
    fn length_s(self) -> f32 {
        match self {
            Sound::Explosion => 1.1,
            Sound::Leap | Sound::Shot(WeaponKind::Torpedo) => 0.6,
            Sound::Rail | Sound::Crumble | Sound::Repel => 0.5,
            Sound::Launch | Sound::Boon | Sound::Line | Sound::Charge | Sound::Shot(WeaponKind::Broadside) => 0.4,
            Sound::Special => 0.3,
            Sound::Shot(_) | Sound::Sizzle | Sound::Hit | Sound::Chip | Sound::Collect(_) | Sound::Bump => 0.15,
        }
    }
}

/// A sound that begins now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cue {
    /// Which.
    pub sound: Sound,
    /// Loudness, 0..1.
    pub gain: f32,
    /// Left to right, -1..1.
    pub pan: f32,
}

/// Decides.
#[derive(Debug, Default)]
pub struct Audio {
    cues: Vec<Cue>,
    /// What still sounds, s of each.
    voices: Vec<f32>,
    /// Ships that were charging in the last frame.
    charging: Vec<ShipId>,
    /// …and those whose special was active.
    special: Vec<ShipId>,
    /// …and those that had something in tow.
    towing: Vec<ShipId>,
    /// Where repels pushed in it.
    pushes: Vec<Vec2>,
    hum: f32,
    sizzle_s: f32,
    streak: u8,
    since_collect_s: f32,
    praised: bool,
    music: Music,
}

impl Audio {
    /// With music of its own for this seed.
    #[must_use]
    pub fn new(seed: u64) -> Audio {
        Audio { music: Music::new(seed), ..Audio::default() }
    }

    /// A lesson was passed, or a round won: the next frame says so.
    pub fn praise(&mut self) {
        self.praised = true;
    }

    /// Takes one frame. `fresh` is false when nothing may begin in it: its events were already taken, or are too many to
    /// be heard.
    pub fn update(&mut self, view: &View, camera: &Camera, fresh: bool, dt_s: f32) {
        self.cues.clear();
        self.music.update(dt_s);
        self.voices.iter_mut().for_each(|left| *left -= dt_s);
        self.voices.retain(|left| *left > 0.0);
        if std::mem::take(&mut self.praised) {
            self.cues.push(Cue { sound: Sound::Collect(PRAISE), gain: 0.8, pan: 0.0 });
        }
        self.since_collect_s += dt_s;
        if self.since_collect_s > STREAK_S {
            self.streak = 0;
        }
        let own = view.own_ship();
        self.hum = own.map_or(0.0, |own| match (own.buttons.any(Buttons::THRUST), own.buttons.any(Buttons::BOOST)) {
            (_, true) => 1.0,
            (true, false) => 0.6,
            (false, false) => 0.0,
        });
        // A beam shows as a charge, too, and sizzles instead.
        let sizzling = || view.beams.iter().filter(|beam| !matches!(beam.kind, BeamKind::Tows { .. }));
        self.sizzle_s = if sizzling().next().is_none() { SIZZLE_S } else { self.sizzle_s + dt_s };
        if fresh && self.sizzle_s >= SIZZLE_S {
            self.sizzle_s = 0.0;
            sizzling().for_each(|beam| self.cue(Sound::Sizzle, beam.to, 0.4, camera));
        }
        let charges = |ship: &&ShipView| ship.charging && ship.class != ShipClass::Prospector;
        for ship in view.ships.iter().filter(charges).filter(|_| fresh) {
            if !self.charging.contains(&ship.id) {
                self.cue(Sound::Charge, ship.pos, if ship.own { 0.4 } else { 0.6 }, camera);
            }
        }
        self.charging.clear();
        self.charging.extend(view.ships.iter().filter(charges).map(|ship| ship.id));
        for ship in view.ships.iter().filter(|ship| fresh && ship.special) {
            if !self.special.contains(&ship.id) {
                self.cue(Sound::Special, ship.pos, if ship.own { 0.45 } else { 0.3 }, camera);
            }
        }
        self.special.clear();
        self.special.extend(view.ships.iter().filter(|ship| ship.special).map(|ship| ship.id));
        for ship in view.ships.iter().filter(|ship| fresh && ship.line.is_some()) {
            if !self.towing.contains(&ship.id) {
                self.cue(Sound::Line, ship.pos, if ship.own { 0.6 } else { 0.5 }, camera);
            }
        }
        self.towing.clear();
        self.towing.extend(view.ships.iter().filter(|ship| ship.line.is_some()).map(|ship| ship.id));
        let pushes = || view.wells.iter().filter(|(_, kind)| *kind == WellKind::Push).map(|(pos, _)| *pos);
        for pos in pushes().filter(|_| fresh) {
            if !self.pushes.contains(&pos) {
                self.cue(Sound::Repel, pos, 0.9, camera);
            }
        }
        self.pushes.clear();
        self.pushes.extend(pushes());
        for event in view.events.iter().filter(|_| fresh) {
            self.event(event, camera);
        }
    }

    /// What begins now.
    #[must_use]
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// How loud the own engine is, 0..1.
    #[must_use]
    pub fn hum(&self) -> f32 {
        self.hum
    }

    /// The picture stands still, or flies by: so does the engine.
    pub fn rest_engine(&mut self) {
        self.hum = 0.0;
    }

    /// What plays under it.
    pub fn music_mut(&mut self) -> &mut Music {
        &mut self.music
    }

    fn event(&mut self, event: &ViewEvent, camera: &Camera) {
        self.excite(event, camera);
        match *event {
            ViewEvent::Fired { pos, own, weapon, .. } => {
                self.cue(Sound::Shot(weapon), pos, if own { 0.5 } else { 0.32 }, camera);
            }
            ViewEvent::Collected { pos, kind: PickupKind::Mine, .. } => self.cue(Sound::Explosion, pos, 0.7, camera),
            ViewEvent::Beam { from, to, struck, own, .. } => {
                self.cue(Sound::Rail, from, if own { 0.7 } else { 0.8 }, camera);
                if struck {
                    self.cue(Sound::Hit, to, 0.6, camera);
                }
            }
            ViewEvent::Struck { pos, ship: Some(_), .. } => self.cue(Sound::Hit, pos, 0.55, camera),
            ViewEvent::Struck { pos, ship: None, .. } => self.cue(Sound::Chip, pos, 0.3, camera),
            ViewEvent::Destroyed { pos, .. } => self.cue(Sound::Explosion, pos, 1.0, camera),
            ViewEvent::Dissolved { pos, .. } => self.cue(Sound::Sizzle, pos, 0.6, camera),
            ViewEvent::RockBroken { pos, .. } => self.cue(Sound::Crumble, pos, 0.6, camera),
            ViewEvent::Collected { pos, kind, own: true } if PickupKind::RARE.contains(&kind) => {
                self.cue(Sound::Boon, pos, 0.7, camera);
            }
            ViewEvent::Collected { pos, kind, own: true } => {
                self.streak = if kind == PickupKind::Ore { (self.streak + 1).min(12) } else { 0 };
                self.since_collect_s = 0.0;
                self.cue(Sound::Collect(self.streak), pos, 0.5, camera);
            }
            // The end that is nearer is heard.
            ViewEvent::Leapt { from, to, own, .. } => {
                let centre = camera.centre();
                let pos = if from.distance(centre) < to.distance(centre) { from } else { to };
                self.cue(Sound::Leap, pos, if own { 0.9 } else { 0.6 }, camera);
            }
            ViewEvent::Bumped { pos, speed } => self.cue(Sound::Bump, pos, (speed / 300.0).clamp(0.15, 0.8), camera),
            ViewEvent::Launched { pos, .. } => self.cue(Sound::Launch, pos, 0.4, camera),
            ViewEvent::Collected { own: false, .. } | ViewEvent::Damaged { .. } => {}
        }
    }

    /// What makes the music tense. Shots alone do not, whoever fires them: most are at rocks.
    fn excite(&mut self, event: &ViewEvent, camera: &Camera) {
        let by = match *event {
            ViewEvent::Damaged { own: true, .. } => STRUCK,
            ViewEvent::Damaged { by_own: true, .. } => STRIKES,
            ViewEvent::Destroyed { pos, .. } => SEES_FALL * nearness(pos, camera),
            _ => return,
        };
        self.music.stir(by);
    }

    fn cue(&mut self, sound: Sound, pos: Vec2, gain: f32, camera: &Camera) {
        let away = pos - camera.centre();
        let gain = gain * nearness(pos, camera);
        let room = if gain >= MATTERS { VOICES_MAX } else { VOICES_USUAL };
        if gain > 0.01 && self.cues.len() < CUES_MAX && self.voices.len() < room {
            self.voices.push(sound.length_s());
            self.cues.push(Cue { sound, gain, pan: (away.x / camera.half_extents().x * 0.7).clamp(-1.0, 1.0) });
        }
    }
}

/// How much is heard of something there, 0..1.
fn nearness(pos: Vec2, camera: &Camera) -> f32 {
    let near = 1.0 - (pos.distance(camera.centre()) / EARSHOT).min(1.0);
    near * near
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ids::PlayerId;

    fn heard(events: Vec<ViewEvent>) -> Vec<Cue> {
        let mut audio = Audio::default();
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        audio.update(&View { events, ..View::default() }, &camera, true, 0.016);
        audio.cues().to_vec()
    }

    fn shot(x: f32) -> ViewEvent {
        ViewEvent::Fired { owner: PlayerId(1), weapon: WeaponKind::Pulse, pos: Vec2::new(x, 0.0), own: false }
    }

    #[test]
    fn near_is_loud_far_is_quiet_and_farther_is_silent() {
        let gain = |x| heard(vec![shot(x)]).first().map_or(0.0, |cue| cue.gain);
        assert!(gain(0.0) > gain(500.0) && gain(500.0) > 0.0);
        assert_eq!(gain(2_000.0), 0.0);
        assert!(heard(vec![shot(600.0)])[0].pan > 0.3 && heard(vec![shot(-600.0)])[0].pan < -0.3);
    }

    #[test]
    fn a_battle_does_not_become_noise() {
        assert_eq!(heard(vec![shot(0.0); 100]).len(), CUES_MAX);
    }

    #[test]
    fn a_long_battle_has_a_bounded_number_of_voices_and_room_for_what_matters() {
        let mut audio = Audio::default();
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        let far = View { events: vec![shot(500.0); 40], ..View::default() };
        for _ in 0..60 {
            audio.update(&far, &camera, true, 0.001);
        }
        assert_eq!((audio.voices.len(), audio.cues()), (VOICES_USUAL, &[][..]), "as many as there may be, and no more");
        let own = ViewEvent::Fired { owner: PlayerId(1), weapon: WeaponKind::Pulse, pos: Vec2::ZERO, own: true };
        for _ in 0..60 {
            audio.update(&View { events: vec![own; 6], ..View::default() }, &camera, true, 0.001);
        }
        assert_eq!(audio.voices.len(), VOICES_MAX, "the own gun is heard over it");
        audio.update(&View::default(), &camera, true, 1.0);
        audio.update(&far, &camera, true, 0.001);
        assert_eq!(audio.cues().len(), CUES_MAX, "what has ended makes room");
    }

    #[test]
    fn a_charge_is_heard_once_and_its_ray_too() {
        let mut audio = Audio::default();
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        let mut ship = crate::view::scene::tests::ship(3, Vec2::ZERO);
        ship.charging = true;
        let mut view = View { ships: vec![ship], ..View::default() };
        let mut heard = |view: &View| {
            audio.update(view, &camera, true, 0.016);
            audio.cues().iter().map(|cue| cue.sound).collect::<Vec<_>>()
        };
        assert_eq!(heard(&view), [Sound::Charge]);
        assert_eq!(heard(&view), []);
        view.ships[0].charging = false;
        let (from, to) = (Vec2::ZERO, Vec2::X);
        view.events = vec![ViewEvent::Beam { owner: PlayerId(3), from, to, struck: true, ship: None, own: false }];
        assert_eq!(heard(&view), [Sound::Rail, Sound::Hit]);
    }

    #[test]
    fn what_began_charging_unheard_stays_unheard() {
        let mut audio = Audio::default();
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        let ship = ShipView { charging: true, ..crate::view::scene::tests::ship(3, Vec2::ZERO) };
        let view = View { ships: vec![ship], ..View::default() };
        for fresh in [false, true] {
            audio.update(&view, &camera, fresh, 0.016);
            assert_eq!(audio.cues(), [], "fresh: {fresh}");
        }
    }

    #[test]
    fn a_leap_is_heard_at_either_mouth() {
        let leap = |from: f32, to: f32| {
            let (from, to) = (Vec2::new(from, 0.0), Vec2::new(to, 0.0));
            heard(vec![ViewEvent::Leapt { ship: crate::view::scene::tests::ship(3, from).id, from, to, own: false }])
        };
        assert_eq!(leap(100.0, 5_000.0)[0].sound, Sound::Leap);
        assert_eq!(leap(5_000.0, 100.0).len(), 1);
        assert_eq!(leap(5_000.0, 4_000.0).len(), 0);
    }

    #[test]
    fn what_is_rare_is_heard_and_so_is_a_repel_once() {
        let boon = ViewEvent::Collected { pos: Vec2::ZERO, kind: PickupKind::Multifire, own: true };
        assert_eq!(heard(vec![boon])[0].sound, Sound::Boon);
        let mut audio = Audio::default();
        let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
        let view = View { wells: vec![(Vec2::ZERO, WellKind::Push), (Vec2::X, WellKind::Star)], ..View::default() };
        for count in [1, 0] {
            audio.update(&view, &camera, true, 0.016);
            assert_eq!(audio.cues().iter().filter(|cue| cue.sound == Sound::Repel).count(), count);
        }
    }

    #[test]
    fn fights_make_the_music_tense_and_mining_does_not() {
        let tension = |event: ViewEvent| {
            let mut audio = Audio::default();
            let camera = Camera::new(Vec2::new(1600.0, 900.0), false);
            for _ in 0..60 {
                audio.update(&View { events: vec![event], ..View::default() }, &camera, true, 0.05);
            }
            audio.music.tension()
        };
        let own = ViewEvent::Fired { owner: PlayerId(1), weapon: WeaponKind::Pulse, pos: Vec2::ZERO, own: true };
        assert_eq!((tension(own), tension(shot(100.0))), (0.0, 0.0), "a miner beside one is no danger");
        let ship = crate::view::scene::tests::ship(3, Vec2::ZERO).id;
        let fall = |x| ViewEvent::Destroyed { ship, pos: Vec2::new(x, 0.0), vel: Vec2::ZERO, own: false };
        assert!(tension(fall(100.0)) > tension(fall(900.0)));
        let (by, pos) = (Some(PlayerId(2)), Vec2::ZERO);
        assert!(tension(ViewEvent::Damaged { ship, by, amount: 9, pos, own: true, by_own: false }) > 0.9);
    }

    #[test]
    fn ore_rises_in_pitch() {
        let ore = ViewEvent::Collected { pos: Vec2::ZERO, kind: PickupKind::Ore, own: true };
        let sounds: Vec<_> = heard(vec![ore; 3]).iter().map(|cue| cue.sound).collect();
        assert_eq!(sounds, [Sound::Collect(1), Sound::Collect(2), Sound::Collect(3)]);
    }
}
