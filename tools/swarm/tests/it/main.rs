//! The built binary against a server in this process: that the figures are true, that it refuses strangers, and that
//! it ends when told to. How well the server does is no matter here.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use arguments::Parsed;
use serde_json::Value;
use server::{
    app::App,
    cli::{CommandLine, Order},
};

const BINARY: &str = env!("CARGO_BIN_EXE_swarm");

/// A server on a port of its own, in the current runtime.
fn serve(arguments: &[&str]) -> App {
    let all = ["perihelion", "--bind", "127.0.0.1", "--port", "0"].iter().chain(arguments);
    let Parsed::Run(line) = arguments::parse::<CommandLine>(all.map(Into::into)) else { panic!("a good command line") };
    let Ok(Order::Serve(mut start)) = line.order(Vec::new()) else { panic!("it fits this machine") };
    // One folder each, and nobody waits for a farewell.
    static SERVERS: AtomicU32 = AtomicU32::new(0);
    let folder = format!("perihelion-swarm-{}-{}", std::process::id(), SERVERS.fetch_add(1, Ordering::Relaxed));
    start.config.server.data_dir = std::env::temp_dir().join(folder);
    start.config.limits.drain = Duration::ZERO;
    App::start(start.config).expect("starts")
}

/// Runs swarm to its end: its output, and its JSON if it wrote any.
async fn swarm(app: &App, arguments: &str) -> (Output, Option<Value>) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("perihelion-swarm-{}-{}.json", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let file: PathBuf = std::env::temp_dir().join(name);
    let mut command = Command::new(BINARY);
    command.arg(format!("http://{}/", app.address())).args(arguments.split_whitespace()).arg("--json").arg(&file);
    let ended = tokio::task::spawn_blocking(move || command.output().expect("runs"));
    let output =
        tokio::time::timeout(Duration::from_secs(60), ended).await.expect("ends in time").expect("does not panic");
    let json = std::fs::read(&file).ok().map(|bytes| serde_json::from_slice(&bytes).expect("JSON"));
    let _ = std::fs::remove_file(&file);
    (output, json)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pilots_spectators_and_hostiles_are_flown_and_measured() {
    let app = serve(&["--bots", "4", "--max-players", "64"]);
    let arguments = "--clients 12 --hostile 25 --idle 25 --ramp 1 --secs 14 --drop-every 5";
    let (output, json) = swarm(&app, &format!("{arguments} --pid {}", std::process::id())).await;
    let (table, json) = (text(&output.stdout), json.expect("written"));
    let number =
        |path: &str| json.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path} in {json:#}"));
    // On a machine that does other things as well a debug build may be starved; then it must say so.
    let late_share = number("/own/late_share");
    let (code, word) = if late_share > 0.02 { (3, "VOID") } else { (0, "OK") };
    assert_eq!(output.status.code(), Some(code), "{table}");
    assert!(json["verdict"].as_str().unwrap().starts_with(word), "{table}");
    assert!(table.contains("6 of 6 joined") && table.contains(word), "{table}");
    assert_eq!((number("/clients/welcomed"), number("/clients/nonsense")), (9.0, 0.0), "{table}");
    assert!(number("/clients/dropped") >= 3.0 && number("/clients/rejoined") >= 1.0, "{table}");
    assert_eq!(number("/clients/forgotten"), 0.0, "{table}");
    assert!(number("/clients/kept") >= 1.0 && number("/clients/shrunk") == 0.0, "{table}");
    assert!(number("/hostile/connections") >= 3.0, "{table}");
    assert!(number("/client_s") > 9.0 && number("/process/cpu_s") > 0.0 && number("/own/cpu_s") > 0.0, "{table}");
    for path in ["/snapshots_s", "/down/bytes_s", "/up/bytes_s", "/down/kinds/snapshot/bytes_s", "/server/ticks_s"] {
        assert!(number(path) > 5.0, "{path}: {table}");
    }
    assert!(number("/prediction/checked") > 100.0 && number("/rtt_ms/p99") < 2_000.0, "{table}");
    let closes = json["hostile"]["closes"].as_object().unwrap();
    assert!(closes.keys().any(|code| code == "4005" || code == "4002"), "{table}");
    app.shutdown().await;
}

/// The figure at `path`.
fn figure(json: &Value, path: &str) -> f64 {
    json.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path} in {json:#}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn light_clients_fly_beside_real_ones() {
    let app = serve(&["--bots", "0", "--max-players", "64"]);
    let arguments = format!("--clients 24 --light --real 2 --ramp 1 --secs 4 --pid {}", std::process::id());
    let (output, json) = swarm(&app, &arguments).await;
    let (table, json) = (text(&output.stdout), json.expect("written"));
    assert!(table.contains("24 of 24 joined (22 light)"), "{table}");
    assert_eq!((figure(&json, "/clients/nonsense"), figure(&json, "/clients/lost")), (0.0, 0.0), "{table}");
    assert!(json["clients"]["closes"].as_object().unwrap().is_empty(), "{table}");
    // 60 commands a second in messages of two, and an acknowledgement in each.
    let commands = figure(&json, "/up/kinds/commands/messages_s");
    assert!((25.0..36.0).contains(&commands), "{commands}: {table}");
    assert!(figure(&json, "/snapshots_s_min") > 15.0, "{table}");
    // Everybody's ship obeys: the server counts far more ticks than two real clients make.
    let used = figure(&json, "/server/commands_used");
    assert!(used > 24.0 * 60.0 * 2.0, "{used}: {table}");
    assert!(figure(&json, "/prediction/checked") > 50.0, "the real ones predict: {table}");
    for path in ["/commands/starved_share", "/commands/margin_ticks_p50", "/gap_ms/p99", "/process/room_share"] {
        figure(&json, path);
    }
    for path in ["/server/worst/tick_us_max", "/server/stretch/ticks", "/server/stretch/snapshots"] {
        assert!(figure(&json, path) > 0.0, "{path}: {table}");
    }
    assert_eq!(json["snapshot_bytes_percentiles"].as_array().unwrap().len(), 101, "{table}");
    app.shutdown().await;
}

/// A run's report as the floor and its comparison need it: snapshots of 40 to 240 bytes.
fn report_to_be_like() -> PathBuf {
    let sizes: Vec<u64> = (0..101).map(|percent| 40 + 2 * percent).collect();
    let kinds = serde_json::json!({ "leaderboard": { "messages_s": 1.0, "bytes_mean": 44.0 } });
    let report = serde_json::json!({ "snapshot_bytes_percentiles": sizes, "down": { "kinds": kinds } });
    let file = std::env::temp_dir().join(format!("perihelion-floor-{}.json", std::process::id()));
    std::fs::write(&file, report.to_string()).expect("written");
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_floor_sends_what_it_is_told_to_and_light_clients_cannot_tell() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let like = report_to_be_like();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_floor"));
    command.arg("--like").arg(&like).stdout(Stdio::piped()).kill_on_drop(true);
    let mut floor = command.spawn().expect("runs");
    let mut lines = BufReader::new(floor.stdout.take().expect("piped")).lines();
    let line = lines.next_line().await.unwrap().expect("it says where it is");
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("a URL").to_owned();
    let pid = floor.id().expect("running").to_string();
    let file = like.with_extension("out");
    let mut command = Command::new(BINARY);
    command
        .args([&url, "--light", "--clients", "12", "--ramp", "0", "--secs", "3", "--pid", &pid, "--json"])
        .arg(&file);
    let output = tokio::task::spawn_blocking(move || command.output().expect("runs")).await.unwrap();
    let table = text(&output.stdout);
    let json: Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    assert!(table.contains("12 of 12 joined"), "{table}");
    let size = figure(&json, "/down/kinds/snapshot/bytes_mean");
    assert!((125.0..155.0).contains(&size), "{size}: {table}");
    assert!((25.0..31.0).contains(&figure(&json, "/snapshots_s")), "{table}");
    // Padding is made of names.
    assert!((0.7..1.3).contains(&figure(&json, "/down/kinds/roster/messages_s")), "{table}");
    assert!(figure(&json, "/up/kinds/commands/messages_s") > 20.0, "{table}");
    figure(&json, "/process/cpu_ms_per_client_s");
    for file in [like, file] {
        let _ = std::fs::remove_file(file);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_line_is_felt_by_light_and_real_clients() {
    let app = serve(&["--bots", "0"]);
    for kind in ["--light", ""] {
        let (output, json) = swarm(&app, &format!("--clients 4 --ramp 0 --secs 5 --profile poor {kind}")).await;
        let (table, json) = (text(&output.stdout), json.expect("written"));
        assert!(table.contains("on poor lines") && table.contains("4 of 4 joined"), "{table}");
        // 75 ms and up to 20 more each way. Light clients measure no round trip.
        match kind {
            "" => assert!(figure(&json, "/rtt_ms/p50") >= 150.0, "{table}"),
            _ => assert_eq!(json["rtt_ms"]["p50"], Value::Null, "{table}"),
        }
        assert!(figure(&json, "/snapshots_s") > 15.0, "{table}");
    }
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_get_in_is_missed() {
    let app = serve(&["--bots", "0", "--max-players", "2"]);
    let (output, json) = swarm(&app, "--clients 4 --ramp 0 --secs 1").await;
    let table = text(&output.stdout);
    assert!(matches!(output.status.code(), Some(1 | 3)), "{table}");
    let closes = &json.expect("written")["clients"]["closes"];
    assert_eq!(closes["4004"], 2, "two find the room full: {table}");
    app.shutdown().await;
}

#[test]
fn strangers_and_bad_flags_are_refused_in_one_line() {
    for (arguments, words) in [
        ("ws://203.0.113.9/ws", "--i-own-this-server"),
        ("http://192.0.2.1:8080/", "--i-own-this-server"),
        ("wss://localhost/ws", "no TLS"),
        ("--clients none", "--clients"),
        ("--pid 4294967295", "no such process"),
    ] {
        let output = Command::new(BINARY).args(arguments.split_whitespace()).output().expect("runs");
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {stderr}");
        assert!(stderr.starts_with("swarm: ") && stderr.contains(words), "{arguments}: {stderr}");
        assert_eq!(stderr.trim_end().lines().count(), 1, "{arguments}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments}");
    }
}

#[test]
fn nobody_at_home_is_said_in_one_line() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = Command::new(BINARY).arg(format!("ws://{free}/ws")).output().expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("swarm: nobody answers at 127.0.0.1"), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_it_early_with_the_figures_so_far() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    for signal in ["-INT", "-TERM"] {
        let app = serve(&["--bots", "0"]);
        let mut command = tokio::process::Command::new(BINARY);
        command.arg(format!("ws://{}/ws", app.address())).args(["--clients", "3", "--ramp", "0", "--secs", "3600"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("runs");
        // It says when it begins to measure.
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        while !lines.next_line().await.unwrap().expect("still running").contains("measuring") {}
        let pid = child.id().expect("running").to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill is there").success());
        let ended = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output());
        let output = ended.await.expect("ends in time").expect("ends");
        let table = text(&output.stdout);
        assert!(table.contains("interrupted") && table.contains("3 of 3 joined"), "{signal}: {table}");
        app.shutdown().await;
    }
}
