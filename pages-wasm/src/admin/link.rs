//! The line to the server: opened, listened to, opened again. Invariant: it gives up only when nobody is signed in any more.

use std::rc::Rc;

use super::{
    account::{self, Who},
    board::Shared,
};
use crate::{
    browser,
    socket::{Happening, Socket},
};

/// Between two looks at what did not come, ms.
const PATIENCE_MS: f64 = 250.0;
/// For a connection to open, ms.
const OPENING_MS: f64 = 8_000.0;
/// The first and the longest wait before trying again, ms.
const AGAIN_MS: [f64; 2] = [500.0, 8_000.0];

/// Keeps the board fed until nobody is signed in.
pub async fn run(board: &Shared) {
    let [mut wait_ms, longest_ms] = AGAIN_MS;
    loop {
        if let Some(socket) = open().await {
            wait_ms = AGAIN_MS[0];
            board.borrow_mut().connected(Rc::clone(&socket));
            listen(board, &socket).await;
            board.borrow_mut().disconnected();
        }
        if account::who().await == Who::Nobody {
            return;
        }
        browser::sleep(wait_ms).await;
        wait_ms = (wait_ms * 2.0).min(longest_ms);
    }
}

async fn open() -> Option<Rc<Socket>> {
    let socket = Socket::connect_as("/admin/socket", "perihelion-admin")?;
    match socket.next(OPENING_MS).await {
        Some((_, Happening::Open)) => Some(Rc::new(socket)),
        _ => None,
    }
}

async fn listen(board: &Shared, socket: &Socket) {
    loop {
        match socket.next(PATIENCE_MS).await {
            Some((_, Happening::Message(bytes))) => board.borrow_mut().hear(&bytes),
            Some((_, Happening::Close(_))) => return,
            Some((_, Happening::Open)) | None => {}
        }
    }
}
