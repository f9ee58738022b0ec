//! Dialogs that give a link away: that of an invitation and that of a clip. They fill the link in, paint its code, copy it.
//! Invariant: nothing is computed before somebody opens one.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlDocument, HtmlElement, HtmlInputElement};

use super::browser::{document, element, window};
use crate::{
    invite::{self, MARGIN},
    words::{Language, Word},
};

/// Device pixels of a module: sharp on every screen.
const MODULE_PX: usize = 8;

/// Fills `sheet` in, the id of a dialog whose parts have ids that begin with it.
pub fn fill(sheet: &str, link: &str, language: Language) {
    if let Some(field) = field(sheet) {
        field.set_value(link);
    }
    say_copy(sheet, Word::CopyLink, language);
    let host = window().location().hostname().unwrap_or_default();
    if let Some(note) = part(sheet, "-local") {
        let _ = note.class_list().toggle_with_force("off", !invite::is_local(&host));
    }
    let canvas = part(sheet, "-code").and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    if let (Some(canvas), Some(code)) = (canvas, invite::code(link)) {
        paint(&canvas, &code);
    }
}

/// Copies the link; the button says whether that worked.
pub fn copy(sheet: &str, language: Language) {
    let Some(field) = field(sheet) else { return };
    field.select();
    // The old way also works on plain http in a home network, where the clipboard interface is missing.
    let page = document().dyn_into::<HtmlDocument>().ok();
    let copied = page.and_then(|page| page.exec_command("copy").ok()).unwrap_or(false);
    say_copy(sheet, if copied { Word::Copied } else { Word::CopyByHand }, language);
}

fn part(sheet: &str, name: &str) -> Option<HtmlElement> {
    element(&[sheet, name].concat())
}

fn field(sheet: &str) -> Option<HtmlInputElement> {
    part(sheet, "-link")?.dyn_into().ok()
}

fn say_copy(sheet: &str, word: Word, language: Language) {
    if let Some(button) = part(sheet, "-copy") {
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
