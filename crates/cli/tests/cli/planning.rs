//! Planning through the terminal: splits, and funnels back to a day's work.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::{Machine, typed};

/// A machine in 2026 with an annual goal: `year-leads` from 500 to 550, and one that is done or
/// not.
fn with_year() -> Machine {
    let machine = Machine::new();
    machine.set_time("2026-01-05T09:00:00Z");
    for line in [
        "init acme --as ana --time-zone UTC",
        "cycle new 2026",
        "cycle activate 2026",
        "objective new First-choice --cycle 2026 --key first --kind aspirational",
        "kr new Leads --objective first --increase 500..550 --unit leads --key year-leads --weight 2",
        "kr new Portal --objective first --binary --key portal",
    ] {
        typed(&machine, line).ok();
    }
    machine
}

pub(crate) fn strings(list: &Value, key: &str) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one[key].as_str().unwrap().to_owned())
        .collect()
}

/// Asserts one key of each part of the first split.
#[track_caller]
fn parts(machine: &Machine, line: &str, key: &str, expected: &[&str]) {
    let split = typed(machine, &format!("plan split {line} --json"))
        .ok()
        .json();
    assert_eq!(
        strings(&split["splits"][0]["parts"], key),
        expected,
        "{line}"
    );
}

#[test]
fn a_year_is_split_into_its_quarters_and_the_parts_add_up() {
    let machine = with_year();
    parts(&machine, "year-leads", "change", &["12.5"; 4]);
    parts(
        &machine,
        "year-leads",
        "to",
        &["512.5", "525", "537.5", "550"],
    );
    let quarters = ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"];
    parts(&machine, "year-leads --whole", "name", &quarters);
    parts(
        &machine,
        "year-leads --whole",
        "change",
        &["13", "13", "12", "12"],
    );
    parts(
        &machine,
        "year-leads --step 0.1 --parts 3",
        "change",
        &["16.7", "16.7", "16.6"],
    );
    parts(
        &machine,
        "--from 40 --to 30 --whole",
        "change",
        &["-3", "-3", "-2", "-2"],
    );
    parts(
        &machine,
        "--from 500 --to 550 --weights 3,2,2,3",
        "to",
        &["515", "525", "535", "550"],
    );
    parts(
        &machine,
        "year-leads --from 531 --into 2026-Q3,2026-Q4",
        "change",
        &["9.5", "9.5"],
    );
    let text = typed(&machine, "plan split first --whole").ok().stdout;
    for part in [
        "500 to 550 leads: +50",
        "2026-Q1",
        "+13",
        "is done or not",
        "--make",
    ] {
        assert!(text.contains(part), "no “{part}” in {text}");
    }
}

#[test]
fn a_closed_quarter_gets_nothing_new_and_no_other_is_planned_for_it() {
    let machine = with_year();
    typed(&machine, "cycle new 2026-Q1").ok();
    typed(&machine, "cycle activate 2026-Q1").ok();
    machine.set_time("2026-04-02T09:00:00Z");
    typed(&machine, "cycle close 2026-Q1 --as-computed --yes").ok();
    let before = machine.log().len();
    typed(&machine, "plan split year-leads --make --yes")
        .exits(Exit::Refused)
        .explains(&["2026-Q1 is closed", "--into"]);
    assert_eq!(machine.log().len(), before);
    typed(
        &machine,
        "plan split year-leads --into 2026-Q2,2026-Q3 --make --yes",
    )
    .ok();
}

#[test]
fn the_season_of_a_year_weighs_its_quarters() {
    let machine = with_year();
    let season = "cycle edit 2026 --month-weights 1,1,1,2,2,2,1,1,1,3,3,3";
    typed(&machine, season).ok();
    let by_season = "year-leads --by season --whole";
    parts(&machine, by_season, "weight", &["3", "6", "3", "9"]);
    parts(&machine, by_season, "change", &["7", "14", "7", "22"]);
    parts(
        &machine,
        "year-leads --whole",
        "change",
        &["13", "13", "12", "12"],
    );
    typed(&machine, "plan split year-leads --by season --parts 2").exits(Exit::Usage);
}

