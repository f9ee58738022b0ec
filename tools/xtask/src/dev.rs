//! `cargo xtask dev`: the server with the page from disk, and a watch over the sources.
//!
//! Changes are found by comparing file times a few times a second: no watcher library, the same on every system, and
//! cheap for a tree of this size. Invariant: a source that does not compile never takes the running server down.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};

use crate::{
    client::{self, Care},
    toolchain::Tree,
};

/// How often the sources are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Sources whose change needs a new page.
const CLIENT_SOURCES: &[&str] = &[
    "client-wasm",
    "arena-wasm",
    "pages-wasm",
    "shared",
    "assets",
    "index.html",
    "check.html",
    "admin.html",
    "Cargo.toml",
    "Cargo.lock",
];
/// Sources whose change needs a new server.
const SERVER_SOURCES: &[&str] = &["server", "shared", "Cargo.toml", "Cargo.lock"];

/// Builds, starts, watches, until ctrl-c or until the server ends by itself.
pub fn watch(flags: &[String]) -> Result<ExitCode> {
    let tree = Tree::find()?;
    let stop = stop_flag()?;
    // Taken before the first build, so that a change made during it is not missed.
    let mut client_seen = look(&tree.root, CLIENT_SOURCES);
    let mut server_seen = look(&tree.root, SERVER_SOURCES);
    let page = client::build(&tree, Care::Quick)?;
    let mut server = Running::start(&tree, &page, flags)?;
    while !stop.load(Ordering::Relaxed) {
        if let Some(status) = server.child.try_wait().context("cannot ask for the server's state")? {
            return Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)));
        }
        std::thread::sleep(LOOK_EVERY);
        let (client_now, server_now) = (look(&tree.root, CLIENT_SOURCES), look(&tree.root, SERVER_SOURCES));
        if client_now != client_seen {
            client_seen = client_now;
            match client::build(&tree, Care::Quick) {
                Ok(_) => println!("The page is new: reload it."),
                Err(error) => println!("The page stays as it was: {error:#}"),
            }
        }
        if server_now != server_seen {
            server_seen = server_now;
            match build_server(&tree) {
                Ok(()) => {
                    server.stop();
                    server = Running::start(&tree, &page, flags)?;
                }
                Err(error) => println!("The server runs on as it was: {error:#}"),
            }
        }
    }
    server.stop();
    Ok(ExitCode::SUCCESS)
}

/// Set by ctrl-c and SIGTERM.
fn stop_flag() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).context("cannot listen for ctrl-c")?;
    }
    Ok(stop)
}

/// The server without optimisation (the pure core is optimised in every profile): ready in seconds after a change.
fn build_server(tree: &Tree) -> Result<()> {
    let args = ["build", "--package", "server", "--bin", "perihelion"];
    tree.cargo("building the server", &args, &[])
}

/// The running server.
struct Running {
    child: Child,
}

impl Running {
    fn start(tree: &Tree, page: &Path, flags: &[String]) -> Result<Running> {
        build_server(tree)?;
        let binary = tree.program("debug", "perihelion");
        let mut command = Command::new(&binary);
        command.arg("--client-dir").arg(page).args(flags).stdin(Stdio::null());
        if !flags.iter().any(|flag| flag.starts_with("--drain-seconds")) {
            // Whoever waits for their change does not wait for a farewell.
            command.args(["--drain-seconds", "0"]);
        }
        // A group of its own: ctrl-c reaches only us, and we pass it on exactly once.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().with_context(|| format!("cannot start {}", binary.display()))?;
        Ok(Running { child })
    }

    /// Asks it to stop and waits; it promises to be gone within two seconds.
    fn stop(&mut self) {
        #[cfg(unix)]
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id().cast_signed()) {
            let _already_gone = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        #[cfg(not(unix))]
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// When each source file last changed, and how long it is.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

fn look(root: &Path, sources: &[&str]) -> Seen {
    let mut seen = Seen::new();
    let mut waiting: Vec<PathBuf> = sources.iter().map(|source| root.join(source)).collect();
    while let Some(path) = waiting.pop() {
        let Ok(meta) = std::fs::metadata(&path) else { continue };
        if meta.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            // Editors put swap and backup files beside the source.
            let hidden = |entry: &std::fs::DirEntry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.starts_with('.') || name.ends_with('~') || name == "target" || name == "tests"
            };
            waiting.extend(entries.filter(|entry| !hidden(entry)).map(|entry| entry.path()));
        } else {
            seen.insert(path, (meta.modified().ok(), meta.len()));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_new_and_a_removed_file_are_seen_and_an_editors_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        std::fs::create_dir(folder.path().join("src")).expect("a folder");
        write("src/a.rs", "a");
        let before = look(folder.path(), &["src"]);
        write("src/.a.rs.swp", "editor");
        write("src/a.rs~", "editor");
        assert_eq!(look(folder.path(), &["src"]), before);
        write("src/a.rs", "ab");
        let changed = look(folder.path(), &["src"]);
        assert_ne!(changed, before);
        write("src/b.rs", "");
        let added = look(folder.path(), &["src"]);
        assert_ne!(added, changed);
        std::fs::remove_file(folder.path().join("src/b.rs")).expect("removed");
        assert_eq!(look(folder.path(), &["src"]), changed);
    }
}
