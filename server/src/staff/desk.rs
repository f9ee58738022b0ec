//! Where commands are carried out: who speaks, about which room, and what came of it. What each command does is in the files
//! beside.
//!
//! Invariants: a command of the table is carried out for a role that may, and never else; each attempt is a line in the audit log,
//! in which no password and no token stands, but for those that come faster than hands type, which come to nothing.

pub(super) mod bans;
pub(super) mod office;
pub(super) mod people;
pub(super) mod physics;
pub(super) mod reports;
pub(super) mod rooms;
pub(super) mod server;

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::oneshot, time::timeout};

use super::{
    Speaker, Staff, Via, are_kept,
    order::{CommandError, Order},
    sign_in::row_of,
};
use crate::{
    address::AddressKey,
    room::RoomHandle,
    store::{BanRow, Kept},
};

/// What a command does.
pub(super) type Act = fn(&Desk<'_>, &Order) -> Result<Done, Refused>;

/// A room takes up to this long to read its settings.
const RELOAD_PATIENCE: Duration = Duration::from_secs(10);

/// One command being carried out.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    pub staff: &'a Staff,
    pub speaker: &'a Speaker,
    /// The room that is meant where none is named.
    pub room: Option<&'a str>,
}

/// What a command came to.
#[derive(Debug, Default)]
pub(super) struct Done {
    text: String,
    /// Changes on their way to the disk; empty where there are none.
    kept: Vec<Option<Kept>>,
    /// For the audit log, where the text is not for it.
    noted: Option<String>,
    /// The answer is still to come.
    reload: Option<oneshot::Receiver<Result<String, String>>>,
}

impl Done {
    pub(super) fn text(text: impl Into<String>) -> Done {
        Done { text: text.into(), ..Done::default() }
    }

    pub(super) fn keeping(text: impl Into<String>, kept: Vec<Option<Kept>>) -> Done {
        Done { text: text.into(), kept, ..Done::default() }
    }

    /// Its text is for who asked alone.
    pub(super) fn noted(self, noted: &str) -> Done {
        Done { noted: Some(noted.to_owned()), ..self }
    }
}

/// Why a command is not carried out, in one sentence.
#[derive(Debug)]
pub(super) struct Refused(pub String);

impl Refused {
    pub(super) fn new(sentence: impl Into<String>) -> Refused {
        Refused(sentence.into())
    }
}

/// How something is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// Lift these bans and mutes.
    Lift(Vec<BanRow>),
    /// Put these back.
    PutBack(Vec<BanRow>),
    /// Set these keys to what they were.
    Settings(Vec<(String, Option<String>)>),
    /// Give a room as many bots as it had.
    Bots {
        /// Which.
        room: String,
        /// How many.
        before: u16,
    },
}

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it was done.
    pub ok: bool,
    /// What came of it, or why not; perhaps several lines.
    pub text: String,
}

impl Staff {
    /// Carries out a line, about `room` where it names none.
    pub async fn run(&self, speaker: &Speaker, room: Option<&str>, line: &str) -> Answer {
        if speaker.via != Via::Cli && !self.tries.commands.take(speaker.shown().to_owned(), 1, Instant::now()) {
            // Not noted: that would be the way to write the log full.
            return Answer { ok: false, text: "too many commands at once; wait a moment".to_owned() };
        }
        let (noted, outcome) = match Order::parse(line) {
            // What is no command may be a password in the wrong place.
            Err(CommandError::Unknown { word, nearest }) => {
                let error = CommandError::Unknown { word: word.clone(), nearest };
                (word, Err(Refused::new(error.to_string())))
            }
            Err(error) => (line.to_owned(), Err(Refused::new(error.to_string()))),
            Ok(order) => (line.to_owned(), Desk { staff: self, speaker, room }.carry_out(&order)),
        };
        let answer = match outcome {
            Err(Refused(text)) => {
                self.note(speaker, &noted, &format!("refused: {text}"));
                return Answer { ok: false, text };
            }
            Ok(done) => done,
        };
        let Done { text, kept, noted: instead, reload } = answer;
        let answer = match reload {
            Some(reload) => reloaded(reload).await,
            None => Answer { ok: true, text },
        };
        self.note(speaker, &noted, instead.as_deref().unwrap_or(&answer.text));
        if kept.is_empty() || are_kept(kept).await {
            return answer;
        }
        Answer {
            text: format!("{} (not stored, and so only until the server ends: see its log)", answer.text),
            ..answer
        }
    }

