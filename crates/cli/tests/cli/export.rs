//! The workspace as a file, and a copy made of it.

use std::fs;
use std::path::PathBuf;

use quarterdeck_cli::Exit;

use crate::machine::Machine;

/// A quarter with measurements of every kind, notes, and texts that look like formulas.
fn measured() -> Machine {
    let machine = Machine::planned();
    for line in [
        &[
            "checkin",
            "leads",
            "510",
            "-c",
            "0.7",
            "-m",
            "=HYPERLINK(\"http://x\")",
            "--on",
            "2026-07-05",
        ][..],
        &["checkin", "leads", "+3"],
        &["note", "growth", "@board: =1 from you", "--win"],
        &[
            "kr",
            "new",
            "@churn stays low",
            "--objective",
            "growth",
            "--maintain",
            "-1..2.5",
            "--unit",
            "%",
            "--key",
            "churn",
        ],
        &[
            "kr",
            "new",
            "Launch",
            "--objective",
            "growth",
            "--milestones",
            "draft:1,live:3",
            "--key",
            "launch",
        ],
        &["checkin", "launch", "draft"],
        &[
            "kr",
            "new",
            "Pilot signed",
            "--objective",
            "growth",
            "--binary",
            "--key",
            "pilot",
        ],
        &["checkin", "pilot", "done"],
        &["objective", "new", "+1 market", "--owner", "ana"],
    ] {
        machine.okr(line).ok();
    }
    machine
}

fn path(machine: &Machine, name: &str) -> String {
    machine.home().join(name).display().to_string()
}

/// The golden file of this name, written where it is missing.
fn golden(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if !path.exists() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        assert!(text.is_empty(), "{name} is new: look at it, and run again");
    }
    let frozen = fs::read_to_string(&path).unwrap();
    assert_eq!(text, frozen, "{name} reads otherwise now");
}

#[test]
fn a_log_imported_elsewhere_is_the_same_workspace_to_read_in() {
    let here = measured();
    let file = path(&here, "acme.jsonl");
    let told = here.okr(&["export", "-o", &file, "--json"]).ok().json();
    let verified = here.okr(&["verify", "--json"]).ok().json();
    assert_eq!(told["root"], verified["root"]);
    assert_eq!(told["entries"], verified["size"]);
    assert_eq!(told["unsent"], 0);

    let there = Machine::new();
    there.set_time("2026-07-06T12:00:00Z");
    let imported = there.okr(&["import", &file, "--json"]).ok().json();
    assert_eq!(imported["outcome"], "imported");
    assert_eq!(imported["workspace"], "acme");
    let mut there_verified = there.okr(&["verify", "--json"]).ok().json();
    // The heads before the last one stay where they were verified.
    assert_eq!(there_verified["checkpoints"], 1);
    there_verified["checkpoints"] = verified["checkpoints"].clone();
    assert_eq!(there_verified, verified);
    for line in [
        &["status", "--json"][..],
        &["status", "--json", "--as-of", "#6"],
        &["status", "--json", "--as-of", "2026-07-06T09:07:30Z"],
        &["kr", "show", "leads", "--json"],
        &["log", "--json"],
        &["history", "leads", "--json"],
        &["conflicts", "--json"],
        &["member", "list", "--json"],
        &["export"],
    ] {
        here.set_time("2026-07-07T12:00:00Z");
        there.set_time("2026-07-07T12:00:00Z");
        assert_eq!(
            here.okr(line).ok().stdout,
            there.okr(line).ok().stdout,
            "{line:?}"
        );
    }
    for line in [
        &["checkin", "leads", "520"][..],
        &["objective", "new", "Another"],
        &["note", "growth", "x"],
        &["undo", "#6"],
        &["kr", "edit", "leads", "--target", "600", "-m", "why"],
        &["member", "edit", "ana", "--name", "eve"],
        &["sync"],
    ] {
        there
            .okr(line)
            .exits(Exit::Refused)
            .explains(&["copy of workspace acme", "okr join"]);
    }
    // The words of people are there, too, in what nothing reads back.
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("\"readable\":{\"kind\":\"CheckedIn\",\"title\":\"Qualified leads\""),
        "{text}"
    );
}

#[test]
fn a_workspace_that_is_here_is_compared_with_the_file() {
    let machine = Machine::planned();
    let (older, newer) = (path(&machine, "older"), path(&machine, "newer"));
    machine.okr(&["export", "-o", &older]).ok();
    machine.okr(&["checkin", "leads", "510"]).ok();
    machine.okr(&["export", "-o", &newer]).ok();
    let outcome =
        |file: &str| machine.okr(&["import", file, "--json"]).ok().json()["outcome"].clone();
    assert_eq!(outcome(&newer), "same");
    assert_eq!(outcome(&older), "older");
    let said = machine.okr(&["import", &older]).ok().stdout;
    assert!(said.contains("goes on by 1 event where the file"), "{said}");
    assert!(said.contains("Nothing was changed"), "{said}");

    let copy = Machine::new();
    copy.okr(&["import", &older]).ok();
    let before = copy.okr(&["verify", "--json"]).ok().stdout;
    assert_eq!(
        copy.okr(&["import", &newer, "--json"]).ok().json()["outcome"],
        "newer"
    );
    assert_eq!(copy.okr(&["verify", "--json"]).ok().stdout, before);
}

