//! What those who run the server say to players. Invariant: what a server sends is clean ([`crate::text`]) line by line and
//! within its limits, or decoding failed.

use serde::{Deserialize, Serialize};

use crate::{
    limits::{NOTICE_BYTES_MAX, NOTICE_LINES_MAX, REASON_BYTES_MAX},
    text,
};

/// A word of those who run the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// To whom.
    pub kind: NoticeKind,
    /// What.
    pub text: NoticeText,
}

/// To whom it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeKind {
    /// Everybody: over the game, for a while.
    Announcement,
    /// The reader alone: where people talk, and it stays there.
    Private,
}

/// One line or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeText(String);

impl NoticeText {
    /// Cleaned and cut; `None` when nothing is left.
    #[must_use]
    pub fn clean(raw: &str) -> Option<NoticeText> {
        let mut text = String::new();
        for line in raw.lines().filter_map(text::clean_notice_line).take(NOTICE_LINES_MAX) {
            if text.len() + 1 + line.len() > NOTICE_BYTES_MAX {
                break;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
        }
        (!text.is_empty()).then_some(NoticeText(text))
    }

    /// One for the protocol's fingerprint: both ends compute it, and a page is not to carry the tables that cleaning needs.
    pub(super) fn sample() -> NoticeText {
        NoticeText("a\nb".into())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first line, as much as a close frame holds.
    #[must_use]
    pub fn reason(&self) -> &str {
        let line = self.0.lines().next().unwrap_or_default();
        &line[..line.floor_char_boundary(REASON_BYTES_MAX)]
    }
}

impl Notice {
    /// The field that is beyond its limits, if one is.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        let text = self.text.as_str();
        let good = text.len() <= NOTICE_BYTES_MAX && text.lines().count() <= NOTICE_LINES_MAX;
        (!good).then_some("notice")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_clean_line_by_line_and_has_an_end() {
        let clean = |raw: &str| NoticeText::clean(raw).map(|text| text.as_str().to_owned());
        assert_eq!(clean("  a\u{202E}b \r\n\n\u{7} c\td ").as_deref(), Some("ab\nc d"));
        assert_eq!((clean(""), clean("\n \u{200B}\n")), (None, None));
        let long = clean(&"words and more of them\n".repeat(1_000)).expect("it says something");
        assert_eq!(long.lines().count(), NOTICE_LINES_MAX);
        let wide = NoticeText::clean(&"\u{1D11E}".repeat(9_000)).expect("it says something");
        assert!(wide.as_str().len() <= NOTICE_BYTES_MAX);
        assert_eq!(wide.reason().chars().count(), REASON_BYTES_MAX / 4);
        let notice = |text: String| Notice { kind: NoticeKind::Private, text: NoticeText(text) };
        assert_eq!(notice("x".repeat(NOTICE_BYTES_MAX + 1)).beyond(), Some("notice"));
        assert_eq!(notice("\n".repeat(NOTICE_LINES_MAX + 1)).beyond(), Some("notice"));
        assert_eq!(notice(long).beyond(), None);
    }
}
