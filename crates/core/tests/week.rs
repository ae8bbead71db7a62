//! The week: what is due, what people write, what happened since, and who agreed to what.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::BTreeSet;

use quarterdeck_core::agreement;
use quarterdeck_core::decide::Command;
use quarterdeck_core::digest::{self, Between, Digest};
use quarterdeck_core::due;
use quarterdeck_core::event::{Body, InitiativeAdded};
use quarterdeck_core::id::{InitiativeId, KeyResultId, MemberId, TeamId};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{DueKind, MetricKind, NoteKind, ObjectiveState, Status, TeamLevel};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_core::weekly::{self, Place, Said};
use quarterdeck_core::whose::Whose;
use support::*;

fn set(subject: Subject, field: Field, word: &str) -> Command {
    Command::Edit {
        subject,
        set: vec![(field, Value::Text(word.into()))],
    }
}

/// The quarter of the support, under way since 1 July, with "qualified leads" added on 20 June.
fn world() -> World {
    let mut world = World::with_quarter();
    world.online(
        "ana",
        vec![set(Subject::Cycle(cycle()), Field::State, "active")],
    );
    world.pull_all();
    world
}

fn member(world: &World, who: &str) -> MemberId {
    world.machines[who].member
}

fn overdue(world: &World, whose: &Whose, on: &str) -> Vec<(DueKind, Subject)> {
    due::due(&world.state, whose, date(on), date(on))
        .into_iter()
        .filter(|one| one.overdue)
        .map(|one| (one.kind, one.subject))
        .collect()
}

mod due_check_ins {
    use super::*;

    const NOTHING: &[(DueKind, Subject)] = &[];

    #[test]
    fn one_that_was_never_made_is_due_a_week_after_the_cycle_began_and_overdue_after_the_grace() {
        let world = world();
        let leads = vec![(DueKind::CheckIn, leads_subject())];
        assert_eq!(overdue(&world, &Whose::All, "2026-06-30"), NOTHING);
        assert_eq!(overdue(&world, &Whose::All, "2026-07-10"), NOTHING);
        assert_eq!(overdue(&world, &Whose::All, "2026-07-11"), leads);
        let one = &due::check_ins(&world.state, &Whose::All, date("2026-07-11"))[0];
        assert_eq!(
            (one.due, one.days_late(date("2026-07-11"))),
            (date("2026-07-08"), 3)
        );
        assert_eq!(one.last, None);
    }

    #[test]
    fn one_is_overdue_exactly_when_the_status_is_stale() {
        let mut world = world();
        world.online("caro", vec![check_in(absolute("510"), "2026-07-06")]);
        world.now = noon("2026-07-31");
        for day in 6..=31 {
            let on = date(&format!("2026-07-{day:02}"));
            let key_result = &world.state.key_results[&leads()];
            let status = quarterdeck_core::status::of_key_result(
                &world.state,
                key_result,
                &world.state.cycles[&cycle()],
                on,
            )
            .status;
            let asked = !overdue(&world, &Whose::All, &on.to_string()).is_empty();
            assert_eq!(asked, status == Status::Stale, "{on}: {status}");
        }
        assert_eq!(
            overdue(&world, &Whose::All, "2026-07-15"),
            NOTHING,
            "13 + 2 days"
        );
        assert_eq!(overdue(&world, &Whose::All, "2026-07-16").len(), 1);
    }

    #[test]
    fn a_reached_target_asks_for_nothing_more() {
        let mut world = world();
        world.online("caro", vec![check_in(absolute("550"), "2026-07-06")]);
        assert!(due::check_ins(&world.state, &Whose::All, date("2026-08-30")).is_empty());
    }

    #[test]
    fn planned_cycles_and_deferred_goals_ask_for_nothing() {
        let world = World::with_quarter();
        assert!(due::check_ins(&world.state, &Whose::All, date("2026-08-30")).is_empty());
        assert_eq!(
            due::not_started(&world.state, date("2026-08-30")),
            [cycle()]
        );
        assert!(due::not_started(&world.state, date("2026-06-30")).is_empty());
        let mut world = super::world();
        let later = vec![set(leads_subject(), Field::State, "deferred")];
        (world.offline_because("ana", later, Some("the fair is in autumn"))).unwrap();
        world.sync("ana");
        assert!(due::check_ins(&world.state, &Whose::All, date("2026-08-30")).is_empty());
    }

    #[test]
    fn one_that_was_added_late_has_a_period_of_its_own() {
        let mut world = world();
        world.now = noon("2026-08-10");
        let late = key_result(140, "partners", increase("0", "5"));
        world.online("ana", vec![Command::Record(Body::KeyResultAdded(late))]);
        let asked = due::check_ins(&world.state, &Whose::All, date("2026-08-10"));
        let due: Vec<_> = asked.iter().map(|one| one.due.to_string()).collect();
        assert_eq!(due, ["2026-07-08", "2026-08-17"]);
    }

