//! A data folder of format 1, as okrd 0.1 left it, is brought to the present format: whole, with a backup
//! that is as it was, and whatever instant the upgrade is killed at.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use quarterdeck_server::{
    FORMAT, ServeOptions, Server, ServerError, UpgradeStep, Upgraded, upgrade,
};
use rustix::process::{Signal, getpid, kill_process};

/// Tells the test below that it is the child which is killed: where, and at which step.
const CHILD: &str = "QUARTERDECK_UPGRADE_CHILD";

/// So many entries, with one device of ana, two tokens and snapshots.
const ENTRIES: u64 = 10;

const STEPS: &[UpgradeStep] = &[
    UpgradeStep::Copying,
    UpgradeStep::Copied,
    UpgradeStep::Kept,
    UpgradeStep::DerivedDropped,
    UpgradeStep::Numbered,
];

/// The golden folder, unpacked at `data`.
fn golden(data: &Path) {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/format-1");
    for path in files_below(&packed) {
        let name = path.strip_prefix(&packed).unwrap().with_extension("");
        // `with_extension` takes the `.gz` alone: names such as `snap.0D20.gz` keep their own.
        let target = data.join(name);
        // For its user alone, as okrd made it.
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700);
        folder.create(target.parent().unwrap()).unwrap();
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(fs::File::open(path).unwrap())
            .read_to_end(&mut bytes)
            .unwrap();
        fs::write(&target, bytes).unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// All files with their contents, but locks and copies within.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = files_below(folder).into_iter().map(|path| {
        let name = path.strip_prefix(folder).unwrap().to_path_buf();
        (name, fs::read(path).unwrap())
    });
    all.filter(|(name, _)| {
        let name = name.to_str().unwrap();
        name != "lock" && !name.starts_with("before-format-")
    })
    .collect()
}

#[track_caller]
fn opens(data: &Path) {
    let stats = Command::new(env!("CARGO_BIN_EXE_okrd"))
        .args(["stats", "--json", "--data"])
        .arg(data)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&stats.stderr);
    assert!(stats.status.success(), "{error}");
    let stats: serde_json::Value = serde_json::from_slice(&stats.stdout).unwrap();
    let workspace = &stats["workspaces"][0];
    assert_eq!(workspace["name"], "acme");
    assert_eq!(workspace["head"], ENTRIES);
    assert_eq!(workspace["tokens"], 2);
    let verified = Command::new(env!("CARGO_BIN_EXE_okrd"))
        .args(["verify", "--data"])
        .arg(data)
        .output()
        .unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[test]
fn a_folder_of_format_1_is_refused_until_it_is_upgraded_and_its_backup_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    golden(&data);
    let before = contents(&data);
    let refused = Server::open(ServeOptions::new(&data)).unwrap_err();
    let message = refused.to_string();
    assert!(matches!(
        refused,
        ServerError::OlderFormat { format: 1, .. }
    ));
    assert!(message.contains("okrd upgrade --data"), "{message}");
    assert_eq!(contents(&data), before, "a refusal changes nothing");

    let mut seen = Vec::new();
    let done = upgrade(&data, None, &mut |step| seen.push(step)).unwrap();
    let Upgraded::From { format: 1, backup } = done else {
        panic!("{done:?}");
    };
    assert_eq!(seen, STEPS);
    assert_eq!(contents(&backup), before);
    opens(&data);
    let settings = fs::read_to_string(data.join("server.toml")).unwrap();
    assert!(
        settings.contains(&format!("\nformat = {FORMAT}\n")),
        "{settings}"
    );
    let doctor = Command::new(env!("CARGO_BIN_EXE_okrd"))
        .args(["doctor", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(doctor.status.success(), "{doctor:?}");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        said.contains("before-format-2 is from an upgrade."),
        "{said}"
    );
    let again = upgrade(&data, None, &mut |step| panic!("{step:?}")).unwrap();
    assert_eq!(again, Upgraded::Present);
}

#[test]
fn a_backup_goes_where_it_is_said_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    golden(&data);
    let before = contents(&data);
    let taken = upgrade(&data, Some(folder.path()), &mut |_| {}).unwrap_err();
    assert!(matches!(taken, ServerError::BackupExists { .. }), "{taken}");
    assert_eq!(contents(&data), before);
    let backup = folder.path().join("kept");
    upgrade(&data, Some(&backup), &mut |_| {}).unwrap();
    assert_eq!(contents(&backup), before);
    assert!(!data.join("before-format-2").exists());
    opens(&data);
}

#[test]
fn a_folder_of_a_newer_format_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    golden(&data);
    let path = data.join("server.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("format = {}\nnew = 1\n{text}", FORMAT + 1)).unwrap();
    let before = contents(&data);
    let opened = Server::open(ServeOptions::new(&data)).unwrap_err();
    let upgraded = upgrade(&data, None, &mut |_| {}).unwrap_err();
    for refused in [opened, upgraded] {
        assert!(matches!(refused, ServerError::NewerFormat { .. }));
        assert!(refused.to_string().contains("made by a newer okrd"));
    }
    assert_eq!(contents(&data), before);
}

/// Runs an upgrade in a process of its own, which kills itself at this step.
fn killed_at(data: &Path, step: usize) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_child_that_is_killed", "--nocapture"])
        .env(CHILD, format!("{step} {}", data.display()))
        .output()
        .unwrap();
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(child.status.signal(), Some(9), "{child:?}");
}

#[test]
fn a_child_that_is_killed() {
    let Ok(told) = std::env::var(CHILD) else {
        // Run as a test like any other, it has nothing to do.
        return;
    };
    let (step, data) = told.split_once(' ').unwrap();
    let fatal = STEPS[step.parse::<usize>().unwrap()];
    let at = &mut |step| {
        if step == fatal {
            kill_process(getpid(), Signal::KILL).unwrap();
        }
    };
    upgrade(Path::new(data), None, at).unwrap();
}

#[test]
fn killed_in_any_step_the_next_run_upgrades_and_the_backup_is_whole() {
    for (at, step) in STEPS.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        golden(&data);
        let before = contents(&data);
        killed_at(&data, at);
        // And a second time, in what the first one left.
        if *step != UpgradeStep::Numbered {
            killed_at(&data, at);
        }
        let is_done = fs::read_to_string(data.join("server.toml"))
            .unwrap()
            .contains("format = ");
        assert_eq!(is_done, *step == UpgradeStep::Numbered, "{step:?}");
        upgrade(&data, None, &mut |_| {}).unwrap();
        let mut kept = contents(&data.join("before-format-2"));
        let mut expected = before;
        // Snapshots may be gone by then; they are made of the log.
        for all in [&mut kept, &mut expected] {
            all.retain(|name, _| !name.to_str().unwrap().contains("/derived/"));
        }
        assert_eq!(kept, expected, "{step:?}");
        opens(&data);
    }
}
