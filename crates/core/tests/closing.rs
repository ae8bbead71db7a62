//! Grades and closing, by the worked examples of `docs/closing.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::closing::{self, Open};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KeyResultAdded, ObjectiveDrafted};
use quarterdeck_core::grading::{self, Advice, Band};
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::score;
use quarterdeck_core::token::{MetricKind, ObjectiveKind};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use support::quarter::*;
use support::*;

#[test]
fn the_bands_are_cut_at_four_and_seven_tenths() {
    for (grade, band) in [
        ("0", Band::Red),
        ("0.3999", Band::Red),
        ("0.4", Band::Amber),
        ("0.6999", Band::Amber),
        ("0.7", Band::Green),
        ("1", Band::Green),
    ] {
        assert_eq!(Band::of(dec(grade)), band, "{grade}");
    }
}

#[test]
fn what_a_grade_asks_for_depends_on_the_kind() {
    use ObjectiveKind::{Aspirational, Committed};
    for (kind, grade, advice) in [
        (Committed, "1", None),
        (Committed, "0.95", Some(Advice::Learn)),
        (Aspirational, "0.39", Some(Advice::FarBelowAim)),
        (Aspirational, "0.59", Some(Advice::BelowAim)),
        (Aspirational, "0.6", None),
        (Aspirational, "1", None),
    ] {
        assert_eq!(grading::advice(kind, dec(grade)), advice, "{kind} {grade}");
    }
    assert_eq!(grading::cycle_advice(dec("0.89")), None);
    assert_eq!(grading::cycle_advice(dec("0.9")), Some(Advice::TooEasy));
}

#[test]
fn computed_grades_are_the_scores_at_the_end() {
    let world = quarter();
    let computed = |id| grading::computed(&world.state, id, date("2026-12-24"));
    assert_eq!(computed(leads()), Some(dec("0.62")));
    assert_eq!(computed(kr(PARTNERS)), Some(dec("0.8")));
    assert_eq!(computed(kr(PILOT)), Some(dec("0.5")));
}

#[test]
fn an_overruled_grade_keeps_the_computed_one_beside_it() {
    let world = graded();
    let found = world.state.key_results[&kr(PARTNERS)]
        .grade
        .clone()
        .unwrap();
    assert_eq!(found.grade, dec("0.7"));
    assert_eq!(found.computed, Some(dec("0.8")));
    assert_eq!(
        found.reason.as_deref(),
        Some("the last one signed after the quarter")
    );
    assert_eq!(closing::tally(&world.state, cycle()).overruled, 1);
}

#[test]
fn grades_are_averaged_like_scores() {
    let mut world = graded();
    assert_eq!(
        grading::objective_grade(&world.state, objective()),
        Some(dec("0.61"))
    );
    let second = ObjectiveId::new(id(400));
    world.online(
        "ana",
        vec![
            Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: second,
                kind: ObjectiveKind::Committed,
                ..objective_drafted()
            })),
            Command::Record(Body::KeyResultAdded(KeyResultAdded {
                objective: second,
                ..key_result(401, "books closed in five days", metric(MetricKind::Binary))
            })),
            check_in_on(kr(401), Measure::Done(true), "2026-09-30"),
        ],
    );
    let means = grading::cycle_grades(&world.state, cycle(), |_| true);
    assert_eq!(
        means.all,
        Some(dec("0.61")),
        "what is not graded is left out"
    );
    let whole = grade(&world, kr(401), "1");
    world.online("ana", vec![whole]);
    let means = grading::cycle_grades(&world.state, cycle(), |_| true);
    assert_eq!(means.all, Some(dec("0.805")));
    assert_eq!(means.committed, Some(dec("1")));
    assert_eq!(means.aspirational, Some(dec("0.61")));
}

#[test]
fn the_worked_examples_are_those_of_the_document() {
    let text = include_str!("../../../docs/closing.md");
    for said in [
        "| qualified leads, 500 to 550 | 531 | 0.62 | 0.62 | 2 |",
        "(0.62 × 2 + 0.7 + 0.5) ÷ 4 = 0.61",
        "(0.61 + 1) ÷ 2 = 0.805",
        "| qualified leads | 500 to 550, now 531 | 531 to 550 |",
        "(541 − 531) ÷ (550 − 531) = 0.5263",
    ] {
        assert!(text.contains(said), "{said}");
    }
}