    #[test]
    fn what_is_nobodys_is_its_teams_and_a_team_has_what_is_below_it() {
        let mut world = world();
        let (sales, south) = (TeamId::new(id(141)), TeamId::new(id(142)));
        let (ben, caro) = (member(&world, "ben"), member(&world, "caro"));
        let team = |team, name: &str, parent| {
            Command::Record(Body::TeamCreated {
                team,
                name: name.into(),
                level: TeamLevel::Team,
                parent,
            })
        };
        world.online(
            "ana",
            vec![
                team(sales, "Sales", None),
                team(south, "South", Some(sales)),
                Command::Record(Body::TeamMemberAdded {
                    team: south,
                    member: caro,
                }),
                Command::Edit {
                    subject: Subject::Objective(objective()),
                    set: vec![(Field::Team, Value::Ref(Subject::Team(south)))],
                },
            ],
        );
        let asked = |world: &World, whose: Whose| overdue(world, &whose, "2026-07-20").len();
        assert_eq!(asked(&world, Whose::Member(caro)), 1, "she is in the team");
        assert_eq!(asked(&world, Whose::Member(ben)), 0);
        assert_eq!(asked(&world, Whose::team(&world.state, sales)), 1);
        world.online(
            "ana",
            vec![Command::Edit {
                subject: leads_subject(),
                set: vec![(Field::Owner, Value::Ref(Subject::Member(ben)))],
            }],
        );
        assert_eq!(asked(&world, Whose::Member(ben)), 1, "it is his own now");
        assert_eq!(asked(&world, Whose::Member(caro)), 0);
        assert_eq!(asked(&world, Whose::team(&world.state, sales)), 1);
        assert_eq!(asked(&world, Whose::Teams(BTreeSet::new())), 0);
    }

    #[test]
    fn work_is_listed_by_its_day_and_is_over_when_it_is_done() {
        let mut world = world();
        world.with_practice();
        world.online("caro", vec![check_in(absolute("550"), "2026-07-06")]);
        let initiative = InitiativeId::new(id(120));
        let subject = Subject::Initiative(initiative);
        world.online(
            "ben",
            vec![Command::Record(Body::InitiativeAdded(InitiativeAdded {
                initiative,
                title: "Visit the partners".into(),
                description: None,
                owner: None,
                due: Some(date("2026-07-10")),
                supports: Some(leads_subject()),
            }))],
        );
        assert_eq!(overdue(&world, &Whose::All, "2026-07-10"), []);
        assert_eq!(
            overdue(&world, &Whose::All, "2026-07-11"),
            [(DueKind::Initiative, subject)]
        );
        let listed = due::due(
            &world.state,
            &Whose::All,
            date("2026-07-02"),
            date("2026-07-02"),
        );
        assert_eq!(
            listed[0].kind,
            DueKind::Todo,
            "behind, and not overdue before its last day"
        );
        assert_eq!(
            (listed[0].overdue, listed[0].behind),
            (false, Some(dec("2.2")))
        );
        world.online("ben", vec![set(subject, Field::State, "done")]);
        assert_eq!(
            overdue(&world, &Whose::All, "2026-07-31"),
            [(DueKind::Todo, Subject::Todo(todo()))]
        );
    }
}

mod writing_the_week {
    use super::*;

    fn place(world: &World, week: &str) -> Place {
        Place {
            member: member(world, "caro"),
            week: date(week),
            team: None,
        }
    }

    fn plans(text: &str) -> Said {
        Said {
            plans: Some(text.into()),
            ..Said::default()
        }
    }

    #[test]
    fn the_second_time_in_a_week_changes_the_first_and_leaves_what_was_not_said_again() {
        let mut world = world();
        let first = Said {
            progress: Some(" two signed\n".into()),
            ..plans("visit Faro")
        };
        let command = weekly::write(&world.state, place(&world, "2026-07-08"), first).unwrap();
        world.online("caro", vec![command]);
        let command = weekly::write(
            &world.state,
            place(&world, "2026-07-12"),
            plans("call Faro"),
        )
        .unwrap();
        assert!(matches!(command, Command::Edit { .. }), "{command:?}");
        world.online("caro", vec![command]);
        let (_, found) = weekly::find(&world.state, place(&world, "2026-07-06")).unwrap();
        assert_eq!(found.plans.as_deref(), Some("call Faro"));
        assert_eq!(found.progress.as_deref(), Some("two signed"));
        assert_eq!(world.state.weeklies.len(), 1);
        let again = plans("call Faro");
        assert_eq!(
            weekly::write(&world.state, place(&world, "2026-07-06"), again),
            None
        );
        assert!(weekly::find(&world.state, place(&world, "2026-07-13")).is_none());
    }

