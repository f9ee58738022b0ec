//! The console: a line that completes itself, and what was answered. Invariant: the log is short; the keys that complete are
//! the browser's own again whenever no list is open.

use std::collections::VecDeque;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};

use crate::{
    admin::{
        complete::{Suggestion, complete},
        desk::Desk,
        node,
    },
    browser,
};

/// Paragraphs that the log keeps.
const LOG_MAX: u32 = 200;
/// Lines that the arrow up finds again.
const LINES_MAX: usize = 50;

#[derive(Debug)]
pub struct Console {
    field: HtmlInputElement,
    log: Element,
    list: Element,
    ways: Vec<Suggestion>,
    /// Among the ways.
    chosen: Option<usize>,
    lines: VecDeque<String>,
    /// Among the lines, from the newest.
    back: Option<usize>,
}

/// What a key was for.
#[derive(Debug, PartialEq, Eq)]
pub enum Pressed {
    /// Nothing of ours.
    Other,
    Used,
}

impl Console {
    pub fn of() -> Option<Console> {
        Some(Console {
            field: browser::element("console-line")?.dyn_into().ok()?,
            log: browser::element("console-log")?.into(),
            list: browser::element("console-ways")?.into(),
            ways: Vec::new(),
            chosen: None,
            lines: VecDeque::new(),
            back: None,
        })
    }

    /// Something was said or answered.
    pub fn tell(&self, kind: &str, text: &str) {
        let paragraph = node::make("p", "", text);
        node::mark(&paragraph, "data-kind", kind);
        node::put(&self.log, &paragraph);
        while self.log.child_element_count() > LOG_MAX {
            self.log.first_element_child().iter().for_each(Element::remove);
        }
        self.log.set_scroll_top(self.log.scroll_height());
    }

    /// Takes the line out of the field.
    pub fn take(&mut self) -> Option<String> {
        let line = self.field.value().trim().to_owned();
        self.field.set_value("");
        self.close();
        if line.is_empty() {
            return None;
        }
        self.lines.retain(|other| *other != line);
        self.lines.push_front(line.clone());
        self.lines.truncate(LINES_MAX);
        self.back = None;
        Some(line)
    }

    /// The line changed.
    pub fn typed(&mut self, desk: &Desk) {
        let line = self.field.value();
        self.back = None;
        let ways = if line.trim().is_empty() { Vec::new() } else { complete(&desk.me, &desk.names(), &line) };
        self.open(ways);
    }

    pub fn pressed(&mut self, event: &KeyboardEvent, desk: &Desk) -> Pressed {
        let is_open = !self.ways.is_empty();
        match event.key().as_str() {
            "ArrowDown" if is_open => self.choose(1),
            "ArrowUp" if is_open => self.choose(-1),
            "ArrowUp" => self.recall(1),
            "ArrowDown" => self.recall(-1),
            "Tab" if is_open && !event.shift_key() => self.accept(self.chosen.unwrap_or(0), desk),
            "Enter" if self.chosen.is_some() => self.accept(self.chosen.unwrap_or(0), desk),
            "Escape" if is_open => self.close(),
            _ => return Pressed::Other,
        }
        Pressed::Used
    }

    /// A way was clicked, or chosen by key.
    pub fn accept(&mut self, index: usize, desk: &Desk) {
        if let Some(way) = self.ways.get(index) {
            self.field.set_value(&way.line);
            // What has the focus already keeps it.
            let _ = self.field.focus();
            self.typed(desk);
        }
    }

    pub fn close(&mut self) {
        self.open(Vec::new());
    }

    fn open(&mut self, ways: Vec<Suggestion>) {
        if self.ways != ways {
            node::empty(&self.list);
            for (index, way) in ways.iter().enumerate() {
                let item = node::make("li", "", &way.word);
                for (name, value) in [("role", "option"), ("id", &id(index)), ("data-way", &index.to_string())] {
                    node::mark(&item, name, value);
                }
                node::put(&item, &node::make("span", "", &way.note));
                node::put(&self.list, &item);
            }
            self.ways = ways;
        }
        self.chosen = None;
        self.mark();
    }

    fn choose(&mut self, by: isize) {
        let count = self.ways.len().cast_signed();
        let at = self.chosen.map_or(if by > 0 { -1 } else { 0 }, usize::cast_signed);
        self.chosen = Some((at + by).rem_euclid(count).cast_unsigned());
        self.mark();
    }

    fn mark(&self) {
        browser::set_hidden("console-ways", self.ways.is_empty());
        node::mark(&self.field, "aria-expanded", if self.ways.is_empty() { "false" } else { "true" });
        node::mark(&self.field, "aria-activedescendant", &self.chosen.map(id).unwrap_or_default());
        for index in 0..self.ways.len() {
            let is_chosen = if self.chosen == Some(index) { "true" } else { "false" };
            browser::set_mark(&id(index), "aria-selected", is_chosen);
        }
    }

    fn recall(&mut self, by: isize) {
        let at = self.back.map_or(-1, usize::cast_signed) + by;
        self.back = usize::try_from(at).ok().map(|at| at.min(self.lines.len().saturating_sub(1)));
        let line = self.back.and_then(|at| self.lines.get(at));
        self.field.set_value(line.map_or("", String::as_str));
    }
}

fn id(index: usize) -> String {
    format!("console-way-{index}")
}
