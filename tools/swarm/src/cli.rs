//! The command line. Invariant: anything wrong with it becomes one line that names the flag and what would be
//! right, before anything is connected. Whether the target may be used is decided in [`crate::target`].

use std::{ffi::OsString, net::IpAddr, path::PathBuf};

use arguments::Parsed;
use clap::Parser;
use shared::link::Profile;

use crate::wire;

/// Clients at most: what one address has ports for, with room to spare.
const CLIENTS_MAX: i64 = 10_000;
/// Hostile clients at most: enough to be a nuisance, too few to be a weapon.
const HOSTILE_MAX: u32 = 128;

/// Flies many headless players at a Perihelion server and measures what they get.
///
/// Each player is the real client logic, drawn at 60 frames a second, flown by a bot's mind, over a WebSocket of its
/// own. Exit code 0: measured; 1: could not; 2: refused; 3: void, because swarm itself was starved.
#[derive(Debug, Clone, Parser)]
#[command(name = "swarm", version, about)]
pub struct CommandLine {
    /// Where the server is, as ws://HOST:PORT/ws or as the page's http://HOST:PORT/
    #[arg(default_value = "ws://localhost:8080/ws")]
    pub url: String,
    /// Clients in all, hostile ones and spectators included
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=CLIENTS_MAX))]
    pub clients: u32,
    /// Seconds to measure, after everyone has come
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=604_800))]
    pub secs: u32,
    /// Seconds over which the clients arrive
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=3_600))]
    pub ramp: u32,
    /// Share of clients that misbehave: floods, rubbish, never reading, half open
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub hostile: u32,
    /// Share of clients that only watch
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub idle: u32,
    /// Each client loses its line about this often and comes back with its token; 0 means never, light ones never do
    #[arg(long, value_name = "S", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=86_400))]
    pub drop_every: u32,
    /// Pilots are light: scripted commands, and no more of a snapshot read than its envelope; a thousand on half a core
    #[arg(long)]
    pub light: bool,
    /// With --light: so many pilots are real nevertheless, so that there are predictions to judge
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=CLIENTS_MAX))]
    pub real: u32,
    /// Every honest client's line is like this: lan, good, typical, poor, awful, slow, freeze, bursty
    #[arg(long, value_name = "NAME", value_parser = wire::profile)]
    pub profile: Option<Profile>,
    /// The first client comes from this address of the machine, each next one from the next
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<IpAddr>,
    /// The server's process, when it runs here: its processor time and memory are measured
    #[arg(long, value_name = "PID")]
    pub pid: Option<u32>,
    /// Write the figures to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Seed of the pilots' minds, of who drops when, and of rubbish
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Threads that fly the clients
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = threads)]
    pub threads: usize,
    /// Allow a target that is not this machine
    #[arg(long)]
    pub i_own_this_server: bool,
}

/// Reads the arguments, the program's name first.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Parsed<CommandLine> {
    let parsed = arguments::parse(arguments);
    match &parsed {
        Parsed::Run(line) => CommandLine::contradiction(line).map_or(parsed, Parsed::Refuse),
        Parsed::Print(_) | Parsed::Refuse(_) => parsed,
    }
}

impl CommandLine {
    /// How many of the clients are hostile.
    pub fn hostile_count(&self) -> u32 {
        self.clients * self.hostile / 100
    }

    /// How many of the clients only watch.
    pub fn spectator_count(&self) -> u32 {
        self.clients * self.idle / 100
    }

    /// How many of the clients play without looking.
    pub fn light_count(&self) -> u32 {
        let pilots = self.clients - self.hostile_count() - self.spectator_count();
        if self.light { pilots.saturating_sub(self.real) } else { 0 }
    }

    fn contradiction(&self) -> Option<String> {
        if self.hostile + self.idle > 100 {
            return Some(format!("--hostile {} and --idle {} are more than 100 % together", self.hostile, self.idle));
        }
        if self.real > 0 && !self.light {
            return Some(format!("--real {} is about clients that are not light: it needs --light", self.real));
        }
        let hostile = self.hostile_count();
        (hostile > HOSTILE_MAX).then(|| format!("--hostile makes {hostile} hostile clients, at most {HOSTILE_MAX}"))
    }
}

fn threads(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|threads| (1..=64).contains(threads)).ok_or("1 to 64 threads")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &str) -> Parsed<CommandLine> {
        parse(format!("swarm {arguments}").split_whitespace().map(OsString::from))
    }

    #[test]
    fn what_is_wrong_is_one_line_that_names_it() {
        for (arguments, names) in [
            ("--clients 0", "--clients"),
            ("--clients 10001", "10001"),
            ("--secs -1", "-1"),
            ("--hostile 101", "--hostile"),
            ("--hostile 60 --idle 50", "more than 100 %"),
            ("--clients 2000 --hostile 50", "1000 hostile"),
            ("--threads 0", "--threads"),
            ("--pid me", "--pid"),
            ("--real 3", "--light"),
            ("--profile splendid", "typical"),
            ("--from here", "--from"),
            ("--nonsense", "--nonsense"),
            ("ws://localhost/ws ws://localhost/ws", "unexpected"),
        ] {
            let Parsed::Refuse(line) = parsed(arguments) else { panic!("{arguments} was taken") };
            assert!(line.contains(names) && !line.contains('\n'), "{arguments}: {line}");
        }
    }

    #[test]
    fn the_defaults_are_a_small_honest_swarm_on_this_machine() {
        let Parsed::Run(line) = parsed("") else { panic!("refused") };
        assert_eq!((line.url.as_str(), line.clients, line.threads), ("ws://localhost:8080/ws", 50, 1));
        assert_eq!((line.hostile_count(), line.spectator_count(), line.drop_every), (0, 0, 0));
        assert!(!line.i_own_this_server);
    }

    #[test]
    fn shares_are_of_all_clients() {
        let Parsed::Run(line) = parsed("--clients 40 --hostile 10 --idle 25") else { panic!("refused") };
        assert_eq!((line.hostile_count(), line.spectator_count(), line.light_count()), (4, 10, 0));
        for (arguments, light) in [("", 26), ("--real 6", 20), ("--real 100", 0)] {
            let arguments = format!("--clients 40 --hostile 10 --idle 25 --light {arguments}");
            let Parsed::Run(line) = parsed(&arguments) else { panic!("refused") };
            assert_eq!(line.light_count(), light, "{arguments}");
        }
    }
}
