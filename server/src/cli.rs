//! The command line. Invariant: anything wrong with it becomes one line that names the flag, the value and what
//! would be right; nothing is half started. Which flags are settings is said where those are declared (`config`).

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Parser, Subcommand};

#[cfg(unix)]
use crate::staff::hatch;
use crate::{
    config::{
        Config, ConfigError, RoomSettings, ServerSettings, Settings, Sources,
        setting::{Row, Section},
    },
    staff::line::quote,
};

/// A multiplayer space game in the browser, the server of it.
///
/// Without flags it serves a public game on http://localhost:8080/.
#[derive(Debug, Parser)]
#[command(name = "perihelion", version, about, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct CommandLine {
    #[command(flatten)]
    settings: SettingFlags,
    /// Settings file [default: perihelion.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings in force, with a comment for each, and end
    #[arg(long)]
    print_config: bool,
    /// Say whether the settings are good, and end
    #[arg(long, conflicts_with = "print_config")]
    check_config: bool,
    /// Record the match of the first room into this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Something else than serving.
    #[command(subcommand)]
    task: Option<Task>,
}

/// What the binary can do besides serving.
#[derive(Debug, Clone, Subcommand)]
pub enum Task {
    /// Play a recording and tell whether it comes out as recorded
    Replay {
        /// A file made with --record
        file: PathBuf,
    },
    /// Give the running server of a data folder a command; without one, list them
    Admin {
        /// The folder of the server [default: as for serving]
        #[arg(long, value_name = "PATH")]
        data_dir: Option<PathBuf>,
        /// Settings file that names the folder [default: perihelion.toml, if it is there]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// The room that is meant
        #[arg(long, value_name = "ID")]
        room: Option<String>,
        /// A command of docs/ADMIN.md and what it is given; all that begins with - goes before it
        #[arg(trailing_var_arg = true)]
        command: Vec<String>,
    },
}

/// A command for a running server.
#[derive(Debug)]
pub struct AdminErrand {
    data_dir: PathBuf,
    room: Option<String>,
    line: String,
}

impl AdminErrand {
    /// Has it carried out: whether it was done, and the answer.
    ///
    /// # Errors
    /// One line that says why nobody was reached.
    #[cfg(unix)]
    pub fn run(&self) -> Result<(bool, String), String> {
        use std::io::ErrorKind;

        let folder = self.data_dir.display();
        hatch::ask(&self.data_dir, self.room.as_deref(), &self.line).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
                format!("no server uses {folder} (--data-dir names another folder)")
            }
            ErrorKind::PermissionDenied => format!("only the user who may read {folder} may give commands"),
            _ => format!("the server of {folder} does not answer: {error}"),
        })
    }

    /// Has it carried out.
    ///
    /// # Errors
    /// Always: there is no way to the server here.
    #[cfg(not(unix))]
    pub fn run(&self) -> Result<(bool, String), String> {
        Err("`perihelion admin` needs a Unix; use the page /admin".to_owned())
    }
}

/// What a command line comes to.
#[derive(Debug)]
pub enum Order {
    /// Serve.
    Serve(Box<Start>),
    /// Play a recording.
    Replay(PathBuf),
    /// Give a running server a command.
    Admin(AdminErrand),
    /// Print this and end.
    Print(String),
}

/// What serving begins with.
#[derive(Debug)]
pub struct Start {
    /// What the server is made from.
    pub config: Config,
    /// The settings of that…
    pub settings: Settings,
    /// …and where they came from, for reading them again.
    pub sources: Sources,
}

impl CommandLine {
    /// Reads the settings, with this environment, and says what is to be done.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn order(self, environment: Vec<(String, String)>) -> Result<Order, ConfigError> {
        match self.task {
            Some(Task::Replay { file }) => return Ok(Order::Replay(file)),
            Some(Task::Admin { data_dir, config, room, command }) => {
                let file = config.or_else(Sources::usual_file);
                let sources = Sources { file, environment, flags: Vec::new() };
                let data_dir = data_dir.map_or_else(|| Ok(Settings::read(&sources)?.server.data_dir), Ok)?;
                return Ok(Order::Admin(AdminErrand { data_dir, room, line: line(&command) }));
            }
            None => {}
        }
        let record = self.record;
        let sources = Sources { file: self.config.or_else(Sources::usual_file), environment, flags: self.settings.0 };
        let settings = Settings::read(&sources)?;
        if self.print_config {
            return Ok(Order::Print(settings.print()));
        }
        let mut config = settings.clone().into_config()?;
        if self.check_config {
            let rooms: Vec<_> = config.rooms.iter().map(|room| room.id.as_str()).collect();
            return Ok(Order::Print(format!("the settings are good; rooms: {}\n", rooms.join(", "))));
        }
        if let Some(file) = record {
            check_record(&file)?;
            config.rooms[0].record = Some(file);
        }
        Ok(Order::Serve(Box::new(Start { config, settings, sources })))
    }
}

