//! The server's half: built in release with the page inside, started with the terminal's flags.
//!
//! Invariant: the started server *is* this process where the system allows it (`exec`), so ctrl-c, signals and the
//! exit code are its own. Not here: what the server does.

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

use crate::{
    client::{self, Care},
    dist, page,
    toolchain::Tree,
};

/// Builds everything and becomes the server.
pub fn play(flags: &[String]) -> Result<ExitCode> {
    let tree = Tree::find()?;
    let binary = build(&tree)?;
    let mut command = Command::new(&binary);
    command.args(flags);
    become_it(command).with_context(|| format!("cannot start {}", binary.display()))
}

/// Builds the single binary and says what one gets.
pub fn build_and_report() -> Result<ExitCode> {
    let tree = Tree::find()?;
    let binary = build(&tree)?;
    let size = std::fs::metadata(&binary).with_context(|| format!("cannot read {}", binary.display()))?.len();
    let weight = dist::weigh(&tree.target.join("client"), page::is_later)?;
    println!("{}: {:.1} MB, everything inside.", binary.display(), size as f64 / 1e6);
    println!(
        "The first view of the page moves {} (brotli) or {} (gzip).",
        kilobytes(weight.brotli),
        kilobytes(weight.gzip)
    );
    Ok(ExitCode::SUCCESS)
}

/// Builds client and server in release; the client is inside the server.
pub fn build(tree: &Tree) -> Result<PathBuf> {
    let page = client::build(tree, Care::Ship)?;
    let args = ["build", "--release", "--package", "server", "--bin", "perihelion"];
    tree.cargo("building the server", &args, &[("PERIHELION_CLIENT_DIST", page.as_os_str())])?;
    Ok(tree.program("release", "perihelion"))
}

/// `123.4 KB`, decimal as browsers count.
pub fn kilobytes(bytes: u64) -> String {
    format!("{:.1} KB", bytes as f64 / 1e3)
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    // Returns only if it failed.
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<ExitCode> {
    // ctrl-c goes to every program on the console; the server stops cleanly and its exit code is passed on.
    let status = command.status()?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}
