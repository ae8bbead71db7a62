//! `okr doctor` and `okrd doctor` find what is wrong and say what to do, and find nothing where nothing is.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside the functions marked as such"
)]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use quarterdeck_tests::{Run, Server, TestEnv};
use serde_json::Value;

/// What was found, as `check: message / hint`.
fn findings(run: &Run) -> Vec<String> {
    let answer = run.json();
    let all = answer["checks"].as_array().expect("checks");
    let bad: Vec<String> = all
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| {
            let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
            let (hint, message) = (text("hint"), text("message"));
            assert!(!hint.is_empty(), "without a word on what to do: {check}");
            assert!(message.ends_with('.'), "{check}");
            format!("{}: {message} / {hint}", text("check"))
        })
        .collect();
    assert_eq!(answer["findings"].as_u64(), Some(bad.len() as u64));
    bad
}

#[track_caller]
fn the_one(found: &[String]) -> &str {
    assert_eq!(found.len(), 1, "{found:#?}");
    &found[0]
}

/// A moment so many hours from now.
fn from_now(hours: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours)).to_string()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a file of ours");
}

#[test]
fn a_machine_that_is_well_is_found_to_be_and_a_sick_one_not() {
    let env = TestEnv::new();
    // The server keeps real time, and a doctor holds the two clocks against each other.
    env.set_time(&from_now(0));
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let look = || lisbon.okr(&["doctor", "--json"]);
    assert_eq!(findings(&look().ok()), [""; 0]);
    let folder = lisbon.home().join("workspaces/acme");

    set_mode(&folder.join("device.json"), 0o644);
    let found = findings(&look().code(1));
    assert!(the_one(&found).contains("chmod 600"), "{found:?}");
    set_mode(&folder.join("device.json"), 0o600);
    set_mode(&folder, 0o755);
    let found = findings(&look().code(1));
    assert!(the_one(&found).contains("chmod 700"), "{found:?}");
    set_mode(&folder, 0o700);

    fs::create_dir_all(folder.join("evidence/1")).expect("a folder");
    fs::write(folder.join("outbox.cut-short"), b"cut").expect("a file");
    let found = findings(&look().code(1));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("evidence: 1 case"), "{found:?}");
    assert!(found[1].contains("cut short by a crash"), "{found:?}");
    fs::remove_dir_all(folder.join("evidence")).expect("removed");
    fs::remove_file(folder.join("outbox.cut-short")).expect("removed");

    lisbon
        .okr(&["checkin", "leads", "520", "--on", "2026-03-02"])
        .ok();
    assert_eq!(findings(&look().ok()), [""; 0]);
    env.set_time(&from_now(14 * 24 + 2));
    let found = findings(&look().code(1));
    let unsent = the_one(&found);
    assert!(
        unsent.contains("1 event not sent yet, the oldest for 14 days"),
        "{unsent}"
    );
    assert!(unsent.contains("okr sync"), "{unsent}");
    lisbon.sync();

    server.stop();
    let found = findings(&look().code(1));
    assert!(the_one(&found).contains("cannot be reached"), "{found:?}");

    // A token that lapses in three days.
    let path = server.data().join("access.json");
    let mut access = read(&path);
    access["tokens"][0]["expires"] = from_now(73).into();
    fs::write(&path, access.to_string()).expect("replaced");
    server.restart();
    let found = findings(&look().code(1));
    let token = the_one(&found);
    assert!(token.starts_with("token: It lapses in 3 days"), "{token}");
    assert!(token.contains("okr join"), "{token}");

    let mut device = read(&folder.join("device.json"));
    device["format"] = 99.into();
    fs::write(folder.join("device.json"), device.to_string()).expect("replaced");
    let found = findings(&look().code(1));
    let newer = found
        .iter()
        .find(|it| it.starts_with("store"))
        .expect("a finding");
    assert!(newer.contains("made by a newer okr"), "{newer}");
    lisbon
        .okr(&["status"])
        .code(5)
        .explains(&["made by a newer okr", "update"]);
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a readable file");
    serde_json::from_str(&text).expect("it is JSON")
}

/// What `okrd doctor` finds, and its exit code.
fn examined(server: &Server<'_>, more: &[&str]) -> (Option<i32>, Vec<String>) {
    let mut arguments = vec!["doctor", "--json"];
    arguments.extend(more);
    let run = server.okrd(&arguments);
    (run.code, findings(&run))
}

/// The folder of the server's one workspace.
fn workspace_of(server: &Server<'_>) -> PathBuf {
    let mut all = fs::read_dir(server.data().join("workspaces")).expect("workspaces");
    all.next().expect("there is one").expect("an entry").path()
}