/// The words of a shell as a line of the console; a single word may be a whole line already.
fn line(words: &[String]) -> String {
    match words {
        [] => "help".to_owned(),
        [line] => line.clone(),
        words => words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" "),
    }
}

fn check_record(file: &std::path::Path) -> Result<(), ConfigError> {
    if file.exists() {
        return Err(ConfigError::RecordExists(file.to_owned()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(ConfigError::RecordWithoutFolder(file.to_owned()));
    }
    Ok(())
}

/// The settings that were given as flags: name and value. What they mean is decided by `config`, as for every source.
#[derive(Debug)]
struct SettingFlags(Vec<(String, String)>);

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        let command = add(command, &ServerSettings::default(), "");
        add(command, &RoomSettings::default(), " (of the room main)")
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn add<S: Section>(command: Command, usual: &S, whose: &str) -> Command {
    S::ROWS.iter().filter_map(|row| Some((row, row.flag()?))).fold(command, |command, (row, flag)| {
        let arg = Arg::new(flag).long(flag).value_name((row.placeholder)()).help(help(row, usual, whose));
        command.arg(arg)
    })
}

fn help<S: Section>(row: &Row<S>, usual: &S, whose: &str) -> String {
    let doc = row.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let usual = (row.write)(usual).map(|value| value.trim_matches('"').to_owned());
    let usual = usual.or_else(|| (row.unset)().map(str::to_owned)).unwrap_or_default();
    format!("{}{whose} [default: {usual}]", doc.trim_end_matches('.'))
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        fn given<S>(rows: &'static [Row<S>], matches: &ArgMatches) -> Vec<(String, String)> {
            let flags = rows.iter().filter_map(Row::flag);
            flags.filter_map(|flag| Some((flag.to_owned(), matches.get_one::<String>(flag)?.clone()))).collect()
        }
        let mut flags = given(ServerSettings::ROWS, matches);
        flags.extend(given(RoomSettings::ROWS, matches));
        Ok(SettingFlags(flags))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, path::Path};

    use arguments::Parsed;
    use shared::{
        defs::{GameMode, Terms},
        protocol::ChatMode,
    };

    use super::*;

    /// The order, or the one line that says why there is none.
    fn order(arguments: &str) -> Result<Order, String> {
        match arguments::parse::<CommandLine>(arguments.split(' ').map(OsString::from)) {
            Parsed::Run(line) => line.order(Vec::new()).map_err(|error| error.to_string()),
            Parsed::Print(text) => Ok(Order::Print(text)),
            Parsed::Refuse(line) => Err(line),
        }
    }

    fn config(arguments: &str) -> Result<Config, String> {
        match order(arguments)? {
            Order::Serve(start) => Ok(start.config),
            other => panic!("{arguments}: {other:?}"),
        }
    }

    #[test]
    fn a_command_in_the_container_finds_the_folder_of_its_server() {
        let files = [include_str!("../../packaging/Dockerfile"), include_str!("../../packaging/Dockerfile.runtime")];
        for file in files {
            let set = file.lines().filter_map(|line| line.strip_prefix("ENV ")?.split_once('='));
            let environment: Vec<_> = set.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let order =
                |arguments: &str| match arguments::parse::<CommandLine>(arguments.split(' ').map(OsString::from)) {
                    Parsed::Run(line) => line.order(environment.clone()).unwrap(),
                    Parsed::Print(text) | Parsed::Refuse(text) => panic!("{arguments}: {text}"),
                };
            let entry = file.lines().find_map(|line| line.strip_prefix("ENTRYPOINT ")).unwrap();
            let entry: Vec<String> = serde_json::from_str(entry).unwrap();
            let Order::Serve(start) = order(&entry.join(" ")) else { panic!("{entry:?} serves") };
            let Order::Admin(errand) = order("perihelion admin token") else { panic!("it is a command") };
            assert_eq!((&*start.settings.server.data_dir, &*errand.data_dir), (Path::new("/data"), Path::new("/data")));
            assert!(file.contains("VOLUME /data\n"), "{file}");
        }
        let compose = include_str!("../../packaging/compose.yaml");
        assert!(compose.contains("PERIHELION_PUBLIC_URL"), "{compose}");
        let Parsed::Run(line) = arguments::parse::<CommandLine>(["perihelion".into()]) else { panic!("no flags") };
        let site = "https://play.example.org".to_owned();
        let Order::Serve(start) = line.order(vec![("PERIHELION_PUBLIC_URL".to_owned(), site.clone())]).unwrap() else {
            panic!("it serves")
        };
        assert_eq!(start.settings.server.public_url, Some(site));
    }

    #[test]
    fn what_is_wrong_is_one_line_that_names_it() {
        for (arguments, names) in [
            ("perihelion --prot 1", "--port"),
            ("perihelion --port 70000", "70000"),
            ("perihelion --port x", "--port"),
            ("perihelion --bots 2049", "2048"),
            ("perihelion --max-players 0", "1 to 2048"),
            ("perihelion --start-points 1000001", "1000000"),
            ("perihelion --bind nowhere", "nowhere"),
            ("perihelion --name \u{7}", "control"),
            ("perihelion extra", "extra"),
            ("perihelion --seed -1", "-1"),
            ("perihelion --chat loud", "quick"),
            ("perihelion --drain-seconds 601", "0 to 600"),
            ("perihelion --season-minutes soon", "minutes"),
            ("perihelion --season-minutes -1", "-1"),
            ("perihelion --season-minutes 1441", "1440"),
            ("perihelion --season-minutes NaN", "1440"),
            ("perihelion --mode chess", "core-war"),
            ("perihelion --round-seconds 9", "10 to 3600"),
            ("perihelion --core-hull 0", "10 to 60000"),
            ("perihelion --wins 21", "1 to 20"),
            ("perihelion --public-url example.org", "https://"),
            ("perihelion --config /no/such/file", "/no/such/file"),
            ("perihelion --check-config --print-config", "--print-config"),
        ] {
            let line = order(arguments).expect_err(arguments);
            assert!(line.contains(names), "{arguments}: {line}");
            assert!(!line.contains('\n') && !line.starts_with("error"), "{arguments}: {line}");
        }
    }

    #[test]
    fn the_defaults_are_a_public_game() {
        let config = config("perihelion").unwrap();
        assert_eq!((config.server.bind, config.server.port), (None, 8080));
        let [room] = &config.rooms[..] else { panic!("one room") };
        assert_eq!((room.chat, room.season_ticks), (ChatMode::Full, 36_000));
        assert_eq!((room.name.as_str(), room.bots, room.players_max), ("Drift", 16, 64));
    }

    #[test]
    fn a_mode_brings_its_own_numbers_and_a_host_may_change_them() {
        let room = |arguments: &str| config(arguments).unwrap().rooms.remove(0);
        let duel = room("perihelion --mode duel");
        assert_eq!((duel.name.as_str(), duel.bots, duel.players_max, duel.season_ticks), ("Duel", 2, 2, 0));
        assert_eq!(duel.terms, Terms::of(GameMode::Duel));
        let war = room("perihelion --mode core-war --core-hull 50 --round-seconds 30 --bots 0");
        assert_eq!((war.terms.core_hull, war.terms.round_s, war.bots), (50, 30, 0));
        let duel = room("perihelion --mode duel --max-players 6 --wins 1");
        assert_eq!((duel.players_max, duel.terms.wins), (6, 1));
        let error = config("perihelion --mode 1962 --max-players 4").unwrap_err();
        assert!(error.contains("max_players") && error.contains("1962"), "{error}");
        assert!(config("perihelion --mode duel --bots 16").is_err());
    }

    #[test]
    fn help_shows_every_flag_with_its_default() {
        let Ok(Order::Print(help)) = order("perihelion --help") else { panic!("no help") };
        let flags = ServerSettings::ROWS.iter().filter_map(Row::flag);
        for flag in flags.chain(RoomSettings::ROWS.iter().filter_map(Row::flag)) {
            assert!(help.contains(&format!("--{flag} ")), "--{flag} in {help}");
        }
        for words in
            ["8080", "./perihelion-data", "core-war", "quick", "16", "64", "Drift", "--record", "--config", "replay"]
        {
            assert!(help.contains(words), "{words} in {help}");
        }
    }
}
