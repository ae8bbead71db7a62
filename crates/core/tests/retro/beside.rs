//! Another cycle beside, what goes on, funnels and notes.

use quarterdeck_core::carry;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, FunnelDefined, KpiRecorded, ObjectiveDrafted, Stage};
use quarterdeck_core::id::{CycleId, FunnelId, ObjectiveId};
use quarterdeck_core::plan::diagnosis;
use quarterdeck_core::retro::{Asked, Plan};
use quarterdeck_core::token::{CycleKind, NoteKind};
use quarterdeck_core::value::Subject;

use crate::support::quarter::{self, kr, next_cycle};
use crate::support::*;
use crate::{ask, asked, found, measured, story};

const LAST: u64 = 600;

/// The quarter beside the one before it, from which its objective was carried over.
fn carried_quarter() -> World {
    let mut world = World::new();
    let (last, earlier) = (CycleId::new(id(LAST)), ObjectiveId::new(id(601)));
    let cycle_made = |cycle, name: &str, starts: &str, ends: &str| {
        Command::Record(Body::CycleCreated {
            cycle,
            name: name.into(),
            kind: CycleKind::Quarterly,
            starts: date(starts),
            ends: date(ends),
            parent: None,
        })
    };
    let drafted = |objective, cycle, carried_from| {
        Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
            objective,
            cycle,
            carried_from,
            ..objective_drafted()
        }))
    };
    let mut before = key_result(602, "leads of spring", increase("450", "500"));
    before.objective = earlier;
    let mut after = key_result(LEADS, "qualified leads", increase("470", "550"));
    after.carried_from = Some(kr(602));
    world.now = noon("2026-04-02");
    world.online(
        "ana",
        vec![
            cycle_made(last, "2026-Q2", "2026-04-01", "2026-06-30"),
            drafted(earlier, last, None),
            Command::Record(Body::KeyResultAdded(before)),
            check_in_on(kr(602), absolute("470"), "2026-04-02"),
        ],
    );
    world.now = noon("2026-07-01");
    world.online(
        "ana",
        vec![
            cycle_made(cycle(), "2026-Q3", "2026-07-01", "2026-09-30"),
            cycle_made(CycleId::new(id(603)), "2026-Q1", "2026-01-01", "2026-03-31"),
            drafted(objective(), cycle(), Some(earlier)),
            Command::Record(Body::KeyResultAdded(after)),
        ],
    );
    world.pull_all();
    world.with_practice();
    for (value, on) in [("480", "2026-06-20"), ("530", "2026-09-20")] {
        world.now = world.now.max(noon(on));
        let read = Body::KpiRecorded(KpiRecorded {
            kpi: kpi(),
            value: dec(value),
            effective: date(on),
            note: None,
        });
        world.online("ana", vec![Command::Record(read)]);
    }
    world
}

#[test]
fn the_cycle_before_stands_beside_with_what_was_carried_over() {
    let world = carried_quarter();
    let found = found(&world, "2026-10-01");
    let other = found.beside.as_ref().unwrap();
    assert_eq!(other.state.cycles[&other.cycle].name, "2026-Q2");
    assert_eq!((other.on, other.ended), (date("2026-06-30"), true));
    assert_eq!(other.outcomes(|_| true).all, Some(dec("0.4")));
    let kin = other.kin(&found);
    assert_eq!(kin.len(), 1);
    assert_eq!(
        (kin[0].objective, kin[0].other),
        (objective(), ObjectiveId::new(id(601)))
    );
    assert_eq!(kin[0].key_results, [(leads(), kr(602))]);
    let kpis = other.kpis(&found);
    assert_eq!(
        (kpis[0].before.latest.value, kpis[0].after.latest.value),
        (dec("480"), dec("530"))
    );
    assert!(story(&found).contains(&"2026-Q2 had ended at 0.4.".to_owned()));
    // Another one can be named, and the later one beside the earlier finds the same lineage.
    let back = ask(
        &world,
        &Asked {
            cycle: CycleId::new(id(LAST)),
            compare: Some(cycle()),
            ..asked("2026-10-01")
        },
    );
    let kin = back.beside.as_ref().unwrap().kin(&back);
    assert_eq!(kin[0].key_results, [(kr(602), leads())]);
    // The first of its kind has none before it.
    let first = Asked {
        cycle: CycleId::new(id(603)),
        ..asked("2026-10-01")
    };
    assert!(ask(&world, &first).beside.is_none());
}

