//! Perihelion in a browser: a screen, a keyboard and a socket around the shared core.
//!
//! Direction: `app`, or `replay` for recordings, or `bench` → {`platform`, `input`, `view`, `render`, `hud`, `audio`}. Invariant: `web_sys` is named only in
//! `platform/`, `render/webgl*` and `hud/page*`; everything else is plain Rust that builds and is tested natively.
//! No rule of the game lives here: what happens is decided in `shared`, this crate shows it and asks for it.

pub mod address;
pub mod app;
pub mod audio;
pub mod bench;
pub mod chat;
pub mod film;
pub mod frame_clock;
pub mod hooks;
pub mod hud;
pub mod input;
pub mod invite;
pub mod json;
pub mod lab;
pub mod names;
pub mod net;
pub mod platform;
pub mod reel;
pub mod render;
pub mod replay;
pub mod rooms;
pub mod screen;
pub mod season;
pub mod session;
pub mod settings;
pub mod trophy;
pub mod view;
pub mod watch;
pub mod words;

/// Called by the page once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    platform::error_card::install();
    match platform::browser::path().as_str() {
        replay::PATH => replay::start(),
        bench::PATH => bench::start(),
        _ => app::start(),
    }
}
