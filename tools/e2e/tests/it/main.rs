//! End to end: the real server binary, played in a real Chromium, the way a person would.
//!
//! `cargo xtask test e2e` builds what these tests need and names it in the environment (`PERIHELION_BIN`,
//! `PERIHELION_PAGE`, `PERIHELION_WASM_CHECKS`, `CHROMIUM`, `CHROMEDRIVER`). Every test has its own server on a port of the system's
//! choosing and its own fresh browser. Invariants: no sleep stands for an event, everything waits for a condition
//! with a deadline; a test that leaves an unexpected line in the browser's console fails.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what a failed test tells, and the measured figures")]

mod admin;
mod boards;
mod canvas;
mod chat;
mod check;
mod classes;
mod combat;
mod comeback;
mod death;
mod decoy;
mod driver;
mod fight;
mod flying;
mod foreign;
mod frames;
mod hints;
mod lab;
mod lancer;
mod layout;
mod lobby;
mod map;
mod modes;
mod nginx;
mod orders;
mod pad;
mod page;
mod picture;
mod practice;
mod readable;
mod replay;
mod rooms;
mod seasons;
mod server;
mod settings;
mod stage;
mod state;
mod touch;
mod tow;
mod unsupported;
mod wasm_checks;
mod wormhole;
