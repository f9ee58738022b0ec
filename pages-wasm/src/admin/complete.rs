//! How a line of the console may go on. Invariant: a suggestion begins with the line as far as it is certain and is itself a
//! line one could have typed.

use shared::defs::PickupKind;

use super::commands::{Kind, Me, ROLES, TIMES};

/// More than these nobody reads.
const MOST: usize = 8;

/// What there is to name, as the dashboard knows it.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Slot and name of those in the chosen room.
    pub players: Vec<(u16, String)>,
    pub rooms: Vec<String>,
    pub tunables: Vec<String>,
    /// Number and whom it concerns.
    pub bans: Vec<(u64, String)>,
    pub staff: Vec<String>,
}

/// A way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The whole line.
    pub line: String,
    /// What is added or replaced.
    pub word: String,
    /// What that is.
    pub note: String,
}

/// The ways to go on from `line`, best first.
pub fn complete(me: &Me, names: &Names, line: &str) -> Vec<Suggestion> {
    let (before, begun) = match line.rfind(char::is_whitespace) {
        Some(at) => line.split_at(at + line[at..].chars().next().map_or(1, char::len_utf8)),
        None => ("", line),
    };
    let given: Vec<&str> = before.split_whitespace().collect();
    let words = match given.split_first() {
        None => me.commands.iter().map(|command| (command.name.clone(), command.help.clone())).collect(),
        Some((name, values)) => {
            let argument = me.command(name).and_then(|command| command.args.get(values.len()));
            argument.map(|argument| values_of(argument.kind, names)).unwrap_or_default()
        }
    };
    let begun_lower = begun.to_lowercase();
    let fits = |(word, note): &(String, String)| {
        // A player is found by name as well, a command by its own name alone.
        word.to_lowercase().starts_with(&begun_lower)
            || (!given.is_empty() && note.to_lowercase().starts_with(&begun_lower))
    };
    let suggestion = |(word, note)| Suggestion { line: format!("{before}{word} "), word, note };
    words.into_iter().filter(fits).filter(|(word, _)| word != begun).map(suggestion).take(MOST).collect()
}

/// Every value of a kind with a note; none where anything may be written.
pub fn values_of(kind: Kind, names: &Names) -> Vec<(String, String)> {
    let plain = |list: &[String]| list.iter().map(|name| (name.clone(), String::new())).collect();
    let fixed = |list: &[&str]| list.iter().map(|name| ((*name).to_owned(), String::new())).collect();
    match kind {
        Kind::Player => names.players.iter().map(|(slot, name)| (format!("#{slot}"), name.clone())).collect(),
        Kind::Ban => names.bans.iter().map(|(id, who)| (id.to_string(), who.clone())).collect(),
        Kind::Room => plain(&names.rooms),
        Kind::Tunable => plain(&names.tunables),
        Kind::Name => plain(&names.staff),
        Kind::Time => fixed(&TIMES),
        Kind::Pickup => fixed(&PickupKind::GIFTS.map(|(word, _)| word)),
        Kind::Role => fixed(&ROLES),
        Kind::Number | Kind::Address | Kind::Text => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::commands::example, *};

    fn check(line: &str, ways: &[&str]) {
        let names = Names {
            players: vec![(3, "Foo".into()), (12, "Bar Baz".into())],
            rooms: vec!["main".into(), "duel".into()],
            tunables: vec!["gravity".into(), "damage".into()],
            bans: vec![(5, "Eve".into())],
            staff: vec!["anna".into()],
        };
        let found: Vec<String> = complete(&example(), &names, line).into_iter().map(|way| way.line).collect();
        assert_eq!(found, ways, "{line:?}");
    }

    #[test]
    fn each_place_in_a_line_goes_on_by_the_table() {
        check("ba", &["ban ", "bans "]);
        check("ban ", &["ban #3 ", "ban #12 "]);
        check("ban #1", &["ban #12 "]);
        check("ban bar", &["ban #12 "]);
        check("ban #3 3", &["ban #3 30m ", "ban #3 30d "]);
        check("ban #3 2h ", &[]);
        check("bots ", &["bots main ", "bots duel "]);
        check("set g", &["set gravity "]);
        check("set gravity ", &[]);
        check("set gravity 50 d", &["set gravity 50 duel "]);
        check("unban ", &["unban 5 "]);
        check("staff-add bo", &[]);
        check("staff-add bob ", &["staff-add bob helper ", "staff-add bob mod ", "staff-add bob owner "]);
        check("gift #3 re", &["gift #3 repel ", "gift #3 repair "]);
        check("nonsense ", &[]);
        check("ban\u{2003}", &["ban\u{2003}#3 ", "ban\u{2003}#12 "]);
    }

    #[test]
    fn a_finished_word_suggests_nothing_and_nothing_suggests_a_few() {
        check("kick", &[]);
        assert_eq!(complete(&example(), &Names::default(), "").len(), MOST);
    }
}
