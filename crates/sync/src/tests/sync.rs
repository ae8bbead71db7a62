//! Devices and a server: both ways, with refusals, conflicts and live watching.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::KeyResultState;
use quarterdeck_core::value::{Field, Measure, Subject, Value};

use super::join::{device, member};
use super::model::Server;
use super::{NOW, Plan, Seeded, json, note, open};
use crate::{CommitError, SyncError, sync, watch};

#[tokio::test]
async fn what_one_commits_offline_the_other_sees_after_both_synced() {
    let (server, ana) = Server::new(1);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
    let (mut second, second_remote) = device(two.path(), &server, member(2), 2).await;
    let plan = Plan::new(1);
    let random = &mut Seeded::new(3);
    sync(&mut first, &first_remote, NOW, &mut |_| {})
        .await
        .unwrap();
    first
        .commit(plan.commands("2026-Q3"), None, NOW + 1, random)
        .unwrap();
    first.commit(plan.delta(2), None, NOW + 2, random).unwrap();
    assert_eq!(first.pending_events(), 4);
    let pending = first
        .entries(1)
        .map(Result::unwrap)
        .filter(|logged| logged.pending)
        .count();
    assert_eq!(pending, 4);
    let report = sync(&mut first, &first_remote, NOW + 3, &mut |_| {})
        .await
        .unwrap();
    assert_eq!((report.pushed, report.already, report.pulled), (4, 0, 0));
    let report = sync(&mut second, &second_remote, NOW + 4, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(
        (report.pushed, report.pulled, report.up_to_date),
        (0, 4, true)
    );
    assert_eq!(report.head, first.head().size);
    assert_eq!(json(first.state()), json(second.state()));
    drop(second);
    assert_eq!(json(open(two.path()).state()), json(first.state()));
}

#[tokio::test]
async fn a_sync_with_nothing_to_do_is_one_call() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let before = server.model().calls;
    let report = sync(&mut replica, &remote, NOW, &mut |_| {}).await.unwrap();
    assert!(report.up_to_date);
    assert_eq!(server.model().calls, before + 1);
}

