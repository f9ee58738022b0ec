//! HTTP: the page, its assets, the facts about the server, and the door to the WebSocket.
//!
//! | path | answer |
//! |---|---|
//! | `/`, assets | `assets` |
//! | `/r/ID`, `/watch/ID` | the page again: it is in that room there, or looks on |
//! | `/replay` | and here it plays recordings |
//! | `/lab` | and here it shows its netcode |
//! | `/bench` | and here how long a frame takes it |
//! | `/check`, `/check/socket`, `/check.json` | the connection doctor's page, its WebSocket (`upgrade`), and `check` |
//! | `/arena` | `arena` |
//! | `/clips`, `/clips/NAME` | `clips` |
//! | `/ws` | `upgrade` |
//! | `/rooms.json`, `/rooms` | `rooms`: the public ones, and making a private one |
//! | `/healthz` | 200 while every room ticks (or rests for want of company), else 503 |
//! | `/readyz` | `ready`: 200 while players are let in, else 503 and why |
//! | `/status.json` | `status` |
//! | `/metrics` | `metrics` |
//! | `/boards.json` | `boards` |
//! | `/admin` | the page for staff, and what it speaks to (`admin`) |
//!
//! Invariant: every answer, errors included, leaves through [`site`] and so carries the headers of `headers`; only
//! hyper's bare refusals of what is no HTTP at all (400, 431, no body) do not. Only GET and HEAD mean anything, and POST where a
//! private room is made or a clip is left.
//! Sockets are accepted elsewhere (`accept`).

mod admin;
mod arena;
mod assets;
mod boards;
mod check;
mod clips;
mod headers;
mod metrics;
mod negotiate;
mod origin;
mod ready;
mod refusals;
mod rooms;
mod status;
mod upgrade;

use std::{convert::Infallible, future::Future, pin::Pin, sync::Arc, time::Instant};

use bytes::Bytes;
use hyper::{Request, body::Incoming, service::Service, upgrade::OnUpgrade};
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
    path::FullPath,
};

pub use admin::is_wish;
pub use arena::RATE as LOOKS_RATE;
pub use assets::{AssetError, Assets};
pub use origin::Guests;
pub use refusals::Refusals;
pub use upgrade::is_handshake;

use crate::{
    address::AddressKey, attempts::Attempts, clips::Clips, config::ServerSettings, counters::Counters,
    dashboard::Dashboard, journal::JournalFigures, lanes::Lanes, limits::Limits, lobby::Lobby,
    moderation::words::LiveWords, permits::Permits, proxies::Proxies, rates::AddressRates, spare::Spare, staff::Staff,
    store::Store,
};

/// A whole answer, before the common headers.
type Answer = Response<Bytes>;
/// An answer to come.
pub type Responding = Pin<Box<dyn Future<Output = Result<warp::reply::Response, Infallible>> + Send>>;

/// What a reload changes in what requests are answered from.
#[derive(Debug)]
pub struct Live {
    /// Name of the server.
    pub name: String,
    /// A line for everybody who opens the page.
    pub motd: Option<String>,
    /// Who may open a socket besides our own page.
    pub guests: Guests,
    /// Timeouts and maxima.
    pub limits: Arc<Limits>,
}

impl Live {
    /// What of these settings requests are answered from.
    #[must_use]
    pub fn of(server: &ServerSettings, limits: Arc<Limits>) -> Live {
        let guests = Guests { sites: server.allowed_origins.clone(), native: server.allow_native };
        Live { name: server.name.clone(), motd: server.motd.clone(), guests, limits }
    }
}

