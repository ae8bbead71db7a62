//! Files and names that others made: nothing outside of its place is written, nothing is run, and what has no end
//! is not read to it.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use quarterdeck_tests::{Machine, TestEnv, files_below};

const USAGE: i32 = 2;

fn planned(env: &TestEnv) -> Machine<'_> {
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    lisbon
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    files_below(folder)
        .into_iter()
        .map(|(path, _)| path)
        .collect()
}

#[test]
fn what_has_no_end_is_not_read_to_it() {
    let env = TestEnv::new();
    let lisbon = planned(&env);
    let endless = "/dev/zero";
    for arguments in [
        &["import", endless][..],
        &["import", endless, "--dry-run"],
        &["checkin", "--csv", endless],
        &["template", "save", "mine", "--file", endless],
        &["verify", "--proof", endless],
    ] {
        let run = lisbon.okr(arguments);
        assert!(matches!(run.code, Some(1..=7)), "{run:?}");
        assert!(run.stderr.len() < 2_000, "{run:?}");
        let code = run.code.unwrap_or_default();
        run.code(code);
    }
    lisbon
        .okr(&["import", endless])
        .code(USAGE)
        .explains(&["more than 16 mib"]);
}

#[test]
fn a_document_goes_where_it_was_told_and_through_no_link() {
    let env = TestEnv::new();
    let lisbon = planned(&env);
    let (precious, link) = (env.path().join("precious"), env.path().join("link"));
    fs::write(&precious, "kept").expect("a file");
    symlink(&precious, &link).expect("a link");
    lisbon.okr(&["export", "-o", shown(&link)]).ok();
    assert_eq!(fs::read_to_string(&precious).expect("it is there"), "kept");
    assert!(fs::symlink_metadata(&link).expect("a file").is_file());
    // What is no file stays what it is.
    let pipe = env.path().join("pipe");
    let made = Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .expect("mkfifo runs");
    assert!(made.success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::read(pipe).expect("what came through it"))
    };
    lisbon.okr(&["export", "-o", shown(&pipe)]).ok();
    assert!(!reader.join().expect("the reader").is_empty());
    assert!(fs::metadata(&pipe).expect("a pipe").file_type().is_fifo());
}

#[test]
fn a_name_that_somebody_wrote_leads_nowhere() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    for (at, name) in [
        "../../../escaped",
        "/tmp/quarterdeck-escaped",
        "..",
        "a/../../escaped",
    ]
    .into_iter()
    .enumerate()
    {
        let made = server.okrd(&["workspace", "new", name, "--owner", "ana", "--json"]);
        if made.code != Some(0) {
            // It takes no such name: as good.
            continue;
        }
        let invitation = made.json()["invite"]
            .as_str()
            .expect("an invitation")
            .to_owned();
        let machine = env.machine(&format!("machine-{at}"));
        machine
            .join(&server.at(&invitation, server.address()))
            .plan_a_quarter();
        let home = machine.home().to_owned();
        let outside = |all: Vec<PathBuf>| -> Vec<PathBuf> {
            all.into_iter()
                .filter(|path| !path.starts_with(&home) && !path.starts_with(server.data()))
                .filter(|path| !path.ends_with("serve.log"))
                .collect()
        };
        let before = outside(all_files(env.path()));
        let opened = machine.okr(&["open", "--file", "--json"]).ok();
        let tree = home.join("public");
        machine
            .okr(&[
                "export",
                "--format",
                "csv",
                "-o",
                shown(&home.join("okrs.csv")),
            ])
            .ok();
        let _ = machine.okr(&["export", "--tlog", shown(&tree)]);
        assert_eq!(outside(all_files(env.path())), before, "{name}");
        assert!(!Path::new("/tmp/quarterdeck-escaped").exists(), "{name}");
        let file = opened.json()["file"].as_str().map(str::to_owned);
        let file = file.unwrap_or_else(|| opened.stdout.clone());
        assert!(
            file.contains(shown(&home)) && !file.contains(".."),
            "{file}"
        );
    }
    server.stop();
}

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=mallory", "-c", "user.email=m@example.com"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{done:?}");
}

/// A repository as somebody may hand it over, settings and all: they name programs, and an object is missing that
/// would have to be fetched.
#[test]
fn a_strangers_repository_runs_nothing_and_fetches_nothing() {
    let env = TestEnv::new();
    let lisbon = planned(&env);
    let folder = env.path().join("repository");
    fs::create_dir(&folder).expect("a folder");
    git(&folder, &["init", "-q", "-b", "main"]);
    let file = folder.join("okrs.md");
    for leads in [600, 700] {
        fs::write(
            &file,
            format!("# 2026-Q1\n\n## Grow\n\n- Partners from 10 to {leads}\n"),
        )
        .expect("a file");
        git(&folder, &["add", "okrs.md"]);
        git(&folder, &["commit", "-q", "-m", "plan"]);
    }
    let ran = env.path().join("ran");
    let run = format!("touch {} && false", shown(&ran));
    for (name, value) in [
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", "ssh://stranger.example.com/okrs"),
        ("remote.origin.promisor", "true"),
        ("core.sshCommand", &run),
        ("core.fsmonitor", &run),
        ("core.pager", &run),
        ("core.editor", &run),
        ("core.hooksPath", shown(&folder)),
        ("diff.external", &run),
        ("diff.evil.textconv", &run),
        ("diff.evil.command", &run),
        ("filter.evil.smudge", &run),
        ("filter.evil.clean", &run),
        ("gpg.program", &run),
        ("log.showSignature", "true"),
        ("pager.log", &run),
        ("alias.log", "!touch ran"),
    ] {
        git(&folder, &["config", name, value]);
    }
    fs::write(folder.join(".gitattributes"), "* diff=evil filter=evil\n").expect("a file");
    // Every version of the file is missing.
    for path in all_files(&folder.join(".git/objects")) {
        let name = shown(
            path.strip_prefix(folder.join(".git/objects"))
                .expect("below"),
        )
        .replace('/', "");
        let kind = Command::new("git")
            .arg("-C")
            .arg(&folder)
            .args(["cat-file", "-t", &name])
            .env("GIT_NO_LAZY_FETCH", "1")
            .output()
            .expect("git runs");
        if kind.stdout == b"blob\n" {
            fs::remove_file(path).expect("it goes");
        }
    }
    assert!(!ran.exists(), "making the repository ran something");
    let run = lisbon.okr(&["import", "--git", shown(&file), "--yes"]);
    assert!(!ran.exists(), "something was run");
    assert_ne!(run.code, Some(0));
    run.explains(&["git cannot"]);
}
