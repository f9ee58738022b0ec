//! The figures of a run: from counts to rates and shares. The JSON file is exactly this, field by field; the table
//! shows the same numbers.
//!
//! Invariant: what was not measured is `null`, never zero. Units are in the names; "per client" means per second of
//! one honest client being connected.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    facts::Facts,
    kind,
    process::Usage,
    tally::{Count, Events, Tally, Times},
    verdict::Verdict,
};

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Whether the figures mean anything.
    pub verdict: Verdict,
    /// Ended early by a signal.
    pub interrupted: bool,
    /// What was asked for.
    pub asked: Asked,
    /// Honest clients, over the whole run.
    pub clients: Events,
    /// Hostile clients, over the whole run.
    pub hostile: Events,
    /// Seconds measured.
    pub measured_s: f64,
    /// Seconds of honest clients being connected within them.
    pub client_s: f64,
    /// From the server.
    pub down: Traffic,
    /// To the server.
    pub up: Traffic,
    /// Snapshots a second and client: mean…
    pub snapshots_s: Option<f64>,
    /// …and of the client that got fewest.
    pub snapshots_s_min: Option<f64>,
    /// From a command to the snapshot that answers it, without the server's wait for its tick, ms.
    pub rtt_ms: Percentiles,
    /// The same with that wait, ms.
    pub ack_ms: Percentiles,
    /// Prediction of the own ship.
    pub prediction: Prediction,
    /// Whether commands came in time.
    pub commands: Commands,
    /// Between two snapshots of one client, ms.
    pub gap_ms: Percentiles,
    /// After outages.
    pub recovery_ms: Recovery,
    /// Bytes of snapshots: what 0 %, 1 % … 100 % of them do not exceed. `floor` sends such messages.
    pub snapshot_bytes_percentiles: Vec<u64>,
    /// Age of the newest snapshot on a frame, ms.
    pub staleness_ms: Percentiles,
    /// Share of time in which it was above 100 ms.
    pub stale_share: Option<f64>,
    /// The server's process.
    pub process: Option<Process>,
    /// What the server says of itself.
    pub server: Option<Server>,
    /// Swarm's own part.
    pub own: Own,
}

/// What was asked for.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// Where to.
    pub url: String,
    /// Clients in all.
    pub clients: u32,
    /// Of them hostile.
    pub hostile: u32,
    /// Of them watching.
    pub spectators: u32,
    /// Of them playing without looking.
    pub light: u32,
    /// What lines were made like.
    pub profile: Option<&'static str>,
    /// To be measured, s.
    pub secs: u32,
    /// To arrive, s.
    pub ramp: u32,
    /// Between two drops of one client, s; 0 never.
    pub drop_every: u32,
    /// Of minds and drops.
    pub seed: u64,
    /// Of swarm.
    pub threads: usize,
}

/// Bytes one way, per second and client.
#[derive(Debug, Clone, Serialize)]
pub struct Traffic {
    /// Payload of all messages.
    pub bytes_s: Option<f64>,
    /// WebSocket frames around it.
    pub framing_bytes_s: Option<f64>,
    /// By kind; those that never came are left out.
    pub kinds: BTreeMap<&'static str, Kind>,
}

/// Messages of one kind.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Kind {
    /// Per second and client.
    pub messages_s: f64,
    /// Per second and client.
    pub bytes_s: f64,
    /// Per message.
    pub bytes_mean: f64,
}

/// A distribution.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: Option<f64>,
    /// 95th.
    pub p95: Option<f64>,
    /// 99th.
    pub p99: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
}

