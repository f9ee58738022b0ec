//! The binary `floor`: the cheapest honest WebSocket server to compare Perihelion with. It plays no game: every client
//! gets ready-made messages of the sizes and at the rates of a measured run, and what it sends is read and forgotten.
//!
//! Duty: what tokio-tungstenite and the kernel cost for such traffic, and nothing else: one task per connection, one
//! timer each, Perihelion's buffer sizes, no limits, no checks. Invariant: nothing is encoded or copied while it runs;
//! its messages are snapshots by their envelope, so that `swarm --light` counts them as it counts Perihelion's. Never
//! for players: it would serve anybody anything.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a terminal is what this program is for")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Parser;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use shared::{
    ids::PlayerId,
    protocol::{
        ChatMode, LaneKey, ResumeToken, Roster, RosterEntry, ServerMessage, Snapshot, SnapshotFlags, Welcome, codec,
    },
    rng::{Keyed, Purpose},
    tick::{TICK_HZ, Tick},
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{MissedTickBehavior, interval},
};
use tokio_tungstenite::{
    accept_async_with_config,
    tungstenite::{Bytes, Error, Message, protocol::WebSocketConfig},
};

/// As Perihelion's (server/src/limits.rs): a fair floor stands on the same ground.
const BUFFER_BYTES: usize = 4_096;
/// See [`BUFFER_BYTES`].
const WRITE_BYTES_MAX: usize = 65_536;
/// Ready-made snapshots: a minute of them, then the same again.
const SNAPSHOTS: u32 = 2_048;
/// Snapshots a second for each client.
const SNAPSHOT_HZ: u32 = TICK_HZ / 2;

/// Sends ready-made messages like a measured run's, as cheaply as tokio-tungstenite can: the floor under the server.
#[derive(Debug, Parser)]
#[command(name = "floor", version, about)]
struct CommandLine {
    /// A report that swarm wrote with --json, for sizes and rates
    #[arg(long, value_name = "FILE")]
    like: PathBuf,
    /// Port to listen on at 127.0.0.1; 0 takes any free one and prints it
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
}

/// Everything that is ever sent.
#[derive(Debug)]
struct Wares {
    greeting: Vec<Bytes>,
    snapshots: Vec<Bytes>,
    others: Vec<Other>,
}

/// Messages of one other kind, which ride with snapshots as Perihelion's do.
#[derive(Debug)]
struct Other {
    bytes: Bytes,
    per_snapshot: f64,
}

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let wares = match read(&line.like) {
        Ok(wares) => wares,
        Err(why) => {
            eprintln!("floor: {}: {why}", line.like.display());
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(serve(line.port, Arc::new(wares)))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::from(2)
        }
    }
}

async fn serve(port: u16, wares: Arc<Wares>) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("The floor is up at http://localhost:{}/", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    for number in 0.. {
        let (stream, _) = listener.accept().await?;
        let wares = Arc::clone(&wares);
        tokio::spawn(async move {
            // Whatever ends a connection, there is nothing to be done about it here.
            let _ = entertain(stream, number, &wares).await;
        });
    }
    Ok(())
}

async fn entertain(stream: TcpStream, number: usize, wares: &Wares) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BYTES_MAX);
    let mut socket = accept_async_with_config(stream, Some(config)).await?;
    // The hello, whatever it says: as with Perihelion, the client speaks first.
    if socket.next().await.transpose()?.is_none() {
        return Ok(());
    }
    for bytes in &wares.greeting {
        socket.feed(Message::Binary(bytes.clone())).await?;
    }
    let mut beat = interval(Duration::from_secs(1) / SNAPSHOT_HZ);
    beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut owed = vec![0.0; wares.others.len()];
    // Each begins elsewhere, so that not everybody gets the long ones at once.
    let mut next = number.wrapping_mul(997);
    loop {
        tokio::select! {
            biased;
            heard = socket.next() => match heard {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
            _ = beat.tick() => {
                for (other, owed) in wares.others.iter().zip(&mut owed) {
                    *owed += other.per_snapshot;
                    while *owed >= 1.0 {
                        *owed -= 1.0;
                        socket.feed(Message::Binary(other.bytes.clone())).await?;
                    }
                }
                socket.feed(Message::Binary(wares.snapshots[next % wares.snapshots.len()].clone())).await?;
                socket.flush().await?;
                next = next.wrapping_add(1);
            }
        }
    }
}

fn read(path: &Path) -> Result<Wares, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let report: Value = serde_json::from_slice(&bytes).map_err(|error| format!("is no JSON: {error}"))?;
    wares(&report)
}

