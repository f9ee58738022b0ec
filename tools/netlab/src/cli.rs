//! The command line. Invariant: anything wrong with it becomes one line, before anything is made.

use std::path::PathBuf;

use clap::Parser;

use crate::road::{PROFILES, Profile};

/// Clients at most: each has an address of its own in 10.77.1.0/24.
const CLIENTS_MAX: i64 = 200;

/// Plays over real TCP on bad lines and tells what players get, line by line.
///
/// Needs Linux, root, `ip` and /dev/net/tun. Exit code 0: measured; 1: failed; 2: refused; 77: cannot run here.
#[derive(Debug, Clone, Parser)]
#[command(name = "netlab", version, about)]
pub struct CommandLine {
    /// Lines to try, with commas between: lan, good, typical, poor, slow, freeze
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = profile,
          default_value = "lan,good,typical,poor,slow,freeze")]
    pub profiles: Vec<Profile>,
    /// Players, each on a line of its own
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=CLIENTS_MAX))]
    pub clients: u32,
    /// Seconds to measure per line
    #[arg(long, value_name = "S", default_value_t = 45, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub secs: u32,
    /// Bots of the server
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(0..=500))]
    pub bots: u32,
    /// Seed of delays and losses, of the arena and of the players' minds
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Write the figures to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The server [default: perihelion beside this program]
    #[arg(long, value_name = "FILE")]
    pub server: Option<PathBuf>,
    /// The players [default: swarm beside this program]
    #[arg(long, value_name = "FILE")]
    pub swarm: Option<PathBuf>,
}

fn profile(name: &str) -> Result<Profile, String> {
    let names = PROFILES.map(|profile| profile.name).join(", ");
    Profile::named(name).ok_or_else(|| format!("the lines are {names}"))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use arguments::Parsed;

    use super::*;

    fn parsed(arguments: &str) -> Parsed<CommandLine> {
        arguments::parse(format!("netlab {arguments}").split_whitespace().map(OsString::from))
    }

    #[test]
    fn by_default_every_line_is_tried() {
        let Parsed::Run(line) = parsed("") else { panic!("refused") };
        assert_eq!(line.profiles.len(), PROFILES.len());
        let Parsed::Run(line) = parsed("--profiles slow,lan --clients 3") else { panic!("refused") };
        let names: Vec<_> = line.profiles.iter().map(|profile| profile.name).collect();
        assert_eq!((names, line.clients), (vec!["slow", "lan"], 3));
    }

    #[test]
    fn what_is_wrong_is_one_line_that_names_it() {
        for (arguments, words) in
            [("--profiles mars", "the lines are lan"), ("--clients 201", "201"), ("--secs 0", "0"), ("--x", "--x")]
        {
            let Parsed::Refuse(line) = parsed(arguments) else { panic!("{arguments} was taken") };
            assert!(line.contains(words) && !line.contains('\n'), "{arguments}: {line}");
        }
    }
}
