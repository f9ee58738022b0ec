//! A clip being watched. Invariant: as of a recording, what is shown depends on the place in it and on whom one follows,
//! never on how one got there.

use std::collections::VecDeque;

use glam::Vec2;

use super::{
    CHARGING, Clip, EVERY, FRAME_TICKS, MULTI, Moment, OVER, PROTECTED, RARELY, SPECIAL, ShipTrack, path::unplace,
};
use crate::{
    defs::Defs,
    ids::PlayerId,
    protocol::{DecodeError, Leaderboard},
    replay::{Death, ReplayError, Show, Subject},
    replica::{
        picture,
        view::{CoreView, Focus, MouthView, Phase, PickupView, RockId, RockView, ShipView, ShotView, View, ViewEvent},
    },
    sim::Buttons,
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
        let past = self.clip.moments.partition_point(|(when, _)| f32::from(*when) <= frame);
        if tells && past > self.told {
            let own = self.followed();
            let moments = &self.clip.moments[self.told..past];
            self.view.events.extend(moments.iter().map(|(_, moment)| event(moment, own)));
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

    fn ships(&mut self, frame: f32, own: Option<PlayerId>) {
        self.view.ships.clear();
        let there = self.clip.ships.iter().filter(|track| track.path.is_there(frame));
        self.view.ships.extend(there.map(|track| ship(track, frame, own)));
        let seen = self.view.own_ship().copied();
        self.view.phase = if seen.is_some() { Phase::Flying } else { Phase::Spectating };
        self.view.focus = match (seen, self.subject) {
            (Some(ship), _) => Focus { pos: ship.pos, vel: ship.vel, ship: Some(ship.id) },
            (None, Subject::Place(pos)) => Focus { pos, ..Focus::default() },
            (None, Subject::Pilot(_)) => Focus { vel: Vec2::ZERO, ship: None, ..self.view.focus },
        };
    }

    fn things(&mut self, frame: f32, own: Option<PlayerId>) {
        let ClipScreening { clip, view, .. } = self;
        view.shots.clear();
        view.shots.extend(clip.shots.iter().filter(|(_, _, path)| path.is_there(frame)).map(|(key, weapon, path)| {
            let pose = path.pose(frame, EVERY, FRAME_S);
            let own = Some(key.owner) == own;
            ShotView { key: *key, weapon: *weapon, pos: pose.pos, vel: pose.vel, opacity: 1.0, own }
        }));
        let belts = clip.belts.iter().map(|(slot, size, path)| (RockId::Belt(*slot), *size, path));
        let loose = clip.loose.iter().map(|(body, size, path)| (RockId::Loose(*body), *size, path));
        view.rocks.clear();
        view.rocks.extend(belts.chain(loose).filter(|(_, _, path)| path.is_there(frame)).map(|(id, size, path)| {
            let pose = path.pose(frame, RARELY, FRAME_S);
            RockView { id, size, pos: pose.pos, spin_rad: pose.turn_rad, hull: 1.0 }
        }));
        view.pickups.clear();
        view.pickups.extend(clip.pickups.iter().filter(|(_, _, path)| path.is_there(frame)).map(|(id, kind, path)| {
            let pos = path.pose(frame, RARELY, FRAME_S).pos;
            PickupView { id: *id, kind: *kind, pos, fading: false, owner: None }
        }));
        view.wells.clear();
        let wells = clip.wells.iter().filter(|(_, path)| path.is_there(frame));
        view.wells.extend(wells.map(|(kind, path)| (path.pose(frame, RARELY, FRAME_S).pos, *kind)));
        view.planets.clear();
        view.planets.extend(clip.planets.iter().map(|path| path.pose(frame, RARELY, FRAME_S).pos));
        view.mouths = clip.head.mouths.map(|mouths| mouths.map(|pos| MouthView { pos: unplace(pos), coming: None }));
        let core = |index: usize| {
            let (team, hull, path) = clip.cores.get(index)?;
            Some(CoreView { team: *team, pos: path.pose(frame, RARELY, FRAME_S).pos, hull: f32::from(*hull) / 255.0 })
        };
        view.cores = core(0).zip(core(1)).map(|(dawn, dusk)| [dawn, dusk]);
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
        self.ships(frame, own);
        self.things(frame, own);
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
        match self.subject {
            Subject::Pilot(player) => Some(player),
            Subject::Place(_) => None,
        }
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

fn ship(track: &ShipTrack, frame: f32, own: Option<PlayerId>) -> ShipView {
    let pose = track.path.pose(frame, EVERY, FRAME_S);
    let mut since = track.path.since(frame);
    let look = track.looks.iter().find(|look| {
        let here = since < usize::from(look.0);
        since = since.saturating_sub(usize::from(look.0));
        here
    });
    let (_, buttons, marks, hull, shield) = look.or(track.looks.last()).copied().unwrap_or_default();
    let marked = |bit| marks & bit != 0;
    ShipView {
        id: track.id,
        class: track.class,
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
        own: Some(track.id.player) == own,
        stale: false,
    }
}

fn event(moment: &Moment, own: Option<PlayerId>) -> ViewEvent {
    let is_own = |player: PlayerId| Some(player) == own;
    match *moment {
        Moment::Launched { ship, pos } => ViewEvent::Launched { ship, pos: unplace(pos) },
        Moment::Fired { owner, weapon, pos } => {
            ViewEvent::Fired { owner, weapon, pos: unplace(pos), own: is_own(owner) }
        }
        Moment::Struck { pos, vel, ship } => ViewEvent::Struck { pos: unplace(pos), vel: unplace(vel), ship },
        Moment::Beam { owner, from, to, struck, ship } => {
            ViewEvent::Beam { owner, from: unplace(from), to: unplace(to), struck, ship, own: is_own(owner) }
        }
        Moment::Damaged { ship, by, amount, pos } => ViewEvent::Damaged {
            ship,
            by,
            amount,
            pos: unplace(pos),
            own: is_own(ship.player),
            by_own: by.is_some() && by == own,
        },
        Moment::Destroyed { ship, pos, vel } => {
            ViewEvent::Destroyed { ship, pos: unplace(pos), vel: unplace(vel), own: is_own(ship.player) }
        }
        Moment::RockBroken { pos, size } => ViewEvent::RockBroken { pos: unplace(pos), size },
        Moment::Collected { pos, kind } => ViewEvent::Collected { pos: unplace(pos), kind, own: false },
        Moment::Leapt { ship, from, to } => {
            ViewEvent::Leapt { ship, from: unplace(from), to: unplace(to), own: is_own(ship.player) }
        }
    }
}
