//! A pushed batch, read and checked as far as that goes without the writer: many connections do
//! this at once, so that the one writer has little left to do for each event.

use quarterdeck_core::event::{Event, Hash, Key};
use quarterdeck_core::id::{DeviceId, MemberId};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_ledger::{PublicKey, Sealed};
use quarterdeck_proto::{decode_event, v1};

/// Who pushes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pusher {
    pub(crate) member: MemberId,
    pub(crate) device: DeviceId,
}

/// A batch, read up to the first event that cannot be read.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) events: Vec<Prepared>,
    /// Why the event after them could not be read.
    pub(crate) unread: Option<Refusal>,
}

/// An event that could be read.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) sealed: Sealed,
    pub(crate) event: Event,
    pub(crate) hash: Hash,
    /// The key under which its signature holds, if it was looked at.
    pub(crate) signed_by: Option<Key>,
}

impl Incoming {
    /// Reads a batch. Signatures are checked with the keys of `state`, which may be about to
    /// change: the writer compares.
    pub(crate) fn read(state: &State, events: Vec<v1::SealedEvent>) -> Self {
        let mut incoming = Self {
            events: Vec::with_capacity(events.len()),
            unread: None,
        };
        for sealed in events {
            match Prepared::read(state, sealed) {
                Ok(prepared) => incoming.events.push(prepared),
                Err(refusal) => {
                    incoming.unread = Some(refusal);
                    break;
                }
            }
        }
        incoming
    }
}

impl Prepared {
    fn read(state: &State, sealed: v1::SealedEvent) -> Result<Self, Refusal> {
        let malformed = |error: quarterdeck_proto::DecodeError| {
            let message = format!("The event cannot be read: {error}.");
            let code = match error.problem {
                quarterdeck_proto::Problem::TooLarge { .. } => Code::TooLarge,
                _ => Code::Malformed,
            };
            Refusal::new(code, message)
        };
        let sealed = quarterdeck_proto::Sealed::try_from(sealed).map_err(malformed)?;
        let event = decode_event(&sealed.body).map_err(malformed)?;
        let sealed = quarterdeck_projection::from_wire(sealed);
        // Only a history that is brought here whole can hold what was erased where it comes from.
        let served = state.workspace.as_ref().is_some_and(|found| found.served);
        if sealed.is_erased() && served {
            let message = "The event comes without its text, and nothing is recorded like that.";
            return Err(Refusal::new(Code::Malformed, message));
        }
        let hash = sealed.hash();
        let mut prepared = Self {
            sealed,
            event,
            hash,
            signed_by: None,
        };
        if let Some(key) = state.signing_key(&prepared.event)
            && prepared.is_signed_by(key)
        {
            prepared.signed_by = Some(key);
        }
        Ok(prepared)
    }

    /// Whether it carries a signature that holds under this key.
    pub(crate) fn is_signed_by(&self, key: Key) -> bool {
        self.signed_by == Some(key)
            || self
                .sealed
                .signature
                .is_some_and(|signature| PublicKey(key).verify_command(&self.hash, &signature))
    }
}
