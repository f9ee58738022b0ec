//! What can be set, and from where: defaults, then `perihelion.toml`, then the environment, then flags; the later wins.
//!
//! Each setting is declared once, with its default, its range and its meaning: those of the process in `server`, of a
//! room in `room`, the limits in `crate::limits`. Invariant: what comes out of here is in range and fits together, or it
//! is one [`ConfigError`] that says what is wrong, where it is written and what would be right.

pub mod door;
pub mod kind;
pub mod moderation;
pub mod net;
pub mod physics;
pub mod raw;
pub mod room;
pub mod server;
pub mod setting;
pub mod source;

mod error;
mod print;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

pub use error::ConfigError;
pub use moderation::ModerationSettings;
pub use net::NetSettings;
pub use physics::PhysicsSettings;
pub use room::{RoomId, RoomSettings};
pub use server::ServerSettings;
pub use source::Sources;

use crate::{
    limits::Limits,
    moderation::{webhook::Hook, words::WordList},
    room::Blueprint,
};
use setting::{Row, Section};
use source::{Assignment, Place, Written};

/// Rooms in a file. More: refused.
const ROOMS_MAX: usize = 64;

/// Everything a host has set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[server]`
    pub server: ServerSettings,
    /// `[limits]`
    pub limits: Limits,
    /// `[net]`
    pub net: NetSettings,
    /// `[physics]`
    pub physics: PhysicsSettings,
    /// `[moderation]`
    pub moderation: ModerationSettings,
    /// `[rooms.<id>]`, in the order of the file.
    pub rooms: Vec<(RoomId, RoomSettings)>,
}

/// What the server is made from.
#[derive(Debug, Clone)]
pub struct Config {
    /// The process.
    pub server: ServerSettings,
    /// Timeouts and maxima.
    pub limits: Limits,
    /// Words that nobody is to read.
    pub words: WordList,
    /// Who is told what happens.
    pub hook: Option<Hook>,
    /// The public rooms, at least one.
    pub rooms: Vec<Blueprint>,
}

