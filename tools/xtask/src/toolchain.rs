//! The folders and programs everything else builds with: the repository root, cargo, rustup's wasm target.
//!
//! Invariant: a missing piece is named in one line with the command that brings it. rustup may be told not to install
//! on its own (`RUSTUP_AUTO_INSTALL=0`), and then ignores a missing target silently; that is why it is asked here.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// The target the browser's half is built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Where things are. Made once per run and handed down.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the user's settings put it.
    pub target: PathBuf,
}

impl Tree {
    /// Finds the repository and asks cargo for its target folder.
    pub fn find() -> Result<Tree> {
        // Cargo says at run time where this package lies; that stays right when the folder was moved since the build.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = PathBuf::from(manifest);
        let root = manifest.ancestors().nth(2).filter(|root| root.join("index.html").is_file());
        let root = root.context("xtask must be run as `cargo xtask` inside the repository")?.to_owned();
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&root)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run `cargo metadata`")?;
        if !output.status.success() {
            bail!("`cargo metadata` failed (see above)");
        }
        let metadata: serde_json::Value =
            serde_json::from_slice(&output.stdout).context("`cargo metadata` did not print JSON")?;
        let target = metadata["target_directory"].as_str().context("`cargo metadata` names no target folder")?;
        Ok(Tree { root, target: PathBuf::from(target) })
    }

    /// Where cargo puts a program; `profile` is the name of its folder.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// `cargo` in the repository root, with a message in the form of a sentence when it fails.
    pub fn cargo<S: AsRef<OsStr>>(&self, what: &str, args: &[S], env: &[(&str, &OsStr)]) -> Result<()> {
        let mut command = Command::new(cargo());
        command.args(args).current_dir(&self.root).envs(env.iter().copied());
        run(&mut command, what)
    }
}

/// Runs a command with the terminal as its output and fails with `what` unless it succeeds.
pub fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{what}: cannot start `{}`", command.get_program().to_string_lossy()))?;
    if status.success() {
        return Ok(());
    }
    match status.code() {
        Some(code) => bail!("{what} failed with exit code {code} (see above)"),
        None => bail!("{what} was stopped by a signal"),
    }
}

/// The cargo that runs us, so that `+toolchain` choices carry over.
fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Makes sure the standard library for [`WASM_TARGET`] is there, asking rustup for it by name if it is not.
pub fn ensure_wasm_target(tree: &Tree) -> Result<()> {
    if has_wasm_library(tree) {
        return Ok(());
    }
    println!("Adding the Rust target {WASM_TARGET}…");
    let status = Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(&tree.root).status();
    match status {
        Ok(status) if status.success() && has_wasm_library(tree) => Ok(()),
        Ok(_) => {
            bail!("the Rust target {WASM_TARGET} is missing and `rustup target add {WASM_TARGET}` could not bring it")
        }
        Err(_) => bail!(
            "the Rust target {WASM_TARGET} is missing and there is no rustup to add it: install it with your package manager or from https://rustup.rs"
        ),
    }
}

/// Asks rustc itself, which is right for rustup's toolchains and for a distribution's alike. rustup's own list
/// (`rustup target list --installed`) says the same but does not exist everywhere.
fn has_wasm_library(tree: &Tree) -> bool {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .current_dir(&tree.root)
        .stderr(Stdio::null())
        .output();
    let Ok(output) = output else { return false };
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

/// The first of `names` found on PATH.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
            .find(|file| is_program(file))
    })
}

/// A file one can start.
pub fn is_program(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        file.is_file()
    }
}
