//! Who is kept out, and who is kept quiet. Pure: time is an argument, in seconds since 1970, because it outlives processes.
//!
//! Invariants: a number is given once while the process lives; one whose time is over keeps nobody out, whether or not it
//! is still listed; there are at most [`BANS_MAX`] that have not ended.

use std::collections::BTreeMap;

use shared::room::ProfileKey;

use super::times::shown;
use crate::{
    address::AddressKey,
    store::{BanKind, BanRow, Target},
};

/// Bans and mutes at once. Full: another one is refused until one is lifted.
pub const BANS_MAX: usize = 10_000;

/// Who is at the door, or in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guest {
    /// Where from.
    pub address: AddressKey,
    /// Which browser, if it says so.
    pub profile: Option<ProfileKey>,
}

impl Guest {
    /// Whether that is meant by a ban.
    #[must_use]
    pub fn is(&self, target: &Target) -> bool {
        match target {
            Target::Profile(key) => self.profile.as_ref() == Some(key),
            Target::Address(address) => *address == self.address,
        }
    }
}

/// The bans and mutes.
#[derive(Debug, Default)]
pub struct Bans {
    rows: BTreeMap<u32, BanRow>,
    /// The last number that was given: what somebody remembers of one must never mean another.
    last: u32,
}

impl Bans {
    /// Takes in those that were stored. Those of this process get new numbers behind them: what they are now is told.
    pub fn restore(&mut self, stored: Vec<BanRow>) -> Vec<BanRow> {
        let of_this_process = std::mem::take(&mut self.rows);
        self.rows = stored.into_iter().take(BANS_MAX).map(|row| (row.id, row)).collect();
        self.last = self.rows.last_key_value().map_or(self.last, |(last, _)| self.last.max(*last));
        of_this_process.into_values().filter_map(|row| self.add(row)).collect()
    }

    /// Adds one under a number of its own; `None` when there are as many as there may be.
    pub fn add(&mut self, row: BanRow) -> Option<BanRow> {
        if self.rows.len() >= BANS_MAX {
            return None;
        }
        self.last = self.last.checked_add(1)?;
        let row = BanRow { id: self.last, ..row };
        self.rows.insert(row.id, row.clone());
        Some(row)
    }

    /// Puts back one that was lifted, under its old number.
    pub fn put_back(&mut self, row: BanRow) {
        self.rows.insert(row.id, row);
    }

    /// Lifts one.
    pub fn lift(&mut self, id: u32) -> Option<BanRow> {
        self.rows.remove(&id)
    }

    /// Forgets those whose time is over: their numbers.
    pub fn forget_old(&mut self, now_s: u64) -> Vec<u32> {
        let old: Vec<u32> = self.rows.values().filter(|row| !is_on(row, now_s)).map(|row| row.id).collect();
        old.iter().for_each(|id| drop(self.rows.remove(id)));
        old
    }

    /// Those in force, newest first.
    pub fn all(&self, now_s: u64) -> impl Iterator<Item = &BanRow> {
        self.rows.values().rev().filter(move |row| is_on(row, now_s))
    }

    /// What keeps somebody out, or quiet: the one that lasts longest.
    #[must_use]
    pub fn on(&self, kind: BanKind, guest: &Guest, now_s: u64) -> Option<&BanRow> {
        let meant = self.all(now_s).filter(|row| row.kind == kind && guest.is(&row.target));
        meant.max_by_key(|row| row.until_s.unwrap_or(u64::MAX))
    }

    /// Those that are for somebody.
    #[must_use]
    pub fn of(&self, kind: BanKind, guest: &Guest, now_s: u64) -> Vec<u32> {
        self.all(now_s).filter(|row| row.kind == kind && guest.is(&row.target)).map(|row| row.id).collect()
    }
}

/// What somebody reads who is kept out.
#[must_use]
pub fn told(ban: &BanRow, now_s: u64) -> String {
    let reason = if ban.reason.is_empty() { NO_REASON } else { &ban.reason };
    match ban.until_s {
        Some(until_s) => format!("{reason} (for another {})", shown(Some(until_s.saturating_sub(now_s)))),
        None => reason.to_owned(),
    }
}

/// Where no reason was given.
const NO_REASON: &str = "by order of those who run this server";

