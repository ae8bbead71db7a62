//! The page of a cycle in Chromium as `okrd` serves it: a link opens it, also from another site, and it follows what
//! is recorded.
//!
//! Runs where `QUARTERDECK_BROWSER` names a `node_modules` with `playwright-core`, as `browser.rs` does; what is
//! looked at is in `tests/browser/served.mjs`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use quarterdeck_tests::TestEnv;

const TITLE: &str = "Leads that sales takes";

#[test]
fn a_page_in_chromium_is_opened_by_a_link_and_follows_the_log() {
    let Some(modules) = std::env::var_os("QUARTERDECK_BROWSER") else {
        eprintln!("left out: set QUARTERDECK_BROWSER to a node_modules with playwright-core");
        return;
    };
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    server.show_pages();
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "504", "-c", "0.7"]).ok();
    lisbon.sync();
    let link = || {
        let run = lisbon.okr(&["open", "2026-Q1", "--print"]).ok();
        run.stdout.trim().to_owned()
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/served.mjs");
    let mut child = Command::new("node")
        .arg(script)
        .env("QUARTERDECK_BROWSER", modules)
        .env("PAGE", env.path())
        .env("LINK", link())
        .env("CHAT", link())
        .env("TITLE", TITLE)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node starts");
    let mut said = Vec::new();
    let output = child.stdout.take().expect("a pipe from node");
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if line == "ready" {
            lisbon.okr(&["kr", "edit", "leads", "--title", TITLE]).ok();
            lisbon.sync();
        }
        said.push(line);
    }
    let mut wrong = String::new();
    let mut errors = child.stderr.take().expect("a pipe from node");
    errors.read_to_string(&mut wrong).expect("what went wrong");
    let ended = child.wait().expect("node ends");
    assert!(ended.success(), "{said:?}\n{wrong}");
    assert_eq!(said, ["ready", "done"], "{wrong}");
}
