//! What of the staff's book others may read, as plain rows. Invariant: no hash of a password and no address is in one.

use serde::Serialize;

use super::Staff;
use crate::{clock::now_s, store::Target};

/// A ban or a mute.
#[derive(Debug, Serialize)]
pub struct BanView {
    id: u32,
    kind: &'static str,
    who: String,
    target: &'static str,
    until_s: Option<u64>,
    by: String,
    reason: String,
    at_s: u64,
}

/// A line of the audit log.
#[derive(Debug, Serialize)]
pub struct AuditView {
    at_s: u64,
    who: String,
    role: &'static str,
    via: String,
    line: String,
    outcome: String,
}

/// Somebody who was reported.
#[derive(Debug, Serialize)]
pub struct ReportView {
    id: u32,
    at_s: u64,
    room: String,
    who: String,
    by: String,
    reason: String,
    lines: String,
    /// Whether anything can be done about them now that they may have left.
    is_known: bool,
}

/// Somebody of the staff.
#[derive(Debug, Serialize)]
pub struct AccountView {
    name: String,
    role: &'static str,
    last_seen_s: Option<u64>,
}

/// Those in force, newest first.
#[must_use]
pub fn bans(staff: &Staff, most: usize) -> Vec<BanView> {
    staff.with(|book| {
        let rows = book.bans.all(now_s()).take(most).map(|row| BanView {
            id: row.id,
            kind: row.kind.word(),
            who: row.who.clone(),
            target: match row.target {
                Target::Profile(_) => "profile",
                Target::Address(_) => "address",
            },
            until_s: row.until_s,
            by: row.by.clone(),
            reason: row.reason.clone(),
            at_s: row.at_s,
        });
        rows.collect()
    })
}

/// Those that nobody has seen to, newest first.
#[must_use]
pub fn reports(staff: &Staff, most: usize) -> Vec<ReportView> {
    staff.with(|book| {
        let rows = book.reports.open().take(most).map(|row| ReportView {
            id: row.id,
            at_s: row.at_s,
            room: row.room.clone(),
            who: row.who.clone(),
            by: row.by.clone(),
            reason: row.reason.clone(),
            lines: row.lines.clone(),
            is_known: row.target.is_some(),
        });
        rows.collect()
    })
}

/// The newest lines, newest first.
#[must_use]
pub fn audit(staff: &Staff, most: usize) -> Vec<AuditView> {
    staff.with(|book| {
        let rows = book.audit.newest().take(most).map(|row| AuditView {
            at_s: row.at_s,
            who: row.who.clone(),
            role: row.role.word(),
            via: row.via.clone(),
            line: row.line.clone(),
            outcome: row.outcome.clone(),
        });
        rows.collect()
    })
}

/// Everybody.
#[must_use]
pub fn accounts(staff: &Staff) -> Vec<AccountView> {
    staff.with(|book| {
        let rows = book.accounts.all().map(|row| AccountView {
            name: row.name.clone(),
            role: row.role.word(),
            last_seen_s: row.last_seen_s,
        });
        rows.collect()
    })
}
