//! Clients not written by us, in Python: the standard library's sockets always, the `websockets` package where it
//! is installed.

use std::process::{Command, Stdio};

use crate::binary::Process;

/// Runs a script of this folder against a server of its own; what it said, or `None` without Python.
fn run_script(name: &str, arguments: &[&str]) -> Option<String> {
    if Command::new("python3").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("SKIPPED: no python3 on this machine, so {name} was not tried");
        return None;
    }
    let process = Process::start(arguments);
    let script = format!("{}/tests/it/{name}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3").args(["-B", &script, &process.address.to_string()]).output().expect("runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    println!("{said}");
    Some(said)
}

#[test]
fn a_client_not_written_by_us_upgrades_and_is_closed_cleanly_for_rubbish() {
    if let Some(said) = run_script("foreign_client.py", &[]) {
        assert!(said.contains("plain sockets: closed with 4002"), "{said}");
    }
}

#[test]
fn a_client_written_from_the_protocol_document_reads_a_session_to_the_last_bit() {
    if let Some(said) = run_script("protocol_client.py", &["--bots", "40", "--season-minutes", "0.03"]) {
        assert!(said.contains("to the last bit"), "{said}");
    }
}
