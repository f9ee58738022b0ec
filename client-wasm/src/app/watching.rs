//! Watching while one waits for a ship, in the page: keys and buttons to wishes, the free camera, the kill cam in the
//! place of the arena. Invariant: what is shown again is nothing the instruments know of.

use glam::Vec2;
use shared::replica::view::Phase;

use super::App;
use crate::{
    input::{Action, InputEvent},
    view::Effects,
    watch::{WISHES, Wish},
};

impl App {
    /// Takes the keys of watching; in flight they mean other things, or nothing.
    pub(super) fn take_wishes(&mut self) {
        self.watcher.begin(self.waits());
        for (action, wish) in WISHES {
            if self.sampler.take_pressed(action) {
                self.take_wish(wish);
            }
        }
    }

    /// Whether one may look where one likes: shot down, or come to look on.
    fn waits(&self) -> bool {
        match self.net.view().phase {
            Phase::Dead { .. } => true,
            Phase::Spectating => self.net.place().watching,
            Phase::Connecting | Phase::Flying => false,
        }
    }

    /// Does as a key or a button asks.
    pub(super) fn take_wish(&mut self, wish: Wish) {
        if !self.waits() {
            return;
        }
        let ran = self.watcher.reel.is_running();
        if let Some(watch) = self.watcher.wish(wish, self.camera.centre()) {
            self.net.watch(watch);
        }
        if self.watcher.reel.is_running() != ran {
            self.cut();
        }
    }

    /// Another scene: what flew about before does not belong here.
    pub(super) fn cut(&mut self) {
        self.effects = Effects::new(1, self.panel.looks());
        self.camera.hold(self.watcher.reel.over(self.net.view()).focus.pos);
    }

    /// Moves the free camera.
    pub(super) fn roam(&mut self, dt_s: f32) {
        let held = |action| f32::from(u8::from(self.sampler.held(action)));
        let right =
            held(Action::StrafeRight) + held(Action::TurnRight) - held(Action::StrafeLeft) - held(Action::TurnLeft);
        let way = Vec2::new(right, held(Action::Thrust) - held(Action::Reverse));
        let radius = self.net.view().arena_radius;
        if let Some(place) = self.watcher.roam(way, self.camera.pixels_per_unit(), dt_s, radius) {
            self.net.look_at(place);
        }
    }

    /// Lets pointers drag the free camera. True when a press is no wish for a new ship.
    pub(super) fn take_drag(&mut self, input: &InputEvent) -> bool {
        let scale = self.camera.pixels_per_unit();
        match *input {
            InputEvent::PointerDown { id, pos, .. } => self.watcher.grasp(id, pos),
            InputEvent::PointerMoved { id, pos, .. } => self.watcher.drag(id, pos, scale),
            InputEvent::PointerUp { id, .. } => self.watcher.let_go(Some(id)),
            InputEvent::Blur => self.watcher.let_go(None),
            InputEvent::Key { .. } | InputEvent::Thumb { .. } => {}
        }
        self.watcher.shown().aside
    }
}
