//! A line of text as a command with what it is given. Pure.
//!
//! Invariant: whatever a line holds, it becomes a row of the table with arguments of the kinds that the row names, or one sentence that
//! says what is wrong with it.

use std::{fmt, net::IpAddr};

use shared::defs::PickupKind;

use super::{
    command::{Arg, COMMANDS, Command, Kind},
    line::{LineError, Words},
    role::Role,
};

/// A player, as named in a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerWord {
    /// `#12`
    Slot(u16),
    /// Part of a name or all of it.
    Name(String),
    /// `report:3`: whom a report is about, also when they have left.
    Report(u32),
}

/// An address, as named in a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressWord {
    /// Itself.
    Ip(IpAddr),
    /// As tables show it, without the `#`.
    Tag(String),
}

/// An argument that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// See [`Kind::Player`].
    Player(PlayerWord),
    /// Seconds; `None` for good.
    Time(Option<u64>),
    /// See [`Kind::Number`].
    Number(u32),
    /// See [`Kind::Address`].
    Address(AddressWord),
    /// See [`Kind::Pickup`].
    Pickup(PickupKind),
    /// See [`Kind::Role`].
    Role(Role),
    /// Text, and whatever is only a word.
    Text(String),
}

/// Why a line is no command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandError {
    /// It is no line.
    Line(LineError),
    /// There is none of that name.
    Unknown {
        /// What was written.
        word: String,
        /// What was probably meant.
        nearest: Option<&'static str>,
    },
    /// An argument is not what it has to be, is missing or is too much.
    Usage {
        /// What is wrong.
        what: String,
        /// How it is written.
        usage: String,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::Line(error) => error.fmt(f),
            CommandError::Unknown { word, .. } if word.is_empty() => f.write_str("no command; help lists them"),
            CommandError::Unknown { word, nearest: Some(nearest) } => {
                write!(f, "there is no command {word:?}; did you mean {nearest}?")
            }
            CommandError::Unknown { word, nearest: None } => {
                write!(f, "there is no command {word:?}; help lists them")
            }
            CommandError::Usage { what, usage } => write!(f, "{what}; it is written: {usage}"),
        }
    }
}

impl From<LineError> for CommandError {
    fn from(error: LineError) -> CommandError {
        CommandError::Line(error)
    }
}

/// A command with its arguments.
#[derive(Debug)]
pub struct Order {
    /// Which.
    pub command: &'static Command,
    /// By the arguments of the command, what was given.
    values: Vec<Option<Value>>,
}

impl Order {
    /// Reads a line, with or without `/` in front.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub fn parse(line: &str) -> Result<Order, CommandError> {
        let line = line.trim();
        let mut words = Words::of(line.strip_prefix('/').unwrap_or(line))?;
        let word = words.next_word()?.unwrap_or_default();
        let Some(command) = Command::find(&word) else {
            return Err(CommandError::Unknown { nearest: nearest(&word), word: shortened(&word) });
        };
        let usage = |what| CommandError::Usage { what, usage: command.usage() };
        let mut values = Vec::with_capacity(command.args.len());
        for arg in command.args {
            let word = if arg.kind == Kind::Text { words.rest() } else { words.next_word()? };
            values.push(match word {
                Some(word) => Some(read(arg, &word).map_err(usage)?),
                None if arg.optional => None,
                None => return Err(usage(format!("{} is missing", arg.name))),
            });
        }
        match words.rest() {
            Some(rest) => Err(usage(format!("{:?} is too much", shortened(&rest)))),
            None => Ok(Order { command, values }),
        }
    }

    /// What was given for an argument.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&Value> {
        let index = self.command.args.iter().position(|arg| arg.name == name)?;
        self.values.get(index)?.as_ref()
    }

    /// The text, or word, that was given.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.given(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The number that was given.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        match self.given(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }
}

/// The command that was probably meant.
fn nearest(word: &str) -> Option<&'static str> {
    let likeness = |command: &&Command| strsim::jaro_winkler(command.name, word);
    let best = COMMANDS.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    // What clap asks of a suggestion.
    (likeness(&best) > 0.7).then_some(best.name)
}

/// Enough of what was written to see what was meant.
fn shortened(word: &str) -> String {
    word.chars().take(40).collect()
}

fn read(arg: &Arg, word: &str) -> Result<Value, String> {
    let wrong = |right: &str| format!("{} {:?} is not {right}", arg.name, shortened(word));
    match arg.kind {
        Kind::Player => Ok(Value::Player(player(word))),
        Kind::Time => time(word).map(Value::Time).ok_or_else(|| wrong("a time such as 30s, 10m, 2h, 7d or forever")),
        Kind::Number | Kind::Ban => {
            word.trim_start_matches('#').parse().map(Value::Number).map_err(|_| wrong("a whole number"))
        }
        Kind::Address => address(word).map(Value::Address).ok_or_else(|| wrong("an IP address or the tag of one")),
        Kind::Pickup => gift(word)
            .map(Value::Pickup)
            .ok_or_else(|| wrong(&format!("one of {}", PickupKind::GIFTS.map(|(word, _)| word).join(", ")))),
        Kind::Role => Role::from_word(word).map(Value::Role).ok_or_else(|| wrong("helper, mod or owner")),
        Kind::Text | Kind::Room | Kind::Tunable | Kind::Name => Ok(Value::Text(word.to_owned())),
    }
}

fn gift(word: &str) -> Option<PickupKind> {
    PickupKind::GIFTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, kind)| *kind)
}

