//! Shapes for small canvases: the map and the result card. Invariant: nothing here knows what it draws.

use web_sys::CanvasRenderingContext2d;

/// Corners of a crown of half width 1, +y down.
const CROWN: [(f64, f64); 7] =
    [(-1.0, 0.6), (-1.0, -0.5), (-0.45, 0.05), (0.0, -0.8), (0.45, 0.05), (1.0, -0.5), (1.0, 0.6)];

/// Fills the shape with these corners, px.
pub fn shape(pen: &CanvasRenderingContext2d, fill: &str, points: &[(f64, f64)]) {
    pen.set_fill_style_str(fill);
    pen.begin_path();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 { pen.move_to(*x, *y) } else { pen.line_to(*x, *y) }
    }
    pen.fill();
}

/// Fills a crown around a place, px.
pub fn crown(pen: &CanvasRenderingContext2d, fill: &str, (x, y): (f64, f64), half: f64) {
    shape(pen, fill, &CROWN.map(|(dx, dy)| (x + dx * half, y + dy * half)));
}
