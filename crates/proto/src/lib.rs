//! What Quarterdeck says on the wire and keeps on disk: the types generated from `proto/`, and
//! their conversions to and from those of the domain.
//!
//! The one crate that knows protobuf. It decides nothing: what a well-formed event means, and
//! whether it may be, is for `quarterdeck-core` to say.
//!
//! Two guarantees hold for whatever bytes are read: reading never panics, and an event of a
//! kind that this version does not know is told from one that is broken. The first is kept and
//! skipped, the second is refused.

mod error;
mod event;
mod field;
pub mod limits;
mod reader;
mod reason;
mod refusal;
mod sealed;
mod value;

/// The types, clients and servers generated from `proto/quarterdeck/v1`.
#[allow(
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    reason = "generated; its comments are those of the .proto files"
)]
pub mod v1 {
    tonic::include_proto!("quarterdeck.v1");
}

pub use error::{DecodeError, Problem};
pub use event::{decode_entry, decode_event, encode_event};
pub use reason::{ERROR_DOMAIN, Reason};
pub use refusal::{code_of_reason, grpc_code, reason_of_code};
pub use sealed::{Seal, Sealed};

/// The descriptors of everything in `proto/`, comments included, for gRPC reflection: an encoded
/// `google.protobuf.FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
