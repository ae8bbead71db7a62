//! The reports of `report.proto`, one file each: what `okr … --json` prints on a machine that has the
//! whole log. The same questions are asked of core, and the same structs are filled.

mod blame;
mod calibration;
mod conflicts;
mod diff;
mod ended;
mod filter;
mod forecast;
mod goalposts;
mod goals;
mod history;
mod late;
mod log;
mod past_forecasts;
mod regrade;
mod status;

use std::sync::Arc;

use quarterdeck_proto::limits::CHUNK_BYTES;
use quarterdeck_proto::v1::{self, get_report_request::Report};
use serde::Serialize;
use tokio::sync::mpsc::Sender;
use tonic::Status;

use super::view::{Asked, View};
use crate::auth::Grant;
use crate::rpc::{Answers, asking, stream};
use crate::shared::StreamOfToken;
use crate::status::invalid;
use crate::workspace::Workspace;
use crate::world::World;

/// An answer, as far as it is known before the first of it is sent.
enum Told {
    /// All of it: JSON objects.
    All(Vec<String>),
    /// The log, of which a part is read when the part before it was sent.
    Log(Box<log::Pages>),
}

pub(super) async fn get(
    workspace: &Arc<Workspace>,
    report: Option<Report>,
    asked: Asked,
    (grant, permit): (Grant, StreamOfToken),
) -> Result<Answers<v1::GetReportResponse>, Status> {
    let report = report.ok_or_else(|| invalid("report", "is missing: say which one"))?;
    let workspace = Arc::clone(workspace);
    let world = workspace.world();
    let told = asking(world.clone(), move || {
        tell(View::open(&workspace, asked)?.begun()?, report)
    })
    .await?;
    Ok(stream(grant, move |answers| async move {
        let _held = permit;
        send(&world, told, &answers).await;
    }))
}

/// Blocks.
fn tell(view: View, report: Report) -> Result<Told, Status> {
    let one = match report {
        Report::Log(asked) => return log::tell(view, asked),
        Report::History(asked) => return history::tell(view, &asked),
        Report::Status(asked) => status::tell(view, &asked),
        Report::Blame(asked) => blame::tell(view, &asked),
        Report::Diff(asked) => diff::tell(view, &asked),
        Report::Goalposts(asked) => goalposts::tell(view, asked),
        Report::Late(asked) => late::tell(view, asked),
        Report::Regrade(asked) => regrade::tell(view, &asked),
        Report::Calibration(asked) => calibration::tell(view, &asked),
        Report::Forecast(asked) => forecast::tell(view, &asked),
        Report::PastForecasts(asked) => past_forecasts::tell(view, &asked),
        Report::Conflicts(v1::ConflictsReport {}) => conflicts::tell(view),
    }?;
    Ok(Told::All(vec![one]))
}

async fn send(world: &World, told: Told, answers: &Sender<Result<v1::GetReportResponse, Status>>) {
    let mut next = Some(told);
    while let Some(told) = next {
        let (objects, rest) = match told {
            Told::All(objects) => (objects, None),
            Told::Log(pages) => match asking(world.clone(), move || pages.read()).await {
                Ok((objects, rest)) => (objects, rest.map(Told::Log)),
                Err(status) => {
                    // Whoever hung up need not be told.
                    let _ = answers.send(Err(status)).await;
                    return;
                }
            },
        };
        for object in objects {
            for part in parts(&object) {
                if answers.send(Ok(part)).await.is_err() {
                    return;
                }
            }
        }
        next = rest;
    }
}

/// An object in one message, or in several where it is larger than one should be.
fn parts(object: &str) -> impl Iterator<Item = v1::GetReportResponse> {
    let mut rest = Some(object);
    std::iter::from_fn(move || {
        let object = rest?;
        let (part, after) = object.split_at(object.floor_char_boundary(CHUNK_BYTES));
        rest = (!after.is_empty()).then_some(after);
        Some(v1::GetReportResponse {
            json: part.to_owned(),
            goes_on: rest.is_some(),
        })
    })
}

/// A value as JSON.
fn object(value: &impl Serialize) -> Result<String, Status> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "a report could not be written as JSON");
        Status::internal("The server could not write the report as JSON.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_comes_in_as_many_parts_as_it_needs_and_no_character_is_cut() {
        for object in [
            "{}".to_owned(),
            "x".repeat(CHUNK_BYTES),
            "x".repeat(CHUNK_BYTES + 1),
            format!("x{}", "é".repeat(2 * CHUNK_BYTES)),
        ] {
            let parts: Vec<_> = parts(&object).collect();
            let joined: String = parts.iter().map(|part| part.json.as_str()).collect();
            assert_eq!(joined, object);
            assert_eq!(
                parts.len(),
                object
                    .len()
                    .div_ceil(CHUNK_BYTES - 1)
                    .max(1)
                    .min(parts.len())
            );
            assert!(parts.iter().all(|part| part.json.len() <= CHUNK_BYTES));
            let (last, before) = parts.split_last().unwrap();
            assert!(!last.goes_on && before.iter().all(|part| part.goes_on));
        }
    }
}
