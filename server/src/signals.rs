//! ctrl-c and SIGTERM, as a stream, and SIGHUP beside them: the first asks for a clean stop, the second ends the process at once.
//! Invariant: from [`Signals::install`] on no signal is lost and none kills by default.

use std::io;

/// Exit code after a second signal: 128 + SIGINT, as shells count.
const EXIT_INTERRUPTED: i32 = 130;

/// The signals that mean "stop".
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Takes them over. Needs a tokio runtime.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn install() -> io::Result<Signals> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
        }
        #[cfg(windows)]
        Ok(Signals { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Waits for the next one that means "stop".
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }

    /// Waits for another one and ends the process with it.
    pub async fn exit_at_the_next(mut self) {
        self.next().await;
        std::process::exit(EXIT_INTERRUPTED);
    }
}

/// The signal that means "read the settings again". Where there is none, it never comes.
#[derive(Debug)]
pub struct Hangups(#[cfg(unix)] tokio::signal::unix::Signal);

impl Hangups {
    /// Takes it over: it no longer ends the process. Needs a tokio runtime.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn install() -> io::Result<Hangups> {
        #[cfg(unix)]
        return Ok(Hangups(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?));
        #[cfg(windows)]
        Ok(Hangups())
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        self.0.recv().await;
        #[cfg(windows)]
        std::future::pending::<()>().await;
    }
}
