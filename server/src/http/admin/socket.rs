//! `/admin/socket`: what staff see and say, as JSON in text messages.
//!
//! ```text
//! signed in, our page → hello: history, bans, reports, audit, staff, tunables
//!    → figures each second, the map of a watched room five times a second, lists when they change
//!    ← {"do":"run",…}: a command, answered; {"do":"watch",…}: whose map
//! ```
//!
//! Invariants: nobody without a session is here, and who loses it is gone within a second; who does not read costs one message and
//! the socket's buffer, for as long as a write may take, and no room anything; what a peer sends is one small message at a time.

use std::{convert::Infallible, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Interval, MissedTickBehavior, interval, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Bytes, Message, Utf8Bytes,
        protocol::{CloseFrame, Role as Side, WebSocketConfig, frame::coding::CloseCode},
    },
};
use warp::http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{super::upgrade, Answer, Asked, Context, error, is_ours, refuse};
use crate::{
    dashboard::{lists, map},
    limits as bounds,
    staff::{Changes, Speaker, Via, role::Role, secret::SecretKey, sessions::Identity, sign_in::SignInError},
};

/// The sub-protocol.
const PROTOCOL: &str = "perihelion-admin";
/// Bytes of a message from a page: a line of a command, and what is around it.
const MESSAGE_BYTES_MAX: usize = 8_192;
/// How often the map of a watched room is told.
const MAP_EVERY: Duration = Duration::from_millis(200);
/// How long nothing needs to be heard: a page answers pings by itself.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How often it is asked whether somebody is there.
const PING_EVERY: Duration = Duration::from_secs(10);

pub(super) fn answer(asked: Asked, method: &Method, on_upgrade: Option<OnUpgrade>) -> Answer {
    match open(&asked, method, on_upgrade) {
        Ok(answer) => answer,
        Err(refusal) => *refusal,
    }
}

fn open(asked: &Asked, method: &Method, on_upgrade: Option<OnUpgrade>) -> Result<Answer, Box<Answer>> {
    let accept_key = upgrade::handshake(method, &asked.headers)?;
    if !is_ours(&asked.headers) {
        return refused(StatusCode::FORBIDDEN, "only the page of this server may open this");
    }
    let (session, _) = asked.signed_in().ok_or_else(|| Box::new(refuse(SignInError::NotSignedIn)))?;
    if !speaks_our_protocol(&asked.headers) {
        return refused(StatusCode::BAD_REQUEST, "the sub-protocol is perihelion-admin");
    }
    let context = &asked.context;
    let Ok(place) = Arc::clone(context.dashboard.places()).try_acquire_owned() else {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "too many look at the dashboard already");
    };
    let alive = context.alive.upgrade().filter(|_| !*context.shutdown.borrow());
    let (Some(on_upgrade), Some(alive)) = (on_upgrade, alive) else {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping");
    };
    let context = Arc::clone(context);
    tokio::spawn(async move {
        match on_upgrade.await {
            Ok(upgraded) => run(TokioIo::new(upgraded), context, session, (place, alive)).await,
            // The peer left between request and answer.
            Err(error) => tracing::debug!(%error, "upgrade not completed"),
        }
    });
    let mut answer = upgrade::switching(&accept_key);
    answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    Ok(answer)
}

fn refused(status: StatusCode, sentence: &str) -> Result<Answer, Box<Answer>> {
    Err(Box::new(error(status, sentence)))
}

fn speaks_our_protocol(headers: &HeaderMap) -> bool {
    upgrade::has_token(headers, &header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL)
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// What a page asks.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Wish {
    Run { id: i64, line: String, room: Option<String> },
    Watch { room: Option<String> },
}

/// Whether bytes are something that a dashboard may say.
#[must_use]
pub fn is_wish(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Wish>(bytes).is_ok()
}

#[derive(Serialize)]
struct Told {
    is: &'static str,
    id: i64,
    ok: bool,
    text: String,
}

