//! XLSX workbooks: each sheet a table as in CSV. Of a formula the value counts that the workbook
//! remembers.
//!
//! Guarantee: a small file cannot ask for much memory or time. What it unpacks to is measured before it is
//! read; a sheet has at most [`MAX_ROWS`] rows and [`MAX_COLUMNS`] columns, a workbook [`MAX_SHEETS`] sheets, and all
//! of them together [`MAX_CELLS`] cells and [`MAX_TEXT`] bytes of text: a text or a sheet that stands in the file
//! once may be named in it a million times. No entity is expanded but XML's own five.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};

use crate::draft::{Draft, Options};
use crate::error::ReadError;
use crate::outline::Outline;
use crate::rows::{Cell, Columns, Place, Rows};

/// Most rows of a sheet that are read.
pub const MAX_ROWS: u32 = 100_000;
/// Most columns of a sheet that are read.
pub const MAX_COLUMNS: u32 = 256;
/// Most sheets of a workbook that are read.
pub const MAX_SHEETS: usize = 256;
/// Most cells of a workbook that are read, empty ones too.
pub const MAX_CELLS: u32 = 2_000_000;
/// Most bytes of text in the cells of a workbook.
pub const MAX_TEXT: usize = 64 * 1024 * 1024;
/// Most characters of a sheet's name: Excel takes 31.
pub const MAX_NAME: usize = 255;
/// Most bytes that a workbook may unpack to.
pub const MAX_UNPACKED: u64 = 128 * 1024 * 1024;

const HINT: &str = "save it as CSV, and import that";

/// Reads a workbook.
///
/// # Errors
/// It is no workbook, or unpacks to too much, or no sheet names objectives or key results.
pub fn read(bytes: &[u8], options: &Options) -> Result<Outline, ReadError> {
    guard(bytes)?;
    let damaged = |error: &dyn std::fmt::Display| {
        ReadError::new(format!("The workbook cannot be read: {error}."), HINT)
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut draft = Draft::default();
    let mut known = false;
    let names = book.sheet_names();
    if names.len() > MAX_SHEETS || names.iter().any(|name| name.chars().count() > MAX_NAME) {
        return Err(ReadError::new(
            format!(
                "The workbook has more than {MAX_SHEETS} sheets, or one with a very long name."
            ),
            HINT,
        ));
    }
    let mut left = Left {
        cells: MAX_CELLS,
        text: MAX_TEXT,
    };
    for name in names {
        let rows = sheet(&mut book, &name, &mut left).map_err(|why| {
            ReadError::new(format!("Sheet '{name}' cannot be read: {why}."), HINT)
        })?;
        known |= table(&mut draft, &name, &rows, options);
    }
    if known {
        return Ok(draft.finish("", ""));
    }
    Err(ReadError::new(
        "No sheet has a line whose cells name objectives or key results.",
        "name the columns in the first line, or map them with --map 'Their name=field'",
    ))
}

/// Refuses what unpacks to too much. Sizes that the file claims are not believed.
fn guard(bytes: &[u8]) -> Result<(), ReadError> {
    let damaged = |error: &dyn std::fmt::Display| {
        ReadError::new(format!("This is no XLSX workbook: {error}."), HINT)
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut left = MAX_UNPACKED;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| damaged(&error))?;
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink())
            .map_err(|error| damaged(&error))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            let most = MAX_UNPACKED / 1024 / 1024;
            ReadError::new(
                format!("The workbook unpacks to more than {most} MiB."),
                HINT,
            )
        })?;
    }
    Ok(())
}

/// The cells that hold something, by row and column.
type Sheet = BTreeMap<u32, BTreeMap<u32, String>>;

/// What may still be read of a workbook.
struct Left {
    cells: u32,
    text: usize,
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, left: &mut Left) -> Result<Sheet, String> {
    let mut cells = book
        .worksheet_cells_reader(name)
        .map_err(|error| error.to_string())?;
    let mut rows = Sheet::new();
    while let Some(cell) = cells.next_cell().map_err(|error| error.to_string())? {
        let (row, column) = cell.get_position();
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            return Err(format!(
                "it goes beyond {MAX_ROWS} rows or {MAX_COLUMNS} columns"
            ));
        }
        let text = shown(cell.get_value());
        left.cells = (left.cells.checked_sub(1))
            .ok_or_else(|| format!("the workbook has more than {MAX_CELLS} cells"))?;
        left.text = left.text.checked_sub(text.len()).ok_or_else(|| {
            let most = MAX_TEXT / 1024 / 1024;
            format!("the workbook's cells hold more than {most} MiB of text")
        })?;
        if !text.trim().is_empty() {
            rows.entry(row).or_default().insert(column, text);
        }
    }
    Ok(rows)
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        // 0.1 + 0.2 was 0.3 to whoever typed it: fifteen digits are what a spreadsheet shows.
        DataRef::Float(number) => plain(*number),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(so) => so.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn plain(number: f64) -> String {
    let shown = format!("{number:.14e}");
    let exact: f64 = shown.parse().unwrap_or(number);
    format!("{exact}")
}

/// Reads a sheet's rows. Whether it had a header.
fn table(draft: &mut Draft, sheet: &str, rows: &Sheet, options: &Options) -> bool {
    let line = |row: &u32| {
        usize::try_from(*row)
            .unwrap_or(usize::MAX)
            .saturating_add(1)
    };
    let dense = |cells: &BTreeMap<u32, String>| -> Vec<String> {
        let last = cells.keys().next_back().copied().unwrap_or(0);
        (0..=last)
            .map(|at| cells.get(&at).cloned().unwrap_or_default())
            .collect()
    };
    let header = rows.iter().find_map(|(row, cells)| {
        let names = dense(cells);
        let columns = Columns::read(&names, options, false)?;
        (cells.len() > 1).then_some((*row, names, columns))
    });
    let mut reader = header.as_ref().map(|(_, _, columns)| Rows {
        columns,
        place: Place::default(),
    });
    for (row, cells) in rows {
        let texts = dense(cells);
        match (&header, &mut reader) {
            (Some((head, names, columns)), _) if head == row => {
                for text in columns.unknown(names) {
                    let why = format!("A column of no known name in sheet {sheet}.");
                    draft.unread(line(row), text, why);
                }
            }
            (Some((head, ..)), Some(reader)) if row > head => {
                let cells: Vec<Cell> = texts.iter().map(|text| text.as_str().into()).collect();
                reader.row(draft, line(row), line(row), &cells);
            }
            _ => {
                let why = format!("Sheet {sheet} names no columns above this line.");
                draft.unread(line(row), &texts.join(" | "), why);
            }
        }
    }
    header.is_some()
}
