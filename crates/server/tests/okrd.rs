//! The program itself: its answers, its exit codes, and how it starts and stops.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

fn okrd(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okrd"));
    command
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env_remove("OKRD_LOG")
        .output()
        .unwrap()
}

#[track_caller]
fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = okrd(data, &[arguments, &["--json"]].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {error}");
    assert_eq!(error, "", "{arguments:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["schema"], "quarterdeck/1");
    answer
}

#[track_caller]
fn fails(data: &Path, arguments: &[&str], code: i32, says: &str) {
    let output = okrd(data, arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    assert!(error.contains(says), "{arguments:?}: {error}");
}

const INIT: &[&str] = &[
    "init",
    "--workspace",
    "acme",
    "--owner",
    "ana",
    "--url",
    "127.0.0.1:0",
];

struct Serving {
    child: Child,
    listening: String,
    metrics: String,
}

fn serve(data: &Path) -> Serving {
    let mut child = Command::new(env!("CARGO_BIN_EXE_okrd"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
            "--json",
            "--data",
        ])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    Serving {
        child,
        listening: ready["listening"].as_str().unwrap().to_owned(),
        metrics: ready["metrics"].as_str().unwrap().to_owned(),
    }
}

impl Serving {
    fn stop(mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn a_server_is_set_up_served_administrated_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = json(&data, INIT);
    assert_eq!(first["workspace"], "acme");
    assert!(
        first["invite"]
            .as_str()
            .unwrap()
            .starts_with("okr://127.0.0.1:0/")
    );

    let serving = serve(&data);
    assert_ne!(serving.listening, serving.metrics);
    fails(
        &data,
        &["serve", "--listen", "127.0.0.1:0"],
        4,
        "in use by another okrd",
    );
    let invited = json(
        &data,
        &[
            "invite",
            "--workspace",
            "acme",
            "--member",
            "ben",
            "--role",
            "editor",
        ],
    );
    let begins = format!("okr://{}/", serving.listening);
    assert!(
        invited["invite"].as_str().unwrap().starts_with(&begins),
        "{invited}"
    );
    json(&data, &["workspace", "new", "globex", "--owner", "hank"]);
    serving.stop(Signal::TERM);

    // The same commands with nobody serving.
    let all = json(&data, &["workspace", "list"]);
    let names: Vec<_> = all["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["acme", "globex"]);
    let token = json(
        &data,
        &["token", "new", "--workspace", "acme", "--member", "ben"],
    );
    assert!(token["secret"].as_str().unwrap().starts_with("qdt_"));
    let id = token["id"].as_str().unwrap();
    let revoked = json(&data, &["token", "revoke", "--workspace", "acme", id]);
    assert!(revoked["revoked"].is_string());
    let tokens = json(&data, &["token", "list", "--workspace", "acme"]);
    assert_eq!(tokens["tokens"].as_array().unwrap().len(), 1);
    assert!(tokens["tokens"][0].get("secret").is_none());
    json(
        &data,
        &[
            "member",
            "role",
            "--workspace",
            "acme",
            "ben",
            "viewer",
            "-m",
            "an auditor",
        ],
    );
    let devices = json(&data, &["device", "list", "--workspace", "acme"]);
    assert_eq!(devices["devices"][0]["member"], Value::Null);
    assert_eq!(json(&data, &["verify"])["ok"], true);
    assert_eq!(
        json(&data, &["stats"])["workspaces"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    json(&data, &["workspace", "host"]);
    serve(&data).stop(Signal::INT);
}

#[test]
fn failures_say_what_and_what_to_do_and_have_their_codes() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fails(&data, &["stats"], 3, "okrd init");
    fails(&data, &["init", "--url", "127.0.0.1:0"], 2, "--workspace");
    fails(
        &data,
        &[
            "init",
            "--workspace",
            "a",
            "--owner",
            "b",
            "--url",
            "nowhere",
        ],
        2,
        "HOST:PORT",
    );
    fails(
        &data,
        &[
            "init",
            "--workspace",
            "a/b",
            "--owner",
            "b",
            "--url",
            "127.0.0.1:0",
        ],
        5,
        "Hint:",
    );
    json(&data, INIT);
    fails(&data, INIT, 5, "already");
    fails(
        &data,
        &["invite", "--workspace", "nowhere", "--member", "ben"],
        3,
        "nowhere",
    );
    fails(
        &data,
        &[
            "invite",
            "--workspace",
            "acme",
            "--member",
            "ben",
            "--role",
            "boss",
        ],
        5,
        "boss",
    );
    fails(
        &data,
        &[
            "invite",
            "--workspace",
            "acme",
            "--member",
            "ana",
            "--role",
            "viewer",
        ],
        5,
        "owner",
    );
    fails(&data, &["serve", "--listen", "0.0.0.0:0"], 5, "--tls-cert");
    fails(&data, &["verify", "--workspace", "nowhere"], 3, "nowhere");
    // What is refused with --json is an object too.
    let output = okrd(
        &data,
        &[
            "invite",
            "--workspace",
            "nowhere",
            "--member",
            "x",
            "--json",
        ],
    );
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(
        error["error"]["message"]
            .as_str()
            .unwrap()
            .contains("nowhere")
    );
}

#[test]
fn damage_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    json(&data, INIT);
    let workspaces = data.join("workspaces");
    let workspace = std::fs::read_dir(workspaces)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let key = workspace.join("key");
    let good = std::fs::read(&key).unwrap();
    std::fs::write(&key, b"{}").unwrap();
    fails(&data, &["verify"], 6, "key");
    std::fs::write(&key, good).unwrap();
    std::fs::remove_file(workspace.join("ledger/mark")).unwrap();
    fails(&data, &["verify"], 6, "high-water mark");
}

#[test]
fn pages_are_shown_where_it_is_said_and_addresses_that_are_none_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    json(&data, INIT);
    let here = ["serve", "--listen", "127.0.0.1:0"];
    let with = |more: &[&'static str]| [&here[..], more].concat();
    fails(
        &data,
        &with(&["--page-url", "https://okr.example.com"]),
        2,
        "--page-listen",
    );
    let bad = [
        "--page-listen",
        "127.0.0.1:0",
        "--page-url",
        "okr.example.com",
    ];
    fails(&data, &with(&bad), 2, "is no address for browsers");
    fails(
        &data,
        &with(&["--page-listen", "0.0.0.0:0"]),
        5,
        "no certificate",
    );

    let proxied = [
        "--page-listen",
        "127.0.0.1:0",
        "--page-url",
        "https://okr.example.com/",
    ];
    let mut child = Command::new(env!("CARGO_BIN_EXE_okrd"))
        .args(with(&proxied))
        .arg("--data")
        .arg(&data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        said.next()
            .unwrap()
            .unwrap()
            .starts_with("Listening on 127.0.0.1:")
    );
    let pages = said.next().unwrap().unwrap();
    assert!(
        pages.starts_with("Pages are at https://okr.example.com, for members"),
        "{pages}"
    );
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
}
