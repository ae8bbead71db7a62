//! Levels, the cascade, cross-team key results, ranks, tiers, what waits, and the months' weights.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::Machine;

/// Acme with a department and two teams, the year and its quarter, and a cascade.
fn acme() -> Machine {
    let machine = Machine::new();
    for line in [
        "init acme --as ana --time-zone UTC",
        "mission Partners_call_us_first.",
        "team new Acme --level company",
        "team new Sales --level department --parent Acme",
        "team new Marketing --level department --parent Acme",
        "cycle new 2026-Q3",
        "cycle activate 2026-Q3",
        "objective new Be_the_first_choice --cycle 2026 --team Acme --key first",
        "kr new Leads_a_year --objective first --increase 500..550 --key year-leads",
        "objective new Grow_the_pipeline --team Sales --supports year-leads --key pipeline",
        "kr new Qualified_leads --objective pipeline --increase 0..100 --key leads",
        "kr new Campaigns_in_Spain --objective pipeline --increase 0..6 --team Marketing --key spain",
        "objective new Be_known --team Marketing --key known",
        "kr new Visits --objective known --increase 0..1000 --key visits",
        "kr help visits leads",
    ] {
        okr(&machine, line).ok();
    }
    machine
}

/// A command line; `_` stands for a space within a word.
fn okr(machine: &Machine, line: &str) -> crate::machine::Answer {
    let words: Vec<String> = line.split(' ').map(|word| word.replace('_', " ")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    machine.okr(&words)
}

fn text(machine: &Machine, line: &str) -> String {
    okr(machine, line).ok().stdout
}

fn json(machine: &Machine, line: &str) -> Value {
    okr(machine, &format!("{line} --json")).ok().json()
}

fn titles(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    (list.iter())
        .map(|one| one["title"].as_str().unwrap())
        .collect()
}

#[test]
fn the_tree_goes_from_the_mission_through_the_year_to_the_quarter() {
    let machine = acme();
    okr(&machine, "checkin leads 50").ok();
    let tree = json(&machine, "status --tree");
    assert_eq!(tree["mission"], "Partners call us first.");
    assert_eq!(
        titles(&tree["tree"]),
        ["Be the first choice", "Be known"],
        "the year's stands at the top; what supports nothing beside it"
    );
    let year = &tree["tree"][0];
    assert_eq!(
        (&year["level"], &year["cycle"]),
        (&Value::from("company"), &Value::from("2026"))
    );
    assert_eq!(year["below"]["objectives"], 1);
    assert_eq!(year["below"]["score"], "0.25");
    assert_eq!(year["below"]["committed"], "0.25");
    assert_eq!(year["below"]["aspirational"], Value::Null);
    let quarter = &year["key_results"][0]["supported_by"][0];
    assert_eq!(quarter["title"], "Grow the pipeline");
    assert_eq!(quarter["level"], "department");
    assert_eq!(quarter["score"], "0.25");
    assert_eq!(tree["unaligned"].as_array().unwrap().len(), 1);

    let drawn = text(&machine, "status --tree");
    assert!(drawn.contains("Partners call us first."), "{drawn}");
    assert!(drawn.contains("└─ kr-"), "{drawn}");
    assert!(drawn.contains("   └─ o-"), "{drawn}");
    assert!(drawn.contains("1 at 0.25"), "{drawn}");
    assert!(drawn.contains("supports nothing"), "{drawn}");
    assert!(
        drawn.lines().all(|line| line.chars().count() <= 80),
        "{drawn}"
    );
}

#[test]
fn status_names_what_is_aligned_to_nothing_until_it_is_aligned() {
    let machine = acme();
    let shown = text(&machine, "status");
    assert!(shown.contains("supports nothing above it"), "{shown}");
    okr(&machine, "objective align known first").ok();
    let shown = text(&machine, "status");
    assert!(!shown.contains("supports nothing"), "{shown}");
    okr(&machine, "objective drop first -m we_sell_the_company").ok();
    let tree = json(&machine, "status --tree");
    assert_eq!(tree["broken"].as_array().unwrap().len(), 2);
}

#[test]
fn a_cross_team_key_result_is_seen_from_both_teams() {
    let machine = acme();
    let of_sales = json(&machine, "status --team Sales");
    assert_eq!(
        titles(&of_sales["objectives"]),
        ["Grow the pipeline", "Be known"]
    );
    let own = &of_sales["objectives"][0];
    assert_eq!(own["visits"], false);
    assert_eq!(
        titles(&own["key_results"]),
        ["Qualified leads", "Campaigns in Spain"]
    );
    assert_eq!(own["key_results"][1]["team"], "Marketing");
    let others = &of_sales["objectives"][1];
    assert_eq!(others["visits"], true, "its key result helps sales");
    assert_eq!(
        others["key_results"][0]["helps"][0]["title"],
        "Qualified leads"
    );

    let of_marketing = json(&machine, "status --team Marketing");
    assert_eq!(
        titles(&of_marketing["objectives"]),
        ["Be known", "Grow the pipeline"]
    );
    assert_eq!(
        titles(&of_marketing["objectives"][1]["key_results"]),
        ["Campaigns in Spain"],
        "of another team's objective only what concerns this one"
    );
    // Another team's objective is no part of this one's mean.
    okr(&machine, "checkin visits 1000").ok();
    let score = |line: &str| json(&machine, line)["cycle"]["score"].clone();
    assert_eq!(score("status --team Marketing"), "1");
    assert_eq!(score("status --team Sales"), "0");

    let drawn = text(&machine, "status --team Marketing");
    assert!(drawn.contains("answers to Marketing"), "{drawn}");
    let drawn = text(&machine, "status --team Sales");
    assert!(drawn.contains("helps kr-"), "{drawn}");
    okr(&machine, "kr edit spain --team none").ok();
    let of_marketing = json(&machine, "status --team Marketing");
    assert_eq!(titles(&of_marketing["objectives"]), ["Be known"]);
}

#[test]
fn ranks_move_along_and_the_first_is_marked() {
    let machine = acme();
    okr(&machine, "kr rank spain 1").ok();
    let list = json(&machine, "kr list --objective pipeline");
    assert_eq!(
        titles(&list["key_results"]),
        ["Campaigns in Spain", "Qualified leads"]
    );
    assert_eq!(list["key_results"][1]["rank"], 2);
    let shown = text(&machine, "status --team Sales");
    let first = shown.lines().find(|line| line.contains("★")).unwrap();
    assert!(first.contains("Campaigns in Spain"), "{shown}");
    okr(&machine, "undo").ok();
    okr(&machine, "kr rank leads 3")
        .exits(Exit::Refused)
        .explains(&["There is no rank 3", "from 1 to 2"]);
    okr(&machine, "kr rank leads first").exits(Exit::Usage);
}

#[test]
fn tiers_are_words_beside_numbers() {
    let machine = acme();
    okr(&machine, "kr edit leads --certainty moonshot").ok();
    okr(&machine, "kr edit spain --certainty 75% --weight 2").ok();
    let list = json(&machine, "kr list --objective pipeline");
    let one = |at: usize, key: &str| list["key_results"][at][key].clone();
    assert_eq!(
        (one(0, "certainty"), one(0, "tier")),
        ("0.2".into(), "moonshot".into())
    );
    assert_eq!(
        (one(1, "certainty"), one(1, "tier")),
        ("0.75".into(), "likely".into())
    );
    let shown = text(&machine, "kr list --objective pipeline");
    assert!(shown.contains("moonshot"), "{shown}");
    assert!(shown.contains("weight"), "{shown}");
    let shown = text(&machine, "kr show leads");
    assert!(shown.contains("20 % at the start, moonshot"), "{shown}");
    okr(&machine, "kr edit leads --certainty surely")
        .exits(Exit::Usage)
        .explains(&["likely, possible, moonshot"]);
}

#[test]
fn what_waits_stays_visible_with_its_reason() {
    let machine = acme();
    okr(&machine, "kr edit leads --state deferred")
        .exits(Exit::Refused)
        .explains(&[
            "It was not said why 'Qualified leads' is to be deferred",
            "-m WHY",
        ]);
    okr(&machine, "kr defer leads -m The_form_is_broken.").ok();
    for line in ["status", "kr list", "kr show leads"] {
        let shown = text(&machine, line);
        assert!(shown.contains("– deferred"), "{line}: {shown}");
        assert!(shown.contains("The form is broken."), "{line}: {shown}");
    }
    let list = json(&machine, "kr list --objective pipeline");
    assert_eq!(
        titles(&list["key_results"]),
        ["Campaigns in Spain", "Qualified leads"],
        "what counts comes first"
    );
    assert_eq!(list["key_results"][1]["set_aside"], "The form is broken.");
    okr(&machine, "objective defer known -m Next_quarter.").ok();
    let shown = text(&machine, "status");
    assert!(shown.contains("  Next quarter."), "{shown}");
    okr(&machine, "kr edit leads --state active -m fixed").ok();
    assert!(!text(&machine, "status").contains("The form is broken."));
}

#[test]
fn the_months_weights_shape_the_pace() {
    let machine = acme();
    okr(&machine, "checkin leads 50").ok();
    machine.set_time("2026-07-31T09:00:00Z");
    let pace = || json(&machine, "kr show leads")["pace"].clone();
    assert_eq!(pace(), "1.48", "50 % of the way, 31 of 92 days");
    okr(
        &machine,
        "cycle edit 2026-Q3 --month-weights 2,1,1 -m the_fair_is_in_July",
    )
    .ok();
    assert_eq!(pace(), "1");
    let shown = text(&machine, "status");
    assert!(shown.contains("34 % elapsed, 50 % expected"), "{shown}");
    let shown = text(&machine, "kr show leads");
    assert!(shown.contains("with 50 % expected by now"), "{shown}");
    okr(&machine, "cycle edit 2026-Q3 --month-weights none").ok();
    assert_eq!(pace(), "1.48");
    okr(&machine, "cycle edit 2026-Q3 --month-weights 1,2")
        .exits(Exit::Refused)
        .explains(&["2026-Q3 has 3 months, and 2 weights are given."]);
    okr(&machine, "cycle edit 2026-Q3 --month-weights lots").exits(Exit::Usage);
    okr(&machine, "cycle new 2026-Q4 --month-weights 3,2,1").ok();
    let weighed = json(&machine, "status --cycle 2026-Q4 --on 2026-10-31");
    assert_eq!(weighed["cycle"]["expected"], "0.5");
}

#[test]
fn per_cent_at_both_ends_is_the_unit() {
    let machine = acme();
    okr(
        &machine,
        "kr new Calls_back --objective known --increase 20%..60% --key back",
    )
    .ok();
    let shown = json(&machine, "kr show back");
    assert_eq!(
        (&shown["unit"], &shown["target"]),
        (&"%".into(), &"60".into())
    );
    okr(
        &machine,
        "kr new Other --objective known --increase 20%..60",
    )
    .exits(Exit::Usage)
    .explains(&["only one end"]);
}
