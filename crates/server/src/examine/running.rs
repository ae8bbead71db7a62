//! What is wrong with a server that is open.

use std::sync::Arc;

use quarterdeck_report::json::Check;

use super::judge::{self, Tokens};
use crate::readiness::{self, Obstacle};
use crate::shared::Shared;
use crate::workspace::Workspace;

/// Looks at the server and these workspaces of it; whoever owns one alone hears nothing of the
/// machine.
pub(crate) fn running(
    shared: &Shared,
    workspaces: &[Arc<Workspace>],
    is_operator: bool,
) -> Vec<Check> {
    let now = shared.world.now();
    let mut checks = Vec::new();
    if is_operator {
        checks.push(judge::disk(shared.folder.path()));
        let host = shared.settings().url.host().to_owned();
        if let Some(cert) = shared.certificate_file() {
            checks.extend(judge::certificate(&cert, &host, now));
        }
    }
    for workspace in workspaces {
        let state = workspace.state();
        let name = workspace.name();
        let finding = if is_operator {
            workspace.finding()
        } else {
            workspace.finding_for_owner()
        };
        let mut of = vec![writing(readiness::obstacle(shared, workspace), &finding)];
        of.extend(judge::clock(state.recorded, now));
        let tokens = shared.access.tokens(workspace.id());
        of.extend(Tokens::of(tokens.iter(), now).checks(&name));
        of.push(judge::snapshots(
            workspace.head().size,
            workspace.snapshot_at(),
        ));
        checks.extend(of.into_iter().map(|check| check.of(name.clone())));
    }
    if is_operator {
        let all = shared.broken().into_iter();
        checks.extend(all.map(|(id, why)| broken(&why).of(id.to_string())));
    }
    checks
}

/// Whether it can record. Of a workspace that is held or damaged `finding` says more.
fn writing(obstacle: Option<Obstacle>, finding: &str) -> Check {
    let Some(obstacle) = obstacle else {
        return Check::good("writer", "It can record.");
    };
    let hint = match finding {
        "" => obstacle.to_string(),
        finding => finding.to_owned(),
    };
    Check::bad(
        "writer",
        format!("It records nothing new: {}.", obstacle.word()),
        hint.trim_end_matches('.'),
    )
}

/// A workspace that cannot be opened, not even to be read.
fn broken(why: &str) -> Check {
    Check::bad(
        "log",
        judge::sentence(why),
        "copy the folder before anything else; then `okrd workspace restore`, see docs/operations.md",
    )
}