/// Why it ends.
enum End {
    /// The peer is gone, or does not read.
    Gone,
    /// With a sentence.
    Close(CloseCode, &'static str),
}

/// One page.
struct Page {
    context: Arc<Context>,
    session: SecretKey,
    watched: Option<String>,
    told: Option<Changes>,
    heard: tokio::time::Instant,
}

async fn run(
    io: TokioIo<Upgraded>,
    context: Arc<Context>,
    session: SecretKey,
    _held: (OwnedSemaphorePermit, mpsc::Sender<Infallible>),
) {
    let config = WebSocketConfig::default()
        .read_buffer_size(bounds::READ_BUFFER_BYTES)
        .write_buffer_size(bounds::WRITE_BUFFER_BYTES)
        // The largest thing that is told is one message; there is never a second one behind it.
        .max_write_buffer_size(usize::MAX)
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let mut socket = WebSocketStream::from_raw_socket(io, Side::Server, Some(config)).await;
    let mut page = Page { context, session, watched: None, told: None, heard: tokio::time::Instant::now() };
    let mut shutdown = page.context.shutdown.clone();
    let close_timeout = page.context.limits().close_timeout;
    let end = tokio::select! {
        end = page.converse(&mut socket) => end,
        _ = shutdown.wait_for(|&stopping| stopping) => End::Close(CloseCode::Restart, "the server is restarting"),
    };
    if let End::Close(code, reason) = end {
        let frame = CloseFrame { code, reason: reason.into() };
        // Who does not read has no use for a reason.
        let _ = timeout(close_timeout, socket.close(Some(frame))).await;
        let _ = timeout(close_timeout, async { while let Some(Ok(_)) = socket.next().await {} }).await;
    }
}

fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

impl Page {
    async fn converse(&mut self, socket: &mut Socket) -> End {
        match self.greet(socket).await {
            Ok(()) => {}
            Err(end) => return end,
        }
        let mut figures = self.context.dashboard.figures();
        let mut changes = self.context.staff.changes();
        let (mut maps, mut pings) = (every(MAP_EVERY), every(PING_EVERY));
        loop {
            let step = tokio::select! {
                heard = socket.next() => self.hear(socket, heard).await,
                Ok(()) = figures.changed() => {
                    let text = figures.borrow_and_update().clone();
                    self.tell_if_signed_in(socket, text).await
                }
                Ok(()) = changes.changed() => {
                    let now = *changes.borrow_and_update();
                    self.tell_lists(socket, now).await
                }
                _ = maps.tick(), if self.watched.is_some() => self.tell_map(socket).await,
                _ = pings.tick() => self.ping(socket).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    fn who(&self) -> Result<Identity, End> {
        let who = self.context.staff.who(self.session);
        who.ok_or(End::Close(CloseCode::Policy, "you are not signed in any more"))
    }

    async fn greet(&mut self, socket: &mut Socket) -> Result<(), End> {
        let history = self.context.dashboard.history();
        self.say(socket, history.into()).await?;
        self.say(socket, lists::tunables().into()).await?;
        let now = *self.context.staff.changes().borrow();
        self.tell_lists(socket, now).await
    }

    async fn tell_if_signed_in(&mut self, socket: &mut Socket, text: Utf8Bytes) -> Result<(), End> {
        self.who()?;
        if text.is_empty() { Ok(()) } else { self.say(socket, text).await }
    }

    /// The lists that have changed since they were told.
    async fn tell_lists(&mut self, socket: &mut Socket, now: Changes) -> Result<(), End> {
        let who = self.who()?;
        let before = self.told.replace(now);
        let differs = |part: fn(&Changes) -> u32| before.is_none_or(|before| part(&before) != part(&now));
        let staff = Arc::clone(&self.context.staff);
        // Each sees what the commands would tell them.
        if differs(|changes| changes.bans) {
            self.say(socket, lists::bans(&staff).into()).await?;
        }
        if differs(|changes| changes.reports) {
            self.say(socket, lists::reports(&staff).into()).await?;
        }
        if who.role >= Role::Mod && differs(|changes| changes.audit) {
            self.say(socket, lists::audit(&staff).into()).await?;
        }
        if who.role >= Role::Owner && differs(|changes| changes.staff) {
            self.say(socket, lists::staff(&staff).into()).await?;
        }
        Ok(())
    }

    async fn tell_map(&mut self, socket: &mut Socket) -> Result<(), End> {
        let room = self.watched.as_deref().and_then(|name| self.context.lobby.find(name));
        let Some(room) = room else {
            self.watched = None;
            return Ok(());
        };
        let text = map::of(&room).await;
        self.say(socket, text.into()).await
    }

    async fn ping(&mut self, socket: &mut Socket) -> Result<(), End> {
        if self.heard.elapsed() > SILENCE_MAX {
            return Err(End::Gone);
        }
        self.send(socket, Message::Ping(Bytes::new())).await
    }

    async fn hear(
        &mut self,
        socket: &mut Socket,
        heard: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<(), End> {
        let Some(Ok(message)) = heard else { return Err(End::Gone) };
        self.heard = tokio::time::Instant::now();
        let text = match message {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return Ok(()),
            Message::Close(_) => return Err(End::Gone),
            Message::Binary(_) => return Err(End::Close(CloseCode::Unsupported, "text, please")),
        };
        let nonsense = End::Close(CloseCode::Unsupported, "that message makes no sense");
        match serde_json::from_str(&text).map_err(|_| nonsense)? {
            Wish::Watch { room } => self.watched = room,
            Wish::Run { id, line, room } => {
                let speaker = Speaker::of(self.who()?, Via::Page);
                let answer = self.context.staff.run(&speaker, room.as_deref(), &line).await;
                let told = Told { is: "answer", id, ok: answer.ok, text: answer.text };
                self.say(socket, lists::text(&told).into()).await?;
            }
        }
        Ok(())
    }

    async fn say(&mut self, socket: &mut Socket, text: Utf8Bytes) -> Result<(), End> {
        self.send(socket, Message::Text(text)).await
    }

    async fn send(&mut self, socket: &mut Socket, message: Message) -> Result<(), End> {
        match timeout(self.context.limits().write_timeout, socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}
