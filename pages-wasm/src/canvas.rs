//! A canvas and its pen: sized to the screen's pixels, with the few strokes that the pages draw. Invariant: it decides
//! nothing; lengths are pixels of the screen, `ratio` of them to a CSS pixel.

use std::f64::consts::TAU;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::browser;

#[derive(Debug, Clone)]
pub struct Canvas {
    canvas: HtmlCanvasElement,
    pub pen: CanvasRenderingContext2d,
}

/// How large it is now.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub width: f64,
    pub height: f64,
    pub ratio: f64,
}

impl Canvas {
    pub fn of(id: &str) -> Option<Canvas> {
        let canvas: HtmlCanvasElement = browser::element(id)?.dyn_into().ok()?;
        let pen = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Canvas { canvas, pen })
    }

    /// Follows the size that the style sheet gives it.
    pub fn fit(&self) -> Size {
        let ratio = browser::window().device_pixel_ratio();
        let size = |css: i32| ((f64::from(css) * ratio).round() as u32).max(1);
        let (width, height) = (size(self.canvas.client_width()), size(self.canvas.client_height()));
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        Size { width: width.into(), height: height.into(), ratio }
    }

    /// Says what is on it to who does not see it.
    pub fn describe(&self, words: &str) {
        if self.canvas.get_attribute("aria-label").as_deref() != Some(words) {
            // The name is right.
            let _ = self.canvas.set_attribute("aria-label", words);
        }
    }

    pub fn disc(&self, at: (f64, f64), radius: f64, colour: &str) {
        self.pen.set_fill_style_str(colour);
        self.path(at, radius);
        self.pen.fill();
    }

    pub fn circle(&self, at: (f64, f64), radius: f64, colour: &str, width: f64) {
        self.pen.set_stroke_style_str(colour);
        self.pen.set_line_width(width);
        self.path(at, radius);
        self.pen.stroke();
    }

    pub fn path(&self, (x, y): (f64, f64), radius: f64) {
        self.pen.begin_path();
        // Fails for negative radii only.
        let _ = self.pen.arc(x, y, radius.max(0.0), 0.0, TAU);
    }

    /// A star that glows as far as 2.2 times its radius.
    pub fn star(&self, at: (f64, f64), radius: f64) {
        let Ok(glow) = self.pen.create_radial_gradient(at.0, at.1, radius * 0.3, at.0, at.1, radius * 2.2) else {
            return;
        };
        for (stop, colour) in [(0.0, "#fff3cf"), (0.35, "#ffb057"), (1.0, "rgb(255 110 30 / 0%)")] {
            // The stops lie between 0 and 1 and the colours are colours.
            let _ = glow.add_color_stop(stop, colour);
        }
        self.pen.set_fill_style_canvas_gradient(&glow);
        self.path(at, radius * 2.2);
        self.pen.fill();
    }

    /// A ship of about `size`, its nose at `heading`, counter-clockwise from the right.
    pub fn ship(&self, (x, y): (f64, f64), heading: f64, size: f64, colour: &str) {
        let corner =
            |turn: f64, far: f64| (x + (heading + turn).cos() * far * size, y - (heading + turn).sin() * far * size);
        self.pen.set_fill_style_str(colour);
        self.line(&[corner(0.0, 1.3), corner(2.5, 1.0), corner(TAU / 2.0, 0.4), corner(-2.5, 1.0)]);
        self.pen.fill();
    }

    /// The way along these places, not yet drawn.
    pub fn line(&self, places: &[(f64, f64)]) {
        self.pen.begin_path();
        for (index, &(x, y)) in places.iter().enumerate() {
            if index == 0 { self.pen.move_to(x, y) } else { self.pen.line_to(x, y) }
        }
    }
}
