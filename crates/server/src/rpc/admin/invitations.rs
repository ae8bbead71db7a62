//! Invitations and roles.

use quarterdeck_core::token::Role;
use quarterdeck_proto::v1;
use tonic::Status;

use super::{Who, address, given, milliseconds};
use crate::address::Invitation;
use crate::admin::{self, InviteMember};
use crate::shared::Shared;
use crate::status::invalid;

pub(super) async fn create(
    shared: &Shared,
    who: &Who,
    request: v1::CreateInvitationRequest,
) -> Result<v1::CreateInvitationResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    let whom = InviteMember {
        member: request.member,
        role: given(request.role).map(|word| role(&word)).transpose()?,
        email: given(request.email),
        valid_ms: milliseconds(request.valid_seconds),
        address: address(&request.address).map_err(|error| who.failed(&error))?,
    };
    let invitation = admin::invite(shared, &workspace, &whom)
        .await
        .map_err(|error| who.failed(&error))?;
    Ok(v1::CreateInvitationResponse {
        invitation: Some(shown(invitation)),
    })
}

pub(super) fn create_hosting(
    shared: &Shared,
    who: &Who,
    request: &v1::CreateHostingInvitationRequest,
) -> Result<v1::CreateHostingInvitationResponse, Status> {
    let how = (
        address(&request.address).map_err(|error| who.failed(&error))?,
        milliseconds(request.valid_seconds),
    );
    let invitation = admin::invite_to_host(shared, how).map_err(|error| who.failed(&error))?;
    Ok(v1::CreateHostingInvitationResponse {
        invitation: Some(shown(invitation)),
    })
}

pub(super) async fn set_role(
    shared: &Shared,
    who: &Who,
    request: v1::SetRoleRequest,
) -> Result<v1::SetRoleResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    let role = role(&request.role)?;
    let seq = admin::set_role(&workspace, &request.member, role, given(request.reason))
        .await
        .map_err(|error| who.failed(&error))?;
    Ok(v1::SetRoleResponse { seq })
}

fn role(word: &str) -> Result<Role, Status> {
    word.parse()
        .map_err(|error: quarterdeck_core::token::UnknownToken| invalid("role", error.to_string()))
}

pub(super) fn shown(invitation: Invitation) -> v1::Invitation {
    v1::Invitation {
        url: invitation.url,
        id: invitation.id.map(|id| id.to_string()).unwrap_or_default(),
        member: invitation
            .member
            .map(|member| member.to_string())
            .unwrap_or_default(),
        expires_ms: invitation.expires.ms(),
    }
}
