//! What can be wrong with the settings, each in one line that says what, where, and what would be right.

use std::{fmt, io, path::PathBuf};

use super::{
    room::{RoomId, TooMany},
    source::{Origin, Place},
};
use crate::{log::Shown, moderation::words::WordsError};

/// See the variants.
#[derive(Debug)]
pub enum ConfigError {
    /// A file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// The file is no TOML.
    NoToml {
        /// Where.
        origin: Origin,
        /// What the parser says.
        reason: String,
    },
    /// Something at the top of the file is no section of ours.
    NoSection {
        /// Where.
        origin: Origin,
        /// What it is called.
        name: String,
    },
    /// The id of a room does not fit into an address.
    NoRoomId {
        /// Where.
        origin: Origin,
        /// The id.
        id: String,
    },
    /// A setting that does not exist.
    UnknownKey {
        /// Where.
        origin: Origin,
        /// In which part.
        place: Place,
        /// What is written.
        key: String,
        /// What was probably meant.
        suggestion: Option<&'static str>,
    },
    /// A value that the setting does not allow.
    BadValue {
        /// Where.
        origin: Origin,
        /// Which setting.
        name: String,
        /// What is written.
        value: String,
        /// What would be right, and what was probably meant.
        allowed: String,
    },
    /// Somebody wants another rate of ticks.
    TickRate {
        /// Where.
        origin: Origin,
    },
    /// A flag or variable speaks of a room that the file does not have.
    NoSuchRoom {
        /// Where.
        origin: Origin,
        /// Which.
        id: RoomId,
        /// Those it has.
        rooms: Vec<RoomId>,
    },
    /// More rooms than one process may have.
    TooManyRooms {
        /// How many it may.
        most: usize,
    },
    /// More people or bots than the mode holds.
    TooMany {
        /// In which room.
        id: RoomId,
        /// Of what.
        what: TooMany,
    },
    /// Every place is for staff.
    AllReserved {
        /// How many are.
        reserved: usize,
        /// How many there are.
        most: usize,
    },
    /// `data_dir` is something else than a folder.
    DataDirIsNoFolder(PathBuf),
    /// `client_dir` is missing or something else than a folder.
    ClientDirIsNoFolder(PathBuf),
    /// `client_dir` holds no page.
    ClientDirWithoutPage(PathBuf),
    /// `--record` names something that exists already.
    RecordExists(PathBuf),
    /// `--record` names a file in a folder that does not exist.
    RecordWithoutFolder(PathBuf),
    /// The file of words is not right.
    Words(PathBuf, WordsError),
    /// A certificate without its key, or the other way round.
    HalfOfTls,
    /// The operating system gave no randomness for a seed.
    NoRandomness(getrandom::Error),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File(path, line) => write!(f, "{} line {line}", path.display()),
            Origin::Environment(name) => f.write_str(name),
            Origin::Flag(flag) => write!(f, "--{flag}"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Unreadable(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            ConfigError::NoToml { origin, reason } => write!(f, "{origin}: {:?}", Shown(reason)),
            ConfigError::NoSection { origin, name } => {
                let name = Shown(name);
                write!(
                    f,
                    "{origin}: {name:?} is no section (there are [server], [limits], [net], [physics], [moderation] and [rooms.<id>])"
                )
            }
            ConfigError::NoRoomId { origin, id } => {
                write!(f, "{origin}: a room cannot be called \"{:?}\": an id has {}", Shown(id), RoomId::ALLOWED)
            }
            ConfigError::UnknownKey { origin, place, key, suggestion } => {
                write!(f, "{origin}: there is no setting {place}.{:?}", Shown(key))?;
                suggestion.map_or(Ok(()), |meant| write!(f, "; is {place}.{meant} meant?"))
            }
            ConfigError::BadValue { origin, name, value, allowed } => match origin {
                Origin::File(..) => write!(f, "{origin}: {name} is {value}, and has to be {allowed}"),
                _ => write!(f, "{origin} is {value}, and has to be {allowed}"),
            },
            ConfigError::TickRate { origin } => {
                write!(f, "{origin}: net.tick_hz is 60 and no setting: page and server reckon by the same steps")?;
                f.write_str("; net.snapshot_hz says how often is sent")
            }
            ConfigError::NoSuchRoom { origin, id, rooms } => {
                let rooms: Vec<_> = rooms.iter().map(RoomId::as_str).collect();
                write!(f, "{origin} is about the room {id}, and the settings file has none (but {})", rooms.join(", "))
            }
            ConfigError::TooManyRooms { most } => write!(f, "a server has {most} public rooms at most"),
            ConfigError::TooMany { id, what } => {
                let (key, mode, most) = (what.key, what.mode.word(), what.mode.players_limit());
                write!(f, "rooms.{id}.{key} is {most} at most in the mode {mode}")
            }
            ConfigError::AllReserved { reserved, most } => {
                write!(
                    f,
                    "server.reserved_slots is {reserved}, and has to be less than server.max_players, which is {most}"
                )
            }
            ConfigError::DataDirIsNoFolder(path) => write!(f, "data_dir {path:?} is not a folder"),
            ConfigError::ClientDirIsNoFolder(path) => write!(f, "client_dir {path:?} is not a folder"),
            ConfigError::ClientDirWithoutPage(path) => {
                write!(f, "client_dir {path:?} holds no index.html (build the page first: cargo xtask build)")
            }
            ConfigError::RecordExists(path) => write!(f, "--record {path:?} exists already, and is not overwritten"),
            ConfigError::RecordWithoutFolder(path) => {
                write!(f, "--record {path:?} lies in a folder that does not exist")
            }
            ConfigError::Words(path, error) => write!(f, "moderation.words {path:?}: {error}"),
            ConfigError::HalfOfTls => f.write_str("server.tls_cert and server.tls_key go together: set both or none"),
            ConfigError::NoRandomness(error) => write!(f, "the operating system gives no random numbers: {error}"),
        }
    }
}

impl std::error::Error for ConfigError {}
