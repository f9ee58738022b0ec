//! What people say to each other. Invariant: what a room repeats is clean ([`crate::text`]) and within its limits, or
//! decoding failed. What a quick word means to a reader is the reader's page's to say.

use serde::{Deserialize, Serialize};

use crate::{ids::PlayerId, limits};

/// What may be said in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ChatMode {
    /// Nothing.
    Off,
    /// Quick words only.
    Quick,
    /// Whatever one likes.
    #[default]
    Full,
}

/// A thing to say that needs no letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Quick {
    /// Well aimed.
    GoodShot,
    /// I am in trouble.
    Help,
    /// Come with me.
    FollowMe,
    /// Thank you.
    Thanks,
    /// I did not mean that.
    Sorry,
    /// A good fight.
    WellPlayed,
    /// Look out.
    Danger,
    /// I will not.
    No,
}

impl Quick {
    /// All of them, by number.
    pub const ALL: [Quick; 8] = [
        Quick::GoodShot,
        Quick::Help,
        Quick::FollowMe,
        Quick::Thanks,
        Quick::Sorry,
        Quick::WellPlayed,
        Quick::Danger,
        Quick::No,
    ];
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Words {
    /// Letters. From a client as they were typed, from a room cleaned.
    Text(String),
    /// A quick word.
    Quick(Quick),
}

impl Words {
    /// Whether `mode` lets it be said.
    #[must_use]
    pub fn allowed(&self, mode: ChatMode) -> bool {
        match mode {
            ChatMode::Off => false,
            ChatMode::Quick => matches!(self, Words::Quick(_)),
            ChatMode::Full => true,
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLine {
    /// The slot it was said in.
    pub player: PlayerId,
    /// The name it was said under: the slot may be somebody else's by now.
    pub name: String,
    /// What was said.
    pub words: Words,
}

/// A server's word about talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chat {
    /// What was said before the reader came, oldest first; at most `limits::CHAT_LINES_MAX`.
    Earlier(#[serde(deserialize_with = "super::list::growing")] Vec<ChatLine>),
    /// What was said now, in its order; at most `limits::CHAT_LINES_MAX`.
    Said(#[serde(deserialize_with = "super::list::growing")] Vec<ChatLine>),
    /// The reader says too much at once: its last line was dropped, and so are those that follow too soon. Told once,
    /// until a line passes again.
    Hushed,
    /// The reader may not speak here: nobody hears what it says. Told once per connection, when it tries.
    Muted,
}

impl Chat {
    /// The field that is beyond its limits, if one is.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        let (Chat::Earlier(lines) | Chat::Said(lines)) = self else { return None };
        let is_long = |text: &str, chars, bytes| text.len() > bytes || text.chars().count() > chars;
        let name = |line: &ChatLine| is_long(&line.name, limits::NAME_CHARS_MAX, limits::NAME_BYTES_MAX);
        let text = |line: &ChatLine| match &line.words {
            Words::Text(text) => is_long(text, limits::CHAT_CHARS_MAX, limits::CHAT_BYTES_MAX),
            Words::Quick(_) => false,
        };
        match () {
            () if lines.len() > limits::CHAT_LINES_MAX => Some("chat lines"),
            () if lines.iter().any(name) => Some("chat name"),
            () if lines.iter().any(text) => Some("chat text"),
            () => None,
        }
    }
}
