//! The last seconds as they were on the screen, to be seen again: the kill cam. Invariant: bounded, and its memory is
//! used again and again; what is shown again is what was drawn, only the camera is another's.

use std::collections::VecDeque;

use shared::{
    clip::Still,
    ids::PlayerId,
    replica::view::{Focus, Phase, View},
};

/// How much is shown again before the end, µs…
const BEFORE_US: u64 = 4_000_000;
/// …and after it, so that one sees it happen.
const AFTER_US: u64 = 900_000;
/// Pictures kept nearer to each other than this are one, µs: screens faster than 60 Hz fill no more memory.
const APART_US: u64 = 14_000;
/// Pictures kept at most.
const PICTURES_MAX: usize = (BEFORE_US + AFTER_US).div_ceil(APART_US) as usize + 2;

#[derive(Debug, Default)]
struct Picture {
    at_us: u64,
    view: View,
}

/// The last seconds.
#[derive(Debug, Default)]
pub struct Reel {
    pictures: VecDeque<Picture>,
    spare: Vec<Picture>,
    /// When the own ship was lost, and by whom.
    end: Option<(u64, Option<PlayerId>)>,
    run: Option<Run>,
}

/// Being shown again.
#[derive(Debug)]
struct Run {
    /// The moment shown, µs.
    at_us: u64,
    /// The next picture.
    next: usize,
    view: View,
}

impl Reel {
    /// Takes what is on the screen, once a frame in which it moved.
    pub fn watch(&mut self, view: &View, now_us: u64) {
        match (view.phase, self.end) {
            (Phase::Flying, None) => self.keep(view, now_us),
            (Phase::Flying, Some(_)) => {
                self.clear();
                self.keep(view, now_us);
            }
            (Phase::Dead { killer, .. }, None) if !self.pictures.is_empty() => {
                self.end = Some((now_us, killer));
                self.keep(view, now_us);
            }
            (Phase::Dead { .. }, Some((end_us, _))) if now_us < end_us + AFTER_US => self.keep(view, now_us),
            (Phase::Dead { .. }, _) => {}
            (Phase::Connecting | Phase::Spectating, _) => self.clear(),
        }
    }

    /// What was drawn lately, in order.
    #[must_use]
    pub fn stills(&self) -> Vec<Still<'_>> {
        self.pictures.iter().map(|picture| Still { at_us: picture.at_us, view: &picture.view }).collect()
    }

    /// Whether there is an end to be seen again, with somebody's hand in it.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.end.is_some_and(|(_, killer)| killer.is_some())
    }

    /// Whether it is being shown.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// Shows it, from its start.
    pub fn run(&mut self) {
        let Some((end_us, Some(_))) = self.end else { return };
        let from_us = end_us.saturating_sub(BEFORE_US);
        let next = self.pictures.partition_point(|picture| picture.at_us < from_us);
        let Some(first) = self.pictures.get(next) else { return };
        self.run = Some(Run { at_us: first.at_us, next, view: View::default() });
        self.advance(0.0);
    }

    /// No longer.
    pub fn stop(&mut self) {
        self.run = None;
    }

    /// Goes on by so much. True when the picture is another one; at the end it stops by itself.
    pub fn advance(&mut self, dt_s: f32) -> bool {
        let Some(run) = &mut self.run else { return false };
        run.at_us += (dt_s * 1e6) as u64;
        run.view.events.clear();
        let before = run.next;
        while let Some(picture) = self.pictures.get(run.next).filter(|picture| picture.at_us <= run.at_us) {
            copy(&mut run.view, &picture.view);
            run.view.events.extend_from_slice(&picture.view.events);
            run.next += 1;
        }
        let moved = run.next > before;
        let over = self.pictures.back().is_none_or(|last| run.at_us > last.at_us + APART_US);
        if over {
            self.run = None;
            return false;
        }
        if let (true, Some((_, killer))) = (moved, self.end) {
            look_with(&mut run.view, killer);
        }
        moved
    }

    /// What is on the screen: what is shown again, else `live`.
    #[must_use]
    pub fn over<'a>(&'a self, live: &'a View) -> &'a View {
        self.view().unwrap_or(live)
    }

    /// What is shown again.
    #[must_use]
    pub fn view(&self) -> Option<&View> {
        self.run.as_ref().map(|run| &run.view)
    }

    /// How much of it was shown, 0..=1.
    #[must_use]
    pub fn share(&self) -> f32 {
        let (Some(run), Some((end_us, _))) = (&self.run, self.end) else { return 0.0 };
        let shown_us = (run.at_us + BEFORE_US).saturating_sub(end_us);
        (shown_us as f32 / (BEFORE_US + AFTER_US) as f32).clamp(0.0, 1.0)
    }

    fn keep(&mut self, view: &View, now_us: u64) {
        let fresh = |last: &Picture| now_us.saturating_sub(last.at_us) < APART_US;
        if let Some(last) = self.pictures.back_mut().filter(|last| fresh(last)) {
            // The picture can be left out, what happened in it cannot.
            last.view.events.extend_from_slice(&view.events);
            return;
        }
        let too_old = |picture: &Picture| picture.at_us + BEFORE_US + AFTER_US < now_us;
        while self.pictures.len() >= PICTURES_MAX || self.pictures.front().is_some_and(too_old) {
            self.spare.extend(self.pictures.pop_front());
        }
        let mut picture = self.spare.pop().unwrap_or_default();
        picture.at_us = now_us;
        copy(&mut picture.view, view);
        picture.view.events.clone_from(&view.events);
        self.pictures.push_back(picture);
    }

    fn clear(&mut self) {
        (self.end, self.run) = (None, None);
        self.spare.extend(self.pictures.drain(..));
    }
}

