//! Where settings come from: the file, the environment, the flags. Each gives assignments; what they mean is decided in
//! `config`. Invariant: an assignment knows where it was written, so that whatever is wrong can be found.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{
    ConfigError, ModerationSettings, NetSettings, PhysicsSettings,
    raw::Raw,
    room::{RoomId, RoomSettings},
    server::ServerSettings,
    setting::{Row, Section},
};
use crate::limits::Limits;

/// The file that is read when it is there.
pub const USUAL_FILE: &str = "perihelion.toml";
/// What every variable of ours begins with.
const PREFIX: &str = "PERIHELION_";
/// Bytes of a settings file. Longer: refused unread.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A part of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `[server]`
    Server,
    /// `[limits]`
    Limits,
    /// `[net]`
    Net,
    /// `[physics]`
    Physics,
    /// `[moderation]`
    Moderation,
    /// `[rooms.<id>]`
    Room(RoomId),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Server => f.write_str("server"),
            Place::Limits => f.write_str("limits"),
            Place::Net => f.write_str("net"),
            Place::Physics => f.write_str("physics"),
            Place::Moderation => f.write_str("moderation"),
            Place::Room(id) => write!(f, "rooms.{id}"),
        }
    }
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In a file, on this line.
    File(PathBuf, usize),
    /// In this variable of the environment.
    Environment(String),
    /// With this flag.
    Flag(String),
}

/// One value for one setting.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Where it is written.
    pub origin: Origin,
    /// Of what part.
    pub place: Place,
    /// Its key there.
    pub key: String,
    /// The value.
    pub raw: Raw,
}

/// What a file says.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The rooms it names, in its order.
    pub rooms: Vec<RoomId>,
    /// The values it gives.
    pub assignments: Vec<Assignment>,
}

/// Everything there is to read; kept for reading it again.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file that was asked for; without one [`USUAL_FILE`], if it is there.
    pub file: Option<PathBuf>,
    /// Names and values.
    pub environment: Vec<(String, String)>,
    /// Names, without dashes, and values.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// [`USUAL_FILE`], if it is there. Once it was read it is a file that was asked for: gone later is a mistake, not a
    /// wish for the defaults.
    #[must_use]
    pub fn usual_file() -> Option<PathBuf> {
        let path = PathBuf::from(USUAL_FILE);
        path.exists().then_some(path)
    }

    /// What the file says.
    ///
    /// # Errors
    /// It cannot be read, is no TOML, or names a section that is none.
    pub fn from_file(&self) -> Result<Written, ConfigError> {
        let path = self.file.as_deref().unwrap_or(Path::new(USUAL_FILE));
        match read(path) {
            Ok(text) => parse(path, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.file.is_none() => Ok(Written::default()),
            Err(error) => Err(ConfigError::Unreadable(path.to_owned(), error)),
        }
    }

    /// What the environment says, of these rooms.
    ///
    /// # Errors
    /// A secret's file cannot be read.
    pub fn from_environment(&self, rooms: &[RoomId]) -> Result<Vec<Assignment>, ConfigError> {
        let mut found = Vec::new();
        for variable in variables(rooms) {
            let value = |name: &str| self.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            let mut take = |name: &str, text: String| {
                found.push(Assignment {
                    origin: Origin::Environment(name.to_owned()),
                    place: variable.place.clone(),
                    key: variable.key.to_owned(),
                    raw: Raw::Untyped(text),
                });
            };
            if variable.secret {
                let name = format!("{}_FILE", variable.name);
                if let Some(path) = value(&name) {
                    let text = read(Path::new(path)).map_err(|error| ConfigError::Unreadable(path.into(), error))?;
                    take(&name, text.trim_end_matches(['\r', '\n']).to_owned());
                }
            }
            if let Some(text) = value(&variable.name) {
                take(&variable.name, text.clone());
            }
        }
        Ok(found)
    }

    /// Variables that begin as ours do and are none: mistakes, or of a tool that uses the same prefix.
    #[must_use]
    pub fn unknown_variables(&self, rooms: &[RoomId]) -> Vec<String> {
        let known = variables(rooms);
        let is_known = |name: &str| {
            known.iter().any(|variable| {
                name == variable.name
                    || variable.secret && name.strip_suffix("_FILE").is_some_and(|name| name == variable.name)
            })
        };
        let names = self.environment.iter().map(|(name, _)| name);
        names.filter(|name| name.starts_with(PREFIX) && !is_known(name)).cloned().collect()
    }

    /// What the flags say.
    #[must_use]
    pub fn from_flags(&self) -> Vec<Assignment> {
        let known = flags();
        let assignment = |(name, value): &(String, String)| {
            let (flag, place, key) = known.iter().find(|(flag, ..)| flag == name)?;
            Some(Assignment {
                origin: Origin::Flag((*flag).to_owned()),
                place: place.clone(),
                key: (*key).to_owned(),
                raw: Raw::Untyped(value.clone()),
            })
        };
        self.flags.iter().filter_map(assignment).collect()
    }
}

