//! Asking the server whether its history continues the one held here.

use quarterdeck_ledger::Checkpoint;
use quarterdeck_report::json;
use quarterdeck_sync::compare;

use crate::error::Failure;
use crate::online;
use crate::session::Session;

/// The server's log, which continues this one.
pub(super) fn compare_with_server(session: &mut Session<'_>) -> Result<json::TreeHead, Failure> {
    let now_ms = session.context.now.ms();
    session.replica.release();
    let replica = &mut session.replica;
    let agreed = online::run(async {
        let remote = online::connect(replica).await?;
        compare(replica, &remote, now_ms)
            .await
            .map_err(Failure::from)
    })??;
    session.replica.release();
    let Checkpoint { size, root, .. } = agreed.head;
    Ok(super::head(size, &root))
}
