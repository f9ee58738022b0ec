//! The binary as a child of a test, with all that ends with it.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use crate::running::{DEADLINE, Folder};

pub const BINARY: &str = env!("CARGO_BIN_EXE_perihelion");

/// A started binary; killed when dropped.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    pub banner: String,
    /// Goes with it, where it is its own.
    folder: Option<Folder>,
}

impl Process {
    /// In a folder of its own, and without a farewell.
    pub fn start(arguments: &[&str]) -> Process {
        let folder = Folder::new();
        let arguments: Vec<&str> = ["--drain-seconds", "0"].iter().chain(arguments).copied().collect();
        let mut process = Process::start_in(folder.path(), 0, &arguments);
        process.folder = Some(folder);
        process
    }

    /// In a folder that another one may have left.
    pub fn start_in(folder: &Path, port: u16, arguments: &[&str]) -> Process {
        let mut command = Command::new(BINARY);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--data-dir"]).arg(folder).args(arguments);
        Process::from_command(command)
    }

    pub fn from_command(mut command: Command) -> Process {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut banner = String::new();
        while !banner.contains("ctrl-c") {
            let read = stdout.read_line(&mut banner).expect("text");
            assert!(read > 0, "ended after {banner:?}: {}", rest(&mut child));
        }
        let url = banner.split_whitespace().find_map(|word| word.strip_prefix("http://")).expect("a URL");
        let port = url.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        Process { child, address: ([127, 0, 0, 1], port).into(), banner, folder: None }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, `-KILL` say.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill is there");
        assert!(status.success());
    }

    /// Waits for the end: exit code, and what it wrote to stderr.
    pub async fn ended(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                return (status.code(), rest(&mut self.child));
            }
            assert!(Instant::now() < deadline, "does not end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn rest(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut text).expect("text");
    text
}

pub fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().expect("runs")
}