#[tokio::test]
async fn two_targets_set_apart_make_a_conflict_that_both_are_told_of() {
    let (server, ana) = Server::new(1);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
    let (mut second, second_remote) = device(two.path(), &server, member(2), 2).await;
    let plan = Plan::new(1);
    let random = &mut Seeded::new(3);
    first.refresh().unwrap();
    sync(&mut first, &first_remote, NOW, &mut |_| {})
        .await
        .unwrap();
    first
        .commit(plan.commands("2026-Q3"), None, NOW + 1, random)
        .unwrap();
    sync(&mut first, &first_remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();
    sync(&mut second, &second_remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();
    first
        .commit(plan.target(200), None, NOW + 3, random)
        .unwrap();
    second
        .commit(plan.target(300), None, NOW + 4, random)
        .unwrap();
    sync(&mut first, &first_remote, NOW + 5, &mut |_| {})
        .await
        .unwrap();
    let report = sync(&mut second, &second_remote, NOW + 6, &mut |_| {})
        .await
        .unwrap();
    assert_eq!((report.conflicts, report.new_conflicts.len()), (1, 1));
    let report = sync(&mut first, &first_remote, NOW + 7, &mut |_| {})
        .await
        .unwrap();
    assert_eq!((report.conflicts, report.new_conflicts.len()), (1, 1));
    let report = sync(&mut first, &first_remote, NOW + 8, &mut |_| {})
        .await
        .unwrap();
    assert_eq!((report.conflicts, report.new_conflicts.len()), (1, 0));
    assert_eq!(json(first.state()), json(second.state()));
}

#[tokio::test]
async fn a_refused_command_goes_to_the_shelf_with_what_needs_it_and_the_rest_goes_on() {
    let (server, ana) = Server::new(1);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
    let (mut second, second_remote) = device(two.path(), &server, member(2), 2).await;
    let (plan, other) = (Plan::new(1), Plan::new(2));
    let random = &mut Seeded::new(3);
    sync(&mut first, &first_remote, NOW, &mut |_| {})
        .await
        .unwrap();
    first
        .commit(plan.commands("2026-Q3"), None, NOW + 1, random)
        .unwrap();
    sync(&mut first, &first_remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();

    // The second makes a cycle of the same name, works on it, and says something besides.
    let made = second
        .commit(other.commands("2026-Q3"), None, NOW + 3, random)
        .unwrap();
    second
        .commit(other.delta(1), None, NOW + 4, random)
        .unwrap();
    second
        .commit(note(Subject::Workspace, "besides"), None, NOW + 5, random)
        .unwrap();
    let report = sync(&mut second, &second_remote, NOW + 6, &mut |_| {})
        .await
        .unwrap();
    assert!(report.up_to_date);
    assert_eq!(report.pushed, 1);
    let codes: Vec<_> = report
        .refused
        .iter()
        .map(|shelved| shelved.refusal.code)
        .collect();
    assert_eq!(codes, [Code::AlreadyExists, Code::DependsOnRefused]);
    assert_eq!(report.refused[1].depends_on, Some(made[0].event.id));
    assert_eq!(second.state().notes.len(), 1);
    assert_eq!(second.shelf().len(), 2);
    drop(second);

    // The shelf lasts. Retried as it was it is refused again; under another name it goes through.
    let mut second = open(two.path());
    assert_eq!(second.shelf().len(), 2);
    let id = second.shelf()[0].id();
    let again = second.shelf_retry(id, &[], NOW + 7, random).unwrap_err();
    assert!(matches!(again, CommitError::Refused(refusal) if refusal.code == Code::AlreadyExists));
    let titled = [(Field::Title, Value::Text("x".to_owned()))];
    let unfit = second
        .shelf_retry(id, &[(Field::Rank, Value::None)], NOW + 7, random)
        .unwrap_err();
    assert!(matches!(unfit, CommitError::Refused(refusal) if refusal.code == Code::Invalid));
    assert!(
        second.shelf_retry(id, &titled, NOW + 7, random).is_err(),
        "the cycle's name is still taken"
    );
    second.shelf_drop(id).unwrap();
    assert!(matches!(
        second.shelf_drop(id),
        Err(CommitError::Refused(_))
    ));
    assert_eq!(second.shelf().len(), 1);
    sync(&mut first, &first_remote, NOW + 8, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(json(first.state()), json(second.state()));
}

#[tokio::test]
async fn a_shelved_check_in_is_amended_and_given_again() {
    let (server, ana) = Server::new(1);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
    let (mut second, second_remote) = device(two.path(), &server, member(2), 2).await;
    let plan = Plan::new(1);
    let random = &mut Seeded::new(3);
    sync(&mut first, &first_remote, NOW, &mut |_| {})
        .await
        .unwrap();
    first
        .commit(plan.commands("2026-Q3"), None, NOW + 1, random)
        .unwrap();
    sync(&mut first, &first_remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();
    sync(&mut second, &second_remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();
    // One drops the key result while the other checks in.
    let dropped = Value::Text(KeyResultState::Dropped.word().to_owned());
    first
        .commit(
            plan.edit(Field::State, dropped),
            Some("no use"),
            NOW + 3,
            random,
        )
        .unwrap();
    sync(&mut first, &first_remote, NOW + 4, &mut |_| {})
        .await
        .unwrap();
    let made = second.commit(plan.delta(7), None, NOW + 5, random).unwrap();
    let report = sync(&mut second, &second_remote, NOW + 6, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(report.refused.len(), 1, "{report:?}");
    // Taken up again, the check-in can be given with another value.
    let active = Value::Text(KeyResultState::Active.word().to_owned());
    first
        .commit(plan.edit(Field::State, active), None, NOW + 7, random)
        .unwrap();
    sync(&mut first, &first_remote, NOW + 8, &mut |_| {})
        .await
        .unwrap();
    sync(&mut second, &second_remote, NOW + 9, &mut |_| {})
        .await
        .unwrap();
    let id = second.shelf()[0].id();
    assert_eq!(id, made[0].event.id);
    let value = Value::Measure(Measure::Delta(Decimal::from(9)));
    second
        .shelf_retry(id, &[(Field::Value, value)], NOW + 10, random)
        .unwrap();
    assert!(second.shelf().is_empty());
    let report = sync(&mut second, &second_remote, NOW + 11, &mut |_| {})
        .await
        .unwrap();
    assert_eq!((report.pushed, report.refused.len()), (1, 0));
    let check_in = second.state().key_results[&plan.key_result]
        .check_ins
        .get(id)
        .unwrap()
        .clone();
    assert_eq!(check_in.measure, Measure::Delta(Decimal::from(9)));
}

#[tokio::test]
async fn a_pending_command_can_be_taken_back_until_it_may_have_been_sent() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let (plan, random) = (Plan::new(1), &mut Seeded::new(3));
    let made = replica
        .commit(plan.commands("2026-Q3"), None, NOW + 1, random)
        .unwrap();
    replica
        .commit(plan.delta(1), None, NOW + 2, random)
        .unwrap();
    replica
        .commit(note(Subject::Workspace, "kept"), None, NOW + 3, random)
        .unwrap();
    replica.outbox_drop(made[0].event.id, NOW + 4).unwrap();
    assert_eq!((replica.outbox().len(), replica.shelf().len()), (1, 1));
    assert_eq!(replica.shelf()[0].refusal.code, Code::DependsOnRefused);
    // Sent once, and the answer lost: it stays.
    remote.fail([super::model::Fault::Unanswered]);
    assert!(
        sync(&mut replica, &remote, NOW + 5, &mut |_| {})
            .await
            .is_err()
    );
    let id = replica.outbox()[0].id();
    let refused = replica.outbox_drop(id, NOW + 6).unwrap_err();
    assert!(matches!(refused, CommitError::Refused(refusal) if refusal.code == Code::NotUndoable));
    let report = sync(&mut replica, &remote, NOW + 7, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(
        (report.pushed, report.already, report.up_to_date),
        (0, 1, true)
    );
}

#[tokio::test]
async fn a_watch_tells_what_arrives_and_stores_it() {
    let (server, ana) = Server::new(1);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
    let (mut second, second_remote) = device(two.path(), &server, member(2), 2).await;
    first
        .commit(
            note(Subject::Workspace, "news"),
            None,
            NOW + 1,
            &mut Seeded::new(3),
        )
        .unwrap();
    sync(&mut first, &first_remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();
    let mut told = Vec::new();
    let ended = watch(
        &mut second,
        &second_remote,
        &mut || NOW,
        &mut |replica, arrived| {
            told.push((arrived.from, arrived.to, replica.state().notes.len()));
        },
    )
    .await;
    assert!(matches!(ended, Err(SyncError::Remote(_))));
    let head = first.head().size;
    assert_eq!(told, [(head, head - 1, 0), (head, head, 1)]);
    drop(second);
    assert_eq!(json(open(two.path()).state()), json(first.state()));
}

#[tokio::test]
async fn a_clock_that_ran_far_ahead_is_not_followed_once_the_server_has_said_so() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let (far, random) = (NOW + 400 * 24 * 3_600_000, &mut Seeded::new(3));
    for text in ["far", "far too"] {
        replica
            .commit(note(Subject::Workspace, text), None, far, random)
            .unwrap();
    }
    let report = sync(&mut replica, &remote, NOW + 1, &mut |_| {})
        .await
        .unwrap();
    let codes: Vec<_> = report
        .refused
        .iter()
        .map(|shelved| shelved.refusal.code)
        .collect();
    assert_eq!(codes, [Code::FarFuture, Code::FarFuture]);
    let made = replica
        .commit(note(Subject::Workspace, "now"), None, NOW + 2, random)
        .unwrap();
    assert_eq!(made[0].event.authored.wall, NOW + 2);
    for id in replica
        .shelf()
        .iter()
        .map(|shelved| shelved.id())
        .collect::<Vec<_>>()
    {
        replica.shelf_retry(id, &[], NOW + 3, random).unwrap();
    }
    let report = sync(&mut replica, &remote, NOW + 4, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(
        (report.pushed, report.refused.len(), report.up_to_date),
        (3, 0, true)
    );
}
