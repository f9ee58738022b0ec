//! `[moderation]`: what keeps people civil.

use std::path::PathBuf;

use super::{
    ConfigError,
    kind::{Kind, optional, path, quoted},
    raw::Raw,
    setting::settings,
};
use crate::moderation::{webhook::Hook, words::WordList};

settings! {
    /// What keeps people civil where no staff looks on.
    pub struct ModerationSettings {
        /// File with words that nobody is to read, one on each line: in chat there are stars in their place, and whoever has
        /// one in their name is called "Pilot" and a number. A * before or behind a word finds it inside others as well; what
        /// follows a # is a comment. A reload reads the file again.
        words: Option<PathBuf> = None, optional(path(), "chat and names are as people write them"), [Live];
        /// Address of a webhook (Discord, Slack and their like) that is told of reports, bans, flags and rooms that broke. It is a
        /// secret: whoever knows it can write there.
        webhook: Option<Hook> = None, optional(HookAddress, "nobody is told"), [Secret, Live];
    }
}

/// Where a webhook is.
#[derive(Debug)]
struct HookAddress;

impl Kind for HookAddress {
    type Value = Hook;

    fn allowed(&self) -> String {
        "https:// or http:// with a host and a path".to_owned()
    }

    fn placeholder(&self) -> &'static str {
        "URL"
    }

    fn read(&self, raw: &Raw) -> Option<Hook> {
        Hook::parse(raw.text()?.trim())
    }

    fn write(&self, value: &Hook) -> Option<String> {
        Some(quoted(&value.text()))
    }
}

impl ModerationSettings {
    /// The words, if there is a file of them.
    ///
    /// # Errors
    /// The file is not there, or is not right.
    pub fn read_words(&self) -> Result<WordList, ConfigError> {
        let Some(file) = &self.words else { return Ok(WordList::default()) };
        WordList::read(file).map_err(|error| ConfigError::Words(file.clone(), error))
    }
}
