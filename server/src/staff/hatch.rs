//! The way in for `perihelion admin`: a Unix socket in the data folder, and what speaks through it on the other side.
//!
//! ```text
//! → one line: room, a tab, the command (the room may be empty), and the end of writing
//! ← `ok` or `no`, a line end, and the answer, to the end
//! ```
//!
//! Invariants: only who may read the data folder comes to it (mode 0600), which is the owner's right; one line is read, of limited
//! length and in limited time; a socket that a killed process left behind is in nobody's way.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream as PlainStream},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    sync::{Semaphore, watch},
    time::timeout,
};

use super::{Speaker, Staff, line::LINE_BYTES_MAX};
use crate::spare::Spare;

/// Lines at once. Full: the next waits.
const AT_ONCE: usize = 4;
/// How long a line may take to come, and an answer to go.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the other side waits for an answer.
const ANSWER_PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of what comes: a room and a line.
const BYTES_MAX: u64 = LINE_BYTES_MAX as u64 + 64;

/// The socket of a data folder.
#[must_use]
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("admin.sock")
}

/// The server's side. The socket goes with it.
#[derive(Debug)]
pub struct Hatch {
    listener: UnixListener,
    path: PathBuf,
}

impl Hatch {
    /// Opens it in a data folder that is ours. Needs a tokio runtime.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn open(data_dir: &Path) -> io::Result<Hatch> {
        let path = path(data_dir);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(Hatch { listener, path })
    }

    /// Serves until the server is to end.
    pub async fn run(self, staff: Arc<Staff>, spare: Spare, mut shutdown: watch::Receiver<bool>) {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = shutdown.wait_for(|&stopping| stopping) => return,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) if spare.make_room(&error) => continue,
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
            let (staff, spare) = (Arc::clone(&staff), spare.clone());
            tokio::spawn(async move {
                // Who does not wait for the answer has none.
                let _ = serve(stream, &staff).await;
                spare.restore();
                drop(turn);
            });
        }
    }
}

impl Drop for Hatch {
    fn drop(&mut self) {
        // It may be gone with its folder.
        let _ = fs::remove_file(&self.path);
    }
}

async fn serve(mut stream: UnixStream, staff: &Staff) -> io::Result<()> {
    let mut bytes = Vec::new();
    timeout(PATIENCE, (&mut stream).take(BYTES_MAX).read_to_end(&mut bytes)).await??;
    let asked = String::from_utf8_lossy(&bytes);
    let (room, line) = asked.split_once('\t').unwrap_or(("", &asked));
    let room = Some(room).filter(|room| !room.is_empty());
    let answer = staff.run(&Speaker::cli(), room, line).await;
    let text = format!("{}\n{}\n", if answer.ok { "ok" } else { "no" }, answer.text);
    timeout(PATIENCE, stream.write_all(text.as_bytes())).await?
}

/// The other side: has the server of a data folder carry out a line. Whether it was done, and the answer.
///
/// # Errors
/// No server uses the folder, or this user may not.
pub fn ask(data_dir: &Path, room: Option<&str>, line: &str) -> io::Result<(bool, String)> {
    let mut stream = PlainStream::connect(path(data_dir))?;
    stream.set_read_timeout(Some(ANSWER_PATIENCE))?;
    stream.write_all(format!("{}\t{line}", room.unwrap_or_default()).as_bytes())?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (verdict, answer) = text.split_once('\n').ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok((verdict == "ok", answer.to_owned()))
}
