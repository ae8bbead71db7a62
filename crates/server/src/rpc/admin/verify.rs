//! Going through a whole log, with progress on the way.

use std::sync::Arc;

use quarterdeck_proto::v1;

use crate::auth::Grant;
use crate::rpc::{Answers, stream};
use crate::workspace::Workspace;

pub(super) fn verify(workspace: Arc<Workspace>, grant: Grant) -> Answers<v1::VerifyResponse> {
    stream(grant, move |answers| async move {
        let work = tokio::task::spawn_blocking(move || {
            let mut size = 0;
            let verified = workspace.verify(|checked, of| {
                size = of;
                let part = v1::VerifyResponse {
                    checked,
                    size,
                    result: None,
                };
                answers.blocking_send(Ok(part)).is_ok()
            });
            let (damaged_seq, finding) = verified.finding.unwrap_or_default();
            let result = v1::VerifyResult {
                ok: finding.is_empty(),
                root: verified.root.to_vec(),
                damaged_seq,
                finding,
            };
            let checked = verified.size;
            // A client that has gone away asked for nothing more.
            let _ = answers.blocking_send(Ok(v1::VerifyResponse {
                checked,
                size,
                result: Some(result),
            }));
        });
        if let Err(error) = work.await {
            tracing::error!(%error, "a verification ended in a panic");
        }
    })
}
