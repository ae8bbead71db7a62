//! A file of OKRs in git, with authors, rewordings, a rename and two lines of work: its history becomes the
//! history of the OKRs, once.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of a test assert by panicking, as tests do"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use quarterdeck_tests::{Machine, TestEnv};
use serde_json::Value;

/// Runs git in a folder as somebody at some time, with nobody's own settings.
fn git(folder: &Path, who: &str, at: &str, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", who)
        .env("GIT_AUTHOR_EMAIL", "x@example.org")
        .env("GIT_COMMITTER_NAME", who)
        .env("GIT_COMMITTER_EMAIL", "x@example.org")
        .env("GIT_AUTHOR_DATE", at)
        .env("GIT_COMMITTER_DATE", at)
        .output()
        .expect("git runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A repository of one file.
struct Repository<'a>(&'a Path);

impl Repository<'_> {
    fn commit(&self, who: &str, at: &str, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("the file is written");
        git(self.0, who, at, &["add", "-A"]);
        git(
            self.0,
            who,
            at,
            &["commit", "-q", "-m", &format!("{who} writes")],
        );
    }
}

const FIRST: &str = "# OKRs 2026 Q1\n\n## Be found easily\n\n- [ ] Publish the guide\n- [ ] Talk at a fair\n\n## Answer fast\n\n- Replies within a day 60% → 90%\n";

