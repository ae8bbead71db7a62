//! `history`, `blame`, `diff` and their CSV, as an auditor uses them.

use quarterdeck_cli::Exit;

use crate::machine::{Machine, typed};

/// The pages that show it, with how many commands each has.
const PAGES: [(&str, usize); 3] = [
    (include_str!("../../../../docs/audit-trail.md"), 4),
    (include_str!("../../../../docs/charts.md"), 1),
    (include_str!("../../../../docs/time.md"), 4),
];

/// The quarter of docs/audit-trail.md.
fn quarter() -> Machine {
    let machine = Machine::new();
    for (moment, lines) in [
        (
            "2026-07-06T09:00:00Z",
            &[
                "init acme --as ana --time-zone UTC --device lisbon",
                "cycle new 2026-Q3",
                "cycle activate 2026-Q3",
                "objective new 'Be the first choice' --key growth",
                "kr new 'Qualified leads' --objective growth --increase 500..550 --unit leads --key leads",
            ][..],
        ),
        (
            "2026-07-13T09:00:00Z",
            &["checkin leads 510 -c 0.7 -m 'a good start'"],
        ),
        (
            "2026-07-20T09:00:00Z",
            &["kr edit leads --target 600 -m 'two reps more'"],
        ),
        (
            "2026-07-27T09:00:00Z",
            &["checkin leads 525 --on 2026-07-16 -m 'from the fair'"],
        ),
        (
            "2026-08-03T09:00:00Z",
            &[
                "checkin leads 5310",
                "undo -m 'a digit too many'",
                "checkin leads 531 -c 0.6",
            ],
        ),
        (
            "2026-08-10T09:00:00Z",
            &["kr edit leads --target 550 --weight 2 -m 'two reps left'"],
        ),
        ("2026-08-17T09:00:00Z", &["checkin leads +3"]),
    ] {
        machine.set_time(moment);
        for line in lines {
            typed(&machine, line).ok();
        }
    }
    machine.set_time("2026-08-21T09:00:00Z");
    machine
}

/// Each `$ okr …` on a page is run, and what stands below it is what it says.
#[test]
fn the_pages_on_the_past_show_what_the_program_says() {
    let machine = quarter();
    for (page, commands) in PAGES {
        let mut shown = 0;
        for block in page.split("```").skip(1).step_by(2) {
            let Some(block) = block.strip_prefix("text\n$ okr ") else {
                continue;
            };
            let (line, below) = block.split_once('\n').unwrap();
            let answer = typed(&machine, line).ok();
            assert_eq!(answer.stdout.trim_end(), below.trim_end(), "okr {line}");
            shown += 1;
        }
        assert_eq!(shown, commands);
    }
}

#[test]
fn history_says_what_stood_after_each_change_and_what_became_of_it() {
    let machine = quarter();
    let lines = machine.okr(&["history", "leads", "--json"]).ok().lines();
    let told: Vec<String> = (lines.iter())
        .map(|line| {
            ["seq", "value", "target", "weight", "score"]
                .map(|key| line[key].to_string().replace('"', ""))
                .join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "7 500 550 1 0",
            "8 510 550 1 0.2",
            "9 510 600 1 0.1",
            "10 525 600 1 0.25",
            "11 5310 600 1 1",
            "12 525 600 1 0.25",
            "13 531 600 1 0.31",
            "14 531 550 2 0.62",
            "15 534 550 2 0.68",
        ]
    );
    assert_eq!(lines[3]["late_days"], 11);
    assert_eq!(lines[4]["retracted"], true);
    assert_eq!(
        lines[5]["corrects"].as_str().map(|to| &to[..3]),
        Some("ci-")
    );
    assert_eq!(lines[7]["reason"], "two reps left");
    assert_eq!(lines[7]["owner"], "ana");
    // The same of the objective, with its own lines among them.
    let above = machine.okr(&["history", "growth", "--json"]).ok().lines();
    assert_eq!(above.len(), lines.len() + 1);
    assert_eq!(above[0]["goal_kind"], "objective");
    // On one day, everything that was changed is measured on that day.
    let on = machine
        .okr(&["history", "leads", "--on", "2026-07-16", "--json"])
        .ok()
        .lines();
    assert_eq!(on[8]["value"], "525");
    assert_eq!(on[8]["score"], "0.5");
}

