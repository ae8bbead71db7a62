//! HostWorkspace: room for a workspace that began without a server.
//!
//! The server makes an empty log and a device of its own for it. The client then adopts the server
//! and pushes all history; until that is done, its device alone can reach the workspace.

use std::sync::Arc;

use quarterdeck_core::id::{DeviceId, MemberId, WorkspaceId};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::PublicKey;
use quarterdeck_proto::v1;
use tonic::Status;

use crate::access::{Holder, Hosted, Hosting};
use crate::admin;
use crate::auth::{self, Caller};
use crate::error::ServerError;
use crate::rpc::ids::bytes;
use crate::shared::Shared;
use crate::status::{failed, refused};
use crate::workspace::Workspace;

pub(super) fn host(
    shared: &Shared,
    caller: &Caller,
    request: v1::HostWorkspaceRequest,
) -> Result<v1::HostWorkspaceResponse, Status> {
    let address = match caller {
        Caller::Nobody(address) => *address,
        Caller::Operator | Caller::Client(_) => None,
    };
    auth::may_try(shared, address)?;
    let id = WorkspaceId::from_bytes(bytes("workspace", &request.workspace)?);
    let device = DeviceId::from_bytes(bytes("device", &request.device)?);
    let device_key: [u8; 32] = bytes("device_key", &request.device_key)?;
    let member = MemberId::from_bytes(bytes("member", &request.member)?);
    let invitation: [u8; 32] = bytes("invitation_key", &request.invitation_key)?;
    let certificate: [u8; 64] = bytes("certificate", &request.certificate)?;

    let wrong = || auth::wrong(shared, address);
    let hosting = shared.access.hosting(&invitation).ok_or_else(wrong)?;
    let holds = PublicKey(invitation).verify_host(
        id.as_bytes(),
        device.as_bytes(),
        &PublicKey(device_key),
        &certificate,
    );
    if !holds {
        return Err(wrong());
    }
    let hosted = Hosted {
        workspace: id,
        device,
        device_key,
    };
    check_unused(&hosting, hosted, shared).map_err(|refusal| refused(&refusal))?;
    let workspace =
        room(shared, &hosting, hosted, &request.name).map_err(|error| failed(&error, false))?;
    let holder = Holder {
        workspace: id,
        member,
        device: Some(device),
    };
    let (secret, token) = shared
        .access
        .issue(holder, None, &shared.world)
        .map_err(|error| failed(&error, false))?;
    tracing::info!(workspace = %id, %device, "room was made for a workspace");
    Ok(v1::HostWorkspaceResponse {
        token: secret.reveal().to_owned(),
        token_expires_ms: token.expires.ms(),
        server_device: workspace.device().as_bytes().to_vec(),
        server_key: workspace.public_key().0.to_vec(),
        server_name: admin::device_name(&shared.settings().url),
    })
}

fn check_unused(hosting: &Hosting, hosted: Hosted, shared: &Shared) -> Result<(), Refusal> {
    match hosting.used {
        Some(used) if used == hosted => Ok(()),
        Some(_) => {
            let message = "This invitation has been used: each brings one workspace here.";
            Err(Refusal::new(Code::AlreadyExists, message)
                .hint("ask the server's operator for a new one"))
        }
        None if hosting.expires <= shared.world.now() => Err(Refusal::invalid(format!(
            "This invitation lapsed at {}.",
            hosting.expires
        ))
        .hint("ask the server's operator for a new one")),
        None => Ok(()),
    }
}

/// The workspace's place on this server, made the first time it is asked for.
fn room(
    shared: &Shared,
    hosting: &Hosting,
    hosted: Hosted,
    name: &str,
) -> Result<Arc<Workspace>, ServerError> {
    match (shared.workspace(hosted.workspace), hosting.used) {
        (Some(workspace), Some(_)) => return Ok(workspace),
        (Some(_), None) => {
            let message = format!("Workspace {} is on this server already.", hosted.workspace);
            return Err(Refusal::new(Code::AlreadyExists, message)
                .hint("join it with an invitation instead")
                .into());
        }
        (None, _) => {}
    }
    admin::name_is_free(shared, name)?;
    // Noted first: should the server stop between the two, the same client can ask again.
    shared.access.use_hosting(&hosting.key, hosted)?;
    let folder = shared.folder.workspace(hosted.workspace);
    let workspace = Workspace::create(&folder, hosted.workspace, &shared.world, &shared.metrics)?;
    let workspace = Arc::new(workspace);
    shared.add(Arc::clone(&workspace));
    Ok(workspace)
}
