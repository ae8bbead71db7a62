//! Funnels through the terminal: what went through them, and what moved their outcome.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::{Machine, typed};
use crate::planning::strings;

/// Two quarters of a funnel of key results.
fn with_funnel() -> Machine {
    let machine = Machine::new();
    machine.set_time("2026-04-06T09:00:00Z");
    typed(&machine, "init acme --as ana --time-zone UTC").ok();
    for (quarter, day, figures) in [
        ("2026-Q2", "2026-06-30T09:00:00Z", ["200", "60", "30", "12"]),
        ("2026-Q3", "2026-09-28T09:00:00Z", ["240", "66", "30", "9"]),
    ] {
        typed(&machine, &format!("cycle new {quarter}")).ok();
        typed(
            &machine,
            &format!("objective new Grow --cycle {quarter} --key g-{quarter}"),
        )
        .ok();
        machine.set_time(day);
        for (name, figure) in ["contacts", "qualified", "demos", "deals"]
            .iter()
            .zip(figures)
        {
            let line = format!(
                "kr new {name} --objective g-{quarter} --increase 0..300 --key {name}-{quarter}"
            );
            typed(&machine, &line).ok();
            typed(&machine, &format!("checkin {name}-{quarter} {figure}")).ok();
        }
    }
    typed(
        &machine,
        "funnel define sales contacts=contacts-2026-Q3:30% qualified=qualified-2026-Q3:50% \
         demos=demos-2026-Q3:40% deals=deals-2026-Q3",
    )
    .ok();
    machine
}

#[test]
fn two_quarters_of_a_funnel_name_the_stage_to_look_at() {
    let machine = with_funnel();
    let found = typed(&machine, "funnel 2026-Q2 2026-Q3 --json").ok().json();
    assert_eq!(
        strings(&found["stages"], "explains"),
        ["1.93", "-0.92", "-1", "-3.01"]
    );
    assert_eq!(found["change"], "-3");
    assert_eq!(found["look_at"], "deals");
    assert_eq!(found["stages"][1]["conversion_after"], "0.275");
    assert_eq!(found["stages"][0]["conversion_before"], Value::Null);
    let text = typed(&machine, "funnel 2026-Q2 2026-Q3").ok().stdout;
    for part in [
        "deals, fell by 3",
        "Look at deals first",
        "That alone cost 3.01",
    ] {
        assert!(
            text.replace('\n', " ").contains(part),
            "no “{part}” in {text}"
        );
    }
    assert_eq!(found["not_over"], serde_json::json!(["2026-Q3"]));
    let running = typed(&machine, "funnel 2026-Q2 2026-Q3").ok().stdout;
    assert!(
        running.contains("2026-Q3 is not over: its figures are of 28 Sep"),
        "{running}"
    );
    machine.set_time("2026-10-01T09:00:00Z");
    let back = typed(&machine, "funnel 2026-Q3 2026-Q2").ok().stdout;
    assert!(
        back.replace('\n', " ").contains("held it back by 1.93"),
        "{back}"
    );
}

#[test]
fn volumes_that_are_typed_need_no_funnel() {
    let machine = Machine::new();
    let line = "funnel --stage contacts:100,120 --stage deals:20,18 --json";
    let found = typed(&machine, line).ok().json();
    assert_eq!(strings(&found["stages"], "explains"), ["3.5", "-5.5"]);
    typed(
        &machine,
        "funnel --stage contacts:0,120 --stage deals:20,18",
    )
    .exits(Exit::Usage)
    .explains(&["holds 0 in one period", "'contacts'"]);
}

#[test]
fn a_funnel_shows_its_rates_and_feeds_them_back() {
    let machine = with_funnel();
    let shown = typed(&machine, "funnel show sales --cycle 2026-Q3 --json")
        .ok()
        .json();
    let contacts = &shown["stages"][0];
    assert_eq!(contacts["volume"], "240");
    assert_eq!(contacts["rate"], "0.3");
    assert_eq!(contacts["measured"]["rate"], "0.275");
    assert_eq!(shown["funnel"]["key_result"]["title"], "deals");

    let plan = typed(
        &machine,
        "plan funnel 13 --funnel sales --cycle 2026-Q3 --json",
    )
    .ok()
    .json();
    assert_eq!(
        strings(&plan["stages"], "needed"),
        ["217", "65", "33", "13"]
    );
    assert_eq!(
        strings(&plan["stages"], "needed_as_measured"),
        ["347", "96", "44", "13"]
    );
    let text = typed(&machine, "plan funnel 13 --funnel sales --cycle 2026-Q3")
        .ok()
        .stdout;
    assert!(
        text.contains(
            "contacts: planned 30 %, measured 27.5 % (66 of 240). 347 are needed, not 217."
        ),
        "{text}"
    );
}

#[test]
fn what_is_not_known_of_a_funnel_is_said() {
    let machine = with_funnel();
    for (line, exit, part) in [
        ("funnel 2026-Q2", Exit::Usage, "Two cycles are compared"),
        ("funnel 2026-Q2 2031-Q1", Exit::NotFound, "2031-Q1"),
        ("funnel show web", Exit::NotFound, "web"),
        ("funnel define sales a:1% b", Exit::Refused, "already"),
        (
            "funnel define web a=nothing:1% b",
            Exit::NotFound,
            "nothing",
        ),
        ("funnel define web a:1% b:2%", Exit::Usage, "last stage"),
    ] {
        typed(&machine, line).exits(exit).explains(&[part]);
    }
    typed(&machine, "cycle new 2026-Q4").ok();
    typed(&machine, "funnel 2026-Q3 2026-Q4")
        .exits(Exit::NotFound)
        .explains(&["2026-Q4 has no key result that counts 'contacts'"]);
    typed(&machine, "funnel define web visits:4% trials").ok();
    typed(&machine, "funnel 2026-Q2 2026-Q3")
        .exits(Exit::Usage)
        .explains(&["several funnels", "sales", "--funnel"]);
    typed(&machine, "funnel 2026-Q2 2026-Q3 --funnel web")
        .exits(Exit::NotFound)
        .explains(&["Nothing is said to count 'visits'"]);
    typed(&machine, "funnel drop web").ok();
    let list = typed(&machine, "funnel list --json").ok().json();
    assert_eq!(strings(&list["funnels"], "name"), ["sales"]);
}
