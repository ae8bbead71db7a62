//! The leaf of the tree: 81 bytes that say which event stands at which place, and when it was recorded.
//!
//! Canonical by construction: every field has a fixed width and place, so two encodings of one entry
//! cannot differ. The event itself is not inside, only its salted hash.

use crate::merkle::leaf_hash;
use crate::{Entry, EventId, Hash, WorkspaceId};

/// The version of the layout, and the first byte of every envelope.
pub const VERSION: u8 = 1;
/// The length of an envelope in bytes.
pub const LENGTH: usize = 81;

/// What a leaf says. Its encoding is the data of an RFC 6962 leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub workspace: WorkspaceId,
    /// The place in the log, from 1; the index of the leaf is one less.
    pub seq: u64,
    /// When the entry was recorded, in milliseconds since the Unix epoch, UTC.
    pub recorded: u64,
    pub event_id: EventId,
    /// The salted hash of the event, as [`crate::Sealed::hash`] gives it.
    pub event_hash: Hash,
}

impl Envelope {
    pub fn of(workspace: WorkspaceId, entry: &Entry) -> Self {
        Self {
            workspace,
            seq: entry.seq,
            recorded: entry.recorded,
            event_id: entry.event_id,
            event_hash: entry.hash,
        }
    }

    /// version (1) | workspace (16) | seq (8) | recorded (8) | event id (16) | event hash (32), integers
    /// big endian.
    pub fn encode(&self) -> [u8; LENGTH] {
        let mut out = [0; LENGTH];
        let mut rest = out.as_mut_slice();
        for field in [
            &[VERSION][..],
            &self.workspace,
            &self.seq.to_be_bytes(),
            &self.recorded.to_be_bytes(),
            &self.event_id,
            &self.event_hash,
        ] {
            let (place, after) = rest.split_at_mut(field.len());
            place.copy_from_slice(field);
            rest = after;
        }
        out
    }

    /// Reads what [`encode`](Self::encode) wrote; none where it is of another version.
    pub fn decode(bytes: &[u8; LENGTH]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (workspace, rest) = rest.split_first_chunk()?;
        let (seq, rest) = rest.split_first_chunk()?;
        let (recorded, rest) = rest.split_first_chunk()?;
        let (event_id, rest) = rest.split_first_chunk()?;
        (*version == VERSION).then_some(Self {
            workspace: *workspace,
            seq: u64::from_be_bytes(*seq),
            recorded: u64::from_be_bytes(*recorded),
            event_id: *event_id,
            event_hash: rest.try_into().ok()?,
        })
    }

    /// The hash of this leaf in the tree.
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::golden;

    #[test]
    fn the_layout_is_frozen() {
        let envelope = Envelope {
            workspace: *b"workspace-000001",
            seq: 0x0102_0304_0506_0708,
            recorded: 1_790_000_000_123,
            event_id: *b"event-id-0000001",
            event_hash: [0xee; 32],
        };
        let mut bytes = envelope.encode().to_vec();
        assert_eq!(bytes.len(), LENGTH);
        bytes.extend(envelope.leaf_hash());
        golden("envelope.bin", &bytes);
    }
}
