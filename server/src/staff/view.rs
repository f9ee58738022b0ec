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
