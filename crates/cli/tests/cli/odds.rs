//! Where a quarter ends, and whether people knew, through the terminal.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::{Machine, typed};

/// The leads of docs/odds.md, checked in on Tuesdays, up to 20 August.
fn measured() -> Machine {
    let machine = Machine::planned();
    for (day, value, more) in [
        ("2026-07-07", "503", " -c 0.7"),
        ("2026-07-14", "507", ""),
        ("2026-07-21", "510", ""),
        ("2026-07-28", "530", ""),
        ("2026-08-04", "517", ""),
        ("2026-08-11", "521", ""),
        ("2026-08-18", "524", " --projection 560 -c 0.9"),
    ] {
        machine.set_time(&format!("{day}T09:00:00Z"));
        typed(&machine, &format!("checkin leads {value}{more}")).ok();
    }
    machine.set_time("2026-08-20T09:00:00Z");
    machine
}

/// The same once the quarter is over, with 548 leads.
fn over() -> Machine {
    let machine = measured();
    machine.set_time("2026-09-30T09:00:00Z");
    typed(&machine, "checkin leads 548").ok();
    machine.set_time("2026-10-05T09:00:00Z");
    machine
}

fn told(machine: &Machine, line: &str) -> String {
    typed(machine, line).ok().stdout
}

fn json(machine: &Machine, line: &str) -> Value {
    typed(machine, &format!("{line} --json")).ok().json()
}

#[test]
fn where_it_ends_stands_in_status_in_its_page_and_in_a_table() {
    let machine = measured();
    let leads = machine.leads(&[]);
    let forecast = &leads["forecast"];
    assert_eq!(forecast["value"], "546");
    assert_eq!(forecast["low"], "542");
    assert_eq!(forecast["high"], "548");
    assert_eq!(forecast["score"], "0.91");
    assert_eq!(forecast["measured"], 7);
    assert_eq!(forecast["projection_lies"], "above");
    let shown = told(&machine, "kr show leads");
    let sentence = "Ends at 546 leads (542 to 548) if it goes on like this: score 0.91.";
    assert!(joined(&shown).contains(sentence), "{shown}");
    assert!(
        joined(&shown).contains("The last projection stated, 560 leads, is above that."),
        "{shown}"
    );
    typed(
        &machine,
        "kr new Partners --objective growth --increase 0..10",
    )
    .ok();
    let table = told(&machine, "forecast");
    let both = "score 0.24; 0.91 expected of 1 of 2 key results";
    assert!(table.contains(both), "{table}");
    let why = "A forecast takes 3 measured days; there are 0.";
    assert!(table.contains(why), "{table}");
    assert!(table.contains("546  542 to 548"), "{table}");
    assert!(table.contains("↑ 560"), "{table}");
    let all = json(&machine, "forecast");
    assert_eq!(all["cycle"]["forecast"], "0.91");
    assert_eq!(all["objectives"][0]["forecast"], "0.91");
    assert_eq!(
        all["objectives"][0]["key_results"][0]["expected_score"],
        "0.91"
    );
    let alone = told(&machine, "forecast leads");
    assert!(alone.contains(sentence), "{alone}");
}

/// A page's words without its line breaks and columns.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_earlier_day_is_forecast_of_what_was_measured_by_then() {
    let machine = measured();
    let on = |line: &str| json(&machine, line)["objectives"][0]["key_results"][0].clone();
    assert_eq!(on("forecast --on 2026-07-16")["forecast"], Value::Null);
    assert_eq!(
        on("forecast --on 2026-07-16")["why"],
        "A forecast takes 3 measured days; there are 2."
    );
    assert_eq!(on("forecast --on 2026-07-22")["forecast"]["measured"], 3);
    // As it was known, and as it is known now, are not the same once something was corrected.
    let before = on("forecast --as-of 2026-07-22");
    typed(&machine, "checkin leads 512 --on 2026-07-20").ok();
    assert_eq!(on("forecast --as-of 2026-07-22"), before);
    assert_eq!(on("forecast --on 2026-07-22")["forecast"]["measured"], 4);
}

