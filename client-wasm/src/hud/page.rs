//! The `Dom` of the real page. Invariant: text is set as text; elements are looked up once; an element that index.html
//! lacks is skipped.

mod chart;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::{Dom, Id, Mark, chat, feed, graph::Chart, leaderboard, school};
use crate::{
    platform::{
        browser::{document, element, window},
        pen::{crown, shape},
    },
    view::palette::Rgb,
};

/// Columns of every list: see `leaderboard` and `feed`.
const COLUMNS: usize = 3;

/// The page.
#[derive(Debug, Default)]
pub struct Page {
    found: Vec<(Id, Option<HtmlElement>)>,
    lists: Vec<(Id, Vec<Row>)>,
}

#[derive(Debug)]
struct Row {
    element: Element,
    cells: Vec<Element>,
}

impl Page {
    /// Finds the lists and gives them their rows.
    #[must_use]
    pub fn new() -> Page {
        let lists = [
            (leaderboard::LIST, leaderboard::ROWS),
            (feed::LIST, feed::ROWS),
            (school::LIST, school::LESSONS.len()),
            (chat::LIST, chat::ROWS),
            (chat::MUTED, chat::MUTED_ROWS),
        ];
        Page { found: Vec::new(), lists: lists.into_iter().map(|(id, rows)| (id, make_rows(id, rows))).collect() }
    }

    fn element(&mut self, id: Id) -> Option<&HtmlElement> {
        let index = self.found.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            self.found.push((id, element(id)));
            self.found.len() - 1
        });
        self.found[index].1.as_ref()
    }

    fn row(&self, id: Id, row: usize) -> Option<&Row> {
        self.lists.iter().find(|(known, _)| *known == id)?.1.get(row)
    }
}

impl Dom for Page {
    fn text(&mut self, id: Id, text: &str) {
        if let Some(element) = self.element(id) {
            element.set_text_content(Some(text));
        }
    }

    fn flag(&mut self, id: Id, class: &'static str, on: bool) {
        if let Some(element) = self.element(id) {
            // The class names are ours and well-formed.
            let _ = element.class_list().toggle_with_force(class, on);
        }
    }

    fn share(&mut self, id: Id, share: f32) {
        if let Some(element) = self.element(id) {
            let percent = (share * 1_000.0).round() / 1_000.0;
            let _ = element.style().set_property("--share", &percent.to_string());
            let _ = element.set_attribute("aria-valuenow", &((share * 100.0).round() as i32).to_string());
        }
    }

    fn cell(&mut self, id: Id, row: usize, column: usize, text: &str) {
        if let Some(cell) = self.row(id, row).and_then(|row| row.cells.get(column)) {
            cell.set_text_content(Some(text));
        }
    }

    fn row_flag(&mut self, id: Id, row: usize, class: &'static str, on: bool) {
        if let Some(row) = self.row(id, row) {
            let _ = row.element.class_list().toggle_with_force(class, on);
        }
    }

    fn paint(&mut self, id: Id, marks: &[Mark]) {
        let canvas = self.element(id).and_then(|element| element.dyn_ref::<HtmlCanvasElement>());
        if let Some(canvas) = canvas {
            paint(canvas, marks);
        }
    }

    fn chart(&mut self, id: Id, charts: &[Chart]) {
        let canvas = self.element(id).and_then(|element| element.dyn_ref::<HtmlCanvasElement>());
        if let Some(canvas) = canvas {
            chart::paint(canvas, charts);
        }
    }

    fn check(&mut self, id: Id, on: bool) {
        if let Some(input) = self.element(id).and_then(|element| element.dyn_ref::<HtmlInputElement>()) {
            input.set_checked(on);
        }
    }

    fn focus(&mut self, id: Id) {
        if let Some(element) = self.element(id) {
            let _ = element.focus();
        }
    }

    fn attribute(&mut self, id: Id, name: &'static str, value: &str) {
        if let Some(element) = self.element(id) {
            // The names are ours and well-formed.
            let _ = element.set_attribute(name, value);
        }
    }

    fn value(&mut self, id: Id, value: &str) {
        let Some(element) = self.element(id) else { return };
        if let Some(field) = element.dyn_ref::<HtmlInputElement>() {
            field.set_value(value);
        } else if let Some(choice) = element.dyn_ref::<HtmlSelectElement>() {
            choice.set_value(value);
        }
    }
}

