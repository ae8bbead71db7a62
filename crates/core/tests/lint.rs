//! The lint: given objectives and key results, then findings; and what it leaves alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KeyResultAdded, KpiDefined, Metric, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, KeyResultId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::lint::{self, Finding};
use quarterdeck_core::token::{
    CycleKind, Direction, Indicator, LintCode, MetricKind, ObjectiveKind, TeamLevel,
};
use quarterdeck_core::value::{Field, Milestone, Subject, Value};
use support::*;

const ANA: u64 = 10;
const BEN: u64 = 11;

fn member(n: u64) -> MemberId {
    MemberId::new(id(n))
}

fn goal(n: u64) -> ObjectiveId {
    ObjectiveId::new(id(n))
}

/// An objective that there is nothing to say about, but for its key results.
fn draft(n: u64, title: &str) -> ObjectiveDrafted {
    ObjectiveDrafted {
        objective: goal(n),
        title: title.into(),
        owner: Some(member(ANA)),
        ..objective_drafted()
    }
}

/// A key result that there is nothing to say about.
fn leading(n: u64, of: u64) -> KeyResultAdded {
    KeyResultAdded {
        objective: goal(of),
        indicator: Some(Indicator::Leading),
        ..key_result(n, "Clinics that ask for an offer", increase("10", "20"))
    }
}

fn add(world: &mut World, bodies: impl IntoIterator<Item = Body>) {
    let commands = bodies.into_iter().map(Command::Record).collect();
    world.online("ana", commands);
}

fn set(world: &mut World, subject: Subject, field: Field, value: Value) {
    let set = vec![(field, value)];
    world
        .offline_because("ana", vec![Command::Edit { subject, set }], Some("because"))
        .unwrap();
    world.sync("ana");
}

/// A world with objective 200 that is fine.
fn fine() -> World {
    let mut world = World::with_quarter();
    set(
        &mut world,
        Subject::Objective(objective()),
        Field::State,
        Value::Text("dropped".into()),
    );
    add(
        &mut world,
        [
            Body::ObjectiveDrafted(draft(200, "Be the first choice of clinics")),
            Body::KeyResultAdded(leading(201, 200)),
            Body::KeyResultAdded(KeyResultAdded {
                title: "Clinics that renew".into(),
                indicator: Some(Indicator::Lagging),
                ..leading(202, 200)
            }),
        ],
    );
    world
}

fn found(world: &World) -> Vec<Finding> {
    lint::findings(&world.state, |_, _| true)
}

fn codes(world: &World) -> Vec<&'static str> {
    found(world).iter().map(|one| one.code.word()).collect()
}

/// What is found about one more key result of objective 200.
fn of_key_result(title: &str, metric: Metric) -> Vec<(&'static str, String)> {
    let mut world = fine();
    add(
        &mut world,
        [Body::KeyResultAdded(KeyResultAdded {
            title: title.into(),
            metric,
            ..leading(203, 200)
        })],
    );
    let about = Subject::KeyResult(KeyResultId::new(id(203)));
    found(&world)
        .into_iter()
        .inspect(|one| assert_eq!(one.about, about, "{}", one.said))
        .map(|one| (one.code.word(), one.said))
        .collect()
}

#[test]
fn there_is_nothing_to_say_about_a_good_objective() {
    assert_eq!(codes(&fine()), [""; 0]);
}

#[test]
fn a_number_belongs_into_a_key_result() {
    let mut world = fine();
    let subject = Subject::Objective(goal(200));
    set(
        &mut world,
        subject,
        Field::Title,
        Value::Text("Win 50 clinics".into()),
    );
    let found = found(&world);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, LintCode::NumberInTitle);
    assert_eq!(found[0].said, "The title says '50'.");
    assert_eq!(found[0].about, subject);
    set(
        &mut world,
        subject,
        Field::Title,
        Value::Text("Win B2B clinics in Q3".into()),
    );
    assert_eq!(codes(&world), [""; 0]);
}

