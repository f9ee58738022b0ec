//! The binary `swarm`: many headless players over real WebSockets, for load and soak.
//!
//! Duty: arguments in, table and JSON out, exit code. Exit codes: 0 measured, 1 could not be carried out, 2 refused
//! (flags, or a target that is not this machine), 3 void: swarm itself was starved, so its figures say nothing
//! about the server. Invariant: it never connects anywhere but to the addresses that [`target`] has let through.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a terminal is what this program is for")]

mod beat;
mod books;
mod cli;
mod comeback;
mod facts;
mod fleet;
mod frames;
mod helm;
mod hostile;
mod kind;
mod lane;
mod news;
mod pilot;
mod plan;
mod process;
mod report;
mod run;
mod socket;
mod table;
mod tally;
mod target;
mod verdict;
mod wire;

use std::process::ExitCode;

use arguments::Parsed;
use cli::CommandLine;
use report::Report;
use target::Target;

fn main() -> ExitCode {
    let command_line = match cli::parse(std::env::args_os()) {
        Parsed::Run(command_line) => command_line,
        Parsed::Print(text) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Parsed::Refuse(line) => return end(2, &line),
    };
    let target = match Target::find(&command_line.url, command_line.i_own_this_server) {
        Ok(target) => target,
        Err(error) => return end(2, &error.to_string()),
    };
    if let Some(pid) = command_line.pid.filter(|&pid| process::usage(pid).is_none()) {
        return end(2, &format!("--pid {pid}: there is no such process here"));
    }
    raise_file_limit(command_line.clients);
    match measure(&command_line, target) {
        Ok(report) => conclude(&command_line, &report),
        Err(error) => end(1, &error.to_string()),
    }
}

fn measure(command_line: &CommandLine, target: Target) -> Result<Report, run::RunError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(command_line.threads)
        .enable_all()
        .build()
        .map_err(run::RunError::Runtime)?;
    let report = runtime.block_on(run::run(command_line, target));
    // Nobody waits for a socket that does not end.
    runtime.shutdown_background();
    report
}

fn conclude(command_line: &CommandLine, report: &Report) -> ExitCode {
    print!("{}", table::Table(report));
    if let Some(path) = &command_line.json {
        let json = serde_json::to_vec_pretty(report).expect("plain fields always serialise");
        if let Err(error) = std::fs::write(path, json) {
            return end(1, &format!("cannot write {}: {error}", path.display()));
        }
    }
    ExitCode::from(report.verdict.exit_code())
}

fn end(code: u8, line: &str) -> ExitCode {
    eprintln!("swarm: {line}");
    ExitCode::from(code)
}

/// One file per socket and some for the rest. Should the system allow fewer, connecting fails and is counted.
fn raise_file_limit(clients: u32) {
    const REST: u64 = 64;
    if let Err(error) = rlimit::increase_nofile_limit(u64::from(clients) + REST) {
        eprintln!("swarm: cannot raise the limit of open files: {error}");
    }
}
