//! The log of a hostile teammate whose client keeps to no rule but those that a replica checks on receipt.
//!
//! It holds an event of every kind, and in the place of every text that people write a text of the
//! attacker's. Chains, signatures, certificates and roots are as they should be, so that it is taken in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::{Body, Entry, Event};
use quarterdeck_core::id::{DeviceId, InvitationId, MemberId};
use quarterdeck_core::state::State;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::{DeviceKey, Frontier, Sealed, hex};
use quarterdeck_proto::encode_event;
use serde_json::json;

use crate::shaped;

/// Texts of a hostile teammate: escapes, overprinting, direction, invisible ink, formulas, markup.
pub use crate::neutral::HOSTILE;

/// An exported log, as `okr import` takes it, in which every text is this one.
///
/// # Panics
/// The samples that it is made of are no events any more.
#[must_use]
pub fn log(text: &str) -> String {
    let key = DeviceKey::from_seed([7; 32]);
    let mut log = Log {
        key,
        edge: Frontier::default(),
        state: State::default(),
        previous: None,
        lines: String::new(),
    };
    for event in shaped::hostile(text) {
        log.add(event);
    }
    let header = json!({
        "schema": "quarterdeck/log/1",
        "workspace": quarterdeck_core::id::WorkspaceId::from_bytes(shaped::WORKSPACE),
        "name": log.state.workspace.as_ref().map_or("", |workspace| &*workspace.name),
        "size": log.edge.size(),
        "root": hex(&log.edge.root()),
        "checkpoint": null,
    });
    format!("{header}\n{}", log.lines)
}

struct Log {
    key: DeviceKey,
    edge: Frontier,
    state: State,
    previous: Option<[u8; 32]>,
    lines: String,
}

impl Log {
    fn add(&mut self, event: Event) {
        let seq = self.edge.size() + 1;
        let mut event = Event {
            number: seq,
            previous: self.previous,
            remaining: 0,
            device: DeviceId::from_bytes([1; 16]),
            member: MemberId::from_bytes([1; 16]),
            ..event
        };
        self.certify(&mut event.body);
        let salt = [seq as u8; 16];
        let mut sealed = Sealed::new(Bytes::from(encode_event(&event)), salt, None);
        let hash = sealed.hash();
        let signature = self.key.sign_command(&hash);
        sealed.signature = Some(signature);
        let recorded = event.authored.wall;
        let leaf = Envelope {
            workspace: shaped::WORKSPACE,
            seq,
            recorded,
            event_id: *event.id.as_bytes(),
            event_hash: hash,
        };
        self.edge.push(leaf.leaf_hash());
        self.previous = Some(hash);
        self.state.apply(&Entry {
            seq,
            recorded: Timestamp::from_ms(recorded),
            hash,
            event,
        });
        let line = json!({
            "seq": seq,
            "recorded_ms": recorded,
            "event": STANDARD.encode(&sealed.body),
            "salt": STANDARD.encode(salt),
            "signature": STANDARD.encode(signature),
            "hash": hex(&hash),
            "readable": {},
        });
        self.lines.push_str(&format!("{line}\n"));
    }

    /// Keys, certificates and roots as this log has them.
    fn certify(&self, body: &mut Body) {
        let public = self.key.public();
        match body {
            Body::WorkspaceCreated(created) => created.key = public.0,
            Body::InvitationIssued {
                invitation, key, ..
            } => {
                *invitation = InvitationId::from_bytes([1; 16]);
                *key = public.0;
            }
            Body::DeviceJoined(joined) => {
                joined.device = DeviceId::from_bytes([2; 16]);
                let invitation = InvitationId::from_bytes([1; 16]);
                joined.certifier = quarterdeck_core::event::Certifier::Invitation(invitation);
                joined.key = public.0;
                let device = joined.device;
                joined.certificate =
                    (self.key).sign_join(&shaped::WORKSPACE, device.as_bytes(), &public);
            }
            Body::DeviceRevoked { device } => *device = DeviceId::from_bytes([2; 16]),
            Body::ServerAdopted { device, .. } => *device = DeviceId::from_bytes([3; 16]),
            Body::CycleClosed { position, root, .. } => {
                *position = self.edge.size();
                *root = self.edge.root();
            }
            _ => {}
        }
    }
}
