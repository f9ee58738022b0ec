//! The determinism check. [`run`] plays the scripted matches of `shared::sim::golden` and gives a checksum of the
//! world for every second of each; [`recordings`] are real rooms, recorded. The tests below compare them with
//! `golden.txt` and `recordings.txt`, and the end-to-end tests load this crate as a plain wasm module into a browser
//! and compare the same.
//!
//! Invariant: the module imports nothing, so that it runs wherever wasm runs. Not here: the matches themselves.
//!
//! When the rules of the game change on purpose, write the files anew and read the difference:
//! `PERIHELION_GOLDEN=write cargo test -p wasm-checks`.

pub mod recordings;
#[cfg(test)]
mod rooms;

use std::sync::{Mutex, PoisonError};

use shared::sim::golden;

/// What the checksums must be: one line per match, hexadecimal, one number per second.
pub const GOLDEN: &str = include_str!("../golden.txt");

/// The checksums of every match, as [`GOLDEN`] writes them.
#[must_use]
pub fn run() -> String {
    (0..scripts()).map(|script| line(&golden::run(script))).collect()
}

/// One match's line.
#[must_use]
pub fn line(checksums: &[u32]) -> String {
    let words: Vec<String> = checksums.iter().map(|checksum| format!("{checksum:08x}")).collect();
    format!("{}\n", words.join(" "))
}

fn scripts() -> u32 {
    u32::try_from(golden::SCRIPTS.len()).expect("a handful of matches")
}

/// The last match's checksums, for [`golden_at`]: wasm functions return one number at a time.
static LAST: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// How many matches there are.
#[allow(unsafe_code, reason = "an exported name is `unsafe` to the compiler because two could collide; these do not")]
#[unsafe(no_mangle)]
pub extern "C" fn golden_scripts() -> u32 {
    scripts()
}

/// Plays a match and returns how many checksums it gave.
#[allow(unsafe_code, reason = "an exported name is `unsafe` to the compiler because two could collide; these do not")]
#[unsafe(no_mangle)]
pub extern "C" fn golden_run(script: u32) -> u32 {
    let checksums = golden::run(script);
    let count = u32::try_from(checksums.len()).expect("one per second of a short match");
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = checksums;
    count
}

/// A checksum of the match played last; 0 past the end.
#[allow(unsafe_code, reason = "an exported name is `unsafe` to the compiler because two could collide; these do not")]
#[unsafe(no_mangle)]
pub extern "C" fn golden_at(index: u32) -> u32 {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    usize::try_from(index).ok().and_then(|index| last.get(index).copied()).unwrap_or(0)
}

/// How many recordings there are.
#[allow(unsafe_code, reason = "an exported name is `unsafe` to the compiler because two could collide; these do not")]
#[unsafe(no_mangle)]
pub extern "C" fn recordings_count() -> u32 {
    recordings::RECORDINGS.len() as u32
}

/// What the recording played last came to, for [`recordings_fact`].
static FACTS: Mutex<[u32; 3]> = Mutex::new([0; 3]);

/// Plays a recording to its end; returns the ticks it had, or 0 when it cannot be played or comes out differently.
#[allow(unsafe_code, reason = "an exported name is `unsafe` to the compiler because two could collide; these do not")]
#[unsafe(no_mangle)]
pub extern "C" fn recordings_play(index: u32) -> u32 {
    let Some((_, bytes)) = recordings::RECORDINGS.get(index as usize) else { return 0 };
    let Ok(summary) = recordings::play(bytes) else { return 0 };
    let facts = [summary.kills as u32, summary.pilots as u32, summary.checksum];
    *FACTS.lock().unwrap_or_else(PoisonError::into_inner) = facts;
    summary.ticks as u32
}

