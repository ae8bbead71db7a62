//! Key results that read their value from a KPI.

use proptest::prelude::*;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, Metric};
use quarterdeck_core::history;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::kpi::{self as rule, Held};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::score;
use quarterdeck_core::status;
use quarterdeck_core::token::{Course, Direction, MetricKind, Status};
use quarterdeck_core::value::{Field, Subject, Value};

use crate::support::*;
use crate::*;

fn stale_since(world: &World, on: &str) -> status::Explained {
    let cycle = &world.state.cycles[&cycle()];
    status::of_key_result(
        &world.state,
        &world.state.key_results[&leads()],
        cycle,
        date(on),
    )
}

#[test]
fn readings_and_check_ins_interleave_by_date() {
    let mut world = fed();
    assert_eq!(
        world.value("2026-07-10"),
        Some(dec("500")),
        "the baseline, while nothing was read"
    );
    read(&mut world, "510", "2026-07-05");
    checked(&mut world, check_in(delta("3"), "2026-07-07"), "2026-07-07");
    read(&mut world, "520", "2026-07-09");
    checked(&mut world, check_in(delta("2"), "2026-07-10"), "2026-07-10");
    checked(&mut world, check_in(delta("4"), "2026-07-10"), "2026-07-10");
    for (on, value) in [
        ("2026-07-04", "500"),
        ("2026-07-05", "510"),
        ("2026-07-07", "513"),
        ("2026-07-08", "513"),
        ("2026-07-09", "520"),
        ("2026-07-10", "526"),
    ] {
        assert_eq!(world.value(on), Some(dec(value)), "{on}");
    }
    checked(
        &mut world,
        check_in(absolute("515"), "2026-07-11"),
        "2026-07-11",
    );
    assert_eq!(world.value("2026-07-11"), Some(dec("515")), "said since");
    read(&mut world, "530", "2026-07-12");
    let progress = score::progress(
        &world.state,
        &world.state.key_results[&leads()],
        &world.state.cycles[&cycle()],
        date("2026-07-12"),
    );
    assert_eq!(progress.current, Some(dec("530")));
    assert_eq!(progress.score, Some(dec("0.6")), "by its own 500 to 550");
    assert_eq!(progress.last_check_in, Some(date("2026-07-12")));
}

#[test]
fn within_a_day_the_later_in_the_log_holds() {
    let mut world = fed();
    read(&mut world, "510", "2026-07-10");
    checked(&mut world, check_in(delta("5"), "2026-07-10"), "2026-07-10");
    assert_eq!(world.value("2026-07-10"), Some(dec("515")));
    read(&mut world, "512", "2026-07-10");
    assert_eq!(world.value("2026-07-10"), Some(dec("512")));
}

#[test]
fn a_reading_that_is_taken_back_or_corrected_counts_no_longer_or_otherwise() {
    let mut world = fed();
    read(&mut world, "510", "2026-07-05");
    let wrong = read(&mut world, "5300", "2026-07-09").event.id;
    assert_eq!(world.value("2026-07-10"), Some(dec("5300")));
    let taken_back = world.online("ana", vec![retract(wrong)]).remove(0);
    assert_eq!(world.value("2026-07-10"), Some(dec("510")));
    let standing = rule::standing(found(&world.state), date("2026-07-10")).unwrap();
    assert_eq!(standing.latest.value, dec("510"));

    let amend = |field, value| set(Subject::Reading(kpi(), wrong), field, value);
    let refusal = refused(
        &mut world,
        "ana",
        amend(Field::Value, Value::Number(dec("530"))),
    );
    assert_eq!(refusal.code, Code::NotLive);
    let undo = Command::Undo(Box::new(taken_back.event));
    world.online("ana", vec![undo]);
    assert_eq!(world.value("2026-07-10"), Some(dec("5300")));

    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Reading(kpi(), wrong),
            set: vec![
                (Field::Value, Value::Number(dec("530"))),
                (Field::Effective, Value::Date(date("2026-07-08"))),
            ],
        }],
    );
    assert_eq!(world.value("2026-07-08"), Some(dec("530")));
    assert_eq!(world.value("2026-07-07"), Some(dec("510")));
}

