//! `okr open`.

use quarterdeck_core::calendar::Timestamp;
use serde::Serialize;

use super::Schema;

/// A page that can be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// Version of this object.
    pub schema: Schema,
    /// What a browser takes. That of a server holds a secret: whoever opens it first sees the page as
    /// the member who asked.
    pub url: String,
    /// Until when it can be opened; none for a file.
    pub expires: Option<Timestamp>,
    /// The file; none where a server shows the page.
    pub file: Option<String>,
    /// Name of the cycle; none where a server shows the one that is active.
    pub cycle: Option<String>,
    /// Whether it was given to a browser.
    pub browser: bool,
}
