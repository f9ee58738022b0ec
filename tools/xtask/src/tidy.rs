//! What no compiler looks for, looked for in the text of the tree. Invariant: a rule here is written down somewhere else
//! as well; this only keeps it true.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::toolchain::Tree;

fn root() -> PathBuf {
    Tree::find().expect("the tests run in the repository").root
}

/// Every file of ours with one of these endings.
fn files(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    collect(&root(), endings, &mut found);
    assert!(found.len() > 10, "{found:?}");
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.push((path, text));
        }
    }
}

#[test]
fn no_source_makes_markup_out_of_strings() {
    // In two pieces each, because this file is a source, too.
    let forbidden = [
        ["inner", "HTML"],
        ["outer", "HTML"],
        ["insertAdjacent", "HTML"],
        ["document.", "write"],
        ["set_inner", "_html"],
        ["set_outer", "_html"],
        ["insert_adjacent", "_html"],
        ["create_contextual", "_fragment"],
        ["set_html", "_unsafe"],
    ];
    for (path, text) in files(&[".rs", ".js", ".html"]) {
        for words in forbidden.map(|parts| parts.concat()) {
            assert!(!text.contains(&words), "{} holds {words}", path.display());
        }
    }
}

#[test]
fn every_threat_and_fault_has_its_row_and_every_test_named_there_exists() {
    let text = fs::read_to_string(root().join("docs/SECURITY.md")).expect("it is there");
    for (letter, count) in [("T", 22), ("F", 20)] {
        for number in 1..=count {
            let rows = text.lines().filter(|line| line.starts_with(&format!("| {letter}{number} |"))).count();
            assert_eq!(rows, 1, "{letter}{number}");
        }
    }
    let written: String = files(&[".rs"]).into_iter().map(|(_, text)| text).collect();
    let mut named = BTreeSet::new();
    let tables = text.split("## Threats").nth(1).expect("the tables");
    for name in tables.split('`').skip(1).step_by(2) {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.contains('_') && name.chars().all(is_name) {
            assert!(
                written.contains(&format!("fn {name}(")),
                "docs/SECURITY.md names the test {name}, which is not there"
            );
            named.insert(name);
        }
    }
    assert!(named.len() > 50, "{}", named.len());
}
