//! No unsafe code of our own, and no crate that goes without the workspace's lints: what the manifests
//! say, and, for the case that somebody changes them, what the sources say.

use std::path::PathBuf;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use crate::{assert_none, rust_files, shown, workspace};

/// Everything that is compiled: sources, tests, benchmarks, examples, build scripts.
fn all_sources() -> Vec<PathBuf> {
    let found: Vec<PathBuf> = ["crates", "tests"]
        .into_iter()
        .flat_map(|folder| rust_files(&workspace().join(folder)))
        .collect();
    assert!(found.len() > 100, "only {} sources", found.len());
    found
}

fn manifests() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(workspace().join("crates")).expect("the folder of crates");
    crates
        .map(|entry| entry.expect("a crate").path().join("Cargo.toml"))
        .chain([workspace().join("tests/Cargo.toml")])
        .filter(|path| path.exists())
        .collect()
}

#[test]
fn every_crate_has_the_lints_of_the_workspace_which_forbid_unsafe_code() {
    let root = std::fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    assert!(root.contains("\nunsafe_code = \"forbid\"\n"));
    let mut broken = Vec::new();
    let all = manifests();
    assert!(all.len() > 8, "only {} crates", all.len());
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        if !text.contains("\n[lints]\nworkspace = true\n") {
            broken.push(format!(
                "{} does not take the workspace's lints",
                shown(&path)
            ));
        }
    }
    assert_none(&broken);
}

#[test]
fn no_source_has_unsafe_code_or_lets_it_in() {
    let mut broken = Vec::new();
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let tokens = TokenStream::from_str(&text).unwrap_or_else(|_| panic!("{}", shown(&path)));
        for line in lines_of_unsafe(tokens) {
            broken.push(format!("{}:{line} is unsafe", shown(&path)));
        }
    }
    assert_none(&broken);
}

/// The lines on which the keyword stands, or the lint that forbids it is named.
fn lines_of_unsafe(tokens: TokenStream) -> Vec<usize> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(name) if name == "unsafe" || name == "unsafe_code" => {
                found.push(name.span().start().line);
            }
            TokenTree::Group(group) => found.extend(lines_of_unsafe(group.stream())),
            _ => {}
        }
    }
    found
}

#[test]
fn unsafe_code_is_seen_wherever_it_stands() {
    let lines = |text: &str| lines_of_unsafe(TokenStream::from_str(text).unwrap());
    assert_eq!(lines("fn f() {\n  unsafe { g() }\n}"), [2]);
    assert_eq!(lines("#[test] fn f() { m!(a, unsafe { g() }) }"), [1]);
    assert_eq!(lines("#![allow(unsafe_code)]"), [1]);
    assert_eq!(lines("// unsafe\nfn f() { \"unsafe\"; }"), [0; 0]);
}
