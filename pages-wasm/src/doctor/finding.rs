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
}

/// The sentence above all findings, by its word, and how good that is.
pub fn verdict(findings: &[Finding]) -> (&'static str, Grade) {
    let worst = |of: &mut dyn Iterator<Item = &Finding>| of.map(|finding| finding.grade).max().unwrap_or(Grade::Good);
    let all = worst(&mut findings.iter());
    // A line is not blamed for what the server decided.
    let line = worst(&mut findings.iter().filter(|finding| !finding.is_of_server));
    let sentence = match (line, all) {
        (Grade::Good, Grade::Good) => "verdict-good",
        (Grade::Good, _) => "verdict-door",
        (Grade::Fair, _) => "verdict-fair",
        (Grade::Bad, _) => "verdict-bad",
    };
    (sentence, all)
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub grade: Grade,
    pub figure: String,
    /// Empty where there is nothing to say.
    pub advice: &'static str,
    /// The server has decided so; the line has nothing to do with it.
    pub is_of_server: bool,
}

impl Finding {
    pub fn new(grade: Grade, figure: impl Into<String>) -> Finding {
        Finding { grade, figure: figure.into(), advice: "", is_of_server: false }
    }

    pub fn advise(self, advice: &'static str) -> Finding {
        Finding { advice, ..self }
    }

    pub fn of_server(self) -> Finding {
        Finding { is_of_server: true, ..self }
    }

    /// Puts it into its row.
    pub fn show(&self, id: &str) {
        browser::set_mark(&format!("row-{id}"), "data-grade", self.grade.mark());
        browser::set_text(&format!("figure-{id}"), &self.figure);
        browser::set_text(&format!("advice-{id}"), self.advice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::word;

    #[test]
    fn the_worst_of_the_line_is_the_verdict_and_the_server_speaks_for_itself() {
        let line = |grade| Finding::new(grade, "");
        let door = || Finding::new(Grade::Fair, "").of_server();
        for (findings, expected) in [
            (vec![], ("verdict-good", Grade::Good)),
            (vec![line(Grade::Good), line(Grade::Good).of_server()], ("verdict-good", Grade::Good)),
            (vec![line(Grade::Good), door()], ("verdict-door", Grade::Fair)),
            (vec![line(Grade::Fair), door()], ("verdict-fair", Grade::Fair)),
            (vec![door(), line(Grade::Bad), line(Grade::Fair)], ("verdict-bad", Grade::Bad)),
        ] {
            assert_eq!(verdict(&findings), expected, "{findings:?}");
            assert!(!word(expected.0).is_empty());
        }
    }
}
