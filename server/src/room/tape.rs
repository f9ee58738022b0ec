//! The recording of a room, on its way to a file: of a match that the host wants, or of a life that may break (`black_box`).
//! Invariant: the room's thread never waits for the disk; when the disk cannot keep up or fails, the recording ends, says so once,
//! and the game goes on.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread::{self, JoinHandle},
};

use super::black_box::BlackBox;

/// Chunks (a second of play each) that wait for the disk at most.
const WAITING_MAX: usize = 64;

/// A file being written by a thread of its own.
#[derive(Debug)]
pub(super) struct Tape {
    chunks: Option<SyncSender<Vec<u8>>>,
    writer: Option<JoinHandle<()>>,
    life: Option<Life>,
}

/// What is recorded only in case.
#[derive(Debug)]
struct Life {
    black_box: BlackBox,
    number: u32,
    path: PathBuf,
}

impl Tape {
    /// Starts a recording at `path`, or beside it when this is not the first of the room (`takes` > 0).
    ///
    /// # Errors
    /// The file cannot be made, or exists already: recordings are never overwritten.
    pub(super) fn start(path: &Path, takes: u32) -> io::Result<Tape> {
        Tape::begin(name_of(path, takes), u64::MAX, None)
    }

    /// Starts the recording of a life.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(super) fn of_life(black_box: &BlackBox, number: u32) -> io::Result<Tape> {
        let (path, bytes_max) = black_box.prepare(number)?;
        let life = Life { black_box: black_box.clone(), number, path: path.clone() };
        Tape::begin(path, bytes_max, Some(life))
    }

    fn begin(path: PathBuf, bytes_max: u64, life: Option<Life>) -> io::Result<Tape> {
        let file = File::create_new(&path)?;
        let (chunks, waiting) = sync_channel(WAITING_MAX);
        let writer =
            thread::Builder::new().name("tape".into()).spawn(move || write(file, &path, bytes_max, &waiting))?;
        Ok(Tape { chunks: Some(chunks), writer: Some(writer), life })
    }

    /// The life that it is of has broken: another thread sees to the file, for the room has no time.
    pub(super) fn keep(mut self) {
        let kept = thread::Builder::new().name("crash".into()).spawn(move || {
            let life = self.life.take();
            // Once all of it is written.
            drop(self);
            if let Some(Life { black_box, number, .. }) = life {
                black_box.keep(number);
            }
        });
        if let Err(error) = kept {
            tracing::error!(%error, "no thread to keep what the room did");
        }
    }

    /// Hands bytes over, without waiting.
    pub(super) fn put(&mut self, bytes: Vec<u8>) {
        let Some(chunks) = &self.chunks else { return };
        match chunks.try_send(bytes) {
            Ok(()) => return,
            Err(TrySendError::Full(_)) => {
                tracing::error!("the disk does not keep up with the recording; it ends here");
            }
            // The writer has said why.
            Err(TrySendError::Disconnected(_)) => {}
        }
        self.chunks = None;
    }
}

impl Drop for Tape {
    /// Waits until everything handed over is written; what was recorded only in case is needed no more.
    fn drop(&mut self) {
        self.chunks = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        if let Some(life) = self.life.take() {
            // It may be gone: too long, or kept when the room hung.
            let _ = fs::remove_file(life.path);
        }
    }
}

fn write(mut file: File, path: &Path, bytes_max: u64, waiting: &Receiver<Vec<u8>>) {
    let mut written = 0;
    while let Ok(bytes) = waiting.recv() {
        written += bytes.len() as u64;
        if written > bytes_max {
            tracing::info!(file = %path.display(), "the room has lived longer than its crash file may hold; it leaves none");
            // Its beginning alone tells nothing of its end.
            let _ = fs::remove_file(path);
            return;
        }
        if let Err(error) = file.write_all(&bytes) {
            tracing::error!(file = %path.display(), %error, "the recording cannot be written; it ends here");
            return;
        }
    }
}

/// `match.rec`, then `match.1.rec`, `match.2.rec`…
fn name_of(path: &Path, takes: u32) -> PathBuf {
    if takes == 0 {
        return path.to_owned();
    }
    let extension = path.extension().map_or(String::new(), |extension| format!(".{}", extension.to_string_lossy()));
    path.with_extension(format!("{takes}{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_are_told_apart() {
        for (path, takes, name) in [("a/m.rec", 0, "a/m.rec"), ("a/m.rec", 2, "a/m.2.rec"), ("m", 1, "m.1")] {
            assert_eq!(name_of(Path::new(path), takes), Path::new(name));
        }
    }

    #[test]
    fn a_life_leaves_a_file_when_it_breaks_and_only_if_it_fits() {
        let home = tempfile::tempdir().unwrap();
        let black_box = BlackBox::of(home.path().to_owned(), "main", 1, 200).unwrap();
        let files = || {
            let names =
                fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.collect::<Vec<String>>()
        };
        let record = |life, chunks| {
            let mut tape = Tape::of_life(&black_box, life).unwrap();
            (0..chunks).for_each(|_| tape.put(vec![7; 50]));
            tape
        };
        drop(record(0, 2));
        assert_eq!(files(), Vec::<String>::new(), "in order");
        let mut too_long = record(1, 3);
        too_long.writer.take().unwrap().join().unwrap();
        too_long.put(vec![7]);
        assert!(too_long.chunks.is_none(), "nobody takes any more");
        assert_eq!(files(), Vec::<String>::new(), "too long");
        record(2, 2).keep();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !files().iter().any(|name| name.starts_with("main-") && name.ends_with("-2.rec")) {
            assert!(std::time::Instant::now() < deadline, "{:?}", files());
            thread::yield_now();
        }
    }

    #[test]
    fn everything_handed_over_is_on_disk_when_the_tape_is_dropped() {
        let path = std::env::temp_dir().join(format!("perihelion-tape-{}.rec", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let mut tape = Tape::start(&path, 0).unwrap();
        (0..50u8).for_each(|i| tape.put(vec![i; 3]));
        drop(tape);
        assert_eq!(std::fs::read(&path).unwrap().len(), 150);
        assert_eq!(Tape::start(&path, 0).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        std::fs::remove_file(&path).unwrap();
    }
}
