//! Every call × everybody who might make it.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::pin::Pin;

use quarterdeck_core::token::Role;
use quarterdeck_proto::v1::admin_service_client::AdminServiceClient as Admin;
use quarterdeck_proto::v1::command_service_client::CommandServiceClient as Command;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient as Query;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient as Sync;
use quarterdeck_proto::v1::{self, measure};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_health::pb as health;
use tonic_health::pb::health_client::HealthClient as Health;
use tonic_reflection::pb::v1 as reflection;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient as Reflection;
use tonic_reflection::pb::v1alpha as old_reflection;
use tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient as OldReflection;

use crate::descriptors::methods;
use crate::given::{Given, Things};
use crate::scene::{Credentials, Scene, Who};
use crate::support::{reason, soon};

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    Anybody,
    /// Who has a token.
    Token,
    /// Who has a token, and may record this by the role of its member.
    TokenOf(Role),
    /// Who has the token of a device.
    Device,
    Owner,
    Operator,
}

/// What one hears who asks, from another workspace, for what is in this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// The call names nothing: it is about one's own workspace.
    Own,
    /// As if it did not exist.
    NotFound,
    /// The workspace that was named is not one's own, be there one of that name or not.
    Wrong,
}

pub struct Ask {
    pub channel: Channel,
    pub credentials: Credentials,
    pub given: Given,
}

impl Ask {
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(header) = &self.credentials.header {
            (request.metadata_mut()).insert("authorization", header.parse().unwrap());
        }
        request
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<String, Status>> + 'a>>;

pub struct Row {
    pub call: &'static str,
    pub may: May,
    pub elsewhere: Elsewhere,
    /// Whether it records, gives out or ends something.
    pub changes: bool,
    pub ask: for<'a> fn(&'a Ask) -> Answer<'a>,
}

fn shown(answer: impl Debug) -> String {
    format!("{answer:?}")
}

macro_rules! once {
    ($client:ident.$method:ident, |$given:ident| $message:expr) => {
        |ask| {
            Box::pin(async move {
                let $given = &ask.given;
                let mut client = $client::new(ask.channel.clone());
                let answer = client.$method(ask.request($message)).await?;
                Ok(shown(answer.into_inner()))
            })
        }
    };
}

/// Of a stream, the first answer says whether it was let in.
macro_rules! stream {
    ($client:ident.$method:ident, |$given:ident| $message:expr) => {
        |ask| {
            Box::pin(async move {
                let $given = &ask.given;
                let mut client = $client::new(ask.channel.clone());
                let answer = client.$method(ask.request($message)).await?;
                Ok(shown(answer.into_inner().message().await?))
            })
        }
    };
}

const fn row(
    call: &'static str,
    may: May,
    elsewhere: Elsewhere,
    changes: bool,
    ask: for<'a> fn(&'a Ask) -> Answer<'a>,
) -> Row {
    Row {
        call,
        may,
        elsewhere,
        changes,
        ask,
    }
}

use Elsewhere::{NotFound, Own, Wrong};

