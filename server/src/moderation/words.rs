//! Words that nobody is to read: the host's list, and what becomes of lines and names that hold one. Pure but for reading the
//! file.
//!
//! A line of the file is a word, a comment behind `#`, or blank. A word is looked for as a whole; with `*` before or behind it,
//! also where it goes on there. Case, accents, letters of other alphabets that look alike and digits in the place of letters make
//! no difference; a word has at least one real letter where it is found, so that no number is one.
//!
//! Invariant: a line keeps its number of characters; what holds no word stays as it is; a file that is not right is none.

use std::{borrow::Cow, fmt, fs, io, path::Path, sync::Arc};

use aho_corasick::AhoCorasick;
use shared::{
    name,
    protocol::{ClientMessage, Words},
    text,
};
use tokio::sync::watch;

/// Words of a list. More: refused.
const WORDS_MAX: usize = 5_000;
/// Letters of a word.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=40;
/// Bytes of a file. More: refused unread.
const FILE_BYTES_MAX: u64 = 512 * 1_024;

/// Why a file is no list.
#[derive(Debug)]
pub enum WordsError {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It is too long.
    Long,
    /// There are too many words in it.
    TooMany,
    /// This line of it is no word.
    NoWord {
        /// Counted from one.
        line: usize,
        /// What is wrong with it.
        why: NoWord,
    },
}

/// Why something is no word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoWord {
    /// There are blanks in it.
    Blanks,
    /// A `*` is not at its beginning or its end.
    Star,
    /// It is too short or too long.
    Length,
    /// There is no letter in it.
    Letters,
}

impl fmt::Display for WordsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WordsError::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            WordsError::Long => write!(f, "it is longer than {} KiB", FILE_BYTES_MAX / 1_024),
            WordsError::TooMany => write!(f, "there are more than {WORDS_MAX} words in it"),
            WordsError::NoWord { line, why } => write!(f, "line {line}: {why}"),
        }
    }
}

impl fmt::Display for NoWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoWord::Blanks => f.write_str("one word on a line, please"),
            NoWord::Star => f.write_str("a * stands before a word or behind it"),
            NoWord::Length => write!(f, "a word has {} to {} letters", LETTERS.start(), LETTERS.end()),
            NoWord::Letters => f.write_str("a word has a letter in it"),
        }
    }
}

/// A list of words.
#[derive(Debug, Clone, Default)]
pub struct WordList {
    /// `None` where there are no words.
    search: Option<AhoCorasick>,
    ends: Vec<Ends>,
}

/// Whether a word may go on, before it and behind it.
#[derive(Debug, Clone, Copy)]
struct Ends {
    before: bool,
    behind: bool,
}

/// The list that holds now; a reload may bring another.
pub type LiveWords = watch::Receiver<Arc<WordList>>;

impl WordList {
    /// Reads a file.
    ///
    /// # Errors
    /// See [`WordsError`].
    pub fn read(file: &Path) -> Result<WordList, WordsError> {
        let bytes = fs::metadata(file).map_err(WordsError::Unreadable)?.len();
        if bytes > FILE_BYTES_MAX {
            return Err(WordsError::Long);
        }
        WordList::of_text(&fs::read_to_string(file).map_err(WordsError::Unreadable)?)
    }

    /// Of what stands in a file.
    ///
    /// # Errors
    /// See [`WordsError`].
    pub fn of_text(text: &str) -> Result<WordList, WordsError> {
        let (mut folds, mut ends) = (Vec::new(), Vec::new());
        for (index, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            let word = line.split('#').next().unwrap_or_default().trim();
            if word.is_empty() {
                continue;
            }
            let (fold, end) = word_of(word).map_err(|why| WordsError::NoWord { line: index + 1, why })?;
            if folds.len() >= WORDS_MAX {
                return Err(WordsError::TooMany);
            }
            folds.push(fold);
            ends.push(end);
        }
        if folds.is_empty() {
            return Ok(WordList::default());
        }
        let search = AhoCorasick::new(&folds).map_err(|_| WordsError::TooMany)?;
        Ok(WordList { search: Some(search), ends })
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text with a `*` for each letter of every word in it.
    #[must_use]
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        // What is hidden is no letter any more, so what stood beside it may now be a word by itself. Each time round hides a
        // letter at least.
        loop {
            let spans = self.spans(&masked);
            if spans.is_empty() {
                return masked;
            }
            let is_hidden = |at: usize| spans.iter().any(|&(from, to)| (from..=to).contains(&at));
            masked = masked.chars().enumerate().map(|(at, c)| if is_hidden(at) { '*' } else { c }).collect();
        }
    }

