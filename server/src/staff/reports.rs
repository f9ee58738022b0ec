//! What players reported, for staff to see to. Pure.
//!
//! Invariants: there are at most [`REPORTS_MAX`], of which those that nobody has seen to and the newest stay; a number is given once while the process lives.

use std::collections::BTreeMap;

use crate::store::ReportRow;

/// Reports that are kept. Full: the oldest that somebody has seen to is forgotten, or else the oldest.
pub const REPORTS_MAX: usize = 1_000;

/// The reports.
#[derive(Debug, Default)]
pub struct Reports {
    rows: BTreeMap<u32, ReportRow>,
    last: u32,
}

/// A report that was added.
#[derive(Debug, PartialEq, Eq)]
pub struct Added {
    /// With its number.
    pub row: ReportRow,
    /// The number of the one that made room for it.
    pub forgotten: Option<u32>,
}

impl Reports {
    /// Takes in those that were stored. Those of this process get new numbers behind them.
    pub fn restore(&mut self, stored: Vec<ReportRow>) -> Vec<Added> {
        let of_this_process = std::mem::take(&mut self.rows);
        self.rows = stored.into_iter().map(|row| (row.id, row)).collect();
        self.last = self.rows.last_key_value().map_or(self.last, |(last, _)| self.last.max(*last));
        of_this_process.into_values().filter_map(|row| self.add(row)).collect()
    }

    /// Adds one under a number of its own; `None` when there are no more numbers.
    pub fn add(&mut self, row: ReportRow) -> Option<Added> {
        self.last = self.last.checked_add(1)?;
        let forgotten = if self.rows.len() >= REPORTS_MAX { self.least() } else { None };
        forgotten.and_then(|id| self.rows.remove(&id));
        let row = ReportRow { id: self.last, ..row };
        self.rows.insert(row.id, row.clone());
        Some(Added { row, forgotten })
    }

    /// The one that is missed least.
    fn least(&self) -> Option<u32> {
        let done = self.rows.iter().find(|(_, row)| row.done_by.is_some());
        done.or(self.rows.first_key_value()).map(|(id, _)| *id)
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, id: u32) -> Option<&ReportRow> {
        self.rows.get(&id)
    }

    /// Somebody has seen to it; as it is now.
    pub fn close(&mut self, id: u32, by: &str) -> Option<ReportRow> {
        let row = self.rows.get_mut(&id)?;
        row.done_by = Some(by.to_owned());
        Some(row.clone())
    }

    /// Those that nobody has seen to, newest first.
    pub fn open(&self) -> impl Iterator<Item = &ReportRow> {
        self.rows.values().rev().filter(|row| row.done_by.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(who: &str) -> ReportRow {
        ReportRow {
            id: 0,
            at_s: 1,
            room: "main".into(),
            by: "Ada".into(),
            who: who.into(),
            target: None,
            reason: String::new(),
            lines: String::new(),
            done_by: None,
        }
    }

    #[test]
    fn the_newest_stay_and_one_that_was_seen_to_is_open_no_more() {
        let mut reports = Reports::default();
        let ids: Vec<u32> = ["Bo", "Cy"].iter().map(|who| reports.add(row(who)).unwrap().row.id).collect();
        assert_eq!(ids, [1, 2]);
        assert_eq!(reports.close(1, "anna").unwrap().done_by.as_deref(), Some("anna"));
        assert_eq!(reports.open().map(|row| row.id).collect::<Vec<_>>(), [2]);
        assert_eq!((reports.close(3, "anna"), reports.find(1).is_some()), (None, true));
        let added = reports.restore(vec![ReportRow { id: 7, ..row("Di") }]);
        assert_eq!(added.iter().map(|added| added.row.id).collect::<Vec<_>>(), [8, 9]);
        (3..REPORTS_MAX).for_each(|_| assert_eq!(reports.add(row("x")).unwrap().forgotten, None));
        assert_eq!(reports.add(row("x")).unwrap().forgotten, Some(8), "somebody has seen to it");
        assert_eq!(reports.find(8), None);
        reports.close(500, "anna").unwrap();
        let forgotten = [reports.add(row("x")), reports.add(row("x"))].map(|added| added.unwrap().forgotten);
        assert_eq!(forgotten, [Some(500), Some(7)]);
    }
}
