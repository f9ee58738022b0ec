//! The command line. Invariant: anything wrong with it becomes one line that names the flag, the value and what
//! would be right; nothing is half started. Settings files and environment are not here (yet there are none).

use std::{fmt, net::IpAddr, path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};
use shared::{
    defs::{GameMode, Terms},
    limits::SEASON_MINUTES_MAX,
    protocol::ChatMode,
    tick::TICK_HZ,
};

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
    /// Folder for what must survive a restart: scores, results, boards
    #[arg(long, value_name = "DIR", default_value = "./perihelion-data")]
    data_dir: PathBuf,
    /// Seconds between the news that the server goes down and the moment it does, while somebody plays; 0: at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=DRAIN_S_MAX))]
    drain_seconds: u16,
    /// What is played: drift (everybody for themselves), core-war (two teams, two cores), duel (rounds of one life), 1962
    #[arg(long, value_name = "MODE", default_value = "drift", value_parser = game_mode)]
    mode: GameMode,
    /// Fill the room up to this many pilots with bots [default: 16; 2 in duel and 1962]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=PILOTS_MAX))]
    bots: Option<u16>,
    /// People who may play at once; bots make way for them [default: 64; 2 in duel and 1962]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=PILOTS_MAX))]
    max_players: Option<u16>,
    /// A round lasts this long at most [default: 480 in core-war, 90 in duel, 120 in 1962]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(ROUND_S))]
    round_seconds: Option<u16>,
    /// Damage that a core takes in core-war [default: 7500]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(CORE_HULL))]
    core_hull: Option<u16>,
    /// Rounds that win a match of duel or 1962 [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(WINS))]
    wins: Option<u8>,
    /// Points that every pilot begins with; 160 buy a Lancer
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=START_POINTS_MAX))]
    start_points: u32,
    /// Minutes of a season, after which scores begin anew; 0: scores last
    #[arg(long, value_name = "N", default_value = "10", value_parser = season_ticks)]
    season_minutes: SeasonTicks,
    /// What people may say to each other: off (nothing), quick (eight phrases), full (anything)
    #[arg(long, value_name = "WHAT", default_value = "full", value_parser = chat_mode)]
    chat: ChatMode,
    /// Name of the room [default: that of the mode, "Drift"]
    #[arg(long, value_name = "NAME", value_parser = room_name)]
    name: Option<String>,
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

/// The limits of a host's wishes, as clap wants them.
const ROUND_S: std::ops::RangeInclusive<i64> = *Terms::ROUND_S.start() as i64..=*Terms::ROUND_S.end() as i64;
const CORE_HULL: std::ops::RangeInclusive<i64> = *Terms::CORE_HULL.start() as i64..=*Terms::CORE_HULL.end() as i64;
const WINS: std::ops::RangeInclusive<i64> = *Terms::WINS.start() as i64..=*Terms::WINS.end() as i64;
const DRAIN_S_MAX: i64 = 600;
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

fn game_mode(text: &str) -> Result<GameMode, &'static str> {
    GameMode::from_word(text).ok_or("it is drift, core-war, duel or 1962")
}

/// The room's name unless the host gives one.
fn mode_title(mode: GameMode) -> &'static str {
    match mode {
        GameMode::Drift => "Drift",
        GameMode::CoreWar => "Core War",
        GameMode::Duel => "Duel",
        GameMode::Y1962 => "1962",
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
    /// `--max-players` or `--bots` is more than the mode holds.
    TooMany {
        /// Which of them.
        flag: &'static str,
        /// What is played.
        mode: GameMode,
    },
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
            ConfigError::TooMany { flag, mode } => {
                let (most, mode) = (mode.players_limit(), mode.word());
                write!(f, "{flag} is {most} at most with --mode {mode}")
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
        let mode = self.mode;
        let usual = Terms::of(mode);
        let terms = Terms {
            mode,
            round_s: self.round_seconds.unwrap_or(usual.round_s),
            core_hull: self.core_hull.unwrap_or(usual.core_hull),
            wins: self.wins.unwrap_or(usual.wins),
        };
        let players_max = self.max_players.unwrap_or(mode.players_max());
        let bots = self.bots.unwrap_or(mode.bots());
        for (flag, wanted) in [("--max-players", players_max), ("--bots", bots)] {
            if wanted > mode.players_limit() {
                return Err(ConfigError::TooMany { flag, mode });
            }
        }
        let random = || getrandom::u64().map_err(ConfigError::NoRandomness);
        let seed = self.seed.map_or_else(random, Ok)?;
        let secret = random()?;
        Ok(Config {
            bind: self.bind,
            port: self.port,
            client_dir: self.client_dir,
            data_dir: Some(self.data_dir),
            room: Blueprint {
                name: self.name.unwrap_or_else(|| mode_title(mode).to_owned()),
                seed,
                secret,
                bots,
                players_max,
                terms,
                start_points: self.start_points,
                // Where there are rounds they are what begins anew.
                season_ticks: if mode == GameMode::Drift { self.season_minutes } else { 0 },
                chat: self.chat,
                record: self.record,
            },
            limits: Limits { drain: Duration::from_secs(self.drain_seconds.into()), ..Limits::default() },
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
            ("perihelion --drain-seconds 601", "0..=600"),
            ("perihelion --season-minutes soon", "minutes"),
            ("perihelion --season-minutes -1", "-1"),
            ("perihelion --season-minutes 1441", "1440"),
            ("perihelion --season-minutes NaN", "1440"),
            ("perihelion --mode chess", "core-war"),
            ("perihelion --round-seconds 9", "10..=3600"),
            ("perihelion --core-hull 0", "10..=60000"),
            ("perihelion --wins 21", "1..=20"),
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
    fn a_mode_brings_its_own_numbers_and_a_host_may_change_them() {
        let config = |arguments: &str| {
            let parsed = arguments::parse::<CommandLine>(arguments.split(' ').map(OsString::from));
            let Parsed::Run(line) = parsed else { panic!("{arguments}: refused") };
            line.into_config()
        };
        let room = config("perihelion --mode duel").unwrap().room;
        assert_eq!((room.name.as_str(), room.bots, room.players_max, room.season_ticks), ("Duel", 2, 2, 0));
        assert_eq!(room.terms, Terms::of(GameMode::Duel));
        let room = config("perihelion --mode core-war --core-hull 50 --round-seconds 30 --bots 0").unwrap().room;
        assert_eq!((room.terms.core_hull, room.terms.round_s, room.bots), (50, 30, 0));
        let room = config("perihelion --mode duel --max-players 6 --wins 1").unwrap().room;
        assert_eq!((room.players_max, room.terms.wins), (6, 1));
        let error = config("perihelion --mode 1962 --max-players 4").unwrap_err().to_string();
        assert!(error.contains("--max-players") && error.contains("1962"), "{error}");
        assert!(config("perihelion --mode duel --bots 16").is_err());
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
            "--mode",
            "core-war",
            "--round-seconds",
            "--core-hull",
            "--wins",
            "quick",
            "--port",
            "8080",
            "--data-dir",
            "./perihelion-data",
            "--drain-seconds",
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