#[test]
fn a_range_is_kept_in_the_periods_at_whose_end_the_kpi_lay_in_it() {
    let mut world = World::with_quarter();
    world.with_practice();
    let range = Metric {
        low: Some(dec("95")),
        high: Some(dec("100")),
        ..metric(MetricKind::Maintain)
    };
    let mut uptime = key_result(NPS, "uptime", range);
    uptime.kpi = Some(kpi());
    world.online("ana", vec![Command::Record(Body::KeyResultAdded(uptime))]);
    read(&mut world, "96", "2026-07-02");
    read(&mut world, "90", "2026-07-09");
    read(&mut world, "97", "2026-07-15");
    let progress = score::progress(
        &world.state,
        &world.state.key_results[&KeyResultId::new(id(NPS))],
        &world.state.cycles[&cycle()],
        date("2026-07-21"),
    );
    assert_eq!(progress.score, Some(dec("0.6667")), "two weeks of three");
    assert_eq!(progress.current, Some(dec("97")));
}

#[test]
fn a_reading_is_a_measurement_and_its_silence_is_stale() {
    let mut world = fed();
    assert_eq!(
        stale_since(&world, "2026-07-10").because,
        ["Nothing has been measured yet."]
    );
    read(&mut world, "510", "2026-07-10");
    assert_eq!(stale_since(&world, "2026-07-12").status, Status::OnTrack);
    let silent = stale_since(&world, "2026-07-20");
    assert_eq!(silent.status, Status::Stale);
    assert_eq!(
        silent.because,
        ["The last measurement speaks of 2026-07-10; a weekly one was due on 2026-07-17."]
    );
}

#[test]
fn what_a_key_result_read_is_part_of_its_history() {
    let mut world = fed();
    let made = read(&mut world, "510", "2026-07-10").event.id;
    world.online("ana", vec![retract(made)]);
    let scope = history::Scope::KeyResult(leads());
    let lines = history::fold(&world.state, scope, None, &world.log);
    let told: Vec<(&str, Option<Decimal>)> = (lines.iter())
        .map(|line| (line.entry.event.body.kind(), line.after.value))
        .collect();
    assert_eq!(
        told[told.len() - 3..],
        [
            ("KeyResultEdited", Some(dec("500"))),
            ("KpiRecorded", Some(dec("510"))),
            ("KpiReadingCorrected", Some(dec("500"))),
        ]
    );
}

#[test]
fn the_worked_example_of_the_rules_holds() {
    let rules = include_str!("../../../../docs/rules.md");
    let mut world = fed();
    read(&mut world, "510", "2026-07-03");
    checked(&mut world, check_in(delta("3"), "2026-07-07"), "2026-07-07");
    read(&mut world, "531", "2026-07-10");
    checked(&mut world, check_in(delta("4"), "2026-07-12"), "2026-07-12");
    read(&mut world, "528", "2026-07-17");
    let said = [
        "KPI 510",
        "check-in +3",
        "KPI 531",
        "check-in +4",
        "KPI 528",
    ];
    let days = rule::beside(&world.state, kpi(), date("2026-07-31"));
    assert_eq!(days.len(), said.len());
    let told = |held: Held| {
        let share = held.share.unwrap().checked_mul(Decimal::HUNDRED).unwrap();
        format!("{} | {share} %", held.value)
    };
    for (day, said) in days.iter().zip(said) {
        let row = format!(
            "| {} July | {said} | {} | {} |",
            day.date.day(),
            told(day.kpi.unwrap()),
            told(day.key_results[0].unwrap()),
        );
        assert!(rules.contains(&row), "docs/rules.md has no row {row}");
    }
    let standing = rule::standing(found(&world.state), date("2026-07-31")).unwrap();
    let trend = standing.trend.unwrap();
    assert_eq!((trend.change, trend.course), (dec("-3"), Course::Worse));

    let world = with_kpi(Direction::Lower, Some("30"));
    let attained = |value: &str| rule::attainment(found(&world.state), dec(value));
    assert_eq!(
        (attained("40"), attained("24")),
        (Some(dec("0.75")), Some(dec("1.25")))
    );
}

#[test]
fn a_reading_from_before_the_cycle_holds_and_may_be_stale() {
    let mut world = fed();
    read(&mut world, "505", "2026-06-20");
    assert_eq!(world.value("2026-07-05"), Some(dec("505")));
    assert_eq!(stale_since(&world, "2026-07-05").status, Status::Stale);
    let quarter = &world.state.cycles[&cycle()];
    let leads = &world.state.key_results[&leads()];
    let course = score::course(&world.state, leads, quarter, date("2026-07-31"));
    assert_eq!(course, [], "its course is that of its cycle");
}

