//! What a player says about another, `/report NAME [REASON]`: taken down with what was said last, for staff to see.
//!
//! Invariants: who reports is in the room, with a ship or looking on, and hears what came of it; one address is heard `RATE` often; nothing here
//! does anything to who is reported.

use std::time::Instant;

use shared::{
    protocol::{ChatLine, NoticeText, Quick, Words as Said},
    room::PlayerRow,
};

use super::{Staff, console::Place, line::Words};
use crate::{
    bucket::Rate,
    clock::now_s,
    config::RoomId,
    room::RoomReport,
    store::{ReportRow, StaffRecord, Target},
};

/// What a report costs…
const COST: u64 = 30;
/// …of what comes back each second: three at once from an address, and one each half minute.
pub(super) const RATE: Rate = Rate { per_s: 1, burst: 3 * COST };
/// Characters of a reason. More: cut.
const REASON_MAX: usize = 160;

/// What who reports is to write.
const USAGE: &str = "it is written: /report NAME, and perhaps why";

impl Staff {
    /// Takes a report; what who reports is told.
    pub(super) fn hear_report(&self, place: &Place, mut words: Words<'_>) -> String {
        let (Ok(Some(name)), reason) = (words.next_word(), words.rest().unwrap_or_default()) else {
            return USAGE.to_owned();
        };
        let Some(room) = self.lobby.find(&place.room) else { return USAGE.to_owned() };
        let report = room.report();
        let Some(reporter) = report.players.iter().find(|row| row.conn == Some(place.voice.conn())) else {
            return "who has just come waits a moment before they report".to_owned();
        };
        let whom = match self.reported(&report, &name, reporter) {
            Ok(whom) => whom,
            Err(sentence) => return sentence,
        };
        if !self.tries.reports.take(place.address, COST, Instant::now()) {
            return "that is many reports at once; wait half a minute".to_owned();
        }
        let row = ReportRow {
            id: 0,
            at_s: now_s(),
            room: place.room.clone(),
            by: format!("{}, from #{}", shown(reporter), place.address.tag()),
            who: whom.0,
            target: whom.1,
            reason: NoticeText::clean(&reason)
                .map_or(String::new(), |text| text.as_str().chars().take(REASON_MAX).collect()),
            lines: lines_of(&report),
            done_by: None,
        };
        let told = format!("{} is reported to those who run this server; thank you", row.who);
        self.file(row);
        told
    }

    /// Files what a room makes of a pilot's commands, for staff to judge.
    pub fn flag(&self, room: &str, report: &RoomReport, row: &PlayerRow, why: &str) {
        self.file(ReportRow {
            id: 0,
            at_s: now_s(),
            room: room.to_owned(),
            by: "the server".to_owned(),
            who: shown(row),
            target: self.target_of(row),
            reason: why.to_owned(),
            lines: lines_of(report),
            done_by: None,
        });
    }

    /// By what somebody can be kept out.
    fn target_of(&self, row: &PlayerRow) -> Option<Target> {
        let guest = row.conn.and_then(|conn| self.present.find(conn));
        row.profile.map(Target::Profile).or(guest.map(|guest| Target::Address(guest.address)))
    }

    /// Who is meant: somebody here, or somebody who has said something and left.
    fn reported(
        &self,
        report: &RoomReport,
        name: &str,
        reporter: &PlayerRow,
    ) -> Result<(String, Option<Target>), String> {
        let is_it = |known: &str| !known.is_empty() && known.to_lowercase() == name.to_lowercase();
        let slot = name.strip_prefix('#').and_then(|slot| slot.parse().ok());
        let here =
            report.players.iter().find(|row| slot.map_or_else(|| is_it(&row.name), |slot: u16| row.slot == slot));
        match here {
            Some(row) if row.is_bot => Err(format!("{} is flown by the server", shown(row))),
            Some(row) if row.slot == reporter.slot => Err("that is you".to_owned()),
            Some(row) => Ok((shown(row), self.target_of(row))),
            None => match report.talk.iter().find(|line| is_it(&line.name)) {
                Some(line) => Ok((line.name.clone(), None)),
                None => Err(format!("there is no {:?} here; {USAGE}", name.chars().take(40).collect::<String>())),
            },
        }
    }

    fn file(&self, row: ReportRow) {
        tracing::info!(room = RoomId::openly(&row.room), "a player was reported");
        self.herald.tell(&headline(&row));
        row.lines.lines().for_each(|line| self.herald.tell(&format!("> {line}")));
        self.with(|book| {
            let Some(added) = book.reports.add(row) else { return };
            // Nobody waits for these; that they are late, the store says itself.
            added.forgotten.into_iter().for_each(|id| drop(book.keep(StaffRecord::ReportGone(id))));
            drop(book.keep(StaffRecord::Report(added.row)));
        });
        self.changed(|changes| changes.reports += 1);
    }
}

/// What people elsewhere read first: not the code of a private room, which staff see.
fn headline(row: &ReportRow) -> String {
    let ReportRow { by, who, reason, .. } = row;
    let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    format!("{by} reports {who} in {}{why}", RoomId::openly(&row.room))
}

fn shown(row: &PlayerRow) -> String {
    if row.name.is_empty() { format!("#{}", row.slot) } else { row.name.clone() }
}

fn lines_of(report: &RoomReport) -> String {
    report.talk.iter().map(said).collect::<Vec<_>>().join("\n")
}

fn said(line: &ChatLine) -> String {
    let words = match &line.words {
        Said::Text(text) => text.as_str(),
        Said::Quick(quick) => phrase(*quick),
    };
    format!("{}: {words}", line.name)
}

/// A quick word, for who reads it in a report: pages say it in their own language.
fn phrase(quick: Quick) -> &'static str {
    match quick {
        Quick::GoodShot => "(good shot)",
        Quick::Help => "(help)",
        Quick::FollowMe => "(follow me)",
        Quick::Thanks => "(thanks)",
        Quick::Sorry => "(sorry)",
        Quick::WellPlayed => "(well played)",
        Quick::Danger => "(danger)",
        Quick::No => "(no)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_private_room_is_told_nobody_elsewhere() {
        for (room, reason, says) in [
            ("main", "rude", "Ada reports Bo in main: rude"),
            ("ABC234", "", "Ada reports Bo in a private room"),
            ("234567", "", "Ada reports Bo in a private room"),
        ] {
            let row = ReportRow {
                id: 1,
                at_s: 1,
                room: room.into(),
                by: "Ada".into(),
                who: "Bo".into(),
                target: None,
                reason: reason.into(),
                lines: String::new(),
                done_by: None,
            };
            assert_eq!(headline(&row), says);
        }
    }
}
