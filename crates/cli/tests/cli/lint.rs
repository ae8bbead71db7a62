//! `okr lint`: advice, what each of it means, and which of it is left out.

use quarterdeck_cli::Exit;

use crate::machine::Machine;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lint.md");

/// The codes and references of what is found.
fn found(machine: &Machine, arguments: &[&str], list: &str) -> Vec<(String, String)> {
    let line: Vec<&str> = ["lint", "--json"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let answer = machine.okr(&line);
    let json = answer.json();
    let clean = json["findings"].as_array().unwrap().is_empty();
    answer.exits(if clean { Exit::Done } else { Exit::Findings });
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    json[list]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (word(&one["code"]), word(&one["title"])))
        .collect()
}

fn is(code: &str, title: &str) -> (String, String) {
    (code.to_owned(), title.to_owned())
}

#[test]
fn the_documentation_is_what_the_program_says() {
    let made = Machine::new()
        .okr(&["lint", "--list", "--markdown"])
        .ok()
        .stdout;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == made,
        "docs/lint.md differs from the program: write it anew with \
         UPDATE_DOCS=1 cargo nextest run -p quarterdeck-cli the_documentation"
    );
}

#[test]
fn advice_ends_with_exit_code_1_and_refuses_nothing() {
    let machine = Machine::planned();
    assert_eq!(
        found(&machine, &[], "findings"),
        [
            is("too-few-key-results", "Be the first choice"),
            is("no-leading-indicator", "Be the first choice"),
        ]
    );
    machine
        .okr(&[
            "kr",
            "new",
            "Launch the site",
            "--objective",
            "growth",
            "--binary",
        ])
        .ok();
    let shown = machine
        .okr(&["lint", "growth"])
        .exits(Exit::Findings)
        .stdout;
    for said in [
        "Be the first choice, 2026-Q3",
        "task-not-result",
        "'launch' says what is done",
        "2 findings in 1 objective.",
        "hint: why it matters, and what to do: okr lint --explain no-leading-indicator",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(
        shown.lines().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
}

#[test]
fn one_key_result_is_looked_at_by_itself() {
    let machine = Machine::planned();
    assert_eq!(found(&machine, &["leads"], "findings"), []);
    machine
        .okr(&["kr", "edit", "leads", "--target", "500"])
        .ok();
    assert_eq!(
        found(&machine, &["leads"], "findings"),
        [is("baseline-equals-target", "Qualified leads")]
    );
}

#[test]
fn a_good_objective_is_praised_with_exit_code_0() {
    let machine = Machine::planned();
    for indicator in ["leading", "lagging"] {
        let title = format!("Partners who call back, {indicator}");
        let line = [
            "kr",
            "new",
            &title,
            "--objective",
            "growth",
            "--increase",
            "2..9",
        ];
        machine
            .okr(&[&line[..], &["--indicator", indicator]].concat())
            .ok();
    }
    let shown = machine.okr(&["lint"]).ok().stdout;
    assert_eq!(shown, "✓ Nothing to advise about 1 objective.\n");
}

#[test]
fn a_code_is_silenced_for_one_objective_and_heeded_again() {
    let machine = Machine::planned();
    let code = "too-few-key-results";
    machine
        .okr(&[
            "lint",
            "silence",
            "leads",
            code,
            "-m",
            "one number says it all",
        ])
        .ok();
    assert_eq!(
        found(&machine, &[], "findings"),
        [is("no-leading-indicator", "Be the first choice")]
    );
    assert_eq!(
        found(&machine, &[], "silenced"),
        [is(code, "Be the first choice")]
    );
    let shown = machine
        .okr(&["lint", "--silenced"])
        .exits(Exit::Findings)
        .stdout;
    assert!(shown.contains("Silenced."), "{shown}");
    machine
        .okr(&["lint", "silence", "growth", code])
        .exits(Exit::Refused)
        .explains(&["already silenced for 'Be the first choice'"]);
    machine.okr(&["lint", "heed", "growth", code]).ok();
    assert_eq!(found(&machine, &[], "findings").len(), 2);
    let last = machine.log().pop().unwrap();
    assert_eq!(last["kind"], "LintHeeded");
    machine.okr(&["undo"]).ok();
    assert_eq!(
        found(&machine, &[], "findings").len(),
        1,
        "undo silences it again"
    );
}

#[test]
fn a_cycle_that_is_over_is_looked_at_only_when_it_is_named() {
    let machine = Machine::planned();
    machine.set_time("2026-10-05T09:00:00Z");
    let shown = machine.okr(&["lint"]).ok().stdout;
    assert!(
        shown.contains("There is no live objective to look at."),
        "{shown}"
    );
    assert_eq!(
        found(&machine, &["--cycle", "2026-Q3"], "findings").len(),
        2
    );
}

#[test]
fn a_code_is_explained_without_a_workspace() {
    let machine = Machine::new();
    let shown = machine.okr(&["lint", "--explain", "plain-kpi"]).ok().stdout;
    for said in [
        "The key result is a plain KPI",
        "Why it matters",
        "What to do",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let json = machine
        .okr(&["lint", "--explain", "plain-kpi", "--json"])
        .ok()
        .json();
    assert_eq!(json["code"], "plain-kpi");
    machine
        .okr(&["lint", "--explain", "nonsense"])
        .exits(Exit::Usage)
        .explains(&["number-in-title"]);
}
