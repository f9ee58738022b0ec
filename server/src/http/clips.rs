//! `/clips`: leaves a clip here, `/clips/NAME` gets it back. Invariant: only pages of this server leave any, and what is
//! given back is bytes to a browser, never a page.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use shared::clip::CLIP_BYTES_MAX;
use warp::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use super::{Answer, Context, Peer, is_read, later, method_not_allowed, origin, text};
use crate::clips::ClipError;

/// A clip never changes: its name is made from it.
const CACHE: &str = "public, max-age=31536000, immutable";

/// The longest body that is read, bytes.
pub const BODY_BYTES_MAX: u64 = CLIP_BYTES_MAX as u64;

/// Takes a clip.
pub async fn keep(context: Arc<Context>, headers: HeaderMap, peer: Option<Peer>, body: Bytes) -> Answer {
    if !origin::is_own(&headers) {
        return text(StatusCode::FORBIDDEN, "another site may not leave clips here");
    }
    let Some(Peer(from)) = peer else { return text(StatusCode::BAD_REQUEST, "from nowhere") };
    if let Err(error) = context.clips.admit(from, Instant::now()) {
        return refuse(&error);
    }
    let clips = Arc::clone(&context.clips);
    let kept = tokio::task::spawn_blocking(move || clips.keep(&body)).await.expect("keeping a clip does not panic");
    match kept {
        Ok(name) => text(StatusCode::CREATED, &name),
        Err(error) => refuse(&error),
    }
}

/// Refuses what says no length, or too great a one.
pub fn too_long() -> Answer {
    text(StatusCode::PAYLOAD_TOO_LARGE, &format!("a clip says its length, which is {BODY_BYTES_MAX} bytes at most"))
}

/// Gives a clip back.
pub async fn find(name: String, context: Arc<Context>, method: Method) -> Answer {
    if !is_read(&method) {
        return method_not_allowed();
    }
    let clips = Arc::clone(&context.clips);
    let found = tokio::task::spawn_blocking(move || clips.find(&name)).await.expect("reading a clip does not panic");
    let Some(bytes) = found else { return text(StatusCode::NOT_FOUND, "there is no such clip") };
    let mut answer = Response::new(Bytes::from(bytes));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    answer
}

fn refuse(error: &ClipError) -> Answer {
    match error {
        ClipError::NotAClip => text(StatusCode::UNPROCESSABLE_ENTITY, "this is no clip of this version of the game"),
        ClipError::TooMany => later(StatusCode::TOO_MANY_REQUESTS, "too many clips from this address", 60),
        ClipError::Off => text(StatusCode::NOT_FOUND, "this server keeps no clips"),
        ClipError::Disk(error) => {
            tracing::warn!(%error, "a clip could not be kept");
            text(StatusCode::INSUFFICIENT_STORAGE, "the server cannot keep it now")
        }
    }
}