fn wares(report: &Value) -> Result<Wares, String> {
    let sizes = report["snapshot_bytes_percentiles"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sizes: Vec<usize> = sizes.iter().filter_map(Value::as_u64).map(|bytes| bytes as usize).collect();
    if sizes.len() != 101 {
        return Err("has no 101 percentiles of snapshot sizes: was it written by `swarm --json`?".to_owned());
    }
    let kinds = report["down"]["kinds"].as_object().ok_or("tells no kinds of messages")?;
    let others = kinds.iter().filter(|(name, _)| *name != "snapshot").map(|(name, kind)| {
        let figure = |field: &str| kind[field].as_f64().filter(|figure| figure.is_finite() && *figure >= 0.0);
        let (rate, bytes) = figure("messages_s").zip(figure("bytes_mean")).ok_or(format!("{name} has no rate"))?;
        let per_snapshot = rate / f64::from(SNAPSHOT_HZ);
        Ok(Other { bytes: padding(bytes.round() as usize), per_snapshot })
    });
    let mut keyed = Keyed::new(1, Tick(0), 0, Purpose::Test);
    let snapshots = (0..SNAPSHOTS).map(|n| {
        // Between two neighbouring percentiles, as a draw from the distribution itself.
        let percent = keyed.below(100) as usize;
        let size = sizes[percent] + ((sizes[percent + 1] - sizes[percent]) as f32 * keyed.unit()) as usize;
        snapshot(Tick(n * (TICK_HZ / SNAPSHOT_HZ)), size)
    });
    let welcome = Welcome {
        room: "Floor".into(),
        id: "floor".into(),
        tick: Tick(0),
        seed: 1,
        start_points: 0,
        token: ResumeToken([0; 16]),
        lane: LaneKey([0; 16]),
        resumed: None,
        chat: ChatMode::Off,
        terms: shared::defs::Terms::default(),
        tuning: shared::defs::Tuning::STANDARD,
    };
    let greeting = [ServerMessage::Welcome(welcome), ServerMessage::Joined { player: PlayerId(0) }];
    Ok(Wares {
        snapshots: snapshots.collect(),
        others: others.collect::<Result<_, String>>()?,
        greeting: greeting.iter().map(|message| codec::encode_server(message).into()).collect(),
    })
}

/// A snapshot that is `size` bytes long, or as short as its envelope.
fn snapshot(tick: Tick, size: usize) -> Bytes {
    let with = |body: usize| {
        codec::encode_server(&ServerMessage::Snapshot(Snapshot {
            tick,
            base: 2,
            flags: SnapshotFlags::default(),
            margin: 12,
            echo_ms: 0,
            echo_age_ms: u8::MAX,
            check: None,
            body: vec![0; body],
        }))
    };
    // The length of a long body is itself longer.
    let envelope = with(0).len();
    let first = with(size.saturating_sub(envelope));
    let excess = first.len().saturating_sub(size);
    with(size.saturating_sub(envelope + excess)).into()
}

/// A message of `size` bytes that means nothing: a name that nobody bears.
fn padding(size: usize) -> Bytes {
    let with = |length: usize| {
        let entry = RosterEntry { player: PlayerId(0), name: "x".repeat(length), bot: true };
        codec::encode_server(&ServerMessage::Roster(Roster { entries: vec![entry], left: Vec::new() }))
    };
    let envelope = with(0).len();
    with(size.saturating_sub(envelope)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_the_sizes_and_rates_of_the_run() {
        let sizes: Vec<u64> = (0..101).map(|percent| 50 + percent * 10).collect();
        let report = serde_json::json!({
            "snapshot_bytes_percentiles": sizes,
            "down": { "kinds": {
                "snapshot": { "messages_s": 30.0, "bytes_mean": 550.0 },
                "news": { "messages_s": 15.0, "bytes_mean": 8.2 },
            } },
        });
        let wares = wares(&report).unwrap();
        let mean = wares.snapshots.iter().map(Bytes::len).sum::<usize>() as f64 / wares.snapshots.len() as f64;
        assert!((mean - 550.0).abs() < 15.0, "{mean}");
        assert!(wares.snapshots.iter().all(|bytes| (50..=1_051).contains(&bytes.len())));
        assert_eq!((wares.others.len(), wares.others[0].per_snapshot, wares.others[0].bytes.len()), (1, 0.5, 8));
        for bytes in wares.snapshots.iter().chain(&wares.greeting).chain([&wares.others[0].bytes]) {
            codec::decode_server(bytes).expect("a message to whoever reads it");
        }
    }

    #[test]
    fn what_is_no_report_is_said_in_a_sentence() {
        for (report, words) in [(serde_json::json!({}), "101 percentiles"), (serde_json::json!([1]), "101 percentiles")]
        {
            let why = wares(&report).unwrap_err();
            assert!(why.contains(words), "{why}");
        }
        assert!(read(Path::new("/nowhere/at/all")).is_err());
    }
}
