//! The binary `suite`: many matches on every core, failures with the command that replays each alone, and the table
//! of figures. Exit codes: 0 all promises kept, 1 one was broken, 2 not understood.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a terminal is what this program is for")]

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use serde_json::json;
use shared::{link::Profile, tick::TICK_HZ};
use suite::{
    plan::Plan,
    play::{Outcome, play},
    table::{self, Figures},
};

const HELP: &str = "\
Plays whole matches in virtual time over bad lines and checks what must hold in each.

    cargo run --release -p suite -- [FLAGS]

    --seeds N       how many matches (300)
    --from SEED     the first seed (0)
    --secs S        length of each before its lines heal, s (60)
    --seed X        only this match, every table compared
    --profile NAME  every line like this: lan good typical poor awful slow freeze bursty
    --players P     so many people in each
    --json FILE     the figures, also as a file
";

struct Flags {
    seeds: u64,
    from: u64,
    secs: u32,
    alone: bool,
    profile: Option<Profile>,
    players: Option<usize>,
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let flags = match parse(&args) {
        Ok(flags) => flags,
        Err(line) => {
            eprintln!("{line}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let begun = Instant::now();
    let Sums { failures, compared, player_ticks, figures } = run(&flags);
    let wall_s = begun.elapsed().as_secs_f64();
    let (text, (met, missed)) = table::markdown(&figures);
    println!("{text}");
    let people_s = player_ticks / u64::from(TICK_HZ);
    if let Some(path) = &flags.json {
        let report = json!({
            "commit": commit(), "seeds": flags.seeds, "from": flags.from, "secs": flags.secs, "wall_s": wall_s,
            "player_seconds": people_s, "tables_compared": compared, "failures": failures,
            "targets": { "met": met, "missed": missed }, "figures": table::json(&figures),
        });
        if let Err(error) = std::fs::write(path, format!("{report:#}\n")) {
            eprintln!("cannot write {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    println!(
        "{} matches, {people_s} player-seconds, {compared} tables compared in {wall_s:.1} s; targets: {met} met, {missed} \
         missed; {} failed",
        flags.seeds,
        failures.len()
    );
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn parse(args: &[String]) -> Result<Flags, String> {
    let mut flags = Flags { seeds: 300, from: 0, secs: 60, alone: false, profile: None, players: None, json: None };
    let mut rest = args.iter();
    while let Some(name) = rest.next() {
        let value = rest.next().ok_or(format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} {value}: not a number"));
        match name.as_str() {
            "--seeds" => flags.seeds = number()?,
            "--from" => flags.from = number()?,
            "--secs" => flags.secs = number()?.clamp(1, 3_600) as u32,
            "--seed" => (flags.from, flags.seeds, flags.alone) = (number()?, 1, true),
            "--players" => flags.players = Some(number()?.clamp(1, 64) as usize),
            "--profile" => {
                flags.profile = Some(Profile::named(value).ok_or(format!("there is no line `{value}`"))?);
            }
            "--json" => flags.json = Some(value.into()),
            _ => return Err(format!("there is no flag {name}")),
        }
    }
    Ok(flags)
}

#[derive(Default)]
struct Sums {
    failures: Vec<String>,
    compared: u64,
    player_ticks: u64,
    figures: Figures,
}

/// Plays every seed, one at a time on each core.
fn run(flags: &Flags) -> Sums {
    // Panics are told as failures of their match; the default hook would tell them twice.
    std::panic::set_hook(Box::new(|_| {}));
    let next = AtomicU64::new(flags.from);
    let sums = Mutex::new(Sums::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= flags.from + flags.seeds {
                        return;
                    }
                    let plan = Plan::new(seed, flags.secs, flags.profile, flags.players);
                    let outcome = play(&plan, flags.alone, None);
                    sums.lock().expect("matches panic inside `play` only").add(&plan, flags, outcome);
                }
            });
        }
    });
    let _ = std::panic::take_hook();
    sums.into_inner().expect("no thread is left")
}

impl Sums {
    fn add(&mut self, plan: &Plan, flags: &Flags, outcome: Outcome) {
        self.compared += outcome.compared;
        self.player_ticks += outcome.player_ticks;
        let line = Profile::ALL.iter().position(|profile| profile.name == plan.profile.name).unwrap_or(0);
        self.figures.entry(line).or_default().add(outcome.measures);
        let Some(failure) = outcome.failure else { return };
        let (seed, people, name) = (plan.seed, plan.people.len(), plan.profile.name);
        let (what, tick) = (failure.what.lines().collect::<Vec<_>>().join(" "), failure.tick.0);
        let text = format!(
            "FAILED seed {seed}, commit {}, profile {name}, oracle {}, tick {tick}: {what}\n  replay: cargo run --release -p \
             suite -- --seed {seed} --profile {name} --players {people} --secs {}",
            commit(),
            failure.oracle,
            flags.secs
        );
        println!("{text}");
        self.failures.push(text);
    }
}

/// The commit of the source, when git is there to say.
fn commit() -> String {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    let said = output.ok().filter(|output| output.status.success());
    said.and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or("unknown".to_owned(), |it| it.trim().to_owned())
}
