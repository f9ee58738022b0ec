//! Who did what, and what was refused: the newest, for who looks; all of it is in the store. Invariant: lines are only added, and
//! each is one line of plain text, whatever was asked for.

use std::collections::VecDeque;

use crate::store::{AUDIT_READ, AuditRow};

/// The newest lines, oldest first.
#[derive(Debug, Default)]
pub struct Audit(VecDeque<AuditRow>);

/// Characters of what was asked for that are kept, and of what came of it.
const CHARS_MAX: usize = 300;

impl Audit {
    /// Takes in what was stored; what this process did comes behind it.
    pub fn restore(&mut self, stored: Vec<AuditRow>) -> Vec<AuditRow> {
        let of_this_process: Vec<AuditRow> = self.0.drain(..).collect();
        self.0.extend(stored);
        of_this_process.iter().for_each(|row| self.push(row.clone()));
        of_this_process
    }

    /// Adds a line; as it is kept.
    pub fn add(&mut self, row: AuditRow) -> AuditRow {
        let row = AuditRow { line: plain(&row.line), outcome: plain(&row.outcome), ..row };
        self.push(row.clone());
        row
    }

    fn push(&mut self, row: AuditRow) {
        if self.0.len() >= AUDIT_READ as usize {
            self.0.pop_front();
        }
        self.0.push_back(row);
    }

    /// The newest, newest first.
    pub fn newest(&self) -> impl Iterator<Item = &AuditRow> {
        self.0.iter().rev()
    }
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::role::Role;

    fn row(line: &str) -> AuditRow {
        AuditRow {
            at_s: 1,
            who: "anna".into(),
            role: Role::Mod,
            via: "page".into(),
            line: line.into(),
            outcome: "done".into(),
        }
    }

    #[test]
    fn a_line_is_one_line_and_there_is_an_end_of_them() {
        let mut audit = Audit::default();
        assert_eq!(audit.add(row("kick \n\u{1b}[31mFöö")).line, "kick   [31mFöö");
        assert_eq!(audit.add(row(&"x".repeat(100_000))).line.len(), CHARS_MAX);
        assert_eq!(audit.restore(vec![row("stored")]).len(), 2);
        let lines: Vec<_> = audit.newest().map(|row| row.line.chars().next()).collect();
        assert_eq!(lines, [Some('x'), Some('k'), Some('s')]);
        (0..1_000).for_each(|_| drop(audit.add(row("more"))));
        assert_eq!(audit.newest().count(), AUDIT_READ as usize);
    }
}
