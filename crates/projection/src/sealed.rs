//! Sealed events between the wire's type and the ledger's.

use quarterdeck_ledger::{Seal, Sealed};
use quarterdeck_proto as proto;

/// As it travels.
#[must_use]
pub fn to_wire(sealed: Sealed) -> proto::Sealed {
    proto::Sealed {
        body: sealed.body,
        seal: match sealed.seal {
            Seal::Salted(salt) => proto::Seal::Salted(salt),
            Seal::Erased(hash) => proto::Seal::Erased(hash),
        },
        signature: sealed.signature,
    }
}

/// As it is kept.
#[must_use]
pub fn from_wire(sealed: proto::Sealed) -> Sealed {
    Sealed {
        body: sealed.body,
        seal: match sealed.seal {
            proto::Seal::Salted(salt) => Seal::Salted(salt),
            proto::Seal::Erased(hash) => Seal::Erased(hash),
        },
        signature: sealed.signature,
    }
}
