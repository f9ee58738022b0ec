//! Everything the staff's lock guards: accounts, sessions, bans, the audit log, what staff set, and what each could take back.
//!
//! Invariant: what changes here is given to the store at once. Until the store has told what was in it (or where there is none),
//! changes hold in memory alone; then they are put behind what was stored.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::{accounts::Accounts, audit::Audit, bans::Bans, desk::Undo, reports::Reports, sessions::Sessions};
use crate::store::{AuditRow, Kept, StaffKeeper, StaffRecord, StaffSave};

/// Deeds of one of the staff that can be taken back.
const UNDO_MAX: usize = 16;

/// What staff share.
#[derive(Debug)]
pub struct Book {
    /// The staff.
    pub accounts: Accounts,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Bans and mutes.
    pub bans: Bans,
    /// Who did what.
    pub audit: Audit,
    /// Who was reported.
    pub reports: Reports,
    /// Why nobody new gets in; `None`: everybody does.
    pub lock: Option<String>,
    /// What staff set, by key.
    pub settings: BTreeMap<String, String>,
    undo: HashMap<String, VecDeque<Undo>>,
    keeper: StaffKeeper,
    is_restored: bool,
}

/// The key of the lock among the settings.
pub const LOCK: &str = "lock";

impl Book {
    /// An empty one.
    #[must_use]
    pub fn new(keeper: StaffKeeper) -> Book {
        Book {
            accounts: Accounts::default(),
            sessions: Sessions::default(),
            bans: Bans::default(),
            audit: Audit::default(),
            reports: Reports::default(),
            lock: None,
            settings: BTreeMap::new(),
            undo: HashMap::new(),
            keeper,
            is_restored: false,
        }
    }

    /// Takes in what was stored, and has kept what this process did before.
    pub fn restore(&mut self, save: StaffSave) {
        self.is_restored = true;
        let set_before: Vec<_> = self.settings.clone().into_iter().collect();
        let accounts: Vec<_> = self.accounts.all().cloned().collect();
        self.accounts.restore(save.accounts);
        let bans = self.bans.restore(save.bans);
        let audit = self.audit.restore(save.audit);
        let reports = self.reports.restore(save.reports);
        let mut settings: BTreeMap<String, String> = save.settings.into_iter().collect();
        settings.extend(set_before.clone());
        self.lock = settings.get(LOCK).cloned();
        self.settings = settings;
        // Numbers of bans may be others now.
        self.undo.clear();
        let records = accounts.into_iter().map(StaffRecord::Account);
        let records = records.chain(bans.into_iter().map(StaffRecord::Ban));
        let records = records.chain(audit.into_iter().map(StaffRecord::Audit));
        let records = records.chain(reports.into_iter().map(|added| StaffRecord::Report(added.row)));
        let records = records.chain(set_before.into_iter().map(|(key, value)| StaffRecord::Setting(key, Some(value))));
        // Nobody waits for these.
        records.for_each(|record| drop(self.keeper.keep(record)));
    }

    /// Has a change kept.
    pub fn keep(&mut self, record: StaffRecord) -> Option<Kept> {
        if self.is_restored { self.keeper.keep(record) } else { None }
    }

    /// Adds a line to the audit log.
    pub fn note(&mut self, row: AuditRow) {
        let row = self.audit.add(row);
        // The answer is about the deed; that this line is late, the store says itself.
        drop(self.keep(StaffRecord::Audit(row)));
    }

    /// Sets something, or has it be as usual; what it was before.
    pub fn set(&mut self, key: &str, value: Option<String>) -> (Option<String>, Option<Kept>) {
        let before = match &value {
            Some(value) => self.settings.insert(key.to_owned(), value.clone()),
            None => self.settings.remove(key),
        };
        if key == LOCK {
            self.lock.clone_from(&value);
        }
        (before, self.keep(StaffRecord::Setting(key.to_owned(), value)))
    }

    /// Remembers how somebody can take back what they did.
    pub fn can_undo(&mut self, who: &str, undo: Undo) {
        let deeds = self.undo.entry(who.to_owned()).or_default();
        if deeds.len() >= UNDO_MAX {
            deeds.pop_front();
        }
        deeds.push_back(undo);
    }

    /// The last thing that somebody could take back.
    pub fn take_undo(&mut self, who: &str) -> Option<Undo> {
        self.undo.get_mut(who)?.pop_back()
    }

    /// Forgets what somebody could take back: they are no longer of the staff.
    pub fn forget(&mut self, who: &str) {
        self.undo.remove(who);
    }

    /// Nothing is kept any more.
    pub fn close(&mut self) {
        self.keeper = StaffKeeper::default();
    }
}
