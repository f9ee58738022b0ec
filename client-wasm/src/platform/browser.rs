//! The window, its clock and its address. Invariant: everything here answers, whatever the browser lacks.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, Window};

use crate::{settings::System, words::Language};

/// The window. There is one: the module is only ever loaded by a page.
#[must_use]
pub fn window() -> Window {
    web_sys::window().expect("the module runs in a page")
}

/// The document.
#[must_use]
pub fn document() -> Document {
    window().document().expect("a page has a document")
}

/// The element with this id, if index.html has it.
#[must_use]
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id).and_then(|element| element.dyn_into().ok())
}

/// Puts `value` into an empty input field.
pub fn fill(id: &str, value: &str) {
    let field = element(id).and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) = field.filter(|field| field.value().is_empty()) {
        field.set_value(value);
    }
}

/// What stands in an input field.
#[must_use]
pub fn value(id: &str) -> String {
    element(id)
        .and_then(|field| field.dyn_into::<HtmlInputElement>().ok())
        .map(|field| field.value())
        .unwrap_or_default()
}

/// Monotonic time since the page began to load, µs.
#[must_use]
pub fn now_us() -> u64 {
    (window().performance().map_or(0.0, |clock| clock.now()) * 1_000.0) as u64
}

/// A number that differs from page to page, for looks and jitter only.
#[must_use]
pub fn random_u32() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

/// A secret, from the browser's own source of them; `None` where there is none (on a page without https it is there, too).
#[must_use]
pub fn secret() -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// The player asked the system for less motion.
#[must_use]
pub fn reduced_motion() -> bool {
    window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches())
}

/// What the browser and the system wish of every page.
#[must_use]
pub fn system() -> System {
    let wants = |query: &str| window().match_media(query).ok().flatten().is_some_and(|query| query.matches());
    System {
        calm: reduced_motion(),
        contrast: wants("(prefers-contrast: more)"),
        language: Language::of_browser(&window().navigator().language().unwrap_or_default()),
    }
}

/// The main pointer is a finger.
#[must_use]
pub fn coarse_pointer() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// The path of the page's address, without a slash at the end.
#[must_use]
pub fn path() -> String {
    window().location().pathname().unwrap_or_default().trim_end_matches('/').to_owned()
}

/// Where the page comes from, with a slash at the end.
#[must_use]
pub fn origin() -> String {
    [&window().location().origin().unwrap_or_default(), "/"].concat()
}

/// The day it was `ago_us` before now, where the player is: year, month and day.
#[must_use]
pub fn day_before(ago_us: u64) -> String {
    let then = js_sys::Date::new(&(js_sys::Date::now() - ago_us as f64 / 1_000.0).into());
    let two = |number: u32| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
    [&then.get_full_year().to_string(), "-", &two(then.get_month() + 1), "-", &two(then.get_date())].concat()
}

/// Where the game's socket is.
#[must_use]
pub fn socket_url() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|scheme| scheme == "https:") { "wss://" } else { "ws://" };
    [scheme, &location.host().unwrap_or_default(), "/ws"].concat()
}

/// Gives the page's body a class.
pub fn mark(class: &str) {
    if let Some(body) = document().body() {
        let _ = body.class_list().add_1(class);
    }
}

/// How much memory the module has, bytes; it never gives any back.
#[must_use]
pub fn memory_bytes() -> u32 {
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length()
}

/// Loads the page anew.
pub fn reload() {
    // A browser that refuses to reload leaves the message on the screen.
    let _ = window().location().reload();
}

/// Listens for as long as the page lives. `passive` promises not to prevent the default.
pub fn listen<E: JsCast + 'static>(
    target: &EventTarget,
    name: &str,
    passive: bool,
    mut handler: impl FnMut(E) + 'static,
) {
    listen_boxed(target, name, passive, Box::new(move |event| handler(event.unchecked_into())));
}

/// Not generic, because everything on the page listens.
fn listen_boxed(target: &EventTarget, name: &str, passive: bool, handler: Box<dyn FnMut(JsValue)>) {
    let closure = Closure::<dyn FnMut(JsValue)>::wrap(handler);
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(passive);
    let callback = closure.as_ref().unchecked_ref();
    let added = target.add_event_listener_with_callback_and_add_event_listener_options(name, callback, &options);
    if added.is_ok() {
        closure.forget();
    }
}

/// What an event happened to, if it is such an element.
#[must_use]
pub fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}

/// The nearest element around a place of the page that matches a selector.
#[must_use]
pub fn closest(target: Option<EventTarget>, what: &str) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest(what).ok().flatten()
}

/// Whether an event belongs to a control of the page rather than to the game.
#[must_use]
pub fn is_for_a_control(target: Option<EventTarget>) -> bool {
    const CONTROLS: &str = "button, input, select, textarea, a, #lobby, #lab, #film-open, #film-bar, #error-card, #settings, \
                            #leaderboard, #chat-log, #chat-muted, #wheel, #card, #invite, #clip, #rooms, #boards, #spectate";
    closest(target, CONTROLS).is_some()
}
