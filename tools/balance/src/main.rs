//! The binary `balance`: seeded duels of every pair of classes on one step, and whole arenas of bots, as the tables of
//! docs/BALANCE.md. The same seeds give the same tables. A class that wins too much or too little against its step is an error.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a terminal is what this program is for")]

mod arena;
mod duel;
mod spread;

use std::process::ExitCode;

use arguments::Parsed;
use clap::Parser;
use shared::defs::{Defs, ShipClass};

/// Share of its duels against the other classes of its step that any class may win, %.
const FAIR: std::ops::RangeInclusive<f64> = 40.0..=60.0;

/// Plays bots against each other and prints who wins.
#[derive(Debug, Parser)]
#[command(name = "balance")]
struct Line {
    /// Duels per pair of classes on one step
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    duels: u32,
    /// Length of a duel, s
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(10..=600))]
    duel_secs: u32,
    /// Arenas of bots
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    arenas: u32,
    /// Length of each, s
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(10..=7_200))]
    arena_secs: u32,
    /// Bots in each
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(2..=200))]
    bots: u16,
}

fn main() -> ExitCode {
    let line = match arguments::parse::<Line>(std::env::args_os()) {
        Parsed::Run(line) => line,
        Parsed::Print(text) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Parsed::Refuse(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let defs = Defs::standard();
    let mut unfair = false;
    for tier in 1..=4 {
        let classes: Vec<_> = ShipClass::ALL.into_iter().filter(|class| defs.ship(*class).tier == tier).collect();
        if classes.len() > 1 {
            let (table, field) = duel::table(&classes, line.duels, line.duel_secs);
            println!("{table}");
            for (name, share) in field.iter().filter(|(_, share)| !FAIR.contains(share)) {
                eprintln!(
                    "{name} wins {share:.0} % against its step, and {} to {} would be fair",
                    FAIR.start(),
                    FAIR.end()
                );
                unfair = true;
            }
        }
    }
    if line.arenas > 0 {
        println!("{}", arena::table(line.arenas, line.arena_secs, line.bots));
    }
    if unfair { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
