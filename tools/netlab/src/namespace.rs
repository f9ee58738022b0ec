//! A network namespace with one device in it, made and removed by `ip`. Invariant: what was made is removed when the
//! [`Namespace`] is dropped; what an earlier run could not remove (it was killed) is removed before the next.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// How names begin; the process's number and a letter follow.
const PREFIX: &str = "perihelion-lab-";

/// A namespace of this process.
#[derive(Debug)]
pub struct Namespace {
    name: String,
}

impl Namespace {
    /// Makes one.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn new(letter: char) -> Result<Namespace, String> {
        let name = format!("{PREFIX}{}-{letter}", std::process::id());
        ip(&["netns", "add", &name])?;
        let namespace = Namespace { name };
        namespace.ip(&["link", "set", "lo", "up"])?;
        Ok(namespace)
    }

    /// Moves `device` in and brings it up under `address` (with its prefix's length).
    ///
    /// # Errors
    /// What `ip` says.
    pub fn furnish(&self, device: &str, address: &str) -> Result<(), String> {
        ip(&["link", "set", device, "netns", &self.name])?;
        // Its neighbour discovery would be the only IPv6 in the lab.
        self.ip(&["link", "set", device, "addrgenmode", "none"])?;
        self.ip(&["addr", "add", address, "dev", device])?;
        self.ip(&["link", "set", device, "up"])
    }

    /// `ip` inside of it.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn ip(&self, arguments: &[&str]) -> Result<(), String> {
        ip(&[&["-n", &self.name], arguments].concat())
    }

    /// `program` inside of it. (`ip` becomes the program, so the child is the program itself.)
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        if let Err(why) = ip(&["netns", "del", &self.name]) {
            eprintln!("netlab: {why}");
        }
    }
}

/// Removes what killed runs have left.
///
/// # Errors
/// There is no `ip`, or it cannot.
pub fn sweep() -> Result<(), String> {
    let output = Command::new("ip").args(["netns", "list"]).output().map_err(|error| format!("no `ip`: {error}"))?;
    for name in abandoned(&String::from_utf8_lossy(&output.stdout), |pid| Path::new("/proc").join(pid).exists()) {
        ip(&["netns", "del", &name])?;
    }
    Ok(())
}

/// Our names in what `ip netns list` prints whose process does not live any more.
fn abandoned(list: &str, lives: impl Fn(&str) -> bool) -> Vec<String> {
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    let dead = |name: &&str| {
        let pid = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-')).map(|(pid, _)| pid);
        pid.is_some_and(|pid| pid.parse::<u32>().is_ok() && !lives(pid))
    };
    names.filter(dead).map(str::to_owned).collect()
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let words = arguments.join(" ");
    let output = Command::new("ip").args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("ip {words}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("ip {words}: {}", said.lines().next().unwrap_or("it failed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_dead_are_swept() {
        let list = "perihelion-lab-12-a (id: 3)\nperihelion-lab-13-b\nblue\nperihelion-lab-x-a\nperihelion-lab-\n";
        assert_eq!(abandoned(list, |pid| pid == "13"), ["perihelion-lab-12-a"]);
    }
}
