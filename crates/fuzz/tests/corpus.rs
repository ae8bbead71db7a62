//! Every target over every input that is kept, and over some that are made of those, without a fuzzer.
//!
//! `just fuzz` looks for new ones, with a nightly toolchain; this keeps on any toolchain what it found.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use quarterdeck_fuzz::{TARGETS, Target};
use quarterdeck_tests::{Chance, rounds};

/// All that is kept in the repository.
const LARGEST: u64 = 300_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz")
}

/// The kept inputs of a kind, of a target.
fn kept(kind: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let found = fs::read_dir(folder().join(kind).join(target));
    let mut files: Vec<PathBuf> = (found.into_iter().flatten())
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    (files.into_iter())
        .map(|path| {
            let bytes = fs::read(&path).expect("a file to read");
            (path, bytes)
        })
        .collect()
}

fn hold(target: &Target, what: &str, bytes: &[u8]) {
    let run = target.run;
    let input = bytes.to_vec();
    if catch_unwind(move || run(&input)).is_err() {
        let kept = std::env::temp_dir().join(format!("quarterdeck-finding-{}", target.name));
        let kept = match fs::write(&kept, bytes) {
            Ok(()) => kept.display().to_string(),
            Err(error) => error.to_string(),
        };
        panic!(
            "{} does not hold for {what}; the input: {kept}",
            target.name
        );
    }
}

#[test]
fn every_target_holds_for_all_that_is_kept() {
    for target in TARGETS {
        hold(target, "nothing at all", &[]);
        for kind in ["corpus", "regressions"] {
            for (path, bytes) in kept(kind, target.name) {
                hold(target, &path.display().to_string(), &bytes);
            }
        }
    }
}

#[test]
fn every_target_holds_for_what_is_made_of_that() {
    let mut chance = Chance::new(6);
    let mut number = |below: usize| -> usize {
        let below = u64::try_from(below.max(1)).expect("it fits");
        usize::try_from(chance.below(below)).expect("it fits")
    };
    for target in TARGETS {
        let inputs = kept("corpus", target.name);
        for _ in 0..rounds(150) {
            let mut bytes = inputs[number(inputs.len())].1.clone();
            let other = &inputs[number(inputs.len())].1;
            for _ in 0..=number(4) {
                let at = number(bytes.len());
                match number(6) {
                    0 => bytes.truncate(at),
                    1 if !bytes.is_empty() => bytes[at] ^= 1 << number(8),
                    2 if !bytes.is_empty() => bytes[at] = [0, 0x7f, 0xff, b'\n', b'0'][number(5)],
                    3 => {
                        bytes.splice(at..at, other[number(other.len())..].iter().copied());
                    }
                    4 => {
                        bytes.drain(at..bytes.len().min(at + 1 + number(8)));
                    }
                    _ => bytes.insert(at, u8::try_from(number(256)).expect("a byte")),
                }
            }
            hold(target, "a changed input", &bytes);
        }
    }
}

/// What lies in a folder, by name without its ending.
fn named(kind: &str) -> BTreeSet<String> {
    let found = fs::read_dir(folder().join(kind));
    (found.into_iter().flatten())
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().expect("a name");
            name.to_string_lossy().into_owned()
        })
        .collect()
}

#[test]
fn every_target_has_a_fuzzer_and_inputs_and_nothing_else_does() {
    let targets: BTreeSet<String> = (TARGETS.iter())
        .map(|target| target.name.to_owned())
        .collect();
    assert_eq!(named("fuzz_targets"), targets);
    assert_eq!(named("corpus"), targets);
    assert!(named("regressions").is_subset(&targets));
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).expect("a manifest");
    for name in &targets {
        let path = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&path), "{name}");
        let fuzzer = folder().join(format!("fuzz_targets/{name}.rs"));
        let fuzzer = fs::read_to_string(fuzzer).expect("a fuzzer");
        assert!(
            fuzzer.contains(&format!("run(\"{name}\", bytes)")),
            "{name}"
        );
    }
}

#[test]
fn what_is_kept_stays_small() {
    let size: u64 = (TARGETS.iter())
        .flat_map(|target| ["corpus", "regressions"].map(|kind| kept(kind, target.name)))
        .flatten()
        .map(|(_, bytes)| bytes.len() as u64)
        .sum();
    assert!(size < LARGEST, "{size} bytes of inputs are kept");
}