/// Whether commands came in time: what the server says of its ships' ticks, and what it says to each client.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Commands {
    /// Ticks of people's ships in the measured stretch that had no command of their own, as a share.
    pub starved_share: Option<f64>,
    /// With the last command again…
    pub repeated: Option<u64>,
    /// …and with hands off.
    pub neutral: Option<u64>,
    /// Commands that came after their tick.
    pub late: Option<u64>,
    /// The least that commands were early over half a second, as snapshots told it, ticks: the worst hundredth…
    pub margin_ticks_p1: Option<f64>,
    /// …and the median.
    pub margin_ticks_p50: Option<f64>,
    /// Share of snapshots that told of late commands.
    pub margin_late_share: Option<f64>,
}

/// How soon news is current again after a gap of a second or more.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Recovery {
    /// How often that happened.
    pub outages: u64,
    /// From the first snapshot after the gap to the first that is as fresh as before, ms.
    #[serde(flatten)]
    pub ms: Percentiles,
}

/// The worst that the server said of its last ten seconds during the measured stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Worst {
    /// 99th percentile of ticks, µs.
    pub tick_us_p99: u32,
    /// Longest tick, µs.
    pub tick_us_max: u32,
    /// 99th percentile of how late ticks began, µs.
    pub tick_late_us_p99: u32,
}

/// Prediction of the own ship.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Prediction {
    /// Checked against a snapshot.
    pub checked: u64,
    /// Share that was exactly right.
    pub exact_share: Option<f64>,
    /// Mean correction of those that were not, u.
    pub correction_u_mean: Option<f64>,
    /// Largest correction, u.
    pub correction_u_max: f32,
}

/// What the server's process used.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Process {
    /// Processor time in the measured stretch, s.
    pub cpu_s: f64,
    /// Share of one core.
    pub cores: f64,
    /// Share of it by the threads that tick rooms; the rest is sockets.
    pub room_share: Option<f64>,
    /// Processor time per second of one client, ms, hostile ones and bots at no charge.
    pub cpu_ms_per_client_s: Option<f64>,
    /// Memory before anyone came, KiB.
    pub rss_kib_before: u64,
    /// When everyone had come.
    pub rss_kib_after_ramp: u64,
    /// At the end.
    pub rss_kib_end: u64,
    /// Growth over the ramp per client.
    pub rss_kib_per_client: f64,
}

/// What the server says of itself, at the end of the measured stretch.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Server {
    /// As told.
    #[serde(flatten)]
    pub facts: Facts,
    /// Ticks per second over the measured stretch.
    pub ticks_s: Option<f64>,
    /// Messages dropped over the whole run.
    pub dropped_messages_run: u64,
    /// What it said in between.
    pub worst: Worst,
    /// Counts over the measured stretch.
    pub stretch: Option<Stretch>,
}

/// What the server counted over the measured stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Ticks.
    pub ticks: u32,
    /// Of them begun more than 2 ms late.
    pub ticks_late: u64,
    /// Longer than half a tick…
    pub ticks_over_8ms: u64,
    /// …a whole one…
    pub ticks_over_16ms: u64,
    /// …and two.
    pub ticks_over_33ms: u64,
    /// Snapshots sent.
    pub snapshots: u64,
    /// Left out because a client was behind.
    pub snapshots_skipped: u64,
}

/// Swarm's own part.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Own {
    /// Processor time in the measured stretch, s.
    pub cpu_s: Option<f64>,
    /// Share of one core.
    pub cores: Option<f64>,
    /// Frames that were due.
    pub frames: u64,
    /// Share of them more than 20 ms late, or left out.
    pub late_share: f64,
    /// Lateness of frames, ms.
    pub lateness_ms: Percentiles,
}

/// A look at everything outside the clients at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// The server's process.
    pub server: Option<Usage>,
    /// Swarm.
    pub own: Option<Usage>,
    /// The server's own words.
    pub facts: Option<Facts>,
}

/// The three moments that count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Samples {
    /// Nobody there.
    pub before: Sample,
    /// Everyone there.
    pub begin: Sample,
    /// The end of what is measured.
    pub end: Sample,
}

