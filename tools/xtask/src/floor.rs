//! `cargo xtask bench-floor`: the server beside the cheapest server that sends the same bytes, in one run.
//!
//! Round by round: Perihelion with a light swarm, then `floor` with the same swarm and messages of the sizes and rates
//! just measured. What counts is the ratio of processor time per client, for machines are noisy and both get the same
//! noise. Not here: what is sent (`tools/swarm`).

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{serving::Serving, toolchain::Tree};

const USAGE: &str = "bench-floor [--clients N] [--secs S] [--rounds R] [--bots N]";
/// Seconds over which clients come.
const RAMP_S: u32 = 5;

/// What is compared how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    clients: u32,
    secs: u32,
    rounds: u32,
    bots: u32,
}

/// One server's figures of one round.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figures {
    cpu_ms_per_client_s: f64,
    snapshots_s: f64,
    down_bytes_s: f64,
    messages_s: f64,
    verdict_ok: bool,
}

/// Builds everything, runs the rounds, prints the table.
pub fn bench(args: &[String]) -> Result<ExitCode> {
    let plan = parse(args)?;
    let tree = Tree::find()?;
    tree.cargo("building server and swarm", &["build", "--release", "--package", "server", "--package", "swarm"], &[])?;
    let [server, floor, swarm] = ["perihelion", "floor", "swarm"].map(|name| tree.program("release", name));
    let report = tree.target.join("bench-floor.json");
    let mut rounds = Vec::new();
    for round in 1..=plan.rounds {
        println!("Round {round} of {}: {} clients for {} s each…", plan.rounds, plan.clients, plan.secs);
        let places = plan.clients.to_string();
        let flags = ["--port", "0", "--bind", "127.0.0.1", "--seed", "7", "--drain-seconds", "0"];
        let room = ["--max-players", &places, "--bots", &plan.bots.to_string()].map(str::to_owned);
        let mut command = Command::new(&server);
        command.args(flags).args(room).arg("--data-dir").arg(tree.target.join("bench-data"));
        let ours = measure(&mut command, &swarm, plan, &report)?;
        let mut command = Command::new(&floor);
        command.arg("--like").arg(&report);
        let theirs = measure(&mut command, &swarm, plan, &report.with_extension("floor.json"))?;
        rounds.push((ours, theirs));
    }
    print!("{}", table(&rounds));
    Ok(if rounds.iter().all(|(ours, theirs)| ours.verdict_ok && theirs.verdict_ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn parse(args: &[String]) -> Result<Plan> {
    let mut plan = Plan { clients: 300, secs: 20, rounds: 3, bots: 0 };
    for pair in args.chunks(2) {
        let [name, value] = pair else { bail!("`{}` needs a number: {USAGE}", pair[0]) };
        let value: u32 = value.parse().with_context(|| format!("`{name} {value}` is no number: {USAGE}"))?;
        let (place, least) = match name.as_str() {
            "--clients" => (&mut plan.clients, 1),
            "--secs" => (&mut plan.secs, 1),
            "--rounds" => (&mut plan.rounds, 1),
            "--bots" => (&mut plan.bots, 0),
            other => bail!("there is no flag `{other}`: {USAGE}"),
        };
        ensure!(value >= least, "`{name}` is at least {least}");
        *place = value;
    }
    Ok(plan)
}

fn measure(server: &mut Command, swarm: &Path, plan: Plan, report: &PathBuf) -> Result<Figures> {
    let serving = Serving::start(server.stderr(Stdio::null()))?;
    let mut command = Command::new(swarm);
    command.arg(&serving.url).args([
        "--light",
        "--clients",
        &plan.clients.to_string(),
        "--secs",
        &plan.secs.to_string(),
    ]);
    command.args(["--ramp", &RAMP_S.to_string(), "--pid", &serving.pid().to_string(), "--json"]).arg(report);
    let output = command.stderr(Stdio::inherit()).output().context("cannot start swarm")?;
    // 3 is a void run: it has figures, which the table marks.
    ensure!(
        matches!(output.status.code(), Some(0 | 3)),
        "swarm says of {}:\n{}",
        server.get_program().display(),
        String::from_utf8_lossy(&output.stdout)
    );
    let text = std::fs::read(report).with_context(|| format!("swarm left no {}", report.display()))?;
    figures(&serde_json::from_slice(&text).context("swarm's report is no JSON")?)
}

fn figures(report: &Value) -> Result<Figures> {
    let figure = |path: &str| {
        report.pointer(path).and_then(Value::as_f64).with_context(|| format!("swarm's report tells no {path}"))
    };
    let kinds = report["down"]["kinds"].as_object().context("swarm's report tells no kinds")?;
    Ok(Figures {
        cpu_ms_per_client_s: figure("/process/cpu_ms_per_client_s")?,
        snapshots_s: figure("/snapshots_s")?,
        down_bytes_s: figure("/down/bytes_s")?,
        messages_s: kinds.values().filter_map(|kind| kind["messages_s"].as_f64()).sum(),
        verdict_ok: report["verdict"].as_str().is_some_and(|verdict| verdict.starts_with("OK")),
    })
}

/// Per round, and the median of the ratios.
fn table(rounds: &[(Figures, Figures)]) -> String {
    let mut text =
        String::from("\n                 server CPU, ms per client-second    snapshots/s    messages/s    down, B/s\n");
    let mut ratios = Vec::new();
    for (ours, theirs) in rounds {
        for (name, figures) in [("Perihelion", ours), ("floor", theirs)] {
            text.push_str(&format!(
                "{name:<15} {:>34.3} {:>14.2} {:>13.2} {:>12.0}{}\n",
                figures.cpu_ms_per_client_s,
                figures.snapshots_s,
                figures.messages_s,
                figures.down_bytes_s,
                if figures.verdict_ok { "" } else { "   VOID: swarm was starved" }
            ));
        }
        ratios.push(ours.cpu_ms_per_client_s / theirs.cpu_ms_per_client_s);
        text.push_str(&format!("{:<15} {:>33.2}×\n", "ratio", ratios[ratios.len() - 1]));
    }
    ratios.sort_by(f64::total_cmp);
    text.push_str(&format!("{:<15} {:>33.2}×\n", "median ratio", ratios[ratios.len() / 2]));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Plan> {
        parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_change_what_they_name() {
        let plan = parsed("--clients 1000 --rounds 5").unwrap();
        assert_eq!((plan.clients, plan.secs, plan.rounds), (1_000, 20, 5));
        for (flags, words) in [
            ("--clients", "needs a number"),
            ("--clients x", "no number"),
            ("--secs 0", "at least 1"),
            ("--x 1", "--x"),
        ] {
            let error = parsed(flags).expect_err(flags);
            assert!(format!("{error:#}").contains(words), "{flags}: {error:#}");
        }
    }

    #[test]
    fn the_table_shows_both_and_their_ratio() {
        let report = |cpu: f64, verdict: &str| {
            figures(&serde_json::json!({
                "verdict": verdict,
                "process": { "cpu_ms_per_client_s": cpu },
                "snapshots_s": 30.0,
                "down": { "bytes_s": 2_700.0, "kinds": { "snapshot": { "messages_s": 30.0 }, "news": { "messages_s": 2.5 } } },
            }))
            .unwrap()
        };
        let rounds = [1.0, 3.0, 1.8].map(|cpu| (report(cpu, "OK: fine"), report(1.0, "VOID: swarm itself")));
        let text = table(&rounds);
        for words in ["Perihelion", "32.50", "VOID", "3.00×", "median ratio", "1.80×\n"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(figures(&serde_json::json!({})).is_err());
    }
}
