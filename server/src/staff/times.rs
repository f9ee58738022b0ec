//! Times as staff and players read them. Pure.

/// A stretch of time in its two largest units: `2 h 5 min`; `None` is for good.
#[must_use]
pub fn shown(seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else { return "good".to_owned() };
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = UNITS.iter().position(|(unit, _)| seconds >= *unit).unwrap_or(UNITS.len() - 1);
    let (unit, word) = UNITS[first];
    let rest = UNITS.get(first + 1).map(|(smaller, word)| (seconds % unit / smaller, word));
    match rest {
        Some((rest, smaller)) if rest > 0 => format!("{} {word} {rest} {smaller}", seconds / unit),
        _ => format!("{} {word}", seconds / unit),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_time_is_shown_in_its_two_largest_units() {
        for (seconds, shown) in [
            (None, "good"),
            (Some(0), "0 s"),
            (Some(59), "59 s"),
            (Some(60), "1 min"),
            (Some(7_260), "2 h 1 min"),
            (Some(7_259), "2 h"),
            (Some(86_400 + 3_599), "1 d"),
            (Some(40 * 86_400), "40 d"),
        ] {
            assert_eq!(super::shown(seconds), shown);
        }
    }
}
