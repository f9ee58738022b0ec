//! A curve over ten minutes, and bars, on canvases. Invariant: every chart is described in words, too.

use super::{bins::Bin, scale};
use crate::canvas::{Canvas, Size};

const LINE: &str = "#67e8ff";
const FILL: &str = "rgb(103 232 255 / 14%)";
const GRID: &str = "rgb(140 180 255 / 16%)";
const WORDS: &str = "#a3b1cf";
const BAD: &str = "#ffb057";

/// Of words on a chart, CSS pixels.
const WORDS_PX: f64 = 11.0;
/// Horizontal lines above the lowest.
const STEPS: u32 = 2;

/// A curve's chart.
#[derive(Debug)]
pub struct Chart {
    pub canvas: Canvas,
    /// The axis ends there at least.
    pub least: f64,
    /// How a value is written.
    pub write: fn(f64) -> String,
}

impl Chart {
    /// Draws the newest `room` points.
    pub fn draw(&self, points: &[f64], room: usize, name: &str) {
        let size = self.canvas.fit();
        let most = points.iter().copied().fold(0.0, f64::max);
        let top = scale::top(most, self.least, STEPS);
        let pad = WORDS_PX * 0.6 * size.ratio;
        let inner = Size { width: size.width - 46.0 * size.ratio, height: size.height - 2.0 * pad, ratio: size.ratio };
        clear(&self.canvas, size);
        for step in 0..=STEPS {
            let y = pad + inner.height * (1.0 - f64::from(step) / f64::from(STEPS));
            self.rule(y, inner.width);
            let value = (self.write)(top * f64::from(step) / f64::from(STEPS));
            words(&self.canvas, size.ratio, &value, (inner.width + 5.0 * size.ratio, y + 4.0 * size.ratio), "left");
        }
        let mut places = scale::place(points, room, top, inner.width, inner.height);
        places.iter_mut().for_each(|place| place.1 += pad);
        self.curve(&places, pad + inner.height, size.ratio);
        let now = points.last().map_or_else(|| "–".to_owned(), |value| (self.write)(*value));
        self.canvas.describe(&format!("{name}: {now}, max {}", (self.write)(most)));
    }

    fn rule(&self, y: f64, width: f64) {
        self.canvas.pen.set_stroke_style_str(GRID);
        self.canvas.pen.set_line_width(1.0);
        self.canvas.line(&[(0.0, y.round() + 0.5), (width, y.round() + 0.5)]);
        self.canvas.pen.stroke();
    }

    fn curve(&self, places: &[(f64, f64)], floor: f64, ratio: f64) {
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
        let mut area = places.to_vec();
        area.extend([(last.0, floor), (first.0, floor)]);
        self.canvas.line(&area);
        self.canvas.pen.set_fill_style_str(FILL);
        self.canvas.pen.fill();
        self.canvas.line(places);
        self.canvas.pen.set_stroke_style_str(LINE);
        self.canvas.pen.set_line_width(1.5 * ratio);
        self.canvas.pen.stroke();
        self.canvas.disc(*last, 2.6 * ratio, LINE);
    }
}

/// Draws bars side by side; `none` is said when there is nothing to count.
pub fn bars(canvas: &Canvas, bins: &[Bin], name: &str, none: &str) {
    let size = canvas.fit();
    clear(canvas, size);
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0);
    if most == 0 {
        words(canvas, size.ratio, none, (size.width / 2.0, size.height / 2.0), "center");
        return canvas.describe(&format!("{name}: {none}"));
    }
    let line = (WORDS_PX + 4.0) * size.ratio;
    let (step, floor) = (size.width / bins.len() as f64, size.height - line);
    let is_narrow = step < 38.0 * size.ratio;
    for (index, bin) in bins.iter().enumerate() {
        let (x, high) = (index as f64 * step, (floor - line) * bin.count as f64 / most as f64);
        canvas.pen.set_fill_style_str(if bin.is_bad { BAD } else { LINE });
        // A line where there is nothing, so that one sees where something could be.
        canvas.pen.fill_rect(x + step * 0.12, floor - high.max(size.ratio), step * 0.76, high.max(size.ratio));
        let middle = x + step / 2.0;
        if bin.count > 0 {
            words(canvas, size.ratio, &bin.count.to_string(), (middle, floor - high - 4.0 * size.ratio), "center");
        }
        if !is_narrow || index % 2 == 0 {
            label(canvas, size, &bin.label, middle);
        }
    }
    let told = bins.iter().filter(|bin| bin.count > 0).map(|bin| format!("{}: {}", bin.label, bin.count));
    canvas.describe(&format!("{name}: {}", told.collect::<Vec<_>>().join(", ")));
}

/// A word under a bar; those at the ends stay on the canvas.
fn label(canvas: &Canvas, size: Size, text: &str, middle: f64) {
    let y = size.height - 2.0 * size.ratio;
    let half = text.chars().count() as f64 * WORDS_PX * 0.3 * size.ratio;
    match middle {
        left if left < half => words(canvas, size.ratio, text, (0.0, y), "left"),
        right if right + half > size.width => words(canvas, size.ratio, text, (size.width, y), "right"),
        middle => words(canvas, size.ratio, text, (middle, y), "center"),
    }
}

fn clear(canvas: &Canvas, size: Size) {
    canvas.pen.clear_rect(0.0, 0.0, size.width, size.height);
}

fn words(canvas: &Canvas, ratio: f64, text: &str, (x, y): (f64, f64), align: &str) {
    canvas.pen.set_fill_style_str(WORDS);
    canvas.pen.set_text_align(align);
    canvas.pen.set_font(&format!("{}px system-ui, sans-serif", WORDS_PX * ratio));
    // Drawing words cannot fail.
    let _ = canvas.pen.fill_text(text, x, y);
}
