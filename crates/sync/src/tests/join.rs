//! Coming in, bringing a workspace, and becoming a device of one's own.

use std::path::Path;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{IdSource, MemberId};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::value::Subject;

use super::folder::{copy, create};
use super::model::{Connection, Fault, Server};
use super::{NOW, Plan, Seeded, json, note, open};
use crate::host::host;
use crate::join::{Join, join};
use crate::random::Ids;
use crate::{AsOf, Invite, Options, Replica, Report, SyncError, fork, sync};

pub(super) async fn attempt(
    dir: &Path,
    invite: &Invite,
    connection: &mut Connection,
    seed: u64,
) -> Result<(Replica, Report), SyncError> {
    let asked = Join {
        dir,
        invite,
        device_name: format!("device {seed}"),
        plaintext: false,
        options: Options::default(),
        now_ms: NOW,
    };
    join(asked, connection, &mut Seeded::new(seed), &mut |_| {}).await
}

/// A device of a member of that server, joined and up to date.
pub(super) async fn device(
    dir: &Path,
    server: &Server,
    member: MemberId,
    seed: u64,
) -> (Replica, Connection) {
    let mut connection = server.connect();
    let invite = server.invite(member, &format!("member {seed}"));
    let (replica, _) = attempt(dir, &invite, &mut connection, seed).await.unwrap();
    (replica, connection)
}

pub(super) fn member(seed: u64) -> MemberId {
    MemberId::new(Ids::new(&mut Seeded::new(seed ^ 0xfeed), NOW).next())
}

#[tokio::test]
async fn a_device_joins_and_holds_what_the_server_holds() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, _) = device(dir.path(), &server, ana, 1).await;
    assert_eq!(json(replica.state()), json(&server.model().state));
    assert_eq!(replica.identity().member, Some(ana));
    let verified = replica.verify(&mut |_, _| {}).unwrap();
    assert_eq!(verified.checkpoint.unwrap().1, verified.size);
    drop(replica);
    assert_eq!(json(open(dir.path()).state()), json(&server.model().state));
}

#[tokio::test]
async fn a_join_whose_answer_was_lost_is_asked_for_again_by_the_same_device() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let invite = server.invite(ana, "ana");
    let mut connection = server.connect();
    for fault in [Fault::Lost, Fault::Unanswered] {
        connection.fail([fault]);
        let lost = attempt(dir.path(), &invite, &mut connection, 1)
            .await
            .unwrap_err();
        assert!(matches!(lost, SyncError::Remote(_)), "{lost}");
    }
    let devices = server.model().state.devices.len();
    let (replica, report) = attempt(dir.path(), &invite, &mut connection, 2)
        .await
        .unwrap();
    assert!(report.up_to_date);
    assert_eq!(replica.state().devices.len(), devices);
    // The invitation is used up.
    let other = tempfile::tempdir().unwrap();
    let refused = attempt(other.path(), &invite, &mut server.connect(), 3)
        .await
        .unwrap_err();
    assert!(matches!(refused, SyncError::Refused(refusal) if refusal.code == Code::AlreadyExists));
}

#[tokio::test]
async fn a_log_that_is_not_the_one_spoken_of_is_not_believed() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let invite = server.invite(ana, "ana");
    let mut connection = server.connect();
    connection.fail([Fault::Doubled, Fault::Forged]);
    let refused = attempt(dir.path(), &invite, &mut connection, 1)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, SyncError::HistoryDiffers { .. }),
        "{refused}"
    );
    assert_eq!(open(dir.path()).head().size, 0);
    // An honest answer is taken in afterwards.
    let mut replica = open(dir.path());
    assert!(
        sync(&mut replica, &connection, NOW, &mut |_| {})
            .await
            .unwrap()
            .up_to_date
    );
}

#[tokio::test]
async fn a_workspace_without_a_server_is_given_one_with_all_its_history() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    let random = &mut Seeded::new(5);
    replica
        .commit(plan.commands("2026-Q3"), None, NOW + 10, random)
        .unwrap();
    let then = replica.head().size;
    replica
        .commit(plan.delta(3), None, NOW + 20, random)
        .unwrap();

    let server = Server::empty(2);
    server.model().clock = NOW + 1_000_000;
    let mut connection = server.connect();
    let invite = server.invite_to_host();
    let report = host(
        &mut replica,
        &invite,
        false,
        &mut connection,
        NOW + 30,
        random,
        &mut |_| {},
    )
    .await;
    assert!(report.unwrap().up_to_date);
    assert!(!replica.is_authority());
    assert_eq!(json(replica.state()), json(&server.model().state));
    assert!(dir.path().join("ledger.before-server").exists());
    replica.verify(&mut |_, _| {}).unwrap();
    // What was known before there was a server is still known from when it was authored.
    let past = replica
        .state_as_of(AsOf::Moment(Timestamp::from_ms(NOW + 15)))
        .unwrap();
    assert_eq!(past.head, then);
    // From now on the server records, and others may join.
    replica
        .commit(plan.delta(4), None, NOW + 40, random)
        .unwrap();
    assert_eq!(replica.pending_events(), 1);
    let report = sync(&mut replica, &connection, NOW + 50, &mut |_| {})
        .await
        .unwrap();
    assert_eq!((report.pushed, report.up_to_date), (1, true));
    let other = tempfile::tempdir().unwrap();
    let (ben, _) = device(other.path(), &server, member(7), 7).await;
    sync(&mut replica, &connection, NOW + 60, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(json(ben.state()), json(replica.state()));
}

