//! The table of rooms, in which one is chosen.

use crate::{
    admin::{
        desk::Desk,
        feed::Room,
        format,
        grid::{self, Grid, Made, Row},
        node,
    },
    browser,
    words::{word, word_of},
};

/// The standard of every tunable, per cent.
const STANDARD: u16 = 100;

pub fn show(grid: &mut Grid, desk: &Desk) {
    let rooms = desk.figures.iter().flat_map(|figures| &figures.rooms);
    let rows: Vec<Row> = rooms.map(|room| row(room, room.id == desk.room)).collect();
    let may_set_bots = desk.me.may("bots");
    grid.show(&rows, |row| make(row, may_set_bots));
    let name = desk.chosen().map_or("…", |room| if room.name.is_empty() { &room.id } else { &room.name });
    for element in browser::of_class("room-name") {
        node::write(&element, name);
    }
}

fn row(room: &Room, is_chosen: bool) -> Row {
    let name = if room.name.is_empty() || room.name == room.id {
        room.id.clone()
    } else {
        format!("{} ({})", room.name, room.id)
    };
    let marks = [(room.is_private, "private"), (room.is_paused, "paused"), (room.load_steps > 0, "loaded")];
    let marks = marks.iter().filter(|(is, _)| *is).map(|(_, key)| word(key)).collect::<Vec<_>>().join(", ");
    let changed = room.tuning.values().filter(|percent| **percent != STANDARD).count();
    let tuning = if changed == 0 { word("standard").to_owned() } else { word_of("changed", &changed.to_string()) };
    let tuning = room.mutators.iter().map(String::as_str).chain([&*tuning]).collect::<Vec<_>>().join(" · ");
    let people = format!("{}/{}", room.humans, room.players_max);
    let tick = format!("{} · {}", format::micros(room.tick_us.p50), format::micros(room.tick_us.p99));
    Row {
        key: room.id.clone(),
        texts: vec![
            name,
            marks,
            room.mode.clone(),
            people,
            room.bots.to_string(),
            room.watching.to_string(),
            tick,
            tuning,
            room.restarts.to_string(),
        ],
        marks: vec![("data-chosen", yes(is_chosen)), ("data-bots", room.bots.to_string())],
    }
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn make(row: &Row, may_set_bots: bool) -> Made {
    let id = &row.key;
    let tr = node::make("tr", "", "");
    let first = grid::cell(&tr, "");
    let pick = node::make("button", "pick", "");
    node::mark(&pick, "type", "button");
    node::mark(&pick, "data-room", id);
    let mark = node::make("span", "mark", "");
    node::put(&first, &pick);
    node::put(&first, &mark);
    let (mode, people) = (grid::cell(&tr, ""), grid::cell(&tr, "number"));
    let bots = bots(&grid::cell(&tr, "number"), id, may_set_bots);
    let [watching, tick] = ["number", "number"].map(|class| grid::cell(&tr, class));
    let (tuning, restarts) = (grid::cell(&tr, ""), grid::cell(&tr, "number"));
    Made { row: tr, fields: vec![pick, mark, mode, people, bots, watching, tick, tuning, restarts] }
}

/// The number of bots between − and +.
fn bots(cell: &web_sys::Element, id: &str, may: bool) -> web_sys::Element {
    let step = node::make("span", "step", "");
    node::put(cell, &step);
    let number = node::make("span", "", "");
    let [fewer, more] = [("−", "fewer-bots", "-1"), ("+", "more-bots", "1")]
        .map(|(text, label, by)| node::button(text, &word_of(label, id), &[("data-bots-by", by), ("data-of", id)]));
    if may {
        node::put(&step, &fewer);
    }
    node::put(&step, &number);
    if may {
        node::put(&step, &more);
    }
    number
}
