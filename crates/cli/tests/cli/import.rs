//! OKRs that were kept elsewhere: told first, taken in once, followed when the file changes.

use std::fs;

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::{Answer, Machine};

const FILE: &str = "\
# OKRs 2026-Q3

Written on a Friday.

## Be found easily

- Visits from 100 to 300 (25%)
- [x] Guide published
- [ ] ~~Old site kept~~
- Languages
  - [x] English
  - [ ] Portuguese
";

fn workspace() -> Machine {
    let machine = Machine::new();
    machine
        .okr(&["init", "acme", "--as", "ana", "--time-zone", "UTC"])
        .ok();
    machine
}

fn file(machine: &Machine, name: &str, text: &str) -> String {
    let path = machine.home().join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn import(machine: &Machine, path: &str, options: &[&str]) -> Answer {
    let mut line = vec!["import", path, "--yes"];
    line.extend(options);
    machine.okr(&line)
}

fn steps(told: &Value) -> Vec<String> {
    let all = told["versions"].as_array().unwrap().iter();
    all.flat_map(|version| version["steps"].as_array().unwrap())
        .map(|step| format!("{} {} {}", step["act"], step["kind"], step["title"]).replace('"', ""))
        .collect()
}

#[test]
fn a_dry_run_tells_the_tree_and_each_line_left_out_and_records_nothing() {
    let machine = workspace();
    let path = file(&machine, "okrs.md", FILE);
    let said = machine.okr(&["import", &path, "--dry-run"]).ok().stdout;
    for part in [
        "+ cycle 2026-Q3: 2026-07-01 to 2026-09-30",
        "  + objective Be found easily",
        "    + Visits from 100 to 300: increase 100..300",
        "      = Visits from 100 to 300: 150 on 2026-07-06",
        "    + Languages: milestones English, Portuguese",
        "! line 3 Text that belongs to no objective. Written on a Friday.",
        "events would be recorded from okrs.md. 1 line left out",
        "hint: do it: okr import ",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let cycles = machine.okr(&["cycle", "list", "--json"]).ok().json();
    assert_eq!(cycles["cycles"].as_array().unwrap().len(), 0);
}

#[test]
fn the_same_file_twice_changes_nothing_and_its_next_version_edits() {
    let machine = workspace();
    let path = file(&machine, "okrs.md", FILE);
    import(&machine, &path, &[]).ok();
    let status = machine.okr(&["status", "--json"]).ok().json();
    let shown = &status["objectives"][0];
    assert_eq!(shown["title"], "Be found easily", "{status}");
    let again = import(&machine, &path, &[]).ok().stdout;
    assert!(
        again.contains("Nothing was recorded: it is all there."),
        "{again}"
    );

    let next = FILE
        .replace("to 300 (25%)", "to 400 (50%)")
        .replace("- [x] Guide published\n", "");
    file(&machine, "okrs.md", &next);
    let told = import(&machine, &path, &["--json"]).ok().json();
    assert_eq!(
        steps(&told),
        [
            "edit key result Visits from 100 to 400",
            "check_in check-in Visits from 100 to 400",
        ]
    );
    assert_eq!(
        told["versions"][0]["steps"][0]["match"],
        "reworded, 88 % alike"
    );
    assert_eq!(
        told["versions"][0]["missing"][0]["title"],
        "Guide published"
    );
    let dropped = import(&machine, &path, &["--drop-missing", "--json"])
        .ok()
        .json();
    assert_eq!(steps(&dropped), ["drop key result Guide published"]);
}

#[test]
fn what_was_imported_says_where_it_came_from() {
    let machine = workspace();
    let path = file(&machine, "okrs.md", FILE);
    import(&machine, &path, &[]).ok();
    let log = machine.okr(&["log", "--json"]).ok().stdout;
    assert!(log.contains("file:okrs.md"), "{log}");
    assert!(log.contains("imported from okrs.md"), "{log}");
}

#[test]
fn a_spreadsheet_saved_as_csv_is_read_by_its_columns_or_a_map() {
    let machine = workspace();
    let text = "\u{feff}Objective;Key Result;Start;Ziel;Unit;Assignee;Mood\n\
                Be found;Visits;100;300;visits;ana;sunny\n;Bounces;60%;40%;;Zoe;\n";
    let path = file(&machine, "okrs.csv", text);
    let options = ["--cycle", "2026-Q3", "--map", "Ziel=target", "--json"];
    let told = import(&machine, &path, &options).ok().json();
    assert_eq!(
        steps(&told)[4..],
        [
            "make objective Be found",
            "make key result Visits",
            "make key result Bounces"
        ]
    );
    assert_eq!(told["versions"][0]["steps"][6]["what"], "decrease 60..40 %");
    let unread: Vec<&str> = told["versions"][0]["unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    assert_eq!(unread, ["Mood", "Zoe"]);

    let series = "objective,key_result,value,date,confidence,comment\n\
                  Be found,Visits,150,2026-07-03,0.6,a good start\n";
    let path = file(&machine, "series.csv", series);
    let told = import(&machine, &path, &["--cycle", "2026-Q3", "--json"])
        .ok()
        .json();
    assert_eq!(steps(&told), ["check_in check-in Visits"]);
    let again = import(&machine, &path, &["--cycle", "2026-Q3", "--json"])
        .ok()
        .json();
    assert_eq!(again["events"], 0);
}

#[test]
fn an_outline_as_json_is_read_in_its_documented_form() {
    let machine = workspace();
    let text = r#"{"schema": "quarterdeck/outline/1", "outline": {"objectives": [
        {"title": "Be found", "cycle": "2026-Q3", "key_results": [
            {"title": "Visits", "metric": {"kind": "increase", "baseline": "100", "target": "300",
             "low": null, "high": null, "milestones": [], "unit": null},
             "check_ins": [{"date": "2026-07-03", "value": "120"}]}]}]}}"#;
    let path = file(&machine, "okrs.json", text);
    let told = import(&machine, &path, &["--json"]).ok().json();
    assert_eq!(told["events"], 7, "{told}");
}

