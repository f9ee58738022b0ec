//! Every text that the code puts into the page, in every language, and the German of what the page holds by itself.
//! Invariant: both languages are complete (a row has both); the page's own English is where no row is needed.

mod admin;
mod check;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::browser;

/// One text: its key, English, German.
type Row = (&'static str, &'static str, &'static str);

static IN_GERMAN: AtomicBool = AtomicBool::new(false);

fn row(key: &str) -> Option<&'static Row> {
    check::TABLE.iter().chain(admin::TABLE).find(|(other, ..)| *other == key)
}

/// The text of `key` in the page's language.
pub fn word(key: &str) -> &'static str {
    let (_, english, german) = row(key).unwrap_or_else(|| panic!("there is no word for {key}"));
    if IN_GERMAN.load(Ordering::Relaxed) { german } else { english }
}

/// `word` with `what` in the place of its `{}`.
pub fn word_of(key: &str, what: &str) -> String {
    word(key).replace("{}", what)
}

/// The text of `key` if there is one: for what the server names and may name anew.
pub fn known_word(key: &str) -> Option<&'static str> {
    row(key).map(|_| word(key))
}

/// Chooses the language, the browser's, and puts it into the page, whose title has the key `title`.
pub fn speak(title: &str) {
    let language = browser::window().navigator().language().unwrap_or_default();
    IN_GERMAN.store(language.to_ascii_lowercase().starts_with("de"), Ordering::Relaxed);
    if !IN_GERMAN.load(Ordering::Relaxed) {
        return;
    }
    if let Some(root) = browser::document().document_element() {
        // The name is right.
        let _ = root.set_attribute("lang", "de");
    }
    browser::document().set_title(&format!("Perihelion: {}", word(title)));
    for (element, key) in browser::marked("data-word") {
        if let Some(text) = known_word(&key) {
            element.set_text_content(Some(text));
        }
    }
    for (element, key) in browser::marked("data-label") {
        if let Some(text) = known_word(&key) {
            // The name is right.
            let _ = element.set_attribute("aria-label", text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [&str; 2] = [include_str!("../../check.html"), include_str!("../../admin.html")];

    #[test]
    fn the_pages_and_the_tables_hold_the_same_english() {
        for part in PAGES.iter().flat_map(|page| page.split("data-word=\"").skip(1)) {
            let (key, rest) = part.split_once('"').expect("closed");
            let text = rest.split_once('>').expect("a tag ends").1.split('<').next().expect("some text");
            assert_eq!(text, word(key), "{key}");
        }
        for part in PAGES.iter().flat_map(|page| page.split("data-label=\"").skip(1)) {
            let (key, _) = part.split_once('"').expect("closed");
            let both = format!("aria-label=\"{}\" data-label=\"{key}\"", word(key));
            assert!(PAGES.iter().any(|page| page.contains(&both)), "{key}");
        }
    }

    #[test]
    fn keys_are_there_once_and_texts_are_there() {
        let rows: Vec<&Row> = check::TABLE.iter().chain(admin::TABLE).collect();
        for (index, (key, english, german)) in rows.iter().enumerate() {
            assert!(rows[..index].iter().all(|(other, ..)| other != key), "{key} twice");
            assert!(!english.is_empty() && !german.is_empty(), "{key}");
            assert_eq!(english.contains("{}"), german.contains("{}"), "{key}");
        }
    }
}
