//! What a hostile teammate writes does nothing to whoever reads it: every command of `okr`, at a terminal and
//! piped, as text and as JSON, and every kind of file.
//!
//! The log is one that no honest client makes ([`quarterdeck_fuzz::hostile`]): each text in it is the
//! attacker's, titles and names included. It reaches a machine as a hostile server's would, past the rule book
//! but not past the checks on receipt.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod commands;
mod files;
mod looked;
mod screens;
mod served;

use std::path::Path;

use quarterdeck_fuzz::hostile;
use quarterdeck_tests::{Machine, TestEnv};

/// Begins like a formula; then terminal escapes, overprinting, direction, invisible ink, markup.
const WORDS: &str = "=cmd|' /C calc'!A0 \u{1b}]52;c;ZXZpbA==\u{7}\u{1b}]8;;http://evil.example\u{1b}\\\u{1b}[2J\u{1b}[7;35m\
    \u{9b}31m a\u{8}b\rc \u{202e}txt.exe\u{2066} in\u{200b}vis\u{e0041}ible <script>evil()</script>\
    \"'><img src=x onerror=evil()> [evil](javascript:evil()) `|*_# ~~x~~ <!-- \u{0} é\u{2028}# heading\n# second\n";

/// Begins with a tab; a letter under a heap of marks, and a word that fits nowhere.
fn heaped() -> String {
    format!(
        "\t=1+1 @SUM(A1) Z{} {} \u{1b}[31m\u{85}\u{feff}",
        "\u{335}".repeat(60),
        "endless".repeat(40)
    )
}

/// A machine with the copy of such a log.
fn attacked<'env>(env: &'env TestEnv, name: &str, text: &str) -> Machine<'env> {
    let machine = env.machine(name);
    let file = env.path().join(format!("{name}.jsonl"));
    std::fs::write(&file, hostile::log(text)).expect("a file for the log");
    let file = file.to_str().expect("a path in UTF-8");
    machine.okr(&["import", file]).ok();
    env.set_time("2026-07-20T09:00:00Z");
    machine
}

/// A path as an argument.
fn shown(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
