//! GiveBack: a device brings what the server's log has lost since a head that the server signed.

use quarterdeck_ledger::Hash;
use quarterdeck_ledger::exported::Line;
use quarterdeck_proto::limits::MAX_BATCH_EVENTS;
use quarterdeck_proto::v1;
use tonic::{Code, Status};

use crate::auth::Client;
use crate::rpc::ids::bytes;
use crate::status::{invalid, status, unavailable};
use crate::workspace::{NotTakenBack, Piece, TakenBack};

/// A proof has a hash for each level of the tree, and a tree has fewer levels than this.
const MAX_PROOF: usize = 128;
/// The most entries of a piece: what is small still costs a check each.
const MAX_ENTRIES: usize = 32 * MAX_BATCH_EVENTS;

pub(super) async fn give_back(
    client: &Client,
    request: v1::GiveBackRequest,
) -> Result<v1::GiveBackResponse, Status> {
    let piece = read(request)?;
    match client.workspace.take_back(piece).await {
        Ok(TakenBack { head, taken }) => {
            let workspace = client.workspace.id();
            tracing::info!(%workspace, token = %client.token, taken, head, "took back what was lost");
            Ok(v1::GiveBackResponse { head, taken })
        }
        Err(error) => {
            let workspace = client.workspace.id();
            tracing::warn!(%workspace, token = %client.token, %error, "took nothing back");
            Err(answer(&error))
        }
    }
}

fn read(request: v1::GiveBackRequest) -> Result<Piece, Status> {
    if request.entries.len() > MAX_ENTRIES || request.proof.len() > MAX_PROOF {
        let what = format!("has more than {MAX_ENTRIES} entries or {MAX_PROOF} hashes");
        return Err(invalid("entries", what));
    }
    let proof = (request.proof.iter())
        .map(|hash| bytes::<32>("proof", hash))
        .collect::<Result<Vec<Hash>, Status>>()?;
    let entries = (request.entries.into_iter())
        .map(line)
        .collect::<Result<Vec<Line>, Status>>()?;
    Ok(Piece {
        entries,
        checkpoint: request.checkpoint.unwrap_or_default().note,
        proof,
    })
}

fn line(entry: v1::Entry) -> Result<Line, Status> {
    let seq = entry.seq;
    let sealed = entry
        .event
        .ok_or_else(|| invalid("entries", format!("entry {seq} has no event")))?;
    let sealed = quarterdeck_proto::Sealed::try_from(sealed)
        .map_err(|error| invalid("entries", format!("entry {seq}: {error}")))?;
    Ok(Line {
        seq,
        recorded: entry.recorded_ms,
        event: quarterdeck_projection::from_wire(sealed),
    })
}

fn answer(error: &NotTakenBack) -> Status {
    let hint = match error {
        NotTakenBack::Unavailable(error) => return unavailable(error),
        NotTakenBack::NotHeld => {
            "ask the server's operator to hold the workspace first: okrd workspace hold"
        }
        NotTakenBack::Gap { .. } => "bring the entries after the log's end first",
        NotTakenBack::Differs { .. } => {
            "show it to the server's operator: the two histories are not the same"
        }
    };
    status(
        Code::FailedPrecondition,
        error.reason(),
        error.to_string(),
        hint,
    )
}
