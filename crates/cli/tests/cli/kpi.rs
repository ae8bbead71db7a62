//! KPIs: defined, read, linked, shown beside the key results, and read by them.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::{Answer, Machine};

/// A line as a person types it, without quotation.
fn run(machine: &Machine, line: &str) -> Answer {
    machine.okr(&line.split_whitespace().collect::<Vec<_>>())
}

/// The quarter with a KPI, `crm`, linked to `leads` and read three times.
fn followed() -> Machine {
    let machine = Machine::planned();
    machine.okr(&["team", "new", "sales"]).ok();
    machine
        .okr(&[
            "kpi",
            "new",
            "Leads in the CRM",
            "--target",
            "600",
            "--unit",
            "leads",
            "--key",
            "crm",
            "--team",
            "sales",
        ])
        .ok();
    run(&machine, "kpi link crm leads").ok();
    for (day, value) in [("07", "510"), ("14", "522"), ("21", "540")] {
        machine.set_time(&format!("2026-07-{day}T10:00:00Z"));
        run(&machine, &format!("kpi record crm {value}")).ok();
    }
    machine
}

fn crm(machine: &Machine, options: &str) -> Value {
    run(machine, &format!("kpi show crm --json {options}"))
        .ok()
        .json()
}

fn reading(machine: &Machine, line: &str) -> String {
    let written = run(machine, &format!("{line} --json")).ok().json();
    written["events"][0]["made"].as_str().unwrap().to_owned()
}

#[test]
fn a_reading_says_how_much_of_the_target_is_attained() {
    let machine = followed();
    let said = run(&machine, "kpi record crm 555").ok().stdout;
    assert!(
        said.contains("now 555 leads, 92 % of 600 attained, +33 better"),
        "{said}"
    );
    let shown = crm(&machine, "");
    for (key, value) in [
        ("current", "555"),
        ("last_reading", "2026-07-21"),
        ("attainment", "0.92"),
        ("trend", "better"),
        ("change", "33"),
        ("since", "2026-07-14"),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    assert_eq!(shown["curve"].as_array().unwrap().len(), 3, "one a day");
    assert_eq!(shown["readings"].as_array().unwrap().len(), 4);
}

#[test]
fn kpis_stand_apart_from_okrs_in_a_list_of_their_own() {
    let machine = followed();
    run(
        &machine,
        "kpi new Complaints --lower --target 0 --owner none",
    )
    .ok();
    let list = run(&machine, "kpi list --json").ok().json();
    let titles: Vec<_> = (list["kpis"].as_array().unwrap().iter())
        .map(|kpi| kpi["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Leads in the CRM", "Complaints"]);
    let of_sales = run(&machine, "kpi list --team sales --json").ok().json();
    assert_eq!(of_sales["kpis"].as_array().unwrap().len(), 1);
    let mine = run(&machine, "kpi list --owner me --json").ok().json();
    assert_eq!(mine["kpis"].as_array().unwrap().len(), 1);
    let text = run(&machine, "kpi list").ok().stdout;
    assert!(text.contains("▁▄█") && text.contains("≥ 600"), "{text}");
    let status = machine.okr(&["status"]).ok().stdout;
    assert!(!status.contains("CRM"), "{status}");
}

#[test]
fn a_kpi_is_seen_as_on_a_day_and_as_of_a_moment() {
    let machine = followed();
    run(&machine, "kpi record crm 515 --on 2026-07-10").ok();
    assert_eq!(crm(&machine, "--on 2026-07-12")["current"], "515");
    let known = crm(&machine, "--as-of 2026-07-15");
    assert_eq!(known["current"], "522");
    assert_eq!(known["readings"].as_array().unwrap().len(), 2);
    assert!(known["as_of"].is_string());
}

#[test]
fn the_curve_is_shown_beside_the_check_ins_of_the_day() {
    let machine = followed();
    run(&machine, "checkin leads 507 --on 2026-07-14").ok();
    run(&machine, "checkin leads +4 --on 2026-07-20").ok();
    let shown = crm(&machine, "");
    let rows: Vec<String> = (shown["beside"].as_array().unwrap().iter())
        .map(|row| {
            let told = |held: &Value| match held["measured"].as_bool() {
                Some(true) => held["value"].as_str().unwrap().to_owned(),
                _ => "-".to_owned(),
            };
            let date = row["date"].as_str().unwrap();
            format!(
                "{date} {} {}",
                told(&row["kpi"]),
                told(&row["key_results"][0])
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "2026-07-07 510 -",
            "2026-07-14 522 507",
            "2026-07-20 - 511",
            "2026-07-21 540 -",
        ]
    );
    let text = run(&machine, "kpi show crm").ok().stdout;
    assert!(text.contains("Beside its key results"), "{text}");
}

#[test]
fn a_key_result_reads_its_value_from_a_kpi() {
    let machine = followed();
    machine
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--kpi",
            "crm",
            "-m",
            "the CRM counts",
        ])
        .ok();
    assert_eq!(machine.leads(&[])["current"], "540");
    assert_eq!(machine.leads(&[])["score"], "0.8");
    run(&machine, "checkin leads +2").ok();
    assert_eq!(machine.leads(&[])["current"], "542");
    run(&machine, "kpi record crm 545").ok();
    assert_eq!(machine.leads(&[])["current"], "545");
    let shown = run(&machine, "kr show leads --json").ok().json();
    assert_eq!(shown["kpi"]["title"], "Leads in the CRM");
    assert_eq!(shown["course"].as_array().unwrap().len(), 3);
    let history = run(&machine, "history leads").ok().stdout;
    assert!(history.starts_with("kr-"), "{history}");
    assert!(history.contains("read 545 leads"), "{history}");
    run(&machine, "kr edit leads --kpi none").ok();
    assert_eq!(machine.leads(&[])["current"], "502", "the check-in alone");
}

