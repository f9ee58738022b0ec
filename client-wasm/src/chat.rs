//! What people said, as this page keeps it: the last lines, whom one does not want to hear, and the words of the quick
//! phrases. Invariant: a line of somebody muted is never shown; a line heard again after a lost connection is one line.

pub mod desk;

use shared::{
    ids::PlayerId,
    protocol::{ChatLine, Quick, Words},
};

use crate::words::{Language, Word};

/// Who says what no player does.
const NOBODY: PlayerId = PlayerId(u16::MAX);
/// Lines kept.
pub const LINES_MAX: usize = 8;
/// A line is shown this long, µs…
pub const STAY_US: u64 = 14_000_000;
/// …and fades in the last part of it, µs.
pub const FADE_US: u64 = 2_000_000;
/// People one can mute in a session; more: the first is heard again.
pub const MUTED_MAX: usize = 32;

/// A line, and when it was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Who said it under which name, and what.
    pub line: ChatLine,
    /// When, µs.
    pub at_us: u64,
    /// Counts lines since the page was loaded.
    pub number: u32,
    /// What stands before it, where no player said it.
    pub label: Option<Word>,
}

impl Heard {
    /// What it says to a reader of this language.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match &self.line.words {
            Words::Text(text) => text,
            Words::Quick(quick) => phrase(*quick).say(language),
        }
    }
}

/// Everything of talk that this page knows.
#[derive(Debug, Default)]
pub struct ChatLog {
    lines: Vec<Heard>,
    muted: Vec<String>,
    note: Option<(Word, u64)>,
    next: u32,
}

impl ChatLog {
    /// Lines said now.
    pub fn hear(&mut self, lines: Vec<ChatLine>, now_us: u64) {
        for line in lines {
            self.keep(line, None, now_us);
        }
    }

    /// Something that no player said, for this page alone; it may have several lines.
    pub fn tell(&mut self, label: Option<Word>, text: &str, now_us: u64) {
        let line = ChatLine { player: NOBODY, name: String::new(), words: Words::Text(text.to_owned()) };
        self.keep(line, label, now_us);
    }

    fn keep(&mut self, line: ChatLine, label: Option<Word>, now_us: u64) {
        if self.lines.len() == LINES_MAX {
            self.lines.remove(0);
        }
        self.lines.push(Heard { line, at_us: now_us, number: self.next, label });
        self.next = self.next.wrapping_add(1);
    }

    /// Lines said before this connection. Some of them may have been heard on the one before it.
    pub fn hear_earlier(&mut self, mut lines: Vec<ChatLine>, now_us: u64) {
        let said: Vec<&ChatLine> =
            self.lines.iter().map(|heard| &heard.line).filter(|line| line.player != NOBODY).collect();
        let known = |lines: &[ChatLine], count: usize| said[said.len() - count..].iter().copied().eq(&lines[..count]);
        let most = lines.len().min(said.len());
        let heard = (0..=most).rev().find(|&count| known(&lines, count)).unwrap_or(0);
        lines.drain(..heard);
        self.hear(lines, now_us);
    }

    /// Nobody hears what one says, and why.
    pub fn hush(&mut self, why: Word, now_us: u64) {
        self.note = Some((why, now_us));
    }

    /// Why nobody hears one, if one was told so lately.
    #[must_use]
    pub fn hushed(&self, now_us: u64) -> Option<Word> {
        self.note.filter(|(_, at)| now_us.saturating_sub(*at) < STAY_US / 3).map(|(why, _)| why)
    }

    /// What to show, oldest first: what is fresh, or with `all` whatever is kept.
    pub fn shown(&self, now_us: u64, all: bool) -> impl Iterator<Item = &Heard> {
        let fresh = move |heard: &&Heard| all || now_us.saturating_sub(heard.at_us) < STAY_US;
        self.lines.iter().filter(fresh).filter(|heard| !self.is_muted(&heard.line.name))
    }

    /// Mutes somebody, or hears them again.
    pub fn toggle_mute(&mut self, name: &str) {
        let before = self.muted.len();
        self.muted.retain(|muted| muted != name);
        if self.muted.len() == before {
            self.mute(name);
        }
    }

