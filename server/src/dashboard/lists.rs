//! What is told to a page when it changes: bans, reports, the audit log, the staff; and once, what can be tuned. Invariant: of a ban's
//! address its tag alone, of a password nothing.

use serde::Serialize;
use shared::defs::Tuning;

use crate::staff::{Staff, view};

/// Lines of the audit log that a page sees.
const AUDIT_LINES: usize = 100;
/// Bans and mutes that a page sees, newest first.
const BANS: usize = 500;

/// Reports that a page sees, newest first.
const REPORTS: usize = 50;

#[derive(Serialize)]
struct List<T> {
    is: &'static str,
    rows: Vec<T>,
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    min: u16,
    max: u16,
    help: &'static str,
}

/// As JSON.
pub fn text(told: &impl Serialize) -> String {
    serde_json::to_string(told).expect("plain fields always serialise")
}

/// Who is kept out or quiet.
#[must_use]
pub fn bans(staff: &Staff) -> String {
    text(&List { is: "bans", rows: view::bans(staff, BANS) })
}

/// Whom players reported.
#[must_use]
pub fn reports(staff: &Staff) -> String {
    text(&List { is: "reports", rows: view::reports(staff, REPORTS) })
}

/// What staff did.
#[must_use]
pub fn audit(staff: &Staff) -> String {
    text(&List { is: "audit", rows: view::audit(staff, AUDIT_LINES) })
}

/// Who is in the staff.
#[must_use]
pub fn staff(staff: &Staff) -> String {
    text(&List { is: "staff", rows: view::accounts(staff) })
}

/// What can be tuned.
#[must_use]
pub fn tunables() -> String {
    let row = |row: &shared::defs::Tunable| Row { name: row.name, min: row.min, max: row.max, help: row.help };
    text(&List { is: "tunables", rows: Tuning::TABLE.iter().map(row).collect() })
}
