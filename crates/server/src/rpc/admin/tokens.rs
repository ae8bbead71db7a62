//! Tokens: listed without their secrets, made for clients without keys, ended at once.

use quarterdeck_core::state::State;
use quarterdeck_proto::v1;
use tonic::Status;

use super::{Who, milliseconds};
use crate::access::{Holder, TokenRecord};
use crate::address::server_url;
use crate::lookup::Lookup;
use crate::shared::Shared;
use crate::status::{invalid, refused};
use crate::workspace::Workspace;

pub(super) fn list(shared: &Shared, workspace: &Workspace) -> v1::ListTokensResponse {
    let state = workspace.state();
    let tokens = shared.access.tokens(workspace.id());
    v1::ListTokensResponse {
        tokens: tokens.iter().map(|token| shown(&state, token)).collect(),
    }
}

pub(super) fn create(
    shared: &Shared,
    who: &Who,
    request: &v1::CreateTokenRequest,
) -> Result<v1::CreateTokenResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    let state = workspace.state();
    let member = Lookup::new(&state)
        .member(&request.member)
        .map_err(|refusal| refused(&refusal))?;
    let holder = Holder {
        workspace: workspace.id(),
        member,
        device: None,
    };
    let (secret, token) = shared
        .access
        .issue(holder, milliseconds(request.valid_seconds), &shared.world)
        .map_err(|error| who.failed(&error))?;
    let (address, fingerprint) = shared.contact(None).map_err(|error| who.failed(&error))?;
    Ok(v1::CreateTokenResponse {
        token: Some(shown(&state, &token)),
        secret: secret.reveal().to_owned(),
        server: server_url(&address, workspace.id(), fingerprint),
    })
}

pub(super) fn revoke(
    shared: &Shared,
    who: &Who,
    request: &v1::RevokeTokenRequest,
) -> Result<v1::RevokeTokenResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    let unknown = || {
        invalid(
            "token",
            format!("there is no token '{}' here", request.token),
        )
    };
    let id = request.token.parse().map_err(|_| unknown())?;
    let revoked = shared.access.revoke(workspace.id(), id, shared.world.now());
    let token = revoked
        .map_err(|error| who.failed(&error))?
        .ok_or_else(unknown)?;
    Ok(v1::RevokeTokenResponse {
        token: Some(shown(&workspace.state(), &token)),
    })
}

fn shown(state: &State, token: &TokenRecord) -> v1::Token {
    v1::Token {
        id: token.id.to_string(),
        device: token
            .device
            .map(|device| device.to_string())
            .unwrap_or_default(),
        device_name: token
            .device
            .map(|device| state.device_name(device).to_owned())
            .unwrap_or_default(),
        member: state.member_name(token.member).to_owned(),
        created_ms: token.created.ms(),
        expires_ms: token.expires.ms(),
        revoked_ms: token
            .revoked
            .map_or(0, quarterdeck_core::calendar::Timestamp::ms),
        last_used_ms: token
            .last_used
            .map_or(0, quarterdeck_core::calendar::Timestamp::ms),
    }
}
