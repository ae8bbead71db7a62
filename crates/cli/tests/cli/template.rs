//! `okr template`: good objectives to begin from, the built-in ones and those of the workspace.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::Machine;

const BUILT_IN: [&str; 7] = [
    "sales-director",
    "account-executive",
    "sdr",
    "customer-success",
    "partnerships",
    "marketing",
    "engineering",
];

/// A machine with a workspace, a team, and a quarter without objectives.
fn empty_quarter() -> Machine {
    let machine = Machine::new();
    for line in [
        &["init", "acme", "--as", "ana", "--time-zone", "UTC"][..],
        &["member", "add", "ben"],
        &["team", "new", "sales"],
        &["cycle", "new", "2026-Q3"],
        &["cycle", "activate", "2026-Q3"],
    ] {
        machine.okr(line).ok();
    }
    machine
}

fn names(machine: &Machine) -> Vec<String> {
    let list = machine.okr(&["template", "list", "--json"]).ok().json();
    let templates = list["templates"].as_array().unwrap().clone();
    templates
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

fn objectives(machine: &Machine) -> Vec<Value> {
    let list = machine.okr(&["objective", "list", "--json"]).ok().json();
    list["objectives"].as_array().unwrap().clone()
}

#[test]
fn each_built_in_template_is_three_objectives_that_the_lint_has_nothing_to_say_about() {
    for name in BUILT_IN {
        let machine = empty_quarter();
        machine.okr(&["template", "apply", name]).ok();
        let made = objectives(&machine);
        assert_eq!(made.len(), 3, "{name}");
        for objective in &made {
            let key_results = objective["key_results"].as_array().unwrap();
            assert!((3..=4).contains(&key_results.len()), "{name}: {objective}");
            for key_result in key_results {
                assert_ne!(key_result["baseline"], Value::Null, "{key_result}");
                assert_ne!(key_result["unit"], Value::Null, "{key_result}");
            }
            assert_eq!(objective["owner"], "ana");
        }
        let lint = machine.okr(&["lint"]);
        assert_eq!(lint.exit, Exit::Done, "{name}: {}", lint.stdout);
        assert!(lint.stdout.contains("3 objectives"), "{}", lint.stdout);
    }
}

#[test]
fn a_template_is_drafted_for_a_team_or_a_member_in_a_cycle() {
    let machine = empty_quarter();
    machine.okr(&["cycle", "new", "2026-Q4"]).ok();
    let line = [
        "template", "apply", "sdr", "--cycle", "2026-Q4", "--team", "sales",
    ];
    let before = machine.log().len();
    let shown = machine
        .okr(&[&line[..], &["--dry-run"]].concat())
        .ok()
        .stdout;
    for said in [
        "Would be drafted in 2026-Q4, of team sales; nothing was.",
        "Start conversations that buyers are glad to have",
        "3 → 7 %",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert_eq!(machine.log().len(), before, "a dry run writes nothing");
    let answer = machine
        .okr(&[&line[..], &["--owner", "ben", "--json"]].concat())
        .ok()
        .json();
    assert_eq!(answer["events"].as_array().unwrap().len(), 3 + 9);
    assert_eq!(objectives(&machine), [] as [Value; 0]);
    let list = machine
        .okr(&["objective", "list", "--cycle", "2026-Q4", "--json"])
        .ok()
        .json();
    let first = &list["objectives"][0];
    assert_eq!(
        (&first["owner"], &first["team"]),
        (&"ben".into(), &"sales".into())
    );
    let key_result = &first["key_results"][0];
    assert_eq!(key_result["title"], "Messages answered with interest");
    assert_eq!(
        (&key_result["baseline"], &key_result["target"]),
        (&"3".into(), &"7".into())
    );
    assert_eq!(key_result["unit"], "%");
}

#[test]
fn applying_twice_makes_them_twice_for_two_people() {
    let machine = empty_quarter();
    machine.okr(&["template", "apply", "sdr"]).ok();
    machine
        .okr(&["template", "apply", "sdr", "--owner", "ben"])
        .ok();
    assert_eq!(objectives(&machine).len(), 6);
}

#[test]
fn a_workspace_keeps_its_own_beside_the_built_in_ones() {
    let machine = empty_quarter();
    assert_eq!(names(&machine), BUILT_IN);
    let file = machine.home().join("ours.md");
    let path = file.to_str().unwrap();
    std::fs::write(
        &file,
        "## Be where our customers are {aspirational}\n\n\
         - Customers visited who ask us back {increase 2..8, unit: customers, leading}\n\
         - Visits that end with an order {increase 10..25, unit: %, lagging}\n",
    )
    .unwrap();
    machine
        .okr(&["template", "save", "field sales", path, "-m", "our way"])
        .ok();
    let all = names(&machine);
    assert_eq!(all.first().map(String::as_str), Some("field sales"));
    assert_eq!(all.len(), 8);
    let shown = machine.okr(&["template", "show", "field"]).ok().stdout;
    assert!(shown.contains("2 → 8 customers"), "{shown}");
    machine.okr(&["template", "apply", "Field-Sales"]).ok();
    assert_eq!(
        objectives(&machine)[0]["title"],
        "Be where our customers are"
    );
    machine.okr(&["template", "remove", "field sales"]).ok();
    assert_eq!(names(&machine), BUILT_IN);
    machine.okr(&["undo"]).ok();
    assert_eq!(names(&machine).len(), 8);
}

#[test]
fn saving_again_changes_it_and_ones_own_takes_the_place_of_a_built_in_one() {
    let machine = empty_quarter();
    let file = machine.home().join("ours.md");
    let path = file.to_str().unwrap();
    for title in ["Be heard", "Be remembered"] {
        std::fs::write(
            &file,
            format!("## {title}\n\n- Replies {{increase 1..9}}\n"),
        )
        .unwrap();
        machine.okr(&["template", "save", "sdr", path]).ok();
    }
    assert_eq!(names(&machine).len(), BUILT_IN.len());
    let shown = machine
        .okr(&["template", "show", "sdr", "--json"])
        .ok()
        .json();
    assert_eq!(shown["objectives"][0]["title"], "Be remembered");
    assert_eq!(shown["objectives"].as_array().unwrap().len(), 1);
    machine.okr(&["template", "remove", "sdr"]).ok();
    let shown = machine
        .okr(&["template", "show", "sdr", "--json"])
        .ok()
        .json();
    assert_eq!(
        shown["objectives"].as_array().unwrap().len(),
        3,
        "the built-in one again"
    );
}

#[test]
fn a_template_is_made_from_objectives_without_people_and_values() {
    let machine = Machine::planned();
    machine.okr(&["checkin", "leads", "531", "-c", "0.7"]).ok();
    machine
        .okr(&["template", "save", "pipeline", "--from", "growth"])
        .ok();
    let text = machine
        .okr(&["template", "show", "pipeline", "--markdown"])
        .ok()
        .stdout;
    for said in [
        "Be the first choice",
        "Qualified leads",
        "500..550",
        "leads",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    for unsaid in ["ana", "531", "0.7", "2026-Q3", "key:"] {
        assert!(!text.contains(unsaid), "{unsaid}: {text}");
    }
    machine.okr(&["template", "apply", "pipeline"]).ok();
    assert_eq!(objectives(&machine).len(), 2);
}

#[test]
fn people_and_alignment_are_those_of_whoever_applies_it() {
    let machine = Machine::planned();
    let file = machine.home().join("ours.md");
    std::fs::write(
        &file,
        "# OKRs 2025-Q1\n\n## Be heard {key: heard}\n\n\
         - Replies that help {increase 1..9, unit: replies, leading, now: 5}\n",
    )
    .unwrap();
    let path = file.to_str().unwrap();
    machine.okr(&["template", "save", "ours", path]).ok();
    for _ in 0..2 {
        machine
            .okr(&["template", "apply", "ours", "--supports", "growth"])
            .ok();
    }
    let made = objectives(&machine);
    assert_eq!(made.len(), 3, "keys are left out, so that it applies twice");
    let key_result = &made[1]["key_results"][0];
    assert_eq!(key_result["owner"], "ana");
    assert_eq!(
        key_result["current"], "1",
        "values are not those of the document"
    );
    let reference = made[1]["ref"].as_str().unwrap();
    let shown = machine
        .okr(&["objective", "show", reference, "--json"])
        .ok();
    assert_eq!(
        shown.json()["supports_what"]["title"],
        "Be the first choice"
    );
}

#[test]
fn what_cannot_be_meant_is_told() {
    let machine = empty_quarter();
    let file = machine.home().join("empty.md");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "nothing to see\n").unwrap();
    machine
        .okr(&["template", "save", "empty", path])
        .exits(Exit::Usage)
        .explains(&["There is no objective in it"]);
    machine
        .okr(&["template", "save", "empty"])
        .exits(Exit::Usage);
    machine
        .okr(&["template", "save", "x", "/nonexistent.md"])
        .exits(Exit::Trouble);
    machine
        .okr(&["template", "show", "astronaut"])
        .exits(Exit::NotFound)
        .explains(&["There is no template 'astronaut'", "okr template list"]);
    machine
        .okr(&["template", "apply", "s"])
        .exits(Exit::NotFound)
        .explains(&["which one is meant?", "sales-director"]);
    machine
        .okr(&["template", "remove", "sdr"])
        .exits(Exit::Refused)
        .explains(&["comes with the program"]);
    std::fs::write(
        &file,
        "## Be heard {owner: nobody}\n\n- Replies {increase 1..9}\n",
    )
    .unwrap();
    machine.okr(&["template", "save", "odd", path]).ok();
    let before = machine.log().len();
    machine
        .okr(&["template", "apply", "odd"])
        .exits(Exit::Refused)
        .explains(&["Line 1 of template 'odd'", "okr template save"]);
    assert_eq!(machine.log().len(), before, "all of it or nothing");
}
