//! Watching while one waits for a ship: whom, or where, or how it came to that again. Plain Rust; `app::watching` gives it
//! its turns. Invariant: it ends with the new ship, whatever was going on.

use glam::Vec2;
use shared::protocol::Watch;

use crate::{input::Action, reel::Reel};

/// How fast keys move the free camera, CSS px/s: a screen in a second and a half.
const ROAM_PX_S: f32 = 1_000.0;

/// What one may ask for, by key or button.
pub const WISHES: [(Action, Wish); 6] = [
    (Action::KillCam, Wish::Again),
    (Action::WatchKiller, Wish::Look(Watch::Killer)),
    (Action::WatchPrevious, Wish::Look(Watch::Previous)),
    (Action::WatchNext, Wish::Look(Watch::Next)),
    (Action::WatchLeader, Wish::Look(Watch::Leader)),
    (Action::WatchFree, Wish::Roam),
];

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The kill cam, or no longer.
    Again,
    /// Somebody.
    Look(Watch),
    /// Nobody: the camera goes where one wants, or no longer.
    Roam,
}

/// What is being watched.
#[derive(Debug, Default)]
pub struct Watcher {
    /// The kill cam.
    pub reel: Reel,
    /// The card is out of the way: something was asked for.
    aside: bool,
    /// Where the free camera is, u.
    free: Option<Vec2>,
    grip: Option<(i32, Vec2)>,
}

/// What the page shows of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Watched {
    /// The card is out of the way.
    pub aside: bool,
    /// The camera is free.
    pub free: bool,
    /// There is an end to be seen again.
    pub can_replay: bool,
    /// How much of it was seen, 0..=1, while it is shown.
    pub replayed: Option<f32>,
}

impl Watcher {
    /// A frame begins, in which one waits for a ship or does not.
    pub fn begin(&mut self, waits: bool) {
        if !waits {
            (self.aside, self.free, self.grip) = (false, None, None);
            self.reel.stop();
        }
    }

    /// Does as asked; gives back what the server must be told. `centre` is where the camera is, u.
    pub fn wish(&mut self, wish: Wish, centre: Vec2) -> Option<Watch> {
        match wish {
            Wish::Again if self.reel.is_running() => self.reel.stop(),
            Wish::Again if self.reel.is_ready() => {
                (self.aside, self.free, self.grip) = (true, None, None);
                self.reel.run();
            }
            Wish::Again => {}
            Wish::Roam if self.free.is_some() => {
                self.free = None;
                return Some(Watch::Next);
            }
            Wish::Roam => {
                self.reel.stop();
                (self.aside, self.free) = (true, Some(centre));
            }
            Wish::Look(watch) => {
                self.reel.stop();
                (self.aside, self.free, self.grip) = (true, None, None);
                return Some(watch);
            }
        }
        None
    }

    /// Moves the free camera by what is held: `way` has +1 to the right and up. Gives back where it is, u.
    pub fn roam(&mut self, way: Vec2, pixels_per_unit: f32, dt_s: f32, radius: f32) -> Option<Vec2> {
        let place = self.free.as_mut()?;
        *place += way.clamp_length_max(1.0) * (ROAM_PX_S / pixels_per_unit * dt_s);
        *place = place.clamp_length_max(radius);
        Some(*place)
    }

    /// A pointer went down on the arena.
    pub fn grasp(&mut self, id: i32, pos: Vec2) {
        if self.free.is_some() && self.grip.is_none() {
            self.grip = Some((id, pos));
        }
    }

    /// A pointer moved: the arena goes with it.
    pub fn drag(&mut self, id: i32, pos: Vec2, pixels_per_unit: f32) {
        if let (Some(place), Some((_, last))) = (&mut self.free, self.grip.as_mut().filter(|(held, _)| *held == id)) {
            let by = pos - *last;
            *place -= Vec2::new(by.x, -by.y) / pixels_per_unit;
            *last = pos;
        }
    }

    /// A pointer was let go, or all of them.
    pub fn let_go(&mut self, id: Option<i32>) {
        self.grip.take_if(|(held, _)| id.is_none_or(|id| id == *held));
    }

    /// What the page shows of it.
    #[must_use]
    pub fn shown(&self) -> Watched {
        Watched {
            aside: self.aside,
            free: self.free.is_some(),
            can_replay: self.reel.is_ready(),
            replayed: self.reel.is_running().then(|| self.reel.share()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_ship_ends_it_all() {
        let mut watcher = Watcher::default();
        watcher.begin(true);
        assert_eq!(watcher.wish(Wish::Look(Watch::Leader), Vec2::ZERO), Some(Watch::Leader));
        assert_eq!(watcher.wish(Wish::Roam, Vec2::X), None);
        assert!(watcher.shown().aside && watcher.shown().free);
        watcher.begin(false);
        assert_eq!(watcher.shown(), Watched::default());
    }

    #[test]
    fn the_free_camera_goes_where_keys_and_fingers_want_and_no_farther_than_the_edge() {
        let mut watcher = Watcher::default();
        assert_eq!(watcher.roam(Vec2::X, 1.0, 1.0, 5_000.0), None, "it is not free");
        watcher.wish(Wish::Roam, Vec2::new(10.0, 20.0));
        assert_eq!(watcher.roam(Vec2::X, 2.0, 0.1, 5_000.0), Some(Vec2::new(60.0, 20.0)));
        watcher.grasp(3, Vec2::new(100.0, 100.0));
        watcher.drag(4, Vec2::ZERO, 2.0);
        watcher.drag(3, Vec2::new(90.0, 110.0), 2.0);
        assert_eq!(watcher.roam(Vec2::ZERO, 2.0, 0.1, 5_000.0), Some(Vec2::new(65.0, 25.0)));
        watcher.let_go(Some(3));
        watcher.drag(3, Vec2::ZERO, 2.0);
        assert_eq!(watcher.roam(Vec2::ZERO, 2.0, 0.1, 13.0).map(|place| place.length().round()), Some(13.0));
        assert_eq!(watcher.wish(Wish::Roam, Vec2::ZERO), Some(Watch::Next), "again, and it follows somebody");
        assert!(!watcher.shown().free);
    }

    #[test]
    fn without_an_end_there_is_nothing_to_see_again() {
        let mut watcher = Watcher::default();
        assert_eq!(watcher.wish(Wish::Again, Vec2::ZERO), None);
        assert_eq!(watcher.shown(), Watched::default());
    }
}
