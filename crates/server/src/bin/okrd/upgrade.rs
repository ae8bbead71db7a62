//! `okrd upgrade`.

use quarterdeck_server::{FORMAT, UpgradeStep, Upgraded, upgrade as bring};
use serde_json::json;

use crate::args::Upgrade;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) async fn upgrade(asked: Upgrade, output: &Output) -> Result<(), Failure> {
    let data = asked.data.data.clone();
    let done = tokio::task::spawn_blocking(move || {
        let mut told = |step: UpgradeStep| tracing::info!(?step, "upgrading");
        bring(&asked.data.data, asked.backup.as_deref(), &mut told)
    });
    let done = done
        .await
        .map_err(|error| Failure::trouble(error.to_string()))??;
    match done {
        Upgraded::Present => {
            let answer = json!({ "format": FORMAT, "from": null, "backup": null });
            output.answer(answer, || {
                vec![format!(
                    "{} has format {FORMAT}: nothing to do.",
                    data.display()
                )]
            });
        }
        Upgraded::From { format, backup } => {
            let answer = json!({
                "format": FORMAT, "from": format, "backup": backup.display().to_string(),
            });
            output.answer(answer, || {
                vec![
                    format!("{} has format {FORMAT} now.", data.display()),
                    format!(
                        "As it was, in format {format}, it is kept in {}",
                        backup.display()
                    ),
                    "Remove that when you are content: it holds the same secrets.".to_owned(),
                ]
            });
        }
    }
    Ok(())
}
