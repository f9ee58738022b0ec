//! The card that appears when something broke, with a report to copy. Invariant: no panic and no uncaught error is
//! silent; the first one is shown, later ones are usually its consequences and only reach the console.

use std::{cell::OnceCell, panic};

use shared::protocol::proto_hash;
use wasm_bindgen::JsCast;
use web_sys::{ErrorEvent, Event, HtmlDocument, HtmlTextAreaElement, PromiseRejectionEvent};

use super::browser::{document, element, listen, window};

thread_local! {
    static REPORT: OnceCell<String> = const { OnceCell::new() };
}

/// Watches for panics and uncaught errors from now on.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or(String::new(), |at| [at.file(), ":", &at.line().to_string()].concat());
        let what = info.payload().downcast_ref::<&str>().map(|text| (*text).to_owned());
        let what =
            what.or_else(|| info.payload().downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned());
        show(&what, &place);
    }));
    listen(&window(), "error", true, |event: ErrorEvent| {
        // Without a message it is a resource that failed to load; an anonymous "Script error." comes from another
        // origin, and the page runs none: a browser extension tripped, and the game need not fall with it.
        let foreign = event.message() == "Script error." && event.filename().is_empty();
        if !event.message().is_empty() && !foreign {
            show(&event.message(), &[&event.filename(), ":", &event.lineno().to_string()].concat());
        }
    });
    listen(&window(), "unhandledrejection", true, |event: PromiseRejectionEvent| {
        let reason = event.reason();
        let words =
            reason.dyn_ref::<js_sys::Error>().map_or_else(|| reason.as_string(), |error| error.message().as_string());
        show(&words.unwrap_or_else(|| "a promise was rejected".to_owned()), "promise");
    });
    if let Some(button) = element("error-copy") {
        listen(&button, "click", true, |_: Event| copy());
    }
    if let Some(button) = element("error-reload") {
        listen(&button, "click", true, |_: Event| super::browser::reload());
    }
}

/// The report on the screen, if any.
#[must_use]
pub fn report() -> Option<String> {
    REPORT.with(|report| report.get().cloned())
}

/// Whether something broke: nothing more should run.
#[must_use]
pub fn is_shown() -> bool {
    REPORT.with(|report| report.get().is_some())
}

/// Shows the card for this message and place.
pub fn show(message: &str, place: &str) {
    let agent = window().navigator().user_agent().unwrap_or_default();
    let hash = proto_hash();
    let version = env!("CARGO_PKG_VERSION");
    let report =
        format!("Perihelion {version}\nerror: {message}\nat: {place}\nprotocol: {hash:016x}\nbrowser: {agent}\n");
    if REPORT.with(|shown| shown.set(report.clone())).is_err() {
        return;
    }
    if let Some(area) = element("error-report").and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok()) {
        area.set_value(&report);
    }
    if let Some(card) = element("error-card") {
        // Without the class list the card stays hidden; the console still has the message.
        let _ = card.class_list().remove_1("off");
        let _ = card.focus();
    }
}

fn copy() {
    let Some(area) = element("error-report").and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return;
    };
    area.select();
    // The old way also works on plain http in a home network, where the clipboard interface is missing.
    let copied =
        document().dyn_into::<HtmlDocument>().ok().and_then(|page| page.exec_command("copy").ok()).unwrap_or(false);
    if let Some(button) = element("error-copy") {
        button.set_text_content(Some(if copied { "Copied" } else { "Select the text and copy it" }));
    }
}
