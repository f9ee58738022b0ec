//! The measurement: for each line a fresh pair of namespaces, a relay, a server and a swarm. Invariant: children are
//! ended and namespaces removed on every way out of here, a signal included; the server and the swarm are the very
//! programs that people use.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{
    LabError,
    cli::CommandLine,
    namespace::{Namespace, sweep},
    post::Post,
    relay::Relay,
    report::Report,
    road::Profile,
    tun::Tun,
};

/// Where the players' side begins, and the length of the lab's prefix.
const PLAYERS: &str = "10.77.0.1/16";
/// The server's address…
const SERVER: &str = "10.77.0.2";
/// …with the prefix.
const SERVER_PREFIX: &str = "10.77.0.2/16";
/// Every player has an address here, because the server's limits are per address.
const PLAYERS_LOCAL: &str = "10.77.1.0/24";
/// The first of them.
const PLAYERS_FIRST: &str = "10.77.1.1";
/// The port, in a namespace where nobody else is.
const PORT: &str = "8080";
/// Seconds over which players come: one address is let in at a time, and lines are slow.
const RAMP: &str = "5";
/// How often signals and children are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Measures all lines that were asked for.
///
/// # Errors
/// See [`LabError`].
pub fn run(line: &CommandLine) -> Result<Vec<Report>, LabError> {
    let here = LabError::CannotRunHere;
    if !rustix::process::geteuid().is_root() {
        return Err(here("network namespaces need root".to_owned()));
    }
    sweep().map_err(here)?;
    let server = beside(line.server.as_ref(), "perihelion")?;
    let swarm = beside(line.swarm.as_ref(), "swarm")?;
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))
            .map_err(|error| LabError::Failed(format!("cannot listen for signals: {error}")))?;
    }
    let lab = Lab { line, server, swarm, interrupted };
    line.profiles.iter().map(|&profile| lab.measure(profile)).collect()
}

fn beside(given: Option<&PathBuf>, name: &str) -> Result<PathBuf, LabError> {
    let own = std::env::current_exe().unwrap_or_default();
    let path = given.cloned().unwrap_or_else(|| own.with_file_name(name));
    if path.is_file() {
        return Ok(path);
    }
    let built = "cargo build --release -p server -p swarm -p netlab";
    Err(LabError::Failed(format!("there is no {} ({built} makes it)", path.display())))
}

struct Lab<'a> {
    line: &'a CommandLine,
    server: PathBuf,
    swarm: PathBuf,
    interrupted: Arc<AtomicBool>,
}

impl Lab<'_> {
    fn measure(&self, profile: Profile) -> Result<Report, LabError> {
        eprintln!("netlab: {} players on {} lines for {} s", self.line.clients, profile.name, self.line.secs);
        let here = LabError::CannotRunHere;
        let [players, server] = [Namespace::new('a').map_err(here)?, Namespace::new('b').map_err(here)?];
        let pid = std::process::id();
        let open = |letter: char| {
            let name = format!("plab{pid}{letter}");
            Tun::open(&name).map(|tun| (tun, name)).map_err(|error| here(format!("/dev/net/tun: {error}")))
        };
        let ((players_tun, players_device), (server_tun, server_device)) = (open('a')?, open('b')?);
        players.furnish(&players_device, PLAYERS).map_err(LabError::Failed)?;
        players.ip(&["route", "add", "local", PLAYERS_LOCAL, "dev", "lo"]).map_err(LabError::Failed)?;
        server.furnish(&server_device, SERVER_PREFIX).map_err(LabError::Failed)?;
        let relay = Relay::start(players_tun, server_tun, Post::new(profile, self.line.seed))
            .map_err(|error| LabError::Failed(format!("cannot start the relay: {error}")))?;
        let swarm = self.play(&players, &server)?;
        let carried = relay.stop().map_err(|error| LabError::Failed(format!("the relay broke: {error}")))?;
        Ok(Report { line: profile, players: self.line.clients, carried, swarm })
    }

    /// One game over the relay; gives swarm's report.
    fn play(&self, players: &Namespace, server: &Namespace) -> Result<serde_json::Value, LabError> {
        let (seed, bots) = (self.line.seed.to_string(), self.line.bots.to_string());
        let mut command = server.command(&self.server);
        command.args(["--bind", SERVER, "--port", PORT, "--seed", &seed, "--bots", &bots, "--max-players", "400"]);
        let data = std::env::temp_dir().join(format!("perihelion-netlab-{}", std::process::id()));
        command.args(["--drain-seconds", "0", "--data-dir"]).arg(&data);
        let mut host = Running::start(&mut command, "the server")?;
        // It says where to play when it listens.
        let output = host.child.stdout.take().expect("piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        if !lines.any(|line| line.contains("http://")) {
            return Err(LabError::Failed("the server does not start".to_owned()));
        }
        let file = std::env::temp_dir().join(format!("perihelion-netlab-{}.json", std::process::id()));
        let (clients, secs, pid) =
            (self.line.clients.to_string(), self.line.secs.to_string(), host.child.id().to_string());
        let mut command = players.command(&self.swarm);
        command.args([&format!("http://{SERVER}:{PORT}/"), "--i-own-this-server", "--from", PLAYERS_FIRST]);
        command.args([
            "--clients",
            &clients,
            "--secs",
            &secs,
            "--ramp",
            RAMP,
            "--seed",
            &seed,
            "--pid",
            &pid,
            "--json",
        ]);
        let mut swarm = Running::start(command.arg(&file), "swarm")?;
        self.wait_for(&mut swarm)?;
        let report = read(&file);
        // Nobody needs it any more; a leftover in the folder for such is no harm.
        let _ = std::fs::remove_file(&file);
        let _ = std::fs::remove_dir_all(&data);
        report
    }

    fn wait_for(&self, swarm: &mut Running) -> Result<(), LabError> {
        loop {
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(LabError::Interrupted);
            }
            match swarm.child.try_wait() {
                // 1: not everybody got in, 3: starved. The report says so, and so does the table.
                Ok(Some(status)) if matches!(status.code(), Some(0 | 1 | 3)) => return Ok(()),
                Ok(Some(status)) => return Err(LabError::Failed(format!("swarm ended with {status}"))),
                Ok(None) => thread::sleep(LOOK_EVERY),
                Err(error) => return Err(LabError::Failed(format!("swarm is lost: {error}"))),
            }
        }
    }
}

fn read(file: &Path) -> Result<serde_json::Value, LabError> {
    let bytes = std::fs::read(file).map_err(|error| LabError::Failed(format!("swarm left no report: {error}")))?;
    serde_json::from_slice(&bytes).map_err(|error| LabError::Failed(format!("swarm's report is no JSON: {error}")))
}

/// A child that ends with its handle.
struct Running {
    child: Child,
}

impl Running {
    fn start(command: &mut Command, name: &str) -> Result<Running, LabError> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| LabError::Failed(format!("cannot start {name}: {error}")))?;
        Ok(Running { child })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
