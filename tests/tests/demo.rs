//! `okr demo` shows the same each time, tells the story it promises, and leaves what it was asked to.

use std::path::Path;

use quarterdeck_tests::{Run, TestEnv};

fn demo(env: &TestEnv, machine: &str, arguments: &[&str]) -> Run {
    let mut typed = vec!["demo"];
    typed.extend(arguments);
    env.machine(machine).okr(&typed).ok()
}

/// What whoever watches is to have seen.
const TOLD: &[&str] = &[
    // Two additions made offline, both counted; a server that is away, and nothing lost by it.
    "9 + 3 + 2 = 14.",
    "local work is kept",
    // A conflict with both sides and their reasons, and how it was settled.
    "the new phones route calls",
    "two of us are on leave",
    "settled the target: 30 s",
    "No open conflicts.",
    // The lowered target: what it was, what it did, why.
    "target 30 → 24",
    "the Spanish distributor withdrew",
    "score 0.71 instead of 0.57",
    // Where it was heading in the middle of the quarter.
    "Ends at 29.3 (22.3 to 36) if it goes on like this: score 0.98.",
    // What was corrected and what was taken back.
    "ten were counted twice",
    "took back",
    // The past beside the present.
    "okr status --as-of \"week 8\"",
    // Who lowered it, where, how long before the end, and what the score would be.
    "target  24     30   ben  31 Aug 09:02  lagos",
    "31 Aug  30 days         ben  lagos   kr-fbws",
    "score as agreed 0.77, as amended 0.96 (+0.19)",
    // Two weeks beside each other, what was changed afterwards, and the proof.
    "kr-fbws  Partner agreements  25 Aug to 8 Sep",
    "value 545 leads → 535 leads",
    "Three machines and one root",
    // Closed for good: an overruled grade beside the computed one, and a late check-in.
    "graded 0.8, computed 0.9583",
    "1 event came after the closing and changed nothing above",
    "grade 0.89 green → 0.88 green (-0.01)",
    "22 of 32 outcomes lay in the range.",
    "1 objective carried into 2026-Q4",
];

#[test]
fn it_tells_its_story_the_same_each_time() {
    let env = TestEnv::new();
    let told = demo(&env, "one", &[]);
    env.set_time("2031-05-05T09:00:00Z");
    let again = demo(&env, "another", &[]);
    assert_eq!(told.stdout, again.stdout);
    assert_eq!(told.stderr, "", "nothing but the story is told");
    assert!(
        !env.machine("one").home().exists(),
        "nothing of the viewer's is touched"
    );

    let told = told.stdout;
    for sentence in TOLD {
        assert!(told.contains(sentence), "not told: {sentence}\n{told}");
    }
    for line in told.lines() {
        assert!(
            line.chars().count() <= 80,
            "too long for a terminal: {line}"
        );
    }
    assert!(!told.contains('\u{1b}'), "no colour where nobody watches");
    for varies in ["okr://", env.path().to_str().unwrap()] {
        assert!(!told.contains(varies), "{varies} differs each time");
    }
}

#[test]
fn what_is_kept_can_be_explored() {
    let env = TestEnv::new();
    let folder = env.path().join("kept northwind");
    let folder_text = folder.to_str().unwrap();
    let told = demo(&env, "viewer", &["--keep", folder_text]).stdout;
    assert!(told.contains(&format!("OKR_HOME='{folder_text}/lagos'")));
    assert!(told.contains("README.txt"));
    env.set_time("2026-10-01T17:00:00Z");

    let verified: Vec<_> = ["lisbon", "lagos", "manila"]
        .map(|name| {
            let machine = env.machine(name).at_home(&folder.join(name));
            let status = machine.okr(&["status", "--json"]).ok().json();
            assert_eq!(status["workspace"], "northwind");
            assert_eq!(status["pending"], 0);
            let quarter = ["--cycle", "2026-Q3"];
            let partners = machine.key_result_in("Partner agreements", &quarter);
            assert_eq!(partners["current"], "23");
            assert_eq!(partners["grade"]["grade"], "0.8");
            machine.okr(&["verify", "--json"]).ok().json()
        })
        .into();
    assert!(verified.iter().all(|one| one["ok"] == true));
    assert!(
        verified
            .iter()
            .all(|one| one["root"] == verified[0]["root"])
    );

    let again = env.machine("viewer").okr(&["demo", "--keep", folder_text]);
    again.code(2).explains(&["not empty"]);
}

#[test]
fn a_script_is_told_where_everything_is() {
    let env = TestEnv::new();
    let folder = env.path().join("kept");
    let told = demo(
        &env,
        "viewer",
        &["--json", "--keep", folder.to_str().unwrap()],
    )
    .json();
    assert_eq!(told["workspace"], "northwind");
    assert!(told["head"].is_u64());
    let homes: Vec<_> = told["machines"].as_array().unwrap().iter().collect();
    assert_eq!(homes.len(), 3);
    assert!(
        homes
            .iter()
            .all(|machine| Path::new(machine["home"].as_str().unwrap()).is_dir())
    );
}
