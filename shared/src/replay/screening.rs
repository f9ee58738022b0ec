//! A recording being watched: time that passes at any pace, seeking in slices, whom to follow, and everything that
//! is shown beside the arena. Sans-io: the shell says how much time has passed and draws [`Screening::frame`].
//!
//! Invariant: what is shown depends on the place in the recording and on whom one follows, never on how one got
//! there. A recording that turns out wrong ends where its last good tick was.

use std::collections::VecDeque;

use glam::Vec2;

use super::{Playback, ReplayError, Show, projector::Projector};
use crate::{
    defs::Defs,
    ids::PlayerId,
    protocol::{Leaderboard, SeasonEnd},
    replica::view::View,
    room::scoreboard::Scoreboard,
    sim::{Cause, Event},
    tick::TICK_HZ,
};

/// Deaths of this long before a place in the recording are known there, ticks: as long as they are shown.
const DEATHS_TICKS: usize = 6 * TICK_HZ as usize;
/// Deaths kept; the oldest beyond that are forgotten.
const DEATHS_MAX: usize = 32;

/// A death, with the names of that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// Ticks from the start of the recording.
    pub played: usize,
    /// Who did it, if anyone, and under which name.
    pub killer: Option<(PlayerId, String)>,
    /// Who died, and under which name.
    pub victim: (PlayerId, String),
    /// Of what.
    pub cause: Cause,
}

/// What the camera is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Subject {
    /// A pilot, in a ship or waiting for the next.
    Pilot(PlayerId),
    /// A place in the world, u.
    Place(Vec2),
}

impl Subject {
    /// The pilot, if it is one.
    #[must_use]
    pub fn pilot(self) -> Option<PlayerId> {
        match self {
            Subject::Pilot(player) => Some(player),
            Subject::Place(_) => None,
        }
    }
}

/// A recording being watched.
#[derive(Debug)]
pub struct Screening {
    playback: Playback,
    projector: Projector,
    view: View,
    alpha: f32,
    subject: Subject,
    deaths: VecDeque<Death>,
    board: Leaderboard,
    /// The goal of a seek under way, and where it set out from.
    seeking: Option<(usize, usize)>,
    /// The recording cannot be played beyond here.
    end: usize,
}

impl Screening {
    /// Opens a file and shows its first moment with a ship in it.
    ///
    /// # Errors
    /// See [`Playback::open`].
    pub fn open(bytes: Vec<u8>) -> Result<Screening, ReplayError> {
        let playback = Playback::open(bytes)?;
        let (_, end) = playback.position();
        let mut screening = Screening {
            projector: Projector::default(),
            view: View::default(),
            alpha: 0.0,
            subject: Subject::Place(Vec2::ZERO),
            deaths: VecDeque::new(),
            board: Leaderboard::default(),
            seeking: None,
            end,
            playback,
        };
        screening.projector.remember(screening.playback.world());
        // The launches of the first ticks are no spectacle; a picture with ships in it is.
        for _ in 0..TICK_HZ {
            if screening.playback.world().ships().next().is_some() || !screening.step()? {
                break;
            }
        }
        screening.settle();
        screening.follow_somebody();
        Ok(screening)
    }

    /// What the camera is for.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }

    fn pilots(&self) -> impl Iterator<Item = PlayerId> {
        let pilots = self.playback.world().pilots.iter().enumerate();
        pilots.filter(|(_, pilot)| pilot.is_some()).map(|(slot, _)| PlayerId(slot as u16))
    }

    /// The best who flies, else the first.
    fn follow_somebody(&mut self) {
        let world = self.playback.world();
        let points = |player: PlayerId| world.pilot(player).map_or(0, |pilot| pilot.score);
        let flying = world.ships().map(|ship| ship.id.player);
        let best = flying.max_by_key(|&player| (points(player), core::cmp::Reverse(player)));
        if let Some(player) = best.or_else(|| self.pilots().next()) {
            self.look_at(Subject::Pilot(player));
        }
    }

    /// One tick, with its events; false at the end.
    fn step(&mut self) -> Result<bool, ReplayError> {
        if self.playback.position().0 >= self.end {
            return Ok(false);
        }
        self.projector.remember(self.playback.world());
        match self.playback.step() {
            Ok(played) => {
                self.note_deaths();
                if self.seeking.is_none() {
                    let own = self.followed();
                    let (world, defs, events) = (self.playback.world(), self.playback.defs(), self.playback.events());
                    self.projector.tell(world, defs, events, own, &mut self.view.events);
                }
                Ok(played)
            }
            Err(error) => {
                self.end = self.playback.position().0;
                self.settle();
                Err(error)
            }
        }
    }

    fn note_deaths(&mut self) {
        let (played, _) = self.playback.position();
        for event in self.playback.events() {
            let Event::Destroyed { ship, killer, cause, .. } = *event else { continue };
            let named = |player| (player, self.playback.name_of(player).unwrap_or("?").to_owned());
            let death = Death { played, killer: killer.map(named), victim: named(ship.player), cause };
            if self.deaths.len() >= DEATHS_MAX {
                self.deaths.pop_front();
            }
            self.deaths.push_back(death);
        }
        while self.deaths.front().is_some_and(|death| played - death.played > DEATHS_TICKS) {
            self.deaths.pop_front();
        }
    }

