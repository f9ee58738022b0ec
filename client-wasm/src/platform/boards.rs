//! The dialog of the boards: asks the server for the best flights and fills them in. Invariant: the profile's token goes in a
//! header and into no address; an answer to an earlier question is not shown; names are text and nothing else.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, RequestInit, Response};

use super::{
    browser::{document, element, window},
    promise::settle,
    storage,
};
use crate::words::{Language, Word};

/// The spans, as in addresses and in the ids of their buttons.
pub const SPANS: [&str; 3] = ["day", "week", "all"];
/// What stands for a name that is not to be shown.
const MASK: &str = "• • •";

/// Asks for a board, and shows it when it comes.
pub fn ask(span: &'static str, language: Language, masked: bool) {
    for other in SPANS {
        if let Some(button) = element(&["boards-", other].concat()) {
            let _ = button.set_attribute("aria-pressed", if other == span { "true" } else { "false" });
        }
    }
    say("…");
    let init = RequestInit::new();
    if let Some(profile) = storage::profile() {
        let header = Array::of2(&"x-perihelion-profile".into(), &storage::hex(&profile.0).into());
        init.set_headers(&Array::of1(&header));
    }
    let address = ["/boards.json?span=", span].concat();
    let later = move || show(span, None, language, masked);
    settle(
        &window().fetch_with_str_and_init(&address, &init),
        move |response| match response.dyn_into::<Response>().ok().filter(Response::ok).and_then(|it| it.json().ok()) {
            Some(json) => settle(&json, move |board| show(span, Some(&board), language, masked), later),
            None => later(),
        },
        later,
    );
}

fn show(span: &str, board: Option<&JsValue>, language: Language, masked: bool) {
    let button = element(&["boards-", span].concat());
    if button.and_then(|button| button.get_attribute("aria-pressed")).as_deref() != Some("true") {
        return;
    }
    let Some(table) = element("boards-rows") else { return };
    table.set_text_content(None);
    let Some(board) = board else { return say(Word::BoardsLater.say(language)) };
    let rows: Array = get(board, "rows").unchecked_into();
    for (rank, row) in (1..).zip(rows.iter()) {
        add(&table, rank, &row, masked);
    }
    let (own, record) = (get(board, "own"), get(board, "record"));
    if rows.length() == 0 {
        say(Word::BoardsNone.say(language));
    } else if own.is_object() {
        let figures = [(&own, "rank"), (&own, "points"), (&record, "best"), (&record, "flights"), (&record, "kills")];
        let parts = figures.map(|(of, key)| text(&get(of, key)));
        let ship = title(&text(&get(&record, "ship")));
        let [rank, points, best, flights, kills] = parts.each_ref().map(String::as_str);
        let parts = [rank, points, best, flights, kills, &ship];
        say(&Word::BoardsOwn.with(language, &parts));
    } else {
        say("");
    }
}

fn add(table: &HtmlElement, rank: u32, row: &JsValue, masked: bool) {
    let Ok(line) = document().create_element("tr") else { return };
    let own = get(row, "own").is_truthy();
    let name = if masked && !own { MASK.to_owned() } else { text(&get(row, "name")) };
    let cells =
        [rank.to_string(), name, text(&get(row, "points")), text(&get(row, "kills")), title(&text(&get(row, "ship")))];
    for cell in &cells {
        if let Ok(place) = document().create_element("td") {
            place.set_text_content(Some(cell));
            let _ = line.append_child(&place);
        }
    }
    line.set_class_name(if own { "own" } else { "" });
    let _ = table.append_child(&line);
}

fn say(words: &str) {
    if let Some(note) = element("boards-note") {
        note.set_text_content(Some(words));
    }
}

fn get(of: &JsValue, key: &str) -> JsValue {
    Reflect::get(of, &key.into()).unwrap_or(JsValue::NULL)
}

/// As names of ships are written.
fn title(word: &str) -> String {
    let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
    [&first.to_ascii_uppercase(), rest].concat()
}

/// A word, or a whole number.
fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_else(|| (value.as_f64().unwrap_or(0.0) as u64).to_string())
}
