//! The log as static files, for tools that are not ours.

use std::path::Path;

use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::number::count;
use quarterdeck_report::text;
use quarterdeck_sync::tiles::TilesError;

use crate::commands::verify::{head, key_of};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::progress::Bar;

pub(super) fn run(context: &Context, dir: &Path) -> Result<Exit, Failure> {
    let mut session = context.open()?;
    session.replica.release();
    let output = &context.output;
    // What is written beside the entries is named as it is now.
    let state = session.replica.confirmed().clone();
    let names = Names::new(&state);
    let mut bar = Bar::new(output);
    let written = session.replica.export_tiles(
        dir,
        &mut |entry| json::readable(&names, entry),
        &mut |done, of| bar.set("exporting", done, of),
    );
    session.replica.release();
    drop(bar);
    let written = written?;
    if written.left_out > 0 {
        output.warning(&format!(
            "{} without a signed checkpoint yet: left out until the next `okr sync`.",
            count(written.left_out, "event")
        ));
    }
    let answer = json::ExportedTiles {
        schema: json::Schema,
        format: "tlog",
        folder: dir.display().to_string(),
        head: head(written.size, &written.root),
        added: written.size.saturating_sub(written.before),
        left_out: written.left_out,
        key: key_of(&session)?,
    };
    output.answer(&answer, || text::exported_tiles(&answer))?;
    Ok(Exit::Done)
}

impl From<TilesError> for Failure {
    fn from(error: TilesError) -> Self {
        let message = format!("{error}.");
        match error {
            TilesError::Foreign { .. } => {
                Self::new(Exit::Refused, message).hint("choose a folder that is empty or not there")
            }
            TilesError::OtherLog { .. } => Self::new(Exit::Refused, message)
                .hint("choose a folder of its own for each workspace"),
            TilesError::Newer { .. } => {
                Self::new(Exit::Refused, message).hint("receive the rest with `okr sync`")
            }
            TilesError::Differs { .. } => Self::new(Exit::Unverified, message).hint(
                "keep that folder: its checkpoint and the one here prove that two histories were \
                 signed; show both to whoever runs the server",
            ),
            TilesError::Unsigned(error) => error.into(),
            TilesError::Replica(error) => error.into(),
        }
    }
}
