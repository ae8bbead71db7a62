//! What a workspace holds, as tables: one row a key result, a check-in, a note.
//!
//! The columns are a contract with scripts and with the readers of this crate: added to, never
//! renamed. Cells keep their type; how a text is made harmless is the writer's business.

mod okrs;
mod said;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::state::State;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it holds, such as `OKRs`.
    pub name: &'static str,
    /// The names of its columns.
    pub columns: &'static [&'static str],
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A date.
    Date(Date),
}

impl Cell {
    fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }

    fn texts(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    fn number(number: Option<Decimal>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    /// A share as it is told everywhere: two places.
    fn share(share: Option<Decimal>) -> Self {
        Self::number(share.map(|share| share.round(2)))
    }
}

/// Which tables are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Objectives and key results with their figures.
    Okrs,
    /// Check-ins.
    CheckIns,
    /// Notes.
    Notes,
}

/// A table of a cycle, or of all of them, with the figures of the day `on`.
#[must_use]
pub fn table(state: &State, what: What, cycle: Option<CycleId>, on: Date) -> Table {
    match what {
        What::Okrs => okrs::table(state, cycle, on),
        What::CheckIns => said::check_ins(state, cycle, on),
        What::Notes => said::notes(state, cycle),
    }
}