    #[test]
    fn an_update_that_says_nothing_any_more_is_withdrawn_and_can_be_written_anew() {
        let mut world = world();
        let place = place(&world, "2026-07-08");
        assert_eq!(weekly::write(&world.state, place, plans("  ")), None);
        let command = weekly::write(&world.state, place, plans("visit Faro")).unwrap();
        world.online("caro", vec![command]);
        let command = weekly::write(&world.state, place, plans("")).unwrap();
        world.online("caro", vec![command]);
        assert!(weekly::find(&world.state, place).is_none());
        let command = weekly::write(&world.state, place, plans("visit Lagos")).unwrap();
        world.online("caro", vec![command]);
        let (_, found) = weekly::find(&world.state, place).unwrap();
        assert_eq!(found.plans.as_deref(), Some("visit Lagos"));
    }
}

mod what_happened {
    use super::*;

    const NPS_ID: u64 = NPS;

    fn happened(then: &State, now: &State) -> Digest {
        let between = Between {
            then,
            then_on: date("2026-07-12"),
            now,
            now_on: date("2026-07-20"),
        };
        digest::digest(&between, &Whose::All)
    }

    /// Up to Sunday, 12 July.
    fn until_sunday() -> World {
        let mut world = world();
        let nps = key_result(NPS_ID, "promoters", increase("20", "40"));
        world.online("ana", vec![Command::Record(Body::KeyResultAdded(nps))]);
        world.online("caro", vec![check_in(absolute("505"), "2026-07-09")]);
        world.now = noon("2026-07-20");
        world
    }

    fn ids(found: &[digest::Moved]) -> Vec<KeyResultId> {
        found.iter().map(|one| one.key_result).collect()
    }

    #[test]
    fn moved_stalled_and_silent_are_told_apart() {
        let mut world = until_sunday();
        let then = world.state.clone();
        let quiet = happened(&then, &world.state);
        assert!(quiet.moved.is_empty() && quiet.stalled.is_empty());
        world.online("caro", vec![check_in(absolute("513"), "2026-07-17")]);
        let nps = KeyResultId::new(id(NPS_ID));
        world.online("caro", vec![check_in_on(nps, absolute("20"), "2026-07-17")]);
        let found = happened(&then, &world.state);
        assert_eq!(ids(&found.moved), [leads()]);
        let moved = &found.moved[0];
        assert_eq!(moved.from.as_ref().unwrap().value, Some(dec("505")));
        assert_eq!(moved.to.value, Some(dec("513")));
        assert_eq!(ids(&found.stalled), [nps], "measured at its baseline");
        let worst = &found.attention[0];
        assert_eq!(worst.key_result, nps);
        assert_eq!(worst.to.status.status, Status::OffTrack);
        assert_eq!(worst.from.as_ref().unwrap().status.status, Status::Stale);
        let cycle_moved = &found.cycles[0];
        assert_eq!(
            (cycle_moved.from, cycle_moved.to),
            (Some(dec("0.05")), Some(dec("0.13")))
        );
    }

    #[test]
    fn a_measurement_that_came_late_is_news_when_it_comes() {
        let mut world = until_sunday();
        let then = world.state.clone();
        world.online("caro", vec![check_in(absolute("511"), "2026-07-11")]);
        let found = happened(&then, &world.state);
        assert_eq!(ids(&found.moved), [leads()]);
    }

    #[test]
    fn a_target_that_went_and_came_back_was_not_moved_and_one_that_went_was() {
        let mut world = until_sunday();
        let then = world.state.clone();
        world.online("ana", vec![set_target("600")]);
        let found = happened(&then, &world.state);
        let (field, from, to) = found.goals[0].change.clone().unwrap();
        assert_eq!(field, Field::Target);
        assert_eq!(
            (from, to),
            (Value::Number(dec("550")), Value::Number(dec("600")))
        );
        world.online("ana", vec![set_target("550")]);
        assert_eq!(happened(&then, &world.state).goals, []);
    }

