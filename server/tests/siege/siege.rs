//! A binary, those who watch, and what the machine says of it.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    sync::{Mutex, MutexGuard, watch},
    task::JoinHandle,
};

use crate::{
    binary::Process,
    clients::{longest_pause, welcomed},
    running::{Folder, Reply, ask_raw, in_time, until},
};

/// Others who watch.
const WITNESSES: usize = 20;
/// A tick that takes longer than this is late, s; one of the bounds of the histogram.
const TICK_S: f64 = 0.016_667;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A server that is attacked, and its witnesses.
pub struct Siege {
    pub server: Process,
    witnesses: Vec<JoinHandle<Duration>>,
    stop: watch::Sender<bool>,
    ticks_before: (f64, f64),
    _settings: Folder,
    _turn: MutexGuard<'static, ()>,
}

impl Siege {
    /// With these settings, and twenty who watch.
    pub async fn begin(settings: &str) -> Siege {
        Siege::before(WITNESSES, settings).await
    }

    /// The same before so many.
    pub async fn before(count: usize, settings: &str) -> Siege {
        let turn = ONE_AT_A_TIME.lock().await;
        let folder = Folder::with_page();
        let file = folder.path().join("siege.toml");
        std::fs::write(&file, settings).expect("writable");
        let file = file.to_str().expect("a temporary path is UTF-8");
        let server = Process::start(&["--config", file, "--client-dir", folder.path().to_str().expect("the same")]);
        let (stop, stopped) = watch::channel(false);
        let mut witnesses = Vec::new();
        for _ in 0..count {
            let (socket, mut stopped) = (welcomed(server.address).await, stopped.clone());
            witnesses.push(tokio::spawn(longest_pause(socket, async move { stopped.changed().await })));
        }
        let mut siege = Siege { server, witnesses, stop, ticks_before: (0.0, 0.0), _settings: folder, _turn: turn };
        siege.ticks_before = siege.ticks().await;
        siege
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    pub async fn get(&self, path: &str) -> Reply {
        let address = self.address();
        ask_raw(address, format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
            .await
    }

    /// A figure of `/status.json`.
    pub async fn status(&self, name: &str) -> u64 {
        let status: serde_json::Value = serde_json::from_slice(&self.get("/status.json").await.body).expect("JSON");
        status[name].as_u64().unwrap_or_else(|| panic!("no {name} in {status}"))
    }

    /// Memory of the process, KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says so");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Files and sockets that the process has open.
    pub fn files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.server.pid())).expect("it runs").count()
    }

    /// Ticks so far, and those within their time.
    async fn ticks(&self) -> (f64, f64) {
        let text = self.get("/metrics").await.text();
        let buckets = text.lines().filter_map(|line| line.strip_prefix("perihelion_room_tick_duration_seconds_bucket"));
        let of = |bound: f64| {
            let line = buckets.clone().find(|line| {
                let le = line.split("le=\"").nth(1).and_then(|rest| rest.split('"').next());
                le.and_then(|le| le.trim_start_matches('+').parse::<f64>().ok()) == Some(bound)
            });
            line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
                .unwrap_or_else(|| panic!("no {bound}: {text}"))
        };
        (of(f64::INFINITY), of(TICK_S))
    }

    /// Nobody else has noticed: everybody is still there, nobody was without news for long, and the room kept its time.
    pub async fn unnoticed(self) {
        until("a hundred ticks", async || self.ticks().await.0 >= self.ticks_before.0 + 100.0).await;
        let (all, within) = self.ticks().await;
        self.stop.send_replace(true);
        let mut longest = Duration::ZERO;
        for witness in self.witnesses {
            longest = longest.max(in_time("a witness", witness).await.expect("nobody else is closed"));
        }
        let (all, within) = (all - self.ticks_before.0, within - self.ticks_before.1);
        println!("{all} ticks, {} late; the longest pause was {longest:?}", all - within);
        assert!(within >= 0.99 * all, "of {all} ticks {within} were in time");
        assert!(longest < Duration::from_millis(500), "a pause of {longest:?}");
    }
}
