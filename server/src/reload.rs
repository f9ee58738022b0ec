//! Reading the settings again while the server runs. Invariant: what is wrong changes nothing and is said; what waits for a
//! restart is named, every time, until there is one.

use crate::{
    app::App,
    config::{RoomId, Settings, Sources},
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

    /// Reads again, and has the server take up what it can.
    pub fn reload(&mut self, app: &App) {
        let settings = match Settings::read(&self.sources) {
            Ok(settings) => settings,
            Err(error) => {
                tracing::error!(%error, "the settings are not good; the old ones stay in force");
                return;
            }
        };
        let (changed, _) = self.applied.changes(&settings);
        let (_, waiting) = self.started.changes(&settings);
        app.take_up(&settings);
        tracing::info!(changed = changed.join(" "), "settings reloaded");
        if !waiting.is_empty() {
            tracing::warn!(keys = waiting.join(" "), "these settings need a restart");
        }
        self.applied = settings;
        // It may have come since the start.
        self.sources.file = self.sources.file.take().or_else(Sources::usual_file);
    }
}
