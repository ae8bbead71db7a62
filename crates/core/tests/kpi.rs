//! KPIs: attainment, trend, and key results that read their value from one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, Entry, KpiDefined, KpiRecorded, Metric};
use quarterdeck_core::history;
use quarterdeck_core::id::{EventId, KeyResultId};
use quarterdeck_core::kpi::{self as rule, Held};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::score;
use quarterdeck_core::state::{Kpi, State};
use quarterdeck_core::status;
use quarterdeck_core::token::{Course, Direction, MetricKind, Status};
use quarterdeck_core::value::{Field, Subject, Value};
use support::*;

fn defined(direction: Direction, target: Option<&str>) -> KpiDefined {
    KpiDefined {
        kpi: kpi(),
        title: "calls picked up".into(),
        description: None,
        owner: None,
        team: None,
        direction,
        target: target.map(dec),
        unit: None,
        key: None,
    }
}

/// A quarter with a KPI that no key result has to do with.
fn with_kpi(direction: Direction, target: Option<&str>) -> World {
    let mut world = World::with_quarter();
    let new = defined(direction, target);
    world.online("ana", vec![Command::Record(Body::KpiDefined(new))]);
    world
}

/// A quarter with a KPI from which "qualified leads", 500 to 550, reads its value.
fn fed() -> World {
    let mut world = World::with_quarter();
    world.with_practice();
    world
}

fn reading(value: &str, on: &str) -> Command {
    Command::Record(Body::KpiRecorded(KpiRecorded {
        kpi: kpi(),
        value: dec(value),
        effective: date(on),
        note: None,
    }))
}

fn read(world: &mut World, value: &str, on: &str) -> Entry {
    world.now = world.now.max(noon(on));
    world.online("ana", vec![reading(value, on)]).remove(0)
}

fn checked(world: &mut World, command: Command, on: &str) {
    world.now = world.now.max(noon(on));
    world.online("ana", vec![command]);
}

fn found(state: &State) -> &Kpi {
    &state.kpis[&kpi()]
}

fn set(subject: Subject, field: Field, value: Value) -> Command {
    Command::Edit {
        subject,
        set: vec![(field, value)],
    }
}

fn retract(reading: EventId) -> Command {
    let withdrawn = Value::Text("withdrawn".into());
    set(Subject::Reading(kpi(), reading), Field::State, withdrawn)
}

fn link(key_result: KeyResultId) -> Command {
    Command::Record(Body::KpiLinked {
        kpi: kpi(),
        key_result,
    })
}

fn refused(world: &mut World, who: &'static str, command: Command) -> Refusal {
    world.try_online(who, vec![command]).unwrap_err()
}

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
fn attainment_is_the_share_of_the_target_in_the_direction_that_is_better() {
    for (direction, target, value, attainment, reached) in [
        (Direction::Higher, "600", "531", Some("0.885"), false),
        (Direction::Higher, "600", "600", Some("1"), true),
        (Direction::Higher, "600", "750", Some("1.25"), true),
        (Direction::Higher, "600", "-60", Some("-0.1"), false),
        (Direction::Lower, "30", "40", Some("0.75"), false),
        (Direction::Lower, "30", "24", Some("1.25"), true),
        // Rounded for people, exact for whether it is reached.
        (Direction::Higher, "600", "599.99", Some("1"), false),
        // No share can be told of these.
        (Direction::Lower, "30", "0", None, true),
        (Direction::Lower, "0", "0", None, true),
        (Direction::Lower, "0", "3", None, false),
        (Direction::Higher, "0", "3", None, true),
        (Direction::Higher, "-5", "-6", None, false),
        (Direction::Higher, "-5", "-4", None, true),
    ] {
        let world = with_kpi(direction, Some(target));
        let kpi = found(&world.state);
        let told = (
            rule::attainment(kpi, dec(value)),
            rule::reached(kpi, dec(value)),
        );
        let expected = (attainment.map(dec), Some(reached));
        assert_eq!(told, expected, "{direction} {target}: {value}");
    }
    let world = with_kpi(Direction::Higher, None);
    let kpi = found(&world.state);
    assert_eq!(rule::attainment(kpi, dec("5")), None);
    assert_eq!(rule::reached(kpi, dec("5")), None);
}

#[test]
fn the_trend_compares_the_last_two_days_that_were_read() {
    let mut world = with_kpi(Direction::Lower, Some("30"));
    assert_eq!(
        rule::standing(found(&world.state), date("2026-07-10")),
        None
    );
    read(&mut world, "40", "2026-07-03");
    let first = rule::standing(found(&world.state), date("2026-07-10")).unwrap();
    assert_eq!((first.latest.value, first.trend), (dec("40"), None));
    // Twice on one day: the later one corrects the earlier, and is no trend.
    read(&mut world, "55", "2026-07-10");
    read(&mut world, "37.5", "2026-07-10");
    let then = rule::standing(found(&world.state), date("2026-07-11")).unwrap();
    let trend = then.trend.unwrap();
    assert_eq!(then.attainment, Some(dec("0.8")));
    assert_eq!(trend.since, date("2026-07-03"));
    assert_eq!((trend.change, trend.course), (dec("-2.5"), Course::Better));
    read(&mut world, "41", "2026-07-17");
    let course = |world: &World, on: &str| {
        let standing = rule::standing(found(&world.state), date(on)).unwrap();
        standing.trend.unwrap().course
    };
    assert_eq!(course(&world, "2026-07-17"), Course::Worse);
    assert_eq!(
        course(&world, "2026-07-16"),
        Course::Better,
        "as on that day"
    );
    read(&mut world, "41", "2026-07-20");
    assert_eq!(course(&world, "2026-07-20"), Course::Steady);
}

