//! Whatever the log: each past moment is the fold of what was known then, by whichever way it is
//! found; and what is found about a thing is what touches it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{
    Body, CheckedIn, Entry, Event, KeyResultAdded, Metric, ObjectiveDrafted, Source,
    WorkspaceCreated,
};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, KeyResultId, MemberId, ObjectiveId, TeamId, Uuid, WorkspaceId,
};
use quarterdeck_core::known::Known;
use quarterdeck_core::state::State;
use quarterdeck_core::token::{
    Cadence, CycleKind, MetricKind, NoteKind, ObjectiveKind, Role, TeamLevel,
};
use quarterdeck_core::value::{Change, Field, Measure, Subject, Value};
use quarterdeck_core::when::Moment;
use quarterdeck_ledger::{Appended, Ledger, MemoryLedger, NewEntry, Sealed};
use quarterdeck_projection::{Health, Horizon, Kept, Projection, ProjectionError};
use quarterdeck_proto::encode_event;

const BEGAN: u64 = 1_780_000_000_000;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn workspace() -> WorkspaceId {
    WorkspaceId::new(id(1))
}

/// Something that happens; small numbers choose among few things, so that events meet.
#[derive(Debug, Clone)]
enum Act {
    Cycle(u8),
    Objective(u8, u8),
    KeyResult(u8, u8),
    Say(u8, u8, i32, Option<String>),
    Retract(Index),
    Target(u8, i32),
    Note(u8),
    Team(u8, u8),
    Adopt,
    Leave,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => (0u8..3).prop_map(Act::Cycle),
        1 => (0u8..3, 0u8..6).prop_map(|(cycle, n)| Act::Objective(cycle, n)),
        2 => (0u8..6, 0u8..20).prop_map(|(objective, n)| Act::KeyResult(objective, n)),
        20 => (0u8..20, 0u8..90, -9i32..9, proptest::option::of("[a-z]{1,9}"))
            .prop_map(|(of, on, by, note)| Act::Say(of, on, by, note)),
        2 => any::<Index>().prop_map(Act::Retract),
        3 => (0u8..20, 0i32..900).prop_map(|(of, to)| Act::Target(of, to)),
        2 => (0u8..20).prop_map(Act::Note),
        1 => (0u8..3, 0u8..4).prop_map(|(team, member)| Act::Team(team, member)),
        1 => Just(Act::Adopt),
        1 => Just(Act::Leave),
    ]
}

/// An act, how long after the one before, and whether it was imported (from how long ago).
type Happened = (Act, u64, Option<u64>);

fn happened() -> impl Strategy<Value = Happened> {
    let later = prop_oneof![Just(0u64), 1u64..50, 1_000u64..90_000_000];
    let imported = prop_oneof![8 => Just(None), 1 => (0u64..9_000_000_000).prop_map(Some)];
    (act(), later, imported)
}

fn objective(n: u8) -> ObjectiveId {
    ObjectiveId::new(id(0x2000 + u128::from(n)))
}
fn key_result(n: u8) -> KeyResultId {
    KeyResultId::new(id(0x3000 + u128::from(n)))
}
fn cycle(n: u8) -> CycleId {
    CycleId::new(id(0x4000 + u128::from(n)))
}
fn team(n: u8) -> TeamId {
    TeamId::new(id(0x5000 + u128::from(n)))
}

fn body(act: &Act, said: &mut Vec<(u8, EventId)>, event: EventId) -> Body {
    match act {
        Act::Cycle(n) => Body::CycleCreated {
            cycle: cycle(*n),
            name: format!("cycle {n}"),
            kind: CycleKind::Custom,
            starts: Date::from_days_since_epoch(20_000),
            ends: Date::from_days_since_epoch(20_090),
            parent: (*n > 0).then(|| cycle(0)),
        },
        Act::Objective(of, n) => Body::ObjectiveDrafted(ObjectiveDrafted {
            objective: objective(*n),
            title: format!("objective {n}"),
            description: None,
            cycle: cycle(*of),
            owner: None,
            team: Some(team(1)),
            kind: ObjectiveKind::Committed,
            supports: None,
            key: None,
            carried_from: None,
            standing: false,
        }),
        Act::KeyResult(of, n) => Body::KeyResultAdded(KeyResultAdded {
            key_result: key_result(*n),
            objective: objective(*of),
            title: format!("key result {n}"),
            owner: None,
            metric: Metric {
                kind: MetricKind::Increase,
                baseline: Some(0.into()),
                target: Some(100.into()),
                low: None,
                high: None,
                milestones: Vec::new(),
                unit: None,
            },
            indicator: None,
            certainty: None,
            cadence: Cadence::Weekly,
            weight: 1.into(),
            rank: None,
            key: None,
            team: None,
            kpi: None,
            carried_from: None,
        }),
        Act::Say(of, on, by, note) => {
            said.push((*of, event));
            Body::CheckedIn(CheckedIn {
                key_result: key_result(*of),
                measure: Measure::Delta((*by).into()),
                effective: Date::from_days_since_epoch(20_000 + i32::from(*on)),
                confidence: None,
                projection: None,
                note: note.clone(),
            })
        }
        Act::Retract(_) if said.is_empty() => body(&Act::Leave, said, event),
        Act::Retract(which) => {
            let (of, check_in) = said[which.index(said.len())];
            Body::CheckInRetracted {
                key_result: key_result(of),
                check_in,
            }
        }
        Act::Target(of, to) => Body::Edited {
            subject: Subject::KeyResult(key_result(*of)),
            changes: vec![Change {
                field: Field::Target,
                from: Value::Number(100.into()),
                to: Value::Number((*to).into()),
            }],
        },
        Act::Note(of) => Body::NoteAdded {
            about: Subject::KeyResult(key_result(*of)),
            kind: NoteKind::Learning,
            text: "they answer before noon".into(),
        },
        Act::Team(n, member) if *member == 0 => Body::TeamCreated {
            team: team(*n),
            name: format!("team {n}"),
            level: TeamLevel::Team,
            parent: None,
        },
        Act::Team(n, member) => Body::TeamMemberAdded {
            team: team(*n),
            member: MemberId::new(id(0x6000 + u128::from(*member))),
        },
        Act::Adopt => Body::ServerAdopted {
            device: DeviceId::new(id(0x7777)),
            key: [3; 32],
            name: "server".into(),
        },
        Act::Leave => Body::TeamMemberRemoved {
            team: team(1),
            member: MemberId::new(id(0x6001)),
        },
    }
}

