//! The dialog that asks for what a command still needs, made from its row in the command table, and shows the line it comes
//! to. Invariant: what is run is what is shown.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlInputElement, HtmlSelectElement};

use crate::{
    admin::{
        commands::{Argument, Command, Kind, TIMES},
        complete::values_of,
        desk::Desk,
        feed::Answer,
        node,
    },
    browser,
    words::{known_word, word, word_of},
};

/// A reason, or any other text.
const TEXT_MAX: &str = "160";

#[derive(Debug)]
pub struct Dialog {
    dialog: HtmlDialogElement,
    asked: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    command: Command,
    /// What is known of the first arguments.
    known: Vec<String>,
    /// A field for each of the rest.
    fields: Vec<Element>,
    is_running: bool,
}

impl Dialog {
    pub fn of() -> Option<Dialog> {
        Some(Dialog { dialog: browser::element("ask")?.dyn_into().ok()?, asked: None })
    }

    /// Asks for the rest of a line whose first words stand between tabs.
    pub fn ask(&mut self, words: &str, desk: &Desk) {
        let mut words = words.split('\t');
        let Some(command) = words.next().and_then(|name| desk.me.command(name)) else { return };
        let known: Vec<String> = words.map(str::to_owned).collect();
        let Some(rows) = browser::element("ask-fields") else { return };
        node::empty(&rows);
        let rest = command.args.iter().enumerate().skip(known.len());
        let fields = rest.map(|(index, argument)| field(&rows, index, argument, desk)).collect();
        let whom = known.first().map(|what| format!(" · {}", whom(what, desk))).unwrap_or_default();
        let name = known_word(&command.name).unwrap_or(&command.name);
        browser::set_text("ask-title", &format!("{name}{whom}"));
        browser::set_text("ask-help", &format!("{}: {}", command.usage(), command.help));
        browser::set_text("ask-error", "");
        browser::set_text("ask-go", word("do-it"));
        self.asked = Some(Asked { command: command.clone(), known, fields, is_running: false });
        self.typed();
        if !self.dialog.open() {
            // It fails only for what is not in the page.
            let _ = self.dialog.show_modal();
        }
    }

    /// A field changed: so does the line.
    pub fn typed(&self) {
        if let Some(asked) = &self.asked {
            browser::set_text("ask-line", &asked.line());
        }
    }

    /// A quick choice was clicked.
    pub fn chip(&self, index: usize, text: &str) {
        let Some(asked) = &self.asked else { return };
        let at = index.checked_sub(asked.known.len());
        let field = at.and_then(|at| asked.fields.get(at)).and_then(|field| field.dyn_ref::<HtmlInputElement>());
        if let Some(field) = field {
            field.set_value(text);
            self.typed();
        }
    }

    /// The line to run, when it is whole.
    pub fn go(&mut self) -> Option<String> {
        let asked = self.asked.as_mut().filter(|asked| !asked.is_running)?;
        if let Some(argument) = asked.command.missing(&asked.values()) {
            browser::set_text("ask-error", &word_of("at-least", &argument.name));
            return None;
        }
        asked.is_running = true;
        Some(asked.line())
    }

    /// What became of it: done closes it, refused says why.
    pub fn answered(&mut self, answer: &Answer) {
        if answer.ok {
            return self.close();
        }
        browser::set_text("ask-error", &answer.text);
        self.again();
    }

    /// Nothing became of it.
    pub fn failed(&mut self, why: &str) {
        if self.asked.as_ref().is_some_and(|asked| asked.is_running) {
            browser::set_text("ask-error", why);
            self.again();
        }
    }

    pub fn close(&mut self) {
        self.asked = None;
        self.dialog.close();
    }

    fn again(&mut self) {
        if let Some(asked) = &mut self.asked {
            asked.is_running = false;
        }
    }
}

impl Asked {
    fn values(&self) -> Vec<String> {
        self.known.iter().cloned().chain(self.fields.iter().map(value)).collect()
    }

    fn line(&self) -> String {
        self.command.line(&self.values())
    }
}

/// `#3` by name.
fn whom(what: &str, desk: &Desk) -> String {
    let slot = what.strip_prefix('#').and_then(|slot| slot.parse::<u16>().ok());
    let player = slot.and_then(|slot| desk.players().into_iter().find(|player| player.slot == slot));
    player.map_or_else(|| what.to_owned(), |player| format!("{} ({what})", player.name))
}

fn value(field: &Element) -> String {
    let text = field.dyn_ref::<HtmlInputElement>().map(|input| input.value());
    text.or_else(|| field.dyn_ref::<HtmlSelectElement>().map(|select| select.value())).unwrap_or_default()
}

/// A label and a field for an argument, into `rows`.
fn field(rows: &Element, index: usize, argument: &Argument, desk: &Desk) -> Element {
    let id = format!("ask-{}", argument.name);
    let name = known_word(&argument.name).unwrap_or(&argument.name);
    let label = node::make("label", "", name);
    node::mark(&label, "for", &id);
    node::put(rows, &label);
    let values = values_of(argument.kind, &desk.names());
    let is_free = matches!(argument.kind, Kind::Time | Kind::Name) || values.is_empty();
    let field = if is_free { input(argument) } else { select(argument, &values) };
    node::mark(&field, "id", &id);
    node::put(rows, &field);
    if argument.kind == Kind::Time {
        node::put(rows, &node::make("span", "", ""));
        node::put(rows, &chips(index));
    }
    field
}

fn input(argument: &Argument) -> Element {
    let input = node::make("input", "", "");
    for (name, value) in [("maxlength", TEXT_MAX), ("autocomplete", "off"), ("spellcheck", "false")] {
        node::mark(&input, name, value);
    }
    if argument.kind == Kind::Number {
        node::mark(&input, "inputmode", "numeric");
    }
    if argument.kind == Kind::Time {
        // What is most often right.
        node::mark(&input, "value", TIMES[0]);
    }
    input
}

fn select(argument: &Argument, values: &[(String, String)]) -> Element {
    let select = node::make("select", "", "");
    if argument.optional {
        node::put(&select, &node::make("option", "", ""));
    }
    for (value, note) in values {
        let text = if note.is_empty() { value.clone() } else { format!("{value} {note}") };
        let option = node::make("option", "", &text);
        node::mark(&option, "value", value);
        node::put(&select, &option);
    }
    select
}

fn chips(index: usize) -> Element {
    let row = node::make("div", "chips", "");
    for time in TIMES {
        let text = if time == "forever" { word("forever") } else { time };
        node::put(&row, &node::button(text, text, &[("data-chip", time), ("data-of", &index.to_string())]));
    }
    row
}
