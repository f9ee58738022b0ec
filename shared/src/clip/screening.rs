//! A clip being watched. Invariant: as of a recording, what is shown depends on the place in it and on whom one follows,
//! never on how one got there.

use std::collections::VecDeque;

use glam::Vec2;

use super::{
    CHARGING, Clip, FRAME_TICKS, HOLDS_ROCK, HOLDS_SHIP, MULTI, Moment, NOBODY, OVER, PROTECTED, SPECIAL, Thing, Track,
    What, key,
    path::{Pose, unplace},
};
use crate::{
    defs::{Defs, PickupKind, RockSize, ShipClass, Team, WeaponKind},
    ids::{BodyId, PlayerId},
    protocol::{DecodeError, Leaderboard},
    replay::{Death, ReplayError, Show, Subject},
    replica::{
        picture,
        view::{CoreView, MouthView, PickupView, RockId, RockView, ShipView, ShotView, View, ViewEvent},
    },
    sim::{Buttons, Hook, WellKind},
    tick::TICK_HZ,
};

/// How long a frame lasts, s.
const FRAME_S: f32 = FRAME_TICKS as f32 / TICK_HZ as f32;

/// A clip being watched.
#[derive(Debug)]
pub struct ClipScreening {
    clip: Clip,
    defs: Defs,
    view: View,
    /// The place, ticks.
    at: f32,
    subject: Subject,
    /// The moments before this one are past.
    told: usize,
    deaths: VecDeque<Death>,
    board: Leaderboard,
}

impl ClipScreening {
    /// Opens a clip, with the camera on the killer.
    ///
    /// # Errors
    /// See [`Clip::from_bytes`].
    pub fn open(bytes: &[u8]) -> Result<ClipScreening, DecodeError> {
        let clip = Clip::from_bytes(bytes)?;
        let mut screening = ClipScreening {
            defs: Defs::of(clip.head.terms),
            view: View::default(),
            at: 0.0,
            subject: Subject::Pilot(clip.head.killer),
            told: 0,
            deaths: VecDeque::new(),
            board: Leaderboard::default(),
            clip,
        };
        screening.frame();
        Ok(screening)
    }

    fn end(&self) -> usize {
        (usize::from(self.clip.head.frames) - 1) * FRAME_TICKS
    }

    /// Comes to a place; `tells` what happened on the way.
    fn arrive(&mut self, at: f32, tells: bool) {
        self.at = at.clamp(0.0, self.end() as f32);
        let frame = self.at / FRAME_TICKS as f32;
        let past = self.clip.moments.partition_point(|moment| f32::from(moment.frame) <= frame);
        if tells && past > self.told {
            let own = self.followed();
            let moments = &self.clip.moments[self.told..past];
            self.view.events.extend(moments.iter().filter_map(|moment| event(moment, own)));
        }
        self.told = past;
        self.deaths.clear();
        let head = &self.clip.head;
        if frame >= f32::from(head.kill) {
            let named = |player| (player, self.clip.actor(player).map_or("?", |actor| &actor.name).to_owned());
            let (killer, victim) = (Some(named(head.killer)), named(head.victim));
            self.deaths.push_back(Death {
                played: usize::from(head.kill) * FRAME_TICKS,
                killer,
                victim,
                cause: head.cause,
            });
        }
    }

    fn things(&mut self, frame: f32, own: Option<PlayerId>) {
        let ClipScreening { clip, view, defs, .. } = self;
        view.ships.clear();
        view.shots.clear();
        view.rocks.clear();
        view.pickups.clear();
        view.wells.clear();
        view.planets.clear();
        // Outside until it is told otherwise, as where there are none.
        view.planets.resize(defs.arena.planets.len(), Vec2::splat(50_000.0));
        view.mouths = clip.head.mouths.map(|mouths| mouths.map(|pos| MouthView { pos: unplace(pos), coming: None }));
        let mut cores = Team::ALL.map(|_| None);
        for track in clip.tracks.iter().filter(|track| track.path.is_there(frame)) {
            let pose = track.path.pose(frame, track.thing.step(), FRAME_S);
            match track.thing {
                Thing::Ship => view.ships.extend(ship(track, pose, frame, own)),
                Thing::Shot => view.shots.extend(shot(track, pose, own)),
                Thing::Belt => view.rocks.extend(rock(RockId::Belt(track.key as u16), track.look, pose)),
                Thing::Loose => view.rocks.extend(rock(RockId::Loose(BodyId(track.key as u16)), track.look, pose)),
                Thing::Pickup => view.pickups.extend(pickup(track, pose)),
                Thing::Planet => {
                    if let Some(planet) = view.planets.get_mut(track.key as usize) {
                        *planet = pose.pos;
                    }
                }
                Thing::Core => {
                    let team = Team::ALL[usize::from(track.key != 0)];
                    cores[team as usize] = Some(CoreView { team, pos: pose.pos, hull: f32::from(track.look) / 255.0 });
                }
                Thing::Well => {
                    view.wells.push((pose.pos, if track.look == 0 { WellKind::Star } else { WellKind::Push }));
                }
            }
        }
        let [dawn, dusk] = cores;
        view.cores = dawn.zip(dusk).map(|(dawn, dusk)| [dawn, dusk]);
    }
}

impl Show for ClipScreening {
    fn advance(&mut self, ticks: f32, most: u32) -> Result<(), ReplayError> {
        self.arrive(self.at + ticks.min(most as f32), true);
        Ok(())
    }

    fn seek(&mut self, played: usize) {
        self.arrive(played as f32, false);
        self.view.events.clear();
    }

    fn seek_on(&mut self, _steps: u32) -> Result<bool, ReplayError> {
        Ok(true)
    }

    fn seeking(&self) -> Option<f32> {
        None
    }