#[test]
fn a_new_key_result_takes_the_kpis_unit_along_with_its_value() {
    let machine = followed();
    let added = machine
        .okr(&[
            "kr",
            "new",
            "More leads",
            "--objective",
            "growth",
            "--increase",
            "500..600",
            "--kpi",
            "crm",
            "--key",
            "more",
        ])
        .ok()
        .stdout;
    assert!(added.contains("okr kpi record kpi-"), "{added}");
    let shown = run(&machine, "kr show more --json").ok().json();
    assert_eq!(
        (&shown["unit"], &shown["current"]),
        (&"leads".into(), &"540".into())
    );
    assert_eq!(shown["last_check_in"], "2026-07-21");
    let text = run(&machine, "kr show more").ok().stdout;
    assert!(text.contains("reads from  kpi-"), "{text}");
    assert!(!text.contains("nothing has been measured"), "{text}");
}

#[test]
fn a_unit_that_no_longer_agrees_is_said() {
    let machine = followed();
    run(&machine, "kr edit leads --kpi crm").ok();
    run(&machine, "kpi edit crm --unit EUR")
        .ok()
        .explains(&["reads it and counts leads"]);
    let shown = run(&machine, "kpi show crm").ok().stdout;
    assert!(shown.contains("2026-Q3, but counts leads"), "{shown}");
    run(&machine, "kpi edit crm --unit Leads").ok();
    assert_eq!(crm(&machine, "")["key_results"][0]["unit_differs"], false);
}

#[test]
fn a_reading_is_corrected_taken_back_and_counts_again() {
    let machine = followed();
    let wrong = reading(&machine, "kpi record crm 5400 -m typo");
    machine
        .okr(&[
            "kpi",
            "amend",
            &wrong,
            "--value",
            "541 leads",
            "--note",
            "none",
            "-m",
            "a digit",
        ])
        .ok();
    let shown = crm(&machine, "");
    assert_eq!(shown["current"], "541");
    assert_eq!(shown["readings"][3]["corrected"], true);
    assert!(shown["readings"][3]["note"].is_null());
    let said = machine
        .okr(&["kpi", "retract", &wrong, "-m", "the wrong KPI"])
        .ok()
        .stdout;
    assert!(said.contains("took back the reading"), "{said}");
    assert_eq!(crm(&machine, "")["current"], "540");
    machine
        .okr(&["kpi", "amend", &wrong, "--value", "542"])
        .exits(Exit::Refused)
        .explains(&["taken back", "okr undo"]);
    machine.okr(&["undo"]).ok();
    assert_eq!(crm(&machine, "")["current"], "541");
}

