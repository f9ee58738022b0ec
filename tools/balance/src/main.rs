//! The binary `balance`: seeded duels of every pair of classes on one step, and whole arenas of bots, as the tables of
//! docs/BALANCE.md. The same seeds give the same tables. What is not as docs/BALANCE.md wants it is an error.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a terminal is what this program is for")]

mod arena;
mod bars;
mod duel;
mod spread;

use std::process::ExitCode;

use arguments::Parsed;
use clap::Parser;
use shared::defs::{Defs, ShipClass};

/// Plays bots against each other and prints who wins.
#[derive(Debug, Parser)]
#[command(name = "balance")]
struct Line {
    /// Duels per pair of classes on one step; none: 0
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    duels: u32,
    /// Length of a duel, s
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(10..=600))]
    duel_secs: u32,
    /// Arenas of bots; none: 0
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(0..=1_000))]
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
    let mut misses = Vec::new();
    for tier in (1..=4).filter(|_| line.duels > 0) {
        let classes: Vec<_> = ShipClass::ALL.into_iter().filter(|class| defs.ship(*class).tier == tier).collect();
        if classes.len() > 1 {
            let (table, field) = duel::table(&classes, line.duels, line.duel_secs);
            println!("{table}");
            misses
                .extend(field.iter().filter_map(|(name, share)| bars::FIELD.miss(&format!("{name}'s duels"), *share)));
        }
    }
    if line.arenas > 0 {
        let (table, missed) = arena::table(line.arenas, line.arena_secs, line.bots);
        println!("{table}");
        misses.extend(missed);
    }
    misses.iter().for_each(|miss| eprintln!("{miss}"));
    if misses.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