#[test]
fn a_task_is_found_where_nothing_is_measured() {
    let binary = metric(MetricKind::Binary);
    let steps = Metric {
        milestones: ["draft", "live"]
            .map(|name| Milestone {
                name: name.into(),
                weight: dec("1"),
            })
            .to_vec(),
        ..metric(MetricKind::Milestones)
    };
    let task = |said: &str| vec![("task-not-result", said.to_owned())];
    assert_eq!(
        of_key_result("Launch the portal", binary.clone()),
        task("'launch' says what is done, and it is either done or not.")
    );
    assert_eq!(
        of_key_result("Portal einführen", steps.clone()),
        task("'einführen' says what is done, and its steps say how far that is.")
    );
    assert_eq!(of_key_result("Train the team", increase("0", "1")).len(), 1);
    for (title, metric) in [
        (
            "Train reps until they certify themselves",
            increase("2", "9"),
        ),
        ("Plan attainment", increase("60", "80")),
        ("Portal that partners order through", steps),
    ] {
        assert_eq!(of_key_result(title, metric), [], "{title}");
    }
    let done = of_key_result("Partners love the portal", binary);
    assert_eq!(
        done,
        [("no-baseline", "It is either done or not.".to_owned())]
    );
}

#[test]
fn a_number_in_words_is_not_measured_yet() {
    let found = of_key_result("70 % of partners recommend us", metric(MetricKind::Binary));
    let said = "It says '70', and is either done or not.".to_owned();
    assert_eq!(found, [("no-baseline", said)]);
}

#[test]
fn a_plain_kpi_says_nothing_of_a_change() {
    let plain = of_key_result("Revenue", increase("10", "12"));
    let said = "The title names 'revenue' and nothing else.".to_owned();
    assert_eq!(plain, [("plain-kpi", said)]);
    assert_eq!(
        of_key_result("Revenue from partners", increase("10", "12")),
        []
    );
}

#[test]
fn a_kpi_of_the_same_name_is_found_unless_the_key_result_is_to_improve_it() {
    let mut world = fine();
    add(
        &mut world,
        [Body::KpiDefined(KpiDefined {
            kpi: kpi(),
            title: "Clinics that renew".into(),
            description: None,
            owner: None,
            team: None,
            direction: Direction::Higher,
            target: None,
            unit: None,
            key: None,
        })],
    );
    assert_eq!(codes(&world), ["plain-kpi"]);
    let key_result = KeyResultId::new(id(202));
    add(
        &mut world,
        [Body::KpiLinked {
            kpi: kpi(),
            key_result,
        }],
    );
    assert_eq!(codes(&world), [""; 0]);
}

#[test]
fn a_target_at_the_baseline_asks_for_nothing() {
    let said = "Both are 5.".to_owned();
    let found = of_key_result("Clinics in Porto", increase("5", "5"));
    assert_eq!(found, [("baseline-equals-target", said)]);
}

#[test]
fn somebody_answers_for_each() {
    let mut world = fine();
    let subject = Subject::Objective(goal(200));
    let team = TeamId::new(id(300));
    add(
        &mut world,
        [Body::TeamCreated {
            team,
            name: "sales".into(),
            level: TeamLevel::Team,
            parent: None,
        }],
    );
    set(&mut world, subject, Field::Owner, Value::None);
    assert_eq!(codes(&world), ["no-owner"], "of the objective, once");
    set(
        &mut world,
        subject,
        Field::Team,
        Value::Ref(Subject::Team(team)),
    );
    assert_eq!(
        codes(&world),
        ["no-owner"; 2],
        "the key results want a person"
    );
    for n in [201, 202] {
        let subject = Subject::KeyResult(KeyResultId::new(id(n)));
        set(
            &mut world,
            subject,
            Field::Owner,
            Value::Ref(Subject::Member(member(BEN))),
        );
    }
    assert_eq!(codes(&world), [""; 0]);
}

