//! The real binary under siege: the threats T3 and T10 to T16 of docs/SECURITY.md, with as many attackers at once as the design
//! names, while twenty others watch. A test binary of its own, one siege after the other, so that what is measured is not the rest of
//! the suite. Invariants: a refusal is counted exactly; a time has the design's limit; of the others nobody is closed, and in
//! 99 of 100 ticks the room is done within a tick.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in tests an unwrap is an assertion")]
#![allow(dead_code, reason = "the helpers are those of the other test binary, which uses all of them")]

#[path = "../it/binary.rs"]
mod binary;
#[path = "../it/clients.rs"]
mod clients;
#[path = "../it/pilot.rs"]
mod pilot;
#[path = "../it/running.rs"]
mod running;
mod siege;
mod threats;