#[test]
fn a_kpi_is_never_scored_as_a_key_result() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    world.online("ana", vec![link(leads())]);
    let mean =
        |world: &World| score::cycle_means(&world.state, cycle(), date("2026-07-10"), |_| true);
    let before = mean(&world);
    read(&mut world, "600", "2026-07-10");
    assert_eq!(mean(&world), before);
    assert_eq!(world.value("2026-07-10"), Some(dec("500")));
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
    let mut state = State::default();
    let told: Vec<(&str, Option<Decimal>)> =
        history::of(&mut state, leads(), world.log.clone().into_iter())
            .map(|(entry, after)| (entry.event.body.kind(), after.value))
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
fn the_curve_stands_beside_the_check_ins_by_date() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    world.online("ana", vec![link(leads())]);
    read(&mut world, "480", "2026-06-28");
    read(&mut world, "540", "2026-07-10");
    checked(
        &mut world,
        check_in(absolute("510"), "2026-07-03"),
        "2026-07-10",
    );
    checked(&mut world, check_in(delta("5"), "2026-07-12"), "2026-07-12");
    let days = rule::beside(&world.state, kpi(), date("2026-07-31"));
    let held = |value: &str, share: &str, measured| {
        Some(Held {
            value: dec(value),
            share: Some(dec(share)),
            measured,
        })
    };
    let told: Vec<_> = days
        .iter()
        .map(|day| (day.date.to_string(), day.kpi, day.key_results[0]))
        .collect();
    assert_eq!(
        told,
        [
            // Before the cycle there is nothing to say of its key result.
            ("2026-06-28".to_owned(), held("480", "0.8", true), None),
            (
                "2026-07-03".to_owned(),
                held("480", "0.8", false),
                held("510", "0.2", true)
            ),
            (
                "2026-07-10".to_owned(),
                held("540", "0.9", true),
                held("510", "0.2", false)
            ),
            (
                "2026-07-12".to_owned(),
                held("540", "0.9", false),
                held("515", "0.3", true)
            ),
        ]
    );
    let until = rule::beside(&world.state, kpi(), date("2026-07-05"));
    assert_eq!(until.len(), 2, "only up to the day asked for");
}

#[test]
fn linked_are_those_that_improve_it_and_those_that_read_it() {
    let mut world = fed();
    let other = key_result(NPS, "calls made", increase("0", "90"));
    world.online("ana", vec![Command::Record(Body::KeyResultAdded(other))]);
    let calls = KeyResultId::new(id(NPS));
    world.online("ana", vec![link(calls)]);
    let told: Vec<_> = rule::linked(&world.state, kpi())
        .iter()
        .map(|one| (one.id, one.improves, one.reads))
        .collect();
    assert_eq!(told, [(leads(), false, true), (calls, true, false)]);
    let refusal = refused(&mut world, "ana", link(calls));
    assert_eq!(refusal.code, Code::NothingToChange);
}

#[test]
fn undo_takes_back_each_thing_about_a_kpi() {
    let mut world = World::with_quarter();
    let undo = |entry: &Entry| Command::Undo(Box::new(entry.event.clone()));
    let new = Body::KpiDefined(defined(Direction::Higher, Some("600")));
    let made = world.online("ana", vec![Command::Record(new)]).remove(0);
    let one = read(&mut world, "510", "2026-07-10");
    world.online("ana", vec![undo(&one)]);
    assert_eq!(rule::points(found(&world.state), date("2026-07-10")), []);
    let linked = world.online("ana", vec![link(leads())]).remove(0);
    let unlinked = world.online("ana", vec![undo(&linked)]).remove(0);
    assert!(found(&world.state).improved_by.is_empty());
    world.online("ana", vec![undo(&unlinked)]);
    assert!(found(&world.state).improved_by.contains(&leads()));
    world.online("ana", vec![undo(&made)]);
    assert!(!found(&world.state).is_live());
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
fn contributors_read_kpis_and_editors_define_them() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    let by_ana = read(&mut world, "510", "2026-07-10").event.id;
    let by_caro = world
        .online("caro", vec![reading("512", "2026-07-10")])
        .remove(0)
        .event
        .id;
    world.online("caro", vec![retract(by_caro)]);
    let refusal = refused(&mut world, "caro", retract(by_ana));
    assert_eq!(refusal.code, Code::Forbidden);
    let refusal = refused(&mut world, "dee", reading("513", "2026-07-10"));
    assert_eq!(refusal.code, Code::Forbidden);
    let target = set(Subject::Kpi(kpi()), Field::Target, Value::Number(dec("5")));
    assert_eq!(refused(&mut world, "caro", target).code, Code::Forbidden);
    let refusal = refused(&mut world, "ana", reading("513", "2026-07-11"));
    assert!(refusal.message.contains("has not come yet"), "{refusal}");
}

#[test]
fn two_who_change_a_target_apart_make_a_conflict() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    world.pull_all();
    let target = |to: &str| set(Subject::Kpi(kpi()), Field::Target, Value::Number(dec(to)));
    world.offline("ana", vec![target("650")]).unwrap();
    world.offline("ben", vec![target("700")]).unwrap();
    world.sync("ana");
    world.sync("ben");
    assert!(
        world
            .state
            .conflict(Subject::Kpi(kpi()), &Field::Target)
            .is_some()
    );
}
