//! `okrd doctor`: the data folder from outside, and the server itself where one runs.

use quarterdeck_proto::v1;
use quarterdeck_report::json::Check;
use quarterdeck_server::{World, examine};
use serde_json::{Value, json};

use crate::admin::ask;
use crate::args::Doctor;
use crate::failure::{Failure, TROUBLE, UNVERIFIED};
use crate::output::{Output, lines_of};

pub(crate) async fn doctor(asked: Doctor, output: &Output) -> Result<(), Failure> {
    let (data, listen) = (asked.data.data.clone(), asked.listen);
    let examined =
        tokio::task::spawn_blocking(move || examine(&data, &listen, &World::system())).await;
    let examined = examined.map_err(|error| Failure::trouble(error.to_string()))?;
    let mut found = examined.checks;
    let mut is_damaged = examined.is_damaged;
    if examined.is_running {
        let request = v1::GetStatsRequest {};
        match ask(&asked.data, async |client| client.get_stats(request).await).await {
            // What is about the machine was looked at from outside.
            Ok(stats) => {
                let stats = stats.into_inner();
                let all = stats.workspaces.iter();
                is_damaged |= all.map(|it| &*it.standing).any(|word| word == "damaged");
                let findings = stats.findings.into_iter().map(check);
                found.extend(findings.filter(|check| check.workspace.is_some()));
            }
            Err(failure) => found.push(Check::bad(
                "server",
                failure.message,
                failure
                    .hint
                    .unwrap_or_else(|| "see okrd's log, and restart it".to_owned()),
            )),
        }
    }
    let findings = found.iter().filter(|check| !check.ok).count();
    output.answer(checked(&found), || {
        let mut lines = lines_of(&found);
        if findings == 0 {
            lines.extend([String::new(), "Nothing is wrong.".to_owned()]);
        }
        lines
    });
    match findings {
        0 => Ok(()),
        _ if is_damaged => Err(Failure::said(UNVERIFIED)),
        _ => Err(Failure::said(TROUBLE)),
    }
}

/// What was looked at, for programs: the keys that `okr doctor` has.
pub(crate) fn checked(found: &[Check]) -> Value {
    json!({
        "findings": found.iter().filter(|check| !check.ok).count(),
        "checks": found,
    })
}

/// A finding as it travels.
pub(crate) fn check(finding: v1::Finding) -> Check {
    let given = |text: String| (!text.is_empty()).then_some(text);
    Check {
        check: finding.check,
        workspace: given(finding.workspace),
        ok: finding.ok,
        message: finding.message,
        hint: given(finding.hint),
    }
}
