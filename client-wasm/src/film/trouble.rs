//! Why a recording cannot be watched, in the language of the page. Invariant: one sentence that names the file.

use shared::{protocol::rules_hash, replay::ReplayError, tick::TICK_HZ};

use crate::words::{Language, Word};

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Its end is missing; what is there can be watched.
    Cut,
    /// It cannot be played, or not on.
    Bad(ReplayError),
    /// There was nothing to play.
    Told(Word),
    /// The server refused it with this status.
    Status(u16),
}

impl Trouble {
    /// In one sentence.
    #[must_use]
    pub fn sentence(&self, file: &str, language: Language) -> String {
        let why = match self {
            Trouble::Cut => return Word::FilmCut.with(language, &[file]),
            Trouble::Bad(error) => of_recording(error, language),
            Trouble::Told(word) => word.say(language).to_owned(),
            Trouble::Status(status) => Word::FilmRefused.with(language, &[&status.to_string()]),
        };
        [file, ": ", &why, "."].concat()
    }
}

fn of_recording(error: &ReplayError, language: Language) -> String {
    match *error {
        ReplayError::NotARecording => Word::FilmNone.say(language).to_owned(),
        ReplayError::OtherFormat => Word::FilmFormat.say(language).to_owned(),
        ReplayError::OtherRules { theirs } => {
            Word::FilmRules.with(language, &[&format!("{theirs:016x}"), &format!("{:016x}", rules_hash())])
        }
        ReplayError::Damaged { offset, .. } => Word::FilmDamaged.with(language, &[&offset.to_string()]),
        ReplayError::Diverged { tick, played, .. } => {
            let seconds = played / TICK_HZ as usize;
            let into = format!("{}:{:02}", seconds / 60, seconds % 60);
            Word::FilmDiverged.with(language, &[&tick.0.to_string(), &into])
        }
    }
}
