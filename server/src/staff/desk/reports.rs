//! What players reported: the list, one of them with what was said, and that somebody has seen to it.

use super::{Desk, Done, Refused};
use crate::{
    clock::now_s,
    staff::{order::Order, times::shown},
    store::{ReportRow, StaffRecord},
};

/// More are for the page.
const LINES: usize = 30;

pub(in crate::staff) fn list(desk: &Desk<'_>, _: &Order) -> Result<Done, Refused> {
    let now_s = now_s();
    let (lines, all) = desk.staff.with(|book| {
        let lines: Vec<String> = book.reports.open().take(LINES).map(|row| line(row, now_s)).collect();
        (lines, book.reports.open().count())
    });
    Ok(Done::text(match all {
        0 => "nobody is reported".to_owned(),
        all if all > LINES => format!("{}\n… of {all}", lines.join("\n")),
        _ => lines.join("\n"),
    }))
}

fn line(row: &ReportRow, now_s: u64) -> String {
    let ago = shown(Some(now_s.saturating_sub(row.at_s)));
    let why = if row.reason.is_empty() { "no reason given" } else { &row.reason };
    let ReportRow { id, who, room, by, .. } = row;
    format!("{id}: {who} in {room}, {ago} ago, by {by}: {why}")
}

pub(in crate::staff) fn report(desk: &Desk<'_>, order: &Order) -> Result<Done, Refused> {
    let id = order.number("number").unwrap_or_default();
    let unknown = || Refused::new(format!("there is no report {id}; reports lists them"));
    match order.text("done") {
        None => {
            let row = desk.staff.with(|book| book.reports.find(id).cloned()).ok_or_else(unknown)?;
            let said = if row.lines.is_empty() { "(nobody had said anything)" } else { &row.lines };
            Ok(Done::text(format!("{}\n{said}", line(&row, now_s()))).noted("shown"))
        }
        Some(word) if word.eq_ignore_ascii_case("done") => {
            let (row, kept) = desk
                .staff
                .with(|book| {
                    let row = book.reports.close(id, desk.speaker.shown())?;
                    let kept = book.keep(StaffRecord::Report(row.clone()));
                    Some((row, kept))
                })
                .ok_or_else(unknown)?;
            desk.staff.changed(|changes| changes.reports += 1);
            Ok(Done::keeping(format!("the report of {} is seen to", row.who), vec![kept]))
        }
        Some(word) => Err(Refused::new(format!("{word:?} is not done; it is written: report {id} done"))),
    }
}
