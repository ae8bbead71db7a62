//! Reading the file, block by block.

use std::io::{BufRead, Read};

use super::FileError;
use super::line::{Header, Line, SCHEMA, read_entry, schema_of};

/// No line is longer than this, in bytes: an event in base64 and what people read of it.
const MAX_LINE: u64 = 1 << 20;
/// So many entries, or so many bytes of events, at once.
const BLOCK_ENTRIES: u64 = 4096;
const BLOCK_BYTES: usize = 4 << 20;

/// An exported log, being read from its first line to its last.
#[derive(Debug)]
pub struct LogFile<R> {
    input: R,
    header: Header,
    /// The lines of whatever holds the log that come before its first one.
    before: u64,
    /// The log's lines that were read, the first included.
    lines: u64,
    ended: bool,
}

impl<R: BufRead> LogFile<R> {
    /// Reads the first line.
    ///
    /// # Errors
    /// When the file cannot be read, is no log, or is one of a newer version.
    pub fn open(mut input: R) -> Result<Self, FileError> {
        let line = next_line(&mut input, 1)?.unwrap_or_default();
        Self::within(&line, input, 0)
    }

    /// A log within a larger file: its first line, and what comes after that. `before` lines come
    /// ahead of it.
    ///
    /// # Errors
    /// When the line is no log's, or that of a newer version.
    pub fn within(first_line: &str, input: R, before: u64) -> Result<Self, FileError> {
        let fault = |what: String| FileError::Line {
            line: before.saturating_add(1),
            what,
        };
        let schema =
            schema_of(first_line).ok_or_else(|| fault("it is not an exported log's".to_owned()))?;
        if schema != SCHEMA {
            return Err(FileError::Newer { schema });
        }
        let header = Header::read(first_line).map_err(fault)?;
        Ok(Self {
            input,
            header,
            before,
            lines: 1,
            ended: false,
        })
    }

    /// What the first line says.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The next entries, in order and without a gap, up to position `until`; none where the file ends,
    /// which it does with its last entry.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is none of an entry or not the next one's.
    pub fn block(&mut self, until: u64) -> Result<Vec<Line>, FileError> {
        let mut block = Vec::new();
        let mut bytes = 0;
        let room = until.saturating_sub(self.lines - 1).min(BLOCK_ENTRIES);
        while (block.len() as u64) < room && bytes < BLOCK_BYTES && !self.ended {
            let seq = self.lines;
            let line = self.before.saturating_add(self.lines + 1);
            let Some(text) = next_line(&mut self.input, line)? else {
                self.ended = true;
                break;
            };
            let fault = |what| FileError::Line { line, what };
            let entry = read_entry(&text).map_err(fault)?;
            if entry.seq != seq {
                return Err(fault(format!(
                    "it holds entry {} where entry {seq} should be",
                    entry.seq
                )));
            }
            bytes += entry.event.size();
            block.push(entry);
            self.lines += 1;
        }
        Ok(block)
    }

    /// How many entries have been read.
    pub const fn read(&self) -> u64 {
        self.lines - 1
    }

    /// Checks that nothing comes after the last entry.
    ///
    /// # Errors
    /// When something does.
    pub fn finish(&mut self) -> Result<(), FileError> {
        let line = self.before.saturating_add(self.lines + 1);
        match next_line(&mut self.input, line)? {
            None => Ok(()),
            Some(_) => Err(FileError::Line {
                line,
                what: format!(
                    "the file should end before it: its first line announces {} entries",
                    self.header.size
                ),
            }),
        }
    }
}

/// The next line without its end; none at the end of the file. `line` is its number, for messages.
///
/// # Errors
/// When the file cannot be read, or the line is too long or no text.
pub fn next_line(input: &mut impl BufRead, line: u64) -> Result<Option<String>, FileError> {
    let mut text = Vec::new();
    input.take(MAX_LINE).read_until(b'\n', &mut text)?;
    if text.is_empty() {
        return Ok(None);
    }
    let fault = |what: &str| FileError::Line {
        line,
        what: what.to_owned(),
    };
    if text.len() as u64 == MAX_LINE && text.last() != Some(&b'\n') {
        return Err(fault("it is longer than any line of a log"));
    }
    let mut text = String::from_utf8(text).map_err(|_| fault("it is not text in UTF-8"))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(Some(text))
}
