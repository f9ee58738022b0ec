//! The line on top and the six figures below it. Invariant: what the role may not do has no button.

use web_sys::Element;

use crate::{
    admin::{
        desk::{Desk, Freshness},
        feed::{Figures, State},
        format,
    },
    browser,
    words::{word, word_of},
};

/// From here on a figure is marked: a tick that takes so long leaves no time for the next, µs; processor, per cent of all.
const TICK_BAD_US: f64 = 12_000.0;
const CPU_BAD_PERCENT: f64 = 85.0;

pub fn show(desk: &Desk, now_ms: f64) {
    line(desk, now_ms);
    let Some(figures) = &desk.figures else { return };
    let host = browser::window().location().host().unwrap_or_default();
    browser::set_text("server-name", if figures.name.is_empty() { &host } else { &figures.name });
    let up = word_of("up", &format::duration(figures.uptime_s));
    browser::set_text("server-facts", &format!("{} · {up} · {host}", figures.version));
    state(desk, figures);
    tiles(figures);
}

/// Who signed in; it changes only with them.
pub fn greet(desk: &Desk) {
    let name = if desk.me.name.is_empty() { "–" } else { &desk.me.name };
    browser::set_text("me", &format!("{name} · {}", desk.me.role));
    for (button, command) in browser::marked("data-ask").into_iter().chain(browser::marked("data-run")) {
        let name = command.split([' ', '\t']).next().unwrap_or_default();
        // Those of the server wait until it says in what state it is.
        let waits = button.closest("#server-buttons").is_ok_and(|group| group.is_some());
        set_hidden(&button, waits || !desk.me.may(name));
    }
    for (part, command) in [("announce", "announce"), ("tune-reset", "reset"), ("bans", "bans"), ("audit", "audit")] {
        browser::set_hidden(part, !desk.me.may(command));
    }
}

fn line(desk: &Desk, now_ms: f64) {
    let (mark, text) = match desk.freshness(now_ms) {
        Freshness::Live => ("live", word("line-live").to_owned()),
        Freshness::Late(ms) => ("late", word_of("line-late", &format!("{:.0}", ms / 1_000.0))),
        Freshness::Lost => ("lost", word("line-lost").to_owned()),
        Freshness::Other => ("odd", word("line-other").to_owned()),
    };
    browser::set_text("line", &text);
    browser::set_mark("line", "data-line", mark);
    browser::set_mark("board", "data-stale", if matches!(mark, "late" | "lost") { "yes" } else { "no" });
}

fn state(desk: &Desk, figures: &Figures) {
    let (mark, text) = match figures.state {
        State::Open => ("open", word("state-open")),
        State::Locked => ("locked", word("state-locked")),
        State::Draining => ("draining", word("state-draining")),
    };
    browser::set_text("state-word", text);
    browser::set_mark("state", "data-state", mark);
    let left = figures.leaves_in_s.map(|seconds| word_of("in-time", &format::duration(seconds.ceil())));
    browser::set_text("state-left", &left.unwrap_or_default());
    let is_leaving = figures.state == State::Draining;
    let is_locked = figures.state == State::Locked;
    let shown = [
        ("lock", !is_locked && !is_leaving),
        ("unlock", is_locked),
        ("restart", !is_leaving),
        ("drain", !is_leaving),
        ("cancel", is_leaving),
    ];
    for (command, is_shown) in shown {
        set_shown(command, is_shown && desk.me.may(command));
    }
}

/// The button of a command among those of the server.
fn set_shown(command: &str, is_shown: bool) {
    let selector = format!("#server-buttons [data-ask={command}], #server-buttons [data-run={command}]");
    let Ok(Some(button)) = browser::document().query_selector(&selector) else { return };
    set_hidden(&button, !is_shown);
}

fn set_hidden(element: &Element, is_hidden: bool) {
    if element.has_attribute("hidden") != is_hidden {
        // The name is right.
        let _ = element.toggle_attribute_with_force("hidden", is_hidden);
    }
}

fn tiles(figures: &Figures) {
    let tile = |name: &str, figure: &str, more: &str| {
        browser::set_text(&format!("tile-{name}"), figure);
        browser::set_text(&format!("tile-{name}-more"), more);
    };
    let connected = word_of("of-most", &figures.connections.most.to_string());
    let bots = word_of("bots-too", &figures.bots().to_string());
    tile("players", &figures.humans().to_string(), &format!("{connected} · {bots}"));
    tile(
        "cpu",
        &format::percent(figures.cpu_percent),
        &word_of("snapshots", &format!("{:.0}", figures.snapshots_per_s)),
    );
    let connections = word_of("connected", &figures.connections.open.to_string());
    tile("memory", &format!("{:.0} MB", figures.rss_mb), &connections);
    tile("out", &format::rate(figures.bytes_per_s.out), &word_of("received", &format::rate(figures.bytes_per_s.into)));
    let late: u64 = figures.rooms.iter().map(|room| room.late_ticks).sum();
    tile("tick", &format::micros(figures.tick_p99_us()), &word_of("late-ticks", &late.to_string()));
    let journal = if figures.journal_failing { "journal-failing" } else { "journal-ok" };
    tile("store", &figures.store, word(journal));
    let grade = |name: &str, is_bad: bool| {
        browser::set_mark(&format!("tile-{name}"), "data-grade", if is_bad { "bad" } else { "good" });
    };
    grade("tick", figures.tick_p99_us() > TICK_BAD_US);
    grade("cpu", figures.cpu_percent > CPU_BAD_PERCENT);
    grade("store", figures.store != "ok" || figures.journal_failing);
}
