//! The log, on stderr. Invariants: one event is one line whatever a client sent, and holds no token and no bare
//! address (see [`crate::address::AddressTag`]) unless the host wants those; whatever happens, it grows by less than a megabyte a minute.
//! Files and their rotation are not here.

use std::{
    fmt,
    io::{self, Write},
    panic,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::bucket::{Bucket, Rate};

/// Bytes. Beyond it lines are left out and counted: an attacker must not fill the disk.
const GROWTH: Rate = Rate { per_s: 15_000, burst: 100_000 };

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    Text,
    /// An object, for programs.
    Json,
}

/// How it names visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogAddresses {
    /// See [`crate::address::AddressTag`].
    Tag,
    /// By their addresses.
    Full,
}

/// Sends events of level info and above to stderr, and panics with them.
pub fn install(form: LogForm) {
    let colour = io::IsTerminal::is_terminal(&io::stderr()) && std::env::var_os("NO_COLOR").is_none();
    let log =
        tracing_subscriber::fmt().with_writer(Throttle::new()).with_max_level(LevelFilter::INFO).with_target(false);
    match form {
        LogForm::Text => log.with_ansi(colour).init(),
        LogForm::Json => log.json().flatten_event(true).init(),
    }
    panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("without a message");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        tracing::error!(thread, place, message = ?Shown(message), "panic");
    }));
}

/// Stderr within [`GROWTH`]. The lock is held for one line; the log is one stream anyway.
struct Throttle {
    began: Instant,
    valve: Mutex<Valve>,
}

struct Valve {
    bucket: Bucket,
    left_out: u64,
}

impl Throttle {
    fn new() -> Throttle {
        Throttle { began: Instant::now(), valve: Mutex::new(Valve { bucket: Bucket::new(GROWTH, 0), left_out: 0 }) }
    }
}

impl Valve {
    /// `None` to leave this line out, else how many were left out before it.
    fn admit(&mut self, bytes: usize, now_us: u64) -> Option<u64> {
        self.bucket.fill(now_us);
        if !self.bucket.holds(bytes as u64) {
            self.left_out += 1;
            return None;
        }
        self.bucket.take(bytes as u64);
        Some(std::mem::take(&mut self.left_out))
    }
}

impl<'a> MakeWriter<'a> for Throttle {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

/// Takes one event, which comes in one piece.
struct Line<'a>(&'a Throttle);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Throttle { began, valve } = self.0;
        let now_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let mut valve = valve.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left_out) = valve.admit(bytes.len(), now_us) {
            let mut stderr = io::stderr().lock();
            let before = if left_out > 0 { format!("({left_out} lines left out)\n") } else { String::new() };
            // A closed window takes stderr away. Told of it, the log would complain to stderr, and panic over that.
            let _ = stderr.write_all(before.as_bytes()).and_then(|()| stderr.write_all(bytes));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = io::stderr().flush();
        Ok(())
    }
}

/// Text from outside, for a log: control characters, quotes and anything unprintable escaped, and cut.
#[derive(Clone, Copy)]
pub struct Shown<'a>(pub &'a str);

const SHOWN_CHARS_MAX: usize = 120;

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars().take(SHOWN_CHARS_MAX) {
            write!(f, "{}", character.escape_debug())?;
        }
        if self.0.chars().nth(SHOWN_CHARS_MAX).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_lines_grows_the_log_by_less_than_a_megabyte_a_minute() {
        let mut valve = Throttle::new().valve.into_inner().unwrap();
        let lines = (0..60_000_u64).map(|n| valve.admit(200, n * 1_000));
        let (written, left_out) = lines.fold((0, 0), |(written, left_out), line| match line {
            Some(before) => (written + 200, left_out + before),
            None => (written, left_out),
        });
        assert!((900_000..1_048_576).contains(&written), "{written}");
        assert!(left_out > 50_000, "what is left out is told: {left_out}");
    }

    #[test]
    fn nothing_a_client_sends_breaks_a_line_or_paints_a_terminal() {
        let hostile = "a\nb\r\u{1b}[31m\u{202e}\0\u{2028}\u{85}";
        let shown = format!("{:?}", Shown(hostile));
        assert_eq!(shown, r"a\nb\r\u{1b}[31m\u{202e}\0\u{2028}\u{85}");
        let long = format!("{:?}", Shown(&"x".repeat(10_000)));
        assert_eq!(long.chars().count(), SHOWN_CHARS_MAX + 1);
    }
}
