//! Numbers as one reads them at a glance. Plain text, the same in every language but for the words that come in.

/// How long, in its two largest units: `3 d 4 h`, `12 min 5 s`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let (days, hours, minutes, rest) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60);
    match (days, hours, minutes) {
        (1.., ..) => format!("{days} d {hours} h"),
        (0, 1.., _) => format!("{hours} h {minutes} min"),
        (0, 0, 1..) => format!("{minutes} min {rest} s"),
        (0, 0, 0) => format!("{rest} s"),
    }
}

pub fn bytes(count: f64) -> String {
    match count {
        few if few < 1_000.0 => format!("{few:.0} B"),
        some if some < 100_000.0 => format!("{:.1} KB", some / 1e3),
        some if some < 1e6 => format!("{:.0} KB", some / 1e3),
        many if many < 1e9 => format!("{:.1} MB", many / 1e6),
        more => format!("{:.1} GB", more / 1e9),
    }
}

pub fn rate(bytes_per_s: f64) -> String {
    format!("{}/s", bytes(bytes_per_s))
}

pub fn micros(us: f64) -> String {
    match us {
        few if few < 1_000.0 => format!("{few:.0} µs"),
        some if some < 9_950.0 => format!("{:.1} ms", some / 1e3),
        many => format!("{:.0} ms", many / 1e3),
    }
}

pub fn percent(value: f64) -> String {
    if value < 9.95 { format!("{value:.1} %") } else { format!("{value:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_have_units() {
        assert_eq!(duration(-1.0), "0 s");
        assert_eq!([59.9, 61.0, 7_260.0, 100_000.0].map(duration), ["59 s", "1 min 1 s", "2 h 1 min", "1 d 3 h"]);
        assert_eq!([0.0, 1_500.0, 123_456.0, 2.5e6, 3e9].map(bytes), ["0 B", "1.5 KB", "123 KB", "2.5 MB", "3.0 GB"]);
        assert_eq!([90.0, 1_240.0, 16_667.0].map(micros), ["90 µs", "1.2 ms", "17 ms"]);
        assert_eq!([3.21, 9.99, 100.0].map(percent), ["3.2 %", "10 %", "100 %"]);
        assert_eq!(rate(1_500.0), "1.5 KB/s");
    }
}
