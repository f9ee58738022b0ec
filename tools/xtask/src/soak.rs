//! `cargo xtask soak`: half an hour of a server's life, with guests that come, go and misbehave.
//!
//! A swarm plays, a tenth of it hostile, each honest client loses its line every minute and a half. After a sixth of the time the
//! server is killed and started again, after a third it is stopped in order and started, after two thirds its room panics.
//! In the end everything that guests took must be given back: what is left open, running and held is compared with a server
//! that nobody has visited; and no return may have cost a slot, or more points than deaths explain.
//! Linux only (`/proc`). Not here: what guests do (`tools/swarm`).

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{
    serving::{Serving, Told},
    toolchain::Tree,
};

const USAGE: &str = "soak [--minutes N] [--clients N]";
/// Between two looks at the process.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// After the last guest has left, everything is given back within this: slots of the lost wait a minute.
const GIVE_BACK: Duration = Duration::from_secs(120);
/// Guests of whom nothing is left may leave this behind: what an allocator keeps, KiB.
const KEPT_KIB: u64 = 24 * 1_024;
/// Memory may grow by this in ten minutes of company, KiB.
const GROWTH_KIB_10_MIN: f64 = 1_024.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    minutes: u32,
    clients: u32,
}

/// What a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Holdings {
    files: usize,
    threads: usize,
    rss_kib: u64,
}

/// A server and the swarm at it.
struct Soak<'a> {
    plan: Plan,
    binary: PathBuf,
    folder: &'a Path,
    port: u16,
}

/// Builds, soaks, judges.
pub fn run(args: &[String]) -> Result<ExitCode> {
    let plan = parse(args)?;
    ensure!(cfg!(target_os = "linux"), "a soak reads /proc: it runs on Linux only");
    let tree = Tree::find()?;
    let target = tree.target.join("soak");
    // In a folder of its own: a server that panics when told to must not lie where the real one is looked for.
    let args = ["build", "--release", "--package", "server", "--features", "server/sabotage", "--target-dir"];
    let args = [&args[..], &[target.to_str().context("the target folder has no readable name")?]].concat();
    tree.cargo("building the server", &args, &[])?;
    tree.cargo("building swarm", &["build", "--release", "--package", "swarm"], &[])?;
    let folder = target.join("run");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot clear away the last soak")?;
    }
    fs::create_dir_all(&folder).context("cannot make a folder for the soak")?;
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).context("no port is free")?.port();
    let soak = Soak { plan, binary: target.join("release/perihelion"), folder: &folder, port };
    soak.live(&tree.program("release", "swarm"))
}

fn parse(args: &[String]) -> Result<Plan> {
    let mut plan = Plan { minutes: 30, clients: 150 };
    for pair in args.chunks(2) {
        let [name, value] = pair else { bail!("`{}` needs a number: {USAGE}", pair[0]) };
        let value: u32 = value.parse().with_context(|| format!("`{name} {value}` is no number: {USAGE}"))?;
        ensure!(value > 0, "`{name}` is at least 1");
        match name.as_str() {
            "--minutes" => plan.minutes = value,
            "--clients" => plan.clients = value,
            other => bail!("there is no flag `{other}`: {USAGE}"),
        }
    }
    Ok(plan)
}

