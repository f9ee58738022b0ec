//! What a player types behind a `/`. Invariant: nothing of it is logged (it may hold a password), and the answer goes to that
//! connection alone.

use shared::protocol::ConsoleLine;

use crate::room::Voice;

/// Answers a line.
pub fn answer(line: &ConsoleLine, voice: &Voice) {
    let word = line.0.split_whitespace().next().unwrap_or_default();
    voice.tell(&format!("There is no command /{word} here."));
}
