//! The state as canonical JSON: the same bytes on every machine that holds the same entries.
//!
//! Maps are ordered by id, fields by declaration; decimals are strings, times RFC 3339 in UTC.
//! Nothing local is in it: no pending work, no paths, no clock.

use crate::state::State;

/// The canonical JSON of a state.
///
/// # Errors
/// None that a state can cause; the serialiser's own error type is passed through.
pub fn json(state: &State) -> Result<String, serde_json::Error> {
    serde_json::to_string(state)
}
