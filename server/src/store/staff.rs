//! What staff leave behind: who they are, whom they keep out or quiet, what they changed, and who did what. Invariant: a
//! change is a row put or taken away as a whole, so that the same change twice is the same as once.
//!
//! Written by the writer's thread, read once when the file is opened: from then on the process knows them (`staff`).

use rusqlite::{Connection, Row, Transaction, params};
use shared::room::ProfileKey;
use tokio::sync::oneshot;

use crate::{address::AddressKey, staff::role::Role};

/// Rows of the audit log that are kept; older ones are forgotten.
const AUDIT_KEPT: u32 = 100_000;
/// Rows of it that a process begins with.
pub const AUDIT_READ: u32 = 500;

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Clean.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// PHC string; `None` until they have chosen one.
    pub password: Option<String>,
    /// When they came to the staff, s since 1970.
    pub since_s: u64,
    /// When they signed in last, s since 1970.
    pub last_seen_s: Option<u64>,
}

/// Kept out, or kept quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BanKind {
    /// Out.
    Ban,
    /// Quiet.
    Mute,
}

impl BanKind {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            BanKind::Ban => "ban",
            BanKind::Mute => "mute",
        }
    }

    fn from_word(word: &str) -> Option<BanKind> {
        [BanKind::Ban, BanKind::Mute].into_iter().find(|kind| kind.word() == word)
    }
}

/// Whom a ban or a mute is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// The browser that keeps this profile's secret; known by its hash.
    Profile(ProfileKey),
    /// Everybody at this address (IPv6: in this /64). It has to be kept as it is: a hash that outlives the process could be
    /// looked up by hashing every address there is.
    Address(AddressKey),
}

/// A ban or a mute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanRow {
    /// Its number.
    pub id: u32,
    /// Out or quiet.
    pub kind: BanKind,
    /// Whom.
    pub target: Target,
    /// The name they had.
    pub who: String,
    /// Who of the staff.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since, s since 1970.
    pub at_s: u64,
    /// Until, s since 1970; `None` for good.
    pub until_s: Option<u64>,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// When, s since 1970.
    pub at_s: u64,
    /// Who; empty for an owner without a name.
    pub who: String,
    /// With which rights.
    pub role: Role,
    /// From where.
    pub via: String,
    /// What they asked for.
    pub line: String,
    /// What came of it.
    pub outcome: String,
}

/// Somebody who was reported by a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Its number.
    pub id: u32,
    /// When, s since 1970.
    pub at_s: u64,
    /// The id or code of the room.
    pub room: String,
    /// Who reported: their name, and the tag of their address.
    pub by: String,
    /// Who was reported: the name they had.
    pub who: String,
    /// Who that is, if they were still there.
    pub target: Option<Target>,
    /// Why.
    pub reason: String,
    /// What was said last, a line each: a name and what it said.
    pub lines: String,
    /// Who of the staff has seen to it.
    pub done_by: Option<String>,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffRecord {
    /// Somebody is in the staff, or is so in another way than before.
    Account(AccountRow),
    /// Somebody left the staff.
    AccountGone(String),
    /// A ban or mute.
    Ban(BanRow),
    /// It is lifted, or over.
    BanGone(u32),
    /// Somebody was reported, or that was seen to.
    Report(ReportRow),
    /// A report is forgotten.
    ReportGone(u32),
    /// Something was done, or refused.
    Audit(AuditRow),
    /// What staff set, by its key; `None` when it is as it usually is.
    Setting(String, Option<String>),
}

impl StaffRecord {
    /// Whether it must not be lost with the file: what staff decided must not, a line about it may, and so may what anybody can
    /// have written at will.
    pub(super) fn is_decision(&self) -> bool {
        !matches!(self, StaffRecord::Audit(_) | StaffRecord::Report(_) | StaffRecord::ReportGone(_))
    }
}

/// Everything that was stored.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StaffSave {
    /// The staff.
    pub accounts: Vec<AccountRow>,
    /// Bans and mutes, also those whose time is over.
    pub bans: Vec<BanRow>,
    /// The newest lines, oldest first.
    pub audit: Vec<AuditRow>,
    /// Who was reported, oldest first.
    pub reports: Vec<ReportRow>,
    /// What staff set.
    pub settings: Vec<(String, String)>,
}

