//! What the lab found out. Invariant: the JSON holds the line, what was carried and swarm's whole report, so that
//! nothing has to be measured again to be looked at in another way; the table shows the few numbers that players feel.

use serde::Serialize;
use serde_json::Value;

use crate::{post::Carried, road::Profile};

/// One line's figures.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The line.
    pub line: Profile,
    /// How many played over it.
    pub players: u32,
    /// What the relay did.
    pub carried: Carried,
    /// Swarm's report.
    pub swarm: Value,
}

/// The columns: name, path in swarm's report, factor, decimals.
const COLUMNS: [(&str, &str, f64, usize); 13] = [
    ("snap/s", "/snapshots_s", 1.0, 1),
    ("gap p50", "/gap_ms/p50", 1.0, 0),
    ("p99", "/gap_ms/p99", 1.0, 0),
    ("max ms", "/gap_ms/max", 1.0, 0),
    ("stale p50", "/staleness_ms/p50", 1.0, 0),
    ("p99 ms", "/staleness_ms/p99", 1.0, 0),
    (">100 ms %", "/stale_share", 100.0, 2),
    ("exact %", "/prediction/exact_share", 100.0, 2),
    ("starved %", "/commands/starved_share", 100.0, 2),
    ("rtt p50", "/rtt_ms/p50", 1.0, 0),
    ("down B/s", "/down/bytes_s", 1.0, 0),
    ("up B/s", "/up/bytes_s", 1.0, 0),
    ("back p50", "/recovery_ms/p50", 1.0, 0),
];

/// All lines as a table for a terminal.
#[must_use]
pub fn table(reports: &[Report]) -> String {
    let mut text = format!("{:<9}", "line");
    COLUMNS.iter().for_each(|(name, ..)| text.push_str(&format!(" {name:>9}")));
    text.push_str("      lost  verdict\n");
    for Report { line, carried, swarm, .. } in reports {
        text.push_str(&format!("{:<9}", line.name));
        for (_, path, factor, decimals) in COLUMNS {
            let number = swarm.pointer(path).and_then(Value::as_f64);
            let shown = number.map_or_else(|| "–".to_owned(), |number| format!("{:.decimals$}", number * factor));
            text.push_str(&format!(" {shown:>9}"));
        }
        let verdict = swarm["verdict"].as_str().unwrap_or("none").split(':').next().unwrap_or_default();
        text.push_str(&format!(" {:>9}  {verdict}\n", carried.lost + carried.overflowed));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::road::PROFILES;

    #[test]
    fn the_table_has_a_row_per_line_and_a_dash_for_what_is_missing() {
        let swarm = serde_json::json!({
            "verdict": "OK: the figures stand",
            "snapshots_s": 29.96,
            "gap_ms": { "p50": 33.3, "p99": 51.0, "max": 80.0 },
            "prediction": { "exact_share": 0.9991 },
            "recovery_ms": { "p50": null },
        });
        let carried = Carried { lost: 12, overflowed: 3, ..Carried::default() };
        let report = |line| Report { line, players: 2, carried, swarm: swarm.clone() };
        let text = table(&[report(PROFILES[0]), report(PROFILES[3])]);
        let rows: Vec<_> = text.lines().collect();
        assert_eq!(rows.len(), 3, "{text}");
        for words in ["poor", "30.0", "51", "99.91", "–", "15  OK"] {
            assert!(rows[2].contains(words), "{words} in {text}");
        }
        assert!(serde_json::to_string(&report(PROFILES[0])).unwrap().contains("\"delay_us\":1000"));
    }
}
