//! The dialog of an invitation: fills in the link, paints its code, copies it. Invariant: nothing is computed before somebody
//! opens it.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlDocument, HtmlInputElement};

use super::browser::{document, element, origin, window};
use crate::{
    invite::{self, MARGIN},
    words::{Language, Word},
};

/// Device pixels of a module: sharp on every screen.
const MODULE_PX: usize = 8;

/// Fills the dialog in, for what lies at this path.
pub fn fill(path: &str, language: Language) {
    let link = [origin().trim_end_matches('/'), path].concat();
    if let Some(field) = field() {
        field.set_value(&link);
    }
    say_copy(Word::CopyLink, language);
    let host = window().location().hostname().unwrap_or_default();
    if let Some(note) = element("invite-local") {
        let _ = note.class_list().toggle_with_force("off", !invite::is_local(&host));
    }
    let canvas = element("invite-code").and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    if let (Some(canvas), Some(code)) = (canvas, invite::code(&link)) {
        paint(&canvas, &code);
    }
}

/// Copies the link; the button says whether that worked.
pub fn copy(language: Language) {
    let Some(field) = field() else { return };
    field.select();
    // The old way also works on plain http in a home network, where the clipboard interface is missing.
    let page = document().dyn_into::<HtmlDocument>().ok();
    let copied = page.and_then(|page| page.exec_command("copy").ok()).unwrap_or(false);
    say_copy(if copied { Word::Copied } else { Word::CopyByHand }, language);
}

fn field() -> Option<HtmlInputElement> {
    element("invite-link")?.dyn_into().ok()
}

fn say_copy(word: Word, language: Language) {
    if let Some(button) = element("invite-copy") {
        button.set_text_content(Some(word.say(language)));
    }
}

fn paint(canvas: &HtmlCanvasElement, code: &[Vec<bool>]) {
    let pen = canvas.get_context("2d").ok().flatten().and_then(|pen| pen.dyn_into().ok());
    let Some(pen): Option<CanvasRenderingContext2d> = pen else { return };
    let side = ((code.len() + 2 * MARGIN) * MODULE_PX) as u32;
    canvas.set_width(side);
    canvas.set_height(side);
    pen.set_fill_style_str("#fff");
    pen.fill_rect(0.0, 0.0, f64::from(side), f64::from(side));
    pen.set_fill_style_str("#05060d");
    let px = |modules: usize| (modules * MODULE_PX) as f64;
    for (y, row) in code.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            pen.fill_rect(px(x + MARGIN), px(y + MARGIN), px(1), px(1));
        }
    }
}
