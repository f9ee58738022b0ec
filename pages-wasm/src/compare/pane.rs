//! One of the four pictures with its figures.

use glam::Vec2;
use shared::tick::Tick;

use super::{
    meter::{Meter, weight},
    painter::Painter,
    picture::Picture,
};
use crate::browser;

/// A picture, its meter, and where both are shown.
#[derive(Debug)]
pub struct Pane {
    id: &'static str,
    painter: Painter,
    picture: Option<Picture>,
    tick: Option<Tick>,
    meter: Meter,
}

impl Pane {
    /// The pane whose elements begin with `id`, if the page has it.
    pub fn of(id: &'static str) -> Option<Pane> {
        let painter = Painter::of(&format!("{id}-canvas"))?;
        Some(Pane { id, painter, picture: None, tick: None, meter: Meter::default() })
    }

    /// A whole picture came.
    pub fn told(&mut self, picture: Picture, tick: Tick, bytes: usize) {
        self.picture = Some(picture);
        self.tick = Some(tick);
        self.meter.weigh(bytes);
    }

    /// Something came that is no picture by itself.
    pub fn weighed(&mut self, bytes: usize) {
        self.meter.weigh(bytes);
    }

    /// News of `tick` came.
    pub fn heard(&mut self, tick: Tick) {
        self.tick = Some(tick);
    }

    /// It shows another room from now on, of which nothing is known.
    pub fn forget(&mut self) {
        self.tick = None;
        self.picture = None;
    }

    /// What is to be drawn from now on.
    pub fn show(&mut self, picture: Picture) {
        self.picture = Some(picture);
    }

    /// The tick of the latest news.
    pub fn tick(&self) -> Option<Tick> {
        self.tick
    }

    /// A frame.
    pub fn draw(&mut self, centre: Vec2, age_ms: Option<f64>, now: f64) {
        if let Some(picture) = &self.picture {
            self.painter.draw(picture, centre);
            if let Some(age_ms) = age_ms {
                self.meter.show(age_ms);
            }
        }
        let Some(reading) = self.meter.read(now) else { return };
        let id = self.id;
        let age = reading.age_ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.0} ms"));
        browser::set_text(&format!("{id}-age"), &age);
        browser::set_text(&format!("{id}-bytes"), &weight(reading.bytes_s));
        browser::set_text(&format!("{id}-messages"), &format!("{:.0}/s", reading.messages_s));
    }
}
