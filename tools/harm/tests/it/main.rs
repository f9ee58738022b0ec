//! What a stable toolchain has of fuzzing: each seed takes bytes of good will and harms them in a few places.

use harm::{TARGETS, Target, wound};
use shared::{
    rng::{Keyed, Purpose},
    tick::Tick,
};
use suite::counting::{self, Counting};

#[global_allocator]
static COUNTING: Counting = Counting;

/// What strangers send in one message, or in the head of a request.
const MESSAGES: [&str; 9] =
    ["client_message", "opening", "server_message", "panorama", "names", "forwarded", "origin", "upgrade", "admin"];
/// So much memory may be asked for to read one of those, bytes, whatever it claims.
const MESSAGE_BYTES_MAX: u64 = 64 * 1_024;

/// Seeds per target. What plays matches takes longer than what reads a line.
fn seeds(target: &Target) -> u64 {
    match target.name {
        "recording" => 60,
        "replica" => 200,
        "clip" | "config" | "journal" => 5_000,
        _ => 30_000,
    }
}

#[test]
fn every_reader_survives_what_was_good_and_then_harmed() {
    for target in TARGETS {
        let corpus = (target.corpus)();
        assert!(!corpus.is_empty(), "{} has nothing to begin from", target.name);
        for (index, good) in corpus.iter().enumerate() {
            assert!((target.take)(good), "{} does not understand its own example {index}", target.name);
        }
        let (mut understood, mut most) = (0, 0);
        for seed in 0..seeds(target) {
            let mut keyed = Keyed::new(seed, Tick(0), 1, Purpose::Test);
            let mut bytes = corpus[keyed.below(corpus.len() as u32) as usize].clone();
            wound(&mut bytes, &mut keyed);
            let before = counting::bytes();
            let outcome = std::panic::catch_unwind(|| (target.take)(&bytes));
            most = most.max(counting::bytes() - before);
            understood +=
                u64::from(outcome.unwrap_or_else(|_| panic!("{} panics, seed {seed}: {bytes:02x?}", target.name)));
        }
        println!("{}: {most} bytes at most", target.name);
        assert!(most <= MESSAGE_BYTES_MAX || !MESSAGES.contains(&target.name), "{} asks for {most} bytes", target.name);
        // Harm that changes only a value leaves something to understand: then the loop has looked behind the first check.
        assert!(understood > 0, "{}: nothing that was harmed was understood", target.name);
    }
}

#[test]
fn every_target_has_its_program() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("it is there");
    for target in TARGETS {
        let program = std::fs::read_to_string(folder.join(format!("fuzz_targets/{}.rs", target.name)));
        assert!(program.is_ok_and(|text| text.contains(&format!("\"{}\"", target.name))), "{}", target.name);
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{}", target.name);
    }
}
