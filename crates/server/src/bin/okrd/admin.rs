//! The administrative commands. Each works on a running okrd, through the socket in its data
//! folder, as well as on one that does not run.

use quarterdeck_proto::v1::{self, admin_service_client::AdminServiceClient};
use quarterdeck_server::{First, NewWorkspace, World, connect};
use serde_json::{Value, json};
use tonic::Status;
use tonic::transport::Channel;

use crate::args::{
    Data, DeviceVerb, In, Init, Invite, MemberVerb, Settings, TokenVerb, Verify, WorkspaceVerb,
};
use crate::backup;
use crate::failure::Failure;
use crate::output::{Output, moment, shown, table};
use quarterdeck_ledger::hex;

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

pub(crate) type Client = AdminServiceClient<Channel>;

/// Asks the administration something, and closes it whatever the answer.
pub(crate) async fn ask<T>(
    data: &Data,
    question: impl AsyncFnOnce(&mut Client) -> Result<T, Status>,
) -> Result<T, Failure> {
    let mut connection = connect(&data.data).await?;
    let answer = question(&mut connection.client).await;
    connection.close().await;
    Ok(answer?)
}

pub(crate) async fn init(init: Init, output: &Output) -> Result<(), Failure> {
    let url = init.url.parse()?;
    let name = init.workspace.clone();
    let first = match (init.workspace, init.owner) {
        (Some(workspace), Some(owner)) => First::Workspace(NewWorkspace {
            owner_email: init.settings.email,
            time_zone: init.settings.time_zone,
            fiscal_year_start: init.settings.fiscal_year_start,
            ..NewWorkspace::new(workspace, owner)
        }),
        _ => First::Hosting,
    };
    let world = World::system();
    let made = quarterdeck_server::init(&init.data.data, &url, &first, &world).await?;
    invited(output, name.as_deref(), &made.url, made.expires.ms());
    Ok(())
}

pub(crate) async fn workspace(verb: WorkspaceVerb, output: &Output) -> Result<(), Failure> {
    match verb {
        WorkspaceVerb::New {
            data,
            name,
            owner,
            settings,
        } => {
            let Settings {
                email,
                time_zone,
                fiscal_year_start,
            } = settings;
            let request = v1::CreateWorkspaceRequest {
                name: name.clone(),
                owner_name: owner,
                owner_email: email.unwrap_or_default(),
                time_zone,
                fiscal_year_start: fiscal_year_start.into(),
                address: String::new(),
            };
            let made = ask(&data, async |client| client.create_workspace(request).await).await?;
            let made = made.into_inner().invitation.unwrap_or_default();
            invited(output, Some(&name), &made.url, made.expires_ms);
        }
        WorkspaceVerb::List(data) => workspaces(&data, output).await?,
        WorkspaceVerb::Restore(verb) => backup::restore_workspace(verb, output).await?,
        WorkspaceVerb::Hold { data, name } => backup::hold(data, name, output).await?,
        WorkspaceVerb::Resume { data, name } => backup::resume(data, name, output).await?,
        WorkspaceVerb::Host { data, expires } => {
            let request = v1::CreateHostingInvitationRequest {
                valid_seconds: u64::from(expires) * SECONDS_A_DAY,
                address: String::new(),
            };
            let made = ask(&data, async |client| {
                client.create_hosting_invitation(request).await
            });
            let made = made.await?.into_inner().invitation.unwrap_or_default();
            invited(output, None, &made.url, made.expires_ms);
        }
    }
    Ok(())
}

async fn list(data: &Data) -> Result<Vec<v1::WorkspaceSummary>, Failure> {
    let request = v1::ListWorkspacesRequest {};
    let found = ask(data, async |client| client.list_workspaces(request).await).await?;
    Ok(found.into_inner().workspaces)
}

async fn workspaces(data: &Data, output: &Output) -> Result<(), Failure> {
    let found = list(data).await?;
    let rows = json!({ "workspaces": found.iter().map(summary).collect::<Vec<_>>() });
    output.answer(rows, || summaries(&found));
    Ok(())
}

pub(crate) fn summary(it: &v1::WorkspaceSummary) -> Value {
    json!({
        "id": it.id, "name": it.name, "head": it.head, "members": it.members,
        "devices": it.devices, "recorded": moment(it.recorded_ms), "standing": it.standing,
        "finding": if it.finding.is_empty() { Value::Null } else { json!(it.finding) },
    })
}

