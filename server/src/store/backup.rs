//! Copies of the file: one an hour, of which 24 are kept, and of the last seven days the newest. What staff decide does not wait
//! for the hour: its copy is made anew soon after. Invariant: a copy is complete and on the disk before it has its name.

use std::{
    cell::Cell,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::Paths;

/// A copy out of turn is made after so long: what staff do meanwhile is in it, too…
const SOON: Duration = Duration::from_secs(10);
/// …and no sooner than so many times as long as the last one took, which a large file makes long.
const SPARE: u32 = 20;
const HOURLY_KEPT: usize = 24;
const DAILY_KEPT: usize = 7;
const HOUR_S: u64 = 3_600;
/// A copy that is not complete.
const PARTIAL: &str = "being-made";
/// `perihelion-2026-11-28T17.db`: names sort by time, and their first letters are a day.
const PREFIX: &str = "perihelion-";
const DAY_CHARS: usize = PREFIX.len() + "2026-11-28".len();

/// The folder of copies.
#[derive(Debug)]
pub struct Backups {
    paths: Paths,
    /// The hour for which one was made, or tried, last.
    hour: Cell<u64>,
    /// How long the last one took.
    took: Cell<Duration>,
}

impl Backups {
    /// Removes what a process that was killed left half done.
    pub fn new(paths: Paths) -> Backups {
        // Where it cannot be removed, no copy can be made, and that is said then.
        let _ = remove_partial(&paths.backups);
        Backups { paths, hour: Cell::new(0), took: Cell::new(Duration::ZERO) }
    }

    /// How long a copy out of turn waits for more that should be in it.
    pub fn patience(&self) -> Duration {
        SOON.max(self.took.get() * SPARE)
    }

    /// Makes the copy of this hour, unless it was tried already; see [`Self::make`].
    pub fn make_when_due(&self, connection: &Connection, now_s: u64) -> bool {
        self.hour.get() != now_s / HOUR_S && self.make(connection, now_s)
    }

    /// Makes the copy of this hour, in the place of one that is there, and removes those that are too old. Whether it did.
    pub fn make(&self, connection: &Connection, now_s: u64) -> bool {
        self.hour.set(now_s / HOUR_S);
        let began = Instant::now();
        let made = self.renew(connection, now_s);
        self.took.set(began.elapsed());
        let folder = self.paths.backups.display();
        match &made {
            Ok(()) => tracing::info!(%folder, "a copy of the results was made"),
            Err(error) => tracing::error!(%folder, error, "no copy of the results could be made"),
        }
        made.is_ok()
    }

    fn renew(&self, connection: &Connection, now_s: u64) -> Result<(), Box<dyn std::error::Error>> {
        fs::create_dir_all(&self.paths.backups)?;
        // Before, so that a disk that is full of old copies gets room for the new one, which may make another one old.
        self.remove_old()?;
        let made = self.write(connection, now_s);
        if made.is_err() {
            // The error that matters is known already.
            let _ = remove_partial(&self.paths.backups);
        }
        made?;
        Ok(self.remove_old()?)
    }

    fn write(&self, connection: &Connection, now_s: u64) -> Result<(), Box<dyn std::error::Error>> {
        let hour: String =
            connection.query_row("SELECT strftime('%Y-%m-%dT%H', ?1, 'unixepoch')", [now_s.cast_signed()], |row| {
                row.get(0)
            })?;
        let place = self.paths.backups.join(format!("{PREFIX}{hour}.db"));
        remove_partial(&self.paths.backups)?;
        let fresh = self.paths.backups.join(PARTIAL);
        connection.execute("VACUUM INTO ?1", [fresh.to_string_lossy()])?;
        fs::File::open(&fresh)?.sync_all()?;
        fs::rename(&fresh, &place)?;
        Ok(())
    }

    /// Every copy, the newest first.
    pub fn newest_first(&self) -> Vec<PathBuf> {
        let names = names(&self.paths.backups).unwrap_or_default();
        names.into_iter().map(|name| self.paths.backups.join(name)).collect()
    }

    fn remove_old(&self) -> io::Result<()> {
        let names = names(&self.paths.backups)?;
        surplus(&names).into_iter().try_for_each(|name| fs::remove_file(self.paths.backups.join(name)))
    }
}

fn remove_partial(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(PARTIAL)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Names of copies, the newest first.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(PREFIX) && name.ends_with(".db"))
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

/// Of names, the newest first, those not to be kept.
fn surplus(names: &[String]) -> Vec<&str> {
    let mut days = Vec::new();
    let mut kept = |at: usize, name: &str| {
        let day = name.get(..DAY_CHARS).unwrap_or(name).to_owned();
        let newest_of_day = !days.contains(&day);
        if newest_of_day {
            days.push(day);
        }
        at < HOURLY_KEPT || (newest_of_day && days.len() <= DAILY_KEPT)
    };
    names.iter().enumerate().filter(|(at, name)| !kept(*at, name)).map(|(_, name)| name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_copy_is_left_neither_by_a_failure_nor_by_a_process_that_was_killed() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths { database: home.path().join("perihelion.db"), backups: home.path().join("backups") };
        let half = paths.backups.join(PARTIAL);
        fs::create_dir_all(&paths.backups).unwrap();
        fs::write(&half, "half").unwrap();
        let backups = Backups::new(paths.clone());
        assert!(!half.exists());
        let connection = Connection::open(&paths.database).unwrap();
        connection.execute("CREATE TABLE some (thing)", []).unwrap();
        // The copy cannot get its name: a folder has it.
        fs::create_dir_all(paths.backups.join(format!("{PREFIX}2001-09-09T01.db/full"))).unwrap();
        backups.make_when_due(&connection, 1_000_000_000);
        assert!(!half.exists());
    }

    #[test]
    fn a_day_of_hours_and_a_week_of_days_are_kept() {
        let mut names: Vec<String> = (1..=10)
            .flat_map(|day| (0..24).map(move |hour| format!("{PREFIX}2026-11-{day:02}T{hour:02}.db")))
            .collect();
        names.reverse();
        let gone = surplus(&names);
        let kept: Vec<&String> = names.iter().filter(|name| !gone.contains(&name.as_str())).collect();
        assert_eq!(kept.len(), 24 + 6);
        assert_eq!(
            (kept[0].as_str(), kept[24].as_str()),
            ("perihelion-2026-11-10T23.db", "perihelion-2026-11-09T23.db")
        );
        assert_eq!(kept[29].as_str(), "perihelion-2026-11-04T23.db");
        assert!(surplus(&names[..20]).is_empty());
    }
}
