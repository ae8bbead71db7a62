//! The two kinds of line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::checkpoint::{origin, workspace_of};
use crate::{Entry, Hash, MAX_BODY, Seal, Sealed, WorkspaceId, hex};

/// What the file says it is.
pub const SCHEMA: &str = "quarterdeck/log/1";
/// What every version of it begins with.
const FAMILY: &str = "quarterdeck/log/";

/// The first line: whose log it is, and what it has to add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What it is called.
    pub name: String,
    /// How many entries follow.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// The last signed head, which may cover fewer entries; none where nothing was signed yet.
    pub checkpoint: Option<String>,
}

/// An entry as a line gives it. Its hash is that of its bytes; nothing else has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its position, from 1.
    pub seq: u64,
    /// When it was recorded, in milliseconds since the Unix epoch.
    pub recorded: u64,
    /// The event.
    pub event: Sealed,
}

#[derive(Serialize, Deserialize)]
struct HeaderLine {
    schema: String,
    workspace: String,
    name: String,
    size: u64,
    root: String,
    /// Named also where there is none: a name that was altered shall not pass for that.
    #[serde(deserialize_with = "Option::deserialize")]
    checkpoint: Option<String>,
}

#[derive(Deserialize)]
struct AnyLine {
    schema: String,
}

#[derive(Serialize)]
struct WrittenLine<'a, R> {
    seq: u64,
    recorded_ms: u64,
    event: String,
    /// Not where texts were erased: it went with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    erased: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    readable: Option<&'a R>,
}

#[derive(Deserialize)]
struct ReadLine {
    seq: u64,
    recorded_ms: u64,
    event: String,
    salt: Option<String>,
    #[serde(default)]
    erased: bool,
    signature: Option<String>,
    hash: String,
}

/// Whether a file that begins with this line is an exported log, of whichever version.
#[must_use]
pub fn is_log(first_line: &str) -> bool {
    schema_of(first_line).is_some()
}

/// What an exported log's first line says that it is.
pub(super) fn schema_of(first_line: &str) -> Option<String> {
    let line: AnyLine = serde_json::from_str(first_line).ok()?;
    line.schema.starts_with(FAMILY).then_some(line.schema)
}

impl Header {
    /// The first line, with its end.
    ///
    /// # Errors
    /// None: what is written has a form in JSON.
    pub fn write(&self) -> serde_json::Result<Vec<u8>> {
        ended(&HeaderLine {
            schema: SCHEMA.to_owned(),
            workspace: write_workspace(&self.workspace),
            name: self.name.clone(),
            size: self.size,
            root: hex(&self.root),
            checkpoint: self.checkpoint.clone(),
        })
    }

    pub(super) fn read(line: &str) -> Result<Self, String> {
        let read: HeaderLine =
            serde_json::from_str(line).map_err(|error| not_as_written(&error))?;
        Ok(Self {
            workspace: read_workspace(&read.workspace)
                .ok_or("its `workspace` is no UUID in lower case")?,
            name: read.name,
            size: read.size,
            root: unhex(&read.root).ok_or("its `root` is no hash")?,
            checkpoint: read.checkpoint,
        })
    }
}

/// An entry's line with its end, and what people read beside it, if anything.
///
/// # Errors
/// When `readable` has no form in JSON.
pub fn write_entry(
    entry: &Entry,
    readable: Option<&impl Serialize>,
) -> serde_json::Result<Vec<u8>> {
    ended(&WrittenLine {
        seq: entry.seq,
        recorded_ms: entry.recorded,
        event: STANDARD.encode(&entry.event.body),
        salt: entry.event.salt().map(|salt| STANDARD.encode(salt)),
        erased: entry.event.is_erased(),
        signature: entry.event.signature.map(|bytes| STANDARD.encode(bytes)),
        hash: hex(&entry.hash),
        readable,
    })
}

/// Reads an entry's line. Its hash is that of its bytes, or is said to be that of bytes that are gone;
/// nothing else has been checked.
pub(super) fn read_entry(line: &str) -> Result<Line, String> {
    let read: ReadLine = serde_json::from_str(line).map_err(|error| not_as_written(&error))?;
    let body = STANDARD
        .decode(&read.event)
        .map_err(|_| "its `event` is not base64")?;
    if body.len() > MAX_BODY {
        return Err("its event is larger than any event".to_owned());
    }
    let hash = unhex(&read.hash).ok_or("its `hash` is no hash")?;
    let seal = match &read.salt {
        Some(_) if read.erased => return Err("it is `erased` and has a `salt`".to_owned()),
        Some(salt) => Seal::Salted(fixed(salt).ok_or("its `salt` is not 16 bytes in base64")?),
        None if read.erased => Seal::Erased(hash),
        None => return Err("missing field `salt`".to_owned()),
    };
    let sealed = Sealed {
        body: Bytes::from(body),
        seal,
        signature: match &read.signature {
            None => None,
            Some(text) => Some(fixed(text).ok_or("its `signature` is not 64 bytes in base64")?),
        },
    };
    if sealed.hash() != hash {
        return Err("its event is not the one that its hash was made of".to_owned());
    }
    Ok(Line {
        seq: read.seq,
        recorded: read.recorded_ms,
        event: sealed,
    })
}

fn ended(line: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(super) fn not_as_written(error: &serde_json::Error) -> String {
    if error.is_eof() {
        "it breaks off".to_owned()
    } else {
        let text = error.to_string();
        // The parser counts lines within what it was given, which is always one.
        let what = text
            .rsplit_once(" at line ")
            .map_or(&*text, |(what, _)| what);
        format!("{what}, at column {}", error.column())
    }
}

/// A workspace's id as a UUID.
#[must_use]
pub fn write_workspace(workspace: &WorkspaceId) -> String {
    let origin = origin(workspace);
    (origin.split_once('/')).map_or_else(String::new, |(_, uuid)| uuid.to_owned())
}

fn read_workspace(text: &str) -> Option<WorkspaceId> {
    workspace_of(&format!("quarterdeck/{text}"))
}

fn fixed<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

fn unhex(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digits = std::str::from_utf8(pair).ok()?;
        // A sign would pass for a digit otherwise.
        *byte = (!digits.starts_with('+'))
            .then(|| u8::from_str_radix(digits, 16).ok())
            .flatten()?;
    }
    Some(hash)
}