fn summaries(found: &[v1::WorkspaceSummary]) -> Vec<String> {
    let row = |it: &v1::WorkspaceSummary| {
        vec![
            it.name.clone(),
            it.head.to_string(),
            it.members.to_string(),
            it.devices.to_string(),
            it.standing.clone(),
            it.id.clone(),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let head = [
        "WORKSPACE",
        "EVENTS",
        "MEMBERS",
        "DEVICES",
        "STANDING",
        "ID",
    ];
    let mut lines = table(&head, &rows);
    for it in found.iter().filter(|it| !it.finding.is_empty()) {
        lines.push(String::new());
        lines.push(format!("{}: {}", shown(&it.name), shown(&it.finding)));
    }
    lines
}

/// Shows an invitation; without a workspace it is one to bring one.
fn invited(output: &Output, workspace: Option<&str>, url: &str, expires_ms: u64) {
    let answer = json!({ "workspace": workspace, "invite": url, "expires": moment(expires_ms) });
    output.answer(answer, || {
        let verb = if workspace.is_some() {
            "join"
        } else {
            "remote set"
        };
        vec![
            "Invitation, shown this once and good for one device:".to_owned(),
            String::new(),
            format!("  okr {verb} '{url}'"),
            String::new(),
            format!(
                "It lapses at {}.",
                moment(expires_ms).as_str().unwrap_or_default()
            ),
        ]
    });
}

pub(crate) async fn invite(invite: Invite, output: &Output) -> Result<(), Failure> {
    let In { data, workspace } = invite.to;
    let request = v1::CreateInvitationRequest {
        workspace: workspace.clone(),
        member: invite.member,
        role: invite.role.unwrap_or_default(),
        email: invite.email.unwrap_or_default(),
        valid_seconds: u64::from(invite.expires) * SECONDS_A_DAY,
        address: invite.url.unwrap_or_default(),
    };
    let (made, all) = ask(&data, async |client| {
        let made = client.create_invitation(request).await?.into_inner();
        let all = client
            .list_workspaces(v1::ListWorkspacesRequest {})
            .await?
            .into_inner();
        Ok((made.invitation.unwrap_or_default(), all.workspaces))
    })
    .await?;
    // Given by its id, or not at all, it is still shown by its name.
    let known = all
        .iter()
        .find(|it| it.id == workspace || workspace.is_empty());
    let name = known.map_or(workspace.as_str(), |known| &known.name);
    invited(output, Some(name), &made.url, made.expires_ms);
    Ok(())
}

pub(crate) async fn member(verb: MemberVerb, output: &Output) -> Result<(), Failure> {
    let MemberVerb::Role {
        of,
        member,
        role,
        reason,
    } = verb;
    let request = v1::SetRoleRequest {
        workspace: of.workspace,
        member: member.clone(),
        role: role.clone(),
        reason: reason.unwrap_or_default(),
    };
    let set = ask(&of.data, async |client| client.set_role(request).await)
        .await?
        .into_inner();
    let answer = json!({ "member": member, "role": role, "seq": set.seq });
    output.answer(answer, || {
        vec![format!("{} is now {role}.", shown(&member))]
    });
    Ok(())
}

pub(crate) async fn token(verb: TokenVerb, output: &Output) -> Result<(), Failure> {
    match verb {
        TokenVerb::List(of) => {
            let request = v1::ListTokensRequest {
                workspace: of.workspace,
            };
            let found = ask(&of.data, async |client| client.list_tokens(request).await).await?;
            let found = found.into_inner().tokens;
            let all = json!({ "tokens": found.iter().map(token_object).collect::<Vec<_>>() });
            output.answer(all, || {
                let rows: Vec<_> = found.iter().map(token_row).collect();
                table(&["TOKEN", "MEMBER", "DEVICE", "EXPIRES", "STATE"], &rows)
            });
        }
        TokenVerb::New {
            of,
            member,
            expires,
        } => {
            let request = v1::CreateTokenRequest {
                workspace: of.workspace,
                member,
                valid_seconds: u64::from(expires) * SECONDS_A_DAY,
            };
            let made = ask(&of.data, async |client| client.create_token(request).await).await?;
            let v1::CreateTokenResponse {
                token,
                secret,
                server,
            } = made.into_inner();
            let token = token.unwrap_or_default();
            let mut answer = token_object(&token);
            if let Some(fields) = answer.as_object_mut() {
                fields.insert("secret".to_owned(), json!(secret));
                fields.insert("server".to_owned(), json!(server));
            }
            output.answer(answer, || {
                vec![
                    format!("Token of {}, shown this once:", shown(&token.member)),
                    String::new(),
                    format!("  {secret}"),
                    String::new(),
                    "Calls carry it as the metadata 'authorization: Bearer TOKEN'.".to_owned(),
                    "To read with it on a machine without a copy, set OKR_TOKEN to it there:"
                        .to_owned(),
                    format!("  okr query --server '{server}' status"),
                ]
            });
        }
        TokenVerb::Revoke { of, token } => {
            let request = v1::RevokeTokenRequest {
                workspace: of.workspace,
                token,
            };
            let ended = ask(&of.data, async |client| client.revoke_token(request).await).await?;
            let token = ended.into_inner().token.unwrap_or_default();
            let line = format!("Token {} of {} is revoked.", token.id, shown(&token.member));
            output.answer(token_object(&token), || vec![line]);
        }
    }
    Ok(())
}

fn token_object(token: &v1::Token) -> Value {
    json!({
        "id": token.id,
        "member": token.member,
        "device": if token.device.is_empty() { Value::Null } else { json!(token.device) },
        "device_name": if token.device.is_empty() { Value::Null } else { json!(token.device_name) },
        "created": moment(token.created_ms),
        "expires": moment(token.expires_ms),
        "revoked": moment(token.revoked_ms),
        "last_used": moment(token.last_used_ms),
    })
}

fn token_row(token: &v1::Token) -> Vec<String> {
    let device = if token.device.is_empty() {
        "(no device)"
    } else {
        &token.device_name
    };
    let state = if token.revoked_ms > 0 {
        "revoked"
    } else {
        "valid"
    };
    let expires = moment(token.expires_ms)
        .as_str()
        .unwrap_or_default()
        .to_owned();
    vec![
        token.id.clone(),
        token.member.clone(),
        device.to_owned(),
        expires,
        state.to_owned(),
    ]
}

pub(crate) async fn device(verb: DeviceVerb, output: &Output) -> Result<(), Failure> {
    match verb {
        DeviceVerb::List(of) => {
            let request = v1::ListDevicesRequest {
                workspace: of.workspace,
            };
            let found = ask(&of.data, async |client| client.list_devices(request).await).await?;
            let found = found.into_inner().devices;
            let all = json!({ "devices": found.iter().map(device_object).collect::<Vec<_>>() });
            output.answer(all, || {
                let rows: Vec<_> = found.iter().map(device_row).collect();
                table(&["DEVICE", "MEMBER", "EVENTS", "STATE", "ID"], &rows)
            });
        }
        DeviceVerb::Revoke { of, device, reason } => {
            let request = v1::RevokeDeviceRequest {
                workspace: of.workspace,
                device: device.clone(),
                reason: reason.unwrap_or_default(),
            };
            let ended = ask(&of.data, async |client| client.revoke_device(request).await).await?;
            let answer = json!({ "device": device, "seq": ended.into_inner().seq });
            output.answer(answer, || {
                vec![format!("Device {} is revoked.", shown(&device))]
            });
        }
    }
    Ok(())
}

fn device_object(device: &v1::Device) -> Value {
    json!({
        "id": device.id,
        "name": device.name,
        "member": if device.member.is_empty() { Value::Null } else { json!(device.member) },
        "key": hex(&device.key),
        "events": device.number,
        "revoked": device.revoked,
    })
}

fn device_row(device: &v1::Device) -> Vec<String> {
    let member = if device.member.is_empty() {
        "(server)"
    } else {
        &device.member
    };
    let state = if device.revoked { "revoked" } else { "active" };
    vec![
        device.name.clone(),
        member.to_owned(),
        device.number.to_string(),
        state.to_owned(),
        device.id.clone(),
    ]
}

pub(crate) async fn verify(verify: Verify, output: &Output) -> Result<(), Failure> {
    let mut chosen = list(&verify.data).await?;
    if let Some(wanted) = &verify.workspace {
        chosen.retain(|it| it.name == *wanted || it.id == *wanted);
        if chosen.is_empty() {
            return Err(quarterdeck_server::ServerError::UnknownWorkspace {
                name: wanted.clone(),
            }
            .into());
        }
    }
    let mut results = Vec::new();
    for it in chosen {
        let request = v1::VerifyRequest {
            workspace: it.id.clone(),
        };
        let result = ask(&verify.data, async |client| {
            let mut parts = client.verify(request).await?.into_inner();
            let mut last = None;
            while let Some(part) = parts.message().await? {
                last = part.result.map(|result| (part.checked, result)).or(last);
            }
            last.ok_or_else(|| Status::unavailable("The server stopped before it was through."))
        });
        let (size, result) = result.await?;
        results.push((it.name, size, result));
    }
    let bad = results.iter().find(|(_, _, result)| !result.ok).cloned();
    let objects: Vec<Value> = results.iter().map(verified).collect();
    output.answer(
        json!({ "ok": bad.is_none(), "workspaces": objects }),
        || results.iter().map(verified_line).collect(),
    );
    match bad {
        None => Ok(()),
        Some((name, _, result)) => Err(Failure::unverified(format!(
            "the history of {name} does not verify at entry {}: {}",
            result.damaged_seq, result.finding
        ))),
    }
}

fn verified((name, size, result): &(String, u64, v1::VerifyResult)) -> Value {
    json!({
        "workspace": name,
        "ok": result.ok,
        "size": size,
        "root": hex(&result.root),
        "damaged": if result.ok { Value::Null } else { json!(result.damaged_seq) },
        "finding": if result.ok { Value::Null } else { json!(result.finding) },
    })
}

fn verified_line((name, size, result): &(String, u64, v1::VerifyResult)) -> String {
    let name = shown(name);
    if result.ok {
        format!(
            "{name}: {size} entries verify; the root is {}.",
            hex(&result.root)
        )
    } else {
        format!(
            "{name}: {size} entries verify, then entry {} does not.",
            result.damaged_seq
        )
    }
}
