//! The game's server as a child process: started, asked for its address, stopped politely or not.

use std::{
    cell::RefCell,
    process::Stdio,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::stage::variable;

/// A server that has not said where it is by then is broken.
const START_TIME_MAX: Duration = Duration::from_secs(15);

/// A server. It runs until it is stopped or its test ends, even if the test panics: what the pages say then is worth
/// more while it still runs.
pub struct GameServer {
    /// Where its page is, with the slash at the end.
    pub url: String,
    /// The port it listens on.
    pub port: u16,
    process: Process,
    log: ServerLog,
}

/// The process and its folder, shared with the stage; killed when the last one lets go.
pub type Process = Rc<RefCell<Option<(Child, Folder)>>>;

/// What a server keeps; removed when the last one lets go.
pub type Folder = Rc<tempfile::TempDir>;

/// What a server has written to stderr so far.
#[derive(Debug, Clone, Default)]
pub struct ServerLog(Arc<Mutex<String>>);

impl ServerLog {
    /// All of it.
    pub fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn follow(&self, stream: impl AsyncRead + Unpin + Send + 'static) {
        let log = Arc::clone(&self.0);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
    }
}

impl GameServer {
    /// Starts it and waits for the address it prints. Port 0 lets the system choose.
    pub async fn start(flags: &[&str]) -> GameServer {
        let folder = Rc::new(tempfile::tempdir().expect("a folder for the server"));
        GameServer::start_in(folder, 0, flags).await
    }

    /// The same where another one was: it finds what that one kept.
    pub async fn start_in(data: Folder, port: u16, flags: &[&str]) -> GameServer {
        let mut child = Command::new(variable("PERIHELION_BIN"))
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--data-dir"])
            .arg(data.path())
            .args(flags)
            // Nobody waits for a farewell that is not what the test is about.
            .args(if flags.contains(&"--drain-seconds") { &[][..] } else { &["--drain-seconds", "0"] })
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server binary can be started");
        let log = ServerLog::default();
        log.follow(child.stderr.take().expect("stderr is piped"));
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let url = timeout(START_TIME_MAX, async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(start) = line.find("http://") {
                    return Some(line[start..].split_whitespace().next().unwrap_or_default().to_owned());
                }
            }
            None
        });
        let url = url.await.ok().flatten();
        let url = url.unwrap_or_else(|| panic!("the server printed no http:// address; stderr:\n{}", log.text()));
        log.follow(lines.into_inner());
        let port = url::Url::parse(&url).ok().and_then(|url| url.port()).expect("the address names its port");
        GameServer { url, port, process: Rc::new(RefCell::new(Some((child, data)))), log }
    }

    /// What it writes to stderr.
    pub fn log(&self) -> ServerLog {
        self.log.clone()
    }

    /// A handle that keeps it running.
    pub fn process(&self) -> Process {
        Rc::clone(&self.process)
    }

    /// The plug is pulled (SIGKILL); returns what it kept.
    pub async fn kill(self) -> Folder {
        let (mut child, data) = self.process.take().expect("it is stopped once");
        child.kill().await.expect("it was running");
        data
    }

    /// What who may read its folder has it do, as a command line; the answer, and whether it was done.
    pub async fn order(&self, words: &[&str]) -> (bool, String) {
        let folder = self.process.borrow().as_ref().expect("it is running").1.path().to_owned();
        let mut admin = Command::new(variable("PERIHELION_BIN"));
        let output = admin.args(["admin", "--data-dir"]).arg(folder).args(words).output().await;
        let output = output.expect("the server binary can be started");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    /// It is asked to read its settings anew (SIGHUP).
    pub fn reload(&self) {
        self.signal(Signal::HUP);
    }

    /// It is asked to stop (SIGTERM) and does not keep anybody waiting for that.
    pub fn ask_to_stop(&self) {
        self.signal(Signal::TERM);
    }

    fn signal(&self, signal: Signal) {
        let process = self.process.borrow();
        let pid = process.as_ref().and_then(|(child, _)| child.id()).and_then(|id| Pid::from_raw(id.cast_signed()));
        kill_process(pid.expect("it is running"), signal).expect("it is running");
    }

    /// It was asked to stop: waits until it has; returns how it ended and what it kept.
    pub async fn stopped(self) -> (Option<i32>, Folder) {
        let (mut child, data) = self.process.take().expect("it is stopped once");
        let status = timeout(Duration::from_secs(20), child.wait()).await;
        (status.expect("the server ends when asked to").expect("its status can be read").code(), data)
    }

    /// It is asked to stop (SIGTERM); returns how it ended and after how long.
    pub async fn terminate(self) -> (Option<i32>, Duration) {
        let (mut child, _data) = self.process.take().expect("it is stopped once");
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it is running");
        let asked = std::time::Instant::now();
        kill_process(pid, Signal::TERM).expect("it is running");
        let status = timeout(Duration::from_secs(10), child.wait()).await;
        let status = status.expect("the server ends when asked to").expect("its status can be read");
        (status.code(), asked.elapsed())
    }
}