    /// Whether there is a word in it.
    #[must_use]
    pub fn finds_in(&self, text: &str) -> bool {
        !self.spans(text).is_empty()
    }

    /// What a page says, as a room may hear it.
    #[must_use]
    pub fn sift(&self, message: ClientMessage) -> ClientMessage {
        match message {
            _ if self.is_empty() => message,
            // Cleaned first, as the room will: what hides inside a word must not hide the word.
            ClientMessage::Say(Words::Text(raw)) => {
                let clean = text::clean_line(&raw).map(|line| self.mask(&line).into_owned());
                ClientMessage::Say(Words::Text(clean.unwrap_or_default()))
            }
            // Whoever has no name is given one.
            ClientMessage::Play { name: raw, class } => {
                let name = name::clean(&raw).filter(|name| !self.finds_in(name)).unwrap_or_default();
                ClientMessage::Play { name, class }
            }
            other => other,
        }
    }

    /// From which character to which there are words.
    fn spans(&self, text: &str) -> Vec<(usize, usize)> {
        let Some(search) = &self.search else { return Vec::new() };
        let letters: Vec<char> = text.chars().collect();
        let folded = Folded::of(&letters);
        let found = search.find_overlapping_iter(&folded.text).filter_map(|found| {
            let ends = self.ends.get(found.pattern().as_usize())?;
            let (from, to) = (*folded.places.get(found.start())?, *folded.places.get(found.end() - 1)?);
            let goes_on_before = folded.goes_on(folded.places[..found.start()].last().copied(), from);
            let goes_on_behind = folded.goes_on(folded.places.get(found.end()).copied(), to);
            let stands = (ends.before || !goes_on_before) && (ends.behind || !goes_on_behind);
            let has_letter = letters[from..=to].iter().any(|c| c.is_alphabetic());
            (stands && has_letter).then_some((from, to))
        });
        found.collect()
    }
}

/// A word as it is looked for.
fn word_of(word: &str) -> Result<(String, Ends), NoWord> {
    let (before, rest) = word.strip_prefix('*').map_or((false, word), |rest| (true, rest));
    let (behind, bare) = rest.strip_suffix('*').map_or((false, rest), |rest| (true, rest));
    if bare.contains(char::is_whitespace) {
        return Err(NoWord::Blanks);
    }
    if bare.contains('*') {
        return Err(NoWord::Star);
    }
    if !LETTERS.contains(&bare.chars().count()) {
        return Err(NoWord::Length);
    }
    let fold = Folded::of(&bare.chars().collect::<Vec<_>>()).text;
    if fold.is_empty() || !bare.contains(char::is_alphabetic) {
        return Err(NoWord::Letters);
    }
    Ok((fold, Ends { before, behind }))
}

/// A text as it looks at a glance, and which of its characters each byte of that is from.
#[derive(Debug, Default)]
struct Folded {
    text: String,
    places: Vec<usize>,
    /// By character, whether it is part of a word.
    in_word: Vec<bool>,
}

impl Folded {
    fn of(letters: &[char]) -> Folded {
        let mut folded = Folded::default();
        for (place, letter) in letters.iter().enumerate() {
            let look: String = name::bare_look_of(*letter).chars().map(stood_for).collect();
            // A sign that stands for a letter ends a word as well as it is part of one.
            folded.in_word.push(letter.is_alphanumeric());
            folded.places.extend(std::iter::repeat_n(place, look.len()));
            folded.text.push_str(&look);
        }
        folded
    }

    /// Whether the character at `next` belongs to the word that ends (or begins) at `end`.
    fn goes_on(&self, next: Option<usize>, end: usize) -> bool {
        // Part of one letter is no word.
        next.is_some_and(|next| next == end || next.abs_diff(end) == 1 && self.in_word[next])
    }
}

