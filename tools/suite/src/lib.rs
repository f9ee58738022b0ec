//! Whole matches in one process and virtual time: a real `Room`, real `Replica`s, seeded bad lines between them,
//! and oracles that say what must hold in every one.
//!
//! ```text
//! seed → Plan → Match (room, players, links) ─ every tick ─► Judge (oracles) ─► Outcome: failures, measures
//! ```
//!
//! Invariant: everything about a match follows from its seed, so any failure replays alone. The tests of `shared`
//! play with [`harness::Match`] too. Not here: sockets, clocks, threads (the binary has those).

pub mod counting;
pub mod harness;
pub mod judge;
pub mod lane;
pub mod measure;
pub mod mind;
mod oracle;
pub mod pit;
pub mod plan;
pub mod play;
pub mod player;
pub mod sight;
pub mod spectator;
pub mod table;
mod truth;
