//! The settings as a file: what is in force, each key with its meaning and what may stand there. Invariant: reading the
//! file gives the same settings, but for secrets, which it does not hold.

use super::{
    Settings,
    setting::{Row, Section},
};

const WIDTH: usize = 118;

const HEAD: &str = "\
Perihelion's settings. Later wins: the defaults, this file (perihelion.toml in the folder where the server is started, or \
--config FILE), the environment, flags. Every key is optional. A key with a flag has the environment variable of the same \
name (--max-players: PERIHELION_MAX_PLAYERS), any other one is called by its place (PERIHELION_LIMITS_LANES_MAX, \
PERIHELION_ROOMS_MAIN_PASSWORD; a secret may lie in a file: PERIHELION_ROOMS_MAIN_PASSWORD_FILE). After a change send \
SIGHUP; what says \"needs a restart\" or \"waits\" does so.";

pub fn print(settings: &Settings) -> String {
    let mut file = comment(HEAD);
    section(&mut file, "server", &settings.server, true);
    section(&mut file, "limits", &settings.limits, true);
    section(&mut file, "net", &settings.net, true);
    section(&mut file, "physics", &settings.physics, true);
    section(&mut file, "moderation", &settings.moderation, true);
    for (number, (id, room)) in settings.rooms.iter().enumerate() {
        section(&mut file, &format!("rooms.{id}"), room, number == 0);
    }
    file
}

/// A section; with `explained`, every key is. Further rooms need not repeat it.
fn section<S: Section>(file: &mut String, name: &str, section: &S, explained: bool) {
    file.push('\n');
    if explained {
        file.push_str(&comment(S::ABOUT));
    }
    file.push_str(&format!("[{name}]\n"));
    for row in S::ROWS {
        if explained {
            file.push('\n');
            file.push_str(&comment(row.doc));
            file.push_str(&comment(&rules(row)));
        }
        let line = match (row.write)(section) {
            Some(_) if row.is_secret() => format!("# {} = \"it is set, and not shown\"\n", row.key),
            Some(value) => format!("{} = {value}\n", row.key),
            None => format!("# {} =\n", row.key),
        };
        file.push_str(&line);
    }
}

/// What may stand there, what it is unset, its flag, and whether a change waits for a restart.
fn rules<S>(row: &Row<S>) -> String {
    let allowed = Some(format!("[{}]", (row.allowed)()));
    let unset = (row.unset)().map(|what| format!("[unset: {what}]"));
    let flag = row.flag().map(|flag| format!("[--{flag}]"));
    let waits = row.waits_for().map(|what| format!("[{what}]"));
    [allowed, unset, flag, waits].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Lines that begin with `# `, broken between words.
fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}
