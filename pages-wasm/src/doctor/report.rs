//! All findings as text that one can send to somebody.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;

use super::finding::{Finding, Grade};
use crate::{browser, words::word};

/// The report so far.
pub fn text(findings: &[Finding], names: [&str; super::examine::COUNT], about: &[String]) -> String {
    let mut text = String::from("Perihelion connection report\n");
    about.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    for (finding, name) in findings.iter().zip(names) {
        let grade = match finding.grade {
            Grade::Good => "ok  ",
            Grade::Fair => "fair",
            Grade::Bad => "BAD ",
        };
        text.push_str(&format!("[{grade}] {name}: {}", finding.figure));
        if !finding.advice.is_empty() {
            text.push_str(&format!(" ({})", finding.advice));
        }
        text.push('\n');
    }
    text
}

/// Puts it on the clipboard. Where the browser allows that to nobody (pages without TLS), it is selected instead.
pub async fn copy() {
    let Some(area) = browser::element("report").and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return;
    };
    let navigator = browser::window().navigator();
    let has_clipboard = js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false);
    let copied = has_clipboard && browser::window().is_secure_context() && {
        JsFuture::from(navigator.clipboard().write_text(&area.value())).await.is_ok()
    };
    if !copied {
        area.select();
    }
    browser::set_text("copy", word(if copied { "copied" } else { "selected" }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_a_line_with_its_advice() {
        let findings = [Finding::new(Grade::Good, "1 ms"), Finding::new(Grade::Bad, "no").advise("ask somebody")];
        let text = text(&findings, super::super::examine::ALL.map(|what| what.name), &["there".to_owned()]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(lines[1], "there");
        assert!(lines[2].starts_with("[ok  ] ") && lines[2].ends_with(": 1 ms"), "{text}");
        assert!(lines[3].starts_with("[BAD ] ") && lines[3].ends_with(": no (ask somebody)"), "{text}");
    }
}
