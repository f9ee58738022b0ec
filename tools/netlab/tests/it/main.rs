//! The built binary: that it says so where it cannot run, and that where it can the line it promises is the line that
//! players get, and nothing is left behind.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_netlab");
/// "Cannot run here."
const SKIPPED: i32 = 77;

/// Server and swarm of the same build as this test, beside the binary.
fn build_the_others() {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--package", "server", "--package", "swarm", "--bin", "perihelion", "--bin", "swarm"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().expect("cargo is there").success());
}

fn namespaces() -> String {
    let output = Command::new("ip").args(["netns", "list"]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

#[test]
fn bad_flags_are_refused_in_one_line() {
    let output = Command::new(BINARY).args(["--profiles", "mars"]).output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), stderr.trim_end().lines().count()), (Some(2), 1), "{stderr}");
}

#[test]
fn a_good_line_is_what_it_promises_and_nothing_is_left_behind() {
    build_the_others();
    let file = std::env::temp_dir().join(format!("perihelion-netlab-test-{}.json", std::process::id()));
    let arguments = ["--profiles", "good", "--clients", "2", "--secs", "4", "--bots", "2", "--json"];
    let mut command = Command::new(BINARY);
    let child = command.args(arguments).arg(&file).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("runs");
    let pid = child.id();
    let child = child.wait_with_output().expect("ends");
    let stderr = String::from_utf8_lossy(&child.stderr).into_owned();
    if child.status.code() == Some(SKIPPED) {
        assert!(stderr.contains("cannot run here"), "{stderr}");
        eprintln!("SKIPPED: the network lab did not run: {stderr}");
        return;
    }
    assert_eq!(child.status.code(), Some(0), "{stderr}");
    let reports: Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    let _ = std::fs::remove_file(&file);
    let figure =
        |path: &str| reports[0].pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path}: {reports:#}"));
    assert_eq!(figure("/swarm/clients/joined"), 2.0, "{reports:#}");
    // 15 ms and up to 3 more each way: not less, and only so much more as a busy machine adds.
    assert!((30.0..120.0).contains(&figure("/swarm/rtt_ms/p50")), "{reports:#}");
    assert!(figure("/swarm/snapshots_s") > 15.0 && figure("/carried/packets") > 500.0, "{reports:#}");
    assert_eq!(figure("/carried/lost"), 0.0);
    assert!(!namespaces().contains(&format!("perihelion-lab-{pid}-")), "{}", namespaces());
}

#[test]
fn ctrl_c_removes_everything() {
    build_the_others();
    let mut command = Command::new(BINARY);
    command.args(["--profiles", "lan", "--clients", "1", "--secs", "3600"]).stderr(Stdio::piped());
    let mut child = command.spawn().expect("runs");
    let pid = child.id().to_string();
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let first = lines.next().expect("it says what it does");
    if first.contains("cannot run here") {
        assert_eq!(child.wait().expect("ends").code(), Some(SKIPPED));
        eprintln!("SKIPPED: the network lab did not run: {first}");
        return;
    }
    // Its namespaces are there once it says more, or nothing more: either way the signal must be enough.
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill is there").success());
    let rest: Vec<String> = lines.collect();
    let status = child.wait().expect("ends");
    assert_eq!(status.code(), Some(130), "{rest:?}");
    assert!(!namespaces().contains(&format!("perihelion-lab-{pid}-")), "{}", namespaces());
}
