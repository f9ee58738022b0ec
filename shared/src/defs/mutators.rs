//! Mutators: numbers of the game that go together and have a name, so that a room is another game for an evening or a week.
//!
//! Invariant: a mutator is nothing but numbers of [`Tuning`], so both ends reckon by it and recordings hold it as they do any
//! other number. Several multiply, and what comes out is cut at the limits of each number; the order in which they are listed
//! does not count. What each is called and says to players is the page's (`client-wasm/src/words`).

use serde::{Deserialize, Serialize};

use super::Tuning;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Mutator {
    /// The star hardly pulls.
    LowGravity,
    /// It pulls more than twice as hard, and burns.
    HeavyStar,
    /// One good burst is enough.
    GlassHulls,
    /// Faster in every way.
    FullThrottle,
    /// Shots go fast and far.
    LongShots,
    /// A kill is worth three.
    RichKills,
    /// The store fills up before one's eyes.
    FullBatteries,
    /// Every ship is free.
    OpenHangar,
}

/// A week, s.
const WEEK_S: u64 = 7 * 86_400;
/// 1970 began on a Thursday: from its week's Monday until then, s.
const THURSDAY_S: u64 = 3 * 86_400;

impl Mutator {
    /// Every one, in the order of the bits of [`Mutators`] and of the weeks.
    pub const ALL: [Mutator; 8] = [
        Mutator::LowGravity,
        Mutator::HeavyStar,
        Mutator::GlassHulls,
        Mutator::FullThrottle,
        Mutator::LongShots,
        Mutator::RichKills,
        Mutator::FullBatteries,
        Mutator::OpenHangar,
    ];

    /// Its name in settings and lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What it makes of the numbers, per cent of what they would be.
    #[must_use]
    pub const fn numbers(self) -> &'static [(&'static str, u16)] {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static [(&'static str, u16)]) {
        match self {
            Mutator::LowGravity => ("low-gravity", &[("gravity", 35)]),
            Mutator::HeavyStar => ("heavy-star", &[("gravity", 220), ("heat", 150)]),
            Mutator::GlassHulls => ("glass-hulls", &[("hull", 30), ("shield", 40), ("respawn", 50)]),
            Mutator::FullThrottle => (
                "full-throttle",
                &[("thrust", 170), ("boost", 120), ("speed", 150), ("turn", 130), ("energy_regen", 130)],
            ),
            Mutator::LongShots => ("long-shots", &[("shot_speed", 140), ("shot_life", 150)]),
            Mutator::RichKills => ("rich-kills", &[("kills", 300)]),
            Mutator::FullBatteries => ("full-batteries", &[("energy_regen", 250), ("shield_regen", 200)]),
            Mutator::OpenHangar => ("open-hangar", &[("prices", 0)]),
        }
    }

    /// That of the week in which `unix_s` (seconds since 1970, UTC) lies. Weeks begin on Monday, as those of ISO 8601 do, and
    /// are counted through, so that none comes twice where a year ends.
    #[must_use]
    pub fn of_week(unix_s: u64) -> Mutator {
        let week = unix_s.saturating_add(THURSDAY_S) / WEEK_S;
        Mutator::ALL[(week % Mutator::ALL.len() as u64) as usize]
    }

    /// The one of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Mutator> {
        Mutator::ALL.into_iter().find(|mutator| mutator.name() == name)
    }
}

/// Some of them, or none: a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mutators(u16);

impl Mutators {
    /// None.
    pub const NONE: Mutators = Mutators(0);

    /// These and this one.
    #[must_use]
    pub const fn with(self, mutator: Mutator) -> Mutators {
        Mutators(self.0 | 1 << mutator as u8)
    }

    /// Those that are in it, in the order of [`Mutator::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Mutator> {
        Mutator::ALL.into_iter().filter(move |mutator| self.0 >> *mutator as u8 & 1 == 1)
    }

    /// Whether there are any that nobody knows.
    #[must_use]
    pub(super) const fn is_beyond(self) -> bool {
        self.0 >> Mutator::ALL.len() != 0
    }
}

