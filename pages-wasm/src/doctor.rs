//! The examination: one thing after the other, each with a finding, and a report of all of them. Invariant: whatever the
//! line does, it comes to an end, within half a minute of being looked at.

mod examine;
mod finding;
mod report;
mod sample;

use finding::Finding;

use crate::{browser, compare::Line, words::word};

/// Examines, shows each finding as it comes, and lets the report be copied.
pub async fn run(line: Line) {
    let mut findings: Vec<Finding> = Vec::new();
    for what in examine::ALL {
        browser::set_mark(&format!("row-{}", what.id), "data-grade", "now");
        let finding = (what.examine)(line.clone()).await;
        finding.show(what.id);
        findings.push(finding);
        browser::set_text("report", &report::text(&findings, examine::ALL.map(|what| what.name), &about()));
    }
    let (sentence, grade) = finding::verdict(&findings);
    browser::set_text("verdict", word(sentence));
    browser::set_mark("verdict", "data-grade", grade.mark());
    browser::set_mark("verdict", "data-done", "yes");
    browser::on_click("copy", || wasm_bindgen_futures::spawn_local(report::copy()));
    browser::set_mark("copy", "data-ready", "yes");
}

/// Where and with what this was found.
fn about() -> [String; 3] {
    let (_, origin) = browser::address();
    let agent = browser::window().navigator().user_agent().unwrap_or_default();
    [origin, String::from(js_sys::Date::new_0().to_iso_string()), agent]
}
