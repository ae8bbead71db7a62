//! The whole log as a file.

use std::path::Path;

use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::number::count;
use quarterdeck_report::text;

use crate::commands::quoted;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::progress::Bar;
use crate::sink::Sink;
use quarterdeck_ledger::hex;

pub(super) fn run(context: &Context, file: Option<&Path>) -> Result<Exit, Failure> {
    let mut session = context.open()?;
    session.replica.release();
    let output = &context.output;
    let mut sink = Sink::open(output, file)?;
    // What is written beside the entries is named as it is now.
    let state = session.replica.confirmed().clone();
    let names = Names::new(&state);
    let mut bar = Bar::new(output);
    let written = session.replica.export(
        &mut sink,
        &mut |entry| json::readable(&names, entry),
        &mut |done, of| bar.set("exporting", done, of),
    );
    session.replica.release();
    drop(bar);
    let Some(exported) = sink.finish_log(written)? else {
        return Ok(Exit::Done);
    };
    if exported.unsent > 0 {
        let (events, are, they) = match exported.unsent {
            1 => ("1 event".to_owned(), "is", "it"),
            more => (count(more as u64, "event"), "are", "they"),
        };
        output.warning(&format!(
            "{events} of this device {are} not sent yet and not in the log: {they} will be after `okr sync`.",
        ));
    }
    let Some(file) = file else {
        return Ok(Exit::Done);
    };
    let answer = json::ExportedLog {
        schema: json::Schema,
        format: "json",
        file: file.display().to_string(),
        entries: exported.size,
        root: hex(&exported.root),
        unsent: exported.unsent,
    };
    output.answer(&answer, || text::exported_log(&answer))?;
    output.hint(
        "read it on another machine",
        &format!("okr import {}", quoted(file)),
    )?;
    Ok(Exit::Done)
}
