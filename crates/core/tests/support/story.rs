//! Random histories: three people who work offline, sync, contradict and correct each other.

use proptest::prelude::*;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry, KeyResultGraded, KpiRecorded, WeeklyWritten};
use quarterdeck_core::id::{CycleId, KeyResultId, TeamId};
use quarterdeck_core::token::{CycleKind, NoteKind, TeamLevel};
use quarterdeck_core::value::{Field, Subject, Value};

use super::*;

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub enum Act {
    CheckIn(i64, u8),
    Add(i64, u8),
    Target(u16),
    Title(u8),
    Defer,
    Revive,
    Note,
    Retract(u8),
    Correct(u8, i64),
    Undo(u8),
    Resolve(bool),
    Sync,
    Wait(u32),
    Read(i64, u8),
    Reread(u8, i64),
    Count(i64, u8),
    Grade(u8),
    Weekly(u8),
    Agree,
    Close,
    Reopen,
    Move(bool),
    Dates(u8),
    Weigh(u8),
    Other(i64),
    Feed(bool),
    Kpi(bool),
    Help,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0i64..1000, 1u8..28).prop_map(|(value, day)| Act::CheckIn(value, day)),
        4 => (-9i64..9, 1u8..28).prop_map(|(value, day)| Act::Add(value, day)),
        3 => (500u16..700).prop_map(Act::Target),
        1 => any::<u8>().prop_map(Act::Title),
        1 => Just(Act::Defer),
        1 => Just(Act::Revive),
        1 => Just(Act::Note),
        1 => any::<u8>().prop_map(Act::Retract),
        2 => (any::<u8>(), 0i64..1000).prop_map(|(at, value)| Act::Correct(at, value)),
        2 => any::<u8>().prop_map(Act::Undo),
        2 => any::<bool>().prop_map(Act::Resolve),
        5 => Just(Act::Sync),
        2 => (1u32..5_000_000).prop_map(Act::Wait),
        2 => (0i64..1000, 1u8..28).prop_map(|(value, day)| Act::Read(value, day)),
        1 => (any::<u8>(), 0i64..1000).prop_map(|(at, value)| Act::Reread(at, value)),
        1 => (-9i64..9, 1u8..28).prop_map(|(value, day)| Act::Count(value, day)),
        2 => (0u8..11).prop_map(Act::Grade),
        1 => any::<u8>().prop_map(Act::Weekly),
        1 => Just(Act::Agree),
        1 => Just(Act::Close),
        1 => Just(Act::Reopen),
        2 => any::<bool>().prop_map(Act::Move),
        1 => (0u8..9).prop_map(Act::Dates),
        1 => (1u8..5).prop_map(Act::Weigh),
        1 => (0i64..100).prop_map(Act::Other),
        2 => any::<bool>().prop_map(Act::Feed),
        1 => any::<bool>().prop_map(Act::Kpi),
        1 => Just(Act::Help),
    ]
}

fn who() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("ana"), Just("ben"), Just("caro")]
}

pub fn story() -> impl Strategy<Value = Vec<(&'static str, Act)>> {
    proptest::collection::vec((who(), act()), 1..60)
}

