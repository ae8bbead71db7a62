//! Carrying over and incentives, by the worked examples of `docs/closing.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, IncentiveAdded, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, IncentiveId, ObjectiveId};
use quarterdeck_core::incentive::{self, Cover};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::{CycleKind, ObjectiveKind, Switch};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_core::{carry, score};
use support::quarter::*;
use support::*;

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