fn is_on(row: &BanRow, now_s: u64) -> bool {
    row.until_s.is_none_or(|until_s| now_s < until_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: BanKind, target: Target, until_s: Option<u64>) -> BanRow {
        let (who, by, reason) = ("Foo".into(), "anna".into(), "spam".into());
        BanRow { id: 0, kind, target, who, by, reason, at_s: 100, until_s }
    }

    fn guest(address: &str, profile: Option<u8>) -> Guest {
        Guest { address: AddressKey::of(address.parse().unwrap()), profile: profile.map(|byte| [byte; 32]) }
    }

    fn address(text: &str) -> Target {
        Target::Address(AddressKey::of(text.parse().unwrap()))
    }

    #[test]
    fn an_address_is_that_of_one_subscriber_and_a_profile_goes_along() {
        let mut bans = Bans::default();
        bans.add(row(BanKind::Ban, address("10.0.0.1"), None)).unwrap();
        bans.add(row(BanKind::Ban, address("2001:db8:1:2::9"), None)).unwrap();
        bans.add(row(BanKind::Ban, Target::Profile([7; 32]), Some(200))).unwrap();
        for (from, profile, at_s, kept_out) in [
            ("10.0.0.1", None, 100, true),
            ("::ffff:10.0.0.1", None, 100, true),
            ("10.0.0.2", None, 100, false),
            ("2001:db8:1:2:ffff::1", None, 100, true),
            ("2001:db8:1:3::9", None, 100, false),
            ("10.0.0.2", Some(7), 199, true),
            ("10.0.0.2", Some(7), 200, false),
            ("10.0.0.2", Some(8), 100, false),
        ] {
            let on = bans.on(BanKind::Ban, &guest(from, profile), at_s).is_some();
            assert_eq!(on, kept_out, "{from} {profile:?} at {at_s}");
            assert!(bans.on(BanKind::Mute, &guest(from, profile), at_s).is_none());
        }
    }

    #[test]
    fn a_number_that_was_lifted_never_means_another() {
        let mut bans = Bans::default();
        let add = |bans: &mut Bans| bans.add(row(BanKind::Ban, address("10.0.0.1"), None)).unwrap();
        let (first, second) = (add(&mut bans), add(&mut bans));
        bans.lift(second.id);
        let third = add(&mut bans);
        assert_eq!((first.id, second.id, third.id), (1, 2, 3));
        assert_eq!(bans.lift(second.id), None);
        let restored = bans.restore(vec![BanRow { id: 9, ..third.clone() }]);
        assert!(restored.iter().all(|row| row.id > 9), "{restored:?}");
    }

    #[test]
    fn of_several_the_longest_counts_and_what_is_over_is_forgotten() {
        let mut bans = Bans::default();
        let me = guest("10.0.0.1", Some(7));
        for until_s in [Some(150), None, Some(300)] {
            bans.add(row(BanKind::Mute, Target::Profile([7; 32]), until_s)).unwrap();
        }
        assert_eq!(bans.on(BanKind::Mute, &me, 100).unwrap().id, 2);
        assert_eq!(bans.of(BanKind::Mute, &me, 200), [3, 2]);
        assert_eq!(bans.lift(2).unwrap().id, 2);
        assert_eq!(bans.on(BanKind::Mute, &me, 200).unwrap().id, 3);
        assert_eq!(bans.forget_old(200), [1]);
        assert_eq!(bans.all(0).count(), 1);
    }

    #[test]
    fn who_is_kept_out_reads_why_and_how_long() {
        let ban = row(BanKind::Ban, Target::Profile([7; 32]), Some(3_700));
        assert_eq!(told(&ban, 100), "spam (for another 1 h)");
        let ban = BanRow { reason: String::new(), until_s: None, ..ban };
        assert_eq!(told(&ban, 100), NO_REASON);
    }

    #[test]
    fn those_of_a_process_come_behind_those_that_were_stored() {
        let mut bans = Bans::default();
        bans.add(row(BanKind::Ban, address("10.0.0.9"), None)).unwrap();
        let stored = BanRow { id: 1, ..row(BanKind::Ban, address("10.0.0.1"), None) };
        let moved = bans.restore(vec![stored]);
        assert_eq!(moved.iter().map(|row| row.id).collect::<Vec<_>>(), [2]);
        assert_eq!(bans.all(100).map(|row| row.id).collect::<Vec<_>>(), [2, 1]);
        (2..BANS_MAX).for_each(|_| drop(bans.add(moved[0].clone()).unwrap()));
        assert_eq!(bans.add(moved[0].clone()), None);
    }
}
