//! What the page says, in every language. Invariant: one table ([`Word`]), in which each row holds every language, so a
//! missing one does not compile; the texts of a row have the same placeholders, which a test looks after. Names of ships,
//! pilots and rooms are the same everywhere. The lab and the details of the line speak English only: they are read beside
//! the code.

mod table;

use shared::defs::Mutator;

pub use table::Word;

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// How many there are.
    pub const COUNT: usize = 2;
    /// All of them, in the order of the columns of the table.
    pub const ALL: [Language; Language::COUNT] = [Language::English, Language::German];

    /// As in `<html lang>`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// The language to begin with in a browser that prefers `tag` (`de-AT`, say); English for any other.
    #[must_use]
    pub fn of_browser(tag: &str) -> Language {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary)).unwrap_or_default()
    }
}

impl Word {
    /// The word with this key, as in a `data-word` of index.html.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Word> {
        Word::ALL.iter().copied().find(|word| word.key() == key)
    }

    /// A mutator, as `name: what it does`.
    #[must_use]
    pub fn of_mutator(mutator: Mutator) -> Word {
        match mutator {
            Mutator::LowGravity => Word::MutatorLowGravity,
            Mutator::HeavyStar => Word::MutatorHeavyStar,
            Mutator::GlassHulls => Word::MutatorGlassHulls,
            Mutator::FullThrottle => Word::MutatorFullThrottle,
            Mutator::LongShots => Word::MutatorLongShots,
            Mutator::RichKills => Word::MutatorRichKills,
            Mutator::FullBatteries => Word::MutatorFullBatteries,
            Mutator::OpenHangar => Word::MutatorOpenHangar,
        }
    }

    /// In a language.
    #[must_use]
    pub fn say(self, language: Language) -> &'static str {
        self.texts()[language as usize]
    }

    /// In a language, with `parts` in the places of `{0}`, `{1}`…; what is put in is never looked into again.
    #[must_use]
    pub fn with(self, language: Language, parts: &[&str]) -> String {
        let mut text = String::with_capacity(64);
        let mut rest = self.say(language);
        while let Some(open) = rest.find('{') {
            text.push_str(&rest[..open]);
            let inside = &rest[open + 1..];
            let close = inside.find('}').unwrap_or(inside.len());
            let part = inside[..close].parse::<usize>().ok().and_then(|number| parts.get(number));
            text.push_str(part.unwrap_or(&""));
            rest = inside.get(close + 1..).unwrap_or("");
        }
        text.push_str(rest);
        text
    }
}

#[cfg(test)]
mod tests;
