//! Pages around the game: the connection doctor, `/check`, and the administration, `/admin`.
//!
//! A module of its own, so that the game's first view does not grow, and because what explains why the game does not run
//! must not need it. Invariant: what a finding means is decided in `doctor` and `compare`, and what a dashboard shows in `admin`,
//! in plain Rust; `browser` and `socket` bring bytes and the time.

mod admin;
mod browser;
mod canvas;
mod compare;
mod doctor;
mod socket;
mod words;

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    let body = browser::document().body();
    let page = body.and_then(|body| body.get_attribute("data-page")).unwrap_or_default();
    if page == "admin" {
        words::speak("admin-title");
        wasm_bindgen_futures::spawn_local(admin::run());
        return;
    }
    words::speak("title");
    let line = compare::Line::default();
    wasm_bindgen_futures::spawn_local(compare::run(line.clone()));
    wasm_bindgen_futures::spawn_local(doctor::run(line));
}
