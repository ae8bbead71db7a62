//! Grades, closing, carrying over and incentives, by the worked examples of `docs/closing.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::closing::{self, Open};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{
    Body, IncentiveAdded, KeyResultAdded, KeyResultGraded, Metric, ObjectiveDrafted,
};
use quarterdeck_core::grading::{self, Advice, Band};
use quarterdeck_core::id::{CycleId, IncentiveId, KeyResultId, ObjectiveId};
use quarterdeck_core::incentive::{self, Cover};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::{CycleKind, MetricKind, ObjectiveKind, Switch};
use quarterdeck_core::value::{Field, Measure, Milestone, Subject, Value};
use quarterdeck_core::{carry, score};
use support::*;

const PARTNERS: u64 = 201;
const PILOT: u64 = 202;
const NEXT: u64 = 300;

fn kr(n: u64) -> KeyResultId {
    KeyResultId::new(id(n))
}
fn next_cycle() -> CycleId {
    CycleId::new(id(NEXT))
}

fn milestone(name: &str, weight: &str) -> Milestone {
    Milestone {
        name: name.into(),
        weight: dec(weight),
    }
}

/// The third quarter of the examples, measured and over.
fn quarter() -> World {
    let mut world = World::with_quarter();
    let step = |name: &str| Measure::Step {
        name: name.into(),
        done: true,
    };
    world.now = noon("2026-10-01");
    world.online(
        "ana",
        vec![
            Command::Edit {
                subject: leads_subject(),
                set: vec![(Field::Weight, Value::Number(dec("2")))],
            },
            Command::Record(Body::KeyResultAdded(key_result(
                PARTNERS,
                "partners signed",
                increase("0", "10"),
            ))),
            Command::Record(Body::KeyResultAdded(key_result(
                PILOT,
                "pilot",
                Metric {
                    milestones: vec![
                        milestone("draft", "1"),
                        milestone("trial", "2"),
                        milestone("live", "3"),
                    ],
                    ..metric(MetricKind::Milestones)
                },
            ))),
            Command::Record(Body::CycleCreated {
                cycle: next_cycle(),
                name: "2026-Q4".into(),
                kind: CycleKind::Quarterly,
                starts: date("2026-10-01"),
                ends: date("2026-12-31"),
                parent: None,
            }),
            check_in(absolute("531"), "2026-09-30"),
            check_in_on(kr(PARTNERS), absolute("8"), "2026-09-30"),
            check_in_on(kr(PILOT), step("draft"), "2026-09-29"),
            check_in_on(kr(PILOT), step("trial"), "2026-09-30"),
        ],
    );
    world.pull_all();
    world
}

fn grade(world: &World, id: KeyResultId, to: &str) -> Command {
    let found = &world.state.key_results[&id];
    Command::Record(Body::KeyResultGraded(KeyResultGraded {
        key_result: id,
        computed: grading::computed(&world.state, id, date("2026-09-30")),
        from: found.grade.as_ref().map(|grade| grade.grade),
        to: Some(dec(to)),
    }))
}

fn graded() -> World {
    let mut world = quarter();
    let as_computed = vec![
        grade(&world, leads(), "0.62"),
        grade(&world, kr(PILOT), "0.5"),
    ];
    world.online("ana", as_computed);
    let overruled = grade(&world, kr(PARTNERS), "0.7");
    let refused = world.offline("ana", vec![overruled.clone()]).unwrap_err();
    assert_eq!(refused.code, Code::Invalid, "overruling takes a reason");
    world
        .offline_because(
            "ana",
            vec![overruled],
            Some("the last one signed after the quarter"),
        )
        .unwrap();
    world.pull_all();
    world
}

fn close(world: &World, position: u64) -> Command {
    let _ = world;
    Command::Record(Body::CycleClosed {
        cycle: cycle(),
        position,
        root: [7; 32],
    })
}

fn closed() -> World {
    let mut world = graded();
    let close = close(&world, world.state.head);
    world.online("ana", vec![close]);
    world
}

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

fn carried(world: &mut World) -> carry::Plan {
    let mut ids = Ids(9_000);
    carry::plan(
        &world.state,
        &[objective()],
        next_cycle(),
        date("2026-10-01"),
        &mut ids,
    )
    .unwrap()
}

