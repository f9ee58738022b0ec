//! A server started for a measurement. Invariant: what was started is ended with its handle, also when a measurement fails.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};

/// What a server may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// To end in order.
    Stop,
    /// To let a room panic; needs the feature `sabotage`.
    Panic,
}

/// A running server.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    /// Its page.
    pub url: String,
}

impl Serving {
    /// Starts `server`, which prints its address once it listens.
    pub fn start(server: &mut Command) -> Result<Serving> {
        let name = server.get_program().to_string_lossy().into_owned();
        let mut child = server.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {name}"))?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is ours")?).lines();
        let mut serving = Serving { child, url: String::new() };
        let words = lines.by_ref().map_while(Result::ok);
        let mut words = words.flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        serving.url =
            words.find(|word| word.starts_with("http://")).with_context(|| format!("{name} does not start"))?;
        // What else it prints is of no use here, but a full pipe would stop it.
        thread::spawn(move || lines.for_each(drop));
        Ok(serving)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells it something by a signal.
    #[cfg(unix)]
    pub fn tell(&self, what: Told) -> Result<()> {
        use rustix::process::{Pid, Signal, kill_process};
        let signal = match what {
            Told::Stop => Signal::TERM,
            Told::Panic => Signal::USR2,
        };
        let pid = Pid::from_raw(self.pid().cast_signed()).context("a process has a number")?;
        kill_process(pid, signal).with_context(|| format!("the server does not hear {signal:?}"))
    }

    /// Tells it something by a signal.
    #[cfg(not(unix))]
    pub fn tell(&self, what: Told) -> Result<()> {
        anyhow::bail!("there are no signals here to say {what:?} with")
    }

    /// Waits until it has ended by itself, well.
    pub fn ended(mut self) -> Result<()> {
        let status = self.child.wait().context("cannot wait for the server")?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
