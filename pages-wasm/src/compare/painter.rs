//! Draws a picture of the arena on a small canvas, plainly: lines and discs. Invariant: it decides nothing.

use std::f64::consts::TAU;

use glam::Vec2;
use shared::limits::PANORAMA_HALF_U;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::picture::Picture;
use crate::browser;

/// A canvas and its pen.
#[derive(Debug)]
pub struct Painter {
    canvas: HtmlCanvasElement,
    pen: CanvasRenderingContext2d,
}

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
        let canvas: HtmlCanvasElement = browser::element(id)?.dyn_into().ok()?;
        let pen = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Painter { canvas, pen })
    }

    /// Draws what lies around `centre`.
    pub fn draw(&self, picture: &Picture, centre: Vec2) {
        let ratio = browser::window().device_pixel_ratio();
        let size = |css: i32| ((f64::from(css) * ratio).round() as u32).max(1);
        let (width, height) = (size(self.canvas.client_width()), size(self.canvas.client_height()));
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        let half = (f64::from(width) / 2.0, f64::from(height) / 2.0);
        let frame = Frame { centre, half, scale: half.0.max(half.1) / f64::from(PANORAMA_HALF_U) };
        self.pen.set_fill_style_str("#070914");
        self.pen.fill_rect(0.0, 0.0, width.into(), height.into());
        self.circle(frame.place(Vec2::ZERO), f64::from(picture.edge) * frame.scale, "rgb(140 180 255 / 30%)", ratio);
        self.star(picture, frame, ratio);
        for &(at, radius) in &picture.rocks {
            self.disc(frame.place(at), f64::from(radius) * frame.scale, "#56607a");
        }
        for &(at, heading, radius) in &picture.ships {
            // At this scale a ship would be a speck.
            self.ship(frame.place(at), f64::from(heading), (f64::from(radius) * frame.scale * 1.5).max(5.0 * ratio));
        }
        for &at in &picture.shots {
            self.disc(frame.place(at), 1.6 * ratio, "#ffd27a");
        }
    }

    fn star(&self, picture: &Picture, frame: Frame, ratio: f64) {
        let (at, radius) = (frame.place(Vec2::ZERO), f64::from(picture.star) * frame.scale);
        if let Ok(glow) = self.pen.create_radial_gradient(at.0, at.1, radius * 0.3, at.0, at.1, radius * 2.2) {
            for (stop, colour) in [(0.0, "#fff3cf"), (0.35, "#ffb057"), (1.0, "rgb(255 110 30 / 0%)")] {
                // The stops lie between 0 and 1 and the colours are colours.
                let _ = glow.add_color_stop(stop, colour);
            }
            self.pen.set_fill_style_canvas_gradient(&glow);
            self.path(at, radius * 2.2);
            self.pen.fill();
        }
        self.circle(at, f64::from(picture.ring) * frame.scale, "rgb(255 140 60 / 55%)", ratio);
    }

    fn ship(&self, (x, y): (f64, f64), heading: f64, size: f64) {
        let corner =
            |turn: f64, far: f64| (x + (heading + turn).cos() * far * size, y - (heading + turn).sin() * far * size);
        self.pen.set_fill_style_str("#67e8ff");
        self.pen.begin_path();
        for (index, (x, y)) in
            [corner(0.0, 1.3), corner(2.5, 1.0), corner(TAU / 2.0, 0.4), corner(-2.5, 1.0)].into_iter().enumerate()
        {
            if index == 0 { self.pen.move_to(x, y) } else { self.pen.line_to(x, y) }
        }
        self.pen.fill();
    }

    fn disc(&self, at: (f64, f64), radius: f64, colour: &str) {
        self.pen.set_fill_style_str(colour);
        self.path(at, radius);
        self.pen.fill();
    }

    fn circle(&self, at: (f64, f64), radius: f64, colour: &str, width: f64) {
        self.pen.set_stroke_style_str(colour);
        self.pen.set_line_width(width);
        self.path(at, radius);
        self.pen.stroke();
    }

    fn path(&self, (x, y): (f64, f64), radius: f64) {
        self.pen.begin_path();
        // Fails for negative radii only.
        let _ = self.pen.arc(x, y, radius.max(0.0), 0.0, TAU);
    }
}