#[test]
fn two_to_five_key_results_are_good_and_only_live_ones_count() {
    let mut world = fine();
    let drop = |world: &mut World, n: u64| {
        let subject = Subject::KeyResult(KeyResultId::new(id(n)));
        set(world, subject, Field::State, Value::Text("deferred".into()));
    };
    add(
        &mut world,
        (203..206).map(|n| Body::KeyResultAdded(leading(n, 200))),
    );
    assert_eq!(codes(&world), [""; 0], "five");
    add(&mut world, [Body::KeyResultAdded(leading(206, 200))]);
    assert_eq!(
        found(&world)[0].said,
        "It has 6 key results; from 2 to 5 are good."
    );
    for n in 202..207 {
        drop(&mut world, n);
    }
    assert_eq!(
        found(&world)[0].said,
        "It has 1 key result; from 2 to 5 are good."
    );
    drop(&mut world, 201);
    assert_eq!(codes(&world), ["too-few-key-results"]);
}

#[test]
fn one_leading_indicator_is_wanted() {
    let mut world = fine();
    let subject = Subject::KeyResult(KeyResultId::new(id(201)));
    set(
        &mut world,
        subject,
        Field::Indicator,
        Value::Text("lagging".into()),
    );
    assert_eq!(codes(&world), ["no-leading-indicator"]);
    set(&mut world, subject, Field::Indicator, Value::None);
    assert_eq!(
        codes(&world),
        ["no-leading-indicator"],
        "unmarked is not leading"
    );
}

#[test]
fn four_objectives_fill_a_quarter_and_five_a_year() {
    for (kind, most) in [(CycleKind::Quarterly, 4), (CycleKind::Annual, 5)] {
        let mut world = World::new();
        let (starts, ends) = match kind {
            CycleKind::Annual => ("2027-01-01", "2027-12-31"),
            _ => ("2027-01-01", "2027-03-31"),
        };
        let cycle = CycleId::new(id(400));
        let name = if kind == CycleKind::Annual {
            "2027"
        } else {
            "2027-Q1"
        };
        add(
            &mut world,
            [Body::CycleCreated {
                cycle,
                name: name.into(),
                kind,
                starts: date(starts),
                ends: date(ends),
                parent: None,
            }],
        );
        for n in 0..=most {
            add(
                &mut world,
                [
                    Body::ObjectiveDrafted(ObjectiveDrafted {
                        cycle,
                        ..draft(500 + n, "Be the first choice")
                    }),
                    Body::KeyResultAdded(leading(600 + n, 500 + n)),
                    Body::KeyResultAdded(leading(700 + n, 500 + n)),
                ],
            );
        }
        let all = found(&world);
        assert_eq!(codes(&world), ["too-many-objectives"], "{kind}");
        assert_eq!(all[0].objective, goal(500 + most), "the last drafted");
        let said = format!(
            "It is number {0} of the {0} objectives that ana has in {name}; ",
            most + 1
        );
        assert!(all[0].said.starts_with(&said), "{}", all[0].said);
        let hand_over = Value::Ref(Subject::Member(member(BEN)));
        set(
            &mut world,
            Subject::Objective(goal(501)),
            Field::Owner,
            hand_over,
        );
        assert_eq!(codes(&world), [""; 0], "another owner has room");
    }
}

/// The fine world with the year above it, and in it objective 210, the company's.
fn with_a_year() -> World {
    let mut world = fine();
    let (year, company) = (CycleId::new(id(410)), TeamId::new(id(310)));
    add(
        &mut world,
        [
            Body::CycleCreated {
                cycle: year,
                name: "2026".into(),
                kind: CycleKind::Annual,
                starts: date("2026-01-01"),
                ends: date("2026-12-31"),
                parent: None,
            },
            Body::TeamCreated {
                team: company,
                name: "acme".into(),
                level: TeamLevel::Company,
                parent: None,
            },
            Body::ObjectiveDrafted(ObjectiveDrafted {
                cycle: year,
                team: Some(company),
                kind: ObjectiveKind::Committed,
                ..draft(210, "Every clinic knows us")
            }),
            Body::KeyResultAdded(leading(211, 210)),
            Body::KeyResultAdded(leading(212, 210)),
        ],
    );
    world
}

