//! The administration, `/admin`: the way in, then a dashboard of the whole server with everything that may be done to it.
//! Invariant: what figures, lines and choices mean is decided in plain Rust (`feed`, `desk`, `commands`, `complete`, `history`,
//! `bins`, `scale`); `view` only shows it. What may be done is the server's to say: the page offers what the command table
//! holds for the role, and the server judges every line anew.

mod account;
mod bins;
mod board;
mod chart;
mod commands;
mod complete;
mod desk;
mod feed;
mod format;
mod gate;
mod grid;
mod history;
mod link;
mod map;
mod node;
mod scale;
mod view;

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen_futures::spawn_local;

use crate::browser;
use board::{Board, Shared};

/// Between two looks at the clock, ms.
const PASS_EVERY_MS: f64 = 250.0;

/// Runs the page until it is left.
pub async fn run() {
    let fragment = browser::take_fragment();
    // No form is sent by the browser, whoever waits for it or not.
    browser::on_event(&browser::document(), "submit", |event| event.prevent_default());
    // A link that is opened where the page is already open.
    browser::on_event(&browser::window(), "hashchange", |_| {
        if browser::has_fragment() {
            browser::reload();
        }
    });
    let Some(board) = Board::of().map(|board| Rc::new(RefCell::new(board))) else { return };
    board::listen(&board);
    browser::on_click("sign-out", || spawn_local(leave()));
    let who = Rc::clone(&board);
    browser::on_click("change-password", move || {
        let name = who.borrow().desk.me.name.clone();
        spawn_local(async move { gate::change_password(&name).await });
    });
    spawn_local(pass(Rc::clone(&board)));
    spawn_local(draw(Rc::clone(&board)));
    let mut me = gate::enter(&fragment, "gate-welcome").await;
    loop {
        board.borrow_mut().welcome(me);
        link::run(&board).await;
        me = gate::enter("", "gate-ended").await;
    }
}

/// Signs out. Where that fails the page comes back as it was.
async fn leave() {
    account::sign_out().await;
    browser::reload();
}

async fn pass(board: Shared) {
    loop {
        browser::sleep(PASS_EVERY_MS).await;
        board.borrow_mut().pass();
    }
}

async fn draw(board: Shared) {
    loop {
        browser::frame().await;
        board.borrow().frame();
    }
}
