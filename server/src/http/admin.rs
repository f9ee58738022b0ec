//! `/admin`: the door for staff. The page itself is a file like others; here is what it speaks to.
//!
//! | path | answer |
//! |---|---|
//! | `POST /admin/login` | 204 and a cookie, for a token or a name and a password |
//! | `POST /admin/password` | 204: name (the first time) and password are set |
//! | `POST /admin/logout` | 204: the session is over |
//! | `GET /admin/me` | who asks, and the commands they have |
//! | `GET /admin/socket` | the dashboard's WebSocket (`socket`) |
//!
//! Invariants: whatever changes something comes from a page of this very host (`Origin` present and ours, JSON, a cookie that other
//! sites cannot make a browser send); what is refused says in one sentence why, and never whether it was the name or the
//! password.

mod socket;

pub use socket::is_wish;

use std::sync::Arc;

use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use serde::{Deserialize, Serialize};
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};

use super::{Answer, Context, Peer, json, method_not_allowed, origin};
use crate::staff::{
    Via,
    command::{COMMANDS, Command},
    secret::{Secret, SecretKey},
    sessions::{Identity, SESSION_TIME},
    sign_in::{AGAIN_S, SignInError},
};

/// Bytes of a request. Longer: 413.
const BODY_BYTES_MAX: u64 = 4_096;
/// The cookie of a session.
const COOKIE: &str = "perihelion_staff";
/// The cookie of its pass, which goes to the game's socket alone: a page of the game takes a place that is kept for staff.
const PASS: &str = "perihelion_pass";

/// What a request brings.
struct Asked {
    context: Arc<Context>,
    headers: HeaderMap,
    peer: Option<Peer>,
    body: Bytes,
}

pub fn routes(context: Arc<Context>) -> BoxedFilter<(Answer,)> {
    let with = warp::any().map(move || Arc::clone(&context));
    let asked = with.clone().and(warp::header::headers_cloned()).and(warp::ext::optional::<Peer>());
    let post = warp::path!("admin" / String)
        .and(warp::post())
        .and(asked.clone())
        .and(warp::body::content_length_limit(BODY_BYTES_MAX))
        .and(warp::body::bytes())
        .then(|name: String, context, headers, peer, body| async move {
            change(&name, Asked { context, headers, peer, body }).await
        });
    let too_long = warp::path!("admin" / String)
        .and(warp::post())
        .map(|_| error(StatusCode::PAYLOAD_TOO_LARGE, "a request has 4096 bytes at most, and says how many it has"));
    let get = warp::path!("admin" / String).and(warp::method()).and(warp::ext::optional::<OnUpgrade>()).and(asked).map(
        |name: String, method: Method, on_upgrade, context, headers, peer| {
            let asked = Asked { context, headers, peer, body: Bytes::new() };
            match (name.as_str(), method) {
                ("me", Method::GET) => me(&asked),
                ("socket", method) => socket::answer(asked, &method, on_upgrade),
                ("me", _) => method_not_allowed(),
                _ => error(StatusCode::NOT_FOUND, "there is nothing here"),
            }
        },
    );
    post.or(too_long).unify().or(get).unify().boxed()
}

async fn change(name: &str, asked: Asked) -> Answer {
    if let Some(refusal) = asked.refusal() {
        return refusal;
    }
    match name {
        "login" => log_in(asked).await,
        "password" => set_password(asked).await,
        "logout" => log_out(&asked),
        _ => error(StatusCode::NOT_FOUND, "there is nothing here"),
    }
}

#[derive(Deserialize)]
struct LogIn {
    token: Option<String>,
    name: Option<String>,
    password: Option<String>,
}

async fn log_in(asked: Asked) -> Answer {
    let Ok(LogIn { token, name, password }) = serde_json::from_slice(&asked.body) else {
        return error(StatusCode::BAD_REQUEST, "a token, or a name and a password, as JSON");
    };
    let Some(Peer(from)) = asked.peer else { return error(StatusCode::BAD_REQUEST, "nobody asks") };
    let staff = &asked.context.staff;
    let secret = match (token, name, password) {
        (Some(token), _, _) => staff.sign_in_by_token(&token, from, Via::Page),
        (None, Some(name), Some(password)) => staff.sign_in(&name, password, from, Via::Page).await,
        _ => return error(StatusCode::BAD_REQUEST, "a token, or a name and a password, as JSON"),
    };
    match secret {
        Ok(secret) => {
            let seconds = SESSION_TIME.as_secs();
            done(&asked, &secret.text(), &secret.pass().text(), seconds)
        }
        Err(refused) => refuse(refused),
    }
}

#[derive(Deserialize)]
struct NewPassword {
    name: String,
    password: String,
}