#[test]
fn an_objective_supports_something_once_there_is_something_above() {
    let mut world = with_a_year();
    let told: Vec<_> = found(&world)
        .iter()
        .map(|one| (one.code, one.objective))
        .collect();
    assert_eq!(
        told,
        [
            (LintCode::Unaligned, goal(200)),
            (LintCode::Unsupported, goal(210))
        ]
    );
    for above in [
        Subject::Objective(goal(210)),
        Subject::KeyResult(KeyResultId::new(id(211))),
    ] {
        let supports = Value::Ref(above);
        set(
            &mut world,
            Subject::Objective(goal(200)),
            Field::Supports,
            supports,
        );
        assert_eq!(codes(&world), [""; 0]);
    }
    let dropped = Value::Text("dropped".into());
    set(
        &mut world,
        Subject::KeyResult(KeyResultId::new(id(211))),
        Field::State,
        dropped,
    );
    let said: Vec<_> = found(&world)
        .into_iter()
        .map(|one| (one.code, one.said))
        .collect();
    assert_eq!(said.len(), 2);
    assert_eq!(said[0].0, LintCode::BrokenAlignment);
    assert_eq!(
        said[0].1,
        "It supports 'Clinics that ask for an offer', which is dropped."
    );
    assert_eq!(said[1].0, LintCode::TooFewKeyResults);
}

#[test]
fn a_finding_is_silenced_for_one_objective_and_heeded_again() {
    let mut world = fine();
    let named = |n, title: &str| Body::ObjectiveDrafted(draft(n, title));
    add(
        &mut world,
        [named(220, "Win 50 clinics"), named(230, "Win 60 clinics")],
    );
    for of in [220, 230] {
        add(
            &mut world,
            [1, 2].map(|n| Body::KeyResultAdded(leading(of + n, of))),
        );
    }
    let silenced = |world: &World| -> Vec<_> {
        found(world)
            .iter()
            .map(|one| (one.objective, one.silenced))
            .collect()
    };
    let code = || LintCode::NumberInTitle.word().to_owned();
    add(
        &mut world,
        [Body::LintSilenced {
            objective: goal(220),
            code: code(),
        }],
    );
    assert_eq!(silenced(&world), [(goal(220), true), (goal(230), false)]);
    add(
        &mut world,
        [Body::LintHeeded {
            objective: goal(220),
            code: code(),
        }],
    );
    assert_eq!(silenced(&world), [(goal(220), false), (goal(230), false)]);
}

#[test]
fn advice_refuses_nothing_and_what_is_not_live_gets_none() {
    let mut world = fine();
    add(
        &mut world,
        [Body::ObjectiveDrafted(draft(240, "Launch 5 things"))],
    );
    assert_eq!(codes(&world), ["number-in-title", "too-few-key-results"]);
    let subject = Subject::Objective(goal(240));
    set(
        &mut world,
        subject,
        Field::State,
        Value::Text("deferred".into()),
    );
    assert_eq!(codes(&world), [""; 0]);
    let chosen = lint::findings(&world.state, |of, _| of != goal(200));
    assert_eq!(chosen, []);
}

#[test]
fn a_cycle_that_is_over_needs_no_advice() {
    let world = fine();
    let cycle = &world.state.cycles[&cycle()];
    assert!(
        lint::is_current(cycle, date("2026-06-01")),
        "a planned one does"
    );
    assert!(lint::is_current(cycle, cycle.ends));
    assert!(!lint::is_current(cycle, date("2026-10-01")));
}
