//! The window, its clock, its elements, and what HTTP brings. Invariant: everything here answers, whatever the page or
//! the browser lacks; text goes into the page as text.

use std::{cell::Cell, rc::Rc};

use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, RequestInit, Response, Window};

/// The window. There is one: the module is only ever loaded by a page.
pub fn window() -> Window {
    web_sys::window().expect("the module runs in a page")
}

pub fn document() -> Document {
    window().document().expect("a page has a document")
}

/// Monotonic time since the page began to load, ms.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// What `https:` or `http:` the page came by, and the origin it thinks it has.
pub fn address() -> (bool, String) {
    let location = window().location();
    (location.protocol().is_ok_and(|protocol| protocol == "https:"), location.origin().unwrap_or_default())
}

/// The address of one of our WebSockets.
pub fn socket_url(path: &str) -> String {
    let host = window().location().host().unwrap_or_default();
    format!("{}://{host}{path}", if address().0 { "wss" } else { "ws" })
}

pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub fn set_text(id: &str, text: &str) {
    if let Some(element) = element(id).filter(|element| element.text_content().as_deref() != Some(text)) {
        element.set_text_content(Some(text));
    }
}

/// Tells the style sheet, and whoever tests the page, something about an element.
pub fn set_mark(id: &str, name: &str, value: &str) {
    if let Some(element) = element(id) {
        // The names are ours and right.
        let _ = element.set_attribute(name, value);
    }
}

/// Every element with this attribute, and its value.
pub fn marked(name: &str) -> Vec<(Element, String)> {
    let Ok(list) = document().query_selector_all(&format!("[{name}]")) else { return Vec::new() };
    let elements = (0..list.length()).filter_map(|index| list.get(index)?.dyn_into::<Element>().ok());
    elements.filter_map(|element| element.get_attribute(name).map(|value| (element, value))).collect()
}

pub fn set_hidden(id: &str, is_hidden: bool) {
    if let Some(element) = element(id).filter(|element| element.hidden() != is_hidden) {
        element.set_hidden(is_hidden);
    }
}

/// An element that is listened to, for what, and by whom.
type Listening<'a> = (HtmlElement, &'a str, Closure<dyn FnMut(Event)>);

/// Waits for one of these kinds of event at elements with these ids, and says which it was. What the browser would do by
/// itself it does not: forms are sent by the code that asked.
pub async fn next_of(wanted: &[(&str, &str)]) -> usize {
    let chosen = Rc::new(Cell::new(0));
    let mut listening: Vec<Listening<'_>> = Vec::new();
    let promise = Promise::new(&mut |resolve, _| {
        for (index, (id, kind)) in wanted.iter().enumerate() {
            let Some(element) = element(id) else { continue };
            let (resolve, chosen) = (resolve.clone(), Rc::clone(&chosen));
            let handler = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
                event.prevent_default();
                chosen.set(index);
                // It only resolves a promise, which cannot fail.
                let _ = resolve.call0(&JsValue::NULL);
            });
            // It fails for no kind of event.
            let _ = element.add_event_listener_with_callback(kind, handler.as_ref().unchecked_ref());
            listening.push((element, kind, handler));
        }
    });
    let _ = JsFuture::from(promise).await;
    for (element, kind, handler) in &listening {
        let _ = element.remove_event_listener_with_callback(kind, handler.as_ref().unchecked_ref());
    }
    chosen.get()
}

/// Calls `handler` at every click, for as long as the page lives.
pub fn on_click(id: &str, handler: impl FnMut() + 'static) {
    let Some(element) = element(id) else { return };
    let handler = Closure::<dyn FnMut()>::new(handler);
    element.set_onclick(Some(handler.as_ref().unchecked_ref()));
    handler.forget();
}

/// Every element of this class.
pub fn of_class(name: &str) -> Vec<Element> {
    let Ok(list) = document().query_selector_all(&format!(".{name}")) else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()).collect()
}

/// Takes the text out of a field; `None` where there is none.
pub fn take_value(id: &str) -> Option<String> {
    let field: HtmlInputElement = element(id)?.dyn_into().ok()?;
    let text = field.value().trim().to_owned();
    field.set_value("");
    (!text.is_empty()).then_some(text)
}

/// Loads the page anew.
pub fn reload() {
    // It fails only for pages that are gone.
    let _ = window().location().reload();
}