/// What every request is answered from.
#[derive(Debug)]
pub struct Context {
    /// What a reload changes.
    pub live: watch::Receiver<Arc<Live>>,
    /// Words that nobody is to read.
    pub words: LiveWords,
    /// The page.
    pub assets: Assets,
    /// The rooms.
    pub lobby: Arc<Lobby>,
    /// Clips of kills.
    pub clips: Arc<Clips>,
    /// Results.
    pub store: Store,
    /// How journals do.
    pub journal: Arc<JournalFigures>,
    /// Those who run the server, and the end of the process.
    pub staff: Arc<Staff>,
    /// What they see.
    pub dashboard: Dashboard,
    /// Whose second lanes there may be.
    pub lanes: Lanes,
    /// Counts of connections.
    pub permits: Permits,
    /// Whose word about who asks is believed.
    pub proxies: Proxies,
    /// We end TLS ourselves.
    pub is_encrypted: bool,
    /// How often one address may look at the arena.
    pub looks: AddressRates,
    /// What the connection doctor tried.
    pub attempts: Attempts,
    /// Kept for staff who come when there are no more files.
    pub spare: Spare,
    /// What happened.
    pub counters: Counters,
    /// Who was turned away, as far as the log was told.
    pub refusals: Refusals,
    /// True from the moment the server is to end.
    pub shutdown: watch::Receiver<bool>,
    /// A clone is held by every session: the server waits for their end.
    pub alive: mpsc::WeakSender<Infallible>,
    /// For `uptime_s`.
    pub started: Instant,
}

/// The peer of a connection, put into each request by the accept loop: warp's own `remote()` is empty here.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub AddressKey);

/// What of the site an address serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The game and the door for staff.
    All,
    /// The game alone.
    Game,
    /// The door for staff alone, and the files of its page.
    Staff,
}

/// The site, or part of it, as a function from request to answer.
pub fn site(
    context: Arc<Context>,
    part: Part,
) -> impl Fn(Request<Incoming>) -> Responding + Clone + Send + Sync + 'static {
    let service = TowerToHyperService::new(warp::service(routes(Arc::clone(&context), part)));
    move |request| {
        let context = Arc::clone(&context);
        let (limit, peer) = (refusals::limit_of(request.uri().path()), request.extensions().get::<Peer>().copied());
        let host = headers::clean_host(request.headers());
        let answer = service.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            context.counters.answered(response.status().as_u16());
            context.refusals.note(response.status(), limit, peer);
            headers::apply(response.headers_mut(), host.as_deref(), context.is_encrypted);
            Ok(response)
        })
    }
}

fn routes(context: Arc<Context>, part: Part) -> BoxedFilter<(Answer,)> {
    let files = files(Arc::clone(&context), part);
    match part {
        Part::Game => game(context).or(files).unify().boxed(),
        Part::Staff => admin::routes(context).or(files).unify().boxed(),
        Part::All => game(Arc::clone(&context)).or(admin::routes(context)).unify().or(files).unify().boxed(),
    }
}

/// Everything that is a file.
fn files(context: Arc<Context>, part: Part) -> BoxedFilter<(Answer,)> {
    let with = warp::any().map(move || Arc::clone(&context));
    warp::path::full()
        .and(with)
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .then(move |path, context, method, headers| file(path, part, context, method, headers))
        .boxed()
}

