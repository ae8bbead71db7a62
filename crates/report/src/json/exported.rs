//! What was exported, and what an exported log became: the log's lines, and the answers.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::WorkspaceId;
use serde::Serialize;

use super::Schema;
use super::what::what;
use crate::names::Names;

/// What people read beside an entry of an exported log. Nothing reads it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readable {
    /// Its kind, such as `KeyResultEdited`; `Unknown` for one of a newer version.
    pub kind: &'static str,
    /// Title or name of what it is about, as it is now.
    pub title: Option<String>,
    /// On whose behalf.
    pub member: String,
    /// Name of the device that authored it.
    pub device: String,
    /// When it was authored, by its device's clock.
    pub authored: Timestamp,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// What it did, in words.
    pub what: String,
    /// Why, in the author's words.
    pub reason: Option<String>,
}

/// An entry as people read it; `names` are of a state that has it applied.
#[must_use]
pub fn readable(names: &Names<'_>, entry: &Entry) -> Readable {
    let event = &entry.event;
    Readable {
        kind: event.body.kind(),
        title: event
            .body
            .subject()
            .and_then(|subject| names.title(subject)),
        member: names.person(event.member),
        device: names.machine(event.device),
        authored: Timestamp::from_ms(event.authored.wall),
        recorded: entry.recorded,
        what: what(names, entry),
        reason: event.reason.clone(),
    }
}

/// A log was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedLog {
    /// The version of this struct.
    pub schema: Schema,
    /// Always `json`.
    pub format: &'static str,
    /// The file.
    pub file: String,
    /// How many entries it holds.
    pub entries: u64,
    /// The root of their tree, in hexadecimal.
    pub root: String,
    /// How many events wait to be sent and are not in it.
    pub unsent: usize,
}

/// Tables of a workspace were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedTables {
    /// The version of this struct.
    pub schema: Schema,
    /// `csv`, `md` or `xlsx`.
    pub format: &'static str,
    /// The file; none where the document is here.
    pub file: Option<String>,
    /// The document; none where it went to a file.
    pub document: Option<String>,
    /// How many key results are in it.
    pub key_results: usize,
    /// How many check-ins are in it.
    pub check_ins: usize,
    /// How many notes are in it.
    pub notes: usize,
}

/// What became of an exported log that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportedLog {
    /// The version of this struct.
    pub schema: Schema,
    /// What the workspace is called here; for `checked`, what the log calls it.
    pub workspace: String,
    /// Its id.
    pub id: WorkspaceId,
    /// What was found.
    pub outcome: LogOutcome,
    /// How many entries the file holds.
    pub entries: u64,
    /// The root of their tree, in hexadecimal.
    pub root: String,
    /// How many entries the one has that the other lacks, for `older` and `newer`; at which position
    /// they part, for `differs` and `recorded_anew`.
    pub at: Option<u64>,
}

/// What was found in an exported log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogOutcome {
    /// A copy of the workspace was made.
    Imported,
    /// It holds, and nothing was to be made.
    Checked,
    /// The workspace is here with the same history.
    Same,
    /// The workspace is here, and its history goes on where the file's ends.
    Older,
    /// The workspace is here, and the file's history goes on where that ends.
    Newer,
    /// The workspace is here with another history.
    Differs,
    /// The workspace is here with the same events, recorded at other times: it was given to a server.
    RecordedAnew,
}
