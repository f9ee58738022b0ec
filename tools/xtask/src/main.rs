//! The project's one command: `cargo xtask play`, `build`, `dev`, `test`, `help`.
//!
//! Invariant: whatever goes wrong, the person at the terminal gets one clear line and exit code 1 (or the exit code
//! of the server they started). Not here: what is built (`client`, `server`), what is tested (`gate`).
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a terminal is what this program is for")]

mod browser;
mod client;
mod compress;
mod dev;
mod dist;
mod floor;
mod gate;
mod nginx;
mod page;
mod python2;
mod release;
mod server;
mod serving;
mod soak;
mod steps;
#[cfg(test)]
mod tidy;
mod toolchain;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: cargo xtask <command>

  play [-- FLAGS]   build everything and start the server; FLAGS go to it (try `play -- --help`)
  build             make the single self-contained binary and say how large it is
  dist              the binary with all that a host needs beside it, as an archive in target/dist
  dev [-- FLAGS]    start the server and rebuild client and server whenever a source file changes
  test [STEP...]    run the whole gate, or only the named steps; `test --list` names them
  bench-floor       compare the server with the cheapest one that sends the same bytes ([--clients N] [--secs S]
                    [--rounds R] [--bots N])
  bench-frames      what a frame of the thickest fight costs the page, and whether its memory grows in five minutes
  soak              half an hour of guests that come, go and misbehave: does the server give everything back
                    ([--minutes N] [--clients N])
  help              this text
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<ExitCode> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    match command {
        "play" => server::play(server_flags(rest)),
        "build" => no_more("build", rest).and_then(|()| server::build_and_report()),
        "dist" => no_more("dist", rest).and_then(|()| release::pack()),
        "dev" => dev::watch(server_flags(rest)),
        "test" => gate::test(rest),
        "bench-floor" => floor::bench(rest),
        "bench-frames" => no_more("bench-frames", rest).and_then(|()| steps::bench_frames()),
        "soak" => soak::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
    }
}

/// The flags for the server. The `--` before them may be left out.
fn server_flags(rest: &[String]) -> &[String] {
    match rest.split_first() {
        Some((first, flags)) if first == "--" => flags,
        _ => rest,
    }
}

fn no_more(command: &str, rest: &[String]) -> Result<()> {
    match rest.first() {
        None => Ok(()),
        Some(extra) => bail!("`{command}` takes no arguments, but got `{extra}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn flags_reach_the_server_with_and_without_the_dashes() {
        assert_eq!(server_flags(&strings(&["--", "--port", "0"])), strings(&["--port", "0"]));
        assert_eq!(server_flags(&strings(&["--port", "0"])), strings(&["--port", "0"]));
        assert!(server_flags(&[]).is_empty());
    }

    #[test]
    fn an_unknown_command_names_the_help() {
        let error = run(&strings(&["plya"])).expect_err("not a command");
        assert!(error.to_string().contains("cargo xtask help"), "{error}");
    }
}
