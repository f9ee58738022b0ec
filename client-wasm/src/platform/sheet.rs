//! Small dialogs over the arena: the result card, the invitation, the best kill, the rooms and the boards. Invariant: the browser's own modal dialog keeps the
//! focus inside, closes on Escape and gives the focus back; whatever closed it, the queue hears of it once.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDialogElement, KeyboardEvent, MouseEvent};

use super::{
    browser::{element, listen, target},
    events::{Act, PageEvent, Queue, push},
    menu,
};

/// The dialogs.
pub const SHEETS: [&str; 5] = ["card", "invite", "clip", "rooms", "boards"];

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    element(id)?.dyn_into().ok()
}

/// Starts listening.
pub fn install(queue: &Queue) {
    for id in SHEETS {
        let Some(dialog) = dialog(id) else { continue };
        let to = queue.clone();
        listen(&dialog, "close", true, move |_: Event| push(&to, PageEvent::Act(Act::SheetClosed(id))));
        listen(&dialog, "keydown", false, move |event: KeyboardEvent| {
            if event.code() == "Tab" && menu::wrap(id, event.shift_key()) {
                event.prevent_default();
            }
        });
        listen(&dialog, "click", true, move |event: MouseEvent| {
            // What lies inside is another element: this is the dark around it.
            if target::<HtmlDialogElement>(&event).is_some() {
                show(id, false);
            }
        });
    }
}

/// Opens or closes one.
pub fn show(id: &str, open: bool) {
    let Some(dialog) = dialog(id) else { return };
    if open && !dialog.open() {
        // A browser that refuses shows nothing, and the game goes on.
        let _ = dialog.show_modal();
    } else if !open {
        dialog.close();
    }
}
