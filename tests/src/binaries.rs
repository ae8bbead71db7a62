//! Where `okr` and `okrd` are, and that they are of today's sources.
//!
//! Cargo tells a package where its own binaries are, but these tests are a package of their own. They look
//! beside themselves, in `target/<profile>`, and build what is missing or older than the sources,
//! once, under a file lock that all test processes share.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

/// Written after a build by the harness. Cargo leaves a binary alone when a changed source does not matter
/// to it, so the binary's own age would ask for a build at every run.
const STAMP: &str = ".binaries-for-tests";

/// An example of the server's: `okrd serve` up to a chosen step.
pub(crate) const UNTIL: &str = "okrd_until";

/// Where a program is.
pub(crate) fn program(name: &str) -> PathBuf {
    path_in(folder(), name)
}

fn path_in(folder: &Path, name: &str) -> PathBuf {
    let folder = match name {
        UNTIL => folder.join("examples"),
        _ => folder.to_path_buf(),
    };
    folder.join(named(name))
}

/// The folder that holds the current `okr` and `okrd`.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows its own path");
        // target/<profile>/deps/<test>
        let folder = test
            .ancestors()
            .nth(2)
            .expect("tests are built into target/<profile>/deps")
            .to_path_buf();
        ensure_current(&folder);
        folder
    })
}

/// The `okrd` that the tests run.
#[must_use]
pub fn okrd_program() -> PathBuf {
    folder().join(named("okrd"))
}

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' package lies in the workspace")
}

fn ensure_current(folder: &Path) {
    let lock = File::create(folder.join(".binaries-for-tests.lock")).expect("target is writable");
    lock.lock()
        .expect("a file lock on the folder of the binaries");
    if !is_current(folder) {
        let began = SystemTime::now();
        build(folder);
        let stamp = File::create(folder.join(STAMP)).expect("target is writable");
        stamp.set_modified(began).expect("a time for the stamp");
    }
}

fn is_current(folder: &Path) -> bool {
    let age = |path: PathBuf| fs::metadata(path).and_then(|found| found.modified());
    let oldest = ["okr", "okrd", UNTIL]
        .into_iter()
        .map(|name| age(path_in(folder, name)).ok())
        .min()
        .flatten();
    let Some(oldest) = oldest else {
        return false;
    };
    let built = age(folder.join(STAMP))
        .unwrap_or(SystemTime::UNIX_EPOCH)
        .max(oldest);
    let mut newest = SystemTime::UNIX_EPOCH;
    for path in [
        "crates",
        "crates/server/examples",
        "proto",
        "Cargo.toml",
        "Cargo.lock",
    ] {
        newest = newest.max(newest_below(&workspace().join(path)));
    }
    newest <= built
}

/// The latest change of the file at `path`, or of any file below it that can matter to a binary.
fn newest_below(path: &Path) -> SystemTime {
    let Ok(found) = fs::metadata(path) else {
        return SystemTime::UNIX_EPOCH;
    };
    if found.is_file() {
        return found
            .modified()
            .expect("the file system keeps modification times");
    }
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if !["tests", "benches", "examples"]
            .iter()
            .any(|name| entry.file_name() == *name)
        {
            newest = newest.max(newest_below(&entry.path()));
        }
    }
    newest
}

fn build(folder: &Path) {
    let profile = folder
        .file_name()
        .and_then(|name| name.to_str())
        .expect("the profile's folder has a name");
    let target = folder
        .parent()
        .expect("the profile's folder lies in target");
    eprintln!("building okr and okrd for the tests");
    let status = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args([
            "build",
            "--quiet",
            "--package=quarterdeck-cli",
            "--package=quarterdeck-server",
            "--bins",
            "--example",
            UNTIL,
        ])
        .arg("--profile")
        // The profile `dev` is the one whose folder has another name.
        .arg(if profile == "debug" { "dev" } else { profile })
        .arg("--target-dir")
        .arg(target)
        .status()
        .expect("cargo runs");
    assert!(
        status.success(),
        "okr and okrd do not build: cargo said why above"
    );
}

/// The file name of a program on this platform.
pub(crate) fn named(program: &str) -> String {
    format!("{program}{}", std::env::consts::EXE_SUFFIX)
}
