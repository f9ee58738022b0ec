//! A table's rows, kept by key: what stays the same is left alone, so that the focus and whatever is selected stay where they
//! are while figures change. Invariant: the table shows exactly the rows it was last given, in their order.

use std::collections::BTreeMap;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::node;
use crate::browser;

/// What a row shows.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub key: String,
    /// The texts of its fields.
    pub texts: Vec<String>,
    /// Attributes for the style sheet.
    pub marks: Vec<(&'static str, String)>,
}

/// A row in the page: the element, and the fields in it whose texts change.
#[derive(Debug)]
pub struct Made {
    pub row: Element,
    pub fields: Vec<Element>,
}

#[derive(Debug)]
pub struct Grid {
    body: Element,
    rows: BTreeMap<String, Made>,
}

impl Grid {
    pub fn of(id: &str) -> Option<Grid> {
        Some(Grid { body: browser::element(id)?.into(), rows: BTreeMap::new() })
    }

    /// Shows these rows; `make` makes one that is new.
    pub fn show(&mut self, rows: &[Row], make: impl Fn(&Row) -> Made) {
        let focus = browser::document().active_element();
        self.rows.retain(|key, made| {
            let stays = rows.iter().any(|row| row.key == *key);
            if !stays {
                made.row.remove();
            }
            stays
        });
        let mut place = self.body.first_element_child();
        for row in rows {
            let made = self.rows.entry(row.key.clone()).or_insert_with(|| make(row));
            fill(made, row);
            if place.as_ref() == Some(&made.row) {
                place = made.row.next_element_sibling();
            } else {
                // It fails only for a parent inside its child.
                let _ = self.body.insert_before(&made.row, place.as_deref());
            }
        }
        if let Some(focus) = focus.filter(|focus| browser::document().active_element().as_ref() != Some(focus)) {
            refocus(&focus);
        }
    }

    /// Forgets every row: what they offer is another role's.
    pub fn clear(&mut self) {
        self.show(&[], |_| plain(&[]));
    }

    /// The row of a key.
    pub fn row(&self, key: &str) -> Option<&Element> {
        self.rows.get(key).map(|made| &made.row)
    }
}

/// What is moved loses the focus.
fn refocus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>().filter(|element| element.is_connected()) {
        // What is gone cannot have it, and need not.
        let _ = element.focus();
    }
}

fn fill(made: &Made, row: &Row) {
    made.fields.iter().zip(&row.texts).for_each(|(field, text)| node::write(field, text));
    row.marks.iter().for_each(|(name, value)| node::mark(&made.row, name, value));
}

/// A row with a cell for each of these classes, each a field of its own.
pub fn plain(classes: &[&str]) -> Made {
    let row = node::make("tr", "", "");
    let fields = classes.iter().map(|class| cell(&row, class)).collect();
    Made { row, fields }
}

/// One more cell of a row.
pub fn cell(row: &Element, class: &str) -> Element {
    let cell = node::make("td", class, "");
    node::put(row, &cell);
    cell
}
