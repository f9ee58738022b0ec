//! The picture of a season: painted on a canvas of the page, kept as a file that can be saved and, where the browser shares
//! files, shared. Invariant: nothing is painted before somebody asks for it, and nothing leaves the browser by itself.

use std::{cell::RefCell, f64::consts::TAU, rc::Rc};

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, CanvasRenderingContext2d, File, FilePropertyBag, HtmlAnchorElement, HtmlCanvasElement, Url};

use super::{
    browser::{document, element, window},
    pen,
};
use crate::season::card::{Card, SIZE};

const FACE: &str = "px \"Avenir Next\", Futura, \"Century Gothic\", \"Segoe UI\", Inter, system-ui, sans-serif";
const INK: &str = "#e9f1ff";
const DIM: &str = "#9aa9c8";
const GOLD: &str = "#ffd667";
const OWN: &str = "#67e8ff";
const WARM: &str = "#ffb057";
/// Left edge of all text.
const LEFT: f64 = 72.0;
/// Radius of the orbit that the ship is on.
const ORBIT: f64 = 245.0;
/// Middle of the star.
const STAR: (f64, f64) = (985.0, 245.0);

/// The picture made last.
#[derive(Debug, Clone, Default)]
pub struct ResultCard(Rc<RefCell<Option<File>>>);

impl ResultCard {
    /// Paints `card` and makes a file of it; until that is there neither saving nor sharing is offered.
    pub fn make(&self, card: &Card) {
        *self.0.borrow_mut() = None;
        offer("card-save", false);
        offer("card-share", false);
        let canvas = element("card-canvas").and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
        let Some(canvas) = canvas else { return };
        let pen = canvas.get_context("2d").ok().flatten().and_then(|pen| pen.dyn_into().ok());
        let Some(pen): Option<CanvasRenderingContext2d> = pen else { return };
        paint(&pen, card);
        let (kept, name) = (self.0.clone(), card.file_name());
        let take = Closure::once_into_js(move |blob: JsValue| {
            let Some(file) = blob.dyn_into::<Blob>().ok().and_then(|blob| file_of(&blob, &name)) else { return };
            offer("card-save", true);
            offer("card-share", shares(&file).is_some());
            *kept.borrow_mut() = Some(file);
        });
        // A browser that makes no file leaves the picture to be looked at.
        let _ = canvas.to_blob(take.unchecked_ref());
    }

    /// Saves it where the browser saves things.
    pub fn save(&self) {
        let kept = self.0.borrow();
        let Some(file) = kept.as_ref() else { return };
        let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
        if let (Some(link), Ok(url)) = (link, Url::create_object_url_with_blob(file)) {
            link.set_href(&url);
            link.set_download(&file.name());
            link.click();
            let _ = Url::revoke_object_url(&url);
        }
    }

    /// Hands it to the system's way of sharing.
    pub fn share(&self) {
        let kept = self.0.borrow();
        let Some((navigator, data)) = kept.as_ref().and_then(shares) else { return };
        let Some(share) = method(&navigator, "share") else { return };
        if let Some(promise) = share.call1(&navigator, &data).ok().and_then(|made| made.dyn_into::<Promise>().ok()) {
            // Who thinks better of it rejects the promise, and that is no error.
            let never_mind = Closure::<dyn FnMut(JsValue)>::new(|_| {});
            let _ = promise.catch(&never_mind);
            never_mind.forget();
        }
    }
}

fn offer(button: &str, on: bool) {
    if let Some(button) = element(button) {
        let _ = button.class_list().toggle_with_force("off", !on);
    }
}

fn file_of(blob: &Blob, name: &str) -> Option<File> {
    let kind = FilePropertyBag::new();
    kind.set_type("image/png");
    File::new_with_blob_sequence_and_options(&Array::of1(blob), name, &kind).ok()
}