#[test]
fn a_damaged_file_makes_nothing_and_the_line_is_named() {
    let machine = measured();
    let file = path(&machine, "acme.jsonl");
    machine.okr(&["export", "-o", &file]).ok();
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let damaged = [
        (lines[..5].join("\n"), "line 6"),
        (text.replacen("\"seq\":4,", "\"seq\":5,", 1), "line 5"),
        (text.replacen("acme", "acne", 1), "line 1"),
        (
            format!("{text}{{}}\n"),
            &*format!("line {}", lines.len() + 1),
        ),
    ];
    let there = Machine::new();
    for (text, line) in damaged {
        fs::write(&file, text).unwrap();
        there
            .okr(&["import", &file])
            .exits(Exit::Unverified)
            .explains(&[line, "Nothing was made", "hint: "]);
        assert_eq!(
            fs::read_dir(there.home().join("workspaces"))
                .unwrap()
                .count(),
            0
        );
    }
    fs::write(
        &file,
        text.replacen("quarterdeck/log/1", "quarterdeck/log/9", 1),
    )
    .unwrap();
    there
        .okr(&["import", &file])
        .exits(Exit::Refused)
        .explains(&["log/9", "version"]);
    there
        .okr(&["import", &path(&there, "none")])
        .exits(Exit::NotFound)
        .explains(&["There is no file"]);
}

#[test]
fn trying_makes_nothing() {
    let machine = Machine::planned();
    let file = path(&machine, "acme.jsonl");
    machine.okr(&["export", "-o", &file]).ok();
    let there = Machine::new();
    let tried = there
        .okr(&["import", &file, "--dry-run", "--json"])
        .ok()
        .json();
    assert_eq!(tried["outcome"], "checked");
    there.okr(&["status"]).exits(Exit::NotFound);
}

#[test]
fn the_log_goes_to_standard_output_too() {
    let machine = Machine::planned();
    let lines = machine.okr(&["export"]).ok().lines();
    assert_eq!(lines[0]["schema"], "quarterdeck/log/1");
    assert_eq!(lines.len() as u64, lines[0]["size"].as_u64().unwrap() + 1);
    assert_eq!(lines[1]["readable"]["what"], machine.log()[0]["what"]);
}

#[test]
fn tables_and_text_are_what_they_were() {
    let machine = measured();
    for (name, line) in [
        ("okrs.csv", &["export", "--format", "csv"][..]),
        (
            "checkins.csv",
            &["export", "--format", "csv", "--what", "checkins"],
        ),
        (
            "notes.csv",
            &["export", "--format", "csv", "--what", "notes"],
        ),
        (
            "okrs.md",
            &["export", "--format", "md", "--cycle", "2026-Q3"],
        ),
    ] {
        machine.set_time("2026-07-20T09:00:00Z");
        golden(name, &machine.okr(line).ok().stdout);
    }
}

#[test]
fn tables_tell_the_past_and_answer_programs() {
    let machine = measured();
    let past = machine
        .okr(&["export", "--format", "csv", "--as-of", "#6"])
        .ok()
        .stdout;
    assert_eq!(past.lines().count(), 2);
    let file = path(&machine, "okrs.xlsx");
    let told = machine
        .okr(&["export", "--format", "xlsx", "-o", &file, "--json"])
        .ok()
        .json();
    assert_eq!(told["key_results"], 4);
    assert_eq!(told["check_ins"], 4);
    assert_eq!(told["notes"], 1);
    assert!(fs::read(&file).unwrap().starts_with(b"PK"));
    let shown = machine
        .okr(&["export", "--format", "md", "--json"])
        .ok()
        .json();
    assert!(
        shown["document"]
            .as_str()
            .unwrap()
            .contains("## Be the first choice")
    );
    for (line, said) in [
        (&["export", "--format", "xlsx"][..], "needs a file"),
        (&["export", "--cycle", "2026-Q3"], "written as a whole"),
        (&["export", "--format", "md", "--what", "notes"], "--what"),
    ] {
        machine.okr(line).exits(Exit::Usage).explains(&[said]);
    }
    let nowhere = path(&machine, "no/such/folder/x.csv");
    machine
        .okr(&["export", "--format", "csv", "-o", &nowhere])
        .exits(Exit::NotFound)
        .explains(&["There is no folder"]);
}

#[test]
fn what_was_exported_reads_back_with_nothing_to_change() {
    let machine = measured();
    for (name, line) in [
        ("okrs.csv", &["--format", "csv"][..]),
        ("checkins.csv", &["--format", "csv", "--what", "checkins"]),
        ("okrs.md", &["--format", "md"]),
        ("okrs.xlsx", &["--format", "xlsx"]),
    ] {
        let file = path(&machine, name);
        machine.okr(&[&["export", "-o", &file], line].concat()).ok();
        let again = machine
            .okr(&["import", &file, "--dry-run", "--json"])
            .ok()
            .json();
        assert_eq!(again["events"], 0, "{name}: {again:#}");
    }
}

#[test]
fn text_and_tables_make_the_same_okrs_elsewhere() {
    let here = measured();
    let text = here.okr(&["export", "--format", "md"]).ok().stdout;
    for (name, format) in [
        ("okrs.md", "md"),
        ("okrs.csv", "csv"),
        ("okrs.xlsx", "xlsx"),
    ] {
        let file = path(&here, name);
        here.okr(&["export", "--format", format, "-o", &file]).ok();
        let there = Machine::new();
        there
            .okr(&["init", "other", "--as", "ana", "--time-zone", "UTC"])
            .ok();
        there.okr(&["cycle", "new", "2026-Q3"]).ok();
        there.okr(&["import", &file, "--yes"]).ok();
        let again = there.okr(&["export", "--format", "md"]).ok().stdout;
        assert_eq!(again, text, "{name}");
    }
}
