//! Answers as CSV, for auditors and spreadsheets: every command with a table takes `--csv` and
//! `-o FILE`.
//!
//! The columns are a contract with scripts: added to, never renamed. The writer is the one of
//! `okr export`, so no cell begins like a formula.

mod audit;
mod goalposts;
mod late;
mod odds;
mod regrade;
mod retro;

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_exchange::write;
use quarterdeck_report::json::{ActTold, LogLine};
use quarterdeck_report::number::count;
use quarterdeck_report::text::{self as drawn, Document};
use serde::Serialize;

pub(super) use audit::{blame, diff, history};
pub(super) use goalposts::goalposts;
pub(super) use late::late;
pub(super) use odds::{calibration, forecast, forecasts_past};
pub(super) use regrade::regrade;
pub(super) use retro::{retro_changes, retro_notes, retro_scores};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::sink::Sink;
use crate::view::View;

/// Whether a table is asked for, and where it goes.
#[derive(Debug, Args)]
pub(super) struct SheetOptions {
    /// Write CSV.
    #[arg(long)]
    csv: bool,
    /// Write CSV into this file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl SheetOptions {
    /// Whether a table is asked for.
    ///
    /// # Errors
    /// JSON is, too.
    pub(super) fn is_wanted(&self, context: &Context) -> Result<bool, Failure> {
        let wanted = self.csv || self.output.is_some();
        if wanted && context.output.json {
            return Err(Failure::usage("An answer is CSV or JSON, not both.")
                .hint("leave out --json, or --csv and --output"));
        }
        Ok(wanted)
    }

    /// Answers with a table where one is asked for, and else with JSON or text.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(super) fn answer<T: Serialize>(
        &self,
        view: &View<'_>,
        told: &T,
        table: impl FnOnce(&T) -> Table,
        draw: impl FnOnce(&T, &drawn::View) -> Document,
    ) -> Result<Exit, Failure> {
        if self.is_wanted(view.context())? {
            let exit = self.put(view.context(), &table(told))?;
            view.tell_later();
            return Ok(exit);
        }
        view.answer(told, |view| draw(told, view))?;
        Ok(Exit::Done)
    }

    /// Writes a table where it shall go.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(super) fn put(&self, context: &Context, table: &Table) -> Result<Exit, Failure> {
        let mut sink = Sink::open(&context.output, self.output.as_deref())?;
        if let Err(error) = sink.write_all(write::csv(table).as_bytes()) {
            sink.failed(error)?;
            return Ok(Exit::Done);
        }
        sink.finish()?;
        if let Some(file) = &self.output {
            let lines = count(table.rows.len(), "line");
            let told = format!("{lines} written to {}.", file.display());
            context.output.line(&told)?;
        }
        Ok(Exit::Done)
    }
}

/// Events, as `okr log` shows them.
pub(super) fn log(lines: &[LogLine]) -> Table {
    Table {
        name: "Log",
        columns: &LOG,
        rows: lines.iter().map(event).collect(),
    }
}

const LOG: [&str; 21] = [
    "seq",
    "event",
    "kind",
    "ref",
    "title",
    "what",
    "member",
    "device",
    "authored",
    "recorded",
    "effective",
    "late_days",
    "late",
    "reason",
    "text",
    "undoes",
    "imported_author",
    "imported_at",
    "imported_from",
    "skipped",
    "pending",
];

fn event(line: &LogLine) -> Vec<Cell> {
    let from = line.imported.as_ref();
    vec![
        whole(line.seq),
        text(line.id),
        text(line.kind),
        texts(line.reference.as_ref()),
        texts(line.title.as_ref()),
        text(&line.what),
        text(&line.member),
        text(&line.device),
        text(line.authored),
        texts(line.recorded),
        date(line.effective),
        whole(line.late_days),
        yes(line.late),
        texts(line.reason.as_ref()),
        texts(line.text.as_ref()),
        texts(line.undoes),
        texts(from.map(|from| &from.author)),
        texts(from.map(|from| from.at)),
        texts(from.map(|from| &from.origin)),
        texts(line.skipped.as_ref()),
        yes(line.pending),
    ]
}

/// Columns followed by those of the log, or of an act.
#[expect(
    clippy::indexing_slicing,
    reason = "it runs while the program is built, where an index out of bounds is an error"
)]
const fn with<const N: usize, const L: usize, const M: usize>(
    own: [&'static str; N],
    rest: [&'static str; L],
) -> [&'static str; M] {
    assert!(N + L == M, "each column has a name");
    let mut all = [""; M];
    let mut at = 0;
    while at < M {
        all[at] = if at < N { own[at] } else { rest[at - N] };
        at += 1;
    }
    all
}

/// Who, where, when and why, for a line that is about one act.
const ACT: [&str; 10] = [
    "day", "member", "device", "authored", "recorded", "reason", "source", "undo", "undone",
    "event",
];

fn act(act: &ActTold) -> Vec<Cell> {
    let from = act.imported.as_ref();
    vec![
        Cell::Date(act.day),
        text(from.map_or(&act.member, |from| &from.author)),
        text(&act.device),
        text(act.authored),
        texts(act.recorded),
        texts(act.reason.as_ref()),
        texts(from.map(|from| &from.origin)),
        yes(act.undoes.is_some()),
        yes(act.undone),
        text(act.event),
    ]
}

/// A text; nothing where it is empty.
fn text(text: impl std::fmt::Display) -> Cell {
    let text = text.to_string();
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text)
    }
}

fn texts(text: Option<impl std::fmt::Display>) -> Cell {
    text.map_or(Cell::Empty, self::text)
}

fn number(number: Option<Decimal>) -> Cell {
    number.map_or(Cell::Empty, Cell::Number)
}

fn whole(number: Option<impl Into<Decimal>>) -> Cell {
    self::number(number.map(Into::into))
}

fn date(date: Option<Date>) -> Cell {
    date.map_or(Cell::Empty, Cell::Date)
}

/// `yes` or nothing.
fn yes(is: bool) -> Cell {
    if is { text("yes") } else { Cell::Empty }
}
