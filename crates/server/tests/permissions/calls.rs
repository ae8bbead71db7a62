//! Every call × everybody who might make it.

use std::collections::BTreeSet;

use quarterdeck_core::token::Role;
use tonic::Code;
use tonic_reflection::pb::{v1 as reflection, v1alpha as old_reflection};

use crate::descriptors::methods;
use crate::given::Things;
use crate::rows::Elsewhere::{NotFound, Own, Wrong};
use crate::rows::{Ask, May, ROWS, Row};
use crate::scene::{Scene, Who};
use crate::support::{reason, soon};

/// Everything that this server serves, by the descriptors of its services.
pub fn served() -> BTreeSet<String> {
    [
        quarterdeck_proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        reflection::FILE_DESCRIPTOR_SET,
        old_reflection::FILE_DESCRIPTOR_SET,
    ]
    .into_iter()
    .flat_map(methods)
    .collect()
}

/// How a call ends: well, or with a code and a reason.
type Ends = Result<(), (Code, &'static str)>;

const NO_TOKEN: Ends = Err((Code::Unauthenticated, "NO_TOKEN"));
const FORBIDDEN: Ends = Err((Code::PermissionDenied, "FORBIDDEN"));

pub fn expected(row: &Row, who: Who) -> Ends {
    if who == Who::Operator {
        return match row.may {
            // The socket has administration and health.
            May::Anybody if row.call.starts_with("/grpc.health.") => Ok(()),
            May::Anybody => Err((Code::Unimplemented, "")),
            May::Token | May::TokenOf(_) | May::Device => NO_TOKEN,
            May::Owner | May::Operator => Ok(()),
        };
    }
    if row.may == May::Anybody {
        return Ok(());
    }
    let (role, has_device) = match who {
        Who::Device(role) | Who::Elsewhere(role) => (role, true),
        Who::Client(role) => (role, false),
        Who::Former(_) | Who::FormerClient(_) | Who::RevokedDevice(_) => {
            return Err((Code::PermissionDenied, "DEVICE_REVOKED"));
        }
        Who::RevokedToken(_) => return Err((Code::Unauthenticated, "TOKEN_REVOKED")),
        Who::ExpiredToken(_) => return Err((Code::Unauthenticated, "TOKEN_EXPIRED")),
        Who::UnknownToken => return Err((Code::Unauthenticated, "UNKNOWN_CREDENTIALS")),
        Who::NoToken | Who::Malformed => return NO_TOKEN,
        Who::Operator => unreachable!("it was looked at above"),
    };
    match row.may {
        May::Device if !has_device => return Err((Code::PermissionDenied, "NO_DEVICE")),
        May::Owner if role != Role::Owner => return FORBIDDEN,
        May::Operator => return FORBIDDEN,
        _ => {}
    }
    if matches!(who, Who::Elsewhere(_)) {
        match row.elsewhere {
            Own => {}
            NotFound => return Err((Code::NotFound, "NOT_FOUND")),
            Wrong => return Err((Code::PermissionDenied, "WRONG_WORKSPACE")),
        }
    }
    match row.may {
        May::TokenOf(least) if !role.covers(least) => FORBIDDEN,
        _ => Ok(()),
    }
}

#[test]
fn every_call_that_is_served_has_a_row_and_no_row_is_of_none() {
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.call.to_owned()).collect();
    assert_eq!(rows.len(), ROWS.len(), "a call has two rows");
    let served = served();
    let missing: Vec<_> = served.difference(&rows).collect();
    assert!(missing.is_empty(), "say here who may call {missing:?}");
    let gone: Vec<_> = rows.difference(&served).collect();
    assert!(gone.is_empty(), "there is no call {gone:?}");
}

#[tokio::test]
async fn every_call_answers_everybody_as_its_row_says_and_changes_nothing_for_who_is_refused() {
    let mut scene = Scene::set().await;
    let mut things = Things::new(&scene).await;
    let secrets = [
        scene.ana.workspace.to_string(),
        "Fill the pipeline".to_owned(),
    ];
    let (mut cells, mut wrong) = (0, Vec::new());
    for row in ROWS {
        for who in Who::all() {
            let given = things.given(&scene, who).await;
            let ask = Ask {
                channel: if who == Who::Operator {
                    &scene.socket
                } else {
                    &scene.network
                }
                .clone(),
                credentials: scene.credentials(who).clone(),
                given,
            };
            let before = scene.kept().await;
            let answer = soon((row.ask)(&ask)).await;
            let after = scene.kept().await;
            cells += 1;
            let expected = expected(row, who);
            let found = answer
                .as_ref()
                .map(|_| ())
                .map_err(|status| (status.code(), reason(status)));
            let expected_shown = expected.map_err(|(code, why)| (code, why.to_owned()));
            if found != expected_shown {
                wrong.push(format!(
                    "{} {who:?}: {answer:?}, not {expected:?}",
                    row.call
                ));
            }
            // Asked again, hosting and joining answer as before.
            let may_change = row.changes && answer.is_ok();
            if before != after && !may_change {
                wrong.push(format!("{} {who:?} changed something", row.call));
            }
            if before == after && may_change && row.may != May::Anybody {
                wrong.push(format!(
                    "{} {who:?} was let in and changed nothing",
                    row.call
                ));
            }
            let told = answer.unwrap_or_default();
            let is_elsewhere = matches!(who, Who::Elsewhere(_)) && row.may != May::Anybody;
            if is_elsewhere && secrets.iter().any(|secret| told.contains(secret.as_str())) {
                wrong.push(format!("{} {who:?} is told of another workspace", row.call));
            }
            if may_change && row.may == May::Owner {
                things.renew(&scene).await;
            }
        }
        scene.ana.pull().await;
    }
    eprintln!(
        "{} calls × {} callers = {cells} cells, {} not as expected",
        ROWS.len(),
        Who::all().len(),
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{} cells differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
