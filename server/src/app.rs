//! The server as a whole: opens the rooms, listens, and ends in order. Invariant: after [`App::shutdown`] every
//! socket was told why, or its time was up.

mod archive;
mod rooms;

use std::{
    convert::Infallible,
    fmt, io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::{JoinSet, spawn_blocking},
    time::timeout,
};

use crate::{
    accept,
    address::log_in_full,
    attempts::Attempts,
    banner::own_address,
    clips::Clips,
    config::{Config, RoomId, ServerSettings, Settings, door::StaffDoor},
    counters::Counters,
    dashboard::{self, Dashboard},
    data_dir::{DataDir, DataDirError},
    departure::{Departure, Ending},
    http::{AssetError, Assets, Context, LOOKS_RATE, Live, Part, Refusals},
    lanes::Lanes,
    limits::Limits,
    listener::{ListenError, listen},
    lobby::Lobby,
    log::LogAddresses,
    moderation::{
        watch as watchman,
        webhook::{self, Herald, Hook, Tempo},
        words::WordList,
    },
    permits::Permits,
    proxies::Proxies,
    rates::AddressRates,
    spare::Spare,
    staff::{Reload, Staff, weeks},
    store::StaffSave,
    tls::{Tls, TlsError, TlsFiles},
};

use archive::Archive;

/// The banner waits so long for the store to say who is in the staff.
const STORE_PATIENCE: Duration = Duration::from_secs(1);

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
    words: watch::Sender<Arc<WordList>>,
    hook: watch::Sender<Option<Hook>>,
    permits: Permits,
    shutdown: watch::Sender<bool>,
    alive: (mpsc::Sender<Infallible>, mpsc::Receiver<Infallible>),
    /// Accept loops and whatever else ends by itself when the server does.
    tasks: JoinSet<()>,
    staff: Arc<Staff>,
    /// `None` where the page for staff is off.
    admin: Option<String>,
    reloads: mpsc::Receiver<Reload>,
    /// Closed once the staff know what was stored.
    restored: watch::Receiver<()>,
    archive: Archive,
}