#[tokio::test]
async fn giving_a_workspace_away_goes_on_wherever_it_stopped() {
    let plan = Plan::new(1);
    for broken in 0..4 {
        let dir = tempfile::tempdir().unwrap();
        let mut replica = create(dir.path(), 1);
        let random = &mut Seeded::new(5);
        replica
            .commit(plan.commands("2026-Q3"), None, NOW + 10, random)
            .unwrap();
        let server = Server::empty(2);
        let mut connection = server.connect();
        connection.chunk = 2;
        let invite = server.invite_to_host();
        // The call to host goes through; then a push or the pull breaks.
        let fault = [Fault::Lost, Fault::Unanswered, Fault::Cut(0), Fault::Cut(2)][broken];
        let quiet = if broken < 2 { 1 } else { 2 };
        connection.fail((0..quiet).map(|_| Fault::Forged).chain([fault]));
        let lost = host(
            &mut replica,
            &invite,
            false,
            &mut connection,
            NOW + 30,
            random,
            &mut |_| {},
        )
        .await;
        assert!(
            matches!(lost, Err(SyncError::Remote(_))),
            "{broken}: {lost:?}"
        );
        // Work goes on in the meantime, also after the process was started anew.
        drop(replica);
        let mut replica = open(dir.path());
        replica
            .commit(plan.delta(1), None, NOW + 40, random)
            .unwrap();
        let report = sync(&mut replica, &connection, NOW + 50, &mut |_| {})
            .await
            .unwrap();
        assert!(report.up_to_date, "{broken}");
        assert_eq!(json(replica.state()), json(&server.model().state));
        assert!(replica.identity().hosting.is_none());
    }
}

#[tokio::test]
async fn a_copied_folder_is_told_so_and_becomes_a_device_of_its_own() {
    let (server, ana) = Server::new(1);
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut original, connection) = device(first.path(), &server, ana, 1).await;
    let random = &mut Seeded::new(9);
    // Copied with one unsent command, which both then hold.
    original
        .commit(
            note(Subject::Workspace, "before the copy"),
            None,
            NOW + 1,
            random,
        )
        .unwrap();
    drop(original);
    copy(first.path(), second.path());
    let (mut original, mut copied) = (open(first.path()), open(second.path()));
    original
        .commit(
            note(Subject::Workspace, "of the original"),
            None,
            NOW + 2,
            random,
        )
        .unwrap();
    copied
        .commit(
            note(Subject::Workspace, "of the copy"),
            None,
            NOW + 3,
            random,
        )
        .unwrap();
    sync(&mut original, &connection, NOW + 4, &mut |_| {})
        .await
        .unwrap();

    let mut its_own = server.connect();
    let token = original.identity().device.id.to_string();
    crate::Remote::set_token(&mut its_own, crate::identity::Secret::new(token));
    let refused = sync(&mut copied, &its_own, NOW + 5, &mut |_| {})
        .await
        .unwrap_err();
    match refused {
        SyncError::Forked(refusal) => assert!(refusal.hint.unwrap().contains("okr device new")),
        other => panic!("{other}"),
    }
    assert!(copied.is_forked());
    assert_eq!(
        copied.pending_events(),
        1,
        "what both held is recorded once"
    );

    // The answer is lost once; the second attempt makes the same device.
    its_own.fail([Fault::Doubled, Fault::Unanswered]);
    let mut attempt = async |copied: &mut Replica, its_own: &mut Connection| {
        fork::new_device(copied, its_own, "copy", NOW + 6, random, &mut |_| {}).await
    };
    assert!(matches!(
        attempt(&mut copied, &mut its_own).await,
        Err(SyncError::Remote(_))
    ));
    let report = attempt(&mut copied, &mut its_own).await.unwrap();
    assert_eq!((report.pushed, report.up_to_date), (1, true));
    assert_ne!(copied.identity().device.id, original.identity().device.id);
    sync(&mut original, &connection, NOW + 7, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(json(copied.state()), json(original.state()));
    assert_eq!(original.state().notes.len(), 3);
    assert_eq!(original.state().devices.len(), 3);
}
