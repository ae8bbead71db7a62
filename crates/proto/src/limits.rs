//! Sizes that both ends of the wire keep to, so that neither is surprised by the other.

/// The most bytes that the encoding of one event may have.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;

/// The most events in one batch of a push.
pub const MAX_BATCH_EVENTS: usize = 1_000;

/// The bytes of events after which a batch of a push, or a part of a pull, is full. One event
/// may carry it beyond.
pub const CHUNK_BYTES: usize = 1024 * 1024;

/// The most bytes that one gRPC message may have: a full part, the event that carried it beyond,
/// and what surrounds them.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024 - 4 * 1024;

/// The most bytes that a request other than a push may have: an event's worth, and what surrounds it.
pub const MAX_REQUEST_BYTES: usize = 256 * 1024;

/// The most characters in the name of a device.
pub const MAX_DEVICE_NAME_CHARS: usize = 100;
