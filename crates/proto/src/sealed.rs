//! Sealed events on the wire. They are taken apart here, never opened: the body stays the bytes
//! that its author signed.

use bytes::Bytes;

use crate::error::{DecodeError, Problem};
use crate::field::{fixed, optional};
use crate::limits::MAX_EVENT_BYTES;
use crate::v1;

/// A sealed event whose parts have the right lengths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The encoded event, as authored: 1 to [`MAX_EVENT_BYTES`] bytes.
    pub body: Bytes,
    /// The author's random salt.
    pub salt: [u8; 16],
    /// The device's signature, on the last event of a command.
    pub signature: Option<[u8; 64]>,
}

impl TryFrom<v1::SealedEvent> for Sealed {
    type Error = DecodeError;

    /// # Errors
    ///
    /// Where body or salt is missing, or a part has a length that it cannot have.
    fn try_from(sealed: v1::SealedEvent) -> Result<Self, DecodeError> {
        check_size("SealedEvent.body", &sealed.body)?;
        Ok(Self {
            salt: fixed("SealedEvent.salt", &sealed.salt)?,
            signature: optional("SealedEvent.signature", &sealed.signature)?,
            body: sealed.body,
        })
    }
}

impl From<Sealed> for v1::SealedEvent {
    fn from(sealed: Sealed) -> Self {
        Self {
            body: sealed.body,
            salt: sealed.salt.to_vec(),
            signature: sealed.signature.map_or_else(Vec::new, Vec::from),
        }
    }
}

/// Refuses an encoded event that is empty or beyond the limit.
pub(crate) fn check_size(field: &'static str, body: &[u8]) -> Result<(), DecodeError> {
    if body.is_empty() {
        return Err(DecodeError::missing(field));
    }
    if body.len() > MAX_EVENT_BYTES {
        let problem = Problem::TooLarge {
            found: body.len(),
            limit: MAX_EVENT_BYTES,
        };
        return Err(DecodeError::new(field, problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire() -> v1::SealedEvent {
        v1::SealedEvent {
            body: Bytes::from_static(b"x"),
            salt: vec![7; 16],
            signature: vec![],
        }
    }

    #[test]
    fn round_trips_with_and_without_signature() {
        for signature in [vec![], vec![9; 64]] {
            let wire = v1::SealedEvent {
                signature,
                ..wire()
            };
            let sealed = Sealed::try_from(wire.clone()).unwrap();
            assert_eq!(v1::SealedEvent::from(sealed), wire);
        }
    }

    #[test]
    fn refuses_parts_of_the_wrong_length() {
        let refused = |wire: v1::SealedEvent| Sealed::try_from(wire).unwrap_err().to_string();
        assert_eq!(
            refused(v1::SealedEvent {
                body: Bytes::new(),
                ..wire()
            }),
            "SealedEvent.body: is missing"
        );
        assert_eq!(
            refused(v1::SealedEvent {
                body: vec![0; MAX_EVENT_BYTES + 1].into(),
                ..wire()
            }),
            "SealedEvent.body: has 65537 bytes; at most 65536 are taken"
        );
        assert_eq!(
            refused(v1::SealedEvent {
                signature: vec![1; 63],
                ..wire()
            }),
            "SealedEvent.signature: has 63 bytes where 64 are needed"
        );
        assert_eq!(
            refused(v1::SealedEvent {
                salt: vec![],
                ..wire()
            }),
            "SealedEvent.salt: is missing"
        );
    }
}
