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
    /// The encoded event, as authored, or what remains of it: 1 to [`MAX_EVENT_BYTES`] bytes.
    pub body: Bytes,
    /// What its hash comes from.
    pub seal: Seal,
    /// The device's signature, on the last event of a command.
    pub signature: Option<[u8; 64]>,
}

/// What the hash of a sealed event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    /// From the body, with its author's random salt.
    Salted([u8; 16]),
    /// From a body that held texts which were erased: this is the hash.
    Erased([u8; 32]),
}

impl TryFrom<v1::SealedEvent> for Sealed {
    type Error = DecodeError;

    /// # Errors
    ///
    /// Where body or salt is missing, or a part has a length that it cannot have.
    fn try_from(sealed: v1::SealedEvent) -> Result<Self, DecodeError> {
        check_size("SealedEvent.body", &sealed.body)?;
        let seal = match optional("SealedEvent.erased", &sealed.erased)? {
            None => Seal::Salted(fixed("SealedEvent.salt", &sealed.salt)?),
            // The salt goes with the text, or the text could be guessed.
            Some(_) if !sealed.salt.is_empty() => {
                return Err(DecodeError::new("SealedEvent.salt", Problem::Twice));
            }
            Some(hash) => Seal::Erased(hash),
        };
        Ok(Self {
            seal,
            signature: optional("SealedEvent.signature", &sealed.signature)?,
            body: sealed.body,
        })
    }
}

impl From<Sealed> for v1::SealedEvent {
    fn from(sealed: Sealed) -> Self {
        let (salt, erased) = match sealed.seal {
            Seal::Salted(salt) => (salt.to_vec(), Vec::new()),
            Seal::Erased(hash) => (Vec::new(), hash.to_vec()),
        };
        Self {
            body: sealed.body,
            salt,
            erased,
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
            erased: vec![],
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
    fn what_was_erased_has_its_hash_in_the_salt_s_place() {
        let erased = v1::SealedEvent {
            salt: vec![],
            erased: vec![5; 32],
            ..wire()
        };
        let sealed = Sealed::try_from(erased.clone()).unwrap();
        assert_eq!(sealed.seal, Seal::Erased([5; 32]));
        assert_eq!(v1::SealedEvent::from(sealed), erased);
        let both = v1::SealedEvent {
            erased: vec![5; 32],
            ..wire()
        };
        let refused = Sealed::try_from(both).unwrap_err();
        assert_eq!(
            (refused.field, refused.problem),
            ("SealedEvent.salt", Problem::Twice)
        );
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
