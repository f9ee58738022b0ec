//! What was found: how good it is, the figure, and what to do about it.

use crate::browser;

/// How good it is; the worst of all is the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    Good,
    /// One can play, and will notice.
    Fair,
    /// One cannot play.
    Bad,
}

impl Grade {
    /// For the style sheet.
    pub fn mark(self) -> &'static str {
        match self {
            Grade::Good => "good",
            Grade::Fair => "fair",
            Grade::Bad => "bad",
        }
    }

    /// The sentence above all findings, by its word.
    pub fn verdict(self) -> &'static str {
        match self {
            Grade::Good => "verdict-good",
            Grade::Fair => "verdict-fair",
            Grade::Bad => "verdict-bad",
        }
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub grade: Grade,
    pub figure: String,
    /// Empty where there is nothing to say.
    pub advice: &'static str,
}

impl Finding {
    pub fn new(grade: Grade, figure: impl Into<String>) -> Finding {
        Finding { grade, figure: figure.into(), advice: "" }
    }

    pub fn advise(self, advice: &'static str) -> Finding {
        Finding { advice, ..self }
    }

    /// Puts it into its row.
    pub fn show(&self, id: &str) {
        browser::set_mark(&format!("row-{id}"), "data-grade", self.grade.mark());
        browser::set_text(&format!("figure-{id}"), &self.figure);
        browser::set_text(&format!("advice-{id}"), self.advice);
    }
}