#[test]
fn each_command_is_undone_by_its_own_undo() {
    let machine = followed();
    let undone = |line: &str, key: &str| {
        let before = crm(&machine, "")[key].clone();
        run(&machine, line).ok();
        assert_ne!(crm(&machine, "")[key], before, "{line}");
        machine.okr(&["undo"]).ok();
        assert_eq!(crm(&machine, "")[key], before, "{line}");
    };
    undone("kpi record crm 600", "current");
    undone("kpi edit crm --target 700 --lower -m why", "attainment");
    undone("kpi unlink crm leads", "key_results");
    undone("kpi drop crm -m gone", "state");
    let made = reading(&machine, "kpi record crm 601");
    machine.okr(&["undo", &made]).ok();
    assert_eq!(crm(&machine, "")["current"], "540");
    run(&machine, "kpi new Typo --key typo").ok();
    machine.okr(&["undo"]).ok();
    run(&machine, "kpi show typo").exits(Exit::NotFound);
}

#[test]
fn a_dropped_kpi_leaves_the_list_and_takes_no_readings() {
    let machine = followed();
    machine
        .okr(&["kpi", "drop", "crm", "-m", "the CRM is gone"])
        .ok();
    let count = |options: &str| {
        let list = run(&machine, &format!("kpi list --json {options}"))
            .ok()
            .json();
        list["kpis"].as_array().unwrap().len()
    };
    assert_eq!((count(""), count("--all")), (0, 1));
    run(&machine, "kpi record crm 541")
        .exits(Exit::Refused)
        .explains(&["dropped", "okr kpi edit REF --state active"]);
    run(&machine, "kpi edit crm --state active -m back").ok();
    run(&machine, "kpi record crm 541").ok();
}

#[test]
fn each_mistake_about_a_kpi_is_named_and_changes_nothing() {
    let machine = followed();
    let before = machine.log();
    for (line, exit, named) in [
        (
            "kpi record nothing 5",
            Exit::NotFound,
            &["nothing", "okr kpi list"][..],
        ),
        ("kpi record crm many", Exit::Usage, &["many", "531"]),
        ("kpi record crm +3", Exit::Usage, &["change"]),
        (
            "kpi record crm 5 --on 2026-08-30",
            Exit::Refused,
            &["2026-08-30"],
        ),
        ("kpi record crm 5 --on someday", Exit::Usage, &["someday"]),
        (
            "kpi amend r-zzzz --value 5",
            Exit::NotFound,
            &["r-zzzz", "okr kpi show"],
        ),
        ("kpi edit crm", Exit::Usage, &["Nothing"]),
        ("kpi edit crm --target lots", Exit::Usage, &["lots"]),
        ("kpi edit crm --higher --lower", Exit::Usage, &["--lower"]),
        ("kpi edit crm --target 600", Exit::Refused, &["already"]),
        ("kpi drop crm", Exit::Usage, &["--message"]),
        ("kpi link crm leads", Exit::Refused, &["already linked"]),
        ("kpi link crm", Exit::Usage, &["KR"]),
        ("kpi unlink crm nobody", Exit::NotFound, &["nobody"]),
        ("kpi new Other --key crm", Exit::Refused, &["crm"]),
        ("kpi list --team nobody", Exit::NotFound, &["nobody"]),
        (
            "kr edit leads --unit EUR --kpi crm",
            Exit::Refused,
            &["EUR", "leads"],
        ),
        (
            "kr new X --objective growth --binary --kpi crm",
            Exit::Refused,
            &["no number"],
        ),
    ] {
        run(&machine, line).exits(exit).explains(named);
    }
    assert_eq!(machine.log(), before);
}
