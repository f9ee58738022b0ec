//! The determinism check. [`run`] plays the recorded matches of `shared::sim::golden` and gives a checksum of the
//! world for every second of each; the test below compares them with `golden.txt`, and the end-to-end tests load this
//! crate as a plain wasm module into a browser and compare the same.
//!
//! Invariant: the module imports nothing, so that it runs wherever wasm runs. Not here: the matches themselves.
//!
//! When the rules of the game change on purpose, write the file anew and read the difference:
//! `PERIHELION_GOLDEN=write cargo test -p wasm-checks`.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_matches_end_as_the_golden_file_says() {
        let found = run();
        if std::env::var_os("PERIHELION_GOLDEN").is_some_and(|value| value == "write") {
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
}
