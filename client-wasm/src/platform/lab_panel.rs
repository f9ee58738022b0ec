//! Listens to the controls of the lab's panel and to its address. Invariant: it only pushes facts; after a pointer let
//! a control go the keyboard flies the ship again.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, HtmlElement, HtmlInputElement};

use super::{
    browser::{self, document, element, listen, target, window},
    events::{PageEvent, Queue},
};

/// Time between two looks at the lab's line, ms: the least that browsers grant.
const PUMP_MS: i32 = 4;

/// Where the lab is served.
const PATH: &str = "/lab";

/// Whether this page is the lab.
#[must_use]
pub fn is_here() -> bool {
    browser::path() == PATH
}

/// What the address says behind its `#`, that included.
#[must_use]
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Writes the address without going anywhere.
pub fn set_fragment(fragment: &str) {
    let address = [PATH, fragment].concat();
    // A browser that refuses (too many changes in a while) shows an older address; nothing else is lost.
    let _ = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address)));
}

/// Starts listening; `pump` is called often, so that messages leave the lab's line when they are due and not only
/// with the next frame.
pub fn install(queue: &Queue, pump: impl FnMut() + 'static) {
    let pump = Closure::<dyn FnMut()>::new(pump);
    let set = window().set_interval_with_callback_and_timeout_and_arguments_0(pump.as_ref().unchecked_ref(), PUMP_MS);
    if set.is_ok() {
        pump.forget();
    }
    let to = queue.clone();
    listen(&window(), "hashchange", true, move |_: Event| push(&to, String::new(), 0.0));
    let Some(panel) = element("lab") else { return };
    let to = queue.clone();
    listen(&panel, "input", true, move |event: Event| {
        let Some(input) = target::<HtmlInputElement>(&event) else { return };
        let checked = input.type_() == "checkbox";
        let value = if checked { f64::from(u8::from(input.checked())) } else { input.value_as_number() };
        push(&to, input.id(), value);
    });
    let to = queue.clone();
    listen(&panel, "click", true, move |event: Event| {
        if let Some(button) = target::<HtmlElement>(&event).filter(|target| target.tag_name() == "BUTTON") {
            push(&to, button.id(), 0.0);
        }
    });
    listen(&panel, "pointerup", true, |_: Event| {
        if let Some(active) = document().active_element().and_then(|active| active.dyn_into::<HtmlElement>().ok()) {
            let _ = active.blur();
        }
    });
}

fn push(queue: &Queue, id: String, value: f64) {
    super::events::push(queue, PageEvent::Lab { id, value });
}