/// A change on its way, and whom to tell when it is on the disk.
#[derive(Debug)]
pub(super) struct StaffOffer {
    pub record: StaffRecord,
    pub kept: oneshot::Sender<()>,
}

/// Puts them all, or none.
pub(super) fn add(connection: &mut Connection, offers: &[StaffOffer]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for offer in offers {
        put(&transaction, &offer.record)?;
    }
    transaction.commit()
}

fn put(transaction: &Transaction<'_>, record: &StaffRecord) -> rusqlite::Result<()> {
    match record {
        StaffRecord::Account(row) => put_account(transaction, row),
        StaffRecord::AccountGone(name) => delete(transaction, "DELETE FROM staff WHERE name = ?1", name),
        StaffRecord::Ban(row) => put_ban(transaction, row),
        StaffRecord::BanGone(id) => delete(transaction, "DELETE FROM bans WHERE id = ?1", id),
        StaffRecord::Report(row) => put_report(transaction, row),
        StaffRecord::ReportGone(id) => delete(transaction, "DELETE FROM reports WHERE id = ?1", id),
        StaffRecord::Audit(row) => put_audit(transaction, row),
        StaffRecord::Setting(key, None) => delete(transaction, "DELETE FROM settings WHERE key = ?1", key),
        StaffRecord::Setting(key, Some(value)) => transaction
            .prepare_cached("INSERT OR REPLACE INTO settings VALUES (?1, ?2)")?
            .execute(params![key, value])
            .map(drop),
    }
}

fn delete(transaction: &Transaction<'_>, query: &str, key: &dyn rusqlite::ToSql) -> rusqlite::Result<()> {
    transaction.prepare_cached(query)?.execute([key]).map(drop)
}

fn put_account(transaction: &Transaction<'_>, row: &AccountRow) -> rusqlite::Result<()> {
    let AccountRow { name, role, password, since_s, last_seen_s } = row;
    transaction.prepare_cached("INSERT OR REPLACE INTO staff VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        name,
        role.word(),
        password,
        since_s.cast_signed(),
        last_seen_s.map(u64::cast_signed)
    ])?;
    Ok(())
}

fn put_ban(transaction: &Transaction<'_>, row: &BanRow) -> rusqlite::Result<()> {
    let (profile, address) = columns(Some(&row.target));
    transaction.prepare_cached("INSERT OR REPLACE INTO bans VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.execute(
        params![
            row.id,
            row.kind.word(),
            profile,
            address,
            row.who,
            row.by,
            row.reason,
            row.at_s.cast_signed(),
            row.until_s.map(u64::cast_signed)
        ],
    )?;
    Ok(())
}

