//! Answers as CSV, for auditors: formulas in what people wrote are made harmless.

use std::io::Write as _;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_exchange::write;
use quarterdeck_report::json::ActTold;

use crate::error::Failure;
use crate::output::Output;

/// Prints a table, byte for byte.
///
/// # Errors
/// JSON is asked for as well, or standard output takes no more.
pub(crate) fn print(output: &Output, table: &Table) -> Result<(), Failure> {
    crate::output::finish((output.stream()).write_all(write::csv(table).as_bytes()))
}

/// That an answer cannot be CSV and JSON.
///
/// # Errors
/// Both are asked for.
pub(crate) fn not_both(output: &Output, csv: bool) -> Result<(), Failure> {
    if csv && output.json {
        return Err(
            Failure::usage("An answer is CSV or JSON, not both.").hint("leave out --csv or --json")
        );
    }
    Ok(())
}

/// A text, or nothing where there is none.
pub(crate) fn text(text: Option<impl Into<String>>) -> Cell {
    text.map(Into::into)
        .filter(|text: &String| !text.is_empty())
        .map_or(Cell::Empty, Cell::Text)
}

/// A number, or nothing where there is none.
pub(crate) fn number(number: Option<Decimal>) -> Cell {
    number.map_or(Cell::Empty, Cell::Number)
}

/// A count of days, which may be below 0.
pub(crate) fn days(days: i32) -> Cell {
    let sign = if days < 0 { "-" } else { "" };
    number(format!("{sign}{}", days.unsigned_abs()).parse().ok())
}

/// `yes` or nothing.
pub(crate) fn yes(yes: bool) -> Cell {
    text(yes.then_some("yes"))
}

/// Who, where, when and why: the columns `day`, `member`, `device`, `authored`, `recorded`, `reason`,
/// `source`, `undo`, `undone` and `event`.
pub(crate) fn act(act: &ActTold) -> Vec<Cell> {
    let moment = |moment: Timestamp| Cell::Text(moment.to_string());
    vec![
        Cell::Date(act.day),
        text(Some(match &act.imported {
            Some(from) => &from.author,
            None => &act.member,
        })),
        text(Some(&act.device)),
        moment(act.authored),
        act.recorded.map_or(Cell::Empty, moment),
        text(act.reason.as_ref()),
        text(act.imported.as_ref().map(|from| &from.origin)),
        yes(act.undoes.is_some()),
        yes(act.undone),
        text(Some(act.event.to_string())),
    ]
}
