//! What the fuzzers call: every reader of outside bytes as a function that must hold for any input.
//!
//! Each [`Target`] takes bytes and returns, or panics because something that is promised does not hold. "Does
//! not panic" is the least of it: where two readings of the same thing exist they are held against each
//! other, and what was read is written and read again.
//!
//! ```text
//! tests/fuzz/fuzz_targets/NAME.rs   the fuzzer of a target: one line (nightly, `just fuzz`)
//! tests/fuzz/corpus/NAME/           inputs to begin from, kept small
//! tests/fuzz/regressions/NAME/      inputs that once found something
//! tests/corpus.rs                   all of them on every `cargo test`, and some that are made of them
//! ```
//!
//! Readers that are a crate's own affair are reached through its feature `fuzzing`, which nothing else uses.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fuzzer is told by a panic"
)]

mod documents;
mod fold;
pub mod hostile;
mod log;
mod neutral;
mod past;
mod proofs;
mod received;
mod replica;
mod settings;
mod shaped;
mod shown;
mod typed;

/// A reader, or a few that read the same thing.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// What its folder and its fuzzer are called.
    pub name: &'static str,
    /// Takes anything.
    pub run: fn(&[u8]),
}

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}

/// Every target, by name.
pub const TARGETS: &[Target] = &[
    target("access", settings::access),
    target("browser", settings::browser),
    target("csv", documents::csv),
    target("derived", log::derived),
    target("envelope", log::envelope),
    target("event", log::event),
    target("exported_log", replica::exported_log),
    target("fold", fold::fold),
    target("frame", log::frame),
    target("git", settings::git),
    target("heads", replica::heads),
    target("identity", replica::identity),
    target("intake", received::intake),
    target("invitation", typed::invitation),
    target("lint", typed::lint),
    target("mark", log::mark),
    target("markdown", documents::markdown),
    target("message", log::message),
    target("note", proofs::note),
    target("number", typed::number),
    target("outbox", replica::outbox),
    target("outline", documents::outline),
    target("proof", proofs::proof),
    target("proof_file", proofs::proof_file),
    target("reference", typed::reference),
    target("settings", settings::settings),
    target("state", log::state),
    target("tail", log::tail),
    target("tree", proofs::tree),
    target("verifier_key", proofs::verifier_key),
    target("when", typed::when),
    target("xlsx", documents::xlsx),
];

/// Runs the target of a name.
///
/// # Panics
/// There is none, or what it promises does not hold.
pub fn run(name: &str, bytes: &[u8]) {
    let found = TARGETS.iter().find(|target| target.name == name);
    (found.expect("a target of this name").run)(bytes);
}
