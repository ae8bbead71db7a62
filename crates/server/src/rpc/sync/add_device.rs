//! AddDevice: a copied folder becomes a device of its own, let in by the device it was copied from.

use quarterdeck_core::event::{Certifier, DeviceJoined};
use quarterdeck_core::id::DeviceId;
use quarterdeck_proto::v1;
use tonic::Status;

use super::join::{check_name, record};
use super::push::recorded;
use crate::access::Holder;
use crate::auth::{self, Client};
use crate::rpc::ids::bytes;
use crate::shared::Shared;
use crate::status::failed;
use crate::workspace::Place;

pub(super) async fn add(
    shared: &Shared,
    client: &Client,
    request: v1::AddDeviceRequest,
) -> Result<v1::AddDeviceResponse, Status> {
    let old = client.device.ok_or_else(auth::no_device)?;
    let device = DeviceId::from_bytes(bytes("device", &request.device)?);
    let key: [u8; 32] = bytes("device_key", &request.device_key)?;
    let certificate: [u8; 64] = bytes("certificate", &request.certificate)?;
    check_name(&request.device_name)?;
    let member = client.member;
    let state = client.workspace.state();
    let known = state.devices.get(&device);
    // An answer was lost: the same device asks again, vouched for by the same one.
    let again = known.filter(|known| {
        known.key == key && known.member == member && known.number == 0 && known.revoked.is_none()
    });
    let place = match again {
        Some(known) => Place {
            seq: known.joined.seq,
            recorded: known.joined.recorded,
        },
        None => {
            let certifier = Certifier::Device(old);
            let name = request.device_name;
            let joined = DeviceJoined {
                device,
                member,
                key,
                name,
                certifier,
                certificate,
            };
            record(&client.workspace, joined).await?
        }
    };
    let holder = Holder {
        workspace: client.workspace.id(),
        member,
        device: Some(device),
    };
    let (secret, token) = shared
        .access
        .issue(holder, None, &shared.world)
        .map_err(|error| failed(&error, false))?;
    Ok(v1::AddDeviceResponse {
        token: secret.reveal().to_owned(),
        token_expires_ms: token.expires.ms(),
        joined: Some(recorded(place)),
    })
}
