//! The command table as the server tells it to whoever signed in, and the lines that are made from it. Invariant: a command
//! that is not in the table is offered nowhere; a line holds no line break.

use serde::Deserialize;

/// Who signed in, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Me {
    pub name: String,
    pub role: String,
    pub has_password: bool,
    pub commands: Vec<Command>,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Command {
    pub name: String,
    pub help: String,
    pub args: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Argument {
    pub name: String,
    pub kind: Kind,
    pub optional: bool,
}

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Player,
    Time,
    Number,
    Room,
    Address,
    Ban,
    Tunable,
    Pickup,
    Role,
    Name,
    /// Anything, to the end of the line; also what this page does not know.
    #[default]
    #[serde(other)]
    Text,
}

/// How long something lasts, where one chooses.
pub const TIMES: [&str; 7] = ["10m", "30m", "2h", "1d", "7d", "30d", "forever"];
/// From the least.
pub const ROLES: [&str; 3] = ["helper", "mod", "owner"];

impl Me {
    /// The command, if they may.
    pub fn command(&self, name: &str) -> Option<&Command> {
        self.commands.iter().find(|command| command.name == name)
    }

    pub fn may(&self, name: &str) -> bool {
        self.command(name).is_some()
    }
}

impl Command {
    /// The line with these values, one for each argument, as far as they go: an empty one is left out.
    pub fn line(&self, values: &[String]) -> String {
        let mut line = self.name.clone();
        for (index, value) in values.iter().enumerate() {
            let value = one_line(value);
            // A text takes the rest of the line as it is.
            let is_text = self.args.get(index).is_none_or(|argument| argument.kind == Kind::Text);
            match value.as_str() {
                "" => {}
                word if is_text || !word.contains([' ', '"']) => line.extend([" ", word]),
                words => line.push_str(&format!(" \"{}\"", words.replace('\\', "\\\\").replace('"', "\\\""))),
            }
        }
        line
    }

    /// The first argument that must be there and is not.
    pub fn missing<'a>(&'a self, values: &[String]) -> Option<&'a Argument> {
        let value = |index: usize| values.get(index).map_or("", |value| value.trim());
        let mut args = self.args.iter().enumerate();
        args.find(|(index, argument)| !argument.optional && value(*index).is_empty()).map(|(_, argument)| argument)
    }

    /// As `help` shows it: `ban PLAYER TIME [REASON]`.
    pub fn usage(&self) -> String {
        self.args.iter().fold(self.name.clone(), |usage, argument| {
            let name = argument.name.to_uppercase();
            if argument.optional { format!("{usage} [{name}]") } else { format!("{usage} {name}") }
        })
    }
}

/// What can be taken back by `undo`.
pub fn can_be_undone(line: &str) -> bool {
    let name = line.split_whitespace().next().unwrap_or_default();
    matches!(
        name,
        "mute" | "unmute" | "ban" | "ban-address" | "mute-address" | "set" | "reset" | "lock" | "unlock" | "bots"
    )
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub fn example() -> Me {
    let argument = |text: &str| {
        let optional = text.starts_with('[');
        let name = text.trim_matches(['[', ']']).to_owned();
        let kind = match name.as_str() {
            "player" => Kind::Player,
            "time" => Kind::Time,
            "room" => Kind::Room,
            "tunable" => Kind::Tunable,
            "pickup" => Kind::Pickup,
            "role" => Kind::Role,
            "name" => Kind::Name,
            "id" => Kind::Ban,
            "n" | "value" => Kind::Number,
            _ => Kind::Text,
        };
        Argument { name, kind, optional }
    };
    let table = ["kick player [reason]", "ban player time [reason]", "bans", "bots room n", "set tunable value [room]"];
    let more =
        ["unban id", "announce text", "staff-add name role", "mute player time [reason]", "gift player pickup", "undo"];
    let command = |row: &&str| {
        let mut words = row.split(' ');
        let name = words.next().expect("a name").to_owned();
        Command { help: format!("{name} it"), name, args: words.map(argument).collect() }
    };
    let commands = table.iter().chain(&more).map(command).collect();
    Me { name: "anna".into(), role: "owner".into(), has_password: true, commands }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_made_of_what_is_there() {
        let me = example();
        let ban = me.command("ban").expect("there");
        let values = |list: &[&str]| list.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        for (given, line, missing) in [
            (&["#3", "2h", "aims\nby itself "][..], "ban #3 2h aims by itself", None),
            (&["#3", "2h", ""], "ban #3 2h", None),
            (&["#3", " "], "ban #3", Some("time")),
            (&[], "ban", Some("player")),
        ] {
            let given = values(given);
            assert_eq!(ban.line(&given), line);
            assert_eq!(ban.missing(&given).map(|argument| argument.name.as_str()), missing, "{line}");
        }
        let add = me.command("staff-add").expect("there");
        assert_eq!(add.line(&values(&["Bo \"B\" \\", "mod"])), r#"staff-add "Bo \"B\" \\" mod"#);
        assert_eq!(ban.usage(), "ban PLAYER TIME [REASON]");
    }

    #[test]
    fn the_table_is_read_as_it_is_told() {
        let text = r#"{"name":"anna","role":"mod","has_password":false,"commands":[{"name":"kick","role":"helper",
            "help":"away","args":[{"name":"player","kind":"player","optional":false},{"name":"x","kind":"colour"}]}]}"#;
        let me: Me = serde_json::from_str(text).expect("good");
        assert!(me.may("kick") && !me.may("ban"));
        assert_eq!(
            me.commands[0].args.iter().map(|argument| argument.kind).collect::<Vec<_>>(),
            [Kind::Player, Kind::Text]
        );
    }

    #[test]
    fn a_kick_is_done_and_a_ban_may_be_undone() {
        assert!(can_be_undone("ban #3 2h") && can_be_undone("set gravity 50"));
        assert!(!can_be_undone("kick #3") && !can_be_undone("") && !can_be_undone("bans"));
    }
}