    fn position(&self) -> (usize, usize) {
        (self.at as usize, self.end())
    }

    fn frame(&mut self) -> &View {
        let (frame, own) = (self.at / FRAME_TICKS as f32, self.followed());
        self.view.tick = self.clip.head.tick.plus(self.at as i32);
        self.view.alpha = self.at.fract();
        self.view.view_factor = 1.0;
        self.view.arena_radius = f32::from(self.clip.head.arena_radius);
        self.things(frame, own);
        if let Subject::Place(pos) = self.subject {
            self.view.focus.pos = pos;
        }
        self.view.follow_own();
        picture::beams(&mut self.view, &self.defs);
        &self.view
    }

    fn view(&self) -> &View {
        &self.view
    }

    fn clear_events(&mut self) {
        self.view.events.clear();
    }

    fn defs(&self) -> &Defs {
        &self.defs
    }

    fn room(&self) -> &str {
        &self.clip.head.room
    }

    fn is_cut(&self) -> bool {
        false
    }

    fn followed(&self) -> Option<PlayerId> {
        self.subject.pilot()
    }

    fn look_at(&mut self, subject: Subject) {
        self.subject = subject;
    }

    /// From the killer to the victim and back: nobody else is in it for long.
    fn follow_next(&mut self, _back: bool) {
        let head = &self.clip.head;
        let next = if self.followed() == Some(head.killer) { head.victim } else { head.killer };
        self.subject = Subject::Pilot(next);
    }

    fn pilot(&self, player: PlayerId) -> Option<(&str, bool)> {
        self.clip.actor(player).map(|actor| (actor.name.as_str(), actor.bot))
    }

    fn leaderboard(&self) -> &Leaderboard {
        &self.board
    }

    fn deaths(&self) -> &VecDeque<Death> {
        &self.deaths
    }
}

fn ship(track: &Track, pose: Pose, frame: f32, own: Option<PlayerId>) -> Option<ShipView> {
    let mut since = track.path.since(frame);
    let state = track.states.iter().find(|(frames, _)| {
        let here = since < usize::from(*frames);
        since = since.saturating_sub(usize::from(*frames));
        here
    });
    let (_, [buttons, marks, hull, shield, low, high]) = *state.or(track.states.last())?;
    let held = u16::from_le_bytes([low, high]);
    let (id, marked) = (key::ship(track.key), |bit| marks & bit != 0);
    Some(ShipView {
        id,
        class: ShipClass::from_index(track.look)?,
        pos: pose.pos,
        vel: pose.vel,
        heading_rad: pose.turn_rad,
        buttons: Buttons(buttons),
        hull: f32::from(hull) / 255.0,
        shield: f32::from(shield) / 255.0,
        protected: marked(PROTECTED),
        charging: marked(CHARGING),
        special: marked(SPECIAL),
        over: marked(OVER),
        multi: marked(MULTI),
        line: match (marked(HOLDS_SHIP), marked(HOLDS_ROCK)) {
            (true, _) => Some(Hook::Ship(PlayerId(held))),
            (false, true) => Some(Hook::Rock(BodyId(held))),
            (false, false) => None,
        },
        own: Some(id.player) == own,
        stale: false,
    })
}

fn shot(track: &Track, pose: Pose, own: Option<PlayerId>) -> Option<ShotView> {
    let (key, weapon) = (key::shot(track.key), WeaponKind::from_index(track.look)?);
    Some(ShotView { key, weapon, pos: pose.pos, vel: pose.vel, opacity: 1.0, own: Some(key.owner) == own })
}

fn rock(id: RockId, look: u8, pose: Pose) -> Option<RockView> {
    Some(RockView { id, size: RockSize::from_index(look)?, pos: pose.pos, spin_rad: pose.turn_rad, hull: 1.0 })
}

fn pickup(track: &Track, pose: Pose) -> Option<PickupView> {
    let (id, kind) = (BodyId(track.key as u16), PickupKind::from_index(track.look)?);
    Some(PickupView { id, kind, pos: pose.pos, fading: false, owner: None })
}

fn event(moment: &Moment, own: Option<PlayerId>) -> Option<ViewEvent> {
    let Moment { who, by, look, .. } = *moment;
    let (pos, to) = (unplace(moment.at), unplace(moment.to));
    let by = (by != NOBODY).then_some(PlayerId(by as u16));
    let (ship, is_own) = (key::ship(who), |player: PlayerId| Some(player) == own);
    let whom = (who != NOBODY).then_some(ship);
    let index = u8::try_from(look).ok();
    Some(match moment.what {
        What::Launched => ViewEvent::Launched { ship, pos },
        What::Fired => ViewEvent::Fired { owner: by?, weapon: WeaponKind::from_index(index?)?, pos, own: is_own(by?) },
        What::Struck => ViewEvent::Struck { pos, vel: to, ship: whom },
        What::Beam | What::BeamStruck => {
            let struck = moment.what == What::BeamStruck;
            ViewEvent::Beam { owner: by?, from: pos, to, struck, ship: whom, own: is_own(by?) }
        }
        What::Damaged => {
            let by_own = by.is_some_and(is_own);
            ViewEvent::Damaged { ship, by, amount: look, pos, own: is_own(ship.player), by_own }
        }
        What::Destroyed => ViewEvent::Destroyed { ship, pos, vel: to, own: is_own(ship.player) },
        What::Dissolved => ViewEvent::Dissolved { pos, vel: to },
        What::RockBroken => ViewEvent::RockBroken { pos, size: RockSize::from_index(index?)? },
        What::Collected => ViewEvent::Collected { pos, kind: PickupKind::from_index(index?)?, own: false },
        What::Leapt => ViewEvent::Leapt { ship, from: pos, to, own: is_own(ship.player) },
    })
}
