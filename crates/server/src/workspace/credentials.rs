//! The cryptography that events carry inside: certificates of new devices, proofs of new keys,
//! and the keys by which a server enters a log. The core knows no cryptography, so this is checked
//! beside its rules, for every event that is recorded.

use quarterdeck_core::event::{Body, Certifier, DeviceJoined, Event};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_ledger::PublicKey;

use super::identity::Identity;

/// `server` is this server in the workspace; none where a log is looked at as anybody's. `is_new` where
/// the event is about to be recorded: of one in the log, the key by which the server came in may have
/// been replaced since.
pub(super) fn check(
    state: &State,
    server: Option<&Identity>,
    is_new: bool,
    event: &Event,
) -> Result<(), Refusal> {
    match &event.body {
        // A log that claims to begin with a server must begin with this one.
        Body::WorkspaceCreated(created)
            if server.is_some_and(|own| created.server != (event.device == own.device)) =>
        {
            Err(Refusal::invalid(
                "The log says that it was begun by a server, and that was not this one.",
            )
            .hint("restore it from that server's backup instead"))
        }
        Body::WorkspaceCreated(created) => valid_key(&created.key),
        Body::ServerAdopted { device, key, .. } => {
            let own = |own: &Identity| *device == own.device && (!is_new || *key == own.public().0);
            if server.is_none_or(own) {
                Ok(())
            } else {
                Err(
                    Refusal::invalid("The log adopts another server than this one.")
                        .hint("ask the server's operator for a new invitation to host it"),
                )
            }
        }
        Body::InvitationIssued { key, .. } => valid_key(key),
        Body::DeviceJoined(joined) => certificate(state, event, joined),
        Body::DeviceKeyRotated { key, proof } => {
            valid_key(key)?;
            let holds = PublicKey(*key).verify_rotation(
                event.workspace.as_bytes(),
                event.device.as_bytes(),
                &PublicKey(*key),
                proof,
            );
            if holds {
                Ok(())
            } else {
                Err(bad("The proof of the new key does not hold."))
            }
        }
        _ => Ok(()),
    }
}

/// A certificate is made by the key of the invitation, or of the device, that lets a device in.
/// Where there is no such invitation or device, the core's rules have more to say than this.
fn certificate(state: &State, event: &Event, joined: &DeviceJoined) -> Result<(), Refusal> {
    valid_key(&joined.key)?;
    let certifier = match joined.certifier {
        Certifier::Invitation(id) => state.invitations.get(&id).map(|found| found.key),
        Certifier::Device(id) => state.devices.get(&id).map(|found| found.key),
    };
    let holds = certifier.is_none_or(|key| {
        PublicKey(key).verify_join(
            event.workspace.as_bytes(),
            joined.device.as_bytes(),
            &PublicKey(joined.key),
            &joined.certificate,
        )
    });
    if holds {
        Ok(())
    } else {
        Err(bad("The certificate of the new device does not hold."))
    }
}

fn valid_key(key: &[u8; 32]) -> Result<(), Refusal> {
    if PublicKey(*key).is_valid() {
        Ok(())
    } else {
        Err(bad(
            "The key is no Ed25519 public key that could prove anything.",
        ))
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::new(Code::BadSignature, message)
}
