//! Making elements. Invariant: text goes in as text.

use web_sys::Element;

use crate::browser;

/// A new element with a class (may be empty) and a text.
pub fn make(tag: &str, class: &str, text: &str) -> Element {
    let element = browser::document().create_element(tag).expect("the tags are ours and right");
    if !class.is_empty() {
        element.set_class_name(class);
    }
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    element
}

/// Gives it an attribute, if it has not got it already.
pub fn mark(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        // The names are ours and right.
        let _ = element.set_attribute(name, value);
    }
}

/// Gives it a text, if it has not got it already.
pub fn write(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Puts one into the other, last.
pub fn put(parent: &Element, child: &Element) {
    // It fails only for a parent inside its child.
    let _ = parent.append_child(child);
}

/// Takes everything out of it.
pub fn empty(parent: &Element) {
    parent.set_text_content(None);
}

/// A small button for a row: what it says, what it says to who does not see the row, and what it does.
pub fn button(text: &str, label: &str, acts: &[(&str, &str)]) -> Element {
    let button = make("button", "button small", text);
    mark(&button, "type", "button");
    if label != text {
        mark(&button, "aria-label", label);
    }
    acts.iter().for_each(|(name, value)| mark(&button, name, value));
    button
}