/// Calls `handler` at every event of this kind at or below `target`, for as long as the page lives.
pub fn on_event(target: &web_sys::EventTarget, kind: &str, handler: impl FnMut(Event) + 'static) {
    let handler = Closure::<dyn FnMut(Event)>::new(handler);
    // It fails for no kind of event.
    let _ = target.add_event_listener_with_callback(kind, handler.as_ref().unchecked_ref());
    handler.forget();
}

/// Whoever sees this wants nothing to move that need not.
pub fn is_calm() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Whether anything stands behind `#` in the address.
pub fn has_fragment() -> bool {
    window().location().hash().is_ok_and(|fragment| fragment.len() > 1)
}

/// Takes what stands behind `#` out of the address, where nobody is to find it: not in the history, not in a picture.
pub fn take_fragment() -> String {
    let location = window().location();
    let fragment = location.hash().unwrap_or_default();
    if fragment.is_empty() {
        return fragment;
    }
    let path = location.pathname().unwrap_or_default();
    let replaced =
        window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&path)));
    if replaced.is_err() {
        // What cannot be replaced can be emptied.
        let _ = location.set_hash("");
    }
    fragment.trim_start_matches('#').to_owned()
}

/// Waits; a browser that refuses timers does not wait.
pub async fn sleep(ms: f64) {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms.max(0.0) as i32);
    });
    let _ = JsFuture::from(promise).await;
}

/// Waits for the next frame of the screen; what a hidden tab never gets.
pub async fn frame() {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = window().request_animation_frame(&resolve);
    });
    let _ = JsFuture::from(promise).await;
}

/// An answer, and what it weighed.
#[derive(Debug)]
pub struct Fetched {
    pub status: u16,
    pub body: Vec<u8>,
    /// Bytes of the lines before it, as HTTP/1.1 writes them.
    pub head_bytes: usize,
}

/// As part of a query: everything but letters, digits and `-._~` in percent signs (RFC 3986 §2.3).
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Asks our own server. `None` when no answer comes.
pub async fn fetch(path: &str) -> Option<Fetched> {
    let options = RequestInit::new();
    options.set_cache(web_sys::RequestCache::NoStore);
    let headers = web_sys::Headers::new().ok()?;
    headers.set("x-page-origin", &address().1).ok()?;
    options.set_headers(&headers);
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &options)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let head_bytes = head_bytes(&response);
    let buffer: ArrayBuffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()?;
    Some(Fetched { status: response.status(), body: Uint8Array::new(&buffer).to_vec(), head_bytes })
}

/// What became of something said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub status: u16,
    pub body: String,
    /// When to try again, s.
    pub retry_after_s: Option<u32>,
}

/// Says JSON to our own server. `None` when no answer comes.
pub async fn post(path: &str, json: &str) -> Option<Posted> {
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_body(&json.into());
    let headers = web_sys::Headers::new().ok()?;
    headers.set("content-type", "application/json").ok()?;
    options.set_headers(&headers);
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &options)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let retry_after_s = response.headers().get("retry-after").ok().flatten().and_then(|text| text.parse().ok());
    let body = JsFuture::from(response.text().ok()?).await.ok()?.as_string().unwrap_or_default();
    Some(Posted { status: response.status(), body, retry_after_s })
}

/// The status line, every header line and the empty one.
fn head_bytes(response: &Response) -> usize {
    const STATUS_LINE: usize = "HTTP/1.1 200 OK\r\n".len();
    let mut bytes = STATUS_LINE + 2;
    let Ok(Some(pairs)) = js_sys::try_iter(&response.headers()) else { return bytes };
    for pair in pairs.flatten() {
        let pair = js_sys::Array::from(&pair);
        let length = |value: JsValue| value.as_string().map_or(0, |text| text.len());
        bytes += length(pair.get(0)) + length(pair.get(1)) + ": \r\n".len();
    }
    bytes
}

/// The protocol that the page itself came by, as `h2` or `http/1.1`; empty where the browser does not say.
pub fn page_protocol() -> String {
    let entries = window().performance().map(|clock| clock.get_entries_by_type("navigation"));
    let entry = entries.and_then(|entries| entries.get(0).dyn_into::<web_sys::PerformanceResourceTiming>().ok());
    entry.map(|entry| entry.next_hop_protocol()).unwrap_or_default()
}
