//! Cleaning of what people write: names and what they say. Invariant: cleaning what is clean changes nothing; a clean
//! text keeps its limits and has nothing in it that hides, reverses, stacks or breaks the line.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::limits::{CHAT_BYTES_MAX, CHAT_CHARS_MAX};

/// Combining marks kept per base character.
const MARKS_MAX: usize = 2;

/// How long a text may be, and how alike its letters are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Characters.
    pub chars: usize,
    /// Bytes.
    pub bytes: usize,
    /// Letters that stand for others become those (NFKC): for names, which must be told apart. Else only what is
    /// composed is composed (NFC).
    pub alike: bool,
}

/// A line of chat.
const LINE: Shape = Shape { chars: CHAT_CHARS_MAX, bytes: CHAT_BYTES_MAX, alike: false };

/// What somebody says as it may be shown: one line of 1 to 120 characters, NFC, without control, format (bidirectional,
/// zero-width), blank, private and unassigned characters, spaces collapsed. What is longer is cut. `None` when nothing
/// is left.
#[must_use]
pub fn clean_line(raw: &str) -> Option<String> {
    clean(raw, LINE)
}

/// A line of a notice: as one of chat, but there may be more of it, as it is no player's.
pub(crate) fn clean_notice_line(raw: &str) -> Option<String> {
    clean(raw, Shape { chars: 2 * CHAT_CHARS_MAX, bytes: 2 * CHAT_BYTES_MAX, ..LINE })
}

/// Cleans to a shape; `None` when nothing is left.
pub(crate) fn clean(raw: &str, shape: Shape) -> Option<String> {
    let mut text = raw.to_owned();
    // Normalising may create what was removed (and removing may create what normalises): repeat until it rests.
    // It does so at once for honest texts; the bound is for the others.
    for _ in 0..4 {
        let next = pass(&text, shape);
        if next == text {
            break;
        }
        text = next;
    }
    (!text.is_empty() && pass(&text, shape) == text).then_some(text)
}

fn pass(raw: &str, shape: Shape) -> String {
    let looked_at = shape.bytes * 8;
    if shape.alike { sift(raw.nfkc().take(looked_at), shape) } else { sift(raw.nfc().take(looked_at), shape) }
}

fn sift(letters: impl Iterator<Item = char>, shape: Shape) -> String {
    let mut text = String::new();
    let (mut chars, mut marks, mut space) = (0, 0, false);
    for c in letters {
        if c.is_whitespace() {
            space = !text.is_empty();
            continue;
        }
        if !is_shown(c) {
            continue;
        }
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS_MAX || (marks > 0 && (text.is_empty() || space)) {
            continue;
        }
        let room = shape.bytes - text.len();
        if chars + 1 + usize::from(space) > shape.chars || c.len_utf8() + usize::from(space) > room {
            break;
        }
        if space {
            text.push(' ');
            chars += 1;
            space = false;
        }
        text.push(c);
        chars += 1;
    }
    text
}

/// Whether a character is seen when it is shown, and nothing else happens.
pub(crate) fn is_shown(c: char) -> bool {
    let hides = matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    // Letters, marks and a symbol by category, and nothing to the eye: fillers, the grapheme joiner, the empty Braille
    // cell, Mongolian and other variation selectors.
    let blank = matches!(
        c,
        '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}'
    );
    !hides && !blank
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_cleaned() {
        let long = "x".repeat(10_000);
        for (raw, wanted) in [
            ("hello", Some("hello")),
            ("  well \t\r\n played ", Some("well played")),
            ("<img src=x onerror=alert(1)>", Some("<img src=x onerror=alert(1)>")),
            ("a\u{202E}b\u{2066}c\u{200D}\u{200B}\u{FEFF}d", Some("abcd")),
            ("a\u{3164}\u{2800}\u{34F}b", Some("ab")),
            ("z\u{0301}\u{0302}\u{0303}\u{0304}\u{0305}", Some("\u{017A}\u{0302}\u{0303}")),
            ("e\u{0301}", Some("\u{E9}")),
            ("\u{FF21} stays wide", Some("\u{FF21} stays wide")),
            ("Grüße, \u{1F680}", Some("Grüße, \u{1F680}")),
            ("\u{0}\u{1B}[31m", Some("[31m")),
            (" \u{200B}\u{2028}", None),
            ("", None),
            (&long, Some(&long[..CHAT_CHARS_MAX])),
        ] {
            assert_eq!(clean_line(raw).as_deref(), wanted, "{raw:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn cleaning_rests_and_keeps_its_limits(raw in "\\PC{0,200}|[\\u{0}-\\u{10FFFF}]{0,200}") {
            if let Some(line) = clean_line(&raw) {
                prop_assert_eq!(clean_line(&line), Some(line.clone()));
                prop_assert!(line.chars().count() <= CHAT_CHARS_MAX && line.len() <= CHAT_BYTES_MAX);
                prop_assert!(line.chars().all(|c| c == ' ' || (is_shown(c) && !c.is_whitespace())));
            }
        }
    }
}
