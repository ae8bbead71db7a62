//! A quarter's page in Chromium: it opens from a file, replays by mouse and keyboard, stays readable in
//! the dark, on a phone and on paper, and at each moment says what `okr status --as-of` says.
//!
//! Runs where `QUARTERDECK_BROWSER` names a `node_modules` with `playwright-core` and `axe-core`, and
//! `QUARTERDECK_CHROMIUM` a Chromium (else `/usr/bin/chromium`); the tests themselves are in
//! `tests/browser`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

use quarterdeck_tests::{Machine, TestEnv};
use serde_json::json;

/// Text that would act if anything let it.
const EVIL: &str = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>";

fn quarter(env: &TestEnv, machine: &Machine<'_>) {
    let run = |arguments: &[&str]| {
        machine.okr(arguments).ok();
    };
    run(&["init", "acme", "--as", "ana"]);
    run(&["team", "new", "Sales"]);
    run(&["cycle", "new", "2026"]);
    run(&["cycle", "new", "2026-Q1"]);
    run(&["cycle", "activate", "2026-Q1"]);
    run(&[
        "objective",
        "new",
        "Win the mid-market",
        "--cycle",
        "2026-Q1",
        "--key",
        "win",
        "--team",
        "Sales",
    ]);
    run(&[
        "objective",
        "new",
        EVIL,
        "--cycle",
        "2026-Q1",
        "--key",
        "evil",
        "--kind",
        "aspirational",
    ]);
    let kr = |title: &str, of: &str, key: &str, metric: &[&str]| {
        let mut typed = vec!["kr", "new", title, "--objective", of, "--key", key];
        typed.extend(metric);
        run(&typed);
    };
    kr(
        "Qualified leads",
        "win",
        "leads",
        &[
            "--increase",
            "500..550",
            "--unit",
            "leads",
            "--certainty",
            "0.5",
        ],
    );
    kr(
        "Time to pick up",
        "win",
        "calls",
        &["--decrease", "40..30", "--unit", "s"],
    );
    kr(
        "Backlog",
        "win",
        "backlog",
        &["--maintain", "0..20", "--unit", "tickets"],
    );
    kr(
        "Partner programme",
        "evil",
        "steps",
        &["--milestones", "draft,pilot:2,live:3"],
    );
    kr(
        &format!("{EVIL} \u{202e}desrever"),
        "evil",
        "live",
        &["--binary"],
    );
    kr(
        "Never measured",
        "evil",
        "never",
        &["--increase", "0..10", "--owner", "ana"],
    );
    let weeks = [
        ("2026-01-12", "504", "40", "12"),
        ("2026-01-26", "511", "39", "18"),
        ("2026-02-09", "519", "38", "25"),
        ("2026-03-02", "531", "35", "14"),
        ("2026-03-23", "545", "32", "9"),
    ];
    for (day, leads, calls, backlog) in weeks {
        env.set_time(&format!("{day}T09:00:00Z"));
        run(&["checkin", "leads", leads, "-c", "0.7", "-m", "as planned"]);
        run(&["checkin", "calls", calls, "-c", "0.3"]);
        run(&["checkin", "backlog", backlog]);
    }
    env.set_time("2026-03-24T09:00:00Z");
    run(&["checkin", "steps", "draft", "--on", "2026-02-02"]);
    run(&["checkin", "steps", "pilot"]);
    run(&["note", "leads", EVIL, "--problem"]);
    run(&[
        "note",
        "calls",
        "They answer before noon.\nMostly.",
        "--learning",
    ]);
    run(&[
        "kr",
        "edit",
        "leads",
        "--target",
        "600",
        "-m",
        "two reps more",
    ]);
    run(&["kr", "drop", "never", "-m", "nobody has the time"]);
    env.set_time("2026-04-01T09:00:00Z");
    run(&["kr", "edit", "leads", "--target", "550", "-m", "as agreed"]);
    run(&["checkin", "live", "done", "--on", "2026-03-31"]);
    run(&["grade", "--cycle", "2026-Q1", "--as-computed"]);
    run(&["cycle", "close", "2026-Q1", "--yes"]);
}

#[test]
fn a_page_in_chromium_is_what_the_log_says_at_every_moment() {
    let Some(modules) = std::env::var_os("QUARTERDECK_BROWSER") else {
        eprintln!(
            "left out: set QUARTERDECK_BROWSER to a node_modules with playwright-core and axe-core"
        );
        return;
    };
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    quarter(&env, &lisbon);
    let file = env.path().join("page.html");
    let out = file.display().to_string();
    lisbon.okr(&["retro", "2026-Q1", "-o", &out]).ok();
    // The same question about the past gives the same bytes.
    let again = env.path().join("again.html");
    lisbon.okr(&["note", "leads", "much later"]).ok();
    lisbon
        .okr(&["retro", "2026-Q1", "-o", &again.display().to_string()])
        .ok();
    assert_eq!(
        std::fs::read(&file).unwrap(),
        std::fs::read(&again).unwrap()
    );

    // What is known at each position, from the first goal on to the closing.
    let first = lisbon
        .log()
        .iter()
        .find(|event| event["kind"] == "ObjectiveDrafted")
        .unwrap()["seq"]
        .as_u64()
        .unwrap();
    let closed = lisbon
        .log()
        .iter()
        .find(|event| event["kind"] == "CycleClosed")
        .unwrap()["seq"]
        .as_u64()
        .unwrap();
    let moments: Vec<_> = (first..closed)
        .map(|seq| {
            let position = format!("#{seq}");
            let asked = [
                "status", "--cycle", "2026-Q1", "--json", "--as-of", &position,
            ];
            json!({ "seq": seq, "status": lisbon.okr(&asked).ok().json() })
        })
        .collect();
    let told = env.path().join("moments.json");
    std::fs::write(&told, serde_json::to_vec(&moments).unwrap()).unwrap();

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = Command::new("node")
        .arg("--test")
        .arg(root.join("browser/page.test.mjs"))
        .env("QUARTERDECK_BROWSER", modules)
        .env("PAGE", &file)
        .env("MOMENTS", &told)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
}