impl App {
    /// Starts it on the current tokio runtime; it accepts when this returns.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(config: Config) -> Result<App, StartError> {
        log_in_full(config.server.log_addresses == LogAddresses::Full);
        let listener = listen(config.server.bind, config.server.port).map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Address)?;
        let staff_listener = match config.server.admin {
            StaffDoor::At(own) => Some(listen(Some(own.ip()), own.port()).map_err(StartError::Listen)?),
            StaffDoor::On | StaffDoor::Off => None,
        };
        let admin = admin_page(&config.server, address, staff_listener.as_ref()).map_err(StartError::Address)?;
        let site = game_page(&config.server, address);
        let limits = Arc::new(config.limits);
        let (live, _) = watch::channel(Arc::new(Live::of(&config.server, Arc::clone(&limits))));
        let assets = match &config.server.client_dir {
            Some(folder) => Assets::folder(folder).map_err(StartError::Assets)?,
            None => Assets::embedded(),
        };
        let tls = match (config.server.tls_cert.clone(), config.server.tls_key.clone()) {
            (Some(cert), Some(key)) => Some(Tls::open(TlsFiles { cert, key }).map_err(StartError::Tls)?),
            _ => None,
        };
        let acceptor = tls.as_ref().map(Tls::acceptor).transpose().map_err(StartError::Tls)?;
        let (mut archive, store) = Archive::open(&config.server)?;
        let lobby = Arc::new(Lobby::open(config.rooms, archive.home()).map_err(StartError::Room)?);
        let (most, empty) = (limits.private_rooms_max, limits.private_room_empty);
        let reopened = lobby.reopen_private(most, empty);
        if reopened > 0 {
            tracing::info!(rooms = reopened, "private rooms of the last process are open again");
        }
        tokio::spawn(Lobby::mend(Arc::downgrade(&lobby)));
        let permits = Permits::new(Arc::clone(&limits));
        let departure = Departure::new(Arc::clone(&lobby));
        let pages = (admin.clone().unwrap_or_default(), site);
        let (herald, news) = Herald::new();
        let (staff, reloads) = Staff::new(
            Arc::clone(&lobby),
            departure,
            archive.intake.staff_keeper(),
            pages,
            permits.clone(),
            herald.clone(),
        );
        tokio::spawn(weeks::run(Arc::downgrade(&staff)));
        let restored = restore(Arc::clone(&staff), archive.intake.staff_save());
        let (words, live_words) = watch::channel(Arc::new(config.words));
        let (shutdown, stopping) = watch::channel(false);
        let (hook, hooks) = watch::channel(config.hook);
        tokio::spawn(webhook::run(news, hooks, Tempo::default(), stopping.clone()));
        tokio::spawn(watchman::run(Arc::downgrade(&staff), herald, stopping.clone()));
        let alive = mpsc::channel(1);
        let context = Arc::new(Context {
            live: live.subscribe(),
            words: live_words,
            assets,
            lobby: Arc::clone(&lobby),
            clips: Arc::new(Clips::open(config.server.data_dir.join("clips"), config.server.clips_mb * 1_024 * 1_024)),
            store,
            journal: Arc::clone(&archive.journal),
            staff: Arc::clone(&staff),
            dashboard: Dashboard::default(),
            lanes: Lanes::default(),
            permits: permits.clone(),
            proxies: Proxies {
                trusted: config.server.trusted_proxies,
                hops: config.server.proxy_hops,
                header: config.server.ip_header,
            },
            is_encrypted: tls.is_some(),
            looks: AddressRates::new(LOOKS_RATE),
            attempts: Attempts::default(),
            spare: Spare::keep(),
            counters: Counters::default(),
            refusals: Refusals::default(),
            shutdown: stopping,
            alive: alive.0.downgrade(),
            started: Instant::now(),
        });
        let is_encrypted = tls.is_some();
        if let Some(tls) = tls {
            tokio::spawn(tls.keep_fresh(context.shutdown.clone()));
        }
        let part = if config.server.admin == StaffDoor::On { Part::All } else { Part::Game };
        let mut tasks = JoinSet::new();
        tasks.spawn(accept::run(listener, acceptor.clone(), Arc::clone(&context), part));
        if let Some(listener) = staff_listener {
            tasks.spawn(accept::run(listener, acceptor, Arc::clone(&context), Part::Staff));
        }
        #[cfg(unix)]
        if let Some(folder) = &archive.folder {
            open_hatch(&mut tasks, folder, &context);
        }
        tasks.spawn(dashboard::run(context));
        tracing::info!(%address, protocol = format!("{:016x}", shared::protocol::proto_hash()), "started");
        Ok(App {
            address,
            is_encrypted,
            limits,
            lobby,
            live,
            words,
            hook,
            permits,
            shutdown,
            alive,
            tasks,
            staff,
            admin,
            reloads,
            restored,
            archive,
        })
    }

    /// Takes up what of `settings` can change while it runs, and these words; who is connected stays so, but in rooms that the
    /// settings no longer name. Gives the rooms that are built anew once nobody plays there.
    pub fn take_up(&self, settings: &Settings, words: WordList) -> Vec<RoomId> {
        let Settings { server, limits, net: _, physics, moderation, rooms } = settings;
        log_in_full(server.log_addresses == LogAddresses::Full);
        self.hook.send_replace(moderation.webhook.clone());
        self.words.send_replace(Arc::new(words));
        let limits = Arc::new(limits.clone());
        self.permits.set_limits(Arc::clone(&limits));
        self.live.send_replace(Arc::new(Live::of(server, limits)));
        self.take_up_rooms(rooms, physics.tuning)
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

    /// Where the page for staff is, with a token that signs in once where no owner can sign in by name yet. `None` where the
    /// page is off.
    pub async fn admin_link(&self) -> Option<String> {
        let page = self.admin.clone()?;
        // With an error it is closed: all is known.
        let _ = timeout(STORE_PATIENCE, self.restored.clone().changed()).await;
        Some(self.staff.first_token().map_or(page, |token| self.staff.link(&token)))
    }

    /// When the process ends.
    #[must_use]
    pub fn departure(&self) -> &Departure {
        self.staff.departure()
    }

    /// Waits until staff want the settings to be read again, and gives the one to be told what came of it.
    pub async fn reload_wanted(&mut self) -> Reload {
        match self.reloads.recv().await {
            Some(reload) => reload,
            None => std::future::pending().await,
        }
    }

    /// Has those who play know (see `limits.drain`) that the process ends, as a signal does, and waits for it.
    pub async fn drain(&self) -> Ending {
        self.departure().announce_by_signal(self.permits.limits().drain);
        self.departure().due().await
    }

    /// Lets those who play know, unless that was done, then stops accepting, closes every socket with 1012, ends the rooms and
    /// saves; that takes `limits.shutdown_timeout` at most.
    pub async fn shutdown(self) {
        self.drain().await;
        self.end().await;
    }

    /// The same at once.
    pub async fn end(self) {
        let App { limits, lobby, shutdown, alive: (alive, mut none_alive), tasks, staff, archive, .. } = self;
        shutdown.send_replace(true);
        drop(alive);
        let Archive { intake, folder, .. } = archive;
        let in_order = async {
            // Ends when the last session has dropped its clone.
            none_alive.recv().await;
            // One that has hung leaves the store some of the time.
            if timeout(limits.shutdown_timeout / 2, lobby.close()).await.is_err() {
                tracing::warn!("a room did not end in time");
            }
            tasks.join_all().await;
            staff.close();
            // The rooms' journals have handed over what they had.
            let _ = spawn_blocking(move || intake.close()).await;
        };
        if timeout(limits.shutdown_timeout, in_order).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        // Ours until here.
        drop(folder);
    }
}

