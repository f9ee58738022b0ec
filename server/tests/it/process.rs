//! The binary as a process: what it prints, how it refuses, how it stops.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;

use shared::sim::Buttons;

use crate::{
    binary::{BINARY, Process, run},
    clients::{closed, hello, open, open_at, open_raw, welcomed},
    pilot::{Pilot, press},
    running::{Folder, ask, in_time, until},
};

#[test]
fn what_is_wrong_with_the_command_line_is_one_line_and_exit_code_2() {
    let empty = Folder::new();
    let file = empty.path().join("file");
    std::fs::write(&file, "").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (empty, file) = (empty.path().to_str().unwrap(), file.to_str().unwrap());
    for (arguments, names) in [
        (vec!["--bots", "many"], "--bots"),
        (vec!["--bots", "100000"], "100000"),
        (vec!["--nonsense"], "--nonsense"),
        (vec!["--port", "65536"], "65536"),
        (vec!["--client-dir", "/does/not/exist"], "/does/not/exist"),
        (vec!["--client-dir", file], "not a folder"),
        (vec!["--client-dir", empty], "index.html"),
        (vec!["--data-dir", file], "not a folder"),
        (vec!["--bind", "127.0.0.1", "--port", &port], &port),
        (vec!["--bind", "203.0.113.1", "--port", "0"], "203.0.113.1"),
        (vec!["--record", file], "exists already"),
        (vec!["--record", "/does/not/exist/m.rec"], "/does/not/exist"),
        (vec!["replay", "/does/not/exist.rec"], "/does/not/exist.rec"),
        (vec!["replay", file], "not a Perihelion recording"),
    ] {
        let output = run(&arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("perihelion: ") && stderr.contains(names), "{arguments:?}: {stderr}");
        assert_eq!(stderr.trim_end().lines().count(), 1, "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let help = String::from_utf8(help.stdout).unwrap();
    for words in ["--port", "8080", "--bots", "--data-dir", "--client-dir", "--max-players", "--seed", "--name"] {
        assert!(help.contains(words), "{words} in {help}");
    }
    let version = run(&["--version"]);
    assert_eq!(String::from_utf8(version.stdout).unwrap().trim(), concat!("perihelion ", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn it_is_up_within_a_second_and_says_where() {
    let began = Instant::now();
    let process = Process::start(&[]);
    welcomed(process.address).await;
    let elapsed = began.elapsed();
    // A second is the promise; a loaded machine that also compiles gets three.
    assert!(elapsed < Duration::from_secs(3), "{elapsed:?}");
    let banner = &process.banner;
    assert!(banner.starts_with(concat!("Perihelion ", env!("CARGO_PKG_VERSION"), " is up.\n")), "{banner}");
    assert!(banner.contains(&format!("http://localhost:{}/", process.address.port())), "{banner}");
    assert!(banner.contains(&format!("Protocol:        {:016x}\n", shared::protocol::proto_hash())), "{banner}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_hangup_takes_up_good_settings_and_keeps_the_old_ones_otherwise() {
    let folder = Folder::new();
    let file = folder.path().join("perihelion.toml");
    std::fs::write(&file, "[rooms.main]\nbots = 1\n").unwrap();
    let process = Process::start(&["--config", file.to_str().unwrap()]);
    let list = async || ask(process.address, "GET", "/rooms.json", "").await.text();
    assert!(list().await.contains("\"motd\":null"));
    let mut player = welcomed(process.address).await;
    let foreign = async || crate::clients::status_with_origin(process.address, "https://friend.example").await;
    assert_eq!(foreign().await, 403);
    let server = "motd = \"Hello\"\nallowed_origins = [\"https://friend.example\"]\nallow_native = false\n";
    let room = "name = \"The den\"\nchat = \"off\"\nmax_players = 7\nwins = 2\n";
    std::fs::write(&file, format!("[server]\n{server}[rooms.main]\n{room}")).unwrap();
    process.signal("-HUP");
    until("the new settings hold", async || {
        let list = list().await;
        list.contains("\"motd\":\"Hello\"") && list.contains("\"max_players\":7") && list.contains("The den")
    })
    .await;
    assert_eq!(foreign().await, 101, "the friend's page may play here now");
    std::fs::write(&file, "[server]\nmotd = 3\n").unwrap();
    process.signal("-HUP");
    // The player has stayed; what was wrong is in the log, and the process goes on.
    in_time("a message", futures_util::StreamExt::next(&mut player)).await.expect("open").expect("whole");
    drop(player);
    until("the old settings stay", async || list().await.contains("\"motd\":\"Hello\"")).await;
    process.signal("-TERM");
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    for words in ["settings reloaded", "server.motd", "rooms.main.wins", "line 2", "the old ones stay"] {
        assert!(log.contains(words), "{words} in {log}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_hangup_opens_and_closes_rooms_and_changes_one_once_nobody_plays_there() {
    let folder = Folder::new();
    let file = folder.path().join("perihelion.toml");
    let patience = "[limits]\nseat_seconds = 1\nship_seconds = 0\n";
    std::fs::write(&file, format!("{patience}[rooms.main]\n[rooms.old]\n")).unwrap();
    let process = Process::start(&["--config", file.to_str().unwrap()]);
    let modes = async || {
        let text = ask(process.address, "GET", "/rooms.json", "").await.text();
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mode =
            |room: &serde_json::Value| format!("{}={}", room["id"].as_str().unwrap(), room["mode"].as_str().unwrap());
        list["rooms"].as_array().unwrap().iter().map(mode).collect::<Vec<_>>().join(" ")
    };
    let mut pilot = Pilot::play(process.address, "Ada").await;
    let mut leaves = open_at(process.address, "/ws?room=old").await;
    leaves.send(Message::Binary(hello().into())).await.unwrap();
    std::fs::write(&file, format!("{patience}[rooms.new]\n[rooms.main]\nmode = \"duel\"\n")).unwrap();
    process.signal("-HUP");
    until("rooms have come and gone", async || modes().await == "new=drift main=drift").await;
    assert_eq!(closed(&mut leaves).await.0, 4009);
    let before = pilot.replica.view().tick;
    pilot.until("half a second more in the old room", |replica| replica.view().tick.since(before) > 30).await;
    assert_eq!(modes().await, "new=drift main=drift", "whoever plays is not thrown out");
    drop(pilot);
    until("it is a duel once nobody plays", async || modes().await == "new=drift main=duel").await;
    process.signal("-TERM");
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("need a restart"), "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn settings_that_are_gone_when_they_are_read_again_are_a_mistake() {
    let folder = Folder::new();
    let file = folder.path().join("perihelion.toml");
    let closed = "[rooms.main]\nmode = \"duel\"\npassword = \"word\"\n";
    std::fs::write(&file, "[server]\nmotd = \"Hello\"\n").unwrap();
    let mut command = Command::new(BINARY);
    // Found where it is started, not named.
    command.current_dir(folder.path()).args(["--bind", "127.0.0.1", "--port", "0", "--data-dir", "data"]);
    let process = Process::from_command(command);
    let list = async || ask(process.address, "GET", "/rooms.json", "").await.text();
    std::fs::write(&file, format!("[server]\nmotd = \"Good day\"\n{closed}")).unwrap();
    process.signal("-HUP");
    // Also where another mode waits for a restart.
    until("the password is asked for", async || list().await.contains("\"password\":true")).await;
    std::fs::remove_file(&file).unwrap();
    process.signal("-HUP");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let list = list().await;
    assert!(list.contains("\"motd\":\"Good day\"") && list.contains("\"password\":true"), "{list}");
    process.signal("-TERM");
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("the old ones stay") && log.contains("perihelion.toml"), "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_log_that_nobody_reads_ends_nothing() {
    let mut process = Process::start(&[]);
    drop(process.child.stderr.take());
    let mut player = welcomed(process.address).await;
    process.signal("-HUP");
    for _ in 0..3 {
        assert_eq!(crate::clients::status_with_origin(process.address, "http://evil.example").await, 403);
    }
    in_time("a message", futures_util::StreamExt::next(&mut player)).await.expect("open").expect("whole");
}

#[test]
fn settings_are_printed_and_checked_without_starting() {
    let printed = run(&["--print-config", "--port", "9"]);
    assert_eq!(printed.status.code(), Some(0));
    let folder = Folder::new();
    let file = folder.path().join("good.toml");
    std::fs::write(&file, &printed.stdout).unwrap();
    let good = run(&["--check-config", "--config", file.to_str().unwrap()]);
    assert_eq!(String::from_utf8(good.stdout).unwrap(), "the settings are good; rooms: main\n");
    std::fs::write(&file, "[server]\nprot = 1\n").unwrap();
    let bad = run(&["--check-config", "--config", file.to_str().unwrap()]);
    let line = String::from_utf8(bad.stderr).unwrap();
    assert_eq!(bad.status.code(), Some(2), "{line}");
    assert!(line.contains("line 2") && line.contains("server.port"), "{line}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_closes_every_socket_and_ends_cleanly() {
    for signal in ["-TERM", "-INT"] {
        let process = Process::start(&[]);
        let mut player = welcomed(process.address).await;
        let mut newcomer = open(process.address).await;
        let _idle = tokio::net::TcpStream::connect(process.address).await.unwrap();
        let began = Instant::now();
        process.signal(signal);
        let (code, reason) = closed(&mut player).await;
        assert_eq!((code, reason.as_str()), (1012, "the server is restarting"), "{signal}");
        assert_eq!(closed(&mut newcomer).await.0, 1012, "{signal}: also before its hello");
        drop((player, newcomer));
        let (code, log) = in_time("the end", process.ended()).await;
        assert_eq!(code, Some(0), "{signal}: {log}");
        assert!(began.elapsed() < Duration::from_secs(2), "{signal}: {:?}", began.elapsed());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_that_does_not_answer_holds_nothing_up_and_a_second_signal_even_less() {
    let process = Process::start(&[]);
    let _deaf = open_raw(process.address).await;
    let began = Instant::now();
    process.signal("-TERM");
    let (code, log) = in_time("the end", process.ended()).await;
    assert_eq!(code, Some(0), "{log}");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());

    let process = Process::start(&[]);
    let _deaf = open_raw(process.address).await;
    let mut witness = welcomed(process.address).await;
    process.signal("-TERM");
    assert_eq!(closed(&mut witness).await.0, 1012);
    process.signal("-TERM");
    assert_eq!(in_time("the end", process.ended()).await.0, Some(130));
}

#[cfg(unix)]
#[tokio::test]
async fn the_log_holds_no_token_no_address_and_no_line_of_an_attacker() {
    let process = Process::start(&[]);
    let token = [0xa7_u8; 16];
    let mut hello =
        shared::protocol::codec::encode_opening(&shared::protocol::Opening::Hello(shared::protocol::Hello {
            resume: Some(shared::protocol::Resume { token: shared::protocol::ResumeToken(token), heard: 0 }),
            profile: Some(shared::protocol::ProfileToken(token)),
            view_half: (800, 450),
        }));
    let mut socket = open(process.address).await;
    socket.send(Message::Binary(hello.clone().into())).await.unwrap();
    hello.push(0);
    let mut bad = open(process.address).await;
    bad.send(Message::Binary(hello.into())).await.unwrap();
    assert_eq!(closed(&mut bad).await.0, 4002);
    assert_eq!(crate::clients::status_with_origin(process.address, "http://evil\tFORGED").await, 403);
    process.signal("-TERM");
    closed(&mut socket).await;
    let (_, log) = process.ended().await;
    assert!(log.contains("closed") && log.contains("refused"), "{log}");
    assert!(log.contains(r"http://evil\tFORGED") && !log.contains('\t'), "{log}");
    for secret in ["a7a7a7", "a7, a7", "167, 167"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    let peers = log.lines().filter(|line| line.contains("peer"));
    assert!(peers.clone().count() > 0 && !peers.clone().any(|line| line.contains("127.0.0.1")), "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_host_who_wants_addresses_in_the_log_has_them_and_reads_whom_a_limit_turned_away() {
    let folder = Folder::new();
    let file = folder.path().join("perihelion.toml");
    std::fs::write(&file, "[server]\nlog_addresses = \"full\"\nper_ip = 1\n[limits]\nloopback_exempt = false\n")
        .unwrap();
    let process = Process::start(&["--config", file.to_str().unwrap()]);
    let mut first = welcomed(process.address).await;
    for _ in 0..20 {
        assert_eq!(
            crate::clients::status_with_origin(process.address, &format!("http://{}", process.address)).await,
            429
        );
    }
    process.signal("-TERM");
    closed(&mut first).await;
    let (_, log) = process.ended().await;
    let told: Vec<&str> = log.lines().filter(|line| line.contains("turned away")).collect();
    assert!(told.len() == 1 && told[0].contains("ws") && told[0].contains("127.0.0.1"), "{log}");
    assert!(log.lines().any(|line| line.contains("entered") && line.contains("127.0.0.1")), "{log}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_nothing_more_is_told_of_and_nobody_who_plays_notices() {
    use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

    let folder = Folder::new();
    // A limit on files is the full disk that needs no root; the signal that goes with it is not part of that.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", BINARY, "--bind", "127.0.0.1", "--port", "0"]);
    command.args(["--drain-seconds", "0", "--data-dir"]).arg(folder.path());
    let process = Process::from_command(command);
    let status = async || -> serde_json::Value {
        serde_json::from_slice(&ask(process.address, "GET", "/status.json", "").await.body).expect("JSON")
    };
    let staff_say = |words: &[&str]| {
        let mut command = Command::new(BINARY);
        command.args(["admin", "--data-dir"]).arg(folder.path()).args(words);
        command.output().expect("starts")
    };
    until("the store is open", async || status().await["store"] == "ok").await;
    let mut pilot = Pilot::play(process.address, "Steady").await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let flying = tokio::spawn(async move {
        while stopped.try_recv().is_err() {
            pilot.step("the disk to recover").await;
        }
        pilot
    });
    let pid = Pid::from_raw(i32::try_from(process.pid()).unwrap()).expect("a process");
    let usual = getrlimit(Resource::Fsize);
    prlimit(Some(pid), Resource::Fsize, Rlimit { current: Some(1), maximum: usual.maximum }).expect("our own child");
    until("it is known that the disk takes nothing", async || {
        drop(staff_say(&["announce", "hello"]));
        let status = status().await;
        status["store"] == "degraded" && status["journal_failing"] == true
    })
    .await;
    let text = String::from_utf8(staff_say(&["mute-address", "10.0.0.9", "1h"]).stdout).unwrap();
    assert!(text.contains("not stored"), "{text}");
    prlimit(Some(pid), Resource::Fsize, usual).expect("our own child");
    until("it is well again", async || {
        let status = status().await;
        status["store"] == "ok" && status["journal_failing"] == false
    })
    .await;
    stop.send(()).unwrap();
    let mut pilot = flying.await.expect("nobody was disconnected");
    pilot.until("the ship", |replica| replica.view().own_ship().is_some() || replica.fall().is_some()).await;
    assert_eq!(status().await["players"], 1);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_file_descriptors_it_waits_without_spinning_and_recovers() {
    let mut command = Command::new("sh");
    let folder = Folder::new();
    command
        .args(["-c", "ulimit -n 50; exec \"$0\" --bind 127.0.0.1 --port 0 --data-dir \"$1\"", BINARY])
        .arg(folder.path())
        // What says nothing is not closed meanwhile.
        .env("PERIHELION_LIMITS_HEADER_TIMEOUT", "600");
    let process = Process::from_command(command);
    let mut player = welcomed(process.address).await;
    let mut held = Vec::new();
    for _ in 0..100 {
        held.push(tokio::net::TcpStream::connect(process.address).await.expect("the backlog takes it"));
    }
    let before = cpu_ms(process.pid());
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        // The player's snapshots go on.
        in_time("a message", futures_util::StreamExt::next(&mut player)).await.expect("open").expect("whole");
    }
    let spent = cpu_ms(process.pid()) - before;
    assert!(spent < 500, "{spent} ms of processor time in a second of waiting");
    // Staff come in through the folder, one after the other, and before anything else makes room (who is deaf goes after 12 s).
    let asked_at = Instant::now();
    for _ in 0..3 {
        let data = folder.path().to_str().unwrap();
        let asked = run(&["admin", "--data-dir", data, "rooms"]);
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    }
    assert!(asked_at.elapsed() < Duration::from_secs(8), "{:?}", asked_at.elapsed());
    drop(held);
    until("new connections are taken again", async || {
        let joined = async {
            let mut socket = open(process.address).await;
            socket.send(Message::Binary(hello().into())).await
        };
        tokio::time::timeout(Duration::from_secs(5), joined).await.is_ok()
    })
    .await;
    drop(player);
    process.signal("-TERM");
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.matches("cannot accept").count() <= 2, "one line in ten seconds: {log}");
    assert!(log.contains("cannot accept"), "{log}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_server_with_empty_rooms_costs_nothing() {
    let folder = Folder::new();
    let file = folder.path().join("perihelion.toml");
    let rooms = "[rooms.main]\n[rooms.war]\nmode = \"core-war\"\n[rooms.duel]\nmode = \"duel\"\n[rooms.more]\n";
    std::fs::write(&file, rooms).unwrap();
    let process = Process::start(&["--config", file.to_str().unwrap()]);
    drop(welcomed(process.address).await);
    until("the last one is gone", async || {
        ask(process.address, "GET", "/status.json", "").await.text().contains("\"paused\":true")
    })
    .await;
    let before = cpu_ms(process.pid());
    tokio::time::sleep(Duration::from_secs(3)).await;
    let spent = cpu_ms(process.pid()) - before;
    // 0.5 % of a core; the kernel counts in hundredths of a second.
    assert!(spent <= 20, "{spent} ms in 3 s");
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).expect("a living process");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    let resident: u64 = resident.and_then(|kb| kb.parse().ok()).expect("a number of kB");
    assert!(resident <= 30 * 1_024, "{resident} kB");
}

/// Processor time so far, from fields 14 and 15 of `/proc/PID/stat` in hundredths of a second.
#[cfg(target_os = "linux")]
fn cpu_ms(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a living process");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |field: usize| fields[field - 3].parse::<u64>().unwrap();
    (ticks(14) + ticks(15)) * 10
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_match_is_verified_and_a_damaged_one_refused() {
    let folder = Folder::new();
    let file = folder.path().join("match.rec");
    let path = file.to_str().unwrap();
    let process = Process::start(&["--record", path, "--bots", "6"]);
    let mut pilot = Pilot::play(process.address, "Tape").await;
    pilot.intent = press(Buttons::THRUST | Buttons::FIRE);
    pilot.until("three seconds of play", |replica| replica.view().tick.0 > 180).await;
    process.signal("-TERM");
    assert_eq!(process.ended().await.0, Some(0));
    let verified = run(&["replay", path]);
    let line = String::from_utf8(verified.stdout).unwrap();
    assert_eq!(verified.status.code(), Some(0), "{line}");
    assert!(line.starts_with("as recorded: ") && line.contains("6 pilots"), "{line}");
    let mut bytes = std::fs::read(&file).unwrap();
    // In the last chunk: the seed and what came before it stay good.
    let at = bytes.len() - 2;
    bytes[at] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let refused = run(&["replay", path]);
    let line = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{line}");
    assert!(line.contains("diverged by tick"), "{line}");
}
