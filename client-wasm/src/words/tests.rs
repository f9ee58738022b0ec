use super::*;

const PAGE: &str = include_str!("../../../index.html");

/// Placeholders of a text, in order.
fn places(text: &str) -> Vec<&str> {
    let mut places: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    places.sort_unstable();
    places
}

#[test]
fn every_language_has_every_word_with_the_same_placeholders() {
    for word in Word::ALL {
        let english = word.say(Language::English);
        for language in Language::ALL {
            let text = word.say(language);
            assert!(!text.trim().is_empty(), "{word:?} in {language:?}");
            assert_eq!(places(text), places(english), "{word:?} in {language:?}");
        }
    }
}

#[test]
fn keys_are_unique_and_found() {
    for word in Word::ALL {
        assert_eq!(Word::of_key(word.key()), Some(*word), "the key {} is there twice", word.key());
    }
    assert_eq!(Word::of_key("no such word"), None);
}

/// Tags of the page with the text that follows each.
fn tags() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split('<').skip(1).filter_map(|part| part.split_once('>'))
}

fn attribute(tag: &'static str, name: &str) -> Option<&'static str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

#[test]
fn every_word_of_the_page_is_in_the_table_and_the_page_holds_its_english() {
    let mut seen = 0;
    for (tag, text) in tags() {
        let pairs = [
            ("data-word", Some(text)),
            ("data-word-label", attribute(tag, "aria-label")),
            ("data-word-title", attribute(tag, "title")),
            ("data-word-drop", attribute(tag, "data-drop")),
        ];
        for (name, written) in pairs {
            let Some(key) = attribute(tag, name) else { continue };
            let word = Word::of_key(key).unwrap_or_else(|| panic!("{name}=\"{key}\" is not in words/table.rs"));
            assert_eq!(written, Some(word.say(Language::English)), "<{tag}>");
            seen += 1;
        }
    }
    assert!(seen > 90, "only {seen} words found in index.html");
}

/// Parts of the page that speak English in every language, or are no words.
const EXCUSED: [&str; 4] = ["lab", "noscript", "title", "code"];
/// Texts that are the same in every language, or that a widget writes before anybody reads them.
const WRITTEN: [&str; 6] = ["u/s", "English", "Deutsch", "PERIHELION", "Destroyed", "Fly again"];
/// Elements without an end.
const VOID: [&str; 3] = ["meta", "link", "input"];

#[test]
fn no_text_of_the_page_is_without_its_word() {
    // Name, id, and whether the text inside is accounted for.
    let mut open: Vec<(&str, &str, bool)> = Vec::new();
    for (tag, text) in tags() {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if tag.starts_with('/') {
            while open.pop().is_some_and(|(other, ..)| other != name) {}
        } else if !tag.starts_with('!') && !VOID.contains(&name) {
            let id = attribute(tag, "id").unwrap_or_default();
            // Key caps, names of ships, and what a widget writes into a span of its own.
            let by_itself = ["kbd", "b"].contains(&name) || ["span", "output"].contains(&name) && !id.is_empty();
            open.push((name, id, by_itself || attribute(tag, "data-word").is_some()));
        }
        let wordy = text.chars().filter(|c| c.is_alphabetic()).count() > 1;
        let excused = open.iter().any(|(name, id, _)| EXCUSED.contains(name) || EXCUSED.contains(id));
        let covered = open.last().is_some_and(|(.., covered)| *covered) || WRITTEN.contains(&text.trim());
        assert!(!wordy || excused || covered, "“{}” after <{tag}> has no data-word", text.trim());
    }
}

#[test]
fn parts_are_put_in_and_never_looked_into() {
    let say = |parts: &[&str]| Word::RankOf.with(Language::German, parts);
    assert_eq!(say(&["3", "17"]), "#3 von 17");
    assert_eq!(say(&["{1}", "{0}"]), "#{1} von {0}");
    assert_eq!(say(&["3"]), "#3 von ");
}

#[test]
fn the_browser_chooses_the_first_language() {
    for (tag, language) in [
        ("de", Language::German),
        ("de-AT", Language::German),
        ("DE_ch", Language::German),
        ("en-GB", Language::English),
        ("den", Language::English),
        ("", Language::English),
        ("🦀", Language::English),
    ] {
        assert_eq!(Language::of_browser(tag), language, "{tag}");
    }
}
