//! The recording of a room, on its way to a file. Invariant: the room's thread never waits for the disk; when the
//! disk cannot keep up or fails, the recording ends, says so once, and the game goes on.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

/// Chunks (a second of play each) that wait for the disk at most.
const WAITING_MAX: usize = 64;

/// A file being written by a thread of its own.
#[derive(Debug)]
pub(super) struct Tape {
    chunks: Option<SyncSender<Vec<u8>>>,
    writer: Option<JoinHandle<()>>,
}

impl Tape {
    /// Starts a recording at `path`, or beside it when this is not the first of the room (`takes` > 0).
    ///
    /// # Errors
    /// The file cannot be made, or exists already: recordings are never overwritten.
    pub(super) fn start(path: &Path, takes: u32) -> io::Result<Tape> {
        let path = name_of(path, takes);
        let file = File::create_new(&path)?;
        let (chunks, waiting) = sync_channel(WAITING_MAX);
        let writer = thread::Builder::new().name("tape".into()).spawn(move || write(file, &path, &waiting))?;
        Ok(Tape { chunks: Some(chunks), writer: Some(writer) })
    }

    /// Hands bytes over, without waiting.
    pub(super) fn put(&mut self, bytes: Vec<u8>) {
        if let Some(chunks) = &self.chunks
            && chunks.try_send(bytes).is_err()
        {
            tracing::error!("the disk does not keep up with the recording; it ends here");
            self.chunks = None;
        }
    }
}

impl Drop for Tape {
    /// Waits until everything handed over is written.
    fn drop(&mut self) {
        self.chunks = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write(mut file: File, path: &Path, waiting: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = waiting.recv() {
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
