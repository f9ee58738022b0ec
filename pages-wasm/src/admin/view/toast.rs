//! What became of a button, for some seconds at the bottom of the screen, with a way back where there is one.

use crate::browser;

/// How long it stays, ms.
const STAYS_MS: f64 = 9_000.0;

#[derive(Debug, Default)]
pub struct Toast {
    until_ms: Option<f64>,
}

impl Toast {
    pub fn show(&mut self, text: &str, is_good: bool, can_undo: bool, now_ms: f64) {
        browser::set_text("toast-text", text);
        browser::set_mark("toast", "data-grade", if is_good { "good" } else { "bad" });
        browser::set_hidden("toast-undo", !can_undo);
        browser::set_hidden("toast", false);
        self.until_ms = Some(now_ms + STAYS_MS);
    }

    /// Time passes. Whoever stands on its button is not left standing.
    pub fn pass(&mut self, now_ms: f64) {
        let is_focused = browser::document().active_element().is_some_and(|element| element.id() == "toast-undo");
        if self.until_ms.is_some_and(|until| now_ms > until) && !is_focused {
            self.hide();
        }
    }

    pub fn hide(&mut self) {
        self.until_ms = None;
        browser::set_hidden("toast", true);
    }
}
