//! The names of the staff, what they may do, and what is kept of their passwords. Pure.
//!
//! Invariants: a name is plain lower case ASCII, so that no two look alike; there are at most [`STAFF_MAX`]; the last owner
//! stays one.

use std::collections::BTreeMap;

use super::role::Role;
use crate::store::AccountRow;

/// People of the staff.
pub const STAFF_MAX: usize = 100;
/// Characters of a name.
pub const NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=24;

/// Why the staff stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountError {
    /// That is no name.
    Name,
    /// Nobody has it.
    Unknown,
    /// Somebody has it.
    Taken,
    /// There are as many as there may be.
    Full,
    /// Nobody would be left who may do everything.
    LastOwner,
}

impl AccountError {
    /// One sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            AccountError::Name => {
                "a name has 2 to 24 characters, each of them a-z, 0-9, . _ or -, and is neither owner nor cli"
            }
            AccountError::Unknown => "nobody of the staff has this name",
            AccountError::Taken => "somebody of the staff has this name",
            AccountError::Full => "there are as many people in the staff as there may be",
            AccountError::LastOwner => "the last owner stays one: make somebody else an owner first",
        }
    }
}

/// Everybody of the staff.
#[derive(Debug, Default)]
pub struct Accounts(BTreeMap<String, AccountRow>);

impl Accounts {
    /// What a name is written as, if it may be one.
    #[must_use]
    pub fn clean(name: &str) -> Option<String> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let good = NAME_CHARS.contains(&name.len()) && name.chars().all(is_plain);
        let name = name.to_ascii_lowercase();
        // What the log calls those who have no name.
        let is_word = matches!(name.as_str(), "owner" | "cli");
        (good && !is_word).then_some(name)
    }

    /// Takes in those that were stored; who is here already stays as they are.
    pub fn restore(&mut self, rows: Vec<AccountRow>) {
        for row in rows.into_iter().take(STAFF_MAX) {
            self.0.entry(row.name.clone()).or_insert(row);
        }
    }

    /// Somebody, by a clean name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&AccountRow> {
        self.0.get(name)
    }

    /// Everybody.
    pub fn all(&self) -> impl Iterator<Item = &AccountRow> {
        self.0.values()
    }

    /// Whether an owner can sign in by name.
    #[must_use]
    pub fn has_owner_with_password(&self) -> bool {
        self.all().any(|row| row.role == Role::Owner && row.password.is_some())
    }

    /// Adds somebody, or gives another role; the row as it is then.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub fn set_role(&mut self, name: &str, role: Role, now_s: u64) -> Result<AccountRow, AccountError> {
        let name = Accounts::clean(name).ok_or(AccountError::Name)?;
        if role != Role::Owner && self.is_last_owner(&name) {
            return Err(AccountError::LastOwner);
        }
        if !self.0.contains_key(&name) && self.0.len() >= STAFF_MAX {
            return Err(AccountError::Full);
        }
        let fresh = AccountRow { name: name.clone(), role, password: None, since_s: now_s, last_seen_s: None };
        let row = self.0.entry(name).or_insert(fresh);
        row.role = role;
        Ok(row.clone())
    }

    /// Sets what is kept of a password; the row as it is then.
    ///
    /// # Errors
    /// Nobody has the name.
    pub fn set_password(&mut self, name: &str, hash: String) -> Result<AccountRow, AccountError> {
        let row = self.0.get_mut(name).ok_or(AccountError::Unknown)?;
        row.password = Some(hash);
        Ok(row.clone())
    }

    /// Notes that somebody signed in; the row as it is then.
    pub fn seen(&mut self, name: &str, now_s: u64) -> Option<AccountRow> {
        let row = self.0.get_mut(name)?;
        row.last_seen_s = Some(now_s);
        Some(row.clone())
    }

    /// Takes somebody out of the staff.
    ///
    /// # Errors
    /// Nobody has the name, or it is the last owner.
    pub fn remove(&mut self, name: &str) -> Result<AccountRow, AccountError> {
        let name = name.to_ascii_lowercase();
        if self.is_last_owner(&name) {
            return Err(AccountError::LastOwner);
        }
        self.0.remove(&name).ok_or(AccountError::Unknown)
    }

    fn is_last_owner(&self, name: &str) -> bool {
        let is_owner = |row: &AccountRow| row.role == Role::Owner;
        self.0.get(name).is_some_and(is_owner) && self.all().filter(|row| is_owner(row)).count() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain() {
        for (name, clean) in [
            ("Anna", Some("anna")),
            ("a.b-c_9", Some("a.b-c_9")),
            ("a", None),
            ("CLI", None),
            ("owner", None),
            ("anna ", None),
            ("änna", None),
            ("аnna", None),
            ("", None),
            ("abcdefghijklmnopqrstuvwxy", None),
        ] {
            assert_eq!(Accounts::clean(name).as_deref(), clean, "{name}");
        }
    }

    #[test]
    fn the_last_owner_stays() {
        let mut staff = Accounts::default();
        assert_eq!(staff.set_role("!", Role::Mod, 1), Err(AccountError::Name));
        staff.set_role("Ada", Role::Owner, 1).unwrap();
        staff.set_role("bob", Role::Mod, 1).unwrap();
        assert_eq!(staff.set_role("ada", Role::Mod, 1), Err(AccountError::LastOwner));
        assert_eq!(staff.remove("ADA"), Err(AccountError::LastOwner));
        staff.set_role("bob", Role::Owner, 1).unwrap();
        assert_eq!(staff.remove("ada").unwrap().name, "ada");
        assert_eq!(staff.remove("ada"), Err(AccountError::Unknown));
        assert!(!staff.has_owner_with_password());
        staff.set_password("bob", "x".into()).unwrap();
        assert!(staff.has_owner_with_password());
    }

    #[test]
    fn a_new_role_keeps_the_password_and_there_is_an_end_of_names() {
        let mut staff = Accounts::default();
        for n in 0..STAFF_MAX {
            staff.set_role(&format!("n{n}"), Role::Helper, 1).unwrap();
        }
        assert_eq!(staff.set_role("more", Role::Helper, 1), Err(AccountError::Full));
        staff.set_password("n0", "hash".into()).unwrap();
        assert_eq!(staff.set_role("n0", Role::Mod, 2).unwrap().password.as_deref(), Some("hash"));
    }
}