/// What is expected. It knows nothing of the server's own table.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row("/quarterdeck.v1.SyncService/Push", May::Device, Own, false,
        stream!(Sync.push, |_given| tokio_stream::once(v1::PushRequest::default()))),
    row("/quarterdeck.v1.SyncService/Pull", May::Token, Own, false,
        stream!(Sync.pull, |_given| v1::PullRequest::default())),
    row("/quarterdeck.v1.SyncService/Watch", May::Token, Own, false,
        stream!(Sync.watch, |_given| v1::WatchRequest::default())),
    row("/quarterdeck.v1.SyncService/GetCheckpoint", May::Token, Own, false,
        once!(Sync.get_checkpoint, |_given| v1::GetCheckpointRequest {})),
    row("/quarterdeck.v1.SyncService/GetInclusionProof", May::Token, Own, false,
        once!(Sync.get_inclusion_proof, |_given| v1::GetInclusionProofRequest { seq: 1, size: 0 })),
    row("/quarterdeck.v1.SyncService/GetConsistencyProof", May::Token, Own, false,
        once!(Sync.get_consistency_proof, |_given| v1::GetConsistencyProofRequest { old_size: 1, new_size: 0 })),
    row("/quarterdeck.v1.SyncService/Join", May::Anybody, Own, true,
        once!(Sync.join, |given| given.join.clone())),
    row("/quarterdeck.v1.SyncService/AddDevice", May::Device, Own, true,
        once!(Sync.add_device, |given| given.add_device.clone())),
    row("/quarterdeck.v1.SyncService/HostWorkspace", May::Anybody, Own, true,
        once!(Sync.host_workspace, |given| given.host.clone())),
    row("/quarterdeck.v1.SyncService/RenewToken", May::Device, Own, true,
        once!(Sync.renew_token, |_given| v1::RenewTokenRequest {})),

    row("/quarterdeck.v1.QueryService/GetState", May::Token, Wrong, false,
        stream!(Query.get_state, |given| v1::GetStateRequest { as_of: None, workspace: given.workspace.clone() })),
    row("/quarterdeck.v1.QueryService/GetStatus", May::Token, Own, false,
        once!(Query.get_status, |_given| v1::GetStatusRequest::default())),
    row("/quarterdeck.v1.QueryService/ListLog", May::Token, Own, false,
        once!(Query.list_log, |_given| v1::ListLogRequest::default())),
    row("/quarterdeck.v1.QueryService/GetHistory", May::Token, NotFound, false,
        once!(Query.get_history, |given| v1::GetHistoryRequest {
            reference: given.key_result.clone(), ..Default::default()
        })),
    row("/quarterdeck.v1.QueryService/ListConflicts", May::Token, Own, false,
        once!(Query.list_conflicts, |_given| v1::ListConflictsRequest::default())),
    row("/quarterdeck.v1.QueryService/GetReport", May::Token, Wrong, false,
        stream!(Query.get_report, |given| v1::GetReportRequest {
            workspace: given.workspace.clone(),
            report: Some(v1::get_report_request::Report::Status(v1::StatusReport::default())),
            ..Default::default()
        })),
    row("/quarterdeck.v1.QueryService/CreateLink", May::Token, Wrong, false,
        once!(Query.create_link, |given| v1::CreateLinkRequest { workspace: given.workspace.clone(), ..Default::default() })),

    row("/quarterdeck.v1.CommandService/CheckIn", May::TokenOf(Role::Contributor), NotFound, true,
        once!(Command.check_in, |given| v1::CheckInRequest {
            key_result: given.key_result.clone(),
            measure: Some(v1::Measure { measure: Some(measure::Measure::Absolute("502".into())) }),
            effective: "2026-08-21".into(),
            ..Default::default()
        })),
    row("/quarterdeck.v1.CommandService/RetractCheckIn", May::TokenOf(Role::Contributor), NotFound, true,
        once!(Command.retract_check_in, |given| v1::RetractCheckInRequest {
            check_in: given.check_in.clone(), options: None,
        })),
    row("/quarterdeck.v1.CommandService/AddNote", May::TokenOf(Role::Contributor), NotFound, true,
        once!(Command.add_note, |given| v1::AddNoteRequest {
            about: given.objective.clone(), text: "a word".into(), ..Default::default()
        })),
    row("/quarterdeck.v1.CommandService/Edit", May::TokenOf(Role::Editor), NotFound, true,
        once!(Command.edit, |given| v1::EditRequest {
            subject: given.objective.clone(),
            changes: vec![v1::FieldChange {
                field: "title".into(), value: Some(given.unheard.clone()), expected: None,
            }],
            options: None,
        })),
    row("/quarterdeck.v1.CommandService/Undo", May::TokenOf(Role::Contributor), NotFound, true,
        once!(Command.undo, |given| v1::UndoRequest { event: given.check_in.clone(), options: None })),

    row("/quarterdeck.v1.AdminService/CreateWorkspace", May::Operator, Own, true,
        once!(Admin.create_workspace, |given| v1::CreateWorkspaceRequest {
            name: given.unheard.clone(), owner_name: "olga".into(), ..Default::default()
        })),
    row("/quarterdeck.v1.AdminService/ListWorkspaces", May::Owner, Own, false,
        once!(Admin.list_workspaces, |_given| v1::ListWorkspacesRequest {})),
    row("/quarterdeck.v1.AdminService/CreateInvitation", May::Owner, NotFound, true,
        once!(Admin.create_invitation, |given| v1::CreateInvitationRequest {
            workspace: given.workspace.clone(), member: given.unheard.clone(), ..Default::default()
        })),
    row("/quarterdeck.v1.AdminService/CreateHostingInvitation", May::Operator, Own, false,
        once!(Admin.create_hosting_invitation, |_given| v1::CreateHostingInvitationRequest::default())),
    row("/quarterdeck.v1.AdminService/ListTokens", May::Owner, NotFound, false,
        once!(Admin.list_tokens, |given| v1::ListTokensRequest { workspace: given.workspace.clone() })),
    row("/quarterdeck.v1.AdminService/CreateToken", May::Owner, NotFound, true,
        once!(Admin.create_token, |given| v1::CreateTokenRequest {
            workspace: given.workspace.clone(), member: given.member.clone(), valid_seconds: 0,
        })),
    row("/quarterdeck.v1.AdminService/RevokeToken", May::Owner, NotFound, true,
        once!(Admin.revoke_token, |given| v1::RevokeTokenRequest { workspace: given.workspace.clone(), token: given.token.clone() })),
    row("/quarterdeck.v1.AdminService/ListDevices", May::Owner, NotFound, false,
        once!(Admin.list_devices, |given| v1::ListDevicesRequest { workspace: given.workspace.clone() })),
    row("/quarterdeck.v1.AdminService/RevokeDevice", May::Owner, NotFound, true,
        once!(Admin.revoke_device, |given| v1::RevokeDeviceRequest {
            workspace: given.workspace.clone(), device: given.device.clone(), reason: String::new(),
        })),
    row("/quarterdeck.v1.AdminService/SetRole", May::Owner, NotFound, true,
        once!(Admin.set_role, |given| v1::SetRoleRequest {
            workspace: given.workspace.clone(), member: given.member.clone(), role: "viewer".into(), reason: String::new(),
        })),
    row("/quarterdeck.v1.AdminService/Verify", May::Owner, NotFound, false,
        stream!(Admin.verify, |given| v1::VerifyRequest { workspace: given.workspace.clone() })),
    row("/quarterdeck.v1.AdminService/GetStats", May::Owner, Own, false,
        once!(Admin.get_stats, |_given| v1::GetStatsRequest {})),
    row("/quarterdeck.v1.AdminService/RotateKey", May::Operator, Own, true,
        once!(Admin.rotate_key, |given| v1::RotateKeyRequest { workspace: given.workspace.clone(), reason: String::new() })),
    // This server speaks plain text and has no certificate: the operator is let in, and told so.
    row("/quarterdeck.v1.AdminService/RenewCertificate", May::Operator, Own, false,
        |ask| Box::pin(async move {
            let mut client = Admin::new(ask.channel.clone());
            match client.renew_certificate(ask.request(v1::RenewCertificateRequest {})).await {
                Err(status) if status.message().contains("no certificate of its own") => Ok(String::new()),
                answer => Ok(shown(answer?.into_inner())),
            }
        })),

    row("/grpc.health.v1.Health/Check", May::Anybody, Own, false,
        once!(Health.check, |_given| health::HealthCheckRequest::default())),
    row("/grpc.health.v1.Health/Watch", May::Anybody, Own, false,
        stream!(Health.watch, |_given| health::HealthCheckRequest::default())),
    row("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", May::Anybody, Own, false,
        stream!(Reflection.server_reflection_info, |_given| tokio_stream::once(
            reflection::ServerReflectionRequest {
                host: String::new(),
                message_request: Some(
                    reflection::server_reflection_request::MessageRequest::ListServices(String::new()),
                ),
            }
        ))),
    row("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", May::Anybody, Own, false,
        stream!(OldReflection.server_reflection_info, |_given| tokio_stream::once(
            old_reflection::ServerReflectionRequest {
                host: String::new(),
                message_request: Some(
                    old_reflection::server_reflection_request::MessageRequest::ListServices(String::new()),
                ),
            }
        ))),
];

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
            // The socket has the one service.
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
            if matches!(who, Who::Elsewhere(_)) && row.may != May::Anybody {
                if secrets.iter().any(|secret| told.contains(secret.as_str())) {
                    wrong.push(format!("{} {who:?} is told of another workspace", row.call));
                }
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
