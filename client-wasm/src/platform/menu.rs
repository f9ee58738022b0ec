//! Going about in the page's cards without a pointer: which control has the focus, the next one, and pressing it.
//! Invariant: only what can be seen and used is gone to; nothing leaves the card.

use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::browser::{document, element};

/// The controls of a card that can be used now.
fn controls(card: &str) -> Vec<HtmlElement> {
    let Some(card) = element(card) else { return Vec::new() };
    let Ok(found) = card.query_selector_all("button:not(:disabled), input, select, a[href]") else { return Vec::new() };
    let seen = |control: &HtmlElement| control.offset_width() > 0 && control.tab_index() >= 0;
    found.values().into_iter().flatten().filter_map(|node| node.dyn_into().ok()).filter(seen).collect()
}

fn active() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

fn place_of(controls: &[HtmlElement]) -> Option<usize> {
    let active = active()?;
    controls.iter().position(|control| *control == active)
}

/// Keeps Tab inside of a card: from its last control to its first, and the other way round. False when it stays inside by
/// itself.
#[must_use]
pub fn wrap(card: &str, back: bool) -> bool {
    let controls = controls(card);
    let Some(last) = controls.len().checked_sub(1) else { return false };
    let to = match (place_of(&controls), back) {
        (Some(place), false) if place == last => 0,
        (Some(0), true) => last,
        (None, true) => last,
        (None, false) => 0,
        _ => return false,
    };
    let _ = controls[to].focus();
    true
}

/// Shows the focus although it was moved by a gamepad, or no longer.
pub fn show_focus(by_pad: bool) {
    if let Some(body) = document().body() {
        let _ = body.class_list().toggle_with_force("by-pad", by_pad);
    }
}

/// Goes to the next control of a card, or the one before; to the first when none of them has the focus.
pub fn step(card: &str, by: isize) {
    let controls = controls(card);
    if controls.is_empty() {
        return;
    }
    let to = place_of(&controls).map_or(0, |place| (place as isize + by).rem_euclid(controls.len() as isize) as usize);
    let _ = controls[to].focus();
    controls[to].scroll_into_view_with_bool(false);
}

/// Presses the control that has the focus; `otherwise` when none of the card's has it, or when it is a line to write in.
pub fn press(card: &str, otherwise: Option<&str>) {
    let controls = controls(card);
    let here = place_of(&controls).map(|place| &controls[place]);
    let writes = |control: &&HtmlElement| {
        control
            .dyn_ref::<HtmlInputElement>()
            .is_some_and(|input| matches!(input.type_().as_str(), "text" | "password" | "range"))
    };
    match here.filter(|control| !writes(control)) {
        Some(control) => control.click(),
        None => {
            if let Some(button) = otherwise.and_then(element) {
                button.click();
            }
        }
    }
}

/// Moves the slider or list that has the focus by so many steps; false when it is neither.
#[must_use]
pub fn slide(by: i32) -> bool {
    let Some(active) = active() else { return false };
    if let Some(list) = active.dyn_ref::<HtmlSelectElement>() {
        let last = list.length() as i32 - 1;
        list.set_selected_index((list.selected_index() + by).clamp(0, last.max(0)));
    } else if let Some(slider) = active.dyn_ref::<HtmlInputElement>().filter(|input| input.type_() == "range") {
        // The browser keeps it between its ends.
        slider.set_value_as_number(slider.value_as_number() + f64::from(by) * slider.step().parse().unwrap_or(1.0));
    } else {
        return false;
    }
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &bubbles) {
        let _ = active.dispatch_event(&event);
    }
    true
}
