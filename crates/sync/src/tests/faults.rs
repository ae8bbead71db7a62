//! Connections that break, answers that get lost, servers that lie.

use std::fs;

use quarterdeck_core::refusal::Code;
use quarterdeck_core::value::Subject;

use super::join::device;
use super::model::{Fault, Server};
use super::{NOW, Plan, Seeded, json, note, open};
use crate::{SyncError, sync};

#[tokio::test]
async fn a_push_that_breaks_off_is_recognised_when_it_is_repeated() {
    for (fault, pushed, already) in [
        (Fault::Lost, 4, 0),
        (Fault::Unanswered, 0, 4),
        (Fault::Doubled, 0, 4),
    ] {
        let (server, ana) = Server::new(1);
        let dir = tempfile::tempdir().unwrap();
        let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
        let (plan, random) = (Plan::new(1), &mut Seeded::new(3));
        replica
            .commit(plan.commands("2026-Q3"), None, NOW + 1, random)
            .unwrap();
        replica
            .commit(plan.delta(1), None, NOW + 2, random)
            .unwrap();
        remote.fail([fault]);
        let report = match sync(&mut replica, &remote, NOW + 3, &mut |_| {}).await {
            Ok(report) => report,
            Err(error) => {
                assert!(matches!(error, SyncError::Remote(_)), "{error}");
                assert_eq!(replica.pending_events(), 4, "nothing is lost");
                sync(&mut replica, &remote, NOW + 4, &mut |_| {})
                    .await
                    .unwrap()
            }
        };
        assert_eq!(
            (report.pushed, report.already),
            (pushed, already),
            "{fault:?}"
        );
        assert!(report.up_to_date);
        assert_eq!(json(replica.state()), json(&server.model().state));
    }
}

#[tokio::test]
async fn a_pull_that_breaks_off_goes_on_where_it_stopped() {
    let (server, ana) = Server::new(1);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
    let (mut second, second_remote) = device(two.path(), &server, ana, 2).await;
    let random = &mut Seeded::new(3);
    for n in 0..20 {
        first
            .commit(
                note(Subject::Workspace, &format!("{n}")),
                None,
                NOW + n,
                random,
            )
            .unwrap();
    }
    sync(&mut first, &first_remote, NOW + 30, &mut |_| {})
        .await
        .unwrap();
    let before = second.head().size;
    second_remote.fail([Fault::Cut(4)]);
    assert!(
        sync(&mut second, &second_remote, NOW + 31, &mut |_| {})
            .await
            .is_err()
    );
    drop(second);
    let mut second = open(two.path());
    let reached = second.head().size;
    assert!(
        reached > before && reached < first.head().size,
        "{before} < {reached}"
    );
    assert!(
        sync(&mut second, &second_remote, NOW + 32, &mut |_| {})
            .await
            .unwrap()
            .up_to_date
    );
    assert_eq!(json(second.state()), json(first.state()));
    second.verify(&mut |_, _| {}).unwrap();
}

#[tokio::test]
async fn what_does_not_verify_is_kept_as_evidence_and_out_of_the_log() {
    for fault in [Fault::Forged, Fault::Altered(0), Fault::Altered(13)] {
        let (server, ana) = Server::new(1);
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
        let (mut second, second_remote) = device(two.path(), &server, ana, 2).await;
        let random = &mut Seeded::new(3);
        for n in 0..15 {
            first
                .commit(
                    note(Subject::Workspace, &format!("{n}")),
                    None,
                    NOW + n,
                    random,
                )
                .unwrap();
        }
        sync(&mut first, &first_remote, NOW + 30, &mut |_| {})
            .await
            .unwrap();
        let (before, state) = (second.head(), json(second.state()));
        second
            .commit(note(Subject::Workspace, "mine"), None, NOW + 31, random)
            .unwrap();
        second_remote.fail([Fault::Doubled, fault]);
        let refused = sync(&mut second, &second_remote, NOW + 32, &mut |_| {})
            .await
            .unwrap_err();
        let SyncError::HistoryDiffers { evidence, .. } = refused else {
            panic!("{refused}")
        };
        assert!(fs::read_dir(&evidence).unwrap().count() >= 2);
        drop(second);
        let mut second = open(two.path());
        assert_eq!(
            (second.head(), json(second.confirmed())),
            (before, state),
            "{fault:?}"
        );
        assert_eq!(second.pending_events(), 1, "local work is kept");
        second.verify(&mut |_, _| {}).unwrap();
        // Once the server is honest again, all is well.
        assert!(
            sync(&mut second, &second_remote, NOW + 33, &mut |_| {})
                .await
                .unwrap()
                .up_to_date
        );
        assert_eq!(json(second.state()), json(&server.model().state));
    }
}

#[tokio::test]
async fn a_server_that_lost_entries_is_found_out() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let earlier = server.model().rewind_point();
    let random = &mut Seeded::new(3);
    replica
        .commit(note(Subject::Workspace, "kept"), None, NOW + 1, random)
        .unwrap();
    sync(&mut replica, &remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();
    server.model().rewind(earlier);
    let refused = sync(&mut replica, &remote, NOW + 3, &mut |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(refused, SyncError::HistoryDiffers { .. }),
        "{refused}"
    );
    // Neither does it get new work while it does not know what this device has done before.
    replica
        .commit(note(Subject::Workspace, "more"), None, NOW + 4, random)
        .unwrap();
    let refused = sync(&mut replica, &remote, NOW + 5, &mut |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(refused, SyncError::HistoryDiffers { .. }),
        "{refused}"
    );
    assert_eq!(replica.pending_events(), 1);
}

#[tokio::test]
async fn a_revoked_device_keeps_its_work_and_is_told() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let own = replica.identity().device.id;
    replica
        .commit(
            note(Subject::Workspace, "unsent"),
            None,
            NOW + 1,
            &mut Seeded::new(3),
        )
        .unwrap();
    server.model().revoke(own);
    let refused = sync(&mut replica, &remote, NOW + 2, &mut |_| {})
        .await
        .unwrap_err();
    assert!(matches!(refused, SyncError::Refused(refusal) if refusal.code == Code::DeviceRevoked));
    assert_eq!((replica.pending_events(), replica.shelf().len()), (1, 0));
}

#[tokio::test]
async fn a_command_cut_short_by_a_crash_is_passed_over_and_the_next_takes_its_place() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let random = &mut Seeded::new(3);
    replica
        .commit(note(Subject::Workspace, "whole"), None, NOW + 1, random)
        .unwrap();
    let whole = fs::metadata(dir.path().join("outbox")).unwrap().len();
    replica
        .commit(note(Subject::Workspace, "cut"), None, NOW + 2, random)
        .unwrap();
    drop(replica);
    let path = dir.path().join("outbox");
    let bytes = fs::read(&path).unwrap();
    let cut = usize::try_from(whole).unwrap() + 20;
    fs::write(&path, &bytes[..cut]).unwrap();
    let mut replica = open(dir.path());
    assert_eq!(replica.pending_events(), 1);
    replica
        .commit(note(Subject::Workspace, "next"), None, NOW + 3, random)
        .unwrap();
    let report = sync(&mut replica, &remote, NOW + 4, &mut |_| {})
        .await
        .unwrap();
    assert_eq!((report.pushed, report.up_to_date), (2, true));
}