fn player(word: &str) -> PlayerWord {
    let number = |sign| word.strip_prefix(sign).and_then(|number: &str| number.parse().ok());
    if let Some(report) = number("report:") {
        return PlayerWord::Report(report);
    }
    let slot = word.strip_prefix('#').and_then(|number| number.parse().ok());
    slot.map_or_else(|| PlayerWord::Name(word.to_owned()), PlayerWord::Slot)
}

/// Ten years: more is for good.
const TIME_MAX_S: u64 = 10 * 365 * 86_400;

/// Seconds, `None` for good.
fn time(word: &str) -> Option<Option<u64>> {
    if word.eq_ignore_ascii_case("forever") {
        return Some(None);
    }
    let unit = word.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = word.strip_suffix(unit)?.parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(seconds).filter(|seconds| *seconds <= TIME_MAX_S).map(Some)
}

/// The digits of an [`crate::address::AddressTag`].
const TAG_CHARS: usize = 8;

fn address(word: &str) -> Option<AddressWord> {
    if let Some(tag) = word.strip_prefix('#') {
        let is_tag = tag.len() == TAG_CHARS && tag.chars().all(|c| c.is_ascii_hexdigit());
        return is_tag.then(|| AddressWord::Tag(tag.to_ascii_lowercase()));
    }
    word.parse().ok().map(AddressWord::Ip)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_becomes_a_command_with_its_arguments() {
        let order = Order::parse("/ban \"Foo Bar\" 2h aim  bot").unwrap();
        assert_eq!((order.command.name, order.text("reason")), ("ban", Some("aim  bot")));
        assert_eq!(order.given("player"), Some(&Value::Player(PlayerWord::Name("Foo Bar".into()))));
        assert_eq!(order.given("time"), Some(&Value::Time(Some(7_200))));
        let order = Order::parse("  MUTE #12 forever").unwrap();
        assert_eq!(order.given("player"), Some(&Value::Player(PlayerWord::Slot(12))));
        assert_eq!((order.given("time"), order.given("reason")), (Some(&Value::Time(None)), None));
        let order = Order::parse("set gravity 150 main").unwrap();
        assert_eq!(
            (order.text("tunable"), order.number("value"), order.text("room")),
            (Some("gravity"), Some(150), Some("main"))
        );
        let order = Order::parse("ban-address #00ff00Aa 1d").unwrap();
        assert_eq!(order.given("address"), Some(&Value::Address(AddressWord::Tag("00ff00aa".into()))));
        let order = Order::parse("ban-address ::1 1d").unwrap();
        assert_eq!(order.given("address"), Some(&Value::Address(AddressWord::Ip("::1".parse().unwrap()))));
        assert_eq!(Order::parse("unban #7").unwrap().number("ban"), Some(7));
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        for (line, says) in [
            ("", "help lists them"),
            ("/", "help lists them"),
            ("frobnicate", "there is no command \"frobnicate\"; help lists them"),
            ("kik Foo", "did you mean kick?"),
            ("kick", "player is missing; it is written: kick PLAYER [REASON]"),
            ("ban Foo", "time is missing"),
            ("ban Foo 2", "time \"2\" is not a time such as 30s, 10m, 2h, 7d or forever"),
            ("ban Foo 0s", "is not a time"),
            ("ban Foo -5m", "is not a time"),
            ("ban Foo 99999999999999999999d", "is not a time"),
            ("ban Foo 4000d", "is not a time"),
            ("ban Foo 5é", "is not a time"),
            ("bots main many", "number \"many\" is not a whole number"),
            ("bots main -1", "is not a whole number"),
            ("ban-address nowhere 1h", "is not an IP address"),
            ("ban-address #12 1h", "is not an IP address"),
            ("staff-add ann king", "role \"king\" is not helper, mod or owner"),
            ("gift Foo ore", "pickup \"ore\" is not one of over-shield, multi-fire, repel, decoy, repair, charge"),
            ("rooms now please", "\"now please\" is too much"),
            ("kick \"Foo", "is not closed"),
        ] {
            let error = Order::parse(line).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains('\n'), "{line}: {error}");
        }
    }

    #[test]
    fn the_table_can_be_read_by_its_own_parser() {
        for (index, command) in COMMANDS.iter().enumerate() {
            assert!(COMMANDS[..index].iter().all(|other| other.name != command.name), "{} twice", command.name);
            let optional = command.args.iter().position(|arg| arg.optional).unwrap_or(command.args.len());
            assert!(
                command.args[optional..].iter().all(|arg| arg.optional),
                "{}: what may be left out is last",
                command.name
            );
            let texts = command.args.iter().position(|arg| arg.kind == Kind::Text);
            assert!(texts.is_none_or(|at| at + 1 == command.args.len()), "{}: a text takes the rest", command.name);
            assert!(command.help.ends_with('.') && !command.help.contains('\n'), "{}", command.name);
            let word = |arg: &Arg| match arg.kind {
                Kind::Player => "#1",
                Kind::Time => "5m",
                Kind::Number | Kind::Ban => "5",
                Kind::Address => "10.0.0.1",
                Kind::Pickup => "decoy",
                Kind::Role => "mod",
                Kind::Text | Kind::Room | Kind::Tunable | Kind::Name => "word",
            };
            let line = command.args.iter().fold(command.name.to_owned(), |line, arg| format!("{line} {}", word(arg)));
            let order = Order::parse(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(command.args.iter().all(|arg| order.given(arg.name).is_some()), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_command_or_one_sentence(line in "[\\s\\S]{0,120}", start in 0..COMMANDS.len()) {
            for line in [line.clone(), format!("{} {line}", COMMANDS[start].name)] {
                if let Err(error) = Order::parse(&line) {
                    let error = error.to_string();
                    prop_assert!(!error.contains(char::is_control) && error.len() < 400, "{}", error);
                }
            }
        }
    }
}
