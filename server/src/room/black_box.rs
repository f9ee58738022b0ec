//! What a room lives through, written down for the case that it breaks: a recording of each of its lives, from the beginning, because
//! a match is its seed and what was steered since. It stays as a crash file when that life ends by a panic or hangs, and goes when
//! it ends in order.
//!
//! Invariant: neither the files of rooms that live nor those that stay take more than half of what the folder may hold each; a life
//! that outgrows its part leaves no file.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::clock::now_s;

/// Crash files that stay. More: the oldest goes.
const KEPT_MAX: usize = 16;
/// Of a recording under way.
const RUNNING: &str = "running";
/// Of one that stays.
const KEPT: &str = "rec";

/// The folder of crash files, for one room.
#[derive(Debug, Clone)]
pub struct BlackBox {
    folder: PathBuf,
    room: String,
    /// Of one life.
    running_bytes_max: u64,
    /// Of all that stay.
    kept_bytes_max: u64,
}

impl BlackBox {
    /// That of `room`, one of `rooms`, in a folder that may hold `bytes_max`; `None` where nothing may.
    #[must_use]
    pub fn of(folder: PathBuf, room: &str, rooms: usize, bytes_max: u64) -> Option<BlackBox> {
        let half = bytes_max / 2;
        let running_bytes_max = half / rooms.max(1) as u64;
        (half > 0).then(|| BlackBox { folder, room: room.to_owned(), running_bytes_max, kept_bytes_max: half })
    }

    /// Where the recording of a life goes, and how long it may get.
    ///
    /// # Errors
    /// The folder cannot be made, or what a killed process left cannot be removed.
    pub(super) fn prepare(&self, life: u32) -> io::Result<(PathBuf, u64)> {
        fs::create_dir_all(&self.folder)?;
        let path = self.running(life);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok((path, self.running_bytes_max)),
        }
    }

    fn running(&self, life: u32) -> PathBuf {
        self.folder.join(format!("{}.{life}.{RUNNING}", self.room))
    }

    /// A life ended as none should: what was written of it stays. Says so in the log. Blocks on the disk.
    pub(super) fn keep(&self, life: u32) {
        let kept = self.folder.join(format!("{}-{}-{life}.{KEPT}", self.room, now_s()));
        match fs::rename(self.running(life), &kept).and_then(|()| self.remove_old()) {
            Ok(()) => tracing::error!(
                file = %kept.display(),
                "what the room did until then is kept; `perihelion replay` plays it"
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                tracing::warn!(room = self.room, "there is no recording of what the room did");
            }
            Err(error) => tracing::error!(file = %kept.display(), %error, "what the room did cannot be kept"),
        }
    }

    /// The newest stay, as many as there may be.
    fn remove_old(&self) -> io::Result<()> {
        let mut kept = files(&self.folder, KEPT)?;
        kept.sort_unstable_by_key(|(path, _, at)| (std::cmp::Reverse(*at), path.clone()));
        let mut bytes = 0;
        for (at, (path, length, _)) in kept.iter().enumerate() {
            bytes += length;
            // The newest is what somebody will look for, however long it is.
            if at > 0 && (at >= KEPT_MAX || bytes > self.kept_bytes_max) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Removes what rooms of a process that was killed were writing.
pub fn sweep(folder: &Path) {
    for (path, ..) in files(folder, RUNNING).unwrap_or_default() {
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(file = %path.display(), %error, "a recording that nobody needs cannot be removed");
        }
    }
}

fn files(folder: &Path, ending: &str) -> io::Result<Vec<(PathBuf, u64, SystemTime)>> {
    let is_ours = |path: &Path| path.extension().is_some_and(|own| own == ending);
    let file = |entry: fs::DirEntry| {
        let meta = entry.metadata()?;
        Ok((entry.path(), meta.len(), meta.modified()?))
    };
    fs::read_dir(folder)?
        .filter(|entry| entry.as_ref().is_ok_and(|entry| is_ours(&entry.path())))
        .map(|entry| file(entry?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_no_more_than_there_may_be() {
        let home = tempfile::tempdir().unwrap();
        let black_box = BlackBox::of(home.path().to_owned(), "main", 2, 400).unwrap();
        assert_eq!((black_box.running_bytes_max, BlackBox::of(PathBuf::new(), "main", 1, 1).is_none()), (100, true));
        for life in 0..20 {
            let (path, _) = black_box.prepare(life).unwrap();
            fs::write(&path, vec![0; if life < 18 { 10 } else { 150 }]).unwrap();
            black_box.keep(life);
            assert!(!path.exists());
        }
        let kept = files(home.path(), KEPT).unwrap();
        // Of files as old as each other any may go first; all together they have an end.
        assert!(kept.iter().map(|(_, length, _)| length).sum::<u64>() <= 200 && !kept.is_empty(), "{kept:?}");
        fs::write(black_box.running(3), "half").unwrap();
        sweep(home.path());
        assert_eq!(files(home.path(), RUNNING).unwrap(), []);
        (20..60).for_each(|life| {
            fs::write(black_box.prepare(life).unwrap().0, "x").unwrap();
            black_box.keep(life);
        });
        assert_eq!(files(home.path(), KEPT).unwrap().len(), KEPT_MAX);
    }
}
