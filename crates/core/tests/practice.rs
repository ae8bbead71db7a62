//! Work, weekly updates, readings and imports: who may, what it comes to, and how it is undone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{
    Body, Entry, InitiativeAdded, KpiRecorded, ObjectiveDrafted, Source, TemplateSaved,
    WeeklyWritten,
};
use quarterdeck_core::id::{InitiativeId, MemberId, ObjectiveId, TemplateId, WeeklyId};
use quarterdeck_core::known::Known;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::state::State;
use quarterdeck_core::token::{Life, NoteState, WorkState};
use quarterdeck_core::value::{Field, Subject, Value};
use support::*;

fn world() -> World {
    let mut world = World::with_quarter();
    world.with_practice();
    world
}

fn undo(entry: &Entry) -> Command {
    Command::Undo(Box::new(entry.event.clone()))
}

fn count(quantity: &str, on: &str) -> Command {
    Command::Record(Body::TodoCounted {
        todo: todo(),
        quantity: dec(quantity),
        effective: date(on),
    })
}

fn read(value: &str, on: &str) -> Command {
    Command::Record(Body::KpiRecorded(KpiRecorded {
        kpi: kpi(),
        value: dec(value),
        effective: date(on),
        note: None,
    }))
}

fn initiative(owner: Option<MemberId>) -> Command {
    Command::Record(Body::InitiativeAdded(InitiativeAdded {
        initiative: InitiativeId::new(id(120)),
        title: "Call every partner".into(),
        description: None,
        owner,
        due: Some(date("2026-07-31")),
        supports: Some(leads_subject()),
    }))
}

fn weekly(plans: Option<&str>, week: &str) -> Command {
    Command::Record(Body::WeeklyWritten(WeeklyWritten {
        week: date(week),
        team: None,
        plans: plans.map(str::to_owned),
        progress: None,
        problems: None,
    }))
}

#[test]
fn counts_from_two_offline_machines_both_count_and_one_is_taken_back() {
    let mut world = world();
    let mine = world
        .offline("caro", vec![count("3", "2026-07-08")])
        .unwrap();
    world
        .offline("ben", vec![count("2", "2026-07-09")])
        .unwrap();
    world.pull_all();
    let done =
        |world: &World| world.state.todos[&todo()].done(date("2026-07-01"), date("2026-07-31"));
    assert_eq!(done(&world), Some(dec("5")));
    world.online("caro", vec![undo(&mine[0])]);
    assert_eq!(done(&world), Some(dec("2")));
    assert_eq!(
        world.state.todos[&todo()].counts.len(),
        3,
        "nothing is erased"
    );
}

#[test]
fn a_day_that_has_not_come_is_not_counted() {
    let refusal = world()
        .try_online("caro", vec![count("3", "2026-07-20")])
        .unwrap_err();
    assert!(
        refusal.message.contains("2026-07-20 has not come yet"),
        "{}",
        refusal.message
    );
}

#[test]
fn a_contributor_adds_work_of_their_own_and_nobody_elses() {
    let mut world = world();
    let (caro, ben) = (world.machines["caro"].member, world.machines["ben"].member);
    let refusal = world
        .try_online("caro", vec![initiative(Some(ben))])
        .unwrap_err();
    assert_eq!(refusal.code, Code::Forbidden);
    world.machines.get_mut("caro").unwrap().outbox.clear();
    let added = world.online("caro", vec![initiative(Some(caro))]).remove(0);
    let subject = Subject::Initiative(InitiativeId::new(id(120)));
    world.online(
        "caro",
        vec![Command::Edit {
            subject,
            set: vec![(Field::State, Value::Text("done".into()))],
        }],
    );
    assert_eq!(
        world.state.get(subject, &Field::State),
        Some(Value::Text(WorkState::Done.word().into()))
    );
    world.online("ana", vec![undo(&added)]);
    assert_eq!(
        world.state.initiatives[&InitiativeId::new(id(120))].state,
        WorkState::Withdrawn
    );
}

#[test]
fn a_key_result_reads_its_kpi_until_somebody_measures_later() {
    let mut world = world();
    world.online("caro", vec![read("510", "2026-07-03")]);
    assert_eq!(world.value("2026-07-02"), Some(dec("500")), "the baseline");
    assert_eq!(world.value("2026-07-03"), Some(dec("510")));
    world.online("caro", vec![check_in(delta("4"), "2026-07-05")]);
    assert_eq!(world.value("2026-07-05"), Some(dec("514")));
    let later = world
        .online("caro", vec![read("520", "2026-07-06")])
        .remove(0);
    assert_eq!(world.value("2026-07-06"), Some(dec("520")));
    assert_eq!(
        world.value("2026-07-05"),
        Some(dec("514")),
        "that day stays"
    );
    world.online("caro", vec![undo(&later)]);
    assert_eq!(world.value("2026-07-06"), Some(dec("514")));
    let kpi = &world.state.kpis[&kpi()];
    assert_eq!(kpi.readings.len(), 2, "nothing is erased");
    assert_eq!(kpi.readings[&later.event.id].state, NoteState::Withdrawn);
}

