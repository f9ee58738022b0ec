//! Paints the graphs of `hud::graph` on a canvas, one below the other. Invariant: as many device pixels as the canvas
//! has on the screen, so text stays sharp.

use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{Pen, css, pen_on};
use crate::{
    hud::graph::{Chart, Curve, SAMPLES},
    view::palette::Rgb,
};

const INK: Rgb = [0.91, 0.95, 1.0];
const DIM: Rgb = [0.60, 0.66, 0.78];
/// Height of the line of words above each graph, CSS px.
const TITLE_PX: f64 = 15.0;
/// Space below each, CSS px.
const GAP_PX: f64 = 5.0;
/// Text, CSS px.
const TEXT_PX: f64 = 11.0;

/// Where a graph lies, device px.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    low: f64,
    high: f64,
}

impl Frame {
    fn y(&self, value: f32) -> f64 {
        let share = (f64::from(value) - self.low) / (self.high - self.low).max(1e-6);
        self.top + self.height * (1.0 - share.clamp(0.0, 1.0))
    }

    /// Where a sample is; the newest of `count` at the right edge.
    fn x(&self, index: usize, count: usize) -> f64 {
        self.left + self.width * ((SAMPLES - count + index) as f64 + 1.0) / SAMPLES as f64
    }
}

/// Paints.
pub fn paint(canvas: &HtmlCanvasElement, charts: &[Chart]) {
    let Some(Pen { pen, size: [width, height], ratio }) = pen_on(canvas) else { return };
    pen.set_font(&["600 ", &(TEXT_PX * ratio).to_string(), "px \"Segoe UI\", Inter, system-ui, sans-serif"].concat());
    let with_legend = charts.iter().filter(|chart| !chart.legend.is_empty()).count() as f64;
    let words = (charts.len() as f64 + with_legend) * TITLE_PX + charts.len() as f64 * GAP_PX;
    let each = (height - words * ratio) / charts.len().max(1) as f64;
    let mut top = 0.0;
    for chart in charts {
        let lines = if chart.legend.is_empty() { 1.0 } else { 2.0 };
        title(&pen, chart, top, width, ratio);
        let frame = Frame {
            left: 0.0,
            top: top + lines * TITLE_PX * ratio,
            width,
            height: each,
            low: chart.range.0.into(),
            high: chart.range.1.into(),
        };
        graph(&pen, chart, frame, ratio);
        top = frame.top + each + GAP_PX * ratio;
    }
}

fn title(pen: &CanvasRenderingContext2d, chart: &Chart, top: f64, width: f64, ratio: f64) {
    let base = top + 11.0 * ratio;
    pen.set_text_align("left");
    pen.set_fill_style_str(&css(DIM, 1.0));
    // Text that cannot be drawn is text not drawn.
    let _ = pen.fill_text(chart.title, 0.0, base);
    pen.set_text_align("right");
    pen.set_fill_style_str(&css(INK, 1.0));
    let _ = pen.fill_text(&chart.value, width, base);
    pen.set_text_align("left");
    let mut x = 0.0;
    for (word, colour) in &chart.legend {
        let wide = pen.measure_text(word).map_or(0.0, |text| text.width());
        if x + wide > width {
            continue;
        }
        pen.set_fill_style_str(&css(*colour, 1.0));
        let _ = pen.fill_text(word, x, base + TITLE_PX * ratio);
        x += wide + 8.0 * ratio;
    }
}

fn graph(pen: &CanvasRenderingContext2d, chart: &Chart, frame: Frame, ratio: f64) {
    pen.set_fill_style_str(&css(INK, 0.06));
    pen.fill_rect(frame.left, frame.top, frame.width, frame.height);
    for curve in &chart.curves {
        if curve.filled { bars(pen, curve, frame) } else { line(pen, curve, frame, ratio) }
    }
    if let Some(mark) = chart.mark {
        pen.set_fill_style_str(&css(INK, 0.45));
        pen.fill_rect(frame.left, frame.y(mark).round(), frame.width, 1.0);
    }
}

fn bars(pen: &CanvasRenderingContext2d, curve: &Curve, frame: Frame) {
    pen.set_fill_style_str(&css(curve.colour, 0.85));
    let ground = frame.y(0.0);
    let step = frame.width / SAMPLES as f64;
    for (index, value) in curve.values.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        let (x, y) = (frame.x(index, curve.values.len()), frame.y(*value));
        pen.fill_rect(x - step, y.min(ground), step + 0.5, (ground - y).abs().max(1.0));
    }
}

fn line(pen: &CanvasRenderingContext2d, curve: &Curve, frame: Frame, ratio: f64) {
    pen.set_stroke_style_str(&css(curve.colour, 1.0));
    pen.set_line_width(1.5 * ratio);
    pen.begin_path();
    for (index, value) in curve.values.iter().enumerate() {
        let (x, y) = (frame.x(index, curve.values.len()), frame.y(*value));
        if index == 0 { pen.move_to(x, y) } else { pen.line_to(x, y) }
    }
    pen.stroke();
}
