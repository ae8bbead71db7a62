//! Beginning and listing workspaces.

use std::sync::Arc;

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::token::MemberState;
use quarterdeck_proto::v1;
use tonic::Status;

use super::{Who, address, given, invitations};
use crate::admin::{self, NewWorkspace};
use crate::shared::Shared;
use crate::status::invalid;
use crate::workspace::Workspace;

pub(super) async fn create(
    shared: &Shared,
    who: &Who,
    request: v1::CreateWorkspaceRequest,
) -> Result<v1::CreateWorkspaceResponse, Status> {
    let month = match request.fiscal_year_start {
        0 => 1,
        month => u8::try_from(month)
            .map_err(|_| invalid("fiscal_year_start", format!("is {month}; use 1 to 12")))?,
    };
    let new = NewWorkspace {
        name: request.name,
        owner: request.owner_name,
        owner_email: given(request.owner_email),
        time_zone: given(request.time_zone).unwrap_or_else(|| "UTC".to_owned()),
        fiscal_year_start: month,
        address: address(&request.address).map_err(|error| who.failed(&error))?,
    };
    let (id, invitation) = admin::create_workspace(shared, &new)
        .await
        .map_err(|error| who.failed(&error))?;
    Ok(v1::CreateWorkspaceResponse {
        workspace: id.to_string(),
        invitation: Some(invitations::shown(invitation)),
    })
}

pub(super) fn list(shared: &Shared, who: &Who) -> Vec<v1::WorkspaceSummary> {
    let open = open_to(shared, who);
    let mut summaries: Vec<_> = (open.iter())
        .map(|workspace| summary(workspace, who))
        .chain(broken_to(shared, who))
        .collect();
    summaries.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    summaries
}

/// The workspaces that are open to somebody, by name.
pub(super) fn open_to(shared: &Shared, who: &Who) -> Vec<Arc<Workspace>> {
    let mut open: Vec<Arc<Workspace>> = match who {
        Who::Operator => shared.workspaces(),
        Who::Owner(own) => vec![Arc::clone(own)],
    };
    open.sort_by_cached_key(|workspace| (workspace.name(), workspace.id()));
    open
}

/// The workspaces that cannot be opened, as the operator is told of them.
pub(super) fn broken_to(shared: &Shared, who: &Who) -> Vec<v1::WorkspaceSummary> {
    let all = match who {
        Who::Operator => shared.broken(),
        Who::Owner(_) => Vec::new(),
    };
    all.into_iter().map(|(id, why)| broken(id, &why)).collect()
}

pub(super) fn summary(workspace: &Workspace, who: &Who) -> v1::WorkspaceSummary {
    let state = workspace.state();
    let members = state
        .members
        .values()
        .filter(|member| member.state == MemberState::Active);
    let devices = state
        .devices
        .values()
        .filter(|device| device.revoked.is_none() && !device.server);
    v1::WorkspaceSummary {
        id: workspace.id().to_string(),
        name: state
            .workspace
            .as_ref()
            .map(|known| known.name.clone())
            .unwrap_or_default(),
        head: state.head,
        members: count(members.count()),
        devices: count(devices.count()),
        recorded_ms: state.recorded.ms(),
        standing: workspace.standing().word().to_owned(),
        finding: match who {
            Who::Operator => workspace.finding(),
            Who::Owner(_) => workspace.finding_for_owner(),
        },
        ..v1::WorkspaceSummary::default()
    }
}

/// A workspace that is here and cannot be opened.
fn broken(id: WorkspaceId, why: &str) -> v1::WorkspaceSummary {
    v1::WorkspaceSummary {
        id: id.to_string(),
        name: id.to_string(),
        standing: "damaged".to_owned(),
        finding: format!(
            "Nothing of it can be read: {}. Put it back with \
             `okrd workspace restore --data DIR {id} FILE`.",
            why.trim_end_matches('.')
        ),
        ..v1::WorkspaceSummary::default()
    }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
