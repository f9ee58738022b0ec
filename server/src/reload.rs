//! Reading the settings again while the server runs. Invariant: what is wrong changes nothing and is said; what waits for a
//! restart is named, every time, until there is one.

use crate::{
    app::App,
    config::{ConfigError, RoomId, Settings, Sources},
    moderation::words::WordList,
};

/// Remembers what holds and where it was read.
#[derive(Debug)]
pub struct Reloader {
    sources: Sources,
    /// What the server was started with: what cannot change live is compared with this…
    started: Settings,
    /// …and the rest with this, what was taken up last.
    applied: Settings,
}

impl Reloader {
    /// Of a server that was started with `settings`, read from `sources`.
    #[must_use]
    pub fn new(sources: Sources, settings: Settings) -> Reloader {
        let rooms: Vec<RoomId> = settings.rooms.iter().map(|(id, _)| id.clone()).collect();
        for name in sources.unknown_variables(&rooms) {
            tracing::warn!(name, "a variable of the environment looks like a setting and is none");
        }
        Reloader { sources, started: settings.clone(), applied: settings }
    }

    /// Reads again, and has the server take up what it can: what came of it, in one sentence.
    ///
    /// # Errors
    /// What is wrong with the settings: then the old ones stay in force.
    pub fn reload(&mut self, app: &App) -> Result<String, ConfigError> {
        let (settings, words) = read(&self.sources).inspect_err(|error| {
            tracing::error!(%error, "the settings are not good; the old ones stay in force");
        })?;
        let (changed, _) = self.applied.changes(&settings);
        let (_, waiting) = self.started.changes(&settings);
        let occupied = app.take_up(&settings, words);
        tracing::info!(changed = changed.join(" "), "settings reloaded");
        let occupied: Vec<String> = occupied.iter().map(|id| format!("rooms.{id}")).collect();
        if !occupied.is_empty() {
            tracing::info!(rooms = occupied.join(" "), "these rooms are built anew once nobody has a slot there");
        }
        if !waiting.is_empty() {
            tracing::warn!(keys = waiting.join(" "), "these settings need a restart");
        }
        self.applied = settings;
        // It may have come since the start.
        self.sources.file = self.sources.file.take().or_else(Sources::usual_file);
        let changed = if changed.is_empty() {
            "nothing has changed".to_owned()
        } else {
            format!("changed: {}", changed.join(" "))
        };
        let waiting =
            if waiting.is_empty() { String::new() } else { format!("; these need a restart: {}", waiting.join(" ")) };
        let occupied = if occupied.is_empty() {
            String::new()
        } else {
            format!("; built anew once nobody has a slot there: {}", occupied.join(" "))
        };
        Ok(format!("{changed}{waiting}{occupied}"))
    }
}

/// The settings, and the words of the file that they name: it may have changed although they have not.
fn read(sources: &Sources) -> Result<(Settings, WordList), ConfigError> {
    let settings = Settings::read(sources)?;
    let words = settings.moderation.read_words()?;
    Ok((settings, words))
}
