//! `docs/watching.md`, read: its tables of log lines and of figures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Another folder of the repository.
pub(crate) fn repository(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' package lies in the workspace")
        .join(path)
}

fn text() -> String {
    std::fs::read_to_string(repository("docs/watching.md")).expect("the document is there")
}

/// The rows of the table whose head begins with this word, as cells.
fn rows(head: &str) -> Vec<Vec<String>> {
    let text = text();
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim().trim_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let found: Vec<Vec<String>> = text
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {head} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(cells)
        .collect();
    assert!(!found.is_empty(), "there is no table of {head}");
    found
}

/// What stands between backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The lines of the log by their message: the level and the fields of each.
pub(crate) fn lines() -> BTreeMap<String, (String, BTreeSet<String>)> {
    rows("message")
        .into_iter()
        .map(|row| {
            let message = row[0].trim_matches('`').to_owned();
            (message, (row[1].clone(), quoted(&row[2])))
        })
        .collect()
}

/// The figures by their name without what a format adds, with their labels.
pub(crate) fn figures() -> BTreeMap<String, BTreeSet<String>> {
    rows("figure")
        .into_iter()
        .map(|row| {
            let name = row[0].trim_matches('`').to_owned();
            (name, quoted(&row[2]))
        })
        .collect()
}
