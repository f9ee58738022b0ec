//! Events of the page that shows recordings: its keys and controls, files chosen or dropped. Invariant: handlers only
//! push and prevent a default; the next frame takes the queue, as with `events`.

use std::{cell::RefCell, rc::Rc};

use web_sys::{DragEvent, Event, HtmlInputElement, HtmlSelectElement, KeyboardEvent, MouseEvent, WheelEvent};

use super::{
    browser::{closest, document, element, listen, target, window},
    events::push,
    film_fetch,
};
use crate::film::{Deed, Trouble, deed_of_key};

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub enum FilmEvent {
    /// A key or a button.
    Deed(Deed),
    /// The seek bar was moved to this tick.
    Seek(usize),
    /// A pace was chosen.
    Pace(f32),
    /// A row of the leaderboard was clicked.
    Row(usize),
    /// The wheel turned by this much; away from the person is negative.
    Wheel(f32),
    /// A file was read.
    File(String, Vec<u8>),
    /// A file was not read, and why.
    Refused(String, Trouble),
    /// A file hovers over the page, or no longer.
    Hover(bool),
}

/// The queue; handlers hold the other ends.
pub type FilmQueue = Rc<RefCell<Vec<FilmEvent>>>;

/// Starts listening, and asks for the recording that the address names.
#[must_use]
pub fn install() -> FilmQueue {
    let queue = FilmQueue::default();
    keyboard(&queue);
    controls(&queue);
    files(&queue);
    film_fetch::fetch_named(&queue);
    queue
}

fn keyboard(queue: &FilmQueue) {
    let to = queue.clone();
    listen(&window(), "keydown", false, move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || belongs_elsewhere(&event) {
            return;
        }
        if event.code() == "Escape" {
            // Out of the arena, where Tab follows pilots, to the controls.
            return focus("film-toggle");
        }
        if let Some(deed) = deed_of_key(&event.code(), event.shift_key()) {
            event.prevent_default();
            push(&to, FilmEvent::Deed(deed));
        }
    });
}

/// Tab follows pilots only while the arena has the keyboard; buttons and choices keep the keys they live by.
fn belongs_elsewhere(event: &KeyboardEvent) -> bool {
    let code = event.code();
    let on = |what: &str| closest(event.target(), what).is_some();
    match code.as_str() {
        "Tab" => !on("#stage"),
        "Space" => on("button, select, label, a, input[type=file]"),
        "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End" => on("select"),
        _ => on("textarea, select"),
    }
}

fn controls(queue: &FilmQueue) {
    for (id, deed) in [
        ("film-toggle", Deed::Toggle),
        ("film-previous", Deed::Previous),
        ("film-next", Deed::Next),
        ("film-free", Deed::Free),
        ("film-back", Deed::Skip(-5.0)),
        ("film-ahead", Deed::Skip(5.0)),
    ] {
        if let Some(button) = element(id) {
            let to = queue.clone();
            listen(&button, "click", true, move |_: Event| push(&to, FilmEvent::Deed(deed)));
        }
    }
    if let Some(bar) = element("film-seek") {
        let to = queue.clone();
        listen(&bar, "input", true, move |event: Event| {
            let place = target::<HtmlInputElement>(&event).and_then(|bar| bar.value().parse().ok());
            if let Some(place) = place {
                push(&to, FilmEvent::Seek(place));
            }
        });
    }
    if let Some(choice) = element("film-pace") {
        let to = queue.clone();
        listen(&choice, "change", true, move |event: Event| {
            let pace = target::<HtmlSelectElement>(&event).and_then(|choice| choice.value().parse().ok());
            if let Some(pace) = pace {
                push(&to, FilmEvent::Pace(pace));
            }
        });
    }
    if let Some(list) = element("leaderboard") {
        let to = queue.clone();
        let of = list.clone();
        listen(&list, "click", true, move |event: MouseEvent| {
            let row = closest(event.target(), "li");
            let rows = of.children();
            let index = row.and_then(|row| (0..rows.length()).find(|index| rows.item(*index).as_ref() == Some(&row)));
            if let Some(index) = index {
                push(&to, FilmEvent::Row(index as usize));
            }
        });
    }
    if let Some(stage) = element("stage") {
        let to = queue.clone();
        listen(&stage, "wheel", false, move |event: WheelEvent| {
            event.prevent_default();
            push(&to, FilmEvent::Wheel(event.delta_y() as f32));
        });
        listen(&stage, "pointerdown", true, move |_: Event| focus("stage"));
    }
}

fn files(queue: &FilmQueue) {
    for id in ["film-file", "film-another"] {
        let Some(field) = element(id) else { continue };
        let to = queue.clone();
        listen(&field, "change", true, move |event: Event| {
            let Some(field) = target::<HtmlInputElement>(&event) else { return };
            if let Some(file) = field.files().and_then(|files| files.item(0)) {
                film_fetch::read(&to, file.name(), &file);
            }
            // So that the same file can be chosen again.
            field.set_value("");
        });
    }
    let to = queue.clone();
    listen(&window(), "dragover", false, move |event: DragEvent| {
        event.prevent_default();
        push(&to, FilmEvent::Hover(true));
    });
    let to = queue.clone();
    listen(&window(), "dragleave", true, move |event: DragEvent| {
        // Out of the window, not from one element to another.
        if event.related_target().is_none() {
            push(&to, FilmEvent::Hover(false));
        }
    });
    let to = queue.clone();
    listen(&window(), "drop", false, move |event: DragEvent| {
        event.prevent_default();
        push(&to, FilmEvent::Hover(false));
        if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.item(0)) {
            film_fetch::read(&to, file.name(), &file);
        }
    });
}

fn focus(id: &str) {
    if let Some(element) = element(id) {
        // Nothing depends on it: the controls can be clicked as well.
        let _ = element.focus();
    }
}

/// Marks the page as the one for recordings, and as being dropped onto.
pub fn mark(class: &str, on: bool) {
    if let Some(body) = document().body() {
        // The class names are ours and well-formed.
        let _ = body.class_list().toggle_with_force(class, on);
    }
}
