//! CSV as RFC 4180 has it, but with line feeds: a line of names, then the rows.

use quarterdeck_core::visible::written;

use crate::neutral::neutralise;
use crate::tables::{Cell, Table};

/// A table as CSV in UTF-8.
#[must_use]
pub fn csv(table: &Table) -> String {
    let mut out = String::new();
    line(
        &mut out,
        table.columns.iter().map(|name| (*name).to_owned()),
    );
    for row in &table.rows {
        line(&mut out, row.iter().map(cell));
    }
    out
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => neutralise(&written(text)).into_owned(),
        // A number begins with its sign and stays a number.
        Cell::Number(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let quoted =
            cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ');
        if quoted {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::neutral::{is_risky, plain};

    fn read(text: &str) -> Vec<Vec<String>> {
        ::csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes())
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    fn table(cells: Vec<Cell>) -> Table {
        Table {
            name: "Any",
            columns: &["first", "second"],
            rows: cells.chunks_exact(2).map(<[Cell]>::to_vec).collect(),
        }
    }

    #[test]
    fn numbers_stay_numbers_and_formulas_become_texts() {
        let written = csv(&table(vec![
            Cell::Number("-3.5".parse().unwrap()),
            Cell::Text("-3.5".to_owned()),
            Cell::Date("2026-08-21".parse().unwrap()),
            Cell::Text("=HYPERLINK(\"x\"), \"y\"\nz".to_owned()),
        ]));
        assert_eq!(
            written,
            "first,second\n-3.5,'-3.5\n2026-08-21,\"'=HYPERLINK(\"\"x\"\"), \"\"y\"\"\nz\"\n"
        );
    }

    proptest! {
        #[test]
        fn any_text_reads_back_and_no_cell_begins_like_a_formula(
            texts in prop::collection::vec("(['\"=+@,;\\-\t\r\n ]|\\PC){0,12}", 2..=8)
        ) {
            let cells: Vec<Cell> = texts.iter().cloned().map(Cell::Text).collect();
            let rows = read(&csv(&table(cells)));
            let back: Vec<&str> = rows.iter().skip(1).flatten().map(String::as_str).collect();
            prop_assert!(back.iter().all(|cell| !is_risky(cell)));
            let back: Vec<&str> = back.into_iter().map(plain).collect();
            let whole = texts.len() / 2 * 2;
            let harmless: Vec<_> = texts[..whole].iter().map(|text| written(text)).collect();
            prop_assert_eq!(back, harmless);
        }
    }
}
