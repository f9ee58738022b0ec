//! The server as a whole: opens the rooms, listens, and ends in order. Invariant: after [`App::shutdown`] every
//! socket was told why, or its time was up.

use std::{
    convert::Infallible,
    fmt, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, spawn_blocking},
    time::{sleep, timeout},
};

use crate::{
    accept,
    data_dir::{DataDir, DataDirError},
    http::{AssetError, Assets, Context},
    journal::JournalFigures,
    lanes::Lanes,
    limits::Limits,
    listener::{ListenError, listen},
    lobby::Lobby,
    permits::Permits,
    room::{Blueprint, Keeping},
    store::{Intake, Store},
};

/// The public room's journal is named so.
const PUBLIC_ROOM: &str = "public";
/// How often a server that goes down looks whether anybody still plays.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on; none is every one.
    pub bind: Option<IpAddr>,
    /// Port; 0 is any free one.
    pub port: u16,
    /// Folder of the page instead of the embedded one.
    pub client_dir: Option<PathBuf>,
    /// Folder for what must survive a restart; without one nothing does.
    pub data_dir: Option<PathBuf>,
    /// The public room.
    pub room: Blueprint,
    /// Timeouts and maxima.
    pub limits: Limits,
}

/// Why the server does not start.
#[derive(Debug)]
pub enum StartError {
    /// Nothing to listen on.
    Listen(ListenError),
    /// The folder for what must survive a restart.
    Data(DataDirError),
    /// No page.
    Assets(AssetError),
    /// No thread for the room.
    Room(io::Error),
    /// The listener has no address.
    Address(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Listen(error) => error.fmt(f),
            StartError::Data(error) => error.fmt(f),
            StartError::Assets(error) => error.fmt(f),
            StartError::Room(error) => write!(f, "cannot start the room: {error}"),
            StartError::Address(error) => write!(f, "cannot tell the port: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running server.
#[derive(Debug)]
pub struct App {
    address: SocketAddr,
    limits: Arc<Limits>,
    lobby: Arc<Lobby>,
    shutdown: watch::Sender<bool>,
    alive: (mpsc::Sender<Infallible>, mpsc::Receiver<Infallible>),
    accepting: JoinHandle<()>,
    draining: watch::Sender<bool>,
    intake: Intake,
    /// Ours until the end.
    data_dir: Option<DataDir>,
}

impl App {
    /// Starts it on the current tokio runtime; it accepts when this returns.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(config: Config) -> Result<App, StartError> {
        let listener = listen(config.bind, config.port).map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Address)?;
        let assets = match &config.client_dir {
            Some(folder) => Assets::folder(folder).map_err(StartError::Assets)?,
            None => Assets::embedded(),
        };
        let data_dir = match &config.data_dir {
            Some(path) => take_folder(path)?,
            None => None,
        };
        let (store, intake) = match &data_dir {
            Some(folder) => Store::open(folder).map_err(StartError::Room)?,
            None => Store::none(),
        };
        let journal = Arc::new(JournalFigures::default());
        let keeping = data_dir.as_ref().map(|folder| Keeping {
            journal: folder.journal(PUBLIC_ROOM),
            keeper: intake.keeper(),
            figures: Arc::clone(&journal),
        });
        let lobby = Arc::new(Lobby::open(config.room, keeping).map_err(StartError::Room)?);
        let limits = Arc::new(config.limits);
        let (shutdown, stopping) = watch::channel(false);
        let (draining, drain) = watch::channel(false);
        let alive = mpsc::channel(1);
        let context = Arc::new(Context {
            assets,
            lobby: Arc::clone(&lobby),
            store,
            journal,
            draining: drain,
            lanes: Lanes::default(),
            permits: Permits::new(Arc::clone(&limits)),
            limits: Arc::clone(&limits),
            shutdown: stopping,
            alive: alive.0.downgrade(),
            started: Instant::now(),
        });
        let accepting = tokio::spawn(accept::run(listener, context));
        tracing::info!(%address, protocol = format!("{:016x}", shared::protocol::proto_hash()), "started");
        Ok(App { address, limits, lobby, shutdown, alive, accepting, draining, intake, data_dir })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets nobody in any more, tells those who play that the server goes down, and gives them `limits.drain` until then.
    /// Where nobody plays, or all have left, there is nothing to wait for.
    async fn drain(&self) {
        let seconds = self.limits.drain.as_secs();
        if seconds == 0 || !self.lobby.is_played() {
            return;
        }
        self.draining.send_replace(true);
        tracing::info!(seconds, "letting nobody in any more");
        self.lobby.announce_restart(u16::try_from(seconds).unwrap_or(u16::MAX)).await;
        let all_gone = async {
            while self.lobby.is_played() {
                sleep(LOOK_EVERY).await;
            }
        };
        // Time is up, or nobody is left: the same to us.
        let _ = timeout(self.limits.drain, all_gone).await;
    }

    /// Lets those who play know (see `limits.drain`), then stops accepting, closes every socket with 1012, ends the rooms and
    /// saves; that takes `limits.shutdown_timeout` at most.
    pub async fn shutdown(self) {
        self.drain().await;
        let App { limits, lobby, shutdown, alive: (alive, mut none_alive), accepting, intake, data_dir, .. } = self;
        shutdown.send_replace(true);
        drop(alive);
        let in_order = async {
            // Ends when the last session has dropped its clone.
            none_alive.recv().await;
            lobby.close().await;
            let _ = accepting.await;
            // The rooms' journals have handed over what they had.
            let _ = spawn_blocking(move || intake.close()).await;
        };
        if timeout(limits.shutdown_timeout, in_order).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        drop(data_dir);
    }
}

/// The folder, unless the disk is full or may only be read: that is no reason not to play.
fn take_folder(path: &Path) -> Result<Option<DataDir>, StartError> {
    match DataDir::take(path) {
        Ok(folder) => Ok(Some(folder)),
        Err(DataDirError::Unusable(path, error))
            if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::ReadOnlyFilesystem) =>
        {
            tracing::error!(path = %path.display(), %error, "nothing can be stored: scores and results will be lost");
            Ok(None)
        }
        Err(error) => Err(StartError::Data(error)),
    }
}
