//! Who is signed in, asked and told over HTTP. Invariant: what an answer means is decided in one place, [`judge`]; neither
//! token nor password is kept.

use serde::Serialize;

use super::commands::Me;
use crate::browser::{self, Posted};

/// What became of something said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Name, password or token is not right.
    Wrong,
    /// Too many attempts: again in so many seconds.
    Wait(u32),
    /// The server says why not.
    Refused(String),
    /// No answer.
    Away,
}

/// Who this browser is to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Staff(Me),
    Nobody,
    /// There is no such page.
    Off,
    Away,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

#[derive(Serialize)]
struct Password<'a> {
    name: &'a str,
    password: &'a str,
}

/// Signs in by the token of the address.
pub async fn by_token(token: &str) -> Outcome {
    say("/admin/login", &Token { token }).await
}

pub async fn by_password(name: &str, password: &str) -> Outcome {
    say("/admin/login", &Password { name, password }).await
}

/// Sets the own name and password.
pub async fn choose(name: &str, password: &str) -> Outcome {
    say("/admin/password", &Password { name, password }).await
}

pub async fn sign_out() -> Outcome {
    judge(browser::post("/admin/logout", "{}").await)
}

pub async fn who() -> Who {
    let Some(answer) = browser::fetch("/admin/me").await else { return Who::Away };
    match answer.status {
        200 => serde_json::from_slice(&answer.body).map_or(Who::Away, Who::Staff),
        401 => Who::Nobody,
        404 => Who::Off,
        _ => Who::Away,
    }
}

/// The token in what stood behind the address's `#`.
pub fn token_of(fragment: &str) -> Option<&str> {
    fragment.split('&').find_map(|part| part.strip_prefix("token=")).filter(|token| !token.is_empty())
}

async fn say(path: &str, what: &impl Serialize) -> Outcome {
    let json = serde_json::to_string(what).expect("texts always serialise");
    judge(browser::post(path, &json).await)
}

fn judge(posted: Option<Posted>) -> Outcome {
    let Some(Posted { status, body, retry_after_s }) = posted else { return Outcome::Away };
    match status {
        200..=299 => Outcome::Done,
        401 => Outcome::Wrong,
        429 => Outcome::Wait(retry_after_s.unwrap_or(10).max(1)),
        502..=504 => Outcome::Away,
        _ => Outcome::Refused(reason(status, &body)),
    }
}

/// `{"error":"…"}`, or as much of a plain text as one reads.
fn reason(status: u16, body: &str) -> String {
    let told = serde_json::from_str::<serde_json::Value>(body).ok();
    let told = told.and_then(|told| told.get("error")?.as_str().map(str::to_owned));
    let line = || body.lines().next().unwrap_or_default().chars().take(200).collect::<String>();
    let text = told.unwrap_or_else(line);
    if text.is_empty() { status.to_string() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_means_one_thing() {
        let answer =
            |status, body: &str, retry_after_s| judge(Some(Posted { status, body: body.to_owned(), retry_after_s }));
        assert_eq!(answer(204, "", None), Outcome::Done);
        assert_eq!(answer(401, r#"{"error":"no"}"#, None), Outcome::Wrong);
        assert_eq!(answer(429, "", Some(12)), Outcome::Wait(12));
        assert_eq!(answer(429, "", None), Outcome::Wait(10));
        assert_eq!(answer(400, r#"{"error":"too short"}"#, None), Outcome::Refused("too short".to_owned()));
        assert_eq!(answer(403, "not from here\nat all", None), Outcome::Refused("not from here".to_owned()));
        assert_eq!(answer(500, "", None), Outcome::Refused("500".to_owned()));
        assert_eq!(answer(502, "nginx", None), Outcome::Away);
        assert_eq!(judge(None), Outcome::Away);
    }

    #[test]
    fn a_token_is_found_in_the_address() {
        for (fragment, token) in [
            ("token=abc", Some("abc")),
            ("x=1&token=abc", Some("abc")),
            ("token=", None),
            ("", None),
            ("tokens=a", None),
        ] {
            assert_eq!(token_of(fragment), token, "{fragment}");
        }
    }
}
