//! XLSX with typed cells: numbers are numbers, dates are dates, and a text is never a formula. The row of
//! column names stays in sight, and filters its column.
//!
//! A text that begins like a formula is marked as quoted, which is what a spreadsheet does when
//! somebody types a `'` before it: it stays a text also when the cell is edited.

use std::borrow::Cow;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::visible;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use crate::neutral::is_risky;
use crate::tables::{Cell, Table};

/// The longest text that a cell takes, in UTF-16 units.
const LONGEST: usize = 32_767;
/// The widest that a column is made, in characters.
const WIDEST: usize = 60;

/// Why a workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be made: {0}")]
pub struct XlsxError(#[from] rust_xlsxwriter::XlsxError);

struct Formats {
    heading: Format,
    date: Format,
    quoted: Format,
}

/// The tables as a workbook, one sheet each. The same tables give the same bytes.
///
/// A number that a spreadsheet would round (beyond some 15 digits) is written as text. So is a date
/// before 1900. A text longer than a cell takes ends in `…`.
///
/// # Errors
/// When a table has more rows than a sheet takes (1,048,576).
pub fn xlsx(tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The moment of writing would make every file another one.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let formats = Formats {
        heading: Format::new().set_bold(),
        date: Format::new().set_num_format("yyyy-mm-dd"),
        quoted: Format::new().set_quote_prefix(),
    };
    for table in tables {
        sheet(workbook.add_worksheet(), table, &formats)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn sheet(
    sheet: &mut Worksheet,
    table: &Table,
    formats: &Formats,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    sheet.set_name(table.name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, name) in (0..).zip(table.columns) {
        sheet.write_string_with_format(0, at, *name, &formats.heading)?;
        let column = table.rows.iter().filter_map(|row| row.get(usize::from(at)));
        let widest = column.map(width).max().unwrap_or(0).max(name.len());
        let width = u16::try_from(widest.min(WIDEST)).unwrap_or(u16::MAX);
        sheet.set_column_width(at, f64::from(width) + 2.0)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            write(sheet, (row, column), cell, formats)?;
        }
    }
    let last = (
        u32::try_from(table.rows.len()).ok(),
        u16::try_from(table.columns.len()).ok(),
    );
    if let (Some(rows @ 1..), Some(columns @ 1..)) = last {
        sheet.autofilter(0, 0, rows, columns - 1)?;
    }
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Number(number) => match exactly(*number) {
            Some(float) => {
                sheet.write_number(row, column, float)?;
            }
            None => text(sheet, (row, column), &number.to_string(), formats)?,
        },
        Cell::Date(date) => match excel(*date) {
            Some(moment) => {
                sheet.write_datetime_with_format(row, column, moment, &formats.date)?;
            }
            None => text(sheet, (row, column), &date.to_string(), formats)?,
        },
        Cell::Text(said) => text(sheet, (row, column), said, formats)?,
    }
    Ok(())
}

fn text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    formats: &Formats,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    let cut;
    let text = &*visible::written(text);
    let text = if text.encode_utf16().count() > LONGEST {
        // A character takes at most two units.
        cut = text.chars().take(LONGEST / 2 - 1).collect::<String>() + "…";
        &cut
    } else {
        text
    };
    let text = &*unambiguous(text);
    if is_risky(text) {
        sheet.write_string_with_format(row, column, text, &formats.quoted)?;
    } else {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

/// The text as it is read back. A character that XML has no place for is written as its number between `_x` and `_`; where
/// what stands before it looks like the beginning of such a number, the two would be read as another
/// one, so that the sign for the character takes its place.
fn unambiguous(text: &str) -> Cow<'_, str> {
    let looks_like_one = |before: &str| {
        let end = before.as_bytes().last_chunk::<6>();
        end.is_some_and(|[underscore, x, digits @ ..]| {
            (*underscore, *x) == (b'_', b'x') && digits.iter().all(u8::is_ascii_hexdigit)
        })
    };
    let sign = |at: usize, c: char| {
        let sign = match c {
            '\t' | '\n' => return None,
            '\0'..' ' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            _ => return None,
        };
        (text.get(..at).is_some_and(looks_like_one)).then_some(sign)
    };
    if !text.char_indices().any(|(at, c)| sign(at, c).is_some()) {
        return Cow::Borrowed(text);
    }
    (text.char_indices())
        .map(|(at, c)| sign(at, c).unwrap_or(c))
        .collect()
}

/// The number as a spreadsheet keeps it, if that is the same number.
fn exactly(number: Decimal) -> Option<f64> {
    let float = number.to_f64();
    let back: Decimal = float.to_string().parse().ok()?;
    (back == number).then_some(float)
}

fn excel(date: Date) -> Option<ExcelDateTime> {
    ExcelDateTime::from_ymd(date.year(), date.month(), date.day()).ok()
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Empty => 0,
        Cell::Number(number) => number.to_string().len(),
        Cell::Date(_) => 10,
        Cell::Text(text) => text
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use proptest::prelude::*;

    use super::*;

    fn table(rows: Vec<Vec<Cell>>) -> Table {
        Table {
            name: "Any",
            columns: &["first", "second"],
            rows,
        }
    }

    fn read(bytes: Vec<u8>) -> (Vec<Vec<Data>>, bool) {
        let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
        let formulas = workbook.worksheet_formula("Any").unwrap();
        let has_formula = formulas.used_cells().next().is_some();
        let range = workbook.worksheet_range("Any").unwrap();
        (range.rows().map(<[Data]>::to_vec).collect(), has_formula)
    }

    #[test]
    fn cells_keep_their_type_and_the_bytes_do_not_change() {
        let rows = vec![
            vec![
                Cell::Number("-3.5".parse().unwrap()),
                Cell::Text("=1+1".to_owned()),
            ],
            vec![
                Cell::Date("2026-08-21".parse().unwrap()),
                Cell::Number("12345678901234567.89".parse().unwrap()),
            ],
            vec![Cell::Empty, Cell::Text("x".repeat(40_000))],
        ];
        let bytes = xlsx(&[table(rows.clone())]).unwrap();
        assert_eq!(bytes, xlsx(&[table(rows)]).unwrap());
        let (cells, has_formula) = read(bytes);
        assert!(!has_formula);
        assert_eq!(
            cells[1],
            [Data::Float(-3.5), Data::String("=1+1".to_owned())]
        );
        assert!(matches!(&cells[2][0], Data::DateTime(day) if day.as_f64() == 46255.0));
        assert_eq!(cells[2][1], Data::String("12345678901234567.89".to_owned()));
        assert!(matches!(&cells[3][1], Data::String(cut) if cut.ends_with('…')));
    }

    #[test]
    fn what_looks_like_an_escape_swallows_no_character() {
        assert_eq!(unambiguous("_x00A0\u{1b}[2J"), "_x00A0\u{241b}[2J");
        for text in ["_x00A0", "x00A0\u{1b}", "_x00G0\u{1b}", "\u{1b}_x00A0_"] {
            assert_eq!(unambiguous(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back_and_none_is_a_formula(
            texts in prop::collection::vec("(['\"=+@,;<&_\\-\t\r\n \u{1}\u{1b}\u{0}\u{ffff}]|_x00|\\PC){1,12}", 1..=6)
        ) {
            let rows = texts.iter().map(|text| vec![Cell::Text("x".to_owned()), Cell::Text(text.clone())]);
            let (cells, has_formula) = read(xlsx(&[table(rows.collect())]).unwrap());
            prop_assert!(!has_formula);
            for (row, text) in cells.iter().skip(1).zip(&texts) {
                let harmless = visible::written(text);
                prop_assert_eq!(&row[1], &Data::String(unambiguous(&harmless).into_owned()));
            }
        }
    }
}
