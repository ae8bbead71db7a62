//! Proofs that an entry is in the log, and that a head continues an earlier one.

use std::sync::Arc;

use quarterdeck_proto::v1;
use tonic::Status;

use super::checkpoint_of;
use crate::rpc::blocking;
use crate::status::invalid;
use crate::workspace::Workspace;

pub(super) async fn inclusion(
    workspace: Arc<Workspace>,
    request: v1::GetInclusionProofRequest,
) -> Result<v1::GetInclusionProofResponse, Status> {
    let head = workspace.head();
    let size = size_of("size", request.size, head.size)?;
    if request.seq == 0 || request.seq > size {
        return Err(invalid(
            "seq",
            format!("is {}; it must be from 1 to {size}", request.seq),
        ));
    }
    let checkpoint = checkpoint_of(&workspace, &head);
    let proof = blocking(workspace.world(), move || {
        workspace.prove_inclusion(request.seq, size)
    })
    .await?;
    Ok(v1::GetInclusionProofResponse {
        leaf_index: request.seq.saturating_sub(1),
        size,
        hashes: hashes(proof),
        checkpoint: Some(checkpoint),
    })
}

pub(super) async fn consistency(
    workspace: Arc<Workspace>,
    request: v1::GetConsistencyProofRequest,
) -> Result<v1::GetConsistencyProofResponse, Status> {
    let head = workspace.head();
    let new = size_of("new_size", request.new_size, head.size)?;
    let old = request.old_size;
    if old > new {
        return Err(invalid(
            "old_size",
            format!("is {old}; it must be at most {new}"),
        ));
    }
    let checkpoint = checkpoint_of(&workspace, &head);
    let proof = blocking(workspace.world(), move || {
        workspace.prove_consistency(old, new)
    })
    .await?;
    Ok(v1::GetConsistencyProofResponse {
        old_size: old,
        new_size: new,
        hashes: hashes(proof),
        checkpoint: Some(checkpoint),
    })
}

fn size_of(field: &str, asked: u64, head: u64) -> Result<u64, Status> {
    match asked {
        0 => Ok(head),
        asked if asked <= head => Ok(asked),
        asked => Err(invalid(
            field,
            format!("is {asked}; the log has {head} entries"),
        )),
    }
}

/// Sizes were checked, so there is a proof; of an empty tree it is empty.
fn hashes(proof: Option<Vec<quarterdeck_ledger::Hash>>) -> Vec<Vec<u8>> {
    proof
        .unwrap_or_default()
        .iter()
        .map(|hash| hash.to_vec())
        .collect()
}