/// A log in which these things happened; before a server was adopted, recorded when it was authored,
/// as such a log is after the server has it: all at once.
fn log(all: &[Happened]) -> MemoryLedger {
    let ledger = MemoryLedger::new(*workspace().as_bytes());
    let adopted = all.iter().position(|(act, ..)| matches!(act, Act::Adopt));
    let mut now = BEGAN;
    let handed_over = BEGAN + 400_000_000;
    let begin = Body::WorkspaceCreated(WorkspaceCreated {
        name: "acme".into(),
        time_zone: "Europe/Lisbon".into(),
        fiscal_year_start: 1,
        key: [9; 32],
        device_name: "laptop".into(),
        server: adopted.is_none(),
    });
    let owner = Body::MemberAdded {
        member: MemberId::new(id(0x6001)),
        name: "ana".into(),
        email: None,
        role: Role::Owner,
    };
    let mut said = Vec::new();
    let mut made = BTreeSet::new();
    let happened = [(begin, 0, None), (owner, 1, None)].into_iter().chain(
        (all.iter().enumerate()).filter_map(|(n, (act, later, imported))| {
            let event = EventId::new(id(0x1_0000 + n as u128 + 2));
            // Nothing is made twice: the rule book sees to that.
            if let Act::Adopt | Act::Cycle(_) | Act::Team(_, 0) = act
                && !made.insert(format!("{act:?}"))
            {
                return None;
            }
            Some((body(act, &mut said, event), *later, *imported))
        }),
    );
    for (n, (body, later, imported)) in happened.enumerate() {
        now += later;
        let alone = adopted.is_some_and(|adopted| n <= adopted + 2);
        if adopted.is_some_and(|adopted| n == adopted + 3) {
            now = now.max(handed_over);
        }
        let authored = now - if alone { 0 } else { later / 2 };
        let recorded = if alone { handed_over.max(now) } else { now };
        let event = Event {
            id: EventId::new(id(0x1_0000 + n as u128)),
            workspace: workspace(),
            member: MemberId::new(id(0x6001)),
            device: DeviceId::new(id(0x7000)),
            number: n as u64 + 1,
            previous: None,
            authored: Hlc::at(authored),
            seen: n as u64,
            remaining: 0,
            reason: None,
            undoes: None,
            source: imported.map(|ago| Source {
                author: "ana".into(),
                at: Timestamp::from_ms(BEGAN + 200_000_000 - ago.min(BEGAN)),
                origin: "okrs.md".into(),
            }),
            body,
        };
        let sealed = Sealed::new(encode_event(&event).into(), [7; 16], None);
        let new = NewEntry::new(recorded, *event.id.as_bytes(), sealed);
        let size = ledger.head().size;
        assert!(matches!(
            ledger.append(size, vec![new]),
            Ok(Appended::Recorded(_))
        ));
    }
    ledger
}

fn entries(ledger: &dyn Ledger) -> Vec<Entry> {
    let all = ledger.read(1, usize::MAX, usize::MAX).unwrap();
    all.iter()
        .map(|entry| quarterdeck_projection::read_entry(entry).unwrap())
        .collect()
}

fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> State {
    let mut state = State::default();
    entries.into_iter().for_each(|entry| state.apply(entry));
    state
}

fn opened(dir: &Path, ledger: &dyn Ledger, interval: u64) -> Projection {
    opened_with(dir, ledger, interval, &Health::default())
}

fn opened_with(dir: &Path, ledger: &dyn Ledger, interval: u64, health: &Health) -> Projection {
    let kept = Kept::open(Some(dir), health.clone()).every(interval);
    let mut projection = Projection::of(dir, health, kept);
    assert!(projection.catch_up(ledger).unwrap());
    projection
}

