//! The command line. Invariant: anything wrong with it becomes one line that names the flag, the value and what
//! would be right; nothing is half started. Settings files and environment are not here (yet there are none).

use std::{fmt, net::IpAddr, path::PathBuf};

use clap::{Parser, Subcommand};
use shared::{limits::SEASON_MINUTES_MAX, protocol::ChatMode, tick::TICK_HZ};

use crate::{app::Config, limits::Limits, room::Blueprint};

/// A multiplayer space game in the browser, the server of it.
///
/// Without flags it serves a public game on http://localhost:8080/.
#[derive(Debug, Parser)]
#[command(name = "perihelion", version, about, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct CommandLine {
    /// Address to listen on [default: every one, IPv6 and IPv4]
    #[arg(long, value_name = "ADDRESS")]
    bind: Option<IpAddr>,
    /// Port to listen on; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// Folder for what must survive a restart; made when something is stored
    #[arg(long, value_name = "DIR", default_value = "./perihelion-data")]
    data_dir: PathBuf,
    /// Fill the room up to this many pilots with bots
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(0..=PILOTS_MAX))]
    bots: u16,
    /// People who may play at once; bots make way for them
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=PILOTS_MAX))]
    max_players: u16,
    /// Points that every pilot begins with; 160 buy a Lancer
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=START_POINTS_MAX))]
    start_points: u32,
    /// Minutes of a season, after which scores begin anew; 0: scores last
    #[arg(long, value_name = "N", default_value = "10", value_parser = season_ticks)]
    season_minutes: SeasonTicks,
    /// What people may say to each other: off (nothing), quick (eight phrases), full (anything)
    #[arg(long, value_name = "WHAT", default_value = "full", value_parser = chat_mode)]
    chat: ChatMode,
    /// Name of the room
    #[arg(long, value_name = "NAME", default_value = "Drift", value_parser = room_name)]
    name: String,
    /// Seed of the arena [default: a random one]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Serve the page from this folder instead of the one inside the binary
    #[arg(long, value_name = "DIR")]
    client_dir: Option<PathBuf>,
    /// Record the match into this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Something else than serving.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// What the binary can do besides serving.
#[derive(Debug, Clone, Subcommand)]
pub enum Task {
    /// Play a recording and tell whether it comes out as recorded
    Replay {
        /// A file made with --record
        file: PathBuf,
    },
}

/// The length of a season as the room counts it.
type SeasonTicks = u32;

const START_POINTS_MAX: i64 = 1_000_000;
const PILOTS_MAX: i64 = shared::limits::PLAYERS_MAX as i64;
const ROOM_NAME_CHARS_MAX: usize = 32;

fn room_name(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > ROOM_NAME_CHARS_MAX {
        return Err("a name has 1 to 32 characters");
    }
    if name.chars().any(char::is_control) {
        return Err("a name has no control characters");
    }
    Ok(name.to_owned())
}

/// Parts of a minute are allowed down to a tick: whoever tries things out does not wait for ten minutes.
fn season_ticks(text: &str) -> Result<SeasonTicks, String> {
    let minutes: f64 = text.parse().map_err(|_| "it is a number of minutes")?;
    let within = (0.0..=f64::from(SEASON_MINUTES_MAX)).contains(&minutes);
    let ticks = (minutes * f64::from(60 * TICK_HZ)).round();
    if !within || (minutes > 0.0 && ticks < 1.0) {
        return Err(format!("it is 0 (no seasons) or up to {SEASON_MINUTES_MAX} minutes"));
    }
    Ok(ticks as SeasonTicks)
}

fn chat_mode(text: &str) -> Result<ChatMode, &'static str> {
    match text {
        "off" => Ok(ChatMode::Off),
        "quick" => Ok(ChatMode::Quick),
        "full" => Ok(ChatMode::Full),
        _ => Err("it is off, quick or full"),
    }
}

/// A command line that reads well but does not fit this machine.
#[derive(Debug)]
pub enum ConfigError {
    /// `--data-dir` is something else than a folder.
    DataDirIsNoFolder(PathBuf),
    /// `--client-dir` is missing or something else than a folder.
    ClientDirIsNoFolder(PathBuf),
    /// `--client-dir` holds no page.
    ClientDirWithoutPage(PathBuf),
    /// `--record` names something that exists already.
    RecordExists(PathBuf),
    /// `--record` names a file in a folder that does not exist.
    RecordWithoutFolder(PathBuf),
    /// The operating system gave no randomness for the seed.
    NoRandomness(getrandom::Error),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::DataDirIsNoFolder(path) => write!(f, "--data-dir {path:?} is not a folder"),
            ConfigError::ClientDirIsNoFolder(path) => write!(f, "--client-dir {path:?} is not a folder"),
            ConfigError::ClientDirWithoutPage(path) => {
                write!(f, "--client-dir {path:?} holds no index.html (build the page first: cargo xtask build)")
            }
            ConfigError::RecordExists(path) => write!(f, "--record {path:?} exists already, and is not overwritten"),
            ConfigError::RecordWithoutFolder(path) => {
                write!(f, "--record {path:?} lies in a folder that does not exist")
            }
            ConfigError::NoRandomness(error) => write!(f, "the operating system gives no random numbers: {error}"),
        }
    }
}