fn steps(told: &Value, version: usize) -> Vec<String> {
    told["versions"][version]["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| format!("{} {}", step["act"], step["title"]).replace('"', ""))
        .collect()
}

/// Who wrote what, when, and what it did: by the source's authors and times.
fn the_past_answers_by_the_files_history(machine: &Machine<'_>) {
    let json = |line: &[&str]| {
        let mut line = line.to_vec();
        line.push("--json");
        machine.okr(&line).ok()
    };
    let title = "Publish the whole guide";
    let history = json(&["history", title]).json_lines();
    let told: Vec<String> = (history.iter())
        .map(|line| {
            let from = &line["imported"];
            let day = from["at"].as_str().expect("a moment");
            format!("{} {} {}", &day[..10], from["author"], line["kind"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "2026-01-05 Ana KeyResultAdded",
            "2026-01-20 Ben KeyResultEdited",
            "2026-01-20 Ben CheckedIn",
        ]
    );
    // Who reworded it; and before that, nobody had.
    let blame = |further: &[&str]| {
        let mut line = vec!["blame", further[0], "--field", "title"];
        line.extend(&further[1..]);
        json(&line).json()["fields"][0].clone()
    };
    let now = blame(&[title]);
    assert_eq!(now["set_by"]["imported"]["author"], "Ben");
    assert_eq!(now["set_by"]["previous"], "Publish the guide");
    let then = blame(&["Publish the guide", "--as-of", "2026-01-10"]);
    assert_eq!(then["set_by"]["imported"]["author"], "Ana");
    assert_eq!(then["value"], "Publish the guide");

    let diff = machine
        .okr(&["diff", "2026-01-10", "2026-02-05"])
        .ok()
        .stdout;
    for said in ["Ben", "Talk at a fair", "dropped", title] {
        assert!(diff.contains(said), "{diff}");
    }

    // The target was raised by Ben in February, 49 days before the quarter's end.
    let moved = json(&["goalposts", "--cycle", "2026-Q1"]).json();
    let raised = (moved["changes"].as_array().expect("changes").iter())
        .find(|change| change["field"] == "target")
        .expect("the raised target");
    assert_eq!(raised["imported"]["author"], "Ben");
    assert_eq!(
        (&raised["from"], &raised["to"]),
        (&"90".into(), &"95".into())
    );
    assert_eq!(raised["days_before_end"], 49);
    let earlier = json(&["goalposts", "--cycle", "2026-Q1", "--as-of", "2026-02-05"]).json();
    let fields: Vec<&Value> = (earlier["changes"].as_array().expect("changes").iter())
        .map(|change| &change["field"])
        .collect();
    assert!(!fields.contains(&&Value::from("target")), "{fields:?}");

    // A commit is known when it was made: nothing of it came late.
    let late = json(&["late", "--cycle", "2026-Q1"]).json();
    assert_eq!(late["check_ins"], Value::Array(Vec::new()));
    let forecast = json(&["forecast", "--cycle", "2026-Q1", "--as-of", "2026-02-05"]).json();
    assert_eq!(forecast["on"], "2026-02-05");
    assert_eq!(forecast["cycle"]["of"], 2, "one of three was dropped");
    // After the quarter's end it is an outcome like any other.
    let over = ["calibration", "2026-Q1", "--on", "2026-04-02"];
    let calibration = json(&over).json();
    assert_eq!(calibration["cycles"][0], "2026-Q1");
    assert_eq!(calibration["set_aside"], 1, "{calibration}");
}

#[test]
fn a_file_in_git_brings_its_history_along() {
    let env = TestEnv::new();
    env.set_time("2026-03-20T10:00:00Z");
    let folder = env.path().join("okrs");
    fs::create_dir_all(&folder).expect("a folder");
    git(
        &folder,
        "Ana",
        "2026-01-05T10:00:00Z",
        &["init", "-q", "-b", "main"],
    );
    let repository = Repository(&folder);
    repository.commit("Ana", "2026-01-05T10:00:00Z", "README.md", FIRST);
    let reworded = FIRST.replace("[ ] Publish the guide", "[x] Publish the whole guide");
    repository.commit("Ben", "2026-01-20T10:00:00Z", "README.md", &reworded);
    git(
        &folder,
        "Ana",
        "2026-02-01T10:00:00Z",
        &["mv", "README.md", "our okrs.md"],
    );
    let shorter = reworded.replace("- [ ] Talk at a fair\n", "");
    repository.commit("Ana", "2026-02-01T10:00:00Z", "our okrs.md", &shorter);
    // Two lines of work, joined by a merge.
    git(
        &folder,
        "Ana",
        "2026-02-10T10:00:00Z",
        &["checkout", "-q", "-b", "side"],
    );
    let side = shorter.replace("60% → 90%", "60% → 95%");
    repository.commit("Ben", "2026-02-10T10:00:00Z", "our okrs.md", &side);
    git(
        &folder,
        "Ana",
        "2026-02-11T10:00:00Z",
        &["checkout", "-q", "main"],
    );
    let line = shorter.replace("Be found easily", "Be found easily by all");
    repository.commit("Ana", "2026-02-11T10:00:00Z", "our okrs.md", &line);
    git(
        &folder,
        "Ana",
        "2026-02-12T10:00:00Z",
        &["merge", "-q", "-m", "Merge", "side"],
    );

    let file = folder.join("our okrs.md").display().to_string();
    let machine = env.machine("lisbon");
    machine
        .okr(&["init", "acme", "--as", "ana", "--time-zone", "UTC"])
        .ok();
    let dry = machine
        .okr(&["import", "--git", &file, "--dry-run", "--json"])
        .ok()
        .json();
    let told = machine
        .okr(&["import", "--git", &file, "--yes", "--json"])
        .ok()
        .json();
    assert_eq!(told["versions"].as_array().expect("versions").len(), 5);
    for version in 0..5 {
        assert_eq!(steps(&dry, version), steps(&told, version));
    }
    assert_eq!(
        steps(&told, 1),
        [
            "edit Publish the whole guide",
            "check_in Publish the whole guide"
        ]
    );
    assert_eq!(
        told["versions"][1]["steps"][0]["match"],
        "reworded, 85 % alike"
    );
    assert_eq!(told["versions"][1]["commit"]["author"], "Ben");
    assert_eq!(steps(&told, 2), ["drop Talk at a fair"]);
    assert_eq!(steps(&told, 3), ["edit Replies within a day 60% → 95%"]);
    assert_eq!(steps(&told, 4), ["edit Be found easily by all"]);

    // The past is the file's, by whoever wrote it.
    let past = machine
        .okr(&["status", "--as-of", "2026-01-10", "--json"])
        .ok()
        .stdout;
    assert!(
        past.contains("Publish the guide") && !past.contains("the whole guide"),
        "{past}"
    );
    let log = machine.okr(&["log", "--json"]).ok().stdout;
    assert!(log.contains("Ben") && log.contains("Ben writes"), "{log}");

    the_past_answers_by_the_files_history(&machine);

    // Once is enough, and what comes later follows.
    let again = machine
        .okr(&["import", "--git", &file, "--yes", "--json"])
        .ok()
        .json();
    assert_eq!(again["events"], 0);
    let later = line.replace("60% → 90%", "60% → 98%");
    repository.commit("Ana", "2026-03-01T10:00:00Z", "our okrs.md", &later);
    let next = machine
        .okr(&["import", "--git", &file, "--yes", "--json"])
        .ok()
        .json();
    assert_eq!(next["events"], 1, "{next}");
    machine.okr(&["verify"]).ok();
}

#[test]
fn without_a_repository_it_says_so() {
    let env = TestEnv::new();
    let machine = env.machine("lisbon");
    machine.okr(&["init", "acme", "--as", "ana"]).ok();
    let outside = env.path().join("loose.md");
    fs::write(&outside, "## x\n").expect("the file is written");
    let file = outside.display().to_string();
    machine
        .okr(&["import", "--git", &file])
        .code(7)
        .explains(&["git cannot find the repository of", "okr import --git"]);
    machine
        .okr(&["import", "--git", "/nowhere/x.md"])
        .code(3)
        .explains(&["no folder"]);
}
