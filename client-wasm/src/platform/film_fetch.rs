//! Where a recording's bytes come from: a file of the person's, or the page's own server when the address says
//! `?src=PATH`. Invariant: whatever becomes of it is one event in the queue, the bytes or why there are none.

use wasm_bindgen::JsCast;
use web_sys::{Blob, RequestInit, RequestMode, Response, UrlSearchParams};

use super::{
    browser::window,
    events::push,
    film_events::{FilmEvent, FilmQueue},
    promise::settle,
};
use crate::{
    film::{
        Trouble,
        address::{Address, shown},
    },
    words::Word,
};

/// A larger recording is not read into a page, bytes: more than a day of play.
const BYTES_MAX: f64 = 64.0 * 1_024.0 * 1_024.0;
const TOO_LARGE: Trouble = Trouble::Told(Word::FilmLarge);
const CUT_OFF: Trouble = Trouble::Told(Word::FilmHalf);

/// Asks the server for the recording that the address names, if it names one.
pub fn fetch_named(queue: &FilmQueue) {
    let query = window().location().search().unwrap_or_default();
    let src = UrlSearchParams::new_with_str(&query).ok().and_then(|words| words.get("src"));
    let Some(src) = src else { return };
    match Address::parse(&src) {
        Some(address) => fetch(queue, address),
        None => refuse(queue, shown(&src), Trouble::Told(Word::FilmElsewhere)),
    }
}

fn fetch(queue: &FilmQueue, Address { path, name }: Address) {
    let init = RequestInit::new();
    // Not even a redirect leads to another server.
    init.set_mode(RequestMode::SameOrigin);
    let (to, bad, called) = (queue.clone(), queue.clone(), name.clone());
    settle(
        &window().fetch_with_str_and_init(&path, &init),
        move |response| match response.dyn_into::<Response>() {
            Ok(response) => take(&to, name, &response),
            Err(_) => refuse(&to, name, CUT_OFF),
        },
        move || refuse(&bad, called, Trouble::Told(Word::FilmNoServer)),
    );
}

fn take(queue: &FilmQueue, name: String, response: &Response) {
    if !response.ok() {
        let status = response.status();
        let why = if status == 404 { Trouble::Told(Word::FilmMissing) } else { Trouble::Status(status) };
        return refuse(queue, name, why);
    }
    let length = response.headers().get("content-length").ok().flatten();
    if length.and_then(|length| length.parse().ok()).is_some_and(|length: f64| length > BYTES_MAX) {
        return refuse(queue, name, TOO_LARGE);
    }
    let Ok(blob) = response.blob() else { return refuse(queue, name, CUT_OFF) };
    let (to, bad, called) = (queue.clone(), queue.clone(), name.clone());
    settle(
        &blob,
        move |blob| match blob.dyn_into::<Blob>() {
            Ok(blob) => read(&to, name, &blob),
            Err(_) => refuse(&to, name, CUT_OFF),
        },
        move || refuse(&bad, called, CUT_OFF),
    );
}

/// Reads a file, or what a server sent.
pub fn read(queue: &FilmQueue, name: String, blob: &Blob) {
    if blob.size() > BYTES_MAX {
        return refuse(queue, name, TOO_LARGE);
    }
    let (to, bad, called) = (queue.clone(), queue.clone(), name.clone());
    settle(
        &blob.array_buffer(),
        move |buffer| push(&to, FilmEvent::File(name, js_sys::Uint8Array::new(&buffer).to_vec())),
        move || refuse(&bad, called, Trouble::Told(Word::FilmUnread)),
    );
}

fn refuse(queue: &FilmQueue, name: String, why: Trouble) {
    push(queue, FilmEvent::Refused(name, why));
}