#[test]
fn a_quarter_that_is_over_has_an_outcome_and_its_forecasts_are_checked() {
    let machine = over();
    assert_eq!(machine.leads(&[])["forecast"], Value::Null);
    let shown = told(&machine, "forecast");
    assert!(shown.contains("its outcome stands: score 0.96"), "{shown}");
    assert!(shown.contains("okr forecast --past 2026-Q3"), "{shown}");
    let past = json(&machine, "forecast --past");
    assert_eq!(past["cycles"][0], "2026-Q3");
    // From the third week on: eleven forecasts of the one key result.
    assert_eq!(past["overall"]["cases"], 11);
    assert_eq!(past["overall"]["key_results"], 1);
    assert_eq!(past["overall"]["stated_cases"], 7);
    // 560 was projected and 548 came out: 1.00 for 0.96.
    assert_eq!(past["overall"]["stated"], "0.04");
    let last = &past["cases"][10];
    assert_eq!(last["weeks_left"], 1);
    assert_eq!(last["came_out"], "548");
    // Said on 18 August last: 524 + 0.5 × 43, and it stays at 524.
    assert_eq!(last["value"], "545.5");
    assert_eq!(last["error"], "0.05");
    assert_eq!(last["stays"], "0.48");
    assert_eq!(last["within"], true);
    let text = told(&machine, "forecast --past");
    assert!(text.contains("weeks left  forecasts  error"), "{text}");
    assert_eq!(told(&machine, "forecast --check 2026-Q3"), text);
    let csv = told(&machine, "forecast --past --csv");
    assert_eq!(csv.lines().count(), 12, "{csv}");
    assert!(csv.starts_with("cycle,key_result_ref,key_result,on,weeks_left,value,came_out,"));
    // What is learned later changes nothing that was known then.
    let as_of = "forecast --past --as-of 2026-10-04 --json";
    let known = told(&machine, as_of);
    typed(&machine, "checkin leads 550 --on 2026-09-30").ok();
    assert_eq!(told(&machine, as_of), known);
}

#[test]
fn what_was_stated_is_compared_with_what_came_out() {
    let machine = over();
    let found = json(&machine, "calibration");
    assert_eq!(found["cycles"][0], "2026-Q3");
    let all = &found["overall"];
    assert_eq!(
        (&all["key_results"], &all["reached"]),
        (&Value::from(1), &Value::from(0))
    );
    // 548 is not 550: said 0.7 and 0.9 of what was not reached.
    assert_eq!(all["confidence"]["statements"], 2);
    assert_eq!(all["confidence"]["brier"], "0.65");
    assert_eq!(all["confidence"]["verdict"], Value::Null);
    assert_eq!(all["confidence"]["told"], "too few to tell (1 of 10)");
    assert_eq!(all["projection"]["error"], "0.24");
    assert_eq!(found["owners"][0]["name"], "ana");
    let text = told(&machine, "calibration 2026-Q3");
    for line in [
        "0 of 1 key result reached the target (0 %).",
        "too few to tell",
        "80 % to 100 %",
        "okr calibration --all",
    ] {
        assert!(text.contains(line), "no “{line}” in {text}");
    }
    assert_eq!(told(&machine, "calibration --all"), text);
    let csv = told(&machine, "calibration --csv");
    assert!(
        csv.contains("all,,confidence,1,2,0.8,0,0.65,0,,too few to tell (1 of 10),\n"),
        "{csv}"
    );
}

#[test]
fn what_cannot_be_asked_says_what_to_ask_instead() {
    let machine = measured();
    let asks = |line: &str, exit, texts: &[&str]| {
        typed(&machine, line).exits(exit).explains(texts);
    };
    asks(
        "calibration",
        Exit::NotFound,
        &["No cycle has ended by 2026-08-20", "`okr forecast`"],
    );
    asks(
        "calibration 2026-Q3",
        Exit::NotFound,
        &[
            "Cycle 2026-Q3 has not ended on 2026-08-20",
            "`okr forecast --cycle 2026-Q3`",
        ],
    );
    asks(
        "forecast --past",
        Exit::NotFound,
        &["No cycle has ended by"],
    );
    asks("forecast nobody", Exit::NotFound, &["nobody"]);
    asks(
        "forecast --csv --json",
        Exit::Usage,
        &["CSV or JSON, not both"],
    );
    asks("forecast leads --cycle 2026-Q3", Exit::Usage, &["--cycle"]);
    asks("calibration 2026-Q3 --all", Exit::Usage, &["--all"]);
}