fn method(of: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// What to call `share` on and with, where the browser shares such files.
fn shares(file: &File) -> Option<(JsValue, JsValue)> {
    let navigator: JsValue = window().navigator().into();
    let data = Object::new();
    Reflect::set(&data, &"files".into(), &Array::of1(file)).ok()?;
    let data: JsValue = data.into();
    let can = method(&navigator, "canShare")?.call1(&navigator, &data).ok()?;
    can.is_truthy().then_some((navigator, data))
}

fn paint(pen: &CanvasRenderingContext2d, card: &Card) {
    sky(pen);
    write(pen, "PERIHELION", LEFT, 92.0, (26.0, "300"), WARM);
    write(pen, &card.head, LEFT, 132.0, (22.0, "400"), DIM);
    let mut left = LEFT;
    if card.crowned {
        pen::crown(pen, GOLD, (LEFT + 28.0, 200.0), 28.0);
        left += 74.0;
    }
    write(pen, &card.name, left, 222.0, (62.0, "600"), INK);
    write(pen, &card.place, LEFT, 290.0, (44.0, "300"), OWN);
    for (at, (how_much, of_what)) in card.figures.iter().enumerate() {
        let x = LEFT + at as f64 * 176.0;
        write(pen, how_much, x, 384.0, (40.0, "600"), INK);
        write(pen, of_what, x, 416.0, (19.0, "400"), DIM);
    }
    for (at, (place, name, points)) in card.best.iter().enumerate() {
        let y = 486.0 + at as f64 * 36.0;
        write(pen, place, LEFT, y, (23.0, "400"), DIM);
        write(pen, name, LEFT + 48.0, y, (25.0, "600"), if at == 0 { GOLD } else { INK });
        write(pen, points, LEFT + 420.0, y, (25.0, "400"), INK);
    }
    write(pen, &card.foot.1, 700.0, 558.0, (23.0, "400"), WARM);
    write(pen, &card.foot.0, 700.0, 524.0, (20.0, "400"), DIM);
}

/// Deep space, the star, its event ring and two orbits: what the arena looks like from far away.
fn sky(pen: &CanvasRenderingContext2d) {
    let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    pen.set_fill_style_str("#05060d");
    pen.fill_rect(0.0, 0.0, width, height);
    glow(
        pen,
        STAR,
        620.0,
        &[(0.0, "rgb(255 150 60 / 42%)"), (0.35, "rgb(160 60 20 / 22%)"), (1.0, "rgb(4 5 11 / 0%)")],
    );
    glow(pen, (140.0, 640.0), 520.0, &[(0.0, "rgb(40 80 160 / 26%)"), (1.0, "rgb(4 5 11 / 0%)")]);
    // Stars where a simple sequence puts them, the same on every card.
    let mut seed = 12_345_u32;
    let mut next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1_u32 << 24)
    };
    for _ in 0..170 {
        let (x, y, size) = (next() * width, next() * height, 0.5 + next() * 1.5);
        pen.set_fill_style_str(if size > 1.6 { "rgb(255 255 255 / 80%)" } else { "rgb(190 210 255 / 42%)" });
        disc(pen, (x, y), size);
    }
    pen.set_line_width(2.0);
    for (radius, colour) in
        [(150.0, "rgb(255 120 50 / 75%)"), (ORBIT, "rgb(140 180 255 / 26%)"), (330.0, "rgb(140 180 255 / 18%)")]
    {
        pen.set_stroke_style_str(colour);
        pen.begin_path();
        let _ = pen.arc(STAR.0, STAR.1, radius, 0.0, TAU);
        pen.stroke();
    }
    glow(
        pen,
        STAR,
        150.0,
        &[(0.0, "#fff6e0"), (0.28, "#ffd27a"), (0.46, "rgb(255 140 50 / 85%)"), (1.0, "rgb(255 90 30 / 0%)")],
    );
    pen.set_fill_style_str("#8fb6ff");
    disc(pen, on_orbit(ORBIT, 1.15), 15.0);
    pen.set_fill_style_str("#c98d5a");
    disc(pen, on_orbit(330.0, 3.5), 11.0);
    ship(pen, 3.75);
}

/// A place on a circle around the star.
fn on_orbit(radius: f64, angle: f64) -> (f64, f64) {
    (STAR.0 + radius * angle.cos(), STAR.1 + radius * angle.sin())
}

fn glow(pen: &CanvasRenderingContext2d, (x, y): (f64, f64), radius: f64, stops: &[(f32, &str)]) {
    let Ok(gradient) = pen.create_radial_gradient(x, y, 0.0, x, y, radius) else { return };
    for (at, colour) in stops {
        let _ = gradient.add_color_stop(*at, colour);
    }
    pen.set_fill_style_canvas_gradient(&gradient);
    disc(pen, (x, y), radius);
}

fn disc(pen: &CanvasRenderingContext2d, (x, y): (f64, f64), radius: f64) {
    pen.begin_path();
    let _ = pen.arc(x, y, radius, 0.0, TAU);
    pen.fill();
}

/// A ship on its way round, with the line ahead of it.
fn ship(pen: &CanvasRenderingContext2d, at: f64) {
    pen.set_fill_style_str("rgb(103 232 255 / 65%)");
    (4..26).for_each(|step| disc(pen, on_orbit(ORBIT, at + f64::from(step) * 0.055), 2.2));
    let ((x, y), heading) = (on_orbit(ORBIT, at), at + TAU / 4.0);
    let corner = |turn: f64, reach: f64| (x + (heading + turn).cos() * reach, y + (heading + turn).sin() * reach);
    pen::shape(pen, OWN, &[corner(0.0, 30.0), corner(2.5, 25.0), corner(0.0, -8.0), corner(-2.5, 25.0)]);
}

fn write(pen: &CanvasRenderingContext2d, text: &str, x: f64, y: f64, (size, weight): (f64, &str), colour: &str) {
    pen.set_font(&[weight, " ", &size.to_string(), FACE].concat());
    pen.set_fill_style_str(colour);
    // Text that cannot be drawn is text not drawn; what is too long for the card is drawn narrower.
    let _ = pen.fill_text_with_max_width(text, x, y, f64::from(SIZE.0) - x - 40.0);
}
