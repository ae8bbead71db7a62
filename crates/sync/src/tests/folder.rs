//! One folder, no server: what is committed lasts, whatever happens to the process.

use std::fs;
use std::path::Path;
use std::time::Duration;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::value::Subject;

use super::{NOW, Plan, Seeded, json, note, open};
use crate::{AsOf, CommitError, NewWorkspace, Options, Replica, ReplicaError};

pub(super) fn create(dir: &Path, seed: u64) -> Replica {
    let new = NewWorkspace {
        name: "acme".to_owned(),
        time_zone: "UTC".to_owned(),
        fiscal_year_start: 1,
        member_name: "ana".to_owned(),
        member_email: None,
        device_name: "laptop".to_owned(),
    };
    Replica::create(dir, new, Options::default(), NOW, &mut Seeded::new(seed)).unwrap()
}

fn commit(replica: &mut Replica, commands: Vec<quarterdeck_core::decide::Command>, at: u64) {
    replica
        .commit(commands, Some("why"), at, &mut Seeded::new(at))
        .unwrap();
}

#[test]
fn what_is_committed_is_there_at_the_next_opening_and_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    commit(&mut replica, plan.commands("2026-Q3"), NOW + 1);
    commit(&mut replica, plan.delta(5), NOW + 2);
    assert!(replica.is_authority() && replica.outbox().is_empty());
    let state = json(replica.state());
    drop(replica);

    let mut again = open(dir.path());
    assert_eq!(json(again.state()), state);
    assert_eq!(again.head().size, 6);
    let verified = again.verify(&mut |_, _| {}).unwrap();
    assert_eq!((verified.size, verified.commands), (6, 3));
    assert_eq!(verified.checkpoint.unwrap().1, 6);
    let logged: Vec<_> = again.entries(1).map(Result::unwrap).collect();
    assert_eq!(logged.len(), 6);
    assert!(logged.iter().all(|logged| !logged.pending));
    assert_eq!(logged.iter().filter(|logged| logged.signed).count(), 3);
}

#[test]
fn a_refused_command_leaves_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    let before = replica.head();
    // The second part is fine, the first is not: neither happens.
    let mut commands = plan.delta(1);
    commands.extend(note(Subject::Workspace, "fine"));
    let refused = replica
        .commit(commands, None, NOW + 1, &mut Seeded::new(2))
        .unwrap_err();
    assert!(matches!(refused, CommitError::Refused(refusal) if refusal.code == Code::NotFound));
    assert_eq!(replica.head(), before);
    drop(replica);
    assert_eq!(open(dir.path()).head(), before);
}

#[test]
fn a_workspace_that_is_refused_leaves_the_folder_for_the_next_attempt() {
    let dir = tempfile::tempdir().unwrap();
    let new = NewWorkspace {
        name: "acme".to_owned(),
        time_zone: "Nowhere/Land".to_owned(),
        fiscal_year_start: 1,
        member_name: "ana".to_owned(),
        member_email: None,
        device_name: "laptop".to_owned(),
    };
    let refused = Replica::create(
        dir.path(),
        new,
        Options::default(),
        NOW,
        &mut Seeded::new(1),
    )
    .unwrap_err();
    assert!(matches!(refused, CommitError::Refused(_)), "{refused}");
    assert_eq!(create(dir.path(), 1).head().size, 2);
    let again = Replica::create(
        dir.path(),
        NewWorkspace {
            name: "other".to_owned(),
            time_zone: "UTC".to_owned(),
            fiscal_year_start: 1,
            member_name: "ben".to_owned(),
            member_email: None,
            device_name: "laptop".to_owned(),
        },
        Options::default(),
        NOW,
        &mut Seeded::new(1),
    );
    assert!(matches!(
        again,
        Err(CommitError::Replica(ReplicaError::Exists { .. }))
    ));
}

#[test]
fn the_clock_never_runs_backwards_even_where_the_machines_does() {
    let dir = tempfile::tempdir().unwrap();
    let mut replica = create(dir.path(), 1);
    for (at, text) in [(NOW + 50, "a"), (NOW - 1_000_000, "b"), (NOW + 51, "c")] {
        commit(&mut replica, note(Subject::Workspace, text), at);
        drop(replica);
        replica = open(dir.path());
    }
    let entries: Vec<_> = replica
        .entries(1)
        .map(|logged| logged.unwrap().entry)
        .collect();
    assert!(entries.windows(2).all(|pair| {
        pair[0].event.authored < pair[1].event.authored && pair[0].recorded <= pair[1].recorded
    }));
}

#[test]
fn the_past_is_what_was_known_then() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    commit(&mut replica, plan.commands("2026-Q3"), NOW + 10);
    let then = json(replica.confirmed());
    commit(&mut replica, plan.target(200), NOW + 20);
    let now = json(replica.confirmed());
    let mut at = |as_of| json(&replica.state_as_of(as_of).unwrap());
    assert_eq!(at(AsOf::Position(5)), then);
    assert_eq!(at(AsOf::Moment(Timestamp::from_ms(NOW + 19))), then);
    assert_eq!(at(AsOf::Moment(Timestamp::from_ms(NOW + 20))), now);
    assert_eq!(at(AsOf::Position(1000)), now);
    assert!(
        replica
            .state_as_of(AsOf::Position(0))
            .unwrap()
            .workspace
            .is_none()
    );
}

#[test]
fn a_snapshot_is_used_can_be_deleted_and_is_believed_only_where_it_fits() {
    let dir = tempfile::tempdir().unwrap();
    let mut replica = create(dir.path(), 1);
    // Enough for a snapshot, and for something beyond it.
    for n in 0..42 {
        let notes = (0..100).flat_map(|m| note(Subject::Workspace, &format!("note {n} {m}")));
        commit(&mut replica, notes.collect(), NOW + n);
    }
    let state = json(replica.state());
    drop(replica);
    let derived = dir.path().join("derived");
    assert_eq!(json(open(dir.path()).state()), state);
    assert!(derived.exists());
    // A snapshot of another log is passed over.
    let other = tempfile::tempdir().unwrap();
    let mut foreign = create(other.path(), 2);
    for n in 0..3 {
        commit(
            &mut foreign,
            note(Subject::Workspace, &format!("other {n}")),
            NOW + n,
        );
    }
    let expected = json(foreign.state());
    drop(foreign);
    copy(&derived, &other.path().join("derived"));
    assert_eq!(json(open(other.path()).state()), expected);
    for file in fs::read_dir(&derived).unwrap() {
        fs::write(file.unwrap().path(), b"nonsense").unwrap();
    }
    assert_eq!(json(open(dir.path()).state()), state);
    fs::remove_dir_all(&derived).unwrap();
    assert_eq!(json(open(dir.path()).state()), state);
}

#[test]
fn two_processes_take_turns_and_see_each_others_work() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = create(dir.path(), 1);
    let impatient = Options {
        lock_wait: Duration::from_millis(10),
        ..Options::default()
    };
    let refused = Replica::open(dir.path(), impatient).unwrap_err();
    assert!(
        matches!(
            refused,
            ReplicaError::Locked {
                holder: Some(_),
                ..
            }
        ),
        "{refused}"
    );
    first.release();
    let mut second = open(dir.path());
    commit(
        &mut second,
        note(Subject::Workspace, "from the second"),
        NOW + 1,
    );
    second.release();
    commit(
        &mut first,
        note(Subject::Workspace, "from the first"),
        NOW + 2,
    );
    first.release();
    second.refresh().unwrap();
    assert_eq!(second.state().notes.len(), 2);
    assert_eq!(json(first.state()), json(second.state()));
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
