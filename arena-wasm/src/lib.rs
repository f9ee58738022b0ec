//! The server in the tab: the very room that a server hosts, in a worker of the page, for practice without a network.
//!
//! A module of its own, because a page that plays on a server needs none of it. Invariant: nothing of the game is decided
//! here; `host` brings `shared::room` together with one visitor, `worker` brings it bytes and the time.

pub mod host;
mod worker;

/// Called by the worker's script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    worker::serve();
}
