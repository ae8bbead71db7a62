//! What lies in a device's folder, and what others hand it.

use quarterdeck_sync::fuzzing as sync;

/// A file that a log was exported to.
pub(crate) fn exported_log(bytes: &[u8]) {
    sync::exported_log(bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = quarterdeck_sync::exported::is_log(text.lines().next().unwrap_or_default());
}

/// Outbox and shelf.
pub(crate) fn outbox(bytes: &[u8]) {
    sync::outbox(bytes);
}

/// The signed heads that verified.
pub(crate) fn heads(bytes: &[u8]) {
    sync::heads(bytes);
}

/// `device.json`.
pub(crate) fn identity(bytes: &[u8]) {
    sync::identity(bytes);
}
