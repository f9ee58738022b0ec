//! What docs/BALANCE.md wants of the tables.

use std::ops::RangeInclusive;

/// A range that a figure has to lie in.
pub struct Bar {
    range: RangeInclusive<f64>,
    unit: &'static str,
}

/// Share of its meetings with the other classes of its step that any class may win.
pub const FIELD: Bar = Bar { range: 40.0..=60.0, unit: "%" };
/// The median life in a mixed arena.
pub const LIFE_S: Bar = Bar { range: 90.0..=180.0, unit: "s" };
/// Share of deaths by the star without anybody's help.
pub const STAR: Bar = Bar { range: 0.0..=5.0, unit: "%" };

impl Bar {
    /// Says how `what` misses it, if it does.
    pub fn miss(&self, what: &str, value: f64) -> Option<String> {
        let Bar { range, unit } = self;
        (!range.contains(&value))
            .then(|| format!("{what}: {value:.1} {unit}, and {} to {} {unit} are wanted", range.start(), range.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_outside_is_a_miss_and_is_named() {
        assert_eq!(FIELD.miss("Anvil", 40.0), None);
        assert_eq!(FIELD.miss("Anvil", 39.9).as_deref(), Some("Anvil: 39.9 %, and 40 to 60 % are wanted"));
        assert!(LIFE_S.miss("the median life", f64::NAN).is_some(), "no figure is no good figure");
    }
}
