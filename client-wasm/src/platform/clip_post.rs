//! Leaves a clip with the page's own server. Invariant: whatever becomes of it is one event in the queue.

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use web_sys::{RequestInit, RequestMode, Response};

use super::{
    browser::{origin, window},
    events::{PageEvent, Queue, push},
    promise::settle,
};
use crate::replay;

/// Where the server takes clips.
const PATH: &str = "/clips";

/// The link to a clip that the server keeps: the page for recordings, told which.
#[must_use]
pub fn link(name: &str) -> String {
    [origin().trim_end_matches('/'), replay::PATH, "?src=", PATH, "/", name].concat()
}

/// Sends `clip`; the answer is a name under `PATH`.
pub fn send(queue: &Queue, clip: &[u8]) {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_mode(RequestMode::SameOrigin);
    init.set_body(&Uint8Array::from(clip));
    let (to, bad) = (queue.clone(), queue.clone());
    settle(
        &window().fetch_with_str_and_init(PATH, &init),
        move |response| match response.dyn_into::<Response>() {
            Ok(response) if response.ok() => read(&to, &response),
            Ok(response) => push(&to, PageEvent::ClipKept(Err(response.status()))),
            Err(_) => push(&to, PageEvent::ClipKept(Err(0))),
        },
        move || push(&bad, PageEvent::ClipKept(Err(0))),
    );
}

fn read(queue: &Queue, response: &Response) {
    let Ok(text) = response.text() else { return push(queue, PageEvent::ClipKept(Err(0))) };
    let (to, bad) = (queue.clone(), queue.clone());
    settle(
        &text,
        move |text| push(&to, PageEvent::ClipKept(text.as_string().map(|text| text.trim().to_owned()).ok_or(0))),
        move || push(&bad, PageEvent::ClipKept(Err(0))),
    );
}