impl Soak<'_> {
    fn live(&self, swarm: &Path) -> Result<ExitCode> {
        let serving = self.start()?;
        thread::sleep(LOOK_EVERY);
        let base = holdings(serving.pid()).context("the server's process cannot be read")?;
        let mut guests = Guests(self.swarm(swarm)?);
        let third = Duration::from_secs(u64::from(self.plan.minutes) * 60 / 3);
        self.watch(&serving, third / 2, &mut Vec::new())?;
        drop(serving);
        println!("killed, and started again");
        let serving = self.start()?;
        self.watch(&serving, third / 2, &mut Vec::new())?;
        let before = metrics(self.port)?;
        serving.tell(Told::Stop)?;
        serving.ended()?;
        println!("stopped in order, and started again");
        let serving = self.start()?;
        let (mut before_panic, mut looks) = (Vec::new(), Vec::new());
        self.watch(&serving, third, &mut before_panic)?;
        serving.tell(Told::Panic)?;
        println!("the room panics");
        let status = loop {
            self.watch(&serving, LOOK_EVERY, &mut looks)?;
            if let Some(status) = guests.0.try_wait().context("cannot wait for swarm")? {
                break status;
            }
        };
        ensure!(
            matches!(status.code(), Some(0 | 3)),
            "swarm ended with {status}: see {}",
            self.file("swarm.log").display()
        );
        let after = metrics(self.port)?;
        let left = self.given_back(&serving, base)?;
        serving.tell(Told::Stop)?;
        serving.ended()?;
        let report = self.report()?;
        let log = fs::read_to_string(self.file("server.log")).context("the server left no log")?;
        let findings = Findings {
            base,
            left,
            growth_kib: growth(&before_panic).max(growth(&looks)),
            metrics: [before, after],
            report,
            log,
        };
        Ok(findings.judge())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn start(&self) -> Result<Serving> {
        let log =
            File::options().create(true).append(true).open(self.file("server.log")).context("no place for a log")?;
        let mut command = Command::new(&self.binary);
        // Slots of the lost must not have to make way for the loud.
        let places = (self.plan.clients * 2).to_string();
        command.args([
            "--bind",
            "127.0.0.1",
            "--port",
            &self.port.to_string(),
            "--max-players",
            &places,
            "--bots",
            "8",
            // The end of one takes points that nobody lost.
            "--season-minutes",
            "0",
        ]);
        Serving::start(command.arg("--data-dir").arg(self.file("data")).stderr(log))
    }

    fn swarm(&self, swarm: &Path) -> Result<Child> {
        let [clients, secs] = [self.plan.clients, self.plan.minutes * 60].map(|number| number.to_string());
        let log = File::create(self.file("swarm.log")).context("no place for a log")?;
        let mut command = Command::new(swarm);
        command.arg(format!("http://127.0.0.1:{}/", self.port)).args(["--clients", &clients, "--secs", &secs]);
        command.args(["--hostile", "10", "--drop-every", "90", "--ramp", "20", "--json"]).arg(self.file("swarm.json"));
        command.stdout(log).stderr(Stdio::inherit()).spawn().context("cannot start swarm")
    }

    /// Looks at the process again and again.
    fn watch(&self, serving: &Serving, time: Duration, looks: &mut Vec<(f64, Holdings)>) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < time {
            thread::sleep(LOOK_EVERY.min(time));
            let held = holdings(serving.pid()).context("the server is gone")?;
            let at_s = looks.last().map_or(0.0, |(at_s, _)| at_s + LOOK_EVERY.as_secs_f64());
            looks.push((at_s, held));
            if looks.len().is_multiple_of(12) {
                println!("{} files, {} threads, {} KiB", held.files, held.threads, held.rss_kib);
            }
        }
        Ok(())
    }

    /// What is held when guests have left, as soon as it is no more than before they came; what it is in the end otherwise.
    fn given_back(&self, serving: &Serving, base: Holdings) -> Result<Holdings> {
        let began = Instant::now();
        loop {
            thread::sleep(LOOK_EVERY);
            let held = holdings(serving.pid()).context("the server is gone")?;
            let is_back = held.files <= base.files && held.threads <= base.threads;
            if is_back || began.elapsed() > GIVE_BACK {
                return Ok(held);
            }
        }
    }

    fn report(&self) -> Result<Value> {
        let bytes = fs::read(self.file("swarm.json")).context("swarm left no figures")?;
        serde_json::from_slice(&bytes).context("swarm's figures are no JSON")
    }
}

/// A swarm that ends with its handle.
struct Guests(Child);

