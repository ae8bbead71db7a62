//! Every line that the server's sources can log, against the document: a line that is added or changed
//! without it is found here, although no test may ever see it logged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Group, TokenStream, TokenTree};

use crate::document::{lines, repository};

/// Levels that are logged unless somebody asks for more.
const LOGGED: &[&str] = &["info", "warn", "error"];

type Lines = BTreeMap<String, (String, BTreeSet<String>)>;

#[test]
fn every_line_of_the_log_is_in_the_document_and_nothing_else() {
    let mut said = Lines::new();
    for path in rust_files(&repository("crates/server/src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        // What stands at the end is tests.
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        find(TokenStream::from_str(code).unwrap(), &mut said);
    }
    assert!(said.len() > 20, "the sources log {} lines", said.len());
    let documented = lines();
    let not_so = |(message, line): &(&String, &(String, BTreeSet<String>))| {
        documented.get(*message) != Some(*line)
    };
    let missing: Vec<_> = said.iter().filter(not_so).collect();
    assert!(
        missing.is_empty(),
        "not so in docs/watching.md: {missing:#?}"
    );
    let unsaid: Vec<_> = (documented.keys())
        .filter(|message| !said.contains_key(*message))
        .collect();
    assert!(unsaid.is_empty(), "nothing logs {unsaid:#?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// Finds `tracing::LEVEL!(…)`.
fn find(tokens: TokenStream, said: &mut Lines) {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in all.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            find(group.stream(), said);
        }
        if !matches!(token, TokenTree::Ident(name) if name == "tracing") {
            continue;
        }
        // `tracing`, `:`, `:`, the level, `!`, the arguments.
        let (Some(TokenTree::Ident(level)), Some(TokenTree::Group(arguments))) =
            (all.get(at + 3), all.get(at + 5))
        else {
            continue;
        };
        let level = level.to_string();
        if LOGGED.contains(&&*level) {
            let (message, fields) = read(arguments);
            let known = said.entry(message.clone());
            let line = known.or_insert_with(|| (level.clone(), BTreeSet::new()));
            assert_eq!(line.0, level, "“{message}” is logged at two levels");
            // Said in several places, it has what any of them says.
            line.1.extend(fields);
        }
    }
}

/// The message of a line, its last argument, and the names of its fields.
fn read(arguments: &Group) -> (String, BTreeSet<String>) {
    let mut fields = BTreeSet::new();
    let mut message = None;
    let mut is_first = true;
    for token in arguments.stream() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == ',' => is_first = true,
            // What a field is shown by.
            TokenTree::Punct(mark) if is_first && "%?".contains(mark.as_char()) => {}
            TokenTree::Ident(name) if is_first => {
                fields.insert(name.to_string());
                is_first = false;
            }
            TokenTree::Literal(text) if is_first => {
                let text = text.to_string();
                message = Some(text.trim_matches('"').to_owned());
                is_first = false;
            }
            _ => is_first = false,
        }
    }
    (message.expect("a line has a message"), fields)
}

#[test]
fn lines_are_found_with_their_fields_and_levels() {
    let text = r#"fn f() {
        if x { tracing::info!(%workspace, head = state.head, ?kind, "opened a workspace"); }
        tracing::debug!("not by itself");
        tracing::error!("closed");
    }"#;
    let mut said = Lines::new();
    find(TokenStream::from_str(text).unwrap(), &mut said);
    let fields = ["head", "kind", "workspace"].map(str::to_owned);
    let opened = ("info".to_owned(), BTreeSet::from(fields));
    assert_eq!(said.get("opened a workspace"), Some(&opened));
    assert_eq!(said.len(), 2);
}