/// Copies what is drawn of a picture, into memory that is there already; not its events.
fn copy(to: &mut View, from: &View) {
    (to.phase, to.tick, to.alpha, to.focus) = (from.phase, from.tick, from.alpha, from.focus);
    (to.view_factor, to.mouths, to.arena_radius) = (from.view_factor, from.mouths, from.arena_radius);
    (to.cores, to.round) = (from.cores, from.round);
    to.ships.clone_from(&from.ships);
    to.shots.clone_from(&from.shots);
    to.rocks.clone_from(&from.rocks);
    to.pickups.clone_from(&from.pickups);
    to.beams.clone_from(&from.beams);
    to.wells.clone_from(&from.wells);
    to.planets.clone_from(&from.planets);
}

/// Through the eyes of `pilot`, as long as its ship is in the picture; the one who was shot down is no longer oneself.
fn look_with(view: &mut View, pilot: Option<PlayerId>) {
    view.view_factor = 1.0;
    let theirs = view.ships.iter().find(|ship| Some(ship.id.player) == pilot);
    if let Some(ship) = theirs.or(view.own_ship()) {
        view.focus = Focus { pos: ship.pos, vel: ship.vel, ship: Some(ship.id) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::scene;
    use glam::Vec2;
    use shared::{
        ids::ShipId,
        replica::view::{ShipView, ViewEvent},
        sim::Cause,
    };

    const KILLER: PlayerId = PlayerId(7);

    fn ship(player: PlayerId, x: f32) -> ShipView {
        ShipView { own: player != KILLER, ..scene::tests::ship(player.0, Vec2::new(x, 0.0)) }
    }

    fn view(phase: Phase, x: f32) -> View {
        let event = ViewEvent::Launched { ship: ShipId { player: KILLER, life: 1 }, pos: Vec2::new(x, 0.0) };
        View { phase, ships: vec![ship(PlayerId(1), -x), ship(KILLER, x)], events: vec![event], ..View::default() }
    }

    /// Flies for `secs` at `hz` and dies.
    fn flown(secs: u64, hz: u64) -> Reel {
        let mut reel = Reel::default();
        let dead = Phase::Dead { killer: Some(KILLER), cause: Cause::Ram, wait_ticks: 9 };
        for i in 0..secs * hz + 2 * hz {
            let phase = if i < secs * hz { Phase::Flying } else { dead };
            reel.watch(&view(phase, i as f32 / hz as f32), i * 1_000_000 / hz);
        }
        reel
    }

    #[test]
    fn the_last_four_seconds_are_seen_again_through_the_eyes_of_the_killer() {
        for hz in [30, 60, 144] {
            let mut reel = flown(10, hz);
            assert!(reel.is_ready() && reel.pictures.len() <= PICTURES_MAX, "{hz}: {}", reel.pictures.len());
            reel.run();
            let (mut shown, mut events, mut secs) = (Vec::new(), 0, 0.0);
            while reel.is_running() {
                let view = reel.view().expect("it runs");
                shown.push(view.focus.pos.x);
                events += view.events.len();
                reel.advance(1.0 / 60.0);
                secs += 1.0 / 60.0;
            }
            assert!((4.7..5.1).contains(&secs), "{hz}: {secs}");
            assert!((shown[0] - 6.0).abs() < 0.05 && (shown.last().unwrap() - 10.9).abs() < 0.1, "{hz}: {shown:?}");
            assert!(shown.is_sorted(), "{hz}");
            let all = (4.9 * hz as f32) as usize;
            assert!(events.abs_diff(all) <= 4, "{hz}: each event once: {events} of {all}");
        }
    }

    #[test]
    fn a_new_ship_begins_a_new_reel_and_old_memory_is_used_again() {
        let mut reel = flown(10, 60);
        let pictures = reel.pictures.len() + reel.spare.len();
        for i in 0..600 {
            reel.watch(&view(Phase::Flying, 0.0), 20_000_000 + i * 16_667);
        }
        assert!(!reel.is_ready() && !reel.is_running());
        reel.run();
        assert!(!reel.is_running() && reel.view().is_none(), "nothing to show");
        let now = reel.pictures.len() + reel.spare.len();
        assert!(now <= pictures + 1, "{now} pictures after {pictures}");
    }

    #[test]
    fn nobody_is_looked_over_the_shoulder_whom_nobody_shot() {
        let mut reel = Reel::default();
        reel.watch(&view(Phase::Flying, 0.0), 0);
        reel.watch(&view(Phase::Dead { killer: None, cause: Cause::Star, wait_ticks: 9 }, 0.0), 20_000);
        reel.run();
        assert!(!reel.is_ready() && !reel.is_running());
    }
}
