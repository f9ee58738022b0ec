//! Points, rank and what is left of the season. Invariant: all come from the last leaderboard message.

use shared::tick::TICK_HZ;

use super::{Cached, Dom, Frame, Widget};
use crate::words::{Language, Word};

/// The number at the top.
#[derive(Debug, Default)]
pub struct Score {
    shown: Cached<Option<(u16, u32, u16)>>,
    spoken: Cached<Language>,
    /// Seconds left of the season.
    left: Cached<(Option<i32>, Language)>,
}

impl Widget for Score {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        let board = frame.leaderboard();
        let left = board.season_ends.map(|ends| (ends.since(frame.view.tick).max(0) as u32).div_ceil(TICK_HZ) as i32);
        if self.left.changed((left, frame.language)) {
            dom.flag("season", "off", left.is_none());
            if let Some(left) = left {
                dom.text("season", &Word::SeasonLeft.with(frame.language, &[&clock(left)]));
            }
        }
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

/// Minutes and seconds.
fn clock(seconds: i32) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    [minutes.to_string().as_str(), if rest < 10 { ":0" } else { ":" }, &rest.to_string()].concat()
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
    fn what_is_left_is_said_in_minutes_and_seconds() {
        assert_eq!([clock(0), clock(9), clock(61), clock(600)], ["0:00", "0:09", "1:01", "10:00"]);
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{2009}234\u{2009}567");
    }
}
