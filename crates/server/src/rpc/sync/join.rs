//! Join: redeeming an invitation.
//!
//! The invitation's public key finds it; its certificate over the new device's key proves that the
//! caller holds the secret. An invitation lets one device in. When an answer was lost, the same
//! device may ask again for a while and gets a new token, the one before being revoked.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Certifier, DeviceJoined};
use quarterdeck_core::id::{DeviceId, InvitationId, MemberId, WorkspaceId};
use quarterdeck_core::state::{Invitation, State};
use quarterdeck_ledger::PublicKey;
use quarterdeck_proto::limits::MAX_DEVICE_NAME_CHARS;
use quarterdeck_proto::v1;
use tonic::Status;

use super::push::recorded;
use crate::access::Holder;
use crate::auth::{self, Caller};
use crate::rpc::blocking;
use crate::rpc::ids::bytes;
use crate::shared::Shared;
use crate::status::{failed, invalid, not_authored};
use crate::workspace::{Order, Place, Workspace};

/// For how long after joining a device may ask for its token again: an hour, in milliseconds.
/// Whoever finds an old invitation cannot get a token with it.
const ASK_AGAIN_MS: u64 = 60 * 60 * 1000;

pub(super) async fn join(
    shared: &Shared,
    caller: &Caller,
    request: v1::JoinRequest,
) -> Result<v1::JoinResponse, Status> {
    let address = match caller {
        Caller::Nobody(address) => *address,
        Caller::Operator | Caller::Client(_) => None,
    };
    auth::may_try(shared, address)?;
    let workspace = WorkspaceId::from_bytes(bytes("workspace", &request.workspace)?);
    let device = DeviceId::from_bytes(bytes("device", &request.device)?);
    let key: [u8; 32] = bytes("device_key", &request.device_key)?;
    let invitation_key: [u8; 32] = bytes("invitation_key", &request.invitation_key)?;
    let certificate: [u8; 64] = bytes("certificate", &request.certificate)?;
    check_name(&request.device_name)?;

    // Whether the workspace, the invitation or the certificate is wrong is nobody's business.
    let wrong = || auth::wrong(shared, address);
    let workspace = shared.workspace(workspace).ok_or_else(wrong)?;
    let state = workspace.state();
    let (id, invitation) = find(&state, &invitation_key).ok_or_else(wrong)?;
    let holds = PublicKey(invitation_key).verify_join(
        workspace.id().as_bytes(),
        device.as_bytes(),
        &PublicKey(key),
        &certificate,
    );
    if !holds {
        return Err(wrong());
    }
    let member = invitation.member;
    let now = shared.world.now();
    let place = match joined_before(&state, device, key, member, now) {
        Some(place) => place,
        None => {
            let joined = DeviceJoined {
                device,
                member,
                key,
                name: request.device_name,
                certifier: Certifier::Invitation(id),
                certificate,
            };
            record(&workspace, joined).await?
        }
    };
    let holder = Holder {
        workspace: workspace.id(),
        member,
        device: Some(device),
    };
    let (secret, token) = shared
        .access
        .issue(holder, None, &shared.world)
        .map_err(|error| failed(&error, false))?;
    tracing::info!(workspace = %workspace.id(), %device, token = %token.id, "a device joined");
    Ok(v1::JoinResponse {
        token: secret.reveal().to_owned(),
        token_expires_ms: token.expires.ms(),
        genesis: Some(genesis(&workspace).await?),
        member: member.as_bytes().to_vec(),
        joined: Some(recorded(place)),
    })
}

pub(super) fn check_name(name: &str) -> Result<(), Status> {
    let length = name.chars().count();
    if (1..=MAX_DEVICE_NAME_CHARS).contains(&length) {
        return Ok(());
    }
    let what = format!("has {length} characters; it takes 1 to {MAX_DEVICE_NAME_CHARS}");
    Err(invalid("device_name", what))
}

fn find<'a>(state: &'a State, key: &[u8; 32]) -> Option<(InvitationId, &'a Invitation)> {
    let mut invitations = state.invitations.iter();
    invitations
        .find(|(_, known)| known.key == *key)
        .map(|(id, known)| (*id, known))
}

/// Where the device joined, if it did so a short while ago with this very key.
fn joined_before(
    state: &State,
    device: DeviceId,
    key: [u8; 32],
    member: MemberId,
    now: Timestamp,
) -> Option<Place> {
    let known = state.devices.get(&device)?;
    let again = known.key == key
        && known.member == member
        && known.revoked.is_none()
        && now < known.joined.recorded.plus_ms(ASK_AGAIN_MS);
    again.then_some(Place {
        seq: known.joined.seq,
        recorded: known.joined.recorded,
    })
}

pub(super) async fn record(workspace: &Workspace, joined: DeviceJoined) -> Result<Place, Status> {
    let order = Order {
        member: MemberId::nil(),
        reason: None,
        event_id: None,
        decide: Box::new(move |_| Ok(vec![Command::Record(Body::DeviceJoined(joined))])),
    };
    let events = workspace
        .author(order)
        .await
        .map_err(|error| not_authored(&error))?;
    let place = events.last().map(|event| event.place);
    place.ok_or_else(|| Status::internal("The server recorded nothing; this is its mistake."))
}

async fn genesis(workspace: &std::sync::Arc<Workspace>) -> Result<v1::WorkspaceGenesis, Status> {
    let state = workspace.state();
    let first = {
        let workspace = std::sync::Arc::clone(workspace);
        blocking(workspace.world(), move || workspace.entry(1)).await?
    };
    Ok(v1::WorkspaceGenesis {
        workspace: workspace.id().as_bytes().to_vec(),
        name: state
            .workspace
            .as_ref()
            .map(|known| known.name.clone())
            .unwrap_or_default(),
        genesis: first.map(|entry| entry.hash.to_vec()).unwrap_or_default(),
        server_device: workspace.device().as_bytes().to_vec(),
        server_key: workspace.public_key().0.to_vec(),
    })
}
