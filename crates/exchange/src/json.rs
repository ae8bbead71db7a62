//! An outline as JSON: the form of [`crate::outline`], under `"schema": "quarterdeck/outline/1"`.

use serde::{Deserialize, Serialize};

use crate::error::ReadError;
use crate::outline::Outline;

/// Says that a JSON document is an outline, and in which form.
pub const SCHEMA: &str = "quarterdeck/outline/1";

#[derive(Deserialize, Serialize)]
struct Document<T> {
    schema: String,
    outline: T,
}

/// Reads a document.
///
/// # Errors
/// It is no such JSON; the place is named.
pub fn read(bytes: &[u8]) -> Result<Outline, ReadError> {
    let text = crate::text(bytes)?;
    let hint = "docs/exchange.md shows the form";
    let document: Document<Outline> = serde_json::from_str(text)
        .map_err(|error| ReadError::new(format!("This is no outline: {error}."), hint))?;
    if document.schema != SCHEMA {
        return Err(ReadError::new(
            format!(
                "The schema is '{}'; this version reads '{SCHEMA}'.",
                document.schema
            ),
            hint,
        ));
    }
    Ok(document.outline)
}

/// Writes an outline.
#[must_use]
pub fn write(outline: &Outline) -> String {
    let document = Document {
        schema: SCHEMA.to_owned(),
        outline,
    };
    // Texts, numbers and lists alone: nothing that JSON could refuse.
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    quarterdeck_core::visible::json(&text).into_owned()
}