    /// Mutes somebody. By name, which is unique in a room: a slot is somebody else's when they have left, and whoever
    /// comes back under their name is them.
    pub fn mute(&mut self, name: &str) {
        if self.muted.len() == MUTED_MAX {
            self.muted.remove(0);
        }
        self.muted.push(name.to_owned());
    }

    /// Whether one does not want to hear `name`.
    #[must_use]
    pub fn is_muted(&self, name: &str) -> bool {
        self.muted.iter().any(|muted| muted == name)
    }

    /// Whom one does not want to hear, in the order in which they were muted.
    #[must_use]
    pub fn muted(&self) -> &[String] {
        &self.muted
    }
}

/// The command that reports somebody to those who run the server.
#[must_use]
pub fn report_of(name: &str) -> String {
    ["/report \"", &name.replace('\\', "\\\\").replace('"', "\\\""), "\""].concat()
}

/// What a quick word says.
#[must_use]
pub fn phrase(quick: Quick) -> Word {
    match quick {
        Quick::GoodShot => Word::QuickShot,
        Quick::Help => Word::QuickHelp,
        Quick::FollowMe => Word::QuickFollow,
        Quick::Thanks => Word::QuickThanks,
        Quick::Sorry => Word::QuickSorry,
        Quick::WellPlayed => Word::QuickPlayed,
        Quick::Danger => Word::QuickDanger,
        Quick::No => Word::QuickNo,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn line(name: &str, text: &str) -> ChatLine {
        ChatLine { player: PlayerId(1), name: name.into(), words: Words::Text(text.into()) }
    }

    fn texts(log: &ChatLog, now_us: u64, all: bool) -> Vec<&str> {
        log.shown(now_us, all).map(|heard| heard.text(Language::English)).collect()
    }

    #[test]
    fn lines_fade_and_come_back_while_one_writes() {
        let mut log = ChatLog::default();
        log.hear(vec![line("Ada", "old")], 0);
        log.hear(vec![ChatLine { words: Words::Quick(Quick::Help), ..line("Bo", "") }], STAY_US - 1);
        assert_eq!(texts(&log, STAY_US - 1, false), ["old", "Help!"]);
        assert_eq!(texts(&log, STAY_US, false), ["Help!"]);
        assert_eq!(texts(&log, 3 * STAY_US, true), ["old", "Help!"]);
        log.hear((0..20).map(|n| line("Ada", &n.to_string())).collect(), 5);
        assert_eq!(texts(&log, 5, false).len(), LINES_MAX);
        assert_eq!(texts(&log, 5, false)[7], "19");
    }

    #[test]
    fn who_is_muted_is_not_shown_until_heard_again() {
        let mut log = ChatLog::default();
        log.hear(vec![line("Ada", "a"), line("Bo", "b")], 0);
        log.toggle_mute("Ada");
        assert_eq!((texts(&log, 0, true), log.muted()), (vec!["b"], &["Ada".to_owned()][..]));
        log.hear(vec![line("Ada", "c")], 0);
        assert_eq!(texts(&log, 0, true), ["b"]);
        log.toggle_mute("Ada");
        assert_eq!(texts(&log, 0, true), ["a", "b", "c"]);
        (0..40).for_each(|n| log.mute(&n.to_string()));
        assert_eq!(log.muted().len(), MUTED_MAX);
    }

    #[test]
    fn who_is_reported_is_named_as_a_command_reads_it() {
        assert_eq!(report_of("Ada"), r#"/report "Ada""#);
        assert_eq!(report_of(r#"a "b\c""#), r#"/report "a \"b\\c\"""#);
    }

    #[test]
    fn what_a_new_connection_tells_again_is_not_said_again() {
        let mut log = ChatLog::default();
        log.hear_earlier(vec![line("Ada", "a"), line("Bo", "b")], 0);
        log.hear(vec![line("Ada", "c")], 1);
        log.hear_earlier(["a", "b", "c", "d"].map(|text| line(if text == "b" { "Bo" } else { "Ada" }, text)).into(), 2);
        assert_eq!(texts(&log, 2, true), ["a", "b", "c", "d"]);
        // Another room, or the same after a restart.
        log.hear_earlier(vec![line("Eve", "a")], 3);
        assert_eq!(texts(&log, 3, true), ["a", "b", "c", "d", "a"]);
    }
}