impl Traffic {
    /// Of `counts` with these names in `client_s`.
    pub fn of<const N: usize>(names: &[&'static str; N], counts: &[Count; N], framing: u64, client_s: f64) -> Traffic {
        let rate = |bytes: u64| share(bytes as f64, client_s);
        let kind = |count: &Count| {
            let messages = count.messages as f64;
            Some(Kind {
                messages_s: share(messages, client_s)?,
                bytes_s: rate(count.bytes)?,
                bytes_mean: share(count.bytes as f64, messages)?,
            })
        };
        Traffic {
            bytes_s: rate(counts.iter().map(|count| count.bytes).sum()),
            framing_bytes_s: rate(framing),
            kinds: names.iter().zip(counts).filter_map(|(name, count)| Some((*name, kind(count)?))).collect(),
        }
    }

    /// Both ways.
    pub fn both(tally: &Tally, client_s: f64) -> (Traffic, Traffic) {
        let down = Traffic::of(&kind::DOWN, &tally.down, tally.framing.0, client_s);
        (down, Traffic::of(&kind::UP, &tally.up, tally.framing.1, client_s))
    }
}

impl Percentiles {
    /// Of times.
    pub fn of(times: &Times) -> Percentiles {
        let [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1.0].map(|quantile| times.quantile_ms(quantile));
        Percentiles { p50, p95, p99, max }
    }
}

impl Commands {
    /// From what snapshots told and what the server counted.
    pub fn of(tally: &Tally, samples: &Samples) -> Commands {
        let both = samples.begin.facts.zip(samples.end.facts);
        let since = |count: fn(&Facts) -> u64| both.map(|(begin, end)| count(&end).saturating_sub(count(&begin)));
        let used = since(|facts| facts.commands_used);
        let repeated = since(|facts| facts.commands_repeated);
        let neutral = since(|facts| facts.commands_neutral);
        let starved = repeated.zip(neutral).map(|(repeated, neutral)| (repeated + neutral) as f64);
        let (margins, late) = tally.margins.late();
        Commands {
            starved_share: starved.zip(used).and_then(|(starved, used)| share(starved, starved + used as f64)),
            repeated,
            neutral,
            late: since(|facts| facts.commands_late),
            margin_ticks_p1: tally.margins.quantile_ticks(0.01),
            margin_ticks_p50: tally.margins.quantile_ticks(0.5),
            margin_late_share: share(late as f64, margins as f64),
        }
    }
}

impl Recovery {
    /// From the times it took.
    pub fn of(times: &Times) -> Recovery {
        Recovery { outages: times.count(), ms: Percentiles::of(times) }
    }
}

impl Worst {
    /// The server said this.
    pub fn note(&mut self, facts: Option<Facts>) {
        let Some(facts) = facts else { return };
        self.tick_us_p99 = self.tick_us_p99.max(facts.tick_us_p99);
        self.tick_us_max = self.tick_us_max.max(facts.tick_us_max);
        self.tick_late_us_p99 = self.tick_late_us_p99.max(facts.tick_late_us_p99);
    }
}

impl Stretch {
    fn between(begin: &Facts, end: &Facts) -> Stretch {
        let since = |count: fn(&Facts) -> u64| count(end).saturating_sub(count(begin));
        Stretch {
            ticks: end.tick.wrapping_sub(begin.tick),
            ticks_late: since(|facts| facts.ticks_late),
            ticks_over_8ms: since(|facts| facts.ticks_over_8ms),
            ticks_over_16ms: since(|facts| facts.ticks_over_16ms),
            ticks_over_33ms: since(|facts| facts.ticks_over_33ms),
            snapshots: since(|facts| facts.snapshots),
            snapshots_skipped: since(|facts| facts.snapshots_skipped),
        }
    }
}

impl Prediction {
    /// From counts.
    pub fn of(tally: &Tally) -> Prediction {
        let (checked, wrong) = tally.predictions;
        Prediction {
            checked,
            exact_share: share((checked - wrong) as f64, checked as f64),
            correction_u_mean: share(tally.corrections.0, wrong as f64),
            correction_u_max: tally.corrections.1,
        }
    }
}

impl Process {
    /// From the three samples; `None` when one is missing: the process is not ours to see, or ended.
    pub fn of(samples: &Samples, measured_s: f64, client_s: f64, clients: u32) -> Option<Process> {
        let (before, begin, end) = (samples.before.server?, samples.begin.server?, samples.end.server?);
        let cpu_s = end.cpu_s - begin.cpu_s;
        Some(Process {
            cpu_s,
            cores: share(cpu_s, measured_s)?,
            room_share: share(end.room_cpu_s - begin.room_cpu_s, cpu_s),
            cpu_ms_per_client_s: share(cpu_s * 1_000.0, client_s),
            rss_kib_before: before.rss_kib,
            rss_kib_after_ramp: begin.rss_kib,
            rss_kib_end: end.rss_kib,
            rss_kib_per_client: (begin.rss_kib as f64 - before.rss_kib as f64) / f64::from(clients.max(1)),
        })
    }
}

impl Server {
    /// From the samples.
    pub fn of(samples: &Samples, worst: Worst, measured_s: f64) -> Option<Server> {
        let facts = samples.end.facts?;
        let stretch = samples.begin.facts.map(|begin| Stretch::between(&begin, &facts));
        let dropped_before = samples.before.facts.map_or(0, |before| before.dropped_messages);
        Some(Server {
            facts,
            ticks_s: stretch.and_then(|stretch| share(f64::from(stretch.ticks), measured_s)),
            dropped_messages_run: facts.dropped_messages.saturating_sub(dropped_before),
            worst,
            stretch,
        })
    }
}

impl Own {
    /// From counts and samples.
    pub fn of(tally: &Tally, samples: &Samples, measured_s: f64, late_share: f64) -> Own {
        let cpu_s = samples.end.own.zip(samples.begin.own).map(|(end, begin)| end.cpu_s - begin.cpu_s);
        Own {
            cpu_s,
            cores: cpu_s.and_then(|cpu_s| share(cpu_s, measured_s)),
            frames: tally.frames.0,
            late_share,
            lateness_ms: Percentiles::of(&tally.lateness),
        }
    }
}

/// `part / whole`, if there is a whole.
pub fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A run of 10 s with two clients all the time.
    pub fn report() -> Report {
        let mut tally = Tally::new();
        (0..600).for_each(|_| tally.came(2, 90));
        (0..600).for_each(|_| tally.went(1, 20));
        tally.client_us = 20_000_000;
        tally.snapshots = 600;
        tally.predictions = (600, 3);
        tally.corrections = (1.5, 1.0);
        (1..=100).for_each(|ms| tally.rtt.record(ms * 1_000));
        tally.events.joined = 2;
        tally.events.ended(crate::comeback::End::Closed(4008));
        let usage = |cpu_s, rss_kib| Some(Usage { cpu_s, room_cpu_s: cpu_s / 4.0, rss_kib });
        let sample = |server, own| Sample { server, own, facts: None };
        let samples = Samples {
            before: sample(usage(1.0, 9_000), None),
            begin: sample(usage(2.0, 9_100), usage(0.5, 1)),
            end: sample(usage(2.1, 9_200), usage(1.5, 1)),
        };
        let (down, up) = Traffic::both(&tally, 20.0);
        Report {
            verdict: Verdict::Good,
            interrupted: false,
            asked: Asked {
                url: "ws://localhost:8080/ws".into(),
                clients: 2,
                hostile: 0,
                spectators: 0,
                light: 1,
                profile: None,
                secs: 10,
                ramp: 0,
                drop_every: 0,
                seed: 1,
                threads: 1,
            },
            clients: tally.events.clone(),
            hostile: Events::default(),
            measured_s: 10.0,
            client_s: 20.0,
            down,
            up,
            snapshots_s: Some(30.0),
            snapshots_s_min: Some(30.0),
            rtt_ms: Percentiles::of(&tally.rtt),
            ack_ms: Percentiles::of(&tally.ack),
            prediction: Prediction::of(&tally),
            commands: Commands::of(&tally, &samples),
            gap_ms: Percentiles::of(&tally.gaps),
            recovery_ms: Recovery::of(&tally.recoveries),
            snapshot_bytes_percentiles: tally.sizes.percentiles(),
            staleness_ms: Percentiles::of(&tally.staleness),
            stale_share: None,
            process: Process::of(&samples, 10.0, 20.0, 2),
            server: Server::of(&samples, Worst::default(), 10.0),
            own: Own::of(&tally, &samples, 10.0, 0.0),
        }
    }

