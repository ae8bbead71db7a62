//! Reading a backup line by line: what it says it is, and that nothing of it is missing.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::exported::{FileError, Header, Line, LogFile, is_log, next_line};
use quarterdeck_ledger::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::form::{End, FAMILY, FileLine, First, MissingLine, SCHEMA, is_known};
use crate::error::ServerError;

/// More small files than any server has, and more bytes.
const MAX_FILES: usize = 100_000;
const MAX_FILE_BYTES: usize = 64 << 20;

/// Takes the entries of a log in, block by block.
pub(super) type Take<'a> = dyn FnMut(&Header, Vec<Line>) -> Result<(), ServerError> + 'a;

/// What comes next in a backup.
pub(super) enum Item {
    /// A file of the data folder.
    File {
        path: String,
        content: Zeroizing<Vec<u8>>,
    },
    /// A workspace without a log.
    Missing { workspace: WorkspaceId, why: String },
    /// The first line of a log, whose entries are to be asked for with [`BackupFile::entries`].
    Log(String),
    /// Nothing: the file is whole.
    End,
}

/// A backup that is being read.
pub(super) struct BackupFile<R> {
    name: PathBuf,
    input: Digesting<R>,
    lines: u64,
    pub(super) first: First,
    logs: u64,
    files: usize,
    file_bytes: usize,
}

/// The kinds of line, told apart by their keys.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyLine {
    File(FileLine),
    Missing(MissingLine),
    End(End),
}

impl<R: BufRead> BackupFile<R> {
    /// Reads the first line.
    pub(super) fn open(input: R, name: &Path) -> Result<Self, ServerError> {
        let fault = |what: String| ServerError::Backup {
            path: name.to_path_buf(),
            line: 1,
            what,
        };
        let mut input = Digesting {
            input,
            digest: Sha256::new(),
        };
        let line = next_line(&mut input, 1)
            .map_err(|error| of_file(name, error))?
            .unwrap_or_default();
        let first: First = serde_json::from_str(&line)
            .map_err(|_| fault("it is not the first line of a backup".to_owned()))?;
        if first.schema != SCHEMA {
            let what = if first.schema.starts_with(FAMILY) {
                format!(
                    "it is of the form '{}', and this okrd reads '{SCHEMA}'",
                    first.schema
                )
            } else {
                "it is not the first line of a backup".to_owned()
            };
            return Err(fault(what));
        }
        Ok(Self {
            name: name.to_path_buf(),
            input,
            lines: 1,
            first,
            logs: 0,
            files: 0,
            file_bytes: 0,
        })
    }

    /// The number of the line that was read last.
    pub(super) const fn line(&self) -> u64 {
        self.lines
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    /// An error at a line.
    pub(super) fn fault(&self, line: u64, what: impl Into<String>) -> ServerError {
        ServerError::Backup {
            path: self.name.clone(),
            line,
            what: what.into(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Item, ServerError> {
        let line = self.lines + 1;
        let before = self.input.digest.clone();
        let text = next_line(&mut self.input, line)
            .map_err(|error| of_file(&self.name, error))?
            .map(Zeroizing::new);
        let Some(text) = text else {
            return Err(self.fault(line, "the file ends before its last line: it was cut short"));
        };
        self.lines = line;
        if is_log(&text) {
            self.logs += 1;
            return Ok(Item::Log(text.to_string()));
        }
        match serde_json::from_str(&text) {
            Ok(AnyLine::File(file)) => self.file(line, file),
            Ok(AnyLine::Missing(missing)) => Ok(Item::Missing {
                workspace: missing.missing,
                why: missing.why,
            }),
            Ok(AnyLine::End(end)) => self.end(line, &end, before).map(|()| Item::End),
            Err(_) => Err(self.fault(line, "it is no line of a backup, or it breaks off")),
        }
    }

    fn file(&mut self, line: u64, file: FileLine) -> Result<Item, ServerError> {
        if !is_known(&file.file) {
            return Err(self.fault(line, "it names a file that no server's data folder has"));
        }
        let content = STANDARD
            .decode(Zeroizing::new(file.content).as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| self.fault(line, "its `content` is not base64"))?;
        self.files += 1;
        self.file_bytes = self.file_bytes.saturating_add(content.len());
        if self.files > MAX_FILES || self.file_bytes > MAX_FILE_BYTES {
            return Err(self.fault(line, "it holds more files than any server has"));
        }
        Ok(Item::File {
            path: file.file,
            content,
        })
    }

    /// The entries of the log with this first line, block by block.
    pub(super) fn entries(
        &mut self,
        first_line: &str,
        take: &mut Take<'_>,
    ) -> Result<Header, ServerError> {
        let name = self.name.clone();
        let of = |error| of_file(&name, error);
        let mut log = LogFile::within(first_line, &mut self.input, self.lines - 1).map_err(of)?;
        let header = log.header().clone();
        while log.read() < header.size {
            let block = log.block(header.size).map_err(of)?;
            if block.is_empty() {
                return Err(ServerError::Backup {
                    path: name.clone(),
                    line: self.lines.saturating_add(log.read()).saturating_add(1),
                    what: "the file ends before it: it was cut short".to_owned(),
                });
            }
            take(&header, block)?;
        }
        let read = log.read();
        self.lines = self.lines.saturating_add(read);
        Ok(header)
    }

    fn end(&mut self, line: u64, end: &End, before: Sha256) -> Result<(), ServerError> {
        if end.end != SCHEMA {
            return Err(self.fault(line, "it ends another form of file"));
        }
        if end.lines != line - 1 {
            let what = format!("it counts {} lines before it", end.lines);
            return Err(self.fault(line, what));
        }
        if self.logs != self.first.workspaces {
            let what = format!(
                "the first line announces {} workspaces, and there are {}",
                self.first.workspaces, self.logs
            );
            return Err(self.fault(line, what));
        }
        if end.sha256 != hex(&before.finalize()) {
            return Err(self.fault(
                line,
                "its digest is not that of the lines before it: something in them was altered",
            ));
        }
        let after =
            next_line(&mut self.input, line + 1).map_err(|error| of_file(&self.name, error))?;
        match after {
            None => Ok(()),
            Some(_) => Err(self.fault(line + 1, "the file should end before it")),
        }
    }
}

fn of_file(name: &Path, error: FileError) -> ServerError {
    match error {
        FileError::Read(source) => ServerError::io("read", name, source),
        FileError::Line { line, what } => ServerError::Backup {
            path: name.to_path_buf(),
            line,
            what,
        },
        FileError::Newer { .. } => ServerError::Backup {
            path: name.to_path_buf(),
            line: 1,
            what: error.to_string(),
        },
    }
}

/// Reads, and keeps the digest of everything that was taken out.
struct Digesting<R> {
    input: R,
    digest: Sha256,
}

impl<R: BufRead> Read for Digesting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        self.digest.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Digesting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What is consumed has been filled in before, so this takes nothing from the disk.
        if let Ok(buffer) = self.input.fill_buf() {
            self.digest.update(buffer.get(..amount).unwrap_or_default());
        }
        self.input.consume(amount);
    }
}