impl Settings {
    /// Reads and joins all sources.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn read(sources: &Sources) -> Result<Settings, ConfigError> {
        Settings::join(sources.from_file()?, sources)
    }

    /// Of a file's text alone.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn of_text(text: &str) -> Result<Settings, ConfigError> {
        Settings::join(source::parse(Path::new("the text"), text)?, &Sources::default())
    }

    fn join(written: Written, sources: &Sources) -> Result<Settings, ConfigError> {
        let mut rooms = written.rooms;
        if rooms.is_empty() {
            rooms.push(RoomId::main());
        }
        if rooms.len() > ROOMS_MAX {
            return Err(ConfigError::TooManyRooms { most: ROOMS_MAX });
        }
        let environment = sources.from_environment(&rooms)?;
        let mut settings = Settings {
            server: ServerSettings::default(),
            limits: Limits::default(),
            net: NetSettings::default(),
            physics: PhysicsSettings::default(),
            moderation: ModerationSettings::default(),
            rooms: rooms.into_iter().map(|id| (id, RoomSettings::default())).collect(),
        };
        let assignments = written.assignments.into_iter().chain(environment).chain(sources.from_flags());
        for assignment in assignments {
            settings.assign(assignment)?;
        }
        settings.check()?;
        settings.limits.sessions_max = settings.server.max_players;
        settings.limits.sessions_reserved = settings.server.reserved_slots;
        settings.limits.sessions_per_address = settings.server.per_ip;
        settings.limits.drain = Duration::from_secs(settings.server.drain_seconds);
        Ok(settings)
    }

    fn assign(&mut self, assignment: Assignment) -> Result<(), ConfigError> {
        match &assignment.place {
            Place::Server => put(&mut self.server, assignment),
            Place::Limits => put(&mut self.limits, assignment),
            Place::Net if assignment.key == "tick_hz" => Err(ConfigError::TickRate { origin: assignment.origin }),
            Place::Net => put(&mut self.net, assignment),
            Place::Physics => put(&mut self.physics, assignment),
            Place::Moderation => put(&mut self.moderation, assignment),
            Place::Room(id) => match self.rooms.iter_mut().find(|(known, _)| known == id) {
                Some((_, room)) => put(room, assignment),
                None => Err(ConfigError::NoSuchRoom {
                    origin: assignment.origin,
                    id: id.clone(),
                    rooms: self.rooms.iter().map(|(id, _)| id.clone()).collect(),
                }),
            },
        }
    }

    /// What no row can see by itself.
    fn check(&self) -> Result<(), ConfigError> {
        if self.server.tls_cert.is_some() != self.server.tls_key.is_some() {
            return Err(ConfigError::HalfOfTls);
        }
        let ServerSettings { reserved_slots, max_players, .. } = self.server;
        if reserved_slots >= max_players {
            return Err(ConfigError::AllReserved { reserved: reserved_slots, most: max_players });
        }
        for (id, room) in &self.rooms {
            room.check().map_err(|what| ConfigError::TooMany { id: id.clone(), what })?;
        }
        Ok(())
    }

    /// The keys by which `new` differs, those that a reload changes first (in a room perhaps not before nobody plays there), then
    /// those that wait for a restart. Rooms that came or went are a key each.
    #[must_use]
    pub fn changes(&self, new: &Settings) -> (Vec<String>, Vec<String>) {
        let mut changes = (Vec::new(), Vec::new());
        compare(&mut changes, "server", &self.server, &new.server);
        compare(&mut changes, "limits", &self.limits, &new.limits);
        compare(&mut changes, "net", &self.net, &new.net);
        compare(&mut changes, "physics", &self.physics, &new.physics);
        compare(&mut changes, "moderation", &self.moderation, &new.moderation);
        let room = |settings: &Settings, id: &RoomId| -> Option<RoomSettings> {
            settings.rooms.iter().find(|(known, _)| known == id).map(|(_, room)| room.clone())
        };
        for (id, old) in &self.rooms {
            match room(new, id) {
                Some(new) => compare(&mut changes, &format!("rooms.{id}"), old, &new),
                None => changes.0.push(format!("rooms.{id}")),
            }
        }
        let added = new.rooms.iter().filter(|(id, _)| room(self, id).is_none());
        changes.0.extend(added.map(|(id, _)| format!("rooms.{id}")));
        changes
    }

    /// Checks them against the machine, and draws what is left to chance.
    ///
    /// # Errors
    /// A folder that is none, a file of words that is not right, or no randomness.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        let ServerSettings { data_dir, client_dir, .. } = &self.server;
        if data_dir.exists() && !data_dir.is_dir() {
            return Err(ConfigError::DataDirIsNoFolder(data_dir.clone()));
        }
        if let Some(folder) = client_dir {
            check_page(folder)?;
        }
        let words = self.moderation.read_words()?;
        let tuning = self.physics.tuning;
        let bounds = self.limits.of_rooms();
        let made = |blueprint| Blueprint { net: self.net.clone(), bounds, ..blueprint };
        let blueprints = self.rooms.iter().map(|(id, room)| room.blueprint(id.clone(), tuning).map(made));
        let rooms = blueprints.collect::<Result<_, _>>().map_err(ConfigError::NoRandomness)?;
        Ok(Config { server: self.server, limits: self.limits, words, hook: self.moderation.webhook, rooms })
    }

    /// The file that says the same, every key with its meaning.
    #[must_use]
    pub fn print(&self) -> String {
        print::print(self)
    }
}

fn check_page(folder: &Path) -> Result<(), ConfigError> {
    let wrong: fn(PathBuf) -> ConfigError = match (folder.is_dir(), folder.join("index.html").is_file()) {
        (false, _) => ConfigError::ClientDirIsNoFolder,
        (true, false) => ConfigError::ClientDirWithoutPage,
        (true, true) => return Ok(()),
    };
    Err(wrong(folder.to_owned()))
}

fn compare<S: Section>((live, later): &mut (Vec<String>, Vec<String>), place: &str, old: &S, new: &S) {
    for row in S::ROWS.iter().filter(|row| (row.write)(old) != (row.write)(new)) {
        let is_later = !row.is_live() && !row.marks.contains(&setting::Mark::Vacant);
        let changes = if is_later { &mut *later } else { &mut *live };
        changes.push(format!("{place}.{}", row.key));
    }
}

fn put<S: Section>(section: &mut S, assignment: Assignment) -> Result<(), ConfigError> {
    let Assignment { origin, place, key, raw } = assignment;
    let Some(row) = S::ROWS.iter().find(|row| row.key == key) else {
        return Err(ConfigError::UnknownKey { origin, place, suggestion: nearest(S::ROWS, &key), key });
    };
    if (row.set)(section, &raw) {
        return Ok(());
    }
    let value = if row.is_secret() { "no secret that is allowed".to_owned() } else { raw.to_string() };
    let meant = (row.meant)(&raw).map(|meant| format!("; {meant}"));
    let allowed = (row.allowed)() + meant.as_deref().unwrap_or_default();
    Err(ConfigError::BadValue { origin, name: format!("{place}.{key}"), value, allowed })
}

/// The key that was probably meant.
fn nearest<S>(rows: &[Row<S>], key: &str) -> Option<&'static str> {
    kind::nearest(rows.iter().map(|row| row.key), key)
}

#[cfg(test)]
mod tests;
