//! What keeps people civil where no staff looks on: words that nobody is to read (`words`), and news of what happened for people
//! elsewhere (`watch` looks, `webhook` sends).
//!
//! Invariant: all of it is the server's; the core of a room repeats what it is handed, and a page carries none of the tables.

pub mod watch;
pub mod webhook;
pub mod words;