#[test]
fn a_quarter_is_split_into_its_months_and_made_into_nothing() {
    let machine = Machine::planned();
    let months = ["2026-07", "2026-08", "2026-09"];
    parts(&machine, "leads", "name", &months);
    parts(&machine, "leads --whole", "change", &["17", "17", "16"]);
    typed(&machine, "plan split leads --make --yes")
        .exits(Exit::Usage)
        .explains(&["Only the quarters of a year"]);
}

#[test]
fn a_split_is_made_into_quarterly_goals_once() {
    let machine = with_year();
    let before = machine.log().len();
    typed(&machine, "plan split year-leads --make")
        .exits(Exit::Usage)
        .explains(&["Nobody can be asked", "--yes"]);
    assert_eq!(machine.log().len(), before, "nothing was made unasked");

    let made = typed(
        &machine,
        "plan split year-leads --whole --make --yes --json",
    )
    .ok()
    .json();
    assert_eq!(made["events"].as_array().unwrap().len(), 12);
    let quarter = typed(&machine, "status --cycle 2026-Q2 --json").ok().json();
    let objective = &quarter["objectives"][0];
    let key_result = &objective["key_results"][0];
    assert_eq!(objective["title"], "First-choice");
    assert_eq!(key_result["baseline"], "513");
    assert_eq!(key_result["target"], "526");
    assert_eq!(key_result["unit"], "leads");
    let objective = objective["ref"].as_str().unwrap();
    let shown = machine.okr(&["objective", "show", objective]).ok().stdout;
    assert!(shown.contains("Leads"), "{shown}");

    // The second time would make everything twice, by itself or along with its objective.
    for again in ["year-leads", "first"] {
        typed(&machine, &format!("plan split {again} --make --yes"))
            .exits(Exit::Refused)
            .explains(&["2026-Q1 has a key result for it already"]);
    }
    typed(&machine, "undo").ok();
    typed(&machine, "plan split first --make --yes").ok();
    let list = typed(&machine, "kr list --cycle 2026-Q4 --json")
        .ok()
        .json();
    assert_eq!(list["key_results"][0]["target"], "550");
    assert_eq!(list["key_results"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_split_says_why_and_what_to_do() {
    let machine = with_year();
    for (line, parts) in [
        ("portal", &["is done or not", "only an increase"][..]),
        ("year-leads --weights 1,2", &["2 weights for 4 parts"]),
        ("year-leads --weights 1,-2,3,4", &["Weight 2 is -2"]),
        ("year-leads --weights 0,0,0,0", &["All weights are 0"]),
        ("year-leads --step 0", &["above 0"]),
        ("year-leads --step 7", &["50 is no multiple of 7"]),
        (
            "year-leads --from 500.5 --whole",
            &["49.5 is no multiple of 1", "--whole"],
        ),
        ("year-leads --by season", &["no season", "month-weights"]),
        ("--from 1 --to 5 --by season", &["no cycle", "--cycle"]),
        ("year-leads --into 2026-07", &["'2026-07' is no quarter"]),
        ("--from 5", &["--to"]),
        ("first --to 600", &["one key result at a time"]),
        ("year-leads --make --parts 3 --yes", &["Only the quarters"]),
    ] {
        typed(&machine, &format!("plan split {line}"))
            .exits(Exit::Usage)
            .explains(parts);
    }
    typed(&machine, "plan split nothing").exits(Exit::NotFound);
}

const FUNNEL: [&str; 5] = ["plan", "funnel", "13", "contacts:30%", "qualified leads"];

fn funnel(machine: &Machine, more: &[&str]) -> crate::machine::Answer {
    machine.okr(&[&FUNNEL[..], more].concat())
}

#[test]
fn thirteen_leads_need_44_contacts_2_2_a_day() {
    let machine = Machine::planned();
    let dates = ["--from", "2026-08-03", "--until", "2026-08-30"];
    let plan = funnel(&machine, &[&dates[..], &["--json"]].concat())
        .ok()
        .json();
    assert_eq!(plan["working_days"], 20);
    let contacts = &plan["stages"][0];
    for (key, value) in [
        ("name", "contacts"),
        ("rate", "0.3"),
        ("exact", "43.3333"),
        ("needed", "44"),
        ("per_day", "2.2"),
        ("per_week", "11"),
    ] {
        assert_eq!(contacts[key], value, "{key}");
    }
    let text = funnel(&machine, &dates).ok().stdout;
    for part in [
        "20 working days",
        "43.33",
        "44",
        "2.2",
        "30 %",
        "\"qualified leads\" --from",
    ] {
        assert!(text.contains(part), "no “{part}” in {text}");
    }
    let fewer = funnel(
        &machine,
        &[&dates[..], &["--holidays", "2026-08-12", "--json"]].concat(),
    );
    assert_eq!(fewer.ok().json()["stages"][0]["per_day"], "2.3158");
    // Without dates it is the rest of the quarter: 6 July to 30 September.
    assert_eq!(
        funnel(&machine, &["--json"]).ok().json()["working_days"],
        63
    );
}

#[test]
fn a_funnel_is_made_into_an_initiative_and_to_dos() {
    let machine = Machine::planned();
    let more = ["--until", "2026-07-31", "--make", "--kr", "leads"];
    funnel(&machine, &more)
        .exits(Exit::Usage)
        .explains(&["--yes"]);
    funnel(&machine, &[&more[..], &["--yes"]].concat()).ok();
    let initiatives = typed(&machine, "initiative list --json").ok().json();
    assert_eq!(initiatives["initiatives"][0]["title"], "13 qualified leads");
    assert_eq!(initiatives["initiatives"][0]["due"], "2026-07-31");
    let todo = typed(&machine, "todo list --json").ok().json()["todos"][0].clone();
    assert_eq!(todo["title"], "contacts");
    assert_eq!(todo["quantity"], "2.2");
    assert_eq!(todo["whole"], "44");

    // 25 contacts later, 6 leads have come of them: 24 %.
    typed(&machine, "todo count contacts 25").ok();
    typed(&machine, "checkin leads +6").ok();
    let text = typed(&machine, "todo show contacts").ok().stdout;
    let said: Vec<&str> = text.split_whitespace().collect();
    assert!(
        said.join(" ")
            .contains("Planned 30 %, measured 24 % (6 of 25): 55 are needed, not 44."),
        "{text}"
    );
}

#[test]
fn a_funnel_that_makes_no_sense_is_refused() {
    let machine = Machine::planned();
    for (stages, part) in [
        (
            &["contacts", "leads"][..],
            "what share of 'contacts' goes on",
        ),
        (&["contacts:30%"], "One stage is no funnel"),
        (&["contacts:30%", "leads:20%"], "'leads' is the last stage"),
        (&["contacts:30", "leads"], "write 30% for per cent"),
        (&["contacts=leads:30%", "leads"], "okr funnel define"),
        (
            &["contacts:30%", "leads", "--until", "2026-07-01"],
            "before it begins",
        ),
        (
            &[
                "contacts:30%",
                "leads",
                "--make",
                "--yes",
                "--from",
                "2026-07-11",
                "--until",
                "2026-07-12",
            ],
            "no working day",
        ),
    ] {
        machine
            .okr(&[&["plan", "funnel", "13"][..], stages].concat())
            .exits(Exit::Usage)
            .explains(&[part]);
    }
    typed(&machine, "plan funnel 0 contacts:30% leads")
        .exits(Exit::Usage)
        .explains(&["must be above 0"]);
}