#[test]
fn a_server_is_looked_at_while_it_runs_and_while_it_does_not() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let none: Vec<String> = Vec::new();
    assert_eq!(examined(&server, &[]), (Some(0), none.clone()));
    let text = server.okrd(&["doctor"]).ok().stdout;
    assert!(text.contains("An okrd runs on this folder."), "{text}");
    assert!(text.ends_with("Nothing is wrong.\n"), "{text}");
    server.stop();
    assert_eq!(examined(&server, &[]), (Some(0), none));

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = taken.local_addr().expect("its address").to_string();
    let (code, found) = examined(&server, &["--listen", &at]);
    assert_eq!(code, Some(7));
    assert!(
        the_one(&found).contains("cannot be listened on"),
        "{found:?}"
    );

    let data = server.data();
    set_mode(&data.join("access.json"), 0o640);
    fs::create_dir(data.join("workspaces/half-made.new")).expect("a folder");
    let (code, found) = examined(&server, &[]);
    assert_eq!((code, found.len()), (Some(7), 2), "{found:#?}");
    assert!(found[0].contains("chmod 600"), "{found:?}");
    assert!(found[1].contains("was being written"), "{found:?}");
    set_mode(&data.join("access.json"), 0o600);
    fs::remove_dir(data.join("workspaces/half-made.new")).expect("removed");

    let settings = fs::read_to_string(data.join("server.toml")).expect("settings");
    let odd = settings.replace("format = 2", "format = 1");
    for (text, says) in [(&*odd, "okrd upgrade"), ("url = 1", "server.toml right")] {
        fs::write(data.join("server.toml"), text).expect("replaced");
        let (code, found) = examined(&server, &[]);
        assert_eq!(code, Some(7));
        assert!(the_one(&found).contains(says), "{found:?}");
    }
    fs::write(data.join("server.toml"), &settings).expect("put back");

    let mark = workspace_of(&server).join("ledger/mark");
    let kept = fs::read(&mark).expect("the mark");
    fs::remove_file(&mark).expect("removed");
    let (code, found) = examined(&server, &[]);
    assert_eq!(code, Some(6), "a loss cannot be ruled out: {found:#?}");
    assert!(the_one(&found).contains("high-water mark"), "{found:?}");
    fs::write(&mark, kept).expect("put back");

    fs::write(workspace_of(&server).join("key"), b"{}").expect("replaced");
    let (code, found) = examined(&server, &[]);
    assert_eq!(code, Some(7));
    assert!(the_one(&found).contains("holds no key"), "{found:?}");
}

#[test]
fn a_certificate_and_its_key_are_held_against_each_other() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let made = |name: &str| {
        let data = env.path().join(name);
        let told = data.display().to_string();
        server
            .okrd_bare(&[
                "init",
                "--data",
                &told,
                "--workspace",
                "acme",
                "--owner",
                "ana",
                "--url",
                "okr.example.com:7443",
            ])
            .ok();
        data
    };
    let (one, other) = (made("one"), made("other"));
    let look = || {
        let told = one.display().to_string();
        server.okrd_bare(&["doctor", "--json", "--data", &told])
    };
    assert_eq!(findings(&look().ok()), [""; 0]);
    fs::copy(other.join("tls/key.pem"), one.join("tls/key.pem")).expect("copied");
    let run = look();
    assert_eq!(run.code, Some(7));
    let found = findings(&run);
    assert!(
        the_one(&found).contains("do not belong to each other"),
        "{found:?}"
    );
    fs::write(one.join("tls/cert.pem"), "no certificate").expect("replaced");
    assert!(findings(&look()).len() > 1);
}

#[test]
fn stats_tell_an_operator_what_they_need() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let stats = server.okrd(&["stats", "--json"]).ok().json();
    assert_eq!(stats["ready"], true);
    assert_eq!(stats["findings"], 0);
    assert!(
        stats["append_times"]["appends"].as_u64() > Some(0),
        "{stats}"
    );
    assert!(
        stats["append_times"]["longest_us"].as_u64() > Some(0),
        "{stats}"
    );
    assert_eq!(stats["reserve_bytes"], 8 << 20);
    assert_eq!(stats["certificate"], Value::Null);
    let workspace = &stats["workspaces"][0];
    assert_eq!(workspace["standing"], "open");
    assert_eq!(workspace["tokens"], 1);
    assert!(
        workspace["stored_bytes"].as_u64() > Some(100_000),
        "{stats}"
    );
    assert!(workspace["free_bytes"].as_u64() > Some(0), "{stats}");
    let text = server.okrd(&["stats"]).ok().stdout;
    assert!(text.contains(", ready."), "{text}");
    assert!(text.contains("✓ writer"), "{text}");

    // A token that nobody used for a month, and one that is about to lapse.
    server.stop();
    let path = server.data().join("access.json");
    let mut access = read(&path);
    access["tokens"][0]["created"] = from_now(-24 * 40).into();
    access["tokens"][0]["last_used"] = Value::Null;
    access["tokens"][0]["expires"] = from_now(24).into();
    fs::write(&path, access.to_string()).expect("replaced");
    let stats = server.okrd(&["stats", "--json"]).ok();
    let found = findings(&stats);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("lapse within two weeks"), "{found:?}");
    assert!(found[1].contains("never used"), "{found:?}");
    assert_eq!(stats.json()["workspaces"][0]["tokens_unused"], 1);
}
