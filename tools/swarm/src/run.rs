//! A run from begin to end: everyone arrives, the measured stretch, the end.
//!
//! ```text
//! before ── ramp ── settle ──┬──── measured ────┬── over
//! sample                   sample             sample   (gather)
//! ```
//!
//! Invariant: clients and samples see the same stretch, to within a beat. A signal ends whatever comes first.

use std::{fmt, io, sync::Arc, time::Duration};

use shared::protocol::proto_hash;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    beat::{self, PHASES, Stage},
    cli::CommandLine,
    facts,
    fleet::{Boarding, Fleet, Landed, ferry},
    hostile::Hostile,
    pilot::{Pilot, Shared},
    plan::{Plan, Role, crew},
    process,
    report::{
        Asked, Commands, Own, Percentiles, Prediction, Process, Recovery, Report, Sample, Samples, Server, Traffic,
        Worst, share,
    },
    tally::{Events, Tally, snapshots_s},
    target::Target,
    verdict::Evidence,
};

/// After the ramp, for the last to launch and the clocks to agree.
const SETTLE: Duration = Duration::from_secs(2);
/// The server is asked how it does this often while measured.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The server's percentiles are of this long.
const FACTS_AGE: Duration = Duration::from_secs(10);
/// For all clients to end.
const GATHER: Duration = Duration::from_secs(10);
/// Exit code after a second signal: 128 + SIGINT, as shells count.
const EXIT_INTERRUPTED: i32 = 130;

