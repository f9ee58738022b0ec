//! A server in this process, with a page in a folder of its own, and how to ask it over plain HTTP.

use std::{
    collections::BTreeMap,
    fs,
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use server::{
    app::App,
    config::{Config, RoomId, RoomSettings, ServerSettings},
    limits::Limits,
    moderation::words::WordList,
};
use shared::defs::Tuning;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Long for a loaded machine, and never waited out when all is well.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A server and its page. Dropping it ends both.
pub struct Running {
    /// Held; but for who may come in first, everything is seen from outside.
    app: App,
    pub address: SocketAddr,
    pub page: Folder,
}

impl Running {
    /// With the limits everyone has.
    pub fn start() -> Running {
        Running::start_with(|_| {})
    }

    /// With some limit changed.
    pub fn start_with(change: impl FnOnce(&mut Limits)) -> Running {
        let mut limits = Limits::default();
        change(&mut limits);
        Running::start_from(limits, 4, |_| {})
    }

    /// With other limits and settings.
    pub fn start_set(change: impl FnOnce(&mut Limits), set: impl FnOnce(&mut ServerSettings)) -> Running {
        let mut limits = Limits::default();
        change(&mut limits);
        Running::start_from(limits, 4, set)
    }

    /// With another number of bots.
    pub fn start_with_bots(bots: u16) -> Running {
        Running::start_from(Limits::default(), bots, |_| {})
    }

    fn start_from(limits: Limits, bots: u16, set: impl FnOnce(&mut ServerSettings)) -> Running {
        let room = RoomSettings { bots: Some(bots), seed: Some(1), season_minutes: 0, ..RoomSettings::default() };
        Running::launch(limits, &[("main", room)], set)
    }

    /// With these public rooms.
    pub fn start_rooms(limits: Limits, rooms: &[(&str, RoomSettings)]) -> Running {
        Running::launch(limits, rooms, |_| {})
    }

    fn launch(limits: Limits, rooms: &[(&str, RoomSettings)], set: impl FnOnce(&mut ServerSettings)) -> Running {
        let page = Folder::with_page();
        let mut server = ServerSettings {
            bind: Some([127, 0, 0, 1].into()),
            port: 0,
            client_dir: Some(page.path().to_owned()),
            // A name that is never served.
            data_dir: page.path().join(".data"),
            motd: Some("Tonight: a tournament".to_owned()),
            ..ServerSettings::default()
        };
        set(&mut server);
        let words = WordList::of_text("badger\n*moose*\n").expect("words");
        let rooms = rooms
            .iter()
            .map(|(id, room)| room.blueprint(RoomId::parse(id).expect("an id"), Tuning::STANDARD).expect("randomness"));
        let app = App::start(Config { server, limits, words, hook: None, rooms: rooms.collect() }).expect("starts");
        Running { address: app.address(), app, page }
    }

    /// Where the page for staff is, as the server says at its start.
    pub async fn admin_link(&self) -> Option<String> {
        in_time("the link", self.app.admin_link()).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "").await
    }

    /// One request on its own connection; `extra` is header lines, each with its line end.
    pub async fn ask(&self, method: &str, path: &str, extra: &str) -> Reply {
        ask(self.address, method, path, extra).await
    }

    pub async fn status(&self) -> serde_json::Value {
        serde_json::from_slice(&self.get("/status.json").await.body).expect("JSON")
    }

    /// Waits until this many WebSockets are open.
    pub async fn until_connections(&self, wanted: u64) {
        let what = format!("{wanted} connections");
        until(&what, async || self.status().await["connections"].as_u64() == Some(wanted)).await;
    }
}

/// Asks again and again until it is so.
pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition().await {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Fails instead of hanging.
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("too late: {what}"))
}

/// An HTTP answer, taken apart.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Each that is set, with what is said of it.
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One request on its own connection; `extra` is header lines, each with its line end.
pub async fn ask(address: SocketAddr, method: &str, path: &str, extra: &str) -> Reply {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{extra}\r\n");
    ask_raw(address, head.as_bytes()).await
}

/// Sends bytes and reads to the end of the connection.
pub async fn ask_raw(address: SocketAddr, bytes: &[u8]) -> Reply {
    in_time("an HTTP answer", async {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(bytes).await.expect("takes the request");
        let mut answer = Vec::new();
        // A server that refuses early may reset what is still being sent; what came before that counts.
        let _ = stream.read_to_end(&mut answer).await;
        parse(&answer)
    })
    .await
}

fn parse(answer: &[u8]) -> Reply {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or_else(|| panic!("no head in {answer:?}"));
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let cookies = headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.clone());
    Reply {
        status: status.unwrap_or_else(|| panic!("no status in {head}")),
        cookies: cookies.collect(),
        headers: headers.into_iter().collect(),
        body: answer[end + 4..].to_vec(),
    }
}

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("perihelion-it-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    /// A small page in the shape the real build has.
    pub fn with_page() -> Folder {
        let folder = Folder::new();
        for (name, bytes) in [
            ("index.html", "<!doctype html><title>Perihelion</title>"),
            ("check.html", "<!doctype html><title>Perihelion: check</title>"),
            ("admin.html", "<!doctype html><title>Perihelion: admin</title>"),
            ("client-0123456789abcdef.js", "export default 1"),
            ("client-0123456789abcdef.js.br", "brotli form"),
            ("client-0123456789abcdef.js.gz", "gzip form"),
            ("client-0123456789abcdef_bg.wasm", "\0asm"),
            ("style-0123456789abcdef.css", "a{}"),
            ("style-0123456789abcdef.css.gz", "gzip only"),
            ("favicon-0123456789abcdef.svg", "<svg/>"),
        ] {
            fs::write(folder.0.join(name), bytes).expect("writable");
        }
        folder
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