async fn set_password(asked: Asked) -> Answer {
    let Some(session) = asked.session() else { return refuse(SignInError::NotSignedIn) };
    let Ok(NewPassword { name, password }) = serde_json::from_slice(&asked.body) else {
        return error(StatusCode::BAD_REQUEST, "a name and a password, as JSON");
    };
    match asked.context.staff.set_password(session, &name, password).await {
        Ok(()) => empty(),
        Err(refused) => refuse(refused),
    }
}

fn log_out(asked: &Asked) -> Answer {
    if let Some(session) = asked.session() {
        asked.context.staff.sign_out(session);
    }
    done(asked, "", "", 0)
}

#[derive(Serialize)]
struct Me<'a> {
    name: &'a str,
    role: &'static str,
    has_password: bool,
    commands: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    role: &'static str,
    help: &'static str,
    args: Vec<Arg>,
}

#[derive(Serialize)]
struct Arg {
    name: &'static str,
    kind: &'static str,
    optional: bool,
}

fn me(asked: &Asked) -> Answer {
    let Some((_, who)) = asked.signed_in() else { return refuse(SignInError::NotSignedIn) };
    let row = |command: &Command| Row {
        name: command.name,
        role: command.role.word(),
        help: command.help,
        args: command
            .args
            .iter()
            .map(|arg| Arg { name: arg.name, kind: arg.kind.word(), optional: arg.optional })
            .collect(),
    };
    let me = Me {
        name: who.name.as_deref().unwrap_or_default(),
        role: who.role.word(),
        has_password: asked.context.staff.has_password(&who),
        commands: COMMANDS.iter().filter(|command| command.role <= who.role).map(row).collect(),
    };
    json(StatusCode::OK, &me)
}

impl Asked {
    /// For all but what no other site can have a visitor's browser send.
    fn refusal(&self) -> Option<Answer> {
        if !is_ours(&self.headers) {
            return Some(error(StatusCode::FORBIDDEN, "only the page of this server may ask that"));
        }
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_json = kind.eq_ignore_ascii_case("application/json");
        (!is_json).then(|| error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content type is application/json"))
    }

    /// The session that the cookie names, whether or not there is one.
    fn session(&self) -> Option<SecretKey> {
        cookie(&self.headers, COOKIE)
    }

    fn signed_in(&self) -> Option<(SecretKey, Identity)> {
        let session = self.session()?;
        Some((session, self.context.staff.who(session)?))
    }
}

/// What to know the secret in a cookie by.
fn cookie(headers: &HeaderMap, wanted: &str) -> Option<SecretKey> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value).next()?;
    Secret::parse(value).map(|secret| secret.key())
}

/// Whether the browser that opens a game's socket is signed in here. The socket's own page asks, or this means nothing: no other
/// site gets as far (`origin`), and none has a browser send this cookie.
pub fn has_pass(context: &Context, headers: &HeaderMap) -> bool {
    cookie(headers, PASS).is_some_and(|pass| context.staff.knows_pass(pass))
}

/// Unlike for a game's socket, a program that names no site is refused as well: a browser always names it here.
fn is_ours(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) && origin::is_own(headers)
}

#[derive(Serialize)]
struct Sentence<'a> {
    error: &'a str,
}

fn error(status: StatusCode, sentence: &str) -> Answer {
    json(status, &Sentence { error: sentence })
}

fn refuse(refused: SignInError) -> Answer {
    let (status, again_s) = match refused {
        SignInError::Wrong | SignInError::NotSignedIn => (StatusCode::UNAUTHORIZED, None),
        SignInError::TooMany => (StatusCode::TOO_MANY_REQUESTS, Some(AGAIN_S)),
        SignInError::Busy => (StatusCode::SERVICE_UNAVAILABLE, Some(1)),
        SignInError::Length => (StatusCode::BAD_REQUEST, None),
        SignInError::Account(_) => (StatusCode::CONFLICT, None),
        SignInError::System => (StatusCode::INTERNAL_SERVER_ERROR, None),
    };
    let mut answer = error(status, refused.sentence());
    if let Some(seconds) = again_s {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

fn empty() -> Answer {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// With a cookie that goes back to `/admin` of this site alone, and one for the game's socket, neither of which a script reads.
fn done(asked: &Asked, session: &str, pass: &str, seconds: u64) -> Answer {
    // The page knows by which scheme it came, also where a proxy ends TLS; it is ours, so it may be believed.
    let origin = asked.headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let is_encrypted = asked.context.is_encrypted || origin.to_ascii_lowercase().starts_with("https://");
    let secure = if is_encrypted { "; Secure" } else { "" };
    let mut answer = empty();
    for (name, value, path) in [(PASS, pass, "/ws"), (COOKIE, session, "/admin")] {
        let cookie = format!("{name}={value}; Max-Age={seconds}; Path={path}; HttpOnly; SameSite=Strict{secure}");
        let cookie = HeaderValue::try_from(cookie).expect("hexadecimal digits and words of ours are ASCII");
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}
