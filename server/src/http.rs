//! HTTP: the page, its assets, the facts about the server, and the door to the WebSocket.
//!
//! | path | answer |
//! |---|---|
//! | `/`, assets | `assets` |
//! | `/replay` | the page again: it plays recordings there |
//! | `/lab` | and here it shows its netcode |
//! | `/bench` | and here how long a frame takes it |
//! | `/ws` | `upgrade` |
//! | `/healthz` | 200 while every room ticks (or rests for want of company), else 503 |
//! | `/readyz` | 200 while players are let in, else 503 |
//! | `/status.json` | `status` |
//! | `/boards.json` | `boards` |
//!
//! Invariant: every answer, errors included, leaves through [`site`] and so carries the headers of `headers`; only
//! hyper's bare refusals of what is no HTTP at all (400, 431, no body) do not. Only GET and HEAD mean anything.
//! Sockets are accepted elsewhere (`accept`).

mod assets;
mod boards;
mod headers;
mod negotiate;
mod origin;
mod status;
mod upgrade;

use std::{convert::Infallible, future::Future, pin::Pin, sync::Arc, time::Instant};

use bytes::Bytes;
use hyper::{Request, body::Incoming, service::Service, upgrade::OnUpgrade};
use hyper_util::service::TowerToHyperService;
use tokio::sync::{mpsc, watch};
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
    path::FullPath,
};

pub use assets::{AssetError, Assets};

use crate::{
    address::AddressKey, journal::JournalFigures, lanes::Lanes, limits::Limits, lobby::Lobby, permits::Permits,
    store::Store,
};

/// A whole answer, before the common headers.
type Answer = Response<Bytes>;
/// An answer to come.
pub type Responding = Pin<Box<dyn Future<Output = Result<warp::reply::Response, Infallible>> + Send>>;

/// What every request is answered from.
#[derive(Debug)]
pub struct Context {
    /// The page.
    pub assets: Assets,
    /// The rooms.
    pub lobby: Arc<Lobby>,
    /// Results.
    pub store: Store,
    /// How journals do.
    pub journal: Arc<JournalFigures>,
    /// True from the moment nobody is let in any more.
    pub draining: watch::Receiver<bool>,
    /// Whose second lanes there may be.
    pub lanes: Lanes,
    /// Counts of connections.
    pub permits: Permits,
    /// Timeouts and maxima.
    pub limits: Arc<Limits>,
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

/// The site as a function from request to answer.
pub fn site(context: Arc<Context>) -> impl Fn(Request<Incoming>) -> Responding + Clone + Send + Sync + 'static {
    let service = TowerToHyperService::new(warp::service(routes(context)));
    move |request| {
        let host = headers::clean_host(request.headers());
        let answer = service.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            headers::apply(response.headers_mut(), host.as_deref());
            Ok(response)
        })
    }
}

fn routes(context: Arc<Context>) -> BoxedFilter<(Answer,)> {
    let with = {
        let context = Arc::clone(&context);
        warp::any().map(move || Arc::clone(&context))
    };
    let socket = warp::path!("ws")
        .and(with.clone())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::ext::optional::<OnUpgrade>())
        .and(warp::ext::optional::<Peer>())
        .map(upgrade::answer);
    let health = warp::path!("healthz").and(with.clone()).and(warp::method()).map(|context: Arc<Context>, method| {
        read_only(&method, || probe(context.lobby.is_alive(), "the room has stopped"))
    });
    let ready = warp::path!("readyz").and(with.clone()).and(warp::method()).map(|context: Arc<Context>, method| {
        read_only(&method, || probe(context.lobby.is_alive() && context.has_place(), "no more players for now"))
    });
    let status = warp::path!("status.json")
        .and(with.clone())
        .and(warp::method())
        .map(|context: Arc<Context>, method| read_only(&method, || status::answer(&context)));
    let boards = warp::path!("boards.json")
        .and(with.clone())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .then(boards::answer);
    let files = warp::path::full().and(with).and(warp::method()).and(warp::header::headers_cloned()).then(file);
    socket.or(health).unify().or(ready).unify().or(status).unify().or(boards).unify().or(files).unify().boxed()
}

/// Paths under which the page shows something else than the arena. What, the page knows.
const PAGES: [&str; 4] = ["/replay", "/lab", "/practice", "/bench"];

async fn file(path: FullPath, context: Arc<Context>, method: Method, headers: HeaderMap) -> Answer {
    if !is_read(&method) {
        return method_not_allowed();
    }
    let path = if PAGES.contains(&path.as_str()) { "/" } else { path.as_str() };
    assets::answer(&context.assets, path, &headers).await
}

impl Context {
    fn has_place(&self) -> bool {
        !*self.shutdown.borrow()
            && !*self.draining.borrow()
            && self.permits.sessions() + self.permits.lanes() < self.limits.connections_max
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

/// JSON, not to be kept.
fn json(value: &impl serde::Serialize) -> Answer {
    let json = serde_json::to_vec(value).expect("plain fields always serialise");
    let mut answer = Response::new(Bytes::from(json));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
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