#[test]
fn what_goes_on_is_what_would_be_carried() {
    let world = quarter::quarter();
    let found = found(&world, "2026-10-01");
    let plan = quarter::carried(&mut quarter::quarter());
    let planned: Vec<_> = (plan.objectives[0].key_results.iter())
        .map(|new| (new.carried_from.unwrap(), new.metric.clone()))
        .collect();
    let goes = &found.onward.objectives[0];
    assert_eq!(goes.key_results, planned);
    assert_eq!(goes.carried, None);
    let mut world = world;
    let plan = quarter::carried(&mut world);
    let new = plan.objectives[0].drafted.objective;
    world.online("ana", plan.commands());
    let found = self::found(&world, "2026-10-01");
    assert_eq!(found.onward.objectives[0].carried, Some(new));
    assert_eq!(
        carry::successor(&world.state, objective(), Some(next_cycle())),
        Some(new)
    );
}

/// A funnel from visits to qualified leads, at 4 %.
fn funnel(world: &mut World, visits_per_lead: Option<&str>) {
    world.now = noon("2026-07-02");
    let mut visits = key_result(700, "visits", increase("0", "20000"));
    visits.objective = objective();
    let stage = |name: &str, source, rate: Option<&str>| Stage {
        name: name.into(),
        source: Some(Subject::KeyResult(source)),
        rate: rate.map(dec),
    };
    world.online(
        "ana",
        vec![
            Command::Record(Body::KeyResultAdded(visits)),
            Command::Record(Body::FunnelDefined(FunnelDefined {
                funnel: FunnelId::new(id(701)),
                name: "web".into(),
                stages: vec![
                    stage("visits", kr(700), visits_per_lead),
                    stage("qualified leads", leads(), None),
                ],
                key_result: Some(leads()),
            })),
        ],
    );
}

#[test]
fn a_funnel_is_held_against_its_plan() {
    let mut world = World::with_quarter();
    funnel(&mut world, Some("0.04"));
    let looked = |world: &World| found(world, "2026-10-01").funnels.remove(0);
    assert_eq!(looked(&world).against_plan, None, "nothing was measured");
    measured(&mut world, kr(700), "10000", "2026-09-29");
    measured(&mut world, leads(), "520", "2026-09-29");
    let (plan, found) = looked(&world).against_plan.unwrap();
    // 550 leads at 4 % need 13,750 visits.
    let planned = [dec("13750"), dec("550")];
    assert_eq!(plan, Plan::Target);
    let actual = [dec("10000"), dec("520")];
    assert_eq!(found, diagnosis::diagnose(&planned, &actual).unwrap());
    let parts = found.stages[0]
        .explains
        .checked_add(found.stages[1].explains);
    assert_eq!(
        parts,
        Some(dec("-30")),
        "the parts add up to what is missing"
    );
    // Without a rate there is no plan, and without another cycle nothing to compare with.
    let mut bare = World::with_quarter();
    funnel(&mut bare, None);
    measured(&mut bare, kr(700), "10000", "2026-09-29");
    measured(&mut bare, leads(), "520", "2026-09-29");
    let looked = looked(&bare);
    assert_eq!((looked.against_plan, looked.against_before), (None, None));
}

#[test]
fn notes_are_those_about_the_cycle_in_the_order_of_the_log() {
    let mut world = carried_quarter();
    let note = |about, text: &str| {
        Command::Record(Body::NoteAdded {
            about,
            kind: NoteKind::Learning,
            text: text.into(),
        })
    };
    world.now = noon("2026-09-21");
    world.online(
        "ben",
        vec![
            note(leads_subject(), "of a key result"),
            note(Subject::KeyResult(kr(602)), "of the quarter before"),
            note(Subject::Workspace, "of all of us"),
            note(Subject::Cycle(cycle()), "of the cycle"),
            note(Subject::Todo(todo()), "of work for it"),
        ],
    );
    world.now = noon("2026-10-02");
    world.online("ben", vec![note(Subject::Workspace, "after it")]);
    let found = found(&world, "2026-10-03");
    let texts: Vec<&str> = (found.notes.iter())
        .map(|note| found.state.notes[&note.id].text.as_str())
        .collect();
    assert_eq!(
        texts,
        [
            "of a key result",
            "of all of us",
            "of the cycle",
            "of work for it"
        ]
    );
    assert_eq!(found.notes[0].key_result, Some(leads()));
    assert_eq!(found.notes[3].objective, Some(objective()));
}