    #[test]
    fn notes_and_updates_since_are_told_by_kind_and_earlier_ones_are_not() {
        let mut world = until_sunday();
        let note = |kind, text: &str| {
            Command::Record(Body::NoteAdded {
                about: leads_subject(),
                kind,
                text: text.into(),
            })
        };
        world.online("caro", vec![note(NoteKind::Win, "an old win")]);
        let then = world.state.clone();
        world.online(
            "caro",
            vec![
                note(NoteKind::Win, "two signed"),
                note(NoteKind::Problem, "the CRM is slow"),
            ],
        );
        let place = Place {
            member: member(&world, "caro"),
            week: date("2026-07-13"),
            team: None,
        };
        let said = Said {
            problems: Some("one is ill".into()),
            ..Said::default()
        };
        let command = weekly::write(&world.state, place, said).unwrap();
        world.online("caro", vec![command]);
        let found = happened(&then, &world.state);
        let wins = digest::of_kind(&world.state, &found.notes, NoteKind::Win);
        assert_eq!(wins.len(), 1);
        assert_eq!(world.state.notes[&wins[0]].text, "two signed");
        assert_eq!(
            digest::of_kind(&world.state, &found.notes, NoteKind::Problem).len(),
            1
        );
        assert_eq!(found.weeklies.len(), 1);
        let others = Whose::Member(member(&world, "ben"));
        let between = Between {
            then: &then,
            then_on: date("2026-07-12"),
            now: &world.state,
            now_on: date("2026-07-20"),
        };
        assert!(digest::digest(&between, &others).weeklies.is_empty());
    }

    #[test]
    fn what_is_done_is_not_stalled_and_needs_no_attention() {
        let mut world = world();
        let gate = key_result(150, "contract signed", metric(MetricKind::Binary));
        world.online("ana", vec![Command::Record(Body::KeyResultAdded(gate))]);
        let gate = KeyResultId::new(id(150));
        world.online(
            "caro",
            vec![check_in_on(gate, Measure::Done(true), "2026-07-09")],
        );
        world.now = noon("2026-07-20");
        let then = world.state.clone();
        world.online(
            "caro",
            vec![check_in_on(gate, Measure::Done(true), "2026-07-19")],
        );
        let found = happened(&then, &world.state);
        assert!(found.stalled.is_empty());
        assert_eq!(ids(&found.attention), [leads()], "silence is never green");
    }
}

mod agreeing {
    use super::*;

    fn three_asked() -> World {
        let mut world = world();
        let members = ["ana", "ben", "caro"]
            .map(|who| member(&world, who))
            .to_vec();
        world.online(
            "ana",
            vec![Command::Record(Body::SignOffAsked {
                objective: objective(),
                members,
            })],
        );
        world.pull_all();
        world
    }

    fn sign(world: &mut World, who: &'static str) {
        let objective = objective();
        world.online(
            who,
            vec![Command::Record(Body::ObjectiveSigned { objective })],
        );
        world.pull_all();
    }

    fn state(world: &World) -> ObjectiveState {
        world.state.objectives[&objective()].state
    }

    #[test]
    fn a_draft_is_agreed_when_the_last_of_those_asked_has_signed() {
        let mut world = three_asked();
        sign(&mut world, "ana");
        sign(&mut world, "ben");
        assert_eq!(state(&world), ObjectiveState::Draft);
        let caro = member(&world, "caro");
        let awaited: Vec<_> = agreement::awaited(&world.state, objective()).collect();
        assert_eq!(awaited, [caro]);
        assert!(agreement::asks(&world.state, objective(), caro));
        sign(&mut world, "caro");
        assert_eq!(state(&world), ObjectiveState::Agreed);
        assert!(!agreement::asks(&world.state, objective(), caro));
    }

    #[test]
    fn whoever_signed_before_a_change_agreed_to_the_earlier_wording() {
        let mut world = three_asked();
        for who in ["ana", "ben", "caro"] {
            sign(&mut world, who);
        }
        world.online("ana", vec![set_target("540")]);
        sign(&mut world, "ben");
        let (ana, ben) = (member(&world, "ana"), member(&world, "ben"));
        let found = agreement::signatures(&world.state, objective());
        let of = |member| found.iter().find(|one| one.member == member).unwrap();
        assert!(of(ben).stands());
        assert_eq!(of(ana).since.len(), 1);
        let changed = &of(ana).since[0];
        assert_eq!(
            (changed.subject, changed.field.clone(), changed.stamp.member),
            (leads_subject(), Some(Field::Target), ana)
        );
        assert!(of(ana).signed.is_some() && !of(ana).stands());
        assert!(
            agreement::asks(&world.state, objective(), ana),
            "to the present wording"
        );
    }

    #[test]
    fn an_agreement_can_be_taken_back_and_who_never_signed_has_none() {
        let mut world = three_asked();
        sign(&mut world, "ben");
        let objective = objective();
        let unsign = || Command::Record(Body::ObjectiveUnsigned { objective });
        world.online("ben", vec![unsign()]);
        let refusal = world.try_online("ben", vec![unsign()]).unwrap_err();
        assert_eq!(refusal.message, "ben has not signed it.");
        assert!(agreement::asks(
            &world.state,
            objective,
            member(&world, "ben")
        ));
    }
}
