//! What a room's settings make of the game's numbers. Invariant: one order, here and nowhere else: the usual numbers, over
//! them `[physics]`, over those the room's mutators (which multiply what they find), and over all what staff set by command
//! (`staff/desk/physics`), which these know nothing of.

use shared::defs::{Mutator, Tuning};

/// One entry of a room's `mutators`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Always this one.
    One(Mutator),
    /// Another each week.
    Weekly,
}

/// What the settings say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    /// `[physics]`.
    pub physics: Tuning,
    /// `mutators` of the room.
    pub mutators: Vec<Choice>,
}

impl Numbers {
    /// What they come to at `unix_s`.
    #[must_use]
    pub fn at(&self, unix_s: u64) -> Tuning {
        let chosen = self.mutators.iter().map(|choice| match choice {
            Choice::One(mutator) => *mutator,
            Choice::Weekly => Mutator::of_week(unix_s),
        });
        self.physics.mutated(chosen.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutators_go_over_the_settings_and_the_one_of_the_week_changes_with_it() {
        let mut physics = Tuning::STANDARD;
        physics.set("kills", 200).unwrap();
        let numbers = Numbers { physics, mutators: vec![Choice::Weekly, Choice::One(Mutator::RichKills)] };
        let monday = 1_798_416_000;
        let weeks = [0, 1].map(|week| numbers.at(monday + week * 7 * 86_400));
        assert_ne!(weeks[0].mutators, weeks[1].mutators);
        assert_eq!(numbers.at(monday + 7 * 86_400 - 1), weeks[0]);
        assert!(weeks.iter().all(|tuning| tuning.get("kills") == Ok(600)));
        assert_eq!(Numbers { physics, ..Numbers::default() }.at(monday), physics);
    }
}
