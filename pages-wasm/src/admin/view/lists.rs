//! Bans and mutes, reports, the audit log, the staff.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::{
    admin::{
        commands::Me,
        desk::Desk,
        feed::{Ban, Deed, Member, Report},
        grid::{self, Grid, Made, Row},
        node,
    },
    browser,
    words::word,
};

pub fn show_bans(grid: &mut Grid, desk: &Desk) {
    let rows: Vec<Row> = desk.bans.iter().map(ban).collect();
    let may_lift = desk.me.may("unban");
    grid.show(&rows, |row| {
        let act = may_lift.then(|| (word("unban"), format!("unban {}", row.key)));
        with_act(&["", "", "", "", "wide"], &row.texts[0], act, "data-run")
    });
    browser::set_hidden("bans-none", !rows.is_empty());
}

pub fn show_reports(grid: &mut Grid, desk: &Desk) {
    let rows: Vec<Row> = desk.reports.iter().map(report).collect();
    grid.show(&rows, |row| make_report(row, &desk.me));
    browser::set_hidden("reports-none", !rows.is_empty());
}

pub fn show_audit(grid: &mut Grid, desk: &Desk) {
    // Newest first, whichever way they are told; equal lines of one second are told apart by their place.
    let mut deeds: Vec<&Deed> = desk.audit.iter().collect();
    deeds.sort_by(|a, b| b.at_s.total_cmp(&a.at_s));
    let rows: Vec<Row> = deeds.iter().enumerate().map(|(index, deed)| audit(deed, deeds.len() - index)).collect();
    grid.show(&rows, |_| grid::plain(&["", "", "", "wide"]));
    browser::set_hidden("audit-none", !rows.is_empty());
}

pub fn show_staff(grid: &mut Grid, desk: &Desk) {
    let Some(staff) = &desk.staff else { return };
    browser::set_hidden("staff", false);
    let rows: Vec<Row> = staff.iter().map(member).collect();
    let (may_remove, own) = (desk.me.may("staff-remove"), &desk.me.name);
    grid.show(&rows, |row| {
        let act = (may_remove && row.key != *own).then(|| (word("remove"), format!("staff-remove\t{}", row.key)));
        with_act(&["", "", ""], &row.key, act, "data-ask")
    });
}

fn ban(ban: &Ban) -> Row {
    let until = ban.until_s.map_or_else(|| word("forever").to_owned(), moment);
    let kind = if ban.target.is_empty() { ban.kind.clone() } else { format!("{} ({})", ban.kind, ban.target) };
    let texts = vec![ban.who.clone(), kind, until, ban.by.clone(), ban.reason.clone()];
    Row { key: ban.id.to_string(), texts, marks: vec![] }
}

fn report(report: &Report) -> Row {
    let lines = if report.lines.is_empty() { word("nothing-said").to_owned() } else { report.lines.clone() };
    let Report { who, room, by, reason, .. } = report;
    let texts = vec![moment(report.at_s), who.clone(), room.clone(), by.clone(), reason.clone(), lines];
    // Of who had left before there is nothing to get hold of.
    let known = if report.is_known { "yes" } else { "no" }.to_owned();
    Row { key: report.id.to_string(), texts, marks: vec![("data-known", known)] }
}

fn make_report(row: &Row, me: &Me) -> Made {
    let made = grid::plain(&["", "", "", "", "wide", "lines"]);
    let acts = node::make("span", "acts", "");
    node::put(&grid::cell(&made.row, ""), &acts);
    let who = &row.texts[1];
    let is_known = row.marks.iter().any(|(name, value)| *name == "data-known" && value == "yes");
    for command in ["mute", "kick", "ban"].into_iter().filter(|command| is_known && me.may(command)) {
        let line = format!("{command}\treport:{}", row.key);
        let label = format!("{}: {who}", word(command));
        node::put(&acts, &node::button(word(command), &label, &[("data-ask", &line), ("data-act", command)]));
    }
    if me.may("report") {
        let label = format!("{}: {who}", word("seen-to"));
        let line = format!("report {} done", row.key);
        node::put(&acts, &node::button(word("seen-to"), &label, &[("data-run", &line), ("data-act", "done")]));
    }
    made
}

fn audit(deed: &Deed, place: usize) -> Row {
    let who = format!("{} ({}, {})", deed.who, deed.role, deed.via);
    let texts = vec![moment(deed.at_s), who, deed.line.clone(), deed.outcome.clone()];
    Row { key: format!("{}/{place}", deed.at_s), texts, marks: vec![] }
}

fn member(member: &Member) -> Row {
    let seen = member.last_seen_s.map_or_else(|| word("never-seen").to_owned(), moment);
    Row { key: member.name.clone(), texts: vec![member.name.clone(), member.role.clone(), seen], marks: vec![] }
}

fn with_act(classes: &[&str], whom: &str, act: Option<(&str, String)>, attribute: &str) -> Made {
    let made = grid::plain(classes);
    let cell = grid::cell(&made.row, "");
    if let Some((text, line)) = act {
        node::put(&cell, &node::button(text, &format!("{text}: {whom}"), &[(attribute, &line)]));
    }
    made
}

/// A time as the browser's owner writes it: the hour if it is today, else the day as well.
fn moment(at_s: f64) -> String {
    let at = Date::new(&JsValue::from_f64(at_s * 1_000.0));
    let hour = format!("{:02}:{:02}:{:02}", at.get_hours(), at.get_minutes(), at.get_seconds());
    if at.to_date_string() == Date::new_0().to_date_string() {
        return hour;
    }
    format!("{:04}-{:02}-{:02} {}", at.get_full_year(), at.get_month() + 1, at.get_date(), &hour[..5])
}
