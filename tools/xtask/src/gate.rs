//! The gate: the steps in their order, each with its name and time, stopping at the first that fails.
//!
//! Invariant: the last line always says how many steps passed and failed. Not here: what a step does (`steps`).

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{steps, toolchain::Tree};

/// One step: the name to call it by, what it is for, and how to do it.
#[derive(Clone, Copy)]
pub struct Step {
    /// One word.
    pub name: &'static str,
    /// What passing means.
    pub promise: &'static str,
    /// Does it.
    pub run: fn(&Tree) -> Result<()>,
}

/// `cargo xtask test [STEP…]`.
pub fn test(args: &[String]) -> Result<ExitCode> {
    if args.iter().any(|arg| arg == "--list") {
        for step in steps::ALL {
            println!("  {:<12} {}", step.name, step.promise);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = choose(steps::ALL, args)?;
    let tree = Tree::find()?;
    let (passed, failed) = run_all(&tree, &chosen);
    Ok(if failed == 0 && passed == chosen.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The named steps in the gate's order, or all of them.
fn choose(all: &[Step], names: &[String]) -> Result<Vec<Step>> {
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|step| step.name == **name)) {
        let known: Vec<&str> = all.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; the steps are: {}", known.join(", "));
    }
    Ok(all.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).copied().collect())
}

fn run_all(tree: &Tree, steps: &[Step]) -> (usize, usize) {
    let start = Instant::now();
    let mut times: Vec<(&str, Duration)> = Vec::new();
    let mut broken = None;
    for (index, step) in steps.iter().enumerate() {
        println!("\n=== {}/{} {}: {}", index + 1, steps.len(), step.name, step.promise);
        let begun = Instant::now();
        let result = (step.run)(tree);
        times.push((step.name, begun.elapsed()));
        match result {
            Ok(()) => println!("--- {} ok in {}", step.name, clock(begun.elapsed())),
            Err(error) => {
                println!("--- {} FAILED after {}: {error:#}", step.name, clock(begun.elapsed()));
                broken = Some(step.name);
                break;
            }
        }
    }
    println!();
    for (name, time) in &times {
        println!("  {name:<12} {:>9}", clock(*time));
    }
    println!("{}", summary(times.len(), steps.len(), broken, start.elapsed()));
    let failed = usize::from(broken.is_some());
    (times.len() - failed, failed)
}

fn summary(run: usize, planned: usize, broken: Option<&str>, time: Duration) -> String {
    let failed = usize::from(broken.is_some());
    let mut line = format!("{} passed, {failed} failed", run - failed);
    if let Some(name) = broken {
        line.push_str(&format!(" ({name})"));
    }
    if run < planned {
        line.push_str(&format!(", {} not run", planned - run));
    }
    line.push_str(&format!(" in {}", clock(time)));
    line
}

fn clock(time: Duration) -> String {
    if time.as_secs() < 60 {
        return format!("{:.1} s", time.as_secs_f64());
    }
    let seconds = time.as_secs_f64().round() as u64;
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &'static str) -> Step {
        Step { name, promise: "", run: |_| Ok(()) }
    }

    #[test]
    fn named_steps_keep_the_order_of_the_gate() {
        let all = [step("fmt"), step("clippy"), step("unit")];
        let names = |wanted: &[&str]| -> Vec<&str> {
            let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
            choose(&all, &wanted).expect("known").iter().map(|step| step.name).collect()
        };
        assert_eq!(names(&[]), ["fmt", "clippy", "unit"]);
        assert_eq!(names(&["unit", "fmt"]), ["fmt", "unit"]);
        let error = choose(&all, &["e2e".to_owned()]).err().expect("unknown").to_string();
        assert!(error.contains("fmt, clippy, unit"), "{error}");
    }

    #[test]
    fn the_gate_stops_at_the_first_failure() {
        let tree = Tree { root: ".".into(), target: ".".into() };
        let bad = Step { name: "bad", promise: "", run: |_| bail!("broken") };
        assert_eq!(run_all(&tree, &[step("a"), bad, step("never")]), (1, 1));
        assert_eq!(run_all(&tree, &[step("a"), step("b")]), (2, 0));
    }

    #[test]
    fn the_last_line_counts() {
        let time = Duration::from_secs(75);
        assert_eq!(summary(11, 11, None, time), "11 passed, 0 failed in 1 min 15 s");
        assert_eq!(clock(Duration::from_millis(119_700)), "2 min 00 s");
        assert_eq!(summary(3, 11, Some("unit"), time), "2 passed, 1 failed (unit), 8 not run in 1 min 15 s");
    }
}
