//! The real server over real sockets: what it serves, whom it lets play, and what it survives.
//!
//! Most tests start the server in this process on a free port, with the timeout under test shortened; `process`
//! starts the binary. Waiting is always for a condition with a deadline.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in tests an unwrap is an assertion")]

mod admin;
mod binary;
mod chat;
mod check;
mod clients;
mod clips;
mod foreign;
mod hostile;
mod kill_loop;
mod lane;
mod metrics;
mod page;
mod pilot;
mod play;
mod process;
mod proxy;
mod rooms;
mod running;
mod saved;
mod silence;
mod tls;
mod upgrade;
