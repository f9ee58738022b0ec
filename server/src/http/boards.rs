//! `/boards.json?span=day|week|all`: the best flights. With the header `x-perihelion-profile`, a profile's token in
//! hexadecimal, the reader's own row is marked and its own figures are there. Invariant: the token is in no address and no log.

use std::sync::Arc;

use shared::protocol::ProfileToken;
use warp::http::{HeaderMap, Method, StatusCode};

use super::{Answer, Context, is_read, json, later, method_not_allowed, text};
use crate::{
    session::key_of,
    store::{BoardError, Span},
};

/// Whose row is marked.
const PROFILE: &str = "x-perihelion-profile";

pub async fn answer(context: Arc<Context>, method: Method, headers: HeaderMap, query: String) -> Answer {
    if !is_read(&method) {
        return method_not_allowed();
    }
    let Some(span) = query.strip_prefix("span=").and_then(Span::from_word) else {
        return text(StatusCode::BAD_REQUEST, "ask for /boards.json?span=day, week or all");
    };
    let own = match headers.get(PROFILE).map(|value| value.to_str().ok().and_then(profile)) {
        Some(None) => {
            return text(StatusCode::BAD_REQUEST, "x-perihelion-profile is 32 digits of a hexadecimal number");
        }
        Some(Some(token)) => Some(key_of(token.0)),
        None => None,
    };
    match context.store.board(span, own).await {
        Ok(board) => json(StatusCode::OK, &board),
        Err(BoardError::Off) => text(StatusCode::NOT_FOUND, "nothing is stored here"),
        Err(BoardError::Later) => later(StatusCode::SERVICE_UNAVAILABLE, "the boards cannot be read now", 2),
    }
}

fn profile(hex: &str) -> Option<ProfileToken> {
    let digits = hex.as_bytes();
    if digits.len() != 32 {
        return None;
    }
    let mut token = [0; 16];
    for (byte, pair) in token.iter_mut().zip(digits.chunks(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = (digit(0)? * 16 + digit(1)?) as u8;
    }
    Some(ProfileToken(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_32_digits_and_nothing_else() {
        assert_eq!(
            profile("000102030405060708090a0B0c0d0eFF").map(|token| (token.0[11], token.0[15])),
            Some((11, 255))
        );
        for bad in [
            "",
            "00",
            "000102030405060708090a0b0c0d0e0",
            "000102030405060708090a0b0c0d0e0f0",
            "+00102030405060708090a0b0c0d0e0f",
        ] {
            assert_eq!(profile(bad), None, "{bad}");
        }
    }
}