#[test]
fn one_writes_one_update_a_week_and_changes_that() {
    let mut world = world();
    let written = world
        .online(
            "caro",
            vec![weekly(Some("call the partners"), "2026-07-08")],
        )
        .remove(0);
    let refusal = world
        .try_online("caro", vec![weekly(Some("again"), "2026-07-06")])
        .unwrap_err();
    assert_eq!(refusal.code, Code::AlreadyExists);
    world.machines.get_mut("caro").unwrap().outbox.clear();
    let refusal = world
        .try_online("caro", vec![weekly(Some("next decade"), "2036-07-08")])
        .unwrap_err();
    assert_eq!(refusal.hint.as_deref(), Some("check the year"));
    world.machines.get_mut("caro").unwrap().outbox.clear();
    let id = WeeklyId::from(written.event.id);
    assert_eq!(
        world.state.weeklies[&id].week,
        date("2026-07-06"),
        "its Monday"
    );
    world.online(
        "caro",
        vec![Command::Edit {
            subject: Subject::Weekly(id),
            set: vec![(Field::Problems, Value::Text("one is ill".into()))],
        }],
    );
    let refusal = world
        .try_online(
            "caro",
            vec![Command::Edit {
                subject: Subject::Weekly(id),
                set: vec![(Field::Problems, Value::None), (Field::Plans, Value::None)],
            }],
        )
        .unwrap_err();
    assert_eq!(refusal.message, "The weekly update says nothing.");
}

#[test]
fn a_template_that_was_saved_by_mistake_is_withdrawn() {
    let mut world = world();
    let template = TemplateId::new(id(130));
    let saved = world
        .online(
            "ben",
            vec![Command::Record(Body::TemplateSaved(TemplateSaved {
                template,
                name: "closer".into(),
                document: "# Be trusted\n".into(),
            }))],
        )
        .remove(0);
    world.online("ben", vec![undo(&saved)]);
    assert_eq!(world.state.templates[&template].state, Life::Withdrawn);
}

/// An event that says it comes from elsewhere.
fn imported(world: &mut World, who: &'static str, at: Timestamp) -> Vec<Entry> {
    let mut entries = world
        .offline(who, vec![check_in(absolute("505"), "2026-07-02")])
        .unwrap();
    for entry in &mut entries {
        entry.event.source = Some(Source {
            author: "Ana Lima".into(),
            at,
            origin: "git:3f2a9c:okrs.md".into(),
        });
    }
    world.machines.get_mut(who).unwrap().outbox = entries.clone();
    entries
}

#[test]
fn what_was_imported_keeps_its_source_and_counts_as_known_then() {
    let mut world = world();
    let written = noon("2026-07-02");
    imported(&mut world, "ana", written);
    world.sync("ana");
    let entry = world.log.last().unwrap();
    assert_eq!(
        entry.recorded,
        noon("2026-07-10"),
        "the true time is kept too"
    );
    assert_eq!(entry.known_at(None), written);
    assert!(world.state.imported("git:3f2a9c:okrs.md"));
    assert_eq!(world.state.last_imported(), entry.seq);
    let check_in = world.state.key_results[&leads()]
        .check_ins
        .all()
        .last()
        .unwrap();
    assert_eq!(world.state.sources[&check_in.seq].author, "Ana Lima");
}

#[test]
fn importing_takes_an_editor_and_a_past() {
    let mut world = world();
    imported(&mut world, "caro", noon("2026-07-02"));
    let refusal = world.try_sync("caro").unwrap_err();
    assert_eq!(refusal.code, Code::Forbidden);
    world.machines.get_mut("caro").unwrap().outbox.clear();
    imported(&mut world, "ana", noon("2026-08-02"));
    let refusal = world.try_sync("ana").unwrap_err();
    assert!(
        refusal.message.contains("after it was imported"),
        "{}",
        refusal.message
    );
}

#[test]
fn before_the_workspace_began_what_was_imported_has_its_scene() {
    let mut world = world();
    let before = noon("2026-03-01");
    let mut entries = world
        .offline(
            "ana",
            vec![Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: ObjectiveId::new(id(140)),
                ..objective_drafted()
            }))],
        )
        .unwrap();
    entries[0].event.source = Some(Source {
        author: "Ana Lima".into(),
        at: before,
        origin: "git:3f2a9c:okrs.md".into(),
    });
    world.machines.get_mut("ana").unwrap().outbox = entries;
    world.sync("ana");
    let known = Known::of(&world.state);
    let fold = |moment: Timestamp| {
        let mut state = State::default();
        for entry in world.log.iter().filter(|entry| known.by(entry, moment)) {
            state.apply(entry);
        }
        state
    };
    let then = fold(before);
    assert!(then.workspace.is_some() && then.cycles.contains_key(&cycle()));
    assert_eq!(then.objectives.len(), 1, "the imported one and no other");
    assert!(then.key_results.is_empty());
    assert!(fold(noon("2026-02-01")).workspace.is_none());
}