#[test]
fn what_is_open_is_listed_and_only_grades_stand_in_the_way() {
    let mut world = World::with_quarter();
    world.online("ana", vec![check_in(absolute("510"), "2026-07-10")]);
    let open = |world: &World, on: &str| closing::open(&world.state, cycle(), date(on));
    assert_eq!(
        open(&world, "2026-07-10"),
        [
            Open::Running(date("2026-09-30")),
            Open::Draft(objective()),
            Open::Ungraded(leads())
        ]
    );
    assert!(
        open(&world, "2026-10-05").contains(&Open::Overdue(leads(), date("2026-07-17"))),
        "silence is an open matter"
    );
    world.offline("ana", vec![set_target("560")]).unwrap();
    world.online("ben", vec![set_target("540")]);
    world.sync("ana");
    assert!(open(&world, "2026-10-05").contains(&Open::Conflict(leads_subject(), Field::Target)));

    world.now = noon("2026-10-05");
    let head = world.state.head;
    let refused = world
        .try_online("ana", vec![close(&world, head)])
        .unwrap_err();
    assert_eq!(refused.code, Code::Invalid);
    let computed = grading::computed(&world.state, leads(), date("2026-09-30")).unwrap();
    let all = grade(&world, leads(), &computed.to_string());
    world.online("ana", vec![all]);
    let head = world.state.head;
    world.online("ana", vec![close(&world, head)]);
    assert!(world.state.cycles[&cycle()].is_closed());
}

#[test]
fn a_closing_covers_its_grades() {
    let mut world = graded();
    let head = world.state.head;
    let refused = world.try_online("ana", vec![close(&world, head - 1)]);
    assert!(
        refused
            .unwrap_err()
            .message
            .contains("graded after position")
    );
    let refused = world.offline("ana", vec![close(&world, head + 5)]);
    assert!(refused.unwrap_err().message.contains("the log has"));
}

#[test]
fn a_check_in_authored_before_the_closing_was_known_is_late_and_changes_no_grade() {
    let mut world = graded();
    world
        .offline("caro", vec![check_in(absolute("550"), "2026-09-30")])
        .unwrap();
    let position = world.state.head;
    world.online("ana", vec![close(&world, position)]);
    world.sync("caro");

    let found = &world.state.key_results[&leads()];
    let late = found.check_ins.all().last().unwrap();
    assert!(closing::is_late(&world.state, leads(), late.seq));
    assert!(!closing::is_late(&world.state, leads(), position));
    assert_eq!(found.grade.as_ref().unwrap().grade, dec("0.62"));
    assert_eq!(world.value("2026-09-30"), Some(dec("550")), "what was true");
}

#[test]
fn whoever_knows_of_the_closing_is_refused() {
    let mut world = closed();
    for command in [
        check_in(absolute("550"), "2026-09-30"),
        set_target("600"),
        Command::Record(Body::KeyResultAdded(key_result(
            500,
            "one more",
            increase("0", "1"),
        ))),
        grade(&world, leads(), "1"),
    ] {
        let refused = world.try_online("ben", vec![command]).unwrap_err();
        assert_eq!(refused.code, Code::Closed);
        assert!(
            refused
                .message
                .starts_with("Cycle 2026-Q3 was closed by ana")
        );
    }
    world.online(
        "ana",
        vec![Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
            objective: ObjectiveId::new(id(600)),
            cycle: next_cycle(),
            ..objective_drafted()
        }))],
    );
    let into_it = Command::Edit {
        subject: Subject::Objective(ObjectiveId::new(id(600))),
        set: vec![(Field::Cycle, Value::Ref(Subject::Cycle(cycle())))],
    };
    let refused = world.try_online("ana", vec![into_it]).unwrap_err();
    assert_eq!(refused.code, Code::Closed, "nor does anything move into it");
}

#[test]
fn reopening_takes_a_reason_and_grades_change_again() {
    let mut world = closed();
    let reopen = Command::Record(Body::CycleReopened { cycle: cycle() });
    assert!(world.try_online("ana", vec![reopen.clone()]).is_err());
    world
        .offline_because("ana", vec![reopen], Some("one partner was counted twice"))
        .unwrap();
    world.sync("ana");
    let again = grade(&world, kr(PARTNERS), "0.6");
    world
        .offline_because("ana", vec![again], Some("six it was"))
        .unwrap();
    world.sync("ana");
    let head = world.state.head;
    world.online("ana", vec![close(&world, head)]);
    let closing = world.state.cycles[&cycle()].closing.clone().unwrap();
    assert_eq!(closing.position, head);
}

#[test]
fn a_closed_cycle_reads_as_at_its_position_whatever_comes_later() {
    let mut world = graded();
    world
        .offline("caro", vec![check_in(absolute("550"), "2026-09-30")])
        .unwrap();
    let position = world.state.head;
    world.online("ana", vec![close(&world, position)]);

    let read = |world: &World| {
        let closing = world.state.cycles[&cycle()].closing.clone().unwrap();
        let mut state = quarterdeck_core::state::State::default();
        for entry in &world.log[..usize::try_from(closing.position).unwrap()] {
            state.apply(entry);
        }
        closing::mark(&mut state, cycle(), &closing);
        let day = closing::day(&state, &state.cycles[&cycle()], &closing);
        let score = score::objective_score(&state, objective(), day);
        (day, score, state)
    };
    let before = read(&world);
    assert_eq!(before.0, date("2026-09-30"));
    world.sync("caro");
    assert_eq!(read(&world), before);
    assert!(before.2.cycles[&cycle()].is_closed());
}
