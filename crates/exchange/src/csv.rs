//! CSV and its kin: one header, then one key result or one check-in a line.
//!
//! The delimiter is the one of `,`, `;` and tab that the header has most of. A cell that a careful
//! program made harmless with an apostrophe (`'=1+1`) is read without it.

use crate::draft::{Draft, Options};
use crate::error::ReadError;
use crate::neutral::plain;
use crate::outline::Outline;
use crate::rows::{Cell, Columns, Place, Rows};
use crate::{MAX_COLUMNS, MAX_ROWS};

const HINT: &str = "its first line names the columns, such as `objective,key result,baseline,target`; \
map others with --map 'Their name=field'";

/// The most characters of a column's name that are shown.
const SHOWN_CHARS: usize = 30;

/// Reads a document.
///
/// # Errors
/// It is no text in UTF-8, or its header names neither objectives nor key results.
pub fn read(bytes: &[u8], options: &Options) -> Result<Outline, ReadError> {
    let text = crate::text(bytes)?;
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header: Vec<String> = loop {
        match records.next() {
            None => return Err(ReadError::new("The file is empty.", HINT)),
            Some(Err(error)) => return Err(ReadError::new(format!("{error}."), HINT)),
            Some(Ok(record)) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Some(Ok(record)) => break record.iter().map(str::to_owned).collect(),
        }
    };
    let columns = Columns::read(&header, options, false).ok_or_else(|| nameless(&header))?;
    let mut draft = Draft::default();
    draft.used(1, lines_before(records.reader().position()));
    for text in columns.unknown(&header) {
        draft.unread(
            1,
            text,
            "A column of no known name; its cells are left out.",
        );
    }
    let mut rows = Rows {
        columns: &columns,
        place: Place::default(),
    };
    let mut rows_read = 0;
    let blank: Vec<bool> = text.lines().map(|line| line.trim().is_empty()).collect();
    loop {
        let mut line = lines_before(records.reader().position()) + 1;
        let Some(record) = records.next() else { break };
        let last = lines_before(records.reader().position()).max(line);
        // Empty lines before a record are passed over without a word.
        while line < last && blank.get(line - 1) == Some(&true) {
            line += 1;
        }
        match record {
            Ok(record) => {
                rows_read += 1;
                if rows_read > MAX_ROWS {
                    return Err(ReadError::new(
                        format!("The file has more than {MAX_ROWS} lines."),
                        "split it",
                    ));
                }
                // A line may be as wide as the file; what goes beyond the header is told of, up to a limit.
                let most = header.len() + MAX_COLUMNS;
                let cells = record.iter().take(most);
                let cells: Vec<Cell> = cells.map(|cell| plain(cell).into()).collect();
                rows.row(&mut draft, line, last, &cells);
            }
            Err(error) => draft.unread(line, "", format!("{error}.")),
        }
    }
    Ok(draft.finish(text, "A line without an objective or a key result."))
}

/// A header that names nothing known, or too much.
fn nameless(header: &[String]) -> ReadError {
    if header.len() > MAX_COLUMNS {
        let what = format!(
            "The first line has {} cells; a table has at most {MAX_COLUMNS} columns.",
            header.len()
        );
        return ReadError::new(what, HINT);
    }
    let columns: Vec<String> = (header.iter())
        .map(|name| name.chars().take(SHOWN_CHARS).collect())
        .collect();
    let columns = columns.join(", ");
    ReadError::new(
        format!("No column names objectives or key results; the columns are {columns}."),
        HINT,
    )
}

/// How many lines end before this place.
fn lines_before(position: &::csv::Position) -> usize {
    usize::try_from(position.line().saturating_sub(1)).unwrap_or(usize::MAX)
}

/// The delimiter that the first line has most of, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |wanted: u8| {
        let mut quoted = false;
        header
            .bytes()
            .filter(|byte| {
                quoted ^= *byte == b'"';
                !quoted && *byte == wanted
            })
            .count()
    };
    // Of equals the last one wins: the comma.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(b',')
}