/// Why there is no run.
#[derive(Debug)]
pub enum RunError {
    /// No threads, or no signals.
    Runtime(io::Error),
    /// Nobody answers.
    Unreachable(String, io::Error),
    /// Somebody with whom there is no talking: built from other sources.
    Version {
        /// Its protocol.
        theirs: u64,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Runtime(error) => write!(f, "cannot start: {error}"),
            RunError::Unreachable(authority, error) => write!(f, "nobody answers at {authority}: {error}"),
            RunError::Version { theirs } => write!(
                f,
                "the server speaks protocol {theirs:016x} and swarm {:016x}: build both from the same sources",
                proto_hash()
            ),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs it.
///
/// # Errors
/// See [`RunError`]; whatever happens to single clients is a figure, no error.
pub async fn run(line: &CommandLine, target: Target) -> Result<Report, RunError> {
    let mut interrupted = interruption().map_err(RunError::Runtime)?;
    let authority = target.authority.clone();
    let look = |facts| Sample { server: line.pid.and_then(process::usage), own: process::own_usage(), facts };
    let facts = facts::ask(&target).await.map_err(|error| RunError::Unreachable(authority, error))?;
    if let Some(theirs) = facts.map(|facts| facts.protocol).filter(|&theirs| theirs != proto_hash()) {
        return Err(RunError::Version { theirs });
    }
    let mut samples = Samples { before: look(facts), ..Samples::default() };
    let mut worst = Worst::default();

    let (stage, watching) = watch::channel(Stage::Ramp);
    let began = Instant::now();
    let ramp = Duration::from_secs(line.ramp.into());
    let drop_every = (line.drop_every > 0).then(|| Duration::from_secs(line.drop_every.into()));
    let (seed, profile, from) = (line.seed, line.profile, line.from);
    let shared = Arc::new(Shared { target, began, seed, drop_every, profile, from });
    let plans = crew(line.clients, line.hostile_count(), line.spectator_count(), line.light_count(), ramp);
    let flying = take_off(&plans, line.threads, &shared, &watching);

    let mut measured = None;
    if !cut_short(&mut interrupted, ramp + SETTLE).await {
        samples.begin = look(facts::ask(&shared.target).await.ok().flatten());
        stage.send_replace(Stage::Measured);
        eprintln!("swarm: {} clients have come, measuring for {} s", line.clients, line.secs);
        let measuring = Instant::now();
        let end = Duration::from_secs(line.secs.into());
        while measuring.elapsed() < end {
            let wait = LOOK_EVERY.min(end.saturating_sub(measuring.elapsed()));
            if cut_short(&mut interrupted, wait).await {
                break;
            }
            // What the server tells of its last ten seconds is about this stretch only when that is as old.
            if measuring.elapsed() >= FACTS_AGE {
                worst.note(facts::ask(&shared.target).await.ok().flatten());
            }
        }
        measured = Some(measuring.elapsed());
        samples.end = look(facts::ask(&shared.target).await.ok().flatten());
        worst.note(samples.end.facts);
    }
    stage.send_replace(Stage::Over);
    let harvest = gather(flying, measured.unwrap_or_default()).await;
    let was_interrupted = *interrupted.borrow();
    Ok(describe(line, &shared.target, measured, &(samples, worst), &harvest, was_interrupted))
}

/// Waits, or until a signal; whether it was one.
async fn cut_short(interrupted: &mut watch::Receiver<bool>, wait: Duration) -> bool {
    tokio::select! {
        () = sleep(wait) => false,
        // The sender never goes before a signal has come.
        _ = interrupted.wait_for(|&interrupted| interrupted) => true,
    }
}

/// What somebody counted.
#[derive(Debug)]
enum Counted {
    One(Role, Box<Tally>),
    /// The way of a light client to its fleet.
    Way(Events),
    Fleet(Box<Landed>),
}

fn take_off(plans: &[Plan], threads: usize, shared: &Arc<Shared>, stage: &watch::Receiver<Stage>) -> JoinSet<Counted> {
    let mut flying = JoinSet::new();
    let phases = beat::start(shared.began, stage.clone());
    let light = plans.iter().filter(|plan| plan.role == Role::Light).count();
    let fleets: Vec<_> = (0..threads.min(light)).map(|_| assemble(&mut flying, shared, stage)).collect();
    for &plan in plans {
        let (shared, beats) = (Arc::clone(shared), phases[plan.index as usize % PHASES].clone());
        match plan.role {
            Role::Pilot | Role::Spectator => flying
                .spawn(async move { Counted::One(plan.role, Box::new(Pilot::new(plan, shared, beats).run().await)) }),
            Role::Hostile => flying
                .spawn(async move { Counted::One(plan.role, Box::new(Hostile::new(plan, shared, beats).run().await)) }),
            Role::Light => {
                let fleet = fleets[plan.number as usize % fleets.len()].clone();
                flying.spawn(async move { Counted::Way(ferry(plan, shared, beats, fleet).await) })
            }
        };
    }
    flying
}

/// A fleet on a thread of its own; gives the gangway.
fn assemble(
    flying: &mut JoinSet<Counted>,
    shared: &Arc<Shared>,
    stage: &watch::Receiver<Stage>,
) -> std::sync::mpsc::Sender<Boarding> {
    let (gangway, boarding) = std::sync::mpsc::channel();
    let fleet = Fleet::new(Arc::clone(shared), stage.clone(), boarding);
    flying.spawn_blocking(move || Counted::Fleet(Box::new(fleet.run())));
    gangway
}

/// What all clients counted.
#[derive(Debug)]
struct Harvest {
    honest: Tally,
    hostile: Tally,
    /// Honest clients that got what they came for.
    arrived: u32,
    snapshots_s_min: Option<f64>,
}

async fn gather(mut flying: JoinSet<Counted>, measured: Duration) -> Harvest {
    let mut harvest = Harvest { honest: Tally::new(), hostile: Tally::new(), arrived: 0, snapshots_s_min: None };
    let all = async {
        while let Some(landed) = flying.join_next().await {
            // A client that panicked has said so on stderr and counts as one that never arrived.
            match landed {
                Ok(Counted::One(role, tally)) => harvest.add(role, &tally, measured),
                Ok(Counted::Way(events)) => harvest.honest.events.add(&events),
                Ok(Counted::Fleet(landed)) => harvest.add_fleet(&landed, measured),
                Err(_) => {}
            }
        }
    };
    if timeout(GATHER, all).await.is_err() {
        eprintln!("swarm: {} clients did not end in time, their figures are missing", flying.len());
    }
    harvest
}

impl Harvest {
    fn add(&mut self, role: Role, tally: &Tally, measured: Duration) {
        if role == Role::Hostile {
            self.hostile.add(tally);
            return;
        }
        self.honest.add(tally);
        self.arrived += if role == Role::Pilot { tally.events.joined } else { tally.events.welcomed };
        self.note_rate(snapshots_s(tally.snapshots, tally.client_us, measured));
    }

    fn add_fleet(&mut self, landed: &Landed, measured: Duration) {
        self.honest.add(&landed.tally);
        for stay in landed.stays.values() {
            self.arrived += u32::from(stay.joined);
            self.note_rate(snapshots_s(stay.snapshots, stay.client_us, measured));
        }
    }

    fn note_rate(&mut self, rate: Option<f64>) {
        self.snapshots_s_min = match (self.snapshots_s_min, rate) {
            (Some(least), Some(rate)) => Some(least.min(rate)),
            (least, rate) => least.or(rate),
        };
    }
}

fn describe(
    line: &CommandLine,
    target: &Target,
    measured: Option<Duration>,
    (samples, worst): &(Samples, Worst),
    harvest: &Harvest,
    interrupted: bool,
) -> Report {
    let honest = &harvest.honest;
    let measured_s = measured.unwrap_or_default().as_secs_f64();
    let client_s = honest.client_us as f64 / 1e6;
    let wanted = line.clients - line.hostile_count();
    let evidence = Evidence { measured: measured.is_some(), frames: honest.frames, arrived: harvest.arrived, wanted };
    let (down, up) = Traffic::both(honest, client_s);
    Report {
        verdict: evidence.judge(),
        interrupted,
        asked: Asked {
            url: target.url(),
            clients: line.clients,
            hostile: line.hostile_count(),
            spectators: line.spectator_count(),
            light: line.light_count(),
            profile: line.profile.map(|profile| profile.name),
            secs: line.secs,
            ramp: line.ramp,
            drop_every: line.drop_every,
            seed: line.seed,
            threads: line.threads,
        },
        clients: honest.events.clone(),
        hostile: harvest.hostile.events.clone(),
        measured_s,
        client_s,
        down,
        up,
        snapshots_s: share(honest.snapshots as f64, client_s),
        snapshots_s_min: harvest.snapshots_s_min,
        rtt_ms: Percentiles::of(&honest.rtt),
        ack_ms: Percentiles::of(&honest.ack),
        prediction: Prediction::of(honest),
        commands: Commands::of(honest, samples),
        gap_ms: Percentiles::of(&honest.gaps),
        recovery_ms: Recovery::of(&honest.recoveries),
        snapshot_bytes_percentiles: honest.sizes.percentiles(),
        staleness_ms: Percentiles::of(&honest.staleness),
        stale_share: share(honest.stale_frames as f64, honest.fresh_frames as f64),
        process: Process::of(samples, measured_s, client_s, line.clients),
        server: Server::of(samples, *worst, measured_s),
        own: Own::of(honest, samples, measured_s, evidence.late_share()),
    }
}

/// True from the first ctrl-c or SIGTERM on; a second one ends the process.
fn interruption() -> io::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                note(&sender);
            }
        });
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        tokio::spawn(async move {
            loop {
                interrupt.recv().await;
                note(&sender);
            }
        });
    }
    Ok(receiver)
}

fn note(sender: &watch::Sender<bool>) {
    if sender.send_replace(true) {
        std::process::exit(EXIT_INTERRUPTED);
    }
    eprintln!("swarm: ending early; once more ends at once");
}