#[test]
fn blame_names_the_change_of_each_field() {
    let machine = quarter();
    let told = machine.okr(&["blame", "leads", "--json"]).ok().json();
    let field = |name: &str| {
        (told["fields"].as_array().unwrap().iter())
            .find(|one| one["field"] == name)
            .unwrap()
            .clone()
    };
    let target = field("target");
    assert_eq!(target["value"], "550");
    assert_eq!(target["set_by"]["seq"], 14);
    assert_eq!(target["set_by"]["previous"], "600");
    assert_eq!(target["set_by"]["kind"], "KeyResultEdited");
    assert_eq!(target["set_by"]["reason"], "two reps left");
    let value = field("value");
    assert_eq!(value["value"], "534");
    assert_eq!(value["set_by"]["measured"], "531");
    assert_eq!(value["since"][0]["measured"], "+3");
    assert_eq!(field("confidence")["set_by"]["seq"], 13);
    // As it was known before, and for another day.
    let earlier = machine
        .okr(&[
            "blame", "leads", "--field", "target", "--as-of", "#13", "--json",
        ])
        .ok()
        .json();
    assert_eq!(earlier["fields"][0]["set_by"]["seq"], 9);
    let earlier = machine
        .okr(&[
            "blame",
            "leads",
            "--field",
            "value",
            "--on",
            "2026-07-14",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(earlier["fields"][0]["value"], "510");
    machine
        .okr(&["blame", "leads", "--field", "colour"])
        .exits(Exit::Usage)
        .explains(&[
            "A key result has no field 'colour'.",
            "target",
            "confidence",
        ]);
    machine
        .okr(&["blame", "leads", "--field", "certainty"])
        .exits(Exit::NotFound)
        .explains(&["Nobody has ever set the certainty"]);
}

#[test]
fn a_diff_says_what_changed_and_what_that_did_to_the_scores() {
    let machine = quarter();
    let told = machine
        .okr(&["diff", "#8", "#14", "leads", "--json"])
        .ok()
        .json();
    assert_eq!((&told["from"], &told["to"]), (&"#8".into(), &"#14".into()));
    assert_eq!(told["objectives"][0]["from_score"], "0.2");
    assert_eq!(told["objectives"][0]["score"], "0.62");
    let one = &told["objectives"][0]["key_results"][0];
    // The target went to 600 and came back: between these two moments it is the same.
    let fields: Vec<_> = (one["changes"].as_array().unwrap().iter())
        .map(|change| change["field"].clone())
        .collect();
    assert_eq!(fields, ["weight"]);
    assert_eq!(one["changes"][0]["what"], "weight 1 → 2");
    assert_eq!(one["changes"][0]["by"][0]["seq"], 14);
    assert_eq!(
        one["moved"][0],
        "value 510 → 531 leads by 3 check-ins and 1 correction"
    );
    // Both sides on one day: what was learned since about it, and nothing else.
    let told = machine
        .okr(&["diff", "#9", "#13", "--on", "2026-07-16", "--json"])
        .ok()
        .json();
    let one = &told["objectives"][0]["key_results"][0];
    assert_eq!(
        (&one["from_value"], &one["value"]),
        (&"510".into(), &"525".into())
    );
    assert_eq!(
        (&one["from_score"], &one["score"]),
        (&"0.1".into(), &"0.25".into())
    );

    machine
        .okr(&["diff", "#14", "#8"])
        .exits(Exit::Usage)
        .explains(&["begin after it ends"]);
    machine
        .okr(&["diff", "#8", "nowhere"])
        .exits(Exit::NotFound)
        .explains(&["There is no thing 'nowhere'"]);
    let nothing = machine.okr(&["diff", "now"]).ok().stdout;
    assert!(nothing.contains("Nothing changed."), "{nothing}");
}

#[test]
fn csv_is_for_auditors_and_never_a_formula() {
    let machine = quarter();
    machine
        .okr(&["kr", "edit", "leads", "--title", "=1+1", "-m", "@SUM(A1)"])
        .ok();
    let lines = [
        &["history", "--csv"][..],
        &["history", "leads", "--csv"],
        &["log", "--csv"],
        &["blame", "leads", "--csv"],
        &["diff", "#8", "--csv"],
    ];
    for line in lines {
        let answer = machine.okr(line).ok();
        let mut reader = csv::Reader::from_reader(answer.stdout.as_bytes());
        let columns = reader.headers().unwrap().clone();
        assert!(columns.iter().any(|name| name == "recorded"), "{columns:?}");
        let mut rows = 0;
        for row in reader.records() {
            let row = row.unwrap();
            rows += 1;
            for (name, cell) in columns.iter().zip(row.iter()) {
                let number = cell.parse::<f64>().is_ok();
                assert!(
                    number || !cell.trim_start().starts_with(['=', '+', '-', '@']),
                    "{name}: {cell}"
                );
            }
        }
        assert!(rows > 1, "{line:?}");
        assert!(answer.stdout.contains("'=1+1"), "{}", answer.stdout);
    }
    let file = machine.home().join("audit.csv");
    let path = file.to_str().unwrap();
    let said = machine.okr(&["history", "-o", path]).ok().stdout;
    assert!(said.contains("lines written to"), "{said}");
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("goal,goal_kind,goal_title,value,"));
    machine
        .okr(&["history", "--csv", "--json"])
        .exits(Exit::Usage)
        .explains(&["CSV or JSON, not both"]);
}
