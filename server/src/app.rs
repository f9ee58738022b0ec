//! The server as a whole: opens the rooms, listens, and ends in order. Invariant: after [`App::shutdown`] every
//! socket was told why, or its time was up.

use std::{
    convert::Infallible,
    fmt, io,
    net::SocketAddr,
    path::Path,
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
    attempts::Attempts,
    clips::Clips,
    config::{Config, RoomId, Settings},
    counters::Counters,
    data_dir::{DataDir, DataDirError},
    http::{AssetError, Assets, Context, Guests, LOOKS_RATE, Live},
    journal::JournalFigures,
    lanes::Lanes,
    limits::Limits,
    listener::{ListenError, listen},
    lobby::Lobby,
    permits::Permits,
    proxies::Proxies,
    rates::AddressRates,
    room::Keeping,
    store::{Intake, Store},
    tls::{Tls, TlsError, TlsFiles},
};

/// How often a server that goes down looks whether anybody still plays.
const LOOK_EVERY: Duration = Duration::from_millis(100);

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
    /// No certificate to show.
    Tls(TlsError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Listen(error) => error.fmt(f),
            StartError::Data(error) => error.fmt(f),
            StartError::Assets(error) => error.fmt(f),
            StartError::Room(error) => write!(f, "cannot start the room: {error}"),
            StartError::Tls(error) => error.fmt(f),
            StartError::Address(error) => write!(f, "cannot tell the port: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running server.
#[derive(Debug)]
pub struct App {
    address: SocketAddr,
    is_encrypted: bool,
    limits: Arc<Limits>,
    lobby: Arc<Lobby>,
    live: watch::Sender<Arc<Live>>,
    permits: Permits,
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
        let listener = listen(config.server.bind, config.server.port).map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Address)?;
        let assets = match &config.server.client_dir {
            Some(folder) => Assets::folder(folder).map_err(StartError::Assets)?,
            None => Assets::embedded(),
        };
        let tls = match (config.server.tls_cert, config.server.tls_key) {
            (Some(cert), Some(key)) => Some(Tls::open(TlsFiles { cert, key }).map_err(StartError::Tls)?),
            _ => None,
        };
        let acceptor = tls.as_ref().map(Tls::acceptor).transpose().map_err(StartError::Tls)?;
        let data_dir = take_folder(&config.server.data_dir)?;
        let (store, intake) = match &data_dir {
            Some(folder) => Store::open(folder).map_err(StartError::Room)?,
            None => Store::none(),
        };
        let journal = Arc::new(JournalFigures::default());
        let keeping = |room: &RoomId| {
            data_dir.as_ref().map(|folder| Keeping {
                journal: folder.journal(room.as_str()),
                keeper: intake.keeper(),
                figures: Arc::clone(&journal),
            })
        };
        let lobby = Arc::new(Lobby::open(config.rooms, keeping).map_err(StartError::Room)?);
        tokio::spawn(Lobby::mend(Arc::downgrade(&lobby)));
        let limits = Arc::new(config.limits);
        let permits = Permits::new(Arc::clone(&limits));
        let (name, motd) = (config.server.name, config.server.motd);
        let (live, _) = watch::channel(Arc::new(Live { name, motd, limits: Arc::clone(&limits) }));
        let (shutdown, stopping) = watch::channel(false);
        let (draining, drain) = watch::channel(false);
        let alive = mpsc::channel(1);
        let context = Arc::new(Context {
            live: live.subscribe(),
            assets,
            lobby: Arc::clone(&lobby),
            clips: Arc::new(Clips::open(config.server.data_dir.join("clips"), config.server.clips_mb * 1_024 * 1_024)),
            store,
            journal,
            draining: drain,
            lanes: Lanes::default(),
            permits: permits.clone(),
            proxies: Proxies {
                trusted: config.server.trusted_proxies,
                hops: config.server.proxy_hops,
                header: config.server.ip_header,
            },
            guests: Guests { sites: config.server.allowed_origins, native: config.server.allow_native },
            is_encrypted: tls.is_some(),
            looks: AddressRates::new(LOOKS_RATE),
            attempts: Attempts::default(),
            counters: Counters::default(),
            shutdown: stopping,
            alive: alive.0.downgrade(),
            started: Instant::now(),
        });
        let is_encrypted = tls.is_some();
        if let Some(tls) = tls {
            tokio::spawn(tls.keep_fresh(context.shutdown.clone()));
        }
        let accepting = tokio::spawn(accept::run(listener, acceptor, context));
        tracing::info!(%address, protocol = format!("{:016x}", shared::protocol::proto_hash()), "started");
        Ok(App {
            address,
            is_encrypted,
            limits,
            lobby,
            live,
            permits,
            shutdown,
            alive,
            accepting,
            draining,
            intake,
            data_dir,
        })
    }

    /// Takes up what of `settings` can change while it runs; who is connected stays so.
    pub fn take_up(&self, settings: &Settings) {
        let Settings { server, limits, physics, rooms } = settings;
        let limits = Arc::new(limits.clone());
        self.permits.set_limits(Arc::clone(&limits));
        self.live.send_replace(Arc::new(Live { name: server.name.clone(), motd: server.motd.clone(), limits }));
        for (id, wished) in rooms {
            let Some(room) = self.lobby.find(id.as_str()) else { continue };
            let now = room.blueprint();
            // Another mode waits for a restart, and so do the numbers that go with it; the password is a host's alone.
            let (bots, players_max) = if now.terms.mode == wished.mode {
                (wished.bots(), wished.players_max())
            } else {
                (now.bots, now.players_max)
            };
            if !room.resize(bots, players_max, wished.password.clone()) {
                tracing::warn!(room = id.as_str(), "the room is too busy to hear of its new settings; reload again");
            }
        }
        self.lobby.retune(physics.tuning);
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on SIGUSR2 makes the first room panic.
    ///
    /// # Errors
    /// The operating system refuses.
    #[cfg(feature = "sabotage")]
    pub fn panic_on_signal(&self) -> io::Result<()> {
        let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::user_defined2())?;
        let room = Arc::clone(&self.lobby.public()[0]);
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                room.sabotage(|| panic!("on purpose")).await;
            }
        });
        Ok(())
    }

    /// Whether it speaks TLS.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
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
        self.lobby.announce_restart(u16::try_from(seconds).unwrap_or(u16::MAX));
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
            // One that has hung leaves the store some of the time.
            if timeout(limits.shutdown_timeout / 2, lobby.close()).await.is_err() {
                tracing::warn!("a room did not end in time");
            }
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
