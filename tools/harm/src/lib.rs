//! Everything that reads bytes from outside, each as one function of bytes, with bytes of good will to begin from. Two use
//! it: a loop in the gate harms the good bytes with a seed, on any toolchain, and the programs in `fuzz/` let cargo-fuzz look for
//! what no seed finds. Invariant: a target answers every bytes with yes or no; that it does not panic is what is tried, and
//! in the gate that it asks for little memory.

mod corpus;
mod wound;

pub use wound::wound;

use server::probe;
use shared::{
    clip::{Clip, ClipScreening},
    defs::Defs,
    name,
    protocol::codec,
    replay::Playback,
    replica::{Intent, Replica},
    text,
};

/// Something that reads bytes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its program's in `fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Reads; whether it understood.
    pub take: fn(&[u8]) -> bool,
    /// Bytes that it understands.
    pub corpus: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub static TARGETS: &[Target] = &[
    Target {
        name: "client_message",
        take: |bytes| codec::decode_client(bytes).is_ok(),
        corpus: corpus::client_messages,
    },
    Target { name: "opening", take: |bytes| codec::decode_opening(bytes).is_ok(), corpus: corpus::openings },
    Target {
        name: "server_message",
        take: |bytes| codec::decode_server(bytes).is_ok(),
        corpus: corpus::server_messages,
    },
    Target { name: "replica", take: replica, corpus: corpus::sessions },
    Target { name: "panorama", take: |bytes| codec::decode_panorama(bytes).is_ok(), corpus: corpus::panoramas },
    Target { name: "recording", take: recording, corpus: corpus::recordings },
    Target { name: "clip", take: clip, corpus: corpus::clips },
    Target { name: "names", take: names, corpus: corpus::names },
    Target { name: "config", take: |bytes| text_of(bytes).is_some_and(probe::config), corpus: corpus::configs },
    Target { name: "forwarded", take: probe::forwarded, corpus: corpus::forwarded },
    Target { name: "origin", take: probe::origin, corpus: corpus::requests },
    Target { name: "upgrade", take: probe::upgrade, corpus: corpus::requests },
    Target { name: "admin", take: |bytes| text_of(bytes).is_some_and(probe::admin), corpus: corpus::admin },
    Target { name: "journal", take: probe::journal, corpus: corpus::journals },
];

/// Gives bytes to the target of this name.
///
/// # Panics
/// There is none of this name; or it panics, which is what was looked for.
pub fn give(name: &str, bytes: &[u8]) -> bool {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap_or_else(|| panic!("there is no target {name}")).take)(bytes)
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}

/// A whole session from one server: messages with two bytes of length before each.
fn replica(bytes: &[u8]) -> bool {
    let mut replica = Replica::new(Defs::standard(), (800, 450), None, 0);
    let (mut rest, mut now_us, mut understood) = (bytes, 0, false);
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_le_bytes(*length)).min(behind.len());
        let (message, behind) = behind.split_at(length);
        understood |= codec::decode_server(message).is_ok();
        // What is wrong with it the replica keeps to itself.
        let _ = replica.handle_bytes(message, now_us);
        let view = replica.frame(now_us, Intent::default());
        assert!(view.ships.len() < 600 && view.shots.len() < 5_000, "the view grows without end");
        now_us += 33_000;
        rest = behind;
    }
    understood
}

/// Ticks of a recording that are played: a minute.
const PLAYED_MAX: usize = 3_600;

fn recording(bytes: &[u8]) -> bool {
    let Ok(mut playback) = Playback::open(bytes.to_vec()) else { return false };
    for _ in 0..PLAYED_MAX {
        if !matches!(playback.step(), Ok(true)) {
            break;
        }
    }
    // Backwards it plays from a chunk's beginning.
    let _ = playback.seek(0);
    true
}

fn clip(bytes: &[u8]) -> bool {
    let Ok(clip) = Clip::from_bytes(bytes) else { return false };
    let again = Clip::from_bytes(&clip.to_bytes()).expect("what was read can be written");
    assert_eq!(clip, again);
    ClipScreening::open(bytes).is_ok()
}

/// What people call themselves, and what they say.
fn names(bytes: &[u8]) -> bool {
    let raw = String::from_utf8_lossy(bytes);
    let _ = name::look_of(&raw);
    for clean in [name::clean, text::clean_line] {
        if let Some(once) = clean(&raw) {
            assert_eq!(clean(&once).as_deref(), Some(once.as_str()), "clean is clean");
        }
    }
    name::clean(&raw).is_some()
}