/// Where players find theirs, without a path.
fn game_page(server: &ServerSettings, game: SocketAddr) -> String {
    let scheme = if server.tls_cert.is_some() { "https" } else { "http" };
    server.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", own_address(game)))
}

/// Where staff find their page, if it is anywhere.
fn admin_page(server: &ServerSettings, game: SocketAddr, own: Option<&TcpListener>) -> io::Result<Option<String>> {
    let scheme = if server.tls_cert.is_some() { "https" } else { "http" };
    Ok(match (server.admin, own) {
        (StaffDoor::Off, _) => None,
        (_, Some(own)) => Some(format!("{scheme}://{}/admin", own_address(own.local_addr()?))),
        (_, None) => Some(format!("{}/admin", game_page(server, game))),
    })
}

/// Has the staff know what was stored, once the store does; then the channel is closed.
fn restore(staff: Arc<Staff>, save: Option<oneshot::Receiver<StaffSave>>) -> watch::Receiver<()> {
    let (known, restored) = watch::channel(());
    if let Some(save) = save {
        tokio::spawn(async move {
            // The store ends, or cannot tell: then what staff do holds in memory.
            if let Ok(save) = save.await {
                staff.restore(save);
            }
            drop(known);
        });
    }
    restored
}

#[cfg(unix)]
fn open_hatch(tasks: &mut JoinSet<()>, folder: &DataDir, context: &Context) {
    match crate::staff::hatch::Hatch::open(folder.path()) {
        Ok(hatch) => {
            drop(tasks.spawn(hatch.run(Arc::clone(&context.staff), context.spare.clone(), context.shutdown.clone())))
        }
        Err(error) => tracing::warn!(%error, "`perihelion admin` will not reach this server"),
    }
}

#[cfg(test)]
mod tests;
