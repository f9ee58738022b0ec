//! Puts the words of index.html into a language: elements with `data-word` say it, `data-word-label`, `data-word-title` and
//! `data-word-drop` name it in an attribute. Invariant: text goes in as text; a key that the table lacks leaves the page as
//! it was written (a test of the table finds it).

use web_sys::Element;

use super::browser::document;
use crate::words::{Language, Word};

/// What names a word, and the attribute that says it; none for the text itself.
const PLACES: [(&str, Option<&str>); 4] = [
    ("data-word", None),
    ("data-word-label", Some("aria-label")),
    ("data-word-title", Some("title")),
    ("data-word-drop", Some("data-drop")),
];

/// Says everything that index.html says in this language.
pub fn speak(language: Language) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.code());
    }
    for (name, attribute) in PLACES {
        // The selectors are ours and well-formed.
        let Ok(found) = document().query_selector_all(&["[", name, "]"].concat()) else { continue };
        for element in found.values().into_iter().flatten() {
            let element: Element = wasm_bindgen::JsCast::unchecked_into(element);
            let Some(word) = element.get_attribute(name).and_then(|key| Word::of_key(&key)) else { continue };
            match attribute {
                Some(attribute) => {
                    let _ = element.set_attribute(attribute, word.say(language));
                }
                None => element.set_text_content(Some(word.say(language))),
            }
        }
    }
}