impl Drop for Guests {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What came out.
struct Findings {
    base: Holdings,
    left: Holdings,
    /// KiB in ten minutes, before the panic or after it, whichever is more: the panic itself costs once.
    growth_kib: f64,
    /// Of the process that was stopped, at its end, and of the next.
    metrics: [String; 2],
    report: Value,
    log: String,
}

impl Findings {
    /// Prints a table of promises; fails with one that is broken.
    fn judge(&self) -> ExitCode {
        let Findings { base, left, growth_kib, metrics, report, log } = self;
        let restarts = metrics.each_ref().map(|text| figure(text, "perihelion_room_restarts_total"));
        let panics = log.lines().filter(|line| line.contains("ERROR panic")).count();
        let events = |name: &str| report["clients"][name].as_u64().unwrap_or(u64::MAX);
        let messages = |kind: &str| report["up"]["kinds"][kind]["messages_s"].as_f64().unwrap_or(0.0);
        let desyncs = messages("need_full") * report["client_s"].as_f64().unwrap_or(0.0);
        let rows = [
            ("files open", format!("{} → {}", base.files, left.files), left.files <= base.files),
            ("threads", format!("{} → {}", base.threads, left.threads), left.threads <= base.threads),
            ("memory, KiB", format!("{} → {}", base.rss_kib, left.rss_kib), left.rss_kib <= base.rss_kib + KEPT_KIB),
            ("growth in company, KiB in 10 min", format!("{growth_kib:.0}"), *growth_kib <= GROWTH_KIB_10_MIN),
            ("rooms begun anew", format!("{restarts:?}"), restarts == [Some(0.0), Some(1.0)]),
            ("panics in the log", panics.to_string(), panics == 1),
            ("clients that asked for everything anew", format!("{desyncs:.0}"), desyncs < 0.5),
            ("messages that made no sense to a client", events("nonsense").to_string(), events("nonsense") == 0),
            ("lines lost and slots got back", events("rejoined").to_string(), events("rejoined") > 0),
            ("tokens that were no good any more", events("forgotten").to_string(), events("forgotten") == 0),
            ("returns with the points of before", events("kept").to_string(), events("kept") > 0),
            ("returns with fewer points than deaths explain", events("shrunk").to_string(), events("shrunk") == 0),
        ];
        println!("\n| what | found | |\n|---|---|---|");
        rows.iter()
            .for_each(|(what, found, good)| println!("| {what} | {found} | {} |", if *good { "✓" } else { "✗" }));
        println!("\nclients: {}\nhostile: {}", report["clients"], report["hostile"]);
        if rows.iter().all(|(.., good)| *good) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn holdings(pid: u32) -> Option<Holdings> {
    let count = |folder: &str| Some(fs::read_dir(format!("/proc/{pid}/{folder}")).ok()?.count());
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix("kB")?.trim();
    Some(Holdings { files: count("fd")?, threads: count("task")?, rss_kib: rss.parse().ok()? })
}

/// How memory grows, KiB in ten minutes: the slope of a line through the looks, but for the first third of the time, in which
/// everybody arrives and every buffer finds its size.
fn growth(looks: &[(f64, Holdings)]) -> f64 {
    let looks = &looks[looks.len() / 3..];
    let count = looks.len().max(1) as f64;
    let mean = |of: fn(&(f64, Holdings)) -> f64| looks.iter().map(of).sum::<f64>() / count;
    let (at, kib) = (mean(|look| look.0), mean(|look| look.1.rss_kib as f64));
    let both: f64 = looks.iter().map(|look| (look.0 - at) * (look.1.rss_kib as f64 - kib)).sum();
    let spread: f64 = looks.iter().map(|look| (look.0 - at).powi(2)).sum();
    if spread > 0.0 { both / spread * 600.0 } else { 0.0 }
}

/// `/metrics` as text.
fn metrics(port: u16) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("the server does not answer")?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text).context("the server's figures cannot be read")?;
    Ok(text)
}

/// The sum of a figure over all rooms.
fn figure(metrics: &str, name: &str) -> Option<f64> {
    let values =
        metrics.lines().filter(|line| line.starts_with(name)).map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    values.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_change_what_they_name() {
        let parsed = |text: &str| parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(parsed("--minutes 2").unwrap(), Plan { minutes: 2, clients: 150 });
        for (flags, words) in [("--minutes", "needs a number"), ("--clients 0", "at least 1"), ("--x 1", "--x")] {
            let error = parsed(flags).expect_err(flags);
            assert!(format!("{error:#}").contains(words), "{flags}: {error:#}");
        }
    }

    #[test]
    fn growth_is_the_slope_after_the_first_third() {
        let held = |rss_kib| Holdings { files: 9, threads: 9, rss_kib };
        let looks: Vec<_> = (0..90).map(|i| (f64::from(i) * 10.0, held(5_000 + u64::from(i.max(30u32)) * 2))).collect();
        assert!((growth(&looks) - 120.0).abs() < 0.1, "{}", growth(&looks));
        assert_eq!(growth(&[]), 0.0);
    }

    #[test]
    fn a_figure_is_summed_over_rooms() {
        let text =
            "# HELP a\nperihelion_room_restarts_total{room=\"a\"} 1.0\nperihelion_room_restarts_total{room=\"b\"} 2\n";
        assert_eq!(figure(text, "perihelion_room_restarts_total"), Some(3.0));
        assert_eq!(figure("x{} y\n", "x"), None);
    }

    fn findings() -> Findings {
        let held = Holdings { files: 10, threads: 6, rss_kib: 20_000 };
        let metrics = ["0", "1"].map(|times| format!("perihelion_room_restarts_total{{room=\"main\"}} {times}\n"));
        let report = serde_json::json!({ "client_s": 10.0, "up": { "kinds": {} },
            "clients": { "nonsense": 0, "rejoined": 5, "forgotten": 0, "kept": 5, "shrunk": 0 }, "hostile": {} });
        Findings { base: held, left: held, growth_kib: 0.0, metrics, report, log: "ERROR panic on purpose\n".into() }
    }

    #[test]
    fn a_server_that_keeps_something_fails() {
        let failed = |change: fn(&mut Findings)| {
            let mut findings = findings();
            change(&mut findings);
            findings.judge() == ExitCode::FAILURE
        };
        assert!(!failed(|_| {}));
        assert!(failed(|findings| findings.left.files += 1));
        assert!(failed(|findings| findings.left.threads += 1));
        assert!(failed(|findings| findings.left.rss_kib += KEPT_KIB + 1));
        assert!(failed(|findings| findings.growth_kib = 2_000.0));
        assert!(failed(|findings| findings.log.push_str("ERROR panic not on purpose\n")));
        assert!(failed(|findings| findings.metrics[0] = findings.metrics[1].clone()));
        assert!(failed(|findings| findings.report["clients"]["forgotten"] = 1.into()));
        assert!(failed(|findings| findings.report["clients"]["shrunk"] = 1.into()));
        assert!(failed(|findings| findings.report["clients"]["kept"] = 0.into()));
        assert!(failed(
            |findings| findings.report["up"]["kinds"] = serde_json::json!({ "need_full": { "messages_s": 0.1 } })
        ));
    }
}
