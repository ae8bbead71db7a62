//! What an import of a document does, or would do.

use quarterdeck_core::calendar::Timestamp;
use serde::Serialize;

use super::Schema;
use crate::names::Ref;

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// Version of this object.
    pub schema: Schema,
    /// The file.
    pub file: String,
    /// Whether nothing was recorded.
    pub dry_run: bool,
    /// How many events were recorded, or would be.
    pub events: usize,
    /// The versions of the document, oldest first: one, or one a commit.
    pub versions: Vec<ImportVersion>,
}

/// A version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportVersion {
    /// The commit; none for a file by itself.
    pub commit: Option<ImportCommit>,
    /// Whether it was imported before.
    pub known: bool,
    /// What it does, in order.
    pub steps: Vec<ImportStep>,
    /// How many objectives, key results and check-ins are there as the document has them.
    pub unchanged: usize,
    /// What came from an earlier version, is not in this one, and was left alone.
    pub missing: Vec<ImportMissing>,
    /// Lines that were not understood, or cannot be taken over.
    pub unread: Vec<ImportUnread>,
}

/// A commit that changed a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportCommit {
    /// Its hash.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// When it was written.
    pub at: Timestamp,
    /// The first line of its message.
    pub subject: String,
}

/// A thing that an import does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportStep {
    /// `make`, `edit`, `check_in`, `grade` or `drop`.
    pub act: &'static str,
    /// To what kind of thing.
    pub kind: &'static str,
    /// Its short reference, where it is there already.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title or name.
    pub title: String,
    /// What it says or changes; empty where the title says all.
    pub what: String,
    /// Why it was taken for something that is there, unless by its title.
    #[serde(rename = "match")]
    pub matched: Option<String>,
    /// The line that asks for it; none where none does.
    pub line: Option<usize>,
}

/// Something that is not in the document any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportMissing {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Kind of thing.
    pub kind: &'static str,
    /// Title.
    pub title: String,
}

/// A line, or a part of it, that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportUnread {
    /// Its number.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// Why it was left out.
    pub why: String,
    /// Whether the version before had it too.
    pub before: bool,
}
