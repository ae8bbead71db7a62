//! Nobody learns whether something exists that is not theirs: what is there, and what never was, get the
//! same answer, byte for byte.

use quarterdeck_core::id::{DeviceId, Uuid, uuid_v7};
use quarterdeck_core::token::Role;
use quarterdeck_ledger::DeviceKey;
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use tonic::Status;

use crate::calls::{Ask, May, ROWS};
use crate::given::{Given, Things};
use crate::scene::{Scene, Who};
use crate::support::{START, join_request, random, soon};

/// All that a status says, with what was asked for taken out of its message and of its details.
fn said(status: &Status, given: &Given) -> (tonic::Code, String, String) {
    let asked = [
        &given.key_result,
        &given.objective,
        &given.check_in,
        &given.token,
        &given.device,
        &given.member,
        &given.workspace,
    ];
    let without = |text: String| {
        (asked.iter().filter(|name| !name.is_empty()))
            .fold(text, |text, name| text.replace(name.as_str(), "…"))
    };
    // A character a byte: nothing is lost.
    let details = status.details().iter().map(|byte| char::from(*byte));
    let message = without(status.message().to_owned());
    (status.code(), message, without(details.collect()))
}

/// The same request, about what never was. Names are as long as those of what is there.
fn never(given: &Given) -> Given {
    let id = || Uuid::from_bytes(random()).to_string();
    let other = |name: &str| name.chars().rev().collect::<String>();
    Given {
        workspace: other(&given.workspace),
        key_result: id(),
        objective: id(),
        check_in: id(),
        token: id(),
        device: id(),
        member: other(&given.member),
        ..given.clone()
    }
}

#[tokio::test]
async fn what_is_anothers_and_what_never_was_get_the_same_answer() {
    let scene = Scene::set().await;
    let mut things = Things::new(&scene).await;
    let workspace = scene.ana.workspace.to_string();
    let (mut compared, mut refused, mut wrong) = (0, 0, Vec::new());
    let rows = ROWS.iter().filter(|row| row.may != May::Anybody);
    for row in rows {
        for role in [Role::Owner, Role::Viewer] {
            // By its name, by its id, and what is in it asked for in one's own.
            for named in ["acme", workspace.as_str(), ""] {
                let who = Who::Elsewhere(role);
                let there = Given {
                    workspace: named.to_owned(),
                    ..things.given(&scene, who).await
                };
                let mut answers = Vec::new();
                let absent = never(&there);
                for given in [there, absent] {
                    let ask = Ask {
                        channel: scene.network.clone(),
                        credentials: scene.credentials(who).clone(),
                        given,
                    };
                    let answer = soon((row.ask)(&ask)).await;
                    answers.push(
                        answer
                            .map(|_| ())
                            .map_err(|status| said(&status, &ask.given)),
                    );
                }
                compared += 1;
                refused += usize::from(answers[0].is_err());
                if answers[0] != answers[1] {
                    wrong.push(format!("{} {named:?} {role}: {answers:?}", row.call));
                }
            }
        }
    }
    eprintln!("{compared} pairs of answers compared, {refused} of them refusals");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > compared / 2, "most of it was to be refused");
}

#[tokio::test]
async fn a_wrong_invitation_learns_nothing() {
    let scene = Scene::set().await;
    let things = &mut Things::new(&scene).await;
    let given = things.given(&scene, Who::NoToken).await;
    let mut client = SyncServiceClient::new(scene.network.clone());
    let mut answers = Vec::new();

    let url = scene.server.invite("late", Role::Viewer).await;
    let device = DeviceId::new(uuid_v7(START, random()));
    let good = join_request(&url, device, &DeviceKey::from_seed(random()));
    let stranger = DeviceKey::from_seed(random()).public().0.to_vec();
    for request in [
        // The right workspace, another invitation.
        v1::JoinRequest {
            invitation_key: stranger.clone(),
            ..good.clone()
        },
        // The right invitation, without its secret.
        v1::JoinRequest {
            certificate: vec![7; 64],
            ..good.clone()
        },
        // A workspace that never was.
        v1::JoinRequest {
            workspace: Uuid::from_bytes(random()).as_bytes().to_vec(),
            ..good.clone()
        },
        // An invitation that was used, by somebody who does not have it.
        v1::JoinRequest {
            certificate: vec![7; 64],
            ..given.join.clone()
        },
    ] {
        let status = client.join(request).await.unwrap_err();
        answers.push((
            status.code(),
            status.message().to_owned(),
            status.details().to_vec(),
        ));
    }
    for request in [
        v1::HostWorkspaceRequest {
            invitation_key: stranger.clone(),
            ..given.host.clone()
        },
        // A workspace and a name that are there.
        v1::HostWorkspaceRequest {
            invitation_key: stranger,
            workspace: scene.ana.workspace.as_bytes().to_vec(),
            name: "acme".into(),
            ..given.host.clone()
        },
        v1::HostWorkspaceRequest {
            certificate: vec![7; 64],
            workspace: scene.ana.workspace.as_bytes().to_vec(),
            ..given.host.clone()
        },
    ] {
        let status = client.host_workspace(request).await.unwrap_err();
        answers.push((
            status.code(),
            status.message().to_owned(),
            status.details().to_vec(),
        ));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}
