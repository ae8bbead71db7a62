//! The examples of docs/exchange.md are read as they stand there.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use quarterdeck_exchange::fields::Name;
use quarterdeck_exchange::{Options, json, markdown};

const DOCS: &str = include_str!("../../../docs/exchange.md");

/// The block of code in this language that begins so.
fn block(language: &str, begins: &str) -> &'static str {
    let fence = format!("```{language}\n");
    DOCS.split(fence.as_str())
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block)
        .find(|block| block.starts_with(begins))
        .unwrap()
}

#[test]
fn the_markdown_is_read_without_a_word_left_out() {
    let found = markdown::read(block("markdown", "## "), &Options::default());
    assert_eq!(found.unread, []);
    assert_eq!(found.objectives[0].key_results.len(), 3);
}

#[test]
fn the_json_is_read() {
    let found = json::read(block("json", "{\"schema\": \"quarterdeck/outline").as_bytes()).unwrap();
    let again = json::read(json::write(&found).as_bytes()).unwrap();
    assert_eq!(found, again);
}

#[test]
fn every_field_is_in_the_table_of_columns() {
    for (name, words) in Name::ALL {
        let row = format!("| `{}` |", name.word().replace(' ', "_"));
        let line = DOCS.lines().find(|line| line.starts_with(&row)).unwrap();
        for word in words.iter().skip(1) {
            assert!(line.contains(word), "{word} is missing in {line}");
        }
    }
}
