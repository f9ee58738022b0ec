//! Clips of kills that pages leave here to be shared: a file each in the data folder, under a name made from what is in it.
//!
//! Invariant: only what reads as a clip is kept, never more than the folder may hold (the oldest goes first), and what is
//! asked for is found by a clean name, never by a path. The lock is held for list operations only, never over the disk,
//! and never by a tick.

use std::{
    collections::VecDeque,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use sha2::{Digest, Sha256};
use shared::clip::Clip;

use crate::{address::AddressKey, bucket::Rate, rates::AddressRates};

/// Bytes of the hash that a name holds: 80 bits, so that nobody guesses one.
const NAME_BYTES: usize = 10;
const NAME_CHARS: usize = NAME_BYTES * 2;
const ENDING: &str = "clip";
/// Of a file that is being written.
const DRAFT_ENDING: &str = "part";
/// A clip costs this many tokens; one comes each second: six a minute, six at once.
const COST: u64 = 10;
const RATE: Rate = Rate { per_s: 1, burst: 6 * COST };

/// Why a clip is not kept.
#[derive(Debug)]
pub enum ClipError {
    /// It is none.
    NotAClip,
    /// This address has left too many lately.
    TooMany,
    /// This server keeps none.
    Off,
    /// The disk does not take it.
    Disk(io::Error),
}

/// The clips.
#[derive(Debug)]
pub struct Clips {
    folder: PathBuf,
    bytes_max: u64,
    kept: Mutex<Kept>,
    rates: AddressRates,
}

/// What lies in the folder, oldest first.
#[derive(Debug, Default)]
struct Kept {
    files: VecDeque<(String, u64)>,
    bytes: u64,
}

impl Clips {
    /// Those in `folder`, which need not exist yet and may hold `bytes_max`.
    #[must_use]
    pub fn open(folder: PathBuf, bytes_max: u64) -> Clips {
        remove_drafts(&folder);
        let kept = Kept::read(&folder);
        Clips { folder, bytes_max, kept: Mutex::new(kept), rates: AddressRates::new(RATE) }
    }

    /// Whether this address may leave another one now.
    ///
    /// # Errors
    /// When it has left too many lately, or none are kept here.
    pub fn admit(&self, from: AddressKey, now: Instant) -> Result<(), ClipError> {
        if self.bytes_max == 0 {
            return Err(ClipError::Off);
        }
        if self.rates.take(from, COST, now) { Ok(()) } else { Err(ClipError::TooMany) }
    }

    /// Keeps a clip and says its name. Blocks on the disk.
    ///
    /// # Errors
    /// When it is no clip, or the disk does not take it.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, ClipError> {
        if Clip::from_bytes(bytes).is_err() {
            return Err(ClipError::NotAClip);
        }
        let name = name_of(bytes);
        if self.kept().files.iter().any(|(known, _)| *known == name) {
            return Ok(name);
        }
        self.write(&name, bytes).map_err(ClipError::Disk)?;
        let gone = self.kept().add(&name, bytes.len() as u64, self.bytes_max);
        for old in gone {
            // A file that stays is found again at the next start.
            let _ = fs::remove_file(self.path(&old));
        }
        Ok(name)
    }

    /// A clip by its name. Blocks on the disk.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Vec<u8>> {
        if !is_name(name) {
            return None;
        }
        fs::read(self.path(name)).ok()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        // Half a file must never have the name of a whole one.
        let draft = self.folder.join(name).with_extension(DRAFT_ENDING);
        let written = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, self.path(name)));
        if written.is_err() {
            // What cannot be removed now is at the next start.
            let _ = fs::remove_file(&draft);
        }
        written
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension(ENDING)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A list and a sum, whole after every statement that may panic.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn read(folder: &Path) -> Kept {
        let Ok(entries) = fs::read_dir(folder) else { return Kept::default() };
        let mut files: Vec<_> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let name = path.file_stem()?.to_str().filter(|name| is_name(name))?.to_owned();
                let facts = path.metadata().ok().filter(|_| path.extension().is_some_and(|ending| ending == ENDING))?;
                Some((facts.modified().ok()?, name, facts.len()))
            })
            .collect();
        files.sort();
        let bytes = files.iter().map(|(_, _, bytes)| bytes).sum();
        Kept { files: files.into_iter().map(|(_, name, bytes)| (name, bytes)).collect(), bytes }
    }

    /// Notes a new one, and says which have to go.
    fn add(&mut self, name: &str, bytes: u64, bytes_max: u64) -> Vec<String> {
        self.files.push_back((name.to_owned(), bytes));
        self.bytes += bytes;
        let mut gone = Vec::new();
        while self.bytes > bytes_max && self.files.len() > 1 {
            if let Some((old, bytes)) = self.files.pop_front() {
                self.bytes -= bytes;
                gone.push(old);
            }
        }
        gone
    }
}

