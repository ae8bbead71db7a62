//! What the workspace holds, as tables or text.

use std::io::Write;
use std::path::Path;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::closing;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::value::Subject;
use quarterdeck_exchange::tables::{self, Table};
use quarterdeck_exchange::{Outline, from_state, write};
use quarterdeck_report::json;
use quarterdeck_report::text;

use super::{Export, Format, What};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::sink::Sink;
use crate::view::View;

pub(super) fn run(context: &Context, asked: Export) -> Result<Exit, Failure> {
    let file = asked.output.as_deref();
    if asked.format == Format::Xlsx && file.is_none() {
        return Err(Failure::usage("A workbook needs a file to go to.")
            .hint("name one: `okr export --format xlsx -o okrs.xlsx`"));
    }
    let mut view = context.open()?.view(asked.time)?;
    let cycle = (asked.cycle.as_ref())
        .map(|cycle| view.resolver().cycle(cycle))
        .transpose()?;
    match cycle {
        Some(cycle) => view = view.or_closed(Subject::Cycle(cycle))?,
        None => view.settle()?,
    }
    let parts = parts(&view, cycle);
    let table = |what| {
        let of =
            |(cycle, on): &(CycleId, Date)| tables::table(view.state(), what, Some(*cycle), *on);
        match parts.split_first() {
            // Notes are about anything, not about cycles alone.
            Some((first, more)) if what != tables::What::Notes => {
                let mut all = of(first);
                all.rows.extend(more.iter().flat_map(|part| of(part).rows));
                all
            }
            _ => tables::table(view.state(), what, cycle, view.on()),
        }
    };
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
            let mut outline = Outline::default();
            for (cycle, on) in &parts {
                let part = from_state::outline(view.state(), Some(*cycle), *on);
                outline.cycles.extend(part.cycles);
                outline.objectives.extend(part.objectives);
            }
            let key_results = (outline.objectives.iter())
                .map(|objective| objective.key_results.len())
                .sum();
            let document = write::markdown(&outline).into_bytes();
            ("md", document, [key_results, 0, 0])
        }
    };
    put(context, file, format, document, counted)
}

/// The cycles that are written, in the order of documents, each with the day of its figures: of a
/// closed one, that of its closing.
fn parts(view: &View<'_>, cycle: Option<CycleId>) -> Vec<(CycleId, Date)> {
    let state = view.state();
    let mut chosen: Vec<_> = (state.cycles.iter())
        .filter(|(id, _)| cycle.is_none_or(|only| **id == only))
        .collect();
    chosen.sort_by_key(|(id, one)| (one.starts, std::cmp::Reverse(one.ends), **id));
    (chosen.into_iter())
        .map(|(id, one)| {
            let closing = one.closing.as_ref().filter(|_| !view.day_was_named());
            let on = closing.map_or(view.on(), |closing| closing::day(state, one, closing));
            (*id, on)
        })
        .collect()
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
