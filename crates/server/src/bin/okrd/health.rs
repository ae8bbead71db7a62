//! `okrd health`: for the health check of a container, and for whoever wonders.

use quarterdeck_proto::v1;
use quarterdeck_server::{health_at, health_of};
use serde_json::json;

use crate::admin::ask;
use crate::args::{Data, Health};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) async fn health(asked: Health, output: &Output) -> Result<(), Failure> {
    let found = match (&asked.data, &asked.address) {
        (Some(data), _) => health_of(data).await?,
        (None, address) => {
            let address = address.as_deref().unwrap_or_default().parse()?;
            let authority = asked.ca.as_ref().map(std::fs::read).transpose();
            let authority = authority.map_err(|error| {
                Failure::trouble(format!("cannot read the file of --ca: {error}"))
            })?;
            health_at(&address, authority.as_deref()).await?
        }
    };
    let is_well = if asked.live {
        found.is_live
    } else {
        found.is_ready
    };
    let answer = json!({ "live": found.is_live, "ready": found.is_ready });
    output.answer(answer, || {
        let words = match (found.is_live, found.is_ready) {
            (_, true) => "It lives and is ready.",
            (true, false) => "It lives and is not ready.",
            (false, false) => "It answers and does not live: restart okrd.",
        };
        vec![words.to_owned()]
    });
    if is_well {
        return Ok(());
    }
    Err(Failure::trouble(reasons(asked.data).await))
}

/// What is in the way, as far as the server's administration can be asked.
async fn reasons(data: Option<std::path::PathBuf>) -> String {
    let general = "it cannot record; see: okrd stats, and okrd's log".to_owned();
    let Some(data) = data else { return general };
    let request = v1::GetStatsRequest {};
    let stats = ask(&Data { data }, async |client| {
        client.get_stats(request).await
    })
    .await;
    let Ok(stats) = stats else { return general };
    let findings = stats.into_inner().findings;
    let found = findings
        .iter()
        .find(|finding| !finding.ok && ["disk", "log", "writer"].contains(&&*finding.check));
    found.map_or(general, |finding| finding.hint.clone())
}
