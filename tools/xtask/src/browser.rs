//! Chromium and its driver for the tests: found, or installed from Debian's packages where that is possible.
//!
//! Order: the variables `CHROMIUM` and `CHROMEDRIVER`, then PATH, then apt. Not here: starting them (`tools/e2e`).

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use crate::toolchain::{is_program, on_path};

const CHROMIUM_NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const DRIVER_NAMES: &[&str] = &["chromedriver", "chromium.chromedriver"];
/// Where packages put the driver when not on PATH.
const DRIVER_ELSEWHERE: &[&str] = &["/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"];

/// The two programs.
#[derive(Debug)]
pub struct Browser {
    /// The browser.
    pub chromium: PathBuf,
    /// What steers it.
    pub driver: PathBuf,
}

/// Finds both, installing what is missing if possible.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    install();
    match find()? {
        Some(browser) => Ok(browser),
        None => bail!(
            "the tests need Chromium and its driver: install them (Debian: `apt install chromium chromium-driver`) \
             or name them in CHROMIUM and CHROMEDRIVER"
        ),
    }
}

fn find() -> Result<Option<Browser>> {
    let chromium = named("CHROMIUM")?.or_else(|| on_path(CHROMIUM_NAMES));
    let elsewhere = || DRIVER_ELSEWHERE.iter().map(PathBuf::from).find(|file| is_program(file));
    let driver = named("CHROMEDRIVER")?.or_else(|| on_path(DRIVER_NAMES)).or_else(elsewhere);
    Ok(chromium.zip(driver).map(|(chromium, driver)| Browser { chromium, driver }))
}

fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) else { return Ok(None) };
    let file = PathBuf::from(value);
    if !is_program(&file) {
        bail!("{variable} names {}, which is no program", file.display());
    }
    Ok(Some(file))
}

/// Tries apt; whether it worked shows in what can be found afterwards.
fn install() {
    if on_path(&["apt-get"]).is_none() {
        return;
    }
    let as_root: &[&str] = if is_root() {
        &[]
    } else if quietly("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        return;
    };
    println!("Installing chromium and chromium-driver with apt…");
    let apt = |args: &[&str]| {
        // `env` and not `Command::env`: sudo drops variables.
        let line = [as_root, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"], args].concat();
        let status = Command::new(line[0]).args(&line[1..]).stdin(Stdio::null()).stdout(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    // An update that fails for one of many sources may still have brought what is needed.
    if !apt(&["update"]) {
        println!("note: `apt-get update` failed; trying with the package lists that are there");
    }
    apt(&["-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", "chromium", "chromium-driver"]);
}

fn quietly(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
