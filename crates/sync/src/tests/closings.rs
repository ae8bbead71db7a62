//! A closing is bound to the log that there is: a forged root gets in nowhere, and is found where it is.

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, Event, KeyResultGraded};
use quarterdeck_core::id::EventId;
use quarterdeck_core::refusal::Code;
use quarterdeck_ledger::Ledger;

use super::folder::create;
use super::join::device;
use super::model::Server;
use super::{NOW, Plan, Seeded, open};
use crate::chain::seal;
use crate::host::host;
use crate::{CommitError, Replica, ReplicaError, sync};

fn graded(plan: &Plan) -> Vec<Command> {
    vec![Command::Record(Body::KeyResultGraded(KeyResultGraded {
        key_result: plan.key_result,
        computed: Some(Decimal::ZERO),
        from: None,
        to: Some(Decimal::ZERO),
    }))]
}

fn closed(plan: &Plan, position: u64, root: [u8; 32]) -> Body {
    Body::CycleClosed {
        cycle: plan.cycle,
        position,
        root,
    }
}

fn close(plan: &Plan, replica: &Replica) -> Vec<Command> {
    let head = replica.head();
    vec![Command::Record(closed(plan, head.size, head.root))]
}

fn forged(plan: &Plan, replica: &Replica) -> Vec<Command> {
    vec![Command::Record(closed(plan, replica.head().size, [6; 32]))]
}

fn refused(error: CommitError) -> Code {
    match error {
        CommitError::Refused(refusal) => refusal.code,
        CommitError::Replica(error) => panic!("{error}"),
    }
}

/// Puts an event into the log of a device alone, past every rule.
fn force(replica: &mut Replica, body: Body) {
    let (own, state) = (replica.identity().device.id, replica.state().clone());
    let device = &state.devices[&own];
    let event = Event {
        id: EventId::from_bytes([0xf0; 16]),
        workspace: replica.identity().workspace,
        member: device.member,
        device: own,
        number: device.number + 1,
        previous: device.tip,
        authored: Hlc::at(NOW + 9),
        seen: state.head,
        remaining: 0,
        reason: None,
        undoes: None,
        source: None,
        body,
    };
    let sealed = seal(event, [7; 16], Some(&replica.identity().device.key()));
    let ledger = &replica.hold().unwrap().ledger;
    ledger
        .append(state.head, vec![sealed.new_entry(NOW + 9)])
        .unwrap();
}

#[test]
fn a_device_alone_refuses_another_root_than_its_log_has() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    let random = &mut Seeded::new(5);
    let mut commit =
        |replica: &mut Replica, commands| replica.commit(commands, None, NOW + 1, random);
    commit(&mut replica, plan.commands("2026-Q3")).unwrap();
    commit(&mut replica, graded(&plan)).unwrap();
    let before = replica.head();

    let commands = forged(&plan, &replica);
    assert_eq!(
        refused(commit(&mut replica, commands).unwrap_err()),
        Code::Invalid
    );
    assert_eq!(replica.head(), before);

    let commands = close(&plan, &replica);
    commit(&mut replica, commands).unwrap();
    replica.verify(&mut |_, _| {}).unwrap();
}

#[tokio::test]
async fn a_closing_that_a_server_let_through_stops_the_sync() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let plan = Plan::new(1);
    let random = &mut Seeded::new(3);
    sync(&mut replica, &remote, NOW, &mut |_| {}).await.unwrap();
    replica
        .commit(plan.commands("2026-Q3"), None, NOW + 1, random)
        .unwrap();
    replica
        .commit(graded(&plan), None, NOW + 2, random)
        .unwrap();
    sync(&mut replica, &remote, NOW + 3, &mut |_| {})
        .await
        .unwrap();

    let commands = forged(&plan, &replica);
    let refusal = replica.commit(commands, None, NOW + 4, random).unwrap_err();
    assert_eq!(
        refused(refusal),
        Code::Invalid,
        "nor is it put into the outbox"
    );

    let head = replica.head();
    server.model().forge(closed(&plan, head.size, head.root));
    sync(&mut replica, &remote, NOW + 5, &mut |_| {})
        .await
        .unwrap();
    server.model().forge(closed(&plan, head.size, [6; 32]));
    let error = sync(&mut replica, &remote, NOW + 6, &mut |_| {})
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains(&format!("entry {}", head.size)),
        "{error}"
    );
    replica.refresh().unwrap();
    assert_eq!(replica.head().size, head.size + 1, "it is not taken in");
}

#[test]
fn verifying_names_the_closing_that_does_not_hold() {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    replica
        .commit(plan.commands("2026-Q3"), None, NOW + 1, &mut Seeded::new(5))
        .unwrap();
    force(&mut replica, closed(&plan, 4, [6; 32]));
    drop(replica);
    let mut again = open(dir.path());
    match again.verify(&mut |_, _| {}).unwrap_err() {
        ReplicaError::Unverified { seq, what } => {
            assert_eq!(seq, again.head().size);
            assert!(what.contains("entry 4"), "{what}");
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_closing_made_before_there_was_a_server_still_verifies_after() {
    let server = Server::empty(1);
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    let random = &mut Seeded::new(5);
    replica
        .commit(plan.commands("2026-Q3"), None, NOW + 1_000, random)
        .unwrap();
    replica
        .commit(graded(&plan), None, NOW + 2_000, random)
        .unwrap();
    let commands = close(&plan, &replica);
    replica.commit(commands, None, NOW + 3_000, random).unwrap();
    let root = replica.state().cycles[&plan.cycle]
        .closing
        .clone()
        .unwrap()
        .root;

    let invite = server.invite_to_host();
    let mut remote = server.connect();
    host(
        &mut replica,
        &invite,
        true,
        &mut remote,
        NOW + 4_000,
        random,
        &mut |_| {},
    )
    .await
    .unwrap();
    let closing = replica.state().cycles[&plan.cycle].closing.clone().unwrap();
    assert_eq!(closing.root, root);
    replica.verify(&mut |_, _| {}).unwrap();
}
