//! The binary `netlab`: the real server and the real swarm, each in a network namespace of its own, and between them a
//! seeded relay that delays, jitters, drops, rate-limits and freezes real IP packets. What a real TCP makes of a bad
//! line cannot be simulated; here it is measured.
//!
//! ```text
//! namespace a                                                     namespace b
//! swarm ─ TCP ─ TUN ══► relay: one road per connection and way ══► TUN ─ TCP ─ perihelion
//! ```
//!
//! Duty: arguments in, table and JSON out. Exit codes: 0 measured, 1 something failed, 2 flags, 77 cannot run here (not
//! Linux, not root, no `ip`, no TUN). Invariants: no packet leaves the two namespaces; everything that was made is
//! removed at the end, also after ctrl-c.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a terminal is what this program is for")]

mod cli;
#[cfg(target_os = "linux")]
mod lab;
#[cfg(target_os = "linux")]
mod namespace;
mod packet;
mod post;
#[cfg(target_os = "linux")]
mod relay;
mod report;
mod road;
#[cfg(target_os = "linux")]
mod tun;

use std::process::ExitCode;

use arguments::Parsed;
use cli::CommandLine;

/// What automake calls a skipped test.
const CANNOT_RUN_HERE: u8 = 77;

/// Why there are no figures.
#[derive(Debug)]
pub enum LabError {
    /// This machine or this user cannot do it; nothing was measured.
    CannotRunHere(String),
    /// It should have worked.
    Failed(String),
    /// A signal came.
    Interrupted,
}

fn main() -> ExitCode {
    let line = match arguments::parse::<CommandLine>(std::env::args_os()) {
        Parsed::Run(line) => line,
        Parsed::Print(text) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Parsed::Refuse(why) => return end(2, &why),
    };
    match measure(&line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(LabError::CannotRunHere(why)) => end(CANNOT_RUN_HERE, &format!("cannot run here: {why}")),
        Err(LabError::Failed(why)) => end(1, &why),
        Err(LabError::Interrupted) => end(130, "interrupted; everything is removed again"),
    }
}

#[cfg(target_os = "linux")]
fn measure(line: &CommandLine) -> Result<(), LabError> {
    let reports = lab::run(line)?;
    print!("{}", report::table(&reports));
    let Some(path) = &line.json else { return Ok(()) };
    let json = serde_json::to_vec_pretty(&reports).expect("plain fields always serialise");
    std::fs::write(path, json).map_err(|error| LabError::Failed(format!("cannot write {}: {error}", path.display())))
}

#[cfg(not(target_os = "linux"))]
fn measure(_: &CommandLine) -> Result<(), LabError> {
    Err(LabError::CannotRunHere("network namespaces and TUN are Linux's".to_owned()))
}

fn end(code: u8, line: &str) -> ExitCode {
    eprintln!("netlab: {line}");
    ExitCode::from(code)
}
