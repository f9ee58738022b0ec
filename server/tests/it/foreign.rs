//! Clients not written by us, in Python: the standard library's sockets always, the `websockets` package where it
//! is installed.

use std::process::{Command, Stdio};

use crate::process::Process;

#[test]
fn a_client_not_written_by_us_upgrades_and_is_closed_cleanly_for_rubbish() {
    if Command::new("python3").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("SKIPPED: no python3 on this machine, so no foreign client was tried");
        return;
    }
    let process = Process::start(&[]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/foreign_client.py");
    let output = Command::new("python3").args([script, &process.address.to_string()]).output().expect("runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains("plain sockets: closed with 4002"), "{said}");
    println!("{said}");
}