#[test]
fn unfinished_key_results_go_on_from_where_they_stand() {
    let mut world = closed();
    let plan = carried(&mut world);
    let one = &plan.objectives[0];
    assert_eq!(one.drafted.carried_from, Some(objective()));
    assert_eq!(one.drafted.cycle, next_cycle());
    assert_eq!(one.drafted.kind, ObjectiveKind::Aspirational);
    let told: Vec<_> = one
        .key_results
        .iter()
        .map(|new| {
            (
                new.carried_from.unwrap(),
                new.metric.baseline,
                new.metric.target,
                new.weight,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (leads(), Some(dec("531")), Some(dec("550")), dec("2")),
            (kr(PARTNERS), Some(dec("8")), Some(dec("10")), dec("1")),
            (kr(PILOT), None, None, dec("1")),
        ]
    );
    assert_eq!(
        one.key_results[2].metric.milestones,
        [milestone("live", "3")]
    );

    let new = one.key_results[0].key_result;
    world.online("ana", plan.commands());
    world.now = noon("2026-10-20");
    world.online("ana", vec![check_in_on(new, absolute("541"), "2026-10-20")]);
    let progress = score::progress(
        &world.state,
        &world.state.key_results[&new],
        &world.state.cycles[&next_cycle()],
        date("2026-10-20"),
    );
    assert_eq!(progress.progress, Some(dec("0.5263")));
}

#[test]
fn what_is_finished_stays_behind_and_nothing_is_carried_twice() {
    let mut world = quarter();
    world.online(
        "ana",
        vec![check_in_on(kr(PARTNERS), absolute("10"), "2026-09-30")],
    );
    let plan = carried(&mut world);
    assert_eq!(
        plan.objectives[0].left,
        [(kr(PARTNERS), carry::Left::Finished)]
    );
    world.online("ana", plan.commands());
    let again = carry::plan(
        &world.state,
        &[objective()],
        next_cycle(),
        date("2026-10-01"),
        &mut Ids(9_500),
    );
    assert_eq!(again.unwrap_err().code, Code::AlreadyExists);
}

#[test]
fn alignment_help_and_keys_go_along() {
    let mut world = quarter();
    let below = ObjectiveId::new(id(700));
    world.online(
        "ana",
        vec![
            Command::Edit {
                subject: leads_subject(),
                set: vec![(Field::Key, Value::Text("leads".into()))],
            },
            Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: below,
                supports: Some(leads_subject()),
                standing: true,
                ..objective_drafted()
            })),
            Command::Record(Body::HelpLinked {
                from: kr(PARTNERS),
                to: leads(),
            }),
        ],
    );
    let plan = carry::plan(
        &world.state,
        &[below, objective()],
        next_cycle(),
        date("2026-10-01"),
        &mut Ids(9_000),
    )
    .unwrap();
    let (above, under) = (&plan.objectives[0], &plan.objectives[1]);
    assert_eq!(above.from, objective(), "what is supported comes first");
    let new_leads = above.key_results[0].key_result;
    let new_partners = above.key_results[1].key_result;
    assert_eq!(under.drafted.supports, Some(Subject::KeyResult(new_leads)));
    assert!(under.drafted.standing);
    assert_eq!(plan.helps, [(new_partners, new_leads)]);
    world.online("ana", plan.commands());

    // Both answer to the key; the one that goes on is meant, and either may still be edited.
    let both = [leads_subject(), Subject::KeyResult(new_leads)];
    assert_eq!(
        carry::newest(&world.state, &both),
        [Subject::KeyResult(new_leads)]
    );
    for subject in both {
        let title = Command::Edit {
            subject,
            set: vec![(Field::Title, Value::Text("leads that qualify".into()))],
        };
        world.online("ana", vec![title]);
    }
    assert!(
        carry::standing(&world.state, next_cycle()).is_empty(),
        "the standing one is there already"
    );
}

#[test]
fn a_standing_objective_is_carried_from_where_it_went_last() {
    let mut world = quarter();
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Objective(objective()),
            set: vec![(Field::Standing, Value::Text("on".into()))],
        }],
    );
    assert_eq!(carry::standing(&world.state, next_cycle()), [objective()]);
    let plan = carried(&mut world);
    let successor = plan.objectives[0].drafted.objective;
    world.online("ana", plan.commands());
    let third = CycleId::new(id(301));
    world.online(
        "ana",
        vec![Command::Record(Body::CycleCreated {
            cycle: third,
            name: "2027-Q1".into(),
            kind: CycleKind::Quarterly,
            starts: date("2027-01-01"),
            ends: date("2027-03-31"),
            parent: None,
        })],
    );
    assert_eq!(carry::standing(&world.state, third), [successor]);
}

#[test]
fn nothing_is_said_of_incentives_until_an_owner_turns_them_on() {
    let mut world = quarter();
    let metric = |n: u64, title: &str, key_result| {
        Command::Record(Body::IncentiveAdded(IncentiveAdded {
            incentive: IncentiveId::new(id(n)),
            title: title.into(),
            key_result,
            member: None,
        }))
    };
    assert!(incentive::review(&world.state).is_none());
    assert!(
        world
            .try_online("ana", vec![metric(800, "leads", None)])
            .is_err()
    );
    let switch = |to: Switch| Command::Edit {
        subject: Subject::Workspace,
        set: vec![(Field::Incentives, Value::Text(to.word().into()))],
    };
    let refused = world
        .try_online("ben", vec![switch(Switch::On)])
        .unwrap_err();
    assert_eq!(refused.code, Code::Forbidden);
    world.machines.get_mut("ben").unwrap().outbox.clear();

    let ana = world.machines["ana"].member;
    world.online("ana", vec![switch(Switch::On)]);
    world.online_because(
        "ana",
        vec![
            Command::Edit {
                subject: leads_subject(),
                set: vec![(Field::Owner, Value::Ref(Subject::Member(ana)))],
            },
            metric(801, "qualified leads", Some(leads())),
            metric(802, "margin", None),
            metric(803, "pilot", Some(kr(PILOT))),
            metric(804, "partners", Some(kr(PARTNERS))),
        ],
        "the plan for the year",
    );
    let defer = Command::Edit {
        subject: Subject::KeyResult(kr(PILOT)),
        set: vec![(Field::State, Value::Text("deferred".into()))],
    };
    world
        .offline_because("ana", vec![defer], Some("next quarter"))
        .unwrap();
    world.sync("ana");
    let covers: Vec<Cover> = incentive::review(&world.state)
        .unwrap()
        .iter()
        .map(|finding| finding.cover)
        .collect();
    assert_eq!(
        covers,
        [
            Cover::Covered,
            Cover::NoKeyResult,
            Cover::NotLive,
            Cover::NoOwner
        ]
    );
    let plan = carried(&mut world);
    let successor = plan.objectives[0].key_results[0].key_result;
    world.online("ana", plan.commands());
    let review = incentive::review(&world.state).unwrap();
    assert_eq!(review[0].key_result, Some(successor), "it goes along");
    world.online("ana", vec![switch(Switch::Off)]);
    assert!(incentive::review(&world.state).is_none());
}