fn game(context: Arc<Context>) -> BoxedFilter<(Answer,)> {
    let with = {
        let context = Arc::clone(&context);
        warp::any().map(move || Arc::clone(&context))
    };
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let handshake = with
        .clone()
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(query)
        .and(warp::ext::optional::<OnUpgrade>())
        .and(warp::ext::optional::<Peer>());
    let socket = warp::path!("ws").and(handshake.clone()).map(upgrade::answer);
    let doctor = warp::path!("check" / "socket").and(handshake).map(upgrade::answer_doctor);
    let check = warp::path!("check.json")
        .and(with.clone())
        .and(warp::method())
        .and(query)
        .and(warp::header::headers_cloned())
        .map(|context: Arc<Context>, method, query: String, headers| {
            read_only(&method, || check::answer(&context, &query, &headers))
        });
    let arena =
        warp::path!("arena").and(with.clone()).and(warp::method()).and(query).and(warp::ext::optional::<Peer>()).then(
            async |context: Arc<Context>, method: Method, query: String, peer| {
                if is_read(&method) { arena::answer(context, query, peer).await } else { method_not_allowed() }
            },
        );
    let health = warp::path!("healthz").and(with.clone()).and(warp::method()).map(|context: Arc<Context>, method| {
        read_only(&method, || probe(context.lobby.is_alive(), "the room has stopped"))
    });
    let ready = warp::path!("readyz")
        .and(with.clone())
        .and(warp::method())
        .map(|context: Arc<Context>, method| read_only(&method, || ready::answer(&context)));
    let status = warp::path!("status.json")
        .and(with.clone())
        .and(warp::method())
        .map(|context: Arc<Context>, method| read_only(&method, || status::answer(&context)));
    let metrics = warp::path!("metrics")
        .and(with.clone())
        .and(warp::method())
        .map(|context: Arc<Context>, method| read_only(&method, || metrics::answer(&context)));
    let keep = warp::path!("clips")
        .and(warp::post())
        .and(warp::body::content_length_limit(clips::BODY_BYTES_MAX))
        .and(with.clone())
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<Peer>())
        .and(warp::body::bytes())
        .then(clips::keep);
    let too_long = warp::path!("clips").and(warp::post()).map(clips::too_long);
    let clip = warp::path!("clips" / String).and(with.clone()).and(warp::method()).then(clips::find);
    let list = warp::path!("rooms.json")
        .and(with.clone())
        .and(warp::method())
        .map(|context: Arc<Context>, method| read_only(&method, || rooms::list(&context)));
    let boards = warp::path!("boards.json")
        .and(with.clone())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .then(boards::answer);
    let make = warp::path!("rooms")
        .and(with.clone())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::ext::optional::<Peer>())
        .map(rooms::make);
    socket
        .or(doctor)
        .unify()
        .or(check)
        .unify()
        .or(arena)
        .unify()
        .or(keep)
        .unify()
        .or(too_long)
        .unify()
        .or(clip)
        .unify()
        .or(health)
        .unify()
        .or(ready)
        .unify()
        .or(status)
        .unify()
        .or(list)
        .unify()
        .or(make)
        .unify()
        .or(metrics)
        .unify()
        .or(boards)
        .unify()
        .boxed()
}

/// Paths under which the page shows something else than the arena. What, the page knows.
const PAGES: [&str; 4] = ["/replay", "/lab", "/practice", "/bench"];

/// The connection doctor's own page: what is seen while the game does not run must not need it.
const CHECK_PAGE: &str = "/check.html";
/// The page for staff.
const ADMIN_PAGE: &str = "/admin.html";

async fn file(path: FullPath, part: Part, context: Arc<Context>, method: Method, headers: HeaderMap) -> Answer {
    if !is_read(&method) {
        return method_not_allowed();
    }
    let path = match (path.as_str(), part) {
        ("/admin" | ADMIN_PAGE, Part::Game) => return text(StatusCode::NOT_FOUND, "there is nothing here"),
        ("/admin", _) | ("/", Part::Staff) => ADMIN_PAGE,
        ("/check", _) => CHECK_PAGE,
        (path, Part::All | Part::Game) if is_page(path) => "/",
        (path, _) => path,
    };
    assets::answer(&context.assets, path, &headers).await
}

fn is_page(path: &str) -> bool {
    // Whether there is such a room the page is told when it asks to come in.
    let room = path.strip_prefix("/r/").or_else(|| path.strip_prefix("/watch/"));
    PAGES.contains(&path) || room.is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

impl Context {
    /// What a reload changes, as it is now.
    #[must_use]
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.borrow())
    }

    /// Timeouts and maxima, as they are now.
    #[must_use]
    pub fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.live.borrow().limits)
    }
}

fn probe(good: bool, else_reason: &'static str) -> Answer {
    if good { text(StatusCode::OK, "ok") } else { text(StatusCode::SERVICE_UNAVAILABLE, else_reason) }
}

fn read_only(method: &Method, answer: impl FnOnce() -> Answer) -> Answer {
    if is_read(method) { answer() } else { method_not_allowed() }
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

fn method_not_allowed() -> Answer {
    let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD");
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

/// Facts, not to be kept.
fn json(status: StatusCode, facts: &impl Serialize) -> Answer {
    let mut answer = Response::new(Bytes::from(serde_json::to_vec(facts).expect("plain fields always serialise")));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Why not now, and in how many seconds it is worth another try.
fn later(status: StatusCode, sentence: &str, seconds: u16) -> Answer {
    let mut answer = text(status, sentence);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// A sentence, not to be kept.
fn text(status: StatusCode, sentence: &str) -> Answer {
    let mut answer = Response::new(Bytes::from(format!("{sentence}\n")));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
