//! KPIs as people and scripts see them.

use quarterdeck_core::event::{Body, KpiDefined, KpiRecorded};
use quarterdeck_core::id::{EventId, KpiId};
use quarterdeck_core::token::Direction;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json::{self, KpiQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::{self, Ansi, Document};
use serde_json::Value as Json;

use super::sample::{Log, TODAY, d, day, id, key_result, member, quarter, team_id, view};

fn kpi(digits: &str) -> KpiId {
    KpiId::new(id(digits))
}

fn define(log: &mut Log, digits: &str, title: &str, direction: Direction, target: &str) {
    let defined = KpiDefined {
        kpi: kpi(digits),
        title: title.to_owned(),
        description: None,
        owner: Some(member("ben")),
        team: (direction == Direction::Higher).then(|| team_id("sa1e")),
        direction,
        target: (!target.is_empty()).then(|| d(target)),
        unit: (digits == "1ead").then(|| "leads".to_owned()),
        key: None,
    };
    log.add("ana", "2026-07-01", Body::KpiDefined(defined));
}

fn read(log: &mut Log, digits: &str, on: &str, value: &str, note: Option<&str>) -> EventId {
    let recorded = KpiRecorded {
        kpi: kpi(digits),
        value: d(value),
        effective: day(on),
        note: note.map(str::to_owned),
    };
    log.add("ben", on, Body::KpiRecorded(recorded))
}

/// The quarter with three KPIs: one whose curve stands beside two key results, one where less is
/// better, one without a reading.
fn with_kpis() -> Log {
    let mut log = quarter();
    define(
        &mut log,
        "1ead",
        "Leads in the CRM",
        Direction::Higher,
        "600",
    );
    define(&mut log, "0pen", "Open complaints", Direction::Lower, "0");
    define(&mut log, "rev0", "Revenue", Direction::Higher, "");
    for (on, value, note) in [
        ("2026-06-20", "470", None),
        ("2026-07-15", "512", Some("after the fair")),
        ("2026-08-05", "540", None),
        ("2026-08-19", "535", None),
    ] {
        read(&mut log, "1ead", on, value, note);
    }
    let wrong = read(&mut log, "1ead", "2026-08-20", "5350", None);
    let shown = Value::Text("shown".to_owned());
    let withdrawn = Value::Text("withdrawn".to_owned());
    let seen = log.state.head;
    let subject = Subject::Reading(kpi("1ead"), wrong);
    let change = (Field::State, shown, withdrawn);
    log.edit(
        "ben",
        "2026-08-20",
        subject,
        change,
        (seen, "a digit too many"),
    );
    for (on, value) in [("2026-08-01", "4"), ("2026-08-15", "0")] {
        read(&mut log, "0pen", on, value, None);
    }
    for of in ["3mz9", "2prt"] {
        let linked = Body::KpiLinked {
            kpi: kpi("1ead"),
            key_result: key_result(of),
        };
        log.add("ana", "2026-07-01", linked);
    }
    log
}

fn query() -> KpiQuery {
    KpiQuery {
        team: None,
        owner: None,
        all: false,
        on: day(TODAY),
        as_of: None,
    }
}

fn list(log: &Log, query: &KpiQuery) -> json::KpiList {
    json::kpi_list(&Names::new(&log.state), &Pending::default(), query)
}

fn show(log: &Log, digits: &str) -> json::KpiShow {
    let names = Names::new(&log.state);
    json::kpi_show(&names, &Pending::default(), kpi(digits), day(TODAY), None).unwrap()
}

fn plain(document: &Document) -> String {
    document.render(Ansi::Off)
}

fn keys(value: &Json) -> String {
    let found: Vec<&str> = (value.as_object().unwrap().keys())
        .map(String::as_str)
        .collect();
    found.join(" ")
}

#[test]
fn kpis_have_the_keys_of_the_contract() {
    let log = with_kpis();
    let listed = serde_json::to_value(list(&log, &query())).unwrap();
    assert_eq!(keys(&listed), "as_of kpis on schema");
    let leads = &listed["kpis"][0];
    assert_eq!(
        keys(leads),
        "attainment change conflicts current curve direction id key last_reading owner pending \
         reached ref since state target team title trend unit"
    );
    for (key, expected) in [
        ("ref", "kpi-1ead"),
        ("current", "535"),
        ("last_reading", "2026-08-19"),
        ("attainment", "0.89"),
        ("trend", "worse"),
        ("change", "-5"),
        ("since", "2026-08-05"),
    ] {
        assert_eq!(leads[key], expected, "{key}");
    }
    assert_eq!(leads["reached"], false);
    let complaints = &listed["kpis"][1];
    assert_eq!(
        (&complaints["attainment"], &complaints["reached"]),
        (&Json::Null, &Json::Bool(true))
    );

    let shown = serde_json::to_value(show(&log, "1ead")).unwrap();
    for key in [
        "schema",
        "ref",
        "readings",
        "key_results",
        "beside",
        "notes",
    ] {
        assert!(shown.get(key).is_some(), "{key}");
    }
    let taken_back = &shown["readings"][4];
    assert_eq!(taken_back["value"], "5350");
    assert_eq!(taken_back["retracted"], true);
    assert_eq!(taken_back["corrected"], false);
    assert_eq!(
        keys(&shown["key_results"][0]),
        "cycle id improves metric reads ref state title unit unit_differs"
    );
    let first = &shown["beside"][0];
    assert_eq!(keys(first), "date key_results kpi");
    assert_eq!(first["date"], "2026-06-20");
    assert_eq!(first["kpi"]["value"], "470");
    assert_eq!(first["key_results"][0], Json::Null, "before the cycle");
}

#[test]
fn a_list_is_of_a_team_or_a_member_and_shows_dropped_ones_when_asked() {
    let mut log = with_kpis();
    let count = |log: &Log, query: KpiQuery| list(log, &query).kpis.len();
    let of_team = KpiQuery {
        team: Some(team_id("sa1e")),
        ..query()
    };
    assert_eq!(count(&log, of_team), 2);
    let of_ana = KpiQuery {
        owner: Some(member("ana")),
        ..query()
    };
    assert_eq!(count(&log, of_ana), 0);
    let word = |text: &str| Value::Text(text.to_owned());
    let seen = log.state.head;
    let change = (Field::State, word("active"), word("dropped"));
    let subject = Subject::Kpi(kpi("rev0"));
    log.edit("ana", TODAY, subject, change, (seen, "nobody reads it"));
    assert_eq!(count(&log, query()), 2);
    let all = KpiQuery {
        all: true,
        ..query()
    };
    assert_eq!(count(&log, all), 3);
}

#[test]
fn the_list_says_where_each_stands() {
    let log = with_kpis();
    let shown = plain(&text::kpi_list(&list(&log, &query()), &view(80)));
    assert_eq!(
        shown,
        "\
ref       KPI                     now  target   attained  course      trend
kpi-1ead  Leads in the CRM  535 leads   ≥ 600       89 %  ▁▅█▇     -5 worse
kpi-0pen  Open complaints           0     ≤ 0  ✓ reached  █▁      -4 better
kpi-rev0  Revenue
hint: not read yet: okr kpi record kpi-rev0 VALUE
"
    );
}

#[test]
fn a_kpi_is_shown_with_its_curve_beside_the_key_results() {
    let log = with_kpis();
    let shown = plain(&text::kpi_show(&show(&log, "1ead"), &view(80), false));
    let (facts, rest) = shown.split_once("\nReadings\n").unwrap();
    for line in [
        "  now          535 leads, 19 Aug (2 days ago)",
        "  target       600 leads, higher is better",
        "  attained     89 %",
        "  trend        -5 worse since 5 Aug",
        "  improved by  kr-3mz9  Qualified leads, 2026-Q3",
        "               kr-2prt  Partner programme, 2026-Q3",
    ] {
        assert!(facts.contains(line), "no “{line}” in\n{facts}");
    }
    let (readings, beside) = rest.split_once("\nBeside its key results\n").unwrap();
    assert!(readings.contains("taken back"), "{readings}");
    assert!(readings.contains("after the fair"), "{readings}");
    assert_eq!(
        beside,
        "              KPI  kr-3mz9  kr-2prt
          ▁▁▅▅██▇   ▁▁▃▅▅█   ▁▃▃▃██
  20 Jun      470
   8 Jul               504
  15 Jul      512              17 %
  22 Jul               511
   5 Aug      540      519
  18 Aug                       50 %
  19 Aug      535      531
"
    );
}

#[test]
fn many_key_results_are_left_out_whole_and_never_cut() {
    let mut log = with_kpis();
    for of in ["8nps", "5t0p", "6bak", "4htn"] {
        let linked = Body::KpiLinked {
            kpi: kpi("1ead"),
            key_result: key_result(of),
        };
        log.add("ana", "2026-07-01", linked);
    }
    for width in [40, 60, 80, 100, 120, 200] {
        let shown = plain(&text::kpi_show(&show(&log, "1ead"), &view(width), true));
        let (_, beside) = shown.split_once("Beside").unwrap();
        assert!(!beside.contains('…'), "{width}: {beside}");
        for line in shown.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        assert!(shown.contains("531"), "{width}: values are whole");
    }
    let narrow = plain(&text::kpi_show(&show(&log, "1ead"), &view(60), true));
    assert!(
        narrow.contains("  and 3 more key results: see --json"),
        "{narrow}"
    );
}

#[test]
fn the_last_rows_are_shown_unless_all_are_asked_for() {
    let mut log = with_kpis();
    for at in 1..=20u32 {
        let on = format!("2026-07-{at:02}");
        read(&mut log, "0pen", &on, &at.to_string(), None);
    }
    let rows = |all| {
        let shown = plain(&text::kpi_show(&show(&log, "0pen"), &view(80), all));
        (
            shown.matches(" Jul ").count() + shown.matches(" Aug ").count(),
            shown,
        )
    };
    let (_, some) = rows(false);
    let (_, every) = rows(true);
    assert!(
        !some.contains("  1 Jul ") && every.contains("  1 Jul "),
        "{some}"
    );
    assert!(some.contains("okr kpi show kpi-0pen --all"), "{some}");
    assert!(!every.contains("--all"), "{every}");
}

#[test]
fn a_key_result_says_which_kpi_it_reads_and_which_it_is_to_improve() {
    let mut log = with_kpis();
    let seen = log.state.head;
    let subject = Subject::KeyResult(key_result("3mz9"));
    let to = Value::Ref(Subject::Kpi(kpi("1ead")));
    let change = (Field::Kpi, Value::None, to);
    log.edit("ana", TODAY, subject, change, (seen, "the CRM counts"));
    let names = Names::new(&log.state);
    let id = key_result("3mz9");
    let shown = json::key_result_show(&names, &Pending::default(), id, day(TODAY), None, &|_| None)
        .unwrap();
    assert_eq!(
        shown.key_result.current,
        Some(d("535")),
        "the later one that day"
    );
    let days: Vec<String> = (shown.course.iter())
        .map(|point| format!("{} {}", point.date, point.value))
        .collect();
    assert_eq!(
        days,
        [
            "2026-07-08 504",
            "2026-07-15 512",
            "2026-07-22 511",
            "2026-08-05 540",
            "2026-08-19 535",
        ]
    );
    let text = plain(&text::key_result_show(&shown, &view(80)));
    for line in [
        "  reads from  kpi-1ead  Leads in the CRM",
        "  improves    kpi-1ead  Leads in the CRM",
    ] {
        assert!(text.contains(line), "no “{line}” in\n{text}");
    }
}

#[test]
fn the_log_tells_a_reading_taken_back_from_one_corrected() {
    let log = with_kpis();
    let names = Names::new(&log.state);
    let told: Vec<String> = (log.entries.iter())
        .filter(|entry| entry.event.body.kind().starts_with("KpiReading"))
        .map(|entry| json::log_line(&names, entry, false).what)
        .collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("took back the reading r-"), "{told:?}");
    assert!(
        told[0].ends_with(" of 2026-08-20 (5,350 leads)"),
        "{told:?}"
    );
}