    /// Arrived: a still picture of exactly this tick.
    fn settle(&mut self) {
        self.seeking = None;
        self.projector.remember(self.playback.world());
        self.alpha = 0.0;
        self.view.events.clear();
        if let Subject::Pilot(player) = self.subject
            && self.playback.world().pilot(player).is_none()
        {
            self.follow_somebody();
        }
        self.rank();
    }

    fn rank(&mut self) {
        self.board = Scoreboard::of(self.playback.world(), self.playback.defs(), None).shown_to(self.followed());
    }

    fn describe(&mut self) {
        // While a seek is under way the last picture stays.
        if self.seeking.is_some() {
            return;
        }
        self.rank();
        let own = self.followed();
        if let Subject::Place(pos) = self.subject {
            self.view.focus.pos = pos;
        }
        self.projector.describe(self.playback.world(), self.playback.defs(), self.alpha, own, &mut self.view);
    }
}

impl Show for Screening {
    fn advance(&mut self, ticks: f32, most: u32) -> Result<(), ReplayError> {
        if self.seeking.is_some() || ticks <= 0.0 {
            return Ok(());
        }
        self.alpha += ticks;
        for _ in 0..most {
            if self.alpha < 1.0 || !self.step()? {
                break;
            }
            self.alpha -= 1.0;
        }
        // What could not be played is not owed.
        self.alpha = self.alpha.min(0.999);
        if let Subject::Pilot(player) = self.subject
            && self.playback.world().pilot(player).is_none()
        {
            self.follow_somebody();
        }
        Ok(())
    }

    fn seek(&mut self, played: usize) {
        let goal = played.min(self.end);
        // From a little before, for the deaths that are shown there.
        let from = goal.saturating_sub(DEATHS_TICKS);
        let (here, _) = self.playback.position();
        if goal < here || from > here {
            // Back means back to a kept moment; ahead, only if one is nearer than going on.
            if self.playback.jump(from) {
                self.deaths.clear();
            }
        }
        let (here, _) = self.playback.position();
        self.seeking = Some((goal, here));
    }

    fn seek_on(&mut self, steps: u32) -> Result<bool, ReplayError> {
        let Some((goal, _)) = self.seeking else { return Ok(true) };
        for _ in 0..steps {
            if self.playback.position().0 >= goal || !self.step()? {
                self.settle();
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn seeking(&self) -> Option<f32> {
        let (goal, from) = self.seeking?;
        let (here, _) = self.playback.position();
        Some((here - from) as f32 / (goal - from).max(1) as f32)
    }

    fn position(&self) -> (usize, usize) {
        let (here, _) = self.playback.position();
        (self.seeking.map_or(here, |(goal, _)| goal), self.end)
    }

    fn frame(&mut self) -> &View {
        self.describe();
        &self.view
    }

    fn view(&self) -> &View {
        &self.view
    }

    fn clear_events(&mut self) {
        self.view.events.clear();
    }

    fn defs(&self) -> &Defs {
        self.playback.defs()
    }

    fn room(&self) -> &str {
        self.playback.room()
    }

    fn is_cut(&self) -> bool {
        self.playback.is_cut()
    }

    fn followed(&self) -> Option<PlayerId> {
        self.subject.pilot()
    }

    fn look_at(&mut self, subject: Subject) {
        self.subject = subject;
        self.rank();
    }

    fn follow_next(&mut self, back: bool) {
        let pilots: Vec<PlayerId> = self.pilots().collect();
        let from = self.followed().unwrap_or_default();
        let next = if back {
            pilots.iter().rev().find(|player| **player < from).or(pilots.last())
        } else {
            let after = |player: &&PlayerId| **player > from || self.followed().is_none();
            pilots.iter().find(after).or(pilots.first())
        };
        if let Some(next) = next {
            self.look_at(Subject::Pilot(*next));
        }
    }

    fn pilot(&self, player: PlayerId) -> Option<(&str, bool)> {
        let player = player.pilot();
        let pilot = self.playback.world().pilot(player)?;
        Some((self.playback.name_of(player)?, pilot.bot))
    }

    fn leaderboard(&self) -> &Leaderboard {
        &self.board
    }

    fn season(&self) -> Option<(usize, SeasonEnd)> {
        let past = self.playback.season()?;
        let own = self.followed().and_then(|own| past.each.iter().find(|(player, _)| *player == own));
        let ago = self.playback.position().0.checked_sub(past.played)?;
        Some((ago, SeasonEnd { own: own.map(|(_, own)| *own), ..past.end.clone() }))
    }

    fn deaths(&self) -> &VecDeque<Death> {
        &self.deaths
    }
}

#[cfg(test)]
mod tests;