    #[test]
    fn rates_are_per_second_and_client() {
        let report = report();
        let snapshot = report.down.kinds["snapshot"];
        assert_eq!((snapshot.messages_s, snapshot.bytes_s, snapshot.bytes_mean), (30.0, 2_700.0, 90.0));
        assert_eq!((report.down.bytes_s, report.up.bytes_s), (Some(2_700.0), Some(600.0)));
        assert_eq!((report.down.framing_bytes_s, report.up.framing_bytes_s), (Some(60.0), Some(180.0)));
        let process = report.process.unwrap();
        assert!((process.cpu_ms_per_client_s.unwrap() - 5.0).abs() < 1e-6, "{process:?}");
        assert_eq!(process.rss_kib_per_client, 50.0);
        assert!((process.room_share.unwrap() - 0.25).abs() < 1e-6, "{process:?}");
        assert_eq!((report.prediction.exact_share, report.prediction.correction_u_mean), (Some(0.995), Some(0.5)));
        assert_eq!(report.own.cores, Some(0.1));
    }

    #[test]
    fn counts_of_the_server_are_of_the_measured_stretch() {
        let begin = Facts {
            tick: 100,
            commands_used: 1_000,
            commands_repeated: 50,
            commands_late: 7,
            ticks_over_8ms: 3,
            snapshots_skipped: 1,
            ..Facts::default()
        };
        let end = Facts {
            tick: 700,
            commands_used: 1_990,
            commands_repeated: 55,
            commands_neutral: 5,
            commands_late: 19,
            ticks_over_8ms: 5,
            snapshots_skipped: 1,
            tick_us_max: 9_000,
            ..begin
        };
        let sample = |facts| Sample { facts: Some(facts), ..Sample::default() };
        let samples = Samples { before: Sample::default(), begin: sample(begin), end: sample(end) };
        let commands = Commands::of(&Tally::new(), &samples);
        assert_eq!((commands.starved_share, commands.repeated, commands.late), (Some(0.01), Some(5), Some(12)));
        assert_eq!(commands.margin_ticks_p1, None);
        let mut worst = Worst { tick_us_max: 20_000, ..Worst::default() };
        worst.note(Some(end));
        let server = Server::of(&samples, worst, 10.0).unwrap();
        let stretch = server.stretch.unwrap();
        assert_eq!((stretch.ticks_over_8ms, stretch.snapshots_skipped, server.ticks_s), (2, 0, Some(60.0)));
        assert_eq!(server.worst.tick_us_max, 20_000);
    }

    #[test]
    fn what_was_not_measured_is_null() {
        let json = serde_json::to_value(report()).unwrap();
        for path in ["/ack_ms/p50", "/stale_share", "/server", "/commands/starved_share", "/recovery_ms/p50"] {
            assert_eq!(json.pointer(path), Some(&serde_json::Value::Null), "{path}");
        }
        assert_eq!(json["clients"]["closes"]["4008"], 1);
        assert_eq!(json["down"]["kinds"].as_object().unwrap().len(), 1, "only what came");
        let (nothing, _) = Traffic::both(&Tally::new(), 0.0);
        assert_eq!(nothing.bytes_s, None);
    }
}
