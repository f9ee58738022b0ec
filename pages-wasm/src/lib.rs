//! Pages around the game: now the connection doctor, `/check`.
//!
//! A module of its own, so that the game's first view does not grow, and because what explains why the game does not run
//! must not need it. Invariant: what a finding means is decided in `doctor` and `compare`, in plain Rust; `browser` and
//! `socket` bring bytes and the time.

mod browser;
mod compare;
mod doctor;
mod socket;
mod words;

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    words::speak();
    let line = compare::Line::default();
    wasm_bindgen_futures::spawn_local(compare::run(line.clone()));
    wasm_bindgen_futures::spawn_local(doctor::run(line));
}