impl FromIterator<Mutator> for Mutators {
    fn from_iter<I: IntoIterator<Item = Mutator>>(mutators: I) -> Mutators {
        mutators.into_iter().fold(Mutators::NONE, Mutators::with)
    }
}

impl Tuning {
    /// These numbers as `mutators` make them: multiplied, rounded to whole per cent, and cut at each number's limits.
    #[must_use]
    pub fn mutated(mut self, mutators: Mutators) -> Tuning {
        for row in &Tuning::TABLE {
            let factors = mutators.iter().flat_map(Mutator::numbers).filter(|(name, _)| *name == row.name);
            let usual = u32::from(self.get(row.name).unwrap_or(100));
            let made = factors.fold(usual, |percent, (_, by)| (percent * u32::from(*by) + 50) / 100);
            let made = made.clamp(u32::from(row.min), u32::from(row.max)) as u16;
            // Cut at the limits, so it is allowed.
            let _ = self.set(row.name, made);
        }
        self.mutators = mutators;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mutator_changes_numbers_there_are_and_is_found_by_its_name() {
        for mutator in Mutator::ALL {
            let made = Tuning::STANDARD.mutated(Mutators::NONE.with(mutator));
            assert!(!mutator.numbers().is_empty());
            for (name, percent) in mutator.numbers() {
                assert_eq!(made.get(name), Ok(*percent), "{} of {}: within its limits", name, mutator.name());
            }
            assert_eq!(made.changed().count(), mutator.numbers().len());
            assert_eq!(made.mutators.iter().collect::<Vec<_>>(), [mutator]);
            assert_eq!(Mutator::of_name(mutator.name()), Some(mutator));
        }
        assert_eq!(Mutator::of_name("heavy"), None);
    }

    #[test]
    fn several_multiply_with_each_other_and_with_the_settings_up_to_the_limits() {
        let mut physics = Tuning::STANDARD;
        physics.set("gravity", 200).unwrap();
        physics.set("hull", 50).unwrap();
        let both = [Mutator::HeavyStar, Mutator::GlassHulls].into_iter().collect();
        let made = physics.mutated(both);
        assert_eq!((made.get("gravity"), made.get("hull"), made.get("heat")), (Ok(400), Ok(15), Ok(150)));
        assert_eq!(made.beyond(), None);
        let energy = [Mutator::FullBatteries, Mutator::FullThrottle].into_iter().collect();
        assert_eq!(Tuning::STANDARD.mutated(energy).get("energy_regen"), Ok(325));
        let all = Tuning::STANDARD.mutated(Mutator::ALL.into_iter().collect());
        assert_eq!((all.beyond(), all.mutators.iter().count()), (None, 8));
        assert_eq!(physics.mutated(Mutators::NONE), physics);
    }

    #[test]
    fn a_mutator_of_the_week_lasts_from_monday_to_sunday_whatever_the_year() {
        // 2026-12-28 is the Monday of the last week of its year, which ends in 2027.
        let monday: u64 = 1_798_416_000;
        let of = |days: i64| Mutator::of_week(monday.saturating_add_signed(days * 86_400));
        assert_eq!([of(0), of(3), of(6)], [of(0); 3]);
        assert_eq!(Mutator::of_week(monday + 7 * 86_400 - 1), of(0));
        assert_ne!(Mutator::of_week(monday - 1), of(0));
        let weeks: Vec<Mutator> = (0..8).map(|week| of(week * 7)).collect();
        assert!(Mutator::ALL.iter().all(|mutator| weeks.contains(mutator)), "each has its turn: {weeks:?}");
        assert_eq!(of(8 * 7), of(0));
    }

    #[test]
    fn bits_that_mean_nothing_are_refused() {
        let beyond = |bits| {
            let mut tuning = Tuning::STANDARD;
            tuning.mutators = Mutators(bits);
            tuning.beyond()
        };
        assert_eq!((beyond(0xFF), beyond(0x100)), (None, Some("mutators")));
    }
}
