//! The settings' dialog: makes its list of keys, listens to its controls, and gives the page the looks that are set.
//! Invariant: handlers only push facts (and keep a key from the browser while a cap waits for it). The browser's own modal
//! dialog keeps the focus inside, closes on Escape and gives the focus back.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent, MediaQueryList,
    MouseEvent,
};

use super::{
    browser::{closest, document, element, listen, system, target, window},
    events::{PageEvent, Queue, push},
    menu, page_words,
};
use crate::{
    input::bindings::MOUSE,
    settings::{Choice, Fact, Knob, Panel, rows::ROWS},
};

fn dialog() -> Option<HtmlDialogElement> {
    element("settings")?.dyn_into().ok()
}

fn tell(queue: &Queue, fact: Fact) {
    push(queue, PageEvent::Settings(fact));
}

/// Makes the list of keys and starts listening.
pub fn install(queue: &Queue) {
    make_rows();
    for id in ["gear", "settings-open"] {
        if let Some(button) = element(id) {
            let to = queue.clone();
            listen(&button, "click", true, move |_: Event| tell(&to, Fact::Open));
        }
    }
    wishes(queue);
    let Some(dialog) = dialog() else { return };
    let to = queue.clone();
    listen(&dialog, "close", true, move |_: Event| tell(&to, Fact::Closed));
    let to = queue.clone();
    listen(&dialog, "input", true, move |event: Event| {
        if let Some(fact) = moved(&event) {
            tell(&to, fact);
        }
    });
    keys(queue, &dialog);
    clicks(queue, &dialog);
}

fn moved(event: &Event) -> Option<Fact> {
    if let Some(choice) = target::<HtmlSelectElement>(event) {
        return Some(Fact::Value { id: choice.id(), value: choice.value() });
    }
    let input = target::<HtmlInputElement>(event)?;
    let value = match input.type_().as_str() {
        "checkbox" => if input.checked() { "on" } else { "off" }.to_owned(),
        _ => input.value(),
    };
    Some(Fact::Value { id: input.id(), value })
}

/// A cap waits for a key.
fn waiting(dialog: &HtmlDialogElement) -> bool {
    dialog.class_list().contains("waiting")
}

fn keys(queue: &Queue, dialog: &HtmlDialogElement) {
    // A key that was taken must not click the button it was pressed on, which some browsers do when it is let go.
    let taken = Rc::new(Cell::new(false));
    let (to, of, took) = (queue.clone(), dialog.clone(), taken.clone());
    listen(dialog, "keydown", false, move |event: KeyboardEvent| {
        if waiting(&of) {
            event.prevent_default();
            event.stop_propagation();
            took.set(true);
            let code = event.code();
            tell(&to, if code == "Escape" { Fact::Cancel } else { Fact::Key(code) });
        } else if event.code() == "Tab" && menu::wrap("settings", event.shift_key()) {
            event.prevent_default();
        }
    });
    listen(dialog, "keyup", false, move |event: KeyboardEvent| {
        if taken.replace(false) {
            event.prevent_default();
        }
    });
}

fn clicks(queue: &Queue, dialog: &HtmlDialogElement) {
    // The click that follows a button taken for a cap is not one on the cap.
    let taken = Rc::new(Cell::new(false));
    let (to, of, took) = (queue.clone(), dialog.clone(), taken.clone());
    listen(dialog, "mousedown", false, move |event: MouseEvent| {
        took.set(false);
        if !waiting(&of) {
            return;
        }
        let code = usize::try_from(event.button()).ok().and_then(|button| MOUSE.get(button));
        match code.filter(|_| closest(event.target(), ".waits").is_some()) {
            Some(code) => {
                event.prevent_default();
                took.set(true);
                tell(&to, Fact::Key((*code).to_owned()));
            }
            None => tell(&to, Fact::Cancel),
        }
    });
    let to = queue.clone();
    listen(dialog, "click", true, move |event: MouseEvent| {
        // A click by keyboard or gamepad follows no press of a mouse button.
        if taken.replace(false) && event.detail() > 0 {
            return;
        }
        if let Some(button) = closest(event.target(), "button") {
            tell(&to, Fact::Click(button.id()));
        } else if target::<HtmlDialogElement>(&event).is_some() && beside(&event) {
            tell(&to, Fact::Click("settings-close".to_owned()));
        }
    });
    listen(dialog, "contextmenu", false, |event: Event| {
        if closest(event.target(), "#settings-keys").is_some() {
            event.prevent_default();
        }
    });
}

/// A click on the dialog itself that lies outside of it is one on what is behind.
fn beside(event: &MouseEvent) -> bool {
    let Some(dialog) = dialog() else { return false };
    let (x, y) = (event.client_x() - dialog.offset_left(), event.client_y() - dialog.offset_top());
    x < 0 || y < 0 || x > dialog.offset_width() || y > dialog.offset_height()
}

/// Listens to what the system wishes: it may change while the page is open.
fn wishes(queue: &Queue) {
    let watch = |query: &str| -> Option<MediaQueryList> { window().match_media(query).ok().flatten() };
    for query in ["(prefers-reduced-motion: reduce)", "(prefers-contrast: more)"] {
        if let Some(list) = watch(query) {
            let to = queue.clone();
            listen(&list, "change", true, move |_: Event| tell(&to, Fact::System(system())));
        }
    }
    let to = queue.clone();
    listen(&window(), "languagechange", true, move |_: Event| tell(&to, Fact::System(system())));
}

fn make_rows() {
    let Some(list) = element("settings-keys") else { return };
    let make = |name: &str, id: &str| -> Option<Element> {
        let made = document().create_element(name).ok()?;
        made.set_id(id);
        Some(made)
    };
    for row in ROWS {
        let (Ok(line), Some(name)) = (document().create_element("div"), make("span", row.name)) else { continue };
        line.set_class_name("binding");
        let _ = line.append_child(&name);
        for id in row.caps {
            if let Some(cap) = make("button", id) {
                let _ = cap.set_attribute("type", "button");
                let _ = line.append_child(&cap);
            }
        }
        let _ = list.append_child(&line);
    }
}

/// Opens or closes the dialog, if it is not so already.
pub fn show(open: bool) {
    let Some(dialog) = dialog().filter(|dialog| dialog.open() != open) else { return };
    if open {
        // It is in the page and closed, so it can be opened.
        let _ = dialog.show_modal();
    } else {
        dialog.close();
    }
}

/// Gives the page the language, colours, contrast, motion and size that are set.
pub fn apply(panel: &Panel) {
    page_words::speak(panel.language());
    let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
    let settings = panel.settings();
    let _ = root.set_attribute("data-palette", settings.choice(Choice::Palette));
    for (class, on) in [("calm", panel.looks().calm), ("lively", !panel.looks().calm), ("contrast", panel.contrast())] {
        let _ = root.class_list().toggle_with_force(class, on);
    }
    let zoom = f32::from(settings.knob(Knob::Zoom)) / 100.0;
    let _ = root.style().set_property("--zoom", &zoom.to_string());
}
