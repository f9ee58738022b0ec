//! The dials of the chosen room's physics. Invariant: a dial that somebody holds is not moved by news; what is said is what
//! the server then tells back.

use std::collections::BTreeMap;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::{
    admin::{desk::Desk, feed::Tunable, node},
    browser,
    words::word,
};

/// After it was let go a dial waits so long for the server to say the same, ms.
const SETTLE_MS: f64 = 2_500.0;

#[derive(Debug, Default)]
pub struct Dials {
    dials: BTreeMap<String, Dial>,
    room: String,
}

#[derive(Debug)]
struct Dial {
    row: Element,
    range: HtmlInputElement,
    output: Element,
    /// Until then it is left where it was put, ms.
    held_until_ms: f64,
}

impl Dials {
    pub fn show(&mut self, desk: &Desk, now_ms: f64) {
        if self.dials.len() != desk.tunables.len() {
            self.build(desk);
        }
        let Some(room) = desk.chosen() else { return };
        let is_other_room = std::mem::replace(&mut self.room, room.id.clone()) != room.id;
        for (name, dial) in &mut self.dials {
            let percent = room.tuning.get(name).copied().unwrap_or(100);
            if is_other_room || now_ms >= dial.held_until_ms {
                dial.show(percent);
            }
        }
    }

    /// Somebody moves a dial: the figure beside it follows.
    pub fn held(&mut self, name: &str, now_ms: f64) {
        if let Some(dial) = self.dials.get_mut(name) {
            dial.held_until_ms = now_ms + SETTLE_MS;
            node::write(&dial.output, &format!("{} %", dial.range.value()));
        }
    }

    /// Somebody let it go: the line that says so.
    pub fn line(&self, name: &str, room: &str) -> Option<String> {
        let dial = self.dials.get(name)?;
        Some(format!("set {name} {} {room}", dial.range.value()))
    }

    /// It goes back to what the server says next.
    pub fn release(&mut self) {
        self.dials.values_mut().for_each(|dial| dial.held_until_ms = 0.0);
    }

    fn build(&mut self, desk: &Desk) {
        let Some(rows) = browser::element("tune-rows") else { return };
        node::empty(&rows);
        let may = desk.me.may("set");
        self.dials = desk.tunables.iter().map(|tunable| (tunable.name.clone(), Dial::make(tunable, may))).collect();
        for tunable in &desk.tunables {
            node::put(&rows, &self.dials[&tunable.name].row);
        }
    }
}

impl Dial {
    fn make(tunable: &Tunable, may: bool) -> Dial {
        let row = node::make("div", "dial", "");
        node::mark(&row, "title", &tunable.help);
        let id = format!("dial-{}", tunable.name);
        let label = node::make("label", "", &tunable.name.replace(['_', '-'], " "));
        node::mark(&label, "for", &id);
        let range: HtmlInputElement = node::make("input", "", "").unchecked_into();
        let (min, max) = (tunable.min.to_string(), tunable.max.to_string());
        for (name, value) in
            [("type", "range"), ("id", &id), ("min", &min), ("max", &max), ("step", "5"), ("data-dial", &tunable.name)]
        {
            node::mark(&range, name, value);
        }
        range.set_disabled(!may);
        let output = node::make("output", "", "");
        node::mark(&output, "for", &id);
        let reset =
            node::button("↺", &format!("{}: {}", word("reset"), tunable.name), &[("data-reset", &tunable.name)]);
        for element in [&label, &range, &output] {
            node::put(&row, element);
        }
        if may {
            node::put(&row, &reset);
        }
        Dial { row, range, output, held_until_ms: 0.0 }
    }

    fn show(&self, percent: u16) {
        let text = percent.to_string();
        if self.range.value() != text {
            self.range.set_value(&text);
        }
        node::write(&self.output, &format!("{percent} %"));
        node::mark(&self.row, "data-changed", if percent == 100 { "no" } else { "yes" });
    }
}
