//! Perihelion's host: gives the pure core in `shared` sockets, clocks, threads and a page.
//!
//! Direction: `main → app → http → {session, dashboard} → staff → departure → {lobby, lanes} → room`; each names only what stands
//! to its right (but that the dashboard reads the context of `http`), and `limits`, `bucket`, `address`, `permits`, `counters`, `rates`, `attempts`, `machine`, `proxies`, `tls`, `moderation` (but for its watchman, who looks at rooms and tells the staff), `config` and `log` are leaves
//! (`config` knows of a room only what one is made from). A room ticks on its own thread and shares none with sockets;
//! what passes between them is bounded channels (`room::handle` in, `room::outbox` out). No rule of the game is
//! decided here, and no byte from the network reaches a panic.
//!
//! It is a library so that tests start the very server the binary runs, with shorter timeouts.

pub mod accept;
pub mod address;
pub mod app;
pub mod attempts;
pub mod banner;
pub mod bucket;
pub mod cli;
pub mod clips;
pub mod clock;
pub mod complaint;
pub mod config;
pub mod counters;
pub mod dashboard;
pub mod data_dir;
pub mod departure;
pub mod http;
pub mod journal;
pub mod lanes;
pub mod limits;
pub mod listener;
pub mod lobby;
pub mod log;
pub mod machine;
pub mod moderation;
pub mod network;
pub mod permits;
pub mod probe;
pub mod proxies;
pub mod rates;
pub mod reload;
pub mod replay;
pub mod room;
pub mod session;
pub mod signals;
pub mod spare;
pub mod staff;
pub mod store;
pub mod tls;