fn seen(
    projection: &mut Projection,
    ledger: &dyn Ledger,
    moment: Moment,
) -> Result<State, ProjectionError> {
    let horizon = Horizon::of(&projection.folded.state, Some(moment));
    projection.state_within(ledger, &horizon)
}

/// Everything about the past, by the slow and obvious way.
fn holds(projection: &mut Projection, ledger: &dyn Ledger) -> Result<(), TestCaseError> {
    let all = entries(ledger);
    let present = fold(&all);
    prop_assert_eq!(&projection.folded.state, &present);
    for position in (1..=present.head + 1).step_by(7) {
        let found = seen(projection, ledger, Moment::Position(position)).unwrap();
        let wanted = fold(all.iter().filter(|entry| entry.seq <= position));
        prop_assert_eq!(&found, &wanted, "#{}", position);
    }
    let known = Known::of(&present);
    let recorded = all.iter().map(|entry| entry.recorded.ms());
    let authored = all.iter().map(|entry| entry.event.authored.wall);
    let sources = all
        .iter()
        .filter_map(|entry| Some(entry.event.source.as_ref()?.at.ms()));
    let moments: BTreeSet<u64> = (recorded.chain(authored).chain(sources))
        .flat_map(|at| [at.saturating_sub(1), at])
        .collect();
    for moment in moments.into_iter().step_by(5).map(Timestamp::from_ms) {
        let found = seen(projection, ledger, Moment::At(moment)).unwrap();
        let in_sight = all.iter().filter(|entry| known.by(entry, moment));
        let wanted = fold(in_sight.clone());
        prop_assert!(
            found == wanted,
            "at {moment} (adopted {:?}): {} for {:?}; {:?}",
            present.adopted_at(),
            found.head,
            in_sight.map(|entry| entry.seq).collect::<Vec<_>>(),
            (all.iter())
                .map(|one| (
                    one.seq,
                    one.recorded.ms(),
                    one.event.authored.wall,
                    one.event.source.as_ref().map(|s| s.at.ms())
                ))
                .collect::<Vec<_>>(),
        );
    }
    for position in [present.head / 3, present.head / 2]
        .into_iter()
        .filter(|at| *at > 0)
    {
        let moment = Moment::At(all[usize::try_from(position).unwrap() / 2].recorded);
        let horizon = Horizon::of(&present, Some(moment)).earlier(Moment::Position(position));
        let found = projection.state_within(ledger, &horizon).unwrap();
        let wanted = fold(all.iter().filter(|entry| horizon.lets_in(entry)));
        prop_assert_eq!(&found, &wanted, "{:?} #{}", moment, position);
    }
    let things = (all.iter().flat_map(|entry| entry.event.subjects())).collect::<BTreeSet<_>>();
    for thing in things.iter().step_by(3) {
        let found = projection.about(ledger, &BTreeSet::from([*thing])).unwrap();
        let wanted = all
            .iter()
            .filter(|entry| entry.event.subjects().contains(thing));
        prop_assert!(found.iter().eq(wanted));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_past_moment_is_the_fold_of_what_was_known(
        all in prop::collection::vec(happened(), 0..120), interval in 1u64..40, first in any::<Index>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let whole = log(&all);
        // As far as the log went at first, then all of it, then once more from what is kept.
        let part = MemoryLedger::new(whole.workspace());
        let sizes = [first.index(all.len() + 1) as u64, whole.head().size];
        for size in sizes {
            let from = part.head().size;
            let more = whole.read(from + 1, usize::try_from(size.saturating_sub(from)).unwrap(), usize::MAX).unwrap();
            let more = more.into_iter().map(|entry| NewEntry::new(entry.recorded, entry.event_id, entry.event));
            part.append(from, more.collect()).unwrap();
            holds(&mut opened(dir.path(), &part, interval), &part)?;
        }
        holds(&mut opened(dir.path(), &whole, interval), &whole)?;
    }

    /// A damaged or foreign folder costs time, and changes no answer; or it is owned up to.
    #[test]
    fn what_is_kept_may_be_damaged(
        all in prop::collection::vec(happened(), 20..60), others in prop::collection::vec(happened(), 1..30),
        file in any::<Index>(), at in any::<Index>(), flip in 1u8.., cut in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = log(&all);
        drop(opened(dir.path(), &log(&others), 5));
        holds(&mut opened(dir.path(), &ledger, 5), &ledger)?;
        let mut files: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let path = &files[file.index(files.len())];
        let mut bytes = fs::read(path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if cut { bytes.truncate(at); }
        fs::write(path, bytes).unwrap();
        let health = Health::default();
        let mut projection = opened_with(dir.path(), &ledger, 5, &health);
        let right = holds(&mut projection, &ledger);
        prop_assert!(right.is_ok() || health.broken().is_some(), "wrong, and nobody says so");
        // Whoever comes next makes anew what did not hold.
        if health.broken().is_some() {
            holds(&mut opened(dir.path(), &ledger, 5), &ledger)?;
        }
    }
}
