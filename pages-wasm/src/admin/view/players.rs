//! The table of those in the chosen room, and what can be done about them. Invariant: what the role may not do has no button.

use crate::{
    admin::{
        commands::Me,
        desk::Desk,
        feed::Player,
        grid::{self, Grid, Made, Row},
        node,
    },
    browser,
    words::word,
};

pub fn show(grid: &mut Grid, desk: &Desk) {
    let players = desk.players();
    let rows: Vec<Row> = players.iter().map(|player| row(player, desk)).collect();
    grid.show(&rows, |row| make(row, &desk.me));
    browser::set_hidden("players-none", !rows.is_empty());
}

/// Brings the chosen one into view.
pub fn reveal(grid: &Grid, desk: &Desk) {
    let chosen = desk.chosen_player().and_then(|player| grid.row(&key(desk, player)));
    if let Some(row) = chosen {
        row.scroll_into_view_with_bool(false);
    }
}

/// A slot is somebody else's in another room, and after a while in the same one.
fn key(desk: &Desk, player: &Player) -> String {
    format!("{}/{}/{}/{}", desk.room, player.slot, player.is_bot, player.name)
}

fn row(player: &Player, desk: &Desk) -> Row {
    let marks = [(player.is_bot, "bot"), (player.is_muted, "muted"), (player.is_watching, "watches")];
    let marks = marks.iter().filter(|(is, _)| *is).map(|(_, key)| word(key));
    let marks = marks.chain(player.marks.iter().map(String::as_str)).collect::<Vec<_>>().join(", ");
    let round_trip = if player.rtt_ms == 0 { "–".to_owned() } else { format!("{} ms", player.rtt_ms) };
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    Row {
        key: key(desk, player),
        texts: vec![
            player.name.clone(),
            marks,
            format!("#{}", player.slot),
            player.class.clone(),
            player.points.to_string(),
            player.kills.to_string(),
            round_trip,
            player.address.clone().unwrap_or_else(|| "–".to_owned()),
        ],
        marks: vec![
            ("data-chosen", yes(desk.player == Some(player.slot))),
            ("data-bot", yes(player.is_bot)),
            ("data-muted", yes(player.is_muted)),
            ("data-slot", player.slot.to_string()),
        ],
    }
}

fn make(row: &Row, me: &Me) -> Made {
    let (name, slot) = (&row.texts[0], &row.texts[2]);
    let tr = node::make("tr", "", "");
    let first = grid::cell(&tr, "");
    let pick = node::make("button", "pick", "");
    node::mark(&pick, "type", "button");
    node::mark(&pick, "data-player", slot.trim_start_matches('#'));
    let mark = node::make("span", "mark", "");
    node::put(&first, &pick);
    node::put(&first, &mark);
    let cells = ["number", "", "number", "number", "number", ""].map(|class| grid::cell(&tr, class));
    let acts = node::make("span", "acts", "");
    node::put(&grid::cell(&tr, ""), &acts);
    let is_bot = row.marks.iter().any(|(name, value)| *name == "data-bot" && value == "yes");
    for command in ["mute", "unmute", "kick", "ban"] {
        if me.may(command) && !is_bot {
            node::put(&acts, &act(command, name, slot));
        }
    }
    let mut fields = vec![pick, mark];
    fields.extend(cells);
    Made { row: tr, fields }
}

/// Unmuting needs no second thought; the others open a dialog.
fn act(command: &str, name: &str, slot: &str) -> web_sys::Element {
    let label = format!("{}: {name}", word(command));
    let does = if command == "unmute" {
        ("data-run", format!("{command} {slot}"))
    } else {
        ("data-ask", format!("{command}\t{slot}"))
    };
    node::button(word(command), &label, &[(does.0, &does.1), ("data-act", command)])
}
