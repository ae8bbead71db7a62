//! What the workspace holds, as tables or text.

use std::io::Write;
use std::path::Path;

use quarterdeck_exchange::tables::{self, Table};
use quarterdeck_exchange::{from_state, write};
use quarterdeck_report::json;
use quarterdeck_report::text;

use super::{Export, Format, What};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::sink::Sink;

pub(super) fn run(context: &Context, asked: Export) -> Result<Exit, Failure> {
    let file = asked.output.as_deref();
    if asked.format == Format::Xlsx && file.is_none() {
        return Err(Failure::usage("A workbook needs a file to go to.")
            .hint("name one: `okr export --format xlsx -o okrs.xlsx`"));
    }
    let view = context.open()?.view(asked.time)?;
    let cycle = (asked.cycle.as_ref())
        .map(|cycle| view.resolver().cycle(cycle))
        .transpose()?;
    let table = |what| tables::table(view.state(), what, cycle, view.on());
    let (format, document, counted) = match asked.format {
        Format::Xlsx => {
            let all = [
                table(tables::What::Okrs),
                table(tables::What::CheckIns),
                table(tables::What::Notes),
            ];
            let document = write::xlsx(&all)
                .map_err(|error| Failure::new(Exit::Trouble, format!("{error}.")))?;
            let [okrs, check_ins, notes] = &all;
            let counted = [key_results(okrs), check_ins.rows.len(), notes.rows.len()];
            ("xlsx", document, counted)
        }
        Format::Csv => {
            let what = asked.what.unwrap_or(What::Okrs);
            let table = table(match what {
                What::Okrs => tables::What::Okrs,
                What::CheckIns => tables::What::CheckIns,
                What::Notes => tables::What::Notes,
            });
            let counted = match what {
                What::Okrs => [key_results(&table), 0, 0],
                What::CheckIns => [0, table.rows.len(), 0],
                What::Notes => [0, 0, table.rows.len()],
            };
            ("csv", write::csv(&table).into_bytes(), counted)
        }
        Format::Md | Format::Json => {
            let outline = from_state::outline(view.state(), cycle, view.on());
            let key_results = (outline.objectives.iter())
                .map(|objective| objective.key_results.len())
                .sum();
            let document = write::markdown(&outline).into_bytes();
            ("md", document, [key_results, 0, 0])
        }
    };
    put(context, file, format, document, counted)
}

/// Rows that speak of a key result: an objective without any has a row of its own.
fn key_results(table: &Table) -> usize {
    let at = table.columns.iter().position(|name| *name == "key_result");
    let has = |row: &&Vec<tables::Cell>| {
        at.and_then(|at| row.get(at))
            .is_some_and(|cell| *cell != tables::Cell::Empty)
    };
    table.rows.iter().filter(has).count()
}

/// Puts a document in its place, and says what went there.
fn put(
    context: &Context,
    file: Option<&Path>,
    format: &'static str,
    document: Vec<u8>,
    [key_results, check_ins, notes]: [usize; 3],
) -> Result<Exit, Failure> {
    let output = &context.output;
    let answer = |document: Option<String>| json::ExportedTables {
        schema: json::Schema,
        format,
        file: file.map(|file| file.display().to_string()),
        document,
        key_results,
        check_ins,
        notes,
    };
    if file.is_none() && output.json {
        let document = String::from_utf8_lossy(&document).into_owned();
        output.value(&answer(Some(document)))?;
        return Ok(Exit::Done);
    }
    let mut sink = Sink::open(output, file)?;
    if let Err(error) = sink.write_all(&document) {
        sink.failed(error)?;
        return Ok(Exit::Done);
    }
    sink.finish()?;
    if file.is_some() {
        let answer = answer(None);
        output.answer(&answer, || text::exported_tables(&answer))?;
    }
    Ok(Exit::Done)
}
