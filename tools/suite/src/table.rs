//! The figures as a table (Markdown) and as JSON, with the targets beside them. Invariant: a target that is missed is
//! marked, never left out.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::link::Profile;

use crate::measure::Measures;

/// One figure: its name, how it is computed, its digits, and the targets on the lines good, typical and poor.
struct Row {
    name: &'static str,
    figure: fn(&Measures) -> Option<f64>,
    digits: usize,
    /// The best side: true when more is better.
    more: bool,
    targets: [Option<f64>; 3],
}

const fn at_most(name: &'static str, figure: fn(&Measures) -> Option<f64>, digits: usize, targets: [f64; 3]) -> Row {
    let [good, typical, poor] = targets;
    Row { name, figure, digits, more: false, targets: [Some(good), Some(typical), Some(poor)] }
}

const fn plain(name: &'static str, figure: fn(&Measures) -> Option<f64>, digits: usize) -> Row {
    Row { name, figure, digits, more: false, targets: [None; 3] }
}

/// Every figure, in the order of the table.
const ROWS: &[Row] = &[
    Row {
        name: "own ship predicted exactly, nothing near, %",
        figure: |m| share(m.predictions).map(|wrong| 100.0 - wrong),
        digits: 3,
        more: true,
        targets: [Some(100.0), Some(99.9), Some(99.5)],
    },
    at_most("ticks flown without a command, %", |m| share(m.commands), 3, [0.1, 0.5, 2.0]),
    at_most("lead over half a round trip p50, ms", |m| quantile(&m.lead_ms, 0.5), 1, [25.0, 40.0, 70.0]),
    plain("… p95, ms", |m| quantile(&m.lead_ms, 0.95), 1),
    plain("near ship off by p50, u", |m| quantile(&m.error_u, 0.5), 2),
    at_most("… p95, u", |m| quantile(&m.error_u, 0.95), 2, [3.0, 8.0, 20.0]),
    plain("… p99, u", |m| quantile(&m.error_u, 0.99), 2),
    at_most("ships drawn frozen, %", |m| share(m.ships), 3, [0.0, 0.1, 0.5]),
    at_most("jumps over 4 u a minute of one player", |m| per_minute(m.jumps), 2, [1.0, 5.0, 20.0]),
    at_most("down, payload KB/s", |m| rate(m.bytes.0, m.bytes.2), 2, [14.0; 3]),
    at_most("up, payload KB/s", |m| rate(m.bytes.1, m.bytes.2), 2, [3.0; 3]),
    at_most("another's key to this screen p50, ms", |m| quantile(&m.action_ms, 0.5), 0, [110.0, 160.0, 230.0]),
    plain("… p95, ms", |m| quantile(&m.action_ms, 0.95), 0),
    at_most("own key to own ship p95, ms", |m| quantile(&m.own_action_ms, 0.95), 0, [50.0; 3]),
    plain("age of the news p50, ms", |m| quantile(&m.staleness_ms, 0.5), 0),
    plain("… p95, ms", |m| quantile(&m.staleness_ms, 0.95), 0),
    plain("… p99, ms", |m| quantile(&m.staleness_ms, 0.99), 0),
    at_most("fresh picture after a 2 s outage p95, ms", |m| quantile(&m.recovery_ms, 0.95), 0, [300.0, 400.0, 600.0]),
];

fn share((all, some): (u64, u64)) -> Option<f64> {
    (all > 0).then(|| some as f64 * 100.0 / all as f64)
}

fn per_minute((count, us): (u64, u64)) -> Option<f64> {
    (us > 0).then(|| count as f64 * 60_000_000.0 / us as f64)
}

/// KB/s.
fn rate(bytes: u64, us: u64) -> Option<f64> {
    (us > 0).then(|| bytes as f64 * 1_000.0 / us as f64)
}

/// The value below which a share of `q` of the samples lies.
fn quantile(samples: &[f32], q: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f32::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    Some(f64::from(sorted[(last as f64 * q).round() as usize]))
}

/// The figures of each line, by its place in [`Profile::ALL`].
pub type Figures = BTreeMap<usize, Measures>;

/// The table, and how many targets were met and missed.
#[must_use]
pub fn markdown(figures: &Figures) -> (String, (usize, usize)) {
    let columns: Vec<usize> = figures.keys().copied().collect();
    let mut text = String::from("| |");
    columns.iter().for_each(|line| text.push_str(&format!(" {} |", Profile::ALL[*line].name)));
    text.push_str(" target good / typical / poor |\n|---|");
    columns.iter().for_each(|_| text.push_str("---|"));
    text.push_str("---|\n");
    let mut verdict = (0, 0);
    for row in ROWS {
        text.push_str(&format!("| {} |", row.name));
        for line in &columns {
            let Some(figure) = (row.figure)(&figures[line]) else {
                text.push_str(" – |");
                continue;
            };
            let met = target(row, *line).map(|target| if row.more { figure >= target } else { figure <= target });
            let mark = if met == Some(false) { " ✗" } else { "" };
            text.push_str(&format!(" {figure:.*}{mark} |", row.digits));
            match met {
                Some(true) => verdict.0 += 1,
                Some(false) => verdict.1 += 1,
                None => {}
            }
        }
        let targets: Vec<String> = row.targets.iter().flatten().map(f64::to_string).collect();
        let sign = if row.more { "≥ " } else { "≤ " };
        let sign = if targets.is_empty() { "" } else { sign };
        text.push_str(&format!(" {sign}{} |\n", targets.join(" / ")));
    }
    (text, verdict)
}

/// The target on a line, by its place in [`Profile::ALL`]: good, typical and poor are 1, 2 and 3.
fn target(row: &Row, line: usize) -> Option<f64> {
    *row.targets.get(line.checked_sub(1)?)?
}

/// The same as JSON: line, figure, value.
#[must_use]
pub fn json(figures: &Figures) -> Value {
    let of_line = |(line, measures): (&usize, &Measures)| {
        let mut group = "";
        let rows = ROWS.iter().map(|row| {
            // A row that goes on from the one above is named after it.
            let name = match row.name.strip_prefix("… ") {
                Some(rest) => format!("{group}, {rest}"),
                None => {
                    group = row.name;
                    row.name.to_owned()
                }
            };
            json!({ "figure": name, "value": (row.figure)(measures), "target": target(row, *line) })
        });
        (Profile::ALL[*line].name.to_owned(), Value::Array(rows.collect()))
    };
    Value::Object(figures.iter().map(of_line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_is_marked_and_counted() {
        let good = Measures { predictions: (1_000, 1), commands: (1_000, 0), ..Measures::default() };
        let figures = Figures::from([(1, good.clone()), (4, good)]);
        let (text, verdict) = markdown(&figures);
        assert_eq!(verdict, (1, 1), "{text}");
        assert!(text.contains("| own ship predicted exactly, nothing near, % | 99.900 ✗ | 99.900 |"), "{text}");
        assert_eq!(json(&figures)["good"][0]["value"], 99.9);
    }

    #[test]
    fn quantiles_are_samples() {
        let samples: Vec<f32> = (0..=100).rev().map(|i| i as f32).collect();
        assert_eq!([0.0, 0.5, 0.95, 1.0].map(|q| quantile(&samples, q)), [0.0, 50.0, 95.0, 100.0].map(Some));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
