//! What each crate must not know, enforced: which crates it may depend on, and which names its sources may
//! not mention. A rule that this test can't see broken would rot, so its reader of sources is tested too.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside the functions marked as such"
)]

mod graph;
mod rules;
mod safety;
mod source;

use std::path::{Path, PathBuf};

use graph::Kind;
use rules::{CRATES, Rule};

/// A source file beyond this many bytes wants to be two.
const LARGEST_SOURCE: u64 = 20_000;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' package lies in the workspace")
}

/// All Rust files below a folder, in a stable order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(workspace())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[track_caller]
fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n  {}\n", broken.join("\n  "));
}

#[test]
fn every_crate_has_its_rule() {
    let mut ruled: Vec<&str> = CRATES.iter().map(|rule| rule.name).collect();
    ruled.sort_unstable();
    assert_eq!(graph::members(workspace()), ruled);
}

#[test]
fn arrows_point_one_way() {
    let mut broken = Vec::new();
    for edge in graph::edges(workspace()) {
        let rule = rules::of(&edge.from);
        // A test may look further than the code it tests, but not into what depends on it.
        let judged = edge.kind != Kind::Dev || rule.tests_too;
        if edge.to.starts_with("quarterdeck-") && judged && !rule.may_use.contains(&&*edge.to) {
            broken.push(format!(
                "{} must not depend on {}: it may on {:?}",
                edge.from, edge.to, rule.may_use
            ));
        }
    }
    assert_none(&broken);
}

#[test]
fn no_crate_depends_on_what_it_must_not_know() {
    let mut broken = Vec::new();
    for edge in graph::edges(workspace()) {
        if edge.kind == Kind::Dev {
            continue;
        }
        let rule = rules::of(&edge.from);
        if let Some(why) = rules::why_not(rule, &edge.to) {
            broken.push(format!("{} depends on {}: {why}", edge.from, edge.to));
        }
        for feature in &edge.features {
            let named = format!("{}/{feature}", edge.to);
            if rule.features.contains(&&*named) {
                broken.push(format!("{} enables {named}: {}", edge.from, rule.absent));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn no_source_mentions_what_its_crate_must_not_know() {
    let mut broken = Vec::new();
    for rule in CRATES {
        let folder = workspace().join(rule.folder).join("src");
        let files = rust_files(&folder);
        assert!(!files.is_empty(), "{} has no sources", rule.name);
        broken.extend(mentioned(rule, &files));
    }
    assert_none(&broken);
}

fn mentioned(rule: &Rule, files: &[PathBuf]) -> Vec<String> {
    let mut only_tests = Vec::new();
    let mut read = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path).expect("a readable source");
        let source = source::read(&text).unwrap_or_else(|at| panic!("{}:{at}", shown(path)));
        only_tests.extend(source.test_modules.iter().map(|name| below(path, name)));
        read.push((path, source));
    }
    let mut broken = Vec::new();
    for (path, source) in read {
        // Both `tests.rs` and everything in `tests/`.
        if only_tests
            .iter()
            .any(|module| path.with_extension("").starts_with(module))
        {
            continue;
        }
        for mention in source.mentions {
            if let Some(name) = rule.names.iter().find(|name| mention.is_of(name)) {
                broken.push(format!(
                    "{}:{} mentions {name}: {} has {}",
                    shown(path),
                    mention.line,
                    rule.name,
                    rule.absent
                ));
            }
        }
    }
    broken
}

/// Where the module `name` that the file at `path` declares is, without an ending.
fn below(path: &Path, name: &str) -> PathBuf {
    let is_root = ["lib", "main", "mod"]
        .iter()
        .any(|root| path.file_stem().is_some_and(|stem| stem == *root));
    if is_root {
        path.with_file_name(name)
    } else {
        path.with_extension("").join(name)
    }
}

#[test]
fn sources_are_small() {
    let mut broken = Vec::new();
    for folder in ["crates", "tests"] {
        for path in rust_files(&workspace().join(folder)) {
            let size = std::fs::metadata(&path).expect("a readable source").len();
            if size > LARGEST_SOURCE {
                broken.push(format!(
                    "{} has {size} bytes: above {LARGEST_SOURCE} it wants to be two files",
                    shown(&path)
                ));
            }
        }
    }
    assert_none(&broken);
}