/// Of the recording played last: ships destroyed (0), pilots at the end (1), last checksum (2).
#[allow(unsafe_code, reason = "an exported name is `unsafe` to the compiler because two could collide; these do not")]
#[unsafe(no_mangle)]
pub extern "C" fn recordings_fact(index: u32) -> u32 {
    let facts = FACTS.lock().unwrap_or_else(PoisonError::into_inner);
    facts.get(index as usize).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_matches_end_as_the_golden_file_says() {
        let found = run();
        if writes() {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/golden.txt");
            std::fs::write(file, &found).expect("the golden file can be written");
            return;
        }
        for (number, (found, golden)) in found.lines().zip(GOLDEN.lines()).enumerate() {
            let second = found.split(' ').zip(golden.split(' ')).position(|(found, golden)| found != golden);
            assert_eq!(
                second, None,
                "match {number} differs from golden.txt first at second {second:?}; if the rules changed on purpose, \
                 write it anew: PERIHELION_GOLDEN=write cargo test -p wasm-checks"
            );
        }
        assert_eq!(found.lines().count(), GOLDEN.lines().count(), "golden.txt holds another number of matches");
        assert_eq!(found, GOLDEN);
    }

    #[test]
    fn the_exported_functions_say_the_same() {
        let mut found = String::new();
        for script in 0..golden_scripts() {
            let count = golden_run(script);
            let checksums: Vec<u32> = (0..count).map(|index| golden_at(index)).collect();
            found.push_str(&line(&checksums));
        }
        assert_eq!(found, run());
    }

    /// Whether the golden files are to be written anew.
    fn writes() -> bool {
        std::env::var_os("PERIHELION_GOLDEN").is_some_and(|value| value == "write")
    }

    fn write_recordings() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/recordings");
        let mut lines = String::new();
        for script in rooms::SCRIPTS {
            let bytes = rooms::record(&script);
            let summary = recordings::play(&bytes).expect("a fresh recording plays");
            lines.push_str(&recordings::line(script.name, &summary));
            std::fs::write(format!("{folder}/{}.rec", script.name), bytes).expect("a recording can be written");
        }
        std::fs::write(format!("{folder}.txt"), lines).expect("the list can be written");
    }

    #[test]
    fn recordings_play_to_their_own_and_to_the_golden_checksums() {
        if writes() {
            return write_recordings();
        }
        let mut found = String::new();
        for (name, bytes) in recordings::RECORDINGS {
            let summary = recordings::play(bytes).unwrap_or_else(|error| {
                panic!(
                    "{name}.rec: {error}; if the rules or the format changed on purpose, record anew: \
                     PERIHELION_GOLDEN=write cargo test -p wasm-checks"
                )
            });
            found.push_str(&recordings::line(name, &summary));
        }
        assert_eq!(found, recordings::PLAYED);
        let kilobytes = recordings::RECORDINGS.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() / 1_000;
        assert!(kilobytes <= 300, "{kilobytes} KB of recordings");
    }

    #[test]
    fn recordings_are_eventful() {
        use shared::replay::Show;
        if writes() {
            return;
        }
        assert_eq!(recordings::RECORDINGS.map(|(name, _)| name), rooms::SCRIPTS.map(|script| script.name));
        let mut joins = 0;
        for (name, bytes) in recordings::RECORDINGS {
            let mut screening = shared::replay::Screening::open(bytes.to_vec()).expect("it plays: see above");
            assert_eq!(screening.room(), name);
            let (mut names, mut deaths) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
            while !screening.at_end() {
                screening.advance(60.0, 60).expect("it plays: see above");
                let pilots = (0..32).filter_map(|slot| screening.pilot(shared::ids::PlayerId(slot)));
                names.extend(pilots.map(|(name, bot)| (name.to_owned(), bot)));
                deaths.extend(screening.deaths().iter().map(|death| (death.played, death.victim.0)));
            }
            let people = names.iter().filter(|(_, bot)| !bot).count();
            joins += names.len();
            assert!(!deaths.is_empty(), "{name}: nobody died");
            assert!(people > 0 || name == "bots", "{name}: nobody came");
        }
        assert!(joins > 60, "{joins} pilots in all");
    }

    #[test]
    fn the_exported_functions_play_the_recordings() {
        if writes() {
            return;
        }
        let mut found = String::new();
        for index in 0..recordings_count() {
            let (ticks, name) = (recordings_play(index) as usize, recordings::RECORDINGS[index as usize].0);
            let [kills, pilots, checksum] = [0, 1, 2].map(|index| recordings_fact(index));
            found.push_str(&format!("{name} {ticks} ticks {kills} kills {pilots} pilots {checksum:08x}\n"));
        }
        assert_eq!(found, recordings::PLAYED);
        assert_eq!(recordings_play(recordings_count()), 0);
    }
}