fn make_rows(id: Id, rows: usize) -> Vec<Row> {
    let Some(list) = element(id) else { return Vec::new() };
    let make = |name: &str| document().create_element(name).ok();
    (0..rows)
        .filter_map(|_| {
            let element = make("li")?;
            element.set_class_name("off");
            let cells: Vec<Element> = (0..COLUMNS).filter_map(|_| make("span")).collect();
            for cell in &cells {
                let _ = element.append_child(cell);
            }
            let _ = list.append_child(&element);
            Some(Row { element, cells })
        })
        .collect()
}

/// What one paints with on a clean canvas.
#[derive(Debug)]
struct Pen {
    pen: CanvasRenderingContext2d,
    /// Width and height, device px.
    size: [f64; 2],
    /// Device px per CSS px.
    ratio: f64,
}

/// Wipes a canvas, as many device pixels of it as it has on the screen.
fn pen_on(canvas: &HtmlCanvasElement) -> Option<Pen> {
    let pen: CanvasRenderingContext2d = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
    // The instruments may be zoomed: what is on the screen is not what the canvas measures itself.
    let zoom = canvas.get_bounding_client_rect().width() / f64::from(canvas.offset_width().max(1));
    let ratio = window().device_pixel_ratio().clamp(1.0, 3.0) * zoom.clamp(0.5, 2.0);
    let size = [canvas.client_width(), canvas.client_height()].map(|side| (f64::from(side) * ratio).round().max(1.0));
    let [width, height] = size;
    if f64::from(canvas.width()) != width || f64::from(canvas.height()) != height {
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
    }
    pen.clear_rect(0.0, 0.0, width, height);
    Some(Pen { pen, size, ratio })
}

fn paint(canvas: &HtmlCanvasElement, marks: &[Mark]) {
    let Some(Pen { pen, size: [side, _], ratio }) = pen_on(canvas) else { return };
    let place = |at: glam::Vec2| (side * 0.5 * (1.0 + f64::from(at.x)), side * 0.5 * (1.0 - f64::from(at.y)));
    for mark in marks {
        match *mark {
            Mark::Dot(at, radius, rgb, opacity) => {
                let (x, y) = place(at);
                pen.set_fill_style_str(&css(rgb, opacity));
                pen.begin_path();
                let _ = pen.arc(x, y, f64::from(radius) * ratio, 0.0, core::f64::consts::TAU);
                pen.fill();
            }
            Mark::Circle(at, radius, rgb, opacity) => {
                let (x, y) = place(at);
                pen.set_stroke_style_str(&css(rgb, opacity));
                pen.set_line_width(ratio);
                pen.begin_path();
                let _ = pen.arc(x, y, f64::from(radius) * side * 0.5, 0.0, core::f64::consts::TAU);
                pen.stroke();
            }
            Mark::Square(at, half, rgb, opacity) => {
                let ((x, y), half) = (place(at), f64::from(half) * ratio);
                pen.set_fill_style_str(&css(rgb, opacity));
                pen.fill_rect(x - half, y - half, half * 2.0, half * 2.0);
            }
            Mark::Arrow(at, angle, size, rgb) => {
                let ((x, y), size, angle) = (place(at), f64::from(size) * ratio, f64::from(-angle));
                let corner = |turn: f64, reach: f64| {
                    (x + (angle + turn).cos() * size * reach, y + (angle + turn).sin() * size * reach)
                };
                shape(
                    &pen,
                    &css(rgb, 1.0),
                    &[corner(0.0, 1.2), corner(2.45, 1.0), corner(0.0, -0.35), corner(-2.45, 1.0)],
                );
            }
            Mark::Hexagon(at, radius, rgb) => {
                let ((x, y), s) = (place(at), f64::from(radius) * ratio);
                let points = [(-1.0, 0.0), (-0.5, -0.87), (0.5, -0.87), (1.0, 0.0), (0.5, 0.87), (-0.5, 0.87)];
                shape(&pen, &css(rgb, 1.0), &points.map(|(dx, dy)| (x + dx * s, y + dy * s)));
            }
            Mark::Crown(at, half, rgb) => {
                let ((x, y), s) = (place(at), f64::from(half) * ratio);
                crown(&pen, &css(rgb, 1.0), (x, y), s);
            }
        }
    }
}

fn css(rgb: Rgb, opacity: f32) -> String {
    let [r, g, b] = rgb.map(|value| (value * 255.0) as u8);
    let percent = (opacity * 100.0).round() as u8;
    ["rgb(", &r.to_string(), " ", &g.to_string(), " ", &b.to_string(), " / ", &percent.to_string(), "%)"].concat()
}