fn pick<'a>(entries: &'a [&'a Entry], at: u8) -> Option<&'a Entry> {
    entries.get(usize::from(at) % entries.len().max(1)).copied()
}

/// Does what somebody wants on their machine, offline; a refusal is an answer, too.
pub fn perform(world: &mut World, who: &'static str, act: &Act) {
    let day = |day: &u8| format!("2026-07-{day:02}");
    let known: Vec<Entry> = world
        .log
        .iter()
        .take(world.machines[who].confirmed.head as usize)
        .chain(&world.machines[who].outbox)
        .cloned()
        .collect();
    let check_ins: Vec<&Entry> = known
        .iter()
        .filter(|entry| matches!(entry.event.body, Body::CheckedIn(_)))
        .collect();
    let set = |field, value| Command::Edit {
        subject: leads_subject(),
        set: vec![(field, value)],
    };
    let command = match act {
        Act::CheckIn(value, on) => check_in(absolute(&value.to_string()), &day(on)),
        Act::Add(value, on) => check_in(delta(&value.to_string()), &day(on)),
        Act::Target(to) => set_target(&to.to_string()),
        Act::Title(n) => set(Field::Title, Value::Text(format!("leads {n}"))),
        Act::Defer => set(Field::State, Value::Text("deferred".into())),
        Act::Revive => set(Field::State, Value::Text("active".into())),
        Act::Note => Command::Record(Body::NoteAdded {
            about: leads_subject(),
            kind: NoteKind::Learning,
            text: "they answer before noon".into(),
        }),
        Act::Retract(at) => match pick(&check_ins, *at) {
            Some(made) => Command::Record(Body::CheckInRetracted {
                key_result: leads(),
                check_in: made.event.id,
            }),
            None => return,
        },
        Act::Correct(at, value) => match pick(&check_ins, *at) {
            Some(made) => Command::Edit {
                subject: Subject::CheckIn(leads(), made.event.id),
                set: vec![(Field::Value, Value::Measure(absolute(&value.to_string())))],
            },
            None => return,
        },
        Act::Undo(at) => match pick(&known.iter().collect::<Vec<_>>(), *at) {
            Some(entry) => Command::Undo(Box::new(entry.event.clone())),
            None => return,
        },
        Act::Resolve(first) => {
            let view = world.machines[who].view();
            match view.conflicts.first() {
                Some(open) => {
                    let side = if *first {
                        open.contenders.first()
                    } else {
                        open.contenders.last()
                    };
                    Command::Resolve {
                        subject: open.subject,
                        field: open.field.clone(),
                        to: side.expect("a conflict has sides").value.clone(),
                    }
                }
                None => return,
            }
        }
        Act::Read(value, on) => Command::Record(Body::KpiRecorded(KpiRecorded {
            kpi: kpi(),
            value: dec(&value.to_string()),
            effective: date(&day(on)),
            note: None,
        })),
        Act::Reread(at, value) => {
            let view = world.machines[who].view();
            let readings: Vec<_> = view.kpis[&kpi()].readings.keys().collect();
            let Some(reading) = readings.get(usize::from(*at) % readings.len().max(1)) else {
                return;
            };
            Command::Edit {
                subject: Subject::Reading(kpi(), **reading),
                set: vec![(Field::Value, Value::Number(dec(&value.to_string())))],
            }
        }
        Act::Count(quantity, on) => Command::Record(Body::TodoCounted {
            todo: todo(),
            quantity: dec(&quantity.to_string()),
            effective: date(&day(on)),
        }),
        Act::Grade(tenths) => {
            let view = world.machines[who].view();
            let before = view.key_results[&leads()].grade.as_ref();
            let to = Some(Decimal::from_parts((*tenths).into(), 1).unwrap());
            Command::Record(Body::KeyResultGraded(KeyResultGraded {
                key_result: leads(),
                computed: to,
                from: before.map(|grade| grade.grade),
                to,
            }))
        }
        Act::Weekly(week) => Command::Record(Body::WeeklyWritten(WeeklyWritten {
            week: date("2026-07-01").plus_days(i32::from(*week)),
            team: None,
            plans: Some("call".into()),
            progress: None,
            problems: None,
        })),
        Act::Agree => Command::Record(Body::ObjectiveSigned {
            objective: objective(),
        }),
        Act::Close => Command::Record(Body::CycleClosed {
            cycle: cycle(),
            position: world.machines[who].confirmed.head,
            root: [7; 32],
        }),
        Act::Reopen => Command::Record(Body::CycleReopened { cycle: cycle() }),
        Act::Move(away) => Command::Edit {
            subject: Subject::Objective(objective()),
            set: vec![(
                Field::Cycle,
                Value::Ref(Subject::Cycle(if *away { next_cycle() } else { cycle() })),
            )],
        },
        Act::Dates(days) => Command::Edit {
            subject: Subject::Cycle(cycle()),
            set: vec![(
                Field::Ends,
                Value::Date(date("2026-09-30").plus_days(-i32::from(*days) * 9)),
            )],
        },
        Act::Weigh(weight) => set(Field::Weight, Value::Number(dec(&weight.to_string()))),
        Act::Other(value) => check_in_on(nps(), absolute(&value.to_string()), "2026-07-15"),
        Act::Feed(from) => set(
            Field::Kpi,
            Value::reference(from.then_some(Subject::Kpi(kpi()))),
        ),
        Act::Kpi(live) => Command::Edit {
            subject: Subject::Kpi(kpi()),
            set: vec![(
                Field::State,
                Value::Text(if *live { "active" } else { "withdrawn" }.into()),
            )],
        },
        Act::Help => Command::Record(Body::HelpLinked {
            from: nps(),
            to: leads(),
        }),
        Act::Wait(seconds) => {
            world.now = Timestamp::from_ms(world.now.ms() + u64::from(*seconds) * 100);
            return;
        }
        Act::Sync => {
            sync_and_shelve(world, who);
            return;
        }
    };
    let _ = world.offline_because(who, vec![command], Some("so it is"));
}

/// Sends what can be sent. Refused work, and what is chained to it, is set aside.
fn sync_and_shelve(world: &mut World, who: &'static str) {
    if world.try_sync(who).is_err() {
        world.machines.get_mut(who).unwrap().outbox.clear();
    }
}

pub fn play(story: &[(&'static str, Act)]) -> World {
    let mut world = World::with_quarter();
    world.with_practice();
    world.online(
        "ana",
        vec![
            Command::Record(Body::KeyResultAdded(key_result(
                NPS,
                "promoters",
                increase("0", "100"),
            ))),
            Command::Record(Body::CycleCreated {
                cycle: next_cycle(),
                name: "2026-Q4".into(),
                kind: CycleKind::Quarterly,
                starts: date("2026-10-01"),
                ends: date("2026-12-31"),
                parent: None,
            }),
        ],
    );
    world.pull_all();
    world.now = noon("2026-07-28");
    for (who, act) in story {
        perform(&mut world, who, act);
    }
    for name in ["ana", "ben", "caro", "ana", "ben", "caro"] {
        sync_and_shelve(&mut world, name);
    }
    world
}

/// The cycle that an objective may be moved to.
pub fn next_cycle() -> CycleId {
    CycleId::new(id(200))
}

pub fn nps() -> KeyResultId {
    KeyResultId::new(id(NPS))
}

pub fn team(n: u64) -> TeamId {
    TeamId::new(id(n))
}

pub fn form(team: TeamId, name: &str) -> Command {
    Command::Record(Body::TeamCreated {
        team,
        name: name.into(),
        level: TeamLevel::Team,
        parent: None,
    })
}