#[test]
fn a_dropped_kpi_takes_no_readings_and_feeds_nothing_new_but_what_was_read_stays() {
    let mut world = fed();
    read(&mut world, "510", "2026-07-10");
    let state = |word: &str| set(Subject::Kpi(kpi()), Field::State, Value::Text(word.into()));
    world.online("ana", vec![state("dropped")]);
    assert_eq!(world.value("2026-07-10"), Some(dec("510")));
    let refusal = refused(&mut world, "ana", reading("520", "2026-07-10"));
    assert_eq!(refusal.code, Code::NotLive);
    assert!(refusal.hint.unwrap().contains("okr kpi edit"));
    world.online(
        "ana",
        vec![set(
            leads_subject(),
            Field::Title,
            Value::Text("leads".into()),
        )],
    );
    let mut other = key_result(NPS, "more leads", increase("500", "560"));
    other.kpi = Some(kpi());
    let refusal = refused(
        &mut world,
        "ana",
        Command::Record(Body::KeyResultAdded(other)),
    );
    assert_eq!(refusal.code, Code::NotLive);
    // Withdrawn it was never meant.
    world.online("ana", vec![state("withdrawn")]);
    assert_eq!(world.value("2026-07-10"), Some(dec("500")));
}

#[test]
fn a_key_result_reads_from_a_kpi_that_counts_the_same() {
    let mut world = World::with_quarter();
    world.with_practice();
    let feed = |n: u64, metric: Metric| {
        let mut new = key_result(n, "fed", metric);
        new.kpi = Some(kpi());
        Command::Record(Body::KeyResultAdded(new))
    };
    let per_cent = Metric {
        unit: Some("%".into()),
        ..increase("5", "10")
    };
    let refusal = refused(&mut world, "ana", feed(NPS, per_cent));
    assert_eq!(
        refusal.message,
        "KPI 'leads in the CRM' is in leads, and the key result in %."
    );
    let refusal = refused(&mut world, "ana", feed(NPS, metric(MetricKind::Binary)));
    assert!(refusal.message.contains("no number"), "{}", refusal.message);
    let unit = set(leads_subject(), Field::Unit, Value::Text("EUR".into()));
    let refusal = refused(&mut world, "ana", unit);
    assert_eq!(refusal.code, Code::Invalid);
}

#[test]
fn a_successor_reads_on_from_a_kpi_that_counts_the_same() {
    let mut world = fed();
    let reads_on = |world: &World, unit| rule::read_on(&world.state, Some(kpi()), unit);
    assert_eq!(reads_on(&world, None), Some(kpi()));
    assert_eq!(reads_on(&world, Some("Leads")), Some(kpi()));
    assert_eq!(reads_on(&world, Some("%")), None);
    let dropped = Value::Text("dropped".into());
    world.online("ana", vec![set(Subject::Kpi(kpi()), Field::State, dropped)]);
    assert_eq!(reads_on(&world, None), None);
}

/// What somebody says of a key result on a day of July.
#[derive(Debug, Clone)]
enum Said {
    Read(i32),
    Absolute(i32),
    Delta(i32),
}

fn anything_said() -> impl Strategy<Value = Vec<(u8, Said)>> {
    let one = prop_oneof![
        (-99..99).prop_map(Said::Read),
        (-99..99).prop_map(Said::Absolute),
        (-9..9).prop_map(Said::Delta),
    ];
    prop::collection::vec((1..9u8, one), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against the rule as it is written: everything said up to a day, by date and then in the
    /// order of the log; a reading or an absolute value sets, a delta adds.
    #[test]
    fn readings_and_check_ins_are_one_sequence(all in anything_said()) {
        let mut world = fed();
        world.now = noon("2026-07-31");
        for (day, said) in &all {
            let on = format!("2026-07-{day:02}");
            let command = match said {
                Said::Read(value) => reading(&value.to_string(), &on),
                Said::Absolute(value) => check_in(absolute(&value.to_string()), &on),
                Said::Delta(by) => check_in(delta(&by.to_string()), &on),
            };
            world.online("ana", vec![command]);
        }
        let mut ordered = all;
        ordered.sort_by_key(|(day, _)| *day);
        for on in 1..10u8 {
            let until = ordered.iter().filter(|(day, _)| *day <= on);
            let expected = until.fold(500, |value, (_, said)| match said {
                Said::Read(set) | Said::Absolute(set) => *set,
                Said::Delta(by) => value + by,
            });
            let found = world.value(&format!("2026-07-{on:02}"));
            prop_assert_eq!(found, Some(dec(&expected.to_string())), "{}", on);
        }
    }
}
