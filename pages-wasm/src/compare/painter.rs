//! Draws a picture of the arena on a small canvas, plainly: lines and discs. Invariant: it decides nothing.

use glam::Vec2;
use shared::limits::PANORAMA_HALF_U;

use super::picture::Picture;
use crate::canvas::Canvas;

#[derive(Debug)]
pub struct Painter(Canvas);

/// From places in the world to places on the canvas.
#[derive(Debug, Clone, Copy)]
struct Frame {
    centre: Vec2,
    half: (f64, f64),
    scale: f64,
}

impl Frame {
    fn place(&self, at: Vec2) -> (f64, f64) {
        let from = at - self.centre;
        (self.half.0 + f64::from(from.x) * self.scale, self.half.1 - f64::from(from.y) * self.scale)
    }
}

impl Painter {
    pub fn of(id: &str) -> Option<Painter> {
        Canvas::of(id).map(Painter)
    }

    /// Draws what lies around `centre`.
    pub fn draw(&self, picture: &Picture, centre: Vec2) {
        let canvas = &self.0;
        let size = canvas.fit();
        let (half, ratio) = ((size.width / 2.0, size.height / 2.0), size.ratio);
        let frame = Frame { centre, half, scale: half.0.max(half.1) / f64::from(PANORAMA_HALF_U) };
        canvas.pen.set_fill_style_str("#070914");
        canvas.pen.fill_rect(0.0, 0.0, size.width, size.height);
        let star = frame.place(Vec2::ZERO);
        canvas.circle(star, f64::from(picture.edge) * frame.scale, "rgb(140 180 255 / 30%)", ratio);
        canvas.star(star, f64::from(picture.star) * frame.scale);
        canvas.circle(star, f64::from(picture.ring) * frame.scale, "rgb(255 140 60 / 55%)", ratio);
        for &(at, radius) in &picture.rocks {
            canvas.disc(frame.place(at), f64::from(radius) * frame.scale, "#56607a");
        }
        for &(at, heading, radius) in &picture.ships {
            // At this scale a ship would be a speck.
            let size = (f64::from(radius) * frame.scale * 1.5).max(5.0 * ratio);
            canvas.ship(frame.place(at), f64::from(heading), size, "#67e8ff");
        }
        for &at in &picture.shots {
            canvas.disc(frame.place(at), 1.6 * ratio, "#ffd27a");
        }
    }
}