fn put_report(transaction: &Transaction<'_>, row: &ReportRow) -> rusqlite::Result<()> {
    let (profile, address) = columns(row.target.as_ref());
    let ReportRow { id, at_s, room, by, who, reason, lines, done_by, .. } = row;
    transaction
        .prepare_cached("INSERT OR REPLACE INTO reports VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![id, at_s.cast_signed(), room, by, who, profile, address, reason, lines, done_by])?;
    Ok(())
}

/// A target as its two columns.
fn columns(target: Option<&Target>) -> (Option<ProfileKey>, Option<String>) {
    match target {
        Some(Target::Profile(key)) => (Some(*key), None),
        Some(Target::Address(address)) => (None, Some(address.text())),
        None => (None, None),
    }
}

/// The target in two columns, this one and the next; `None` where neither names one.
fn target_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Target>> {
    Ok(match (row.get::<_, Option<ProfileKey>>(column)?, row.get::<_, Option<String>>(column + 1)?) {
        (Some(key), None) => Some(Target::Profile(key)),
        (None, Some(address)) => address.parse().ok().map(|address| Target::Address(AddressKey::of(address))),
        _ => None,
    })
}

fn put_audit(transaction: &Transaction<'_>, row: &AuditRow) -> rusqlite::Result<()> {
    let AuditRow { at_s, who, role, via, line, outcome } = row;
    transaction
        .prepare_cached("INSERT INTO audit (at_s, who, role, via, line, outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![at_s.cast_signed(), who, role.word(), via, line, outcome])?;
    Ok(())
}

/// Forgets the oldest lines of the audit log.
pub(super) fn forget_old(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?1", [AUDIT_KEPT]).map(drop)
}

/// Reads what is stored. A row that a newer program wrote with other words is left out.
pub(super) fn read(connection: &Connection) -> rusqlite::Result<StaffSave> {
    let mut audit = rows(
        connection,
        &format!("SELECT at_s, who, role, via, line, outcome FROM audit ORDER BY id DESC LIMIT {AUDIT_READ}"),
        audit_of,
    )?;
    audit.reverse();
    Ok(StaffSave {
        accounts: rows(connection, "SELECT name, role, password, since_s, last_seen_s FROM staff", account_of)?,
        bans: rows(
            connection,
            "SELECT id, kind, profile, address, who, by, reason, at_s, until_s FROM bans ORDER BY id",
            ban_of,
        )?,
        audit,
        reports: rows(
            connection,
            "SELECT id, at_s, room, by, who, profile, address, reason, lines, done_by FROM reports ORDER BY id",
            report_of,
        )?,
        settings: rows(connection, "SELECT key, value FROM settings", |row| Ok(Some((row.get(0)?, row.get(1)?))))?,
    })
}

fn rows<T>(
    connection: &Connection,
    query: &str,
    read: fn(&Row<'_>) -> rusqlite::Result<Option<T>>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([], read)?;
    rows.filter_map(Result::transpose).collect()
}

fn seconds(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

fn seconds_or_none(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    row.get::<_, Option<i64>>(column).map(|seconds| seconds.map(i64::cast_unsigned))
}

fn role(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Role>> {
    row.get::<_, String>(column).map(|word| Role::from_word(&word))
}

fn account_of(row: &Row<'_>) -> rusqlite::Result<Option<AccountRow>> {
    let Some(role) = role(row, 1)? else { return Ok(None) };
    Ok(Some(AccountRow {
        name: row.get(0)?,
        role,
        password: row.get(2)?,
        since_s: seconds(row, 3)?,
        last_seen_s: seconds_or_none(row, 4)?,
    }))
}

fn ban_of(row: &Row<'_>) -> rusqlite::Result<Option<BanRow>> {
    let Some(kind) = BanKind::from_word(&row.get::<_, String>(1)?) else { return Ok(None) };
    let Some(target) = target_of(row, 2)? else { return Ok(None) };
    Ok(Some(BanRow {
        id: row.get(0)?,
        kind,
        target,
        who: row.get(4)?,
        by: row.get(5)?,
        reason: row.get(6)?,
        at_s: seconds(row, 7)?,
        until_s: seconds_or_none(row, 8)?,
    }))
}

fn report_of(row: &Row<'_>) -> rusqlite::Result<Option<ReportRow>> {
    Ok(Some(ReportRow {
        id: row.get(0)?,
        at_s: seconds(row, 1)?,
        room: row.get(2)?,
        by: row.get(3)?,
        who: row.get(4)?,
        target: target_of(row, 5)?,
        reason: row.get(7)?,
        lines: row.get(8)?,
        done_by: row.get(9)?,
    }))
}

fn audit_of(row: &Row<'_>) -> rusqlite::Result<Option<AuditRow>> {
    let Some(role) = role(row, 2)? else { return Ok(None) };
    Ok(Some(AuditRow {
        at_s: seconds(row, 0)?,
        who: row.get(1)?,
        role,
        via: row.get(3)?,
        line: row.get(4)?,
        outcome: row.get(5)?,
    }))
}

#[cfg(test)]
mod tests {
    use rusqlite::OptionalExtension;

    use super::*;
    use crate::store::schema;

    fn offers(records: impl IntoIterator<Item = StaffRecord>) -> Vec<StaffOffer> {
        records.into_iter().map(|record| StaffOffer { record, kept: oneshot::channel().0 }).collect()
    }

    fn address(text: &str) -> Target {
        Target::Address(AddressKey::of(text.parse().unwrap()))
    }

    fn ban(id: u32, target: Target) -> BanRow {
        BanRow {
            id,
            kind: BanKind::Mute,
            target,
            who: "Föö \"'".into(),
            by: "anna".into(),
            reason: "x'); DROP TABLE bans; --".into(),
            at_s: 5,
            until_s: (id == 1).then_some(u64::MAX >> 1),
        }
    }

    #[test]
    fn what_was_put_is_read_and_what_was_taken_away_is_not() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        assert_eq!(read(&connection).unwrap(), StaffSave::default());
        let anna = AccountRow {
            name: "anna".into(),
            role: Role::Owner,
            password: Some("hash".into()),
            since_s: 1,
            last_seen_s: None,
        };
        let bob =
            AccountRow { name: "bob".into(), role: Role::Helper, password: None, last_seen_s: Some(7), ..anna.clone() };
        let audit = |line: &str| AuditRow {
            at_s: 9,
            who: "anna".into(),
            role: Role::Mod,
            via: "cli".into(),
            line: line.into(),
            outcome: "done".into(),
        };
        let report = |id: u32, done_by: Option<&str>| ReportRow {
            id,
            at_s: 3,
            room: "main".into(),
            by: "Ada, from #1".into(),
            who: "Bo".into(),
            target: [None, Some(Target::Profile([9; 32])), Some(address("10.0.0.1"))][id as usize % 3].clone(),
            reason: String::new(),
            lines: "Bo: x\nAda: y".into(),
            done_by: done_by.map(str::to_owned),
        };
        let records = [
            StaffRecord::Report(report(1, None)),
            StaffRecord::Report(report(2, None)),
            StaffRecord::Report(report(2, Some("anna"))),
            StaffRecord::Report(report(3, None)),
            StaffRecord::Report(report(4, None)),
            StaffRecord::ReportGone(1),
            StaffRecord::Account(anna.clone()),
            StaffRecord::Account(AccountRow { role: Role::Mod, ..bob.clone() }),
            StaffRecord::Account(bob.clone()),
            StaffRecord::Account(AccountRow { name: "gone".into(), ..bob.clone() }),
            StaffRecord::AccountGone("gone".into()),
            StaffRecord::Ban(ban(1, Target::Profile([7; 32]))),
            StaffRecord::Ban(ban(2, address("10.0.0.1"))),
            StaffRecord::Ban(ban(3, address("10.0.0.2"))),
            StaffRecord::BanGone(3),
            StaffRecord::Audit(audit("first")),
            StaffRecord::Audit(audit("second")),
            StaffRecord::Setting("a".into(), Some("1".into())),
            StaffRecord::Setting("a".into(), Some("2".into())),
            StaffRecord::Setting("b".into(), Some("3".into())),
            StaffRecord::Setting("b".into(), None),
        ];
        add(&mut connection, &offers(records)).unwrap();
        let expected = StaffSave {
            accounts: vec![anna, bob],
            bans: vec![ban(1, Target::Profile([7; 32])), ban(2, address("10.0.0.1"))],
            audit: vec![audit("first"), audit("second")],
            reports: vec![report(2, Some("anna")), report(3, None), report(4, None)],
            settings: vec![("a".into(), "2".into())],
        };
        assert_eq!(read(&connection).unwrap(), expected);
    }

    #[test]
    fn the_audit_log_has_an_end_and_the_newest_are_read() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        connection
            .execute(
                "INSERT INTO audit WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1)
                 SELECT id, id, 'anna', 'owner', 'cli', 'help', 'done' FROM n",
                [AUDIT_KEPT + 50],
            )
            .unwrap();
        forget_old(&connection).unwrap();
        let count: u32 = connection.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap();
        let oldest: Option<u32> =
            connection.query_row("SELECT min(id) FROM audit", [], |row| row.get(0)).optional().unwrap();
        assert_eq!((count, oldest), (AUDIT_KEPT, Some(51)));
        let save = read(&connection).unwrap();
        let ends = (save.audit.first().unwrap().at_s, save.audit.last().unwrap().at_s);
        assert_eq!((save.audit.len() as u32, ends), (AUDIT_READ, (99_551, 100_050)));
    }
}
