//! Points and rank. Invariant: both come from the last leaderboard message.

use super::{Cached, Dom, Frame, Widget};
use crate::words::{Language, Word};

/// The number at the top.
#[derive(Debug, Default)]
pub struct Score {
    shown: Cached<Option<(u16, u32, u16)>>,
    spoken: Cached<Language>,
}

impl Widget for Score {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let board = frame.leaderboard();
        let own = board.own.as_ref().map(|(rank, row)| (*rank, row.score, board.pilots));
        // Both are to be asked: each remembers.
        if !(self.shown.changed(own) | self.spoken.changed(frame.language)) {
            return;
        }
        dom.flag("score-panel", "off", own.is_none());
        if let Some((rank, score, pilots)) = own {
            dom.text("score", &grouped(score));
            dom.text("rank", &Word::RankOf.with(frame.language, &[&rank.to_string(), &pilots.to_string()]));
        }
    }
}

/// A number with a thin space between thousands.
#[must_use]
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 6);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{2009}234\u{2009}567");
    }
}
