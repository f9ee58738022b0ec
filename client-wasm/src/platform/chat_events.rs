//! Events of the chat's controls. Invariant: as in `events`; only the line is shown and focused at once, because a
//! telephone shows its keyboard for nothing else than the tap itself.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

use shared::protocol::Quick;

use super::{
    browser::{closest, element, listen},
    events::{PageEvent, Queue, push},
};
use crate::chat::desk::TalkEvent;

/// The words on the wheel, in their order.
pub const QUICK: [&str; Quick::ALL.len()] =
    ["quick-0", "quick-1", "quick-2", "quick-3", "quick-4", "quick-5", "quick-6", "quick-7"];
/// Lists of names that can be clicked, and where in a row the name stands.
const NAMES: [(&str, &str); 3] =
    [("leaderboard", "span:nth-child(2)"), ("chat-log", "span:nth-child(1)"), ("chat-muted", "span:nth-child(1)")];

/// What of a row reports whoever it names.
const REPORT: &str = "#chat-muted span:nth-child(2)";

/// Starts listening.
pub fn install(queue: &Queue) {
    line(queue);
    buttons(queue);
    names(queue);
}

fn field() -> Option<HtmlInputElement> {
    element("chat-line")?.dyn_into().ok()
}

fn line(queue: &Queue) {
    let (Some(form), Some(field)) = (element("chat-form"), field()) else { return };
    let (to, of) = (queue.clone(), field.clone());
    listen(&form, "submit", false, move |event: Event| {
        event.prevent_default();
        push(&to, PageEvent::Talk(TalkEvent::Said(of.value())));
        of.set_value("");
    });
    let (to, of) = (queue.clone(), field.clone());
    listen(&field, "keydown", false, move |event: KeyboardEvent| {
        // An input method takes its Escape for itself.
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            of.set_value("");
            push(&to, PageEvent::Talk(TalkEvent::Closed));
        }
    });
    let (to, of) = (queue.clone(), field.clone());
    listen(&field, "blur", true, move |_: Event| {
        // A command may hold a password.
        if of.value().trim_start().starts_with('/') {
            of.set_value("");
        }
        push(&to, PageEvent::Talk(TalkEvent::Closed));
    });
}

fn buttons(queue: &Queue) {
    if let Some(button) = element("chat-open") {
        let to = queue.clone();
        listen(&button, "click", true, move |_: Event| {
            if let (Some(form), Some(field)) = (element("chat-form"), field()) {
                let _ = form.class_list().remove_1("off");
                let _ = field.focus();
            }
            push(&to, PageEvent::Talk(TalkEvent::Opened));
        });
    }
    let words = QUICK.into_iter().enumerate().map(|(number, id)| (id, TalkEvent::Picked(number)));
    for (id, fact) in words.chain([("wheel-open", TalkEvent::Wheel)]) {
        if let Some(button) = element(id) {
            let to = queue.clone();
            listen(&button, "click", true, move |_: Event| push(&to, PageEvent::Talk(fact.clone())));
        }
    }
}

fn names(queue: &Queue) {
    for (id, place) in NAMES {
        let Some(list) = element(id) else { continue };
        // The line keeps the keyboard, and stays.
        listen(&list, "mousedown", false, move |event: Event| event.prevent_default());
        let to = queue.clone();
        listen(&list, "click", true, move |event: Event| {
            let row = closest(event.target(), "li");
            let name = row.and_then(|row| row.query_selector(place).ok().flatten()?.text_content());
            let report = closest(event.target(), REPORT).is_some();
            if let Some(name) = name {
                let fact = if report { TalkEvent::Reported(name) } else { TalkEvent::Named(name) };
                push(&to, PageEvent::Talk(fact));
            }
        });
    }
}
