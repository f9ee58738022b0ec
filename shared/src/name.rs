//! Cleaning of names. Invariant: `clean(clean(x)) == clean(x)`; a clean name has 1 to 16 characters, at most 48
//! bytes, and nothing that hides, reverses or stacks; no name looks like authority.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::skeleton;

use crate::{
    limits::{NAME_BYTES_MAX, NAME_CHARS_MAX},
    text::{self, Shape},
};

/// How long a name may be; letters that stand for others become those.
const NAME: Shape = Shape { chars: NAME_CHARS_MAX, bytes: NAME_BYTES_MAX, alike: true };
/// Names that sound like authority.
const RESERVED: [&str; 6] = ["admin", "administrator", "moderator", "mod", "server", "system"];

/// The name as it may be shown: NFKC, without control, format, blank, private and unassigned characters, spaces
/// collapsed. `None` when nothing is left or the name is reserved.
#[must_use]
pub fn clean(raw: &str) -> Option<String> {
    text::clean(raw, NAME).filter(|name| !is_reserved(name))
}

/// What a name looks like to a reader, whatever letters it is made of and whatever their case: its UTS 39 skeleton.
/// Two names with the same look are the same name.
#[must_use]
pub fn look_of(name: &str) -> String {
    let lower: String = name.chars().flat_map(char::to_lowercase).collect();
    // Once more after the skeleton: some capitals exist only as the picture of something else.
    skeleton(&lower).flat_map(char::to_lowercase).collect()
}

/// What one letter looks like to a reader, in whatever case and without its accents; nothing for an accent alone.
#[must_use]
pub fn bare_look_of(letter: char) -> String {
    let bare: String = letter.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    look_of(&bare).nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Reserved words, also with other letters that look alike, with anything but letters between them and digits after.
fn is_reserved(name: &str) -> bool {
    let letters: String = name.chars().filter(|c| c.is_alphabetic()).collect();
    let look = look_of(&letters);
    RESERVED.iter().any(|word| look_of(word) == look)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_cleaned() {
        for (raw, wanted) in [
            ("Ada", Some("Ada")),
            ("  Grace \t Hopper ", Some("Grace Hopper")),
            ("a\u{202E}b\u{200B}c", Some("abc")),
            ("z\u{0301}\u{0302}\u{0303}\u{0304}", Some("\u{017A}\u{0302}\u{0303}")),
            ("abcdefghijklmnopqrstuvwxyz", Some("abcdefghijklmnop")),
            ("\u{FF21}\u{FF24}", Some("AD")),
            ("<b>hi</b>", Some("<b>hi</b>")),
            ("", None),
            (" \u{200B}\n", None),
            ("\u{3164}\u{FFA0}", None),
            ("A d-m.i n", None),
            ("SYSTEM", None),
            ("\u{0430}dmin", None),
            ("S\u{0435}rver", None),
            ("Admin 1", None),
            ("\u{0410}da", Some("\u{0410}da")),
        ] {
            assert_eq!(clean(raw).as_deref(), wanted, "{raw:?}");
        }
    }

    #[test]
    fn a_letter_looks_like_its_plainest_form() {
        for (letters, bare) in
            [("aA\u{430}\u{FF21}\u{E0}\u{C5}\u{1D41A}", "a"), ("o0\u{3BF}\u{F6}", "o"), ("\u{301}", "")]
        {
            for letter in letters.chars() {
                assert_eq!(bare_look_of(letter), bare, "{letter:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn cleaning_rests_and_keeps_its_limits(raw in "\\PC{0,40}|[\\u{0}-\\u{10FFFF}]{0,40}") {
            if let Some(name) = clean(&raw) {
                prop_assert_eq!(clean(&name), Some(name.clone()));
                prop_assert!(name.chars().count() <= NAME_CHARS_MAX && name.len() <= NAME_BYTES_MAX);
                prop_assert!(name.chars().all(|c| c == ' ' || (text::is_shown(c) && !c.is_whitespace())));
            }
        }
    }
}