impl std::error::Error for ConfigError {}

impl CommandLine {
    /// Checks it against the machine.
    ///
    /// # Errors
    /// A folder that is none, or no randomness.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        if self.data_dir.exists() && !self.data_dir.is_dir() {
            return Err(ConfigError::DataDirIsNoFolder(self.data_dir));
        }
        if let Some(folder) = &self.client_dir {
            if !folder.is_dir() {
                return Err(ConfigError::ClientDirIsNoFolder(folder.clone()));
            }
            if !folder.join("index.html").is_file() {
                return Err(ConfigError::ClientDirWithoutPage(folder.clone()));
            }
        }
        if let Some(file) = &self.record {
            if file.exists() {
                return Err(ConfigError::RecordExists(file.clone()));
            }
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            if folder.is_some_and(|folder| !folder.is_dir()) {
                return Err(ConfigError::RecordWithoutFolder(file.clone()));
            }
        }
        let random = || getrandom::u64().map_err(ConfigError::NoRandomness);
        let seed = self.seed.map_or_else(random, Ok)?;
        let secret = random()?;
        Ok(Config {
            bind: self.bind,
            port: self.port,
            client_dir: self.client_dir,
            room: Blueprint {
                name: self.name,
                seed,
                secret,
                bots: self.bots,
                players_max: self.max_players,
                start_points: self.start_points,
                season_ticks: self.season_minutes,
                chat: self.chat,
                record: self.record,
            },
            limits: Limits::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use arguments::Parsed;

    use super::*;

    fn refused(arguments: &str) -> String {
        match arguments::parse::<CommandLine>(arguments.split(' ').map(OsString::from)) {
            Parsed::Refuse(line) => line,
            other => panic!("{arguments}: {other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_one_line_that_names_it() {
        for (arguments, names) in [
            ("perihelion --prot 1", "--port"),
            ("perihelion --port 70000", "70000"),
            ("perihelion --port x", "--port"),
            ("perihelion --bots 2049", "2048"),
            ("perihelion --max-players 0", "1..=2048"),
            ("perihelion --start-points 1000001", "1000000"),
            ("perihelion --bind nowhere", "nowhere"),
            ("perihelion --name \u{7}", "control"),
            ("perihelion extra", "extra"),
            ("perihelion --seed -1", "-1"),
            ("perihelion --chat loud", "quick"),
            ("perihelion --season-minutes soon", "minutes"),
            ("perihelion --season-minutes -1", "-1"),
            ("perihelion --season-minutes 1441", "1440"),
            ("perihelion --season-minutes NaN", "1440"),
        ] {
            let line = refused(arguments);
            assert!(line.contains(names), "{arguments}: {line}");
            assert!(!line.contains('\n') && !line.starts_with("error"), "{arguments}: {line}");
        }
    }

    #[test]
    fn the_defaults_are_a_public_game() {
        let Parsed::Run(command_line) = arguments::parse::<CommandLine>(["perihelion".into()]) else {
            panic!("refused")
        };
        let config = command_line.into_config().unwrap();
        assert_eq!((config.bind, config.port), (None, 8080));
        assert_eq!((config.room.chat, config.room.season_ticks), (ChatMode::Full, 36_000));
        assert_eq!((config.room.name.as_str(), config.room.bots, config.room.players_max), ("Drift", 16, 64));
    }

    #[test]
    fn a_season_may_be_a_part_of_a_minute_or_have_no_end() {
        assert_eq!((season_ticks("0.2"), season_ticks("0"), season_ticks("1440")), (Ok(720), Ok(0), Ok(5_184_000)));
    }

    #[test]
    fn help_shows_every_flag_with_its_default() {
        let Parsed::Print(help) = arguments::parse::<CommandLine>(["perihelion".into(), "--help".into()]) else {
            panic!("no help")
        };
        for words in [
            "--bind",
            "--start-points",
            "--chat",
            "--season-minutes",
            "quick",
            "--port",
            "8080",
            "--data-dir",
            "./perihelion-data",
            "--bots",
            "16",
            "64",
            "--client-dir",
            "--seed",
            "Drift",
            "--record",
            "replay",
        ] {
            assert!(help.contains(words), "{words} in {help}");
        }
    }
}
