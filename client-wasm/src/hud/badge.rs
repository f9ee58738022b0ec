//! How good the line is: a badge always, a sign as soon as news is late, details on F3. Invariant: at most two updates
//! of numbers per second, so that they can be read.

use super::{Cached, Dom, Frame, Source, Widget, show_muted, tenths};
use crate::{session::Connection, words::Language};

/// Time between two updates, s.
const PERIOD_S: f64 = 0.5;
/// News older than this shows a sign, ms: what is seen is then a guess.
pub const STALLED_MS: f32 = 150.0;

/// Badge and details.
#[derive(Debug, Default)]
pub struct Badge {
    due_s: f64,
    rtt: Cached<i32>,
    grade: Cached<Grade>,
    details: Cached<bool>,
    stalled: Cached<bool>,
    muted: Cached<(bool, Language)>,
}

/// How the round trip feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Unknown,
    Good,
    Fair,
    Poor,
}

fn grade(rtt_ms: f32, staleness_ms: f32) -> Grade {
    match (rtt_ms, staleness_ms) {
        (rtt, _) if rtt <= 0.0 => Grade::Unknown,
        (rtt, stale) if rtt > 180.0 || stale > 400.0 => Grade::Poor,
        (rtt, stale) if rtt > 90.0 || stale > 200.0 => Grade::Fair,
        _ => Grade::Good,
    }
}

impl Widget for Badge {
    fn update(&mut self, frame: &Frame<'_>, dom: &mut dyn Dom) {
        // A recording needs no line.
        let Source::Line(net) = frame.source else { return };
        if self.details.changed(frame.details) {
            dom.flag("line-details", "off", !frame.details);
            self.due_s = 0.0;
        }
        let stalled = net.connection() == Connection::Open && frame.view.line.staleness_ms > STALLED_MS;
        if self.stalled.changed(stalled) {
            dom.flag("stalled", "off", !stalled);
        }
        if self.muted.changed((frame.muted, frame.language)) {
            show_muted(frame.muted, frame.language, dom);
        }
        if frame.now_s < self.due_s {
            return;
        }
        self.due_s = frame.now_s + PERIOD_S;
        let line = &frame.view.line;
        let grade = grade(line.rtt_ms, line.staleness_ms);
        if self.rtt.changed(line.rtt_ms.round() as i32) {
            let text = if line.rtt_ms > 0.0 {
                [&(line.rtt_ms.round() as i32).to_string(), " ms"].concat()
            } else {
                "–".to_owned()
            };
            dom.text("badge", &text);
        }
        if self.grade.changed(grade) {
            dom.flag("badge", "fair", grade == Grade::Fair);
            dom.flag("badge", "poor", grade == Grade::Poor);
        }
        if frame.details {
            details(frame, dom);
        }
    }
}

fn details(frame: &Frame<'_>, dom: &mut dyn Dom) {
    let line = &frame.view.line;
    let whole = |value: f32| (value.round() as i64).to_string();
    let rows = [
        ("frames", [&whole(frame.fps), " /s"].concat()),
        ("round trip", [&whole(line.rtt_ms), " ms"].concat()),
        ("margin", [&tenths(line.margin_ticks), " ticks"].concat()),
        ("lead", [&tenths(line.lead_ticks), " ticks"].concat()),
        ("news", [&whole(line.staleness_ms), " ms old"].concat()),
        ("the past", [&whole(line.delay_ms), " ms ago"].concat()),
        ("snapshots", [&tenths(line.snapshots_s), " /s"].concat()),
        ("down", [&tenths(line.down_bytes_s / 1024.0), " KiB/s"].concat()),
        ("up", [&tenths(line.up_bytes_s / 1024.0), " KiB/s"].concat()),
        ("mispredicted", [&line.mispredictions.to_string(), " of ", &line.predictions.to_string()].concat()),
        ("late commands", line.late_reports.to_string()),
        ("second lane", if line.lane { "open".to_owned() } else { "none".to_owned() }),
        ("correction", [&tenths(line.correction_u), " u"].concat()),
        ("ships, shots", [&frame.view.ships.len().to_string(), ", ", &frame.view.shots.len().to_string()].concat()),
    ];
    let width = rows.iter().map(|(what, _)| what.len()).max().unwrap_or(0) + 2;
    let mut text = String::with_capacity(400);
    for (what, value) in &rows {
        text.push_str(what);
        text.extend(core::iter::repeat_n(' ', width - what.len()));
        text.push_str(value);
        text.push('\n');
    }
    dom.text("line-details", &text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hud::tests::{Recorded, with_frame};
    use shared::replica::view::{LineView, View};

    #[test]
    fn the_badge_grades_and_the_details_come_on_request() {
        let view = View {
            line: LineView { rtt_ms: 120.4, margin_ticks: -0.25, lane: true, ..LineView::default() },
            ..View::default()
        };
        with_frame(&view, |frame| {
            let mut dom = Recorded::default();
            let mut badge = Badge::default();
            badge.update(frame, &mut dom);
            assert!(dom.has("badge=120 ms") && dom.has("badge.fair") && dom.has("line-details.off"));
            frame.details = true;
            let mut dom = Recorded::default();
            badge.update(frame, &mut dom);
            assert!(dom.done.iter().any(|done| done.contains("margin         -0.3 ticks")), "{:?}", dom.done);
            assert!(dom.done.iter().any(|done| done.contains("second lane    open")), "{:?}", dom.done);
        });
    }
}
