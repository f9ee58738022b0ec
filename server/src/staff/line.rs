//! A command line taken apart into words. Pure. Invariant: whatever the text holds, it comes apart or is refused with one
//! sentence; nothing in it is a command to anything but the table.
//!
//! Words stand between blanks; one with blanks stands between `"`, in which `\"` and `\\` are `"` and `\`. The last argument
//! of a command that is a text takes the rest of the line as it is.

use std::fmt;

/// Bytes of a line. Longer: refused.
pub const LINE_BYTES_MAX: usize = 1_024;

/// Why a line is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineError {
    /// It is too long.
    Long,
    /// It has a control character in it.
    Control,
    /// A `"` is not closed.
    Quote,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineError::Long => write!(f, "a line has {LINE_BYTES_MAX} bytes at most"),
            LineError::Control => f.write_str("a line has no control characters in it"),
            LineError::Quote => f.write_str("a \" is not closed"),
        }
    }
}

/// What is left of a line.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// The whole line.
    ///
    /// # Errors
    /// See [`LineError`].
    pub fn of(line: &'a str) -> Result<Words<'a>, LineError> {
        let line = line.trim();
        if line.len() > LINE_BYTES_MAX {
            return Err(LineError::Long);
        }
        // What people paste may hold a tab.
        if line.chars().any(|c| c.is_control() && c != '\t') {
            return Err(LineError::Control);
        }
        Ok(Words(line))
    }

    /// The next word.
    ///
    /// # Errors
    /// A quote is not closed.
    pub fn next_word(&mut self) -> Result<Option<String>, LineError> {
        let mut chars = self.0.chars();
        let (word, rest) = match chars.next() {
            None => return Ok(None),
            Some('"') => quoted(chars.as_str())?,
            Some(_) => {
                let end = self.0.find(char::is_whitespace).unwrap_or(self.0.len());
                (self.0[..end].to_owned(), &self.0[end..])
            }
        };
        self.0 = rest.trim_start();
        Ok(Some(word))
    }

    /// Everything that is left, as it is; without the quotes when all of it stands in one pair of them.
    #[must_use]
    pub fn rest(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.0);
        let whole = rest.strip_prefix('"').and_then(|inner| quoted(inner).ok());
        match whole {
            Some((word, "")) => Some(word).filter(|word| !word.is_empty()),
            _ => Some(rest.to_owned()).filter(|rest| !rest.is_empty()),
        }
    }
}

/// What stands up to the closing quote, and what is behind it.
fn quoted(text: &str) -> Result<(String, &str), LineError> {
    let mut word = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next() {
            Some('"') => return Ok((word, chars.as_str())),
            Some('\\') => word.extend(chars.next()),
            Some(c) => word.push(c),
            None => return Err(LineError::Quote),
        }
    }
}

/// A word as it has to be written so that it is read as one.
#[must_use]
pub fn quote(word: &str) -> String {
    if !word.is_empty() && !word.starts_with('"') && !word.contains(char::is_whitespace) {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(line: &str) -> Result<Vec<String>, LineError> {
        let mut words = Words::of(line)?;
        std::iter::from_fn(|| words.next_word().transpose()).collect()
    }

    #[test]
    fn words_stand_between_blanks_or_quotes() {
        for (line, expected) in [
            ("", vec![]),
            ("   ", vec![]),
            ("kick  Foo\tspam", vec!["kick", "Foo", "spam"]),
            ("kick \"Foo Bar\" x", vec!["kick", "Foo Bar", "x"]),
            (r#"kick "a\"b\\c""#, vec!["kick", "a\"b\\c"]),
            ("kick \"\"", vec!["kick", ""]),
            ("it's \u{202e}fine", vec!["it's", "\u{202e}fine"]),
            ("a\"b c", vec!["a\"b", "c"]),
        ] {
            assert_eq!(words(line).unwrap(), expected, "{line}");
        }
        assert_eq!(words("kick \"Foo"), Err(LineError::Quote));
        assert_eq!(words("kick \"Foo\\"), Err(LineError::Quote));
        assert_eq!(words("a\nb"), Err(LineError::Control));
        assert_eq!(words(&"é".repeat(600)), Err(LineError::Long));
    }

    #[test]
    fn the_rest_is_taken_as_it_is() {
        for (line, rest) in [
            ("say a  \"b\" c", Some("a  \"b\" c")),
            ("say \"all of it\"", Some("all of it")),
            ("say \"not closed", Some("\"not closed")),
            ("say \"\"", None),
            ("say", None),
        ] {
            let mut words = Words::of(line).unwrap();
            assert_eq!(words.next_word().unwrap().as_deref(), Some("say"));
            assert_eq!(words.rest().as_deref(), rest, "{line}");
            assert_eq!(words.rest(), None);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_apart_or_is_refused(line in "\\PC{0,80}|[\\s\\S]{0,80}|[\"\\\\ a]{0,40}") {
            let _ = words(&line);
            if let Ok(mut left) = Words::of(&line) {
                let _ = left.next_word();
                let _ = left.rest();
            }
        }

        #[test]
        fn a_quoted_word_is_read_as_it_was(list in proptest::collection::vec("\\PC{0,12}|[\"\\\\ a]{0,6}", 0..6)) {
            let line = list.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(&line).unwrap(), list);
        }
    }
}
