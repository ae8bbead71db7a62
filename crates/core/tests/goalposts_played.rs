//! Goals as first agreed, against the log folded without what moved them: slow and obvious.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::goalposts::{self, Asked, Goalposts, Scope};
use quarterdeck_core::score;
use quarterdeck_core::value::{Field, Subject, Value};
use support::past::{Listed, fold};
use support::quarter::kr;
use support::*;

fn found(world: &World, on: &str) -> Goalposts {
    let mut past = Listed::all(&world.log);
    let asked = Asked {
        cycle: cycle(),
        scope: Scope::Cycle,
        on: date(on),
    };
    goalposts::of(&mut past, &asked).unwrap().unwrap()
}

fn edit(subject: Subject, field: Field, to: Value) -> Command {
    Command::Edit {
        subject,
        set: vec![(field, to)],
    }
}

fn text(word: &str) -> Value {
    Value::Text(word.into())
}

/// What people do to goals in a quarter.
#[derive(Debug, Clone)]
enum Act {
    Measure(usize, i64),
    Target(usize, i64),
    Weight(usize, i64),
    Drop(usize),
    TakeUp(usize),
    Reword(usize),
    Add(i64),
    DropObjective,
    NextDay,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let which = 0usize..6;
    prop::collection::vec(
        prop_oneof![
            3 => (which.clone(), 0i64..20).prop_map(|(at, value)| Act::Measure(at, value)),
            2 => (which.clone(), 1i64..20).prop_map(|(at, value)| Act::Target(at, value)),
            2 => (which.clone(), 1i64..5).prop_map(|(at, value)| Act::Weight(at, value)),
            1 => which.clone().prop_map(Act::Drop),
            1 => which.clone().prop_map(Act::TakeUp),
            1 => which.prop_map(Act::Reword),
            1 => (1i64..20).prop_map(Act::Add),
            1 => Just(Act::DropObjective),
            4 => Just(Act::NextDay),
        ],
        1..60,
    )
}

/// Plays acts from 27 June on, a day at a time.
fn played(acts: &[Act]) -> World {
    let mut world = World::with_quarter();
    let mut day = date("2026-06-27");
    world.now = noon("2026-06-27");
    let mut ids = vec![leads()];
    let number = |value: i64| Value::Number(value.to_string().parse().unwrap());
    for act in acts {
        let pick = |at: &usize| Subject::KeyResult(ids[at % ids.len()]);
        let (command, why) = match act {
            Act::NextDay => {
                day = day.plus_days(1);
                world.now = noon(&day.to_string());
                continue;
            }
            Act::Measure(at, value) => {
                let on = day.to_string();
                let id = ids[at % ids.len()];
                (check_in_on(id, absolute(&value.to_string()), &on), None)
            }
            Act::Target(at, to) => (edit(pick(at), Field::Target, number(*to)), None),
            Act::Weight(at, to) => (edit(pick(at), Field::Weight, number(*to)), None),
            Act::Drop(at) => (edit(pick(at), Field::State, text("dropped")), Some("why")),
            Act::TakeUp(at) => (edit(pick(at), Field::State, text("active")), None),
            Act::Reword(at) => {
                let title = format!("title {}", world.state.head);
                (edit(pick(at), Field::Title, Value::Text(title)), None)
            }
            Act::Add(target) => {
                let n = 500 + ids.len() as u64;
                let made = key_result(n, &format!("added {n}"), increase("0", &target.to_string()));
                let command = Command::Record(Body::KeyResultAdded(made));
                if world.try_online("ana", vec![command]).is_ok() {
                    ids.push(kr(n));
                }
                continue;
            }
            Act::DropObjective => {
                let subject = Subject::Objective(objective());
                (edit(subject, Field::State, text("dropped")), Some("why"))
            }
        };
        // What changes nothing is refused.
        let _ = world.offline_because("ana", vec![command], why);
        world.sync("ana");
    }
    world
}

/// As agreed, the slow way: the log folded without what moved a goal after the first day.
fn without_moves(log: &[Entry]) -> quarterdeck_core::state::State {
    let begun = noon("2026-06-30").plus_ms(11 * 3_600_000);
    fold(log.iter().filter(|entry| {
        let moves = matches!(
            entry.event.body,
            Body::Edited {
                subject: Subject::KeyResult(_) | Subject::Objective(_) | Subject::Cycle(_),
                ..
            }
        );
        !(moves && entry.recorded >= begun)
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn as_agreed_is_the_score_of_a_log_in_which_nothing_was_moved(acts in acts()) {
        let world = played(&acts);
        let on = "2026-08-30";
        let found = found(&world, on);
        let plain = without_moves(&world.log);
        prop_assert_eq!(
            found.means(&found.agreed, |_| true),
            score::cycle_means(&plain, cycle(), date(on), |_| true)
        );
        for id in plain.key_results.keys() {
            let (a, b) = (&found.agreed.key_results[id], &plain.key_results[id]);
            prop_assert_eq!((&a.title, &a.metric, a.weight, a.state), (&b.title, &b.metric, b.weight, b.state));
            prop_assert_eq!(&a.check_ins, &b.check_ins);
        }
        // And what is told leads from the one to the other, step by step.
        for (id, before) in &plain.key_results {
            let last = (found.moved.iter().rev())
                .find(|one| one.subject == Subject::KeyResult(*id) && one.field == Some(Field::Target));
            let stands: Option<Decimal> = world.state.key_results[id].metric.target;
            let told = match last {
                Some(moved) => moved.to.clone(),
                None => Value::number(before.metric.target),
            };
            prop_assert_eq!(told, Value::number(stands));
        }
    }
}