    fn note(&self, speaker: &Speaker, line: &str, outcome: &str) {
        let by = speaker.shown();
        let line = without_addresses(line);
        let command = line.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
        tracing::info!(by, via = speaker.via.word(), command = ?crate::log::Shown(command), "staff");
        let first = outcome.lines().next().unwrap_or_default();
        self.with(|book| book.note(row_of(speaker, line.trim_start_matches('/'), first)));
        self.changed(|changes| changes.audit += 1);
    }
}

/// Addresses are told nowhere but to who asks for one: their tags stand in the log.
fn without_addresses(line: &str) -> String {
    let tagged = |word: &str| {
        let address = word.parse::<IpAddr>().ok()?;
        Some(format!("#{}", AddressKey::of(address).tag()))
    };
    let has_one = line.split_whitespace().any(|word| word.parse::<IpAddr>().is_ok());
    if !has_one {
        return line.to_owned();
    }
    let words: Vec<String> =
        line.split_whitespace().map(|word| tagged(word).unwrap_or_else(|| word.to_owned())).collect();
    words.join(" ")
}

async fn reloaded(reload: oneshot::Receiver<Result<String, String>>) -> Answer {
    match timeout(RELOAD_PATIENCE, reload).await {
        Ok(Ok(Ok(text))) => Answer { ok: true, text },
        Ok(Ok(Err(text))) => Answer { ok: false, text },
        Ok(Err(_)) | Err(_) => Answer { ok: false, text: "the settings were not read".to_owned() },
    }
}

impl Desk<'_> {
    fn carry_out(&self, order: &Order) -> Result<Done, Refused> {
        let command = order.command;
        if command.role > self.speaker.role {
            let (name, needs, has) = (command.name, command.role.word(), self.speaker.role.word());
            return Err(Refused::new(format!("{name} is for the role {needs} and above; you are {has}")));
        }
        (command.act)(self, order)
    }

    /// The room that the order names, or is about.
    pub(super) fn room(&self, order: &Order) -> Result<Option<Arc<RoomHandle>>, Refused> {
        order.text("room").or(self.room).map(|name| self.room_of(name)).transpose()
    }

    /// That room; every public one where none is meant.
    pub(super) fn rooms(&self, order: &Order) -> Result<Vec<Arc<RoomHandle>>, Refused> {
        Ok(self.room(order)?.map_or_else(|| self.staff.lobby.public().to_vec(), |room| vec![room]))
    }

    pub(super) fn room_of(&self, name: &str) -> Result<Arc<RoomHandle>, Refused> {
        self.staff.lobby.find(name).ok_or_else(|| {
            let ids: Vec<_> = self.staff.lobby.public().iter().map(|room| room.blueprint().id.to_string()).collect();
            let name: String = name.chars().take(40).collect();
            Refused::new(format!("there is no room {name:?}; public ones are {}", ids.join(", ")))
        })
    }

    pub(super) fn can_undo(&self, undo: Undo) {
        self.staff.with(|book| book.can_undo(self.speaker.shown(), undo));
    }
}

/// For an order that found a mailbox full.
pub(super) fn busy() -> Refused {
    Refused::new("the room is too busy to hear of it; try again in a moment")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_tag_in_the_log() {
        let line = without_addresses("ban-address 203.0.113.9 1d rude");
        assert!(line.starts_with("ban-address #") && line.ends_with(" 1d rude") && !line.contains("203"), "{line}");
        assert_eq!(without_addresses("announce  two  blanks"), "announce  two  blanks");
    }
}