/// The letter that a digit or a sign is written for.
fn stood_for(c: char) -> char {
    match c {
        // A one looks like an l, and is written for an i.
        'l' | '|' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared::defs::ShipClass;

    fn list(text: &str) -> WordList {
        WordList::of_text(text).unwrap()
    }

    #[test]
    fn words_are_masked_and_what_only_holds_their_letters_is_not() {
        let words = list("# nobody is to read these\n\nbadger\nass\n*moose*\npre*\n*fix  # behind\nMüll\nshift\n");
        assert_eq!(words.len(), 7);
        for (line, masked) in [
            ("a badger, a BADGER!", "a ******, a ******!"),
            ("b\u{E0}dger \u{432}adger b\u{430}dg\u{435}r", "****** \u{432}adger ******"),
            ("b4dg3r sh1ft shIft sh|ft a$$", "****** ***** ***** ***** ***"),
            ("badgers class passage assess", "badgers class passage assess"),
            ("moose mooses vamoosed", "***** *****s va*****d"),
            ("prefix pre present spree affix", "****** *** ***sent spree af***"),
            ("455 points, 455", "455 points, 455"),
            ("muell MULL m\u{FC}ll m\u{308}ull", "muell **** **** *****"),
            ("sh!ft! shift$ $shift", "*****! *****$ $*****"),
            ("badger-badger bad ger", "******-****** bad ger"),
            ("\u{FF42}\u{FF41}\u{FF44}\u{FF47}\u{FF45}\u{FF52}", "******"),
            ("", ""),
        ] {
            assert_eq!(words.mask(line), masked, "{line}");
            assert_eq!(words.finds_in(line), line != masked, "{line}");
        }
    }

    #[test]
    fn what_is_a_word_once_its_neighbour_is_hidden_is_hidden_too() {
        assert_eq!(list("ii").mask("i|i1|"), "****|");
    }

    #[test]
    fn what_hides_inside_a_word_does_not_hide_the_word() {
        let words = list("badger");
        let say = |raw: &str| ClientMessage::Say(Words::Text(raw.into()));
        assert_eq!(words.sift(say("ba\u{200B}d\u{202E}ger!")), say("******!"));
        let play = |name: &str| ClientMessage::Play { name: name.into(), class: ShipClass::default() };
        for (name, kept) in [("B\u{200D}adger", ""), ("The Badger", ""), ("Badgers", "Badgers"), ("Ada", "Ada")] {
            assert_eq!(words.sift(play(name)), play(kept), "{name}");
        }
        assert_eq!(words.sift(ClientMessage::Leave), ClientMessage::Leave);
        assert_eq!(WordList::default().sift(say("ba\u{200B}dger")), say("ba\u{200B}dger"), "the room cleans");
    }

    #[test]
    fn a_file_that_is_not_right_is_refused_with_its_line() {
        for (text, error) in [
            ("good\ntwo words", "line 2: one word on a line, please"),
            ("a", "line 1: a word has 2 to 40 letters"),
            ("good\n\n#\nba*d", "line 4: a * stands before a word or behind it"),
            ("***", "line 1: a * stands before a word or behind it"),
            ("455", "line 1: a word has a letter in it"),
            ("\u{301}\u{301}\u{301}", "line 1: a word has a letter in it"),
            (&"x".repeat(41), "line 1: a word has 2 to 40 letters"),
            (&"word\n".repeat(WORDS_MAX + 1), "there are more than 5000 words in it"),
        ] {
            assert_eq!(WordList::of_text(text).unwrap_err().to_string(), error);
        }
        assert!(list("\u{FEFF}# none\r\n").is_empty());
        let folder = tempfile::tempdir().unwrap();
        let missing = WordList::read(&folder.path().join("none")).unwrap_err();
        assert!(matches!(missing, WordsError::Unreadable(_)), "{missing}");
        let long = folder.path().join("long");
        fs::write(&long, "#".repeat(FILE_BYTES_MAX as usize + 1)).unwrap();
        assert!(matches!(WordList::read(&long), Err(WordsError::Long)));
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_length_and_is_clean_of_the_words_when_masked(
            text in "\\PC{0,60}|[badgermnsoe \\u{300}-\\u{303}*|1i$]{0,60}",
        ) {
            let words = list("badger\n*moose*\nman\nii\n*sin");
            let masked = words.mask(&text).into_owned();
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            prop_assert!(!words.finds_in(&masked), "{} of {}", masked, text);
            let file = WordList::of_text(&text);
            prop_assert!(file.is_err() || file.is_ok_and(|list| list.len() <= text.lines().count()));
        }
    }
}
