//! The unit and the container file start commands that there are, with options that they take, and what
//! they promise of the server's health holds.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "helpers of tests, outside the functions marked as such"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use quarterdeck_tests::{Server, TestEnv, okrd_program};
use serde_json::Value;

fn root() -> &'static Path {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the workspace")
}

fn packaging(name: &str) -> (PathBuf, String) {
    let path = root().join("crates/server/packaging").join(name);
    let text = std::fs::read_to_string(&path).expect("a readable file");
    (path, text)
}

/// The same command with a data folder of the test's own, and ports that are free.
fn adapted(arguments: &[&str], data: &Path) -> Vec<String> {
    let mut adapted = Vec::new();
    let mut before = "";
    for &argument in arguments {
        adapted.push(match before {
            "--data" => data.display().to_string(),
            "--listen" | "--metrics" => "127.0.0.1:0".to_owned(),
            _ => argument.to_owned(),
        });
        before = argument;
    }
    adapted
}

/// Serves by the command of a package until it listens, asks after its health, and stops it.
fn serves(server: &mut Server<'_>, arguments: &[&str]) {
    assert_eq!(arguments[0], "serve", "{arguments:?}");
    let arguments = adapted(arguments, &server.data());
    server.stop();
    server.serve_by(&arguments);
}

#[test]
fn the_unit_is_one_and_what_it_starts_serves() {
    let (_, text) = packaging("okrd.service");
    let start = text
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/bin/okrd "))
        .unwrap();
    let arguments: Vec<&str> = start.split_whitespace().collect();
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    serves(&mut server, &arguments);
    server.okrd(&["health"]).ok();

    let here = env.path().join("okrd.service");
    let program = okrd_program();
    let text = text.replace("/usr/bin/okrd", &program.display().to_string());
    std::fs::write(&here, &text).unwrap();
    let analyzed = Command::new("systemd-analyze")
        .args(["verify", "--recursive-errors=no"])
        .arg(&here)
        .output();
    let Ok(analyzed) = analyzed else {
        eprintln!("left out: there is no systemd-analyze here");
        return;
    };
    let said = String::from_utf8_lossy(&analyzed.stderr);
    assert!(analyzed.status.success(), "{said}");
    assert!(!said.contains("okrd.service"), "{said}");
    let rated = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20"])
        .arg(&here)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&rated.stdout);
    assert!(rated.status.success(), "it is exposed:\n{said}");
}

#[test]
fn systemd_is_told_when_okrd_listens_lives_and_stops() {
    use std::os::unix::net::UnixDatagram;
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    server.stop();
    let socket = env.path().join("notify");
    let heard = UnixDatagram::bind(&socket).unwrap();
    let next = || {
        let mut bytes = [0; 256];
        let size = heard.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..size]).trim().to_owned()
    };
    server.set_environment("NOTIFY_SOCKET", &socket.display().to_string());
    server.set_environment("WATCHDOG_USEC", "30000");
    server.restart();
    assert_eq!(next(), "READY=1");
    for _ in 0..3 {
        assert_eq!(next(), "WATCHDOG=1");
    }
    server.stop();
    let last = std::iter::repeat_with(next).find(|said| said != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
}

/// Instructions that a container file may have, of which ours uses some.
const INSTRUCTIONS: &[&str] = &[
    "FROM",
    "WORKDIR",
    "COPY",
    "RUN",
    "USER",
    "VOLUME",
    "EXPOSE",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ENTRYPOINT",
    "CMD",
];

/// The instructions of a container file, each on one line.
fn instructions(text: &str) -> Vec<(String, String)> {
    let joined = text.replace("\\\n", " ");
    let lines = joined.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            (word.to_owned(), rest.trim().to_owned())
        })
        .collect()
}

fn words(json: &str) -> Vec<String> {
    let parsed: Value = serde_json::from_str(json).expect("the form of a list of words");
    let list = parsed.as_array().expect("a list").iter();
    list.map(|word| word.as_str().expect("a word").to_owned())
        .collect()
}

#[test]
fn the_container_file_reads_and_its_commands_serve_and_are_healthy() {
    let (_, text) = packaging("Containerfile");
    let all = instructions(&text);
    let mut stages = BTreeSet::new();
    let mut found = std::collections::BTreeMap::new();
    for (word, rest) in &all {
        assert!(INSTRUCTIONS.contains(&&**word), "{word} {rest}");
        if word == "FROM" {
            let parts: Vec<&str> = rest.split(' ').collect();
            assert!(parts[0].contains([':', '@']), "{} has no version", parts[0]);
            if let [_, "AS", stage] = parts[..] {
                stages.insert(stage.to_owned());
            }
            found.clear();
        }
        for from in rest.split(' ').filter_map(|it| it.strip_prefix("--from=")) {
            assert!(stages.contains(from), "there is no stage {from}");
        }
        found.insert(word.clone(), rest.clone());
    }
    assert_eq!(all[0].0, "FROM");
    assert_eq!(found["USER"], "nonroot", "it runs as an ordinary user");
    assert_eq!(words(&found["ENTRYPOINT"]), ["/usr/bin/okrd"]);
    assert!(text.contains("cargo build --release --locked"));
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let oldest = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \""))
        .unwrap();
    let image = format!("rust:{}-", oldest.trim_end_matches('"'));
    assert!(
        all[0].1.contains(&image),
        "it builds with the oldest compiler: {image}"
    );

    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let command = words(&found["CMD"]);
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    serves(&mut server, &command);
    let check = found["HEALTHCHECK"].split_once("CMD ").unwrap().1;
    let check = words(check);
    assert_eq!(check[0], "/usr/bin/okrd");
    let check: Vec<&str> = check.iter().skip(1).map(String::as_str).collect();
    let check = adapted(&check, &server.data());
    let check: Vec<&str> = check.iter().map(String::as_str).collect();
    server.okrd_bare(&check).ok();
    server.stop();
    server.okrd_bare(&check).code(4);
}