#[test]
fn what_cannot_be_read_is_explained_and_nothing_happens() {
    let machine = workspace();
    for (name, text, options, exit, message) in [
        (
            "a.csv",
            "colour,size\nred,1\n",
            &[][..],
            Exit::Usage,
            "No column names objectives or key results; the columns are colour, size.",
        ),
        (
            "b.json",
            "{\"schema\": 1}",
            &[],
            Exit::Usage,
            "This is no outline",
        ),
        (
            "c.xlsx",
            "PK, not really",
            &[],
            Exit::Usage,
            "This is no XLSX workbook",
        ),
        (
            "d.csv",
            "objective\nx\n",
            &["--map", "a=colour"],
            Exit::Usage,
            "There is no field 'colour'",
        ),
        (
            "e.csv",
            "objective\nx\n",
            &["--map", "nothing"],
            Exit::Usage,
            "'nothing' maps no column.",
        ),
        (
            "f.md",
            "## x\n",
            &["--cycle", "next autumn"],
            Exit::NotFound,
            "next autumn",
        ),
    ] {
        let path = file(&machine, name, text);
        let answer = import(&machine, &path, options);
        assert_eq!(answer.exit, exit, "{name}: {answer:?}");
        assert!(answer.stderr.contains(message), "{name}: {}", answer.stderr);
    }
    let bad = machine.home().join("g.md");
    fs::write(&bad, b"## ok\n\xff\n").unwrap();
    let answer = import(&machine, &bad.display().to_string(), &[]);
    assert!(
        answer.stderr.contains("Line 2 is no text in UTF-8."),
        "{}",
        answer.stderr
    );
    let answer = import(&machine, "nowhere.md", &[]);
    assert_eq!(answer.exit, Exit::NotFound, "{answer:?}");
}

#[test]
fn a_cell_that_says_nothing_usable_is_listed_and_never_guessed() {
    let machine = workspace();
    let goals = file(
        &machine,
        "goals.csv",
        "Objective,Key result,Start,Goal\nBe near,Calls,5,9\nBe near,Visit,,\n",
    );
    import(&machine, &goals, &["--cycle", "2026-Q3"]).ok();
    let half = file(
        &machine,
        "half.csv",
        "objective,key result,start\nBe far,Letters,5\n",
    );
    let told = import(&machine, &half, &["--cycle", "2026-Q3", "--dry-run"]).ok();
    assert!(
        told.stdout
            .contains("line 2 A start without a target measures nothing."),
        "{}",
        told.stdout
    );
    let series = file(
        &machine,
        "series.csv",
        "objective,key result,value,date\nBe near,Visit,abc,2026-07-05\nBe near,Visit,7,2026-07-05\n\
         Be near,Calls,+2,2026-07-05\nBe near,Calls,7,2026-07-05\nBe near,Visit,yes,2026-07-06\n",
    );
    let told = import(&machine, &series, &["--cycle", "2026-Q3"])
        .ok()
        .stdout;
    for why in [
        "line 2 'abc' is neither done nor not done",
        "line 3 '7' is neither done nor not done",
        "line 4 '+2' may be a change or a value",
        "2 events recorded",
    ] {
        assert!(told.contains(why), "{why}\n{told}");
    }
    let again = import(&machine, &series, &["--cycle", "2026-Q3"])
        .ok()
        .stdout;
    assert!(again.contains("Nothing was recorded"), "{again}");
}
