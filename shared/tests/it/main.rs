//! Whole matches: a real room and real replicas over seeded bad lines, in virtual time. A failure names its seed.

mod cadence;
mod chat;
mod content;
mod core_war;
mod decoy;
mod duels;
mod hits;
mod hostile;
mod matches;
mod orders;
mod presentation;
mod rounds;
mod saved;
mod seasons;
mod snapshots;
mod steady;
mod tow;
mod tuning;
mod watching;
mod wormhole;