/// Every flag that is a setting: its name, whose and which it is.
fn flags() -> Vec<(&'static str, Place, &'static str)> {
    fn of<S>(rows: &'static [Row<S>], place: &Place) -> Vec<(&'static str, Place, &'static str)> {
        rows.iter().filter_map(|row| Some((row.flag()?, place.clone(), row.key))).collect()
    }
    let mut all = of(ServerSettings::ROWS, &Place::Server);
    all.extend(of(NetSettings::ROWS, &Place::Net));
    all.extend(of(RoomSettings::ROWS, &Place::Room(RoomId::main())));
    all
}

struct Variable {
    name: String,
    place: Place,
    key: &'static str,
    secret: bool,
}

/// Every variable that is a setting. What has a flag is called like the flag, anything else by its place; the room
/// `main`, which has the flags, by both, and its flag's name counts.
fn variables(rooms: &[RoomId]) -> Vec<Variable> {
    fn of<S>(rows: &'static [Row<S>], place: &Place, short: bool) -> Vec<Variable> {
        let variable = |row: &'static Row<S>| {
            let flag = row.flag().filter(|_| short).map(str::to_owned);
            let name = flag.unwrap_or_else(|| format!("{place}_{}", row.key));
            let name = format!("{PREFIX}{}", name.replace(['-', '.'], "_").to_ascii_uppercase());
            Variable { name, place: place.clone(), key: row.key, secret: row.is_secret() }
        };
        rows.iter().map(variable).collect()
    }
    let mut all = of(Limits::ROWS, &Place::Limits, true);
    all.extend(of(NetSettings::ROWS, &Place::Net, true));
    all.extend(of(PhysicsSettings::ROWS, &Place::Physics, true));
    all.extend(of(ModerationSettings::ROWS, &Place::Moderation, true));
    for id in rooms {
        all.extend(of(RoomSettings::ROWS, &Place::Room(id.clone()), false));
    }
    all.extend(of(ServerSettings::ROWS, &Place::Server, true));
    let main = of(RoomSettings::ROWS, &Place::Room(RoomId::main()), true);
    all.extend(main.into_iter().filter(|variable| !variable.name.contains("ROOMS_MAIN")));
    all
}

fn read(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(io::Error::other("it is too long"));
    }
    fs::read_to_string(path)
}

/// What a file at `path` says that holds this text.
pub(super) fn parse(path: &Path, text: &str) -> Result<Written, ConfigError> {
    let line_at = |offset: usize| 1 + text[..offset.min(text.len())].matches('\n').count();
    let origin = |offset: usize| Origin::File(path.to_owned(), line_at(offset));
    let document = DeTable::parse(text).map_err(|error| ConfigError::NoToml {
        origin: origin(error.span().map_or(0, |span| span.start)),
        reason: error.message().to_owned(),
    })?;
    let mut written = Written::default();
    for (name, value) in document.get_ref() {
        let part = name.get_ref().as_ref();
        let no_section = |name: &str, offset| ConfigError::NoSection { origin: origin(offset), name: name.to_owned() };
        let table = match value.get_ref() {
            DeValue::Table(table)
                if matches!(part, "server" | "limits" | "net" | "physics" | "moderation" | "rooms") =>
            {
                table
            }
            _ => return Err(no_section(part, name.span().start)),
        };
        match part {
            "server" => written.take(&origin, &Place::Server, table),
            "limits" => written.take(&origin, &Place::Limits, table),
            "net" => written.take(&origin, &Place::Net, table),
            "physics" => written.take(&origin, &Place::Physics, table),
            "moderation" => written.take(&origin, &Place::Moderation, table),
            _ => {
                for (id, room) in table {
                    let (text, at) = (id.get_ref().as_ref(), id.span().start);
                    let DeValue::Table(room) = room.get_ref() else {
                        return Err(no_section(&format!("rooms.{text}"), at));
                    };
                    let id = RoomId::parse(text)
                        .ok_or_else(|| ConfigError::NoRoomId { origin: origin(at), id: text.to_owned() })?;
                    written.rooms.push(id.clone());
                    written.take(&origin, &Place::Room(id), room);
                }
            }
        }
    }
    Ok(written)
}

impl Written {
    fn take(&mut self, origin: &dyn Fn(usize) -> Origin, place: &Place, table: &DeTable<'_>) {
        self.assignments.extend(table.iter().map(|(key, value)| Assignment {
            origin: origin(key.span().start),
            place: place.clone(),
            key: key.get_ref().to_string(),
            raw: Raw::of_toml(value.get_ref()),
        }));
    }
}
