//! How the server and the tools read their command lines. Invariant: what is wrong becomes one line that says what and
//! what would be right.

use std::ffi::OsString;

use clap::{Parser, error::ErrorKind};

/// What a command line asks for.
#[derive(Debug)]
pub enum Parsed<T> {
    /// Do this.
    Run(T),
    /// Print this (help, version) and be done.
    Print(String),
    /// One line saying what is wrong.
    Refuse(String),
}

/// Reads the arguments, the program's name first.
pub fn parse<T: Parser>(arguments: impl IntoIterator<Item = OsString>) -> Parsed<T> {
    match T::try_parse_from(arguments) {
        Ok(line) => Parsed::Run(line),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Parsed::Print(error.to_string()),
            _ => Parsed::Refuse(one_line(&error.to_string())),
        },
    }
}

/// clap explains itself in a paragraph; the first line says what is wrong, a tip says what would be right.
fn one_line(paragraph: &str) -> String {
    let mut lines = paragraph.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("bad arguments").trim_start_matches("error: ").to_owned();
    match lines.find(|line| line.starts_with("tip: ")) {
        Some(tip) => format!("{first} ({tip})"),
        None => format!("{first} (--help lists the flags)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Parser)]
    #[command(name = "some")]
    struct Line {
        #[arg(long)]
        seconds: Option<u8>,
    }

    fn parsed(arguments: &str) -> Parsed<Line> {
        parse(arguments.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_line_is_run_printed_or_refused_in_one_line() {
        assert!(matches!(parsed("some --seconds 3"), Parsed::Run(Line { seconds: Some(3) })));
        let Parsed::Print(help) = parsed("some --help") else { panic!("no help") };
        assert!(help.contains("--seconds"), "{help}");
        for (arguments, words) in [("some --second 3", "--seconds"), ("some --seconds x", "--help lists the flags")] {
            let Parsed::Refuse(line) = parsed(arguments) else { panic!("{arguments} was taken") };
            assert!(line.contains(words) && !line.contains('\n'), "{arguments}: {line}");
        }
    }
}
