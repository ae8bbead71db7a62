//! Devices: listed, and ended.

use quarterdeck_proto::v1;
use tonic::Status;

use super::{Who, given};
use crate::admin;
use crate::shared::Shared;
use crate::workspace::Workspace;

pub(super) fn list(workspace: &Workspace) -> v1::ListDevicesResponse {
    let state = workspace.state();
    let mut devices: Vec<_> = state.devices.iter().collect();
    devices.sort_by_key(|(id, device)| (device.joined.seq, **id));
    let shown = devices.into_iter().map(|(id, device)| v1::Device {
        id: id.to_string(),
        name: device.name.clone(),
        member: if device.member.is_nil() {
            String::new()
        } else {
            state.member_name(device.member).to_owned()
        },
        key: device.key.to_vec(),
        number: device.number,
        revoked: device.revoked.is_some(),
    });
    v1::ListDevicesResponse {
        devices: shown.collect(),
    }
}

pub(super) async fn revoke(
    shared: &Shared,
    who: &Who,
    request: v1::RevokeDeviceRequest,
) -> Result<v1::RevokeDeviceResponse, Status> {
    let workspace = who.workspace(shared, &request.workspace)?;
    let reason = given(request.reason);
    let seq = admin::revoke_device(shared, &workspace, &request.device, reason)
        .await
        .map_err(|error| who.failed(&error))?;
    Ok(v1::RevokeDeviceResponse { seq })
}