/// Removes what a process that was killed left half written.
fn remove_drafts(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let is_ours = path.file_stem().and_then(|name| name.to_str()).is_some_and(is_name);
        if is_ours && path.extension().is_some_and(|ending| ending == DRAFT_ENDING) {
            // It takes room and does no other harm.
            let _ = fs::remove_file(path);
        }
    }
}

fn name_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..NAME_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_name(name: &str) -> bool {
    name.len() == NAME_CHARS && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        clip::{Cut, Still},
        defs::Terms,
        ids::PlayerId,
        replica::view::View,
        sim::Cause,
    };

    /// A clip of nothing in a room of this name.
    pub fn clip(room: &str) -> Vec<u8> {
        let view = View::default();
        let stills: Vec<_> = (0..100).map(|at| Still { at_us: at * 50_000, view: &view }).collect();
        let cut = Cut {
            stills: &stills,
            kill_us: 4_000_000,
            killer: PlayerId(0),
            victim: PlayerId(1),
            cause: Cause::Ram,
            points: 1,
            room,
            terms: Terms::default(),
        };
        cut.clip(|_| Some(("Ada", false))).expect("enough pictures").to_bytes()
    }

    #[test]
    fn a_clip_is_kept_once_and_found_again_also_after_a_restart() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data/clips");
        let clips = Clips::open(folder.clone(), 1 << 20);
        let bytes = clip("Drift");
        let name = clips.keep(&bytes).unwrap();
        assert_eq!(clips.keep(&bytes).unwrap(), name);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(Clips::open(folder, 1 << 20).find(&name), Some(bytes));
    }

    #[test]
    fn half_a_clip_is_left_neither_by_a_failure_nor_by_a_process_that_was_killed() {
        let home = tempfile::tempdir().unwrap();
        let draft = home.path().join("0123456789abcdef0123.part");
        fs::write(&draft, "half").unwrap();
        let clips = Clips::open(home.path().to_owned(), 1 << 20);
        assert!(!draft.exists());
        let bytes = clip("Drift");
        // It cannot get its name: a folder has it.
        fs::create_dir_all(clips.path(&name_of(&bytes)).join("full")).unwrap();
        assert!(matches!(clips.keep(&bytes), Err(ClipError::Disk(_))));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_oldest_goes_when_the_folder_is_full() {
        let home = tempfile::tempdir().unwrap();
        let sample = clip("Room 1").len() as u64;
        let clips = Clips::open(home.path().to_owned(), sample * 2);
        let names: Vec<_> = (1..=3).map(|room| clips.keep(&clip(&format!("Room {room}"))).unwrap()).collect();
        assert_eq!(names.iter().map(|name| clips.find(name).is_some()).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn nothing_but_a_clip_is_kept_and_no_path_is_a_name() {
        let home = tempfile::tempdir().unwrap();
        let clips = Clips::open(home.path().to_owned(), 1 << 20);
        for bytes in [&b""[..], b"PERICLP1", b"#!/bin/sh", &clip("Drift")[..40]] {
            assert!(matches!(clips.keep(bytes), Err(ClipError::NotAClip)), "{bytes:?}");
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        fs::write(home.path().join("secret.clip"), "x").unwrap();
        for name in ["secret", "../secret", "", "/etc/passwd", "0123456789ABCDEF0123", "0123456789abcdef01230"] {
            assert_eq!(clips.find(name), None, "{name}");
        }
    }

    #[test]
    fn one_address_leaves_six_a_minute_and_a_folder_of_no_size_takes_none() {
        let home = tempfile::tempdir().unwrap();
        let clips = Clips::open(home.path().to_owned(), 1 << 20);
        let (one, other) = ([127, 0, 0, 1], [127, 0, 0, 2]);
        let key = |ip: [u8; 4]| AddressKey::of(std::net::IpAddr::from(ip));
        let now = Instant::now();
        let admitted = (0..20).filter(|_| clips.admit(key(one), now).is_ok()).count();
        assert_eq!(admitted, 6);
        assert!(clips.admit(key(other), now).is_ok());
        assert!(clips.admit(key(one), now + std::time::Duration::from_secs(11)).is_ok());
        assert!(matches!(Clips::open(home.path().to_owned(), 0).admit(key(other), now), Err(ClipError::Off)));
    }
}
